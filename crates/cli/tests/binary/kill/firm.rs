//! A firm with many customers, each with a wallet that lasts.

use super::firm_text;

pub const CUSTOMERS: std::ops::RangeInclusive<i64> = 1..=6;
pub const STAFF: (&str, &str) = ("admin@firm.test", "a password of staff");
pub const PASSWORD: &str = "a password of a customer";
/// Of the program that costs something, of each deposit and of each withdrawal.
pub const PRICE: &str = "499.00";
pub const PAID: i64 = 1;
pub const FREE: i64 = 2;
pub const PRICE_MINOR: i64 = 49_900;
pub const WALLET_MINOR: i64 = 100_000_000;

pub fn email(customer: i64) -> String {
    format!("customer{customer}@firm.test")
}

pub const fn wallet(customer: i64) -> i64 {
    100_000 + customer
}

const TARGET: &str = r#"max_loss = { mode = "static", amount = { percent_of_initial = 9000 } }
passing = { profit_target = { amount = { percent_of_initial = 800 }, judged_on = "equity" } }"#;

pub fn file() -> String {
    let mut text = firm_text::brand("firm", 2_000_000);
    text += &firm_text::staff(STAFF);
    text += &firm_text::program(PAID, "Paid", PRICE, TARGET);
    text += &firm_text::program(FREE, "Free", "0.00", TARGET);
    for number in CUSTOMERS {
        let email = email(number);
        text += &firm_text::customer(number, &email, PASSWORD, wallet(number), "1000000.00");
    }
    text
}
