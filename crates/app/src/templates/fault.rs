//! What is wrong with a change of a template, in the words of the request.

use touchstone_domain::program::TermsFault;

/// One field that cannot have the value that it would get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Of the template; `phases` for a field of a phase.
    pub field: &'static str,
    /// Place and field of a phase, counted from 0.
    pub phase: Option<(usize, &'static str)>,
    pub message: String,
}

impl FieldFault {
    pub(super) fn new(field: &'static str, message: impl ToString) -> Self {
        Self {
            field,
            phase: None,
            message: message.to_string(),
        }
    }

    pub(super) fn phase(index: usize, field: &'static str, message: impl ToString) -> Self {
        Self {
            field: "phases",
            phase: Some((index, field)),
            message: message.to_string(),
        }
    }
}

impl From<TermsFault> for FieldFault {
    fn from(fault: TermsFault) -> Self {
        use TermsFault as F;
        let (field, phase) = match fault {
            F::NoName => ("name", None),
            F::NegativePrice | F::PriceTooLarge { .. } => ("fee_amount", None),
            F::NoSteps | F::FundedFirst => ("phases", None),
            F::AddonEffect { .. } => ("phases", None),
            F::ConductBesideRules { field, .. } => (wire_name(field), None),
            F::Derived { step, field, .. } if is_of_phase(field) => {
                ("phases", Some((step, wire_name(field))))
            }
            F::Derived { field, .. } => (wire_name(field), None),
            F::AddonCode { .. } | F::AddonTwice { .. } | F::AddonPrice { .. } => {
                ("fee_amount", None)
            }
            F::Conduct { field, .. } => (wire_name(field), None),
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
            F::OutOfRange { step, field, .. } => ("phases", Some((step, wire_name(field)))),
            // A rule set can only have become wrong by the size of the account, which it has to fit.
            F::Rules { step, .. } => ("phases", Some((step, "account_size"))),
            F::BesideRules { step, field } => ("phases", Some((step, wire_name(field)))),
            F::SplitOnEvaluation { step } => ("phases", Some((step, "profit_split_pct"))),
            F::DaysCrossed { step } => ("phases", Some((step, "min_trading_days"))),
        };
        let message = match fault {
            F::Conduct { field, wanted } => format!("{} must be {wanted}", wire_name(field)),
            F::OutOfRange { field, wanted, .. } => {
                format!("{} must be {wanted}", wire_name(field))
            }
            F::ConductBesideRules { step, field } => format!(
                "{} says something else than the own rules of phase {}, which stand in the firm file",
                wire_name(field),
                step + 1
            ),
            F::Derived { step, fault, .. } => {
                format!("{} (phase {})", fault.code.reason(), step + 1)
            }
            F::BesideRules { field, .. } => format!(
                "{} says something else than the phase's own rules, which stand in the firm file",
                wire_name(field)
            ),
            _ => fault.to_string(),
        };
        Self {
            field,
            phase,
            message,
        }
    }
}

/// Whether a field stands in a phase; the others are the template's own.
fn is_of_phase(field: &str) -> bool {
    let fields = [
        "duration_days",
        "max_daily_loss_pct",
        "max_total_loss_pct",
        "max_daily_profit_pct",
        "profit_target_pct",
        "min_trading_days",
        "max_trading_days",
        "max_positions",
    ];
    fields.contains(&field)
}

/// The firm file's name of a field, as the template says it.
const fn wire_name(field: &'static str) -> &'static str {
    match field.as_bytes() {
        b"max_daily_loss_pct" => "daily_dd_pct",
        b"max_total_loss_pct" => "max_loss_pct",
        b"max_loss_lock_buffer_pct" => "max_loss_lock_buffer",
        b"reset_fee" => "reset_fee_amount",
        _ => field,
    }
}
