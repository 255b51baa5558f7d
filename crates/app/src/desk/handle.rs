//! How everybody else talks to the desk.

use super::addon::Addition;
use super::backlog::{Backlog, BacklogView};
use super::board::{BoardAsk, BoardView};
use super::call_off::CallOff;
use super::feeds::FeedsView;
use super::growth::GrowthAsk;
use super::instruments::Instruments;
use super::payout::{PayoutAsk, PayoutLook, PayoutReject};
use super::settings::QUEUE_LIMIT;
use super::shard::{AccountView, Answer, Asked, QuoteView};
use crate::claims::ClaimRefusal;
use crate::identity::StaffActor;
use crate::ports::uptime;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use touchstone_domain::conversion::Pair;
use touchstone_domain::payout::{GrowthLook, PayoutRefused};
use touchstone_domain::{BrandId, BreachId, Login, PayoutId, PurchaseId, UnixMicros};
use touchstone_trading::{Preflight, Tick, TickFault};

/// Why the desk has not done what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// No desk runs here, or it is about to be built again.
    #[error("the desk is not there just now; try again")]
    Unavailable,
    #[error("too much waits for the desk; try again")]
    Overloaded,
    /// The commit failed, or nobody knows: a repeat with the same client id is answered truly.
    #[error("it is not known whether it was done; repeat it with the same client id")]
    Unknown,
    /// The account is of another server's shard, or of no challenge that runs.
    #[error("the account is not traded here")]
    NotTraded,
    #[error("the breach is not there")]
    NoBreach,
    /// A limit of the day would be crossed at once.
    #[error("a limit of the day would be crossed at once by this anchor")]
    AnchorCrosses,
    #[error("the account is not funded: nothing is paid out of it")]
    NotFunded,
    #[error("the payouts of this account are made by themselves")]
    NotOnDemand,
    #[error("a payout of the account is in flight")]
    PayoutInFlight(PayoutId),
    #[error("the payout is not there")]
    NoPayout,
    #[error(transparent)]
    PayoutRefused(PayoutRefused),
    #[error(transparent)]
    Claim(ClaimRefusal),
    #[error("the breach cannot be reverted: {0}")]
    NotRevertible(&'static str),
}

/// What became of a batch of ticks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedReport {
    pub accepted: u64,
    pub flagged: BTreeMap<TickFault, u64>,
    pub refused: BTreeMap<TickFault, u64>,
    /// Ticks of symbols that nobody trades here.
    pub unknown: u64,
    /// The desk's number of the last tick.
    pub last_seq: i64,
}

/// What becomes of the balance when a breach is reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restore {
    /// Nothing: a floor that is still crossed rests until the equity is above it again.
    None,
    /// A correction makes the equity what it was before the positions were closed.
    EquityBefore,
}

impl Restore {
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::EquityBefore => "equity_before",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewOutcome {
    Reverted {
        correction_minor: i64,
    },
    /// It was reverted before.
    Unchanged,
}

/// Staff take a breach back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Revert {
    pub brand_id: BrandId,
    pub breach: BreachId,
    pub staff: StaffActor,
    pub reason: String,
    pub restore: Restore,
}

/// Staff set what the day's loss of an account is counted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAnchor {
    pub brand_id: BrandId,
    pub login: Login,
    pub staff: StaffActor,
    pub anchor_minor: i64,
    pub reason: String,
    /// Also when a limit of the day is crossed by it at once.
    pub may_breach: bool,
}

pub(super) type Reply<T> = oneshot::Sender<Result<T, DeskError>>;

/// One thing that the loop is asked for.
pub(super) enum Request {
    Command(Asked, Reply<Answer>),
    Preflight(Asked, Reply<Result<Preflight, Answer>>),
    Feed(Arc<str>, Vec<Tick>, Reply<FeedReport>),
    View(Login, Reply<Option<AccountView>>),
    /// Of each.
    Views(Vec<Login>, Reply<Vec<Option<AccountView>>>),
    Quotes(Reply<Vec<QuoteView>>),
    /// The next instant at which something falls due by itself.
    Boundary(Reply<UnixMicros>),
    /// For staff of a brand.
    Feeds(BrandId, Reply<FeedsView>),
    Board(BoardAsk, Reply<BoardView>),
    Revert(Revert, Reply<ReviewOutcome>),
    Anchor(SetAnchor, Reply<()>),
    Payout(PayoutAsk, Reply<PayoutLook>),
    RejectPayout(PayoutReject, Reply<()>),
    Growth(GrowthAsk, Reply<Option<GrowthLook>>),
    /// What was bought for a challenge later is to be applied.
    Add(PurchaseId, Reply<Addition>),
    CallOff(CallOff, Reply<()>),
    /// Time may have passed, or an account may have been opened. Answered when that is taken in.
    Wake(Reply<()>),
}

impl Request {
    /// Answers that there is no desk.
    pub fn refuse(self) {
        let error = DeskError::Unavailable;
        match self {
            Self::Command(_, reply) => drop(reply.send(Err(error))),
            Self::Preflight(_, reply) => drop(reply.send(Err(error))),
            Self::Feed(_, _, reply) => drop(reply.send(Err(error))),
            Self::View(_, reply) => drop(reply.send(Err(error))),
            Self::Views(_, reply) => drop(reply.send(Err(error))),
            Self::Quotes(reply) => drop(reply.send(Err(error))),
            Self::Boundary(reply) => drop(reply.send(Err(error))),
            Self::Board(_, reply) => drop(reply.send(Err(error))),
            Self::Feeds(_, reply) => drop(reply.send(Err(error))),
            Self::Revert(_, reply) => drop(reply.send(Err(error))),
            Self::Anchor(_, reply) => drop(reply.send(Err(error))),
            Self::Payout(_, reply) => drop(reply.send(Err(error))),
            Self::RejectPayout(_, reply) => drop(reply.send(Err(error))),
            Self::Growth(_, reply) => drop(reply.send(Err(error))),
            Self::Add(_, reply) => drop(reply.send(Err(error))),
            Self::CallOff(_, reply) => drop(reply.send(Err(error))),
            Self::Wake(reply) => drop(reply.send(Err(error))),
        }
    }
}

/// A request, and when it was made.
pub(super) struct Waiting {
    pub since: Duration,
    pub request: Request,
}

/// A handle on the desk. Clones share it.
#[derive(Clone)]
pub struct Desk {
    requests: SyncSender<Waiting>,
    instruments: Arc<Instruments>,
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub is_running: AtomicBool,
    backlog: Mutex<Backlog>,
    /// Told anew with each turn that had prices.
    pairs: Mutex<Arc<[Pair]>>,
    inbox: Mutex<Option<Receiver<Waiting>>>,
}

impl Shared {
    pub fn backlog(&self) -> MutexGuard<'_, Backlog> {
        self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn pairs(&self) -> MutexGuard<'_, Arc<[Pair]>> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    pub fn new(instruments: Instruments) -> Self {
        let (requests, inbox) = sync_channel(QUEUE_LIMIT);
        Self {
            requests,
            instruments: Arc::new(instruments),
            shared: Arc::new(Shared {
                is_running: AtomicBool::new(false),
                backlog: Mutex::default(),
                pairs: Mutex::default(),
                inbox: Mutex::new(Some(inbox)),
            }),
        }
    }

    pub const fn instruments(&self) -> &Arc<Instruments> {
        &self.instruments
    }

    /// The other end; `None` when a loop has it already.
    pub(super) fn take_inbox(&self) -> Option<Receiver<Waiting>> {
        self.shared
            .inbox
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    pub fn is_running(&self) -> bool {
        self.shared.is_running.load(Ordering::Acquire)
    }

    /// # Errors
    /// See [`DeskError`]; a refusal is an answer.
    pub async fn command(&self, asked: Asked) -> Result<Answer, DeskError> {
        self.ask(|reply| Request::Command(asked, reply)).await
    }

    /// What a command would come to; nothing is changed.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn preflight(&self, asked: Asked) -> Result<Result<Preflight, Answer>, DeskError> {
        self.ask(|reply| Request::Preflight(asked, reply)).await
    }

    /// Ticks of one source, in order. Answered when they are durable.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn feed(&self, source: Arc<str>, ticks: Vec<Tick>) -> Result<FeedReport, DeskError> {
        self.ask(|reply| Request::Feed(source, ticks, reply)).await
    }

    /// How an account stands; `None` when it is not traded here.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn view(&self, login: Login) -> Result<Option<AccountView>, DeskError> {
        self.ask(|reply| Request::View(login, reply)).await
    }

    /// How several stand, as [`Self::view`] tells it of each.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn views(&self, logins: Vec<Login>) -> Result<Vec<Option<AccountView>>, DeskError> {
        self.ask(|reply| Request::Views(logins, reply)).await
    }

    /// # Errors
    /// See [`DeskError`].
    pub async fn quotes(&self) -> Result<Vec<QuoteView>, DeskError> {
        self.ask(Request::Quotes).await
    }

    /// The last prices as rates between currencies; none where no desk runs. They may be old.
    pub fn pairs(&self) -> Arc<[Pair]> {
        Arc::clone(&self.shared.pairs())
    }

    /// The next instant at which rules, nights or orders fall due.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn next_boundary(&self) -> Result<UnixMicros, DeskError> {
        self.ask(Request::Boundary).await
    }

    /// What came in from each feed, and how far behind the desk is.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn feeds(&self, brand: BrandId) -> Result<FeedsView, DeskError> {
        self.ask(|reply| Request::Feeds(brand, reply)).await
    }

    /// The accounts of a brand that run, those first that are closest to a floor.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn board(&self, ask: BoardAsk) -> Result<BoardView, DeskError> {
        self.ask(|reply| Request::Board(ask, reply)).await
    }

    /// How far behind the desk is; `now` is what the feeds' times are compared with.
    pub fn backlog(&self, now: UnixMicros) -> BacklogView {
        self.shared.backlog().view(uptime(), now)
    }

    /// # Errors
    /// See [`DeskError`].
    pub async fn revert(
        &self,
        brand_id: BrandId,
        breach: BreachId,
        staff: impl Into<StaffActor>,
        reason: String,
        restore: Restore,
    ) -> Result<ReviewOutcome, DeskError> {
        let revert = Revert {
            brand_id,
            breach,
            staff: staff.into(),
            reason,
            restore,
        };
        self.ask(|reply| Request::Revert(revert, reply)).await
    }

    /// Sets the anchor of the day in place of the one that was taken.
    ///
    /// # Errors
    /// [`DeskError::AnchorCrosses`], unless it may, and the others.
    pub async fn set_anchor(&self, anchor: SetAnchor) -> Result<(), DeskError> {
        self.ask(|reply| Request::Anchor(anchor, reply)).await
    }

    /// What keeps a payout; asks for it, where that is wanted.
    ///
    /// # Errors
    /// [`DeskError::NotFunded`], [`DeskError::NotOnDemand`], [`DeskError::PayoutInFlight`], and the others.
    pub async fn payout(&self, ask: PayoutAsk) -> Result<PayoutLook, DeskError> {
        self.ask(|reply| Request::Payout(ask, reply)).await
    }

    /// Gives the profit of a refused payout back.
    ///
    /// # Errors
    /// [`DeskError::PayoutRefused`] for one that is decided otherwise, and the others.
    pub async fn reject_payout(&self, reject: PayoutReject) -> Result<(), DeskError> {
        self.ask(|reply| Request::RejectPayout(reject, reply)).await
    }

    /// How an account stands for its next growth, which it takes if that is wanted and earned; `None` for one without a
    /// scaling plan.
    ///
    /// # Errors
    /// [`DeskError::NotFunded`], and the others.
    pub async fn growth(&self, ask: GrowthAsk) -> Result<Option<GrowthLook>, DeskError> {
        self.ask(|reply| Request::Growth(ask, reply)).await
    }

    /// Applies what was bought for a challenge later, if that still waits.
    ///
    /// # Errors
    /// See [`DeskError`]; then it waits as before, or nobody knows.
    pub async fn add(&self, purchase: PurchaseId) -> Result<Addition, DeskError> {
        self.ask(|reply| Request::Add(purchase, reply)).await
    }

    /// Ends a challenge whose fee goes away: everything is closed, and the fee moves in the same commit.
    ///
    /// # Errors
    /// [`DeskError::Claim`] for what stands against it, and the others.
    pub(crate) async fn call_off(&self, off: CallOff) -> Result<(), DeskError> {
        self.ask(|reply| Request::CallOff(off, reply)).await
    }

    /// Lets the desk take in what time it is and which accounts there are; answered when it has.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn wake(&self) -> Result<(), DeskError> {
        self.ask(Request::Wake).await
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, DeskError> {
        if !self.is_running() {
            return Err(DeskError::Unavailable);
        }
        let (reply, answer) = oneshot::channel();
        self.enqueue(request(reply))?;
        answer.await.unwrap_or(Err(DeskError::Unknown))
    }

    fn enqueue(&self, request: Request) -> Result<(), DeskError> {
        let since = uptime();
        // Sent and noted as one, so that both are in the same order.
        let mut backlog = self.shared.backlog();
        self.requests
            .try_send(Waiting { since, request })
            .map_err(|error| match error {
                TrySendError::Full(_) => DeskError::Overloaded,
                TrySendError::Disconnected(_) => DeskError::Unavailable,
            })?;
        backlog.asked(since);
        Ok(())
    }
}
