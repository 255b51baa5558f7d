//! `GET /prop/groups`.

use super::super::error::ApiError;
use super::decimals::lots;
use crate::ApiState;
use crate::auth::Staff;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::templates::GroupView;
use touchstone_app::trading_desk::{Booking, HedgedMargin, Instrument, Trading};
use touchstone_domain::EntityKind;
use touchstone_domain::basis_points::format_decimal;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct GroupList {
    items: Vec<GroupObject>,
    total: usize,
}

/// What accounts are opened in: phases of templates name it by `group_id`.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupObject {
    group_id: Uuid,
    name: String,
    /// `DEMO` or `REAL`.
    account_mode: &'static str,
    currency: String,
    leverage: i64,
    /// What a new account begins with where nothing else says it.
    default_deposit: Number,
    is_enabled: bool,
    /// Whether customers may open accounts of it themselves.
    public_opening: bool,
    /// `hedging` (every order is a position of its own) or `netting` (one position for each symbol).
    booking: &'static str,
    /// Open positions at once.
    max_positions: Option<usize>,
    /// Waiting orders at once.
    max_orders: usize,
    /// Equity in percent of the margin at or below which an account is warned, and its positions are closed.
    margin_call_pct: Number,
    stop_out_pct: Number,
    /// Margin of opposite positions: that of the `larger_leg`, or of `both`.
    hedged_margin: &'static str,
    /// Why the desk cannot run it, or null.
    fault: Option<String>,
    /// What it trades, on its own terms.
    instruments: Vec<GroupInstrument>,
    /// Symbols whose profit nothing turns into its currency.
    left_out: Vec<String>,
    /// Those that open accounts in it.
    programs: Vec<GroupProgram>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GroupInstrument {
    symbol: String,
    display_name: String,
    /// `fx`, `metal`, `index` or `crypto`.
    asset_class: &'static str,
    /// The least share of a position's worth that must be had: 0.01 is 1:100.
    margin_rate: String,
    min_lot: String,
    max_lot: String,
    /// For each side, a share of what is dealt.
    commission_rate: String,
    /// `full`, `close_only` or `disabled`.
    trading: &'static str,
    /// Whether the group has terms of its own for it.
    is_changed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GroupProgram {
    template_id: Uuid,
    name: String,
    /// Names of the phases.
    phases: Vec<String>,
}

/// List Groups
///
/// Every group of the brand, with its terms and the programs that open accounts in it. The firm file makes and changes them.
#[utoipa::path(
    get,
    path = "/prop/groups",
    operation_id = "list_prop_groups",
    tag = "Prop trading",
    responses((status = 200, description = "Successful Response", body = GroupList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
) -> Result<Json<GroupList>, ApiError> {
    let found = state.app.groups(caller).await?;
    let items = found.iter().map(|view| GroupObject::new(&state.app, view));
    Ok(Json(GroupList {
        total: found.len(),
        items: items.collect(),
    }))
}

impl GroupObject {
    fn new(app: &App, view: &GroupView) -> Self {
        let (group, trading) = (&view.group, &view.trading);
        let conditions = view.terms.as_ref().ok().map(|terms| terms.conditions);
        let terms = view.terms.iter().flat_map(|terms| terms.iter());
        let instruments = terms.map(|terms| {
            let symbol = terms.instrument.symbol;
            GroupInstrument::new(&terms.instrument, trading.instruments.contains_key(&symbol))
        });
        Self {
            group_id: app.public_ids.uuid(EntityKind::Group, group.id.0),
            name: group.name.clone(),
            account_mode: group.mode.name(),
            currency: group.currency.to_string(),
            leverage: group.leverage,
            default_deposit: Number::money(group.default_deposit()),
            is_enabled: group.enabled,
            public_opening: group.public_opening,
            booking: match trading.booking {
                Booking::Hedging => "hedging",
                Booking::Netting => "netting",
            },
            max_positions: conditions.map(|conditions| conditions.max_positions),
            max_orders: trading.max_orders,
            margin_call_pct: Number::percent(trading.margin_call),
            stop_out_pct: Number::percent(trading.stop_out),
            hedged_margin: match trading.hedged_margin {
                HedgedMargin::LargerLeg => "larger_leg",
                HedgedMargin::Both => "both",
            },
            fault: view.terms.as_ref().err().cloned(),
            instruments: instruments.collect(),
            left_out: view.left_out.iter().map(ToString::to_string).collect(),
            programs: programs(app, view),
        }
    }
}

fn programs(app: &App, view: &GroupView) -> Vec<GroupProgram> {
    let programs = view.programs.iter();
    programs
        .map(|(program, phases)| GroupProgram {
            template_id: app.public_ids.uuid(EntityKind::Program, program.id.0),
            name: program.current.terms.name.clone(),
            phases: phases.clone(),
        })
        .collect()
}

impl GroupInstrument {
    fn new(instrument: &Instrument, is_changed: bool) -> Self {
        Self {
            symbol: instrument.symbol.to_string(),
            display_name: instrument.name.clone(),
            asset_class: instrument.class.name(),
            margin_rate: instrument.margin_rate.ratio(),
            min_lot: lots(instrument.lot_min),
            max_lot: lots(instrument.lot_max),
            commission_rate: format_decimal(instrument.commission_ppm, 6),
            trading: match instrument.trading {
                Trading::Full => "full",
                Trading::CloseOnly => "close_only",
                Trading::Disabled => "disabled",
            },
            is_changed,
        }
    }
}
