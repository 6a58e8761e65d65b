-- Rows that version 3 has more: what was told and decided, an extension, and marks of the jury.
UPDATE verdicts SET rules_verdict = verdict, nature_confidence = 'high', domain = 'Santé', stale = 1
WHERE dossier_number = 101;
INSERT INTO verdict_history (dossier_number, told_at, verdict, rules_verdict, applicant_check, deadline_check, nature,
    reasons, rules_version, decided_by)
VALUES (101, '2019-06-02T09:00:00Z', 'eligible', 'eligible', 'eligible', 'on_time', 'central_administration',
    '[{"code":"deposited_on_time","text":"…","facts":{}}]', 'v3', 'rules');
INSERT INTO decisions (dossier_number, verdict, decided_by, decided_at, reason, rules_verdict, rules_reasons,
    rules_version, last_change_id, withdrawn_at, withdrawn_by, withdrawn_reason)
VALUES (101, 'ineligible', 'Mme Exemple', '2019-06-03T09:00:00Z', 'doublon', 'eligible', '[]', 'v3', 1,
    '2019-06-04T09:00:00Z', 'Mme Exemple', 'erreur'),
    (101, 'eligible', 'M. Exemple', '2019-06-05T09:00:00Z', 'vérifié', 'eligible', '[]', 'v3', 1, NULL, NULL, NULL);
INSERT INTO deadline_extensions (dossier_number, until_local, granted_by, granted_at, reason)
VALUES (102, '2019-06-02T12:00', 'Mme Exemple', '2019-06-01T09:00:00Z', 'panne');
INSERT INTO criteria (demarche_number, name, position, label, track, weight, max_mark)
VALUES (12345, 'impact', 0, 'Impact pour les usagers', 'strategic', 2.0, 5.0);
INSERT INTO marks (dossier_number, criterion, expert, mark, comment, recorded_at, replaced_at)
VALUES (101, 'impact', 'E. Exemple', 3.0, NULL, '2019-06-10T09:00:00Z', '2019-06-11T09:00:00Z'),
    (101, 'impact', 'E. Exemple', 4.0, 'bien', '2019-06-11T09:00:00Z', NULL);
