//! What staff do with promotion codes.

use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use std::collections::BTreeSet;
use touchstone_domain::access::Permission;
use touchstone_domain::promotion::{Discount, Promotion, PromotionFault, normalised};
use touchstone_domain::{
    BrandId, EntityKind, ProgramId, PromotionId, UnixMicros, basis_points::format_decimal,
};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::counters;
use touchstone_store::{StoreError, Tx, repo};

#[derive(Debug, thiserror::Error)]
pub enum PromotionError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("there is no such promotion code")]
    NotFound,
    #[error("there is a promotion code with these letters already")]
    Taken,
    #[error(transparent)]
    Fault(#[from] PromotionFault),
    /// The place in the request.
    #[error("there is no such program")]
    NoSuchProgram { index: usize },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A code that staff make.
#[derive(Clone, Debug)]
pub struct NewPromotion {
    pub code: String,
    pub discount: Discount,
    pub patch: PromotionPatch,
}

/// What is `None` stays as it is; of what is `Some(None)` there is none from then on.
#[derive(Clone, Debug, Default)]
pub struct PromotionPatch {
    pub description: Option<String>,
    pub valid_from: Option<Option<UnixMicros>>,
    pub valid_to: Option<Option<UnixMicros>>,
    pub total_limit: Option<Option<i64>>,
    pub customer_limit: Option<Option<i64>>,
    pub programs: Option<Vec<ProgramId>>,
    pub first_purchase_only: Option<bool>,
    pub enabled: Option<bool>,
}

#[derive(Clone, Debug)]
pub struct PromotionPage {
    pub items: Vec<Promotion>,
    /// How many there are on all pages.
    pub total: i64,
}

impl App {
    /// # Errors
    /// See [`PromotionError`]; nothing was changed.
    pub async fn add_promotion(
        &self,
        caller: StaffCaller,
        new: NewPromotion,
    ) -> Result<Promotion, PromotionError> {
        let now = self.now();
        let created_by = self
            .public_ids
            .uuid(EntityKind::Staff, caller.staff_id.0)
            .to_string();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditPromotions, now)?;
                let code = normalised(&new.code).ok_or(PromotionFault::Code)?;
                let mut promotion = Promotion {
                    id: PromotionId(0),
                    brand_id: caller.brand_id,
                    code,
                    description: String::new(),
                    discount: new.discount,
                    valid_from: None,
                    valid_to: None,
                    total_limit: None,
                    customer_limit: None,
                    programs: BTreeSet::new(),
                    first_purchase_only: false,
                    enabled: true,
                    reserved: 0,
                    used: 0,
                    created_by: created_by.clone(),
                    created_at: now,
                    updated_at: now,
                };
                change(tx, &mut promotion, &new.patch)?;
                promotion.check(0)?;
                if repo::promotions::by_code(tx, caller.brand_id, &promotion.code)?.is_some() {
                    return Err(PromotionError::Taken);
                }
                promotion.id = PromotionId(tx.next_id(counters::PROMOTION)?);
                repo::promotions::insert(tx, &promotion)?;
                let after = written(&promotion);
                write_down(tx, &caller, &promotion, (None, &after), now)?;
                Ok(promotion)
            })
            .await
    }

    /// # Errors
    /// [`PromotionError::NotFound`] for unknown and foreign ids.
    pub async fn promotion(
        &self,
        caller: StaffCaller,
        id: PromotionId,
    ) -> Result<Promotion, PromotionError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewPromotions, now)?;
                repo::promotions::get(tx, caller.brand_id, id)?.ok_or(PromotionError::NotFound)
            })
            .await
    }

    /// The brand's codes, newest first.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn promotions(
        &self,
        caller: StaffCaller,
        limit: i64,
        offset: i64,
    ) -> Result<PromotionPage, PromotionError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewPromotions, now)?;
                Ok(PromotionPage {
                    items: repo::promotions::page(tx, caller.brand_id, limit, offset)?,
                    total: repo::promotions::count(tx, caller.brand_id)?,
                })
            })
            .await
    }

    /// Changes for whom and when a code is good. Purchases that have it keep what it took off.
    ///
    /// # Errors
    /// See [`PromotionError`]; nothing was changed.
    pub async fn change_promotion(
        &self,
        caller: StaffCaller,
        id: PromotionId,
        patch: PromotionPatch,
    ) -> Result<Promotion, PromotionError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditPromotions, now)?;
                let before = repo::promotions::lock(tx, caller.brand_id, id)?
                    .ok_or(PromotionError::NotFound)?;
                let mut promotion = before.clone();
                change(tx, &mut promotion, &patch)?;
                if promotion == before {
                    return Ok(before);
                }
                promotion.check(repo::promotions::most_of_one(tx, id)?)?;
                promotion.updated_at = now;
                repo::promotions::update(tx, &promotion)?;
                let (old, new) = (written(&before), written(&promotion));
                write_down(tx, &caller, &promotion, (Some(&old), &new), now)?;
                Ok(promotion)
            })
            .await
    }
}

fn change(
    tx: &mut Tx<'_>,
    promotion: &mut Promotion,
    patch: &PromotionPatch,
) -> Result<(), PromotionError> {
    if let Some(programs) = &patch.programs {
        for (index, id) in programs.iter().enumerate() {
            if !is_of_brand(tx, *id, promotion.brand_id)? {
                return Err(PromotionError::NoSuchProgram { index });
            }
        }
        promotion.programs = programs.iter().copied().collect();
    }
    let p = promotion;
    p.description = patch.description.clone().unwrap_or(p.description.clone());
    p.valid_from = patch.valid_from.unwrap_or(p.valid_from);
    p.valid_to = patch.valid_to.unwrap_or(p.valid_to);
    p.total_limit = patch.total_limit.unwrap_or(p.total_limit);
    p.customer_limit = patch.customer_limit.unwrap_or(p.customer_limit);
    p.first_purchase_only = patch.first_purchase_only.unwrap_or(p.first_purchase_only);
    p.enabled = patch.enabled.unwrap_or(p.enabled);
    Ok(())
}

fn is_of_brand(tx: &mut Tx<'_>, id: ProgramId, brand: BrandId) -> Result<bool, StoreError> {
    Ok(repo::programs::brand_of(tx, id)? == Some(brand))
}

/// A discount for people: `10.0 %` or `50.00 USD`.
fn discount_text(discount: Discount) -> String {
    match discount {
        Discount::Percent(share) => format!("{} %", format_decimal(share.0, 2)),
        Discount::Fixed(money) => format!("{} {}", money.fixed(), money.currency),
    }
}

fn written(p: &Promotion) -> String {
    serde_json::json!({
        "code": p.code,
        "description": p.description,
        "discount": discount_text(p.discount),
        "valid_from": p.valid_from.map(|at| at.rfc3339()),
        "valid_to": p.valid_to.map(|at| at.rfc3339()),
        "total_limit": p.total_limit,
        "per_customer_limit": p.customer_limit,
        "programs": p.programs,
        "first_purchase_only": p.first_purchase_only,
        "enabled": p.enabled,
    })
    .to_string()
}

fn write_down(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    promotion: &Promotion,
    (before, after): (Option<&str>, &str),
    now: UnixMicros,
) -> Result<(), StoreError> {
    repo::audit::insert(
        tx,
        &AuditRow {
            before,
            after: Some(after),
            ..caller.audited(
                now,
                if before.is_some() {
                    "promotion.change"
                } else {
                    "promotion.add"
                },
                ("promotion", promotion.id.0),
            )
        },
    )
}
