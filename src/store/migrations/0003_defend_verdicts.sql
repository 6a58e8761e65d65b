-- What makes a verdict one that can be defended: what the rules alone say, who decided, what was told when,
-- and the marks of the experts.

ALTER TABLE verdicts ADD COLUMN rules_verdict TEXT
    CHECK (rules_verdict IN ('eligible', 'ineligible', 'late', 'to_review'));
ALTER TABLE verdicts ADD COLUMN nature_confidence TEXT CHECK (nature_confidence IN ('low', 'medium', 'high'));
ALTER TABLE verdicts ADD COLUMN domain TEXT;
-- Something beside the dossier moved: its verdict has to be given again.
ALTER TABLE verdicts ADD COLUMN stale INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1));

CREATE INDEX verdicts_stale ON verdicts (dossier_number) WHERE stale = 1;
CREATE INDEX dossiers_by_usager ON dossiers (usager_id);

CREATE TABLE verdict_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    told_at TEXT NOT NULL,
    verdict TEXT NOT NULL,
    rules_verdict TEXT,
    applicant_check TEXT NOT NULL,
    deadline_check TEXT NOT NULL,
    nature TEXT NOT NULL,
    reasons TEXT NOT NULL CHECK (json_valid(reasons)),
    rules_version TEXT NOT NULL,
    decided_by TEXT NOT NULL
) STRICT;

CREATE INDEX verdict_history_by_dossier ON verdict_history (dossier_number, id);

INSERT INTO verdict_history (dossier_number, told_at, verdict, rules_verdict, applicant_check, deadline_check,
    nature, reasons, rules_version, decided_by)
SELECT dossier_number, decided_at, verdict, verdict, applicant_check, deadline_check, nature, reasons,
    rules_version, decided_by
FROM verdicts;

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    verdict TEXT NOT NULL CHECK (verdict IN ('eligible', 'ineligible', 'late', 'to_review')),
    decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    rules_verdict TEXT,
    rules_reasons TEXT CHECK (rules_reasons IS NULL OR json_valid(rules_reasons)),
    rules_version TEXT,
    last_change_id INTEGER NOT NULL,
    withdrawn_at TEXT,
    withdrawn_by TEXT,
    withdrawn_reason TEXT
) STRICT;

CREATE UNIQUE INDEX decisions_in_force ON decisions (dossier_number) WHERE withdrawn_at IS NULL;
CREATE INDEX decisions_by_dossier ON decisions (dossier_number, id);

-- A mirror in which somebody had decided keeps the decision.
INSERT INTO decisions (dossier_number, verdict, decided_by, decided_at, reason, rules_version, last_change_id)
SELECT dossier_number, verdict, decided_by, decided_at, '', rules_version,
    (SELECT COALESCE(MAX(id), 0) FROM changes WHERE changes.dossier_number = verdicts.dossier_number)
FROM verdicts WHERE decided_by <> 'rules';

CREATE TABLE deadline_extensions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    until_local TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    withdrawn_at TEXT,
    withdrawn_by TEXT,
    withdrawn_reason TEXT
) STRICT;

CREATE UNIQUE INDEX deadline_extensions_in_force ON deadline_extensions (dossier_number)
    WHERE withdrawn_at IS NULL;

CREATE TABLE criteria (
    demarche_number INTEGER NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    track TEXT,
    weight REAL NOT NULL CHECK (weight > 0),
    max_mark REAL NOT NULL CHECK (max_mark > 0),
    PRIMARY KEY (demarche_number, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE marks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_number INTEGER NOT NULL REFERENCES dossiers (number) ON DELETE CASCADE,
    criterion TEXT NOT NULL,
    expert TEXT NOT NULL,
    mark REAL NOT NULL CHECK (mark >= 0),
    comment TEXT,
    recorded_at TEXT NOT NULL,
    replaced_at TEXT
) STRICT;

CREATE UNIQUE INDEX marks_in_force ON marks (dossier_number, criterion, expert) WHERE replaced_at IS NULL;

DROP VIEW v_stats;
DROP VIEW v_to_review;
DROP VIEW v_late;
DROP VIEW v_ineligible;
DROP VIEW v_dossiers;

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

CREATE VIEW v_ineligible AS
SELECT * FROM v_dossiers WHERE verdict = 'ineligible' AND deleted_at IS NULL;

CREATE VIEW v_late AS
SELECT * FROM v_dossiers WHERE verdict = 'late' AND deleted_at IS NULL;

CREATE VIEW v_to_review AS
SELECT * FROM v_dossiers WHERE verdict = 'to_review' AND deleted_at IS NULL;

CREATE VIEW v_findings AS
SELECT v_dossiers.number, v_dossiers.demarche_number, v_dossiers.verdict,
    json_extract(reason.value, '$.code') AS code, json_extract(reason.value, '$.text') AS text
FROM v_dossiers, json_each(v_dossiers.reasons) AS reason
WHERE v_dossiers.deleted_at IS NULL;

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
