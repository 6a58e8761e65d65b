-- Rows that version 2 has more: a payload whose rows a later reading wrote.
UPDATE payloads SET normalizer_version = 2 WHERE dossier_number = 102;
