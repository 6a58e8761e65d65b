-- The mirror. Instants are UTC text (YYYY-MM-DDTHH:MM:SS[.fff]Z), days YYYY-MM-DD, booleans 0/1.

CREATE TABLE demarches (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    declarative TEXT,
    date_creation TEXT NOT NULL,
    date_publication TEXT,
    date_derniere_modification TEXT NOT NULL,
    date_depublication TEXT,
    date_fermeture TEXT,
    active_revision_id TEXT NOT NULL,
    published_revision_id TEXT,
    description TEXT,
    demarche_url TEXT,
    duree_conservation_dossiers INTEGER,
    service_id TEXT,
    service_nom TEXT,
    service_organisme TEXT,
    service_type_organisme TEXT,
    service_siret TEXT
) STRICT;

CREATE TABLE revisions (
    id TEXT NOT NULL,
    demarche_number INTEGER NOT NULL REFERENCES demarches (number) ON DELETE CASCADE,
    date_creation TEXT NOT NULL,
    date_publication TEXT,
    read_at TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE champ_descriptors (
    revision_id TEXT NOT NULL REFERENCES revisions (id) ON DELETE CASCADE,
    champ_descriptor_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('champ', 'annotation')),
    position INTEGER NOT NULL,
    parent_champ_descriptor_id TEXT,
    type TEXT NOT NULL,
    label TEXT NOT NULL,
    description TEXT,
    required INTEGER NOT NULL CHECK (required IN (0, 1)),
    options TEXT CHECK (options IS NULL OR json_valid(options)),
    other_option INTEGER CHECK (other_option IN (0, 1)),
    level INTEGER,
    PRIMARY KEY (revision_id, kind, champ_descriptor_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE groupes_instructeurs (
    demarche_number INTEGER NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    label TEXT NOT NULL,
    closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
    PRIMARY KEY (demarche_number, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE groupe_instructeurs_membres (
    demarche_number INTEGER NOT NULL,
    groupe_number INTEGER NOT NULL,
    instructeur_id TEXT NOT NULL,
    PRIMARY KEY (demarche_number, groupe_number, instructeur_id),
    FOREIGN KEY (demarche_number, groupe_number)
        REFERENCES groupes_instructeurs (demarche_number, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE instructeurs (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE labels (
    demarche_number INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    color TEXT NOT NULL,
    PRIMARY KEY (demarche_number, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossiers (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    demarche_number INTEGER NOT NULL,
    revision_id TEXT NOT NULL,
    state TEXT NOT NULL,
    archived INTEGER NOT NULL CHECK (archived IN (0, 1)),
    prefilled INTEGER NOT NULL CHECK (prefilled IN (0, 1)),
    connection_usager TEXT NOT NULL,
    date_depot TEXT NOT NULL,
    date_passage_en_construction TEXT NOT NULL,
    date_passage_en_instruction TEXT,
    date_traitement TEXT,
    date_derniere_modification TEXT NOT NULL,
    date_derniere_modification_champs TEXT NOT NULL,
    date_derniere_modification_annotations TEXT NOT NULL,
    date_suppression_par_usager TEXT,
    date_suppression_par_administration TEXT,
    date_expiration TEXT,
    date_derniere_correction_en_attente TEXT,
    date_previsionnelle_decision_sva_svr TEXT,
    date_traitement_sva_svr TEXT,
    motivation TEXT,
    usager_id TEXT NOT NULL,
    usager_email TEXT NOT NULL,
    depose_par_un_tiers INTEGER CHECK (depose_par_un_tiers IN (0, 1)),
    prenom_mandataire TEXT,
    nom_mandataire TEXT,
    groupe_instructeur_number INTEGER NOT NULL,
    demandeur_type TEXT NOT NULL,
    demandeur_id TEXT,
    civilite TEXT,
    nom TEXT,
    prenom TEXT,
    date_de_naissance TEXT,
    demandeur_email TEXT,
    siret TEXT,
    siren TEXT,
    raison_sociale TEXT,
    nom_commercial TEXT,
    siret_siege_social TEXT,
    forme_juridique_code TEXT,
    forme_juridique TEXT,
    naf TEXT,
    etat_administratif TEXT,
    date_creation_entreprise TEXT,
    code_effectif_entreprise TEXT,
    postal_code TEXT,
    city_name TEXT,
    city_code TEXT,
    department_code TEXT,
    region_code TEXT,
    demandeur TEXT NOT NULL CHECK (json_valid(demandeur)),
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
    first_seen_at TEXT NOT NULL,
    last_changed_at TEXT NOT NULL,
    deleted_at TEXT,
    deletion_reason TEXT
) STRICT;

CREATE INDEX dossiers_by_demarche ON dossiers (demarche_number, state);
CREATE INDEX dossiers_by_siren ON dossiers (siren) WHERE siren IS NOT NULL;

CREATE TABLE payloads (
    dossier_number INTEGER PRIMARY KEY REFERENCES dossiers (number) ON DELETE CASCADE,
    document_version INTEGER NOT NULL,
    size INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE champs (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    champ_id TEXT NOT NULL,
    champ_descriptor_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('champ', 'annotation')),
    parent_champ_id TEXT,
    row_id TEXT,
    type TEXT NOT NULL,
    label TEXT NOT NULL,
    string_value TEXT,
    value TEXT CHECK (value IS NULL OR json_valid(value)),
    prefilled INTEGER NOT NULL CHECK (prefilled IN (0, 1)),
    updated_at TEXT NOT NULL,
    PRIMARY KEY (dossier_number, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE fichiers (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    owner TEXT NOT NULL CHECK (owner IN
        ('champ', 'annotation', 'message', 'avis', 'motivation', 'attestation', 'demandeur')),
    owner_id TEXT,
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,
    checksum TEXT NOT NULL,
    byte_size INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    virus_scan_result TEXT NOT NULL,
    PRIMARY KEY (dossier_number, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE traitements (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    event TEXT NOT NULL,
    date_traitement TEXT NOT NULL,
    email_agent_traitant TEXT,
    motivation TEXT,
    revision_id TEXT,
    PRIMARY KEY (dossier_number, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    discarded_at TEXT,
    correction_reason TEXT,
    correction_date_resolution TEXT,
    PRIMARY KEY (dossier_number, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE avis (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    question TEXT NOT NULL,
    reponse TEXT,
    question_label TEXT,
    question_answer INTEGER CHECK (question_answer IN (0, 1)),
    date_question TEXT NOT NULL,
    date_reponse TEXT,
    claimant_email TEXT,
    expert_email TEXT,
    PRIMARY KEY (dossier_number, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier_labels (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    label_id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (dossier_number, label_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier_instructeurs (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    instructeur_id TEXT NOT NULL,
    PRIMARY KEY (dossier_number, instructeur_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE deletions (
    dossier_number INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('pending', 'final')),
    demarche_number INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    date_suppression TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (dossier_number, stage)
) STRICT, WITHOUT ROWID;

CREATE TABLE verdicts (
    dossier_number INTEGER PRIMARY KEY REFERENCES dossiers (number) ON DELETE CASCADE,
    verdict TEXT NOT NULL CHECK (verdict IN ('eligible', 'ineligible', 'late', 'to_review')),
    applicant_check TEXT NOT NULL CHECK (applicant_check IN ('eligible', 'ineligible', 'to_review')),
    deadline_check TEXT NOT NULL CHECK (deadline_check IN ('on_time', 'late', 'early', 'to_review')),
    nature TEXT NOT NULL,
    reasons TEXT NOT NULL CHECK (json_valid(reasons)),
    rules_version TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL
) STRICT;

CREATE INDEX verdicts_by_verdict ON verdicts (verdict);

CREATE TABLE sync_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call TEXT NOT NULL,
    demarche_number INTEGER NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('fill', 'incremental', 'reconcile', 'resync')),
    started_at TEXT NOT NULL,
    finished_at TEXT,
    pages INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    dossiers_seen INTEGER NOT NULL DEFAULT 0,
    dossiers_changed INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL CHECK (outcome IN
        ('running', 'done', 'findings', 'held', 'failed', 'interrupted')),
    error TEXT
) STRICT;

CREATE INDEX sync_runs_by_demarche ON sync_runs (demarche_number, id);

CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES sync_runs (id),
    seen_at TEXT NOT NULL,
    occurred_at TEXT,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after))
) STRICT;

CREATE INDEX changes_by_dossier ON changes (dossier_number, id);

CREATE TABLE quarantine (
    dossier_number INTEGER NOT NULL,
    what TEXT NOT NULL,
    demarche_number INTEGER NOT NULL,
    since TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    next_attempt_at TEXT NOT NULL,
    PRIMARY KEY (dossier_number, what)
) STRICT, WITHOUT ROWID;

CREATE TABLE rereads (
    dossier_number INTEGER PRIMARY KEY REFERENCES dossiers (number) ON DELETE CASCADE,
    reasons TEXT NOT NULL,
    since TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT NOT NULL
) STRICT;

CREATE TABLE positions (
    demarche_number INTEGER PRIMARY KEY,
    mode TEXT NOT NULL CHECK (mode IN ('fill', 'incremental', 'reconcile')),
    since TEXT,
    after_cursor TEXT,
    walk_started_at TEXT,
    filled_at TEXT,
    deletions_since TEXT,
    last_sweep_at TEXT,
    last_reconcile_at TEXT,
    revision_id TEXT
) STRICT;

CREATE TABLE unknown_elements (
    kind TEXT NOT NULL CHECK (kind IN ('typename', 'enum_value')),
    place TEXT NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    PRIMARY KEY (kind, place, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_number INTEGER,
    event TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT,
    created_at TEXT NOT NULL,
    sent_at TEXT,
    last_error TEXT,
    idempotency_key TEXT NOT NULL UNIQUE
) STRICT;

CREATE VIEW v_dossiers AS
SELECT
    dossiers.number,
    dossiers.demarche_number,
    dossiers.state,
    COALESCE(NULLIF(dossiers.raison_sociale, ''), NULLIF(dossiers.nom_commercial, ''),
        NULLIF(TRIM(COALESCE(dossiers.prenom, '') || ' ' || COALESCE(dossiers.nom, '')), '')) AS demandeur,
    dossiers.demandeur_type,
    dossiers.siret,
    dossiers.siren,
    dossiers.forme_juridique_code,
    dossiers.forme_juridique,
    dossiers.naf,
    verdicts.verdict,
    verdicts.applicant_check,
    verdicts.deadline_check,
    verdicts.nature,
    verdicts.reasons,
    verdicts.decided_by,
    dossiers.date_depot,
    dossiers.date_passage_en_construction,
    dossiers.date_passage_en_instruction,
    dossiers.date_traitement,
    dossiers.date_derniere_modification,
    dossiers.usager_email,
    dossiers.groupe_instructeur_number,
    dossiers.archived,
    dossiers.deleted_at,
    dossiers.deletion_reason
FROM dossiers
LEFT JOIN verdicts ON verdicts.dossier_number = dossiers.number;

CREATE VIEW v_ineligible AS
SELECT * FROM v_dossiers WHERE verdict = 'ineligible' AND deleted_at IS NULL;

CREATE VIEW v_late AS
SELECT * FROM v_dossiers WHERE verdict = 'late' AND deleted_at IS NULL;

CREATE VIEW v_to_review AS
SELECT * FROM v_dossiers WHERE verdict = 'to_review' AND deleted_at IS NULL;

CREATE VIEW v_stats AS
SELECT demarche_number, 'verdict' AS dimension, COALESCE(verdict, 'none') AS value, COUNT(*) AS dossiers
FROM v_dossiers WHERE deleted_at IS NULL GROUP BY demarche_number, verdict
UNION ALL
SELECT demarche_number, 'state', state, COUNT(*)
FROM v_dossiers WHERE deleted_at IS NULL GROUP BY demarche_number, state
UNION ALL
SELECT demarche_number, 'nature', COALESCE(nature, 'none'), COUNT(*)
FROM v_dossiers WHERE deleted_at IS NULL GROUP BY demarche_number, nature
UNION ALL
SELECT demarche_number, 'forme_juridique_code', COALESCE(forme_juridique_code, 'none'), COUNT(*)
FROM v_dossiers WHERE deleted_at IS NULL GROUP BY demarche_number, forme_juridique_code
UNION ALL
SELECT demarche_number, 'week_of_deposit', date(date_depot, 'weekday 0', '-6 days'), COUNT(*)
FROM v_dossiers WHERE deleted_at IS NULL GROUP BY demarche_number, date(date_depot, 'weekday 0', '-6 days');
