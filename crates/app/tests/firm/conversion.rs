//! How a brand converts prices: read from a firm file, planned, and kept.

use crate::support::{apply, small_with};
use rstest::rstest;
use touchstone_app::firm::{Firm, FirmError};
use touchstone_domain::BrandId;
use touchstone_store::repo;
use touchstone_store::testing::databases;

fn with(conversion: &str) -> String {
    let table = format!("name = \"brand-a\"\n\n[brands.conversion]\n{conversion}");
    small_with("name = \"brand-a\"", &table)
}

const FIXED: &str = r#"source = "fixed"
markup_pct = "0.5"
rates = [
  { base = "EUR", quote = "USD", rate = "1.0852", valid_from = "2026-05-07" },
  { base = "USD", quote = "JPY", rate = "151.2", valid_from = "2026-05-07T09:00:00Z" },
]"#;
const QUOTES: &str = "source = \"quotes\"\nmax_age_seconds = 90";

#[tokio::test]
async fn a_conversion_is_planned_line_by_line_and_ends_when_the_file_says_so() {
    for database in databases() {
        let store = database.store();
        let told = async |text: &str| {
            let plan = apply(&store, text).await.unwrap().to_string();
            let lines = plan.lines().skip_while(|line| !line.contains("conversion"));
            let fields =
                lines.take_while(|line| line.contains("conversion") || line.starts_with(' '));
            fields.map(str::trim).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(
            told(&with(FIXED)).await,
            "\
+ create conversion of \"brand-a\"
markup_pct: 0.5
rates.EUR/USD from 2026-05-07T00:00:00.000000Z: 1.0852
rates.USD/JPY from 2026-05-07T09:00:00.000000Z: 151.2
source: fixed"
        );
        assert_eq!(
            told(&with(FIXED)).await,
            "= unchanged conversion of \"brand-a\""
        );
        assert_eq!(
            told(&with(QUOTES)).await,
            "\
~ update conversion of \"brand-a\"
markup_pct: 0.5 -> 0.0
max_age_seconds: 90
rates.EUR/USD from 2026-05-07T00:00:00.000000Z: 1.0852 -> none
rates.USD/JPY from 2026-05-07T09:00:00.000000Z: 151.2 -> none
source: fixed -> quotes"
        );
        let stored = store.read(|tx| repo::brands::conversion(tx, BrandId(1)));
        assert!(stored.await.unwrap().is_some());
        // What the file does not name is left alone.
        assert_eq!(told(&small_with("brand-a", "brand-a")).await, "");
        let stored = store.read(|tx| repo::brands::conversion(tx, BrandId(1)));
        assert!(stored.await.unwrap().is_some());
        assert_eq!(
            told(&with("source = \"none\"")).await,
            "\
~ update conversion of \"brand-a\"
markup_pct: 0.0 -> none
max_age_seconds: 90 -> none
source: quotes -> none"
        );
        let stored = store.read(|tx| repo::brands::conversion(tx, BrandId(1)));
        assert_eq!(stored.await.unwrap(), None);
        let audited = store.read(|tx| {
            tx.query_one(
                "SELECT COUNT(*) FROM audit WHERE subject_kind = 'brand' AND action LIKE 'firm.%'",
                &[],
                |row| row.int(0),
            )
        });
        assert_eq!(
            audited.await.unwrap(),
            4,
            "the brand, and three changes of it"
        );
        store.close().await;
    }
}

#[rstest]
#[case::no_rates("source = \"fixed\"", "at least one rate is wanted")]
#[case::markup(
    "source = \"quotes\"\nmarkup_pct = 101",
    "markup_pct: 0 to 100 is wanted"
)]
#[case::below(
    "source = \"quotes\"\nmarkup_pct = -1",
    "markup_pct: 0 to 100 is wanted"
)]
#[case::no_age("source = \"quotes\"\nmax_age_seconds = 0", "an age above 0 is wanted")]
#[case::days(
    "source = \"quotes\"\nmax_age_days = 1",
    "are for the source \"fixed\" alone"
)]
#[case::one_currency(
    r#"source = "fixed"
rates = [{ base = "EUR", quote = "EUR", rate = "1", valid_from = "2026-05-07" }]"#,
    "EUR/EUR: two currencies are wanted"
)]
#[case::zero(
    r#"source = "fixed"
rates = [{ base = "EUR", quote = "USD", rate = "0", valid_from = "2026-05-07" }]"#,
    "EUR/USD: a rate above 0 like \"1.0850\" is wanted"
)]
#[case::no_day(
    r#"source = "fixed"
rates = [{ base = "EUR", quote = "USD", rate = "1", valid_from = "soon" }]"#,
    "EUR/USD: valid_from: a day or an instant of RFC 3339 is wanted"
)]
#[case::seconds(
    r#"source = "fixed"
max_age_seconds = 60
rates = [{ base = "EUR", quote = "USD", rate = "1", valid_from = "2026-05-07" }]"#,
    "max_age_seconds is for the source \"quotes\" alone"
)]
#[case::twice(
    r#"source = "fixed"
rates = [
  { base = "EUR", quote = "USD", rate = "1", valid_from = "2026-05-07" },
  { base = "USD", quote = "EUR", rate = "1", valid_from = "2026-05-07" },
]"#,
    "USD/EUR stands twice; the other way round is made of it"
)]
fn what_is_wrong_with_a_conversion_is_told_with_its_line(
    #[case] conversion: &str,
    #[case] message: &str,
) {
    let Err(FirmError::Faults(faults)) = Firm::read(&with(conversion)) else {
        panic!("{conversion} was read");
    };
    let [fault] = &faults[..] else {
        panic!("{faults:?}");
    };
    assert_eq!(
        (fault.line, fault.place.as_str()),
        (5, "conversion of \"brand-a\"")
    );
    assert!(fault.message.contains(message), "{fault}");
}

#[rstest]
#[case("source = \"bank\"")]
#[case("source = \"quotes\"\nrate = \"1\"")]
#[case("markup_pct = 1")]
fn what_is_no_conversion_at_all_is_not_read(#[case] conversion: &str) {
    let read = Firm::read(&with(conversion));
    assert!(matches!(read, Err(FirmError::Syntax(_))));
}
