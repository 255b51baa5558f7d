//! A price from its digits.

use touchstone_domain::Price;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalFault {
    #[error("a plain decimal is wanted")]
    NoDecimal,
    #[error("it has more decimals than the symbol's {0}")]
    TooPrecise(u32),
    #[error("it is too large")]
    TooLarge,
}

/// Reads "1.08523" into points of a symbol with `digits` decimals, exactly: zeros may follow, other digits may not.
pub(crate) fn price(text: &str, digits: u32) -> Result<Price, DecimalFault> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_plain = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(fraction) || text.ends_with('.') {
        return Err(DecimalFault::NoDecimal);
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::try_from(digits)
        .ok()
        .and_then(|digits| digits.checked_sub(fraction.len()))
        .ok_or(DecimalFault::TooPrecise(digits))?;
    let zeros = std::iter::repeat_n(b'0', missing);
    whole
        .bytes()
        .chain(fraction.bytes())
        .chain(zeros)
        .try_fold(0_i64, |points, digit| {
            points.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
        })
        .map(Price)
        .ok_or(DecimalFault::TooLarge)
}

/// All decimals of a price of 0 or more.
pub(crate) fn written(price: Price, digits: u32) -> String {
    let unit = 10_i64.pow(digits);
    let (whole, fraction) = (price.0 / unit, price.0 % unit);
    match digits {
        0 => whole.to_string(),
        _ => format!("{whole}.{fraction:0width$}", width = digits as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("1.08523", 5, Ok(108_523))]
    #[case("1.085230", 5, Ok(108_523))]
    #[case("1.0852", 5, Ok(108_520))]
    #[case("86", 3, Ok(86_000))]
    #[case("0.00000", 5, Ok(0))]
    #[case("18000", 0, Ok(18_000))]
    #[case("1.085231", 5, Err(DecimalFault::TooPrecise(5)))]
    #[case("86.5", 0, Err(DecimalFault::TooPrecise(0)))]
    #[case("92233720368547758.07", 2, Ok(i64::MAX))]
    #[case("92233720368547758.08", 2, Err(DecimalFault::TooLarge))]
    #[case("-1.0", 5, Err(DecimalFault::NoDecimal))]
    #[case("1.", 5, Err(DecimalFault::NoDecimal))]
    #[case(".5", 5, Err(DecimalFault::NoDecimal))]
    #[case("1e5", 5, Err(DecimalFault::NoDecimal))]
    #[case("1,5", 5, Err(DecimalFault::NoDecimal))]
    #[case("", 5, Err(DecimalFault::NoDecimal))]
    fn a_price_is_its_digits(
        #[case] text: &str,
        #[case] digits: u32,
        #[case] points: Result<i64, DecimalFault>,
    ) {
        assert_eq!(price(text, digits), points.map(Price));
    }
}
