//! Which of two faults a buyer is told when both stand in the way.

use crate::golden;
use touchstone_domain::conversion::{Conversion, Exchange, FixedRate, Rate, Source};
use touchstone_domain::purchase::{Block, PayerFacts, ProgramFacts, check_payer, check_program};
use touchstone_domain::{
    Account, AccountKind, AccountMode, BasisPoints, BrandId, Currency, CustomerId, Group, GroupId,
    Login, Money, UnixMicros,
};

/// The document's list of validations, in its words and order, and the faults that each finds.
const DOCUMENT: [(&str, &[Fault]); 8] = [
    ("program must be active", &[Fault::ProgramDisabled]),
    (
        "payer_login must belong to the authenticated customer",
        &[Fault::SomeoneElses],
    ),
    (
        "payer account must be enabled",
        &[Fault::PayerDisabled, Fault::PayerClosed],
    ),
    (
        "payer account group must have account_mode = REAL",
        &[
            Fault::PayerGroupGone,
            Fault::PayerGroupDemo,
            Fault::PayerIsChallengeAccount,
        ],
    ),
    (
        "program currency must match payer account group currency",
        &[Fault::OtherGroupCurrency, Fault::OtherAccountCurrency],
    ),
    (
        "payer balance must be greater than or equal to program price",
        &[Fault::TooPoor, Fault::MoneyHeld],
    ),
    (
        "program must have at least one configured step",
        &[Fault::NoSteps],
    ),
    (
        "first step account_group must exist and have account_mode = DEMO",
        &[Fault::FirstGroupGone, Fault::FirstGroupReal],
    ),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    ProgramDisabled,
    SomeoneElses,
    PayerDisabled,
    PayerClosed,
    PayerGroupGone,
    PayerGroupDemo,
    PayerIsChallengeAccount,
    OtherGroupCurrency,
    OtherAccountCurrency,
    TooPoor,
    MoneyHeld,
    NoSteps,
    FirstGroupGone,
    FirstGroupReal,
}

fn every_fault() -> Vec<(usize, Fault)> {
    DOCUMENT
        .iter()
        .enumerate()
        .flat_map(|(place, (_, faults))| faults.iter().map(move |fault| (place, *fault)))
        .collect()
}

/// A purchase that is in order.
struct Case {
    active: bool,
    has_steps: bool,
    first_group: Option<Group>,
    payer: Option<Account>,
    payer_group: Option<Group>,
    exchange: Exchange,
}

const PRICE_MINOR: i64 = 49_900;

fn group(mode: AccountMode) -> Group {
    Group {
        id: GroupId(1),
        brand_id: BrandId(1),
        name: "G".into(),
        mode,
        currency: Currency::USD,
        leverage: 100,
        default_deposit_minor: 0,
        enabled: true,
        public_opening: true,
        max_positions: 0,
    }
}

fn payer() -> Account {
    Account {
        login: Login(100_001),
        brand_id: BrandId(1),
        customer_id: CustomerId(5),
        group_id: GroupId(1),
        kind: AccountKind::Personal,
        currency: Currency::USD,
        leverage: 100,
        enabled: true,
        balance_minor: PRICE_MINOR,
        held_minor: 0,
        created_at: UnixMicros(0),
        closed_at: None,
        must_change_password: false,
    }
}

impl Case {
    fn in_order() -> Self {
        Self {
            active: true,
            has_steps: true,
            first_group: Some(group(AccountMode::Demo)),
            payer: Some(payer()),
            payer_group: Some(group(AccountMode::Real)),
            exchange: Exchange::closed(),
        }
    }

    fn with(mut self, fault: Fault) -> Self {
        let at_payer = |case: &mut Self, change: fn(&mut Account)| {
            case.payer.as_mut().into_iter().for_each(change);
        };
        let at_payer_group = |case: &mut Self, change: fn(&mut Group)| {
            case.payer_group.as_mut().into_iter().for_each(change);
        };
        match fault {
            Fault::ProgramDisabled => self.active = false,
            Fault::SomeoneElses => self.payer = None,
            Fault::PayerDisabled => at_payer(&mut self, |a| a.enabled = false),
            Fault::PayerClosed => at_payer(&mut self, |a| a.closed_at = Some(UnixMicros(1))),
            Fault::PayerGroupGone => self.payer_group = None,
            Fault::PayerGroupDemo => at_payer_group(&mut self, |g| g.mode = AccountMode::Demo),
            Fault::PayerIsChallengeAccount => {
                at_payer(&mut self, |a| a.kind = AccountKind::Challenge);
            }
            Fault::OtherGroupCurrency => at_payer_group(&mut self, |g| g.currency = Currency::EUR),
            Fault::OtherAccountCurrency => at_payer(&mut self, |a| a.currency = Currency::EUR),
            Fault::TooPoor => at_payer(&mut self, |a| a.balance_minor = PRICE_MINOR - 1),
            Fault::MoneyHeld => at_payer(&mut self, |a| a.held_minor = 1),
            Fault::NoSteps => self.has_steps = false,
            Fault::FirstGroupGone => self.first_group = None,
            Fault::FirstGroupReal => {
                self.first_group
                    .as_mut()
                    .into_iter()
                    .for_each(|g| g.mode = AccountMode::Real);
            }
        }
        self
    }

    /// As `buy` asks: the payer first, then the program.
    fn block(&self) -> Option<Block> {
        let program = ProgramFacts {
            active: self.active,
            price: Money::new(PRICE_MINOR, Currency::USD),
            has_steps: self.has_steps,
            first_group: self.first_group.as_ref(),
        };
        let payer = self.payer.as_ref().map(|account| PayerFacts {
            account,
            group: self.payer_group.as_ref(),
        });
        check_payer(program, payer, &self.exchange)
            .and_then(|_| check_program(program))
            .err()
    }
}

fn code(case: &Case) -> &'static str {
    case.block().map_or("-", Block::code)
}

#[test]
fn of_two_faults_the_one_that_the_document_names_first_is_told() {
    assert_eq!(Case::in_order().block(), None);
    let faults = every_fault();
    for (place, first) in &faults {
        for (other_place, second) in &faults {
            if place < other_place {
                let alone = code(&Case::in_order().with(*first));
                let one_way = code(&Case::in_order().with(*first).with(*second));
                let other_way = code(&Case::in_order().with(*second).with(*first));
                assert_eq!(
                    (one_way, other_way),
                    (alone, alone),
                    "{first:?} and {second:?}"
                );
            }
        }
    }
}

#[test]
fn every_pair_of_faults_is_told_as_written() {
    let mut text = String::from(
        "# fault | and fault | what is told. Alone where both are the same. Rewrite with UPDATE_TABLES=1.\n",
    );
    let faults = every_fault();
    for (index, (_, first)) in faults.iter().enumerate() {
        for (_, second) in &faults[index..] {
            let told = code(&Case::in_order().with(*first).with(*second));
            let (first, second) = (format!("{first:?}"), format!("{second:?}"));
            text += &format!("{first:<23} | {second:<23} | {told}\n");
        }
    }
    golden::check("tests/buy_checks_table.txt", &text);
}

#[test]
fn what_is_missing_is_told_in_numbers() {
    let poor = Case::in_order()
        .with(Fault::TooPoor)
        .with(Fault::MoneyHeld)
        .block();
    let required = Money::new(PRICE_MINOR, Currency::USD);
    let available = Money::new(PRICE_MINOR - 2, Currency::USD);
    assert_eq!(
        poor,
        Some(Block::NotEnoughFunds {
            required,
            available
        })
    );
    let told = poor.map(Block::message).unwrap_or_default();
    assert!(
        told.contains("499.00 USD") && told.contains("498.98 USD"),
        "{told}"
    );

    let foreign = Case::in_order().with(Fault::OtherAccountCurrency).block();
    let wanted = Block::CurrencyConversionRequired {
        program: Currency::USD,
        payer: Currency::EUR,
    };
    assert_eq!(foreign, Some(wanted));
}

#[test]
fn exactly_the_price_is_enough_and_a_free_program_needs_nothing() {
    let mut case = Case::in_order();
    assert_eq!(case.block(), None);
    case.payer.as_mut().unwrap().balance_minor = 0;
    assert_eq!(case.block().map(Block::code), Some("NOT_ENOUGH_FUNDS"));
    let (payer, real) = (case.payer.unwrap(), group(AccountMode::Real));
    let free = ProgramFacts {
        active: true,
        price: Money::zero(Currency::USD),
        has_steps: true,
        first_group: case.first_group.as_ref(),
    };
    let facts = PayerFacts {
        account: &payer,
        group: Some(&real),
    };
    let paid = check_payer(free, Some(facts), &Exchange::closed());
    assert_eq!(paid, Ok(None));
}

/// A firm that sells a euro for 0.50 USD from second 0 on, for a day.
fn sells_euros(now: i64) -> Exchange {
    let rate = FixedRate {
        base: Currency::USD,
        quote: Currency::EUR,
        rate: Rate::parse("0.5").unwrap(),
        valid_from: UnixMicros(0),
    };
    let source = Source::Fixed {
        rates: vec![rate],
        max_age_days: Some(1),
    };
    let markup = BasisPoints::ZERO;
    let conversion = Conversion { source, markup };
    Exchange::new(
        Some(conversion),
        Default::default(),
        UnixMicros::from_seconds(now),
    )
}

#[test]
fn a_firm_that_converts_asks_for_enough_of_the_payers_currency() {
    let mut case = Case::in_order();
    case.exchange = sells_euros(86_400);
    case.payer.as_mut().unwrap().currency = Currency::EUR;
    assert_eq!(code(&case), "CURRENCY_CONVERSION_REQUIRED", "its group's");
    case.payer_group.as_mut().unwrap().currency = Currency::EUR;
    assert_eq!(code(&case), "-");
    case.payer.as_mut().unwrap().balance_minor = PRICE_MINOR / 2 - 1;
    let told = case.block().map(Block::message).unwrap_or_default();
    assert!(
        told.contains("249.50 EUR") && told.contains("249.49 EUR"),
        "{told}"
    );
    case.exchange = sells_euros(86_401);
    assert_eq!(code(&case), "CONVERSION_RATE_STALE");
}
