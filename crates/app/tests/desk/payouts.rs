//! Lines of scripts about payouts.

use crate::scenario::{Play, usd};
use crate::world::PROGRAM;
use touchstone_app::payouts::{Decision, FundedStanding, PayoutError, PayoutView};
use touchstone_app::purchase::EnrollRequest;
use touchstone_domain::kyc::Kyc;
use touchstone_domain::payout::{Amounts, Condition, Figure, Payout};
use touchstone_domain::{CustomerId, Login, PayoutId};
use touchstone_store::{StoreError, Tx};

impl Play {
    pub async fn payout_line(&mut self, words: &[&str]) -> Vec<String> {
        match words {
            ["enroll", name] => {
                let request = EnrollRequest {
                    program_id: PROGRAM,
                    addon_codes: Vec::new(),
                    idempotency_key: None,
                };
                let caller = self.world.customer();
                let enrolled = self.world.app.enroll(caller, request).await;
                let login = enrolled.expect("a journey").login;
                self.accounts.insert((*name).to_owned(), login);
                vec![format!("account {login}")]
            }
            ["kyc", status] => {
                let kyc = Kyc::from_name(status).expect("a status");
                let (staff, id) = (self.world.staff(), CustomerId(5));
                let set = self.world.app.set_kyc(staff, id, kyc, "why".into()).await;
                set.err().map(|e| e.to_string()).into_iter().collect()
            }
            ["eligible", name] => self.eligible(name).await,
            ["payout", name] => {
                let (app, caller) = (self.world.app.clone(), self.world.customer());
                let login = self.accounts[*name];
                let asked = async move { app.request_payout(caller, Some(login)).await };
                vec![told(self.world.ask(asked).await.as_ref())]
            }
            ["cycles"] => {
                let app = self.world.app.clone();
                let closed = async move { app.close_payout_cycles().await };
                let closed = self.world.ask(closed).await.expect("cycles");
                vec![format!("{closed} closed")]
            }
            ["grow"] => {
                let app = self.world.app.clone();
                let grown = async move { app.grow_accounts().await };
                let grown = self.world.ask(grown).await.expect("growths");
                vec![format!("{grown} grown")]
            }
            ["scaling", name] => self.scaling(name).await,
            ["reject_payout", id] => {
                let (app, staff) = (self.world.app.clone(), self.world.staff());
                let id = PayoutId(id.parse().unwrap());
                let asked = async move { app.reject_payout(staff, id, "why".into()).await };
                vec![view_told(self.world.ask(asked).await)]
            }
            [
                step @ ("approve_payout" | "disburse" | "return" | "paid"),
                id,
            ] => {
                let decision = match *step {
                    "approve_payout" => Decision::Approve { note: "ok".into() },
                    "disburse" => Decision::MarkDisbursing,
                    "return" => Decision::Return {
                        reason: "bounced".into(),
                    },
                    "paid" => Decision::MarkPaid {
                        reference: "wire 7".into(),
                    },
                    other => panic!("what is {other:?}?"),
                };
                let (app, staff) = (&self.world.app, self.world.staff());
                let id = PayoutId(id.parse().unwrap());
                vec![view_told(app.decide_payout(staff, id, decision).await)]
            }
            ["house"] => self.house().await,
            other => self.addon_line(other).await,
        }
    }

    async fn standing(&mut self, name: &str) -> Result<FundedStanding, PayoutError> {
        let (app, caller) = (self.world.app.clone(), self.world.customer());
        let login: Login = self.accounts[name];
        let asked = async move { app.payout_eligibility(caller, Some(login)).await };
        self.world.ask(asked).await
    }

    async fn scaling(&mut self, name: &str) -> Vec<String> {
        let standing = match self.standing(name).await {
            Ok(standing) => standing,
            Err(error) => return vec![error.to_string()],
        };
        let Some(growth) = standing.growth else {
            return vec!["no plan".to_owned()];
        };
        let mut lines = vec![format!("{} of {}", growth.taken, growth.of)];
        if let Some(next) = growth.next {
            lines.extend(next.conditions.iter().map(condition));
            lines.push(format!("next by {}", usd(next.by_minor)));
        }
        lines
    }

    async fn eligible(&mut self, name: &str) -> Vec<String> {
        let look = match self.standing(name).await {
            Ok(standing) => standing.look,
            Err(error) => return vec![error.to_string()],
        };
        let conditions = look.eligibility.conditions.iter();
        let mut lines: Vec<String> = conditions.map(condition).collect();
        lines.push(amounts(&look.eligibility.amounts));
        if let Some(at) = look.cycle_ends_at {
            lines.push(format!("cycle ends at {}", at.rfc3339()));
        }
        lines
    }

    /// What stands in the house's accounts.
    async fn house(&mut self) -> Vec<String> {
        let read = |tx: &mut Tx<'_>| {
            tx.query(
                "SELECT account, CAST(SUM(minor) AS BIGINT) FROM (
                    SELECT to_account AS account, amount_minor AS minor FROM entry WHERE to_account < 0
                    UNION ALL
                    SELECT from_account, -amount_minor FROM entry WHERE from_account < 0) s
                 GROUP BY account ORDER BY account DESC",
                &[],
                |row| Ok::<_, StoreError>(format!("house {}: {}", row.int(0)?, usd(row.int(1)?))),
            )
        };
        self.world.store.read(read).await.expect("sums")
    }
}

fn amounts(amounts: &Amounts) -> String {
    format!(
        "profit {}, buffer {}, capped {}, taken {}: trader {}, firm {}",
        usd(amounts.profit_minor),
        usd(amounts.buffer_minor),
        usd(amounts.capped_minor),
        usd(amounts.taken_minor),
        usd(amounts.trader_minor),
        usd(amounts.firm_minor)
    )
}

fn told(payout: Result<&Payout, &PayoutError>) -> String {
    match payout {
        Ok(p) => {
            let reason = match p.reason.as_str() {
                "" => String::new(),
                reason => format!(", {reason}"),
            };
            let (id, number, state) = (p.id, p.number, p.state.name());
            let (trader, firm) = (usd(p.trader_minor), usd(p.firm_minor));
            let fee = p
                .fee_refund
                .map_or_else(String::new, |fee| format!(", fee {}", usd(fee.minor)));
            format!("payout {id} no. {number} {state}: trader {trader}, firm {firm}{fee}{reason}")
        }
        Err(error) => error.to_string(),
    }
}

fn view_told(view: Result<PayoutView, PayoutError>) -> String {
    told(view.as_ref().map(|view| &view.payout))
}

fn condition(one: &Condition) -> String {
    let figure = |figure: &Figure| match figure {
        Figure::Minor(minor) => usd(*minor),
        Figure::Count(count) => count.to_string(),
        Figure::At(at) => at.rfc3339(),
        Figure::Word(word) => word.clone(),
    };
    let met = if one.is_met { "met" } else { "NOT met" };
    let (value, wanted) = (figure(&one.value), figure(&one.threshold));
    format!("{} {met}: {value} of {wanted}", one.name.name())
}
