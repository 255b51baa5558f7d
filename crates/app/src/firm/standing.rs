//! What the database holds of the things that a firm file can name.

use super::{FIRM_KIND, Firm};
use crate::PUBLIC_ID_SECRET;
use crate::desk::group;
use std::collections::BTreeMap;
use touchstone_domain::conversion::Conversion;
use touchstone_domain::program::Program;
use touchstone_domain::promotion::Promotion;
use touchstone_domain::{Account, BrandId, CustomerId, Group, GroupId, Login, ProgramId};
use touchstone_store::repo::{self, brands::Brand, customers::Customer, staff::Staff};
use touchstone_store::{StoreError, Tx};
use touchstone_trading::GroupTrading;

#[derive(Debug, Default)]
pub(super) struct Standing {
    pub kind: Option<String>,
    pub public_id_secret: Option<String>,
    pub brands: Vec<StandingBrand>,
    /// Customers that the file names by number or by address.
    pub customers: BTreeMap<CustomerId, Customer>,
    pub accounts: BTreeMap<Login, (Account, Group)>,
    /// Brands of the programs that the file names by id.
    pub program_brands: BTreeMap<ProgramId, BrandId>,
    /// Next numbers, by the counter's name.
    pub next_numbers: BTreeMap<&'static str, i64>,
}

#[derive(Debug)]
pub(super) struct StandingBrand {
    pub brand: Brand,
    pub conversion: Option<Conversion>,
    pub groups: Vec<Group>,
    /// What they trade by.
    pub tradings: BTreeMap<GroupId, GroupTrading>,
    /// Staff that the file names.
    pub staff: Vec<Staff>,
    pub programs: Vec<Program>,
    /// With how often the customer who uses it most does.
    pub promotions: Vec<(Promotion, i64)>,
}

impl Standing {
    pub(super) fn load(tx: &mut Tx<'_>, firm: &Firm) -> Result<Self, StoreError> {
        let mut standing = Self {
            kind: repo::settings::get(tx, FIRM_KIND)?,
            public_id_secret: repo::settings::get(tx, PUBLIC_ID_SECRET)?,
            ..Self::default()
        };
        for brand in repo::brands::all(tx)? {
            let mut staff = Vec::new();
            let spec = firm.brands.iter().find(|spec| spec.name == brand.name);
            for person in spec.map_or(&[][..], |spec| &spec.staff) {
                staff.extend(repo::staff::by_email(tx, brand.id, &person.email)?);
            }
            for person in spec.map_or(&[][..], |spec| &spec.customers) {
                let found = repo::customers::by_email(tx, brand.id, &person.email)?;
                standing.customers.extend(found.map(|c| (c.id, c)));
            }
            let groups = repo::groups::of_brand(tx, brand.id)?;
            let mut tradings = BTreeMap::new();
            for group in &groups {
                let trading = repo::groups::trading(tx, group.id)?;
                // One that cannot be read counts as none.
                let trading = group::read(trading.as_deref()).unwrap_or_default();
                tradings.insert(group.id, trading);
            }
            let mut promotions = Vec::new();
            for promotion in repo::promotions::page(tx, brand.id, i64::MAX, 0)? {
                let most_of_one = repo::promotions::most_of_one(tx, promotion.id)?;
                promotions.push((promotion, most_of_one));
            }
            let conversion = repo::brands::conversion(tx, brand.id)?;
            // One that cannot be read counts as none.
            let conversion = conversion.and_then(|body| serde_json::from_str(&body).ok());
            standing.brands.push(StandingBrand {
                conversion,
                promotions,
                groups,
                tradings,
                programs: repo::programs::of_brand(tx, brand.id)?,
                staff,
                brand,
            });
        }
        standing.load_numbered(tx, firm)?;
        Ok(standing)
    }

    /// What the file names by a number, whichever brand it is of.
    fn load_numbered(&mut self, tx: &mut Tx<'_>, firm: &Firm) -> Result<(), StoreError> {
        for spec in &firm.brands {
            for person in &spec.customers {
                let found = repo::customers::get(tx, person.id)?;
                self.customers.extend(found.map(|c| (c.id, c)));
                for account in &person.accounts {
                    let found = repo::accounts::get(tx, account.login)?;
                    self.accounts.extend(found.map(|a| (account.login, a)));
                }
            }
            for id in spec.programs.iter().filter_map(|program| program.id) {
                let found = repo::programs::brand_of(tx, id)?;
                self.program_brands.extend(found.map(|brand| (id, brand)));
            }
        }
        for (counter, _) in &firm.next_numbers {
            let next = repo::numbers::stored(tx, *counter)?;
            self.next_numbers.extend(next.map(|next| (counter.0, next)));
        }
        Ok(())
    }

    pub(super) fn brand(&self, name: &str) -> Option<&StandingBrand> {
        self.brands
            .iter()
            .find(|standing| standing.brand.name == name)
    }
}
