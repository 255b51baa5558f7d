//! May this customer buy this program from this account? The checks and their order are those
//! of the buy document.

use crate::conversion::{Converted, Exchange, NoRate};
use crate::program::PhaseType;
use crate::{Account, AccountKind, AccountMode, Currency, Group, Money};

/// What stands in the way, with ScaleTrade's stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    ProgramDisabled,
    InvalidPayerAccount,
    PayerAccountDisabled,
    PayerGroupNotFound,
    PayerAccountNotReal,
    CurrencyConversionRequired {
        program: Currency,
        payer: Currency,
    },
    /// The firm converts, and its rate is too old.
    ConversionRateStale {
        program: Currency,
        payer: Currency,
    },
    /// Both in the payer's currency.
    NotEnoughFunds {
        required: Money,
        available: Money,
    },
    ProgramHasNoSteps,
    InvalidDemoGroup,
    DemoGroupRequired,
    /// Something that the firm asks every buyer to agree to.
    AgreementsNotAccepted,
}

/// The program as the checks see it.
#[derive(Clone, Copy, Debug)]
pub struct ProgramFacts<'a> {
    pub active: bool,
    pub price: Money,
    pub has_steps: bool,
    /// The group of the first step, if it exists.
    pub first_group: Option<&'a Group>,
}

/// The payer as the checks see it; `None` where it is not the customer's.
#[derive(Clone, Copy, Debug)]
pub struct PayerFacts<'a> {
    pub account: &'a Account,
    pub group: Option<&'a Group>,
}

/// First part of the document's list: program active; payer owned, enabled, REAL, of the
/// program's currency or of one that the firm converts, with enough money. [`check_program`] is
/// the rest, and comes after it. Gives what is paid where it is not the price itself.
///
/// # Errors
/// The first fault in the document's order.
pub fn check_payer(
    program: ProgramFacts<'_>,
    payer: Option<PayerFacts<'_>>,
    exchange: &Exchange,
) -> Result<Option<Converted>, Block> {
    if !program.active {
        return Err(Block::ProgramDisabled);
    }
    let payer = payer.ok_or(Block::InvalidPayerAccount)?;
    if !payer.account.enabled || payer.account.closed_at.is_some() {
        return Err(Block::PayerAccountDisabled);
    }
    let group = payer.group.ok_or(Block::PayerGroupNotFound)?;
    if group.mode != AccountMode::Real || payer.account.kind != AccountKind::Personal {
        return Err(Block::PayerAccountNotReal);
    }
    let converted = converted(program.price, payer.account, group, exchange)?;
    let required = converted.map_or(program.price, |converted| converted.amount);
    let available = Money::new(payer.account.available_minor(), required.currency);
    if available.minor < required.minor {
        return Err(Block::NotEnoughFunds {
            required,
            available,
        });
    }
    Ok(converted)
}

/// The account keeps its currency when its group gets another one: both have to fit.
fn converted(
    price: Money,
    account: &Account,
    group: &Group,
    exchange: &Exchange,
) -> Result<Option<Converted>, Block> {
    let (program, held) = (price.currency, account.currency);
    if [group.currency, held] == [program; 2] {
        return Ok(None);
    }
    let payer = if group.currency == program {
        held
    } else {
        group.currency
    };
    let required = Block::CurrencyConversionRequired { program, payer };
    if group.currency != held {
        return Err(required);
    }
    match exchange.convert(price, held) {
        Ok(converted) => Ok(Some(converted)),
        Err(NoRate::None) => Err(required),
        Err(NoRate::Stale) => Err(Block::ConversionRateStale { program, payer }),
    }
}

/// The program can be delivered: it has a step, and the first step's group exists and is DEMO.
///
/// # Errors
/// The first fault in the document's order.
pub fn check_program(program: ProgramFacts<'_>) -> Result<&Group, Block> {
    if !program.has_steps {
        return Err(Block::ProgramHasNoSteps);
    }
    let group = program.first_group.ok_or(Block::InvalidDemoGroup)?;
    if group.mode != AccountMode::Demo {
        return Err(Block::DemoGroupRequired);
    }
    Ok(group)
}

/// As [`check_program`], for an enrolment or a grant: a program whose only step is funded is delivered in that step's
/// REAL group, which the buy document has no way to say.
///
/// # Errors
/// The first fault in the document's order.
pub fn check_enrolment(program: ProgramFacts<'_>, first: PhaseType) -> Result<&Group, Block> {
    match (first, program.first_group) {
        (PhaseType::Funded, Some(group)) if group.mode == AccountMode::Real => Ok(group),
        _ => check_program(program),
    }
}

impl Block {
    pub const fn code(self) -> &'static str {
        match self {
            Self::ProgramDisabled => "PROGRAM_DISABLED",
            Self::InvalidPayerAccount => "INVALID_PAYER_ACCOUNT",
            Self::PayerAccountDisabled => "PAYER_ACCOUNT_DISABLED",
            Self::PayerGroupNotFound => "PAYER_GROUP_NOT_FOUND",
            Self::PayerAccountNotReal => "PAYER_ACCOUNT_NOT_REAL",
            Self::CurrencyConversionRequired { .. } => "CURRENCY_CONVERSION_REQUIRED",
            Self::ConversionRateStale { .. } => "CONVERSION_RATE_STALE",
            Self::NotEnoughFunds { .. } => "NOT_ENOUGH_FUNDS",
            Self::ProgramHasNoSteps => "PROGRAM_HAS_NO_STEPS",
            Self::InvalidDemoGroup => "INVALID_DEMO_GROUP",
            Self::DemoGroupRequired => "DEMO_GROUP_REQUIRED",
            Self::AgreementsNotAccepted => "AGREEMENTS_NOT_ACCEPTED",
        }
    }

    /// For people: what is wrong and what to do.
    pub fn message(self) -> String {
        match self {
            Self::ProgramDisabled => "This program is not on sale.".into(),
            Self::InvalidPayerAccount => {
                "The payer account does not belong to you or is disabled. Choose another account."
                    .into()
            }
            Self::PayerAccountDisabled => {
                "The payer account is disabled. Choose another account.".into()
            }
            Self::PayerGroupNotFound => {
                "The payer account's group no longer exists. Contact support.".into()
            }
            Self::PayerAccountNotReal => {
                "The payer account must be an account of real money.".into()
            }
            Self::CurrencyConversionRequired { program, payer } => {
                format!(
                    "The program is priced in {program} and the account holds {payer}: the currencies must match."
                )
            }
            Self::ConversionRateStale { program, payer } => {
                format!(
                    "The rate between {program} and {payer} is too old to pay by just now. Try again later, or choose an account in {program}."
                )
            }
            Self::NotEnoughFunds {
                required,
                available,
            } => format!(
                "The price is {} {} and the account has {} {} available. Make a deposit first.",
                required.fixed(),
                required.currency,
                available.fixed(),
                available.currency
            ),
            Self::ProgramHasNoSteps => {
                "This program has no steps yet, so it cannot be bought.".into()
            }
            Self::InvalidDemoGroup => {
                "The group of the program's first step does not exist.".into()
            }
            Self::DemoGroupRequired => {
                "The group of the program's first step must be a DEMO group.".into()
            }
            Self::AgreementsNotAccepted => {
                "You have not agreed to everything that is asked before a purchase. GET /customers/me/agreements lists it."
                    .into()
            }
        }
    }
}
