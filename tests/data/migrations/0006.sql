-- Rows that version 6 has more: an alert of each occasion, an episode of each kind, an audit, a fault.
UPDATE sync_runs SET fault = 'token_rejected' WHERE id = 1;
INSERT INTO alerts (dossier_number, demarche_number, event, channel, state, created_at, idempotency_key, fact_key,
    occasion, facts, group_id, next_attempt_at, waiting_since, sent_at, acked_at, acked_by)
VALUES (102, 12345, 'late', 'jury', 'sent', '2019-06-01T08:01:00.000Z', 'k2', 'f2', 'first',
    '{"applicant":"Commune d’Exemple"}', 'g1', NULL, '2019-06-01T08:01:00.000Z', '2019-06-01T08:01:02.000Z',
    '2019-06-01T09:00:00.000Z', 'Camille Exemple'),
    (NULL, 12345, 'sync_failing', 'jury', 'pending', '2019-06-01T08:01:00.000Z', 'k3', 'f3', 'reminder', '{}', NULL,
    '2019-06-01T08:01:00.000Z', '2019-06-01T08:01:00.000Z', NULL, NULL, NULL);
INSERT INTO episodes (event, demarche_number, subject, episode, began_at, ended_at, is_open)
VALUES ('sync_failing', 12345, '', '2019-06-01T08:01:00Z', '2019-06-01T08:01:00Z', NULL, 1),
    ('form_changed', 12345, 'revision', 'r1', '2019-06-01T08:01:00Z', NULL, 0);
INSERT INTO audits (demarche_number, made_at, missing, extra, stale) VALUES (12345, '2019-06-01T08:01:00Z', 1, 0, 2);
