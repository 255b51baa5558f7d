//! The rows of a database, read by the auditor's own statements.

use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::transaction::{TransactionKind, TransactionState};
use touchstone_domain::{AccountKind, AccountMode, UnixMicros};
use touchstone_store::{Row, StoreError, Tx, params};

#[derive(Clone, Debug)]
pub struct AccountRow {
    pub login: i64,
    pub customer: i64,
    pub currency: String,
    pub balance_minor: i64,
    pub held_minor: i64,
    pub enabled: bool,
    pub closed: bool,
    /// Bought or enrolled for, not the customer's own.
    pub of_challenge: bool,
    /// Its group holds real money.
    pub real: bool,
    pub password_hash: Option<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    pub order: i64,
    pub operation: String,
    pub book: i64,
    pub currency: String,
    pub from: i64,
    pub to: i64,
    pub amount_minor: i64,
    pub purchase: Option<i64>,
    pub transaction: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct PurchaseRow {
    pub id: i64,
    pub customer: i64,
    pub program: i64,
    pub price_minor: i64,
    pub code: Option<String>,
    /// A code that it has is held or used by it.
    pub keeps_code: bool,
    pub currency: String,
    pub payer: Option<i64>,
    pub key: Option<String>,
    pub addons: Vec<String>,
    pub transaction: Option<i64>,
    pub granted_by: Option<i64>,
    pub created_at: i64,
}

/// A payment: what is to be paid, or money that has to go out.
#[derive(Clone, Debug)]
pub struct TransactionRow {
    pub id: i64,
    pub kind: &'static str,
    pub state: &'static str,
    pub amount_minor: i64,
    pub currency: String,
    pub received_minor: i64,
    pub purchase: Option<i64>,
    pub customer: i64,
    pub login: Option<i64>,
    pub created_at: i64,
    /// What it gives back, takes back or undoes.
    pub related: Option<i64>,
}

/// A message of a payment provider that was taken in.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    pub provider: String,
    pub event: String,
    pub transaction: i64,
    pub received: bool,
    pub amount_minor: i64,
    pub currency: String,
    pub outcome: String,
}

#[derive(Clone, Debug)]
pub struct ChallengeRow {
    pub id: i64,
    pub purchase: i64,
    pub login: i64,
    pub state: &'static str,
}

/// Everything that the auditor looks at, as of one commit.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The world's time.
    pub at: UnixMicros,
    pub accounts: Vec<AccountRow>,
    pub entries: Vec<EntryRow>,
    pub purchases: Vec<PurchaseRow>,
    pub challenges: Vec<ChallengeRow>,
    /// Numbers of the outbox, in order; `None` for events that have none yet.
    pub event_numbers: Vec<Option<i64>>,
    pub transactions: Vec<TransactionRow>,
    pub notices: Vec<NoticeRow>,
    /// What each audit row is about.
    pub audited: Vec<(String, i64)>,
}

impl Snapshot {
    /// # Errors
    /// The store's.
    pub fn load(tx: &mut Tx<'_>, at: UnixMicros) -> Result<Self, StoreError> {
        Ok(Self {
            at,
            accounts: tx.query(
                "SELECT a.login, a.customer_id, a.currency, a.balance_minor, a.held_minor,
                        a.enabled, a.closed_at, a.kind, g.mode, a.temporary_password_hash
                 FROM account a JOIN account_group g ON g.id = a.group_id ORDER BY a.login",
                params![],
                account,
            )?,
            entries: tx.query(
                "SELECT order_no, operation, book, currency, from_account, to_account,
                        amount_minor, purchase_id, transaction_id
                 FROM entry ORDER BY order_no",
                params![],
                entry,
            )?,
            purchases: tx.query(
                "SELECT id, customer_id, program_id, price_minor, currency, payer_login,
                        idempotency_key, addon_codes, transaction_id, granted_by, created_at, promo_code, state
                 FROM purchase ORDER BY id",
                params![],
                purchase,
            )?,
            challenges: tx.query(
                "SELECT id, purchase_id, account_login, state FROM challenge ORDER BY id",
                params![],
                challenge,
            )?,
            event_numbers: tx.query("SELECT seq FROM event ORDER BY id", params![], |row| {
                row.opt_int(0)
            })?,
            transactions: tx.query(
                "SELECT id, kind, state, amount_minor, currency, received_minor, purchase_id,
                        customer_id, login, created_at, related_id
                 FROM payment_transaction ORDER BY id",
                params![],
                transaction,
            )?,
            notices: tx.query(
                "SELECT provider, event_id, transaction_id, kind, amount_minor, currency, outcome
                 FROM payment_event ORDER BY provider, event_id",
                params![],
                notice,
            )?,
            audited: tx.query(
                "SELECT subject_kind, subject_id FROM audit ORDER BY id",
                params![],
                |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
            )?,
        })
    }

    pub fn purchase(&self, id: i64) -> Option<&PurchaseRow> {
        self.purchases.iter().find(|purchase| purchase.id == id)
    }

    pub fn transaction(&self, id: i64) -> Option<&TransactionRow> {
        self.transactions.iter().find(|t| t.id == id)
    }

    pub fn account(&self, login: i64) -> Option<&AccountRow> {
        self.accounts.iter().find(|account| account.login == login)
    }
}

fn account(row: &Row<'_>) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        login: row.int(0)?,
        customer: row.int(1)?,
        currency: row.text(2)?.to_owned(),
        balance_minor: row.int(3)?,
        held_minor: row.int(4)?,
        enabled: row.bool(5)?,
        closed: row.opt_int(6)?.is_some(),
        of_challenge: row.int(7)? == AccountKind::Challenge.code(),
        real: row.int(8)? == AccountMode::Real.code(),
        password_hash: row.opt_blob(9)?.map(<[u8]>::to_vec),
    })
}

fn entry(row: &Row<'_>) -> Result<EntryRow, StoreError> {
    Ok(EntryRow {
        order: row.int(0)?,
        operation: row.text(1)?.to_owned(),
        book: row.int(2)?,
        currency: row.text(3)?.to_owned(),
        from: row.int(4)?,
        to: row.int(5)?,
        amount_minor: row.int(6)?,
        purchase: row.opt_int(7)?,
        transaction: row.opt_int(8)?,
    })
}

fn purchase(row: &Row<'_>) -> Result<PurchaseRow, StoreError> {
    Ok(PurchaseRow {
        id: row.int(0)?,
        customer: row.int(1)?,
        program: row.int(2)?,
        price_minor: row.int(3)?,
        code: row.opt_text(11)?.map(str::to_owned),
        // Refunded, failed, abandoned, or with a refund that is due.
        keeps_code: !(2..=5).contains(&row.int(12)?),
        currency: row.text(4)?.to_owned(),
        payer: row.opt_int(5)?,
        key: row.opt_text(6)?.map(str::to_owned),
        addons: codes(row.text(7)?),
        transaction: row.opt_int(8)?,
        granted_by: row.opt_int(9)?,
        created_at: row.int(10)?,
    })
}

/// The texts of a JSON array of plain words.
fn codes(array: &str) -> Vec<String> {
    let words = array.split('"').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

fn challenge(row: &Row<'_>) -> Result<ChallengeRow, StoreError> {
    Ok(ChallengeRow {
        id: row.int(0)?,
        purchase: row.int(1)?,
        login: row.int(2)?,
        state: ChallengeState::from_code(row.int(3)?).map_or("?", ChallengeState::name),
    })
}

fn transaction(row: &Row<'_>) -> Result<TransactionRow, StoreError> {
    Ok(TransactionRow {
        id: row.int(0)?,
        kind: TransactionKind::from_code(row.int(1)?).map_or("?", TransactionKind::name),
        state: TransactionState::from_code(row.int(2)?).map_or("?", TransactionState::name),
        amount_minor: row.int(3)?,
        currency: row.text(4)?.to_owned(),
        received_minor: row.int(5)?,
        purchase: row.opt_int(6)?,
        customer: row.int(7)?,
        login: row.opt_int(8)?,
        created_at: row.int(9)?,
        related: row.opt_int(10)?,
    })
}

fn notice(row: &Row<'_>) -> Result<NoticeRow, StoreError> {
    Ok(NoticeRow {
        provider: row.text(0)?.to_owned(),
        event: row.text(1)?.to_owned(),
        transaction: row.int(2)?,
        received: row.text(3)? == "received",
        amount_minor: row.int(4)?,
        currency: row.text(5)?.to_owned(),
        outcome: row.text(6)?.to_owned(),
    })
}
