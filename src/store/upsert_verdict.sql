-- A verdict as it stands: what is told, and beside it what the rules alone say.
INSERT INTO verdicts (
    dossier_number, verdict, rules_verdict, applicant_check, deadline_check, nature, nature_confidence, domain,
    reasons, rules_version, decided_by, decided_at, stale
) VALUES (
    :number, :verdict, :rules_verdict, :applicant, :deadline, :nature, :confidence, :domain,
    :reasons, :version, :decided_by, :decided_at, 0
)
ON CONFLICT (dossier_number) DO UPDATE SET
    verdict = excluded.verdict,
    rules_verdict = excluded.rules_verdict,
    applicant_check = excluded.applicant_check,
    deadline_check = excluded.deadline_check,
    nature = excluded.nature,
    nature_confidence = excluded.nature_confidence,
    domain = excluded.domain,
    reasons = excluded.reasons,
    rules_version = excluded.rules_version,
    decided_by = excluded.decided_by,
    decided_at = excluded.decided_at,
    stale = 0
