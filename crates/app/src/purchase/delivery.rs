//! Purchases on a remote trading server: each call is made between two commits. The intent is
//! durable before the call, the call carries our reference, the answer is durable after it. A
//! time-out is not a refusal, and a crash anywhere is picked up by the runner.

use super::buy::{Bought, BuyError};
use super::sale::{Sale, SaleError};
use crate::App;
use crate::ports::{Answer, Call, TradingServer};
use std::time::Duration;
use touchstone_domain::purchase::{Event, Purchase, State, Step};
use touchstone_domain::{Money, PurchaseId, UnixMicros};
use touchstone_store::repo::{self, purchases::StepRow};
use touchstone_store::{StoreError, Tx};

/// Added to the time a call may take before another driver takes the step over.
const LEASE_MARGIN_MICROS: i64 = 2_000_000;
/// Purchases that one look of the runner takes up.
const DUE_LIMIT: i64 = 64;
const MICROS_PER_MS: i64 = 1_000;

/// A step that this driver has claimed; nobody else makes the call until the lease ends.
#[derive(Debug)]
struct Claim {
    purchase: PurchaseId,
    attempt: i64,
    step: Step,
    call: Call,
}

impl App {
    /// Waits for the end of a purchase that is under way, as long as a request may wait.
    pub(super) async fn await_delivery(&self, bought: Bought) -> Result<Bought, BuyError> {
        if bought.purchase.state.step().is_none() {
            return Ok(bought);
        }
        let id = bought.purchase.id;
        self.drive_for_a_while(id).await;
        let app = self.clone();
        let mut now = self.store.read(move |tx| app.reload(tx, id)).await?;
        now.idempotent = bought.idempotent;
        if now.purchase.state == State::Active && !now.idempotent {
            now.temporary_password = self.issue_first_password(&now).await?;
        }
        match now.purchase.failure_reason {
            Some(reason) => Err(BuyError::Failed {
                reason,
                bought: Box::new(now),
            }),
            None => Ok(now),
        }
    }

    /// Drives a purchase as long as a request may wait; the driver goes on when the time is over.
    pub(super) async fn drive_for_a_while(&self, id: PurchaseId) {
        let app = self.clone();
        let driver = tokio::spawn(async move { app.drive(id).await });
        let wait = Duration::from_millis(self.settings.remote_trading.answer_within_ms);
        // What the driver could not do is done by the runner; the answer is the stored truth.
        let _ = tokio::time::timeout(wait, driver).await;
    }

    /// A password for an account that never had one: two who ask at once do not both get one.
    async fn issue_first_password(&self, bought: &Bought) -> Result<Option<String>, BuyError> {
        let Some(login) = bought.purchase.account_login else {
            return Ok(None);
        };
        let password = hex::encode(self.ports.random.bytes::<6>());
        let hash = self.keys.temporary_password_hash(login, &password);
        let is_first = self
            .store
            .write(move |tx| repo::accounts::set_first_password(tx, login, &hash))
            .await
            .map_err(BuyError::from)?;
        Ok(is_first.then_some(password))
    }

    /// Drives one purchase until it rests: at an end, with a person, or waiting for another try.
    pub async fn drive(&self, id: PurchaseId) -> Result<(), SaleError> {
        let Some(server) = self.ports.remote_trading.clone() else {
            self.apply_addons(id).await;
            return Ok(());
        };
        loop {
            let now = self.now();
            let app = self.clone();
            let claim = self.store.write(move |tx| app.claim(tx, id, now)).await?;
            let Some(claim) = claim else { return Ok(()) };
            let answer = self.ask(server.as_ref(), &claim.call).await;
            let now = self.now();
            let app = self.clone();
            let goes_on = self
                .store
                .write(move |tx| app.settle(tx, &claim, &answer, now))
                .await?;
            if !goes_on {
                return Ok(());
            }
        }
    }

    async fn ask(&self, server: &dyn TradingServer, call: &Call) -> Answer {
        let limit = Duration::from_millis(self.settings.remote_trading.call_timeout_ms);
        match tokio::time::timeout(limit, server.call(call)).await {
            Ok(answer) => answer,
            Err(_) => Answer::Unknown {
                detail: "no answer in time".into(),
            },
        }
    }

    /// Drives everything that is due now; gives how many purchases that were.
    pub async fn drive_due(&self) -> Result<usize, SaleError> {
        let now = self.now();
        let due = self
            .store
            .read(move |tx| repo::purchases::due(tx, now, DUE_LIMIT))
            .await?;
        for id in &due {
            self.drive(*id).await?;
        }
        Ok(due.len())
    }

    fn claim(
        &self,
        tx: &mut Tx<'_>,
        id: PurchaseId,
        now: UnixMicros,
    ) -> Result<Option<Claim>, SaleError> {
        let Some(purchase) = repo::purchases::lock(tx, id)? else {
            return Ok(None);
        };
        let (Some(step), Some(due)) = (purchase.state.step(), purchase.due_at) else {
            return Ok(None);
        };
        if due > now {
            return Ok(None);
        }
        let lease = i64::try_from(self.settings.remote_trading.call_timeout_ms)
            .unwrap_or(i64::MAX / MICROS_PER_MS);
        let mut sale = Sale::load(tx, purchase)?;
        sale.set_due(Some(
            now.plus_micros(lease.saturating_mul(MICROS_PER_MS))
                .plus_micros(LEASE_MARGIN_MICROS),
        ));
        sale.count_call();
        let call = call_of(&sale, step);
        let attempt = sale.purchase().attempt;
        sale.save_quietly(tx)?;
        Ok(call.map(|call| Claim {
            purchase: id,
            attempt,
            step,
            call,
        }))
    }

    /// Makes an answer durable. Gives whether there is more to do now.
    fn settle(
        &self,
        tx: &mut Tx<'_>,
        claim: &Claim,
        answer: &Answer,
        now: UnixMicros,
    ) -> Result<bool, SaleError> {
        let Some(purchase) = repo::purchases::lock(tx, claim.purchase)? else {
            return Ok(false);
        };
        let same = purchase.state == State::Doing(claim.step) && purchase.attempt == claim.attempt;
        if !same {
            // Cancelled meanwhile, or another driver was faster: the undo goes by our reference.
            return Ok(false);
        }
        let (event, detail) = event_of(answer, &purchase, self.settings.remote_trading.calls_limit);
        let before = purchase.state;
        let calls = purchase.step_calls;
        let mut sale = Sale::load(tx, purchase)?;
        sale.happen(tx, event, now)?;
        let after = sale.purchase().state;
        if matches!(after, State::Stuck(_)) {
            sale.set_note(format!("{}: {detail}", claim.step.name()));
        }
        let goes_on = after.step().is_some() && event != Event::Unknown;
        sale.set_due(after.step().map(|_| {
            if goes_on {
                now
            } else {
                now.plus_micros(self.pause_micros(calls))
            }
        }));
        let row = StepRow {
            attempt: claim.attempt,
            from_state: before.name(),
            event: format!("{event:?}"),
            to_state: after.name(),
            detail: detail.chars().take(500).collect(),
            at: now,
        };
        repo::purchases::log_step(tx, claim.purchase, &row)?;
        if before == after {
            sale.save_quietly(tx)?
        } else {
            sale.save(tx).map(drop)?
        }
        Ok(goes_on)
    }

    fn reload(&self, tx: &mut Tx<'_>, id: PurchaseId) -> Result<Bought, StoreError> {
        let purchase = repo::purchases::get(tx, id)?.ok_or(StoreError::RowCount {
            found: 0,
            sql: "purchase",
        })?;
        self.show(tx, purchase)
    }

    /// Doubles with each unknown outcome, up to the longest pause.
    fn pause_micros(&self, calls: i64) -> i64 {
        let settings = &self.settings.remote_trading;
        let doubled = settings
            .retry_after_ms
            .saturating_mul(1 << calls.saturating_sub(1).clamp(0, 20));
        doubled
            .min(settings.retry_at_most_ms)
            .saturating_mul(MICROS_PER_MS)
    }
}

fn event_of(answer: &Answer, purchase: &Purchase, calls_limit: i64) -> (Event, String) {
    match answer {
        Answer::Done => (Event::Done, String::new()),
        Answer::NothingToUndo => (
            Event::NothingToUndo,
            "the trading server says that there is nothing to undo".into(),
        ),
        Answer::Refused { detail } => (Event::Refused, detail.clone()),
        Answer::Unknown { detail } if purchase.step_calls >= calls_limit => {
            (Event::GaveUp, detail.clone())
        }
        Answer::Unknown { detail } => (Event::Unknown, detail.clone()),
    }
}

/// The call that does the step; `None` if the purchase lacks what it takes, which cannot be.
fn call_of(sale: &Sale, step: Step) -> Option<Call> {
    let purchase = sale.purchase();
    let reference = |step: Step| format!("{}-{}-{}", purchase.id, purchase.attempt, step.name());
    let (undone, login, amount, comment) = match step {
        Step::Withdraw => (
            None,
            purchase.payer_login,
            purchase.paid(),
            "PROP_CHALLENGE_PURCHASE",
        ),
        // The desk's alone.
        Step::Apply => return None,
        Step::Retire => (
            None,
            sale.prior().map(|account| account.login),
            Money::zero(purchase.price.currency),
            "",
        ),
        Step::OpenAccount => (
            None,
            purchase.account_login,
            Money::zero(purchase.price.currency),
            "",
        ),
        Step::GrantBalance => (
            None,
            purchase.account_login,
            sale.group().default_deposit(),
            "PROP_CHALLENGE_INITIAL_BALANCE",
        ),
        Step::Enable => (
            None,
            purchase.account_login,
            Money::zero(purchase.price.currency),
            "",
        ),
        Step::TakeBackBalance => (
            Some(Step::GrantBalance),
            purchase.account_login,
            sale.group().default_deposit(),
            "PROP_CHALLENGE_INITIAL_BALANCE_ROLLBACK",
        ),
        Step::CloseAccount => (
            Some(Step::OpenAccount),
            purchase.account_login,
            Money::zero(purchase.price.currency),
            "",
        ),
        Step::Refund => (
            Some(Step::Withdraw),
            purchase.payer_login,
            purchase.paid(),
            "PROP_CHALLENGE_PURCHASE_ROLLBACK",
        ),
    };
    Some(Call {
        reference: reference(step),
        step,
        undoes: undone.map(reference),
        login: login?,
        group: sale.group().name.clone(),
        leverage: sale
            .account()
            .map_or(sale.group().leverage, |account| account.leverage),
        amount,
        comment,
    })
}
