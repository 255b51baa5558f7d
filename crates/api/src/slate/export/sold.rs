//! What somebody has bought, and what became of it.

use super::Lists;
use serde::Serialize;
use serde_json::Value;
use touchstone_app::App;
use touchstone_app::privacy::ChallengeExport;
use touchstone_domain::breach::Breach;
use touchstone_domain::challenge::Phase;
use touchstone_domain::claim::FeeClaim;
use touchstone_domain::purchase::{Funding, Purchase};
use touchstone_domain::{Account, ChallengeId, Currency, EntityKind, Login, Money};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct ExportPurchase {
    id: Uuid,
    /// Its number, as it stands in `api_data` of the ledger.
    number: i64,
    template_id: Uuid,
    /// `wallet`, `cashier`, `grant` or `reset`.
    funding: &'static str,
    state: String,
    failure_reason: Option<&'static str>,
    /// What is paid.
    price: String,
    currency: String,
    promo_code: Option<String>,
    /// What the code takes off.
    discount: Option<String>,
    addon_codes: Vec<String>,
    /// What was bought for its challenge later.
    late_addon_codes: Vec<String>,
    payer_login: Option<String>,
    account_login: Option<String>,
    /// The journey that it made, began anew or added to.
    journey_id: Option<Uuid>,
    transaction_id: Option<Uuid>,
    idempotency_key: Option<String>,
    note: Option<String>,
    /// `earned`, `refund_due`, `refunded` or `charged_back`.
    fee_state: &'static str,
    created_at: String,
    updated_at: String,
}

impl ExportPurchase {
    pub(super) fn new(app: &App, p: Purchase) -> Self {
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let off = |minor| Money::new(minor, p.price.currency).fixed();
        Self {
            id: uuid(EntityKind::Purchase, p.id.0),
            number: p.id.0,
            template_id: uuid(EntityKind::Program, p.program_id.0),
            funding: funding(p.funding),
            state: p.state.name(),
            failure_reason: p.failure_reason.map(|reason| reason.name()),
            price: p.price.fixed(),
            currency: p.price.currency.to_string(),
            discount: p.promotion.as_ref().map(|code| off(code.off_minor)),
            journey_id: p.about().map(|id| uuid(EntityKind::Challenge, id.0)),
            promo_code: p.promotion.map(|code| code.code),
            addon_codes: p.addon_codes,
            late_addon_codes: p.late_addon_codes,
            payer_login: p.payer_login.map(|login| login.to_string()),
            account_login: p.account_login.map(|login| login.to_string()),
            transaction_id: p
                .transaction_id
                .map(|id| uuid(EntityKind::Transaction, id.0)),
            idempotency_key: p.idempotency_key,
            note: Some(p.note).filter(|note| !note.is_empty()),
            fee_state: p.fee_state.name(),
            created_at: p.created_at.rfc3339(),
            updated_at: p.updated_at.rfc3339(),
        }
    }
}

const fn funding(funding: Funding) -> &'static str {
    match funding {
        Funding::Wallet => "wallet",
        Funding::Cashier => "cashier",
        Funding::Grant => "grant",
        Funding::Reset => "reset",
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ExportChallenge {
    journey_id: Uuid,
    number: i64,
    program: String,
    /// `pending`, `active`, `passed`, `failed`, `cancelled` or `awaiting_reset`.
    state: &'static str,
    current_phase_index: i64,
    account_login: String,
    created_at: String,
    started_at: Option<String>,
    ended_at: Option<String>,
    /// In their order; a reset is a further one with the same index.
    phases: Vec<ExportPhase>,
    breaches: Vec<ExportBreach>,
    /// Where its balance over time can be read.
    curve: String,
    /// Where each of its days can be read.
    days: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ExportPhase {
    id: Uuid,
    phase_index: i64,
    account_login: String,
    state: &'static str,
    initial_balance: String,
    final_balance: Option<String>,
    final_equity: Option<String>,
    started_at: String,
    ended_at: Option<String>,
}

/// A rule that was crossed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportBreach {
    id: Uuid,
    account_login: String,
    rule: String,
    /// `warning` or `terminal`.
    severity: &'static str,
    at: String,
    /// Everything that was judged with, as it is stored.
    #[schema(value_type = Value)]
    evidence: Value,
    /// SHA-256 of this record and the one before it.
    hash: String,
    /// `pending`, `confirmed` or `reverted`.
    review_status: &'static str,
    reviewed_at: Option<String>,
    review_reason: Option<String>,
}

impl ExportChallenge {
    pub(super) fn new(
        app: &App,
        export: ChallengeExport,
        accounts: &[Account],
        lists: &mut Lists,
    ) -> Self {
        let c = export.challenge;
        let number = c.id.0;
        let breaches = lists.take(
            &format!("challenges.{number}.breaches"),
            export.breaches,
            Some(page_of(c.id, "breaches")),
        );
        let phases = export.phases.iter();
        Self {
            journey_id: app.public_ids.uuid(EntityKind::Challenge, number),
            number,
            program: export.program,
            state: c.state.name(),
            current_phase_index: c.current_phase_index,
            account_login: c.account_login.to_string(),
            created_at: c.created_at.rfc3339(),
            started_at: c.started_at.map(|at| at.rfc3339()),
            ended_at: c.ended_at.map(|at| at.rfc3339()),
            phases: phases
                .map(|phase| ExportPhase::new(app, phase, currency(accounts, phase.account_login)))
                .collect(),
            breaches: breaches
                .into_iter()
                .map(|breach| ExportBreach::new(app, breach))
                .collect(),
            curve: page_of(c.id, "metrics"),
            days: page_of(c.id, "days"),
        }
    }
}

fn page_of(challenge: ChallengeId, what: &str) -> String {
    format!("/prop/challenges/{}/{what}", challenge.0)
}

fn currency(accounts: &[Account], login: Login) -> Currency {
    let account = accounts.iter().find(|account| account.login == login);
    account.map_or(Currency::USD, |account| account.currency)
}

impl ExportPhase {
    fn new(app: &App, phase: &Phase, currency: Currency) -> Self {
        let money = |minor| Money::new(minor, currency).fixed();
        Self {
            id: app.public_ids.uuid(EntityKind::Phase, phase.id.0),
            phase_index: phase.phase_index,
            account_login: phase.account_login.to_string(),
            state: phase.state.name(),
            initial_balance: money(phase.size_minor()),
            final_balance: phase.final_balance_minor.map(money),
            final_equity: phase.final_equity_minor.map(money),
            started_at: phase.started_at.rfc3339(),
            ended_at: phase.ended_at.map(|at| at.rfc3339()),
        }
    }
}

impl ExportBreach {
    fn new(app: &App, breach: Breach) -> Self {
        Self {
            id: app.public_ids.uuid(EntityKind::Breach, breach.id.0),
            account_login: breach.login.to_string(),
            rule: breach.rule,
            severity: breach.severity.name(),
            at: breach.at.rfc3339(),
            evidence: serde_json::from_str(&breach.evidence).unwrap_or(Value::Null),
            hash: hex::encode(&breach.hash),
            review_status: breach.review.name(),
            reviewed_at: breach.reviewed_at.map(|at| at.rfc3339()),
            review_reason: Some(breach.review_reason).filter(|reason| !reason.is_empty()),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ExportClaim {
    journey_id: Uuid,
    purchase_id: Uuid,
    /// `refund` or `chargeback`.
    kind: &'static str,
    amount: String,
    currency: String,
    reason: Option<String>,
    made_at: String,
    /// When a dispute was won.
    reversed_at: Option<String>,
}

impl ExportClaim {
    pub(super) fn new(app: &App, claim: &FeeClaim) -> Self {
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let reason = Some(claim.reason.clone());
        Self {
            journey_id: uuid(EntityKind::Challenge, claim.challenge_id.0),
            purchase_id: uuid(EntityKind::Purchase, claim.purchase_id.0),
            kind: claim.kind.name(),
            amount: claim.amount.fixed(),
            currency: claim.amount.currency.to_string(),
            reason: reason.filter(|reason| !reason.is_empty()),
            made_at: claim.made_at.rfc3339(),
            reversed_at: claim.reversal.map(|reversal| reversal.at.rfc3339()),
        }
    }
}
