//! What stands against a command, in Slate's words.

use super::super::error::{ApiError, Code};
use super::super::error::{Location, ValidationError};
use super::super::fee_refund::refused;
use crate::input::Segment;
use crate::limits;
use touchstone_app::desk::DeskError;
use touchstone_app::trading_desk::{Obstacle, Refusal, TradeError};
use touchstone_domain::rule_set::ConductRule;

/// The code of what stands against a command.
pub(super) const fn code_of(obstacle: Obstacle) -> Code {
    match obstacle {
        Obstacle::Refused(refusal) => of_refusal(refusal),
        Obstacle::AgainstRule(rule) => of_rule(rule),
        Obstacle::Paused => Code::DayPaused,
        Obstacle::NotTraded => Code::AccountNotTraded,
    }
}

pub(super) const fn of_refusal(refusal: Refusal) -> Code {
    match refusal {
        Refusal::ClientIdReused => Code::ClientIdReused,
        Refusal::AccountDisabled => Code::AccountDisabled,
        Refusal::UnknownOrder => Code::UnknownOrder,
        Refusal::UnknownPosition => Code::UnknownPosition,
        Refusal::UnknownSymbol => Code::UnknownSymbol,
        Refusal::SymbolDisabled => Code::SymbolDisabled,
        Refusal::CloseOnly => Code::CloseOnly,
        Refusal::MarketClosed => Code::MarketClosed,
        Refusal::NoPrice => Code::NoPrice,
        Refusal::StalePrice => Code::StalePrice,
        Refusal::BadVolume => Code::BadVolume,
        Refusal::BadPrice => Code::BadPrice,
        Refusal::BadStops => Code::BadStops,
        Refusal::BadExpiry => Code::BadExpiry,
        Refusal::NotOpposite => Code::NotOpposite,
        Refusal::NothingToClose => Code::NothingToClose,
        Refusal::NothingToChange => Code::NothingToChange,
        Refusal::TooManyOrders => Code::TooManyOrders,
        Refusal::TooManyPositions => Code::TooManyPositions,
        Refusal::NoMoney => Code::NoMoney,
        Refusal::TooLarge => Code::TooLarge,
    }
}

const fn of_rule(rule: ConductRule) -> Code {
    match rule {
        ConductRule::MaxLots => Code::RuleMaxLots,
        ConductRule::MaxPositions => Code::RuleMaxPositions,
        ConductRule::MaxExposurePerSymbol => Code::RuleMaxExposurePerSymbol,
        ConductRule::MaxLeverage => Code::RuleMaxLeverage,
        ConductRule::StopLossRequired => Code::RuleStopLossRequired,
        ConductRule::MinSecondsInTrade => Code::RuleMinSecondsInTrade,
        ConductRule::NewsWindow => Code::RuleNewsWindow,
        ConductRule::FlatBeforeWeekend => Code::RuleFlatBeforeWeekend,
        ConductRule::FlatOvernight => Code::RuleFlatOvernight,
        ConductRule::NoHedgingInAccount => Code::RuleNoHedgingInAccount,
        ConductRule::NoHedgingAcrossAccounts => Code::RuleNoHedgingAcrossAccounts,
        ConductRule::NoExpertAdvisors => Code::RuleNoExpertAdvisors,
        ConductRule::NoCopyTrading => Code::RuleNoCopyTrading,
    }
}

impl From<TradeError> for ApiError {
    fn from(error: TradeError) -> Self {
        match error {
            TradeError::Session(error) => error.into(),
            TradeError::Store(error) => error.into(),
            TradeError::NotFound | TradeError::NoInstrument => Code::NotFound.into(),
            TradeError::WhichAccount => bad_header(
                "x-customer-login",
                "name the account: you have none that is traded, or several",
            ),
            TradeError::Unreadable(at) => {
                Self::invalid_body([Segment::Key(at.field.to_owned())], &at.wanted)
            }
            TradeError::Against(obstacle) => code_of(obstacle).into(),
            TradeError::Desk(error) => error.into(),
            broken @ TradeError::Broken { .. } => {
                tracing::error!(error = %broken, "an account's history cannot be read");
                Code::InternalError.into()
            }
        }
    }
}

impl From<DeskError> for ApiError {
    fn from(error: DeskError) -> Self {
        let code = match error {
            DeskError::Unavailable => Code::DeskUnavailable,
            DeskError::Overloaded => Code::DeskOverloaded,
            DeskError::Unknown => Code::OutcomeUnknown,
            DeskError::NotTraded => return Code::AccountNotTraded.into(),
            DeskError::NoBreach => return Code::NotFound.into(),
            DeskError::AnchorCrosses => return Code::AnchorWouldBreach.into(),
            DeskError::NotRevertible(why) => return Self::new(Code::StateConflict, why),
            DeskError::NotFunded => return Code::NoFundedAccount.into(),
            DeskError::NotOnDemand => return Code::PayoutNotOnDemand.into(),
            DeskError::PayoutInFlight(_) => return Code::PayoutInFlight.into(),
            DeskError::Claim(refusal) => return refused(&refusal),
            DeskError::NoPayout => return Code::NotFound.into(),
            DeskError::PayoutRefused(refused) => {
                return Self::new(Code::StateConflict, refused.to_string());
            }
        };
        Self::from(code).retry_after(limits::UNAVAILABLE_RETRY_AFTER)
    }
}

/// A 422 for a header.
pub(super) fn bad_header(name: &str, sentence: &str) -> ApiError {
    ApiError::validation(vec![ValidationError {
        loc: ["header", name]
            .map(|part| Location::Name(part.to_owned()))
            .into(),
        msg: format!("Value error, {sentence}"),
        r#type: "value_error".to_owned(),
        ctx: None,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_answered_with_its_own_code() {
        for refusal in Refusal::ALL {
            assert_eq!(of_refusal(*refusal).as_str(), refusal.code());
        }
    }
}
