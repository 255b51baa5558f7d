//! Profit leaves funded accounts, and staff say what becomes of it.

use super::super::eligible::{Around, Reckoned, reckon};
use super::super::payouts::{Facts, Kept};
use super::super::terms::price_minor;
use super::super::world::{STAFF, TRADER};
use super::{Play, SYMBOLS};
use touchstone_app::desk::{PayoutAsk, PayoutLook};
use touchstone_app::payouts::PayoutError;
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::kyc::Kyc;
use touchstone_domain::payout::{Payout, Trigger};
use touchstone_domain::{Login, Side, Volume};
use touchstone_trading::{Command, OrderKind, OrderRequest, Protection};

/// What asking for a payout must come to.
#[derive(Clone, Debug)]
enum Fate {
    NotFunded,
    NotOnDemand,
    InFlight,
    Made(Box<Kept>),
    /// What has become of the account is not followed any more, or this reckoning is too coarse.
    Unsure,
}

impl Fate {
    fn word(&self) -> Option<&str> {
        Some(match self {
            Self::NotFunded => "not funded",
            Self::NotOnDemand => "not on demand",
            Self::InFlight => "in flight",
            Self::Made(kept) => kept.state.as_str(),
            Self::Unsure => return None,
        })
    }
}

fn word_of(answer: &Result<Payout, PayoutError>) -> String {
    use touchstone_app::desk::DeskError;
    match answer {
        Ok(payout) => payout.state.name().to_owned(),
        Err(PayoutError::NoFundedAccount) => "not funded".to_owned(),
        Err(PayoutError::Desk(DeskError::NotOnDemand)) => "not on demand".to_owned(),
        Err(PayoutError::Desk(DeskError::PayoutInFlight(_))) => "in flight".to_owned(),
        Err(error) => error.to_string(),
    }
}

impl Play {
    pub(super) async fn payout(&mut self) -> anyhow::Result<()> {
        let in_flight = self.payouts.all.values().any(Kept::is_in_flight);
        match self.draws.below(100) {
            0..50 if in_flight => self.staff_step().await,
            0..45 => self.ask_for_payout().await,
            45..82 => self.large_trade().await,
            82..85 => self.staff_step().await,
            85..92 => self.know_customer().await,
            _ => self.wait_for_cycle().await,
        }
    }

    /// Mostly a funded account with something to take.
    fn draw_account(&mut self) -> Option<Login> {
        let has_payouts = |login: &Login| self.models[login].asks.payout.is_some();
        let all: Vec<Login> = self.models.keys().copied().collect();
        let funded: Vec<Login> = all.iter().copied().filter(has_payouts).collect();
        let asks = |login: &Login| {
            let payout = self.models[login].asks.payout.as_ref();
            payout.is_some_and(|one| one.cycle_days == 0)
        };
        let running = |login: &Login| asks(login) && !self.models[login].is_over();
        let running: Vec<Login> = funded.iter().copied().filter(running).collect();
        let from = match self.draws.below(20) {
            0 => all,
            1..4 => funded,
            _ => running,
        };
        self.draws.pick(&from)
    }

    /// Somebody buys before the price rises, or before it falls, and mostly sells after it.
    async fn large_trade(&mut self) -> anyhow::Result<()> {
        let running = self.models.iter().filter(|(_, model)| !model.is_over());
        let running = running.filter(|(_, model)| !self.is_funded || model.asks.payout.is_some());
        let running: Vec<Login> = running.map(|(login, _)| *login).collect();
        let Some(login) = self.draws.pick(&running) else {
            return Ok(());
        };
        let is_lucky = self.draws.chance(if self.is_funded { 75 } else { 45 });
        if !self.is_funded && self.draws.chance(30) {
            return self.streak(login, is_lucky).await;
        }
        self.earn(login, is_lucky).await?;
        if self.draws.chance(80) {
            let all = Command::CloseAll { symbol: None };
            self.trade(login, all).await?;
        }
        self.compare().await?;
        let asks = self.models[&login].asks.payout.as_ref();
        let asks = asks.is_some_and(|one| one.cycle_days == 0);
        match !asks || self.draws.chance(30) {
            true => Ok(()),
            false => self.ask_of(login).await,
        }
    }

    /// The price goes on as it has begun.
    pub(super) async fn streak(&mut self, login: Login, is_lucky: bool) -> anyhow::Result<()> {
        for _ in 0..8 {
            self.earn(login, is_lucky).await?;
            self.compare().await?;
            if self.is_broken() || !self.runs(login) {
                break;
            }
        }
        Ok(())
    }

    pub(super) async fn earn(&mut self, login: Login, is_lucky: bool) -> anyhow::Result<()> {
        let (name, begins, spread, _) = SYMBOLS[0];
        let bid = self.prices.get(name).map_or(begins, |(bid, _)| *bid);
        self.feed(name, bid, spread).await?;
        let most = if self.is_funded { 250 } else { 450 };
        let volume = Volume(100 * self.draws.between(100, most));
        let order = OrderRequest {
            symbol: name.parse()?,
            side: Side::Long,
            volume,
            kind: OrderKind::Market,
            protection: Protection::default(),
            expires_at: None,
        };
        self.trade(login, Command::Place(order)).await?;
        let rise = self.draws.between(bid / 300, bid / 150);
        let bid = if is_lucky { bid + rise } else { bid - rise };
        self.feed(name, bid, spread).await
    }

    fn around(&self, login: Login) -> Around {
        let now = self.world.now();
        let challenge = self.owners[&login].challenge;
        let (number, last_at) = self.payouts.past(challenge);
        let held = self.models[&login].ledger.held.values();
        let mut symbols = held.map(|(symbol, _)| symbol.as_str());
        let is_fresh = symbols.all(|symbol| self.is_fresh(symbol, now));
        Around {
            now,
            number,
            last_at,
            is_in_flight: self.payouts.is_in_flight(login),
            is_known: self.kyc == Kyc::Approved,
            is_fresh,
        }
    }

    pub(super) fn reckoned(&self, login: Login) -> Option<Reckoned> {
        reckon(&self.models[&login], &self.prices, self.around(login))
    }

    pub(super) fn runs(&self, login: Login) -> bool {
        self.phases.get(&login) == Some(&ChallengeState::Active)
    }

    fn fate(&self, login: Login, trigger: Trigger) -> Fate {
        let model = &self.models[&login];
        let Some(terms) = model.asks.payout.as_ref().filter(|_| self.runs(login)) else {
            return Fate::NotFunded;
        };
        let is_by_cycle = trigger == Trigger::Scheduled;
        if !is_by_cycle && terms.cycle_days > 0 {
            return Fate::NotOnDemand;
        }
        if !is_by_cycle && self.payouts.is_in_flight(login) {
            return Fate::InFlight;
        }
        let Some(reckoned) = self.reckoned(login).filter(|_| !model.is_reverted) else {
            return Fate::Unsure;
        };
        let Some(is_met) = reckoned.is_met() else {
            return Fate::Unsure;
        };
        let around = self.around(login);
        let owner = self.owners[&login];
        let taken = |minor: i64| if is_met { minor } else { 0 };
        let fee = Some(price_minor(owner.program));
        let with_fee = is_met && terms.fee_with == Some(around.number);
        let mut kept = Kept {
            login,
            challenge: owner.challenge,
            number: around.number,
            is_by_cycle,
            state: if is_met { "pending" } else { "auto_rejected" }.to_owned(),
            taken_minor: taken(reckoned.taken_minor),
            trader_minor: taken(reckoned.trader_minor),
            firm_minor: taken(reckoned.taken_minor - reckoned.trader_minor),
            share: reckoned.share,
            fee_minor: fee.filter(|_| with_fee),
            first_by: None,
            approved_by: None,
            rejected_by: None,
            asked_at: around.now,
            moves: Vec::new(),
        };
        kept.leave();
        Fate::Made(Box::new(kept))
    }

    /// What was decided holds from here on.
    fn happens(&mut self, login: Login, fate: &Fate) {
        if matches!(fate, Fate::Unsure) {
            self.payouts.unsure.insert(login);
        }
        if let Fate::Made(kept) = fate {
            if let Some(model) = self.models.get_mut(&kept.login)
                && kept.taken_minor > 0
            {
                model.pay_out(kept.taken_minor, kept.asked_at);
            }
            self.moved(kept, "payout", -1);
            self.payouts.due.push_back(kept.as_ref().clone());
        }
    }

    /// These deals have to come.
    pub(super) fn moved(&mut self, kept: &Kept, kind: &'static str, sign: i64) {
        if let Some(model) = self.models.get_mut(&kept.login) {
            let parts = [kept.trader_minor, kept.firm_minor];
            let parts = parts.into_iter().filter(|part| *part > 0);
            model
                .ledger
                .parts
                .extend(parts.map(|part| (kind, sign * part)));
        }
    }

    async fn ask_for_payout(&mut self) -> anyhow::Result<()> {
        match self.draw_account() {
            Some(login) => self.ask_of(login).await,
            None => Ok(()),
        }
    }

    async fn ask_of(&mut self, login: Login) -> anyhow::Result<()> {
        let shown = match self.draws.chance(60) {
            true => self.show(login).await?,
            false => None,
        };
        match self.draws.below(10) {
            0 | 1 if shown.is_some() => Ok(()),
            2 => self.ask_and_crash(login).await,
            3 | 4 => self.ask_twice(login).await,
            _ => self.ask_once(login, shown).await,
        }
    }

    /// What he is shown is what this reckoning says.
    pub(super) async fn show(&mut self, login: Login) -> anyhow::Result<Option<PayoutLook>> {
        let app = self.world.app.clone();
        let asked = async move { app.payout_eligibility(TRADER, Some(login)).await };
        let answer = self.world.ask(asked).await?;
        let model = &self.models[&login];
        let is_funded = model.asks.payout.is_some() && self.runs(login);
        let reckoned = self.reckoned(login).filter(|_| !model.is_reverted);
        match answer {
            Ok(standing) => {
                let look = standing.look;
                let unmet = look.eligibility.unmet().map(|one| one.name.name());
                let unmet: Vec<&str> = unmet.collect();
                let taken = look.eligibility.amounts.taken_minor;
                self.say(&format!(
                    "a payout of {login} would take {taken}: {unmet:?}"
                ));
                if let Some(wrong) = reckoned.and_then(|ours| ours.differs(&look.eligibility)) {
                    self.wrong(
                        "what is shown of a payout is so",
                        format!("{login}: {wrong}"),
                    );
                }
                if !is_funded {
                    self.wrong(
                        "what is shown of a payout is so",
                        format!("{login} is over"),
                    );
                }
                self.floors_stand(login).await?;
                Ok(Some(look))
            }
            Err(error) => {
                self.say(&format!("a payout of {login} is not shown: {error}"));
                if is_funded || !matches!(error, PayoutError::NoFundedAccount) {
                    let row = format!("{login}: {error}");
                    self.wrong("what is shown of a payout is so", row);
                }
                Ok(None)
            }
        }
    }

    pub(super) async fn ask_once(
        &mut self,
        login: Login,
        shown: Option<PayoutLook>,
    ) -> anyhow::Result<()> {
        let fate = self.fate(login, Trigger::OnDemand);
        let app = self.world.app.clone();
        let asked = async move { app.request_payout(TRADER, Some(login)).await };
        let answer = self.world.ask(asked).await?;
        self.happens(login, &fate);
        let word = word_of(&answer);
        self.say(&format!("a payout of {login} is asked for: {word}"));
        self.expect_words(login, vec![fate], vec![word]);
        if let (Some(shown), Ok(payout)) = (shown, &answer) {
            let told = serde_json::to_string(&shown.eligibility)?;
            if told != payout.conditions {
                let row = format!("{login}: {told}, and then {}", payout.conditions);
                self.wrong("what was shown of a payout decides it", row);
            }
        }
        self.after_payout(&[login]).await
    }

    async fn ask_twice(&mut self, login: Login) -> anyhow::Result<()> {
        let app = self.world.app.clone();
        let asked = async move {
            tokio::join!(
                app.request_payout(TRADER, Some(login)),
                app.request_payout(TRADER, Some(login))
            )
        };
        let (one, other) = self.world.ask(asked).await?;
        let mut words = vec![word_of(&one), word_of(&other)];
        words.sort();
        let mut fates = Vec::new();
        for _ in 0..2 {
            let fate = self.fate(login, Trigger::OnDemand);
            self.happens(login, &fate);
            fates.push(fate);
        }
        self.say(&format!("two at once for {login}: {words:?}"));
        self.expect_words(login, fates, words);
        self.after_payout(&[login]).await
    }

    /// The process ends before the desk has taken it in, or before it was answered.
    async fn ask_and_crash(&mut self, login: Login) -> anyhow::Result<()> {
        let fate = self.fate(login, Trigger::OnDemand);
        let ask = PayoutAsk {
            brand_id: TRADER.brand_id,
            login,
            ask: Some(Trigger::OnDemand),
        };
        let is_taken_in = self.draws.chance(60);
        let desk = self.world.app.desk.clone();
        let asked = async move { desk.payout(ask).await };
        self.world.cut_off(asked, u32::from(is_taken_in)).await?;
        self.say(&format!(
            "the process ends while a payout of {login} is asked for, taken in: {is_taken_in}"
        ));
        if is_taken_in {
            self.happens(login, &fate);
        }
        self.after_payout(&[login]).await
    }

    fn expect_words(&mut self, login: Login, fates: Vec<Fate>, words: Vec<String>) {
        let wanted: Option<Vec<&str>> = fates.iter().map(Fate::word).collect();
        let Some(mut wanted) = wanted else { return };
        wanted.sort_unstable();
        if wanted != words {
            let row = format!("{login}: {wanted:?}, not {words:?}");
            self.wrong("a payout is refused for its reason and no other", row);
        }
    }

    /// Finds what was answered among what is stored, and takes its deals in.
    pub(super) async fn after_payout(&mut self, logins: &[Login]) -> anyhow::Result<()> {
        self.recognize().await?;
        self.take_deals(|reason| reason == "payout").await?;
        let now = self.world.now();
        for login in logins {
            self.look_at(*login, now);
        }
        if let [login] = logins {
            self.floors_stand(*login).await?;
        }
        Ok(())
    }

    /// Payouts that are stored and were not known; those of accounts that are not followed are taken as they are.
    pub(super) async fn recognize(&mut self) -> anyhow::Result<Facts> {
        let facts = self.world.store.read(Facts::load).await?;
        for kept in self.payouts.recognize(&facts) {
            let is_followed = self
                .models
                .get(&kept.login)
                .is_some_and(|model| !model.is_reverted);
            if kept.taken_minor == 0 {
                continue;
            }
            self.moved(&kept, "payout", -1);
            if is_followed && let Some(model) = self.models.get_mut(&kept.login) {
                model.pay_out(kept.taken_minor, kept.asked_at);
            }
        }
        Ok(facts)
    }

    /// Where the desk says that the floors stand is where these rules put them.
    pub(super) async fn floors_stand(&mut self, login: Login) -> anyhow::Result<()> {
        let model = &self.models[&login];
        if model.is_over() || model.is_reverted || !self.runs(login) {
            return Ok(());
        }
        let (daily, max) = model.floors();
        let wanted = [daily, Some(max)];
        let desk = self.world.app.desk.clone();
        let view = self
            .world
            .ask(async move { desk.view(login).await })
            .await?;
        self.is_there(view.as_ref().err());
        let rules = view.ok().flatten().and_then(|view| view.rules);
        let limits = rules.map(|rules| rules.limits).unwrap_or_default();
        let level = |name: &str| {
            let found = limits.iter().find(|limit| limit.rule.name() == name);
            found.map(|limit| limit.level_minor)
        };
        let found = [level("daily_loss"), level("max_loss")];
        if found != wanted {
            let row = format!("{login}: {wanted:?}, not {found:?}");
            self.wrong("the floors stand where the rules put them", row);
        }
        Ok(())
    }

    async fn know_customer(&mut self) -> anyhow::Result<()> {
        let all = [Kyc::Approved, Kyc::Approved, Kyc::Approved, Kyc::Rejected];
        let kyc = self.draws.pick(&all).unwrap_or(Kyc::Approved);
        let app = self.world.app.clone();
        app.set_kyc(STAFF, TRADER.customer_id, kyc, "sim".to_owned())
            .await?;
        self.kyc = kyc;
        self.say(&format!("the trader's identity is {}", kyc.name()));
        Ok(())
    }

    /// Time passes until the next cycle has ended.
    async fn wait_for_cycle(&mut self) -> anyhow::Result<()> {
        let ends = self.cycles.iter().filter(|(login, _)| self.runs(**login));
        let Some((end, login)) = ends.map(|(login, end)| (*end, *login)).min() else {
            return self.ask_for_payout().await;
        };
        if self.draws.chance(50) {
            self.earn(login, true).await?;
            let all = Command::CloseAll { symbol: None };
            self.trade(login, all).await?;
            self.compare().await?;
        }
        let step = end.0 - self.world.now().0;
        let early = self.draws.between(0, 1) * 1_000_000;
        self.pass((step - early).max(1)).await?;
        self.close_cycles().await?;
        match self.draws.chance(50) {
            true => self.widen(login).await,
            false => Ok(()),
        }
    }

    /// Cycles that have ended are closed by themselves.
    pub(super) async fn close_cycles(&mut self) -> anyhow::Result<()> {
        let now = self.world.now();
        self.know_accounts().await?;
        let due = self.cycles.iter().filter(|(_, end)| **end <= now);
        let mut due: Vec<_> = due.map(|(login, end)| (*end, *login)).collect();
        due.sort_unstable();
        if due.is_empty() {
            return Ok(());
        }
        let app = self.world.app.clone();
        let closed = self
            .world
            .ask(async move { app.close_payout_cycles().await })
            .await??;
        let mut wanted = 0;
        let mut logins = Vec::new();
        for (_, login) in due {
            if !self.runs(login) {
                self.cycles.remove(&login);
                continue;
            }
            wanted += 1;
            let fate = self.fate(login, Trigger::Scheduled);
            self.happens(login, &fate);
            logins.push(login);
            self.begin_cycle(login, now);
        }
        self.say(&format!("{closed} cycles have ended"));
        let is_followed = self.models.values().all(|model| !model.is_reverted);
        if closed != wanted && is_followed {
            let row = format!("{wanted}, not {closed}");
            self.wrong("every cycle that has ended is closed once", row);
        }
        self.after_payout(&logins).await
    }
}
