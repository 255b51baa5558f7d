//! Money as integer minor units of one currency.

use crate::basis_points::{format_decimal, parse_decimal};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An ISO 4217 code, or a crypto code of the same shape.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Currencies whose minor unit is not a hundredth (ISO 4217, table A.1).
const NO_DECIMALS: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];
const THREE_DECIMALS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

impl Currency {
    pub const USD: Self = Self(*b"USD");
    pub const EUR: Self = Self(*b"EUR");

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// The currencies that have no decimals, or three; every other has two.
    pub const fn with_decimals(decimals: u32) -> &'static [&'static str] {
        match decimals {
            0 => NO_DECIMALS,
            3 => THREE_DECIMALS,
            _ => &[],
        }
    }

    /// Digits after the decimal point of one major unit: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn decimals(&self) -> u32 {
        if NO_DECIMALS.contains(&self.code()) {
            0
        } else if THREE_DECIMALS.contains(&self.code()) {
            3
        } else {
            2
        }
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(MoneyError::UnknownCurrency(text.chars().take(16).collect())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("{0:?} is no currency code: three capital letters are wanted")]
    UnknownCurrency(String),
    #[error("{left} and {right} cannot be added: convert one of them first")]
    CurrencyMismatch { left: Currency, right: Currency },
    #[error("the amount does not fit into 64 bits of minor units")]
    Overflow,
    #[error(
        "{0:?} is no amount: digits with at most as many decimals as the currency has are wanted"
    )]
    BadAmount(String),
}

/// An amount of one currency, in minor units (cents for USD).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads major units ("499", "499.00").
    pub fn from_major(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        parse_decimal(text, currency.decimals())
            .map(|minor| Self { minor, currency })
            .ok_or_else(|| MoneyError::BadAmount(text.chars().take(32).collect()))
    }

    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch {
                left: self.currency,
                right: other.currency,
            });
        }
        let minor = self
            .minor
            .checked_add(other.minor)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// Major units as ScaleTrade prints numbers: "499.0".
    pub fn shortest(self) -> String {
        format_decimal(self.minor, self.currency.decimals())
    }

    /// Major units with all decimals of the currency, as Slate prints texts: "499.00", "499" for JPY.
    pub fn fixed(self) -> String {
        let scale = self.currency.decimals() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let magnitude = self.minor.unsigned_abs();
        if scale == 0 {
            return format!("{sign}{magnitude}");
        }
        let unit = 10_u64.pow(self.currency.decimals());
        format!("{sign}{}.{:0scale$}", magnitude / unit, magnitude % unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("499", "USD", 49_900, "499.0", "499.00")]
    #[case("0.05", "USD", 5, "0.05", "0.05")]
    #[case("1200", "JPY", 1_200, "1200.0", "1200")]
    #[case("1.5", "KWD", 1_500, "1.5", "1.500")]
    #[case("-12.3", "EUR", -1_230, "-12.3", "-12.30")]
    fn reads_and_prints(
        #[case] major: &str,
        #[case] code: &str,
        #[case] minor: i64,
        #[case] short: &str,
        #[case] fixed: &str,
    ) {
        let money = Money::from_major(major, code.parse().unwrap()).unwrap();
        assert_eq!(
            (
                money.minor,
                money.shortest().as_str(),
                money.fixed().as_str()
            ),
            (minor, short, fixed)
        );
    }

    #[rstest]
    #[case("1.001", "USD")]
    #[case("1.5", "JPY")]
    #[case("abc", "USD")]
    #[case("99999999999999999999", "USD")]
    fn refuses_what_is_no_amount(#[case] major: &str, #[case] code: &str) {
        assert!(Money::from_major(major, code.parse().unwrap()).is_err());
    }

    #[test]
    fn adds_only_one_currency_and_never_wraps() {
        let dollar = Money::new(1, Currency::USD);
        assert_eq!(dollar.checked_add(dollar), Ok(Money::new(2, Currency::USD)));
        assert!(dollar.checked_add(Money::new(1, Currency::EUR)).is_err());
        assert_eq!(
            dollar.checked_add(Money::new(i64::MAX, Currency::USD)),
            Err(MoneyError::Overflow)
        );
    }
}
