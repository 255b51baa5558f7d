//! A firm with many customers who have money and are signed in.

use anyhow::Context;
use secrecy::SecretBox;
use touchstone_app::{
    accounts::{NewPersonal, open_personal},
    firm::demo,
    identity::{self, Caller, CustomerCaller},
    keys::Keys,
    ports::Ports,
};
use touchstone_domain::{CustomerId, Group, Login, Money, SessionId, UnixMicros};
use touchstone_store::{
    Store, Tx,
    repo::{
        self, counters,
        customers::Customer,
        sessions::{Session, SubjectKind},
    },
};

/// The server's and ours: it guards nothing but a database that is thrown away.
pub const MASTER_SECRET: [u8; 32] = *b"a bench guards nothing of worth.";
/// What is bought: the demo firm's first program.
pub const PROGRAM_ID: i64 = 1;
const BALANCE_MINOR: i64 = 1_000_000_000_000;
const TOKEN_SECONDS: i64 = 86_400;
const CUSTOMERS_EACH_COMMIT: usize = 500;

/// A customer who is signed in, with a wallet.
#[derive(Debug, Clone)]
pub struct Wallet {
    pub caller: CustomerCaller,
    pub login: Login,
    pub token: String,
}

pub fn keys() -> Keys {
    Keys::new(&SecretBox::new(Box::new(MASTER_SECRET)))
}

/// The demo firm and `customers` more of its customers.
pub async fn open(store: &Store, ports: &Ports, customers: usize) -> anyhow::Result<Vec<Wallet>> {
    let now = ports.clock.now();
    demo::install(store, ports.random.clone(), now).await?;
    let mut callers = Vec::with_capacity(customers);
    while callers.len() < customers {
        let wanted = CUSTOMERS_EACH_COMMIT.min(customers - callers.len());
        let more = store
            .write(move |tx| {
                let group = wallet_group(tx)?;
                (0..wanted)
                    .map(|_| add_customer(tx, &group, now))
                    .collect::<anyhow::Result<Vec<_>>>()
            })
            .await
            .context("the customers could not be written")?;
        callers.extend(more);
    }
    let keys = keys();
    let wallet = |(caller, login)| {
        let who = Caller::Customer(caller);
        Wallet {
            caller,
            login,
            token: identity::issue(&keys, who, Some(login), now, TOKEN_SECONDS),
        }
    };
    Ok(callers.into_iter().map(wallet).collect())
}

fn wallet_group(tx: &mut Tx<'_>) -> anyhow::Result<Group> {
    let brand = repo::brands::by_name(tx, "brand-a")?.context("the demo firm has no brand-a")?;
    let group = repo::groups::by_name(tx, brand.id, "REAL-USD")?;
    group.context("the demo firm has no REAL-USD")
}

fn add_customer(
    tx: &mut Tx<'_>,
    group: &Group,
    now: UnixMicros,
) -> anyhow::Result<(CustomerCaller, Login)> {
    let customer_id = CustomerId(tx.next_id(counters::CUSTOMER)?);
    let session_id = SessionId(tx.next_id(counters::SESSION)?);
    repo::customers::insert(tx, &customer(group, customer_id, now))?;
    repo::sessions::insert(
        tx,
        &Session {
            id: session_id,
            brand_id: group.brand_id,
            subject_kind: SubjectKind::Customer,
            subject_id: customer_id.0,
            refresh_hash: None,
            refresh_generation: 0,
            expires_at: now.plus_seconds(TOKEN_SECONDS),
            revoked_at: None,
            created_at: now,
        },
    )?;
    let login = Login(tx.next_id(counters::LOGIN)?);
    let new = NewPersonal {
        login,
        customer_id,
        opening: Money::new(BALANCE_MINOR, group.currency),
        temporary_password_hash: None,
    };
    open_personal(tx, group, new, now)?;
    Ok((
        CustomerCaller {
            session_id,
            brand_id: group.brand_id,
            customer_id,
        },
        login,
    ))
}

fn customer(group: &Group, id: CustomerId, now: UnixMicros) -> Customer {
    Customer {
        id,
        brand_id: group.brand_id,
        email: format!("bench-{id}@demo.test"),
        password_hash: None,
        first_name: "Bench".to_owned(),
        last_name: id.to_string(),
        phone: String::new(),
        country: String::new(),
        registration_source: "bench".to_owned(),
        enabled: true,
        created_at: now,
        updated_at: now,
        last_login_at: None,
        owner_id: None,
        erased_at: None,
    }
}
