//! Slate's errors: `{"detail": text, "error": code}`, and FastAPI's array in `detail` for every 422.

use std::{borrow::Cow, time::Duration};

use axum::{
    Json,
    http::header::RETRY_AFTER,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{error_codes::error_codes, input::Segment, retry::retry_after_value};

error_codes! {
    /// Every code of the Slate dialect.
    Code {
        ValidationError = "validation_error", UNPROCESSABLE_ENTITY, "The request does not fit the schema; `detail` lists what and where";
        Unauthorized = "unauthorized", UNAUTHORIZED, "No valid access token was sent";
        Forbidden = "forbidden", FORBIDDEN, "The token is of a kind, or of a person, that may not do this";
        TotpEnrollmentRequired = "totp_enrollment_required", FORBIDDEN, "The brand wants a second factor of its staff: `POST /auth/totp/enroll`, then `POST /auth/totp/confirm`";
        PasswordChangeRequired = "password_change_required", FORBIDDEN, "The account's owner has to set his own password first";
        InvalidCredentials = "invalid_credentials", UNAUTHORIZED, "Unknown e-mail, or the password does not fit";
        SignInDisabled = "sign_in_disabled", FORBIDDEN, "The customer or staff member is disabled";
        BrandRequired = "brand_required", CONFLICT, "E-mail and password fit in several brands; name one";
        EmailTaken = "email_taken", CONFLICT, "There is a customer with this e-mail already";
        TotpRequired = "TOTP_REQUIRED", ACCEPTED, "The password fits; send it again with `totp_code`";
        InvalidTotpCode = "invalid_totp_code", UNAUTHORIZED, "The code does not fit, is out of date, or was taken before";
        TotpEnabled = "totp_enabled", CONFLICT, "The second factor is on; switch it off first";
        TotpDisabled = "totp_disabled", CONFLICT, "The second factor is not on";
        TotpNotEnrolled = "totp_not_enrolled", CONFLICT, "There is no secret that a code could confirm; ask for one first";
        InvalidToken = "invalid_token", BAD_REQUEST, "The mailed token is unknown, used or too old";
        NotFound = "not_found", NOT_FOUND, "There is no such path or resource, or it is not yours";
        MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The path exists, the method does not";
        RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request body did not arrive in time";
        PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE, "The request body is larger than the server takes";
        UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "`Content-Type` is not `application/json`";
        TemplateNotFound = "template_not_found", NOT_FOUND, "There is no such template, or it is another brand's";
        CustomerNotFound = "customer_not_found", NOT_FOUND, "There is no such customer, or he is another brand's";
        UserNotFound = "user_not_found", NOT_FOUND, "There is no such person of the firm, or he is another brand's";
        UserExists = "user_exists", CONFLICT, "There is a person of the firm with this e-mail already";
        ScopeAboveYours = "scope_above_yours", FORBIDDEN, "A token may do what you may; `detail` names the scope";
        TooManyTokens = "too_many_tokens", CONFLICT, "The firm has as many tokens as may be; revoke one first";
        TooManyWebhooks = "too_many_webhooks", CONFLICT, "The firm has as many webhooks as may be; delete one first";
        RoleAboveYours = "role_above_yours", FORBIDDEN, "The person may do, or would then, what you may not";
        CannotChangeYourself = "cannot_change_yourself", CONFLICT, "Your own role, view scope and access are changed by somebody else";
        LastOwner = "last_owner", CONFLICT, "The person is the last owner who can sign in";
        ErasureRefused = "erasure_refused", CONFLICT, "Something is open that still needs to know who the customer is; `obstacles` lists all of it";
        CustomerErased = "customer_erased", CONFLICT, "The customer was erased: nothing is kept of who he was";
        CustomerDisabled = "customer_disabled", CONFLICT, "The customer is disabled";
        TemplateVersionConflict = "template_version_conflict", CONFLICT, "The template was changed meanwhile; `detail` says which version it has now";
        VersionNotFound = "version_not_found", NOT_FOUND, "The template has no version of this number";
        PresetNotFound = "preset_not_found", NOT_FOUND, "There is no ready-made program of this code";
        TemplateReadOnly = "template_read_only", CONFLICT, "The template is a seed: clone it and change the clone";
        TemplateInactive = "template_inactive", CONFLICT, "The template is not on sale";
        SimulationNotFound = "simulation_not_found", NOT_FOUND, "The template was not simulated on this server since it started, or what came of it was dropped";
        SimulationRunning = "simulation_running", CONFLICT, "One simulation runs on a server at a time; wait for it, or drop it";
        TemplateNotDeliverable = "template_not_deliverable", CONFLICT, "The template has no steps, or the group of its first step is missing or not DEMO";
        AgreementsNotAccepted = "agreements_not_accepted", CONFLICT, "The customer has not agreed to everything that is asked before a purchase: `GET /customers/me/agreements`";
        TooManyPendingJourneys = "too_many_pending_journeys", CONFLICT, "As many journeys of the customer wait for payment as may";
        IdempotencyKeyConflict = "idempotency_key_conflict", CONFLICT, "The key was used with another input; `detail` names what differs";
        JourneyNotRunning = "journey_not_running", CONFLICT, "The journey does not run: it waits for payment, or has ended";
        AddonWithoutEffect = "addon_without_effect", CONFLICT, "The add-on would change nothing for this journey any more";
        AddonUnderWay = "addon_under_way", CONFLICT, "The add-on was asked for already, and waits to be paid or applied";
        AddonNotApplied = "addon_not_applied", CONFLICT, "The journey had ended before the add-on could be applied; what was paid goes back";
        NotPayable = "not_payable", CONFLICT, "The transaction is of a type, or in a status, that takes no payment";
        NoCashier = "no_cashier", CONFLICT, "No cashier is set up here; staff approve what came in another way";
        PromoCodeExists = "promo_code_exists", CONFLICT, "The brand has a promotion code with these letters already";
        PromoCodeUnknown = "promo_code_unknown", NOT_FOUND, "There is no such promotion code";
        PromoCodeDisabled = "promo_code_disabled", CONFLICT, "The promotion code is not in use";
        PromoCodeNotYetValid = "promo_code_not_yet_valid", CONFLICT, "The promotion code is not valid yet";
        PromoCodeExpired = "promo_code_expired", CONFLICT, "The promotion code is not valid any more";
        PromoCodeNotForProgram = "promo_code_not_for_program", CONFLICT, "The promotion code is not for this program";
        PromoCodeUsedByYou = "promo_code_used_by_you", CONFLICT, "The customer has used the promotion code as often as one may";
        PromoCodeFirstPurchaseOnly = "promo_code_first_purchase_only", CONFLICT, "The promotion code is for a first purchase only";
        PromoCodeUsedUp = "promo_code_used_up", CONFLICT, "The promotion code is used up";
        PromoCodeWrongCurrency = "promo_code_wrong_currency", CONFLICT, "The promotion code is an amount of another currency than the price";
        PromoCodeNothingOff = "promo_code_nothing_off", CONFLICT, "There is nothing that the promotion code could take off the price";
        InvalidSignature = "invalid_signature", UNAUTHORIZED, "The message is not signed by a payment provider or feed that is set up here, or is too old";
        PaymentEventConflict = "payment_event_conflict", CONFLICT, "The event was sent before with another content";
        KycEventConflict = "kyc_event_conflict", CONFLICT, "The event was sent before with another content";
        NoWallet = "no_wallet", CONFLICT, "The customer has no enabled account of real money";
        InsufficientFunds = "insufficient_funds", CONFLICT, "More was asked for than can be withdrawn; `detail` says how much can";
        TooManyPendingTransactions = "too_many_pending_transactions", CONFLICT, "As many deposits or withdrawals of the customer wait as may";
        AnchorWouldBreach = "anchor_would_breach", CONFLICT, "A limit of the day would be crossed at once by this anchor; `may_breach` sets it all the same";
        NoFundedAccount = "no_funded_account", CONFLICT, "You have no funded account that runs, or this is none";
        SeveralFundedAccounts = "several_funded_accounts", CONFLICT, "You have several funded accounts: name one by `account_id`";
        PayoutNotOnDemand = "payout_not_on_demand", CONFLICT, "The payouts of this account are made by themselves, when a cycle ends";
        PayoutInFlight = "payout_in_flight", CONFLICT, "A payout of the account is waiting or on its way";
        SecondApproverWanted = "second_approver_wanted", CONFLICT, "A payout of this amount is approved by two people, and you were the first";
        RefundRefused = "refund_refused", CONFLICT, "The program's refund policy gives this fee not back; `detail` says why";
        StateConflict = "state_conflict", CONFLICT, "The thing cannot do that in its state";
        UnknownOrder = "UNKNOWN_ORDER", NOT_FOUND, "The account has no such waiting order";
        UnknownPosition = "UNKNOWN_POSITION", NOT_FOUND, "The account has no such open position";
        UnknownSymbol = "UNKNOWN_SYMBOL", NOT_FOUND, "The symbol cannot be traded by this account";
        ClientIdReused = "CLIENT_ID_REUSED", CONFLICT, "The client id was used for another command";
        AccountNotTraded = "ACCOUNT_NOT_TRADED", CONFLICT, "The account is of no challenge that runs: it is a wallet, or its phase is over";
        AccountDisabled = "ACCOUNT_DISABLED", CONFLICT, "The account's owner can do nothing; its stops and targets still work";
        DayPaused = "DAY_PAUSED", CONFLICT, "The day's limit was reached: nothing is opened until the next day begins";
        SymbolDisabled = "SYMBOL_DISABLED", CONFLICT, "The symbol is not traded at present";
        CloseOnly = "CLOSE_ONLY", CONFLICT, "Positions may only be closed";
        MarketClosed = "MARKET_CLOSED", CONFLICT, "The market is closed";
        NoPrice = "NO_PRICE", CONFLICT, "There is no price yet";
        StalePrice = "STALE_PRICE", CONFLICT, "The last price is too old to deal by";
        BadVolume = "BAD_VOLUME", CONFLICT, "The volume is below the minimum, above the maximum, or no whole number of steps";
        BadPrice = "BAD_PRICE", CONFLICT, "The price is on the wrong side of the market or too near to it";
        BadStops = "BAD_STOPS", CONFLICT, "Stop loss, take profit or trailing stop is on the wrong side or too near";
        BadExpiry = "BAD_EXPIRY", CONFLICT, "The order would end before it begins, or cannot wait";
        NotOpposite = "NOT_OPPOSITE", CONFLICT, "The two positions are not opposite ones of one symbol";
        NothingToClose = "NOTHING_TO_CLOSE", CONFLICT, "There is nothing to close";
        NothingToChange = "NOTHING_TO_CHANGE", CONFLICT, "It is so already";
        TooManyOrders = "TOO_MANY_ORDERS", CONFLICT, "As many orders wait as may";
        TooManyPositions = "TOO_MANY_POSITIONS", CONFLICT, "As many positions are open as may be";
        NoMoney = "NO_MONEY", CONFLICT, "The free margin does not suffice";
        TooLarge = "TOO_LARGE", CONFLICT, "An amount would not fit into 64 bits";
        RuleMaxLots = "RULE_MAX_LOTS", CONFLICT, "The program limits the lots that are open at once";
        RuleMaxPositions = "RULE_MAX_POSITIONS", CONFLICT, "The program limits the positions that are open at once";
        RuleMaxExposurePerSymbol = "RULE_MAX_EXPOSURE_PER_SYMBOL", CONFLICT, "The program limits what is held of one symbol";
        RuleMaxLeverage = "RULE_MAX_LEVERAGE", CONFLICT, "The program limits the leverage that is used";
        RuleStopLossRequired = "RULE_STOP_LOSS_REQUIRED", CONFLICT, "The program wants a stop loss";
        RuleMinSecondsInTrade = "RULE_MIN_SECONDS_IN_TRADE", CONFLICT, "The program wants positions to be held longer";
        RuleNewsWindow = "RULE_NEWS_WINDOW", CONFLICT, "The program forbids this around news";
        RuleFlatBeforeWeekend = "RULE_FLAT_BEFORE_WEEKEND", CONFLICT, "The program opens nothing just before the weekend";
        RuleFlatOvernight = "RULE_FLAT_OVERNIGHT", CONFLICT, "The program opens nothing just before the night";
        RuleNoHedgingInAccount = "RULE_NO_HEDGING_IN_ACCOUNT", CONFLICT, "The program forbids opposite positions of one symbol";
        RuleNoHedgingAcrossAccounts = "RULE_NO_HEDGING_ACROSS_ACCOUNTS", CONFLICT, "The program forbids opposite positions on accounts of one customer";
        RuleNoExpertAdvisors = "RULE_NO_EXPERT_ADVISORS", CONFLICT, "The program forbids orders of programs";
        RuleNoCopyTrading = "RULE_NO_COPY_TRADING", CONFLICT, "The program forbids copied orders";
        TooManyStreams = "too_many_streams", TOO_MANY_REQUESTS, "The caller reads as many streams as may be open at once";
        DeskUnavailable = "DESK_UNAVAILABLE", SERVICE_UNAVAILABLE, "No desk runs here just now; `Retry-After` says when to go on";
        DeskOverloaded = "DESK_OVERLOADED", SERVICE_UNAVAILABLE, "Too much waits for the desk; `Retry-After` says when to go on";
        OutcomeUnknown = "OUTCOME_UNKNOWN", SERVICE_UNAVAILABLE, "It is not known whether it was done: repeat it with the same client id";
        RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests; `Retry-After` says when to go on";
        InternalError = "internal_error", INTERNAL_SERVER_ERROR, "The server made a mistake; nothing was changed that is not shown";
        Unavailable = "unavailable", SERVICE_UNAVAILABLE, "The store is overloaded or unreachable; `Retry-After` says when to go on";
    }
}

/// An answer that is not a success.
#[derive(Debug)]
pub struct ApiError {
    code: Code,
    detail: Detail,
    retry_after: Option<Duration>,
    obstacles: Vec<Obstacle>,
}

/// One of several things that stand against a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct Obstacle {
    /// Stable: `running_challenge`, `open_positions`, `open_purchase`, `open_transaction`, `payout_in_flight`,
    /// `money_in_wallet`, `suspended_challenge` or `chargeback`.
    pub code: &'static str,
    /// How many there are.
    pub count: i64,
    /// For people.
    pub message: &'static str,
}

#[derive(Debug)]
enum Detail {
    Text(Cow<'static, str>),
    Validation(Vec<ValidationError>),
}

impl ApiError {
    /// A domain error. For a request that does not fit use [`ApiError::invalid`].
    #[must_use]
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            detail: Detail::Text(detail.into()),
            retry_after: None,
            obstacles: Vec::new(),
        }
    }

    /// A 422 with everything that is wrong.
    #[must_use]
    pub fn validation(errors: Vec<ValidationError>) -> Self {
        Self {
            code: Code::ValidationError,
            detail: Detail::Validation(errors),
            retry_after: None,
            obstacles: Vec::new(),
        }
    }

    /// A 422 for one value of the body: `path` leads to it from the root of the body.
    #[must_use]
    pub fn invalid_body(path: impl IntoIterator<Item = Segment>, sentence: &str) -> Self {
        Self::validation(vec![ValidationError::of_body(path, sentence)])
    }

    /// Says when a repeat makes sense; rounded up to whole seconds.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Lists everything that stands against it.
    #[must_use]
    pub fn because(mut self, obstacles: Vec<Obstacle>) -> Self {
        self.obstacles = obstacles;
        self
    }

    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }
}

impl From<Code> for ApiError {
    /// The code with its own meaning as the detail.
    fn from(code: Code) -> Self {
        Self::new(code, code.meaning())
    }
}

/// The body of every Slate error that is not a 422.
#[derive(Debug, Serialize)]
struct ErrorBody {
    detail: Cow<'static, str>,
    error: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    obstacles: Vec<Obstacle>,
}

/// The body of every 422, as FastAPI words it; `error` stands beside it.
#[derive(Debug, Serialize)]
struct ValidationBody {
    detail: Vec<ValidationError>,
    error: &'static str,
}

/// One thing that is wrong with a request.
#[derive(Debug, Serialize)]
pub struct ValidationError {
    pub loc: Vec<Location>,
    pub msg: String,
    pub r#type: String,
    /// The stable code of the fault, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctx: Option<Context>,
}

impl ValidationError {
    /// One value of the body: `path` leads to it from the root of the body.
    #[must_use]
    pub fn of_body(path: impl IntoIterator<Item = Segment>, sentence: &str) -> Self {
        let root = std::iter::once(Location::Name("body".to_owned()));
        Self {
            loc: root.chain(path.into_iter().map(Location::from)).collect(),
            msg: format!("Value error, {sentence}"),
            r#type: "value_error".to_owned(),
            ctx: None,
        }
    }

    /// A parameter of the query, or a header.
    #[must_use]
    pub fn of_parameter(place: &str, name: &str, sentence: &str) -> Self {
        Self {
            loc: [place, name]
                .map(|part| Location::Name(part.to_owned()))
                .into(),
            msg: format!("Value error, {sentence}"),
            r#type: "value_error".to_owned(),
            ctx: None,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct Context {
    pub code: &'static str,
}

/// A step on the way to a wrong value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Location {
    Name(String),
    Index(usize),
}

impl From<Segment> for Location {
    fn from(segment: Segment) -> Self {
        match segment {
            Segment::Key(key) => Self::Name(key),
            Segment::Index(index) => Self::Index(index),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let error = self.code.as_str();
        let mut response = match self.detail {
            Detail::Text(detail) => {
                let body = ErrorBody {
                    detail,
                    error,
                    obstacles: self.obstacles,
                };
                (status, Json(body)).into_response()
            }
            Detail::Validation(detail) => {
                (status, Json(ValidationBody { detail, error })).into_response()
            }
        };
        if let Some(wait) = self.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, retry_after_value(wait));
        }
        response
    }
}
