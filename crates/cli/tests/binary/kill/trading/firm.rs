//! A firm whose challenges are over soon: one with a target that is near, two with floors that are.

use std::fmt::Write;

pub const STAFF: (&str, &str) = ("admin@kill.test", "a password of staff");
pub const PASSWORD: &str = "a password of a customer";

/// What becomes of a trader's challenges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Buys and waits until he has passed.
    Climber,
    /// Buys and waits until the day's loss is reached.
    Diver,
    /// Buys and waits until he has fallen back from his highest equity.
    Surfer,
    /// Orders small things, one after the other.
    Scalper,
}

/// Who trades, in the order of their numbers.
pub const ROLES: [Role; 6] = [
    Role::Climber,
    Role::Diver,
    Role::Surfer,
    Role::Scalper,
    Role::Climber,
    Role::Scalper,
];
const FIRST: i64 = 901;

impl Role {
    pub const fn program(self) -> i64 {
        901 + self as i64
    }
}

pub fn email(place: usize) -> String {
    format!("trader{place}@kill.test")
}

pub fn wallet(place: usize) -> i64 {
    910_001 + i64::try_from(place).expect("a few")
}

const HEAD: &str = r#"demo = true

[next_numbers]
login = 3000000

[[brands]]
name = "kill"

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

[[brands.groups]]
name = "FUNDED"
mode = "REAL"
currency = "USD"
leverage = 100
default_deposit = "50000.00"

[[brands.programs]]
id = 901
name = "A target of 2 %"
price = "0.00"
currency = "USD"

[[brands.programs.steps]]
name = "Evaluation"
group = "EVAL"

[brands.programs.steps.rules]
version = 1
trading_day = { zone = "UTC", reset = "00:00" }
max_loss = { mode = "static", amount = { percent_of_initial = 9000 } }
passing = { profit_target = { amount = { percent_of_initial = 200 }, judged_on = "equity" } }

[[brands.programs.steps]]
type = "funded"
name = "Funded"
group = "FUNDED"

[brands.programs.steps.rules]
version = 1
trading_day = { zone = "UTC", reset = "00:00" }
max_loss = { mode = "static", amount = { percent_of_initial = 9000 } }

[[brands.programs]]
id = 902
name = "2 % in a day"
price = "0.00"
currency = "USD"

[[brands.programs.steps]]
name = "Evaluation"
group = "EVAL"

[brands.programs.steps.rules]
version = 1
trading_day = { zone = "UTC", reset = "00:00" }
daily_loss = { amount = { percent_of_initial = 200 }, anchor = "balance" }
max_loss = { mode = "static", amount = { percent_of_initial = 9000 } }

[[brands.programs]]
id = 903
name = "2 % below the highest equity"
price = "0.00"
currency = "USD"

[[brands.programs.steps]]
name = "Evaluation"
group = "EVAL"

[brands.programs.steps.rules]
version = 1
trading_day = { zone = "UTC", reset = "00:00" }
max_loss = { mode = "trailing_intraday_equity", amount = { percent_of_initial = 200 }, lock = "never" }

[[brands.programs]]
id = 904
name = "Hardly a rule"
price = "0.00"
currency = "USD"

[[brands.programs.steps]]
name = "Evaluation"
group = "EVAL"

[brands.programs.steps.rules]
version = 1
trading_day = { zone = "UTC", reset = "00:00" }
max_loss = { mode = "static", amount = { percent_of_initial = 9000 } }
"#;

pub fn file() -> String {
    let mut text = HEAD.to_owned();
    let (email, password) = STAFF;
    write!(
        text,
        r#"
[[brands.staff]]
email = "{email}"
full_name = "Ada Admin"
password = "{password}"
"#
    )
    .expect("a text");
    for (place, number) in (0..ROLES.len()).zip(FIRST..) {
        let (email, login) = (self::email(place), wallet(place));
        write!(
            text,
            r#"
[[brands.customers]]
number = {number}
email = "{email}"
first_name = "T"
last_name = "{place}"
phone = "+49300001{place:02}"
country = "DE"
password = "{PASSWORD}"

[[brands.customers.accounts]]
login = {login}
group = "WALLET"
"#
        )
        .expect("a text");
    }
    text
}
