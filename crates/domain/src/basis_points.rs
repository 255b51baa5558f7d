//! Percentages without floats.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Hundredths of a percent: 500 is 5 %, 8000 is a split of 80 %.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct BasisPoints(pub i64);

impl BasisPoints {
    pub const ZERO: Self = Self(0);
    pub const WHOLE: Self = Self(10_000);

    /// Reads percent with at most two decimals ("5", "7.25").
    pub fn from_percent(text: &str) -> Option<Self> {
        parse_decimal(text, 2).map(Self)
    }

    /// Percent as a decimal text: 725 is "7.25", 500 is "5.0".
    pub fn percent(self) -> String {
        format_decimal(self.0, 2)
    }

    /// Ratio as a decimal text: 8000 is "0.8".
    pub fn ratio(self) -> String {
        format_decimal(self.0, 4)
    }

    /// This share of `amount_minor`, rounded half away from zero; `None` on overflow.
    pub fn of(self, amount_minor: i64) -> Option<i64> {
        let product = i128::from(amount_minor) * i128::from(self.0);
        let half = 5_000 * product.signum();
        i64::try_from((product + half) / 10_000).ok()
    }
}

/// How much `part` is of `whole`, in ten-thousandths of a percent, rounded half away from zero; 0 of nothing, and the
/// largest number where it does not fit.
pub fn percent_of(part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let product = i128::from(part) * 1_000_000;
    let half = i128::from(whole) / 2 * product.signum();
    let quotient = (product + half) / i128::from(whole);
    i64::try_from(quotient).unwrap_or(if part < 0 { -i64::MAX } else { i64::MAX })
}

/// Reads a plain decimal ("12", "-0.5") into units of 10^-`scale`; `None` for anything else,
/// for more decimals than `scale`, and for what does not fit.
pub fn parse_decimal(text: &str, scale: u32) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = scale.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let value: i64 = format!("{whole}{fraction}").parse().ok()?;
    let value = value.checked_mul(10_i64.checked_pow(missing)?)?;
    Some(if negative { -value } else { value })
}

/// Prints units of 10^-`scale` with at least one decimal and no idle zeros.
pub fn format_decimal(value: i64, scale: u32) -> String {
    let unit = 10_u64.pow(scale);
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let fraction = format!("{:0width$}", magnitude % unit, width = scale as usize);
    let fraction = fraction.trim_end_matches('0');
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    format!("{sign}{}.{fraction}", magnitude / unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("5", 2, Some(500))]
    #[case("7.25", 2, Some(725))]
    #[case("-0.5", 2, Some(-50))]
    #[case("1.500", 1, Some(15))]
    #[case("0.001", 2, None)]
    #[case("1.", 2, None)]
    #[case(".5", 2, None)]
    #[case("1e3", 2, None)]
    #[case("", 2, None)]
    #[case("9223372036854775807", 2, None)]
    fn reads_decimals(#[case] text: &str, #[case] scale: u32, #[case] value: Option<i64>) {
        assert_eq!(parse_decimal(text, scale), value);
    }

    #[rstest]
    #[case(49_900, 2, "499.0")]
    #[case(49_950, 2, "499.5")]
    #[case(-1, 2, "-0.01")]
    #[case(8_000, 4, "0.8")]
    #[case(10, 0, "10.0")]
    fn prints_decimals(#[case] value: i64, #[case] scale: u32, #[case] text: &str) {
        assert_eq!(format_decimal(value, scale), text);
    }

    #[rstest]
    #[case(4_500, 100_000, 45_000)]
    #[case(4_500, 8_000, 562_500)]
    #[case(1, 3, 333_333)]
    #[case(2, 3, 666_667)]
    #[case(-1, 3, -333_333)]
    #[case(-2, 3, -666_667)]
    #[case(5, 0, 0)]
    #[case(i64::MIN, 1, -i64::MAX)]
    fn tells_a_share_in_percent(#[case] part: i64, #[case] whole: i64, #[case] percent: i64) {
        assert_eq!(percent_of(part, whole), percent);
    }

    #[rstest]
    #[case(1_000, 49_900, Some(4_990))]
    #[case(1_250, 4, Some(1))]
    #[case(1_250, -4, Some(-1))]
    #[case(10_000, i64::MAX, Some(i64::MAX))]
    #[case(20_000, i64::MAX, None)]
    fn takes_a_share(#[case] share: i64, #[case] of: i64, #[case] part: Option<i64>) {
        assert_eq!(BasisPoints(share).of(of), part);
    }
}
