//! What was stored is judged again, so that the memory is as it was: nothing is dealt by it.

use super::super::market::{Known, Step, Taken};
use super::{Cause, Shard, ShardError};
use touchstone_domain::{Symbol, UnixMicros};
use touchstone_rules::Finding;
use touchstone_trading::Tick;

impl Shard {
    /// The prices before the first step that is replayed; no account is awake yet.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn begin<'a>(
        &mut self,
        before: impl Iterator<Item = &'a Known>,
        seq: i64,
    ) -> Result<(), ShardError> {
        self.seq = seq;
        // The rules take prices of all symbols in the order of time.
        let mut looks: Vec<(&Taken, bool)> = Vec::new();
        for known in before {
            let ticks = known.previous.iter().chain([&known.last]);
            looks.extend(ticks.map(|tick| (tick, false)));
            looks.extend(known.is_stale.then_some((&known.last, true)));
        }
        looks.sort_by_key(|(tick, is_stale)| (tick.seq, *is_stale));
        for (tick, is_stale) in looks {
            let (Some(quote), Some(place)) = (tick.quote(), self.instruments.place(tick.symbol))
            else {
                continue;
            };
            if is_stale {
                self.mark_stale(tick.symbol);
                let input = touchstone_rules::Input::Stale(place);
                self.rules.apply(tick.at, input)?;
            } else {
                self.know(tick.clone(), quote);
                self.rules.tick(tick.at, place, quote, &[])?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// See [`ShardError`].
    pub fn replay(&mut self, step: &Step) -> Result<(), ShardError> {
        self.seq = step.seq();
        self.at = self.at.max(step.at());
        let verdicts = match step {
            Step::Tick(tick) if tick.is_flagged => return Ok(()),
            Step::Tick(tick) => {
                let (Some(quote), Some(place)) =
                    (tick.quote(), self.instruments.place(tick.symbol))
                else {
                    return Ok(());
                };
                self.know(tick.clone(), quote);
                self.rules.tick(step.at(), place, quote, &[])?
            }
            Step::Stale { symbol, .. } => {
                let Some(place) = self.instruments.place(*symbol) else {
                    return Ok(());
                };
                self.mark_stale(*symbol);
                let input = touchstone_rules::Input::Stale(place);
                self.rules.apply(step.at(), input)?
            }
            Step::Closed { symbol, .. } => {
                let Some(place) = self.instruments.place(*symbol) else {
                    return Ok(());
                };
                self.mark_closed(*symbol);
                let input = touchstone_rules::Input::Fresh(place);
                self.rules.apply(step.at(), input)?
            }
        };
        let told = verdicts
            .iter()
            .filter(|verdict| is_new(&verdict.finding))
            .count();
        if told > 0 {
            tracing::warn!(
                count = told,
                seq = self.seq,
                "stored ticks lead to verdicts that were not stored"
            );
        }
        self.cause = Cause::Time;
        self.follow(verdicts)?;
        self.watch_changed()
    }

    /// Goes on from here: the gate knows the last ticks.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn resume(&mut self, at: UnixMicros) -> Result<(), ShardError> {
        self.at = self.at.max(at);
        for known in self.known.values() {
            let tick = Tick {
                symbol: known.last.symbol,
                bid: known.last.bid,
                ask: known.last.ask,
                fed_at: known.last.fed_at,
                sequence: known.last.fed_sequence,
            };
            self.gate.resume(&known.last.source, &tick);
        }
        let symbols: Vec<Symbol> = self.known.keys().copied().collect();
        for symbol in symbols {
            self.age_anew(symbol);
        }
        self.resume_nights()?;
        self.batch.before = self.known.clone();
        Ok(())
    }
}

/// Whether a finding is kept when it is made, so that a replay cannot be the first to make it.
const fn is_new(finding: &Finding) -> bool {
    !matches!(
        finding,
        Finding::JudgementSuspended | Finding::JudgementResumed | Finding::DayClosed(_)
    )
}
