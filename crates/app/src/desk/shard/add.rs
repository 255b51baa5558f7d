//! What was bought for a challenge later changes what its account is judged by.

use super::{Cause, Shard, ShardError};
use std::sync::Arc;
use touchstone_domain::{Login, PurchaseId, RuleSet};
use touchstone_rules::Event;

impl Shard {
    /// From here on the account is judged by these rules, and has this leverage if it has less; `false` where it runs no more, or cannot be judged by them.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn add(
        &mut self,
        login: Login,
        rules: &Arc<RuleSet>,
        leverage: i64,
        purchase: PurchaseId,
    ) -> Result<bool, ShardError> {
        self.cause = Cause::Event;
        self.charge_night_of(login)?;
        if !self.is_judged(login) {
            return Ok(false);
        }
        let judged = self.rules.account(login)?;
        if judged.is_none_or(|judged| !judged.phase().takes(rules)) {
            return Ok(false);
        }
        let live = self.accounts.get_mut(&login);
        let raised = live.filter(|live| live.account.leverage < leverage);
        if let Some(live) = raised {
            // What is open keeps the margin that it was opened with.
            live.account.leverage = leverage;
            self.changes(login).leverage = Some(leverage);
            self.unwatched.insert(login);
        }
        self.changes(login).added.push(purchase);
        let verdicts = self.tell(login, vec![Event::Rules(Arc::clone(rules))])?;
        self.follow(verdicts)?;
        self.watch_changed()?;
        Ok(true)
    }
}
