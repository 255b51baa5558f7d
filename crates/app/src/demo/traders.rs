//! Four traders who follow a script: one passes, one loses too much in a day, one falls back to a trailing floor, and one
//! passes and goes on with a funded account. They buy and trade as everybody does.

use super::stage::Turn;
use crate::App;
use crate::desk::{Asked, DeskError};
use crate::identity::{self, Caller, Credentials, SessionLife, SignInError};
use crate::purchase::{BuyError, BuyRequest, Choice};
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_domain::purchase::Purchase;
use touchstone_domain::{
    ChallengeId, CustomerId, Login, ProgramId, Side, Symbol, UnixMicros, Volume,
};
use touchstone_rules::Origin;
use touchstone_store::StoreError;
use touchstone_store::repo::{challenges, purchases};
use touchstone_trading::{Command, OrderKind, OrderRequest, Protection};

/// The same for each start, so that nothing is bought twice.
const KEY: &str = "scripted";
/// A hundred thousand dollars at the wave's low, and as much as the accounts begin with.
const VOLUME: Volume = Volume(10 * Volume::ONE_LOT.0);
/// After a pass: the wave moves the account by one percent, which no rule minds on any day.
const CAREFUL_VOLUME: Volume = Volume::ONE_LOT;

/// One of them, as `demo_traders.toml` describes him.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scripted {
    pub customer: CustomerId,
    pub email: &'static str,
    pub password: &'static str,
    pub program: ProgramId,
    pub payer: Login,
    pub comes_in_at: Turn,
    /// What becomes of his challenge, for people.
    pub ends: &'static str,
}

/// In the order in which they buy.
pub const SCRIPTED: [Scripted; 4] = [
    Scripted {
        customer: CustomerId(1),
        email: "climber@demo.test",
        password: "demo-climber-1",
        program: ProgramId(91),
        payer: Login(100_011),
        comes_in_at: Turn::Low,
        ends: "passes",
    },
    Scripted {
        customer: CustomerId(2),
        email: "diver@demo.test",
        password: "demo-diver-1",
        program: ProgramId(92),
        payer: Login(100_012),
        comes_in_at: Turn::High,
        ends: "breaches his daily loss",
    },
    Scripted {
        customer: CustomerId(3),
        email: "surfer@demo.test",
        password: "demo-surfer-1",
        program: ProgramId(93),
        payer: Login(100_013),
        comes_in_at: Turn::Low,
        ends: "breaches a trailing floor",
    },
    Scripted {
        customer: CustomerId(4),
        email: "graduate@demo.test",
        password: "demo-graduate-1",
        program: ProgramId(94),
        payer: Login(100_014),
        comes_in_at: Turn::Low,
        ends: "passes and trades a funded account",
    },
];

#[derive(Debug, thiserror::Error)]
pub enum CastError {
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error(transparent)]
    Buy(#[from] BuyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0} cannot sign in")]
    NoCustomer(&'static str),
}

/// Lets each of them buy his challenge, if he has not yet, and answers those who are there.
///
/// # Errors
/// When a purchase is refused.
pub async fn cast(app: &App) -> Result<Vec<Trader>, CastError> {
    let mut traders = Vec::new();
    for scripted in SCRIPTED {
        let customer = scripted.customer;
        let known = app
            .store
            .read(move |tx| purchases::by_key(tx, customer, KEY))
            .await?;
        let purchase = match known {
            Some(purchase) => purchase,
            None => buy(app, &scripted).await?,
        };
        let place = purchase.challenge_id.zip(purchase.account_login);
        traders.extend(place.map(|(challenge, login)| Trader {
            challenge,
            login,
            volume: VOLUME,
            comes_in_at: scripted.comes_in_at,
            is_done: false,
        }));
    }
    Ok(traders)
}

async fn buy(app: &App, scripted: &Scripted) -> Result<Purchase, CastError> {
    let credentials = Credentials {
        brand: Some("brand-a".to_owned()),
        email: scripted.email.to_owned(),
        password: scripted.password.to_owned().into(),
        code: None,
    };
    let session = app
        .sign_in_customer(credentials, SessionLife::Terminal)
        .await?;
    let caller = identity::verify(&app.keys, &session.tokens.access_token, app.now());
    let Ok(Caller::Customer(caller)) = caller else {
        return Err(CastError::NoCustomer(scripted.email));
    };
    let request = BuyRequest {
        program_id: scripted.program,
        payer_login: scripted.payer,
        idempotency_key: Some(KEY.to_owned()),
        choice: Choice::default(),
    };
    Ok(app.buy(caller, request).await?.purchase)
}

/// One of them on his account.
#[derive(Clone, Debug)]
pub struct Trader {
    challenge: ChallengeId,
    login: Login,
    volume: Volume,
    comes_in_at: Turn,
    /// His challenge is over: he looks no more.
    is_done: bool,
}

impl Trader {
    /// Buys the symbol when the wave turns, once in each phase, and waits for what comes of it.
    pub(super) async fn act(
        &mut self,
        app: &App,
        symbol: Symbol,
        now: UnixMicros,
    ) -> Result<(), DeskError> {
        if self.is_done || !self.comes_in_at.is_at(now) {
            return Ok(());
        }
        let view = app.desk.view(self.login).await?;
        let Some(view) = view.filter(|view| view.rules.is_some()) else {
            self.go_on(app).await;
            return Ok(());
        };
        if !view.positions.is_empty() {
            return Ok(());
        }
        let order = OrderRequest {
            symbol,
            side: Side::Long,
            volume: self.volume,
            kind: OrderKind::Market,
            protection: Protection::default(),
            expires_at: None,
        };
        let asked = Asked {
            login: self.login,
            client_id: None,
            command: Command::Place(order),
            origin: Origin::Manual,
        };
        match app.desk.command(asked).await {
            Ok(answer) => tracing::debug!(login = self.login.0, ?answer, "a scripted order"),
            Err(DeskError::NotTraded) => self.is_done = true,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The phase is over: the next one has an account of its own.
    async fn go_on(&mut self, app: &App) {
        let challenge = self.challenge;
        let found = app
            .store
            .read(move |tx| challenges::get(tx, challenge))
            .await;
        match found {
            Ok(Some(now)) if has_gone_on(&now) && now.account_login != self.login => {
                (self.login, self.volume) = (now.account_login, CAREFUL_VOLUME);
            }
            Ok(_) => self.is_done = true,
            Err(error) => tracing::debug!(%error, "he looks again at the next turn"),
        }
    }
}

/// It runs, in a later phase. What people reset is theirs.
fn has_gone_on(challenge: &Challenge) -> bool {
    challenge.state == ChallengeState::Active && challenge.current_phase_index > 1
}
