//! `GET /accounts/{login}/deals`.

use super::super::error::ApiError;
use super::super::extract::{SlatePath, SlateQuery};
use super::decimals::{digits, fixed, lots, money};
use super::words::SideWord;
use crate::ApiState;
use crate::auth::SignedIn;
use crate::input::{Id, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::trading_desk::BookedDeal;
use touchstone_domain::{Currency, Login, Side, Volume};
use utoipa::{IntoParams, ToSchema};

/// A page of a history, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// Only numbers below this one: `next_cursor` of the page before.
    #[param(inline)]
    pub(super) before_id: Option<Id>,
    /// 100 when it is not given.
    #[param(inline)]
    pub(super) limit: Option<Within<1, { limits::HISTORY_PAGE_MAX }>>,
}

impl HistoryQuery {
    pub(super) fn page(&self) -> (Option<i64>, i64) {
        (
            self.before_id.map(Id::get),
            self.limit.map_or(100, Within::get),
        )
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DealList {
    items: Vec<DealObject>,
    /// `before_id` of the next page; null on the last one.
    next_cursor: Option<i64>,
}

/// One exchange at one price, a night's swap, or money that was taken back or given.
#[derive(Debug, Serialize, ToSchema)]
pub struct DealObject {
    deal_id: i64,
    at: String,
    /// `in` begins a position, `out` ends one, `swap` is what a night has cost or brought. `voided` is profit that does
    /// not count by a rule of conduct, `correction` what staff have given back or taken with a breach: these two are of
    /// no position, and stand with their amount as `profit`.
    entry: String,
    /// `order`, `waiting`, `stop_loss`, `take_profit`, `stop_out`, `close_by`, `liquidation`, `rollover`, `conduct` or
    /// `revert`.
    reason: String,
    order_id: Option<i64>,
    position_id: Option<i64>,
    symbol: Option<String>,
    side: Option<SideWord>,
    /// In lots.
    volume: Option<String>,
    price: Option<String>,
    profit: String,
    /// 0 or less.
    commission: String,
    swap: String,
    /// After it.
    balance: String,
}

/// List Deals
///
/// What has moved an account's money since it is traded, newest first.
#[utoipa::path(
    get,
    path = "/accounts/{login}/deals",
    operation_id = "list_deals",
    tag = "Accounts",
    params(("login" = Id, Path), HistoryQuery),
    responses((status = 200, description = "Successful Response", body = DealList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlatePath(login): SlatePath<Id>,
    SlateQuery(query): SlateQuery<HistoryQuery>,
) -> Result<Json<DealList>, ApiError> {
    let app = &state.app;
    let (before, limit) = query.page();
    let page = app.deals(caller, Login(login.get()), before, limit).await?;
    let items = page.items.iter();
    Ok(Json(DealList {
        items: items
            .map(|deal| DealObject::new(app, deal, page.currency))
            .collect(),
        next_cursor: page.next,
    }))
}

impl DealObject {
    pub(in crate::slate) fn new(app: &App, deal: &BookedDeal, currency: Currency) -> Self {
        let digits = deal.symbol.parse().map_or(0, |symbol| digits(app, symbol));
        let text = |minor| money(minor, currency);
        let is_of_position = !deal.symbol.is_empty();
        let side = if deal.side == 0 {
            Side::Long
        } else {
            Side::Short
        };
        Self {
            deal_id: deal.id,
            at: deal.at.rfc3339(),
            entry: deal.kind.clone(),
            reason: deal.reason.clone(),
            order_id: deal.order_id,
            position_id: is_of_position.then_some(deal.position_id),
            symbol: is_of_position.then(|| deal.symbol.clone()),
            side: is_of_position.then(|| side.into()),
            volume: is_of_position.then(|| lots(Volume(deal.volume))),
            price: is_of_position.then(|| fixed(deal.price, digits)),
            profit: text(deal.profit_minor),
            commission: text(deal.commission_minor),
            swap: text(deal.swap_minor),
            balance: text(deal.balance_minor),
        }
    }
}
