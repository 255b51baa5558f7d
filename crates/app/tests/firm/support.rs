//! A small firm as text, and what to do with it.

use std::path::PathBuf;
use std::sync::Arc;
use touchstone_app::firm::{self, Edge, Firm, FirmError, Plan};
use touchstone_app::ports::SeededRandom;
use touchstone_domain::UnixMicros;
use touchstone_store::Store;

pub const NOW: UnixMicros = UnixMicros::from_seconds(1_778_160_000);

/// Small, real and whole. Argon2id of "a password".
pub const SMALL: &str = r#"
[[brands]]
name = "brand-a"

[[brands.groups]]
name = "EVAL"
mode = "DEMO"
currency = "USD"
leverage = 100
default_deposit = "100000"

[[brands.groups]]
name = "FUNDED"
mode = "REAL"
currency = "USD"
leverage = 50
default_deposit = "100000"

[[brands.staff]]
email = "Admin@Firm.test"
full_name = "Ada"
password_hash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Vf1RZbk0F3p0eNQTsqWq7tXoQzLh1xk6xv1bLJ3nCj4"

[[brands.programs]]
name = "Challenge"
price = "499.00"
currency = "EUR"

[[brands.programs.steps]]
name = "Evaluation"
group = "EVAL"
max_daily_loss_pct = 5
profit_target_pct = "7.25"

[[brands.programs.steps]]
type = "funded"
name = "Funded"
group = "FUNDED"
profit_split_pct = 80

[[brands.programs.addons]]
code = "fast"
name = "Fast payouts"
price_pct = 10
effect = "by_hand"
"#;

/// [`SMALL`] with one text replaced; the text must be there.
pub fn small_with(old: &str, new: &str) -> String {
    assert!(SMALL.contains(old), "{old:?} is not in the file");
    SMALL.replacen(old, new, 1)
}

pub async fn plan_of(store: &Store, text: &str) -> Result<Plan, FirmError> {
    firm::plan(store, &Arc::new(Firm::read(text)?)).await
}

/// Plans and applies; gives what was planned.
pub async fn apply(store: &Store, text: &str) -> Result<Plan, FirmError> {
    apply_from(store, text, PathBuf::new()).await
}

pub async fn apply_from(store: &Store, text: &str, folder: PathBuf) -> Result<Plan, FirmError> {
    let firm = Arc::new(Firm::read(text)?);
    let plan = firm::plan(store, &firm).await?;
    firm::apply(store, &firm, plan.clone(), edge(folder)).await?;
    Ok(plan)
}

pub fn edge(folder: PathBuf) -> Edge {
    Edge {
        folder,
        random: Arc::new(SeededRandom::new(7)),
        now: NOW,
    }
}
