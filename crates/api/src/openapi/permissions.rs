//! Which permission of staff each operation needs. The operations ask for it themselves, in the transaction that acts;
//! that this table tells the truth is held by a test that knocks at every door with every role.

use serde_json::{Map, Value};
use touchstone_domain::access::Permission::{self, *};

const TABLE: &[(&str, &str, Permission)] = &[
    ("get", "/accounts", ViewAccounts),
    ("get", "/accounts/{login}", ViewAccounts),
    ("get", "/accounts/{login}/deals", ViewAccounts),
    ("get", "/accounts/{login}/orders", ViewAccounts),
    ("get", "/accounts/{login}/orders/history", ViewAccounts),
    ("get", "/accounts/{login}/positions", ViewAccounts),
    ("get", "/accounts/{login}/stream", ViewAccounts),
    ("get", "/audit", ViewAudit),
    ("get", "/customers", ViewCustomers),
    ("get", "/customers/{customer_id}", ViewCustomers),
    ("get", "/customers/{customer_id}/kyc", ViewCustomers),
    ("put", "/customers/{customer_id}/kyc", SetKyc),
    ("put", "/customers/{customer_id}/owner", AssignCustomer),
    ("get", "/customers/{customer_id}/export", ExportCustomer),
    ("post", "/customers/{customer_id}/erasure", EraseCustomer),
    ("get", "/feed/status", ViewFeeds),
    ("get", "/instruments", ViewMarket),
    ("get", "/instruments/{symbol}", ViewMarket),
    ("post", "/orders/preflight", ViewAccounts),
    ("get", "/quotes", ViewMarket),
    ("get", "/promo-codes", ViewPromotions),
    ("post", "/promo-codes", EditPromotions),
    ("get", "/promo-codes/{promo_code_id}", ViewPromotions),
    ("patch", "/promo-codes/{promo_code_id}", EditPromotions),
    ("get", "/prop/accounts/{account_id}", ViewAccounts),
    ("post", "/prop/accounts/{account_id}/anchor", SetAnchor),
    ("get", "/prop/attention", ViewAttention),
    ("get", "/prop/attention/{purchase_id}", ViewJourneys),
    (
        "post",
        "/prop/attention/{purchase_id}/resolve",
        ResolveAttention,
    ),
    ("get", "/prop/board", ViewAccounts),
    ("get", "/prop/breach-events", ViewBreaches),
    ("get", "/prop/breach-events/{breach_id}", ViewBreaches),
    (
        "post",
        "/prop/breach-events/{breach_id}/approve",
        ReviewBreach,
    ),
    (
        "post",
        "/prop/breach-events/{breach_id}/revert",
        ReviewBreach,
    ),
    ("get", "/prop/groups", ViewPrograms),
    ("get", "/prop/health", ViewFeeds),
    ("get", "/prop/journeys", ViewJourneys),
    ("post", "/prop/journeys/grant", GrantJourney),
    ("get", "/prop/journeys/{journey_id}", ViewJourneys),
    ("get", "/prop/journeys/{journey_id}/curve", ViewJourneys),
    ("post", "/prop/journeys/{journey_id}/cancel", CancelJourney),
    ("post", "/prop/journeys/{journey_id}/reset", ResetJourney),
    ("put", "/prop/manage/programs", EditPrograms),
    ("get", "/prop/manage/programs/{id}", ViewPrograms),
    ("post", "/prop/manage/programs/{id}", EditPrograms),
    ("post", "/prop/manage/programs/filter", ViewPrograms),
    ("post", "/prop/manage/programs/validate", ViewPrograms),
    ("get", "/prop/news", ViewNews),
    ("post", "/prop/news", EditNews),
    ("delete", "/prop/news/{news_id}", EditNews),
    ("post", "/prop/news/import", EditNews),
    ("get", "/mail-templates", ViewMail),
    ("put", "/mail-templates/{kind}", EditMail),
    ("delete", "/mail-templates/{kind}", EditMail),
    ("post", "/mail-templates/{kind}/preview", ViewMail),
    ("get", "/agreements", ViewAgreements),
    ("post", "/agreements", EditAgreements),
    ("delete", "/agreements/{agreement_id}", EditAgreements),
    ("get", "/prop/payouts", ViewPayouts),
    ("get", "/prop/payouts/{payout_id}", ViewPayouts),
    ("post", "/prop/payouts/{payout_id}/approve", ApprovePayout),
    ("post", "/prop/payouts/{payout_id}/reject", RejectPayout),
    ("post", "/prop/payouts/{payout_id}/return", DisbursePayout),
    (
        "post",
        "/prop/payouts/{payout_id}/mark-disbursing",
        DisbursePayout,
    ),
    (
        "post",
        "/prop/payouts/{payout_id}/mark-paid",
        DisbursePayout,
    ),
    ("get", "/prop/program-presets", ViewPrograms),
    ("get", "/prop/programs", ViewPrograms),
    ("get", "/prop/programs/{id}", ViewPrograms),
    ("get", "/prop/templates", ViewPrograms),
    ("post", "/prop/templates", EditPrograms),
    ("post", "/prop/templates/validate", ViewPrograms),
    ("get", "/prop/templates/{template_id}", ViewPrograms),
    ("patch", "/prop/templates/{template_id}", EditPrograms),
    ("get", "/prop/templates/{template_id}/changes", ViewPrograms),
    ("post", "/prop/templates/{template_id}/clone", EditPrograms),
    (
        "get",
        "/prop/templates/{template_id}/simulate",
        ViewPrograms,
    ),
    (
        "post",
        "/prop/templates/{template_id}/simulate",
        SimulatePrograms,
    ),
    (
        "delete",
        "/prop/templates/{template_id}/simulate",
        SimulatePrograms,
    ),
    (
        "get",
        "/prop/templates/{template_id}/versions",
        ViewPrograms,
    ),
    (
        "get",
        "/prop/templates/{template_id}/versions/{version}",
        ViewPrograms,
    ),
    ("get", "/transactions", ViewTransactions),
    ("post", "/transactions/manual", MakeTransaction),
    ("post", "/transactions/{tx_id}/reverse", MakeTransaction),
    ("post", "/transactions/{tx_id}/refund", RefundFee),
    ("post", "/prop/journeys/{journey_id}/refund", RefundFee),
    ("post", "/transactions/{tx_id}/chargeback", ChargeBackFee),
    (
        "post",
        "/transactions/{tx_id}/chargeback/reverse",
        ChargeBackFee,
    ),
    ("patch", "/transactions/{tx_id}/approve", DecideTransaction),
    ("patch", "/transactions/{tx_id}/decline", DecideTransaction),
    ("get", "/webhooks", ViewWebhooks),
    ("post", "/webhooks", ManageWebhooks),
    ("get", "/webhooks/event-types", ViewWebhooks),
    ("get", "/webhooks/{webhook_id}", ViewWebhooks),
    ("patch", "/webhooks/{webhook_id}", ManageWebhooks),
    ("delete", "/webhooks/{webhook_id}", ManageWebhooks),
    (
        "post",
        "/webhooks/{webhook_id}/rotate-secret",
        ManageWebhooks,
    ),
    ("post", "/webhooks/{webhook_id}/test", ManageWebhooks),
    ("post", "/webhooks/{webhook_id}/replay", ManageWebhooks),
    ("delete", "/webhooks/{webhook_id}/replay", ManageWebhooks),
    ("get", "/webhooks/{webhook_id}/deliveries", ViewWebhooks),
    (
        "post",
        "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
        ManageWebhooks,
    ),
    ("get", "/api-tokens", ViewApiTokens),
    ("post", "/api-tokens", ManageApiTokens),
    ("patch", "/api-tokens/{token_id}", ManageApiTokens),
    ("post", "/api-tokens/{token_id}/rotate", ManageApiTokens),
    ("post", "/api-tokens/{token_id}/revoke", ManageApiTokens),
    (
        "post",
        "/customers/{customer_id}/totp/reset",
        ResetCustomerTotp,
    ),
    ("post", "/users/{user_id}/totp/reset", ResetStaffTotp),
    ("get", "/users", ViewStaff),
    ("post", "/users", EditStaff),
    ("get", "/users/{user_id}", ViewStaff),
    ("patch", "/users/{user_id}", EditStaff),
];

/// What staff need for it; `None` where it is not for staff, or for each of them.
pub(super) fn of(path: &str, method: &str) -> Option<Permission> {
    let mut table = TABLE.iter();
    let line = table.find(|line| (line.0, line.1) == (method, path));
    line.map(|(_, _, permission)| *permission)
}

/// Says at the operation which permission staff need for it.
pub(super) fn complete(operation: &mut Map<String, Value>, path: &str, method: &str) {
    let Some(permission) = of(path, method) else {
        return;
    };
    let name = permission.name();
    operation.insert("x-permission".to_owned(), name.into());
    let told = format!("Staff need the permission `{name}`.");
    let description = match operation.get("description").and_then(Value::as_str) {
        Some(text) => format!("{text}\n\n{told}"),
        None => told,
    };
    operation.insert("description".to_owned(), description.into());
}
