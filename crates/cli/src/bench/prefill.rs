//! Purchases before the measurement, made by the same use case, as fast as the store takes them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{task::JoinSet, time::Instant};
use touchstone_app::{
    App,
    ports::{Ports, SeededRandom},
    purchase::{BuyRequest, Choice},
    settings::Settings,
};
use touchstone_domain::ProgramId;
use touchstone_store::Store;

use super::wallets::{PROGRAM_ID, Wallet, keys};

/// Buyers at once: more than two batches of the store.
const BUYERS: usize = 768;
const TOLD_EVERY: usize = 100_000;

/// Buys `count` times, in turn from all wallets.
pub async fn run(
    store: &Store,
    ports: &Ports,
    wallets: &[Wallet],
    count: usize,
    seed: u64,
) -> anyhow::Result<()> {
    let random = Arc::new(SeededRandom::new(seed));
    let ports = Ports {
        random: random.clone(),
        ..ports.clone()
    };
    let app = App::new(store.clone(), ports, Settings::default(), keys()).await?;
    let wallets: Arc<[Wallet]> = wallets.into();
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut buyers = JoinSet::new();
    for _ in 0..BUYERS {
        let (app, wallets, next) = (app.clone(), wallets.clone(), next.clone());
        buyers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return anyhow::Ok(());
                }
                let wallet = &wallets[number % wallets.len()];
                let request = BuyRequest {
                    program_id: ProgramId(PROGRAM_ID),
                    payer_login: wallet.login,
                    idempotency_key: Some(hex::encode(app.ports.random.bytes::<16>())),
                    choice: Choice::default(),
                };
                app.buy(wallet.caller, request).await?;
                if (number + 1).is_multiple_of(TOLD_EVERY) {
                    eprintln!(
                        "filled with {} purchases, {} s",
                        number + 1,
                        begun.elapsed().as_secs()
                    );
                }
            }
        });
    }
    while let Some(buyer) = buyers.join_next().await {
        buyer??;
    }
    Ok(())
}
