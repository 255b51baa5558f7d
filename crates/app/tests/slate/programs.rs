//! Programs that staff make and change, on both engines.

use crate::support::{World, world};
use std::sync::Arc;
use touchstone_app::purchase::EnrollRequest;
use touchstone_app::templates::{
    Beginning, EditError, ProgramEdit, Template, TemplateChange, TemplateError,
};
use touchstone_domain::program::ProgramStatus;
use touchstone_store::repo;
use touchstone_store::testing::databases;

async fn preset(w: &World, code: &str, status: ProgramStatus) -> Template {
    let beginning = Beginning {
        preset: Some(code.to_owned()),
        currency: None,
    };
    let change = TemplateChange {
        name: Some("Ours".to_owned()),
        status: Some(status),
        ..TemplateChange::default()
    };
    let made = w.app.create_template(w.admin, beginning, change).await;
    made.expect("a template")
}

fn fee(amount: &str) -> TemplateChange {
    TemplateChange {
        fee_amount: Some(amount.to_owned()),
        ..TemplateChange::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_changes_made_for_one_version_one_is_written() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let program = preset(&w, "two-step-static", ProgramStatus::Disabled)
            .await
            .program;
        let tasks: Vec<_> = (1..=10)
            .map(|amount: i64| {
                let (w, id) = (w.clone(), program.id);
                tokio::spawn(async move {
                    let change = fee(&amount.to_string());
                    w.app.change_template(w.admin, id, Some(1), change).await
                })
            })
            .collect();
        let (mut written, mut refused) = (0, 0);
        for task in tasks {
            match task.await.expect("an answer") {
                Ok(template) => {
                    assert_eq!(template.program.current.number, 2);
                    written += 1;
                }
                Err(TemplateError::VersionConflict { current: 2 }) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!((written, refused), (1, 9));
        let versions = w.app.template_versions(w.admin, program.id).await;
        assert_eq!(versions.expect("versions").len(), 2);
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn both_dialects_change_one_program_and_each_change_is_audited() {
    for database in databases() {
        let w = world(&database).await;
        let program = preset(&w, "two-step-static", ProgramStatus::Disabled)
            .await
            .program;
        let edit = ProgramEdit {
            price: Some("12.50".to_owned()),
            status: Some(ProgramStatus::Active),
            ..ProgramEdit::default()
        };
        let edited = w
            .app
            .update_program(w.admin, program.id, Some(1), edit.clone());
        assert_eq!(edited.await.expect("a program").program.current.number, 2);
        let stale = w
            .app
            .update_program(w.admin, program.id, Some(1), edit)
            .await;
        assert!(matches!(
            stale,
            Err(EditError::VersionConflict { current: 2 })
        ));
        let changed = w
            .app
            .change_template(w.admin, program.id, Some(2), fee("13"))
            .await;
        assert_eq!(changed.expect("a template").program.current.number, 3);
        let rows = w.app.store.read(move |tx| {
            let sql = "SELECT action, before, after FROM audit
                       WHERE subject_kind = 'program' AND subject_id = $1 AND actor_kind = 'staff' ORDER BY id";
            tx.query(sql, touchstone_store::params![program.id.0], |row| {
                let text = |index| Ok::<_, touchstone_store::StoreError>(row.opt_text(index)?.is_some());
                Ok((row.string(0)?, text(1)?, text(2)?))
            })
        });
        let wanted = [
            ("template.create", false, true),
            ("program.update", true, true),
            ("template.update", true, true),
        ];
        let wanted = wanted.map(|(action, before, after)| (action.to_owned(), before, after));
        assert_eq!(rows.await.expect("rows"), wanted);
        // A stranger's brand has no such program.
        let foreign = w
            .app
            .change_template(w.stranger, program.id, None, fee("1"))
            .await;
        assert!(matches!(foreign, Err(TemplateError::NotFound)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_instant_program_is_delivered_in_its_real_group() {
    for database in databases() {
        let w = world(&database).await;
        let program = preset(&w, "instant-funding", ProgramStatus::Active)
            .await
            .program;
        let free = w
            .app
            .change_template(w.admin, program.id, None, fee("0"))
            .await;
        free.expect("a template");
        let request = EnrollRequest {
            program_id: program.id,
            addon_codes: Vec::new(),
            idempotency_key: None,
        };
        let enrolled = w.app.enroll(w.trader, request).await.expect("a journey");
        assert_eq!(enrolled.phase, "Funded");
        let login = enrolled.login;
        let account = w.app.store.read(move |tx| repo::accounts::get(tx, login));
        let (account, _) = account.await.expect("a store").expect("an account");
        assert!(account.enabled);
        assert_eq!(account.balance_minor, 10_000_000);
        w.assert_books().await;
    }
}
