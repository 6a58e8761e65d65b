//! The JSON of each dossier as received, compressed: what a later version may read again without asking.

use rusqlite::{OptionalExtension as _, named_params};

use super::{StoreError, Tx};
use crate::domain::{DemarcheNumber, DossierNumber};

/// No dossier is larger than this once opened, bytes: a guard against a damaged length.
const LARGEST: usize = 256 * 1024 * 1024;

/// At zstd's own level, a fair ratio at a tenth of the time of the best. Made once and used again: its tables
/// cost more to make than most payloads to compress.
pub(super) type Compressor = zstd::bulk::Compressor<'static>;

/// A dossier's JSON to keep.
#[derive(Debug, Clone, Copy)]
pub struct PayloadRef<'a> {
    /// The text.
    pub json: &'a str,
    /// Its hash.
    pub hash: [u8; 32],
    /// The version of the document that asked for it.
    pub document_version: u32,
    /// The version of the reading that the dossier's rows come from.
    pub normalizer_version: u32,
}

/// A dossier's JSON as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The text.
    pub json: String,
    /// The version of the document that asked for it.
    pub document_version: u32,
}

/// Opens a kept payload.
pub(super) fn open(
    number: DossierNumber,
    size: i64,
    content: &[u8],
    document_version: u32,
) -> Result<Payload, StoreError> {
    let failed = || StoreError::Payload(number.0);
    let size = usize::try_from(size).map_err(|_| failed())?.min(LARGEST);
    let bytes = zstd::bulk::decompress(content, size).map_err(|_| failed())?;
    let json = String::from_utf8(bytes).map_err(|_| failed())?;
    Ok(Payload { json, document_version })
}

pub(super) type PayloadRow = (i64, Vec<u8>, u32);

pub(super) const SELECT: &str =
    "SELECT size, content, document_version FROM payloads WHERE dossier_number = ?1";

pub(super) fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<PayloadRow> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

impl Tx<'_> {
    /// The JSON kept of a dossier; `None` too when it was damaged.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn find_payload(&self, number: DossierNumber) -> Result<Option<Payload>, StoreError> {
        let mut statement = self.transaction.prepare_cached(SELECT)?;
        let found = statement.query_row([number.0], row).optional()?;
        Ok(found.and_then(|(size, content, version)| open(number, size, &content, version).ok()))
    }

    /// What is kept of a dossier is not what was received: its next reading writes it whole, even if it is the same.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn distrust_payload(&self, number: DossierNumber) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE dossiers SET content_hash = zeroblob(32) WHERE number = ?1")?
            .execute([number.0])?;
        Ok(())
    }

    pub(super) fn put_payload(
        &self,
        number: DossierNumber,
        payload: PayloadRef<'_>,
    ) -> Result<(), StoreError> {
        let content = self.compressor.borrow_mut().compress(payload.json.as_bytes());
        let content = content.map_err(|_| StoreError::Payload(number.0))?;
        self.transaction
            .prepare_cached(
                "INSERT INTO payloads (dossier_number, document_version, normalizer_version, size, content)
                 VALUES (:number, :version, :normalizer, :size, :content)
                 ON CONFLICT (dossier_number) DO UPDATE SET
                    document_version = excluded.document_version, size = excluded.size,
                    normalizer_version = excluded.normalizer_version, content = excluded.content",
            )?
            .execute(named_params! {
                ":number": number.0,
                ":version": payload.document_version,
                ":normalizer": payload.normalizer_version,
                ":size": i64::try_from(payload.json.len()).unwrap_or(i64::MAX),
                ":content": content,
            })?;
        Ok(())
    }

    /// Dossiers whose verdict other rules gave, or that have none, or beside which something moved, with
    /// their JSON; by number.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn stale_verdicts(
        &self,
        demarche: DemarcheNumber,
        rules_version: &str,
        after: Option<DossierNumber>,
        limit: u32,
    ) -> Result<Vec<(DossierNumber, Option<Payload>)>, StoreError> {
        // By number, from the last one on: by any index the rest of the call would be sorted at each batch.
        let mut statement = self.transaction.prepare_cached(
            "SELECT dossiers.number, payloads.size, payloads.content, payloads.document_version
             FROM dossiers NOT INDEXED
             JOIN payloads ON payloads.dossier_number = dossiers.number
             LEFT JOIN verdicts ON verdicts.dossier_number = dossiers.number
             WHERE dossiers.demarche_number = :demarche AND dossiers.number > :after
                AND (verdicts.rules_version IS NULL OR verdicts.rules_version <> :version OR verdicts.stale = 1)
             ORDER BY dossiers.number LIMIT :limit",
        )?;
        let rows = statement.query_map(
            named_params! {
                ":demarche": demarche.0,
                ":after": after.map_or(-1, |number| i64::from(number.0)),
                ":version": rules_version,
                ":limit": limit,
            },
            numbered_row,
        )?;
        rows.map(opened).collect()
    }

    /// Dossiers whose verdict is marked, with their JSON; by number.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn marked_verdicts(
        &self,
        demarche: DemarcheNumber,
        after: Option<DossierNumber>,
        limit: u32,
    ) -> Result<Vec<(DossierNumber, Option<Payload>)>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT dossiers.number, payloads.size, payloads.content, payloads.document_version
             FROM verdicts INDEXED BY verdicts_stale
             JOIN dossiers ON dossiers.number = verdicts.dossier_number
             JOIN payloads ON payloads.dossier_number = dossiers.number
             WHERE verdicts.stale = 1 AND verdicts.dossier_number > :after
                AND dossiers.demarche_number = :demarche
             ORDER BY verdicts.dossier_number LIMIT :limit",
        )?;
        let rows = statement.query_map(
            named_params! {
                ":demarche": demarche.0,
                ":after": after.map_or(-1, |number| i64::from(number.0)),
                ":limit": limit,
            },
            numbered_row,
        )?;
        rows.map(opened).collect()
    }

    /// Dossiers whose rows another reading of the payload wrote, with their JSON; by number.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn stale_readings(
        &self,
        demarche: DemarcheNumber,
        normalizer_version: u32,
        limit: u32,
    ) -> Result<Vec<(DossierNumber, Option<Payload>)>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT dossiers.number, payloads.size, payloads.content, payloads.document_version
             FROM payloads
             JOIN dossiers ON dossiers.number = payloads.dossier_number
             WHERE payloads.normalizer_version < :version AND dossiers.demarche_number = :demarche
             ORDER BY payloads.normalizer_version, payloads.dossier_number LIMIT :limit",
        )?;
        let rows = statement.query_map(
            named_params! { ":demarche": demarche.0, ":version": normalizer_version, ":limit": limit },
            numbered_row,
        )?;
        rows.map(opened).collect()
    }

    /// Leaves a dossier's rows as another reading wrote them: today's cannot read its payload.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn give_up_reading(&self, number: DossierNumber, normalizer_version: u32) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE payloads SET normalizer_version = ?2 WHERE dossier_number = ?1")?
            .execute((number.0, normalizer_version))?;
        Ok(())
    }
}

type NumberedRow = (u32, PayloadRow);

fn numbered_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<NumberedRow> {
    Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?)))
}

/// A damaged payload is `None`.
fn opened(found: rusqlite::Result<NumberedRow>) -> Result<(DossierNumber, Option<Payload>), StoreError> {
    let (number, (size, content, version)) = found?;
    Ok((DossierNumber(number), open(DossierNumber(number), size, &content, version).ok()))
}
