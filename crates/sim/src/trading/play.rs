//! What happens in such a world, one thing after the other, and what must then be so.

mod resets;

use super::Traded;
use super::model::{Expected, Model, asks};
use super::world::{START, TRADER, World};
use crate::auditor::{Findings, Violation};
use crate::draws::Draws;
use crate::trace::Trace;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use touchstone_app::check::check;
use touchstone_app::desk::{Answer, Asked, DeskError, Restore, ReviewOutcome};
use touchstone_app::purchase::{BuyRequest, Choice};
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::{
    AccountKind, BreachId, ChallengeId, Login, OrderId, PositionId, Price, ProgramId, Side,
    StaffId, Symbol, UnixMicros, Volume,
};
use touchstone_rules::Origin;
use touchstone_store::repo::desk::{breaches, history};
use touchstone_store::repo::{accounts, challenges};
use touchstone_store::{StoreError, Tx};
use touchstone_trading::{ClientId, Command, OrderKind, OrderRequest, Protection, Tick};

const ACCOUNTS_LIMIT: usize = 6;
/// Name, price in cents, spread, and after how many seconds a price is too old.
const SYMBOLS: [(&str, i64, i64, i64); 2] = [
    ("BTCUSD", 9_500_000, 1_500, 30),
    ("ETHUSD", 340_000, 150, 30),
];
const DAY_MICROS: i64 = 86_400_000_000;

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
}

impl Play {
    pub fn new(world: World, draws: Draws) -> Self {
        Self {
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
        match self.draws.below(100) {
            0..8 => self.buy().await?,
            8..55 => self.price().await?,
            55..75 => self.command().await?,
            75..80 => self.repeat().await?,
            80..90 => self.time().await?,
            90..94 => self.revert().await?,
            94..95 => self.reset_challenge().await?,
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
        let program = self.draws.between(1, 3);
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
            return Ok(());
        }
        let now = self.world.now();
        self.prices.insert(name.to_owned(), (bid, bid + spread));
        self.priced_at.insert(name.to_owned(), now);
        // What the price fills is judged together with it; what the margin ends comes afterwards.
        self.take_deals(|reason| matches!(reason, "waiting" | "stop_loss" | "take_profit"))
            .await?;
        self.look_at_all();
        Ok(())
    }

    async fn command(&mut self) -> anyhow::Result<()> {
        let logins: Vec<Login> = self.models.keys().copied().collect();
        let Some(login) = self.draws.pick(&logins) else {
            return Ok(());
        };
        let held: Vec<i64> = self.models[&login].ledger.held.keys().copied().collect();
        let command = match (self.draws.below(10), self.draws.pick(&held)) {
            (0, _) => Command::CloseAll { symbol: None },
            (1..4, Some(position)) => Command::Close {
                position: PositionId(position),
                volume: self
                    .draws
                    .chance(40)
                    .then(|| Volume(100 * self.draws.between(1, 30))),
            },
            (4, Some(position)) => {
                let protection = self.protection(SYMBOLS[0].0, Side::Long);
                let position = PositionId(position);
                Command::Protect {
                    position,
                    protection,
                }
            }
            _ => Command::Place(self.order()?),
        };
        let client_id = format!("c{}", self.commands.len());
        let asked = Asked {
            login,
            client_id: ClientId::try_from(client_id).ok(),
            command,
            origin: Origin::Manual,
        };
        self.commands.push(asked.clone());
        self.send(asked).await.map(drop)
    }

    /// Nothing fails in these worlds but whole processes, and the next one has to take up what the last one left.
    fn is_there(&mut self, error: Option<&DeskError>) {
        if let Some(error @ (DeskError::Unavailable | DeskError::Unknown | DeskError::Overloaded)) =
            error
        {
            self.wrong("the desk is there", error.to_string());
        }
    }

    fn order(&mut self) -> anyhow::Result<OrderRequest> {
        let place = usize::try_from(self.draws.below(SYMBOLS.len() as u64))?;
        let (name, begins, ..) = SYMBOLS[place];
        let (bid, _) = self.prices.get(name).copied().unwrap_or((begins, begins));
        let side = if self.draws.chance(50) {
            Side::Long
        } else {
            Side::Short
        };
        let lots = if place == 0 { 300 } else { 1_500 };
        let away = Price(bid + self.draws.between(-bid / 50, bid / 50));
        let kind = match self.draws.below(10) {
            0 => OrderKind::Limit { price: away },
            1 => OrderKind::Stop { price: away },
            _ => OrderKind::Market,
        };
        Ok(OrderRequest {
            symbol: name.parse::<Symbol>()?,
            side,
            volume: Volume(100 * self.draws.between(1, lots)),
            kind,
            protection: self.protection(name, side),
            expires_at: self
                .draws
                .chance(20)
                .then(|| self.world.now().plus_seconds(3_600)),
        })
    }

    fn protection(&mut self, name: &str, side: Side) -> Protection {
        let (bid, _) = self.prices.get(name).copied().unwrap_or((1_000_000, 0));
        let sign = if side == Side::Long { 1 } else { -1 };
        let away = |draws: &mut Draws| draws.between(bid / 300, bid / 40);
        let stop_loss = self
            .draws
            .chance(30)
            .then(|| Price(bid - sign * away(&mut self.draws)));
        let take_profit = self
            .draws
            .chance(30)
            .then(|| Price(bid + sign * away(&mut self.draws)));
        Protection {
            stop_loss,
            take_profit,
            trailing_points: (stop_loss.is_some() && self.draws.chance(30)).then_some(bid / 100),
        }
    }

    /// The same command again: the same order, or the same refusal.
    async fn repeat(&mut self) -> anyhow::Result<()> {
        let Some(asked) = self.draws.pick(&self.commands) else {
            return Ok(());
        };
        let before = self.order_of(&asked).await?;
        let answer = self.send(asked.clone()).await?;
        match (before, answer) {
            (Some(order), Some(Answer::Done { order: again, .. })) => {
                let row = format!("{asked:?}: order {order}, and again {again}");
                self.wrong("a repeat is the same order", row);
            }
            (Some(order), Some(Answer::Repeated(again))) if order != again => {
                let row = format!("{asked:?}: order {order}, then {again}");
                self.wrong("a repeat is the same order", row);
            }
            _ => {}
        }
        Ok(())
    }

    async fn order_of(&self, asked: &Asked) -> anyhow::Result<Option<OrderId>> {
        let (login, client_id) = (asked.login, asked.client_id.clone());
        let name = client_id.map_or_else(String::new, String::from);
        let read = move |tx: &mut Tx<'_>| history::order_of_client(tx, login, &name);
        let row: Result<_, StoreError> = self.world.store.read(read).await;
        Ok(row?.map(|row| OrderId(row.id)))
    }

    async fn send(&mut self, asked: Asked) -> anyhow::Result<Option<Answer>> {
        let (desk, login) = (self.world.app.desk.clone(), asked.login);
        let words = format!(
            "{} of {login}: {:?}",
            asked
                .client_id
                .clone()
                .map_or_else(String::new, String::from),
            asked.command
        );
        let answer = self
            .world
            .ask(async move { desk.command(asked).await })
            .await?;
        self.say(&format!("{words} -> {answer:?}"));
        self.is_there(answer.as_ref().err());
        self.take_deals(|reason| reason == "order").await?;
        Ok(answer.ok())
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
        let (prices, priced_at) = (&self.prices, &self.priced_at);
        let is_fresh = |symbol: &str| {
            let limit = SYMBOLS
                .iter()
                .find(|known| known.0 == symbol)
                .map_or(0, |known| known.3);
            let last = priced_at.get(symbol);
            last.is_some_and(|last| at.micros_since(*last) <= limit * 1_000_000)
        };
        if let Some(model) = self.models.get_mut(&login) {
            model.look(prices, is_fresh);
        }
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
            .and_then(|model| model.ledger.take(deal));
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
                && let Some(model) = Model::new(asks, phase.started_at)
            {
                self.models.insert(login, model);
            }
        }
        Ok(())
    }

    /// What the database says of each phase is what the plain rules say.
    async fn compare(&mut self) -> anyhow::Result<()> {
        self.take_the_rest().await?;
        self.know_breaches().await?;
        self.know_accounts().await?;
        for login in self.models.keys().copied().collect::<Vec<_>>() {
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
