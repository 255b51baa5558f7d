//! ScaleTrade's buy: the fee from a wallet, an account, its balance and an active challenge.

use super::choice::{Choice, Deal, Stop, check_choice, quote_choice};
use super::sale::{Sale, SaleError};
use crate::App;
use crate::conversion::RatesNow;
use crate::identity::{CustomerCaller, SessionError, require_live_customer};
use crate::promotions::Quote;
use std::sync::Arc;
use touchstone_domain::challenge::Challenge;
use touchstone_domain::claim::FeeState;
use touchstone_domain::conversion::{Converted, Exchange};
use touchstone_domain::program::{AddonError, ProgramStatus};
use touchstone_domain::promotion::{Refusal, normalised};
use touchstone_domain::purchase::{
    Block, FailureReason, Funding, PayerFacts, ProgramFacts, Purchase, State, check_payer,
    check_program,
};
use touchstone_domain::{Account, Group, Login, ProgramId, PurchaseId, UnixMicros};
use touchstone_store::repo::{self, audit::AuditRow, counters, programs::OnSale};
use touchstone_store::{StoreError, Tx};

/// Longest idempotency key, in characters.
pub const IDEMPOTENCY_KEY_LIMIT: usize = 128;

#[derive(Clone, Debug)]
pub struct BuyRequest {
    pub program_id: ProgramId,
    pub payer_login: Login,
    pub idempotency_key: Option<String>,
    pub choice: Choice,
}

/// A purchase as it stands, with what the caller may see of it once or always.
#[derive(Clone)]
pub struct Bought {
    pub purchase: Purchase,
    /// The purchase existed already: the key was sent before.
    pub idempotent: bool,
    pub challenge: Option<Challenge>,
    pub account: Option<(Account, Group)>,
    /// Name of the account's brand.
    pub brand: Arc<str>,
    /// Only in the answer that opened the account.
    pub temporary_password: Option<String>,
}

impl std::fmt::Debug for Bought {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bought")
            .field("purchase", &self.purchase)
            .field("idempotent", &self.idempotent)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum BuyError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("there is no such program")]
    ProgramNotFound,
    #[error("{}", .0.message())]
    Blocked(Block),
    #[error(transparent)]
    Promotion(#[from] Refusal),
    #[error(transparent)]
    Addons(#[from] AddonError),
    #[error("the idempotency key was used with another {field}")]
    KeyConflict { field: &'static str },
    #[error("the idempotency key has more than {IDEMPOTENCY_KEY_LIMIT} characters")]
    KeyTooLong,
    /// The purchase exists and failed for good.
    #[error("the purchase failed: {}", .reason.name())]
    Failed {
        reason: FailureReason,
        bought: Box<Bought>,
    },
    #[error(transparent)]
    Sale(#[from] SaleError),
}

impl From<Stop> for BuyError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Block(block) => Self::Blocked(block),
            Stop::Promotion(refusal) => refusal.into(),
            Stop::Addons(error) => error.into(),
        }
    }
}

impl From<StoreError> for BuyError {
    fn from(error: StoreError) -> Self {
        Self::Sale(error.into())
    }
}

/// What is drawn before the transaction, which may run more than once.
#[derive(Clone)]
struct Drawn {
    now: UnixMicros,
    password: String,
    rates: RatesNow,
}

impl App {
    /// Buys and activates a challenge. With a key that this customer has used before it answers
    /// with that purchase as it is now.
    ///
    /// # Errors
    /// See [`BuyError`]; nothing was changed, except for [`BuyError::Failed`], whose purchase tells.
    pub async fn buy(
        &self,
        caller: CustomerCaller,
        request: BuyRequest,
    ) -> Result<Bought, BuyError> {
        if request
            .idempotency_key
            .as_ref()
            .is_some_and(|key| key.chars().count() > IDEMPOTENCY_KEY_LIMIT)
        {
            return Err(BuyError::KeyTooLong);
        }
        let now = self.now();
        let drawn = Drawn {
            now,
            rates: self.rates_now(now),
            password: hex::encode(self.ports.random.bytes::<6>()),
        };
        let app = self.clone();
        let bought = self
            .store
            .write(move |tx| app.buy_in(tx, &caller, &request, &drawn))
            .await?;
        self.await_delivery(bought).await
    }

    fn buy_in(
        &self,
        tx: &mut Tx<'_>,
        caller: &CustomerCaller,
        request: &BuyRequest,
        drawn: &Drawn,
    ) -> Result<Bought, BuyError> {
        require_live_customer(tx, caller, drawn.now)?;
        // The payer's lock comes first: two requests with one key then see each other.
        let payer = repo::accounts::lock_own(tx, caller.customer_id, request.payer_login)?;
        if let Some(key) = &request.idempotency_key
            && let Some(purchase) = repo::purchases::by_key(tx, caller.customer_id, key)?
        {
            return self.repeat(tx, purchase, request);
        }
        let program = repo::programs::on_sale(tx, caller.brand_id, request.program_id)?
            .ok_or(BuyError::ProgramNotFound)?;
        let quoted = quote_choice(tx, caller, &program, &request.choice, true, drawn.now)?;
        let rates = &drawn.rates;
        let exchange =
            rates.for_payer(tx, caller.brand_id, program.price.currency, payer.as_ref())?;
        let deal = check_choice(&program, payer.as_ref(), &exchange, quoted)?;
        self.open(tx, caller, request, &program, deal, drawn)
    }

    fn open(
        &self,
        tx: &mut Tx<'_>,
        caller: &CustomerCaller,
        request: &BuyRequest,
        program: &OnSale,
        deal: Deal,
        drawn: &Drawn,
    ) -> Result<Bought, BuyError> {
        let id = PurchaseId(tx.next_id(counters::PURCHASE)?);
        let purchase = new_purchase(id, caller, request, program, &deal, drawn.now);
        let mut sale = Sale::begin(purchase, deal.group);
        if let Some(quote) = deal.quote {
            sale.set_promotion(quote);
        }
        sale.start(tx, drawn.now)?;
        let mut password = None;
        if self.ports.remote_trading.is_some() {
            sale.set_due(Some(drawn.now));
        } else {
            sale.deliver(tx, drawn.now)?;
            if let Some(account) = sale.account() {
                let hash = self
                    .keys
                    .temporary_password_hash(account.login, &drawn.password);
                sale.set_temporary_password(hash);
                password = Some(drawn.password.clone());
            }
        }
        let saved = sale.save(tx)?;
        repo::audit::insert(
            tx,
            &AuditRow {
                at: drawn.now,
                brand_id: caller.brand_id,
                actor_kind: "customer",
                actor_id: caller.customer_id.0,
                action: "purchase.buy",
                subject_kind: "purchase",
                subject_id: id.0,
                before: None,
                after: None,
                note: "",
            },
        )?;
        let delivered = saved.purchase.state == State::Active;
        Ok(Bought {
            idempotent: false,
            challenge: saved.challenge.filter(|_| delivered),
            account: saved
                .account
                .filter(|_| delivered)
                .map(|account| (account, saved.group)),
            brand: self.brand_name(tx, caller.brand_id)?,
            temporary_password: password,
            purchase: saved.purchase,
        })
    }
}

fn new_purchase(
    id: PurchaseId,
    caller: &CustomerCaller,
    request: &BuyRequest,
    program: &OnSale,
    deal: &Deal,
    now: UnixMicros,
) -> Purchase {
    Purchase {
        id,
        brand_id: caller.brand_id,
        customer_id: caller.customer_id,
        program_id: program.id,
        version_id: program.version_id,
        funding: Funding::Wallet,
        state: State::AwaitingPayment,
        price: deal.price,
        conversion: deal.conversion,
        promotion: deal.quote.as_ref().map(Quote::applied),
        addon_codes: request.choice.addon_codes.clone(),
        payer_login: Some(request.payer_login),
        account_login: None,
        challenge_id: None,
        resets: None,
        adds_to: None,
        late_addon_codes: Vec::new(),
        transaction_id: None,
        granted_by: None,
        idempotency_key: request.idempotency_key.clone(),
        failure_reason: None,
        note: String::new(),
        fee_order: None,
        fee_state: FeeState::Earned,
        initial_balance_order: None,
        attempt: 1,
        step_calls: 0,
        due_at: None,
        created_at: now,
        updated_at: now,
    }
}

/// The document's validations in the document's order; the group of the first step, and what the price came to where the
/// payer pays in another currency.
pub(super) fn check(
    program: &OnSale,
    payer: Option<&(Account, Group)>,
    exchange: &Exchange,
) -> Result<(Group, Option<Converted>), Block> {
    let facts = ProgramFacts {
        active: program.status == ProgramStatus::Active,
        price: program.price,
        has_steps: program.has_steps,
        first_group: program.first_group.as_ref(),
    };
    let conversion = check_payer(
        facts,
        payer.map(|(account, group)| PayerFacts {
            account,
            group: Some(group),
        }),
        exchange,
    )?;
    Ok((check_program(facts)?.clone(), conversion))
}

impl App {
    /// The purchase that a key is bound to, as it is now.
    fn repeat(
        &self,
        tx: &mut Tx<'_>,
        purchase: Purchase,
        request: &BuyRequest,
    ) -> Result<Bought, BuyError> {
        let is_other = purchase.funding != Funding::Wallet || purchase.adds_to.is_some();
        if is_other || purchase.program_id != request.program_id {
            return Err(BuyError::KeyConflict {
                field: "program_id",
            });
        }
        if purchase.payer_login != Some(request.payer_login) {
            return Err(BuyError::KeyConflict {
                field: "payer_login",
            });
        }
        if purchase.addon_codes != request.choice.addon_codes {
            return Err(BuyError::KeyConflict {
                field: "selected_addon_codes",
            });
        }
        let code = purchase.promotion.as_ref().map(|applied| &applied.code);
        if code
            != request
                .choice
                .promo_code
                .as_deref()
                .and_then(normalised)
                .as_ref()
        {
            return Err(BuyError::KeyConflict {
                field: "promo_code",
            });
        }
        let mut bought = self.show(tx, purchase)?;
        bought.idempotent = true;
        match bought.purchase.failure_reason {
            Some(reason) => Err(BuyError::Failed {
                reason,
                bought: Box::new(bought),
            }),
            None => Ok(bought),
        }
    }

    /// A stored purchase with its challenge and account, once it is delivered.
    pub(super) fn show(&self, tx: &mut Tx<'_>, purchase: Purchase) -> Result<Bought, StoreError> {
        let delivered = purchase.state == State::Active;
        let challenge = match purchase.challenge_id.filter(|_| delivered) {
            Some(id) => repo::challenges::get(tx, id)?,
            None => None,
        };
        let account = match purchase.account_login.filter(|_| delivered) {
            Some(login) => repo::accounts::get(tx, login)?,
            None => None,
        };
        let brand = self.brand_name(tx, purchase.brand_id)?;
        Ok(Bought {
            purchase,
            idempotent: false,
            challenge,
            account,
            brand,
            temporary_password: None,
        })
    }
}
