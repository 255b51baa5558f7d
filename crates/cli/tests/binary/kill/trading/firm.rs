//! A firm whose challenges are over soon: one with a target that is near, two with floors that are.

use super::super::firm_text;

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

/// A group of funded accounts, after the brand.
const FUNDED: &str = r#"
[[brands.groups]]
name = "FUNDED"
mode = "REAL"
currency = "USD"
leverage = 100
default_deposit = "50000.00"
"#;

/// The second step of the program that can be passed.
const FUNDED_STEP: &str = r#"
[[brands.programs.steps]]
type = "funded"
name = "Funded"
group = "FUNDED"
"#;

const FAR_FLOOR: &str = r#"max_loss = { mode = "static", amount = { percent_of_initial = 9000 } }"#;
const TARGET: &str = r#"passing = { profit_target = { amount = { percent_of_initial = 200 }, judged_on = "equity" } }"#;
const DAILY: &str = r#"daily_loss = { amount = { percent_of_initial = 200 }, anchor = "balance" }"#;
const TRAILING: &str = r#"max_loss = { mode = "trailing_intraday_equity", amount = { percent_of_initial = 200 }, lock = "never" }"#;

pub fn file() -> String {
    let program =
        |role: Role, name, rules: &str| firm_text::program(role.program(), name, "0.00", rules);
    let mut text = firm_text::brand("kill", 3_000_000);
    text += FUNDED;
    text += &firm_text::staff(STAFF);
    text += &program(
        Role::Climber,
        "A target of 2 %",
        &format!("{FAR_FLOOR}\n{TARGET}"),
    );
    text += FUNDED_STEP;
    text += &firm_text::step(FAR_FLOOR);
    text += &program(
        Role::Diver,
        "2 % in a day",
        &format!("{DAILY}\n{FAR_FLOOR}"),
    );
    text += &program(Role::Surfer, "2 % below the highest equity", TRAILING);
    text += &program(Role::Scalper, "Hardly a rule", FAR_FLOOR);
    for (place, number) in (0..ROLES.len()).zip(FIRST..) {
        let email = email(place);
        text += &firm_text::customer(number, &email, PASSWORD, wallet(place), "0.00");
    }
    text
}
