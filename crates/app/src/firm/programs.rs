//! Programs of a firm file: from their tables to the terms that a version holds.

use super::ProgramSpec;
use super::file::{
    AddonTable, ConductTable, EffectWord, Hundredths, Percent, ProgramTable, StepTable,
};
use super::read::Reader;
use touchstone_domain::program::{
    Addon, AddonEffect, AddonPrice, Conduct, ProgramStatus, RefundPolicy, StepTerms, Terms,
    TermsPart,
};
use touchstone_domain::{Currency, Group, Money, ProgramId};

/// `index` is the program's place in its brand.
pub(super) fn read(
    reader: &mut Reader<'_>,
    brand: &str,
    groups: &[Group],
    index: usize,
    table: ProgramTable,
) -> ProgramSpec {
    let at = table.name.span().start;
    let name = table.name.into_inner();
    let place = format!("program {name:?} of {brand:?}");
    if let Some(id) = table.id {
        if id < 1 {
            reader.fault(at, &place, "id is below 1");
        }
        if !reader.program_ids.insert(id) {
            reader.fault(at, &place, format!("the id {id} stands twice"));
        }
    }
    let currency = table.currency;
    let price = reader.money(at, &place, "price", &table.price, currency);
    let account_currency = table
        .steps
        .first()
        .and_then(|step| groups.iter().find(|group| group.name == step.group))
        .map_or(currency, |group| group.currency);
    let step_places: Vec<usize> = table.steps.iter().map(|s| s.name.span().start).collect();
    let addon_places: Vec<usize> = table.addons.iter().map(|a| a.code.span().start).collect();
    let (conduct_place, conduct_table) = match table.conduct {
        Some(conduct) => (conduct.span().start, conduct.into_inner()),
        None => (at, ConductTable::default()),
    };
    let mut terms = Terms {
        display_name: table.display_name,
        description: table.description,
        short_description: table.short_description,
        price: Money::new(price, currency),
        steps: table.steps.into_iter().map(|s| step(s, groups)).collect(),
        addons: table
            .addons
            .into_iter()
            .map(|a| addon(reader, &place, currency, a))
            .collect(),
        conduct: conduct(
            reader,
            conduct_place,
            &place,
            currency,
            account_currency,
            conduct_table,
        ),
        refund: table.refund.map(|refund| RefundPolicy {
            within_days: refund.within_days,
            kept: refund.kept_pct.0,
        }),
        name,
    };
    terms.conduct.settle();
    for fault in terms.faults(groups, table.status == ProgramStatus::Active) {
        let (at, place) = match fault.part() {
            TermsPart::Program => (at, place.clone()),
            TermsPart::Step(i) => (
                step_places[i],
                format!("{place}, step {:?}", terms.steps[i].name),
            ),
            TermsPart::Conduct => (conduct_place, format!("{place}, conduct")),
            TermsPart::Addon(i) => (
                addon_places[i],
                format!("{place}, add-on {:?}", terms.addons[i].code),
            ),
        };
        reader.fault(at, &place, fault);
    }
    ProgramSpec {
        line: reader.line(at),
        id: table.id.map(ProgramId),
        status: table.status,
        sort_index: table
            .sort_index
            .unwrap_or_else(|| i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1)),
        is_seed: table.is_seed,
        terms,
    }
}

fn step(table: StepTable, groups: &[Group]) -> StepTerms {
    let group = groups.iter().find(|group| group.name == table.group);
    let mut step = StepTerms {
        phase_type: table.phase_type,
        name: table.name.into_inner(),
        initial_balance_minor: group.map_or(0, |group| group.default_deposit_minor),
        group: table.group,
        duration_days: table.duration_days,
        max_daily_loss: table.max_daily_loss_pct.0,
        max_total_loss: table.max_total_loss_pct.0,
        max_daily_profit: table.max_daily_profit_pct.0,
        profit_target: table.profit_target_pct.0,
        profit_split: table.profit_split_pct.0,
        min_trading_days: table.min_trading_days,
        max_trading_days: table.max_trading_days,
        max_positions: table.max_positions,
        rules: table.rules,
    };
    step.show_rules();
    step
}

fn addon(reader: &mut Reader<'_>, program: &str, currency: Currency, table: AddonTable) -> Addon {
    let at = table.code.span().start;
    let code = table.code.into_inner();
    let place = format!("{program}, add-on {code:?}");
    let price = match (table.price, table.price_pct) {
        (Some(text), None) => {
            AddonPrice::FixedMinor(reader.money(at, &place, "price", &text, currency))
        }
        (None, Some(share)) => AddonPrice::Percent(share.0),
        _ => {
            reader.fault(
                at,
                &place,
                "either price (an amount) or price_pct (of the program's price) is wanted",
            );
            AddonPrice::FixedMinor(0)
        }
    };
    let effect = match table.effect {
        Some(EffectWord::NoTimeLimit) => AddonEffect::NoTimeLimit,
        Some(EffectWord::ProfitSplitPct(share)) => AddonEffect::ProfitSplit(share.0),
        Some(EffectWord::Drawdown(by)) => AddonEffect::Drawdown {
            daily_by: by.daily_by_pct.0,
            max_by: by.max_by_pct.0,
        },
        Some(EffectWord::MinTradingDays(most)) => AddonEffect::MinTradingDays(most),
        Some(EffectWord::Leverage(leverage)) => AddonEffect::Leverage(leverage),
        Some(EffectWord::WeekendHolding) => AddonEffect::WeekendHolding,
        Some(EffectWord::ByHand) => AddonEffect::ByHand,
        None => {
            reader.fault(at, &place, EFFECT_WANTED);
            AddonEffect::ByHand
        }
    };
    Addon {
        code,
        name: table.name,
        price,
        effect,
        excludes: table.excludes,
    }
}

const EFFECT_WANTED: &str = "effect is wanted: \"no_time_limit\", { profit_split_pct = 90 }, { drawdown = { max_by_pct = 2 } }, \
     { min_trading_days = 0 }, { leverage = 200 }, \"weekend_holding\", or \"by_hand\" for a service that your people give themselves";

/// The fee of a reset is in the program's currency, the smallest payout in the account's.
fn conduct(
    reader: &mut Reader<'_>,
    at: usize,
    program: &str,
    currency: Currency,
    account_currency: Currency,
    table: ConductTable,
) -> Conduct {
    let place = format!("{program}, conduct");
    let percent = |value: Option<Percent>| value.map(|p| p.0);
    let mut money = |key: &str, text: Option<String>, currency| {
        text.map(|text| reader.money(at, &place, key, &text, currency))
    };
    Conduct {
        is_judged: false,
        payout_min_amount_minor: money(
            "payout_min_amount",
            table.payout_min_amount,
            account_currency,
        ),
        reset_fee_minor: money("reset_fee", table.reset_fee, currency),
        daily_dd_mode: table.daily_dd_mode,
        max_loss_mode: table.max_loss_mode,
        max_loss_lock_at: table.max_loss_lock_at,
        max_loss_lock_buffer: percent(table.max_loss_lock_buffer_pct),
        consistency_pct: percent(table.consistency_pct),
        consistency_enforcement: table.consistency_enforcement,
        news_blackout_enabled: table.news_blackout_enabled,
        news_blackout_seconds_before: table.news_blackout_seconds_before,
        news_blackout_seconds_after: table.news_blackout_seconds_after,
        news_min_impact: table.news_min_impact,
        news_event_actions: table.news_event_actions,
        weekend_close_enabled: table.weekend_close_enabled,
        weekend_close_dow: table.weekend_close_dow,
        weekend_close_time: table.weekend_close_time,
        weekend_close_action: table.weekend_close_action,
        max_lots_per_symbol_hundredths: table.max_lots_per_symbol.map(|Hundredths(value)| value),
        min_trade_duration_seconds: table.min_trade_duration_seconds,
        hedging_same_account: table.hedging_same_account,
        hedging_cross_account: table.hedging_cross_account,
        ea_allowed: table.ea_allowed,
        copy_trading_allowed: table.copy_trading_allowed,
        payout_cadence: table.payout_cadence,
        payout_min_trading_days: table.payout_min_trading_days,
        fee_refund_policy: table.fee_refund_policy,
        scaling_plan: table.scaling_plan,
    }
}
