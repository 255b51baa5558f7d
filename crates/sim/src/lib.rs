//! Seeded worlds that drive the real application with faults, and an auditor that knows only the
//! invariants. A seed decides everything: the same seed gives the same trace and the same end.

mod ask;
mod auditor;
mod clock;
mod draws;
mod firm;
mod healing;
mod network;
mod run;
mod stage;
mod trace;
mod trading;
mod weather;
mod workload;
mod world;

pub use auditor::Violation;
pub use run::{Outcome, run};
pub use stage::Stage;
