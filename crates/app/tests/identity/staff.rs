//! Owners who dismiss each other: one of them is left.

use crate::support::{World, credentials, world};
use secrecy::SecretString;
use std::sync::Arc;
use touchstone_app::identity::{Caller, StaffCaller, verify};
use touchstone_app::staff::{NewStaff, StaffPatch};
use touchstone_domain::StaffId;
use touchstone_domain::access::{Role, ViewScope};
use touchstone_store::testing::databases;

const PASSWORD: &str = "an-owners-password";

async fn owner(w: &World, email: &str, password: &str) -> StaffCaller {
    let signed_in = w.app.sign_in_staff(credentials(email, password)).await;
    let (_, tokens) = signed_in.expect("a session");
    match verify(&w.app.keys, &tokens.access_token, w.app.now()) {
        Ok(Caller::Staff(caller)) => caller,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_owners_who_dismiss_each_other_one_stays() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let mut owners = vec![owner(&w, "admin@demo.test", "demo-admin-1").await];
        for number in 2..=4 {
            let email = format!("owner{number}@demo.test");
            let new = NewStaff {
                email: email.clone(),
                full_name: email.clone(),
                role: Role::Owner,
                view_scope: ViewScope::All,
                password: Some(SecretString::from(PASSWORD)),
            };
            w.app.add_staff(owners[0], new).await.expect("an owner");
            owners.push(owner(&w, &email, PASSWORD).await);
        }
        let count = owners.len();
        let tasks: Vec<_> = (0..count)
            .map(|place| {
                let (w, by) = (w.clone(), owners[place]);
                let victim: StaffId = owners[(place + 1) % count].staff_id;
                let patch = StaffPatch {
                    enabled: Some(false),
                    ..StaffPatch::default()
                };
                tokio::spawn(async move {
                    let reason = "a quarrel".to_owned();
                    w.app.change_staff(by, victim, patch, reason).await.is_ok()
                })
            })
            .collect();
        let mut dismissed = 0;
        for task in tasks {
            dismissed += i64::from(task.await.expect("an answer"));
        }
        let left = "SELECT COUNT(*) FROM staff WHERE brand_id = 1 AND role = 0 AND enabled = 1";
        let left = w.count(left).await;
        assert!(left >= 1);
        assert_eq!(left + dismissed, 4);
        let open = "SELECT COUNT(*) FROM session s JOIN staff p ON p.id = s.subject_id
            WHERE s.subject_kind = 1 AND s.revoked_at IS NULL AND p.enabled = 0";
        assert_eq!(w.count(open).await, 0);
    }
}
