//! `/customers/me/export` and `/customers/{customer_id}/export`: everything that the firm holds of a customer, as one document.

mod person;
mod sold;
mod traded;

use super::certificates::CertificateObject;
use super::customer_object::CustomerResponse;
use super::error::{ApiError, Code};
use super::extract::SlatePath;
use super::ids::key_or;
use super::payout_object::PayoutObject;
use super::transaction::TransactionResponse;
use crate::auth::{Customer, Staff};
use crate::{ApiState, limits};
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Response};
use person::{ExportAgreement, ExportChange, ExportKyc, ExportMail, ExportSession};
use serde::Serialize;
use sold::{ExportChallenge, ExportClaim, ExportPurchase};
use touchstone_app::App;
use touchstone_app::privacy::{CustomerExport, ExportError, Part};
use touchstone_domain::{Account, CustomerId, EntityKind};
use traded::ExportAccount;
use utoipa::ToSchema;
use uuid::Uuid;

/// Everything that the firm holds of one customer, as it was at one instant; lists are newest first where nothing else is
/// said. Secrets (passwords, tokens, the second factor's) are kept as seals and hashes, and are in no export.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerExportDocument {
    exported_at: String,
    /// The firm's brand.
    brand: String,
    customer: CustomerResponse,
    identity: ExportKyc,
    /// Since when a second factor is asked for at sign-in; null while none is.
    second_factor_since: Option<String>,
    sessions: Vec<ExportSession>,
    /// Oldest first.
    agreements: Vec<ExportAgreement>,
    /// In the order in which they were opened.
    accounts: Vec<ExportAccount>,
    transactions: Vec<TransactionResponse>,
    purchases: Vec<ExportPurchase>,
    challenges: Vec<ExportChallenge>,
    /// Fees that went away again: refunds and chargebacks, oldest first.
    fee_claims: Vec<ExportClaim>,
    payouts: Vec<PayoutObject>,
    certificates: Vec<CertificateObject>,
    mails: Vec<ExportMail>,
    /// What was changed of him and of what is his, by whom and why.
    audit: Vec<ExportChange>,
    /// The lists that are longer than this document; empty nearly always. Each list has its newest 5,000 rows; orders, and
    /// deals, of all accounts together their newest 20,000, account by account.
    incomplete: Vec<ExportRest>,
}

/// A list that goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportRest {
    /// Where in this document: `audit`, `accounts.2000100.deals`.
    list: String,
    /// The address of its next page; null where only the firm can tell more.
    rest: Option<String>,
}

/// Export Me
///
/// Everything that the firm holds of the customer, as one JSON document to be kept. At most ten times an hour, and one at a
/// time on a server.
#[utoipa::path(
    get,
    path = "/customers/me/export",
    operation_id = "export_me",
    tag = "Customers",
    responses((status = 200, description = "Successful Response", body = CustomerExportDocument,
        headers(("Content-Disposition" = String, description = "`attachment`, with a name")))),
    security(("bearerAuth" = [])),
)]
pub async fn own(
    State(state): State<ApiState>,
    Customer(caller): Customer,
) -> Result<Response, ApiError> {
    let export = state.app.export_oneself(caller).await?;
    Ok(attached(&state.app, export))
}

/// Export Customer
///
/// As `GET /customers/me/export`, for staff. It leaves a row in the audit.
#[utoipa::path(
    get,
    path = "/customers/{customer_id}/export",
    operation_id = "export_customer",
    tag = "Customers",
    params(("customer_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = CustomerExportDocument,
        headers(("Content-Disposition" = String, description = "`attachment`, with a name")))),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["customer_not_found"])))
)]
pub async fn of_customer(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Response, ApiError> {
    let id = key_or(&state.app, EntityKind::Customer, id, Code::CustomerNotFound)?;
    let export = state.app.export_customer(caller, CustomerId(id)).await?;
    Ok(attached(&state.app, export))
}

fn attached(app: &App, export: CustomerExport) -> Response {
    let id = app
        .public_ids
        .uuid(EntityKind::Customer, export.customer.id.0);
    let disposition = format!("attachment; filename=\"customer-{id}.json\"");
    let document = CustomerExportDocument::new(app, export);
    ([(CONTENT_DISPOSITION, disposition)], Json(document)).into_response()
}

/// Takes lists apart, and remembers those that go on.
struct Lists(Vec<ExportRest>);

impl Lists {
    fn take<T>(&mut self, list: &str, part: Part<T>, rest: Option<String>) -> Vec<T> {
        if !part.is_complete {
            let list = list.to_owned();
            self.0.push(ExportRest { list, rest });
        }
        part.items
    }
}

impl CustomerExportDocument {
    fn new(app: &App, export: CustomerExport) -> Self {
        let mut lists = Lists(Vec::new());
        let accounts: Vec<Account> = export
            .accounts
            .iter()
            .map(|one| one.account.clone())
            .collect();
        let customer = CustomerResponse::new(app, &export.customer, &accounts, export.deposits);
        let identity = ExportKyc {
            status: export.kyc.0.name(),
            since: export.kyc.1.map(|at| at.rfc3339()),
            provider: Some(export.kyc_provider).filter(|name| !name.is_empty()),
            messages: lists
                .take("identity.messages", export.kyc_messages, None)
                .into_iter()
                .map(Into::into)
                .collect(),
        };
        let challenges = lists.take("challenges", export.challenges, None);
        let challenges = challenges
            .into_iter()
            .map(|one| ExportChallenge::new(app, one, &accounts, &mut lists));
        let challenges = challenges.collect();
        let traded = export.accounts.into_iter();
        let traded = traded.map(|one| ExportAccount::new(app, one, &mut lists));
        Self {
            exported_at: export.at.rfc3339(),
            brand: export.brand.to_string(),
            customer,
            identity,
            second_factor_since: export.second_factor_since.map(|at| at.rfc3339()),
            accounts: traded.collect(),
            sessions: lists
                .take("sessions", export.sign_ins, None)
                .iter()
                .map(|one| ExportSession::new(app, one))
                .collect(),
            agreements: lists
                .take("agreements", export.accepted, None)
                .into_iter()
                .map(|one| ExportAgreement::new(app, one))
                .collect(),
            transactions: lists
                .take("transactions", export.transactions, None)
                .into_iter()
                .map(|one| TransactionResponse::new(app, one))
                .collect(),
            purchases: lists
                .take("purchases", export.purchases, None)
                .into_iter()
                .map(|one| ExportPurchase::new(app, one))
                .collect(),
            challenges,
            fee_claims: export
                .claims
                .iter()
                .map(|one| ExportClaim::new(app, one))
                .collect(),
            payouts: lists
                .take("payouts", export.payouts, None)
                .iter()
                .map(|one| PayoutObject::new(app, one))
                .collect(),
            certificates: lists
                .take("certificates", export.certificates, None)
                .iter()
                .map(CertificateObject::from)
                .collect(),
            mails: lists
                .take("mails", export.mails, None)
                .into_iter()
                .map(Into::into)
                .collect(),
            audit: lists
                .take("audit", export.audit, None)
                .into_iter()
                .map(|one| ExportChange::new(app, one))
                .collect(),
            incomplete: lists.0,
        }
    }
}

impl From<ExportError> for ApiError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Session(error) => error.into(),
            ExportError::NotFound => Code::CustomerNotFound.into(),
            ExportError::TooOften { retry_after } => {
                Self::from(Code::RateLimited).retry_after(retry_after)
            }
            ExportError::Busy => Self::new(Code::Unavailable, "Another export is being made")
                .retry_after(limits::UNAVAILABLE_RETRY_AFTER),
            ExportError::Broken(fault) => {
                tracing::error!(fault, "a customer cannot be exported");
                Code::InternalError.into()
            }
            ExportError::Store(error) => error.into(),
        }
    }
}
