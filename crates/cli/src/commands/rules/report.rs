//! What is told of one line.

use std::fmt::Write;

use serde_json::{Value, json};
use touchstone_domain::{Currency, Money, UnixMicros};
use touchstone_rules::{Account, Crossing, Finding, Limit, Progress, RulesError, Verdict};

pub struct Told<'a> {
    pub number: usize,
    pub account: &'a Account,
    pub currency: Currency,
    pub verdicts: &'a [Verdict],
}

impl Told<'_> {
    fn money(&self, minor: i64) -> String {
        Money::new(minor, self.currency).fixed()
    }

    pub fn text(&self) -> Result<String, RulesError> {
        let phase = self.account.phase();
        let state = phase.state();
        let clock = &phase.rules().trading_day;
        let mut text = String::new();
        for verdict in self.verdicts {
            let finding = &verdict.finding;
            let told = finding.text(self.currency, clock);
            _ = writeln!(
                text,
                "       ! {} {}: {told}",
                time(verdict.at),
                finding.name()
            );
        }
        let mut told = format!(
            "{:>5}  {}  balance {}  equity {}  {}\n",
            self.number,
            time(state.now),
            self.money(state.reading.balance_minor),
            self.money(phase.equity_minor()?),
            phase.status_name(),
        );
        for limit in phase.limits()? {
            _ = writeln!(told, "       {}", limit.text(self.currency));
        }
        _ = writeln!(told, "       {}", phase.progress()?.text(self.currency));
        Ok(told + &text)
    }

    pub fn json(&self) -> Result<Value, RulesError> {
        let phase = self.account.phase();
        let state = phase.state();
        let limits: Vec<Value> = phase
            .limits()?
            .iter()
            .map(|limit| self.limit(limit))
            .collect();
        let verdicts: Vec<Value> = self
            .verdicts
            .iter()
            .map(|verdict| self.verdict(verdict))
            .collect();
        Ok(json!({
            "line": self.number,
            "at": time(state.now),
            "status": phase.status_name(),
            "day": phase.day().to_string(),
            "balance": self.money(state.reading.balance_minor),
            "equity": self.money(phase.equity_minor()?),
            "prices_can_be_trusted": state.reading.is_firm,
            "limits": limits,
            "progress": self.progress(&phase.progress()?),
            "verdicts": verdicts,
        }))
    }

    fn limit(&self, limit: &Limit) -> Value {
        json!({
            "rule": limit.rule,
            "level": self.money(limit.level_minor),
            "anchor": self.money(limit.anchor_minor),
            "anchor_from": limit.anchor,
            "taken_at": time(limit.taken_at),
            "provisional": limit.is_provisional,
            "amount": self.money(limit.amount_minor),
            "peak": limit.peak_minor.map(|peak| self.money(peak)),
            "locked": limit.is_locked,
            "measure": limit.measure,
        })
    }

    fn progress(&self, progress: &Progress) -> Value {
        json!({
            "profit": self.money(progress.profit_minor),
            "target": progress.target_minor.map(|target| self.money(target)),
            "trading_days": progress.trading_days,
            "min_trading_days": progress.min_trading_days,
            "profitable_days": progress.profitable_days,
            "min_profitable_days": progress.min_profitable_days,
            "open_positions": progress.open_positions,
            "consistency": progress.consistency.map(|view| json!({
                "best": self.money(view.best_minor),
                "of": self.money(view.of_minor),
                "share": view.share.percent(),
                "required": self.money(view.required_minor),
                "met": view.is_met,
            })),
        })
    }

    fn verdict(&self, verdict: &Verdict) -> Value {
        let clock = &self.account.phase().rules().trading_day;
        let finding = &verdict.finding;
        let mut told = json!({
            "at": time(verdict.at),
            "kind": finding.name(),
            "ends_the_phase": finding.ends_the_phase(),
            "text": finding.text(self.currency, clock),
        });
        if let Some(crossing) = crossing(finding) {
            let beside: Vec<Value> = crossing
                .beside
                .iter()
                .map(|limit| self.limit(limit))
                .collect();
            told["limit"] = self.limit(&crossing.limit);
            told["measured"] = self.money(crossing.measured_minor).into();
            told["beside"] = beside.into();
        }
        told
    }
}

fn crossing(finding: &Finding) -> Option<&Crossing> {
    match finding {
        Finding::Breached(crossing)
        | Finding::Warned(crossing)
        | Finding::Paused { crossing, .. }
        | Finding::Struck { crossing, .. } => Some(crossing),
        _ => None,
    }
}

/// RFC 3339, without idle zeros.
fn time(at: UnixMicros) -> String {
    at.rfc3339().replace(".000000Z", "Z")
}
