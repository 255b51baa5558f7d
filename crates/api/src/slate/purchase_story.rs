//! `GET /prop/attention/{purchase_id}`: everything that has happened to one purchase, and what can be done about it.

use super::attention::{HistoryLine, actions};
use super::error::ApiError;
use super::extract::SlatePath;
use super::ids::key;
use super::journey_detail::JourneyTransaction;
use crate::ApiState;
use crate::auth::Staff;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::purchase::PurchaseStory;
use touchstone_domain::access::Permission;
use touchstone_domain::claim::FeeState;
use touchstone_domain::ledger::{Book, Entry, HouseAccount, LedgerAccount};
use touchstone_domain::purchase::{Funding, Purchase, State as PurchaseState};
use touchstone_domain::transaction::{Transaction, TransactionState};
use touchstone_domain::{EntityKind, Money, PurchaseId, UnixMicros};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseStoryResponse {
    purchase_id: Uuid,
    /// The purchase's number in the ScaleTrade dialect.
    number: i64,
    /// The journey that it makes or is for; `GET /prop/journeys/{journey_id}` tells that. Null where it has made none.
    journey_id: Option<Uuid>,
    customer_id: Uuid,
    customer_name: String,
    template_id: Uuid,
    /// As it was sold.
    template_name: String,
    /// `wallet`, `cashier`, `grant` or `reset`; of what was bought for a journey later, how that was paid.
    funding: &'static str,
    is_addon: bool,
    addon_codes: Vec<String>,
    promo_code: Option<String>,
    /// Docs: `docs/purchase-states.md`.
    state: String,
    /// A stable code of why it did not become active, or null.
    failure_reason: Option<&'static str>,
    /// What went wrong, in words, or null.
    note: Option<String>,
    amount: String,
    currency: String,
    /// What is taken from the payer, in his account's currency.
    paid_amount: String,
    paid_currency: String,
    /// `earned`, `refund_due`, `refunded` or `charged_back`.
    fee_state: &'static str,
    payer_login: Option<String>,
    account_login: Option<String>,
    granted_by: Option<Uuid>,
    /// Counted from 1; a retry begins another one.
    attempt: i64,
    /// Calls of the present step without a known outcome.
    step_calls: i64,
    /// When it goes on by itself; null when it does not.
    due_at: Option<String>,
    created_at: String,
    updated_at: String,
    /// Everything in the order in which it happened.
    timeline: Vec<StoryLine>,
    /// What a trading server or cashier was asked between commits, call by call.
    history: Vec<HistoryLine>,
    transactions: Vec<JourneyTransaction>,
    /// Of both books.
    entries: Vec<StoryEntry>,
    /// What can be done about it now.
    actions: Vec<StoryAction>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StoryLine {
    at: String,
    /// `state`, `transaction`, `entry` or `decision`.
    kind: &'static str,
    /// What happened: an event of the purchase, a transaction's type and what became of it, an operation, an action.
    event: String,
    /// Of a `state`: where it led to.
    state: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    /// Of a `decision`: who.
    by: Option<String>,
    detail: String,
}

/// An amount left one account and reached another.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoryEntry {
    order_number: i64,
    at: String,
    /// `cash` or `notional`.
    book: &'static str,
    operation: &'static str,
    /// A login, or an account of the house: `fees`, `cashier_clearing`, `customer_money`, `opening_balances`, `payouts`,
    /// `payouts_owed`, `adjustments`, `exchange` or `notional_issued`.
    from_account: String,
    to_account: String,
    amount: String,
    currency: String,
    transaction_id: Option<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StoryAction {
    /// `retry`, `settled`, `cancel`, `approve_payment`, `decline_payment`, `approve_refund`, `refund`, `chargeback` or
    /// `reverse_chargeback`. The rules of the operation may still refuse it.
    action: &'static str,
    method: &'static str,
    path: String,
    /// What it needs.
    permission: &'static str,
    /// Whether you may.
    is_allowed: bool,
}

/// Purchase Detail
///
/// One purchase from its beginning, whatever has become of it: what was asked, moved and decided, what went wrong, and
/// what can be done.
#[utoipa::path(
    get,
    path = "/prop/attention/{purchase_id}",
    operation_id = "purchase_story",
    tag = "Prop trading",
    params(("purchase_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = PurchaseStoryResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<PurchaseStoryResponse>, ApiError> {
    let app = &state.app;
    let id = PurchaseId(key(app, EntityKind::Purchase, id)?);
    let story = app.purchase_story(caller, id).await?;
    Ok(Json(PurchaseStoryResponse::new(app, story)))
}

impl PurchaseStoryResponse {
    fn new(app: &App, story: PurchaseStory) -> Self {
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let timeline = timeline(&story);
        let actions = what_can_be_done(app, &story);
        let purchase = &story.purchase;
        let paid = purchase.paid();
        Self {
            purchase_id: uuid(EntityKind::Purchase, purchase.id.0),
            number: purchase.id.0,
            journey_id: purchase.about().map(|id| uuid(EntityKind::Challenge, id.0)),
            customer_id: uuid(EntityKind::Customer, purchase.customer_id.0),
            customer_name: story.customer_name,
            template_id: uuid(EntityKind::Program, purchase.program_id.0),
            template_name: story.program,
            funding: match purchase.funding {
                Funding::Wallet => "wallet",
                Funding::Cashier => "cashier",
                Funding::Grant => "grant",
                Funding::Reset => "reset",
            },
            is_addon: purchase.adds_to.is_some(),
            addon_codes: purchase.addon_codes.clone(),
            promo_code: purchase.promotion.as_ref().map(|used| used.code.clone()),
            state: purchase.state.name(),
            failure_reason: purchase.failure_reason.map(|reason| reason.name()),
            note: Some(purchase.note.clone()).filter(|note| !note.is_empty()),
            amount: purchase.price.fixed(),
            currency: purchase.price.currency.to_string(),
            paid_amount: paid.fixed(),
            paid_currency: paid.currency.to_string(),
            fee_state: purchase.fee_state.name(),
            payer_login: purchase.payer_login.map(|login| login.to_string()),
            account_login: purchase.account_login.map(|login| login.to_string()),
            granted_by: purchase.granted_by.map(|id| uuid(EntityKind::Staff, id.0)),
            attempt: purchase.attempt,
            step_calls: purchase.step_calls,
            due_at: purchase.due_at.map(UnixMicros::rfc3339),
            created_at: purchase.created_at.rfc3339(),
            updated_at: purchase.updated_at.rfc3339(),
            timeline,
            history: story.history.into_iter().map(HistoryLine::from).collect(),
            transactions: story
                .transactions
                .iter()
                .map(|one| JourneyTransaction::new(app, one))
                .collect(),
            entries: story
                .entries
                .iter()
                .map(|entry| StoryEntry::new(app, entry))
                .collect(),
            actions,
        }
    }
}

impl StoryEntry {
    fn new(app: &App, entry: &Entry) -> Self {
        let transaction = entry.transaction_id;
        Self {
            order_number: entry.order.0,
            at: entry.at.rfc3339(),
            book: match entry.operation.book() {
                Book::Cash => "cash",
                Book::Notional => "notional",
            },
            operation: entry.operation.name(),
            from_account: ledger_account(entry.from),
            to_account: ledger_account(entry.to),
            amount: Money::new(entry.amount_minor, entry.currency).fixed(),
            currency: entry.currency.to_string(),
            transaction_id: transaction
                .map(|id| app.public_ids.uuid(EntityKind::Transaction, id.0)),
        }
    }
}

fn ledger_account(account: LedgerAccount) -> String {
    let house = match account {
        LedgerAccount::Trading(login) => return login.to_string(),
        LedgerAccount::House(house) => house,
    };
    let name = match house {
        HouseAccount::Fees => "fees",
        HouseAccount::CashierClearing => "cashier_clearing",
        HouseAccount::CustomerMoney => "customer_money",
        HouseAccount::OpeningBalances => "opening_balances",
        HouseAccount::Payouts => "payouts",
        HouseAccount::PayoutsOwed => "payouts_owed",
        HouseAccount::Adjustments => "adjustments",
        HouseAccount::Exchange => "exchange",
        HouseAccount::NotionalIssued => "notional_issued",
    };
    name.to_owned()
}

/// A line before it is put in order.
struct Told {
    at: UnixMicros,
    line: StoryLine,
}

fn told(at: UnixMicros, kind: &'static str, event: impl Into<String>) -> Told {
    Told {
        at,
        line: StoryLine {
            at: at.rfc3339(),
            kind,
            event: event.into(),
            state: None,
            amount: None,
            currency: None,
            by: None,
            detail: String::new(),
        },
    }
}

impl Told {
    fn leading_to(mut self, state: &str) -> Self {
        self.line.state = Some(state.to_owned());
        self
    }

    fn of(mut self, amount: Money) -> Self {
        self.line.amount = Some(amount.fixed());
        self.line.currency = Some(amount.currency.to_string());
        self
    }

    fn saying(mut self, detail: &str) -> Self {
        detail.clone_into(&mut self.line.detail);
        self
    }
}

/// What has one instant stands in the order: decided, begun, moved, become.
fn timeline(story: &PurchaseStory) -> Vec<StoryLine> {
    let purchase = &story.purchase;
    let mut lines = Vec::new();
    for one in &story.decisions {
        let mut decision = told(one.at, "decision", &one.action).saying(&one.note);
        decision.line.by = one.actor_name.clone();
        lines.push(decision);
    }
    for one in &story.transactions {
        lines.extend(of_transaction(one));
    }
    for entry in &story.entries {
        let amount = Money::new(entry.amount_minor, entry.currency);
        let ways = format!(
            "{} to {}",
            ledger_account(entry.from),
            ledger_account(entry.to)
        );
        let entry = told(entry.at, "entry", entry.operation.name());
        lines.push(entry.of(amount).saying(&ways));
    }
    for step in &story.history {
        let line = told(step.at, "state", &step.event).leading_to(&step.to_state);
        lines.push(line.saying(&step.detail));
    }
    // What was one commit with its beginning has no step of its own.
    let is_told = story
        .history
        .last()
        .is_some_and(|step| step.to_state == purchase.state.name());
    if !is_told {
        let line = told(purchase.updated_at, "state", "reached").leading_to(&purchase.state.name());
        lines.push(line.saying(&purchase.note));
    }
    lines.sort_by_key(|line| line.at);
    let begun = told(purchase.created_at, "state", "begun");
    let all = std::iter::once(begun).chain(lines);
    all.map(|told| told.line).collect()
}

fn of_transaction(one: &Transaction) -> impl Iterator<Item = Told> {
    let begun = (Some(one.created_at), "requested");
    let ends = [
        begun,
        (one.approved_at, "approved"),
        (one.declined_at, "declined"),
    ];
    let (name, amount, comment) = (one.kind.shown_name(), one.amount, one.comment.clone());
    ends.into_iter().filter_map(move |(at, what)| {
        let line = told(at?, "transaction", format!("{name} {what}"));
        Some(line.of(amount).saying(&comment))
    })
}

fn what_can_be_done(app: &App, story: &PurchaseStory) -> Vec<StoryAction> {
    let purchase = &story.purchase;
    let uuid = |kind, key| app.public_ids.uuid(kind, key);
    let mut all = Vec::new();
    let mut can = |action, method, path: String, permission: Permission| {
        all.push(StoryAction {
            action,
            method,
            path,
            permission: permission.name(),
            is_allowed: story.allowed.has(permission),
        });
    };
    let own = uuid(EntityKind::Purchase, purchase.id.0);
    for action in actions(purchase.state) {
        let path = format!("/prop/attention/{own}/resolve");
        can(action, "POST", path, Permission::ResolveAttention);
    }
    for one in story.transactions.iter().filter(|one| is_open(one)) {
        let path = format!("/transactions/{}", uuid(EntityKind::Transaction, one.id.0));
        let decide = Permission::DecideTransaction;
        if one.kind.is_refund() {
            can("approve_refund", "PATCH", format!("{path}/approve"), decide);
        } else {
            can(
                "approve_payment",
                "PATCH",
                format!("{path}/approve"),
                decide,
            );
            can(
                "decline_payment",
                "PATCH",
                format!("{path}/decline"),
                decide,
            );
        }
    }
    let journey = purchase.about().map(|id| uuid(EntityKind::Challenge, id.0));
    if purchase.state == PurchaseState::AwaitingPayment
        && purchase.adds_to.is_none()
        && let Some(journey) = journey
    {
        let path = format!("/prop/journeys/{journey}/cancel");
        can("cancel", "POST", path, Permission::CancelJourney);
    }
    for (action, path, permission) in
        of_fee(purchase, journey, |key| uuid(EntityKind::Transaction, key))
    {
        can(action, "POST", path, permission);
    }
    all
}

fn is_open(one: &Transaction) -> bool {
    use TransactionState as T;
    matches!(one.state, T::Pending | T::Underpaid)
}

/// What can become of a fee that was delivered for.
fn of_fee(
    purchase: &Purchase,
    journey: Option<Uuid>,
    uuid: impl Fn(i64) -> Uuid,
) -> Vec<(&'static str, String, Permission)> {
    let (refund, back) = (Permission::RefundFee, Permission::ChargeBackFee);
    if purchase.state != PurchaseState::Active || purchase.fee_order.is_none() {
        return Vec::new();
    }
    let fee = purchase
        .transaction_id
        .map(|id| format!("/transactions/{}", uuid(id.0)));
    let is_addon = purchase.adds_to.is_some();
    match (purchase.fee_state, fee, journey) {
        (FeeState::Earned, Some(fee), _) => {
            let back = ("chargeback", format!("{fee}/chargeback"), back);
            let refund = ("refund", format!("{fee}/refund"), refund);
            Some(refund)
                .filter(|_| !is_addon)
                .into_iter()
                .chain([back])
                .collect()
        }
        (FeeState::Earned, None, Some(journey)) if !is_addon => {
            vec![("refund", format!("/prop/journeys/{journey}/refund"), refund)]
        }
        (FeeState::ChargedBack, Some(fee), _) => {
            vec![(
                "reverse_chargeback",
                format!("{fee}/chargeback/reverse"),
                back,
            )]
        }
        _ => Vec::new(),
    }
}
