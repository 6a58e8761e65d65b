-- Dossiers by what is known of them; a filter that is NULL lets everything through.
SELECT number, demarche_number, state, demandeur, siret, forme_juridique, nature, verdict, date_depot, deleted_at
FROM v_dossiers
WHERE (:demarche IS NULL OR demarche_number = :demarche)
    AND (:verdict IS NULL OR verdict = :verdict)
    AND (:state IS NULL OR state = :state)
    AND (:since IS NULL OR date_derniere_modification >= :since)
    AND (:gone_too OR deleted_at IS NULL)
    AND (:search IS NULL
        OR CAST(number AS TEXT) LIKE :search ESCAPE '\'
        OR demandeur LIKE :search ESCAPE '\'
        OR siret LIKE :search ESCAPE '\'
        OR EXISTS (
            SELECT 1 FROM champs
            WHERE champs.dossier_number = v_dossiers.number AND champs.string_value LIKE :search ESCAPE '\'))
ORDER BY date_depot, number
LIMIT :limit OFFSET :offset
