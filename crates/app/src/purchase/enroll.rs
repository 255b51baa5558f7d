//! Slate's enrol and grant: a pending challenge, an account that waits, and a fee to be paid at a
//! cashier. Nothing is taken here.

use super::sale::{Sale, SaleError, Saved};
use crate::App;
use crate::identity::{
    CustomerCaller, SessionError, StaffCaller, require_live_customer, require_live_staff,
};
use crate::purchase::buy::IDEMPOTENCY_KEY_LIMIT;
use crate::transactions::{Actor, announce};
use touchstone_domain::access::Permission;
use touchstone_domain::claim::FeeState;
use touchstone_domain::program::{AddonError, PhaseType, Program, ProgramStatus};
use touchstone_domain::purchase::{Block, Funding, ProgramFacts, Purchase, State, check_enrolment};
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_domain::{
    BrandId, ChallengeId, CustomerId, Group, Login, Money, ProgramId, PurchaseId, StaffId,
    TransactionId, UnixMicros,
};
use touchstone_store::repo::{self, audit::AuditRow, counters};
use touchstone_store::{StoreError, Tx};

#[derive(Clone, Debug)]
pub struct EnrollRequest {
    pub program_id: ProgramId,
    pub addon_codes: Vec<String>,
    pub idempotency_key: Option<String>,
}

#[derive(Clone, Debug)]
pub struct GrantRequest {
    pub customer_id: CustomerId,
    pub program_id: ProgramId,
    pub addon_codes: Vec<String>,
    pub reason: String,
}

/// A journey that was begun, now or by an earlier request with the same key.
#[derive(Clone, Debug)]
pub struct Enrolled {
    pub challenge_id: ChallengeId,
    pub login: Login,
    pub transaction_id: TransactionId,
    pub fee: Money,
    /// Name of the first step.
    pub phase: String,
    /// The key was sent before: this is the journey of that request.
    pub replayed: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum EnrollError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("there is no such template")]
    ProgramNotFound,
    #[error("there is no such customer")]
    CustomerNotFound,
    #[error("the customer is disabled")]
    CustomerDisabled,
    #[error("{}", .0.message())]
    Blocked(Block),
    #[error(transparent)]
    Addons(#[from] AddonError),
    #[error("the idempotency key was used with another {field}")]
    KeyConflict { field: &'static str },
    #[error("the idempotency key needs 1 to {IDEMPOTENCY_KEY_LIMIT} characters")]
    KeyLength,
    #[error("{limit} journeys wait for payment; pay or cancel one of them first")]
    TooManyPending { limit: i64 },
    #[error(transparent)]
    Sale(#[from] SaleError),
}

impl From<StoreError> for EnrollError {
    fn from(error: StoreError) -> Self {
        Self::Sale(error.into())
    }
}

/// What both ways have in common.
struct Wanted<'a> {
    brand_id: BrandId,
    customer_id: CustomerId,
    program_id: ProgramId,
    addon_codes: &'a [String],
    idempotency_key: Option<&'a str>,
    granted_by: Option<StaffId>,
    reason: &'a str,
    now: UnixMicros,
}

impl App {
    /// A customer enrols himself. With a key that he has used before for the same it answers with
    /// that journey.
    ///
    /// # Errors
    /// See [`EnrollError`]; nothing was changed.
    pub async fn enroll(
        &self,
        caller: CustomerCaller,
        request: EnrollRequest,
    ) -> Result<Enrolled, EnrollError> {
        if let Some(key) = &request.idempotency_key
            && !(1..=IDEMPOTENCY_KEY_LIMIT).contains(&key.chars().count())
        {
            return Err(EnrollError::KeyLength);
        }
        let app = self.clone();
        let now = self.now();
        let (enrolled, purchase) = self
            .store
            .write(move |tx| {
                // Requests of one customer wait for each other here: a repeat sees the first one.
                repo::customers::lock(tx, caller.customer_id)?;
                require_live_customer(tx, &caller, now)?;
                let wanted = Wanted {
                    brand_id: caller.brand_id,
                    customer_id: caller.customer_id,
                    program_id: request.program_id,
                    addon_codes: &request.addon_codes,
                    idempotency_key: request.idempotency_key.as_deref(),
                    granted_by: None,
                    reason: "",
                    now,
                };
                if let Some(key) = wanted.idempotency_key
                    && let Some(purchase) = repo::purchases::by_key(tx, caller.customer_id, key)?
                {
                    return replay(tx, purchase, &wanted);
                }
                app.begin_journey(tx, &wanted)
            })
            .await?;
        self.drive_on(&purchase);
        Ok(enrolled)
    }

    /// Staff begin a journey for a customer, who pays for it as if he had enrolled.
    ///
    /// # Errors
    /// See [`EnrollError`]; nothing was changed.
    pub async fn grant(
        &self,
        caller: StaffCaller,
        request: GrantRequest,
    ) -> Result<Enrolled, EnrollError> {
        let app = self.clone();
        let now = self.now();
        let (enrolled, purchase) = self
            .store
            .write(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::GrantJourney, now)?;
                repo::customers::lock(tx, request.customer_id)?;
                if !pass.sees(tx, request.customer_id)? {
                    return Err(EnrollError::CustomerNotFound);
                }
                let customer = repo::customers::get(tx, request.customer_id)?
                    .ok_or(EnrollError::CustomerNotFound)?;
                if !customer.enabled {
                    return Err(EnrollError::CustomerDisabled);
                }
                let wanted = Wanted {
                    brand_id: caller.brand_id,
                    customer_id: customer.id,
                    program_id: request.program_id,
                    addon_codes: &request.addon_codes,
                    idempotency_key: None,
                    granted_by: Some(caller.staff_id),
                    reason: &request.reason,
                    now,
                };
                app.begin_journey(tx, &wanted)
            })
            .await?;
        self.drive_on(&purchase);
        Ok(enrolled)
    }

    /// A free journey on a remote trading server is delivered at once; the runner does it otherwise.
    fn drive_on(&self, purchase: &Purchase) {
        if purchase.state.step().is_some() {
            let app = self.clone();
            let id = purchase.id;
            tokio::spawn(async move { app.drive(id).await });
        }
    }

    fn begin_journey(
        &self,
        tx: &mut Tx<'_>,
        wanted: &Wanted<'_>,
    ) -> Result<(Enrolled, Purchase), EnrollError> {
        let program = repo::programs::get(tx, wanted.brand_id, wanted.program_id)?
            .ok_or(EnrollError::ProgramNotFound)?;
        let terms = &program.current.terms;
        let group = first_group(tx, &program)?;
        let price = terms.choose(wanted.addon_codes)?;
        // What staff grant is theirs to answer for.
        if wanted.granted_by.is_none()
            && !repo::agreements::has_accepted_all(tx, wanted.brand_id, wanted.customer_id)?
        {
            return Err(EnrollError::Blocked(Block::AgreementsNotAccepted));
        }
        if !price.is_zero()
            && let Some(limit) = self.pending_limit_reached(tx, wanted.customer_id)?
        {
            return Err(EnrollError::TooManyPending { limit });
        }
        let saved = self.save_journey(tx, wanted, &program, group, price)?;
        let phase = terms.first_step().map(|step| step.name.clone());
        let enrolled = enrolled(&saved.purchase, phase.unwrap_or_default(), false)?;
        Ok((enrolled, saved.purchase))
    }

    /// The limit, if as many journeys of the customer wait for payment as may.
    pub(crate) fn pending_limit_reached(
        &self,
        tx: &mut Tx<'_>,
        customer: CustomerId,
    ) -> Result<Option<i64>, StoreError> {
        let limit = self.settings.pending_journeys_limit;
        let waiting = repo::purchases::count_awaiting_payment(tx, customer)?;
        Ok((waiting >= limit).then_some(limit))
    }

    /// A sale that waits for nobody's payment is delivered at once, or step by step where another server trades.
    pub(crate) fn deliver_what_is_paid(
        &self,
        tx: &mut Tx<'_>,
        sale: &mut Sale,
        now: UnixMicros,
    ) -> Result<(), SaleError> {
        if self.ports.remote_trading.is_none() {
            return sale.deliver(tx, now);
        }
        if sale.purchase().state.step().is_some() {
            sale.set_due(Some(now));
        }
        Ok(())
    }

    fn save_journey(
        &self,
        tx: &mut Tx<'_>,
        wanted: &Wanted<'_>,
        program: &Program,
        group: Group,
        price: Money,
    ) -> Result<Saved, EnrollError> {
        let now = wanted.now;
        let id = PurchaseId(tx.next_id(counters::PURCHASE)?);
        let transaction_id = TransactionId(tx.next_id(counters::TRANSACTION)?);
        let mut sale = Sale::begin(new_purchase(id, wanted, program, price), group);
        sale.start(tx, now)?;
        sale.reserve_account(tx, now)?;
        sale.add_challenge(tx, now)?;
        sale.set_transaction(transaction_id);
        self.deliver_what_is_paid(tx, &mut sale, now)?;
        let saved = sale.save(tx)?;
        let transaction = fee(transaction_id, &saved.purchase, wanted);
        repo::transactions::insert(tx, &transaction)?;
        announce(tx, &transaction)?;
        audit(tx, id, wanted)?;
        Ok(saved)
    }
}

/// The template is on sale and can be delivered; the group of its first step.
fn first_group(tx: &mut Tx<'_>, program: &Program) -> Result<Group, EnrollError> {
    if program.status != ProgramStatus::Active {
        return Err(EnrollError::Blocked(Block::ProgramDisabled));
    }
    let terms = &program.current.terms;
    let group = match terms.first_step() {
        Some(step) => repo::groups::by_name(tx, program.brand_id, &step.group)?,
        None => None,
    };
    let facts = ProgramFacts {
        active: true,
        price: terms.price,
        has_steps: terms.first_step().is_some(),
        first_group: group.as_ref(),
    };
    let first = terms
        .first_step()
        .map_or(PhaseType::Evaluation, |step| step.phase_type);
    let group = check_enrolment(facts, first).map_err(EnrollError::Blocked)?;
    Ok(group.clone())
}

/// The journey of an earlier request with the same key, if it asked for the same.
fn replay(
    tx: &mut Tx<'_>,
    purchase: Purchase,
    wanted: &Wanted<'_>,
) -> Result<(Enrolled, Purchase), EnrollError> {
    let is_other = purchase.funding != Funding::Cashier || purchase.adds_to.is_some();
    if is_other || purchase.program_id != wanted.program_id {
        return Err(EnrollError::KeyConflict {
            field: "template_id",
        });
    }
    if purchase.addon_codes != wanted.addon_codes {
        return Err(EnrollError::KeyConflict {
            field: "selected_addon_codes",
        });
    }
    let version = repo::programs::version(tx, purchase.version_id)?;
    let phase = version
        .as_ref()
        .and_then(|version| version.terms.first_step())
        .map(|step| step.name.clone());
    let enrolled = enrolled(&purchase, phase.unwrap_or_default(), true)?;
    Ok((enrolled, purchase))
}

fn enrolled(purchase: &Purchase, phase: String, replayed: bool) -> Result<Enrolled, SaleError> {
    let broken = |what| SaleError::Broken {
        purchase: purchase.id.0,
        what,
    };
    Ok(Enrolled {
        challenge_id: purchase
            .challenge_id
            .ok_or_else(|| broken("its challenge"))?,
        login: purchase.account_login.ok_or_else(|| broken("its login"))?,
        transaction_id: purchase
            .transaction_id
            .ok_or_else(|| broken("its payment"))?,
        fee: purchase.price,
        phase,
        replayed,
    })
}

fn new_purchase(id: PurchaseId, wanted: &Wanted<'_>, program: &Program, price: Money) -> Purchase {
    let funding = match wanted.granted_by {
        Some(_) => Funding::Grant,
        None => Funding::Cashier,
    };
    Purchase {
        id,
        brand_id: wanted.brand_id,
        customer_id: wanted.customer_id,
        program_id: program.id,
        version_id: program.current.id,
        funding,
        state: State::AwaitingPayment,
        price,
        conversion: None,
        promotion: None,
        addon_codes: wanted.addon_codes.to_vec(),
        payer_login: None,
        account_login: None,
        challenge_id: None,
        resets: None,
        adds_to: None,
        late_addon_codes: Vec::new(),
        transaction_id: None,
        granted_by: wanted.granted_by,
        idempotency_key: wanted.idempotency_key.map(Into::into),
        failure_reason: None,
        note: String::new(),
        fee_order: None,
        fee_state: FeeState::Earned,
        initial_balance_order: None,
        attempt: 1,
        step_calls: 0,
        due_at: None,
        created_at: wanted.now,
        updated_at: wanted.now,
    }
}

/// What has to be paid; a fee of nothing is approved as it is made.
fn fee(id: TransactionId, purchase: &Purchase, wanted: &Wanted<'_>) -> Transaction {
    let free = purchase.price.is_zero();
    Transaction {
        id,
        brand_id: wanted.brand_id,
        customer_id: wanted.customer_id,
        kind: TransactionKind::ChallengeFee,
        state: if free {
            TransactionState::Approved
        } else {
            TransactionState::Pending
        },
        amount: purchase.price,
        received_minor: 0,
        login: purchase.account_login,
        purchase_id: Some(purchase.id),
        related_id: None,
        source: match wanted.granted_by {
            Some(_) => "crm".into(),
            None => "customer".into(),
        },
        comment: wanted.reason.into(),
        cashier_id: None,
        approved_by: None,
        order: None,
        created_at: wanted.now,
        updated_at: wanted.now,
        approved_at: free.then_some(wanted.now),
        declined_at: None,
    }
}

fn audit(tx: &mut Tx<'_>, id: PurchaseId, wanted: &Wanted<'_>) -> Result<(), StoreError> {
    let (actor, action) = match wanted.granted_by {
        Some(staff) => (Actor::Staff(staff), "purchase.grant"),
        None => (Actor::Customer(wanted.customer_id), "purchase.enroll"),
    };
    repo::audit::insert(
        tx,
        &AuditRow {
            at: wanted.now,
            brand_id: wanted.brand_id,
            actor_kind: actor.kind(),
            actor_id: actor.id(),
            action,
            subject_kind: "purchase",
            subject_id: id.0,
            before: None,
            after: None,
            note: wanted.reason,
        },
    )
}
