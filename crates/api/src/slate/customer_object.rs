//! A customer as Slate shows him, with every documented field. Those of which nothing is kept here
//! (sales, affiliates, compliance) are null.

use serde::Serialize;
use touchstone_app::identity::Deposits;
use touchstone_app::staff::Staff;
use touchstone_app::{App, Customer};
use touchstone_domain::{Account, EntityKind};
use utoipa::ToSchema;
use uuid::Uuid;

/// Null.
type NotKept = ();

#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerResponse {
    id: Uuid,
    email: String,
    phone: Option<String>,
    /// A plus sign, where one was given, and digits.
    phone_normalized: Option<String>,
    country: Option<String>,
    /// Who of the firm looks after him; only staff are told.
    owner_id: Option<Uuid>,
    #[schema(value_type = Option<Uuid>)]
    sales_status_id: NotKept,
    #[schema(value_type = Option<Uuid>)]
    kyc_status_id: NotKept,
    #[schema(value_type = Option<Uuid>)]
    affiliate_id: NotKept,
    #[schema(value_type = Option<String>)]
    campaign_id: NotKept,
    #[schema(value_type = Option<String>)]
    funnel: NotKept,
    #[schema(value_type = Option<String>)]
    affiliate_lead_id: NotKept,
    manager_counter: i64,
    /// RFC 3339.
    reg_time: String,
    /// The sign-in before this one.
    last_login_at: Option<String>,
    #[schema(value_type = Option<String>)]
    last_activity_at: NotKept,
    #[schema(value_type = Option<String>)]
    last_trade_at: NotKept,
    /// When the first deposit was approved.
    ftd_at: Option<String>,
    is_deposited: bool,
    is_active: bool,
    first_name: Option<String>,
    last_name: Option<String>,
    full_name: String,
    #[schema(value_type = Option<Uuid>)]
    ftd_sales_agent_id: NotKept,
    owner: Option<CustomerOwner>,
    /// When the newest deposit was approved.
    last_deposit_at: Option<String>,
    #[schema(value_type = Option<String>)]
    retention_status: NotKept,
    risk_classification: &'static str,
    #[schema(value_type = Option<String>)]
    compliance_status: NotKept,
    #[schema(value_type = Option<String>)]
    phone_country: NotKept,
    #[schema(value_type = Option<String>)]
    kyc_country: NotKept,
    #[schema(value_type = Option<String>)]
    kyc_provider: NotKept,
    #[schema(value_type = Option<String>)]
    kyc_completed_at: NotKept,
    #[schema(value_type = Option<String>)]
    reg_ip: NotKept,
    registration_source: String,
    force_password_change: bool,
    /// When everything that told who he was was overwritten; left out for everybody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    erased_at: Option<String>,
    trading_accounts: Vec<TradingAccount>,
}

/// The person of the firm who looks after a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerOwner {
    id: Uuid,
    first_name: String,
    last_name: String,
    full_name: String,
    #[schema(value_type = Option<Uuid>)]
    role_id: NotKept,
    role_name: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TradingAccount {
    id: Uuid,
    login: String,
    currency: String,
    leverage: i64,
    is_active: bool,
}

impl TradingAccount {
    fn new(app: &App, account: &Account) -> Self {
        Self {
            id: app.public_ids.uuid(EntityKind::Account, account.login.0),
            login: account.login.to_string(),
            currency: account.currency.to_string(),
            leverage: account.leverage,
            is_active: account.enabled,
        }
    }
}

impl CustomerResponse {
    /// `deposits` is `None` for a customer without one.
    pub fn new(
        app: &App,
        customer: &Customer,
        accounts: &[Account],
        deposits: Option<Deposits>,
    ) -> Self {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            id: app.public_ids.uuid(EntityKind::Customer, customer.id.0),
            email: customer.email.clone(),
            phone: text(&customer.phone),
            phone_normalized: normalized(&customer.phone),
            country: text(&customer.country),
            owner_id: None,
            sales_status_id: (),
            kyc_status_id: (),
            affiliate_id: (),
            campaign_id: (),
            funnel: (),
            affiliate_lead_id: (),
            manager_counter: 0,
            reg_time: customer.created_at.rfc3339(),
            last_login_at: customer.last_login_at.map(|at| at.rfc3339()),
            last_activity_at: (),
            last_trade_at: (),
            ftd_at: deposits.map(|deposits| deposits.first_at.rfc3339()),
            is_deposited: deposits.is_some(),
            is_active: customer.enabled,
            first_name: text(&customer.first_name),
            last_name: text(&customer.last_name),
            full_name: customer.full_name(),
            ftd_sales_agent_id: (),
            owner: None,
            last_deposit_at: deposits.map(|deposits| deposits.last_at.rfc3339()),
            retention_status: (),
            risk_classification: "normal",
            compliance_status: (),
            phone_country: (),
            kyc_country: (),
            kyc_provider: (),
            kyc_completed_at: (),
            reg_ip: (),
            registration_source: customer.registration_source.clone(),
            force_password_change: false,
            erased_at: customer.erased_at.map(|at| at.rfc3339()),
            trading_accounts: accounts
                .iter()
                .map(|account| TradingAccount::new(app, account))
                .collect(),
        }
    }
}

impl CustomerResponse {
    /// For staff.
    pub fn with_owner(mut self, app: &App, owner: Option<&Staff>) -> Self {
        self.owner = owner.map(|staff| {
            let name = staff.full_name.as_str();
            let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
            CustomerOwner {
                id: app.public_ids.uuid(EntityKind::Staff, staff.id.0),
                first_name: first.to_owned(),
                last_name: last.to_owned(),
                full_name: name.to_owned(),
                role_id: (),
                role_name: staff.role.name(),
            }
        });
        self.owner_id = self.owner.as_ref().map(|owner| owner.id);
        self
    }
}

fn normalized(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let plus = if phone.trim_start().starts_with('+') {
        "+"
    } else {
        ""
    };
    (!digits.is_empty()).then(|| format!("{plus}{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_its_digits() {
        let check = |phone, expect: Option<&str>| {
            assert_eq!(normalized(phone).as_deref(), expect, "{phone}");
        };
        check("+49 (30) 000-005", Some("+4930000005"));
        check("030 0", Some("0300"));
        check("", None);
        check("+", None);
    }
}
