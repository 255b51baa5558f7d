//! The chain of breaches: each record's hash covers what it says and the hash of the record before it, so that none can
//! be changed, left out or put in later without a trace.

use sha2::{Digest, Sha256};
use touchstone_domain::breach::Breach;

/// SHA-256 over the hash before and every field that a review does not change.
pub fn hash(breach: &Breach) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update(&breach.previous_hash);
    for number in [
        breach.brand_id.0,
        breach.challenge_id.0,
        breach.phase_id.0,
        breach.login.0,
        breach.customer_id.0,
        breach.severity.code(),
        breach.at.0,
        breach.seq,
        breach.after_event_no,
    ] {
        hasher.update(number.to_be_bytes());
    }
    for text in [&breach.rule, &breach.evidence] {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_vec()
}
