//! One world: a database, an application on it that can be ended at any moment and begun anew, a
//! clock, a network, and what was asked and answered.

use crate::ask::{Ask, Reply};
use crate::auditor::{Auditor, Snapshot};
use crate::clock::{START, SimClock};
use crate::network::{Fate, Network};
use crate::stage::{Place, Stage};
use crate::trace::Trace;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use touchstone_app::App;
use touchstone_app::check::{CheckError, ROWS_EACH, Report, check};
use touchstone_app::keys::Keys;
use touchstone_app::ports::{DemoCashier, Ports, SeededRandom, TradingServer};
use touchstone_app::settings::Settings;
use touchstone_domain::BrandId;
use touchstone_domain::transaction::Transaction;
use touchstone_store::repo::transaction_list::{self, Filter};
use touchstone_store::{Store, StoreError, Tx};
use url::Url;

/// How long one call of the application may take before it gives up on it.
pub const CALL_TIMEOUT_MS: u64 = 10_000;
/// Longer than any world lasts: whoever waits that long waits for the end.
const FOREVER_MS: u64 = 3_600_000;
/// Unknown outcomes of one step before staff are asked: few, so that it happens.
const CALLS_LIMIT: i64 = 2;

/// What the settings say about what waits for a payment, or for staff.
pub const PENDING_JOURNEYS_LIMIT: i64 = 4;
pub const PENDING_DEPOSITS_LIMIT: i64 = 3;
pub const PENDING_WITHDRAWALS_LIMIT: i64 = 2;
const UNPAID_AFTER_SECONDS: i64 = 7 * 86_400;
pub const UNPAID_AFTER_MICROS: i64 = UNPAID_AFTER_SECONDS * 1_000_000;

/// More transactions than a world makes.
const LIST_LIMIT: i64 = 10_000;

/// How long somebody waits for his answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    UntilTheEnd,
    /// He is answered with what is true as soon as his request is durable.
    None,
}

pub struct World<'a> {
    stage: &'a Stage,
    place: Place,
    life: Life,
    remote: bool,
    random: Arc<SeededRandom>,
    pub clock: Arc<SimClock>,
    pub network: Arc<Network>,
    pub trace: Trace,
    pub auditor: Auditor,
    requests: BTreeMap<u64, JoinHandle<Reply>>,
    next_request: u64,
    pub asked: Vec<(u64, Ask)>,
}

/// What ends with a crash.
struct Life {
    runtime: Runtime,
    patient: App,
    hurried: App,
}

impl<'a> World<'a> {
    /// A world with the firm and nobody asking yet.
    ///
    /// # Errors
    /// When the machine does not give what it takes.
    pub fn begin(stage: &'a Stage, seed: u64, remote: bool) -> anyhow::Result<Self> {
        let place = stage.place()?;
        let clock = Arc::new(SimClock::default());
        let network = Arc::new(Network::new(clock.clone()));
        let random = Arc::new(SeededRandom::new(seed));
        let ports = ports(&clock, &random, remote.then_some(&network));
        let life = Life::begin(place.open()?, ports)?;
        Ok(Self {
            stage,
            place,
            life,
            remote,
            random,
            clock,
            network,
            trace: Trace::default(),
            auditor: Auditor::new(remote),
            requests: BTreeMap::new(),
            next_request: 1,
            asked: Vec::new(),
        })
    }

    pub fn say(&mut self, text: &str) {
        self.trace.say(self.clock.time(), START, text);
    }

    pub fn keys(&self) -> Arc<Keys> {
        self.life.patient.keys.clone()
    }

    /// Requests that have no answer yet.
    pub fn in_flight(&self) -> usize {
        self.requests.len()
    }

    /// Somebody asks, and everything runs until nothing can go on by itself.
    pub fn ask(&mut self, ask: Ask, patience: Patience) {
        let number = self.send(ask, patience);
        if patience == Patience::None
            && let Some(request) = self.requests.get_mut(&number)
        {
            // Ends by itself, whatever the network does.
            let reply = self.life.runtime.block_on(request);
            self.requests.remove(&number);
            self.take_answer(number, reply);
        }
        self.settle();
    }

    /// The same request twice at once, as from a double click.
    pub fn ask_twice(&mut self, ask: &Ask) {
        self.send(ask.clone(), Patience::UntilTheEnd);
        self.send(ask.clone(), Patience::UntilTheEnd);
        self.settle();
    }

    fn send(&mut self, ask: Ask, patience: Patience) -> u64 {
        let number = self.next_request;
        self.next_request += 1;
        let waits = match patience {
            Patience::UntilTheEnd => "",
            Patience::None => ", in a hurry",
        };
        self.say(&format!("#{number} {}{waits}", ask.words()));
        self.auditor.asked(number, &ask);
        let app = match patience {
            Patience::UntilTheEnd => self.life.patient.clone(),
            Patience::None => self.life.hurried.clone(),
        };
        let request = self.life.runtime.spawn(ask.clone().send(app));
        self.requests.insert(number, request);
        self.asked.push((number, ask));
        number
    }

    /// Runs everything until it waits for the network or is done, and takes the answers.
    pub fn settle(&mut self) {
        let rest = come_to_rest(&self.life.patient.store, &self.network, &self.clock);
        self.life.runtime.block_on(rest);
        let mut done: Vec<u64> = Vec::new();
        for (number, request) in &self.requests {
            if request.is_finished() {
                done.push(*number);
            }
        }
        for number in done {
            if let Some(request) = self.requests.remove(&number) {
                let reply = self.life.runtime.block_on(request);
                self.take_answer(number, reply);
            }
        }
    }

    fn take_answer(&mut self, number: u64, reply: Result<Reply, tokio::task::JoinError>) {
        let reply = reply.unwrap_or_else(|error| Reply::Broken(error.to_string()));
        self.say(&format!("#{number} -> {}", reply.words()));
        self.auditor.answered(number, &reply);
    }

    /// The connection of the oldest request breaks; what it began goes on.
    pub fn hang_up(&mut self) {
        if let Some((number, request)) = self.requests.pop_first() {
            request.abort();
            self.say(&format!("#{number} loses its connection"));
            self.auditor.unanswered(number);
            self.settle();
        }
    }

    /// Decides the fate of a call that waits at the network.
    pub fn decide(&mut self, call: u64, fate: Fate) {
        let name = self.network.name_of(call);
        self.say(&format!("call {name}: {fate:?}"));
        self.network.decide(call, fate);
        self.settle();
    }

    /// The process ends, every request loses its answer, and a new one begins on the same
    /// database. `fates` are those of the calls that wait, oldest first.
    ///
    /// # Errors
    /// When the new process cannot begin.
    pub fn crash(&mut self, power_loss: bool, fates: &[Fate]) -> anyhow::Result<()> {
        let calls = self.network.waiting();
        for (call, fate) in calls.iter().zip(fates) {
            let name = self.network.name_of(*call);
            self.say(&format!("call {name}: {fate:?}, and nobody hears of it"));
            self.network.decide(*call, *fate);
        }
        self.say(match power_loss {
            true => "the power fails; a new process begins",
            false => "the process is stopped; a new one begins",
        });
        for (number, request) in std::mem::take(&mut self.requests) {
            request.abort();
            self.auditor.unanswered(number);
        }
        self.clock.spare_the_store();
        let next = match power_loss {
            true => Some(self.place.after_power_loss(self.stage)?),
            false => None,
        };
        self.life.patient.store.clone().close_blocking();
        if let Some(next) = next {
            self.place = next;
        }
        let network = self.remote.then_some(&self.network);
        let ports = ports(&self.clock, &self.random, network);
        self.life = Life::begin(self.place.open()?, ports)?;
        Ok(())
    }

    /// The store closes before the commit after the next `spared` readings of the clock.
    pub fn close_store_later(&mut self, spared: u64) {
        self.say(&format!("the store will close in {spared} commits or so"));
        self.clock
            .close_later(self.life.patient.store.clone(), spared);
    }

    /// Whether the store was closed by the clock.
    pub fn is_store_closed(&self) -> bool {
        let write = self.life.patient.store.write(nothing);
        matches!(self.life.runtime.block_on(write), Err(StoreError::Closed))
    }

    /// Everything that stands in the database.
    ///
    /// # Errors
    /// The store's.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let at = self.clock.time();
        let store = &self.life.patient.store;
        let read = store.read(move |tx| Snapshot::load(tx, at));
        self.life.runtime.block_on(read)
    }

    /// What `touchstone check` says.
    ///
    /// # Errors
    /// When it cannot look.
    pub fn check(&self) -> Result<Report, CheckError> {
        let read = self.life.patient.store.read(|tx| check(tx, ROWS_EACH));
        self.life.runtime.block_on(read)
    }

    /// Asks the store something that no use case asks.
    ///
    /// # Errors
    /// The store's.
    pub fn read<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.life
            .runtime
            .block_on(self.life.patient.store.read(work))
    }

    /// What staff of a brand see among its transactions: all of them.
    ///
    /// # Errors
    /// The store's.
    pub fn transactions(&self, brand: BrandId) -> Result<Vec<Transaction>, StoreError> {
        let all = Filter::default();
        let listed = self.read(move |tx| transaction_list::page(tx, brand, &all, LIST_LIMIT, 0))?;
        Ok(listed.into_iter().map(|row| row.transaction).collect())
    }

    #[cfg(test)]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Asks beside the auditor's back.
    #[cfg(test)]
    pub fn ask_now(&self, ask: Ask) -> Reply {
        let app = self.life.patient.clone();
        self.life.runtime.block_on(ask.send(app))
    }

    pub fn end(self) {
        let store = self.life.patient.store.clone();
        drop(self.life);
        store.close_blocking();
    }
}

fn ports(
    clock: &Arc<SimClock>,
    random: &Arc<SeededRandom>,
    network: Option<&Arc<Network>>,
) -> Ports {
    Ports {
        clock: clock.clone(),
        random: random.clone(),
        remote_trading: network.map(|network| network.clone() as Arc<dyn TradingServer>),
        cashier: Some(Arc::new(DemoCashier::new(public_url()))),
    }
}

/// Where customers reach the built-in cashier.
fn public_url() -> Url {
    Url::parse("https://prop.sim.test").expect("a good address")
}

impl Life {
    fn begin(store: Store, ports: Ports) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let keys = Keys::new(&secrecy::SecretBox::new(Box::new([7; 32])));
        let app = App::new(store, ports, settings(FOREVER_MS), keys);
        let patient = runtime.block_on(app)?;
        let mut hurried = patient.clone();
        hurried.settings = Arc::new(settings(0));
        Ok(Self {
            runtime,
            patient,
            hurried,
        })
    }
}

fn settings(answer_within_ms: u64) -> Settings {
    let mut settings = Settings::default();
    settings.remote_trading.answer_within_ms = answer_within_ms;
    settings.remote_trading.call_timeout_ms = CALL_TIMEOUT_MS;
    settings.remote_trading.calls_limit = CALLS_LIMIT;
    settings.pending_journeys_limit = PENDING_JOURNEYS_LIMIT;
    settings.pending_deposits_limit = PENDING_DEPOSITS_LIMIT;
    settings.pending_withdrawals_limit = PENDING_WITHDRAWALS_LIMIT;
    settings.unpaid_after_seconds = UNPAID_AFTER_SECONDS;
    settings
}

fn nothing(_: &mut Tx<'_>) -> Result<(), StoreError> {
    Ok(())
}

/// Rounds without a sign of life after which nothing is under way.
const QUIET_ROUNDS: u32 = 3;

/// Waits until every task is done or waits for the network.
///
/// The store serves in order: what a task had asked for before a round began is answered by the
/// end of the round, and the task has asked for the next thing.
async fn come_to_rest(store: &Store, network: &Network, clock: &SimClock) {
    let metrics = tokio::runtime::Handle::current().metrics();
    let mut quiet = 0;
    let mut rounds = 0;
    let mut before = None;
    while quiet < QUIET_ROUNDS {
        tokio::task::yield_now().await;
        let tasks = metrics.num_alive_tasks();
        let calls = network.waiting();
        // As many calls as tasks would say nothing: a call stays where it is when its task is gone, and one task can
        // wait for several.
        if tasks == 0 {
            return;
        }
        let commands = store.stats().commands.saturating_sub(rounds);
        let now = Some((tasks, calls, clock.readings(), commands));
        quiet = if now == before { quiet + 1 } else { 0 };
        before = now;
        // A closed store answers at once, and so it does to every task.
        let wrote = store.write(nothing).await.is_ok();
        rounds += u64::from(wrote);
        let _ = store.read(nothing).await;
    }
}
