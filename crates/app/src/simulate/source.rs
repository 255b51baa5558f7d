//! Where a program is found: in a firm file, or in a database.

use super::Offer;
use std::collections::BTreeMap;
use touchstone_domain::{BrandId, Group, ProgramId};
use touchstone_store::repo::{brands, groups, programs};
use touchstone_store::{StoreError, Tx};
use touchstone_trading::GroupTrading;

/// A program among others.
#[derive(Clone, Debug)]
pub struct Listed {
    pub brand: String,
    /// `None` in a file that leaves the numbers to the database.
    pub number: Option<ProgramId>,
    pub offer: Offer,
}

/// Why no program is meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PickError {
    #[error("there is no program {asked:?}; there are: {}", .known.join(", "))]
    Unknown { asked: String, known: Vec<String> },
    #[error("{asked:?} is the name of several programs; name the brand too: {}", .brands.join(", "))]
    Several { asked: String, brands: Vec<String> },
}

/// The programs of every brand in the database, whatever their status.
///
/// # Errors
/// The store's.
pub fn stored(tx: &mut Tx<'_>) -> Result<Vec<Listed>, StoreError> {
    let mut listed = Vec::new();
    for brand in brands::all(tx)? {
        let known = of_brand(tx, brand.id)?;
        for program in programs::of_brand(tx, brand.id)? {
            listed.push(Listed {
                brand: brand.name.clone(),
                number: Some(program.id),
                offer: offer(program.current.terms, &known),
            });
        }
    }
    Ok(listed)
}

/// The groups of a brand with what they trade by.
///
/// # Errors
/// The store's.
pub(super) fn of_brand(
    tx: &mut Tx<'_>,
    brand: BrandId,
) -> Result<BTreeMap<String, (Group, GroupTrading)>, StoreError> {
    let mut known = BTreeMap::new();
    for group in groups::of_brand(tx, brand)? {
        let body = groups::trading(tx, group.id)?;
        let trading = crate::desk::group::read(body.as_deref());
        let trading = trading.map_err(|_| StoreError::Column {
            index: 0,
            expected: "the trading of a group",
        })?;
        known.insert(group.name.clone(), (group, trading));
    }
    Ok(known)
}

/// With those of the groups that its steps name.
pub(crate) fn offer(
    terms: touchstone_domain::program::Terms,
    known: &BTreeMap<String, (Group, GroupTrading)>,
) -> Offer {
    let named = terms
        .steps
        .iter()
        .filter_map(|step| known.get_key_value(&step.group));
    let groups = named
        .map(|(name, group)| (name.clone(), group.clone()))
        .collect();
    Offer { terms, groups }
}

/// The program with this number or, where no number is meant, this name; of this brand, where one is named.
///
/// # Errors
/// When none is meant, or more than one.
pub fn pick(listed: Vec<Listed>, asked: &str, brand: Option<&str>) -> Result<Offer, PickError> {
    let mut left = listed;
    let known: Vec<String> = left.iter().map(Listed::told).collect();
    left.retain(|one| brand.is_none_or(|brand| one.brand == brand));
    let number = asked.parse::<i64>().ok().map(ProgramId);
    let is_meant = |one: &Listed| match number {
        Some(number) if one.number.is_some() => one.number == Some(number),
        _ => one.offer.terms.name.eq_ignore_ascii_case(asked),
    };
    left.retain(is_meant);
    if left.len() > 1 {
        let brands = left.into_iter().map(|one| one.brand).collect();
        let asked = asked.to_owned();
        return Err(PickError::Several { asked, brands });
    }
    match left.pop() {
        Some(one) => Ok(one.offer),
        None => Err(PickError::Unknown {
            asked: asked.to_owned(),
            known,
        }),
    }
}

impl Listed {
    fn told(&self) -> String {
        let name = &self.offer.terms.name;
        match self.number {
            Some(number) => format!("{} {name:?} of {}", number.0, self.brand),
            None => format!("{name:?} of {}", self.brand),
        }
    }
}
