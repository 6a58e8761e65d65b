-- Rows of a mirror of version 1, of every table. Everybody and everything here is invented.
INSERT INTO demarches (number, id, title, state, date_creation, date_derniere_modification, active_revision_id)
VALUES (12345, 'UHJvY2VkdXJlLTEyMzQ1', 'AMI IA 2', 'publiee', '2019-03-01T09:00:00Z', '2019-03-25T09:00:00Z', 'R1');
INSERT INTO revisions (id, demarche_number, date_creation, read_at)
VALUES ('R1', 12345, '2019-03-01T09:00:00Z', '2019-06-01T00:00:00Z');
INSERT INTO champ_descriptors (revision_id, champ_descriptor_id, kind, position, type, label, required, options)
VALUES ('R1', 'Champ-1', 'champ', 0, 'text', 'Titre du projet', 1, NULL),
    ('R1', 'Champ-2', 'champ', 1, 'drop_down_list', 'Domaine', 1, '["Santé","Social"]'),
    ('R1', 'Champ-9', 'annotation', 0, 'yes_no', 'Complet', 0, NULL);
INSERT INTO groupes_instructeurs (demarche_number, number, id, label, closed) VALUES (12345, 7, 'G7', 'défaut', 0);
INSERT INTO groupe_instructeurs_membres (demarche_number, groupe_number, instructeur_id) VALUES (12345, 7, 'I1');
INSERT INTO instructeurs (id, email) VALUES ('I1', 'agent@exemple.gouv.fr');
INSERT INTO labels (demarche_number, id, name, color) VALUES (12345, 'L1', 'à relire', 'green_menthe');
INSERT INTO dossiers (number, id, demarche_number, revision_id, state, archived, prefilled, connection_usager,
    date_depot, date_passage_en_construction, date_derniere_modification, date_derniere_modification_champs,
    date_derniere_modification_annotations, usager_id, usager_email, groupe_instructeur_number, demandeur_type,
    siret, siren, raison_sociale, forme_juridique_code, forme_juridique, demandeur, content_hash, first_seen_at,
    last_changed_at, deleted_at, deletion_reason)
VALUES
    (101, 'D101', 12345, 'R1', 'en_construction', 0, 0, 'password', '2019-05-20T10:00:00Z', '2019-05-20T10:00:00Z',
    '2019-05-20T10:00:00Z', '2019-05-20T10:00:00Z', '2019-05-20T10:00:00Z', 'U1', 'projet@ministere.exemple.fr', 7,
    'PersonneMorale', '11000001300017', '110000013', 'MINISTERE EXEMPLE', '7113', 'Ministère', '{"siret":"11000001300017"}',
    zeroblob(32), '2019-05-20T10:01:00Z', '2019-05-20T10:01:00Z', NULL, NULL),
    (102, 'D102', 12345, 'R1', 'en_construction', 0, 0, 'password', '2019-06-01T08:00:00Z', '2019-06-01T08:00:00Z',
    '2019-06-01T08:00:00Z', '2019-06-01T08:00:00Z', '2019-06-01T08:00:00Z', 'U2', 'mairie@commune.exemple.fr', 7,
    'PersonneMorale', '21290019900018', '212900199', 'COMMUNE EXEMPLE', '7210', 'Commune', '{"siret":"21290019900018"}',
    zeroblob(32), '2019-06-01T08:01:00Z', '2019-06-02T08:01:00Z', '2019-06-02T08:00:00Z', 'user_request');
INSERT INTO payloads (dossier_number, document_version, size, content) VALUES (101, 1, 2, x'7b7d'), (102, 1, 2, x'7b7d');
INSERT INTO champs (dossier_number, position, champ_id, champ_descriptor_id, kind, type, label, string_value, value,
    prefilled, updated_at)
VALUES (101, 0, 'Champ-1', 'Champ-1', 'champ', 'TextChamp', 'Titre du projet', 'Essai', '"Essai"', 0, '2019-05-20T10:00:00Z'),
    (101, 1, 'Champ-9', 'Champ-9', 'annotation', 'YesNoChamp', 'Complet', 'true', 'true', 0, '2019-05-21T10:00:00Z');
INSERT INTO fichiers (dossier_number, position, owner, owner_id, filename, content_type, checksum, byte_size, created_at,
    virus_scan_result)
VALUES (101, 0, 'champ', 'Champ-3', 'budget.pdf', 'application/pdf', 'MD5==', 1024, '2019-05-20T10:00:00Z', 'safe');
INSERT INTO traitements (dossier_number, position, id, event, date_traitement)
VALUES (101, 0, 'T1', 'depose', '2019-05-20T10:00:00Z');
INSERT INTO messages (dossier_number, position, id, email, body, created_at, correction_reason)
VALUES (101, 0, 'M1', 'agent@exemple.gouv.fr', '<p>Il manque le budget.</p>', '2019-05-21T09:00:00Z', 'incomplete');
INSERT INTO avis (dossier_number, position, id, question, date_question)
VALUES (101, 0, 'A1', 'Est-ce mûr ?', '2019-05-22T09:00:00Z');
INSERT INTO dossier_labels (dossier_number, label_id, name) VALUES (101, 'L1', 'à relire');
INSERT INTO dossier_instructeurs (dossier_number, instructeur_id) VALUES (101, 'I1');
INSERT INTO deletions (dossier_number, stage, demarche_number, state, reason, date_suppression, seen_at)
VALUES (102, 'pending', 12345, 'en_construction', 'user_request', '2019-06-02T08:00:00Z', '2019-06-02T08:01:00Z');
INSERT INTO verdicts (dossier_number, verdict, applicant_check, deadline_check, nature, reasons, rules_version,
    decided_by, decided_at)
VALUES (101, 'eligible', 'eligible', 'on_time', 'central_administration',
    '[{"code":"legal_category_eligible","text":"…","facts":{}}]', 'abc', 'rules', '2019-05-20T10:01:00Z'),
    (102, 'ineligible', 'ineligible', 'late', 'local_authority',
    '[{"code":"legal_category_ineligible","text":"…","facts":{}}]', 'abc', 'Camille Exemple', '2019-06-01T08:01:00Z');
INSERT INTO sync_runs (call, demarche_number, mode, started_at, finished_at, pages, requests, dossiers_seen, outcome)
VALUES ('ami-ia-2', 12345, 'fill', '2019-06-01T08:00:00Z', '2019-06-01T08:01:00Z', 1, 2, 2, 'done');
INSERT INTO changes (dossier_number, run_id, seen_at, occurred_at, subject, name, before, after)
VALUES (101, 1, '2019-06-01T08:01:00Z', NULL, 'presence', 'presence', 'null', '"seen"'),
    (101, 1, '2019-06-02T08:01:00Z', '2019-06-02T08:00:00Z', 'champ', 'Champ-1', '{"string_value":"Esai"}',
    '{"string_value":"Essai"}');
INSERT INTO quarantine (dossier_number, what, demarche_number, since, attempts, last_error, next_attempt_at)
VALUES (103, 'dossier', 12345, '2019-06-01T08:00:00Z', 2, 'la source a répondu « null »', '2019-06-01T09:00:00Z');
INSERT INTO rereads (dossier_number, reasons, since, attempts, next_attempt_at)
VALUES (101, 'scan_pending', '2019-06-01T08:00:00Z', 1, '2019-06-01T08:30:00Z');
INSERT INTO positions (demarche_number, mode, since, filled_at)
VALUES (12345, 'incremental', '2019-06-01T07:50:00Z', '2019-06-01T08:01:00Z');
INSERT INTO unknown_elements (kind, place, name, count, first_seen_at, last_seen_at)
VALUES ('typename', 'Champ', 'VisaChamp', 3, '2019-06-01T08:00:00Z', '2019-06-01T08:00:00Z');
INSERT INTO alerts (dossier_number, event, channel, state, created_at, idempotency_key)
VALUES (102, 'late', 'jury', 'pending', '2019-06-01T08:01:00Z', 'k1');
