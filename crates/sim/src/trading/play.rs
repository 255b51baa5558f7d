//! What happens in such a world, one thing after the other, and what must then be so.

mod later;
#[cfg(test)]
mod later_self_test;
mod orders;
mod payout_staff;
mod payouts;
mod resets;
#[cfg(test)]
mod self_test;

use super::Traded;
use super::additions;
use super::model::{Expected, Model};
use super::payouts::{Book, look};
use super::terms::{DAY_MICROS, asks, cycle_after};
use super::world::{STAFF, START, TRADER, World};
use crate::auditor::{Findings, Violation};
use crate::draws::Draws;
use crate::trace::Trace;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use touchstone_app::check::check;
use touchstone_app::desk::{Asked, DeskError, Restore, ReviewOutcome};
use touchstone_app::purchase::{BuyRequest, Choice, EnrollRequest};
use touchstone_app::transactions::Decision;
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::kyc::Kyc;
use touchstone_domain::{
    AccountKind, BreachId, ChallengeId, Login, Price, ProgramId, StaffId, UnixMicros,
};
use touchstone_store::repo::desk::{breaches, history};
use touchstone_store::repo::{accounts, challenges};
use touchstone_store::{StoreError, Tx};
use touchstone_trading::Tick;

const ACCOUNTS_LIMIT: usize = 6;
/// Name, price in cents, spread, and after how many seconds a price is too old.
const SYMBOLS: [(&str, i64, i64, i64); 2] = [
    ("BTCUSD", 9_500_000, 1_500, 30),
    ("ETHUSD", 340_000, 150, 30),
];

pub struct Play {
    world: World,
    draws: Draws,
    trace: Trace,
    findings: Findings,
    models: BTreeMap<Login, Model>,
    prices: BTreeMap<String, (i64, i64)>,
    priced_at: BTreeMap<String, UnixMicros>,
    newest_deal: BTreeMap<Login, i64>,
    phases: BTreeMap<Login, ChallengeState>,
    breaches: BTreeMap<BreachId, (Login, String)>,
    commands: Vec<Asked>,
    /// Accounts whose end was said.
    told: BTreeSet<Login>,
    sequence: u64,
    /// Symbols whose last price could not be one.
    doubted: BTreeSet<String>,
    owners: BTreeMap<Login, Owner>,
    payouts: Book,
    additions: additions::Book,
    /// When the cycle of an account ends that is paid out by itself.
    cycles: BTreeMap<Login, UnixMicros>,
    kyc: Kyc,
    /// Funded accounts are sold, and paid out.
    is_funded: bool,
}

/// Whose account it is.
#[derive(Clone, Copy, Debug)]
struct Owner {
    challenge: ChallengeId,
    program: i64,
}

impl Play {
    pub fn new(world: World, mut draws: Draws) -> Self {
        Self {
            is_funded: draws.chance(45),
            world,
            draws,
            trace: Trace::default(),
            findings: Findings::default(),
            models: BTreeMap::new(),
            prices: BTreeMap::new(),
            priced_at: BTreeMap::new(),
            newest_deal: BTreeMap::new(),
            phases: BTreeMap::new(),
            breaches: BTreeMap::new(),
            commands: Vec::new(),
            told: BTreeSet::new(),
            sequence: 0,
            doubted: BTreeSet::new(),
            owners: BTreeMap::new(),
            payouts: Book::default(),
            additions: additions::Book::default(),
            cycles: BTreeMap::new(),
            kyc: Kyc::None,
        }
    }

    pub fn is_broken(&self) -> bool {
        !self.findings.is_empty()
    }

    fn say(&mut self, text: &str) {
        self.trace.say(self.world.now(), START, text);
    }

    fn wrong(&mut self, invariant: &'static str, row: String) {
        self.say(&format!("WRONG: {row}"));
        self.findings.add(invariant, row);
    }

    pub async fn turn(&mut self) -> anyhow::Result<()> {
        let has_failed = |state: &ChallengeState| *state == ChallengeState::Failed;
        if self.phases.values().any(has_failed) && self.draws.chance(15) {
            self.reset_challenge().await?;
            return self.compare().await;
        }
        match (self.draws.below(100), self.is_funded) {
            (0..8, _) => self.buy().await?,
            (8..46, false) | (8..35, true) => self.price().await?,
            (46..66, false) | (35..45, true) => self.command().await?,
            (66..70, false) | (45..48, true) => self.repeat().await?,
            (70..75, false) | (48..54, true) => self.addition().await?,
            (75..80, false) | (54..84, true) => self.payout().await?,
            (80..90, _) => self.time().await?,
            (90..94, _) => self.revert().await?,
            (94..95, _) => self.reset_challenge().await?,
            _ => {
                let reopens = self.draws.chance(30);
                self.say("the process ends, and begins anew");
                self.world.crash(reopens).await?;
            }
        }
        self.compare().await
    }

    async fn buy(&mut self) -> anyhow::Result<()> {
        if self.models.len() >= ACCOUNTS_LIMIT {
            return Ok(());
        }
        let program = match self.is_funded {
            true => self.draws.between(3, 6),
            false => self.draws.between(1, 3),
        };
        if program > 3 {
            return self.enroll(program).await;
        }
        let request = BuyRequest {
            program_id: ProgramId(program),
            payer_login: Login(100_001),
            idempotency_key: None,
            choice: Choice::default(),
        };
        let bought = self.world.app.buy(TRADER, request).await?;
        if let Some((account, _)) = bought.account {
            self.say(&format!("program {program} on account {}", account.login));
        }
        Ok(())
    }

    /// A program that begins funded is paid at a cashier.
    async fn enroll(&mut self, program: i64) -> anyhow::Result<()> {
        let request = EnrollRequest {
            program_id: ProgramId(program),
            addon_codes: Vec::new(),
            idempotency_key: None,
        };
        let app = self.world.app.clone();
        let enrolled = app.enroll(TRADER, request).await?;
        self.say(&format!("program {program} on account {}", enrolled.login));
        if !enrolled.fee.is_zero() {
            let fee = enrolled.transaction_id;
            app.decide_transaction(STAFF, fee, Decision::Approve, String::new())
                .await?;
        }
        Ok(())
    }

    /// Mostly a small step; now and then a leap.
    async fn price(&mut self) -> anyhow::Result<()> {
        let place = usize::try_from(self.draws.below(SYMBOLS.len() as u64))?;
        let (name, begins, spread, _) = SYMBOLS[place];
        let last = self.prices.get(name).map_or(begins, |(bid, _)| *bid);
        let width = if self.draws.chance(15) {
            last / 40
        } else {
            last / 400
        };
        let bid = (last + self.draws.between(-width, width)).clamp(begins / 2, begins * 2);
        self.feed(name, bid, spread).await
    }

    async fn feed(&mut self, name: &str, bid: i64, spread: i64) -> anyhow::Result<()> {
        self.sequence += 1;
        let tick = Tick {
            symbol: name.parse()?,
            bid: Price(bid),
            ask: Price(bid + spread),
            fed_at: self.world.now(),
            sequence: Some(self.sequence),
        };
        let (desk, feed) = (self.world.app.desk.clone(), Arc::from("sim"));
        let fed = self
            .world
            .ask(async move { desk.feed(feed, vec![tick]).await });
        let report = fed.await?;
        self.say(&format!("{name} {bid}: {report:?}"));
        self.is_there(report.as_ref().err());
        if !report.is_ok_and(|report| report.accepted == 1) {
            self.doubted.insert(name.to_owned());
            return Ok(());
        }
        self.doubted.remove(name);
        let now = self.world.now();
        self.prices.insert(name.to_owned(), (bid, bid + spread));
        self.priced_at.insert(name.to_owned(), now);
        // What the price fills is judged together with it; what the margin ends comes afterwards.
        self.take_deals(|reason| matches!(reason, "waiting" | "stop_loss" | "take_profit"))
            .await?;
        self.look_at_all();
        Ok(())
    }

    /// Nothing fails in these worlds but whole processes, and the next one has to take up what the last one left.
    fn is_there(&mut self, error: Option<&DeskError>) {
        if let Some(error @ (DeskError::Unavailable | DeskError::Unknown | DeskError::Overloaded)) =
            error
        {
            self.wrong("the desk is there", error.to_string());
        }
    }

    async fn time(&mut self) -> anyhow::Result<()> {
        let now = self.world.now();
        let step = match self.draws.below(6) {
            0 => 1_000_000,
            1 => 31_000_000,
            2 => 3_600_000_000,
            // Just before a reset, with prices that can still be trusted after it.
            3 => (DAY_MICROS - now.0.rem_euclid(DAY_MICROS)) - 5_000_000,
            4 => 10_000_000,
            _ => self.draws.between(1, 3) * DAY_MICROS / 2,
        };
        self.pass(step).await?;
        if self.draws.chance(50) {
            self.drive().await?;
        }
        match self.draws.chance(80) {
            true => self.close_cycles().await,
            false => Ok(()),
        }
    }

    async fn pass(&mut self, step: i64) -> anyhow::Result<()> {
        let now = self.world.now();
        self.world.clock.advance_micros(step);
        let desk = self.world.app.desk.clone();
        let woken = self.world.ask(async move { desk.wake().await }).await?;
        self.say(&format!("time passes -> {woken:?}"));
        self.is_there(woken.as_ref().err());
        self.let_days_end(now).await
    }

    /// Resets at their own instants; what a night costs comes after the reset of the same instant.
    async fn let_days_end(&mut self, before: UnixMicros) -> anyhow::Result<()> {
        let now = self.world.now();
        let swaps = self.new_deals(|_| true).await?;
        let mut swaps = swaps.into_iter().peekable();
        loop {
            let resets = self
                .models
                .iter()
                .filter_map(|(login, model)| Some((model.reset_due(now)?, *login)));
            let reset = resets.min();
            let swap_at = swaps.peek().map(|deal| deal.at);
            match (reset, swap_at) {
                (Some((at, login)), other) if other.is_none_or(|swap| at <= swap) => {
                    self.reset(login, at.max(before));
                }
                (_, Some(at)) => {
                    if let Some(deal) = swaps.next() {
                        let login = deal.login;
                        self.take_deal(&deal);
                        self.look_at(login, at);
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    fn reset(&mut self, login: Login, at: UnixMicros) {
        if let Some(model) = self.models.get_mut(&login) {
            model.reset();
        }
        self.look_at(login, at);
    }

    async fn revert(&mut self) -> anyhow::Result<()> {
        let known: Vec<BreachId> = self.breaches.keys().copied().collect();
        let Some(breach) = self.draws.pick(&known) else {
            return Ok(());
        };
        let restore = if self.draws.chance(50) {
            Restore::None
        } else {
            Restore::EquityBefore
        };
        let desk = self.world.app.desk.clone();
        let asked = async move {
            desk.revert(
                TRADER.brand_id,
                breach,
                StaffId(1),
                "sim".to_owned(),
                restore,
            )
            .await
        };
        let outcome = self.world.ask(asked).await?;
        self.say(&format!(
            "breach {breach} is reverted, {} -> {outcome:?}",
            restore.name()
        ));
        if let Ok(ReviewOutcome::Reverted { correction_minor }) = outcome {
            let (login, _) = self.breaches[&breach];
            if let Some(model) = self.models.get_mut(&login) {
                model.is_reverted = true;
                model.ledger.owed_minor += correction_minor;
            }
            self.take_deals(|reason| reason == "revert").await?;
        }
        Ok(())
    }

    fn look_at_all(&mut self) {
        let (logins, now): (Vec<Login>, _) =
            (self.models.keys().copied().collect(), self.world.now());
        for login in logins {
            self.look_at(login, now);
        }
    }

    fn look_at(&mut self, login: Login, at: UnixMicros) {
        let (prices, doubted) = (&self.prices, &self.doubted);
        let priced_at = &self.priced_at;
        if let Some(model) = self.models.get_mut(&login) {
            model.look(prices, |symbol| {
                !doubted.contains(symbol) && is_fresh(priced_at, symbol, at)
            });
        }
    }

    fn is_fresh(&self, symbol: &str, at: UnixMicros) -> bool {
        !self.doubted.contains(symbol) && is_fresh(&self.priced_at, symbol, at)
    }

    /// Deals that were not seen yet and have such a reason, each with a look after it unless a tick has made them.
    async fn take_deals(&mut self, wanted: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let one_look = !wanted("order");
        for deal in self.new_deals(&wanted).await? {
            self.take_deal(&deal);
            if !one_look {
                self.look_at(deal.login, self.world.now());
            }
        }
        Ok(())
    }

    fn take_deal(&mut self, deal: &history::Deal) {
        self.say(&format!(
            "deal {} of {}: {} {} {} {} at {}, profit {}, {}, balance {}",
            deal.id,
            deal.login,
            deal.kind,
            deal.side,
            deal.volume,
            deal.symbol,
            deal.price,
            deal.profit_minor,
            deal.reason,
            deal.balance_minor
        ));
        let wrong = self
            .models
            .get_mut(&deal.login)
            .and_then(|model| model.take(deal));
        if let Some(wrong) = wrong {
            let row = format!("deal {} of {}: {wrong}", deal.id, deal.login);
            self.wrong("every deal adds up by itself", row);
        }
    }

    /// Deals up to the first that is not wanted, account by account.
    async fn new_deals(
        &mut self,
        wanted: impl Fn(&str) -> bool,
    ) -> anyhow::Result<Vec<history::Deal>> {
        self.know_accounts().await?;
        let mut found = Vec::new();
        for login in self.models.keys().copied().collect::<Vec<_>>() {
            let after = self.newest_deal.get(&login).copied().unwrap_or(0);
            let read = move |tx: &mut Tx<'_>| history::deals(tx, login, i64::MAX, 200);
            let deals: Result<Vec<_>, StoreError> = self.world.store.read(read).await;
            let deals = deals?.into_iter().rev().filter(|deal| deal.id > after);
            for deal in deals.take_while(|deal| wanted(&deal.reason)) {
                self.newest_deal.insert(login, deal.id);
                found.push(deal);
            }
        }
        found.sort_by_key(|deal| (deal.at, deal.id));
        Ok(found)
    }

    async fn know_accounts(&mut self) -> anyhow::Result<()> {
        let read = |tx: &mut Tx<'_>| {
            let own = accounts::of_customer(tx, TRADER.customer_id)?;
            let mut phases = Vec::new();
            for challenge in
                challenges::of_customer(tx, TRADER.customer_id, ChallengeId(i64::MAX), 100)?
            {
                for phase in challenges::phases(tx, challenge.id)? {
                    phases.push((challenge.program_id.0, phase));
                }
            }
            let own = own
                .into_iter()
                .filter(|(account, _)| account.kind == AccountKind::Challenge);
            Ok::<_, StoreError>((own.count(), phases))
        };
        let (own, phases) = self.world.store.read(read).await?;
        if own != phases.len() {
            self.wrong(
                "each phase has an account of its own",
                format!("{own} accounts, {} phases", phases.len()),
            );
        }
        for (program, phase) in phases {
            let login = phase.account_login;
            self.phases.insert(login, phase.state);
            if !self.models.contains_key(&login)
                && let Some(asks) = asks(program, phase.phase_index)
                && let Some(mut model) = Model::new(asks, phase.started_at)
            {
                let bought = self.additions.has(phase.challenge_id, program);
                bought.into_iter().for_each(|adds| model.add(adds));
                self.models.insert(login, model);
                let challenge = phase.challenge_id;
                self.owners.insert(login, Owner { challenge, program });
                self.begin_cycle(login, phase.started_at);
            }
        }
        Ok(())
    }

    fn begin_cycle(&mut self, login: Login, now: UnixMicros) {
        let model = &self.models[&login];
        let days = model.asks.payout.as_ref().map_or(0, |one| one.cycle_days);
        if days > 0 {
            let end = cycle_after(model.began_at, days, now);
            self.cycles.insert(login, end);
        }
    }

    /// What the database says of each phase is what the plain rules say.
    async fn compare(&mut self) -> anyhow::Result<()> {
        self.take_the_rest().await?;
        self.know_breaches().await?;
        self.know_accounts().await?;
        let facts = self.recognize().await?;
        let ledgers = self.models.iter();
        let ledgers = ledgers.map(|(login, model)| (login.0, &model.ledger));
        look(&self.payouts, &facts, ledgers, &mut self.findings);
        let facts = self.world.store.read(additions::Facts::load).await?;
        additions::look(&self.additions, &facts, &mut self.findings);
        let logins: Vec<Login> = self.models.keys().copied().collect();
        if let Some(login) = self.draws.pick(&logins) {
            self.floors_stand(login).await?;
        }
        for login in logins {
            let model = &self.models[&login];
            if model.is_reverted {
                continue;
            }
            let state = self.phases.get(&login).copied();
            let told = self
                .breaches
                .values()
                .filter(|(of, _)| *of == login)
                .map(|(_, rule)| rule.clone());
            let told: Vec<String> = told.collect();
            let holds = match model.expected {
                Expected::Nothing => state == Some(ChallengeState::Active) && told.is_empty(),
                Expected::Pass => state == Some(ChallengeState::Passed) && told.is_empty(),
                Expected::Breach(rule) => state == Some(ChallengeState::Failed) && told == [rule],
            };
            let expected = model.expected;
            if expected != Expected::Nothing && self.told.insert(login) {
                let how = format!("account {login} is over: {expected:?}");
                self.say(&how);
            }
            if !holds {
                let row = format!(
                    "account {login}: {expected:?} was expected, and it is {state:?} {told:?}"
                );
                self.wrong("a phase ends exactly when its rules say so", row);
            }
        }
        Ok(())
    }

    /// What a margin or the end of a phase has closed.
    async fn take_the_rest(&mut self) -> anyhow::Result<()> {
        for deal in self.new_deals(|_| true).await? {
            self.take_deal(&deal);
            self.look_at(deal.login, self.world.now());
        }
        Ok(())
    }

    async fn know_breaches(&mut self) -> anyhow::Result<()> {
        let read = |tx: &mut Tx<'_>| breaches::chain_after(tx, BreachId(0), 1_000);
        let all: Result<Vec<_>, StoreError> = self.world.store.read(read).await;
        for breach in all? {
            self.breaches.insert(breach.id, (breach.login, breach.rule));
        }
        Ok(())
    }

    pub async fn end(mut self) -> anyhow::Result<Traded> {
        let report = self.world.store.read(|tx| check(tx, 100)).await?;
        for broken in &report.broken {
            for row in &broken.rows {
                self.findings.add(broken.rule, format!("{row:?}"));
            }
        }
        self.world.store.clone().close().await;
        let violations: Vec<Violation> = self.findings.into_violations();
        Ok(Traded {
            trace: self.trace.lines().to_vec(),
            violations,
        })
    }
}

fn is_fresh(priced_at: &BTreeMap<String, UnixMicros>, symbol: &str, at: UnixMicros) -> bool {
    let known = SYMBOLS.iter().find(|known| known.0 == symbol);
    let limit = known.map_or(0, |known| known.3);
    let last = priced_at.get(symbol);
    last.is_some_and(|last| at.micros_since(*last) <= limit * 1_000_000)
}
