//! Accounts, with everything that has moved their money.

use super::Lists;
use crate::slate::trading::{DealObject, OrderRecord};
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::privacy::AccountExport;
use touchstone_domain::ledger::Entry;
use touchstone_domain::{AccountKind, EntityKind, Money};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct ExportAccount {
    id: Uuid,
    login: String,
    /// `personal` or `challenge`.
    kind: &'static str,
    group: String,
    /// `DEMO` or `REAL`.
    mode: &'static str,
    currency: String,
    leverage: i64,
    balance: String,
    /// Held back for what is not settled yet.
    held: String,
    is_active: bool,
    opened_at: String,
    closed_at: Option<String>,
    /// Finance operations.
    entries: Vec<ExportEntry>,
    orders: Vec<OrderRecord>,
    deals: Vec<DealObject>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ExportEntry {
    order_number: String,
    at: String,
    /// A stable name: `challenge_fee`.
    operation: &'static str,
    /// Below 0 where it has left the account.
    amount: String,
    currency: String,
    comment: &'static str,
}

impl From<&Entry> for ExportEntry {
    fn from(entry: &Entry) -> Self {
        Self {
            order_number: entry.order.to_string(),
            at: entry.at.rfc3339(),
            operation: entry.operation.name(),
            amount: Money::new(entry.signed_minor(), entry.currency).fixed(),
            currency: entry.currency.to_string(),
            comment: entry.operation.comment(),
        }
    }
}

impl ExportAccount {
    pub(super) fn new(app: &App, export: AccountExport, lists: &mut Lists) -> Self {
        let (account, group) = (export.account, export.group);
        let login = account.login;
        let named = |list: &str| format!("accounts.{login}.{list}");
        let entries = lists.take(&named("entries"), export.entries, None);
        let last = export.orders.items.last().map(|order| order.row.id);
        let rest = page(&format!("/accounts/{login}/orders/history"), last);
        let orders = lists.take(&named("orders"), export.orders, Some(rest));
        let last = export.deals.items.last().map(|deal| deal.id);
        let rest = page(&format!("/accounts/{login}/deals"), last);
        let deals = lists.take(&named("deals"), export.deals, Some(rest));
        let money = |minor| Money::new(minor, account.currency).fixed();
        Self {
            id: app.public_ids.uuid(EntityKind::Account, login.0),
            login: login.to_string(),
            kind: match account.kind {
                AccountKind::Personal => "personal",
                AccountKind::Challenge => "challenge",
            },
            group: group.name,
            mode: group.mode.name(),
            currency: account.currency.to_string(),
            leverage: account.leverage,
            balance: money(account.balance_minor),
            held: money(account.held_minor),
            is_active: account.enabled,
            opened_at: account.created_at.rfc3339(),
            closed_at: account.closed_at.map(|at| at.rfc3339()),
            entries: entries.iter().map(Into::into).collect(),
            orders: orders
                .iter()
                .map(|order| OrderRecord::new(app, order))
                .collect(),
            deals: deals
                .iter()
                .map(|deal| DealObject::new(app, deal, account.currency))
                .collect(),
        }
    }
}

/// Where a history goes on below its last row here.
fn page(path: &str, last: Option<i64>) -> String {
    match last {
        Some(last) => format!("{path}?before_id={last}"),
        None => path.to_owned(),
    }
}
