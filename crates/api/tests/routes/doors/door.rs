//! One operation, and what is sent to it.

use super::Who;
use axum::http::Method;
use serde_json::{Value, json};

pub struct Door {
    pub method: Method,
    pub pattern: &'static str,
    /// What stands in the pattern's braces: a thing that is there, and one that is not.
    pub ids: Option<(String, String)>,
    /// What stands in the second braces.
    pub inner: i64,
    pub body: Option<Value>,
    pub who: Who,
    /// Whether it changes something in the state of the house.
    pub changes: bool,
}

impl Door {
    pub fn path(&self, id: &str) -> String {
        let Some((before, rest)) = self.pattern.split_once('{') else {
            return self.pattern.to_owned();
        };
        let (_, after) = rest.split_once('}').expect("a closing brace");
        let (middle, after) = match after.split_once('{') {
            Some((middle, rest)) => {
                let (_, after) = rest.split_once('}').expect("a closing brace");
                (format!("{middle}{}", self.inner), after)
            }
            None => (String::new(), after),
        };
        format!("{before}{id}{middle}{after}")
    }

    pub fn own_path(&self) -> String {
        self.path(self.ids.as_ref().map_or("", |(own, _)| own))
    }
}

/// A template that can be made.
pub fn made() -> Value {
    json!({"name": "New", "fee_amount": 1, "fee_currency": "USD"})
}

/// A program that can be made.
pub fn aggregate() -> Value {
    let step = json!({"phase_index": 1, "name": "One", "account_group": "PROP-DEMO-100K", "max_total_loss_pct": 10});
    json!({"brand": "brand-a", "name": "New", "price": 1, "price_currency": "USD", "steps": [step]})
}

/// A mail in words of the brand's own.
pub fn mail(subject: &str) -> Value {
    json!({"subject": subject, "body": "{{ price }}"})
}
