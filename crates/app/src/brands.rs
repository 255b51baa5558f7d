//! Names of brands, read once: a brand's name never changes.

use crate::App;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use touchstone_domain::BrandId;
use touchstone_store::{StoreError, Tx, repo};

#[derive(Clone, Debug, Default)]
pub(crate) struct BrandNames(Arc<RwLock<BTreeMap<BrandId, Arc<str>>>>);

impl App {
    /// The name of a brand; empty for one that does not exist.
    pub(crate) fn brand_name(
        &self,
        tx: &mut Tx<'_>,
        brand: BrandId,
    ) -> Result<Arc<str>, StoreError> {
        if let Some(name) = self
            .brand_names
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&brand)
        {
            return Ok(name.clone());
        }
        let Some(found) = repo::brands::get(tx, brand)? else {
            return Ok("".into());
        };
        let name: Arc<str> = found.name.into();
        self.brand_names
            .0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(brand, name.clone());
        Ok(name)
    }
}
