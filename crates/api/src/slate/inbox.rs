//! `GET /prop/inbox`: everything that waits for a person.

use super::error::ApiError;
use crate::ApiState;
use crate::auth::Staff;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use touchstone_app::inbox::{COUNTED_MAX, InboxLine, Matter};
use touchstone_domain::UnixMicros;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Inbox {
    /// Of every kind that you may see, also where nothing waits.
    items: Vec<InboxItem>,
    as_of: String,
}

/// One kind of thing that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxItem {
    /// `stuck_purchases`, `refunds_due` (also what came in too much or too late), `underpaid_payments`, `withdrawals`,
    /// `payments_waiting` (fees and deposits, most of them unpaid), `breaches`, `payouts_to_approve`,
    /// `payouts_to_approve_second`, `payouts_to_send`, `payouts_on_their_way` or `kyc`.
    kind: &'static str,
    count: i64,
    /// There are as many or more: no more are counted.
    is_more: bool,
    /// Since when the oldest waits; null when none does.
    oldest_at: Option<String>,
    /// The list that shows them.
    path: &'static str,
    query: &'static str,
    /// Whether you may decide about them; you may see them at least.
    can_decide: bool,
}

/// Inbox
///
/// How much waits for a person, of each kind that you may see.
#[utoipa::path(
    get,
    path = "/prop/inbox",
    operation_id = "inbox",
    tag = "Prop trading",
    responses((status = 200, description = "Successful Response", body = Inbox)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
) -> Result<Json<Inbox>, ApiError> {
    let lines = state.app.inbox(caller).await?;
    Ok(Json(Inbox {
        items: lines.iter().map(InboxItem::new).collect(),
        as_of: state.app.now().rfc3339(),
    }))
}

/// Its name, and where the list of them is.
const fn told(matter: Matter) -> (&'static str, &'static str, &'static str) {
    match matter {
        Matter::StuckPurchases => ("stuck_purchases", "/prop/attention", ""),
        Matter::RefundsDue => (
            "refunds_due",
            "/transactions",
            "status=PENDING&type=CHALLENGE_FEE_REFUND&type=DEPOSIT_REFUND",
        ),
        Matter::Underpaid => ("underpaid_payments", "/transactions", "status=UNDERPAID"),
        Matter::Withdrawals => (
            "withdrawals",
            "/transactions",
            "status=PENDING&type=WITHDRAWAL",
        ),
        Matter::Payments => (
            "payments_waiting",
            "/transactions",
            "status=PENDING&type=CHALLENGE_FEE&type=CHALLENGE_RESET_FEE&type=CHALLENGE_ADDON_FEE&type=DEPOSIT",
        ),
        Matter::Breaches => ("breaches", "/prop/breach-events", "status=pending"),
        Matter::Payouts => ("payouts_to_approve", "/prop/payouts", "status=pending"),
        Matter::PayoutsSecond => (
            "payouts_to_approve_second",
            "/prop/payouts",
            "status=awaiting_second_approval",
        ),
        Matter::PayoutsToSend => ("payouts_to_send", "/prop/payouts", "status=approved"),
        Matter::PayoutsOnTheirWay => ("payouts_on_their_way", "/prop/payouts", "status=disbursing"),
        Matter::Identities => ("kyc", "/customers", "kyc_status=pending"),
    }
}

impl InboxItem {
    fn new(line: &InboxLine) -> Self {
        let (kind, path, query) = told(line.matter);
        Self {
            kind,
            count: line.waiting.count,
            is_more: line.waiting.count >= COUNTED_MAX,
            oldest_at: line.waiting.oldest.map(UnixMicros::rfc3339),
            path,
            query,
            can_decide: line.may_decide,
        }
    }
}
