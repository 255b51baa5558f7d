use super::*;
use crate::program::Conduct;
use crate::{Currency, Money, program::StepTerms};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rule_sets")
}

fn examples() -> Vec<(PathBuf, String)> {
    let mut found: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

/// Compares with a file of the repository, or writes it.
fn golden(path: &Path, text: &str) {
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(path, text).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        found,
        text,
        "{}: UPDATE_TABLES=1 rewrites it",
        path.display()
    );
}

#[test]
fn examples_are_valid_by_schema_and_by_sense_and_come_back_the_same() {
    let validator = jsonschema::validator_for(&RuleSet::schema()).unwrap();
    for (path, text) in examples() {
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(&json)
            .map(|e| e.to_string())
            .collect();
        assert_eq!(wrong, Vec::<String>::new(), "{}", path.display());
        let rules: RuleSet = serde_json::from_str(&text).unwrap();
        assert_eq!(
            rules.faults_for(10_000_000),
            Vec::new(),
            "{}",
            path.display()
        );
        assert_eq!(
            serde_json::to_value(&rules).unwrap(),
            json,
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_text_of_every_example_is_known() {
    for (path, text) in examples() {
        let rules: RuleSet = serde_json::from_str(&text).unwrap();
        let lines = rules.text(Money::new(10_000_000, Currency::USD));
        let told: String = lines
            .iter()
            .map(|line| format!("[{}] {}\n", line.place, line.text))
            .collect();
        golden(&path.with_extension("txt"), &told);
    }
}

#[test]
fn the_schema_is_known() {
    let text = serde_json::to_string_pretty(&RuleSet::schema()).unwrap() + "\n";
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rule-set.schema.json");
    golden(&docs, &text);
}

const BASE: &str = r#""version":1,"trading_day":{"zone":"UTC","reset":"00:00"}"#;

/// Each fault with a rule set that has it and no other, its place behind `@`.
const NONSENSE: &str = r#"
amount_not_positive @ daily_loss.amount | "daily_loss":{"amount":{"fixed_minor":0},"anchor":"balance"}
share_above_whole @ max_loss.amount | "max_loss":{"mode":"static","amount":{"percent_of_initial":10001}}
amount_above_initial @ max_loss.amount | "max_loss":{"mode":"static","amount":{"fixed_minor":10000000}}
peak_amount_without_peak @ daily_loss.amount | "daily_loss":{"amount":{"percent_of_intraday_peak":500},"anchor":"balance"}
peak_amount_on_cap @ daily_profit_cap.amount | "daily_profit_cap":{"amount":{"percent_of_intraday_peak":500},"anchor":"balance"}
peak_at_day_close @ daily_loss.check | "daily_loss":{"amount":{"fixed_minor":1},"anchor":"balance","check":"at_day_close","follows_intraday_peak":true}
pause_at_day_close @ daily_loss.effect | "daily_loss":{"amount":{"fixed_minor":1},"anchor":"balance","check":"at_day_close","effect":"pause_until_reset"}
strikes_out_of_range @ daily_loss.effect | "daily_loss":{"amount":{"fixed_minor":1},"anchor":"balance","effect":{"strike":{"fails_at":0}}}
lock_without_trailing @ max_loss.lock | "max_loss":{"mode":"static","amount":{"fixed_minor":1},"lock":"at_initial"}
lock_without_target @ max_loss.lock | "max_loss":{"mode":"trailing_intraday_equity","amount":{"fixed_minor":1},"lock":"at_target_balance"}
lock_below_start @ max_loss.lock | "max_loss":{"mode":"trailing_intraday_equity","amount":{"fixed_minor":100},"lock":{"at_initial_plus":{"offset":{"fixed_minor":-100}}}}
target_not_positive @ passing.profit_target.amount | "passing":{"profit_target":{"amount":{"percent_of_initial":0},"judged_on":"equity"}}
target_above_daily_cap @ daily_profit_cap.amount | "daily_profit_cap":{"amount":{"percent_of_initial":500},"anchor":"initial"},"passing":{"profit_target":{"amount":{"percent_of_initial":800},"judged_on":"equity"},"time_limits":[{"days":1,"from":"activation"}]}
flat_twice @ passing.flat_to_pass | "passing":{"profit_target":{"amount":{"percent_of_initial":800},"judged_on":"closed_balance"},"flat_to_pass":true}
days_out_of_range @ passing.time_limits[0].days | "passing":{"time_limits":[{"days":0,"from":"activation"}]}
days_above_limit @ passing.time_limits[0].days | "passing":{"profit_target":{"amount":{"percent_of_initial":800},"judged_on":"equity"},"min_trading_days":5,"time_limits":[{"days":4,"from":"activation"}]}
days_without_target @ passing.profit_target | "passing":{"min_trading_days":5}
limit_twice @ passing.time_limits[1] | "passing":{"time_limits":[{"days":5,"from":"activation"},{"days":6,"from":"activation"}]}
trading_days_from @ passing.time_limits[0].from | "passing":{"time_limits":[{"days":5,"from":"purchase","counted_in":"trading_days"}]}
share_out_of_range @ consistency.share | "consistency":{"share":10000,"of":"total_profit","enforced":"payout"}
consistency_without_target @ consistency.enforced | "consistency":{"share":3000,"of":"total_profit","enforced":"pass"}
limit_not_positive @ conduct.max_lots.limit | "conduct":{"max_lots":{"limit":0,"effect":"reject_order"}}
effect_does_not_fit @ conduct.min_seconds_in_trade.effect | "conduct":{"min_seconds_in_trade":{"limit":60,"effect":"reject_order"}}
strikes_missing @ conduct.strikes_fail_at | "conduct":{"stop_loss_required":{"effect":"strike"}}
strikes_unused @ conduct.strikes_fail_at | "conduct":{"strikes_fail_at":3}
news_window_empty @ conduct.news_window | "conduct":{"news_window":{"seconds_before":60,"seconds_after":60,"min_impact":"high","actions":[],"effect":"reject_order"}}
news_action_twice @ conduct.news_window.actions | "conduct":{"news_window":{"seconds_before":60,"seconds_after":60,"min_impact":"high","actions":["open","open"],"effect":"reject_order"}}
close_for_no_position @ conduct.news_window.actions | "conduct":{"news_window":{"seconds_before":60,"seconds_after":60,"min_impact":"high","actions":["open","modify"],"effect":"close_position"}}
reject_holding @ conduct.news_window.actions | "conduct":{"news_window":{"seconds_before":60,"seconds_after":60,"min_impact":"high","actions":["hold"],"effect":"reject_order"}}
amount_too_large @ passing.profit_target.amount | "passing":{"profit_target":{"amount":{"percent_of_initial":9200000000000000000},"judged_on":"equity"}}
amount_too_large @ passing.profit_target.amount | "passing":{"profit_target":{"amount":{"fixed_minor":1010000000},"judged_on":"equity"}}
limit_too_large @ conduct.min_seconds_in_trade.limit | "conduct":{"min_seconds_in_trade":{"limit":4000000000,"effect":"fail"}}
limit_too_large @ conduct.max_lots.limit | "conduct":{"max_lots":{"limit":9223372036854775807,"effect":"reject_order"}}
news_window_too_long @ conduct.news_window | "conduct":{"news_window":{"seconds_before":60,"seconds_after":86401,"min_impact":"high","actions":["open"],"effect":"reject_order"}}
lifetime_below_days @ conduct.lifetime_days | "passing":{"profit_target":{"amount":{"percent_of_initial":800},"judged_on":"equity"},"min_trading_days":10},"conduct":{"lifetime_days":3}
day_above_daily_cap @ passing.min_profitable_days.at_least | "daily_profit_cap":{"amount":{"percent_of_initial":100},"anchor":"balance"},"passing":{"profit_target":{"amount":{"percent_of_initial":800},"judged_on":"equity"},"min_profitable_days":{"days":3,"at_least":{"percent_of_initial":200}}}
day_above_daily_cap @ passing.min_profitable_days.at_least | "daily_profit_cap":{"amount":{"percent_of_initial":100},"anchor":"balance"},"passing":{"profit_target":{"amount":{"percent_of_initial":800},"judged_on":"equity"},"min_profitable_days":{"days":3,"at_least":{"fixed_minor":100000}}}
consistency_out_of_reach @ consistency.share | "passing":{"profit_target":{"amount":{"percent_of_initial":800},"judged_on":"equity"},"time_limits":[{"days":10,"from":"activation"}]},"consistency":{"share":500,"of":"total_profit","enforced":"pass"}
overnight_too_long @ conduct.flat_overnight.limit | "conduct":{"flat_overnight":{"limit":43200,"effect":"close_position"}}
tiers_unordered @ payout.split_tiers | "payout":{"split_tiers":[{"from_payout":1,"share":8000},{"from_payout":1,"share":9000}]}
tiers_unordered @ payout.split_tiers | "payout":{"split_tiers":[{"from_payout":1,"share":8000},{"from_payout":2,"share":7000}]}
share_above_whole @ payout.split_tiers | "payout":{"split_tiers":[{"from_payout":1,"share":10001}]}
payout_out_of_range @ payout.split_tiers | "payout":{"split_tiers":[{"from_payout":0,"share":8000}]}
payout_out_of_range @ payout.fee_refund_with | "payout":{"fee_refund_with":1001}
payout_on_floor @ payout.buffer | "max_loss":{"mode":"static","amount":{"fixed_minor":1},"after_payout":"lock_at_initial"},"payout":{}
scaling_out_of_range @ payout.scaling | "payout":{"scaling":[{"payouts":0,"by":2500}]}
scaling_out_of_range @ payout.scaling | "payout":{"scaling":[{"payouts":1,"by":0}]}
scaling_out_of_range @ payout.scaling | "payout":{"scaling":[{"payouts":1,"by":1,"times":51}]}
scaling_out_of_range @ payout.scaling | "payout":{"scaling":[{"payouts":1,"by":1,"days":3651}]}
scaling_too_large @ payout.scaling | "payout":{"scaling":[{"payouts":1,"by":50000,"times":2}]}
buffer_negative @ payout.buffer | "payout":{"buffer":{"fixed_minor":-1}}
buffer_negative @ payout.min_amount_minor | "payout":{"min_amount_minor":-1}
days_between_on_schedule @ payout.min_days_between | "payout":{"cadence":"weekly","min_days_between":3}
days_out_of_range @ payout.first_after_days | "payout":{"first_after_days":3651}
amount_not_positive @ payout.max_amount | "payout":{"max_amount":{"fixed_minor":0}}
share_above_whole @ payout.max_share_of_balance | "payout":{"max_share_of_balance":10001}
"#;

#[test]
fn nonsense_is_refused_with_its_place() {
    let mut seen = Vec::new();
    for row in NONSENSE.lines().filter(|row| !row.is_empty()) {
        let (expect, part) = row.split_once(" | ").unwrap();
        let rules: RuleSet = serde_json::from_str(&format!("{{{BASE},{part}}}")).unwrap();
        let faults: Vec<String> = rules
            .faults_for(10_000_000)
            .iter()
            .map(|fault| format!("{} @ {}", fault.code.name(), fault.place))
            .collect();
        assert_eq!(faults, [expect], "{row}");
        seen.push(expect.split(' ').next().unwrap().to_owned());
    }
    let limit = r#"{"days":9,"from":"activation"}"#;
    let many = [limit; 5].join(",");
    let text = format!(r#"{{{BASE},"passing":{{"time_limits":[{many}]}}}}"#);
    let rules: RuleSet = serde_json::from_str(&text).unwrap();
    assert_eq!(rules.faults()[0].code, FaultCode::TooManyLimits);
    seen.push(FaultCode::TooManyLimits.name().to_owned());
    // Of the step, which a rule set does not know: see the tests of programs.
    seen.push(FaultCode::PayoutOnEvaluation.name().to_owned());
    for code in FaultCode::ALL {
        assert!(
            seen.iter().any(|name| name == code.name()),
            "{}",
            code.name()
        );
    }
}

#[test]
fn what_is_not_known_is_refused() {
    let validator = jsonschema::validator_for(&RuleSet::schema()).unwrap();
    for text in [
        r#"{"version":2,"trading_day":{"zone":"UTC","reset":"00:00"}}"#,
        r#"{"trading_day":{"zone":"UTC","reset":"00:00"}}"#,
        r#"{"version":1}"#,
        r#"{"version":1,"trading_day":{"zone":"UTC","reset":"00:00"},"daily":{}}"#,
        r#"{"version":1,"trading_day":{"zone":"UTC","reset":"24:00"}}"#,
        r#"{"version":1,"trading_day":{"zone":"UTC","reset":"00:00"},"max_loss":{"mode":"trailing","amount":{"fixed_minor":1}}}"#,
        r#"{"version":1,"trading_day":{"zone":"UTC","reset":"00:00"},"max_loss":{"mode":"static","amount":{"fixed_minor":1.5}}}"#,
        r#"{"version":1,"trading_day":{"zone":"UTC","reset":"00:00"},"max_loss":{"mode":"static","amount":{"fixed_minor":1},"x":1}}"#,
    ] {
        assert!(serde_json::from_str::<RuleSet>(text).is_err(), "{text}");
        let json: serde_json::Value = serde_json::from_str(text).unwrap();
        assert!(!validator.is_valid(&json), "{text}");
    }
}

#[test]
fn the_fields_of_a_step_are_a_rule_set() {
    let step: StepTerms = serde_json::from_str(
        r#"{"name":"Evaluation","group":"G","initial_balance_minor":10000000,"duration_days":30,"max_daily_loss":500,
            "max_total_loss":1000,"max_daily_profit":400,"profit_target":800,"min_trading_days":4,"max_trading_days":20,
            "max_positions":5}"#,
    )
    .unwrap();
    let rules = of_step(&step, &Conduct::default(), TradingDay::utc());
    assert_eq!(rules.faults_for(10_000_000), Vec::new());
    assert_eq!(rules.target_profit_minor(10_000_000), Some(800_000));
    assert_eq!(rules.passing.time_limits.len(), 2);
    let off: StepTerms =
        serde_json::from_str(r#"{"name":"F","group":"G","initial_balance_minor":1}"#).unwrap();
    assert_eq!(
        of_step(&off, &Conduct::default(), TradingDay::utc()),
        RuleSet::none(TradingDay::utc())
    );
}

#[test]
fn the_text_does_not_contradict_itself() {
    let text = |rules: &str| {
        let rules: RuleSet = serde_json::from_str(&format!("{{{BASE},{rules}}}")).unwrap();
        let lines = rules.text(Money::new(10_000_000, Currency::USD));
        lines.last().unwrap().text.clone()
    };
    let fixed = r#""max_loss":{"mode":"static","amount":{"fixed_minor":1000}"#;
    let kept = text(&format!("{fixed}}}"));
    assert!(kept.contains("It never moves."), "{kept}");
    let moved = text(&format!(r#"{fixed},"after_payout":"restart"}}"#));
    assert!(!moved.contains("never"), "{moved}");
    assert!(moved.contains("Only a payout moves it."), "{moved}");
    // Where there is no target, there is nothing to pass.
    let limit = r#""time_limits":[{"days":30,"from":"activation"}]"#;
    let untold = text(&format!(r#""passing":{{{limit}}}"#));
    let wanted = "The phase ends as failed 30 calendar days after the activation.";
    assert!(untold.ends_with(wanted), "{untold}");
}
