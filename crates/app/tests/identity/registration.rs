//! Registration.

use crate::support::{World, world};
use std::sync::Arc;
use touchstone_app::identity::{Registration, RegistrationError};
use touchstone_store::testing::databases;

fn registration(brand: &str, email: &str) -> Registration {
    Registration {
        brand: Some(brand.into()),
        email: email.into(),
        password: None,
        first_name: String::new(),
        last_name: String::new(),
        phone: "1".into(),
        country: String::new(),
        source: "organic".into(),
    }
}

impl World {
    async fn register(&self, brand: &str, email: &str) -> Result<i64, RegistrationError> {
        let customer = self.app.register(registration(brand, email)).await?;
        Ok(customer.id.0)
    }
}

#[tokio::test]
async fn an_address_is_one_customer_of_a_brand_however_it_is_typed() {
    for database in databases() {
        let w = world(&database).await;
        let id = w
            .register("brand-a", " New@Demo.Test ")
            .await
            .expect("a customer");
        for typed in ["new@demo.test", "NEW@DEMO.TEST", "Trader@demo.test"] {
            let taken = w.register("brand-a", typed).await;
            assert!(
                matches!(taken, Err(RegistrationError::EmailTaken)),
                "{typed}"
            );
        }
        w.register("brand-b", "new@demo.test")
            .await
            .expect("another customer");
        let row = format!("customer {id} customer.register customer {id}");
        assert_eq!(w.audit().await.first(), Some(&row));
        assert_eq!(w.audit().await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_with_one_address_one_is_registered_and_the_others_are_told_why() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let w = w.clone();
                tokio::spawn(async move { w.register("brand-a", "new@demo.test").await })
            })
            .collect();
        let mut registered = 0;
        for task in tasks {
            match task.await.expect("an answer") {
                Ok(_) => registered += 1,
                Err(RegistrationError::EmailTaken) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(registered, 1);
    }
}
