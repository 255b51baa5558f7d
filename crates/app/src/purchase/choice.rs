//! What a buyer chooses beside the program: add-ons and a promotion code; and what it then costs.

use super::buy::check;
use crate::identity::CustomerCaller;
use crate::promotions::{Ask, Quote, quote};
use touchstone_domain::conversion::{Converted, Exchange};
use touchstone_domain::program::AddonError;
use touchstone_domain::promotion::Refusal;
use touchstone_domain::purchase::{Applied, Block};
use touchstone_domain::{Account, Group, Money, UnixMicros};
use touchstone_store::repo::{self, agreements, programs::OnSale};
use touchstone_store::{StoreError, Tx};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub addon_codes: Vec<String>,
    /// As it was typed.
    pub promo_code: Option<String>,
}

/// What stands in the way of a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    Block(Block),
    Promotion(Refusal),
    Addons(AddonError),
}

/// A choice and what it costs, before anybody looked at who pays.
#[derive(Debug)]
pub(super) struct Quoted {
    /// With add-ons.
    full: Result<Money, AddonError>,
    promotion: Option<Result<Quote, Refusal>>,
    /// The buyer has agreed to everything that is asked.
    has_agreed: bool,
}

/// What can be bought, and for how much.
#[derive(Debug)]
pub(super) struct Deal {
    pub group: Group,
    /// What is paid.
    pub price: Money,
    /// What that came to in the payer's currency, where that is another.
    pub conversion: Option<Converted>,
    pub quote: Option<Quote>,
}

impl Quoted {
    /// What is paid and what a code takes off, as far as the choice can be priced.
    pub fn priced(&self) -> Option<(Money, Option<Applied>)> {
        let full = *self.full.as_ref().ok()?;
        Some(match &self.promotion {
            Some(Ok(quote)) => (quote.price(), Some(quote.applied())),
            _ => (full, None),
        })
    }
}

/// Prices a choice; with `holds` its code stays as it is until the commit.
pub(super) fn quote_choice(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    program: &OnSale,
    choice: &Choice,
    holds: bool,
    now: UnixMicros,
) -> Result<Quoted, StoreError> {
    let full = if choice.addon_codes.is_empty() {
        Ok(program.price)
    } else {
        let version = repo::programs::version(tx, program.version_id)?;
        version.map_or(Ok(program.price), |version| {
            version.terms.choose(&choice.addon_codes)
        })
    };
    let promotion = match (&choice.promo_code, &full) {
        (Some(code), Ok(price)) => {
            let ask = Ask {
                brand: caller.brand_id,
                customer: caller.customer_id,
                program: program.id,
                price: *price,
                purchase: None,
                code,
                now,
            };
            Some(quote(tx, &ask, holds)?)
        }
        _ => None,
    };
    Ok(Quoted {
        full,
        promotion,
        has_agreed: agreements::has_accepted_all(tx, caller.brand_id, caller.customer_id)?,
    })
}

/// The document's checks, made for what is really paid. What is wrong with the choice itself is said when they find
/// nothing, or no more than that its full price is too much.
pub(super) fn check_choice(
    program: &OnSale,
    payer: Option<&(Account, Group)>,
    exchange: &Exchange,
    quoted: Quoted,
) -> Result<Deal, Stop> {
    let checked = |price: Money| {
        let at_price = OnSale {
            price,
            ..program.clone()
        };
        check(&at_price, payer, exchange)
    };
    let or_block = |stop: Stop, price: Money| match checked(price) {
        Ok(_) | Err(Block::NotEnoughFunds { .. }) => stop,
        Err(block) => Stop::Block(block),
    };
    let full = quoted
        .full
        .map_err(|error| or_block(Stop::Addons(error), program.price))?;
    let quote = quoted
        .promotion
        .transpose()
        .map_err(|refusal| or_block(Stop::Promotion(refusal), full))?;
    let price = quote.as_ref().map_or(full, Quote::price);
    let (group, conversion) = checked(price).map_err(Stop::Block)?;
    if !quoted.has_agreed {
        return Err(Stop::Block(Block::AgreementsNotAccepted));
    }
    Ok(Deal {
        group,
        price,
        conversion,
        quote,
    })
}
