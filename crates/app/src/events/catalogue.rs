//! Every kind of event that others are told of.

use super::data::Shape;
use touchstone_domain::access::Permission;

/// One kind of event.
#[derive(Debug)]
pub struct Kind {
    /// A thing and what became of it.
    pub name: &'static str,
    /// For people: when it is sent.
    pub about: &'static str,
    pub shape: Shape,
    /// What a person of the firm needs to hear of it.
    pub permission: Permission,
    /// Whether the customer whose it is hears of it.
    pub is_for_customer: bool,
}

/// `None` for a name that nobody is told of.
pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.is_called(name))
}

impl Kind {
    /// What the desk notices of an account stands in the outbox without its first word.
    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.name.strip_prefix("account.") == Some(name)
    }
}

macro_rules! kinds {
    ($($name:literal $shape:ident $permission:ident $who:ident $about:literal;)+) => {
        /// In the order of a challenge's life.
        pub const KINDS: &[Kind] = &[$(Kind {
            name: $name,
            about: $about,
            shape: Shape::$shape,
            permission: Permission::$permission,
            is_for_customer: kinds!(@ $who),
        }),+];
    };
    (@ everybody) => { true };
    (@ staff) => { false };
}

kinds! {
    "purchase.awaiting_payment" Purchase ViewJourneys everybody "A challenge was enrolled in and waits for its fee";
    "purchase.in_progress" Purchase ViewJourneys everybody "A purchase has gone on by a step of the trading server";
    "purchase.stuck" Purchase ViewJourneys everybody "A purchase cannot go on by itself; a person of the firm decides";
    "purchase.refund_due" Purchase ViewJourneys everybody "A purchase has failed after its fee was paid; the fee goes back";
    "purchase.refunded" Purchase ViewJourneys everybody "A purchase has failed, and its fee has gone back";
    "purchase.failed" Purchase ViewJourneys everybody "A purchase has failed; nothing was paid";
    "purchase.abandoned" Purchase ViewJourneys everybody "An enrolment was cancelled or ran out before it was paid";
    "challenge.activated" Purchase ViewJourneys everybody "A challenge begins: its account is open";
    "challenge.reset_requested" Purchase ViewJourneys everybody "A reset of a failed challenge waits for its fee";
    "challenge.reset" Purchase ViewJourneys everybody "A failed phase begins again on a new account";
    "challenge.addon_requested" Purchase ViewJourneys everybody "An add-on for a running challenge waits for its fee";
    "challenge.addon_applied" Purchase ViewJourneys everybody "An add-on has changed the rules of a running challenge";
    "challenge.phase_passed" Challenge ViewJourneys everybody "A phase has reached its targets";
    "challenge.phase_started" Challenge ViewJourneys everybody "The next phase begins: its account is open";
    "challenge.passed" Challenge ViewJourneys everybody "The last phase was passed";
    "challenge.failed" Challenge ViewJourneys everybody "A phase has ended without a pass: a breach, or its time was up";
    "challenge.revived" Challenge ViewJourneys everybody "A breach was reverted, and the phase goes on";
    "challenge.called_off" Challenge ViewJourneys everybody "A challenge was ended for its fee, which goes back or was charged back";
    "challenge.fee_refunded" Claim ViewJourneys everybody "A fee was given back after the delivery";
    "challenge.fee_charged_back" Claim ViewJourneys everybody "A fee was charged back by the payer's bank";
    "challenge.chargeback_reversed" Claim ViewJourneys everybody "A chargeback was decided for the firm";
    "account.grown" Growth ViewAccounts everybody "A funded account has grown by its scaling plan";
    "account.anchor_set" Challenge ViewAccounts everybody "Staff have set the anchor of an account's daily floor";
    "account.anchor_provisional" Account ViewAccounts everybody "No trusted price stood at the day's boundary: the daily rule only warns until staff set its anchor";
    "account.margin_call" Account ViewAccounts everybody "The margin level of an account has fallen to its call";
    "account.margin_call_over" Account ViewAccounts everybody "The margin level of an account has risen above its call again";
    "account.resumed" Account ViewAccounts everybody "A pause by a rule is over: the account is traded again";
    "account.consistency_unmet" Account ViewAccounts everybody "The targets are reached, but one day has too large a part of the profit";
    "breach.warning" Breach ViewBreaches everybody "A rule was crossed that warns, or takes a profit back";
    "breach.terminal" Breach ViewBreaches everybody "A rule was crossed that ends the phase";
    "breach.confirmed" Review ViewBreaches staff "A person of the firm has confirmed a breach";
    "breach.reverted" Review ViewBreaches everybody "A person of the firm has reverted a breach";
    "payout.requested" Payout ViewPayouts everybody "A payout was asked for; its profit has left the account";
    "payout.first_approved" Payout ViewPayouts staff "A payout has the first of two approvals";
    "payout.approved" Payout ViewPayouts everybody "A payout was approved";
    "payout.disbursing" Payout ViewPayouts everybody "A payout is on its way";
    "payout.paid" Payout ViewPayouts everybody "A payout was paid";
    "payout.rejected" Payout ViewPayouts everybody "A payout was refused; its profit is back on the account";
    "payout.auto_rejected" Payout ViewPayouts everybody "A cycle has ended in which nothing could be paid out";
    "transaction.created" Transaction ViewTransactions everybody "A payment waits for its money or its approval";
    "transaction.underpaid" Transaction ViewTransactions everybody "Less than was asked for has come in";
    "transaction.overpaid" Transaction ViewTransactions everybody "More than was asked for has come in";
    "transaction.approved" Transaction ViewTransactions everybody "A payment was settled";
    "transaction.declined" Transaction ViewTransactions everybody "A payment was refused, cancelled or ran out";
    "transaction.refund_due" Transaction ViewTransactions everybody "Money has to go back to its payer";
    "customer.kyc_changed" Kyc ViewCustomers everybody "The state of a customer's papers has changed";
    "customer.erased" Customer ViewCustomers staff "A customer's personal data were overwritten";
    "webhook.disabled" Webhook ViewWebhooks staff "An endpoint is told nothing any more: it has failed for days, or wants nothing";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_kind_has_one_name_and_a_text() {
        let names: BTreeSet<_> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), KINDS.len());
        assert!(KINDS.iter().all(|kind| !kind.about.is_empty()));
        assert!(find("group.changed").is_none());
        assert_eq!(
            find("margin_call").map(|kind| kind.name),
            Some("account.margin_call")
        );
    }
}
