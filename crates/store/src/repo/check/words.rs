//! The words in braces of the statements: codes of the domain, and conditions that recur.

use touchstone_domain::breach::{Review, Severity};
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::claim::{ClaimEffect, ClaimKind, FeeState};
use touchstone_domain::ledger::{Book, HouseAccount, Operation};
use touchstone_domain::payout::PayoutState;
use touchstone_domain::program::ProgramStatus;
use touchstone_domain::promotion::UseState;
use touchstone_domain::purchase::{Funding, State, Step};
use touchstone_domain::transaction::{TransactionKind, TransactionState};
use touchstone_domain::{AccountKind, AccountMode};

/// Replaces every word in braces.
///
/// # Panics
/// For a word that is not known: a bug in the statement, which the first look finds.
pub(super) fn expand(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() * 2);
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('{') {
        let (word, after) = after
            .split_once('}')
            .unwrap_or_else(|| panic!("a brace is not closed: {before}"));
        text.push_str(before);
        text.push_str(&expand(&meaning(word)));
        rest = after;
    }
    text.push_str(rest);
    text
}

fn meaning(word: &str) -> String {
    let found = match word.split_once('.') {
        Some(("purchase", name)) => purchase(name),
        Some(("funding", name)) => funding(name),
        Some(("challenge", name)) => challenge(name),
        Some(("use", name)) => by_name(UseState::from_code, UseState::name, UseState::code, name),
        Some(("claim", name)) => {
            by_name(ClaimKind::from_code, ClaimKind::name, ClaimKind::code, name)
        }
        Some(("effect", name)) => by_name(
            ClaimEffect::from_code,
            ClaimEffect::name,
            ClaimEffect::code,
            name,
        ),
        Some(("fee", name)) => by_name(FeeState::from_code, FeeState::name, FeeState::code, name),
        Some(("review", name)) => by_name(Review::from_code, Review::name, Review::code, name),
        Some(("severity", name)) => {
            by_name(Severity::from_code, Severity::name, Severity::code, name)
        }
        Some(("transaction", name)) => TransactionState::from_name(name).map(code),
        Some(("payout", name)) => payout(name),
        Some(("kind", name)) => kind(name),
        Some(("operation", name)) => {
            Operation::from_name(name).map(|operation| format!("'{}'", operation.name()))
        }
        Some(("house", name)) => house(name),
        _ => plain(word).map(str::to_owned),
    };
    found
        .or_else(|| computed(word))
        .unwrap_or_else(|| panic!("the statements have no word {word:?}"))
}

trait Coded {
    fn as_code(&self) -> i64;
}

macro_rules! coded {
    ($($name:ty),*) => {$(
        impl Coded for $name {
            fn as_code(&self) -> i64 {
                self.code()
            }
        }
    )*};
}
coded!(
    PayoutState,
    State,
    TransactionState,
    TransactionKind,
    Funding,
    ProgramStatus
);

fn code(value: impl Coded) -> String {
    value.as_code().to_string()
}

fn list<T: Coded>(values: impl IntoIterator<Item = T>) -> String {
    let codes: Vec<String> = values.into_iter().map(code).collect();
    codes.join(", ")
}

/// A state of the purchase by its name, or a set of them: what is done and what is stuck.
fn purchase(name: &str) -> Option<String> {
    let steps = |steps: &[Step]| {
        list(
            steps
                .iter()
                .flat_map(|step| [State::Doing(*step), State::Stuck(*step)]),
        )
    };
    Some(match name {
        "all" => list(State::all()),
        "doing" => list(Step::ALL.map(State::Doing)),
        "taking" => steps(&[Step::Withdraw]),
        "opening" => steps(&[Step::OpenAccount]),
        "granting" => steps(&[Step::GrantBalance]),
        "enabling" => steps(&[Step::Enable]),
        "taking_back" => steps(&[Step::TakeBackBalance]),
        "closing" => steps(&[Step::CloseAccount]),
        "refunding" => steps(&[Step::Refund]),
        "retiring" => steps(&[Step::Retire]),
        "applying" => steps(&[Step::Apply]),
        "delivering" => steps(&[
            Step::OpenAccount,
            Step::GrantBalance,
            Step::Enable,
            Step::Apply,
        ]),
        "undoing" => steps(&[Step::TakeBackBalance, Step::CloseAccount]),
        "between" => steps(&Step::ALL),
        "under_way" => list(
            State::all()
                .into_iter()
                .filter(|state| state.is_under_way()),
        ),
        name => list(State::all().into_iter().find(|state| state.name() == name)),
    })
    .filter(|codes| !codes.is_empty())
}

fn funding(name: &str) -> Option<String> {
    match name {
        "all" => Some(list(Funding::ALL)),
        "wallet" => Some(code(Funding::Wallet)),
        "cashier" => Some(list([Funding::Cashier, Funding::Grant])),
        "reset" => Some(code(Funding::Reset)),
        _ => None,
    }
}

fn payout(name: &str) -> Option<String> {
    match name {
        "all" => Some(list(PayoutState::ALL)),
        name => PayoutState::from_name(name).map(code),
    }
}

/// A kind of transaction by its name, or a set of them.
fn kind(name: &str) -> Option<String> {
    let kinds = TransactionKind::ALL.into_iter();
    match name {
        "fees" => Some(list(kinds.filter(|kind| kind.is_fee()))),
        "payable" => Some(list(kinds.filter(|kind| kind.payable()))),
        "refunds" => Some(list(kinds.filter(|kind| kind.is_refund()))),
        "manual" => Some(list(kinds.filter(|kind| kind.is_manual()))),
        "holding" => Some(list(kinds.filter(|kind| kind.holds_back()))),
        name => TransactionKind::from_name(name).map(code),
    }
}

fn challenge(name: &str) -> Option<String> {
    by_name(
        ChallengeState::from_code,
        ChallengeState::name,
        ChallengeState::code,
        name,
    )
}

/// The code of what has this name; codes begin with 0.
fn by_name<T: Copy>(
    from_code: fn(i64) -> Option<T>,
    name_of: fn(T) -> &'static str,
    code_of: fn(T) -> i64,
    name: &str,
) -> Option<String> {
    (0..)
        .map_while(from_code)
        .find(|one| name_of(*one) == name)
        .map(|one| code_of(one).to_string())
}

fn house(name: &str) -> Option<String> {
    let account = match name {
        "fees" => HouseAccount::Fees,
        "cashier_clearing" => HouseAccount::CashierClearing,
        "customer_money" => HouseAccount::CustomerMoney,
        "payouts_owed" => HouseAccount::PayoutsOwed,
        _ => return None,
    };
    Some(account.code().to_string())
}

fn plain(word: &str) -> Option<&'static str> {
    Some(match word {
        // Of account `a` in group `g`.
        "book_of_account" => {
            "CASE WHEN a.kind = {challenge_account} OR g.mode = {demo} THEN {notional} ELSE {cash} END"
        }
        // Of entry `e` about a fee that is paid at a cashier: it is earned, and not owed again.
        "earns" => "e.operation IN ({operation.cashier_fee}, {operation.reset_fee})",
        // Of purchase `p`: what is paid for it, and in which currency.
        "paid" => "COALESCE(p.paid_minor, p.price_minor)",
        "paid_in" => "COALESCE(p.paid_currency, p.currency)",
        // Of purchase `p`: it is not known yet whether the fee was taken.
        "fee_is_held" => {
            "p.funding = {funding.wallet} AND p.price_minor > 0 AND p.fee_order IS NULL
             AND p.state IN ({purchase.taking}, {purchase.refunding})"
        }
        _ => return None,
    })
}

fn computed(word: &str) -> Option<String> {
    Some(match word {
        "cash" => Book::Cash.code().to_string(),
        "notional" => Book::Notional.code().to_string(),
        "demo" => AccountMode::Demo.code().to_string(),
        "real" => AccountMode::Real.code().to_string(),
        "personal_account" => AccountKind::Personal.code().to_string(),
        "challenge_account" => AccountKind::Challenge.code().to_string(),
        "operations" => operations(),
        _ => return None,
    })
}

/// Rows of what each operation fixes; a side of 0 is the login.
fn operations() -> String {
    let rows: Vec<String> = Operation::ALL
        .into_iter()
        .map(|operation| {
            let (from, to) = operation.sides();
            format!(
                "('{}', {}, {}, {}, '{}', {}, {})",
                operation.name(),
                operation.book().code(),
                operation.command().code(),
                operation.reason().code(),
                operation.comment(),
                from.map_or(0, HouseAccount::code),
                to.map_or(0, HouseAccount::code),
            )
        })
        .collect();
    rows.join(",\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_codes() {
        assert_eq!(
            expand("x IN ({purchase.taking}) AND y = {operation.deposit}"),
            "x IN (10, 30) AND y = 'deposit'"
        );
        assert_eq!(expand("{purchase.stuck:refund}"), "36");
        assert_eq!(expand("{transaction.UNDERPAID}"), "1");
        assert_eq!(expand("{severity.terminal} {review.reverted}"), "1 2");
    }

    #[test]
    #[should_panic(expected = "no word \"purchase.gone\"")]
    fn an_unknown_word_is_found() {
        expand("{purchase.gone}");
    }
}
