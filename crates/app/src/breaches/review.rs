//! Staff approve a breach, or take it back.

use crate::App;
use crate::desk::{DeskError, Restore, ReviewOutcome, SetAnchor};
use crate::identity::{SessionError, StaffCaller, StaffPass, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_domain::breach::{Breach, Decision, Review, Severity};
use touchstone_domain::{BreachId, Login, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::desk::breaches;
use touchstone_store::{NewEvent, StoreError, Tx, repo};

#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such breach")]
    NotFound,
    #[error("a breach that is {} cannot be approved", .review.name())]
    Decided { review: Review },
    #[error(transparent)]
    Desk(#[from] DeskError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a review has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reviewed {
    pub review: Review,
    /// It had been decided like this before.
    pub was_so: bool,
    /// What was given back, or taken, when it was reverted.
    pub correction_minor: i64,
}

impl App {
    /// Staff say that a breach stands. A repeat changes nothing.
    ///
    /// # Errors
    /// [`ReviewError::Decided`] for one that was reverted.
    pub async fn approve_breach(
        &self,
        caller: StaffCaller,
        id: BreachId,
        reason: String,
    ) -> Result<Reviewed, ReviewError> {
        self.review(caller, id, Decision::Approve, reason).await
    }

    /// Takes a breach back. Of a terminal one the account, the challenge and the floors are as they were before, in one
    /// commit of the desk; of a warning only the review changes. A repeat changes nothing.
    ///
    /// # Errors
    /// [`DeskError::NotRevertible`] when the challenge has moved on since.
    pub async fn revert_breach(
        &self,
        caller: StaffCaller,
        id: BreachId,
        reason: String,
        restore: Restore,
    ) -> Result<Reviewed, ReviewError> {
        let now = self.now();
        let breach = self
            .store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ReviewBreach, now)?;
                find(tx, &pass, id)
            })
            .await?;
        if breach.severity == Severity::Warning {
            return self.review(caller, id, Decision::Revert, reason).await;
        }
        if breach.review == Review::Reverted {
            return Ok(Reviewed {
                review: Review::Reverted,
                was_so: true,
                correction_minor: 0,
            });
        }
        let outcome = self
            .desk
            .revert(caller.brand_id, id, caller.actor(), reason, restore)
            .await?;
        Ok(match outcome {
            ReviewOutcome::Reverted { correction_minor } => Reviewed {
                review: Review::Reverted,
                was_so: false,
                correction_minor,
            },
            ReviewOutcome::Unchanged => Reviewed {
                review: Review::Reverted,
                was_so: true,
                correction_minor: 0,
            },
        })
    }

    async fn review(
        &self,
        caller: StaffCaller,
        id: BreachId,
        decision: Decision,
        reason: String,
    ) -> Result<Reviewed, ReviewError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ReviewBreach, now)?;
                let mut breach = breaches::lock(tx, id)?.ok_or(ReviewError::NotFound)?;
                if !pass.sees(tx, breach.customer_id)? {
                    return Err(ReviewError::NotFound);
                }
                let before = breach.review;
                let Some(review) = before.decide(decision) else {
                    return Err(ReviewError::Decided { review: before });
                };
                let was_so = before == review;
                if !was_so {
                    breach.review = review;
                    breach.reviewed_by = Some(caller.staff_id);
                    breach.reviewed_at = Some(now);
                    breach.review_reason.clone_from(&reason);
                    breaches::set_review(tx, &breach)?;
                    write_down(tx, &caller, &breach, before, &reason, now)?;
                }
                Ok(Reviewed {
                    review,
                    was_so,
                    correction_minor: 0,
                })
            })
            .await
    }

    /// Staff set what the day's loss of a running account is counted from.
    ///
    /// # Errors
    /// [`DeskError::NotTraded`] for an account whose phase does not run, and [`DeskError::AnchorCrosses`] for an anchor
    /// that crosses a limit at once and may not.
    pub async fn set_anchor(
        &self,
        caller: StaffCaller,
        login: Login,
        anchor_minor: i64,
        reason: String,
        may_breach: bool,
    ) -> Result<(), ReviewError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::SetAnchor, now)?;
                let found = repo::accounts::get(tx, login)?;
                let (account, _) = found.ok_or(ReviewError::NotFound)?;
                if !pass.sees(tx, account.customer_id)? {
                    return Err(ReviewError::NotFound);
                }
                Ok::<_, ReviewError>(())
            })
            .await?;
        let anchor = SetAnchor {
            brand_id: caller.brand_id,
            login,
            staff: caller.actor(),
            anchor_minor,
            reason,
            may_breach,
        };
        Ok(self.desk.set_anchor(anchor).await?)
    }
}

fn find(tx: &mut Tx<'_>, pass: &StaffPass, id: BreachId) -> Result<Breach, ReviewError> {
    let found = breaches::get(tx, id)?.ok_or(ReviewError::NotFound)?;
    if pass.sees(tx, found.customer_id)? {
        Ok(found)
    } else {
        Err(ReviewError::NotFound)
    }
}

fn write_down(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    breach: &Breach,
    before: Review,
    reason: &str,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let (action, kind) = match breach.review {
        Review::Reverted => ("breach.revert", "breach.reverted"),
        Review::Confirmed | Review::Pending => ("breach.approve", "breach.confirmed"),
    };
    repo::audit::insert(
        tx,
        &AuditRow {
            before: Some(&serde_json::json!({ "review": before.name() }).to_string()),
            after: Some(&serde_json::json!({ "review": breach.review.name() }).to_string()),
            note: reason,
            ..caller.audited(now, action, ("breach", breach.id.0))
        },
    )?;
    let body = serde_json::json!({ "breach_id": breach.id, "login": breach.login });
    tx.append_event(&NewEvent {
        at_us: now.0,
        brand_id: breach.brand_id.0,
        kind,
        subject_kind: "breach",
        subject_id: breach.id.0,
        challenge_id: Some(breach.challenge_id.0),
        customer_id: Some(breach.customer_id.0),
        body: &body.to_string(),
    })
}
