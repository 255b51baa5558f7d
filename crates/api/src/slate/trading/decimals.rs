//! Decimals as texts: prices with the digits of their instrument, volumes in lots, money with its currency's decimals.

use touchstone_app::App;
use touchstone_domain::basis_points::format_decimal;
use touchstone_domain::{Currency, Money, Price, Symbol, Volume};

/// The text of a value in units of 10^-`digits`, with all of them.
pub(super) fn fixed(value: i64, digits: u32) -> String {
    if digits == 0 {
        return value.to_string();
    }
    let unit = 10_u64.pow(digits);
    let (sign, magnitude) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let width = digits as usize;
    format!("{sign}{}.{:0width$}", magnitude / unit, magnitude % unit)
}

pub(super) fn price(price: Price, digits: u32) -> String {
    fixed(price.0, digits)
}

pub(super) fn lots(volume: Volume) -> String {
    format_decimal(volume.0, 4)
}

pub(super) fn money(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).fixed()
}

/// Of a symbol that is traded no more: points.
pub(super) fn digits(app: &App, symbol: Symbol) -> u32 {
    let instrument = app.desk.instruments().get(symbol);
    instrument.map_or(0, |instrument| instrument.digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_has_all_of_its_digits() {
        assert_eq!(fixed(108_500, 5), "1.08500");
        assert_eq!(fixed(-7, 2), "-0.07");
        assert_eq!(fixed(42, 0), "42");
    }
}
