//! Simulations that staff start on a server: one at a time, on a thread of its own that rests after each trader, so that
//! the desk is not slowed. What has come of them is kept in memory, and is gone with the server.

use super::report::Report;
use super::{Offer, Settings, SimulateError, Watch, offer, run};
use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use touchstone_domain::access::Permission;
use touchstone_domain::{BrandId, ProgramId, UnixMicros};
use touchstone_store::repo::{self, audit::AuditRow};
use touchstone_store::{StoreError, Tx};

/// The most traders of one.
pub const JOB_TRADERS_MAX: u32 = 2_000;
/// The longest horizon of one.
pub const JOB_DAYS_MAX: u32 = 365;
/// Programs whose last simulation is kept; the oldest makes room.
const KEPT: usize = 16;
/// About as long as it works: half of one core.
const REST: Duration = Duration::from_millis(2);
/// The most prices of one: a few minutes. Those of 2,000 usual traders are a twentieth of it.
const MOST_PRICES: u64 = 100_000_000;

#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such template")]
    NoTemplate,
    #[error("the template has not been simulated on this server")]
    NotFound,
    #[error("a simulation is running on this server already")]
    Busy,
    /// What was asked for, or the template, cannot be simulated.
    #[error(transparent)]
    Refused(#[from] SimulateError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a simulation stands.
#[derive(Clone, Debug)]
pub enum JobState {
    Running,
    Done(Arc<Report>),
    /// Why.
    Failed(String),
    Cancelled,
}

#[derive(Clone, Debug)]
pub struct JobView {
    pub started_at: UnixMicros,
    /// The version of the template that is tried.
    pub version: i64,
    pub seed: u64,
    pub traders: u32,
    pub done: u32,
    pub state: JobState,
}

/// What runs and what has ended.
#[derive(Clone, Debug, Default)]
pub struct Simulations(Arc<Mutex<Board>>);

#[derive(Debug, Default)]
struct Board {
    is_taken: bool,
    jobs: BTreeMap<(BrandId, ProgramId), Arc<Job>>,
}

#[derive(Debug)]
struct Job {
    started_at: UnixMicros,
    version: i64,
    seed: u64,
    traders: u32,
    watch: Watch,
    state: Mutex<JobState>,
}

impl Job {
    fn state(&self) -> JobState {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn end(&self, state: JobState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn view(&self) -> JobView {
        JobView {
            started_at: self.started_at,
            version: self.version,
            seed: self.seed,
            traders: self.traders,
            done: u32::try_from(self.watch.done()).unwrap_or(u32::MAX),
            state: self.state(),
        }
    }
}

/// The one place to run in; it is free again when this is dropped, whatever has happened.
struct Turn(Simulations);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.board(|board| board.is_taken = false);
    }
}

impl Simulations {
    fn board<T>(&self, work: impl FnOnce(&mut Board) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take_turn(&self) -> Result<Turn, JobError> {
        let is_taken = self.board(|board| std::mem::replace(&mut board.is_taken, true));
        match is_taken {
            true => Err(JobError::Busy),
            false => Ok(Turn(self.clone())),
        }
    }

    fn put(&self, key: (BrandId, ProgramId), job: &Arc<Job>) {
        self.board(|board| {
            board.jobs.insert(key, Arc::clone(job));
            while board.jobs.len() > KEPT {
                let others = board.jobs.iter().filter(|(own, _)| **own != key);
                let oldest = others.min_by_key(|(_, job)| job.started_at);
                let Some(oldest) = oldest.map(|(key, _)| *key) else {
                    break;
                };
                board.jobs.remove(&oldest);
            }
        });
    }

    fn job(&self, key: (BrandId, ProgramId)) -> Option<Arc<Job>> {
        self.board(|board| board.jobs.get(&key).cloned())
    }
}

/// The template with its version's number.
fn of_template(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    id: ProgramId,
    now: UnixMicros,
) -> Result<(Offer, i64), JobError> {
    require_live_staff(tx, caller, Permission::SimulatePrograms, now)?;
    let program = repo::programs::get(tx, caller.brand_id, id)?.ok_or(JobError::NoTemplate)?;
    let groups = super::source::of_brand(tx, caller.brand_id)?;
    let (number, terms) = (program.current.number, program.current.terms);
    Ok((offer(terms, &groups), number))
}

impl App {
    /// Starts a simulation of a template, whatever its status. What came of the one before is forgotten.
    ///
    /// # Errors
    /// [`JobError::Busy`] while another one runs. Nothing was begun.
    pub async fn start_simulation(
        &self,
        caller: StaffCaller,
        id: ProgramId,
        settings: Settings,
    ) -> Result<JobView, JobError> {
        let now = self.now();
        let read = self.store.read(move |tx| of_template(tx, &caller, id, now));
        let (offer, version) = read.await?;
        settings.check()?;
        offer.course(&settings)?;
        let turn = self.simulations.take_turn()?;
        let told = serde_json::json!({
            "version": version,
            "traders": settings.traders,
            "seed": settings.seed,
            "days": settings.funded_days,
            "evaluation_days": settings.evaluation_days,
        });
        let told = told.to_string();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::SimulatePrograms, now)?;
                let action = "template.simulate";
                write_down(tx, &caller, action, id, None, Some(&told), now)?;
                Ok::<_, JobError>(())
            })
            .await?;
        let job = Arc::new(Job {
            started_at: now,
            version,
            seed: settings.seed,
            traders: settings.traders,
            watch: Watch::bounded(REST, MOST_PRICES),
            state: Mutex::new(JobState::Running),
        });
        self.simulations.put((caller.brand_id, id), &job);
        let working = Arc::clone(&job);
        let named = thread::Builder::new().name("simulation".to_owned());
        let spawned = named.spawn(move || work(turn, &working, &offer, &settings));
        if let Err(error) = spawned {
            job.end(JobState::Failed(error.to_string()));
        }
        Ok(job.view())
    }

    /// How the last simulation of a template stands.
    ///
    /// # Errors
    /// [`JobError::NotFound`] where there was none on this server.
    pub async fn simulation(
        &self,
        caller: StaffCaller,
        id: ProgramId,
    ) -> Result<JobView, JobError> {
        self.simulation_for(caller, id, Permission::ViewPrograms)
            .await
    }

    async fn simulation_for(
        &self,
        caller: StaffCaller,
        id: ProgramId,
        permission: Permission,
    ) -> Result<JobView, JobError> {
        let now = self.now();
        let read = self.store.read(move |tx| {
            require_live_staff(tx, &caller, permission, now)?;
            let program = repo::programs::get(tx, caller.brand_id, id)?;
            program.map(drop).ok_or(JobError::NoTemplate)
        });
        read.await?;
        let job = self.simulations.job((caller.brand_id, id));
        Ok(job.ok_or(JobError::NotFound)?.view())
    }

    /// Stops the simulation of a template if it runs, and forgets what came of it.
    ///
    /// # Errors
    /// [`JobError::NotFound`] where there was none on this server.
    pub async fn drop_simulation(
        &self,
        caller: StaffCaller,
        id: ProgramId,
    ) -> Result<(), JobError> {
        let permission = Permission::SimulatePrograms;
        let job = self.simulation_for(caller, id, permission).await?;
        let now = self.now();
        let before =
            serde_json::json!({ "version": job.version, "seed": job.seed, "done": job.done });
        let before = before.to_string();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::SimulatePrograms, now)?;
                let action = "template.simulate_drop";
                write_down(tx, &caller, action, id, Some(&before), None, now)?;
                Ok::<_, JobError>(())
            })
            .await?;
        let key = (caller.brand_id, id);
        if let Some(job) = self.simulations.board(|board| board.jobs.remove(&key)) {
            job.watch.stop();
        }
        Ok(())
    }
}

fn work(turn: Turn, job: &Job, offer: &Offer, settings: &Settings) {
    let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        run(offer, settings, &job.watch)
    }));
    job.end(match ran {
        Ok(Ok(report)) => JobState::Done(Arc::new(report)),
        Ok(Err(SimulateError::Stopped)) => JobState::Cancelled,
        Ok(Err(error)) => JobState::Failed(error.to_string()),
        Err(_) => JobState::Failed("the simulation has met a fault of the program".to_owned()),
    });
    // Whoever sees that it has ended may start another one.
    drop(turn);
}

fn write_down(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    action: &str,
    id: ProgramId,
    before: Option<&str>,
    after: Option<&str>,
    now: UnixMicros,
) -> Result<(), StoreError> {
    repo::audit::insert(
        tx,
        &AuditRow {
            before,
            after,
            ..caller.audited(now, action, ("program", id.0))
        },
    )
}
