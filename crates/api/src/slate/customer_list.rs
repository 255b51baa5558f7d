//! `GET /customers`.

use super::error::ApiError;
use super::extract::SlateQuery;
use super::kyc::KycWord;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Text, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::staff::{CustomerFilter, ListedCustomer};
use touchstone_domain::{EntityKind, StaffId, UnixMicros};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomersQuery {
    /// Part of the name or e-mail, in any case, or the login of an account.
    #[param(inline)]
    q: Option<Text<0, 120>>,
    #[param(inline)]
    kyc_status: Option<KycWord>,
    is_active: Option<bool>,
    /// Who of the firm looks after the customer.
    owner_id: Option<Uuid>,
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::CUSTOMERS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerList {
    items: Vec<CustomerListItem>,
    /// How many there are on all pages.
    total: i64,
}

/// A customer in a list; `GET /customers/{customer_id}` tells all of him.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerListItem {
    id: Uuid,
    email: String,
    full_name: String,
    phone: Option<String>,
    country: Option<String>,
    is_active: bool,
    /// `none`, `pending`, `approved` or `rejected`.
    kyc_status: &'static str,
    /// Since when; null while nobody has said anything.
    kyc_since: Option<String>,
    /// Who of the firm looks after him.
    owner_id: Option<Uuid>,
    owner_name: Option<String>,
    /// Journeys that run.
    active_journeys: i64,
    reg_time: String,
    last_login_at: Option<String>,
    /// When everything that told who he was was overwritten.
    erased_at: Option<String>,
}

/// List Customers
///
/// The brand's customers, newest first.
#[utoipa::path(
    get,
    path = "/customers",
    operation_id = "list_customers",
    tag = "Customers",
    params(CustomersQuery),
    responses((status = 200, description = "Successful Response", body = CustomerList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<CustomersQuery>,
) -> Result<Json<CustomerList>, ApiError> {
    /// A key that nothing has: what a foreign or invented id finds.
    const NOTHING: i64 = -1;
    let app = &state.app;
    let staff = |id| app.public_ids.key(EntityKind::Staff, id);
    let filter = CustomerFilter {
        text: query.q.map(Text::into_string),
        kyc: query.kyc_status.map(Into::into),
        enabled: query.is_active,
        owner: query
            .owner_id
            .map(|id| StaffId(staff(id).unwrap_or(NOTHING))),
        seen_by: None,
    };
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let page = app.customers(caller, filter, limit, offset).await?;
    let items = page.items.iter();
    Ok(Json(CustomerList {
        items: items.map(|one| CustomerListItem::new(app, one)).collect(),
        total: page.total,
    }))
}

impl CustomerListItem {
    fn new(app: &App, one: &ListedCustomer) -> Self {
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let name = format!("{} {}", one.first_name, one.last_name);
        let owner = one.owner.as_ref();
        Self {
            id: uuid(EntityKind::Customer, one.id.0),
            email: one.email.clone(),
            full_name: name.trim().to_owned(),
            phone: text(&one.phone),
            country: text(&one.country),
            is_active: one.enabled,
            kyc_status: one.kyc.name(),
            kyc_since: one.kyc_at.map(UnixMicros::rfc3339),
            owner_id: owner.map(|(id, _)| uuid(EntityKind::Staff, id.0)),
            owner_name: owner.map(|(_, name)| name.clone()),
            active_journeys: one.active_journeys,
            reg_time: one.created_at.rfc3339(),
            last_login_at: one.last_login_at.map(UnixMicros::rfc3339),
            erased_at: one.erased_at.map(UnixMicros::rfc3339),
        }
    }
}
