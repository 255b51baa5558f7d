use super::*;
use proptest::prelude::*;
use rstest::rstest;

const NOON: UnixMicros = UnixMicros::from_seconds(1_778_160_000);

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn rate(text: &str) -> Rate {
    Rate::parse(text).unwrap()
}

fn pair(text: &str, bid: &str, ask: &str, seconds: i64) -> Pair {
    let (base, quote) = text.split_once('/').unwrap();
    Pair {
        base: currency(base),
        quote: currency(quote),
        price: Some(PairPrice {
            bid: rate(bid),
            ask: rate(ask),
            at: NOON.plus_seconds(seconds),
        }),
    }
}

/// The server's prices, some of them old.
fn quotes(markup: i64) -> Exchange {
    let pairs = [
        pair("EUR/USD", "1.0848", "1.085", -5),
        pair("USD/JPY", "151.20", "151.25", -30),
        pair("GBP/USD", "1.25", "1.2502", -61),
        pair("USD/KWD", "0.3", "0.31", 0),
        Pair {
            price: None,
            ..pair("AUD/USD", "1", "1", 0)
        },
        Pair {
            price: None,
            ..pair("EUR/JPY", "1", "1", 0)
        },
    ];
    let conversion = Conversion {
        source: Source::Quotes {
            max_age_seconds: 60,
        },
        markup: BasisPoints(markup),
    };
    Exchange::new(Some(conversion), Arc::from(pairs), NOON)
}

fn told(found: Result<Converted, NoRate>) -> String {
    match found {
        Ok(paid) => {
            let age = NOON.micros_since(paid.at) / 1_000_000;
            let (amount, currency) = (paid.amount.fixed(), paid.amount.currency);
            format!("{amount} {currency} at {}, {age} s old", paid.rate)
        }
        Err(why) => format!("{why:?}"),
    }
}

#[rstest]
#[case::at_the_ask("459", "EUR", "USD", 0, "498.02 USD at 1.085, 5 s old")]
#[case::at_the_bid("499", "USD", "EUR", 0, "460.00 EUR at 0.9218289086, 5 s old")]
#[case::through_usd("10", "EUR", "JPY", 0, "1642 JPY at 164.10625, 30 s old")]
#[case::and_back("16000", "JPY", "EUR", 0, "97.55 EUR at 0.0060967522, 30 s old")]
#[case::more_decimals("1", "USD", "KWD", 0, "0.310 KWD at 0.31, 0 s old")]
#[case::with_a_markup("459", "EUR", "USD", 150, "505.49 USD at 1.101275, 5 s old")]
#[case::nothing("0", "EUR", "USD", 150, "0.00 USD at 1.101275, 5 s old")]
#[case::too_old("1", "GBP", "USD", 0, "Stale")]
#[case::the_oldest_counts("1", "GBP", "JPY", 0, "Stale")]
#[case::not_there_yet("1", "AUD", "EUR", 0, "Stale")]
#[case::nobody_knows("1", "CHF", "USD", 0, "None")]
#[case::too_much("9000000000000000000", "JPY", "KWD", 0, "None")]
fn a_price_in_another_currency(
    #[case] price: &str,
    #[case] of: &str,
    #[case] into: &str,
    #[case] markup: i64,
    #[case] wanted: &str,
) {
    let price = Money::from_major(price, currency(of)).unwrap();
    assert_eq!(told(quotes(markup).convert(price, currency(into))), wanted);
}

#[rstest]
#[case::it_counts_from_its_day_on(0, None, "2.00 USD at 2.0, 0 s old")]
#[case::for_ever(-864_000, None, "2.00 USD at 2.0, 864000 s old")]
#[case::until_its_age(-864_000, Some(10), "2.00 USD at 2.0, 864000 s old")]
#[case::and_no_longer(-864_001, Some(10), "Stale")]
#[case::not_before(1, None, "None")]
fn a_rate_that_was_written_down(
    #[case] seconds: i64,
    #[case] max_age_days: Option<u32>,
    #[case] wanted: &str,
) {
    let rates = vec![FixedRate {
        base: Currency::EUR,
        quote: Currency::USD,
        rate: rate("2"),
        valid_from: NOON.plus_seconds(seconds),
    }];
    let conversion = Conversion {
        source: Source::Fixed {
            rates,
            max_age_days,
        },
        markup: BasisPoints::ZERO,
    };
    let stored = serde_json::to_string(&conversion).unwrap();
    assert_eq!(
        serde_json::from_str::<Conversion>(&stored).unwrap(),
        conversion
    );
    let exchange = Exchange::new(Some(conversion), Arc::default(), NOON);
    let one = Money::new(100, Currency::EUR);
    assert_eq!(told(exchange.convert(one, Currency::USD)), wanted);
}

#[test]
fn nobody_converts_unasked() {
    let one = Money::new(100, Currency::EUR);
    let found = Exchange::closed().convert(one, Currency::USD);
    assert_eq!(found, Err(NoRate::None));
}

proptest! {
    /// What is paid is worth the price, and not a minor unit more than that.
    #[test]
    fn the_amount_is_the_least_that_is_enough(
        minor in 0_i64..1_000_000_000,
        units in 1_i64..1_000_000_000_000_000,
        of in prop::sample::select(vec!["USD", "JPY", "KWD"]),
        into in prop::sample::select(vec!["EUR", "KRW", "BHD"]),
    ) {
        let price = Money::new(minor, currency(of));
        let rate = Rate::new(units).unwrap();
        let Some(paid) = rate.apply(price, currency(into)) else {
            return Ok(());
        };
        // Both sides in 10^-10 of the smaller of the two minor units.
        let (from, to) = (price.currency.decimals(), paid.currency.decimals());
        let worth = i128::from(minor) * i128::from(units) * 10_i128.pow(to);
        let one = 10_i128.pow(Rate::DECIMALS + from);
        prop_assert!(i128::from(paid.minor) * one >= worth);
        prop_assert!((i128::from(paid.minor) - 1) * one < worth);
        prop_assert_eq!(paid.minor == 0, minor == 0);
    }

    /// All goes back with all of the price, and a part is never less than its share nor more than was paid.
    #[test]
    fn what_goes_back_is_what_was_paid(
        price in 1_i64..1_000_000_000,
        share in 0_i64..=10_000,
        units in 1_i64..1_000_000_000_000,
    ) {
        let price = Money::new(price, Currency::EUR);
        let rate = Rate::new(units).unwrap();
        let amount = rate.apply(price, Currency::USD).unwrap();
        let paid = Converted { amount, rate, source: RateSource::Fixed, at: NOON };
        prop_assert_eq!(paid.part(price, price.minor), amount);
        let part = price.minor * share / 10_000;
        let back = paid.part(price, part).minor;
        prop_assert!(back <= amount.minor && (back > 0) == (part > 0));
        let exact = i128::from(amount.minor) * i128::from(part);
        prop_assert!(i128::from(back) * i128::from(price.minor) >= exact);
        prop_assert!((i128::from(back) - 1) * i128::from(price.minor) < exact);
        prop_assert!(paid.part(price, part).currency == Currency::USD);
    }

    /// Nobody gains by going there and back.
    #[test]
    fn the_way_back_is_no_cheaper(units in 1_i64..1_000_000_000_000_000) {
        let rate = Rate::new(units).unwrap();
        if let Some(inverse) = rate.inverse() {
            prop_assert!(rate.then(inverse).is_none_or(|round| round.units() >= 10_000_000_000));
        }
    }
}

#[test]
fn of_rates_of_one_pair_the_newest_that_counts_already_is_taken() {
    let rates = [("1.1", -200), ("1.2", -100), ("1.3", 100)];
    for (now, wanted) in [
        (-150, Some("1.1")),
        (0, Some("1.2")),
        (100, Some("1.3")),
        (-300, None),
    ] {
        let rates = rates.map(|(text, seconds)| FixedRate {
            base: currency("EUR"),
            quote: currency("USD"),
            rate: rate(text),
            valid_from: NOON.plus_seconds(seconds),
        });
        let conversion = Conversion {
            source: Source::Fixed {
                rates: rates.to_vec(),
                max_age_days: None,
            },
            markup: BasisPoints::ZERO,
        };
        let exchange = Exchange::new(Some(conversion), Arc::default(), NOON.plus_seconds(now));
        let price = Money::new(100, currency("EUR"));
        let found = exchange.convert(price, currency("USD")).map(|one| one.rate);
        assert_eq!(found.ok(), wanted.map(rate), "{now}");
    }
}
