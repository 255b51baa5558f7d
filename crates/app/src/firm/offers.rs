//! What a firm file sells, without a database.

use super::Firm;
use crate::simulate::{Listed, offer};
use std::collections::BTreeMap;

impl Firm {
    /// The programs that the file describes.
    pub fn offers(&self) -> Vec<Listed> {
        let mut listed = Vec::new();
        for brand in &self.brands {
            let groups = brand.groups.iter();
            let groups: BTreeMap<_, _> = groups
                .map(|group| {
                    (
                        group.name.clone(),
                        (group.as_group(), group.trading.clone()),
                    )
                })
                .collect();
            listed.extend(brand.programs.iter().map(|program| Listed {
                brand: brand.name.clone(),
                number: program.id,
                offer: offer(program.terms.clone(), &groups),
            }));
        }
        listed
    }
}
