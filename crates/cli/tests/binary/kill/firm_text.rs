//! Parts of a demo firm's file.

/// A brand with a group of wallets and one of accounts to be evaluated; `login` is the first number of an account.
pub fn brand(name: &str, login: i64) -> String {
    format!(
        r#"demo = true

[next_numbers]
login = {login}

[[brands]]
name = "{name}"

[[brands.groups]]
name = "WALLET"
mode = "REAL"
currency = "USD"
leverage = 100

[[brands.groups]]
name = "EVAL"
mode = "DEMO"
currency = "USD"
leverage = 100
default_deposit = "100000.00"
"#
    )
}

pub fn staff((email, password): (&str, &str)) -> String {
    format!(
        r#"
[[brands.staff]]
email = "{email}"
full_name = "Ada Admin"
password = "{password}"
"#
    )
}

/// `rules` is a whole table of them, without the trading day.
pub fn program(id: i64, name: &str, price: &str, rules: &str) -> String {
    let step = step(rules);
    format!(
        r#"
[[brands.programs]]
id = {id}
name = "{name}"
price = "{price}"
currency = "USD"

[[brands.programs.steps]]
name = "Evaluation"
group = "EVAL"
{step}"#
    )
}

/// What follows the name and the group of a step.
pub fn step(rules: &str) -> String {
    format!(
        r#"
[brands.programs.steps.rules]
version = 1
trading_day = {{ zone = "UTC", reset = "00:00" }}
{rules}
"#
    )
}

/// A customer with a wallet that holds this much.
pub fn customer(number: i64, email: &str, password: &str, wallet: i64, balance: &str) -> String {
    format!(
        r#"
[[brands.customers]]
number = {number}
email = "{email}"
first_name = "T"
last_name = "{number}"
phone = "+49300000{number:03}"
country = "DE"
password = "{password}"

[[brands.customers.accounts]]
login = {wallet}
group = "WALLET"
balance = "{balance}"
"#
    )
}
