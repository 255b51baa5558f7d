//! ScaleTrade's errors: `{"error": CODE, "message": text}`.

use std::{borrow::Cow, time::Duration};

use axum::{
    Json,
    http::header::RETRY_AFTER,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{error_codes::error_codes, retry::retry_after_value};

error_codes! {
    /// Every code of the ScaleTrade dialect.
    Code {
        InvalidJson = "INVALID_JSON", BAD_REQUEST, "The body is not JSON";
        InvalidData = "INVALID_DATA", BAD_REQUEST, "A field or parameter is missing, mistyped or out of range; `field` names it";
        InvalidCustomerSession = "INVALID_CUSTOMER_SESSION", UNAUTHORIZED, "No valid session token was sent";
        Forbidden = "FORBIDDEN", FORBIDDEN, "The session is of a kind that may not do this";
        TotpEnrollmentRequired = "OTP_ENROLLMENT_REQUIRED", FORBIDDEN, "The brand wants a second factor of its staff: `POST /auth/totp/enroll`, then `POST /auth/totp/confirm`";
        PasswordChangeRequired = "PASSWORD_CHANGE_REQUIRED", FORBIDDEN, "The account's owner has to set his own password first";
        CustomerNotFoundOrIncorrect = "CUSTOMER_NOT_FOUND_OR_INCORRECT", FORBIDDEN, "Unknown e-mail or login, or the password does not fit";
        OtpRequired = "OTP_REQUIRED", FORBIDDEN, "The password fits; send it again with `otp_code`";
        InvalidOtpCode = "INVALID_OTP_CODE", FORBIDDEN, "The code does not fit, is out of date, or was taken before";
        OtpNotConfigured = "OTP_NOT_CONFIGURED", FORBIDDEN, "There is no secret that a code could fit; ask for one first";
        OtpAlreadyEnabled = "OTP_ALREADY_ENABLED", CONFLICT, "The second factor is on; disable it first";
        CustomerDisabled = "CUSTOMER_DISABLED", FORBIDDEN, "The customer or account is disabled";
        BrandRequired = "BRAND_REQUIRED", BAD_REQUEST, "E-mail and password fit in several brands; name one";
        InvalidGroup = "INVALID_GROUP", BAD_REQUEST, "There is no such group";
        GroupDisabled = "GROUP_DISABLED", FORBIDDEN, "The group takes no new accounts";
        GroupNotPublic = "GROUP_NOT_PUBLIC", FORBIDDEN, "Customers cannot open accounts of this group themselves";
        DemoOpeningDisabled = "DEMO_OPENING_DISABLED", FORBIDDEN, "The brand opens no DEMO accounts";
        RealOpeningDisabled = "REAL_OPENING_DISABLED", FORBIDDEN, "The brand opens no REAL accounts";
        KycRequired = "KYC_REQUIRED", FORBIDDEN, "The customer's identity has to be verified first";
        NotFound = "NOT_FOUND", NOT_FOUND, "There is no such path or resource, or it is not yours";
        ProgramNotFound = "PROGRAM_NOT_FOUND", NOT_FOUND, "There is no such program on sale, or it is another brand's";
        ProgramDisabled = "PROGRAM_DISABLED", BAD_REQUEST, "Program is not active";
        InvalidProgram = "INVALID_PROGRAM", BAD_REQUEST, "The program cannot be saved so; `faults` lists every fault with its code and field";
        ProgramReadOnly = "PROGRAM_READ_ONLY", CONFLICT, "The program is a seed: clone it and change the clone";
        ProgramVersionConflict = "PROGRAM_VERSION_CONFLICT", CONFLICT, "The program was changed meanwhile; `version` is the one that it has now";
        ProgramHasNoSteps = "PROGRAM_HAS_NO_STEPS", BAD_REQUEST, "Program has no step, so it cannot be bought";
        InvalidPayerAccount = "INVALID_PAYER_ACCOUNT", FORBIDDEN, "Payer account does not belong to the customer or is disabled";
        PayerAccountNotReal = "PAYER_ACCOUNT_NOT_REAL", BAD_REQUEST, "Payer account is not a REAL account, or it belongs to a challenge";
        CurrencyConversionRequired = "CURRENCY_CONVERSION_REQUIRED", BAD_REQUEST, "Program and payer currencies do not match";
        ConversionRateStale = "CONVERSION_RATE_STALE", CONFLICT, "The price would be converted into the payer's currency, and the rate is too old; try again later";
        NotEnoughFunds = "NOT_ENOUGH_FUNDS", BAD_REQUEST, "Payer balance is insufficient";
        InvalidDemoGroup = "INVALID_DEMO_GROUP", BAD_REQUEST, "Program demo group was not found";
        DemoGroupRequired = "DEMO_GROUP_REQUIRED", BAD_REQUEST, "Program demo group is not a DEMO group";
        AgreementsNotAccepted = "AGREEMENTS_NOT_ACCEPTED", CONFLICT, "The customer has not agreed to everything that is asked before a purchase: `GET /customers/me/agreements`";
        PromoCodeUnknown = "PROMO_CODE_UNKNOWN", BAD_REQUEST, "There is no such promotion code";
        PromoCodeDisabled = "PROMO_CODE_DISABLED", BAD_REQUEST, "The promotion code is not in use";
        PromoCodeNotYetValid = "PROMO_CODE_NOT_YET_VALID", BAD_REQUEST, "The promotion code is not valid yet";
        PromoCodeExpired = "PROMO_CODE_EXPIRED", BAD_REQUEST, "The promotion code is not valid any more";
        PromoCodeNotForProgram = "PROMO_CODE_NOT_FOR_PROGRAM", BAD_REQUEST, "The promotion code is not for this program";
        PromoCodeUsedByYou = "PROMO_CODE_USED_BY_YOU", BAD_REQUEST, "The customer has used the promotion code as often as one may";
        PromoCodeFirstPurchaseOnly = "PROMO_CODE_FIRST_PURCHASE_ONLY", BAD_REQUEST, "The promotion code is for a first purchase only";
        PromoCodeUsedUp = "PROMO_CODE_USED_UP", BAD_REQUEST, "The promotion code is used up";
        PromoCodeWrongCurrency = "PROMO_CODE_WRONG_CURRENCY", BAD_REQUEST, "The promotion code is an amount of another currency than the price";
        PromoCodeNothingOff = "PROMO_CODE_NOTHING_OFF", BAD_REQUEST, "There is nothing that the promotion code could take off the price";
        IdempotencyKeyTooLong = "IDEMPOTENCY_KEY_TOO_LONG", BAD_REQUEST, "`idempotency_key` has more than 128 characters";
        IdempotencyKeyConflict = "IDEMPOTENCY_KEY_CONFLICT", CONFLICT, "The key was used with another input; `field` names what differs";
        PurchaseStateConflict = "PURCHASE_STATE_CONFLICT", CONFLICT, "The purchase cannot do that in its state; `can_retry` and `can_cancel` say what it can";
        RefundRefused = "REFUND_REFUSED", CONFLICT, "The program's refund policy gives this fee not back; `message` says why";
        PaymentFailed = "PAYMENT_FAILED", PAYMENT_REQUIRED, "Fee withdrawal request was not accepted; nothing was taken";
        AccountCreationFailed = "ACCOUNT_CREATION_FAILED", BAD_GATEWAY, "Challenge account was not created; the fee goes back";
        InitialBalanceFailed = "INITIAL_BALANCE_FAILED", BAD_GATEWAY, "Initial balance was not given; the fee goes back";
        ChallengeCreationFailed = "CHALLENGE_CREATION_FAILED", BAD_GATEWAY, "Challenge was not created; fee and initial balance go back";
        ChallengeNotRunning = "CHALLENGE_NOT_RUNNING", CONFLICT, "The challenge does not run: it waits for payment, or has ended";
        AddonWithoutEffect = "ADDON_WITHOUT_EFFECT", CONFLICT, "The add-on would change nothing for this challenge any more";
        AddonUnderWay = "ADDON_UNDER_WAY", CONFLICT, "The add-on was bought already, and waits to be paid or applied";
        AddonNotApplied = "ADDON_NOT_APPLIED", CONFLICT, "The challenge had ended before the add-on could be applied; nothing was kept";
        Cancelled = "CANCELLED", CONFLICT, "The purchase was cancelled; what was taken goes back";
        MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED, "The path exists, the method does not";
        RequestTimeout = "REQUEST_TIMEOUT", REQUEST_TIMEOUT, "The request body did not arrive in time";
        PayloadTooLarge = "PAYLOAD_TOO_LARGE", PAYLOAD_TOO_LARGE, "The request body is larger than the server takes";
        UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE, "`Content-Type` is not `application/json`";
        RateLimited = "RATE_LIMITED", TOO_MANY_REQUESTS, "Too many requests; `Retry-After` says when to go on";
        InternalError = "INTERNAL_ERROR", INTERNAL_SERVER_ERROR, "The server made a mistake; nothing was changed that is not shown";
        Unavailable = "UNAVAILABLE", SERVICE_UNAVAILABLE, "The store is overloaded or unreachable; `Retry-After` says when to go on";
    }
}

/// An answer that is not a success.
#[derive(Debug)]
pub struct ApiError {
    code: Code,
    message: Cow<'static, str>,
    extra: Map<String, Value>,
    retry_after: Option<Duration>,
}

impl ApiError {
    #[must_use]
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            extra: Map::new(),
            retry_after: None,
        }
    }

    /// Adds a further top-level property beside `error` and `message`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Says when a repeat makes sense; rounded up to whole seconds.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }
}

impl From<Code> for ApiError {
    /// The code with its own meaning as the message.
    fn from(code: Code) -> Self {
        Self::new(code, code.meaning())
    }
}

/// The body of every ScaleTrade error. Some codes have further properties.
#[derive(Debug, Serialize)]
struct ErrorBody {
    error: &'static str,
    message: Cow<'static, str>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            error: self.code.as_str(),
            message: self.message,
            extra: self.extra,
        };
        let mut response = (self.code.status(), Json(body)).into_response();
        if let Some(wait) = self.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, retry_after_value(wait));
        }
        response
    }
}
