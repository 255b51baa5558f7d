//! What people, payment providers and the runner ask of the application.

mod reply;
mod seen;

pub use reply::{Journey, Paid, Reply, WalletMove};
pub use seen::Seen;

use touchstone_app::App;
use touchstone_app::cashier::{DemoChoice, PaymentNotice, PaymentWhat};
use touchstone_app::identity::{CustomerCaller, StaffCaller};
use touchstone_app::purchase::{BuyRequest, Choice, EnrollRequest, GrantRequest, Resolution};
use touchstone_app::transactions::{Decision, DepositRequest, ManualRequest, WithdrawRequest};
use touchstone_domain::claim::ClaimEffect;
use touchstone_domain::transaction::TransactionKind;
use touchstone_domain::{
    ChallengeId, Currency, CustomerId, Login, Money, ProgramId, PurchaseId, TransactionId,
};

/// The provider that tells what was paid, beside the built-in cashier.
pub const PROVIDER: &str = "bank";
/// More purchases than a world makes.
const PAGE: i64 = 1_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    Buy {
        by: CustomerCaller,
        program: ProgramId,
        payer: Login,
        key: Option<String>,
        code: Option<&'static str>,
    },
    /// Puts a promotion code on a fee, or takes the one off that it has.
    PutCode {
        by: CustomerCaller,
        transaction: TransactionId,
        code: Option<&'static str>,
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
    Enroll {
        by: CustomerCaller,
        program: ProgramId,
        addons: Vec<String>,
        key: Option<String>,
    },
    Grant {
        by: StaffCaller,
        customer: CustomerId,
        program: ProgramId,
        addons: Vec<String>,
    },
    /// Opens a page of the built-in cashier.
    Pay {
        by: CustomerCaller,
        transaction: TransactionId,
    },
    /// Somebody decides on such a page; the transaction is the one that it was opened for.
    Click {
        transaction: TransactionId,
        token: String,
        choice: DemoChoice,
    },
    /// The provider tells something. The same event has the same `message`, unless he is mad.
    Notice {
        event: String,
        transaction: TransactionId,
        what: PaymentWhat,
        message: u8,
    },
    Decide {
        by: StaffCaller,
        transaction: TransactionId,
        decision: Decision,
    },
    /// Staff end a journey that waits for payment.
    EndJourney {
        by: StaffCaller,
        challenge: ChallengeId,
    },
    /// Somebody fills a wallet of his, or the only one he has; in the smallest units of its currency.
    Deposit {
        by: CustomerCaller,
        wallet: Option<Login>,
        minor: i64,
    },
    /// Somebody wants money out of a wallet.
    Withdraw {
        by: CustomerCaller,
        wallet: Option<Login>,
        minor: i64,
    },
    /// A bank takes a fee back.
    ChargeBack {
        by: StaffCaller,
        transaction: TransactionId,
    },
    /// The dispute over it was won.
    Win {
        by: StaffCaller,
        transaction: TransactionId,
    },
    /// Staff give to a wallet, or take from it, at once; in the smallest units of its currency.
    ByHand {
        by: StaffCaller,
        wallet: Login,
        minor: i64,
        gives: bool,
    },
    /// Staff undo that.
    Undo {
        by: StaffCaller,
        transaction: TransactionId,
    },
    /// One look of the runner.
    Drive,
    /// One look for what nobody paid.
    Sweep,
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
                code,
            } => {
                let key = key_words(key.as_deref());
                let customer = by.customer_id;
                let code = code.map_or_else(String::new, |code| format!(" and code {code}"));
                format!("customer {customer} buys program {program} from {payer} with {key}{code}")
            }
            Self::PutCode {
                by,
                transaction,
                code,
            } => {
                let (customer, code) = (by.customer_id, code.unwrap_or("no code"));
                format!("customer {customer} wants {code} on transaction {transaction}")
            }
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
            } => {
                let staff = by.staff_id;
                format!("staff {staff} resolve purchase {purchase}: {resolution:?}")
            }
            Self::Enroll {
                by,
                program,
                addons,
                key,
            } => {
                let key = key_words(key.as_deref());
                let customer = by.customer_id;
                format!("customer {customer} enrols in program {program} {addons:?} with {key}")
            }
            Self::Grant {
                by,
                customer,
                program,
                addons,
            } => {
                let staff = by.staff_id;
                format!("staff {staff} grant program {program} {addons:?} to customer {customer}")
            }
            Self::Pay { by, transaction } => {
                let customer = by.customer_id;
                format!("customer {customer} goes to pay transaction {transaction}")
            }
            Self::Click {
                transaction,
                choice,
                ..
            } => format!("at the cashier for transaction {transaction}: {choice:?}"),
            Self::Notice {
                event,
                transaction,
                what,
                message,
            } => {
                let what = match what {
                    PaymentWhat::Received(amount) => money_words(*amount),
                    PaymentWhat::Declined => "declined".into(),
                };
                format!("provider tells {event}.{message} of transaction {transaction}: {what}")
            }
            Self::Decide {
                by,
                transaction,
                decision,
            } => {
                let staff = by.staff_id;
                format!("staff {staff} decide transaction {transaction}: {decision:?}")
            }
            Self::EndJourney { by, challenge } => {
                format!("staff {} end journey {challenge}", by.staff_id)
            }
            Self::Deposit { by, wallet, minor } => {
                let wallet = wallet_words(*wallet);
                format!("customer {} fills {wallet} with {minor}", by.customer_id)
            }
            Self::Withdraw { by, wallet, minor } => {
                let wallet = wallet_words(*wallet);
                format!("customer {} wants {minor} from {wallet}", by.customer_id)
            }
            Self::ChargeBack { by, transaction } => {
                format!(
                    "staff {} write down that a bank took transaction {transaction}",
                    by.staff_id
                )
            }
            Self::Win { by, transaction } => {
                format!(
                    "staff {} have won the dispute over transaction {transaction}",
                    by.staff_id
                )
            }
            Self::ByHand {
                by,
                wallet,
                minor,
                gives,
            } => {
                let what = if *gives { "give" } else { "take" };
                format!(
                    "staff {} {what} {minor} by hand, wallet {wallet}",
                    by.staff_id
                )
            }
            Self::Undo { by, transaction } => {
                format!("staff {} undo transaction {transaction}", by.staff_id)
            }
            Self::Drive => "the runner looks".into(),
            Self::Sweep => "the sweeper looks".into(),
        }
    }

    /// Asks, and gives what came back.
    pub async fn send(self, app: App) -> Reply {
        match self {
            Self::Buy {
                by,
                program,
                payer,
                key,
                code,
            } => {
                let request = BuyRequest {
                    program_id: program,
                    payer_login: payer,
                    idempotency_key: key,
                    choice: Choice {
                        promo_code: code.map(str::to_owned),
                        ..Choice::default()
                    },
                };
                Reply::of(app.buy(by, request).await)
            }
            Self::PutCode {
                by,
                transaction,
                code,
            } => Reply::of(match code {
                Some(code) => app.put_code(by, transaction, code.to_owned()).await,
                None => app.take_code_off(by, transaction).await,
            }),
            Self::Cancel { by, purchase } => Reply::of(app.cancel_purchase(by, purchase).await),
            Self::Retry { by, purchase } => Reply::of(app.retry_purchase(by, purchase).await),
            Self::Look { by } => {
                let all = PurchaseId(i64::MAX);
                Reply::of(app.purchases_of(by, all, PAGE).await)
            }
            Self::Resolve {
                by,
                purchase,
                resolution,
            } => {
                let reason = "as the trading server's administrator says".to_owned();
                Reply::of(app.resolve_purchase(by, purchase, resolution, reason).await)
            }
            Self::Drive => Reply::of(app.drive_due().await),
            Self::Sweep => Reply::of(app.sweep_unpaid().await),
            Self::Deposit { by, wallet, minor } => {
                let request = DepositRequest {
                    login: wallet,
                    amount: major(minor),
                };
                Reply::of(app.deposit(by, request).await)
            }
            Self::Withdraw { by, wallet, minor } => {
                let request = WithdrawRequest {
                    login: wallet,
                    amount: major(minor),
                    payment_data: None,
                    comment: String::new(),
                };
                Reply::of(app.withdraw(by, request).await)
            }
            payment => payment.send_about_payment(&app).await,
        }
    }

    async fn send_about_payment(self, app: &App) -> Reply {
        match self {
            Self::Enroll {
                by,
                program,
                addons,
                key,
            } => {
                let request = EnrollRequest {
                    program_id: program,
                    addon_codes: addons,
                    idempotency_key: key,
                };
                Reply::of(app.enroll(by, request).await)
            }
            Self::Grant {
                by,
                customer,
                program,
                addons,
            } => {
                let request = GrantRequest {
                    customer_id: customer,
                    program_id: program,
                    addon_codes: addons,
                    reason: "a gift of the house".into(),
                };
                Reply::of(app.grant(by, request).await)
            }
            Self::Pay { by, transaction } => Reply::of(app.pay_transaction(by, transaction).await),
            Self::Click { token, choice, .. } => {
                Reply::of(app.decide_at_demo_cashier(&token, choice).await)
            }
            Self::Notice {
                event,
                transaction,
                what,
                message,
            } => {
                let notice = PaymentNotice {
                    provider: PROVIDER.into(),
                    event_id: event,
                    transaction_id: transaction,
                    what,
                    body_hash: [message; 32],
                };
                Reply::of(app.receive_payment(notice).await)
            }
            Self::Decide {
                by,
                transaction,
                decision,
            } => {
                let comment = String::new();
                let decided = app.decide_transaction(by, transaction, decision, comment);
                Reply::of(decided.await)
            }
            Self::EndJourney { by, challenge } => {
                let reason = "it was a mistake".to_owned();
                Reply::of(app.cancel_journey(by, challenge, reason).await)
            }
            other => other.send_about_claims(app).await,
        }
    }
}

impl Ask {
    async fn send_about_claims(self, app: &App) -> Reply {
        let reason = || "as the bank says".to_owned();
        match self {
            Self::ChargeBack { by, transaction } => {
                let effect = ClaimEffect::Suspend;
                Reply::of(app.charge_back(by, transaction, effect, reason()).await)
            }
            Self::Win { by, transaction } => {
                Reply::of(app.reverse_chargeback(by, transaction, reason()).await)
            }
            Self::ByHand {
                by,
                wallet,
                minor,
                gives,
            } => {
                let request = ManualRequest {
                    login: wallet,
                    kind: match gives {
                        true => TransactionKind::CorrectionIn,
                        false => TransactionKind::CorrectionOut,
                    },
                    amount: major(minor),
                    currency: None,
                    comment: "a complaint".into(),
                    payment_data: None,
                    is_approved: true,
                };
                Reply::of(app.make_manual_transaction(by, request).await)
            }
            Self::Undo { by, transaction } => {
                let reason = "a mistake".to_owned();
                Reply::of(
                    app.reverse_manual_transaction(by, transaction, reason)
                        .await,
                )
            }
            other => Reply::Broken(format!("nobody answers {other:?}")),
        }
    }
}

fn key_words(key: Option<&str>) -> String {
    key.map_or_else(|| "no key".into(), |key| format!("key {key}"))
}

fn wallet_words(wallet: Option<Login>) -> String {
    wallet.map_or_else(|| "his wallet".into(), |login| login.to_string())
}

/// Every wallet's currency has two decimals.
fn major(minor: i64) -> String {
    Money::new(minor, Currency::USD).fixed()
}

pub fn money_words(amount: Money) -> String {
    format!("{} {}", amount.fixed(), amount.currency)
}
