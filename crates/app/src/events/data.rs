//! What each kind of event carries: read from the stored body, told with the keys of both dialects.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use touchstone_domain::{Currency, EntityKind, Money, PublicIds};
use touchstone_store::Event;
use uuid::Uuid;

/// How keys are told.
pub(super) struct Names<'a> {
    pub ids: &'a PublicIds,
}

impl Names<'_> {
    fn uuid(&self, kind: EntityKind, key: i64) -> Uuid {
        self.ids.uuid(kind, key)
    }
}

fn amount(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).fixed()
}

/// A form that is read from `$stored` fields and told with `$told` ones.
macro_rules! forms {
    ($($(#[$meta:meta])* $shape:ident = $told:ident from $stored:ident;)+) => {
        /// The form of what a kind of event carries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Shape {
            $($(#[$meta])* $shape,)+
        }

        impl Shape {
            /// JSON Schema of the event's `data`.
            pub fn schema(self) -> Schema {
                match self {
                    $(Self::$shape => schema_for!($told),)+
                }
            }

            pub(super) fn read(
                self,
                event: &Event,
                names: &Names<'_>,
            ) -> Result<serde_json::Value, serde_json::Error> {
                match self {
                    $(Self::$shape => {
                        let stored: $stored = serde_json::from_str(&event.body)?;
                        serde_json::to_value($told::new(event, stored, names))
                    })+
                }
            }
        }
    };
}

forms! {
    Purchase = PurchaseData from StoredPurchase;
    Challenge = ChallengeData from StoredChallenge;
    Claim = ClaimData from StoredClaim;
    Account = AccountData from StoredNothing;
    Growth = GrowthData from StoredGrowth;
    Breach = BreachData from StoredBreach;
    Review = ReviewData from StoredReview;
    Payout = PayoutData from StoredPayout;
    Transaction = TransactionData from StoredTransaction;
    Kyc = KycData from StoredKyc;
    Customer = CustomerData from StoredNothing;
    Webhook = WebhookData from StoredWebhook;
}

#[derive(Deserialize)]
struct StoredNothing {}

#[derive(Deserialize)]
struct StoredPurchase {
    program_id: i64,
    state: String,
    failure_reason: Option<String>,
    account_login: Option<i64>,
}

/// A purchase, and where it stands.
#[derive(Serialize, JsonSchema)]
struct PurchaseData {
    purchase_id: i64,
    #[schemars(with = "String")]
    purchase_uuid: Uuid,
    program_id: i64,
    /// The program as Slate calls it.
    #[schemars(with = "String")]
    template_uuid: Uuid,
    /// The state of the purchase.
    state: String,
    failure_reason: Option<String>,
    /// The account that it has opened.
    account_login: Option<i64>,
}

impl PurchaseData {
    fn new(event: &Event, stored: StoredPurchase, names: &Names<'_>) -> Self {
        Self {
            purchase_id: event.subject_id,
            purchase_uuid: names.uuid(EntityKind::Purchase, event.subject_id),
            program_id: stored.program_id,
            template_uuid: names.uuid(EntityKind::Program, stored.program_id),
            state: stored.state,
            failure_reason: stored.failure_reason,
            account_login: stored.account_login,
        }
    }
}

#[derive(Deserialize)]
struct StoredChallenge {
    phase_index: i64,
    account_login: i64,
}

/// A phase of a challenge.
#[derive(Serialize, JsonSchema)]
struct ChallengeData {
    /// 1 for the first.
    phase_index: i64,
    account_login: i64,
}

impl ChallengeData {
    fn new(_: &Event, stored: StoredChallenge, _: &Names<'_>) -> Self {
        Self {
            phase_index: stored.phase_index,
            account_login: stored.account_login,
        }
    }
}

#[derive(Deserialize)]
struct StoredClaim {
    purchase_id: i64,
    account_login: i64,
    amount_minor: i64,
    currency: Currency,
    effect: serde_json::Value,
}

/// A fee that goes back after the delivery.
#[derive(Serialize, JsonSchema)]
struct ClaimData {
    purchase_id: i64,
    #[schemars(with = "String")]
    purchase_uuid: Uuid,
    account_login: i64,
    /// Major units, with all decimals of the currency.
    amount: String,
    currency: String,
    /// What it does to the challenge.
    effect: serde_json::Value,
}

impl ClaimData {
    fn new(_: &Event, stored: StoredClaim, names: &Names<'_>) -> Self {
        Self {
            purchase_id: stored.purchase_id,
            purchase_uuid: names.uuid(EntityKind::Purchase, stored.purchase_id),
            account_login: stored.account_login,
            amount: amount(stored.amount_minor, stored.currency),
            currency: stored.currency.to_string(),
            effect: stored.effect,
        }
    }
}

/// A trading account.
#[derive(Serialize, JsonSchema)]
struct AccountData {
    account_login: i64,
}

impl AccountData {
    fn new(event: &Event, _: StoredNothing, _: &Names<'_>) -> Self {
        Self {
            account_login: event.subject_id,
        }
    }
}

#[derive(Deserialize)]
struct StoredGrowth {
    account_login: i64,
    number: i64,
    amount_minor: i64,
    currency: Currency,
}

/// How an account has grown.
#[derive(Serialize, JsonSchema)]
struct GrowthData {
    account_login: i64,
    /// 1 for its first growth.
    number: i64,
    /// By how much, in major units with all decimals of the currency.
    amount: String,
    currency: String,
}

impl GrowthData {
    fn new(_: &Event, stored: StoredGrowth, _: &Names<'_>) -> Self {
        Self {
            account_login: stored.account_login,
            number: stored.number,
            amount: amount(stored.amount_minor, stored.currency),
            currency: stored.currency.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct StoredBreach {
    breach_id: i64,
    rule: String,
    severity: String,
    login: i64,
}

/// A rule that was crossed.
#[derive(Serialize, JsonSchema)]
struct BreachData {
    breach_id: i64,
    #[schemars(with = "String")]
    breach_uuid: Uuid,
    /// The rule by its stable name.
    rule: String,
    /// `warning` or `terminal`.
    severity: String,
    account_login: i64,
}

impl BreachData {
    fn new(_: &Event, stored: StoredBreach, names: &Names<'_>) -> Self {
        Self {
            breach_id: stored.breach_id,
            breach_uuid: names.uuid(EntityKind::Breach, stored.breach_id),
            rule: stored.rule,
            severity: stored.severity,
            account_login: stored.login,
        }
    }
}

#[derive(Deserialize)]
struct StoredReview {
    breach_id: i64,
    login: i64,
}

/// A breach that was looked at.
#[derive(Serialize, JsonSchema)]
struct ReviewData {
    breach_id: i64,
    #[schemars(with = "String")]
    breach_uuid: Uuid,
    account_login: i64,
}

impl ReviewData {
    fn new(_: &Event, stored: StoredReview, names: &Names<'_>) -> Self {
        Self {
            breach_id: stored.breach_id,
            breach_uuid: names.uuid(EntityKind::Breach, stored.breach_id),
            account_login: stored.login,
        }
    }
}

#[derive(Deserialize)]
struct StoredPayout {
    payout_id: i64,
    account_login: i64,
    status: String,
    number: i64,
    trader_minor: i64,
    currency: Currency,
}

/// A payout, and where it stands.
#[derive(Serialize, JsonSchema)]
struct PayoutData {
    payout_id: i64,
    #[schemars(with = "String")]
    payout_uuid: Uuid,
    account_login: i64,
    status: String,
    /// 1 for the first of the challenge.
    number: i64,
    /// The trader's part, in major units with all decimals of the currency.
    amount: String,
    currency: String,
}

impl PayoutData {
    fn new(_: &Event, stored: StoredPayout, names: &Names<'_>) -> Self {
        Self {
            payout_id: stored.payout_id,
            payout_uuid: names.uuid(EntityKind::Payout, stored.payout_id),
            account_login: stored.account_login,
            status: stored.status,
            number: stored.number,
            amount: amount(stored.trader_minor, stored.currency),
            currency: stored.currency.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct StoredTransaction {
    transaction_id: i64,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    purchase_id: Option<i64>,
    related_id: Option<i64>,
    amount_minor: i64,
    currency: Currency,
    received_minor: Option<i64>,
}

/// A payment, and where it stands.
#[derive(Serialize, JsonSchema)]
struct TransactionData {
    transaction_id: i64,
    #[schemars(with = "String")]
    transaction_uuid: Uuid,
    /// As `GET /transactions` names it.
    #[serde(rename = "type")]
    kind: String,
    status: String,
    purchase_id: Option<i64>,
    #[schemars(with = "Option<String>")]
    purchase_uuid: Option<Uuid>,
    /// Of a refund: what it gives back.
    #[schemars(with = "Option<String>")]
    related_transaction_uuid: Option<Uuid>,
    /// Major units, with all decimals of the currency.
    amount: String,
    /// What has come in, where that is told.
    received: Option<String>,
    currency: String,
}

impl TransactionData {
    fn new(_: &Event, stored: StoredTransaction, names: &Names<'_>) -> Self {
        let of = |kind, key: Option<i64>| key.map(|key| names.uuid(kind, key));
        Self {
            transaction_id: stored.transaction_id,
            transaction_uuid: names.uuid(EntityKind::Transaction, stored.transaction_id),
            kind: stored.kind,
            status: stored.status,
            purchase_id: stored.purchase_id,
            purchase_uuid: of(EntityKind::Purchase, stored.purchase_id),
            related_transaction_uuid: of(EntityKind::Transaction, stored.related_id),
            amount: amount(stored.amount_minor, stored.currency),
            received: stored
                .received_minor
                .map(|minor| amount(minor, stored.currency)),
            currency: stored.currency.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct StoredKyc {
    kyc: String,
}

/// The state of a customer's papers.
#[derive(Serialize, JsonSchema)]
struct KycData {
    kyc: String,
}

impl KycData {
    fn new(_: &Event, stored: StoredKyc, _: &Names<'_>) -> Self {
        Self { kyc: stored.kyc }
    }
}

/// A customer: the event itself says which.
#[derive(Serialize, JsonSchema)]
struct CustomerData {}

impl CustomerData {
    fn new(_: &Event, _: StoredNothing, _: &Names<'_>) -> Self {
        Self {}
    }
}

#[derive(Deserialize)]
struct StoredWebhook {
    reason: String,
}

/// An endpoint that was switched off.
#[derive(Serialize, JsonSchema)]
struct WebhookData {
    webhook_id: i64,
    /// `failures` or `gone`.
    reason: String,
}

impl WebhookData {
    fn new(event: &Event, stored: StoredWebhook, _: &Names<'_>) -> Self {
        Self {
            webhook_id: event.subject_id,
            reason: stored.reason,
        }
    }
}
