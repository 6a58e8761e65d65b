-- Rows that version 5 has more: a dossier whose personal data were erased.
UPDATE dossiers SET purged_at = '2020-06-01T00:00:00Z' WHERE number = 101;
