//! What is special about an add-on that is bought later: it makes no challenge, but changes what one is judged by.

use super::{Row, Sale, SaleError, group_of_phase};
use touchstone_domain::purchase::Purchase;
use touchstone_store::{Tx, repo};

impl Sale {
    pub(super) fn load_addition(tx: &mut Tx<'_>, purchase: Purchase) -> Result<Self, SaleError> {
        let broken = |what| SaleError::Broken {
            purchase: purchase.id.0,
            what,
        };
        let challenge = match purchase.adds_to {
            Some(id) => repo::challenges::get(tx, id)?,
            None => None,
        };
        let challenge = challenge.ok_or_else(|| broken("its challenge"))?;
        let group =
            group_of_phase(tx, &challenge)?.ok_or_else(|| broken("the group of its phase"))?;
        let mut sale = Self::begin(purchase, group);
        sale.purchase = Row::stored(sale.purchase.value);
        sale.challenge = Some(Row::stored(challenge));
        Ok(sale)
    }

    /// The challenge has the add-ons from here on; the desk judges by them in the same commit.
    pub(super) fn apply(&mut self, tx: &mut Tx<'_>) -> Result<(), SaleError> {
        let broken = self.broken("the purchase of its challenge");
        let of = self
            .challenge()
            .map(|challenge| challenge.purchase_id)
            .ok_or(broken)?;
        let broken = self.broken("the purchase of its challenge");
        let bought = repo::purchases::lock(tx, of)?.ok_or(broken)?;
        repo::purchases::add_late(tx, &bought, &self.purchase().addon_codes)?;
        Ok(())
    }
}
