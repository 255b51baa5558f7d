//! The statements, one file per aggregate. A function here loads, locks or writes rows and
//! decides nothing; what a row means is told by the domain.

pub mod account_list;
pub mod accounts;
pub mod agreements;
pub mod api_tokens;
pub mod audit;
pub mod audit_list;
pub mod board;
pub mod brands;
pub mod certificates;
pub mod challenges;
pub mod check;
pub mod claims;
pub mod customer_list;
pub mod customers;
pub mod desk;
pub mod erasure;
pub mod events;
pub mod exports;
pub mod groups;
pub mod growth;
pub mod health;
pub mod inbox;
pub mod journey_list;
pub mod kyc_events;
pub mod ledger;
pub mod letters;
pub mod mail;
pub mod news;
pub mod numbers;
pub mod password_resets;
pub mod payouts;
pub mod programs;
pub mod promotions;
pub mod purchases;
pub mod sessions;
pub mod settings;
pub mod staff;
pub mod totp;
pub mod transaction_list;
pub mod transactions;
pub mod webhook_deliveries;
pub mod webhooks;

use crate::{Counter, StoreError};
use touchstone_domain::{Currency, UnixMicros};

/// Every counter there is. Each has a row from the first migration's seed on, or begins with 1.
pub mod counters {
    use super::Counter;

    pub const BRAND: Counter = Counter("brand");
    pub const STAFF: Counter = Counter("staff");
    pub const CUSTOMER: Counter = Counter("customer");
    pub const SESSION: Counter = Counter("session");
    pub const GROUP: Counter = Counter("account_group");
    pub const LOGIN: Counter = Counter("login");
    pub const PROGRAM: Counter = Counter("program");
    pub const PROGRAM_VERSION: Counter = Counter("program_version");
    pub const PURCHASE: Counter = Counter("purchase");
    pub const PURCHASE_STEP: Counter = Counter("purchase_step");
    pub const CHALLENGE: Counter = Counter("challenge");
    pub const PHASE: Counter = Counter("phase");
    pub const BREACH: Counter = Counter("breach");
    pub const ORDER: Counter = Counter("order");
    /// Of accounts that a pass opens, where they are numbered apart.
    pub const PHASE_LOGIN: Counter = Counter("phase_login");
    /// Of what funds them.
    pub const PHASE_ORDER: Counter = Counter("phase_order");
    pub const TRANSACTION: Counter = Counter("transaction");
    pub const API_TOKEN: Counter = Counter("api_token");
    pub const AUDIT: Counter = Counter("audit");
    pub const PROMOTION: Counter = Counter("promotion");
    pub const PROMOTION_USE: Counter = Counter("promotion_use");
    pub const AGREEMENT: Counter = Counter("agreement");
    pub const NEWS: Counter = Counter("news");
    pub const PAYOUT: Counter = Counter("payout");
    pub const FEE_CLAIM: Counter = Counter("fee_claim");
    pub const MAIL: Counter = Counter("mail");
    pub const WEBHOOK: Counter = Counter("webhook");
    pub const WEBHOOK_DELIVERY: Counter = Counter("webhook_delivery");
    pub const PASSWORD_RESET_REQUEST: Counter = Counter("password_reset_request");
}

fn currency(text: &str, index: usize) -> Result<Currency, StoreError> {
    text.parse().map_err(|_| StoreError::Column {
        index,
        expected: "a currency code",
    })
}

fn known<T>(value: Option<T>, index: usize, expected: &'static str) -> Result<T, StoreError> {
    value.ok_or(StoreError::Column { index, expected })
}

fn opt_micros(value: Option<i64>) -> Option<UnixMicros> {
    value.map(UnixMicros)
}
