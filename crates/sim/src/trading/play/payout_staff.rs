//! What the people of the firm do with payouts.

use super::super::payouts::{Back, Refused, Step};
use super::super::world::{SECOND, STAFF, TRADER};
use super::Play;
use touchstone_app::desk::PayoutReject;
use touchstone_app::identity::StaffCaller;
use touchstone_app::payouts::{Decision, PayoutError, PayoutView};
use touchstone_domain::PayoutId;

impl Play {
    pub(super) async fn staff_step(&mut self) -> anyhow::Result<()> {
        let in_flight = self
            .payouts
            .all
            .iter()
            .filter(|(_, one)| one.is_in_flight());
        let mut ids: Vec<i64> = in_flight.map(|(id, _)| *id).collect();
        if ids.is_empty() || self.draws.chance(10) {
            ids = self.payouts.all.keys().copied().collect();
        }
        let Some(id) = self.draws.pick(&ids) else {
            return Ok(());
        };
        let steps = match self.payouts.all[&id].state.as_str() {
            "pending" => [Step::Approve, Step::Approve, Step::Approve, Step::Reject],
            "awaiting_second_approval" => {
                [Step::Approve, Step::Approve, Step::Approve, Step::Reject]
            }
            "approved" => [Step::Disburse, Step::Disburse, Step::Disburse, Step::Reject],
            _ => [Step::Pay, Step::Pay, Step::Pay, Step::Return],
        };
        let all = [
            Step::Approve,
            Step::Disburse,
            Step::Return,
            Step::Pay,
            Step::Reject,
        ];
        let step = match self.draws.chance(15) {
            true => self.draws.pick(&all),
            false => self.draws.pick(&steps),
        };
        let step = step.unwrap_or(Step::Approve);
        let by = self.draw_staff();
        match self.draws.below(10) {
            0..3 if step == Step::Reject => self.reject_and_crash(id, by).await,
            3..6 if step == Step::Reject => self.two_at_once(id, step, by).await,
            0..3 => self.two_at_once(id, step, by).await,
            3..5 => {
                // As from a second click.
                self.one_step(id, step, by).await?;
                self.one_step(id, step, by).await
            }
            _ => self.one_step(id, step, by).await,
        }
    }

    fn draw_staff(&mut self) -> StaffCaller {
        if self.draws.chance(50) { STAFF } else { SECOND }
    }

    pub(super) async fn one_step(
        &mut self,
        id: i64,
        step: Step,
        by: StaffCaller,
    ) -> anyhow::Result<()> {
        let found = self.ask_staff(id, [(step, by)]).await?;
        self.say(&format!(
            "payout {id}: {step:?} by {} -> {found:?}",
            by.staff_id
        ));
        let wanted = self.stepped(id, step, by);
        self.expect_step(id, &[wanted], &found);
        self.after_step(id).await
    }

    /// Both through the same door, so that one comes first; which one is not known.
    async fn two_at_once(&mut self, id: i64, step: Step, by: StaffCaller) -> anyhow::Result<()> {
        let other = match step {
            Step::Reject => (step, by),
            _ if self.draws.chance(50) => (step, self.draw_staff()),
            _ => (Step::Approve, self.draw_staff()),
        };
        let both = [(step, by), other];
        let mut found = self.ask_staff(id, both).await?;
        if step == Step::Reject {
            // Both are the same: which one came first is nobody's business.
            found.sort_by_key(|one| !matches!(one, Some(Ok(_))));
        }
        self.say(&format!(
            "payout {id}: two at once, {step:?} by {} and {:?} by {} -> {found:?}",
            by.staff_id, other.0, other.1.staff_id
        ));
        let mut wanted = Vec::new();
        for (step, by) in both {
            wanted.push(self.stepped(id, step, by));
        }
        self.expect_step(id, &wanted, &found);
        self.after_step(id).await
    }

    async fn reject_and_crash(&mut self, id: i64, by: StaffCaller) -> anyhow::Result<()> {
        let reject = PayoutReject {
            brand_id: TRADER.brand_id,
            id: PayoutId(id),
            staff: by.staff_id.into(),
            reason: "sim".to_owned(),
        };
        let is_taken_in = self.draws.chance(60);
        let desk = self.world.app.desk.clone();
        let asked = async move { desk.reject_payout(reject).await };
        self.world.cut_off(asked, u32::from(is_taken_in)).await?;
        self.say(&format!(
            "the process ends while payout {id} is rejected, taken in: {is_taken_in}"
        ));
        if is_taken_in {
            let _ = self.stepped(id, Step::Reject, by);
        }
        self.after_step(id).await
    }

    /// What was answered to each; `None` is a refusal that no table knows.
    async fn ask_staff<const N: usize>(
        &mut self,
        id: i64,
        steps: [(Step, StaffCaller); N],
    ) -> anyhow::Result<Vec<Option<Result<String, Refused>>>> {
        let app = self.world.app.clone();
        let asked = steps.map(|(step, by)| {
            let app = app.clone();
            async move { told(take_step(app, PayoutId(id), step, by).await) }
        });
        self.world.ask(futures_util::future::join_all(asked)).await
    }

    /// By this book's own table, with what it does to the account.
    fn stepped(&mut self, id: i64, step: Step, by: StaffCaller) -> Option<Result<String, Refused>> {
        let kept = self.payouts.all.get_mut(&id)?;
        let outcome = kept.step(step, by.staff_id.0);
        let kept = kept.clone();
        Some(outcome.map(|back| {
            if back == Back::Profit {
                self.moved(&kept, "payout_returned", 1);
                if let Some(model) = self.models.get_mut(&kept.login) {
                    model.take_back();
                }
            }
            kept.state
        }))
    }

    fn expect_step(
        &mut self,
        id: i64,
        wanted: &[Option<Result<String, Refused>>],
        found: &[Option<Result<String, Refused>>],
    ) {
        if wanted != found {
            let row = format!("payout {id}: {wanted:?}, not {found:?}");
            self.wrong("a payout goes the way of its table", row);
        }
    }

    async fn after_step(&mut self, id: i64) -> anyhow::Result<()> {
        let login = self.payouts.all[&id].login;
        self.after_payout(&[login]).await
    }
}

async fn take_step(
    app: touchstone_app::App,
    id: PayoutId,
    step: Step,
    by: StaffCaller,
) -> Result<PayoutView, PayoutError> {
    let decision = match step {
        Step::Approve => Decision::Approve { note: "ok".into() },
        Step::Disburse => Decision::MarkDisbursing,
        Step::Return => Decision::Return {
            reason: "bounced".into(),
        },
        Step::Pay => Decision::MarkPaid {
            reference: "wire".into(),
        },
        Step::Reject => return app.reject_payout(by, id, "sim".into()).await,
    };
    app.decide_payout(by, id, decision).await
}

fn told(answer: Result<PayoutView, PayoutError>) -> Option<Result<String, Refused>> {
    match answer {
        Ok(view) => Some(Ok(view.payout.state.name().to_owned())),
        Err(PayoutError::Refused(_)) => Some(Err(Refused::State)),
        Err(PayoutError::SecondPersonWanted) => Some(Err(Refused::SamePerson)),
        Err(_) => None,
    }
}
