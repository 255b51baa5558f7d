//! `GET /transactions`.

use super::error::{ApiError, Location, ValidationError};
use super::extract::SlateQuery;
use super::transaction::TransactionResponse;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Decimal, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use touchstone_app::App;
use touchstone_app::transactions::TransactionFilter;
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::transaction::{TransactionKind, TransactionState};
use touchstone_domain::{Currency, CustomerId, EntityKind, Login, StaffId, UnixMicros};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

macro_rules! words {
    ($name:ident of $of:ty { $($variant:ident = $word:tt,)+ }) => {
        #[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
        pub enum $name {
            $(#[serde(rename = $word)] $variant,)+
        }

        impl From<$name> for $of {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant,)+ }
            }
        }
    };
}

words!(TypeWord of TransactionKind {
    ChallengeFee = "CHALLENGE_FEE",
    ChallengeFeeRefund = "CHALLENGE_FEE_REFUND",
    ChallengePayout = "CHALLENGE_PAYOUT",
    ChallengeResetFee = "CHALLENGE_RESET_FEE",
    ChallengeAddonFee = "CHALLENGE_ADDON_FEE",
    Deposit = "DEPOSIT",
    DepositRefund = "DEPOSIT_REFUND",
    Withdrawal = "WITHDRAWAL",
    Chargeback = "CHARGEBACK",
    ChargebackReversal = "CHARGEBACK_REVERSAL",
    CorrectionIn = "CORRECTION_IN",
    CorrectionOut = "CORRECTION_OUT",
});

words!(StatusWord of TransactionState {
    Pending = "PENDING",
    Underpaid = "UNDERPAID",
    Overpaid = "OVERPAID",
    Approved = "APPROVED",
    Declined = "DECLINED",
});

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TransactionsQuery {
    account_id: Option<Uuid>,
    customer_id: Option<Uuid>,
    #[param(inline)]
    r#type: Option<Vec<TypeWord>>,
    #[param(inline)]
    status: Option<Vec<StatusWord>>,
    /// `customer`, `crm` or `cashier`.
    source: Option<Vec<String>>,
    currency: Option<Vec<String>>,
    /// Names of cashiers.
    gate_name: Option<Vec<String>>,
    /// Nobody owns a transaction here: with it nothing is found.
    transaction_owner: Option<Uuid>,
    approved_by: Option<Uuid>,
    /// Major units of the transaction's own currency.
    #[param(inline)]
    amount_min: Option<Decimal>,
    #[param(inline)]
    amount_max: Option<Decimal>,
    /// A day, or an instant of RFC 3339: begun then or later.
    date_from: Option<String>,
    /// A day, the whole of it included, or an instant: begun before.
    date_to: Option<String>,
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::TRANSACTIONS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

/// List Transactions
///
/// Fees, deposits, withdrawals and refunds of the brand, newest first. What is still to be given
/// back are the refunds that are PENDING.
#[utoipa::path(
    get,
    path = "/transactions",
    operation_id = "list_transactions",
    tag = "Transactions",
    params(TransactionsQuery),
    responses((status = 200, description = "Successful Response", body = Vec<TransactionResponse>)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<TransactionsQuery>,
) -> Result<Json<Vec<TransactionResponse>>, ApiError> {
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let filter = query.filter(&state.app)?;
    let found = state
        .app
        .transactions(caller, filter, limit, offset)
        .await?;
    let answer = found
        .into_iter()
        .map(|view| TransactionResponse::new(&state.app, view))
        .collect();
    Ok(Json(answer))
}

/// A key that nothing has: what a foreign or invented id finds.
const NOTHING: i64 = -1;

/// Every kind that is shown under one of the words.
fn kinds(words: Option<Vec<TypeWord>>) -> Vec<TransactionKind> {
    let named: Vec<TransactionKind> = into_all(words);
    let shown = |kind: &TransactionKind| {
        named
            .iter()
            .any(|word| word.shown_name() == kind.shown_name())
    };
    TransactionKind::ALL.into_iter().filter(shown).collect()
}

impl TransactionsQuery {
    fn filter(self, app: &App) -> Result<TransactionFilter, ApiError> {
        let key =
            |kind, id: Option<Uuid>| id.map(|id| app.public_ids.key(kind, id).unwrap_or(NOTHING));
        let customer = match self.transaction_owner {
            Some(_) => Some(NOTHING),
            None => key(EntityKind::Customer, self.customer_id),
        };
        let currencies = self.currency.unwrap_or_default();
        let sources = self.source.unwrap_or_default();
        let cashiers = self.gate_name.unwrap_or_default();
        for (field, values) in [
            ("currency", &currencies),
            ("source", &sources),
            ("gate_name", &cashiers),
        ] {
            check_values(field, values)?;
        }
        Ok(TransactionFilter {
            id: None,
            customer: customer.map(CustomerId),
            login: key(EntityKind::Account, self.account_id).map(Login),
            approved_by: key(EntityKind::Staff, self.approved_by).map(StaffId),
            kinds: kinds(self.r#type),
            states: into_all(self.status),
            sources,
            currencies: currencies
                .iter()
                .map(|code| code.parse::<Currency>())
                .collect::<Result<_, _>>()
                .map_err(|error| wrong("currency", &error.to_string()))?,
            cashiers,
            amount_at_least_thousandths: bound("amount_min", self.amount_min)?,
            amount_at_most_thousandths: bound("amount_max", self.amount_max)?,
            created_from: instant("date_from", self.date_from, UnixMicros::parse)?,
            created_before: instant("date_to", self.date_to, UnixMicros::parse_end)?,
            owner: None,
        })
    }
}

fn into_all<W, T: From<W>>(words: Option<Vec<W>>) -> Vec<T> {
    let mut all: Vec<T> = Vec::new();
    all.extend(words.into_iter().flatten().map(T::from));
    all
}

fn check_values(field: &'static str, values: &[String]) -> Result<(), ApiError> {
    let most = limits::FILTER_VALUES_MAX;
    if values.len() > most {
        return Err(wrong(field, &format!("at most {most} values")));
    }
    // A comma separates them in the statement.
    if values
        .iter()
        .any(|value| value.contains(',') || value.is_empty())
    {
        return Err(wrong(field, "no such value"));
    }
    Ok(())
}

fn bound(field: &'static str, amount: Option<Decimal>) -> Result<Option<i64>, ApiError> {
    amount
        .map(|amount| {
            parse_decimal(amount.as_str(), 3)
                .ok_or_else(|| wrong(field, "an amount with at most three decimals is wanted"))
        })
        .transpose()
}

pub(super) fn instant(
    field: &'static str,
    text: Option<String>,
    read: fn(&str) -> Option<UnixMicros>,
) -> Result<Option<UnixMicros>, ApiError> {
    text.map(|text| {
        read(&text).ok_or_else(|| wrong(field, "a day or an instant of RFC 3339 is wanted"))
    })
    .transpose()
}

fn wrong(field: &'static str, sentence: &str) -> ApiError {
    ApiError::validation(vec![ValidationError {
        loc: ["query", field]
            .map(|name| Location::Name(name.to_owned()))
            .into(),
        msg: format!("Value error, {sentence}"),
        r#type: "value_error".to_owned(),
        ctx: None,
    }])
}
