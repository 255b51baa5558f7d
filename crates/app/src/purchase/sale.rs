//! A purchase in hand: the purchase and what hangs on it, changed in memory by the transition
//! table and written once. The built-in trading server's steps are these very changes, so a
//! purchase on it is one commit; for a remote one each answer is one.

use crate::transactions::Debt;
use touchstone_domain::challenge::{Challenge, ChallengeState, Phase};
use touchstone_domain::ledger::{ApiData, Entry, EntryHead, LedgerError, Operation};
use touchstone_domain::purchase::{Event, Purchase, Refused, State, Step, transition};
use touchstone_domain::{
    Account, AccountKind, ChallengeId, Group, Login, Money, OrderNo, PhaseId, TransactionId,
    UnixMicros,
};
use touchstone_store::repo::{self, counters};
use touchstone_store::{NewEvent, StoreError, Tx};

/// Why a change could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SaleError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("purchase {purchase} lacks {what}")]
    Broken { purchase: i64, what: &'static str },
}

/// A row that is in the database already, or not yet.
#[derive(Debug)]
struct Row<T> {
    value: T,
    is_new: bool,
    changed: bool,
}

impl<T> Row<T> {
    const fn new(value: T) -> Self {
        Self {
            value,
            is_new: true,
            changed: true,
        }
    }

    const fn stored(value: T) -> Self {
        Self {
            value,
            is_new: false,
            changed: false,
        }
    }

    fn change(&mut self) -> &mut T {
        self.changed = true;
        &mut self.value
    }
}

#[derive(Debug)]
pub struct Sale {
    purchase: Row<Purchase>,
    account: Option<Row<Account>>,
    challenge: Option<Row<Challenge>>,
    phase: Option<Phase>,
    /// Group of the first phase's account.
    group: Group,
    entries: Vec<Entry>,
    /// Change of the money held back on the payer's account.
    hold_change_minor: i64,
    temporary_password_hash: Option<[u8; 32]>,
}

impl Sale {
    /// A purchase that begins now.
    pub const fn begin(purchase: Purchase, group: Group) -> Self {
        Self {
            purchase: Row::new(purchase),
            account: None,
            challenge: None,
            phase: None,
            group,
            entries: Vec::new(),
            hold_change_minor: 0,
            temporary_password_hash: None,
        }
    }

    /// A purchase that is in the database; the caller holds its lock.
    pub fn load(tx: &mut Tx<'_>, purchase: Purchase) -> Result<Self, SaleError> {
        let broken = |what| SaleError::Broken {
            purchase: purchase.id.0,
            what,
        };
        let version = repo::programs::version(tx, purchase.version_id)?
            .ok_or_else(|| broken("its version"))?;
        let step = version
            .terms
            .first_step()
            .ok_or_else(|| broken("a first step"))?;
        let mut group = repo::groups::by_name(tx, purchase.brand_id, &step.group)?
            .ok_or_else(|| broken("its group"))?;
        // What was promised when it was bought, whatever the group gives now.
        group.default_deposit_minor = step.initial_balance_minor;
        let account = match purchase.account_login {
            Some(login) => repo::accounts::lock(tx, login)?,
            None => None,
        };
        let challenge = match purchase.challenge_id {
            Some(id) => repo::challenges::get(tx, id)?,
            None => None,
        };
        Ok(Self {
            purchase: Row::stored(purchase),
            account: account.map(Row::stored),
            challenge: challenge.map(Row::stored),
            phase: None,
            group,
            entries: Vec::new(),
            hold_change_minor: 0,
            temporary_password_hash: None,
        })
    }

    pub const fn purchase(&self) -> &Purchase {
        &self.purchase.value
    }

    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref().map(|row| &row.value)
    }

    pub fn challenge(&self) -> Option<&Challenge> {
        self.challenge.as_ref().map(|row| &row.value)
    }

    pub const fn group(&self) -> &Group {
        &self.group
    }

    /// The password that the account's owner signs in with first.
    pub const fn set_temporary_password(&mut self, hash: [u8; 32]) {
        self.temporary_password_hash = Some(hash);
    }

    /// What a person has to know.
    pub fn set_note(&mut self, note: String) {
        self.purchase.change().note = note;
    }

    /// When the runner looks at it next.
    pub fn set_due(&mut self, due_at: Option<UnixMicros>) {
        self.purchase.change().due_at = due_at;
    }

    /// One more call of the current step.
    pub fn count_call(&mut self) {
        self.purchase.change().step_calls += 1;
    }

    /// Writes the purchase's own row and tells nobody: nothing that others see has changed.
    pub fn save_quietly(self, tx: &mut Tx<'_>) -> Result<(), SaleError> {
        Ok(repo::purchases::update(tx, &self.purchase.value)?)
    }

    pub fn set_transaction(&mut self, id: TransactionId) {
        self.purchase.change().transaction_id = Some(id);
    }

    /// Puts a new purchase where its funding and price make it start.
    pub fn start(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let purchase = self.purchase.change();
        purchase.state = purchase.facts().start();
        if purchase.fee_is_held() {
            self.hold_change_minor += purchase.price.minor;
        }
        let state = purchase.state;
        self.enter(tx, state, now)
    }

    /// The fee of an enrolment or grant came in, or as much of it as the firm asks for: it is
    /// earned, and the delivery begins.
    pub fn take_payment(
        &mut self,
        tx: &mut Tx<'_>,
        earned: Money,
        now: UnixMicros,
    ) -> Result<(), SaleError> {
        let order = self.post(tx, Operation::CashierFee, earned, now)?;
        self.purchase.change().fee_order = order;
        self.happen(tx, Event::PaymentApproved, now)
    }

    /// Does every step that is to be done now on the built-in trading server, where none can fail.
    pub fn deliver(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        while self.purchase().state.step().is_some() {
            self.happen(tx, Event::Done, now)?;
        }
        Ok(())
    }

    /// Takes one event: the transition table decides, and what the event has done becomes entries
    /// and changed rows.
    pub fn happen(
        &mut self,
        tx: &mut Tx<'_>,
        event: Event,
        now: UnixMicros,
    ) -> Result<(), SaleError> {
        let before = self.purchase().state;
        let (after, reason) = transition(before, event, self.purchase().facts())?;
        let was_held = self.purchase().fee_is_held();
        match (before, event) {
            (State::Doing(step) | State::Stuck(step), Event::Done | Event::StaffSettled) => {
                self.step_done(tx, step, now)?;
            }
            (State::Failed, Event::Retry) => self.begin_again(),
            _ => {}
        }
        let purchase = self.purchase.change();
        purchase.state = after;
        purchase.failure_reason = reason;
        purchase.updated_at = now;
        if before != after {
            purchase.step_calls = 0;
        }
        if after.step().is_none() {
            purchase.due_at = None;
        }
        match (was_held, self.purchase().fee_is_held()) {
            (true, false) => self.hold_change_minor -= self.purchase().price.minor,
            (false, true) => self.hold_change_minor += self.purchase().price.minor,
            _ => {}
        }
        self.enter(tx, after, now)
    }

    fn broken(&self, what: &'static str) -> SaleError {
        SaleError::Broken {
            purchase: self.purchase().id.0,
            what,
        }
    }

    fn step_done(&mut self, tx: &mut Tx<'_>, step: Step, now: UnixMicros) -> Result<(), SaleError> {
        match step {
            Step::Withdraw => self.take_fee(tx, now),
            Step::GrantBalance => self.grant_balance(tx, now),
            Step::Enable => self.enable(tx, now),
            Step::TakeBackBalance => {
                // The grant had no answer, and it turns out that it had been done.
                if self.purchase().initial_balance_order.is_none() {
                    self.grant_balance(tx, now)?;
                }
                self.post(
                    tx,
                    Operation::InitialBalanceRollback,
                    self.group.default_deposit(),
                    now,
                )?;
                Ok(())
            }
            Step::OpenAccount | Step::CloseAccount => Ok(()),
            Step::Refund => {
                if self.purchase().fee_order.is_none() {
                    self.take_fee(tx, now)?;
                }
                self.post(tx, Operation::FeeRollback, self.purchase().price, now)?;
                Ok(())
            }
        }
    }

    /// What a state brings with it, whichever way it was reached.
    fn enter(&mut self, tx: &mut Tx<'_>, state: State, now: UnixMicros) -> Result<(), SaleError> {
        match state {
            // Known from the start, so that the fee's record can name it.
            State::Doing(Step::Withdraw) => self.reserve_login(tx).map(drop),
            State::Doing(Step::OpenAccount) => self.reserve_account(tx, now),
            State::RefundDue => {
                self.close(now);
                self.owe_fee(tx, now)
            }
            State::Refunded | State::Failed | State::Abandoned => {
                self.close(now);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A fee that was earned at a cashier and cannot be delivered: it is the customer's again, and
    /// a refund that staff have to pay.
    fn owe_fee(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let Some(order) = self.purchase().fee_order else {
            return Ok(());
        };
        let fee = repo::ledger::by_order(tx, order)?.ok_or_else(|| self.broken("its fee"))?;
        let amount = Money::new(fee.amount_minor, fee.currency);
        self.post(tx, Operation::CashierFeeRefundDue, amount, now)?;
        let of = Debt::of_purchase(self.purchase()).ok_or_else(|| self.broken("its payment"))?;
        of.owe(tx, amount, "the challenge could not be delivered", now)?;
        Ok(())
    }

    fn begin_again(&mut self) {
        let purchase = self.purchase.change();
        purchase.attempt += 1;
        purchase.account_login = None;
        purchase.initial_balance_order = None;
        purchase.note.clear();
        self.account = None;
    }

    fn take_fee(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let order = self.post(tx, Operation::Fee, self.purchase().price, now)?;
        self.purchase.change().fee_order = order;
        Ok(())
    }

    fn reserve_login(&mut self, tx: &mut Tx<'_>) -> Result<Login, SaleError> {
        if let Some(login) = self.purchase().account_login {
            return Ok(login);
        }
        let login = Login(tx.next_id(counters::LOGIN)?);
        self.purchase.change().account_login = Some(login);
        Ok(login)
    }

    /// The account's record, disabled and empty: before it is opened at the trading server, and for
    /// enrolments before they are paid.
    pub fn reserve_account(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let login = self.reserve_login(tx)?;
        if self.account.is_none() {
            self.account = Some(Row::new(self.new_account(login, now)));
        }
        Ok(())
    }

    fn new_account(&self, login: Login, now: UnixMicros) -> Account {
        Account {
            login,
            brand_id: self.purchase().brand_id,
            customer_id: self.purchase().customer_id,
            group_id: self.group.id,
            kind: AccountKind::Challenge,
            currency: self.group.currency,
            leverage: self.group.leverage,
            enabled: false,
            balance_minor: 0,
            held_minor: 0,
            created_at: now,
            closed_at: None,
            must_change_password: true,
        }
    }

    fn grant_balance(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let order = self.post(
            tx,
            Operation::InitialBalance,
            self.group.default_deposit(),
            now,
        )?;
        self.purchase.change().initial_balance_order = order;
        Ok(())
    }

    /// The account may trade; the challenge and its first phase begin.
    fn enable(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let account = self.account.as_mut().ok_or(SaleError::Broken {
            purchase: self.purchase.value.id.0,
            what: "its account",
        })?;
        account.change().enabled = true;
        let login = account.value.login;
        if self.challenge.is_none() {
            self.add_challenge(tx, now)?;
        }
        let broken = self.broken("its challenge");
        let challenge = self.challenge.as_mut().ok_or(broken)?.change();
        challenge.state = ChallengeState::Active;
        challenge.started_at = Some(now);
        challenge.updated_at = now;
        challenge.account_login = login;
        self.phase = Some(Phase {
            id: PhaseId(tx.next_id(counters::PHASE)?),
            challenge_id: challenge.id,
            phase_index: 1,
            account_login: login,
            state: ChallengeState::Active,
            initial_balance_minor: self.group.default_deposit_minor,
            started_at: now,
            ended_at: None,
            created_at: now,
            updated_at: now,
        });
        Ok(())
    }

    /// The challenge's record, not yet active: with the purchase for enrolments, else when it begins.
    pub fn add_challenge(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let login = self
            .purchase()
            .account_login
            .ok_or_else(|| self.broken("its login"))?;
        let id = ChallengeId(tx.next_id(counters::CHALLENGE)?);
        let purchase = self.purchase.change();
        purchase.challenge_id = Some(id);
        self.challenge = Some(Row::new(Challenge {
            id,
            brand_id: purchase.brand_id,
            purchase_id: purchase.id,
            customer_id: purchase.customer_id,
            program_id: purchase.program_id,
            version_id: purchase.version_id,
            state: ChallengeState::Pending,
            current_phase_index: 1,
            account_login: login,
            started_at: None,
            ended_at: None,
            created_at: now,
            updated_at: now,
        }));
        Ok(())
    }

    /// Nothing will come of it: the account stays closed, the challenge is cancelled.
    fn close(&mut self, now: UnixMicros) {
        if let Some(account) = &mut self.account
            && account.value.closed_at.is_none()
        {
            let account = account.change();
            account.enabled = false;
            account.closed_at = Some(now);
        }
        if let Some(challenge) = &mut self.challenge
            && challenge.value.state == ChallengeState::Pending
        {
            let challenge = challenge.change();
            challenge.state = ChallengeState::Cancelled;
            challenge.ended_at = Some(now);
            challenge.updated_at = now;
        }
    }

    /// Adds an entry; none for an amount of zero.
    fn post(
        &mut self,
        tx: &mut Tx<'_>,
        operation: Operation,
        amount: Money,
        now: UnixMicros,
    ) -> Result<Option<OrderNo>, SaleError> {
        if amount.is_zero() {
            return Ok(None);
        }
        let order = OrderNo(tx.next_id(counters::ORDER)?);
        let purchase = self.purchase();
        let login = match operation {
            Operation::Fee | Operation::FeeRollback => purchase.payer_login,
            Operation::CashierFee | Operation::CashierFeeRefundDue => None,
            _ => purchase.account_login,
        };
        let about = ApiData {
            program_id: Some(purchase.program_id),
            purchase_id: Some(purchase.id),
            customer_id: Some(purchase.customer_id),
            payer_login: purchase.payer_login,
            challenge_login: purchase.account_login,
            transaction_id: purchase.transaction_id,
            idempotency_key: Some(purchase.idempotency_key.clone().unwrap_or_default()),
            ..ApiData::default()
        };
        let head = EntryHead {
            order,
            brand_id: purchase.brand_id,
            at: now,
        };
        self.entries
            .push(Entry::new(head, operation, login, amount, &about)?);
        Ok(Some(order))
    }

    /// Writes everything once, and tells the outbox.
    pub fn save(mut self, tx: &mut Tx<'_>) -> Result<Saved, SaleError> {
        for entry in std::mem::take(&mut self.entries) {
            self.save_entry(tx, &entry)?;
        }
        if let (Some(payer), true) = (self.purchase().payer_login, self.hold_change_minor != 0) {
            repo::accounts::add_hold(tx, payer, self.hold_change_minor)?;
        }
        if let Some(account) = &self.account {
            if account.is_new {
                repo::accounts::insert(
                    tx,
                    &account.value,
                    self.temporary_password_hash.as_ref().map(|h| &h[..]),
                )?;
            } else if account.changed {
                repo::accounts::set_life(tx, &account.value)?;
            }
        }
        if self.purchase.is_new {
            repo::purchases::insert(tx, &self.purchase.value)?;
        } else if self.purchase.changed {
            repo::purchases::update(tx, &self.purchase.value)?;
        }
        if let Some(challenge) = &self.challenge {
            if challenge.is_new {
                repo::challenges::insert(tx, &challenge.value)?;
            } else if challenge.changed {
                repo::challenges::update(tx, &challenge.value)?;
            }
        }
        if let Some(phase) = &self.phase {
            repo::challenges::insert_phase(tx, phase, 1)?;
        }
        self.announce(tx)?;
        Ok(Saved {
            purchase: self.purchase.value,
            account: self.account.map(|row| row.value),
            challenge: self.challenge.map(|row| row.value),
            group: self.group,
        })
    }

    /// An account that is inserted with this commit starts with the balance that its entries give
    /// it; every other balance is moved in place.
    fn save_entry(&mut self, tx: &mut Tx<'_>, entry: &Entry) -> Result<(), SaleError> {
        match &mut self.account {
            Some(account) if account.is_new && entry.login() == Some(account.value.login) => {
                account.value.balance_minor += entry.signed_minor();
                Ok(repo::ledger::record(tx, entry)?)
            }
            _ => Ok(repo::ledger::post(tx, entry)?),
        }
    }

    fn announce(&self, tx: &mut Tx<'_>) -> Result<(), SaleError> {
        let purchase = self.purchase();
        if !self.purchase.changed {
            return Ok(());
        }
        let body = serde_json::json!({
            "purchase_id": purchase.id,
            "program_id": purchase.program_id,
            "customer_id": purchase.customer_id,
            "state": purchase.state.name(),
            "failure_reason": purchase.failure_reason,
            "challenge_id": purchase.challenge_id,
            "account_login": purchase.account_login,
        })
        .to_string();
        tx.append_event(&NewEvent {
            at_us: purchase.updated_at.0,
            brand_id: purchase.brand_id.0,
            kind: event_kind(purchase.state),
            subject_kind: "purchase",
            subject_id: purchase.id.0,
            challenge_id: purchase.challenge_id.map(|id| id.0),
            body: &body,
        })?;
        Ok(())
    }
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Saved {
    pub purchase: Purchase,
    pub account: Option<Account>,
    pub challenge: Option<Challenge>,
    pub group: Group,
}

const fn event_kind(state: State) -> &'static str {
    match state {
        State::AwaitingPayment => "purchase.awaiting_payment",
        State::Doing(_) => "purchase.in_progress",
        State::Stuck(_) => "purchase.stuck",
        State::RefundDue => "purchase.refund_due",
        State::Active => "challenge.activated",
        State::Refunded => "purchase.refunded",
        State::Failed => "purchase.failed",
        State::Abandoned => "purchase.abandoned",
    }
}
