//! What letters tell: names and their texts.

use super::LetterKind;
use minijinja::Value;
use std::collections::BTreeMap;

/// Every variable of a letter's kind has a value; an unknown one is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts(BTreeMap<&'static str, String>);

impl Facts {
    pub fn new(kind: LetterKind) -> Self {
        let empty = |name| (name, String::new());
        Self(kind.variables().into_iter().map(empty).collect())
    }

    /// Says something that this kind of letter knows.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        debug_assert!(self.0.contains_key(name), "{name} is no variable");
        self.0.insert(name, value.into());
    }

    #[cfg(test)]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, Value)> {
        self.0
            .iter()
            .map(|(name, value)| (*name, Value::from(value.as_str())))
    }

    /// What a preview shows.
    pub fn sample(kind: LetterKind) -> Self {
        let value = |name| match name {
            "brand" => "Example Prop",
            "site" => "https://prop.example.com",
            "first_name" => "Alex",
            "last_name" => "Trader",
            "full_name" => "Alex Trader",
            "program" => "Two Steps 100K",
            "order" => "0198a6f2-0000-8000-8000-000000000001",
            "price" => "499.00 USD",
            "account" => "2000123",
            "account_size" => "100,000.00 USD",
            "phase" => "Evaluation",
            "next_phase" => "Verification",
            "next_account" => "2000124",
            "certificate_url" => "https://prop.example.com/verify?code=0123",
            "rule" => "daily_loss",
            "reason" => {
                "daily_loss: the equity of 94,990.00 was at or below the floor of 95,000.00"
            }
            "at" => "2026-05-07T13:20:00Z",
            "amount" => "1,294.37 USD",
            "reference" => "SEPA 4711",
            "status" if kind == LetterKind::Payout => "requested",
            "status" => "paid",
            _ => "",
        };
        let pairs = kind.variables().into_iter();
        Self(pairs.map(|name| (name, value(name).to_owned())).collect())
    }
}
