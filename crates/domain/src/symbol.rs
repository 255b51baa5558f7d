//! The name of something that is traded.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const LONGEST: usize = 16;

/// 1 to 16 letters, digits, dots, hyphens, underscores or number signs: "EURUSD", "US500.cash". It is kept in place, so
/// that a tick is passed on without a copy of a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Symbol([u8; LONGEST]);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no symbol: 1 to 16 letters, digits, dots, hyphens, underscores or number signs are wanted"
)]
pub struct SymbolError(String);

impl Symbol {
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(LONGEST);
        std::str::from_utf8(&self.0[..end]).unwrap_or("???")
    }
}

impl FromStr for Symbol {
    type Err = SymbolError;

    fn from_str(text: &str) -> Result<Self, SymbolError> {
        let fits = (1..=LONGEST).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-_#".contains(&b));
        if !fits {
            return Err(SymbolError(text.chars().take(32).collect()));
        }
        let mut name = [0; LONGEST];
        name[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(name))
    }
}

impl TryFrom<String> for Symbol {
    type Error = SymbolError;

    fn try_from(text: String) -> Result<Self, SymbolError> {
        text.parse()
    }
}

impl From<Symbol> for String {
    fn from(symbol: Symbol) -> Self {
        symbol.as_str().to_owned()
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("EURUSD")]
    #[case("US500.cash")]
    #[case("SIXTEEN_LETTERS_")]
    fn a_name_comes_back_as_it_was(#[case] text: &str) {
        let symbol: Symbol = text.parse().unwrap();
        assert_eq!(symbol.to_string(), text);
        let json = serde_json::to_string(&symbol).unwrap();
        assert_eq!(serde_json::from_str::<Symbol>(&json).unwrap(), symbol);
    }

    #[rstest]
    #[case("")]
    #[case("SEVENTEEN_LETTERS")]
    #[case("EUR USD")]
    #[case("EUR/USD")]
    #[case("EUR\0USD")]
    #[case("€URUSD")]
    fn what_is_no_name_is_refused(#[case] text: &str) {
        assert!(text.parse::<Symbol>().is_err());
    }

    #[test]
    fn names_stand_in_the_order_of_their_letters() {
        let [short, long]: [Symbol; 2] = ["EUR", "EURUSD"].map(|text| text.parse().unwrap());
        assert!(short < long);
    }
}
