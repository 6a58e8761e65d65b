-- What a dossier whose time is over leaves: that it was, and what statistics need.

-- When its personal data were erased; nothing of it is kept any more from then on.
ALTER TABLE dossiers ADD COLUMN purged_at TEXT;

-- A pass in which nothing happened is forgotten: nothing may refer to it.
CREATE INDEX changes_by_run ON changes (run_id);
