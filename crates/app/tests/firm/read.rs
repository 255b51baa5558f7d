//! What a firm file must not say, and what the reader is told.

use crate::support::{SMALL, small_with};
use rstest::rstest;
use touchstone_app::firm::Firm;

fn fault(text: &str) -> String {
    match Firm::read(text) {
        Ok(_) => "no fault".into(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_whole_file_is_taken() {
    assert!(Firm::read(SMALL).is_ok(), "{}", fault(SMALL));
}

/// Unknown keys and wrong kinds are told by the TOML reader, with line and column.
#[rstest]
#[case("leverage = 100", "leverage = 100\nlevrage = 1", "line 10", "levrage")]
#[case(
    "name = \"brand-a\"",
    "name = \"brand-a\"\ncolour = 1",
    "line 4",
    "colour"
)]
#[case(
    "max_daily_loss_pct = 5",
    "max_daily_loss_pct = 5.5",
    "line 32",
    "whole number, or as text"
)]
#[case("price = \"499.00\"", "price = 499.00", "line 26", "expected a string")]
#[case("mode = \"DEMO\"", "mode = \"PAPER\"", "line 7", "PAPER")]
#[case(
    "leverage = 100",
    "leverage = 100\ntrading = { booking = \"nets\" }",
    "line 10",
    "nets"
)]
#[case(
    "leverage = 100",
    "leverage = 100\ntrading.instruments.EURUSD = { margin_percent = \"5 %\" }",
    "line 10",
    "5 %"
)]
#[case(
    "currency = \"EUR\"",
    "currency = \"euro\"",
    "line 27",
    "three capital letters"
)]
fn what_is_no_firm_file_is_told_with_its_line(
    #[case] old: &str,
    #[case] new: &str,
    #[case] line: &str,
    #[case] word: &str,
) {
    let text = fault(&small_with(old, new));
    assert!(text.contains(line) && text.contains(word), "{text}");
}

#[rstest]
#[case(
    "leverage = 50",
    "leverage = 50\ntrading = { stop_out_pct = 80, margin_call_pct = 70 }",
    "line 13: group \"FUNDED\" of \"brand-a\": trading: stop-out and margin call: 0 to 1000 percent, and the stop-out is not above the margin call"
)]
#[case(
    "leverage = 50",
    "leverage = 50\ntrading = { max_orders = 0 }",
    "line 13: group \"FUNDED\" of \"brand-a\": trading: max_orders: 1 to 1000"
)]
#[case(
    "leverage = 50",
    "leverage = 50\ntrading.instruments.EURUSX = { commission_ppm = 1 }",
    "line 13: group \"FUNDED\" of \"brand-a\": trading: EURUSX stands in no catalogue of this firm"
)]
#[case(
    "leverage = 50",
    "leverage = 50\ntrading.instruments.EURUSD = { margin_percent = \"0\" }",
    "line 13: group \"FUNDED\" of \"brand-a\": trading: EURUSD: margin_rate must be 0.01 to 100 percent"
)]
#[case(
    "group = \"EVAL\"",
    "group = \"EVLA\"",
    "line 30: program \"Challenge\" of \"brand-a\", step \"Evaluation\": there is no group \"EVLA\" in this brand"
)]
#[case(
    "group = \"EVAL\"",
    "group = \"FUNDED\"",
    "line 30: program \"Challenge\" of \"brand-a\", step \"Evaluation\": the group \"FUNDED\" is REAL, an evaluation step needs a DEMO one"
)]
#[case(
    "group = \"FUNDED\"",
    "group = \"EVAL\"",
    "line 37: program \"Challenge\" of \"brand-a\", step \"Funded\": the group \"EVAL\" is DEMO, a funded step needs a REAL one"
)]
#[case(
    "price = \"499.00\"",
    "price = \"499.001\"",
    "line 25: program \"Challenge\" of \"brand-a\": price: \"499.001\" is no amount: digits with at most as many decimals as the currency has are wanted"
)]
#[case(
    "price = \"499.00\"",
    "price = \"-1\"",
    "line 25: program \"Challenge\" of \"brand-a\": price is below zero"
)]
#[case(
    "profit_split_pct = 80",
    "profit_split_pct = 101",
    "line 37: program \"Challenge\" of \"brand-a\", step \"Funded\": profit_split_pct must be from 0 to 100"
)]
#[case(
    "profit_target_pct = \"7.25\"",
    "profit_split_pct = 5",
    "line 30: program \"Challenge\" of \"brand-a\", step \"Evaluation\": only a funded step has a profit split"
)]
#[case(
    "profit_target_pct = \"7.25\"",
    "min_trading_days = 5\nmax_trading_days = 4",
    "line 30: program \"Challenge\" of \"brand-a\", step \"Evaluation\": min_trading_days is above max_trading_days"
)]
#[case(
    "code = \"fast\"",
    "code = \"Fast one\"",
    "line 42: program \"Challenge\" of \"brand-a\", add-on \"Fast one\": the code needs 1 to 64 characters: small letters, digits, \"_\" and \"-\""
)]
#[case(
    "price_pct = 10",
    "",
    "line 42: program \"Challenge\" of \"brand-a\", add-on \"fast\": either price (an amount) or price_pct (of the program's price) is wanted"
)]
#[case(
    "price_pct = 10",
    "price_pct = \"-1\"",
    "line 42: program \"Challenge\" of \"brand-a\", add-on \"fast\": the price is negative, or too large"
)]
#[case(
    "leverage = 50",
    "leverage = 0",
    "line 13: group \"FUNDED\" of \"brand-a\": leverage must be 1 or more"
)]
#[case(
    "leverage = 100\ndefault_deposit = \"100000\"",
    "leverage = 100",
    "line 29: program \"Challenge\" of \"brand-a\", step \"Evaluation\": the group \"EVAL\" has no default deposit, so the step's account would be empty"
)]
#[case(
    "name = \"FUNDED\"\nmode = \"REAL\"\ncurrency = \"USD\"",
    "name = \"FUNDED\"\nmode = \"REAL\"\ncurrency = \"EUR\"",
    "line 37: program \"Challenge\" of \"brand-a\", step \"Funded\": the group \"FUNDED\" holds EUR and the first step's group USD: the steps of a program have one currency"
)]
#[case(
    "Admin@Firm.test",
    "admin",
    "line 20: staff of \"brand-a\": \"admin\" is no e-mail address"
)]
#[case(
    "password_hash = \"$argon2id$",
    "password_hash = \"$argon2i$",
    "line 20: staff \"admin@firm.test\" of \"brand-a\": password_hash is no argon2id hash ($argon2id$v=19$...)"
)]
#[case(
    "full_name = \"Ada\"",
    "password = \"secret-1\"",
    "line 20: staff \"admin@firm.test\" of \"brand-a\": a password in the file is for demo firms only: use password_file, password_env or password_hash\nline 20: staff \"admin@firm.test\" of \"brand-a\": there is more than one first password"
)]
#[case(
    "[[brands.programs]]",
    "[[brands.customers]]\nnumber = 5\nemail = \"a@b\"\nfirst_name = \"\"\nlast_name = \"\"\npassword = \"12345678\"\n\n[[brands.programs]]",
    "line 26: customer \"a@b\" of \"brand-a\": only a demo firm (demo = true) has this"
)]
#[case(
    "[[brands.groups]]\nname = \"FUNDED\"",
    "[[brands.groups]]\nname = \"EVAL\"",
    "line 13: group \"EVAL\" of \"brand-a\": stands twice\nline 37: program \"Challenge\" of \"brand-a\", step \"Funded\": there is no group \"FUNDED\" in this brand"
)]
#[case(
    "[[brands]]",
    "[next_numbers]\nlogin = 5\n\n[[brands]]",
    "line 2: next_numbers: only a demo firm (demo = true) has this"
)]
#[case(
    "[[brands]]",
    "public_id_secret = \"00\"\n[[brands]]",
    "line 2: public_id_secret: only a demo firm (demo = true) has this\nline 2: public_id_secret: 64 hexadecimal digits are wanted"
)]
fn every_fault_is_told_with_its_place(#[case] old: &str, #[case] new: &str, #[case] told: &str) {
    assert_eq!(fault(&small_with(old, new)), told);
}

#[test]
fn a_program_ends_with_its_only_funded_step() {
    let steps = "type = \"funded\"\nname = \"Funded\"";
    let twice = format!(
        "{steps}\ngroup = \"FUNDED\"\n\n[[brands.programs.steps]]\n{}",
        steps.replace("Funded\"", "Again\"")
    );
    assert_eq!(
        fault(&small_with(steps, &twice)),
        "line 37: program \"Challenge\" of \"brand-a\", step \"Funded\": the funded step must be the last one, and there can be only one"
    );
}

#[test]
fn only_what_is_on_sale_must_be_ready_to_be_bought() {
    let steps = SMALL.find("[[brands.programs.steps]]").unwrap();
    let bare = &SMALL[..steps];
    assert_eq!(
        fault(bare),
        "line 25: program \"Challenge\" of \"brand-a\": a program that is on sale needs at least one step"
    );
    let disabled = format!("{bare}status = \"disabled\"\n");
    assert!(Firm::read(&disabled).is_ok(), "{}", fault(&disabled));
}

#[test]
fn an_empty_file_is_no_firm() {
    assert_eq!(
        fault(""),
        "line 1: the file: a firm needs at least one [[brands]]"
    );
}

/// The file that the guide prints is one that can be used.
#[test]
fn the_guides_example_is_taken() {
    let guide = include_str!("../../../../docs/firm.md");
    let (_, rest) = guide.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    assert_eq!(fault(example), "no fault");
}

/// The evaluation step of [`SMALL`] with a rule set of its own, and a line before it.
fn with_rules(rules: &str) -> String {
    let end = "profit_target_pct = \"7.25\"\n";
    let head = "version = 1\ntrading_day = { zone = \"Europe/Prague\", reset = \"00:00\" }";
    small_with(
        &format!("max_daily_loss_pct = 5\n{end}"),
        &format!("{rules}\n[brands.programs.steps.rules]\n{head}\n{RULES}\n"),
    )
}

const RULES: &str = "daily_loss = { amount = { fixed_minor = 500000 }, anchor = \"balance\" }
max_loss = { mode = \"trailing_intraday_equity\", amount = { percent_of_initial = 800 }, lock = \"at_initial\" }";

#[test]
fn a_step_can_have_rules_of_its_own() {
    assert_eq!(fault(&with_rules("")), "no fault");
    assert_eq!(fault(&with_rules("max_daily_loss_pct = 5")), "no fault");
    let place = "line 30: program \"Challenge\" of \"brand-a\", step \"Evaluation\"";
    assert_eq!(
        fault(&with_rules("max_daily_loss_pct = 4")),
        format!(
            "{place}: max_daily_loss_pct says something else than the step's own rules: change them instead"
        )
    );
    assert_eq!(
        fault(&with_rules("").replace("trailing_intraday_equity", "static")),
        format!(
            "{place}: rules.max_loss.lock: a static floor does not move, so it cannot be locked [lock_without_trailing]"
        )
    );
    let unknown = fault(&with_rules("").replace("at_initial\"", "at_noon\""));
    assert!(unknown.contains("at_noon"), "{unknown}");
}

/// [`SMALL`] with a conduct after everything else: its table stands in line 47.
fn with_conduct(conduct: &str) -> String {
    format!("{SMALL}\n[brands.programs.conduct]\n{conduct}\n")
}

#[rstest]
#[case(
    r#"daily_dd_mode = "banana""#,
    r#"daily_dd_mode must be "balance", "equity", "higher_of_balance_and_equity", "initial" or "intraday_peak""#
)]
#[case(
    "weekend_close_enabled = true\nweekend_close_time = \"21:00\"",
    "weekend_close_dow must be from 0 to 6"
)]
#[case(
    "news_blackout_enabled = true\nnews_blackout_seconds_after = 60",
    "news_event_actions must be at least one action where news_blackout_enabled is true"
)]
fn a_conduct_that_cannot_be_judged_is_refused_with_its_line(
    #[case] conduct: &str,
    #[case] reason: &str,
) {
    assert_eq!(
        fault(&with_conduct(conduct)),
        format!("line 47: program \"Challenge\" of \"brand-a\", conduct: {reason}")
    );
}

#[test]
fn a_conduct_that_the_steps_can_have_is_taken() {
    let conduct =
        "ea_allowed = false\nmax_loss_mode = \"trailing_closed_balance\"\nconsistency_pct = 40";
    assert_eq!(fault(&with_conduct(conduct)), "no fault");
}

#[rstest]
#[case(
    "",
    "effect is wanted: \"no_time_limit\", { profit_split_pct = 90 }, { drawdown = { max_by_pct = 2 } }, { min_trading_days = 0 }, { leverage = 200 }, \"weekend_holding\", or \"by_hand\" for a service that your people give themselves"
)]
#[case(
    "effect = \"no_time_limit\"",
    "no step has a time limit that it could take away"
)]
#[case(
    "effect = { profit_split_pct = 80 }",
    "the share is not above that of the funded step"
)]
#[case("effect = { profit_split_pct = \"80.5\" }", "no fault")]
#[case("effect = { leverage = 200 }", "no fault")]
#[case("effect = { leverage = 1001 }", "the leverage must be from 2 to 1000")]
fn an_addon_does_something_or_says_that_it_does_not(#[case] effect: &str, #[case] told: &str) {
    let text = small_with("effect = \"by_hand\"", effect);
    let place = "line 42: program \"Challenge\" of \"brand-a\", add-on \"fast\": ";
    let wanted = match told {
        "no fault" => told.to_owned(),
        told => format!("{place}{told}"),
    };
    assert_eq!(fault(&text), wanted);
}

/// One code after the program that stands in line 24.
fn code_with(text: &str) -> String {
    fault(&format!("{SMALL}\n[[brands.promo_codes]]\n{text}\n"))
}

#[rstest]
#[case("code = \"SPRING\"\npercent = 10", "no fault")]
#[case(
    "code = \"spring-26\"\namount = \"5.00\"\ncurrency = \"EUR\"\nprograms = [\"Challenge\"]\nvalid_from = \"2026-01-01\"",
    "no fault"
)]
#[case(
    "code = \"NO\"\npercent = 10",
    "a code has 3 to 40 of the letters A to Z, digits, - and _"
)]
#[case(
    "code = \"SPRING\"",
    "either percent is wanted, or amount and currency"
)]
#[case(
    "code = \"SPRING\"\npercent = 101",
    "a discount is above 0 % and at most 100 %, or an amount above 0"
)]
#[case(
    "code = \"SPRING\"\npercent = 10\nprograms = [\"Chalenge\"]",
    "the brand has no program \"Chalenge\" in this file"
)]
#[case(
    "code = \"SPRING\"\npercent = 10\nvalid_to = \"soon\"",
    "valid_to: a day or an instant of RFC 3339 is wanted"
)]
#[case(
    "code = \"SPRING\"\npercent = 10\n[[brands.promo_codes]]\ncode = \"spring\"\npercent = 20",
    "stands twice"
)]
fn a_promotion_code_that_makes_no_sense_is_told(#[case] text: &str, #[case] message: &str) {
    let told = code_with(text);
    assert!(told.contains(message), "{told}");
}

/// The add-on "fast" of the small firm with another effect, which stands in its last line.
#[rstest]
#[case(
    "effect = \"weekend_holding\"",
    "no step closes what is open before the weekend"
)]
#[case(
    "effect = { min_trading_days = 0 }",
    "no step asks for more trading days"
)]
#[case("effect = { drawdown = { daily_by_pct = 1 } }", "no fault")]
#[case(
    "effect = { drawdown = { max_by_pct = 1 } }",
    "no step has a limit of loss that it could raise"
)]
#[case(
    "effect = \"by_hand\"\nexcludes = [\"slow\"]",
    "it excludes \"slow\", which is no other add-on"
)]
fn an_effect_that_would_change_nothing_is_told(#[case] effect: &str, #[case] message: &str) {
    let told = fault(&small_with("effect = \"by_hand\"", effect));
    assert!(told.contains(message), "{told}");
}
