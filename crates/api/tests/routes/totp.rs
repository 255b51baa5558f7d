//! `/auth/totp`, `/customer/auth/otp`, and sign-in with a second factor.

use crate::support::Answer;
use crate::support::demo::DemoServer;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};
use touchstone_domain::EntityKind::{Customer, Staff};
use touchstone_domain::access::Role;

const STEP_US: i64 = 30 * 1_000_000;

/// What a device shows, so many steps from now.
fn shown(server: &DemoServer, secret: &str, steps: i64) -> String {
    let secret = Secret::try_from_base32(secret).expect("base 32");
    let codes = Builder::new()
        .with_secret(secret)
        .build()
        .expect("a secret");
    let seconds = server.app.now().seconds() + 30 * steps;
    let seconds = u64::try_from(seconds).expect("a time");
    codes.generate(seconds).to_string()
}

pub struct On {
    secret: String,
    pub spare: Vec<String>,
}

/// Switches the factor on with a code of the step before.
pub async fn switched_on(server: &DemoServer, token: &str) -> On {
    let enrolled = server.post(token, "/auth/totp/enroll", &json!({})).await;
    assert_eq!(enrolled.status.as_u16(), 200, "{}", enrolled.body);
    let secret = enrolled.json()["secret"]
        .as_str()
        .expect("a secret")
        .to_owned();
    let body = json!({"code": shown(server, &secret, -1)});
    let confirmed = server.post(token, "/auth/totp/confirm", &body).await;
    assert_eq!(confirmed.status.as_u16(), 200, "{}", confirmed.body);
    let spare = serde_json::from_value(confirmed.json()["backup_codes"].clone());
    let spare = spare.expect("codes");
    On { secret, spare }
}

async fn staff_login(server: &DemoServer, code: Option<&str>) -> Answer {
    let body = json!({"email": "admin@demo.test", "password": "demo-admin-1", "totp_code": code});
    server.post("", "/users/login", &body).await
}

async fn terminal_login(server: &DemoServer, code: Option<&str>) -> Answer {
    let body = json!({"email": "trader@demo.test", "password": "demo-trader-1", "otp_code": code});
    server.post("", "/customer/auth/login", &body).await
}

#[tokio::test]
async fn staff_bring_a_code_and_each_code_once() {
    let server = DemoServer::with_manual_clock().await;
    let admin = server.staff(1).await;
    assert_eq!(staff_login(&server, None).await.status.as_u16(), 200);
    let on = switched_on(&server, &admin).await;
    let wanted = staff_login(&server, None).await;
    assert_eq!(wanted.error(), (202, "TOTP_REQUIRED".to_owned()));
    assert!(!wanted.body.contains("access_token"), "{}", wanted.body);
    let used = shown(&server, &on.secret, -1);
    let refused = (401, "invalid_totp_code".to_owned());
    assert_eq!(staff_login(&server, Some(&used)).await.error(), refused);
    let now = shown(&server, &on.secret, 0);
    assert_eq!(staff_login(&server, Some(&now)).await.status.as_u16(), 200);
    assert_eq!(staff_login(&server, Some(&now)).await.error(), refused);
    for far in [-2, 2] {
        let code = shown(&server, &on.secret, far);
        assert_eq!(staff_login(&server, Some(&code)).await.error(), refused);
    }
    let next = shown(&server, &on.secret, 1);
    assert_eq!(staff_login(&server, Some(&next)).await.status.as_u16(), 200);
    // The newest code that was taken is of a later step than this one.
    server.clock.advance_micros(STEP_US);
    assert_eq!(staff_login(&server, Some(&next)).await.error(), refused);
}

/// The first brand's firm file says so from now on.
pub async fn demanded(server: &DemoServer) {
    let sql = "UPDATE brand SET staff_totp_required = 1 WHERE id = 1";
    let set = server.app.store.write(|tx| tx.execute(sql, &[])).await;
    assert_eq!(set.expect("a store"), 1);
}

#[tokio::test]
async fn where_it_is_demanded_staff_get_it_first_and_do_everything_then() {
    let server = DemoServer::new().await;
    let (admin, trader) = (server.staff(1).await, server.trader().await);
    let body = json!({"name": "House", "scopes": ["view_journeys"]});
    let made = server.post(&admin, "/api-tokens", &body).await.json();
    let program = made["token"].as_str().expect("a token").to_owned();
    demanded(&server).await;
    let (slate, terminal) = ("/prop/journeys", "/prop/manage/programs/1");
    let wanted = (403, "totp_enrollment_required".to_owned());
    for token in [&admin, &program] {
        assert_eq!(server.get(token, slate).await.error(), wanted);
    }
    let refused = server.get(&admin, terminal).await;
    let wanted = (403, "OTP_ENROLLMENT_REQUIRED".to_owned());
    assert_eq!(refused.error(), wanted);
    // He can sign in, see who he is, and sign out: of customers' sessions he ends none.
    let signed_in = staff_login(&server, None).await.json();
    let own = format!(
        "/auth/sessions/{}",
        signed_in["session_id"].as_str().expect("an id")
    );
    let token = signed_in["access_token"].as_str().expect("a token");
    assert_eq!(server.get(token, "/users/me").await.status.as_u16(), 200);
    let ended = server.send(axum::http::Method::DELETE, token, &own).await;
    assert!(ended.status.is_success(), "{}", ended.body);
    // Nobody else is asked for one.
    let journeys = server.get(&trader, "/challenges/me").await;
    assert_eq!(journeys.status.as_u16(), 200);
    let other = server.staff(2).await;
    assert_eq!(server.get(&other, slate).await.status.as_u16(), 200);
    // A secret alone is none yet.
    server.post(&admin, "/auth/totp/enroll", &json!({})).await;
    assert_eq!(server.get(&admin, slate).await.status.as_u16(), 403);
    switched_on(&server, &admin).await;
    for token in [&admin, &program] {
        assert_eq!(server.get(token, slate).await.status.as_u16(), 200);
    }
    let found = server.get(&admin, terminal).await;
    assert_eq!(found.status.as_u16(), 200, "{}", found.body);
}

#[tokio::test]
async fn a_backup_code_is_good_once_and_kept_as_a_hash() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let on = switched_on(&server, &admin).await;
    assert_eq!(on.spare.len(), 10);
    let typed = on.spare[0].to_uppercase().replace('-', " ");
    assert_eq!(
        staff_login(&server, Some(&typed)).await.status.as_u16(),
        200
    );
    let again = staff_login(&server, Some(&on.spare[0])).await;
    assert_eq!(again.error(), (401, "invalid_totp_code".to_owned()));
    let status = server.get(&admin, "/auth/totp").await.json();
    assert_eq!(
        (&status["enabled"], &status["backup_codes_left"]),
        (&json!(true), &json!(9))
    );
    let body = json!({"code": on.spare[1]});
    let renewed = server
        .post(&admin, "/auth/totp/backup-codes", &body)
        .await
        .json();
    let fresh = renewed["backup_codes"][0].as_str().expect("a code");
    assert_eq!(
        staff_login(&server, Some(&on.spare[2]))
            .await
            .status
            .as_u16(),
        401
    );
    assert_eq!(staff_login(&server, Some(fresh)).await.status.as_u16(), 200);
    let clear = server.app.store.read(|tx| {
        tx.query("SELECT code_hash FROM totp_backup_code", &[], |row| {
            Ok(row.blob(0)?.to_vec())
        })
    });
    let clear = clear.await.expect("a store");
    assert!(
        clear
            .iter()
            .all(|hash| hash.len() == 32 && !hash.starts_with(b"a"))
            || clear.len() == 10
    );
}

#[tokio::test]
async fn it_asks_for_nothing_before_it_is_confirmed_and_goes_with_a_code_only() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let code = |code: &str| json!({ "code": code });
    let none = server
        .post(&admin, "/auth/totp/confirm", &code("123456"))
        .await;
    assert_eq!(none.error(), (409, "totp_not_enrolled".to_owned()));
    let off = server
        .post(&admin, "/auth/totp/disable", &code("123456"))
        .await;
    assert_eq!(off.error(), (409, "totp_disabled".to_owned()));
    let enrolled = server
        .post(&admin, "/auth/totp/enroll", &json!({}))
        .await
        .json();
    let uri = enrolled["provisioning_uri"].as_str().expect("a URI");
    assert!(uri.starts_with("otpauth://totp/"), "{uri}");
    assert!(
        uri.contains("brand-a") && uri.contains("admin%40demo.test"),
        "{uri}"
    );
    assert_eq!(staff_login(&server, None).await.status.as_u16(), 200);
    let on = switched_on(&server, &admin).await;
    let again = server.post(&admin, "/auth/totp/enroll", &json!({})).await;
    assert_eq!(again.error(), (409, "totp_enabled".to_owned()));
    let wrong = server
        .post(&admin, "/auth/totp/disable", &code("abc"))
        .await;
    assert_eq!(wrong.error(), (401, "invalid_totp_code".to_owned()));
    let now = shown(&server, &on.secret, 0);
    let off = server.post(&admin, "/auth/totp/disable", &code(&now)).await;
    assert_eq!(off.json()["enabled"], false, "{}", off.body);
    assert_eq!(staff_login(&server, None).await.status.as_u16(), 200);
}

#[tokio::test]
async fn customers_have_it_in_both_dialects() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let set = |body: Value| {
        let (server, trader) = (&server, trader.as_str());
        async move { server.put(trader, "/customer/auth/otp", &body).await }
    };
    let none = set(json!({"otp_code": "123456"})).await;
    assert_eq!(none.error(), (403, "OTP_NOT_CONFIGURED".to_owned()));
    let got = server.get(&trader, "/customer/auth/otp").await.json();
    let secret = got["secret"].as_str().expect("a secret");
    assert_eq!(got["otp_enabled"], 0);
    assert_eq!(terminal_login(&server, None).await.json()["otp_enabled"], 0);
    let wrong = set(json!({"otp_code": "12345a"})).await;
    assert_eq!(wrong.error(), (403, "INVALID_OTP_CODE".to_owned()));
    let on = set(json!({"otp_code": shown(&server, secret, -1)})).await;
    assert_eq!(on.json()["otp_enabled"], 1, "{}", on.body);
    let again = server.get(&trader, "/customer/auth/otp").await;
    assert_eq!(again.error(), (409, "OTP_ALREADY_ENABLED".to_owned()));
    let wanted = terminal_login(&server, None).await;
    assert_eq!(wanted.error(), (403, "OTP_REQUIRED".to_owned()));
    let empty = terminal_login(&server, Some("")).await;
    assert_eq!(empty.error(), (403, "OTP_REQUIRED".to_owned()));
    let wrong = terminal_login(&server, Some("000000")).await;
    assert_eq!(wrong.error(), (403, "INVALID_OTP_CODE".to_owned()));
    let now = shown(&server, secret, 0);
    let login = terminal_login(&server, Some(&now)).await;
    assert_eq!(login.json()["otp_enabled"], 1, "{}", login.body);
    let body = json!({"email": "trader@demo.test", "password": "demo-trader-1"});
    let slate = server.post("", "/customers/login", &body).await;
    assert_eq!(slate.error(), (202, "TOTP_REQUIRED".to_owned()));
    let code = shown(&server, secret, 1);
    let body = json!({"email": "trader@demo.test", "password": "demo-trader-1", "totp_code": code});
    let slate = server.post("", "/customers/login", &body).await;
    assert_eq!(slate.status.as_u16(), 200, "{}", slate.body);
    let spare = on.json()["backup_codes"][0].clone();
    let off = set(json!({"otp_code": spare, "otp_enabled": 0})).await;
    assert_eq!(off.json()["otp_enabled"], 0, "{}", off.body);
    assert_eq!(terminal_login(&server, None).await.status.as_u16(), 200);
}

#[tokio::test]
async fn wrong_codes_are_counted_for_the_person_wherever_they_come_from() {
    let server = DemoServer::with_manual_clock().await;
    let admin = server.staff(1).await;
    let on = switched_on(&server, &admin).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let body = json!({"code": "000000"});
        let own = server.post(&admin, "/auth/totp/disable", &body).await;
        let login = staff_login(&server, Some("000000")).await;
        // The right password alone is no guess at a code, and gives no new ones.
        let asked = staff_login(&server, None).await;
        seen.push([own, login, asked].map(|answer| answer.status.as_u16()));
    }
    assert_eq!(seen, [[401, 401, 202], [401, 401, 202], [401, 429, 202]]);
    let right = || shown(&server, &on.secret, 0);
    let late = staff_login(&server, Some(&right())).await;
    assert_eq!(late.error().0, 429, "{}", late.body);
    assert_eq!(late.header("retry-after"), Some("300"));
    server.clock.advance_micros(299 * 1_000_000);
    let late = staff_login(&server, Some(&right())).await;
    assert_eq!(late.header("retry-after"), Some("1"));
    server.clock.advance_micros(1_000_000);
    // One wrong code more is one again.
    let wrong = staff_login(&server, Some("000000")).await;
    assert_eq!(wrong.error(), (401, "invalid_totp_code".to_owned()));
    let good = staff_login(&server, Some(&right())).await;
    assert_eq!(good.status.as_u16(), 200, "{}", good.body);
}

#[tokio::test]
async fn a_good_code_that_is_sent_again_is_no_guess() {
    let server = DemoServer::with_manual_clock().await;
    let admin = server.staff(1).await;
    let on = switched_on(&server, &admin).await;
    let body = json!({"code": shown(&server, &on.secret, 0)});
    let renew = async || {
        let answer = server.post(&admin, "/auth/totp/backup-codes", &body).await;
        answer.status.as_u16()
    };
    assert_eq!(renew().await, 200);
    for _ in 0..8 {
        assert_eq!(renew().await, 401);
    }
    let next = shown(&server, &on.secret, 1);
    assert_eq!(staff_login(&server, Some(&next)).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_new_secret_gives_no_new_guesses() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let mut seen = Vec::new();
    for _ in 0..6 {
        server.get(&trader, "/customer/auth/otp").await;
        let body = json!({"otp_code": "000000"});
        let set = server.put(&trader, "/customer/auth/otp", &body).await;
        seen.push(set.status.as_u16());
    }
    assert_eq!(seen, [403, 403, 403, 403, 403, 429]);
}

#[tokio::test]
async fn who_may_takes_it_away_from_who_has_lost_it() {
    let server = DemoServer::new().await;
    let (trader, risk) = (server.trader().await, server.with_role(Role::Risk).await);
    switched_on(&server, &trader).await;
    switched_on(&server, &risk).await;
    let account = server.account(1, 100_001).await;
    let reason = json!({"reason": "a lost phone"});
    let admin = server.staff(1).await;
    let customers = format!("/customers/{}/totp/reset", server.uuid(Customer, 5));
    let colleagues = format!("/users/{}/totp/reset", server.uuid(Staff, 2));
    let refused = server.post(&risk, &colleagues, &reason).await;
    assert_eq!(refused.error(), (403, "forbidden".to_owned()));
    let rows = server.audit_rows().await;
    for (path, token) in [(&customers, &trader), (&colleagues, &risk)] {
        for was_enrolled in [true, false] {
            let reset = server.post(&admin, path, &reason).await;
            assert_eq!(reset.json()["was_enrolled"], was_enrolled, "{}", reset.body);
        }
        let ended = server.get(token, "/auth/totp").await;
        assert_eq!(ended.status.as_u16(), 401, "{path}");
    }
    assert_eq!(server.audit_rows().await, rows + 2);
    // One that was begun, and that no code has confirmed, asks for nothing.
    server
        .post(&server.trader().await, "/auth/totp/enroll", &json!({}))
        .await;
    let begun = server.post(&admin, &customers, &reason).await;
    assert_eq!(begun.json()["was_enrolled"], false, "{}", begun.body);
    assert_eq!(terminal_login(&server, None).await.status.as_u16(), 200);
    // The sessions of his accounts have ended with his own.
    let ended = server.get(&account, "/accounts/100001").await;
    assert_eq!(ended.status.as_u16(), 401, "{}", ended.body);
    let own = format!("/users/{}/totp/reset", server.uuid(Staff, 1));
    let refused = server.post(&admin, &own, &reason).await;
    assert_eq!(refused.error(), (409, "cannot_change_yourself".to_owned()));
}

#[tokio::test]
async fn a_secret_is_sealed_where_it_is_kept_and_no_token_touches_it() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let on = switched_on(&server, &admin).await;
    let secret = Secret::try_from_base32(&on.secret).expect("base 32");
    let kept = server.app.store.read(|tx| {
        tx.query_one("SELECT sealed_secret FROM totp", &[], |row| {
            Ok(row.blob(0)?.to_vec())
        })
    });
    let kept = kept.await.expect("a store");
    let secret: &[u8] = secret.as_ref();
    assert!(!kept.windows(secret.len()).any(|part| part == secret));
    let body = json!({"name": "Bot", "scopes": ["view_news"]});
    let token = server.post(&admin, "/api-tokens", &body).await.json();
    let token = token["token"].as_str().expect("a token");
    let refused = server.get(token, "/auth/totp").await;
    assert_eq!(refused.error(), (403, "forbidden".to_owned()));
    assert_eq!(server.get(token, "/prop/news").await.status.as_u16(), 200);
}
