//! A key of a customer is one purchase, however it is paid, and however often it is sent.

use super::Findings;
use crate::ask::Ask;
use std::collections::BTreeMap;
use touchstone_domain::{ChallengeId, CustomerId, PurchaseId};

/// What a key is bound to, as answers name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Purchase(PurchaseId),
    Journey(ChallengeId),
}

#[derive(Default)]
pub struct SentKeys(BTreeMap<(CustomerId, String), Sent>);

#[derive(Default)]
struct Sent {
    times: usize,
    /// What it is bound to, and what was asked for then.
    bound: Option<(Bound, Ask)>,
    /// An answer said that it was the first.
    first_answered: bool,
}

/// The customer and the key of a request that has one.
pub fn of(ask: &Ask) -> Option<(CustomerId, String)> {
    match ask {
        Ask::Buy { by, key, .. } | Ask::Enroll { by, key, .. } => {
            Some((by.customer_id, key.clone()?))
        }
        _ => None,
    }
}

impl SentKeys {
    pub fn sent(&mut self, ask: &Ask) {
        if let Some(key) = of(ask) {
            self.0.entry(key).or_default().times += 1;
        }
    }

    /// An answer with what the key is bound to.
    pub fn answered(&mut self, ask: &Ask, is: Bound, repeated: bool, findings: &mut Findings) {
        let words = || format!("{}: {is:?}, repeated {repeated}", ask.words());
        let Some(key) = of(ask) else {
            findings.unless(!repeated, "a request without a key repeats nothing", words);
            return;
        };
        let sent = self.0.entry(key).or_default();
        let (bound, first) = sent.bound.get_or_insert_with(|| (is, ask.clone()));
        findings.unless(*bound == is, "a key of a customer is one purchase", || {
            format!("{}: {is:?}, after {bound:?}", ask.words())
        });
        findings.unless(first == ask, "a key is for one request", || {
            format!("{}, after {}", ask.words(), first.words())
        });
        findings.unless(
            !repeated || sent.times > 1,
            "only a repeat is called one",
            words,
        );
        findings.unless(
            repeated || !sent.first_answered,
            "a repeat says that it is one",
            words,
        );
        sent.first_answered |= !repeated;
    }

    pub fn refused(&self, ask: &Ask, code: &str, findings: &mut Findings) {
        let Some(sent) = of(ask).and_then(|key| self.0.get(&key)) else {
            return;
        };
        if let Some((bound, first)) = &sent.bound {
            findings.unless(first != ask, "a key keeps its answer", || {
                format!("{}: {code}, after {bound:?}", ask.words())
            });
        } else if code.starts_with("key conflict") {
            findings.unless(sent.times > 1, "only a repeat is called one", || {
                format!("{}: {code}", ask.words())
            });
        }
    }
}
