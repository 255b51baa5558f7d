//! `GET /prop/programs` and what hangs on one program.

use super::buy::program_error;
use super::error::ApiError;
use super::extract::{ScalePath, ScaleQuery};
use super::objects::ProgramObject;
use crate::ApiState;
use crate::auth::{Customer, SignedIn};
use crate::input::Id;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::purchase::Payer;
use touchstone_domain::{Money, ProgramId};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProgramsQuery {
    /// Only programs of this brand; yours is the only one that you can see.
    brand: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramRows {
    rows: Vec<ProgramObject>,
}

/// Get Prop Programs
///
/// Programs on sale with their steps, in the order in which they are shown.
#[utoipa::path(
    get,
    path = "/prop/programs",
    operation_id = "GetPropPrograms",
    tag = "ScaleTrade prop",
    params(ProgramsQuery),
    responses((status = 200, description = "Programs on sale", body = ProgramRows)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    ScaleQuery(query): ScaleQuery<ProgramsQuery>,
) -> Result<Json<ProgramRows>, ApiError> {
    let offers = state.app.programs_on_sale(caller).await?;
    let wanted = |brand: &str| query.brand.as_deref().is_none_or(|wanted| wanted == brand);
    let rows = offers
        .iter()
        .filter(|offer| wanted(&offer.brand))
        .map(ProgramObject::current)
        .collect();
    Ok(Json(ProgramRows { rows }))
}

/// Get Prop Program
#[utoipa::path(
    get,
    path = "/prop/programs/{id}",
    operation_id = "GetPropProgram",
    tag = "ScaleTrade prop",
    params(("id" = Id, Path, description = "Program id")),
    responses((status = 200, description = "The program", body = ProgramObject)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["PROGRAM_NOT_FOUND"])))
)]
pub async fn detail(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    ScalePath(id): ScalePath<Id>,
) -> Result<Json<ProgramObject>, ApiError> {
    let offer = state
        .app
        .program_on_sale(caller, ProgramId(id.get()))
        .await
        .map_err(program_error)?;
    Ok(Json(ProgramObject::current(&offer)))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PayerRows {
    rows: Vec<PayerObject>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PayerObject {
    login: i64,
    currency: String,
    balance: Number,
    eligible: bool,
    /// Null, or a stable code.
    block_reason: Option<&'static str>,
    block_reason_message: Option<String>,
}

impl From<&Payer> for PayerObject {
    fn from(payer: &Payer) -> Self {
        let account = &payer.account;
        Self {
            login: account.login.0,
            currency: account.currency.to_string(),
            balance: Number::money(Money::new(account.available_minor(), account.currency)),
            eligible: payer.block.is_none(),
            block_reason: payer.block.map(|block| block.code()),
            block_reason_message: payer.block.map(|block| block.message()),
        }
    }
}

/// Get Payer Accounts of a Prop Program
///
/// All of the customer's accounts, and what keeps each from paying for the program.
#[utoipa::path(
    get,
    path = "/prop/programs/{id}/payer-accounts",
    operation_id = "GetPropProgramPayerAccounts",
    tag = "ScaleTrade prop",
    params(("id" = Id, Path, description = "Program id")),
    responses((status = 200, description = "The customer's accounts", body = PayerRows)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["PROGRAM_NOT_FOUND"])))
)]
pub async fn payer_accounts(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScalePath(id): ScalePath<Id>,
) -> Result<Json<PayerRows>, ApiError> {
    let payers = state
        .app
        .payer_accounts(caller, ProgramId(id.get()))
        .await
        .map_err(program_error)?;
    Ok(Json(PayerRows {
        rows: payers.iter().map(PayerObject::from).collect(),
    }))
}
