//! Lines of scripts about fees: what is sold for how much, refunds, chargebacks, and wallets that staff fill by hand.

use crate::scenario::Play;
use crate::world::{PROGRAM, WALLET, World};
use touchstone_app::claims::{ClaimError, ClaimOn, Claimed, RefundAsk};
use touchstone_app::transactions::ManualRequest;
use touchstone_domain::claim::ClaimEffect;
use touchstone_domain::program::RefundPolicy;
use touchstone_domain::transaction::TransactionKind;
use touchstone_domain::{BasisPoints, Currency, Login, Money, PurchaseId, TransactionId};
use touchstone_store::repo::{self, programs};
use touchstone_store::{StoreError, params};

/// What the program costs, and when that goes back.
#[derive(Default)]
pub struct Offer {
    price_minor: i64,
    refund: Option<RefundPolicy>,
}

impl Offer {
    pub fn of(head: &str) -> Self {
        let mut offer = Self::default();
        for line in head.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["price", minor] => offer.price_minor = minor.parse().expect("minor units"),
                ["refund", days, kept] => {
                    offer.refund = Some(RefundPolicy {
                        within_days: days.parse().expect("days"),
                        kept: BasisPoints(kept.parse().expect("a share")),
                    });
                }
                _ => {}
            }
        }
        offer
    }

    /// The program is sold like this from now on; nobody has bought yet.
    pub async fn sell(&self, world: &World) {
        if self.price_minor == 0 {
            return;
        }
        let (price, refund) = (Money::new(self.price_minor, Currency::USD), self.refund);
        let written = world.store.write(move |tx| {
            let brand = programs::brand_of(tx, PROGRAM)?.expect("a brand");
            let mut program = programs::get(tx, brand, PROGRAM)?.expect("a program");
            program.current.terms.price = price;
            program.current.terms.refund = refund;
            program.current.id.0 += 1;
            program.current.number += 1;
            let next = program.current.id.0 + 1;
            tx.raise_counter(repo::counters::PROGRAM_VERSION, next)?;
            programs::update(tx, &program, true)
        });
        written.await.expect("another version");
    }
}

impl Play {
    /// `None` for a line about something else.
    pub async fn fee_line(&mut self, words: &[&str]) -> Option<Vec<String>> {
        let said = match words {
            ["credit", amount] => self.by_hand(TransactionKind::CorrectionIn, amount).await,
            ["debit", amount] => self.by_hand(TransactionKind::CorrectionOut, amount).await,
            ["undo", transaction] => {
                let (app, staff) = (&self.world.app, self.world.staff());
                let id = TransactionId(transaction.parse().expect("a number"));
                let undone = app
                    .reverse_manual_transaction(staff, id, "why".into())
                    .await;
                match undone {
                    Ok(view) => {
                        let t = view.transaction;
                        format!("transaction {} {}", t.id, t.kind.name())
                    }
                    Err(error) => error.to_string(),
                }
            }
            ["ask_back", name] => {
                let on = ClaimOn::Purchase(self.purchase_of(name).await);
                let (app, caller) = (self.world.app.clone(), self.world.customer());
                let asked = async move { app.refund_own_fee(caller, on).await };
                told(&self.world.ask(asked).await)
            }
            ["give_back", name, rest @ ..] => {
                let on = ClaimOn::Purchase(self.purchase_of(name).await);
                let (app, caller) = (self.world.app.clone(), self.world.staff());
                let ask = RefundAsk {
                    reason: "why".into(),
                    is_override: !rest.is_empty(),
                    amount: rest.get(1).map(|amount| (*amount).to_owned()),
                };
                let asked = async move { app.refund_fee(caller, on, ask).await };
                told(&self.world.ask(asked).await)
            }
            ["charge_back", transaction, effect] => {
                let (app, caller) = (self.world.app.clone(), self.world.staff());
                let id = TransactionId(transaction.parse().expect("a number"));
                let effect = match *effect {
                    "end" => ClaimEffect::End,
                    _ => ClaimEffect::Suspend,
                };
                let asked = async move { app.charge_back(caller, id, effect, "why".into()).await };
                told(&self.world.ask(asked).await)
            }
            ["win", transaction] => {
                let (app, caller) = (&self.world.app, self.world.staff());
                let id = TransactionId(transaction.parse().expect("a number"));
                told(&app.reverse_chargeback(caller, id, "won".into()).await)
            }
            _ => return None,
        };
        Some(vec![said])
    }

    async fn by_hand(&mut self, kind: TransactionKind, amount: &str) -> String {
        let request = ManualRequest {
            login: WALLET,
            kind,
            amount: amount.to_owned(),
            currency: None,
            comment: "why".into(),
            payment_data: None,
            is_approved: true,
        };
        let (app, staff) = (&self.world.app, self.world.staff());
        match app.make_manual_transaction(staff, request).await {
            Ok(view) => format!("transaction {} {}", view.transaction.id, kind.name()),
            Err(error) => error.to_string(),
        }
    }

    async fn purchase_of(&self, name: &str) -> PurchaseId {
        let Login(login) = self.accounts[name];
        let found = self.world.store.read(move |tx| {
            let sql = "SELECT id FROM purchase WHERE account_login = $1";
            tx.query_one(sql, params![login], |row| row.int(0))
        });
        let found: Result<i64, StoreError> = found.await;
        PurchaseId(found.expect("a purchase"))
    }
}

fn told(claimed: &Result<Claimed, ClaimError>) -> String {
    match claimed {
        Ok(claimed) => {
            let claim = &claimed.claim;
            let place = claim.transaction_id.map_or_else(
                || "wallet".to_owned(),
                |transaction| format!("transaction {transaction}"),
            );
            let reversed = claim.reversal.map_or_else(String::new, |reversal| {
                format!(", reversed by transaction {}", reversal.transaction_id)
            });
            let frozen = if claimed.is_frozen {
                "frozen"
            } else {
                "not frozen"
            };
            format!(
                "{} {} of {} ({place}{reversed}): fee {}, challenge {}, {frozen}",
                claim.kind.name(),
                claim.effect.name(),
                claim.amount.fixed(),
                claimed.purchase.fee_state.name(),
                claimed.challenge.state.name()
            )
        }
        Err(error) => error.to_string(),
    }
}
