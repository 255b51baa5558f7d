//! A flood of passwords.

use crate::support::{PASSWORD, world};
use secrecy::SecretString;
use std::sync::Arc;
use touchstone_app::identity::HashingError;
use touchstone_store::testing::TestDatabase;

#[tokio::test]
async fn a_flood_of_passwords_is_refused_before_everybody_waits() {
    let database = TestDatabase::sqlite();
    let w = Arc::new(world(&database).await);
    let passwords: Vec<_> = (0..1_000)
        .map(|_| {
            let w = w.clone();
            tokio::spawn(async move { w.app.hash_password(SecretString::from("x")).await })
        })
        .collect();
    let mut busy = 0;
    for password in passwords {
        match password.await.expect("an answer") {
            Ok(_) => {}
            Err(HashingError::Busy) => busy += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(busy > 0);
    w.try_sign_in(PASSWORD).await.expect("the flood is over");
}
