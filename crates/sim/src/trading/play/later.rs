//! Add-ons are bought for challenges that run, and the rules change in the middle.

use super::super::additions::{Facts, Kept, Refused, WALLET};
use super::super::terms::{Addon, addons};
use super::super::world::{STAFF, TRADER};
use super::{Owner, Play};
use std::collections::BTreeMap;
use touchstone_app::addons::{AddonBought, AddonBuy, AddonOrdered, LaterAddonError, NoOffer};
use touchstone_app::transactions::Decision;
use touchstone_domain::program::AddonError;
use touchstone_domain::transaction::{TransactionKind, TransactionState};
use touchstone_domain::{ChallengeId, Login, PurchaseId, TransactionId};
use touchstone_store::repo::transactions;
use touchstone_store::{StoreError, Tx};

/// What was answered, or why not.
type Said = Result<String, Option<Refused>>;

/// What staff say of money that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paid {
    Now,
    /// And the process ends before the desk hears of it.
    BeforeTheEnd,
    Never,
    /// What had to go back is paid out.
    Back,
}

fn refused(error: &LaterAddonError) -> Option<Refused> {
    Some(match error {
        LaterAddonError::NotRunning => Refused::NotRunning,
        LaterAddonError::UnderWay | LaterAddonError::Choice(AddonError::Doubled { .. }) => {
            Refused::Had
        }
        LaterAddonError::Choice(AddonError::Conflict { .. }) => Refused::Conflict,
        LaterAddonError::Blocked(_) => Refused::Poor,
        _ => return None,
    })
}

fn bought(answer: Result<AddonBought, LaterAddonError>) -> Said {
    let answer = answer.map(|one| one.purchase.state.name());
    answer.map_err(|error| refused(&error))
}

fn ordered(answer: Result<AddonOrdered, LaterAddonError>) -> Said {
    let answer = answer.map(|one| one.purchase.state.name());
    answer.map_err(|error| refused(&error))
}

impl Play {
    pub(super) async fn addition(&mut self) -> anyhow::Result<()> {
        match self.draws.below(100) {
            0..30 => self.buy_addon().await,
            30..55 => self.order_addon().await,
            55..90 => self.decide_fee().await,
            _ => self.offers().await,
        }
    }

    fn draw_challenge(&mut self) -> Option<(Owner, Addon)> {
        let mut owners: BTreeMap<ChallengeId, Owner> = BTreeMap::new();
        for (login, owner) in &self.owners {
            if self.draws.chance(40) || self.runs(*login) {
                owners.insert(owner.challenge, *owner);
            }
        }
        let owners: Vec<Owner> = owners.into_values().collect();
        let owner = self.draws.pick(&owners)?;
        let addon = self.draws.pick(&addons(owner.program))?;
        Some((owner, addon))
    }

    /// The account of the challenge that runs.
    fn running_of(&self, challenge: ChallengeId) -> Option<Login> {
        let own = self
            .owners
            .iter()
            .filter(|(_, one)| one.challenge == challenge);
        own.map(|(login, _)| *login).find(|login| self.runs(*login))
    }

    fn refusal(&self, owner: Owner, addon: Addon, is_from_wallet: bool) -> Option<Refused> {
        let runs = self.running_of(owner.challenge).is_some();
        let of = (owner.challenge, owner.program);
        self.additions.refusal(of, addon, runs, is_from_wallet)
    }

    pub(super) fn asking(&mut self, owner: Owner, addon: Addon) -> AddonBuy {
        self.sequence += 1;
        AddonBuy {
            challenge_id: owner.challenge,
            code: addon.code.to_owned(),
            payer_login: Login(WALLET),
            idempotency_key: Some(format!("a{}", self.sequence)),
        }
    }

    async fn buy_addon(&mut self) -> anyhow::Result<()> {
        let Some((owner, addon)) = self.draw_challenge() else {
            return Ok(());
        };
        let asking = self.asking(owner, addon);
        match self.draws.below(10) {
            0..3 => self.buy_and_crash(owner, addon, asking).await,
            3..5 => self.buy_twice(owner, addon, asking).await,
            _ => self.buy_once(owner, addon, asking).await,
        }
    }

    pub(super) async fn buy_once(
        &mut self,
        owner: Owner,
        addon: Addon,
        asking: AddonBuy,
    ) -> anyhow::Result<()> {
        let wanted = self.refusal(owner, addon, true);
        let again = asking.clone();
        let app = self.world.app.clone();
        let said = self
            .world
            .ask(async move { bought(app.buy_addon(TRADER, asking).await) })
            .await?;
        self.said("bought", owner, addon, &said);
        self.expect_said(owner, addon, wanted, &said);
        if wanted.is_none() {
            self.answered(owner, addon, true).await?;
        }
        if wanted.is_none() && self.draws.chance(50) {
            // The same key: the same purchase, as it is.
            let app = self.world.app.clone();
            let said = self
                .world
                .ask(async move { bought(app.buy_addon(TRADER, again).await) })
                .await?;
            self.said("bought again", owner, addon, &said);
            self.expect_said(owner, addon, None, &said);
        }
        Ok(())
    }

    /// More room for an account, whose floor a payout may have locked.
    pub(super) async fn widen(&mut self, login: Login) -> anyhow::Result<()> {
        let owner = self.owners[&login];
        let all = addons(owner.program);
        let Some(room) = all.into_iter().find(|one| one.code == "room") else {
            return Ok(());
        };
        let asking = self.asking(owner, room);
        self.buy_once(owner, room, asking).await
    }

    /// With one key for both, or with one for each.
    async fn buy_twice(
        &mut self,
        owner: Owner,
        addon: Addon,
        asking: AddonBuy,
    ) -> anyhow::Result<()> {
        let wanted = self.refusal(owner, addon, true);
        let is_one_key = self.draws.chance(50);
        let other = match is_one_key {
            true => asking.clone(),
            false => self.asking(owner, addon),
        };
        let app = self.world.app.clone();
        let both = async move {
            let (one, other) =
                tokio::join!(app.buy_addon(TRADER, asking), app.buy_addon(TRADER, other));
            [bought(one), bought(other)]
        };
        let mut said = self.world.ask(both).await?;
        said.sort_by_key(|one| one.is_err());
        let [one, other] = said;
        self.said("bought, the first of two at once", owner, addon, &one);
        self.expect_said(owner, addon, wanted, &one);
        if wanted.is_none() {
            self.answered(owner, addon, true).await?;
        }
        let wanted = match is_one_key {
            true => wanted,
            false => self.refusal(owner, addon, true),
        };
        self.expect_said(owner, addon, wanted, &other);
        Ok(())
    }

    /// The money is held, and the process ends before the desk hears of it.
    pub(super) async fn buy_and_crash(
        &mut self,
        owner: Owner,
        addon: Addon,
        asking: AddonBuy,
    ) -> anyhow::Result<()> {
        let wanted = self.refusal(owner, addon, true);
        let said = bought(self.world.hurried().buy_addon(TRADER, asking).await);
        self.world.crash(false).await?;
        self.said("bought before the process ends", owner, addon, &said);
        let kept = Kept::new(owner.challenge, addon, true);
        let found = said.as_ref().err().copied().flatten();
        if found != wanted || said.as_ref().is_ok_and(|found| *found != kept.state) {
            self.wrong_answer(owner, addon, wanted, &said);
        }
        if wanted.is_none() {
            self.additions.due.push_back(kept);
            for id in self.recognize_additions().await? {
                self.additions.since.insert(id, self.world.now());
            }
        }
        Ok(())
    }

    async fn order_addon(&mut self) -> anyhow::Result<()> {
        let Some((owner, addon)) = self.draw_challenge() else {
            return Ok(());
        };
        self.order_once(owner, addon).await?;
        match self.running_of(owner.challenge) {
            // The challenge is over, or nearly, before its add-on is paid.
            Some(login) if self.draws.chance(30) => self.streak(login, false).await,
            _ => Ok(()),
        }
    }

    pub(super) async fn order_once(&mut self, owner: Owner, addon: Addon) -> anyhow::Result<()> {
        let wanted = self.refusal(owner, addon, false);
        let (app, code) = (self.world.app.clone(), addon.code.to_owned());
        let id = owner.challenge;
        let said = self
            .world
            .ask(async move { ordered(app.order_addon(TRADER, id, code).await) })
            .await?;
        self.said("ordered", owner, addon, &said);
        let waits = addon.price_minor > 0;
        if waits && wanted.is_none() {
            if said.as_deref() != Ok("awaiting_payment") {
                self.wrong_answer(owner, addon, wanted, &said);
            }
        } else {
            self.expect_said(owner, addon, wanted, &said);
        }
        match wanted {
            None => self.answered(owner, addon, false).await,
            Some(_) => Ok(()),
        }
    }

    fn said(&mut self, how: &str, owner: Owner, addon: Addon, said: &Said) {
        let (challenge, code) = (owner.challenge, addon.code);
        self.say(&format!(
            "add-on {code} of challenge {challenge} is {how} -> {said:?}"
        ));
    }

    fn expect_said(&mut self, owner: Owner, addon: Addon, wanted: Option<Refused>, said: &Said) {
        let is_so = match (wanted, said) {
            (None, Ok(state)) => state == "active",
            (Some(wanted), Err(found)) => *found == Some(wanted),
            _ => false,
        };
        if !is_so {
            self.wrong_answer(owner, addon, wanted, said);
        }
    }

    fn wrong_answer(&mut self, owner: Owner, addon: Addon, wanted: Option<Refused>, said: &Said) {
        let (challenge, code) = (owner.challenge, addon.code);
        let row = format!("{code} of challenge {challenge}: {wanted:?}, not {said:?}");
        self.wrong("an add-on is sold, or refused for its reason", row);
    }

    /// It was sold, and what was paid is applied at once.
    async fn answered(
        &mut self,
        owner: Owner,
        addon: Addon,
        is_from_wallet: bool,
    ) -> anyhow::Result<()> {
        let kept = Kept::new(owner.challenge, addon, is_from_wallet);
        let waits = kept.state == "awaiting_payment";
        self.additions.due.push_back(kept);
        for id in self.recognize_additions().await? {
            if !waits {
                self.apply(id).await?;
            }
        }
        Ok(())
    }

    async fn recognize_additions(&mut self) -> anyhow::Result<Vec<i64>> {
        let facts = self.world.store.read(Facts::load).await?;
        Ok(self.additions.recognize(&facts))
    }

    /// The desk has had its time with it.
    async fn apply(&mut self, id: i64) -> anyhow::Result<()> {
        let challenge = self.additions.all[&id].challenge;
        let login = self.running_of(challenge);
        let own = self.owners.values().find(|one| one.challenge == challenge);
        let program = own.map_or(0, |one| one.program);
        let adds = self.additions.settle(id, program, login.is_some());
        let (Some(login), Some(adds)) = (login, adds) else {
            return Ok(());
        };
        let is_locked = self.models.get_mut(&login).is_some_and(|model| {
            model.add(adds);
            model.is_locked()
        });
        if is_locked {
            self.say(&format!(
                "the floor of {login} is locked when it gets {adds:?}"
            ));
        }
        self.look_at(login, self.world.now());
        self.floors_stand(login).await
    }

    /// Staff speak for the cashier, and pay out what has to go back.
    async fn decide_fee(&mut self) -> anyhow::Result<()> {
        let open = self.additions.all.iter();
        let open =
            open.filter(|(_, one)| matches!(one.state.as_str(), "awaiting_payment" | "refund_due"));
        let (late, open): (Vec<(&i64, &Kept)>, Vec<_>) =
            open.partition(|(_, one)| self.running_of(one.challenge).is_none());
        let ids =
            |all: Vec<(&i64, &Kept)>| -> Vec<i64> { all.iter().map(|(id, _)| **id).collect() };
        let (late, mut open) = (ids(late), ids(open));
        let late_is_open = !late.is_empty();
        if open.is_empty() || !late.is_empty() && self.draws.chance(60) {
            open = late;
        }
        let is_early = !late_is_open && self.draws.chance(40);
        let Some(id) = self.draws.pick(&open).filter(|_| !is_early) else {
            return self.order_addon().await;
        };
        let how = match self.draws.below(10) {
            _ if self.additions.all[&id].state == "refund_due" => Paid::Back,
            0 | 1 => Paid::Never,
            2..5 => Paid::BeforeTheEnd,
            _ => Paid::Now,
        };
        self.decide(id, how).await
    }

    pub(super) async fn decide(&mut self, id: i64, how: Paid) -> anyhow::Result<()> {
        let Some(transaction) = self.open_transaction(id).await? else {
            let row = format!("add-on {id}, {how:?}");
            self.wrong("what waits for money has a transaction", row);
            return Ok(());
        };
        let decision = match how {
            Paid::Never => Decision::Decline,
            _ => Decision::Approve,
        };
        let app = match how {
            Paid::BeforeTheEnd => self.world.hurried(),
            _ => self.world.app.clone(),
        };
        let decided = async move {
            let decided = app.decide_transaction(STAFF, transaction, decision, String::new());
            decided.await.err().map(|error| error.to_string())
        };
        let error = match how {
            Paid::BeforeTheEnd => {
                let error = decided.await;
                self.world.crash(false).await?;
                error
            }
            _ => self.world.ask(decided).await?,
        };
        self.additions.since.insert(id, self.world.now());
        if let Some(kept) = self.additions.all.get_mut(&id) {
            match how {
                Paid::Back => kept.refund(),
                Paid::Never => kept.decline(),
                Paid::Now | Paid::BeforeTheEnd => kept.pay(),
            }
        }
        if how == Paid::Now {
            self.apply(id).await?;
        }
        let state = self.additions.all[&id].state.clone();
        self.say(&format!(
            "the fee of add-on {id} is paid {how:?}: {state}, {error:?}"
        ));
        if let Some(error) = error {
            self.wrong(
                "staff can decide what waits",
                format!("add-on {id}: {error}"),
            );
        }
        Ok(())
    }

    async fn open_transaction(&self, id: i64) -> anyhow::Result<Option<TransactionId>> {
        let read = move |tx: &mut Tx<'_>| {
            transactions::of_purchase(tx, TRADER.customer_id, PurchaseId(id))
        };
        let all: Result<Vec<_>, StoreError> = self.world.store.read(read).await;
        let all = all?.into_iter();
        let mut open = all.filter(|one| {
            let kinds = [
                TransactionKind::ChallengeAddonFee,
                TransactionKind::ChallengeFeeRefund,
            ];
            kinds.contains(&one.kind) && one.state == TransactionState::Pending
        });
        Ok(open.next().map(|one| one.id))
    }

    /// What no request could wait for is done now.
    pub(super) async fn drive(&mut self) -> anyhow::Result<()> {
        let waiting = self.additions.waiting();
        if waiting.is_empty() {
            return Ok(());
        }
        let app = self.world.app.clone();
        let driven = self.world.ask(async move { app.drive_due().await }).await?;
        self.say(&format!("{waiting:?} are driven -> {driven:?}"));
        if driven.ok() != Some(waiting.len()) {
            let row = format!("{waiting:?}");
            self.wrong("what waits for the desk is driven", row);
        }
        for id in waiting {
            self.apply(id).await?;
        }
        Ok(())
    }

    async fn offers(&mut self) -> anyhow::Result<()> {
        match self.draw_challenge() {
            Some((owner, _)) => self.offered(owner).await,
            None => Ok(()),
        }
    }

    pub(super) async fn offered(&mut self, owner: Owner) -> anyhow::Result<()> {
        let (app, id) = (self.world.app.clone(), owner.challenge);
        let offers = app.addon_offers(TRADER, id).await?;
        for offer in offers.offers {
            let found = offer.reason.as_ref().map(|reason| match reason {
                NoOffer::Bought | NoOffer::UnderWay => Some(Refused::Had),
                NoOffer::Conflict { .. } => Some(Refused::Conflict),
                NoOffer::NotRunning => Some(Refused::NotRunning),
                NoOffer::Idle => None,
            });
            let all = addons(owner.program);
            let addon = all.iter().find(|one| one.code == offer.addon.code);
            let wanted = addon.map(|addon| self.refusal(owner, *addon, false).map(Some));
            let price = addon.map(|addon| addon.price_minor);
            if wanted != Some(found) || price != Some(offer.price.minor) {
                let code = offer.addon.code;
                let row = format!("{code} of challenge {id}: {wanted:?}, not {found:?}");
                self.wrong("what is offered can be bought", row);
            }
        }
        self.say(&format!("the add-ons of challenge {id} are looked at"));
        Ok(())
    }
}
