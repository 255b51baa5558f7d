//! What providers of identity checks have told.

use super::known;
use crate::{StoreError, Tx, params};
use touchstone_domain::kyc::Kyc;
use touchstone_domain::{CustomerId, UnixMicros};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KycEvent {
    pub provider: String,
    /// The provider's own, unique with him.
    pub event_id: String,
    pub customer_id: CustomerId,
    pub status: Kyc,
    /// SHA-256 of the message.
    pub body_hash: Vec<u8>,
    pub received_at: UnixMicros,
}

pub fn get(
    tx: &mut Tx<'_>,
    provider: &str,
    event_id: &str,
) -> Result<Option<KycEvent>, StoreError> {
    tx.query_opt(
        "SELECT provider, event_id, customer_id, status, body_hash, received_at FROM kyc_event
         WHERE provider = $1 AND event_id = $2",
        params![provider, event_id],
        |row| {
            Ok(KycEvent {
                provider: row.string(0)?,
                event_id: row.string(1)?,
                customer_id: CustomerId(row.int(2)?),
                status: known(Kyc::from_code(row.int(3)?), 3, "a status of an identity")?,
                body_hash: row.blob(4)?.to_vec(),
                received_at: UnixMicros(row.int(5)?),
            })
        },
    )
}

pub fn insert(tx: &mut Tx<'_>, event: &KycEvent) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO kyc_event (provider, event_id, customer_id, status, body_hash, received_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            &event.provider,
            &event.event_id,
            event.customer_id.0,
            event.status.code(),
            &event.body_hash[..],
            event.received_at.0
        ],
    )
}
