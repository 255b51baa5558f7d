//! A firm with many customers, each with a wallet that lasts.

use std::fmt::Write;

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

pub fn file() -> String {
    let mut text = format!(
        r#"demo = true

[next_numbers]
login = 2000000

[[brands]]
name = "firm"

[[brands.groups]]
name = "REAL"
mode = "REAL"
currency = "USD"
leverage = 100

[[brands.groups]]
name = "EVAL"
mode = "DEMO"
currency = "USD"
leverage = 100
default_deposit = "100000.00"

[[brands.staff]]
email = "{}"
full_name = "Ada Admin"
password = "{}"

[[brands.programs]]
id = {PAID}
name = "Paid"
price = "{PRICE}"
currency = "USD"

[[brands.programs.steps]]
name = "Evaluation"
group = "EVAL"
profit_target_pct = 8

[[brands.programs]]
id = {FREE}
name = "Free"
price = "0.00"
currency = "USD"

[[brands.programs.steps]]
name = "Trial"
group = "EVAL"
profit_target_pct = 8
"#,
        STAFF.0, STAFF.1
    );
    for customer in CUSTOMERS {
        let (email, login) = (email(customer), wallet(customer));
        write!(
            text,
            r#"
[[brands.customers]]
number = {customer}
email = "{email}"
first_name = "C"
last_name = "{customer}"
phone = "+49300000{customer:02}"
country = "DE"
password = "{PASSWORD}"

[[brands.customers.accounts]]
login = {login}
group = "REAL"
balance = "1000000.00"
"#
        )
        .unwrap();
    }
    text
}
