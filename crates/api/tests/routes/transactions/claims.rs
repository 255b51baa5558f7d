//! `POST /transactions/{tx_id}/refund`, `/chargeback` and `/chargeback/reverse`, `POST /prop/journeys/{journey_id}/refund`,
//! `POST /customers/me/transactions/{tx_id}/refund` and `POST /prop/purchases/{id}/refund`.

use crate::support::demo::DemoServer;
use crate::support::desk::LOGIN;
use crate::support::funded::FUNDED_LOGIN;
use crate::support::{Answer, Journey, enrolled};
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;
use touchstone_domain::access::Role;

/// Journey 12 on account 2000100, paid through transaction 1; its program gives 90 % back for a week.
async fn paid(server: &DemoServer) -> Journey {
    let staff = server.staff(1).await;
    let clone = cloned(
        server,
        json!({"refund_policy": {"within_days": 7, "kept_pct": "10"}}),
    )
    .await;
    let trader = server.trader().await;
    let path = format!("/challenges/{clone}/enroll");
    let answer = server.post(&trader, &path, &json!({})).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let text = |field: &str| answer.json()[field].as_str().expect("an id").to_owned();
    let journey = Journey {
        id: text("journey_id"),
        transaction: text("pending_tx_id"),
    };
    let path = format!("/transactions/{}/approve", journey.transaction);
    let approved = server.patch(&staff, &path, &json!({})).await;
    assert_eq!(approved.status.as_u16(), 200, "{}", approved.body);
    journey
}

async fn cloned(server: &DemoServer, change: Value) -> String {
    let staff = server.staff(1).await;
    let seed = server.uuid(EntityKind::Program, 1);
    let path = format!("/prop/templates/{seed}/clone");
    let clone = server
        .post(&staff, &path, &json!({"name": "Refundable"}))
        .await;
    let id = clone.json()["id"].as_str().expect("an id").to_owned();
    let path = format!("/prop/templates/{id}");
    let changed = server.patch(&staff, &path, &change).await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.body);
    id
}

async fn ask(server: &DemoServer, who: &str, path: &str, body: Value) -> Answer {
    server.post(who, path, &body).await
}

fn refused(answer: &Answer, status: u16, code: &str) {
    let told = (answer.status.as_u16(), answer.json()["error"].clone());
    assert_eq!(told, (status, json!(code)), "{}", answer.body);
}

#[tokio::test]
async fn a_customer_gets_back_what_the_policy_promises_and_his_journey_ends() {
    let server = DemoServer::with_desk().await;
    let journey = paid(&server).await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    let path = format!("/customers/me/transactions/{}/refund", journey.transaction);
    let answer = ask(&server, &trader, &path, json!({})).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let refund = server.uuid(EntityKind::Transaction, 2);
    assert_eq!(
        answer.json(),
        json!({
            "journey_id": journey.id,
            "journey_status": "abandoned",
            "amount": "449.10",
            "currency": "USD",
            "paid_amount": "449.10",
            "paid_currency": "USD",
            "paid_to": "outside",
            "refund_transaction_id": refund,
            "override": false,
        })
    );
    refused(
        &ask(&server, &trader, &path, json!({})).await,
        409,
        "state_conflict",
    );
    let own = server.get(&trader, "/prop/challenges").await.json();
    let purchase = &own["purchases"][0];
    assert_eq!(
        (
            &purchase["status_name"],
            &purchase["payment_status"],
            &purchase["next_action"]
        ),
        (
            &json!("refunded"),
            &json!("refund_pending"),
            &json!("WAIT_FOR_REFUND")
        )
    );
    let order = json!({"symbol": "EURUSD", "side": "buy", "volume": "0.01"});
    let order = ask(
        &server,
        &trader,
        &format!("/accounts/{LOGIN}/orders"),
        order,
    )
    .await;
    refused(&order, 409, "ACCOUNT_NOT_TRADED");
    // Staff have paid it.
    let path = format!("/transactions/{refund}/approve");
    let approved = server.patch(&staff, &path, &json!({})).await.json();
    assert_eq!(approved["type"], "CHALLENGE_FEE_REFUND");
    assert_eq!(approved["related_transaction_id"], journey.transaction);
    let own = server.get(&trader, "/prop/challenges").await.json();
    assert_eq!(own["purchases"][0]["payment_status"], "refunded");
    let path = format!("/prop/journeys/{}", journey.id);
    let detail = server.get(&staff, &path).await.json();
    assert_eq!(detail["total_paid"], json!(49.9));
    assert_eq!(detail["phases"][0]["status"], "closed");
    assert_eq!(detail["account_enabled"], false);
}

#[tokio::test]
async fn what_was_traded_on_goes_back_only_against_the_policy() {
    let server = DemoServer::with_desk().await;
    let journey = paid(&server).await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    server.price(110_000).await;
    server.ten_lots(LOGIN).await;
    let own = format!("/customers/me/transactions/{}/refund", journey.transaction);
    refused(
        &ask(&server, &trader, &own, json!({})).await,
        409,
        "refund_refused",
    );
    let path = format!("/transactions/{}/refund", journey.transaction);
    let reason = || json!({"reason": "goodwill"});
    refused(
        &ask(&server, &staff, &path, reason()).await,
        409,
        "refund_refused",
    );
    for (body, field) in [
        (json!({}), "reason"),
        (json!({"reason": ""}), "reason"),
        (json!({"reason": " \t "}), "reason"),
        (json!({"reason": "x", "amount": "1"}), "amount"),
        (
            json!({"reason": "x", "override": true, "amount": "499.01"}),
            "amount",
        ),
        (
            json!({"reason": "x", "override": true, "amount": "0"}),
            "amount",
        ),
        (
            json!({"reason": "x", "override": true, "amount": "0.001"}),
            "amount",
        ),
        (json!({"reason": "x", "overide": true}), "overide"),
    ] {
        let answer = ask(&server, &staff, &path, body).await;
        assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
        assert_eq!(
            answer.json()["detail"][0]["loc"][1],
            field,
            "{}",
            answer.body
        );
    }
    let body = json!({"reason": "goodwill", "override": true, "amount": "100.00"});
    let answer = ask(&server, &staff, &path, body).await.json();
    assert_eq!(
        (&answer["amount"], &answer["override"]),
        (&json!("100.00"), &json!(true))
    );
    let positions = server
        .get(&trader, &format!("/accounts/{LOGIN}/positions"))
        .await;
    assert_eq!(positions.json()["items"], json!([]), "{}", positions.body);
}

#[tokio::test]
async fn what_a_wallet_has_paid_is_back_there_at_once() {
    let server = DemoServer::with_desk().await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    server.bought().await;
    let balance = async || {
        let accounts = server
            .get(&trader, "/prop/programs/1/payer-accounts")
            .await
            .json();
        accounts["rows"][0]["balance"].clone()
    };
    assert_eq!(balance().await, json!(701.0));
    let own = ask(&server, &trader, "/prop/purchases/10/refund", json!({})).await;
    refused(&own, 409, "REFUND_REFUSED");
    let journey = server.uuid(EntityKind::Challenge, 12);
    let path = format!("/prop/journeys/{journey}/refund");
    let plain = ask(&server, &staff, &path, json!({"reason": "x"})).await;
    refused(&plain, 409, "refund_refused");
    let body = json!({"reason": "goodwill", "override": true});
    let answer = ask(&server, &staff, &path, body.clone()).await;
    let told = answer.json();
    assert_eq!(
        (
            &told["paid_to"],
            &told["amount"],
            &told["refund_transaction_id"]
        ),
        (&json!("wallet"), &json!("499.00"), &Value::Null)
    );
    assert_eq!(balance().await, json!(1_200.0));
    refused(
        &ask(&server, &staff, &path, body).await,
        409,
        "state_conflict",
    );
    let purchase = server.get(&trader, "/prop/challenges").await.json();
    assert_eq!(purchase["purchases"][0]["status"], 5);
    assert_eq!(purchase["challenges"][0]["status"], 4);
}

#[tokio::test]
async fn a_purchase_tells_of_its_policy_and_gives_back_by_it() {
    let server = DemoServer::with_desk().await;
    let trader = server.trader().await;
    paid(&server).await;
    let policy = json!({
        "within_days": 7,
        "kept_pct": 10.0,
        "text": "Within 7 days of the payment the fee is given back, less 10.0 %, as long as nothing was traded.",
    });
    let offers = server.get(&trader, "/challenges").await.json();
    let items = offers["items"].as_array().expect("offers").clone();
    let of = |name: &str| {
        items
            .iter()
            .find(|item| item["name"] == name)
            .expect("an offer")
            .clone()
    };
    assert_eq!(of("Refundable")["refund_policy"], policy);
    let programs = server.get(&trader, "/prop/programs").await.json();
    let rows = programs["rows"].as_array().expect("programs").clone();
    let program = rows
        .iter()
        .find(|row| row["name"] == "Refundable")
        .expect("a program");
    assert_eq!(program["refund_policy"], policy);
    assert!(rows[0].get("refund_policy").is_none(), "{}", rows[0]);
    let preview = json!({"program_id": program["id"], "payer_login": 100_001});
    let preview = ask(&server, &trader, "/prop/challenge/preview", preview)
        .await
        .json();
    assert_eq!(preview["refund_policy"], policy);
    let answer = ask(&server, &trader, "/prop/purchases/10/refund", json!({})).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let told = answer.json();
    assert_eq!(
        (&told["refunded"], &told["currency"]),
        (&json!(449.1), &json!("USD"))
    );
    assert_eq!(told["purchase"]["status_name"], "refunded");
    let again = ask(&server, &trader, "/prop/purchases/10/refund", json!({})).await;
    refused(&again, 409, "PURCHASE_STATE_CONFLICT");
}

#[rstest]
#[case(json!({"within_days": 0}), "within_days must be from 1 to 365")]
#[case(json!({"within_days": 366}), "within_days must be from 1 to 365")]
#[case(json!({"within_days": 1, "kept_pct": 100}), "kept_pct must be from 0 to 99.99")]
#[case(json!({"within_days": 1, "kept_pct": -1}), "kept_pct must be from 0 to 99.99")]
#[tokio::test]
async fn a_policy_that_promises_nonsense_has_a_code_and_a_place(
    #[case] policy: Value,
    #[case] message: &str,
) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let id = cloned(&server, json!({"refund_policy": {"within_days": 3}})).await;
    let path = format!("/prop/templates/{id}");
    let answer = server
        .patch(&staff, &path, &json!({"refund_policy": policy}))
        .await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    let fault = &answer.json()["detail"][0];
    assert_eq!(fault["loc"], json!(["body", "refund_policy"]), "{fault}");
    assert_eq!(fault["ctx"]["code"], "refund_policy_invalid", "{fault}");
    assert!(
        fault["msg"].as_str().expect("text").contains(message),
        "{fault}"
    );
    let none = server
        .patch(&staff, &path, &json!({"refund_policy": null}))
        .await
        .json();
    assert_eq!(
        (&none["refund_policy"], &none["version"]),
        (&Value::Null, &json!(3))
    );
}

#[tokio::test]
async fn a_managers_program_has_a_policy_too() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let step = json!({"phase_index": 1, "name": "One", "account_group": "PROP-DEMO-100K", "max_total_loss_pct": 10});
    let body = |policy: Value| {
        json!({"brand": "brand-a", "name": "New", "price": 1, "price_currency": "USD", "steps": [step],
            "refund_policy": policy})
    };
    let path = "/prop/manage/programs/validate";
    let wrong = ask(
        &server,
        &staff,
        path,
        body(json!({"within_days": 400, "kept_pct": 100})),
    )
    .await;
    let faults = wrong.json()["faults"].clone();
    let place = |index: usize| {
        (
            faults[index]["code"].clone(),
            faults[index]["field"].clone(),
        )
    };
    assert_eq!(
        place(0),
        (
            json!("refund_policy_invalid"),
            json!("refund_policy.within_days")
        ),
        "{}",
        wrong.body
    );
    assert_eq!(
        place(1),
        (
            json!("refund_policy_invalid"),
            json!("refund_policy.kept_pct")
        )
    );
}

#[tokio::test]
async fn a_chargeback_lets_the_journey_rest_until_the_dispute_is_won() {
    let server = DemoServer::with_desk().await;
    let journey = paid(&server).await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    server.price(110_000).await;
    let path = format!("/transactions/{}/chargeback", journey.transaction);
    let answer = ask(&server, &staff, &path, json!({"reason": "fraud"})).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let taken = server.uuid(EntityKind::Transaction, 2);
    assert_eq!(
        answer.json(),
        json!({
            "chargeback_id": taken,
            "original_transaction_id": journey.transaction,
            "amount": "499.00",
            "currency": "USD",
            "balance_after": "100000.00",
            "account_frozen": true,
            "journey_id": journey.id,
            "journey_status": "active",
            "effect": "suspend",
            "reversal_id": null,
        })
    );
    refused(
        &ask(&server, &staff, &path, json!({"reason": "x"})).await,
        409,
        "state_conflict",
    );
    let orders = format!("/accounts/{LOGIN}/orders");
    let order = || json!({"symbol": "EURUSD", "side": "buy", "volume": "0.01"});
    refused(
        &ask(&server, &trader, &orders, order()).await,
        409,
        "ACCOUNT_DISABLED",
    );
    let look = json!({"symbol": "EURUSD", "action": "open"});
    let look = ask(&server, &trader, "/orders/preflight", look)
        .await
        .json();
    assert_eq!(look["block"], "ACCOUNT_DISABLED", "{look}");
    let mine = server.get(&trader, "/challenges/me").await.json();
    assert_eq!(mine["items"][0]["is_suspended"], true);
    for who in [&trader, &staff] {
        let account = server.get(who, &format!("/accounts/{LOGIN}")).await.json();
        let journey = &account["journey"];
        assert_eq!(
            (&journey["is_suspended"], &journey["suspended_because"]),
            (&json!(true), &json!("fee_charged_back")),
            "{account}"
        );
    }
    let own = server.get(&trader, "/prop/challenges").await.json();
    assert_eq!(own["purchases"][0]["payment_status"], "charged_back");
    let listed = server
        .get(&staff, "/transactions?type=CHARGEBACK")
        .await
        .json();
    assert_eq!(listed[0]["chargeback_of"], journey.transaction);
    let stand = async || {
        let rows = server.get(&staff, "/transactions").await.json();
        let rows = rows.as_array().expect("rows").clone();
        let told = rows.iter().rev();
        told.map(|row| json!([row["type"], row["fee_state"], row["is_reversed"]]))
            .collect::<Vec<Value>>()
    };
    let fee = |state: &str| json!(["CHALLENGE_FEE", state, false]);
    let taken = |is_reversed: bool| json!(["CHARGEBACK", null, is_reversed]);
    assert_eq!(stand().await, [fee("charged_back"), taken(false)]);
    let won = ask(
        &server,
        &staff,
        &format!("{path}/reverse"),
        json!({"reason": "won"}),
    )
    .await;
    assert_eq!(won.status.as_u16(), 200, "{}", won.body);
    assert_eq!(
        won.json()["reversal_id"],
        server.uuid(EntityKind::Transaction, 3)
    );
    assert_eq!(won.json()["account_frozen"], false);
    let back = json!(["CHARGEBACK_REVERSAL", null, false]);
    assert_eq!(stand().await, [fee("earned"), taken(true), back]);
    let again = ask(
        &server,
        &staff,
        &format!("{path}/reverse"),
        json!({"reason": "x"}),
    )
    .await;
    refused(&again, 409, "state_conflict");
    let traded = ask(&server, &trader, &orders, order()).await;
    assert_eq!(traded.status.as_u16(), 201, "{}", traded.body);
    for body in [
        json!({}),
        json!({"reason": "x", "effect": "perish"}),
        json!({"reason": "x", "efect": "end"}),
    ] {
        assert_eq!(ask(&server, &staff, &path, body).await.status.as_u16(), 422);
    }
}

#[tokio::test]
async fn a_funded_account_is_closed_and_its_payout_refused() {
    let server = DemoServer::with_desk().await;
    let payout = server.asked_for_payout().await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    let fee = server.uuid(EntityKind::Transaction, 1);
    let path = format!("/transactions/{fee}/chargeback");
    let body = json!({"reason": "fraud", "effect": "end"});
    let answer = ask(&server, &staff, &path, body).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert_eq!(answer.json()["journey_status"], "abandoned");
    let id = payout["payout_id"]
        .as_str()
        .or(payout["id"].as_str())
        .expect("an id");
    let refused_one = server
        .get(&staff, &format!("/prop/payouts/{id}"))
        .await
        .json();
    assert_eq!(refused_one["status"], "rejected", "{refused_one}");
    let account = server
        .get(&staff, &format!("/accounts/{FUNDED_LOGIN}"))
        .await
        .json();
    assert_eq!(account["is_traded"], false, "{account}");
    let asked = ask(
        &server,
        &trader,
        "/challenges/me/payouts/request",
        json!({}),
    )
    .await;
    refused(&asked, 409, "no_funded_account");
}

#[tokio::test]
async fn what_was_not_paid_or_is_no_fee_takes_neither() {
    let server = DemoServer::with_desk().await;
    let journey = enrolled(&server).await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    let deposit =
        json!({"amount": "5.00", "account_id": server.uuid(EntityKind::Account, 100_001)});
    let deposit = ask(&server, &trader, "/customers/me/deposit", deposit)
        .await
        .json();
    let deposit = deposit["transaction_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for id in [&journey.transaction, &deposit] {
        for verb in ["refund", "chargeback", "chargeback/reverse"] {
            let path = format!("/transactions/{id}/{verb}");
            let answer = ask(&server, &staff, &path, json!({"reason": "x"})).await;
            refused(&answer, 409, "state_conflict");
        }
    }
}

#[tokio::test]
async fn a_refused_chargeback_leaves_the_payout_as_it_was() {
    let server = DemoServer::with_desk().await;
    let payout = server.asked_for_payout().await;
    let staff = server.staff(1).await;
    let fee = server.uuid(EntityKind::Transaction, 1);
    let path = format!("/transactions/{fee}/chargeback/reverse");
    let none = ask(&server, &staff, &path, json!({"reason": "x"})).await;
    refused(&none, 409, "state_conflict");
    let deposit =
        json!({"amount": "5.00", "account_id": server.uuid(EntityKind::Account, 100_001)});
    let trader = server.trader().await;
    let deposit = ask(&server, &trader, "/customers/me/deposit", deposit).await;
    let path = format!(
        "/transactions/{}/chargeback",
        deposit.json()["transaction_id"].as_str().expect("an id")
    );
    let refusal = ask(&server, &staff, &path, json!({"reason": "x"})).await;
    refused(&refusal, 409, "state_conflict");
    let id = payout["payout_id"]
        .as_str()
        .or(payout["id"].as_str())
        .expect("an id");
    let now = server
        .get(&staff, &format!("/prop/payouts/{id}"))
        .await
        .json();
    assert_eq!(now["status"], "pending", "{now}");
}

#[tokio::test]
async fn outside_of_the_view_scope_there_is_no_fee() {
    let server = DemoServer::with_desk().await;
    let journey = paid(&server).await;
    let trader = server.trader().await;
    let deposit =
        json!({"amount": "5.00", "account_id": server.uuid(EntityKind::Account, 100_001)});
    let deposit = ask(&server, &trader, "/customers/me/deposit", deposit).await;
    let deposit = deposit.json()["transaction_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let narrow = server.with_role(Role::Finance).await;
    let sql = "UPDATE staff SET view_scope = 1 WHERE id = 3";
    let narrowed = server.app.store.write(move |tx| tx.execute(sql, &[]));
    assert_eq!(narrowed.await.expect("a store"), 1);
    // Neither a fee, nor what is none, nor a journey is told from what does not exist.
    for path in [
        format!("/transactions/{}/refund", journey.transaction),
        format!("/transactions/{deposit}/refund"),
        format!("/transactions/{}/chargeback", journey.transaction),
        format!("/transactions/{deposit}/chargeback"),
        format!("/transactions/{deposit}/chargeback/reverse"),
        format!("/prop/journeys/{}/refund", journey.id),
    ] {
        let answer = ask(&server, &narrow, &path, json!({"reason": "x"})).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}: {}", answer.body);
    }
}
