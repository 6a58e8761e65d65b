-- A pass with nothing new costs the same in a call of a hundred and in a call of a hundred thousand: the rules
-- that judged a whole call are noted once, and the dossiers that are there are counted from an index.
ALTER TABLE positions ADD COLUMN judged_by TEXT;

CREATE INDEX dossiers_alive ON dossiers (demarche_number, state) WHERE deleted_at IS NULL;
