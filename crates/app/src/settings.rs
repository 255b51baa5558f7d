//! What an operator can set, and every limit of the use cases, in one place.

use crate::cashier::WebhookSecret;
use crate::desk::settings::DeskSettings;
use crate::kyc::KycPage;
use crate::webhooks::Guard;
use std::collections::BTreeMap;
use std::sync::Arc;

const SECONDS_PER_DAY: i64 = 86_400;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Life of an access token.
    pub access_token_seconds: i64,
    /// Life of a session that nobody refreshes.
    pub refresh_token_seconds: i64,
    /// Life of a terminal's `__token`, which has no refresh.
    pub terminal_session_seconds: i64,
    pub password_reset_seconds: i64,
    /// An enrolment or grant that nobody paid ends after this time.
    pub unpaid_after_seconds: i64,
    /// Enrolments and grants of one customer that may wait for payment at once.
    pub pending_journeys_limit: i64,
    /// Deposits of one customer that may wait for payment at once.
    pub pending_deposits_limit: i64,
    /// Withdrawals of one customer that may wait for staff at once.
    pub pending_withdrawals_limit: i64,
    /// Payouts of more than so much, in whole units of their currency, are approved by two people; `None`: by one.
    pub second_approval_above: Option<i64>,
    /// How long a page of the built-in cashier stays open.
    pub cashier_session_seconds: i64,
    /// Payment providers by name, each with the secrets that its webhook may be signed with:
    /// several while one is replaced.
    pub payment_webhooks: BTreeMap<String, Vec<WebhookSecret>>,
    /// Providers of identity checks by name, each with the secrets that its messages may be signed with.
    pub kyc_webhooks: BTreeMap<String, Vec<WebhookSecret>>,
    /// Where customers have their identity checked; `None`: staff say what is known.
    pub kyc_page: Option<KycPage>,
    /// Feeds of prices by name, each with the secrets that its batches may be signed with.
    pub feeds: BTreeMap<Arc<str>, Vec<WebhookSecret>>,
    pub remote_trading: RemoteTrading,
    /// Where messages to endpoints of the firm may go.
    pub webhook_guard: Guard,
    pub desk: DeskSettings,
    /// Base of links that are sent out, as `https://prop.example.com`.
    pub public_url: String,
}

/// How a remote trading server is treated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteTrading {
    /// How long a request waits for the end of its purchase before it answers 202.
    pub answer_within_ms: u64,
    /// How long one call may take before its outcome counts as unknown.
    pub call_timeout_ms: u64,
    /// First pause after an unknown outcome; it doubles with each further one.
    pub retry_after_ms: i64,
    /// Longest pause.
    pub retry_at_most_ms: i64,
    /// Unknown outcomes of one step before a person is asked.
    pub calls_limit: i64,
}

impl Default for RemoteTrading {
    fn default() -> Self {
        Self {
            answer_within_ms: 5_000,
            call_timeout_ms: 10_000,
            retry_after_ms: 500,
            retry_at_most_ms: 60_000,
            calls_limit: 20,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_token_seconds: 900,
            refresh_token_seconds: 30 * SECONDS_PER_DAY,
            terminal_session_seconds: SECONDS_PER_DAY,
            password_reset_seconds: 3_600,
            unpaid_after_seconds: 7 * SECONDS_PER_DAY,
            pending_journeys_limit: 10,
            pending_deposits_limit: 10,
            pending_withdrawals_limit: 10,
            second_approval_above: None,
            cashier_session_seconds: 3_600,
            payment_webhooks: BTreeMap::new(),
            kyc_webhooks: BTreeMap::new(),
            kyc_page: None,
            feeds: BTreeMap::new(),
            remote_trading: RemoteTrading::default(),
            webhook_guard: Guard::default(),
            desk: DeskSettings::default(),
            public_url: "http://127.0.0.1:8080".into(),
        }
    }
}
