//! What a code takes off for somebody, and the one place that reserves, uses and frees it.

use crate::purchase::SaleError;
use touchstone_domain::promotion::{
    Promotion, PromotionUse, Refusal, UseEvent, UseState, Wish, normalised,
};
use touchstone_domain::purchase::{Applied, Purchase};
use touchstone_domain::{
    BrandId, CustomerId, Money, ProgramId, PromotionUseId, PurchaseId, UnixMicros,
};
use touchstone_store::repo::{self, counters};
use touchstone_store::{StoreError, Tx};

/// Somebody wants to use a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub brand: BrandId,
    pub customer: CustomerId,
    pub program: ProgramId,
    /// With add-ons.
    pub price: Money,
    /// The purchase that it is for, if there is one already.
    pub purchase: Option<PurchaseId>,
    pub code: &'a str,
    pub now: UnixMicros,
}

/// What a code takes off a price.
#[derive(Clone, Debug)]
pub struct Quote {
    pub promotion: Promotion,
    /// The price without it.
    pub full: Money,
    /// Above 0, and at most the price.
    pub off_minor: i64,
}

impl Quote {
    /// What is left to be paid.
    pub const fn price(&self) -> Money {
        Money::new(self.full.minor - self.off_minor, self.full.currency)
    }

    pub(crate) fn applied(&self) -> Applied {
        Applied {
            code: self.promotion.code.clone(),
            off_minor: self.off_minor,
        }
    }
}

/// Looks a code up and asks its conditions. With `holds` nobody else uses or changes it until the commit, so that
/// [`reserve`] may follow.
pub(crate) fn quote(
    tx: &mut Tx<'_>,
    ask: &Ask<'_>,
    holds: bool,
) -> Result<Result<Quote, Refusal>, StoreError> {
    let Some(code) = normalised(ask.code) else {
        return Ok(Err(Refusal::Unknown));
    };
    let found = if holds {
        repo::promotions::lock_by_code(tx, ask.brand, &code)?
    } else {
        repo::promotions::by_code(tx, ask.brand, &code)?
    };
    let Some(promotion) = found else {
        return Ok(Err(Refusal::Unknown));
    };
    if holds && promotion.first_purchase_only {
        // Two first purchases with two codes see each other.
        repo::customers::lock(tx, ask.customer)?;
    }
    let but = ask.purchase.unwrap_or(PurchaseId(0));
    let wish = Wish {
        program: ask.program,
        price: ask.price,
        uses_of_customer: repo::promotions::uses_of(tx, promotion.id, ask.customer)?,
        has_bought: promotion.first_purchase_only
            && repo::purchases::has_bought(tx, ask.customer, but)?,
        now: ask.now,
    };
    Ok(promotion.off(&wish).map(|off_minor| Quote {
        promotion,
        full: ask.price,
        off_minor,
    }))
}

/// A stored purchase has the code from now on.
pub(crate) fn reserve(
    tx: &mut Tx<'_>,
    purchase: &Purchase,
    quote: &Quote,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let promotion_id = quote.promotion.id;
    let of_it = PromotionUse {
        id: PromotionUseId(tx.next_id(counters::PROMOTION_USE)?),
        promotion_id,
        customer_id: purchase.customer_id,
        purchase_id: purchase.id,
        state: UseState::Reserved,
        full_minor: quote.full.minor,
        off_minor: quote.off_minor,
        created_at: now,
        updated_at: now,
    };
    repo::promotions::insert_use(tx, &of_it)?;
    repo::promotions::count_on(tx, promotion_id, 1, 0)
}

/// What has happened to a purchase is done to its use of a code, if it has one.
pub(crate) fn settle(
    tx: &mut Tx<'_>,
    purchase: &Purchase,
    event: UseEvent,
    now: UnixMicros,
) -> Result<(), SaleError> {
    let Some(of_it) = repo::promotions::use_of(tx, purchase.id)? else {
        return Ok(());
    };
    let after = of_it.state.after(event)?;
    if after == of_it.state {
        return Ok(());
    }
    repo::promotions::set_use(tx, of_it.id, after, now)?;
    let used = i64::from(after == UseState::Used);
    Ok(repo::promotions::count_on(
        tx,
        of_it.promotion_id,
        -1,
        used,
    )?)
}
