//! The firm of the simulated worlds, as far as the workload and the auditor have to know it.

use touchstone_app::identity::{Credential, CustomerCaller, StaffCaller};
use touchstone_domain::{BrandId, Currency, CustomerId, Login, ProgramId, SessionId, StaffId};

/// The same firm for the application.
pub const FILE: &str = include_str!("firm.toml");

pub const BRANDS: [BrandId; 2] = [BrandId(1), BrandId(2)];

/// A customer with a session that never ends.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub caller: CustomerCaller,
    /// His REAL accounts and what each held when the world began, minor units.
    pub wallets: &'static [(Login, i64)],
}

const fn person(number: i64, brand_id: BrandId, wallets: &'static [(Login, i64)]) -> Person {
    let caller = CustomerCaller {
        session_id: SessionId(number),
        brand_id,
        customer_id: CustomerId(number),
    };
    Person { caller, wallets }
}

pub const PEOPLE: [Person; 4] = [
    person(
        5,
        BRANDS[0],
        &[(Login(100_001), 170_000), (Login(100_002), 90_000)],
    ),
    person(6, BRANDS[0], &[(Login(100_003), 10_000_000)]),
    person(7, BRANDS[0], &[(Login(100_004), 60_000)]),
    person(8, BRANDS[1], &[(Login(200_001), 500_000)]),
];

/// Above every session that is there when the world begins.
pub const NEXT_SESSION: i64 = 1_000;

const fn staff(number: i64, brand_id: BrandId) -> StaffCaller {
    StaffCaller {
        credential: Credential::Session(SessionId(900 + number)),
        brand_id,
        staff_id: StaffId(number),
    }
}

/// One for each brand, with a session that never ends.
pub const STAFF: [StaffCaller; 2] = [staff(1, BRANDS[0]), staff(2, BRANDS[1])];

/// What a program promises and costs when the world begins.
#[derive(Clone, Copy, Debug)]
pub struct Sold {
    pub program: ProgramId,
    pub brand: BrandId,
    pub price_minor: i64,
    pub currency: Currency,
    /// What its add-ons cost, in minor units.
    pub addons: &'static [(&'static str, i64)],
    /// Balance that a bought account starts with, minor units of `currency`.
    pub deposit_minor: i64,
}

pub const PROGRAMS: [Sold; 5] = [
    Sold {
        // 10 % of the price is the second one's.
        addons: &[("no_time_limit", 5_000), ("profit_split_90", 4_990)],
        ..sold(1, BRANDS[0], 49_900, Currency::USD, 10_000_000)
    },
    sold(2, BRANDS[0], 0, Currency::USD, 10_000_000),
    sold(3, BRANDS[0], 29_900, Currency::USD, 10_000_000),
    sold(4, BRANDS[0], 24_950, Currency::EUR, 5_000_000),
    sold(11, BRANDS[1], 19_900, Currency::USD, 2_500_000),
];

const fn sold(
    number: i64,
    brand: BrandId,
    price_minor: i64,
    currency: Currency,
    deposit_minor: i64,
) -> Sold {
    Sold {
        program: ProgramId(number),
        brand,
        price_minor,
        currency,
        addons: &[],
        deposit_minor,
    }
}

/// What an amount comes to in another currency, minor units, rounded up: a euro is 1.25 dollars. `None` where the firm has no
/// such rate.
pub fn exchanged(minor: i64, of: &str, into: &str) -> Option<i64> {
    let (times, over) = match (of, into) {
        ("EUR", "USD") => (5, 4),
        ("USD", "EUR") => (4, 5),
        _ => return None,
    };
    let product = minor * times;
    Some(product / over + i64::from(product % over > 0))
}

impl Sold {
    /// What it costs with these add-ons, minor units; `None` where there is no such choice.
    pub fn price_with(&self, codes: &[String]) -> Option<i64> {
        let price = |code: &String| {
            let addon = self.addons.iter().find(|(known, _)| known == code);
            addon.map(|(_, price_minor)| *price_minor)
        };
        let prices: Option<Vec<i64>> = codes.iter().map(price).collect();
        Some(self.price_minor + prices?.iter().sum::<i64>())
    }
}

/// A promotion code of the first brand.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    pub code: &'static str,
    /// In percent of the price, or in minor units of USD.
    pub percent: Option<i64>,
    pub minor: i64,
    pub total_limit: Option<usize>,
    pub customer_limit: Option<usize>,
}

pub const CODES: [Code; 3] = [
    Code {
        code: "SIM10",
        percent: Some(10),
        minor: 0,
        total_limit: Some(6),
        customer_limit: None,
    },
    Code {
        code: "SIM50",
        percent: None,
        minor: 5_000,
        total_limit: None,
        customer_limit: Some(2),
    },
    Code {
        code: "SIMGIFT",
        percent: Some(100),
        minor: 0,
        total_limit: Some(2),
        customer_limit: None,
    },
];

impl Sold {
    /// What is paid with these add-ons and this code, minor units; `None` where nobody may buy so.
    pub fn paid_with(&self, codes: &[String], promotion: Option<&str>) -> Option<i64> {
        let full = self.price_with(codes)?;
        let Some(name) = promotion else {
            return Some(full);
        };
        let code = CODES.iter().find(|code| code.code == name)?;
        let off = match code.percent {
            Some(percent) => (full * percent + 50) / 100,
            None if self.currency == Currency::USD => code.minor,
            None => return None,
        };
        let off = off.min(full);
        (self.brand == BRANDS[0] && off > 0).then_some(full - off)
    }
}
