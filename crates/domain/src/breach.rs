//! A rule that was crossed, and its review.

use crate::{BrandId, BreachId, ChallengeId, CustomerId, Login, PhaseId, StaffId, UnixMicros};
use sha2::{Digest, Sha256};

/// Whether a phase has failed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Warning = 0,
    Terminal = 1,
}

impl Severity {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Warning),
            1 => Some(Self::Terminal),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Terminal => "terminal",
        }
    }
}

/// What staff have made of it. The names are Slate's `review_status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    Pending = 0,
    Confirmed = 1,
    Reverted = 2,
}

impl Review {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Confirmed, Self::Reverted];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Pending),
            1 => Some(Self::Confirmed),
            2 => Some(Self::Reverted),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Reverted => "reverted",
        }
    }

    /// What a review makes of it; `None` where it cannot be done any more. A repeat changes nothing.
    pub const fn decide(self, wanted: Decision) -> Option<Self> {
        match (self, wanted) {
            (Self::Pending | Self::Confirmed, Decision::Approve) => Some(Self::Confirmed),
            // What was approved by mistake can still be taken back.
            (_, Decision::Revert) => Some(Self::Reverted),
            (Self::Reverted, Decision::Approve) => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Revert,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub id: BreachId,
    pub brand_id: BrandId,
    pub challenge_id: ChallengeId,
    pub phase_id: PhaseId,
    pub login: Login,
    pub customer_id: CustomerId,
    /// The rule's stable name.
    pub rule: String,
    pub severity: Severity,
    pub review: Review,
    pub at: UnixMicros,
    /// The last tick that it was judged with.
    pub seq: i64,
    /// The last of the account's events that it was judged with.
    pub after_event_no: i64,
    /// JSON: everything that answers why.
    pub evidence: String,
    /// Empty for the first of all.
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
    pub reviewed_by: Option<StaffId>,
    pub reviewed_at: Option<UnixMicros>,
    pub review_reason: String,
    pub created_at: UnixMicros,
}

impl Breach {
    /// The hash that belongs to it: SHA-256 over the hash before and every field that a review does not change. Each
    /// record covers the one before it, so that none can be changed, left out or put in later without a trace.
    pub fn chain_hash(&self) -> Vec<u8> {
        let mut hasher = Sha256::new();
        hasher.update(&self.previous_hash);
        for number in [
            self.brand_id.0,
            self.challenge_id.0,
            self.phase_id.0,
            self.login.0,
            self.customer_id.0,
            self.severity.code(),
            self.at.0,
            self.seq,
            self.after_event_no,
        ] {
            hasher.update(number.to_be_bytes());
        }
        for text in [&self.rule, &self.evidence] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.finalize().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breach() -> Breach {
        Breach {
            id: BreachId(1),
            brand_id: BrandId(1),
            challenge_id: ChallengeId(12),
            phase_id: PhaseId(3),
            login: Login(2_000_100),
            customer_id: CustomerId(5),
            rule: "daily_loss".to_owned(),
            severity: Severity::Terminal,
            review: Review::Pending,
            at: UnixMicros(1_778_160_000_000_000),
            seq: 3,
            after_event_no: 1,
            evidence: "{}".to_owned(),
            previous_hash: Vec::new(),
            hash: Vec::new(),
            reviewed_by: None,
            reviewed_at: None,
            review_reason: String::new(),
            created_at: UnixMicros(1_778_160_000_000_001),
        }
    }

    /// What is stored was hashed like this: another writing would break every chain that there is.
    #[test]
    fn the_hash_of_a_record_stays_what_it_was() {
        let hex: String = breach()
            .chain_hash()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            hex,
            "a161ade5f73d9099484b452e6cb74540485928e3b1c985b0fca99b98f8de2e5c"
        );
    }

    #[test]
    fn a_review_leaves_the_hash_and_everything_else_changes_it() {
        let before = breach().chain_hash();
        let mut reviewed = breach();
        reviewed.review = Review::Reverted;
        reviewed.reviewed_by = Some(StaffId(1));
        reviewed.reviewed_at = Some(UnixMicros(1));
        reviewed.review_reason = "a wrong price".to_owned();
        assert_eq!(reviewed.chain_hash(), before);
        let changes: [fn(&mut Breach); 12] = [
            |b| b.brand_id.0 += 1,
            |b| b.challenge_id.0 += 1,
            |b| b.phase_id.0 += 1,
            |b| b.login.0 += 1,
            |b| b.customer_id.0 += 1,
            |b| b.severity = Severity::Warning,
            |b| b.at.0 += 1,
            |b| b.seq += 1,
            |b| b.after_event_no += 1,
            |b| b.rule.push('x'),
            |b| b.evidence.push(' '),
            |b| b.previous_hash.push(0),
        ];
        for change in changes {
            let mut changed = breach();
            change(&mut changed);
            assert_ne!(changed.chain_hash(), before, "{changed:?}");
        }
        // What stands at the end of one text is not at the beginning of the next.
        let mut moved = breach();
        moved.rule = "daily_loss{".to_owned();
        moved.evidence = "}".to_owned();
        assert_ne!(moved.chain_hash(), before);
    }
}
