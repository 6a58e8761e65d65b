-- Which reading of the payload wrote a dossier's rows: when a later version reads it otherwise, they are
-- written again from the payload, without asking the platform.
ALTER TABLE payloads ADD COLUMN normalizer_version INTEGER NOT NULL DEFAULT 1;

CREATE INDEX payloads_by_normalizer_version ON payloads (normalizer_version);
