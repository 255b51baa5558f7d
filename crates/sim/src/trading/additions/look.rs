//! Holds what is stored against what was answered.

use super::{Book, Facts};
use crate::auditor::Findings;

/// Finds what does not hold.
pub fn look(book: &Book, facts: &Facts, findings: &mut Findings) {
    for (id, stored) in &facts.additions {
        let Some(ours) = book.all.get(id) else {
            findings.add("every add-on was asked for", format!("{id}: {stored:?}"));
            continue;
        };
        let what = |one: &super::Kept| {
            let paid = (one.price_minor, one.is_from_wallet);
            (one.challenge, one.code.clone(), paid, one.state.clone())
        };
        findings.unless(
            what(ours) == what(stored),
            "an add-on stands where its answers have brought it",
            || format!("{id}: {:?}, not {:?}", what(ours), what(stored)),
        );
        findings.unless(
            ours.moves == stored.moves,
            "an add-on costs its price once, and what is not applied goes back",
            || format!("{id}: {:?}, not {:?}", ours.moves, stored.moves),
        );
    }
    let lost = book.all.iter();
    let lost = lost.filter(|(id, _)| !facts.additions.contains_key(id));
    for kept in lost.map(|(_, kept)| kept).chain(&book.due) {
        findings.add("every answered add-on is there", format!("{kept:?}"));
    }
    let active = book.all.iter().filter(|(_, kept)| kept.state == "active");
    let active: Vec<i64> = active.map(|(id, _)| *id).collect();
    findings.unless(active == facts.told, "an add-on is applied once", || {
        format!("{active:?}, not {:?}", facts.told)
    });
    findings.unless(
        book.applied == facts.applied,
        "a challenge has what was bought for it",
        || format!("{:?}, not {:?}", book.applied, facts.applied),
    );
    let wallet = book.wallet();
    findings.unless(
        wallet == facts.wallet,
        "a wallet pays what is applied, and holds back what waits",
        || format!("{wallet:?}, not {:?}", facts.wallet),
    );
}
