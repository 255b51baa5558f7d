//! Plans, and what they leave in the database.

use crate::support::{NOW, SMALL, apply, apply_from, edge, plan_of, small_with};
use std::path::PathBuf;
use std::sync::Arc;
use touchstone_app::firm::{self, Action, Firm, FirmError};
use touchstone_domain::program::Program;
use touchstone_domain::{BrandId, Money, ProgramId};
use touchstone_store::repo;
use touchstone_store::testing::databases;
use touchstone_store::{Store, StoreError, params};

async fn programs(store: &Store) -> Vec<Program> {
    store
        .read(|tx| repo::programs::of_brand(tx, BrandId(1)))
        .await
        .unwrap()
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    store
        .read(move |tx| tx.query_one(sql, &[], |row| row.int(0)))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_plan_tells_everything_and_changes_nothing() {
    for database in databases() {
        let store = database.store();
        let plan = plan_of(&store, SMALL).await.unwrap();
        assert_eq!(
            plan.to_string(),
            "\
+ create real firm
+ create brand \"brand-a\"
+ create group \"EVAL\" of \"brand-a\"
      mode: DEMO
      currency: USD
      leverage: 100
      default_deposit: 100000.00 USD
+ create group \"FUNDED\" of \"brand-a\"
      mode: REAL
      currency: USD
      leverage: 50
      default_deposit: 100000.00 USD
+ create staff \"admin@firm.test\" of \"brand-a\"
+ create program \"Challenge\" of \"brand-a\"
      price: 499.00 EUR
      steps: 2
      status: active
      warning: steps[1].max_total_loss_pct: no loss ends the phase: neither a daily nor a maximum loss fails it [no_loss_limit]
6 to create, 0 to update, 0 unchanged, 0 left alone"
        );
        assert_eq!(count(&store, "SELECT COUNT(*) FROM brand").await, 0);
        store.close().await;
    }
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    for database in databases() {
        let store = database.store();
        apply(&store, SMALL).await.unwrap();
        let audited = count(&store, "SELECT COUNT(*) FROM audit").await;
        let again = apply(&store, SMALL).await.unwrap();
        assert!(again.changes_nothing(), "{again}");
        assert_eq!(again.count(Action::Unchanged), 6);
        assert_eq!(count(&store, "SELECT COUNT(*) FROM audit").await, audited);
        store.close().await;
    }
}

#[tokio::test]
async fn a_changed_promise_is_a_new_version_and_the_old_one_stays() {
    for database in databases() {
        let store = database.store();
        apply(&store, SMALL).await.unwrap();
        let before = programs(&store).await.remove(0);
        let text = small_with("price = \"499.00\"", "price = \"399.00\"")
            .replace("max_daily_loss_pct = 5", "max_daily_loss_pct = 4");
        let plan = apply(&store, &text).await.unwrap();
        let told: Vec<String> = plan
            .to_string()
            .lines()
            .filter(|line| line.contains("->") || line.starts_with('~'))
            .map(|line| line.trim().to_owned())
            .collect();
        assert_eq!(
            told,
            [
                "~ update program 1 \"Challenge\" of \"brand-a\"",
                "version: 1 -> 2",
                "price: 499.00 EUR -> 399.00 EUR",
                "step 1, max_daily_loss: 5.0 % -> 4.0 %",
            ]
        );
        let after = programs(&store).await.remove(0);
        assert_eq!((before.id, after.id), (ProgramId(1), ProgramId(1)));
        assert_eq!(after.current.number, 2);
        assert_eq!(after.current.terms.price.fixed(), "399.00");
        let old = store
            .read(move |tx| repo::programs::version(tx, before.current.id))
            .await
            .unwrap();
        assert_eq!(old, Some(before.current));
        store.close().await;
    }
}

#[tokio::test]
async fn status_and_place_are_changed_without_a_version() {
    for database in databases() {
        let store = database.store();
        apply(&store, SMALL).await.unwrap();
        let text = small_with(
            "price = \"499.00\"",
            "status = \"disabled\"\nsort_index = 9\nprice = \"499.00\"",
        );
        apply(&store, &text).await.unwrap();
        let program = programs(&store).await.remove(0);
        assert_eq!(program.current.number, 1);
        assert_eq!((program.status.code(), program.sort_index), (1, 9));
        store.close().await;
    }
}

#[tokio::test]
async fn a_brand_can_demand_a_second_factor_of_its_staff() {
    for database in databases() {
        let store = database.store();
        apply(&store, SMALL).await.unwrap();
        let wanted = small_with(
            "name = \"brand-a\"",
            "name = \"brand-a\"\nstaff_totp_required = true",
        );
        let plan = apply(&store, &wanted).await.unwrap().to_string();
        assert!(
            plan.contains("staff_totp_required: false -> true"),
            "{plan}"
        );
        let sql = "SELECT COUNT(*) FROM brand WHERE staff_totp_required = 1";
        assert_eq!(count(&store, sql).await, 1);
        assert!(plan_of(&store, &wanted).await.unwrap().changes_nothing());
        store.close().await;
    }
}

#[tokio::test]
async fn what_a_group_trades_by_is_told_key_by_key_and_a_running_server_hears_of_it() {
    for database in databases() {
        let store = database.store();
        let own = r#"leverage = 50
trading.booking = "netting"
trading.stop_out_pct = "62.5"
trading.instruments.EURUSD = { margin_percent = "2" }"#;
        let text = small_with("leverage = 50", own);
        let plan = apply(&store, &text).await.unwrap().to_string();
        assert!(
            plan.contains(
                "      trading.booking: netting
      trading.instruments.EURUSD: {\"margin_percent\":\"2.0\"}
      trading.stop_out_pct: 62.5"
            ),
            "{plan}"
        );
        let again = plan_of(&store, &text).await.unwrap();
        assert!(again.changes_nothing(), "{again}");

        let events = "SELECT COUNT(*) FROM event WHERE kind = 'group.changed'";
        assert_eq!(count(&store, events).await, 2);
        let plan = apply(&store, SMALL).await.unwrap().to_string();
        assert!(
            plan.contains(
                "~ update group \"FUNDED\" of \"brand-a\"
      trading.booking: netting -> hedging
      trading.instruments.EURUSD: {\"margin_percent\":\"2.0\"} -> {}
      trading.stop_out_pct: 62.5 -> 50"
            ),
            "{plan}"
        );
        assert_eq!(count(&store, events).await, 3);
        let again = plan_of(&store, SMALL).await.unwrap();
        assert!(again.changes_nothing(), "{again}");
        store.close().await;
    }
}

#[tokio::test]
async fn a_groups_deposit_and_leverage_reach_every_program_that_uses_it() {
    for database in databases() {
        let store = database.store();
        apply(&store, SMALL).await.unwrap();
        // The program vanishes from the file, its groups stay and change.
        let programs_at = SMALL.find("[[brands.programs]]").unwrap();
        let text = SMALL[..programs_at]
            .replacen("\"100000\"", "\"200000\"", 1)
            .replace("leverage = 50", "leverage = 30");
        let plan = apply(&store, &text).await.unwrap().to_string();
        assert!(
            plan.contains(
                "~ update program 1 \"Challenge\" of \"brand-a\"
      version: 1 -> 2
      step 1, initial_balance: 100000.00 USD -> 200000.00 USD
      leverage of group \"FUNDED\": 50 -> 30"
            ),
            "{plan}"
        );
        let program = programs(&store).await.remove(0);
        let balances: Vec<i64> = program
            .current
            .terms
            .steps
            .iter()
            .map(|step| step.initial_balance_minor)
            .collect();
        assert_eq!(balances, [20_000_000, 10_000_000]);
        let again = plan_of(&store, &text).await.unwrap();
        assert!(again.changes_nothing(), "{again}");
        assert!(
            again
                .to_string()
                .contains(". not in the file, left alone: program 1 \"Challenge\" of \"brand-a\"")
        );
        store.close().await;
    }
}

#[tokio::test]
async fn a_deposit_that_a_forgotten_program_needs_cannot_vanish() {
    let store = databases().remove(0).store();
    apply(&store, SMALL).await.unwrap();
    let programs_at = SMALL.find("[[brands.programs]]").unwrap();
    let text = SMALL[..programs_at].replacen("default_deposit = \"100000\"\n", "", 1);
    let error = plan_of(&store, &text).await.unwrap_err().to_string();
    assert!(
        error.contains(
            "program 1 \"Challenge\" of \"brand-a\", which is not in the file, would be broken"
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_program_is_renamed_by_its_id_and_no_id_is_invented() {
    for database in databases() {
        let store = database.store();
        apply(&store, SMALL).await.unwrap();
        let renamed = small_with("name = \"Challenge\"", "id = 1\nname = \"Challenge 2\"");
        apply(&store, &renamed).await.unwrap();
        let all = programs(&store).await;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].current.terms.name, "Challenge 2");
        let invented = small_with("name = \"Challenge\"", "id = 7\nname = \"Other\"");
        let error = plan_of(&store, &invented).await.unwrap_err().to_string();
        assert!(
            error.contains("there is no program with this id"),
            "{error}"
        );
        store.close().await;
    }
}

#[tokio::test]
async fn mode_and_currency_of_a_group_never_change() {
    let store = databases().remove(0).store();
    apply(&store, SMALL).await.unwrap();
    let text = SMALL.replace(
        "\"DEMO\"\ncurrency = \"USD\"",
        "\"DEMO\"\ncurrency = \"GBP\"",
    );
    let text = text.replace(
        "\"REAL\"\ncurrency = \"USD\"",
        "\"REAL\"\ncurrency = \"GBP\"",
    );
    let Err(FirmError::Faults(faults)) = plan_of(&store, &text).await else {
        panic!("the currency was changed");
    };
    let places: Vec<(usize, &str)> = faults.iter().map(|f| (f.line, f.place.as_str())).collect();
    assert_eq!(
        places,
        [
            (6, "group \"EVAL\" of \"brand-a\""),
            (13, "group \"FUNDED\" of \"brand-a\"")
        ]
    );
}

#[tokio::test]
async fn what_changed_since_the_plan_is_not_overwritten() {
    for database in databases() {
        let store = database.store();
        apply(&store, SMALL).await.unwrap();
        let text = small_with("price = \"499.00\"", "price = \"399.00\"");
        let firm = Arc::new(Firm::read(&text).unwrap());
        let plan = firm::plan(&store, &firm).await.unwrap();
        store
            .write(|tx| {
                let mut program = repo::programs::of_brand(tx, BrandId(1))?.remove(0);
                program.current.id.0 += 100;
                program.current.number += 1;
                program.current.terms.price =
                    Money::from_major("1", "EUR".parse().unwrap()).unwrap();
                program.updated_at = NOW;
                repo::programs::update(tx, &program, true)
            })
            .await
            .unwrap();
        let error = firm::apply(&store, &firm, plan, edge(PathBuf::new()))
            .await
            .unwrap_err();
        assert!(matches!(error, FirmError::Changed), "{error}");
        let price = programs(&store).await[0].current.terms.price;
        assert_eq!(price.fixed(), "1.00");
        store.close().await;
    }
}

#[tokio::test]
async fn a_first_password_comes_from_a_file_and_is_never_set_again() {
    for database in databases() {
        let store = database.store();
        let folder = database.folder().to_owned();
        std::fs::write(folder.join("admin.password"), "correct horse\n").unwrap();
        let hash = SMALL
            .lines()
            .find(|l| l.starts_with("password_hash"))
            .unwrap();
        let text = small_with(hash, "password_file = \"admin.password\"");
        apply_from(&store, &text, folder.clone()).await.unwrap();
        let stored = |store: &Store| {
            let store = store.clone();
            async move {
                store
                    .read(|tx| repo::staff::by_email(tx, BrandId(1), "admin@firm.test"))
                    .await
                    .unwrap()
                    .unwrap()
                    .password_hash
            }
        };
        let first = stored(&store).await;
        assert!(first.starts_with("$argon2id$") && !first.contains("correct"));
        std::fs::write(folder.join("admin.password"), "another horse\n").unwrap();
        let again = apply_from(&store, &text, folder.clone()).await.unwrap();
        assert!(again.changes_nothing());
        assert_eq!(stored(&store).await, first);
        // Not even looked for.
        std::fs::remove_file(folder.join("admin.password")).unwrap();
        apply_from(&store, &text, folder).await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn a_password_that_cannot_be_read_undoes_nothing_because_nothing_was_done() {
    let database = databases().remove(0);
    let store = database.store();
    let hash = SMALL
        .lines()
        .find(|l| l.starts_with("password_hash"))
        .unwrap();
    let text = small_with(hash, "password_file = \"missing\"");
    let error = apply_from(&store, &text, database.folder().to_owned())
        .await
        .unwrap_err();
    assert!(matches!(error, FirmError::Password { .. }), "{error}");
    assert_eq!(count(&store, "SELECT COUNT(*) FROM brand").await, 0);
}

#[tokio::test]
async fn every_change_is_audited_with_what_was_before() {
    for database in databases() {
        let store = database.store();
        apply(&store, SMALL).await.unwrap();
        apply(&store, &small_with("leverage = 50", "leverage = 30"))
            .await
            .unwrap();
        let rows = store
            .read(|tx| -> Result<Vec<(String, String, String)>, StoreError> {
                tx.query(
                    "SELECT subject_kind, before, after FROM audit WHERE action = $1 ORDER BY id",
                    params!["firm.update"],
                    |row| Ok((row.string(0)?, row.string(1)?, row.string(2)?)),
                )
            })
            .await
            .unwrap();
        assert_eq!(
            rows[0],
            (
                "group".to_owned(),
                r#"{"leverage":"50"}"#.to_owned(),
                r#"{"leverage":"30"}"#.to_owned()
            )
        );
        assert_eq!(rows[1].0, "program");
        store.close().await;
    }
}

#[tokio::test]
async fn promotion_codes_are_made_changed_and_left_alone_and_keep_their_discount() {
    for database in databases() {
        let store = database.store();
        let with =
            |code: &str| format!("{SMALL}\n[[brands.promo_codes]]\ncode = \"spring\"\n{code}\n");
        let first = with("percent = 10\ntotal_limit = 5\nprograms = [\"Challenge\"]");
        apply(&store, &first).await.unwrap();
        let plan = plan_of(&store, &first).await.unwrap();
        assert!(plan.changes_nothing(), "{plan}");
        let second = with("percent = 10\nvalid_to = \"2030-01-01\"\nenabled = false");
        let plan = plan_of(&store, &second).await.unwrap().to_string();
        for line in [
            "~ update promotion code \"SPRING\" of \"brand-a\"",
            "valid_to: always -> 2030-01-01T00:00:00.000000Z",
            "total_limit: 5 -> none",
            "programs: Challenge -> all",
            "enabled: true -> false",
        ] {
            assert!(plan.contains(line), "{line}: {plan}");
        }
        apply(&store, &second).await.unwrap();
        let code = store.read(|tx| repo::promotions::by_code(tx, BrandId(1), "SPRING"));
        let code = code.await.unwrap().expect("a code");
        assert!(!code.enabled && code.programs.is_empty());
        let other = plan_of(&store, &with("percent = 20")).await.unwrap_err();
        assert!(
            other
                .to_string()
                .contains("the discount of a code never changes"),
            "{other}"
        );
        let plan = plan_of(&store, SMALL).await.unwrap().to_string();
        let left = ". not in the file, left alone: promotion code \"SPRING\" of \"brand-a\"";
        assert!(plan.contains(left), "{plan}");
        store.close().await;
    }
}
