//! Everything about a customer as one document, and everything personal overwritten: at once, once, and wholly.

use crate::support::{FREE, PAID, START, World, request, world};
use secrecy::SecretString;
use touchstone_app::agreements::Publish;
use touchstone_app::identity::{
    Caller, Credentials, CustomerCaller, Registration, SessionError, SessionLife, verify,
};
use touchstone_app::kyc::{KycError, KycNotice};
use touchstone_app::privacy::{EXPORTS_AN_HOUR, EraseError, EraseOwn, Erased, ExportError};
use touchstone_app::transactions::{Decision, DepositRequest, WithdrawRequest};
use touchstone_domain::kyc::Kyc;
use touchstone_domain::{CustomerId, TransactionId};
use touchstone_store::testing::databases;
use touchstone_store::{Engine, StoreError, params};

/// A word that is in everything that tells who he is.
pub const NAME: &str = "Quillon";
const EMAIL: &str = "quillon@example.com";
const PASSWORD: &str = "a long password";

fn proof(password: &str) -> EraseOwn {
    EraseOwn {
        password: SecretString::from(password),
        code: None,
    }
}

impl World {
    async fn number(&self, sql: String) -> i64 {
        let sql: &'static str = sql.leak();
        let counted = self
            .app
            .store
            .read(move |tx| tx.query_one(sql, &[], |row| row.int(0)));
        counted.await.expect("a number")
    }

    async fn sign_in_anew(&self) -> Result<CustomerCaller, String> {
        let credentials = Credentials {
            brand: Some("brand-a".into()),
            email: EMAIL.into(),
            password: SecretString::from(PASSWORD),
            code: None,
        };
        let signed_in = self
            .app
            .sign_in_customer(credentials, SessionLife::Refreshing)
            .await
            .map_err(|error| error.to_string())?;
        let token = signed_in.tokens.access_token;
        match verify(&self.app.keys, &token, self.app.now()) {
            Ok(Caller::Customer(caller)) => Ok(caller),
            other => panic!("{other:?}"),
        }
    }

    pub async fn register(&self) -> CustomerCaller {
        let registration = Registration {
            brand: Some("brand-a".into()),
            email: EMAIL.into(),
            password: Some(SecretString::from(PASSWORD)),
            first_name: NAME.into(),
            last_name: format!("Mc{NAME}"),
            phone: format!("+49 {NAME}"),
            country: "DE".into(),
            source: "organic".into(),
        };
        self.app.register(registration).await.expect("a customer");
        self.sign_in_anew().await.expect("a session")
    }

    /// He leaves traces wherever somebody can leave one without a desk.
    async fn lived(&self) -> CustomerCaller {
        let caller = self.register().await;
        let wallet = self
            .app
            .open_account(caller, "REAL-USD".into())
            .await
            .expect("a wallet")
            .account
            .login;
        let publish = Publish {
            kind: "terms".into(),
            title: "Terms".into(),
            body: "Be fair.".into(),
            url: String::new(),
        };
        let (terms, _) = self
            .app
            .publish_agreement(self.admin, publish)
            .await
            .expect("terms");
        let address = [203, 0, 113, 77].into();
        let accepted = self.app.accept_agreement(caller, terms.id, address).await;
        accepted.expect("an acceptance");
        let id = caller.customer_id;
        let notice = KycNotice {
            provider: "papers".into(),
            event_id: format!("case of {NAME}"),
            customer_id: id,
            status: Kyc::Pending,
            reason: format!("{NAME} has sent a passport"),
            body_hash: [1; 32],
        };
        self.app.receive_kyc(notice).await.expect("a notice");
        let papers = format!("{NAME}'s passport was seen");
        let kyc = self.app.set_kyc(self.admin, id, Kyc::Approved, papers);
        kyc.await.expect("a status");
        self.app
            .enrol_totp(Caller::Customer(caller))
            .await
            .expect("a secret");
        self.app
            .ask_password_reset(None, EMAIL)
            .await
            .expect("a request");
        let mails = self.app.answer_password_resets().await;
        assert_eq!(mails.expect("mails"), 1);
        self.app
            .ask_password_reset(None, EMAIL)
            .await
            .expect("a request");
        // A deposit, of which he takes half back.
        let deposit = DepositRequest {
            login: None,
            amount: "20.00".into(),
        };
        let (deposit, _) = self.app.deposit(caller, deposit).await.expect("a deposit");
        self.say(deposit.id, Decision::Approve).await;
        for decision in [Decision::Approve, Decision::Decline] {
            let withdrawal = WithdrawRequest {
                login: Some(wallet),
                amount: "10.00".into(),
                payment_data: Some(format!(r#"{{"iban":"{NAME}"}}"#)),
                comment: format!("to {NAME}"),
            };
            let asked = self.app.withdraw(caller, withdrawal).await;
            self.say(asked.expect("a withdrawal").transaction.id, decision)
                .await;
        }
        // A fee that nobody pays.
        let enrolled = self.app.enroll(caller, request(PAID, &[], None)).await;
        let enrolled = enrolled.expect("a journey");
        self.say(enrolled.transaction_id, Decision::Decline).await;
        caller
    }

    async fn say(&self, id: TransactionId, decision: Decision) {
        let comment = format!("{NAME} has called");
        let decided = self
            .app
            .decide_transaction(self.admin, id, decision, comment);
        decided.await.expect("a decision");
    }

    /// The rest of the money goes out.
    async fn empty_the_wallet(&self, caller: CustomerCaller) {
        let withdrawal = WithdrawRequest {
            login: None,
            amount: "10.00".into(),
            payment_data: None,
            comment: String::new(),
        };
        let asked = self.app.withdraw(caller, withdrawal).await;
        let id = asked.expect("a withdrawal").transaction.id;
        self.say(id, Decision::Approve).await;
        self.clock.advance_micros(1);
    }

    /// Tables with their columns, and whether these are texts.
    async fn columns(&self) -> Vec<(String, String, bool)> {
        let sql = match self.app.store.engine() {
            Engine::Sqlite => {
                "SELECT m.name, c.name, CASE WHEN c.type = 'TEXT' THEN 1 ELSE 0 END
                 FROM sqlite_schema m JOIN pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY 1, 2"
            }
            Engine::Postgres => {
                "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT),
                        CASE WHEN data_type = 'text' THEN CAST(1 AS BIGINT) ELSE 0 END
                 FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2"
            }
        };
        let columns = self.app.store.read(move |tx| {
            tx.query(sql, &[], |row| {
                Ok((row.string(0)?, row.string(1)?, row.bool(2)?))
            })
        });
        let columns: Result<_, StoreError> = columns.await;
        columns.expect("columns")
    }

    /// Every column of every table in which one of the words stands.
    async fn columns_with(&self, words: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (table, column, is_text) in self.columns().await {
            if !is_text {
                continue;
            }
            for word in words {
                let word = word.to_lowercase();
                let sql =
                    format!("SELECT COUNT(*) FROM {table} WHERE LOWER({column}) LIKE '%{word}%'");
                if self.number(sql).await > 0 {
                    found.push(format!("{table}.{column}"));
                }
            }
        }
        found
    }
}

fn refusals(outcome: Result<Erased, EraseError>) -> Vec<(&'static str, i64)> {
    match outcome {
        Err(EraseError::Refused(open)) => open
            .iter()
            .map(|one| (one.name.name(), one.count))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_is_left_of_who_he_was_and_the_books_stay_whole() {
    for database in databases() {
        let w = world(&database).await;
        let caller = w.lived().await;
        let id = caller.customer_id;
        let address = "203.0.113.77";
        let traces = w.columns_with(&[NAME, address]).await;
        for known in [
            "customer.email",
            "customer.first_name",
            "customer.phone",
            "acceptance.address",
            "audit.note",
            "kyc_event.event_id",
            "mail.recipient",
            "password_reset_request.email",
            "payment_transaction.comment",
            "payment_transaction.payment_data",
        ] {
            assert!(traces.iter().any(|found| found == known), "{known}");
        }
        let refused = w.app.erase_oneself(caller, proof(PASSWORD)).await;
        assert_eq!(refusals(refused), [("money_in_wallet", 1)]);
        w.empty_the_wallet(caller).await;
        let wrong = w.app.erase_oneself(caller, proof("another password")).await;
        assert!(matches!(wrong, Err(EraseError::WrongPassword)), "{wrong:?}");
        let entries = w.number("SELECT COUNT(*) FROM entry".into()).await;

        let erased = w.app.erase_oneself(caller, proof(PASSWORD)).await;
        let erased = erased.expect("an erasure");
        assert_eq!((erased.customer_id, erased.at), (id, w.app.now()));

        assert_eq!(w.columns_with(&[NAME, address]).await, [""; 0]);
        assert_eq!(w.number("SELECT COUNT(*) FROM entry".into()).await, entries);
        w.assert_books().await;
        // Whoever has lost the answer is told it again; he can do nothing else.
        w.clock.advance_micros(1);
        let again = w.app.erase_oneself(caller, proof("whatever")).await;
        assert_eq!(again.expect("the same"), erased);
        let export = w.app.export_oneself(caller).await;
        let ended = ExportError::Session(SessionError::Ended).to_string();
        assert_eq!(export.expect_err("no session").to_string(), ended);
        assert!(w.sign_in_anew().await.is_err());
        let by_staff = w.app.erase_customer(w.admin, id, "asked again".into());
        assert_eq!(by_staff.await.expect("the same"), erased);
        let rows = "SELECT COUNT(*) FROM audit WHERE action = 'customer.erase'";
        assert_eq!(w.number(rows.into()).await, 1);
        // Nobody says anything of him any more.
        let kyc = w.app.set_kyc(w.admin, id, Kyc::Rejected, "late".into());
        assert!(matches!(kyc.await, Err(KycError::Erased)));
        let notice = KycNotice {
            provider: "papers".into(),
            event_id: "late".into(),
            customer_id: id,
            status: Kyc::Approved,
            reason: String::new(),
            body_hash: [2; 32],
        };
        let late = w.app.receive_kyc(notice).await;
        assert!(matches!(late, Err(KycError::NotFound)), "{late:?}");
        assert_eq!(w.app.answer_password_resets().await.expect("mails"), 0);
        // What staff see of him is his number and when it was.
        let card = w.app.customer_card(w.admin, id).await.expect("a card");
        assert_eq!(card.customer.email, format!("erased-{id}"));
        assert_eq!(card.customer.erased_at, Some(erased.at));
        assert!(
            card.accounts
                .iter()
                .all(|account| account.closed_at.is_some())
        );
        let export = w
            .app
            .export_customer(w.admin, id)
            .await
            .expect("what is left");
        assert_eq!(export.transactions.items.len(), 5);
        assert_eq!(export.customer.full_name(), "");
        // The address is free for somebody new, who has nothing to do with him.
        let other = w.register().await;
        assert_ne!(other.customer_id, id);
        w.assert_books().await;
    }
}

/// What is decided about each column.
const DECIDED: &str =
    include_str!("../../../../docs/adr/0024-a-customer-is-erased-the-books-are-not.md");

#[tokio::test]
async fn what_becomes_of_every_column_is_decided() {
    for database in databases() {
        let w = world(&database).await;
        let columns = w.columns().await;
        assert!(columns.len() > 300, "{}", columns.len());
        for (table, column, _) in columns {
            let named = format!("`{table}`");
            let lines = DECIDED.lines().filter(|line| line.starts_with("| `"));
            let mut lines = lines.filter(|line| {
                line[2..]
                    .split(" | ")
                    .next()
                    .is_some_and(|tables| tables.contains(&named))
            });
            let line = lines.next().unwrap_or_else(|| panic!("{table}"));
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            let is_told =
                line.contains("every column") || words.into_iter().any(|word| word == column);
            assert!(is_told, "{table}.{column}");
        }
    }
}

/// What staff have said of his fees, breaches and payouts; written as it stands, for a desk and a year would be needed else.
const SAID: &[&str] = &[
    "UPDATE purchase SET note = 'Quillon' WHERE customer_id = $1",
    "INSERT INTO purchase_step (id, purchase_id, attempt, from_state, event, to_state, detail, at)
     SELECT 1, id, 1, '', '', '', 'Quillon', 1 FROM purchase WHERE customer_id = $1",
    "INSERT INTO fee_claim (id, brand_id, customer_id, challenge_id, purchase_id, kind, effect, amount_minor, currency,
            is_override, order_no, reason, made_at, reversed_at)
     SELECT 1, 1, customer_id, challenge_id, id, 1, 0, 1, 'USD', 0, 1, 'Quillon', 1, 2 FROM purchase WHERE customer_id = $1",
    "INSERT INTO breach (id, brand_id, challenge_id, phase_id, login, customer_id, rule, severity, review, at, seq,
            after_event_no, evidence, previous_hash, hash, reviewed_by, reviewed_at, review_reason, created_at)
     SELECT 1, 1, challenge_id, 1, account_login, customer_id, 'daily_loss', 1, 1, 1, 1, 1, '{}', '', '', 1, 1, 'Quillon', 1
     FROM purchase WHERE customer_id = $1",
    "INSERT INTO payout (id, brand_id, customer_id, challenge_id, phase_id, login, state, asked_by, number, cycle_from,
            cycle_to, currency, profit_minor, share, trader_minor, firm_minor, conditions, reason, reference,
            requested_at, updated_at)
     SELECT 1, 1, customer_id, challenge_id, 1, account_login, 11, 0, 1, 0, 0, 'USD', 1, 1, 1, 0, '{}', 'Quillon', '', 1, 1
     FROM purchase WHERE customer_id = $1",
    "INSERT INTO audit (id, at, brand_id, actor_kind, actor_id, action, subject_kind, subject_id, before, after, note)
     SELECT 900001, 1, 1, 'staff', 1, 'a', 'purchase', id, NULL, NULL, 'Quillon' FROM purchase WHERE customer_id = $1",
    "INSERT INTO audit (id, at, brand_id, actor_kind, actor_id, action, subject_kind, subject_id, before, after, note)
     SELECT 900002, 1, 1, 'staff', 1, 'a', 'challenge', challenge_id, NULL, NULL, 'Quillon'
     FROM purchase WHERE customer_id = $1",
    "INSERT INTO audit (id, at, brand_id, actor_kind, actor_id, action, subject_kind, subject_id, before, after, note)
     SELECT 900003, 1, 1, 'staff', 1, 'a', 'account', account_login, NULL, NULL, 'Quillon'
     FROM purchase WHERE customer_id = $1",
    "INSERT INTO audit (id, at, brand_id, actor_kind, actor_id, action, subject_kind, subject_id, before, after, note)
     SELECT 900004, 1, 1, 'staff', 1, 'a', 'breach', id, NULL, NULL, 'Quillon' FROM breach WHERE customer_id = $1",
    "INSERT INTO audit (id, at, brand_id, actor_kind, actor_id, action, subject_kind, subject_id, before, after, note)
     SELECT 900005, 1, 1, 'staff', 1, 'a', 'payout', id, NULL, NULL, 'Quillon' FROM payout WHERE customer_id = $1",
    "UPDATE mail SET last_error = 'no such user: Quillon' WHERE customer_id = $1",
];

#[tokio::test]
async fn what_staff_have_said_goes_with_him() {
    for database in databases() {
        let w = world(&database).await;
        let caller = w.lived().await;
        w.empty_the_wallet(caller).await;
        let id = caller.customer_id;
        let blobs = w.app.store.engine() == Engine::Sqlite;
        let said = w.app.store.write(move |tx| {
            for sql in SAID {
                let sql: &'static str = if blobs {
                    sql.replace("'{}', '', ''", "'{}', X'', X''").leak()
                } else {
                    sql
                };
                assert_eq!(tx.execute(sql, params![id.0])?, 1, "{sql}");
            }
            Ok::<_, StoreError>(())
        });
        said.await.expect("rows");
        let erased = w.app.erase_customer(w.admin, id, "he asked".into());
        erased.await.expect("an erasure");
        assert_eq!(w.columns_with(&[NAME]).await, [""; 0]);
    }
}

#[tokio::test]
async fn every_reason_against_it_is_told_at_once() {
    for database in databases() {
        let w = world(&database).await;
        w.enroll(FREE).await;
        let waiting = w.enroll(PAID).await;
        let refused = || {
            w.app
                .erase_customer(w.admin, CustomerId(5), "he asked".into())
        };
        assert_eq!(
            refusals(refused().await),
            [
                ("running_challenge", 1),
                ("open_purchase", 1),
                ("open_transaction", 1),
                ("money_in_wallet", 2),
            ]
        );
        w.decide(waiting.transaction_id, Decision::Decline)
            .await
            .expect("a refusal");
        assert_eq!(
            refusals(refused().await),
            [("running_challenge", 1), ("money_in_wallet", 2)]
        );
        // His chargeback that has ended its challenge is the firm's to settle; one by which it rests is not.
        let claim = |effect: i64| {
            w.app.store.write(move |tx| {
                tx.execute("DELETE FROM fee_claim", &[])?;
                tx.execute(
                    "INSERT INTO fee_claim (id, brand_id, customer_id, challenge_id, purchase_id, kind, effect,
                            amount_minor, currency, is_override, order_no, reason, made_at)
                     SELECT 1, brand_id, customer_id, challenge_id, id, 1, $1, 1, 'USD', 0, 1, '', 0
                     FROM purchase WHERE customer_id = 5 AND state <> 0 ORDER BY id LIMIT 1",
                    params![effect],
                )?;
                Ok::<_, StoreError>(())
            })
        };
        claim(0).await.expect("a chargeback");
        assert_eq!(refusals(refused().await).len(), 2);
        let own = w.app.erase_oneself(w.trader, proof("demo-trader-1")).await;
        assert_eq!(refusals(own).last(), Some(&("chargeback", 1)));
        claim(1).await.expect("a chargeback");
        assert_eq!(
            refusals(refused().await).last(),
            Some(&("suspended_challenge", 1))
        );
        // Nothing was changed, and a stranger's staff see nobody.
        let foreign = w
            .app
            .erase_customer(w.stranger, CustomerId(5), "who".into());
        assert!(matches!(foreign.await, Err(EraseError::NotFound)));
        let card = w.app.customer_card(w.admin, CustomerId(5)).await;
        assert_eq!(card.expect("a card").customer.email, "trader@demo.test");
    }
}

#[tokio::test]
async fn of_two_at_once_one_erases_and_both_are_told_the_same() {
    for database in databases() {
        let w = world(&database).await;
        let caller = w.register().await;
        w.clock.advance_micros(1);
        let (one, two, three) = tokio::join!(
            w.app.erase_oneself(caller, proof(PASSWORD)),
            w.app.erase_oneself(caller, proof(PASSWORD)),
            w.app
                .erase_customer(w.admin, caller.customer_id, "he asked".into()),
        );
        let one = one.expect("an erasure");
        assert_eq!((two.expect("it"), three.expect("it")), (one, one));
        let rows = "SELECT COUNT(*) FROM audit WHERE action = 'customer.erase'";
        assert_eq!(w.number(rows.into()).await, 1);
        let events = "SELECT COUNT(*) FROM event WHERE kind = 'customer.erased'";
        assert_eq!(w.number(events.into()).await, 1);
        w.assert_books().await;
    }
}

#[tokio::test]
async fn an_export_tells_everything_and_not_too_often() {
    for database in databases() {
        let w = world(&database).await;
        let caller = w.lived().await;
        let export = w.app.export_oneself(caller).await.expect("an export");
        assert_eq!(export.customer.email, EMAIL);
        assert_eq!(export.kyc.0, Kyc::Approved);
        assert_eq!(export.kyc_messages.items.len(), 1);
        assert_eq!(export.sign_ins.items.len(), 1);
        assert_eq!(export.accepted.items[0].address, "203.0.113.77");
        assert_eq!(export.purchases.items.len(), 1);
        assert_eq!(export.challenges.items.len(), 1);
        assert_eq!(export.transactions.items.len(), 4);
        assert_eq!(export.mails.items.len(), 1);
        assert_eq!(export.accounts.len(), 2);
        assert_eq!(export.accounts[0].entries.items.len(), 2);
        assert!(export.audit.is_complete);
        let told: Vec<_> = export
            .audit
            .items
            .iter()
            .map(|row| row.action.as_str())
            .collect();
        assert_eq!(told[0], "customer.export");
        for action in [
            "customer.register",
            "customer.set_kyc",
            "totp.enrol",
            "purchase.enroll",
        ] {
            assert!(told.contains(&action), "{action}: {told:?}");
        }
        for _ in 1..EXPORTS_AN_HOUR {
            w.app
                .export_customer(w.admin, caller.customer_id)
                .await
                .expect("an export");
        }
        let more = w.app.export_oneself(caller).await;
        let Err(ExportError::TooOften { retry_after }) = more else {
            panic!("{more:?}");
        };
        assert_eq!(retry_after.as_secs(), 3_600);
        w.clock.advance_micros(3_600_000_000);
        assert!(w.app.now() > START);
        w.app.export_oneself(caller).await.expect("an export");
        let theirs = w.app.export_customer(w.stranger, caller.customer_id).await;
        assert!(matches!(theirs, Err(ExportError::NotFound)));
    }
}
