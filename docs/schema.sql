-- The mirror, column by column: what `ami-sync` leaves in its SQLite file once every migration has run.
-- Instants are UTC text (YYYY-MM-DDTHH:MM:SS[.fff]Z), days YYYY-MM-DD, booleans 0/1, free JSON valid JSON text.
-- A test holds this page against the migrations: same tables, same columns, same views.

-- A démarche, as the platform last told of it.
CREATE TABLE demarches (
    number INTEGER PRIMARY KEY, -- its number on the platform
    id TEXT NOT NULL, -- its opaque identifier, for the API's mutations only
    title TEXT NOT NULL, -- its title
    state TEXT NOT NULL, -- brouillon, publiee, close or depubliee; a closed one is still followed
    declarative TEXT, -- en_instruction or accepte when the platform moves dossiers by itself
    date_creation TEXT NOT NULL, -- instant
    date_publication TEXT, -- instant
    date_derniere_modification TEXT NOT NULL, -- instant
    date_depublication TEXT, -- instant
    date_fermeture TEXT, -- instant of the actual closing; the planned one is not told by the API
    active_revision_id TEXT NOT NULL, -- the revision of the form that new dossiers follow
    published_revision_id TEXT, -- the revision last published
    description TEXT, -- in the words of its authors
    demarche_url TEXT, -- its public page
    duree_conservation_dossiers INTEGER, -- months that the platform keeps a dossier after its end
    service_id TEXT, -- the service in charge
    service_nom TEXT, -- its name
    service_organisme TEXT, -- the body it belongs to
    service_type_organisme TEXT, -- the kind of that body, as the API names it
    service_siret TEXT -- its SIRET
) STRICT;

-- The form as it was at each revision read.
CREATE TABLE revisions (
    id TEXT NOT NULL, -- opaque identifier
    demarche_number INTEGER NOT NULL REFERENCES demarches (number) ON DELETE CASCADE, -- the démarche
    date_creation TEXT NOT NULL, -- instant
    date_publication TEXT, -- instant
    read_at TEXT NOT NULL, -- instant when its descriptors were read
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

-- The questions of each revision.
CREATE TABLE champ_descriptors (
    revision_id TEXT NOT NULL REFERENCES revisions (id) ON DELETE CASCADE, -- the revision
    champ_descriptor_id TEXT NOT NULL, -- stable across revisions; equals champs.champ_descriptor_id
    kind TEXT NOT NULL CHECK (kind IN ('champ', 'annotation')), -- asked of the usager, or of the instructeurs
    position INTEGER NOT NULL, -- order in the form
    parent_champ_descriptor_id TEXT, -- the repetition that holds it
    type TEXT NOT NULL, -- the API's type of question
    label TEXT NOT NULL, -- the question
    description TEXT, -- its explanation
    required INTEGER NOT NULL CHECK (required IN (0, 1)), -- whether an answer is mandatory
    options TEXT CHECK (options IS NULL OR json_valid(options)), -- the choices, a JSON array
    other_option INTEGER CHECK (other_option IN (0, 1)), -- whether another choice may be written
    level INTEGER, -- of a section's title, 1 for the highest
    PRIMARY KEY (revision_id, kind, champ_descriptor_id)
) STRICT, WITHOUT ROWID;

-- The groups among which dossiers are shared.
CREATE TABLE groupes_instructeurs (
    demarche_number INTEGER NOT NULL, -- the démarche
    number INTEGER NOT NULL, -- its number
    id TEXT NOT NULL, -- its opaque identifier
    label TEXT NOT NULL, -- its name
    closed INTEGER NOT NULL CHECK (closed IN (0, 1)), -- whether it takes no more dossiers
    PRIMARY KEY (demarche_number, number)
) STRICT, WITHOUT ROWID;

-- Who is in each group.
CREATE TABLE groupe_instructeurs_membres (
    demarche_number INTEGER NOT NULL, -- the démarche
    groupe_number INTEGER NOT NULL, -- the group
    instructeur_id TEXT NOT NULL, -- the member
    PRIMARY KEY (demarche_number, groupe_number, instructeur_id),
    FOREIGN KEY (demarche_number, groupe_number)
        REFERENCES groupes_instructeurs (demarche_number, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Agents, as followers or members of a group.
CREATE TABLE instructeurs (
    id TEXT PRIMARY KEY, -- opaque identifier
    email TEXT NOT NULL -- their address
) STRICT, WITHOUT ROWID;

-- The labels that a démarche offers.
CREATE TABLE labels (
    demarche_number INTEGER NOT NULL, -- the démarche
    id TEXT NOT NULL, -- opaque identifier
    name TEXT NOT NULL, -- its name
    color TEXT NOT NULL, -- its colour, as the API names it
    PRIMARY KEY (demarche_number, id)
) STRICT, WITHOUT ROWID;

-- A dossier: one row each, kept after it went.
CREATE TABLE dossiers (
    number INTEGER PRIMARY KEY, -- its number, the key alive or deleted
    id TEXT NOT NULL, -- its opaque identifier, for the API's mutations only
    demarche_number INTEGER NOT NULL, -- the démarche
    revision_id TEXT NOT NULL, -- the revision of the form that it follows
    state TEXT NOT NULL, -- en_construction, en_instruction, accepte, refuse, sans_suite
    archived INTEGER NOT NULL CHECK (archived IN (0, 1)), -- a mere flag of the platform
    prefilled INTEGER NOT NULL CHECK (prefilled IN (0, 1)), -- whether a prefill link began it
    connection_usager TEXT NOT NULL, -- france_connect, password or deleted
    date_depot TEXT NOT NULL, -- first deposit: the instant that counts for a deadline, never moved
    date_passage_en_construction TEXT NOT NULL, -- last entry into construction; moved when it is sent back
    date_passage_en_instruction TEXT, -- entry into examination
    date_traitement TEXT, -- last decision
    date_derniere_modification TEXT NOT NULL, -- last change that the platform dates; not all are
    date_derniere_modification_champs TEXT NOT NULL, -- last deposit of answers
    date_derniere_modification_annotations TEXT NOT NULL, -- last change of annotations in the platform's own pages
    date_suppression_par_usager TEXT, -- deleted by its usager, a decided dossier staying visible
    date_suppression_par_administration TEXT, -- deleted by the administration
    date_expiration TEXT, -- when the platform will let it go
    date_derniere_correction_en_attente TEXT, -- when the correction that still waits was asked
    date_previsionnelle_decision_sva_svr TEXT, -- day on which silence will decide
    date_traitement_sva_svr TEXT, -- when silence decided
    motivation TEXT, -- why it was decided so
    usager_id TEXT NOT NULL, -- the account that holds it
    usager_email TEXT NOT NULL, -- its address
    depose_par_un_tiers INTEGER CHECK (depose_par_un_tiers IN (0, 1)), -- whether somebody filed it in the applicant's name
    prenom_mandataire TEXT, -- that person's first name
    nom_mandataire TEXT, -- that person's name
    groupe_instructeur_number INTEGER NOT NULL, -- the group in charge
    demandeur_type TEXT NOT NULL, -- the API's __typename of the applicant
    demandeur_id TEXT, -- opaque identifier
    civilite TEXT, -- of an individual
    nom TEXT, -- of an individual or a sole trader
    prenom TEXT, -- of an individual or a sole trader
    date_de_naissance TEXT, -- day
    demandeur_email TEXT, -- given for the applicant
    siret TEXT, -- fourteen digits, as given
    siren TEXT, -- nine digits: the company's, else those of the SIRET
    raison_sociale TEXT, -- legal name, empty where the directory hides it
    nom_commercial TEXT, -- trade name
    siret_siege_social TEXT, -- of the head office
    forme_juridique_code TEXT, -- INSEE legal category, four digits; null while unknown
    forme_juridique TEXT, -- its wording
    naf TEXT, -- code of the activity
    etat_administratif TEXT, -- Actif or Ferme, as it was at the identification
    date_creation_entreprise TEXT, -- day
    code_effectif_entreprise TEXT, -- headcount bracket
    postal_code TEXT, -- of the établissement
    city_name TEXT, -- of the établissement
    city_code TEXT, -- INSEE code
    department_code TEXT, -- of the établissement
    region_code TEXT, -- of the établissement
    demandeur TEXT NOT NULL CHECK (json_valid(demandeur)), -- everything known of the applicant, JSON
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32), -- BLAKE3 of the payload: equal means that nothing moved
    first_seen_at TEXT NOT NULL, -- instant when the mirror first had it
    last_changed_at TEXT NOT NULL, -- instant when the mirror last changed it
    deleted_at TEXT, -- when it disappeared at the source; null while it is there
    deletion_reason TEXT, -- the API's reason, or that no list named it
    purged_at TEXT -- when its personal data were erased; nothing of it is kept from then on
) STRICT;

CREATE INDEX dossiers_by_demarche ON dossiers (demarche_number, state);
CREATE INDEX dossiers_alive ON dossiers (demarche_number, state) WHERE deleted_at IS NULL;
-- The first dossiers of one SIREN, or of one usager, are found without sorting all of theirs.
CREATE INDEX dossiers_by_siren ON dossiers (siren, demarche_number, date_depot, number, deleted_at)
    WHERE siren IS NOT NULL;
CREATE INDEX dossiers_by_usager ON dossiers (usager_id, demarche_number, date_depot, number, deleted_at, siren);

-- Each dossier as received, so that a later version can read it again without asking.
CREATE TABLE payloads (
    dossier_number INTEGER PRIMARY KEY REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    document_version INTEGER NOT NULL, -- version of the GraphQL document that asked for it
    size INTEGER NOT NULL, -- bytes once opened
    content BLOB NOT NULL, -- JSON, compressed with zstd
    normalizer_version INTEGER NOT NULL DEFAULT 1 -- version of the reading that wrote the dossier's rows
) STRICT;

CREATE INDEX payloads_by_normalizer_version ON payloads (normalizer_version);

-- Every answer, rows of repetitions included, in the order of the form.
CREATE TABLE champs (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    position INTEGER NOT NULL, -- order in the dossier
    champ_id TEXT NOT NULL, -- identifier; in a repetition, it holds the row's
    champ_descriptor_id TEXT NOT NULL, -- the question, stable across revisions
    kind TEXT NOT NULL CHECK (kind IN ('champ', 'annotation')), -- of the usager, or of the instructeurs
    parent_champ_id TEXT, -- the repetition that holds it
    row_id TEXT, -- its row in that repetition
    type TEXT NOT NULL, -- the API's __typename
    label TEXT NOT NULL, -- the question
    string_value TEXT, -- the answer as the platform words it
    value TEXT CHECK (value IS NULL OR json_valid(value)), -- the answer, typed, JSON; as received when the type is unknown
    prefilled INTEGER NOT NULL CHECK (prefilled IN (0, 1)), -- whether a prefill link gave it
    updated_at TEXT NOT NULL, -- instant of its last change; of the deposit if never filled
    PRIMARY KEY (dossier_number, position)
) STRICT, WITHOUT ROWID;

-- What is known of each file; its address is never kept.
CREATE TABLE fichiers (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    position INTEGER NOT NULL, -- order in the dossier
    owner TEXT NOT NULL CHECK (owner IN -- what holds it
        ('champ', 'annotation', 'message', 'avis', 'motivation', 'attestation', 'demandeur')),
    owner_id TEXT, -- which one, where there are several
    filename TEXT NOT NULL, -- its name
    content_type TEXT NOT NULL, -- MIME type
    checksum TEXT NOT NULL, -- MD5, base64
    byte_size INTEGER NOT NULL, -- bytes
    created_at TEXT NOT NULL, -- instant
    virus_scan_result TEXT NOT NULL, -- the antivirus's word, as received
    PRIMARY KEY (dossier_number, position)
) STRICT, WITHOUT ROWID;

-- What happened to a dossier, oldest first.
CREATE TABLE traitements (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    position INTEGER NOT NULL, -- order
    id TEXT NOT NULL, -- opaque identifier
    event TEXT NOT NULL, -- depose, accepte, repasse_en_construction…, as the API names them
    date_traitement TEXT NOT NULL, -- instant
    email_agent_traitant TEXT, -- the agent; null when the platform acted
    motivation TEXT, -- why
    revision_id TEXT, -- the form's revision then
    PRIMARY KEY (dossier_number, position)
) STRICT, WITHOUT ROWID;

-- Exchanges, oldest first.
CREATE TABLE messages (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    position INTEGER NOT NULL, -- order
    id TEXT NOT NULL, -- opaque identifier
    email TEXT NOT NULL, -- the sender
    body TEXT NOT NULL, -- HTML; empty once withdrawn
    created_at TEXT NOT NULL, -- instant
    discarded_at TEXT, -- instant of its withdrawal
    correction_reason TEXT, -- incorrect, incomplete or outdated, when it asks for a correction
    correction_date_resolution TEXT, -- instant when the correction was given
    PRIMARY KEY (dossier_number, position)
) STRICT, WITHOUT ROWID;

-- Opinions asked of experts.
CREATE TABLE avis (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    position INTEGER NOT NULL, -- order
    id TEXT NOT NULL, -- opaque identifier
    question TEXT NOT NULL, -- in words
    reponse TEXT, -- null while unanswered
    question_label TEXT, -- of the closed question
    question_answer INTEGER CHECK (question_answer IN (0, 1)), -- answer to the closed question
    date_question TEXT NOT NULL, -- instant
    date_reponse TEXT, -- instant, set by the platform even when unanswered: look at reponse
    claimant_email TEXT, -- who asked
    expert_email TEXT, -- who was asked
    PRIMARY KEY (dossier_number, position)
) STRICT, WITHOUT ROWID;

-- Labels put on a dossier.
CREATE TABLE dossier_labels (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    label_id TEXT NOT NULL, -- the label
    name TEXT NOT NULL, -- its name when it was read
    PRIMARY KEY (dossier_number, label_id)
) STRICT, WITHOUT ROWID;

-- Who follows a dossier.
CREATE TABLE dossier_instructeurs (
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    instructeur_id TEXT NOT NULL, -- the follower
    PRIMARY KEY (dossier_number, instructeur_id)
) STRICT, WITHOUT ROWID;

-- The platform's two lists of deletions, as received: evidence, not orders.
CREATE TABLE deletions (
    dossier_number INTEGER NOT NULL, -- the dossier
    stage TEXT NOT NULL CHECK (stage IN ('pending', 'final')), -- in the bin, or destroyed
    demarche_number INTEGER NOT NULL, -- the démarche
    state TEXT NOT NULL, -- the dossier's state then
    reason TEXT NOT NULL, -- the API's reason
    date_suppression TEXT NOT NULL, -- instant; the platform dates destruction back
    seen_at TEXT NOT NULL, -- instant when the mirror read it
    PRIMARY KEY (dossier_number, stage)
) STRICT, WITHOUT ROWID;

-- What was concluded of each dossier.
CREATE TABLE verdicts (
    dossier_number INTEGER PRIMARY KEY REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    verdict TEXT NOT NULL CHECK (verdict IN ('eligible', 'ineligible', 'late', 'to_review')), -- the conclusion
    applicant_check TEXT NOT NULL CHECK (applicant_check IN ('eligible', 'ineligible', 'to_review')), -- may this applicant take part?
    deadline_check TEXT NOT NULL CHECK (deadline_check IN ('on_time', 'late', 'early', 'to_review')), -- was it deposited in time?
    nature TEXT NOT NULL, -- nature of the applicant, as a call's team reports it
    reasons TEXT NOT NULL CHECK (json_valid(reasons)), -- JSON array of {code, text, facts}
    rules_version TEXT NOT NULL, -- the rules it was given by
    decided_by TEXT NOT NULL, -- rules, or the person
    decided_at TEXT NOT NULL, -- instant
    rules_verdict TEXT CHECK (rules_verdict IN ('eligible', 'ineligible', 'late', 'to_review')), -- what the rules alone say
    nature_confidence TEXT CHECK (nature_confidence IN ('low', 'medium', 'high')), -- told by the name, the activity, the category
    domain TEXT, -- the answer to the question on the domain, where the call names one
    stale INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1)) -- something beside the dossier moved: to be judged again
) STRICT;

CREATE INDEX verdicts_by_verdict ON verdicts (verdict);
CREATE INDEX verdicts_stale ON verdicts (dossier_number) WHERE stale = 1;

-- Every verdict told of a dossier, one row each time it or its reasons changed.
CREATE TABLE verdict_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- increasing
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    told_at TEXT NOT NULL, -- instant since which it was told
    verdict TEXT NOT NULL, -- the conclusion
    rules_verdict TEXT, -- what the rules alone said
    applicant_check TEXT NOT NULL, -- may this applicant take part?
    deadline_check TEXT NOT NULL, -- was it deposited in time?
    nature TEXT NOT NULL, -- nature of the applicant
    reasons TEXT NOT NULL CHECK (json_valid(reasons)), -- JSON array of {code, text, facts}
    rules_version TEXT NOT NULL, -- the rules it was given by
    decided_by TEXT NOT NULL -- rules, or the person
) STRICT;

CREATE INDEX verdict_history_by_dossier ON verdict_history (dossier_number, id);

-- What people decided. None is erased: it is withdrawn, and one at most is in force.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- increasing
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    verdict TEXT NOT NULL CHECK (verdict IN ('eligible', 'ineligible', 'late', 'to_review')), -- what was decided
    decided_by TEXT NOT NULL, -- who
    decided_at TEXT NOT NULL, -- instant
    reason TEXT NOT NULL, -- why
    rules_verdict TEXT, -- what the rules said then
    rules_reasons TEXT CHECK (rules_reasons IS NULL OR json_valid(rules_reasons)), -- and their reasons
    rules_version TEXT, -- which rules
    last_change_id INTEGER NOT NULL, -- the last change of the dossier seen by then
    withdrawn_at TEXT, -- instant; null while in force
    withdrawn_by TEXT, -- who withdrew it
    withdrawn_reason TEXT -- why
) STRICT;

CREATE UNIQUE INDEX decisions_in_force ON decisions (dossier_number) WHERE withdrawn_at IS NULL;
CREATE INDEX decisions_by_dossier ON decisions (dossier_number, id);

-- Extensions of the deadline granted to one dossier.
CREATE TABLE deadline_extensions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- increasing
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    until_local TEXT NOT NULL, -- local time of the call, its whole minute on time
    granted_by TEXT NOT NULL, -- who
    granted_at TEXT NOT NULL, -- instant
    reason TEXT NOT NULL, -- why
    withdrawn_at TEXT, -- instant; null while in force
    withdrawn_by TEXT, -- who withdrew it
    withdrawn_reason TEXT -- why
) STRICT;

CREATE UNIQUE INDEX deadline_extensions_in_force ON deadline_extensions (dossier_number)
    WHERE withdrawn_at IS NULL;

-- The grid of a call's jury, as its configuration last said.
CREATE TABLE criteria (
    demarche_number INTEGER NOT NULL, -- the démarche
    name TEXT NOT NULL, -- the criterion
    position INTEGER NOT NULL, -- its place in the grid
    label TEXT NOT NULL, -- what it is
    track TEXT, -- technical, strategic or scientific; null for all
    weight REAL NOT NULL CHECK (weight > 0), -- what it weighs among the others
    max_mark REAL NOT NULL CHECK (max_mark > 0), -- the highest mark
    PRIMARY KEY (demarche_number, name)
) STRICT, WITHOUT ROWID;

-- The jury's marks. A pass over the call never touches them.
CREATE TABLE marks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- increasing
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    criterion TEXT NOT NULL, -- the criterion
    expert TEXT NOT NULL, -- who gave it
    mark REAL NOT NULL CHECK (mark >= 0), -- the mark
    comment TEXT, -- what was said with it
    recorded_at TEXT NOT NULL, -- instant
    replaced_at TEXT -- instant; null while in force
) STRICT;

CREATE UNIQUE INDEX marks_in_force ON marks (dossier_number, criterion, expert) WHERE replaced_at IS NULL;

-- Each pass, written down when it begins and when it ends.
CREATE TABLE sync_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- increasing
    call TEXT NOT NULL, -- slug of the call
    demarche_number INTEGER NOT NULL, -- the démarche
    mode TEXT NOT NULL CHECK (mode IN ('fill', 'incremental', 'reconcile', 'resync')), -- what it went through
    started_at TEXT NOT NULL, -- instant
    finished_at TEXT, -- instant; null while running
    pages INTEGER NOT NULL DEFAULT 0, -- pages of dossiers kept
    requests INTEGER NOT NULL DEFAULT 0, -- requests sent
    dossiers_seen INTEGER NOT NULL DEFAULT 0, -- dossiers that came
    dossiers_changed INTEGER NOT NULL DEFAULT 0, -- new, different or back
    deleted INTEGER NOT NULL DEFAULT 0, -- dossiers marked as gone
    outcome TEXT NOT NULL CHECK (outcome IN -- how it ended
        ('running', 'done', 'findings', 'held', 'failed', 'interrupted')),
    error TEXT, -- why it stopped, and the remedy
    fault TEXT CHECK (fault IN ('token_rejected', 'schema_drift')) -- what it stopped on, when that waits for a person
) STRICT;

CREATE INDEX sync_runs_by_demarche ON sync_runs (demarche_number, id);

-- What changed, one row a fact: a dossier as of an instant is today's less what came after.
CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- increasing
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    run_id INTEGER NOT NULL REFERENCES sync_runs (id), -- the pass that saw it
    seen_at TEXT NOT NULL, -- instant when the mirror saw it
    occurred_at TEXT, -- instant when it happened, where the platform says so
    subject TEXT NOT NULL, -- dossier, demandeur, champ, annotation, message… or presence
    name TEXT NOT NULL, -- which field, or the identifier of which one
    before TEXT NOT NULL CHECK (json_valid(before)), -- JSON; null if it was not there
    after TEXT NOT NULL CHECK (json_valid(after)) -- JSON; null if it is no longer there
) STRICT;

CREATE INDEX changes_by_dossier ON changes (dossier_number, id);
CREATE INDEX changes_by_run ON changes (run_id);

-- What the source could not give or we could not read; tried again by itself.
CREATE TABLE quarantine (
    dossier_number INTEGER NOT NULL, -- the dossier
    what TEXT NOT NULL, -- dossier, or the path of the part
    demarche_number INTEGER NOT NULL, -- the démarche
    since TEXT NOT NULL, -- instant of the first failure
    attempts INTEGER NOT NULL, -- how many so far
    last_error TEXT NOT NULL, -- in words, without any value
    next_attempt_at TEXT NOT NULL, -- instant
    PRIMARY KEY (dossier_number, what)
) STRICT, WITHOUT ROWID;

-- Dossiers that the source has yet to complete, asked again by their number.
CREATE TABLE rereads (
    dossier_number INTEGER PRIMARY KEY REFERENCES dossiers (number) ON DELETE CASCADE, -- the dossier
    reasons TEXT NOT NULL, -- what is awaited, separated by commas
    since TEXT NOT NULL, -- instant
    attempts INTEGER NOT NULL, -- how many so far
    next_attempt_at TEXT NOT NULL -- instant
) STRICT;

-- Where the reading of each call stands, saved with the page it leads to.
CREATE TABLE positions (
    demarche_number INTEGER PRIMARY KEY, -- the démarche
    mode TEXT NOT NULL CHECK (mode IN ('fill', 'incremental', 'reconcile')), -- what the walk under way goes through
    since TEXT, -- lower bound of the walk, instant
    after_cursor TEXT, -- the platform's cursor of the last page kept
    walk_started_at TEXT, -- instant
    filled_at TEXT, -- instant when the first reading was complete
    deletions_since TEXT, -- instant from which the lists of deletions are read
    last_sweep_at TEXT, -- instant
    last_reconcile_at TEXT, -- instant
    revision_id TEXT, -- the revision whose descriptors were last read
    judged_by TEXT -- the rules by which every dossier of the call was last judged
) STRICT;

-- What the platform has and this version does not know: kept as received, counted.
CREATE TABLE unknown_elements (
    kind TEXT NOT NULL CHECK (kind IN ('typename', 'enum_value')), -- a type, or a value of an enumeration
    place TEXT NOT NULL, -- the type it belongs to
    name TEXT NOT NULL, -- its name
    count INTEGER NOT NULL, -- times it was met
    first_seen_at TEXT NOT NULL, -- instant
    last_seen_at TEXT NOT NULL, -- instant
    PRIMARY KEY (kind, place, name)
) STRICT, WITHOUT ROWID;

-- What people are told, one row an alert and a channel.
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- increasing
    dossier_number INTEGER, -- the dossier, if it is about one
    event TEXT NOT NULL, -- what it is about
    channel TEXT NOT NULL, -- name of the channel
    state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead')), -- pending, sent or dead
    attempts INTEGER NOT NULL DEFAULT 0, -- how many so far
    next_attempt_at TEXT, -- instant
    created_at TEXT NOT NULL, -- instant
    sent_at TEXT, -- instant
    last_error TEXT, -- the channel's last answer
    idempotency_key TEXT NOT NULL UNIQUE, -- one fact, one channel, one occasion, one alert
    demarche_number INTEGER, -- the démarche, if it is about one
    fact_key TEXT NOT NULL DEFAULT '', -- the same for the same fact, whatever the channel
    occasion TEXT NOT NULL DEFAULT 'first' -- first, reminder or escalation
        CHECK (occasion IN ('first', 'reminder', 'escalation')),
    facts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(facts)), -- what is told; the only personal data here
    group_id TEXT, -- the message that carries it, decided before it is sent
    waiting_since TEXT, -- instant from which patience is reckoned: first due, or revived
    lease_until TEXT, -- instant until which a process that sends it holds it
    acked_at TEXT, -- instant when somebody acknowledged it
    acked_by TEXT, -- who
    reminded_at TEXT, -- instant when it was told again for want of an answer
    escalated_at TEXT -- instant when it was told in another channel for want of an answer
) STRICT;

CREATE INDEX alerts_waiting ON alerts (channel, next_attempt_at) WHERE state = 'pending';
CREATE INDEX alerts_decided ON alerts (channel, next_attempt_at) WHERE state = 'pending' AND group_id IS NOT NULL;
CREATE INDEX alerts_by_group ON alerts (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX alerts_by_fact ON alerts (fact_key);
CREATE INDEX alerts_by_dossier ON alerts (dossier_number);
CREATE INDEX alerts_unanswered ON alerts (channel, sent_at) WHERE state = 'sent' AND acked_at IS NULL;

-- How each channel of alerts does, as its last attempt left it.
CREATE TABLE channels (
    name TEXT PRIMARY KEY, -- its name in the configuration
    failing_since TEXT, -- instant of the first failure since a message went through; null while it works
    waits_for_person INTEGER NOT NULL CHECK (waits_for_person IN (0, 1)), -- whether nothing mends it by itself
    last_error TEXT -- what the last attempt met, and the remedy; null while it works
) STRICT, WITHOUT ROWID;

-- What is watched of the service and of a call's calendar: what has been told, and what lasts.
CREATE TABLE episodes (
    event TEXT NOT NULL, -- the event of an alert
    demarche_number INTEGER NOT NULL, -- the démarche; 0 when it is about none
    subject TEXT NOT NULL, -- what tells it from another of the same event
    episode TEXT NOT NULL, -- what makes it new
    began_at TEXT NOT NULL, -- instant when it was noticed
    ended_at TEXT, -- instant when it was no longer so
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)), -- whether it lasts
    PRIMARY KEY (event, demarche_number, subject)
) STRICT, WITHOUT ROWID;

-- The last comparison of each call with the source.
CREATE TABLE audits (
    demarche_number INTEGER PRIMARY KEY, -- the démarche
    made_at TEXT NOT NULL, -- instant
    missing INTEGER NOT NULL, -- dossiers at the source and not in the mirror
    extra INTEGER NOT NULL, -- dossiers in the mirror and not at the source
    stale INTEGER NOT NULL -- dossiers that differ
) STRICT;

-- One row a dossier, with its applicant, verdict and dates.
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
    verdicts.rules_verdict,
    verdicts.applicant_check,
    verdicts.deadline_check,
    verdicts.nature,
    verdicts.nature_confidence,
    verdicts.domain,
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

-- Those there, of one verdict each.
CREATE VIEW v_ineligible AS
SELECT * FROM v_dossiers WHERE verdict = 'ineligible' AND deleted_at IS NULL;

CREATE VIEW v_late AS
SELECT * FROM v_dossiers WHERE verdict = 'late' AND deleted_at IS NULL;

CREATE VIEW v_to_review AS
SELECT * FROM v_dossiers WHERE verdict = 'to_review' AND deleted_at IS NULL;

-- One row a reason of a verdict, by its code (the table of codes is in src/eligibility/codes.rs).
CREATE VIEW v_findings AS
SELECT v_dossiers.number, v_dossiers.demarche_number, v_dossiers.verdict,
    json_extract(reason.value, '$.code') AS code, json_extract(reason.value, '$.text') AS text
FROM v_dossiers, json_each(v_dossiers.reasons) AS reason
WHERE v_dossiers.deleted_at IS NULL;

-- Counts of the dossiers there, by dimension.
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
FROM v_dossiers WHERE deleted_at IS NULL GROUP BY demarche_number, date(date_depot, 'weekday 0', '-6 days')
UNION ALL
SELECT demarche_number, 'domain', domain, COUNT(*)
FROM v_dossiers WHERE deleted_at IS NULL AND domain IS NOT NULL GROUP BY demarche_number, domain
UNION ALL
SELECT demarche_number, 'finding', code, COUNT(DISTINCT number)
FROM v_findings GROUP BY demarche_number, code;

-- The marks in force, by dossier and criterion: average and spread.
CREATE VIEW v_grid AS
SELECT
    dossiers.demarche_number,
    marks.dossier_number,
    criteria.track,
    marks.criterion,
    COALESCE(criteria.label, marks.criterion) AS label,
    COUNT(*) AS experts,
    AVG(marks.mark) AS average,
    MIN(marks.mark) AS lowest,
    MAX(marks.mark) AS highest,
    MAX(marks.mark) - MIN(marks.mark) AS spread,
    criteria.max_mark,
    criteria.weight
FROM marks
JOIN dossiers ON dossiers.number = marks.dossier_number
LEFT JOIN criteria ON criteria.demarche_number = dossiers.demarche_number AND criteria.name = marks.criterion
WHERE marks.replaced_at IS NULL
GROUP BY marks.dossier_number, marks.criterion;

-- Each dossier and track on a scale of 0 to 1, by the weights of the criteria that have marks.
CREATE VIEW v_grid_totals AS
SELECT demarche_number, dossier_number, track, COUNT(*) AS criteria, MAX(experts) AS experts,
    SUM(weight * average / max_mark) / SUM(weight) AS score, MAX(spread / max_mark) AS widest_spread
FROM v_grid
WHERE max_mark IS NOT NULL
GROUP BY dossier_number, track;
