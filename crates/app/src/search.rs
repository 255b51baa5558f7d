//! One look for a customer, or for a thing by its number or its id, as they stand in a mail or on a screen.

use crate::App;
use crate::identity::{SessionError, StaffCaller, StaffPass, staff_pass};
use touchstone_domain::access::Permission;
use touchstone_domain::{
    BreachId, ChallengeId, CustomerId, EntityKind, Login, PayoutId, ProgramId, PurchaseId,
    TransactionId,
};
use touchstone_store::repo::customer_list::{self, Filter};
use touchstone_store::repo::{self, desk::breaches};
use touchstone_store::{StoreError, Tx};
use uuid::Uuid;

/// Customers of one answer, at most.
pub const CUSTOMERS_MAX: i64 = 8;
/// Of fewer signs every second customer has some.
const TEXT_MIN: usize = 2;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// A customer, account, challenge, purchase, payout, breach or program.
    pub kind: EntityKind,
    /// Of an account its login.
    pub key: i64,
    /// Whose it is, or what a program is called.
    pub name: String,
    /// His address, the group of an account, the state of a thing, the rule of a breach, or the version of a program.
    pub note: String,
}

/// What a UUID may be of.
const KINDS: [EntityKind; 8] = [
    EntityKind::Customer,
    EntityKind::Account,
    EntityKind::Challenge,
    EntityKind::Purchase,
    EntityKind::Transaction,
    EntityKind::Payout,
    EntityKind::Breach,
    EntityKind::Program,
];
/// What a number may be of.
const NUMBERED: [EntityKind; 3] = [
    EntityKind::Account,
    EntityKind::Purchase,
    EntityKind::Challenge,
];

impl App {
    /// What is meant by a text, of the kinds that the caller may see and with the customers that he sees: things with this
    /// id or number, then customers by part of their name or address.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn search(
        &self,
        caller: StaffCaller,
        text: String,
    ) -> Result<Vec<Hit>, SessionError> {
        let now = self.now();
        let text = text.trim().trim_start_matches('#').to_owned();
        let keys = self.meant(&text);
        self.store
            .read(move |tx| {
                let pass = staff_pass(tx, &caller, now)?;
                let mut hits = Vec::new();
                for (kind, key) in &keys {
                    hits.extend(hit(tx, &pass, *kind, *key)?);
                }
                let is_id = Uuid::try_parse(&text).is_ok();
                let is_short = text.chars().count() < TEXT_MIN;
                if is_id || is_short || !pass.permissions.has(Permission::ViewCustomers) {
                    return Ok(hits);
                }
                let filter = Filter {
                    text: Some(text.clone()),
                    seen_by: pass.owner(),
                    ..Filter::default()
                };
                let found = customer_list::page(tx, pass.brand_id, &filter, CUSTOMERS_MAX, 0)?;
                hits.extend(found.into_iter().map(|one| {
                    Hit {
                        kind: EntityKind::Customer,
                        key: one.id.0,
                        name: format!("{} {}", one.first_name, one.last_name)
                            .trim()
                            .to_owned(),
                        note: one.email,
                    }
                }));
                Ok(hits)
            })
            .await
    }

    fn meant(&self, text: &str) -> Vec<(EntityKind, i64)> {
        if let Ok(id) = Uuid::try_parse(text) {
            let of = |kind| Some((kind, self.public_ids.key(kind, id)?));
            return KINDS.into_iter().filter_map(of).collect();
        }
        let number = text.parse::<i64>().ok().filter(|number| *number > 0);
        number.map_or_else(Vec::new, |key| NUMBERED.map(|kind| (kind, key)).to_vec())
    }
}

/// The thing with this key, if there is one and the caller may see it.
fn hit(
    tx: &mut Tx<'_>,
    pass: &StaffPass,
    kind: EntityKind,
    key: i64,
) -> Result<Option<Hit>, StoreError> {
    use Permission as P;
    let (permission, found) = match kind {
        EntityKind::Customer => (P::ViewCustomers, Some((CustomerId(key), None))),
        EntityKind::Account => {
            let found = repo::accounts::get(tx, Login(key))?;
            let found = found.map(|(account, group)| (account.customer_id, Some(group.name)));
            (P::ViewAccounts, found)
        }
        EntityKind::Challenge => {
            let found = repo::challenges::get(tx, ChallengeId(key))?;
            let found = found.map(|one| (one.customer_id, Some(one.state.name().to_owned())));
            (P::ViewJourneys, found)
        }
        EntityKind::Purchase => {
            let found = repo::purchases::get(tx, PurchaseId(key))?;
            let found = found.map(|one| (one.customer_id, Some(one.state.name())));
            (P::ViewJourneys, found)
        }
        // It has no page of its own: the purchase tells of it, or its customer.
        EntityKind::Transaction => {
            let found = repo::transactions::get(tx, TransactionId(key))?;
            let Some(found) = found.filter(|_| pass.permissions.has(P::ViewTransactions)) else {
                return Ok(None);
            };
            return match found.purchase_id {
                Some(purchase) => hit(tx, pass, EntityKind::Purchase, purchase.0),
                None => hit(tx, pass, EntityKind::Customer, found.customer_id.0),
            };
        }
        EntityKind::Payout => {
            let found = repo::payouts::get(tx, PayoutId(key))?;
            let found = found.map(|one| (one.customer_id, Some(one.state.name().to_owned())));
            (P::ViewPayouts, found)
        }
        EntityKind::Breach => {
            let found = breaches::get(tx, BreachId(key))?;
            let found = found.map(|one| (one.customer_id, Some(one.rule)));
            (P::ViewBreaches, found)
        }
        EntityKind::Program => return program(tx, pass, ProgramId(key)),
        _ => return Ok(None),
    };
    let Some((customer, note)) = found.filter(|_| pass.permissions.has(permission)) else {
        return Ok(None);
    };
    if !pass.sees(tx, customer)? {
        return Ok(None);
    }
    let customer = repo::customers::get(tx, customer)?;
    Ok(customer.map(|customer| Hit {
        kind,
        key,
        name: customer.full_name(),
        note: note.unwrap_or(customer.email),
    }))
}

fn program(tx: &mut Tx<'_>, pass: &StaffPass, id: ProgramId) -> Result<Option<Hit>, StoreError> {
    if !pass.permissions.has(Permission::ViewPrograms) {
        return Ok(None);
    }
    let found = repo::programs::get(tx, pass.brand_id, id)?;
    Ok(found.map(|program| Hit {
        kind: EntityKind::Program,
        key: id.0,
        name: program.current.terms.name,
        note: format!("version {}", program.current.number),
    }))
}
