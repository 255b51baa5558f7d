//! A verdict worked out again, by the plain evaluator, from what was stored: the opening of the phase, everything that
//! the rules were told of the account, and the ticks.

use crate::desk::event_text;
use crate::desk::{Block, Damaged, Evidence, Instruments, Step, read_block, rule_name, rules_of};
use std::collections::VecDeque;
use touchstone_domain::breach::Breach;
use touchstone_domain::{BreachId, Currency, Login, TradingDay, UnixMicros};
use touchstone_rules::{
    Account, Event, Finding, Input, Opening, Phase, Plain, RulesError, Verdict,
};
use touchstone_store::repo::desk::{self, accounts, breaches, history, ticks};
use touchstone_store::{StoreError, Tx};

/// Blocks that are read in one go.
const BLOCKS: i64 = 64;

/// Why a verdict could not be worked out again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("there is no breach {0}")]
    NoBreach(BreachId),
    #[error("its evidence cannot be read: {0}")]
    Evidence(String),
    #[error("its account, program version or step is not there")]
    NoStep,
    #[error("block {first_seq} of the stored ticks: {damaged}")]
    Block { first_seq: i64, damaged: Damaged },
    #[error("event {no} of the account cannot be read: {error}")]
    Event { no: i64, error: String },
    #[error("after tick {seq} and event {no}: {error}")]
    Rules {
        seq: i64,
        no: i64,
        error: RulesError,
    },
    #[error("its phase cannot be opened: {0}")]
    Opening(RulesError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Replayed {
    pub breach: Breach,
    pub finding: Finding,
    pub currency: Currency,
    pub clock: TradingDay,
    /// How much was judged with.
    pub ticks: u64,
    pub events: u64,
    /// The first thing that is not as it was recorded; `None` when everything is.
    pub difference: Option<String>,
}

/// A verdict with what it came after.
struct Told {
    seq: i64,
    no: i64,
    at: UnixMicros,
    finding: Finding,
}

struct Replay<'a> {
    instruments: &'a Instruments,
    login: Login,
    plain: Plain,
    opening: Option<Account>,
    events: VecDeque<(history::EventRow, Event)>,
    seq: i64,
    no: i64,
    ticks: u64,
    told: Vec<Told>,
}

/// Reaches the verdict of a breach again, and looks at its place in the chain.
///
/// # Errors
/// See [`ReplayError`]: then it is not known whether the verdict would be the same.
pub fn replay(
    tx: &mut Tx<'_>,
    instruments: &Instruments,
    id: BreachId,
) -> Result<Replayed, ReplayError> {
    let breach = breaches::get(tx, id)?.ok_or(ReplayError::NoBreach(id))?;
    let evidence: Evidence = serde_json::from_str(&breach.evidence)
        .map_err(|error| ReplayError::Evidence(error.to_string()))?;
    let row = accounts::of_login(tx, breach.login)?.ok_or(ReplayError::NoStep)?;
    let rules = rules_of(
        tx,
        row.challenge.version_id,
        row.phase.phase_index,
        row.addons_after(0),
    )?;
    let rules = rules.ok_or(ReplayError::NoStep)?;
    let opening = Opening {
        initial_minor: row.phase.initial_balance_minor,
        purchased_at: row.purchased_at,
        activated_at: row.phase.started_at,
    };
    let clock = rules.trading_day.clone();
    let phase = Phase::open(rules, opening).map_err(ReplayError::Opening)?;
    let mut events = VecDeque::new();
    for row in history::events(tx, breach.login, breach.after_event_no)? {
        let event =
            event_text::read(&row.body, instruments).map_err(|error| ReplayError::Event {
                no: row.no,
                error: error.to_string(),
            })?;
        events.push_back((row, event));
    }
    let judged_with = events.len();
    let mut replay = Replay {
        instruments,
        login: breach.login,
        plain: Plain::new(instruments.market()),
        opening: Some(Account::new(breach.login, row.group.currency, phase)),
        events,
        seq: 0,
        no: 0,
        ticks: 0,
        told: Vec::new(),
    };
    let gap = replay.run(tx, &breach, opening.activated_at)?;
    let difference = match gap {
        Some(gap) => Some(gap),
        None => replay.difference(&breach, &evidence, row.group.currency, &clock),
    };
    let difference = match difference {
        Some(difference) => Some(difference),
        None => broken_link(tx, &breach)?,
    };
    Ok(Replayed {
        finding: evidence.finding,
        currency: row.group.currency,
        clock,
        ticks: replay.ticks,
        events: judged_with as u64,
        difference,
        breach,
    })
}

impl Replay<'_> {
    /// Answers what is missing of the ticks.
    fn run(
        &mut self,
        tx: &mut Tx<'_>,
        breach: &Breach,
        activated_at: UnixMicros,
    ) -> Result<Option<String>, ReplayError> {
        let mut next = ticks::first_before(tx, activated_at)?;
        while let Some(from) = next {
            let blocks = ticks::from(tx, from, BLOCKS)?;
            next = blocks.last().map(|block| block.last_seq + 1);
            if next.is_none_or(|next| next > breach.seq) {
                next = None;
            }
            for stored in blocks {
                let first_seq = stored.first_seq;
                let block = read_block(&stored.body)
                    .map_err(|damaged| ReplayError::Block { first_seq, damaged })?;
                if self.seq == 0 {
                    self.begin(&block, first_seq)?;
                }
                for step in &block.steps {
                    if step.seq() > breach.seq {
                        break;
                    }
                    if step.seq() != self.seq + 1 {
                        return Ok(Some(format!("tick {} is not stored", self.seq + 1)));
                    }
                    if step.at() >= activated_at {
                        self.open()?;
                    }
                    self.step(step)?;
                }
            }
        }
        if self.seq < breach.seq {
            return Ok(Some(format!("tick {} is not stored", self.seq + 1)));
        }
        self.open()?;
        self.events_before(i64::MAX)?;
        let verdicts = self.plain.apply(breach.at, Input::Time);
        // An event of the very instant may have come after it.
        if let Ok(verdicts) = verdicts {
            self.tell(verdicts);
        }
        Ok(None)
    }

    fn fault(&self, error: RulesError) -> ReplayError {
        ReplayError::Rules {
            seq: self.seq,
            no: self.no,
            error,
        }
    }

    fn open(&mut self) -> Result<(), ReplayError> {
        match self.opening.take() {
            Some(account) => self.plain.open(account).map_err(|error| self.fault(error)),
            None => Ok(()),
        }
    }

    /// The prices before the first block.
    fn begin(&mut self, block: &Block, first_seq: i64) -> Result<(), ReplayError> {
        self.seq = first_seq - 1;
        for known in block.before.values() {
            let Some(place) = self.instruments.place(known.last.symbol) else {
                continue;
            };
            if let Some(quote) = known.last.quote() {
                let told = self.plain.tick(known.last.at, place, quote, &[]);
                told.map_err(|error| self.fault(error))?;
            }
            if known.is_stale {
                let told = self.plain.apply(known.last.at, Input::Stale(place));
                told.map_err(|error| self.fault(error))?;
            }
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), ReplayError> {
        self.events_before(step.seq())?;
        self.seq = step.seq();
        let mut fills = Vec::new();
        while let Some((row, event)) = self
            .events
            .pop_front_if(|(row, _)| row.in_tick && row.after_seq == step.seq())
        {
            self.no = row.no;
            fills.push((self.login, event));
        }
        let verdicts = match step {
            Step::Tick(tick) if tick.is_flagged => return Ok(()),
            Step::Tick(tick) => {
                self.ticks += 1;
                let place = self.instruments.place(tick.symbol);
                let (Some(quote), Some(place)) = (tick.quote(), place) else {
                    return Ok(());
                };
                self.plain.tick(step.at(), place, quote, &fills)
            }
            Step::Stale { symbol, .. } => match self.instruments.place(*symbol) {
                Some(place) => self.plain.apply(step.at(), Input::Stale(place)),
                None => return Ok(()),
            },
            Step::Closed { symbol, .. } => match self.instruments.place(*symbol) {
                Some(place) => self.plain.apply(step.at(), Input::Fresh(place)),
                None => return Ok(()),
            },
        };
        let verdicts = verdicts.map_err(|error| self.fault(error))?;
        self.tell(verdicts);
        Ok(())
    }

    /// What happened to the account before this tick.
    fn events_before(&mut self, seq: i64) -> Result<(), ReplayError> {
        while let Some((row, event)) = self.events.pop_front_if(|(row, _)| row.after_seq < seq) {
            self.open()?;
            self.no = row.no;
            let login = self.login;
            let verdicts = self.plain.apply(row.at, Input::Of { login, event });
            let verdicts = verdicts.map_err(|error| self.fault(error))?;
            self.tell(verdicts);
        }
        Ok(())
    }

    fn tell(&mut self, verdicts: Vec<Verdict>) {
        let (seq, no) = (self.seq, self.no);
        self.told.extend(verdicts.into_iter().map(|verdict| Told {
            seq,
            no,
            at: verdict.at,
            finding: verdict.finding,
        }));
    }

    /// The first thing that was recorded otherwise.
    fn difference(
        &self,
        breach: &Breach,
        evidence: &Evidence,
        currency: Currency,
        clock: &TradingDay,
    ) -> Option<String> {
        let said =
            |finding: &Finding| format!("{}: {}", finding.name(), finding.text(currency, clock));
        let is_it = |told: &&Told| {
            told.at == breach.at && told.seq == breach.seq && told.finding == evidence.finding
        };
        if self.told.iter().any(|told| is_it(&told)) && rule_name(&evidence.finding) == breach.rule
        {
            return None;
        }
        let recorded = format!(
            "recorded at {} after tick {}: {} {}",
            breach.at.rfc3339(),
            breach.seq,
            breach.rule,
            said(&evidence.finding)
        );
        // Of the same rule the nearest if there is one, else whatever ended the phase.
        let told = self.told.iter();
        let same = told
            .filter(|told| rule_name(&told.finding) == breach.rule)
            .min_by_key(|told| told.at.micros_since(breach.at).unsigned_abs());
        let mut told = self.told.iter();
        let other = same.or_else(|| told.find(|told| told.finding.ends_the_phase()));
        Some(match other {
            Some(told) => format!(
                "{recorded}; found at {} after tick {} and event {}: {} {}",
                told.at.rfc3339(),
                told.seq,
                told.no,
                rule_name(&told.finding),
                said(&told.finding)
            ),
            None => format!("{recorded}; found: no such thing up to then"),
        })
    }
}

/// Whether the record hangs in the chain: its own hash, the one before it, and the one behind it.
fn broken_link(tx: &mut Tx<'_>, breach: &Breach) -> Result<Option<String>, StoreError> {
    if breach.chain_hash() != breach.hash {
        return Ok(Some("the record is not the one that was hashed".to_owned()));
    }
    let before = breaches::before(tx, breach.id)?.map_or_else(Vec::new, |before| before.hash);
    if before != breach.previous_hash {
        return Ok(Some(
            "the record before it is not the one that it was chained to".to_owned(),
        ));
    }
    let behind = breaches::chain_after(tx, breach.id, 1)?.pop();
    let named = match behind {
        Some(behind) => behind.previous_hash,
        None => desk::shard(tx, crate::desk::settings::SHARD)?
            .map_or_else(Vec::new, |shard| shard.last_breach_hash),
    };
    Ok((named != breach.hash).then(|| "the record behind it is not chained to it".to_owned()))
}

impl Replayed {
    /// In words, a line each.
    pub fn lines(&self) -> Vec<String> {
        let breach = &self.breach;
        let mut lines = vec![
            format!(
                "breach {} of account {}: {} ({}, {})",
                breach.id,
                breach.login,
                breach.rule,
                breach.severity.name(),
                breach.review.name()
            ),
            format!(
                "recorded at {} after tick {}: {}",
                breach.at.rfc3339(),
                breach.seq,
                self.finding.text(self.currency, &self.clock)
            ),
            format!(
                "judged again with {} ticks and {} events of the account",
                self.ticks, self.events
            ),
        ];
        lines.push(match &self.difference {
            None => "the same verdict at the same instant and tick, and the chain of records holds"
                .to_owned(),
            Some(difference) => format!("NOT THE SAME: {difference}"),
        });
        lines
    }
}
