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

/// One exchange at one price, or a night's swap.
#[derive(Debug, Serialize, ToSchema)]
pub struct DealObject {
    deal_id: i64,
    at: String,
    /// `in` begins a position, `out` ends one, `swap` is what a night has cost or brought.
    entry: String,
    /// `order`, `waiting`, `stop_loss`, `take_profit`, `stop_out`, `close_by` or `liquidation`.
    reason: String,
    order_id: Option<i64>,
    position_id: i64,
    symbol: String,
    side: SideWord,
    /// In lots.
    volume: String,
    price: String,
    profit: String,
    /// 0 or less.
    commission: String,
    swap: String,
    /// After it.
    balance: String,
}

/// List Deals
///
/// What has moved an account's money by trading, newest first.
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
    pub(super) fn new(app: &App, deal: &BookedDeal, currency: Currency) -> Self {
        let digits = deal.symbol.parse().map_or(0, |symbol| digits(app, symbol));
        let text = |minor| money(minor, currency);
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
            position_id: deal.position_id,
            symbol: deal.symbol.clone(),
            side: side.into(),
            volume: lots(Volume(deal.volume)),
            price: fixed(deal.price, digits),
            profit: text(deal.profit_minor),
            commission: text(deal.commission_minor),
            swap: text(deal.swap_minor),
            balance: text(deal.balance_minor),
        }
    }
}
