//! How prices reach the currency of a payer (ADR 0025): what a brand has set, and the rates of this instant.

use std::sync::Arc;
use touchstone_domain::conversion::{Conversion, Exchange, Pair};
use touchstone_domain::{Account, BrandId, Currency, Group, UnixMicros};
use touchstone_store::{StoreError, Tx, repo};

/// What may be needed of rates, taken before a transaction that may run more than once.
#[derive(Clone, Debug)]
pub(crate) struct RatesNow {
    pub quotes: Arc<[Pair]>,
    pub now: UnixMicros,
}

impl RatesNow {
    pub fn of_brand(&self, tx: &mut Tx<'_>, brand: BrandId) -> Result<Exchange, StoreError> {
        let conversion = stored(tx, brand)?;
        Ok(Exchange::new(
            conversion,
            Arc::clone(&self.quotes),
            self.now,
        ))
    }

    /// For one payer; most pay in the price's own currency, and need none.
    pub fn for_payer(
        &self,
        tx: &mut Tx<'_>,
        brand: BrandId,
        price: Currency,
        payer: Option<&(Account, Group)>,
    ) -> Result<Exchange, StoreError> {
        match payer {
            Some((account, _)) if account.currency != price => self.of_brand(tx, brand),
            _ => Ok(Exchange::closed()),
        }
    }
}

/// `None`: the brand does not convert.
pub(crate) fn stored(tx: &mut Tx<'_>, brand: BrandId) -> Result<Option<Conversion>, StoreError> {
    let body = repo::brands::conversion(tx, brand)?;
    let read = body.map(|body| serde_json::from_str(&body)).transpose();
    read.map_err(|_| StoreError::Column {
        index: 0,
        expected: "how a brand converts",
    })
}

pub(crate) fn set(
    tx: &mut Tx<'_>,
    brand: BrandId,
    conversion: Option<&Conversion>,
) -> Result<(), StoreError> {
    // Numbers, words and lists of them are JSON.
    let body = conversion.map(|one| serde_json::to_string(one).unwrap_or_default());
    repo::brands::set_conversion(tx, brand, body.as_deref())
}

impl crate::App {
    pub(crate) fn rates_now(&self, now: UnixMicros) -> RatesNow {
        RatesNow {
            quotes: self.desk.pairs(),
            now,
        }
    }
}
