-- What the delivery of alerts remembers: what is told, in which message, who has seen it, and what lasts.

ALTER TABLE alerts ADD COLUMN demarche_number INTEGER;
ALTER TABLE alerts ADD COLUMN fact_key TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN occasion TEXT NOT NULL DEFAULT 'first'
    CHECK (occasion IN ('first', 'reminder', 'escalation'));
-- The only personal data of an alert.
ALTER TABLE alerts ADD COLUMN facts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(facts));
-- The message that carries it: decided before it is sent, so that it is the same message after a crash.
ALTER TABLE alerts ADD COLUMN group_id TEXT;
-- From when patience is reckoned: when it was first due, or revived.
ALTER TABLE alerts ADD COLUMN waiting_since TEXT;
ALTER TABLE alerts ADD COLUMN lease_until TEXT;
ALTER TABLE alerts ADD COLUMN acked_at TEXT;
ALTER TABLE alerts ADD COLUMN acked_by TEXT;
ALTER TABLE alerts ADD COLUMN reminded_at TEXT;
ALTER TABLE alerts ADD COLUMN escalated_at TEXT;

CREATE INDEX alerts_waiting ON alerts (channel, next_attempt_at) WHERE state = 'pending';
CREATE INDEX alerts_by_group ON alerts (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX alerts_by_fact ON alerts (fact_key);
CREATE INDEX alerts_by_dossier ON alerts (dossier_number);
CREATE INDEX alerts_unanswered ON alerts (channel, sent_at) WHERE state = 'sent' AND acked_at IS NULL;

-- What a pass stopped on, when it waits for a person.
ALTER TABLE sync_runs ADD COLUMN fault TEXT CHECK (fault IN ('token_rejected', 'schema_drift'));

CREATE TABLE episodes (
    event TEXT NOT NULL,
    demarche_number INTEGER NOT NULL,
    subject TEXT NOT NULL,
    episode TEXT NOT NULL,
    began_at TEXT NOT NULL,
    ended_at TEXT,
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    PRIMARY KEY (event, demarche_number, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE audits (
    demarche_number INTEGER PRIMARY KEY,
    made_at TEXT NOT NULL,
    missing INTEGER NOT NULL,
    extra INTEGER NOT NULL,
    stale INTEGER NOT NULL
) STRICT;
