//! The list of them: a new operation is added here.

use super::Who;
use super::door::{self, Door};
use super::traded::Traded;
use super::{hooks, reads, words};
use crate::support::demo::DemoServer;
use axum::http::Method;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{
    Account, Breach, Challenge, Customer, News, Payout, Program, Promotion, Session,
    Staff as StaffKind, Transaction,
};

pub fn payrolls(title: &str) -> Value {
    json!({"at": "2026-05-08T12:30:00Z", "impact": "high", "currency": "USD", "title": title})
}

pub fn doors(server: &DemoServer, session: String, clone: String, traded: Traded) -> Vec<Door> {
    use Who::{Account as Login, Anyone, Customer as Trader, Staff, Trading};
    let numbers = |own: i64| Some((own.to_string(), "999999".to_owned()));
    let uuids = |kind, own: i64| Some((server.uuid(kind, own), server.uuid(kind, 999_999)));
    let clone = Some((clone, server.uuid(Program, 999_999)));
    let session = Some((session, server.uuid(Session, 999_999)));
    let reason = || Some(json!({"reason": "a test"}));
    let buy = || Some(json!({"program_id": 1, "payer_login": 100_001}));
    let money = || Some(json!({"amount": "10.00", "account_id": server.uuid(Account, 100_001)}));
    let grant = json!({
        "customer_id": server.uuid(Customer, 5),
        "template_id": server.uuid(Program, 1),
        "reason": "a test",
    });
    let by_hand = json!({
        "account_id": server.uuid(Account, 100_001),
        "type": "CORRECTION_IN",
        "amount": "1.00",
        "status": "APPROVED",
        "comment": "a test",
    });
    let (made, aggregate) = (door::made(), door::aggregate());
    let template = uuids(Program, 1);
    let transaction = uuids(Transaction, 1);
    let journey = uuids(Challenge, 12);
    let breach = uuids(Breach, 1);
    let payout = uuids(Payout, 1);
    let account = numbers(traded.login);
    let order = json!({"symbol": "EURUSD", "side": "buy", "volume": "0.01"});
    let by = json!({"position_id": traded.long, "opposite_position_id": traded.short});
    let no_code = || Some(json!({"code": "000000"}));
    let person = uuids(StaffKind, 5);
    let customer = uuids(Customer, 5);
    let get = |pattern, ids, who| (Method::GET, pattern, ids, None, who, false);
    let post = |pattern, ids, body, who| (Method::POST, pattern, ids, body, who, true);
    let patch = |pattern, ids, body, who| (Method::PATCH, pattern, ids, body, who, true);
    let still = |pattern, ids, body, who| (Method::POST, pattern, ids, body, who, false);
    let mut all = vec![
        get("/accounts", None, Anyone),
        get("/accounts/{login}", account.clone(), Anyone),
        get("/accounts/{login}/deals", account.clone(), Anyone),
        get("/accounts/{login}/orders", account.clone(), Anyone),
        post(
            "/accounts/{login}/orders",
            account.clone(),
            Some(order),
            Trading,
        ),
        get("/accounts/{login}/orders/history", account.clone(), Anyone),
        patch(
            "/accounts/{login}/orders/{order_id}",
            account.clone(),
            Some(json!({"price": "1.08"})),
            Trading,
        ),
        (
            Method::DELETE,
            "/accounts/{login}/orders/{order_id}",
            account.clone(),
            None,
            Trading,
            true,
        ),
        get("/accounts/{login}/positions", account.clone(), Anyone),
        patch(
            "/accounts/{login}/positions/{position_id}",
            account.clone(),
            Some(json!({"stop_loss": "1.05"})),
            Trading,
        ),
        post(
            "/accounts/{login}/positions/close-by",
            account.clone(),
            Some(by),
            Trading,
        ),
        post(
            "/accounts/{login}/positions/{position_id}/close",
            account.clone(),
            None,
            Trading,
        ),
        post(
            "/accounts/{login}/positions/close-all",
            account.clone(),
            None,
            Trading,
        ),
        get("/accounts/{login}/stream", account, Anyone),
        get("/events/stream", None, Anyone),
        (
            Method::DELETE,
            "/auth/sessions/{session_id}",
            session,
            None,
            Anyone,
            true,
        ),
        get("/challenges", None, Trader),
        get("/challenges/me", None, Trader),
        post(
            "/challenges/{template_id}/enroll",
            template.clone(),
            Some(json!({})),
            Trader,
        ),
        get(
            "/challenges/me/{journey_id}/addons",
            journey.clone(),
            Trader,
        ),
        still(
            "/challenges/me/{journey_id}/addons",
            journey.clone(),
            Some(json!({"addon_code": "no_time_limit"})),
            Trader,
        ),
        get("/challenges/me/payouts", None, Trader),
        get("/challenges/me/payouts/eligibility", None, Trader),
        still("/challenges/me/payouts/request", None, None, Trader),
        get("/customers/{customer_id}/kyc", uuids(Customer, 5), Staff),
        get("/customers/me/kyc", None, Trader),
        (
            Method::PUT,
            "/customers/{customer_id}/kyc",
            uuids(Customer, 5),
            Some(json!({"status": "approved", "reason": "a test"})),
            Staff,
            true,
        ),
        get("/prop/payouts", None, Staff),
        get("/prop/payouts/{payout_id}", payout.clone(), Staff),
        post(
            "/prop/payouts/{payout_id}/approve",
            payout.clone(),
            reason(),
            Staff,
        ),
        still(
            "/prop/payouts/{payout_id}/reject",
            payout.clone(),
            reason(),
            Staff,
        ),
        still(
            "/prop/payouts/{payout_id}/return",
            payout.clone(),
            reason(),
            Staff,
        ),
        still(
            "/prop/payouts/{payout_id}/mark-disbursing",
            payout.clone(),
            None,
            Staff,
        ),
        still(
            "/prop/payouts/{payout_id}/mark-paid",
            payout,
            Some(json!({"reference": "a test"})),
            Staff,
        ),
        get("/customer/account/groups", None, Trader),
        post(
            "/customer/account/open",
            None,
            Some(json!({"group": "DEMO-USD"})),
            Trader,
        ),
        post(
            "/customer/account/password",
            None,
            Some(json!({"password": "my own password"})),
            Login,
        ),
        post(
            "/customer/account/{login}/temporary-password",
            numbers(100_001),
            None,
            Trader,
        ),
        post("/customer/auth/logout", None, None, Anyone),
        get("/customer/me", None, Trader),
        get("/customer/session/accounts", None, Trader),
        post("/customers/me/deposit", None, money(), Trader),
        get("/instruments", None, Anyone),
        get(
            "/instruments/{symbol}",
            Some(("EURUSD".to_owned(), "NOTHING".to_owned())),
            Anyone,
        ),
        still(
            "/orders/preflight",
            None,
            Some(json!({"symbol": "EURUSD", "action": "open"})),
            Anyone,
        ),
        get("/quotes", None, Anyone),
        post(
            "/customers/me/transactions/{tx_id}/pay",
            transaction.clone(),
            None,
            Trader,
        ),
        still(
            "/customers/me/transactions/{tx_id}/refund",
            transaction.clone(),
            None,
            Trader,
        ),
        post(
            "/customers/me/transactions/{tx_id}/promo",
            transaction.clone(),
            Some(json!({"code": "HOUSE"})),
            Trader,
        ),
        (
            Method::DELETE,
            "/customers/me/transactions/{tx_id}/promo",
            transaction.clone(),
            None,
            Trader,
            false,
        ),
        post("/customers/me/withdraw", None, money(), Trader),
        get("/feed/status", None, Staff),
        still(
            "/prop/accounts/{account_id}/anchor",
            uuids(Account, 2_000_100),
            Some(json!({"anchor": "100000.00", "reason": "a test"})),
            Staff,
        ),
        get("/prop/breach-events", None, Staff),
        get("/prop/breach-events/{breach_id}", breach.clone(), Anyone),
        post(
            "/prop/breach-events/{breach_id}/approve",
            breach.clone(),
            reason(),
            Staff,
        ),
        post(
            "/prop/breach-events/{breach_id}/revert",
            breach,
            reason(),
            Staff,
        ),
        get(
            "/prop/accounts/{account_id}",
            uuids(Account, 2_000_100),
            Staff,
        ),
        get("/prop/attention", None, Staff),
        still(
            "/prop/attention/{purchase_id}/resolve",
            uuids(touchstone_domain::EntityKind::Purchase, 10),
            Some(json!({"action": "retry", "reason": "a test"})),
            Staff,
        ),
        post("/prop/challenge/buy", None, buy(), Trader),
        still(
            "/prop/challenge/addon/buy",
            None,
            Some(
                json!({"challenge_id": 12, "addon_code": "no_time_limit", "payer_login": 100_001}),
            ),
            Trader,
        ),
        still("/prop/challenge/preview", None, buy(), Trader),
        get("/prop/challenges", None, Trader),
        get("/prop/challenges/{id}", numbers(12), Trader),
        get("/prop/challenges/{id}/addons", numbers(12), Trader),
        get("/prop/challenges/{id}/breaches", numbers(12), Trader),
        get("/prop/challenges/{id}/days", numbers(12), Trader),
        get("/prop/challenges/{id}/metrics", numbers(12), Trader),
        get("/prop/journeys", None, Staff),
        post("/prop/journeys/grant", None, Some(grant), Staff),
        get("/prop/journeys/{journey_id}", journey.clone(), Staff),
        get("/prop/journeys/{journey_id}/curve", journey.clone(), Staff),
        post(
            "/prop/journeys/{journey_id}/cancel",
            journey.clone(),
            reason(),
            Staff,
        ),
        still(
            "/prop/journeys/{journey_id}/refund",
            journey.clone(),
            reason(),
            Staff,
        ),
        still(
            "/prop/journeys/{journey_id}/reset",
            journey,
            reason(),
            Staff,
        ),
        get("/prop/news", None, Anyone),
        post("/prop/news", None, Some(payrolls("Payrolls")), Staff),
        (
            Method::DELETE,
            "/prop/news/{news_id}",
            uuids(News, 1),
            None,
            Staff,
            true,
        ),
        get("/promo-codes", None, Staff),
        post(
            "/promo-codes",
            None,
            Some(json!({"code": "DOOR", "discount_percent": 10})),
            Staff,
        ),
        get("/promo-codes/{promo_code_id}", uuids(Promotion, 1), Staff),
        patch(
            "/promo-codes/{promo_code_id}",
            uuids(Promotion, 1),
            Some(json!({"description": "Changed"})),
            Staff,
        ),
        get("/prop/programs", None, Anyone),
        get("/prop/programs/{id}", numbers(1), Anyone),
        get("/prop/programs/{id}/payer-accounts", numbers(1), Trader),
        post("/prop/purchases/{id}/cancel", numbers(10), None, Trader),
        still("/prop/purchases/{id}/retry", numbers(10), None, Trader),
        still("/prop/purchases/{id}/refund", numbers(10), None, Trader),
        get("/prop/program-presets", None, Staff),
        (
            Method::PUT,
            "/prop/manage/programs",
            None,
            Some(aggregate.clone()),
            Staff,
            true,
        ),
        get("/prop/manage/programs/{id}", numbers(2), Staff),
        post(
            "/prop/manage/programs/{id}",
            numbers(2),
            Some(json!({"name": "Another name"})),
            Staff,
        ),
        still(
            "/prop/manage/programs/filter",
            None,
            Some(json!({"limit": 10, "offset": 0})),
            Staff,
        ),
        still(
            "/prop/manage/programs/validate",
            None,
            Some(aggregate),
            Staff,
        ),
        get("/prop/templates", None, Staff),
        post("/prop/templates", None, Some(made.clone()), Staff),
        still("/prop/templates/validate", None, Some(made), Staff),
        get("/prop/templates/{template_id}", template.clone(), Staff),
        get(
            "/prop/templates/{template_id}/changes",
            template.clone(),
            Staff,
        ),
        get(
            "/prop/templates/{template_id}/versions",
            template.clone(),
            Staff,
        ),
        get(
            "/prop/templates/{template_id}/versions/{version}",
            template.clone(),
            Staff,
        ),
        patch(
            "/prop/templates/{template_id}",
            clone,
            Some(json!({"name": "Other"})),
            Staff,
        ),
        post(
            "/prop/templates/{template_id}/clone",
            template.clone(),
            Some(json!({"name": "More"})),
            Staff,
        ),
        get(
            "/prop/templates/{template_id}/simulate",
            template.clone(),
            Staff,
        ),
        post(
            "/prop/templates/{template_id}/simulate",
            template.clone(),
            Some(json!({"traders": 1})),
            Staff,
        ),
        (
            Method::DELETE,
            "/prop/templates/{template_id}/simulate",
            template,
            None,
            Staff,
            true,
        ),
        get("/auth/totp", None, Anyone),
        post("/auth/totp/enroll", None, None, Anyone),
        still("/auth/totp/confirm", None, no_code(), Anyone),
        still("/auth/totp/disable", None, no_code(), Anyone),
        still("/auth/totp/backup-codes", None, no_code(), Anyone),
        (Method::GET, "/customer/auth/otp", None, None, Trader, true),
        (
            Method::PUT,
            "/customer/auth/otp",
            None,
            Some(json!({"otp_code": "000000"})),
            Trader,
            false,
        ),
        still(
            "/customers/{customer_id}/totp/reset",
            customer.clone(),
            reason(),
            Staff,
        ),
        still(
            "/users/{user_id}/totp/reset",
            person.clone(),
            reason(),
            Staff,
        ),
        get("/api-tokens", None, Staff),
        post(
            "/api-tokens",
            None,
            Some(json!({"name": "Door", "scopes": ["view_news"]})),
            Staff,
        ),
        patch(
            "/api-tokens/{token_id}",
            numbers(1),
            Some(json!({"name": "Another"})),
            Staff,
        ),
        post("/api-tokens/{token_id}/rotate", numbers(1), None, Staff),
        post("/api-tokens/{token_id}/revoke", numbers(1), None, Staff),
        get("/users", None, Staff),
        post(
            "/users",
            None,
            Some(
                json!({"email": "door@demo.test", "full_name": "Dora Door", "role": "support", "password": "door-password"}),
            ),
            Staff,
        ),
        get("/users/me", None, Staff),
        patch(
            "/users/me",
            None,
            Some(json!({"full_name": "Somebody Else"})),
            Staff,
        ),
        get("/users/{user_id}", person.clone(), Staff),
        patch(
            "/users/{user_id}",
            person,
            Some(json!({"full_name": "Another Name", "reason": "a test"})),
            Staff,
        ),
        get("/roles", None, Staff),
        get("/customers/{customer_id}", customer.clone(), Staff),
        (
            Method::PUT,
            "/customers/{customer_id}/owner",
            customer,
            Some(json!({"owner_id": server.uuid(StaffKind, 4), "reason": "a test"})),
            Staff,
            true,
        ),
        get("/transactions", None, Staff),
        patch(
            "/transactions/{tx_id}/approve",
            transaction.clone(),
            Some(json!({})),
            Staff,
        ),
        post("/transactions/manual", None, Some(by_hand), Staff),
        still(
            "/transactions/{tx_id}/reverse",
            transaction.clone(),
            reason(),
            Staff,
        ),
        still(
            "/transactions/{tx_id}/refund",
            transaction.clone(),
            reason(),
            Staff,
        ),
        still(
            "/transactions/{tx_id}/chargeback",
            transaction.clone(),
            reason(),
            Staff,
        ),
        still(
            "/transactions/{tx_id}/chargeback/reverse",
            transaction.clone(),
            reason(),
            Staff,
        ),
        patch(
            "/transactions/{tx_id}/decline",
            transaction,
            Some(json!({})),
            Staff,
        ),
    ];
    all.extend(words::doors(server));
    all.extend(reads::doors(server));
    all.extend(hooks::doors());
    let door = |(method, pattern, ids, body, who, changes)| Door {
        method,
        pattern,
        ids,
        inner: if str::contains(pattern, "{order_id}") {
            traded.waiting
        } else if str::contains(pattern, "{version}") || str::contains(pattern, "{delivery_id}") {
            1
        } else {
            traded.long
        },
        body,
        who,
        changes,
    };
    all.into_iter().map(door).collect()
}
