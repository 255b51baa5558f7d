//! `GET /instruments`, `GET /instruments/{symbol}` and `GET /quotes`.

use super::super::error::ApiError;
use super::super::extract::{SlatePath, SlateQuery};
use super::decimals::{fixed, lots, price};
use crate::ApiState;
use crate::auth::SignedIn;
use crate::input::{Id, Text};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::desk::QuoteView;
use touchstone_app::trading_desk::{Freshness, InstrumentView, SwapUnit, Trading};
use touchstone_domain::basis_points::format_decimal;
use touchstone_domain::{Login, UnixMicros};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InstrumentsQuery {
    /// An account of the caller's: the terms are those of its group.
    #[param(inline)]
    login: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InstrumentList {
    items: Vec<InstrumentObject>,
}

/// What can be traded, and on which terms.
#[derive(Debug, Serialize, ToSchema)]
pub struct InstrumentObject {
    symbol: String,
    display_name: String,
    /// `fx`, `metal`, `index` or `crypto`.
    asset_class: &'static str,
    /// Null for what is no currency.
    base_currency: Option<String>,
    quote_currency: String,
    /// Decimals of its price.
    digits: u32,
    /// The least step of its price.
    point: String,
    contract_size: i64,
    /// The least share of a position's worth that must be had: 0.01 is 1:100.
    margin_rate: String,
    min_lot: String,
    max_lot: String,
    lot_step: String,
    /// For each side, a share of what is dealt.
    commission_rate: String,
    /// `points` on the volume, or `annual_percent` of the worth.
    swap_type: &'static str,
    /// For one night; below 0 the trader pays.
    swap_long: String,
    swap_short: String,
    /// The day whose end counts three nights.
    swap_triple_day: Option<String>,
    /// How far from the price stops, targets and waiting orders must stay.
    stops_distance: String,
    /// A price older than this is none to deal by while the market is open.
    stale_threshold_ms: i64,
    /// `full`, `close_only` or `disabled`.
    trading: &'static str,
    /// Whether the account that was named can trade it.
    is_offered: bool,
    hours: HoursObject,
    /// Null where no desk runs.
    quote: Option<QuoteObject>,
}

/// When it is traded, by the clock on the wall of the zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoursObject {
    /// A name of the IANA time zone database.
    zone: String,
    /// `Sun 17:05-Mon 16:59`, or `always`.
    sessions: Vec<String>,
    is_open: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteObject {
    symbol: String,
    pub(crate) bid: Option<String>,
    pub(crate) ask: Option<String>,
    /// When the desk took it in.
    at: Option<String>,
    /// The desk's number of it.
    seq: Option<i64>,
    /// `fresh`; `closed` (its market is), `stale` (too old to deal by) or `missing`.
    freshness: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteList {
    items: Vec<QuoteObject>,
}

/// List Instruments
///
/// Every instrument with its terms, session hours and last price.
#[utoipa::path(
    get,
    path = "/instruments",
    operation_id = "list_instruments",
    tag = "Instruments & Groups",
    params(InstrumentsQuery),
    responses((status = 200, description = "Successful Response", body = InstrumentList)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn list(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlateQuery(query): SlateQuery<InstrumentsQuery>,
) -> Result<Json<InstrumentList>, ApiError> {
    let app = &state.app;
    let login = query.login.map(|login| Login(login.get()));
    let found = app.instruments(caller, login).await?;
    let items = found.iter().map(|view| InstrumentObject::new(app, view));
    Ok(Json(InstrumentList {
        items: items.collect(),
    }))
}

/// Get Instrument
#[utoipa::path(
    get,
    path = "/instruments/{symbol}",
    operation_id = "get_instrument",
    tag = "Instruments & Groups",
    params(("symbol" = inline(Text<1, 32>), Path), InstrumentsQuery),
    responses((status = 200, description = "Successful Response", body = InstrumentObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlatePath(symbol): SlatePath<Text<1, 32>>,
    SlateQuery(query): SlateQuery<InstrumentsQuery>,
) -> Result<Json<InstrumentObject>, ApiError> {
    let app = &state.app;
    let login = query.login.map(|login| Login(login.get()));
    let found = app.instrument(caller, login, symbol.as_str()).await?;
    Ok(Json(InstrumentObject::new(app, &found)))
}

/// List Quotes
///
/// The last price of every symbol.
#[utoipa::path(
    get,
    path = "/quotes",
    operation_id = "list_quotes",
    tag = "Instruments & Groups",
    responses((status = 200, description = "Successful Response", body = QuoteList)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"])))
)]
pub async fn quotes(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<Json<QuoteList>, ApiError> {
    let found = state.app.quotes(caller).await?;
    let items = found
        .iter()
        .map(|quote| QuoteObject::new(&state.app, quote));
    Ok(Json(QuoteList {
        items: items.collect(),
    }))
}

impl InstrumentObject {
    fn new(app: &App, view: &InstrumentView) -> Self {
        let instrument = &view.instrument;
        let (digits, swap) = (instrument.digits, instrument.swap);
        Self {
            symbol: instrument.symbol.to_string(),
            display_name: instrument.name.clone(),
            asset_class: instrument.class.name(),
            base_currency: instrument.base.map(|base| base.to_string()),
            quote_currency: instrument.quote.to_string(),
            digits,
            point: fixed(1, digits),
            contract_size: instrument.contract_size,
            margin_rate: instrument.margin_rate.ratio(),
            min_lot: lots(instrument.lot_min),
            max_lot: lots(instrument.lot_max),
            lot_step: lots(instrument.lot_step),
            commission_rate: format_decimal(instrument.commission_ppm, 6),
            swap_type: match swap.unit {
                SwapUnit::Points => "points",
                SwapUnit::AnnualPercent => "annual_percent",
            },
            swap_long: format_decimal(swap.long, 2),
            swap_short: format_decimal(swap.short, 2),
            swap_triple_day: swap.triple_name().map(str::to_owned),
            stops_distance: fixed(instrument.stops_distance, digits),
            stale_threshold_ms: instrument.stale_after_ms,
            trading: match instrument.trading {
                Trading::Full => "full",
                Trading::CloseOnly => "close_only",
                Trading::Disabled => "disabled",
            },
            is_offered: view.is_offered,
            hours: HoursObject {
                zone: instrument.hours.zone().to_owned(),
                sessions: instrument.hours.sessions(),
                is_open: view.is_open,
            },
            quote: view
                .quote
                .as_ref()
                .map(|quote| QuoteObject::new(app, quote)),
        }
    }
}

impl QuoteObject {
    pub(crate) fn new(app: &App, view: &QuoteView) -> Self {
        let digits = super::decimals::digits(app, view.symbol);
        Self {
            symbol: view.symbol.to_string(),
            bid: view.quote.map(|quote| price(quote.bid(), digits)),
            ask: view.quote.map(|quote| price(quote.ask(), digits)),
            at: view.at.map(UnixMicros::rfc3339),
            seq: view.seq,
            freshness: match view.freshness {
                Freshness::Fresh => "fresh",
                Freshness::Closed => "closed",
                Freshness::Stale => "stale",
                Freshness::Missing => "missing",
            },
        }
    }
}
