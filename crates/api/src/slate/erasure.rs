//! `/customers/me/erasure` and `/customers/{customer_id}/erasure`: a customer's personal data are overwritten.

use super::error::{ApiError, Code, Obstacle};
use super::extract::{SlateJson, SlatePath};
use super::ids::key_or;
use crate::ApiState;
use crate::auth::{Address, Customer, Staff};
use crate::input::{Reason, Text};
use crate::login::{Attempt, Guess};
use crate::rate_limit::NameKind;
use axum::Json;
use axum::extract::State;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::privacy::{EraseError, EraseOwn, Erased};
use touchstone_app::totp::CodeError;
use touchstone_domain::erasure::{Obstacle as Open, ObstacleName};
use touchstone_domain::{CustomerId, EntityKind};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseMeRequest {
    #[schema(inline)]
    password: Text<1, 128>,
    /// A code of the second factor, or a backup code, where it is on.
    #[schema(inline)]
    totp_code: Option<Text<0, 32>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseCustomerRequest {
    /// Why; kept in the audit, so do not name him.
    #[schema(inline)]
    reason: Reason<500>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureObject {
    customer_id: Uuid,
    /// `erased`.
    status: &'static str,
    /// When it was done; a repeat answers the same.
    erased_at: String,
}

/// Nothing was erased.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureRefused {
    detail: String,
    /// `erasure_refused`; or another code of this status, without `obstacles`.
    error: String,
    /// Everything that stands against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    obstacles: Vec<Obstacle>,
}

/// Erase Me
///
/// Overwrites everything that tells who the customer is, at once and for good: name, e-mail, phone, passwords, second factor,
/// sessions, identity checks, addresses, the mails to him and what was written about him. What was bought, traded and paid
/// stays, under a number. Refused with every reason while something is open. Repeats are answered the same as long as the
/// access token is good.
#[utoipa::path(
    post,
    path = "/customers/me/erasure",
    operation_id = "erase_me",
    tag = "Customers",
    request_body = EraseMeRequest,
    responses(
        (status = 200, description = "Successful Response", body = ErasureObject),
        (status = 409, description = "`erasure_refused`: Something is open that still needs to know who the customer is; `obstacles` lists all of it", body = ErasureRefused),
    ),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["invalid_credentials", "invalid_totp_code", "erasure_refused"])))
)]
pub async fn own(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    Address(address): Address,
    SlateJson(body): SlateJson<EraseMeRequest>,
) -> Result<Json<ErasureObject>, ApiError> {
    // Guessed no faster than at a sign-in.
    let name = caller.customer_id.0.to_string();
    let attempt = Attempt {
        kind: NameKind::Oneself,
        name: &name,
        address,
    };
    state.admit_login(&attempt)?;
    let proof = EraseOwn {
        password: SecretString::from(body.password.into_string()),
        code: body.totp_code.map(Text::into_string),
    };
    let outcome = state.app.erase_oneself(caller, proof).await;
    state.note_guess(
        &attempt,
        match &outcome {
            Ok(_) => Guess::Right,
            Err(EraseError::WrongPassword | EraseError::Code(CodeError::Wrong)) => Guess::Wrong,
            Err(_) => Guess::None,
        },
    );
    Ok(Json(ErasureObject::new(&state.app, outcome?)))
}

/// Erase Customer
///
/// As `POST /customers/me/erasure`, by staff: also while a chargeback is in force that has ended its challenge. It cannot be
/// undone. A repeat answers the same.
#[utoipa::path(
    post,
    path = "/customers/{customer_id}/erasure",
    operation_id = "erase_customer",
    tag = "Customers",
    params(("customer_id" = Uuid, Path)),
    request_body = EraseCustomerRequest,
    responses(
        (status = 200, description = "Successful Response", body = ErasureObject),
        (status = 409, description = "`erasure_refused`: Something is open that still needs to know who the customer is; `obstacles` lists all of it", body = ErasureRefused),
    ),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["customer_not_found", "erasure_refused"])))
)]
pub async fn of_customer(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<EraseCustomerRequest>,
) -> Result<Json<ErasureObject>, ApiError> {
    let id = key_or(&state.app, EntityKind::Customer, id, Code::CustomerNotFound)?;
    let reason = body.reason.into_string();
    let erased = state.app.erase_customer(caller, CustomerId(id), reason);
    Ok(Json(ErasureObject::new(&state.app, erased.await?)))
}

impl ErasureObject {
    fn new(app: &App, erased: Erased) -> Self {
        Self {
            customer_id: app
                .public_ids
                .uuid(EntityKind::Customer, erased.customer_id.0),
            status: "erased",
            erased_at: erased.at.rfc3339(),
        }
    }
}

const fn message(name: ObstacleName) -> &'static str {
    match name {
        ObstacleName::RunningChallenge => "A challenge runs; it has to end first",
        ObstacleName::OpenPositions => "An account holds positions that are not closed yet",
        ObstacleName::OpenPurchase => "A purchase waits for its payment, or is being delivered",
        ObstacleName::OpenTransaction => "A payment, a withdrawal or a refund is not settled",
        ObstacleName::PayoutInFlight => "A payout is waiting or on its way",
        ObstacleName::MoneyInWallet => "There is money in an account; withdraw it first",
        ObstacleName::SuspendedChallenge => "A challenge rests while its fee is disputed",
        ObstacleName::Chargeback => "A bank has taken a fee back; ask the firm",
    }
}

fn obstacle(open: &Open) -> Obstacle {
    Obstacle {
        code: open.name.name(),
        count: open.count,
        message: message(open.name),
    }
}

impl From<EraseError> for ApiError {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::Session(error) => error.into(),
            EraseError::NotFound => Code::CustomerNotFound.into(),
            EraseError::WrongPassword => {
                Self::new(Code::InvalidCredentials, "The password does not fit")
            }
            EraseError::Code(CodeError::Wanted) => Self::new(
                Code::InvalidTotpCode,
                "A code of the second factor is wanted: send it as `totp_code`",
            ),
            EraseError::Code(error) => touchstone_app::totp::TotpError::from(error).into(),
            EraseError::Refused(open) => {
                Self::from(Code::ErasureRefused).because(open.iter().map(obstacle).collect())
            }
            EraseError::Hashing(error) => error.into(),
            EraseError::Store(error) => error.into(),
        }
    }
}
