-- Version 9 follows channels: one that works, and one that a person has to mend.
INSERT INTO channels (name, failing_since, waits_for_person, last_error) VALUES
    ('jury', NULL, 0, NULL),
    ('equipe', '2026-03-01T10:00:00.000Z', 1, 'smtp.exemple.fr refuse l’identifiant ou le mot de passe (535)');
