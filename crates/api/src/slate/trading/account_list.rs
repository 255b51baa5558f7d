//! `GET /accounts`.

use super::super::error::{ApiError, Location, ValidationError};
use super::super::extract::SlateQuery;
use super::account_object::account_type;
use super::decimals::money;
use crate::ApiState;
use crate::auth::SignedIn;
use crate::input::{Decimal, Text, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::trading_desk::{AccountFilter, Between, Listed, Sort, SortKey};
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::{AccountKind, Currency, CustomerId, EntityKind, GroupId, UnixMicros};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountTypeWord {
    Personal,
    Challenge,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
pub enum SortWord {
    #[default]
    #[serde(rename = "login")]
    Login,
    #[serde(rename = "-login")]
    LoginDown,
    #[serde(rename = "balance")]
    Balance,
    #[serde(rename = "-balance")]
    BalanceDown,
    #[serde(rename = "equity")]
    Equity,
    #[serde(rename = "-equity")]
    EquityDown,
    #[serde(rename = "created_at")]
    CreatedAt,
    #[serde(rename = "-created_at")]
    CreatedAtDown,
}

impl From<SortWord> for Sort {
    fn from(word: SortWord) -> Self {
        let (key, descending) = match word {
            SortWord::Login => (SortKey::Login, false),
            SortWord::LoginDown => (SortKey::Login, true),
            SortWord::Balance => (SortKey::Balance, false),
            SortWord::BalanceDown => (SortKey::Balance, true),
            SortWord::Equity => (SortKey::Equity, false),
            SortWord::EquityDown => (SortKey::Equity, true),
            SortWord::CreatedAt => (SortKey::CreatedAt, false),
            SortWord::CreatedAtDown => (SortKey::CreatedAt, true),
        };
        Self { key, descending }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountsQuery {
    group_id: Option<Vec<Uuid>>,
    customer_id: Option<Uuid>,
    currency: Option<Vec<String>>,
    is_active: Option<bool>,
    #[param(inline)]
    account_type: Option<AccountTypeWord>,
    /// Whether it was warned that its margin runs out, and has not recovered since.
    margin_call_risk: Option<bool>,
    /// Part of the customer's name or e-mail, in any case, or the whole login.
    #[param(inline)]
    search: Option<Text<0, 120>>,
    has_open_positions: Option<bool>,
    /// Major units of the account's own currency.
    #[param(inline)]
    balance_min: Option<Decimal>,
    #[param(inline)]
    balance_max: Option<Decimal>,
    /// Of accounts with open positions as it was last stored.
    #[param(inline)]
    equity_min: Option<Decimal>,
    #[param(inline)]
    equity_max: Option<Decimal>,
    /// Counted from 1.
    #[param(inline)]
    page: Option<Within<1, { limits::ACCOUNTS_PAGES_MAX }>>,
    /// 50 when it is not given.
    #[param(inline)]
    page_size: Option<Within<1, { limits::ACCOUNTS_PAGE_MAX }>>,
    /// A `-` before the word: the highest first.
    #[param(inline)]
    sort: Option<SortWord>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AccountList {
    items: Vec<AccountListItem>,
    /// How many there are on all pages.
    total: i64,
    page: i64,
    page_size: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AccountListItem {
    account_id: Uuid,
    login: String,
    customer_id: Uuid,
    customer_name: String,
    customer_email: String,
    group_id: Uuid,
    group_name: String,
    /// `challenge` or `personal`.
    account_type: &'static str,
    currency: String,
    leverage: i64,
    is_active: bool,
    balance: String,
    /// Of an account with open positions as it was last stored; its own page tells it as it is.
    equity: String,
    open_positions: i64,
    margin_call_risk: bool,
    created_at: String,
    closed_at: Option<String>,
}

/// List Accounts
///
/// Staff see the accounts of their brand, a customer his own, the session of an account itself.
#[utoipa::path(
    get,
    path = "/accounts",
    operation_id = "list_accounts",
    tag = "Accounts",
    params(AccountsQuery),
    responses((status = 200, description = "Successful Response", body = AccountList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlateQuery(query): SlateQuery<AccountsQuery>,
) -> Result<Json<AccountList>, ApiError> {
    let app = &state.app;
    let page = query.page.map_or(1, Within::get);
    let page_size = query.page_size.map_or(50, Within::get);
    let sort = query.sort.unwrap_or_default().into();
    let filter = query.filter(app)?;
    let offset = (page - 1) * page_size;
    let found = app
        .accounts(caller, filter, sort, page_size, offset)
        .await?;
    let items = found.items.iter();
    Ok(Json(AccountList {
        items: items
            .map(|listed| AccountListItem::new(app, listed))
            .collect(),
        total: found.total,
        page,
        page_size,
    }))
}

/// A key that nothing has: what a foreign or invented id finds.
const NOTHING: i64 = -1;

impl AccountsQuery {
    fn filter(self, app: &App) -> Result<AccountFilter, ApiError> {
        let key = |kind, id: Uuid| app.public_ids.key(kind, id).unwrap_or(NOTHING);
        let groups = self.group_id.unwrap_or_default();
        let currencies = self.currency.unwrap_or_default();
        for (field, count) in [("group_id", groups.len()), ("currency", currencies.len())] {
            let most = limits::FILTER_VALUES_MAX;
            if count > most {
                return Err(wrong(field, &format!("at most {most} values")));
            }
        }
        let customer = self.customer_id.map(|id| key(EntityKind::Customer, id));
        Ok(AccountFilter {
            customer: customer.map(CustomerId),
            login: None,
            groups: groups
                .into_iter()
                .map(|id| GroupId(key(EntityKind::Group, id)))
                .collect(),
            currencies: currencies
                .iter()
                .map(|code| code.parse::<Currency>())
                .collect::<Result<_, _>>()
                .map_err(|error| wrong("currency", &error.to_string()))?,
            enabled: self.is_active,
            kind: self.account_type.map(|word| match word {
                AccountTypeWord::Personal => AccountKind::Personal,
                AccountTypeWord::Challenge => AccountKind::Challenge,
            }),
            margin_called: self.margin_call_risk,
            has_open_positions: self.has_open_positions,
            text: self.search.map(Text::into_string),
            balance: Between {
                least_thousandths: bound("balance_min", self.balance_min)?,
                most_thousandths: bound("balance_max", self.balance_max)?,
            },
            equity: Between {
                least_thousandths: bound("equity_min", self.equity_min)?,
                most_thousandths: bound("equity_max", self.equity_max)?,
            },
            owner: None,
        })
    }
}

fn bound(field: &'static str, amount: Option<Decimal>) -> Result<Option<i64>, ApiError> {
    let wanted = "an amount with at most three decimals is wanted";
    amount
        .map(|amount| parse_decimal(amount.as_str(), 3).ok_or_else(|| wrong(field, wanted)))
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

impl AccountListItem {
    fn new(app: &App, listed: &Listed) -> Self {
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let account = &listed.account;
        Self {
            account_id: uuid(EntityKind::Account, account.login.0),
            login: account.login.to_string(),
            customer_id: uuid(EntityKind::Customer, account.customer_id.0),
            customer_name: listed.customer_name.clone(),
            customer_email: listed.customer_email.clone(),
            group_id: uuid(EntityKind::Group, account.group_id.0),
            group_name: listed.group.name.clone(),
            account_type: account_type(account.kind),
            currency: account.currency.to_string(),
            leverage: account.leverage,
            is_active: account.enabled,
            balance: money(account.balance_minor, account.currency),
            equity: money(listed.equity_minor, account.currency),
            open_positions: listed.open_positions,
            margin_call_risk: listed.margin_called,
            created_at: account.created_at.rfc3339(),
            closed_at: account.closed_at.map(UnixMicros::rfc3339),
        }
    }
}
