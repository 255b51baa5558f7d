//! What is wrong with a change of a template, in the words of the request.

use touchstone_domain::program::{TermsFault, is_step_field};

/// What is wrong with a value that is told by the request alone.
pub const INVALID_VALUE: &str = "invalid_value";

/// One field that cannot have the value that it would get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Stable, for machines: [`INVALID_VALUE`], or the code of the fault of the terms.
    pub code: &'static str,
    /// Of the template; `phases` for a field of a phase.
    pub field: &'static str,
    /// Place and field of a phase, counted from 0.
    pub phase: Option<(usize, &'static str)>,
    pub message: String,
}

impl FieldFault {
    pub(super) fn new(field: &'static str, message: impl ToString) -> Self {
        Self {
            code: INVALID_VALUE,
            field,
            phase: None,
            message: message.to_string(),
        }
    }

    pub(super) fn phase(index: usize, field: &'static str, message: impl ToString) -> Self {
        Self {
            code: INVALID_VALUE,
            field: "phases",
            phase: Some((index, field)),
            message: message.to_string(),
        }
    }
}

impl From<TermsFault> for FieldFault {
    fn from(fault: TermsFault) -> Self {
        use TermsFault as F;
        let code = fault.code();
        let (field, phase) = match fault {
            F::NoName => ("name", None),
            F::NegativePrice | F::PriceTooLarge { .. } => ("fee_amount", None),
            F::NoSteps | F::TooManySteps => ("phases", None),
            F::AddonEffect { .. } | F::AddonExcludes { .. } => ("phases", None),
            F::ConductBesideRules { field, .. } => (static_name(field), None),
            F::Derived { step, field, .. } if is_step_field(field) => {
                ("phases", Some((step, static_name(field))))
            }
            F::Derived { field, .. } => (static_name(field), None),
            F::AddonCode { .. } | F::AddonTwice { .. } | F::AddonPrice { .. } => {
                ("fee_amount", None)
            }
            F::Conduct { field, .. } => (static_name(field), None),
            F::Refund { .. } => ("refund_policy", None),
            F::StepWithoutName { step } => ("phases", Some((step, "name"))),
            F::UnknownGroup { step, .. } | F::CurrencyDiffers { step, .. } => {
                ("phases", Some((step, "group_id")))
            }
            F::FundedNotLast { step }
            | F::FundedNeedsReal { step, .. }
            | F::EvaluationNeedsDemo { step, .. } => ("phases", Some((step, "phase_type"))),
            F::NoDeposit { step, .. } | F::TooLarge { step, .. } => {
                ("phases", Some((step, "account_size")))
            }
            F::OutOfRange { step, field, .. } => ("phases", Some((step, static_name(field)))),
            F::Rules { step, .. } => ("phases", Some((step, "rules"))),
            F::BesideRules { step, field } => ("phases", Some((step, static_name(field)))),
            F::SplitOnEvaluation { step } => ("phases", Some((step, "profit_split_pct"))),
            F::DaysCrossed { step } => ("phases", Some((step, "min_trading_days"))),
        };
        let message = match fault {
            F::Refund { field, wanted } => {
                let field = field.trim_start_matches("refund.");
                format!("{field} must be {wanted}")
            }
            F::Conduct { field, wanted } => format!("{} must be {wanted}", wire_name(field)),
            F::OutOfRange { field, wanted, .. } => {
                format!("{} must be {wanted}", wire_name(field))
            }
            F::ConductBesideRules { step, field } => format!(
                "{} says something else than the own rules of phase {}: change its `rules`, or leave this away",
                wire_name(field),
                step + 1
            ),
            F::Derived { step, fault, .. } => {
                format!("{} (phase {})", fault.code.reason(), step + 1)
            }
            F::BesideRules { field, .. } => format!(
                "{} says something else than the phase's own `rules`: change them instead",
                wire_name(field)
            ),
            _ => fault.to_string(),
        };
        Self {
            code,
            field,
            phase,
            message,
        }
    }
}

/// The firm file's name of a field, as the template says it.
pub fn wire_name(field: &str) -> &str {
    match field {
        "max_daily_loss_pct" => "daily_dd_pct",
        "max_total_loss_pct" => "max_loss_pct",
        "max_loss_lock_buffer_pct" => "max_loss_lock_buffer",
        "reset_fee" => "reset_fee_amount",
        _ => field,
    }
}

/// As [`wire_name`], of a name that lasts.
fn static_name(field: &'static str) -> &'static str {
    wire_name(field)
}
