//! Use cases and what runs by itself. Everything from outside (time, chance, trading server,
//! cashier, mail) comes through a port; everything durable goes through the store.

pub mod accounts;
pub mod addons;
pub mod agreements;
pub mod api_tokens;
pub mod audit;
mod brands;
pub mod breaches;
pub mod cashier;
pub mod certificates;
pub mod check;
mod chores;
pub mod claims;
mod conversion;
pub mod demo;
pub mod desk;
pub mod events;
pub mod firm;
pub mod health;
pub mod identity;
pub mod inbox;
pub mod journeys;
pub mod keys;
pub mod kyc;
pub mod letters;
pub mod mail;
pub mod news;
pub mod payouts;
pub mod ports;
pub mod privacy;
pub mod promotions;
pub mod purchase;
mod readiness;
pub mod search;
pub mod settings;
pub mod simulate;
pub mod staff;
pub mod standing;
pub mod svg;
pub mod templates;
pub mod totp;
pub mod trading_desk;
pub mod transactions;
pub mod webhooks;

pub use readiness::NotReady;
pub use touchstone_store::StoreError;
pub use touchstone_store::repo::customers::Customer;

use ports::Ports;
use settings::Settings;
use std::sync::Arc;
use touchstone_domain::{PublicIds, UnixMicros};
use touchstone_store::{Store, repo};

/// The product without its edges: what the API, the simulator and the command line drive.
#[derive(Clone)]
pub struct App {
    pub store: Store,
    pub ports: Ports,
    pub settings: Arc<Settings>,
    pub keys: Arc<keys::Keys>,
    pub public_ids: PublicIds,
    pub desk: desk::Desk,
    /// Who listens to events on this server.
    pub events: events::Hub,
    watched: trading_desk::Watched,
    simulations: simulate::Simulations,
    brand_names: brands::BrandNames,
    hashing: identity::HashingPlaces,
    exporting: privacy::ExportPlace,
}

impl App {
    /// Joins a migrated store and the ports; reads what belongs to the installation.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn new(
        store: Store,
        ports: Ports,
        settings: Settings,
        keys: keys::Keys,
    ) -> Result<Self, StoreError> {
        let fresh = hex::encode(ports.random.bytes::<32>());
        let secret = store
            .write(move |tx| repo::settings::get_or_insert(tx, PUBLIC_ID_SECRET, &fresh))
            .await?;
        let mut bytes = [0_u8; 32];
        hex::decode_to_slice(&secret, &mut bytes).map_err(|_| StoreError::Column {
            index: 0,
            expected: "64 hexadecimal digits",
        })?;
        let newest = store.read(|tx| tx.newest_event()).await?;
        Ok(Self {
            events: events::Hub::after(newest),
            store,
            ports,
            settings: Arc::new(settings),
            keys: Arc::new(keys),
            public_ids: PublicIds::new(bytes),
            desk: desk::Desk::new(desk::Instruments::built_in()),
            watched: trading_desk::Watched::default(),
            simulations: simulate::Simulations::default(),
            brand_names: brands::BrandNames::default(),
            hashing: identity::HashingPlaces::default(),
            exporting: privacy::ExportPlace::default(),
        })
    }

    pub fn now(&self) -> UnixMicros {
        self.ports.clock.now()
    }
}

/// Name of the setting that holds the secret behind the UUIDs of this installation.
pub const PUBLIC_ID_SECRET: &str = "public_id_secret";
