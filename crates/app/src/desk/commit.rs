//! A batch as rows: everything of it is written in one transaction, or nothing.

use super::addon_rows;
use super::block::{self, Block};
use super::event_text;
use super::growth_rows;
use super::instruments::Instruments;
use super::life;
use super::payout_rows;
use super::shard::{
    Batch, Booked, Changes, Entered, Journal, OrderChange, OrderState, Owner, Shard, ShardError,
    Told,
};
use crate::claims::ClaimError;
use crate::purchase::SaleError;
use crate::transactions::TransactionError;
use touchstone_domain::breach::{Breach, Review, Severity};
use touchstone_domain::ledger::LedgerError;
use touchstone_domain::{BreachId, Login, Side, TradingDayError, UnixMicros};
use touchstone_rules::Finding;
use touchstone_store::repo::desk::{self, accounts, breaches, curves, history, ticks};
use touchstone_store::repo::{self, challenges, counters};
use touchstone_store::{NewEvent, StoreError, Tx};

#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another server has taken the shard over.
    #[error("another server runs the desk now")]
    Fenced,
    /// Somebody else has changed the account since it was read.
    #[error("account {0} was changed elsewhere")]
    Stale(Login),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Reset(Box<TransactionError>),
    #[error(transparent)]
    Claim(Box<ClaimError>),
    #[error("challenge {challenge} lacks {what}")]
    Broken { challenge: i64, what: &'static str },
    #[error(transparent)]
    Day(#[from] TradingDayError),
    #[error(transparent)]
    Shard(#[from] ShardError),
    #[error("it cannot be written as JSON: {0}")]
    Json(String),
}

impl From<TransactionError> for CommitError {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Sale(SaleError::Store(error)) => Self::Store(error),
            other => Self::Reset(Box::new(other)),
        }
    }
}

impl CommitError {
    /// What has changed since it was looked at is looked at again; anything else is a fault.
    pub(super) fn of_claim(error: ClaimError, login: Login) -> Self {
        match error {
            ClaimError::Refused(_) | ClaimError::NotFound => Self::Stale(login),
            ClaimError::Transaction(error) => error.into(),
            other => Self::Claim(Box::new(other)),
        }
    }
}

/// Everything that one transaction writes.
#[derive(Clone, Debug)]
pub struct Commit {
    pub shard: desk::Shard,
    block: Option<ticks::Block>,
    accounts: Vec<AccountCommit>,
    /// Of accounts to which nothing else has happened.
    metrics: Vec<curves::Metric>,
}

#[derive(Clone, Debug)]
struct AccountCommit {
    owner: Owner,
    login: Login,
    saved: accounts::Saved,
    events: Vec<history::EventRow>,
    deals: Vec<history::Deal>,
    orders: Vec<OrderCommit>,
    breaches: Vec<BreachCommit>,
    metric: Option<curves::Metric>,
    /// Balance and equity of a phase that is over, when more was closed of it.
    closed_later: Option<(i64, i64)>,
    changes: Changes,
}

#[derive(Clone, Debug)]
enum OrderCommit {
    New(history::OrderRow),
    Changed {
        id: i64,
        state: &'static str,
        reason: String,
        at: UnixMicros,
    },
}

#[derive(Clone, Debug)]
struct BreachCommit {
    row: Breach,
    /// For the outbox.
    kind: &'static str,
}

/// What a transaction has made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Accounts of phases that begin.
    pub opened: Vec<Login>,
}

impl Commit {
    /// `row` is the shard as it is stored now.
    ///
    /// # Errors
    /// What cannot be written as JSON.
    pub fn of(
        shard: &Shard,
        batch: Batch,
        row: &desk::Shard,
        metrics: Vec<curves::Metric>,
        now: UnixMicros,
    ) -> Result<Self, CommitError> {
        let mut next = row.clone();
        next.seen_at = now;
        next.at = shard.at();
        next.last_seq = shard.seq();
        next.next_trade_no = shard.next_trade_no();
        let block = match (batch.steps.first(), batch.steps.last()) {
            (Some(first), Some(last)) => {
                let (first_seq, last_seq) = (first.seq(), last.seq());
                let (first_at, last_at) = (first.at(), last.at());
                let body = block::write(&Block {
                    before: batch.before,
                    steps: batch.steps,
                });
                Some(ticks::Block {
                    first_seq,
                    last_seq,
                    first_at,
                    last_at,
                    body,
                })
            }
            _ => None,
        };
        let mut commits = Vec::new();
        for (login, changes) in batch.accounts {
            let made = account_commit(shard, login, changes, &mut next.last_breach_hash, now)?;
            commits.extend(made);
        }
        Ok(Self {
            shard: next,
            block,
            accounts: commits,
            metrics,
        })
    }

    /// The versions that are stored with it.
    pub fn versions(&self) -> Vec<(Login, i64)> {
        let versions = self.accounts.iter();
        versions
            .map(|account| (account.login, account.saved.version))
            .collect()
    }

    /// Writes it all. `passwordless` accounts of further phases get theirs when their owner asks.
    ///
    /// # Errors
    /// See [`CommitError`]; then nothing is written.
    pub fn write(&self, tx: &mut Tx<'_>) -> Result<Made, CommitError> {
        if !desk::advance_shard(tx, &self.shard)? {
            return Err(CommitError::Fenced);
        }
        if let Some(block) = &self.block {
            ticks::insert(tx, block)?;
        }
        for metric in &self.metrics {
            curves::insert_metric(tx, metric)?;
        }
        let mut made = Made::default();
        for account in &self.accounts {
            made.opened.extend(account.write(tx, self.shard.seen_at)?);
        }
        Ok(made)
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, CommitError> {
    serde_json::to_string(value).map_err(|error| CommitError::Json(error.to_string()))
}

fn account_commit(
    shard: &Shard,
    login: Login,
    changes: Changes,
    chain: &mut Vec<u8>,
    now: UnixMicros,
) -> Result<Option<AccountCommit>, CommitError> {
    let (Some(live), Some(body)) = (shard.live(login), shard.body(login)?) else {
        return Ok(None);
    };
    let saved = accounts::Saved {
        login,
        challenge_id: live.owner.challenge_id,
        phase_id: live.owner.phase_id,
        version: live.version + 1,
        as_of_seq: shard.seq(),
        last_event_no: live.event_no,
        winding_up: live.is_winding_up(),
        open_positions: i64::try_from(body.account.positions.len()).unwrap_or(i64::MAX),
        margin_called: body.account.margin_called,
        body: json(&body)?,
    };
    let events = changes.events.iter();
    let events = events.map(|journal| event_row(login, journal, shard.instruments()));
    let booked = changes.booked.iter();
    let deals = booked.map(|booked| deal_row(&live.owner, login, booked));
    let orders = changes.orders.iter();
    let orders = orders.map(|(id, change)| order_commit(login, id.0, change));
    let mut breaches = Vec::new();
    for told in &changes.crossings {
        breaches.push(breach_commit(&live.owner, login, told, chain, now)?);
    }
    Ok(Some(AccountCommit {
        owner: live.owner.clone(),
        login,
        saved,
        events: events.collect::<Result<_, _>>()?,
        deals: deals.collect(),
        orders: orders.collect::<Result<_, _>>()?,
        breaches,
        metric: match &changes.end {
            Some(end) => {
                let no = live.version + 1;
                let point = super::metrics::of_verdict(login, &live.owner, no, &end.verdict);
                Some(point)
            }
            None => changes
                .is_worth_a_point()
                .then(|| super::metrics::of(shard, login, live.version + 1))
                .flatten(),
        },
        closed_later: closed_later(shard, login, &changes)?,
        changes,
    }))
}

/// What is left of a phase that had ended before, after a deal or a night of what could not be closed then.
fn closed_later(
    shard: &Shard,
    login: Login,
    changes: &Changes,
) -> Result<Option<(i64, i64)>, CommitError> {
    let live = shard.live(login).filter(|live| live.ended.is_some());
    let Some(live) = live.filter(|_| changes.end.is_none() && !changes.booked.is_empty()) else {
        return Ok(None);
    };
    let balance_minor = live.account.balance_minor;
    let view = shard.view(login)?;
    let equity_minor = view.map_or(balance_minor, |view| view.figures.equity_minor);
    Ok(Some((balance_minor, equity_minor)))
}

fn event_row(
    login: Login,
    journal: &Journal,
    instruments: &Instruments,
) -> Result<history::EventRow, CommitError> {
    Ok(history::EventRow {
        login,
        no: journal.no,
        after_seq: journal.after_seq,
        in_tick: journal.in_tick,
        at: journal.at,
        body: event_text::written(&journal.event, instruments)
            .map_err(|error| CommitError::Json(error.to_string()))?,
    })
}

const fn side_code(side: Side) -> i64 {
    match side {
        Side::Long => 0,
        Side::Short => 1,
    }
}

fn deal_row(owner: &Owner, login: Login, booked: &Booked) -> history::Deal {
    let brand_id = owner.brand_id;
    match booked {
        Booked::Deal {
            deal,
            balance_minor,
        } => history::Deal {
            login,
            id: deal.id.0,
            brand_id,
            at: deal.at,
            kind: match deal.entry {
                touchstone_trading::Entry::In => "in".to_owned(),
                touchstone_trading::Entry::Out => "out".to_owned(),
            },
            reason: deal.reason.name().to_owned(),
            order_id: deal.order.map(|order| order.0),
            position_id: deal.position.0,
            symbol: deal.symbol.to_string(),
            side: side_code(deal.side),
            volume: deal.volume.0,
            price: deal.price.0,
            profit_minor: deal.profit_minor,
            commission_minor: deal.commission_minor,
            swap_minor: 0,
            balance_minor: *balance_minor,
        },
        Booked::Swap {
            id,
            position,
            price,
            amount_minor,
            balance_minor,
            at,
        } => history::Deal {
            login,
            id: *id,
            brand_id,
            at: *at,
            kind: "swap".to_owned(),
            reason: "rollover".to_owned(),
            order_id: None,
            position_id: position.id.0,
            symbol: position.symbol.to_string(),
            side: side_code(position.side),
            volume: position.volume.0,
            price: *price,
            profit_minor: 0,
            commission_minor: 0,
            swap_minor: *amount_minor,
            balance_minor: *balance_minor,
        },
        Booked::Entered {
            id,
            kind,
            amount_minor,
            balance_minor,
            at,
        } => {
            let (kind, reason) = match kind {
                Entered::Voided => (history::VOIDED, "conduct"),
                Entered::Correction => (history::CORRECTION, "revert"),
                Entered::Payout => (history::PAYOUT, "payout"),
                Entered::PayoutReturned => (history::PAYOUT_RETURNED, "payout"),
                Entered::Growth => (history::GROWTH, "scaling"),
            };
            history::Deal {
                login,
                id: *id,
                brand_id,
                at: *at,
                kind: kind.to_owned(),
                reason: reason.to_owned(),
                order_id: None,
                position_id: 0,
                symbol: String::new(),
                side: 0,
                volume: 0,
                price: 0,
                profit_minor: *amount_minor,
                commission_minor: 0,
                swap_minor: 0,
                balance_minor: *balance_minor,
            }
        }
    }
}

fn order_commit(login: Login, id: i64, change: &OrderChange) -> Result<OrderCommit, CommitError> {
    let state = change.state.name();
    let Some(placed) = &change.placed else {
        return Ok(OrderCommit::Changed {
            id,
            state,
            reason: change.reason.clone(),
            at: change.at,
        });
    };
    debug_assert!(change.state != OrderState::Done || change.reason.is_empty());
    Ok(OrderCommit::New(history::OrderRow {
        login,
        id,
        client_id: placed.client_id.as_ref().map(|id| id.as_str().to_owned()),
        state: state.to_owned(),
        reason: change.reason.clone(),
        command: json(&placed.command)?,
        placed_at: placed.at,
        updated_at: change.at,
    }))
}

fn breach_commit(
    owner: &Owner,
    login: Login,
    told: &Told,
    chain: &mut Vec<u8>,
    now: UnixMicros,
) -> Result<BreachCommit, CommitError> {
    let evidence = json(&told.evidence)?;
    let is_terminal = told.finding.ends_the_phase();
    let mut row = Breach {
        id: BreachId(0),
        brand_id: owner.brand_id,
        challenge_id: owner.challenge_id,
        phase_id: owner.phase_id,
        login,
        customer_id: owner.customer_id,
        rule: rule_name(&told.finding).to_owned(),
        severity: if is_terminal {
            Severity::Terminal
        } else {
            Severity::Warning
        },
        review: Review::Pending,
        at: told.at,
        seq: told.seq,
        after_event_no: told.after_event_no,
        evidence,
        previous_hash: std::mem::take(chain),
        hash: Vec::new(),
        reviewed_by: None,
        reviewed_at: None,
        review_reason: String::new(),
        created_at: now,
    };
    row.hash = row.chain_hash();
    chain.clone_from(&row.hash);
    let kind = if is_terminal {
        "breach.terminal"
    } else {
        "breach.warning"
    };
    Ok(BreachCommit { row, kind })
}

/// The rule that a finding is about, by its stable name.
pub fn rule_name(finding: &Finding) -> &'static str {
    match finding {
        Finding::Breached(crossing)
        | Finding::Warned(crossing)
        | Finding::Paused { crossing, .. }
        | Finding::Struck { crossing, .. } => crossing.limit.rule.name(),
        Finding::TimeUp(rule) => rule.name(),
        Finding::Conduct(found) => found.rule.name(),
        other => other.name(),
    }
}

impl AccountCommit {
    fn write(&self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<Option<Login>, CommitError> {
        if !accounts::save(tx, &self.saved)? {
            return Err(CommitError::Stale(self.login));
        }
        for deal in &self.deals {
            history::book(tx, deal)?;
        }
        for order in &self.orders {
            match order {
                OrderCommit::New(row) => history::insert_order(tx, row)?,
                OrderCommit::Changed {
                    id,
                    state,
                    reason,
                    at,
                } => history::set_order_state(tx, self.login, *id, state, reason, *at)?,
            }
        }
        for event in &self.events {
            history::insert_event(tx, event)?;
        }
        for day in &self.changes.days {
            curves::insert_day(
                tx,
                &super::metrics::day_row(self.login, self.owner.phase_id, day),
            )?;
        }
        for minor in &self.changes.voided_minor {
            life::void(tx, &self.owner, self.login, *minor, now)?;
        }
        if let Some(metric) = &self.metric {
            curves::insert_metric(tx, metric)?;
        }
        for anchor in &self.changes.anchors {
            life::anchor_set(tx, &self.owner, self.login, anchor, now)?;
        }
        for (at, kind) in &self.changes.notices {
            self.tell(tx, *at, kind, "{}")?;
        }
        for breach in &self.breaches {
            self.write_breach(tx, breach)?;
        }
        if let Some((balance_minor, equity_minor)) = self.closed_later {
            let (challenge, phase) = (self.owner.challenge_id, self.owner.phase_id);
            challenges::set_finals(tx, challenge, phase, balance_minor, equity_minor, now)?;
        }
        if let Some(leverage) = self.changes.leverage {
            repo::accounts::set_leverage(tx, self.login, leverage)?;
        }
        for purchase in &self.changes.added {
            addon_rows::apply(tx, self.login, *purchase, now)?;
        }
        if let Some(asked) = &self.changes.payout {
            payout_rows::ask(tx, &self.owner, self.login, asked, now)?;
        }
        if let Some(returned) = &self.changes.returned {
            payout_rows::give_back(tx, &self.owner, self.login, returned, now)?;
        }
        if let Some(grown) = self.changes.grown {
            growth_rows::grow(tx, &self.owner, self.login, grown, now)?;
        }
        if let Some(revived) = &self.changes.revived {
            life::revive(tx, &self.owner, self.login, revived, now)?;
        }
        let off = self.changes.called_off.as_ref();
        if let Some((end, claim)) = self.changes.end.as_ref().zip(off) {
            life::call_off(tx, &self.owner, self.login, end, claim, now)?;
            return Ok(None);
        }
        match &self.changes.end {
            Some(end) if end.passed => life::pass(tx, &self.owner, self.login, end, now),
            Some(end) => life::fail(tx, &self.owner, self.login, end, now).map(|()| None),
            None => Ok(None),
        }
    }

    fn write_breach(&self, tx: &mut Tx<'_>, breach: &BreachCommit) -> Result<(), CommitError> {
        let mut row = breach.row.clone();
        row.id = BreachId(tx.next_id(counters::BREACH)?);
        breaches::insert(tx, &row)?;
        let body = serde_json::json!({
            "breach_id": row.id,
            "rule": row.rule,
            "severity": row.severity.name(),
            "login": row.login,
        });
        self.tell(tx, row.at, breach.kind, &body.to_string())
    }

    fn tell(
        &self,
        tx: &mut Tx<'_>,
        at: UnixMicros,
        kind: &str,
        body: &str,
    ) -> Result<(), CommitError> {
        tx.append_event(&NewEvent {
            at_us: at.0,
            brand_id: self.owner.brand_id.0,
            kind,
            subject_kind: "account",
            subject_id: self.login.0,
            challenge_id: Some(self.owner.challenge_id.0),
            customer_id: Some(self.owner.customer_id.0),
            body,
        })?;
        Ok(())
    }
}
