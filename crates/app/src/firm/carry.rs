//! Carries a plan out, line by line, in the transaction that it was decided in.

use super::plan::{Action, Change, Plan, PlanLine};
use super::{ACTOR, FirmError, GROUP_CHANGED};
use crate::accounts::{NewPersonal, open_personal};
use crate::desk::group::written as group_text;
use std::collections::BTreeMap;
use touchstone_domain::program::Program;
use touchstone_domain::promotion::Promotion;
use touchstone_domain::{
    BrandId, Group, GroupId, ProgramId, ProgramVersionId, PromotionId, StaffId, UnixMicros,
};
use touchstone_store::repo::{self, audit::AuditRow, counters};
use touchstone_store::{NewEvent, StoreError, Tx};
use touchstone_trading::GroupTrading;

/// Argon2id hashes of the people that are made, by kind, brand and address.
pub(super) type Hashes = BTreeMap<(&'static str, String, String), String>;

pub(super) struct Carrier<'a> {
    pub hashes: &'a Hashes,
    pub now: UnixMicros,
    brands: BTreeMap<String, BrandId>,
    groups: BTreeMap<(BrandId, String), Group>,
}

/// What an audit row is about.
struct Subject {
    brand: BrandId,
    kind: &'static str,
    id: i64,
}

impl<'a> Carrier<'a> {
    pub(super) const fn new(hashes: &'a Hashes, now: UnixMicros) -> Self {
        Self {
            hashes,
            now,
            brands: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }

    pub(super) fn carry(&mut self, tx: &mut Tx<'_>, plan: &Plan) -> Result<(), FirmError> {
        for brand in repo::brands::all(tx)? {
            for group in repo::groups::of_brand(tx, brand.id)? {
                self.groups.insert((brand.id, group.name.clone()), group);
            }
            self.brands.insert(brand.name, brand.id);
        }
        for line in &plan.lines {
            if let Some(change) = &line.change
                && let Some(subject) = self.make(tx, change)?
            {
                self.audit(tx, line, &subject)?;
            }
        }
        Ok(())
    }

    fn make(&mut self, tx: &mut Tx<'_>, change: &Change) -> Result<Option<Subject>, FirmError> {
        let subject = |brand, kind, id| Some(Subject { brand, kind, id });
        Ok(match change {
            Change::Setting { name, value } => {
                if repo::settings::get_or_insert(tx, name, value)? != *value {
                    return Err(FirmError::Changed);
                }
                None
            }
            Change::NextNumber(counter, next) => {
                tx.raise_counter(*counter, *next)?;
                None
            }
            Change::NewBrand(brand) => {
                let mut brand = brand.clone();
                brand.id = BrandId(tx.next_id(counters::BRAND)?);
                brand.created_at = self.now;
                repo::brands::insert(tx, &brand)?;
                self.brands.insert(brand.name.clone(), brand.id);
                subject(brand.id, "brand", brand.id.0)
            }
            Change::Brand(brand) => {
                repo::brands::update(tx, brand)?;
                subject(brand.id, "brand", brand.id.0)
            }
            Change::Conversion { brand, conversion } => {
                let brand = self.brand(brand)?;
                crate::conversion::set(tx, brand, conversion.as_ref())?;
                subject(brand, "brand", brand.0)
            }
            Change::NewGroup {
                brand,
                group,
                trading,
            } => {
                let mut group = group.clone();
                group.brand_id = self.brand(brand)?;
                group.id = GroupId(tx.next_id(counters::GROUP)?);
                repo::groups::insert(tx, &group)?;
                self.set_trading(tx, &group, trading)?;
                let subject = subject(group.brand_id, "group", group.id.0);
                self.groups
                    .insert((group.brand_id, group.name.clone()), group);
                subject
            }
            Change::Group { group, trading } => {
                repo::groups::update(tx, group)?;
                self.set_trading(tx, group, trading)?;
                subject(group.brand_id, "group", group.id.0)
            }
            Change::NewStaff { brand, staff } => {
                let mut staff = staff.clone();
                staff.brand_id = self.brand(brand)?;
                staff.id = StaffId(tx.next_id(counters::STAFF)?);
                staff.password_hash = self.hash("staff", brand, &staff.email)?;
                staff.created_at = self.now;
                repo::staff::insert(tx, &staff)?;
                subject(staff.brand_id, "staff", staff.id.0)
            }
            Change::Staff(staff) => {
                repo::staff::update(tx, staff)?;
                subject(staff.brand_id, "staff", staff.id.0)
            }
            Change::NewCustomer { brand, customer } => {
                let mut customer = customer.as_ref().clone();
                customer.brand_id = self.brand(brand)?;
                customer.password_hash = Some(self.hash("customer", brand, &customer.email)?);
                customer.created_at = self.now;
                customer.updated_at = self.now;
                repo::customers::insert(tx, &customer)?;
                tx.raise_counter(counters::CUSTOMER, customer.id.0 + 1)?;
                subject(customer.brand_id, "customer", customer.id.0)
            }
            Change::NewAccount {
                brand,
                group,
                customer,
                login,
                opening,
            } => {
                let brand = self.brand(brand)?;
                let group = self
                    .groups
                    .get(&(brand, group.clone()))
                    .ok_or(FirmError::Changed)?;
                let new = NewPersonal {
                    login: *login,
                    customer_id: *customer,
                    opening: *opening,
                    temporary_password_hash: None,
                };
                open_personal(tx, group, new, self.now)?;
                tx.raise_counter(counters::LOGIN, login.0 + 1)?;
                subject(brand, "account", login.0)
            }
            Change::NewProgram { brand, id, program } => {
                let brand = self.brand(brand)?;
                let id = self.new_program(tx, brand, *id, program)?;
                subject(brand, "program", id.0)
            }
            Change::Promotion {
                brand,
                promotion,
                programs,
            } => {
                let brand = self.brand(brand)?;
                let id = self.set_promotion(tx, brand, promotion, programs)?;
                subject(brand, "promotion", id.0)
            }
            Change::Program {
                before,
                after,
                version_is_new,
            } => {
                self.change_program(tx, before, after, *version_is_new)?;
                subject(after.brand_id, "program", after.id.0)
            }
        })
    }

    /// A server that runs hears of it.
    fn set_trading(
        &self,
        tx: &mut Tx<'_>,
        group: &Group,
        trading: &GroupTrading,
    ) -> Result<(), FirmError> {
        let stored = repo::groups::trading(tx, group.id)?;
        if stored.is_some() || *trading != GroupTrading::default() {
            repo::groups::set_trading(tx, group.id, &group_text(trading))?;
        }
        tx.append_event(&NewEvent {
            at_us: self.now.0,
            brand_id: group.brand_id.0,
            kind: GROUP_CHANGED,
            subject_kind: "group",
            subject_id: group.id.0,
            challenge_id: None,
            customer_id: None,
            body: "{}",
        })?;
        Ok(())
    }

    fn brand(&self, name: &str) -> Result<BrandId, FirmError> {
        self.brands.get(name).copied().ok_or(FirmError::Changed)
    }

    fn hash(&self, kind: &'static str, brand: &str, email: &str) -> Result<String, FirmError> {
        self.hashes
            .get(&(kind, brand.to_owned(), email.to_owned()))
            .cloned()
            .ok_or(FirmError::Changed)
    }

    fn new_program(
        &self,
        tx: &mut Tx<'_>,
        brand: BrandId,
        id: Option<ProgramId>,
        program: &Program,
    ) -> Result<ProgramId, StoreError> {
        let id = match id {
            Some(id) => {
                tx.raise_counter(counters::PROGRAM, id.0 + 1)?;
                id
            }
            None => ProgramId(tx.next_id(counters::PROGRAM)?),
        };
        let mut program = program.clone();
        program.id = id;
        program.brand_id = brand;
        program.current.id = ProgramVersionId(tx.next_id(counters::PROGRAM_VERSION)?);
        program.current.program_id = id;
        program.created_at = self.now;
        program.updated_at = self.now;
        repo::programs::insert(tx, &program)?;
        Ok(id)
    }

    fn set_promotion(
        &self,
        tx: &mut Tx<'_>,
        brand: BrandId,
        promotion: &Promotion,
        programs: &[String],
    ) -> Result<PromotionId, FirmError> {
        let mut promotion = promotion.clone();
        let sold = repo::programs::of_brand(tx, brand)?;
        let named = |name: &String| {
            let mut all = sold.iter();
            all.find(|program| program.current.terms.name == *name)
                .map(|program| program.id)
                .ok_or(FirmError::Changed)
        };
        promotion.programs = programs.iter().map(named).collect::<Result<_, _>>()?;
        promotion.updated_at = self.now;
        if promotion.id == PromotionId(0) {
            promotion.id = PromotionId(tx.next_id(counters::PROMOTION)?);
            promotion.brand_id = brand;
            promotion.created_at = self.now;
            repo::promotions::insert(tx, &promotion)?;
        } else {
            repo::promotions::lock(tx, brand, promotion.id)?;
            let most_of_one = repo::promotions::most_of_one(tx, promotion.id)?;
            let stands = repo::promotions::get(tx, brand, promotion.id)?;
            let stands = stands.ok_or(FirmError::Changed)?;
            (promotion.reserved, promotion.used) = (stands.reserved, stands.used);
            // Somebody may have used it since the plan was made.
            promotion
                .check(most_of_one)
                .map_err(|_| FirmError::Changed)?;
            repo::promotions::update(tx, &promotion)?;
        }
        Ok(promotion.id)
    }

    fn change_program(
        &self,
        tx: &mut Tx<'_>,
        before: &Program,
        after: &Program,
        version_is_new: bool,
    ) -> Result<(), FirmError> {
        let stands = repo::programs::lock(tx, before.brand_id, before.id)?;
        if stands.as_ref() != Some(before) {
            return Err(FirmError::Changed);
        }
        let mut after = after.clone();
        after.updated_at = self.now;
        if version_is_new {
            after.current.id = ProgramVersionId(tx.next_id(counters::PROGRAM_VERSION)?);
        }
        Ok(repo::programs::update(tx, &after, version_is_new)?)
    }

    fn audit(&self, tx: &mut Tx<'_>, line: &PlanLine, subject: &Subject) -> Result<(), StoreError> {
        let side = |pick: fn(&super::Field) -> Option<&String>| {
            let fields: serde_json::Map<String, serde_json::Value> = line
                .fields
                .iter()
                .filter_map(|f| Some((f.name.clone(), pick(f)?.as_str().into())))
                .collect();
            (!fields.is_empty()).then(|| serde_json::Value::Object(fields).to_string())
        };
        let before = side(|field| field.old.as_ref());
        let after = side(|field| Some(&field.new));
        repo::audit::insert(
            tx,
            &AuditRow {
                at: self.now,
                brand_id: subject.brand,
                actor_kind: "system",
                actor_id: 0,
                action: match line.action {
                    Action::Create => "firm.create",
                    _ => "firm.update",
                },
                subject_kind: subject.kind,
                subject_id: subject.id,
                before: before.as_deref(),
                after: after.as_deref(),
                note: ACTOR,
            },
        )
    }
}
