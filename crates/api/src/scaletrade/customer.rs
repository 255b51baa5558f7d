//! `/customer/...`: sign-in, the customer himself, and his accounts.

use super::error::{ApiError, Code};
use super::extract::{ScaleJson, ScalePath};
use crate::ApiState;
use crate::auth::{AccountUser, Address, Customer, SignedIn, Visitor};
use crate::dialect::Refusal;
use crate::input::{Id, Text};
use crate::login::{Attempt, Guess};
use crate::number::Number;
use crate::rate_limit::NameKind;
use axum::Json;
use axum::extract::State;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use touchstone_app::accounts::{AccountPasswordError, OpenError, Opening};
use touchstone_app::identity::{
    Credentials, EndSessionError, PasswordError, SessionLife, SignInError,
};
use touchstone_domain::{Account, Group, Login};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
pub struct LoginBody {
    #[schema(inline)]
    email: Text<1, 254>,
    #[schema(inline)]
    password: Text<1, 128>,
    /// Of the second factor, where `otp_enabled` is 1; a backup code instead is taken too.
    #[schema(inline)]
    otp_code: Option<Text<0, 32>>,
    /// Only needed where the same e-mail and password fit in several brands.
    brand: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AccountItem {
    login: i64,
    customer_id: i64,
    /// 1 when it may trade.
    enable: i64,
    leverage: i64,
    group: String,
    name: String,
    email: String,
}

impl AccountItem {
    fn list(accounts: &[(Account, Group)], name: &str, email: &str) -> Vec<Self> {
        let item = |(account, group): &(Account, Group)| Self {
            login: account.login.0,
            customer_id: account.customer_id.0,
            enable: i64::from(account.enabled),
            leverage: account.leverage,
            group: group.name.clone(),
            name: name.to_owned(),
            email: email.to_owned(),
        };
        accounts.iter().map(item).collect()
    }
}

#[derive(Serialize, ToSchema)]
pub struct LoginAnswer {
    customer_id: i64,
    email: String,
    full_name: String,
    first_name: String,
    last_name: String,
    /// 1 when enabled.
    status: i64,
    phone: String,
    preferred_language: String,
    brand: String,
    desk: String,
    manager_id: i64,
    /// Unix seconds of the sign-in before this one; 0 for the first.
    last_login_time: i64,
    otp_enabled: i64,
    accounts: Vec<AccountItem>,
    /// The token of the session; it has no refresh.
    #[serde(rename = "__token")]
    token: String,
}

/// Customer Login
#[utoipa::path(
    post,
    path = "/customer/auth/login",
    operation_id = "AuthCustomer",
    tag = "ScaleTrade customer",
    request_body = LoginBody,
    responses((status = 200, description = "Signed in", body = LoginAnswer)),
    extensions(("x-errors" = json!(["CUSTOMER_NOT_FOUND_OR_INCORRECT", "CUSTOMER_DISABLED", "BRAND_REQUIRED", "OTP_REQUIRED", "INVALID_OTP_CODE"])))
)]
pub async fn login(
    State(state): State<ApiState>,
    visitor: Visitor,
    ScaleJson(body): ScaleJson<LoginBody>,
) -> Result<Json<LoginAnswer>, ApiError> {
    let attempt = Attempt {
        kind: NameKind::Customer,
        name: body.email.as_str(),
        address: visitor.address,
    };
    state.admit_login(&attempt)?;
    let credentials = Credentials {
        brand: body.brand.clone(),
        email: body.email.as_str().to_owned(),
        password: SecretString::from(body.password.into_string()),
        code: body.otp_code.map(Text::into_string),
    };
    let outcome = state
        .app
        .sign_in_customer(credentials, SessionLife::Terminal)
        .await;
    state.note_login(&attempt, &outcome);
    let signed_in = outcome?;
    let customer = signed_in.customer;
    Ok(Json(LoginAnswer {
        customer_id: customer.id.0,
        full_name: customer.full_name(),
        accounts: AccountItem::list(&signed_in.accounts, &customer.full_name(), &customer.email),
        email: customer.email,
        first_name: customer.first_name,
        last_name: customer.last_name,
        status: i64::from(customer.enabled),
        phone: customer.phone,
        preferred_language: String::new(),
        brand: signed_in.brand,
        desk: String::new(),
        manager_id: 0,
        last_login_time: customer.last_login_at.map_or(0, |at| at.seconds()),
        otp_enabled: i64::from(signed_in.has_totp),
        token: signed_in.tokens.access_token,
    }))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DataAnswer {
    /// Always `OK`.
    data: &'static str,
}

const OK: Json<DataAnswer> = Json(DataAnswer { data: "OK" });

/// Customer Logout
///
/// Ends the session of the token at once.
#[utoipa::path(
    post,
    path = "/customer/auth/logout",
    operation_id = "LogoutCustomer",
    tag = "ScaleTrade customer",
    responses((status = 200, description = "Signed out", body = DataAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn logout(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<Json<DataAnswer>, ApiError> {
    let wanted = Refusal::WrongKind("This needs the session of a person");
    let session = caller.session_id().ok_or(wanted)?;
    state
        .app
        .end_session(caller, session)
        .await
        .map_err(|error| match error {
            EndSessionError::Session(error) => error.into(),
            EndSessionError::NotFound => ApiError::from(Code::NotFound),
            EndSessionError::Store(error) => error.into(),
        })?;
    Ok(OK)
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SessionAccounts {
    accounts: Vec<AccountItem>,
}

/// Get Session Accounts
#[utoipa::path(
    get,
    path = "/customer/session/accounts",
    operation_id = "GetCustomerSessionAccounts",
    tag = "ScaleTrade customer",
    responses((status = 200, description = "The customer's accounts", body = SessionAccounts)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn session_accounts(
    State(state): State<ApiState>,
    Customer(caller): Customer,
) -> Result<Json<SessionAccounts>, ApiError> {
    let own = state.app.own(caller).await?;
    let accounts = AccountItem::list(
        &own.accounts,
        &own.customer.full_name(),
        &own.customer.email,
    );
    Ok(Json(SessionAccounts { accounts }))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SelfAnswer {
    customer: SelfCustomer,
    accounts: Vec<AccountItem>,
    accounts_count: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SelfCustomer {
    customer_id: i64,
    email: String,
    full_name: String,
    status: i64,
    enable: i64,
    brand: String,
}

/// Get Customer Self
#[utoipa::path(
    get,
    path = "/customer/me",
    operation_id = "GetCustomerSelf",
    tag = "ScaleTrade customer",
    responses((status = 200, description = "The customer and his accounts", body = SelfAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn me(
    State(state): State<ApiState>,
    Customer(caller): Customer,
) -> Result<Json<SelfAnswer>, ApiError> {
    let own = state.app.own(caller).await?;
    let accounts = AccountItem::list(
        &own.accounts,
        &own.customer.full_name(),
        &own.customer.email,
    );
    Ok(Json(SelfAnswer {
        accounts_count: accounts.len(),
        accounts,
        customer: SelfCustomer {
            customer_id: own.customer.id.0,
            full_name: own.customer.full_name(),
            email: own.customer.email,
            status: i64::from(own.customer.enabled),
            enable: i64::from(own.customer.enabled),
            brand: own.brand.name,
        },
    }))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GroupsAnswer {
    brand: String,
    can_open_demo: i64,
    can_open_real: i64,
    kyc_required_for_real: i64,
    kyc_approved: bool,
    rows: Vec<GroupRow>,
    count: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GroupRow {
    group: String,
    brand: String,
    currency: String,
    /// DEMO or REAL.
    account_mode: &'static str,
    account_mode_id: i64,
    default_leverage: i64,
    default_deposit: Number,
    maxpositions: i64,
    available: bool,
    kyc_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    block_reason: Option<&'static str>,
}

/// Get Customer Account Groups
///
/// Groups in which the customer may open accounts himself.
#[utoipa::path(
    get,
    path = "/customer/account/groups",
    operation_id = "GetCustomerAccountGroups",
    tag = "ScaleTrade customer",
    responses((status = 200, description = "Groups of the customer's brand", body = GroupsAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn groups(
    State(state): State<ApiState>,
    Customer(caller): Customer,
) -> Result<Json<GroupsAnswer>, ApiError> {
    let (brand, openings) = state.app.account_groups(caller).await?;
    let row = |opening: &Opening| GroupRow {
        group: opening.group.name.clone(),
        brand: brand.name.clone(),
        currency: opening.group.currency.to_string(),
        account_mode: opening.group.mode.name(),
        account_mode_id: opening.group.mode.code(),
        default_leverage: opening.group.leverage,
        default_deposit: Number::money(opening.group.default_deposit()),
        maxpositions: opening.group.max_positions,
        available: opening.block.is_none(),
        kyc_required: opening.block == Some("KYC_REQUIRED"),
        block_reason: opening.block,
    };
    let rows: Vec<GroupRow> = openings.iter().map(row).collect();
    Ok(Json(GroupsAnswer {
        can_open_demo: i64::from(brand.can_open_demo),
        can_open_real: i64::from(brand.can_open_real),
        kyc_required_for_real: i64::from(brand.kyc_required_for_real),
        kyc_approved: false,
        count: rows.len(),
        rows,
        brand: brand.name,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct OpenBody {
    #[schema(inline)]
    group: Text<1, 64>,
}

#[derive(Serialize, ToSchema)]
pub struct OpenAnswer {
    login: i64,
    group: String,
    brand: String,
    account_mode: &'static str,
    currency: String,
    leverage: i64,
    /// Shown once.
    temporary_password: String,
    must_change_password: bool,
}

/// Open Customer Account
#[utoipa::path(
    post,
    path = "/customer/account/open",
    operation_id = "OpenCustomerAccount",
    tag = "ScaleTrade customer",
    request_body = OpenBody,
    responses((status = 200, description = "The new account", body = OpenAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!([
        "INVALID_GROUP", "GROUP_DISABLED", "GROUP_NOT_PUBLIC", "DEMO_OPENING_DISABLED", "REAL_OPENING_DISABLED",
        "KYC_REQUIRED"
    ])))
)]
pub async fn open(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScaleJson(body): ScaleJson<OpenBody>,
) -> Result<Json<OpenAnswer>, ApiError> {
    let opened = state
        .app
        .open_account(caller, body.group.into_string())
        .await?;
    Ok(Json(OpenAnswer {
        login: opened.account.login.0,
        group: opened.group.name.clone(),
        brand: opened.brand,
        account_mode: opened.group.mode.name(),
        currency: opened.account.currency.to_string(),
        leverage: opened.account.leverage,
        temporary_password: opened.temporary_password,
        must_change_password: true,
    }))
}

#[derive(Serialize, ToSchema)]
pub struct TemporaryPasswordAnswer {
    login: i64,
    /// Shown once; the one before it is worth nothing any more.
    temporary_password: String,
    must_change_password: bool,
}

/// Renew Temporary Password
///
/// A new temporary password for an account of one's own; its sessions end.
#[utoipa::path(
    post,
    path = "/customer/account/{login}/temporary-password",
    operation_id = "RenewTemporaryPassword",
    tag = "ScaleTrade customer",
    params(("login" = Id, Path, description = "The account")),
    responses((status = 200, description = "The new password", body = TemporaryPasswordAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn renew_password(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScalePath(login): ScalePath<Id>,
) -> Result<Json<TemporaryPasswordAnswer>, ApiError> {
    let temporary_password = state
        .app
        .renew_temporary_password(caller, Login(login.get()))
        .await?;
    Ok(Json(TemporaryPasswordAnswer {
        login: login.get(),
        temporary_password,
        must_change_password: true,
    }))
}

#[derive(Deserialize, ToSchema)]
pub struct AccountLoginBody {
    login: Id,
    #[schema(inline)]
    password: Text<1, 128>,
}

#[derive(Serialize, ToSchema)]
pub struct AccountLoginAnswer {
    login: i64,
    group: String,
    currency: String,
    leverage: i64,
    enable: i64,
    /// True: the session can do nothing but set the owner's own password.
    must_change_password: bool,
    #[serde(rename = "__token")]
    token: String,
}

/// Account Login
///
/// Sign-in to one trading account with its temporary or its own password.
#[utoipa::path(
    post,
    path = "/customer/account/login",
    operation_id = "AuthAccount",
    tag = "ScaleTrade customer",
    request_body = AccountLoginBody,
    responses((status = 200, description = "Signed in", body = AccountLoginAnswer)),
    extensions(("x-errors" = json!(["CUSTOMER_NOT_FOUND_OR_INCORRECT", "CUSTOMER_DISABLED"])))
)]
pub async fn account_login(
    State(state): State<ApiState>,
    visitor: Visitor,
    ScaleJson(body): ScaleJson<AccountLoginBody>,
) -> Result<Json<AccountLoginAnswer>, ApiError> {
    let name = body.login.get().to_string();
    let attempt = Attempt {
        kind: NameKind::Account,
        name: &name,
        address: visitor.address,
    };
    state.admit_login(&attempt)?;
    let password = SecretString::from(body.password.into_string());
    let outcome = state
        .app
        .sign_in_account(Login(body.login.get()), password)
        .await;
    state.note_login(&attempt, &outcome);
    let (account, group, tokens) = outcome?;
    Ok(Json(AccountLoginAnswer {
        login: account.login.0,
        group: group.name,
        currency: account.currency.to_string(),
        leverage: account.leverage,
        enable: i64::from(account.enabled),
        must_change_password: account.must_change_password,
        token: tokens.access_token,
    }))
}

#[derive(Deserialize, ToSchema)]
pub struct AccountPasswordBody {
    #[schema(inline)]
    password: Text<8, 128>,
    /// Wanted once the owner has set a password of his own.
    #[schema(inline)]
    current_password: Option<Text<1, 128>>,
}

/// Set Account Password
///
/// The owner's own password for the account of the session; the temporary one ends, and so do other
/// sessions of the account. A password of one's own is only replaced by who knows it.
#[utoipa::path(
    post,
    path = "/customer/account/password",
    operation_id = "SetAccountPassword",
    tag = "ScaleTrade customer",
    request_body = AccountPasswordBody,
    responses((status = 200, description = "Set", body = DataAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["CUSTOMER_NOT_FOUND_OR_INCORRECT"])))
)]
pub async fn set_password(
    State(state): State<ApiState>,
    Address(address): Address,
    AccountUser(caller): AccountUser,
    ScaleJson(body): ScaleJson<AccountPasswordBody>,
) -> Result<Json<DataAnswer>, ApiError> {
    // A current password is a guess like one at sign-in.
    let name = caller.login.to_string();
    let attempt = Attempt {
        kind: NameKind::Account,
        name: &name,
        address,
    };
    state.admit_login(&attempt)?;
    let secret = |text: String| SecretString::from(text);
    let outcome = state
        .app
        .set_account_password(
            caller,
            body.current_password.map(|text| secret(text.into_string())),
            secret(body.password.into_string()),
        )
        .await;
    let guess = match &outcome {
        Ok(()) => Guess::Right,
        Err(AccountPasswordError::CurrentWrong) => Guess::Wrong,
        Err(_) => Guess::None,
    };
    state.note_guess(&attempt, guess);
    outcome?;
    Ok(OK)
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Code::CustomerNotFoundOrIncorrect.into(),
            SignInError::Disabled => Code::CustomerDisabled.into(),
            SignInError::BrandWanted => Code::BrandRequired.into(),
            SignInError::CodeWanted => Code::OtpRequired.into(),
            SignInError::WrongCode => Code::InvalidOtpCode.into(),
            SignInError::CodeTooSoon { wait_seconds } => {
                Refusal::code_too_soon(wait_seconds).into()
            }
            SignInError::Sealed(error) => {
                tracing::error!(%error, "a second factor cannot be asked");
                Code::InternalError.into()
            }
            SignInError::Hashing(error) => error.into(),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<OpenError> for ApiError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Session(error) => error.into(),
            OpenError::UnknownGroup => Code::InvalidGroup.into(),
            OpenError::Blocked(code) => match code {
                "GROUP_DISABLED" => Code::GroupDisabled.into(),
                "GROUP_NOT_PUBLIC" => Code::GroupNotPublic.into(),
                "DEMO_OPENING_DISABLED" => Code::DemoOpeningDisabled.into(),
                "REAL_OPENING_DISABLED" => Code::RealOpeningDisabled.into(),
                _ => Self::from(Code::KycRequired).with("kyc_required", true),
            },
            OpenError::Ledger(error) => {
                tracing::error!(%error, "an opening balance could not be posted");
                Code::InternalError.into()
            }
            OpenError::Store(error) => error.into(),
        }
    }
}

impl From<AccountPasswordError> for ApiError {
    fn from(error: AccountPasswordError) -> Self {
        match error {
            AccountPasswordError::Session(error) => error.into(),
            AccountPasswordError::NotFound => Code::NotFound.into(),
            AccountPasswordError::Disabled => Code::CustomerDisabled.into(),
            wanted @ AccountPasswordError::CurrentWanted => {
                Self::new(Code::InvalidData, wanted.to_string()).with("field", "current_password")
            }
            wrong @ AccountPasswordError::CurrentWrong => {
                Self::new(Code::CustomerNotFoundOrIncorrect, wrong.to_string())
            }
            AccountPasswordError::Password(PasswordError::Store(error))
            | AccountPasswordError::Store(error) => error.into(),
            AccountPasswordError::Password(PasswordError::Hashing(error)) => error.into(),
            unfit @ (AccountPasswordError::Unchanged | AccountPasswordError::Password(_)) => {
                Self::new(Code::InvalidData, unfit.to_string()).with("field", "password")
            }
        }
    }
}
