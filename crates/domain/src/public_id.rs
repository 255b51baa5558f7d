//! UUIDs that carry their key, so that a look-up by UUID is a look-up by primary key and
//! the hot tables need no second index.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// What a UUID names; part of the hash, so that a customer's UUID never opens an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityKind {
    Brand,
    Customer,
    Staff,
    Session,
    Group,
    Account,
    Program,
    Purchase,
    Challenge,
    Transaction,
    Event,
    Breach,
    Phase,
    News,
    Promotion,
    Payout,
    PhaseCertificate,
    PayoutCertificate,
    Agreement,
}

/// Largest key that fits into the 62 free bits.
const MAX_KEY: i64 = (1 << 62) - 1;

/// Derives UUIDs (RFC 9562, version 8) from keys: 60 bits of a keyed hash, then the key.
/// The secret belongs to one installation, so two installations never make the same UUID.
#[derive(Clone)]
pub struct PublicIds {
    secret: [u8; 32],
}

impl PublicIds {
    pub const fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    pub fn uuid(&self, kind: EntityKind, key: i64) -> Uuid {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes keys of any length");
        mac.update(&[kind as u8]);
        mac.update(&key.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let mut bytes = [0_u8; 16];
        bytes[..8].copy_from_slice(&digest[..8]);
        bytes[8..].copy_from_slice(&key.to_be_bytes());
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// The key that `id` was made from, if this installation made it for this kind.
    pub fn key(&self, kind: EntityKind, id: Uuid) -> Option<i64> {
        let low = i64::from_be_bytes(id.as_bytes()[8..].try_into().expect("eight bytes"));
        let key = low & MAX_KEY;
        (self.uuid(kind, key) == id).then_some(key)
    }
}

impl std::fmt::Debug for PublicIds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PublicIds(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_uuid_leads_back_to_its_key_and_to_no_other_kind(key in 0..=MAX_KEY, secret: [u8; 32]) {
            let ids = PublicIds::new(secret);
            let id = ids.uuid(EntityKind::Account, key);
            prop_assert_eq!(id.get_version_num(), 8);
            prop_assert_eq!(ids.key(EntityKind::Account, id), Some(key));
            prop_assert_eq!(ids.key(EntityKind::Customer, id), None);
        }

        #[test]
        fn a_guessed_or_foreign_uuid_leads_nowhere(bytes: [u8; 16], key in 0..=MAX_KEY) {
            let ids = PublicIds::new([7; 32]);
            prop_assert_eq!(ids.key(EntityKind::Account, Uuid::from_bytes(bytes)), None);
            let foreign = PublicIds::new([8; 32]).uuid(EntityKind::Account, key);
            prop_assert_eq!(ids.key(EntityKind::Account, foreign), None);
        }
    }
}
