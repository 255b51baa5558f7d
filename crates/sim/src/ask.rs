//! What people and the runner ask of the application, and what they are told.

use crate::seen::Seen;
use touchstone_app::identity::{CustomerCaller, SessionError, StaffCaller};
use touchstone_app::purchase::{
    Bought, BuyError, BuyRequest, ManageError, QueryError, Resolution, SaleError,
};
use touchstone_app::transactions::TransactionError;
use touchstone_app::{App, StoreError};
use touchstone_domain::{Login, ProgramId, PurchaseId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    Buy {
        by: CustomerCaller,
        program: ProgramId,
        payer: Login,
        key: Option<String>,
    },
    Cancel {
        by: CustomerCaller,
        purchase: PurchaseId,
    },
    Retry {
        by: CustomerCaller,
        purchase: PurchaseId,
    },
    /// His purchases, as a list.
    Look { by: CustomerCaller },
    Resolve {
        by: StaffCaller,
        purchase: PurchaseId,
        resolution: Resolution,
    },
    /// One look of the runner.
    Drive,
}

/// What came back.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A purchase, as whoever asked may see it.
    Purchase(Box<Seen>),
    Purchases(Vec<Seen>),
    /// The runner took up so many.
    Count(usize),
    /// No, with a stable code; nothing was changed.
    Refused(String),
    /// The store was closing: done whole, or not at all.
    Interrupted,
    /// What no answer may be.
    Broken(String),
}

impl Ask {
    /// In a trace.
    pub fn words(&self) -> String {
        match self {
            Self::Buy {
                by,
                program,
                payer,
                key,
            } => format!(
                "customer {} buys program {program} from {payer} with {}",
                by.customer_id,
                key.as_deref()
                    .map_or_else(|| "no key".into(), |key| format!("key {key}"))
            ),
            Self::Cancel { by, purchase } => {
                format!("customer {} cancels purchase {purchase}", by.customer_id)
            }
            Self::Retry { by, purchase } => {
                format!("customer {} retries purchase {purchase}", by.customer_id)
            }
            Self::Look { by } => format!("customer {} looks at his purchases", by.customer_id),
            Self::Resolve {
                by,
                purchase,
                resolution,
            } => format!(
                "staff {} resolve purchase {purchase}: {resolution:?}",
                by.staff_id
            ),
            Self::Drive => "the runner looks".into(),
        }
    }

    pub async fn send(self, app: App) -> Reply {
        match self {
            Self::Buy {
                by,
                program,
                payer,
                key,
            } => {
                let request = BuyRequest {
                    program_id: program,
                    payer_login: payer,
                    idempotency_key: key,
                };
                bought(app.buy(by, request).await)
            }
            Self::Cancel { by, purchase } => managed(app.cancel_purchase(by, purchase).await),
            Self::Retry { by, purchase } => managed(app.retry_purchase(by, purchase).await),
            Self::Look { by } => match app.purchases_of(by, PurchaseId(i64::MAX), PAGE).await {
                Ok(page) => Reply::Purchases(
                    page.purchases
                        .iter()
                        .map(|purchase| Seen::listed(purchase, &page.challenges))
                        .collect(),
                ),
                Err(error) => Reply::of_query(&error),
            },
            Self::Resolve {
                by,
                purchase,
                resolution,
            } => {
                let reason = "as the trading server's administrator says".to_owned();
                match app.resolve_purchase(by, purchase, resolution, reason).await {
                    Ok(purchase) => Reply::Purchase(Box::new(Seen::of(&purchase))),
                    Err(error) => Reply::of_manage(error),
                }
            }
            Self::Drive => match app.drive_due().await {
                Ok(count) => Reply::Count(count),
                Err(error) => Reply::of_sale(error),
            },
        }
    }
}

/// More than a world makes.
const PAGE: i64 = 1_000;

fn bought(answer: Result<Bought, BuyError>) -> Reply {
    match answer {
        Ok(bought) => Reply::Purchase(Box::new(Seen::bought(&bought))),
        Err(error) => Reply::of_buy(error),
    }
}

fn managed(answer: Result<Bought, ManageError>) -> Reply {
    match answer {
        Ok(bought) => Reply::Purchase(Box::new(Seen::bought(&bought))),
        Err(error) => Reply::of_manage(error),
    }
}

impl Reply {
    fn of_buy(error: BuyError) -> Self {
        match error {
            BuyError::Failed { bought, .. } => Self::Purchase(Box::new(Seen::bought(&bought))),
            BuyError::ProgramNotFound => Self::Refused("program not found".into()),
            BuyError::Blocked(block) => Self::Refused(format!("{block:?}")),
            BuyError::KeyConflict { field } => Self::Refused(format!("key conflict in {field}")),
            BuyError::KeyTooLong => Self::Refused("key too long".into()),
            BuyError::Sale(error) => Self::of_sale(error),
            BuyError::Session(error) => Self::of_session(&error),
        }
    }

    fn of_manage(error: ManageError) -> Self {
        match error {
            ManageError::NotFound => Self::Refused("purchase not found".into()),
            ManageError::NotNow { .. } => Self::Refused("not now".into()),
            ManageError::Buy(error) => Self::of_buy(error),
            ManageError::Sale(error) => Self::of_sale(error),
            ManageError::Session(error) => Self::of_session(&error),
            ManageError::Transaction(error) => Self::of_transaction(error),
        }
    }

    fn of_sale(error: SaleError) -> Self {
        match error {
            SaleError::Store(error) => Self::of_store(&error),
            error => Self::Broken(format!("{error:?}")),
        }
    }

    fn of_transaction(error: TransactionError) -> Self {
        match error {
            TransactionError::Session(error) => Self::of_session(&error),
            TransactionError::Sale(error) => Self::of_sale(error),
            TransactionError::NotFound => Self::Refused("transaction not found".into()),
            TransactionError::Refused(_) => Self::Refused("not now".into()),
            error @ TransactionError::Broken { .. } => Self::Broken(error.to_string()),
        }
    }

    fn of_session(error: &SessionError) -> Self {
        match error {
            SessionError::Store(error) => Self::of_store(error),
            SessionError::Ended => Self::Broken("a session that never ends has ended".into()),
            SessionError::PasswordChangeWanted => {
                Self::Broken("a customer was asked for an account's password".into())
            }
        }
    }

    fn of_query(error: &QueryError) -> Self {
        match error {
            QueryError::Session(error) => Self::of_session(error),
            QueryError::NotFound => Self::Refused("not found".into()),
            QueryError::Store(error) => Self::of_store(error),
        }
    }

    fn of_store(error: &StoreError) -> Self {
        match error {
            StoreError::Closed | StoreError::OutcomeUnknown => Self::Interrupted,
            error => Self::Broken(format!("{error:?}")),
        }
    }
}

impl Reply {
    /// In a trace.
    pub fn words(&self) -> String {
        match self {
            Self::Purchase(seen) => seen.words(),
            Self::Purchases(all) => {
                let words: Vec<String> = all.iter().map(Seen::words).collect();
                format!("{} purchases: {}", all.len(), words.join("; "))
            }
            Self::Count(count) => format!("{count} taken up"),
            Self::Refused(code) => format!("refused: {code}"),
            Self::Interrupted => "interrupted".into(),
            Self::Broken(what) => format!("BROKEN: {what}"),
        }
    }
}
