-- The first dossiers of one SIREN, or of one usager, are found without sorting all of theirs.
DROP INDEX dossiers_by_siren;
DROP INDEX dossiers_by_usager;

CREATE INDEX dossiers_by_siren ON dossiers (siren, demarche_number, date_depot, number, deleted_at)
    WHERE siren IS NOT NULL;
CREATE INDEX dossiers_by_usager ON dossiers (usager_id, demarche_number, date_depot, number, deleted_at, siren);
