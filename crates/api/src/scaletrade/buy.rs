//! `POST /prop/challenge/buy` and `/preview`.

use super::error::{ApiError, Code};
use super::extract::ScaleJson;
use super::objects::{ChallengeAccount, ChallengeObject, PurchaseObject};
use crate::ApiState;
use crate::auth::Customer;
use crate::input::Id;
use crate::limits;
use crate::number::Number;
use crate::refund_policy::RefundPolicyObject;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use touchstone_app::purchase::{Bought, BuyError, BuyRequest, Choice, Preview, QueryError, Stop};
use touchstone_domain::program::AddonError;
use touchstone_domain::promotion::Refusal;
use touchstone_domain::purchase::{Block, FailureReason};
use touchstone_domain::{Login, Money, ProgramId};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct BuyBody {
    /// Active prop program id.
    program_id: Id,
    /// Customer account used as payer.
    payer_login: Id,
    /// Retry key that prevents duplicate purchases; at most 128 characters.
    #[serde(default)]
    idempotency_key: Option<String>,
    /// Takes something off the price; capital or small letters.
    #[serde(default)]
    promo_code: Option<String>,
    /// Add-ons that are bought with the program.
    #[serde(default)]
    selected_addon_codes: Option<Vec<String>>,
}

#[derive(Serialize, ToSchema)]
pub struct BuyAnswer {
    pub accepted: bool,
    /// The key was sent before: this is the purchase as it is now.
    pub idempotent: bool,
    pub purchase: PurchaseObject,
    /// Null until the challenge is active.
    pub challenge: Option<ChallengeObject>,
    /// Only with `idempotent`: every challenge of the purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenges: Option<Vec<ChallengeObject>>,
    /// Null until the challenge is active.
    pub account: Option<ChallengeAccount>,
    /// Shown once, in the answer that opened the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporary_password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub must_change_password: Option<bool>,
    /// Omitted for a free program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_order: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_balance_order: Option<i64>,
}

impl From<Bought> for BuyAnswer {
    fn from(bought: Bought) -> Self {
        let challenge = bought.challenge.as_ref().map(ChallengeObject::from);
        let challenges = bought
            .idempotent
            .then(|| bought.challenge.iter().map(ChallengeObject::from).collect());
        let account = bought
            .account
            .as_ref()
            .map(|(account, group)| ChallengeAccount::new(account, group, &bought.brand));
        Self {
            accepted: true,
            idempotent: bought.idempotent,
            purchase: (&bought.purchase).into(),
            challenge,
            challenges,
            account,
            must_change_password: bought
                .account
                .as_ref()
                .map(|(account, _)| account.must_change_password),
            temporary_password: bought.temporary_password,
            payment_order: bought.purchase.fee_order.map(|order| order.0),
            initial_balance_order: bought.purchase.initial_balance_order.map(|order| order.0),
        }
    }
}

impl IntoResponse for BuyAnswer {
    /// 202 while the trading server is still at work.
    fn into_response(self) -> Response {
        let status = if self.challenge.is_some() {
            StatusCode::OK
        } else {
            StatusCode::ACCEPTED
        };
        (status, Json(self)).into_response()
    }
}

/// Buy Prop Challenge
///
/// Buys and activates a prop challenge in one request.
#[utoipa::path(
    post,
    path = "/prop/challenge/buy",
    operation_id = "BuyPropChallenge",
    tag = "ScaleTrade prop",
    request_body = BuyBody,
    responses(
        (status = 200, description = "Bought and active, or the purchase that the key is bound to", body = BuyAnswer),
        (status = 202, description = "Accepted; the trading server is still at work", body = BuyAnswer),
    ),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!([
        "PROGRAM_NOT_FOUND", "PROGRAM_DISABLED", "PROGRAM_HAS_NO_STEPS", "INVALID_PAYER_ACCOUNT",
        "PAYER_ACCOUNT_NOT_REAL", "CURRENCY_CONVERSION_REQUIRED", "CONVERSION_RATE_STALE", "NOT_ENOUGH_FUNDS", "INVALID_DEMO_GROUP",
        "DEMO_GROUP_REQUIRED", "AGREEMENTS_NOT_ACCEPTED", "PROMO_CODE_UNKNOWN", "PROMO_CODE_DISABLED", "PROMO_CODE_NOT_YET_VALID", "PROMO_CODE_EXPIRED",
        "PROMO_CODE_NOT_FOR_PROGRAM", "PROMO_CODE_USED_BY_YOU", "PROMO_CODE_FIRST_PURCHASE_ONLY", "PROMO_CODE_USED_UP",
        "PROMO_CODE_WRONG_CURRENCY", "PROMO_CODE_NOTHING_OFF",
        "IDEMPOTENCY_KEY_CONFLICT", "IDEMPOTENCY_KEY_TOO_LONG", "PAYMENT_FAILED",
        "ACCOUNT_CREATION_FAILED", "INITIAL_BALANCE_FAILED", "CHALLENGE_CREATION_FAILED", "CANCELLED"
    ])))
)]
pub async fn buy(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScaleJson(body): ScaleJson<BuyBody>,
) -> Result<BuyAnswer, ApiError> {
    let request = BuyRequest {
        program_id: ProgramId(body.program_id.get()),
        payer_login: Login(body.payer_login.get()),
        idempotency_key: body.idempotency_key.filter(|key| !key.is_empty()),
        choice: choice(body.promo_code, body.selected_addon_codes)?,
    };
    Ok(state.app.buy(caller, request).await?.into())
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct PreviewBody {
    program_id: Id,
    payer_login: Id,
    /// As in the purchase; nothing is held for whoever looks.
    #[serde(default)]
    promo_code: Option<String>,
    #[serde(default)]
    selected_addon_codes: Option<Vec<String>>,
}

/// What a purchase would cost, or why it cannot be made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PreviewAnswer {
    Possible(Possible),
    Blocked(Blocked),
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Possible {
    /// Always true.
    can_buy: bool,
    price: Number,
    currency: String,
    payer_balance: Number,
    /// What the payer would pay, in his account's currency.
    amount_account_currency: Number,
    /// So much of the payer's currency for one of `currency`, as it is just now: what counts is the rate at the purchase.
    conversion_rate: Number,
    /// Left out where nothing is converted.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_currency: Option<String>,
    /// With a promotion code: the price without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    full_price: Option<Number>,
    /// What the code takes off.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    promo_code: Option<String>,
    /// When the price is given back to whoever asks; left out where it never is.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_policy: Option<RefundPolicyObject>,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Blocked {
    /// Always false.
    can_buy: bool,
    /// A stable code.
    reason: &'static str,
    message: String,
    /// The price; of NOT_ENOUGH_FUNDS what it comes to in the payer's currency.
    required_amount: Number,
    available_balance: Number,
    block_reason_message: String,
}

/// Preview Prop Challenge
///
/// Makes every check of a purchase and changes nothing.
#[utoipa::path(
    post,
    path = "/prop/challenge/preview",
    operation_id = "PreviewPropChallenge",
    tag = "ScaleTrade prop",
    request_body = PreviewBody,
    responses((status = 200, description = "Whether it can be bought", body = PreviewAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["PROGRAM_NOT_FOUND"])))
)]
pub async fn preview(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScaleJson(body): ScaleJson<PreviewBody>,
) -> Result<Json<PreviewAnswer>, ApiError> {
    let preview = state
        .app
        .preview(
            caller,
            ProgramId(body.program_id.get()),
            Login(body.payer_login.get()),
            choice(body.promo_code, body.selected_addon_codes)?,
        )
        .await
        .map_err(program_error)?;
    Ok(Json(preview.into()))
}

impl From<Preview> for PreviewAnswer {
    fn from(preview: Preview) -> Self {
        let available = preview.payer.as_ref().map_or_else(
            || Money::zero(preview.price.currency),
            |payer| Money::new(payer.available_minor(), payer.currency),
        );
        let currency = preview.price.currency;
        let promotion = preview.promotion;
        let converted = preview.conversion;
        let off = promotion.as_ref().map(|code| code.off_minor);
        let money = |minor| Number::money(Money::new(minor, currency));
        match preview.stop {
            None => Self::Possible(Possible {
                can_buy: true,
                price: Number::money(preview.price),
                currency: preview.price.currency.to_string(),
                payer_balance: Number::money(available),
                amount_account_currency: Number::money(
                    converted.map_or(preview.price, |paid| paid.amount),
                ),
                conversion_rate: converted.map_or_else(Number::one, |paid| Number::rate(paid.rate)),
                account_currency: converted.map(|paid| paid.amount.currency.to_string()),
                full_price: off.map(|off| money(preview.price.minor + off)),
                discount: off.map(money),
                promo_code: promotion.map(|code| code.code),
                refund_policy: preview.refund.as_ref().map(Into::into),
                warnings: Vec::new(),
            }),
            Some(stop) => {
                let (reason, message) = told(&stop);
                let required = match stop {
                    Stop::Block(Block::NotEnoughFunds { required, .. }) => required,
                    _ => preview.price,
                };
                Self::Blocked(Blocked {
                    can_buy: false,
                    reason,
                    required_amount: Number::money(required),
                    available_balance: Number::money(available),
                    block_reason_message: message.clone(),
                    message,
                })
            }
        }
    }
}

/// A stable code and a sentence.
fn told(stop: &Stop) -> (&'static str, String) {
    match stop {
        Stop::Block(block) => (block.code(), block.message()),
        Stop::Promotion(refusal) => (refusal.code(), refusal.to_string()),
        Stop::Addons(error) => (Code::InvalidData.as_str(), error.to_string()),
    }
}

/// What is chosen beside the program; an empty code is none, as an empty key is.
fn choice(
    promo_code: Option<String>,
    addon_codes: Option<Vec<String>>,
) -> Result<Choice, ApiError> {
    let addon_codes = addon_codes.unwrap_or_default();
    if addon_codes.len() > limits::ADDON_CODES_MAX {
        let message = "`selected_addon_codes` has too many items";
        return Err(ApiError::new(Code::InvalidData, message).with("field", ADDONS));
    }
    Ok(Choice {
        addon_codes,
        promo_code: promo_code.filter(|code| !code.is_empty()),
    })
}

const ADDONS: &str = "selected_addon_codes";

fn addon_error(error: &AddonError) -> ApiError {
    let place = error.index().map(|index| format!("{ADDONS}[{index}]"));
    let field = place.unwrap_or_else(|| ADDONS.to_owned());
    ApiError::new(Code::InvalidData, format!("`{field}`: {error}")).with("field", field)
}

const fn refusal_code(refusal: Refusal) -> Code {
    match refusal {
        Refusal::Unknown => Code::PromoCodeUnknown,
        Refusal::Disabled => Code::PromoCodeDisabled,
        Refusal::NotYetValid => Code::PromoCodeNotYetValid,
        Refusal::Expired => Code::PromoCodeExpired,
        Refusal::NotForProgram => Code::PromoCodeNotForProgram,
        Refusal::UsedByCustomer => Code::PromoCodeUsedByYou,
        Refusal::FirstPurchaseOnly => Code::PromoCodeFirstPurchaseOnly,
        Refusal::UsedUp => Code::PromoCodeUsedUp,
        Refusal::WrongCurrency => Code::PromoCodeWrongCurrency,
        Refusal::NothingOff => Code::PromoCodeNothingOff,
    }
}

/// The errors of a question about a program.
pub(super) fn program_error(error: QueryError) -> ApiError {
    match error {
        QueryError::NotFound => Code::ProgramNotFound.into(),
        other => other.into(),
    }
}

impl From<BuyError> for ApiError {
    fn from(error: BuyError) -> Self {
        match error {
            BuyError::Session(error) => error.into(),
            BuyError::ProgramNotFound => Code::ProgramNotFound.into(),
            BuyError::Blocked(block) => Self::new(block_code(block), block.message()),
            BuyError::Promotion(refusal) => refusal_code(refusal).into(),
            BuyError::Addons(error) => addon_error(&error),
            BuyError::KeyConflict { field } => Self::new(
                Code::IdempotencyKeyConflict,
                format!("The idempotency key was used with another `{field}`. Send a new key."),
            )
            .with("field", field),
            BuyError::KeyTooLong => {
                Self::from(Code::IdempotencyKeyTooLong).with("field", "idempotency_key")
            }
            BuyError::Failed { reason, bought } => failed(reason, *bought),
            BuyError::Sale(error) => error.into(),
        }
    }
}

/// The code of the step that failed, with the purchase as it stands: what is given back is seen
/// there.
fn failed(reason: FailureReason, bought: Bought) -> ApiError {
    let idempotent = bought.idempotent;
    let purchase = serde_json::to_value(PurchaseObject::from(&bought.purchase)).unwrap_or_default();
    ApiError::from(failure_code(reason))
        .with("purchase", purchase)
        .with("idempotent", idempotent)
}

pub(super) const fn failure_code(reason: FailureReason) -> Code {
    match reason {
        FailureReason::PaymentFailed => Code::PaymentFailed,
        FailureReason::AccountCreationFailed => Code::AccountCreationFailed,
        FailureReason::InitialBalanceFailed => Code::InitialBalanceFailed,
        FailureReason::ChallengeCreationFailed => Code::ChallengeCreationFailed,
        FailureReason::Cancelled
        | FailureReason::PaymentDeclined
        | FailureReason::PaymentExpired => Code::Cancelled,
        FailureReason::AddonNotApplied => Code::AddonNotApplied,
    }
}

/// Buy knows fewer codes than preview: a disabled payer is an invalid one.
pub(super) const fn block_code(block: Block) -> Code {
    match block {
        Block::ProgramDisabled => Code::ProgramDisabled,
        Block::InvalidPayerAccount | Block::PayerAccountDisabled | Block::PayerGroupNotFound => {
            Code::InvalidPayerAccount
        }
        Block::PayerAccountNotReal => Code::PayerAccountNotReal,
        Block::CurrencyConversionRequired { .. } => Code::CurrencyConversionRequired,
        Block::ConversionRateStale { .. } => Code::ConversionRateStale,
        Block::NotEnoughFunds { .. } => Code::NotEnoughFunds,
        Block::ProgramHasNoSteps => Code::ProgramHasNoSteps,
        Block::InvalidDemoGroup => Code::InvalidDemoGroup,
        Block::DemoGroupRequired => Code::DemoGroupRequired,
        Block::AgreementsNotAccepted => Code::AgreementsNotAccepted,
    }
}
