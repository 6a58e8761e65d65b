-- However long the queue, a message decided earlier is found at once.
CREATE INDEX alerts_decided ON alerts (channel, next_attempt_at) WHERE state = 'pending' AND group_id IS NOT NULL;
