//! The firm as a file: brands, groups, people, programs and add-ons, written down in TOML, compared
//! with what the database holds, and made so in one transaction.
//!
//! ```text
//! text --read--> Firm --decide (with Standing)--> Plan --carry--> rows
//! ```
//! What is in the database and not in the file is left alone. A change of what a program promises
//! becomes a new version of it; nobody who is running notices.

mod apply;
mod carry;
mod conversion;
mod decide;
mod decide_programs;
pub mod demo;
mod file;
mod offers;
mod passwords;
mod plan;
pub mod presets;
mod programs;
mod promos;
mod read;
mod standing;
mod terms_text;
mod trading_text;

pub use apply::{Edge, apply, plan};
pub use plan::{Action, Field, Plan, PlanLine};

use crate::accounts::PersonalError;
use crate::firm::passwords::FirstPassword;
use touchstone_domain::access::{Role, ViewScope};
use touchstone_domain::conversion::Conversion;
use touchstone_domain::program::{ProgramStatus, Terms};
use touchstone_domain::promotion::Promotion;
use touchstone_domain::{AccountMode, Currency, CustomerId, Login, Money, ProgramId};
use touchstone_store::{Counter, StoreError};
use touchstone_trading::GroupTrading;

/// Setting: `demo` or `real`, told by the first file that was applied.
const FIRM_KIND: &str = "firm_kind";
/// Outbox: what the accounts of a group trade by may be something else now.
pub(crate) const GROUP_CHANGED: &str = "group.changed";
/// Who made what a file describes.
const ACTOR: &str = "firm file";

/// A firm as its file wants it, checked as a whole.
#[derive(Debug)]
pub struct Firm {
    demo: bool,
    public_id_secret: Option<String>,
    next_numbers: Vec<(Counter, i64)>,
    brands: Vec<BrandSpec>,
}

impl Firm {
    /// Reads a firm file.
    ///
    /// # Errors
    /// [`FirmError::Syntax`] for what is no TOML, an unknown key or a value of a wrong kind;
    /// [`FirmError::Faults`] with everything else that is wrong, each with its line.
    pub fn read(text: &str) -> Result<Self, FirmError> {
        read::firm(text)
    }

    pub const fn is_demo(&self) -> bool {
        self.demo
    }

    fn first_password(&self, kind: &str, brand: &str, email: &str) -> Option<&FirstPassword> {
        let brand = self.brands.iter().find(|spec| spec.name == brand)?;
        let staff = brand.staff.iter().map(|p| ("staff", &p.email, &p.password));
        let customers = brand
            .customers
            .iter()
            .map(|p| ("customer", &p.email, &p.password));
        staff
            .chain(customers)
            .find(|(of, address, _)| *of == kind && *address == email)
            .map(|(.., password)| password)
    }
}

#[derive(Debug)]
struct BrandSpec {
    name: String,
    can_open_demo: bool,
    can_open_real: bool,
    kyc_required_for_real: bool,
    /// `None` leaves it as it is; `Some(None)` ends it.
    conversion: Option<Option<Conversion>>,
    staff_totp_required: bool,
    groups: Vec<GroupSpec>,
    staff: Vec<StaffSpec>,
    customers: Vec<CustomerSpec>,
    programs: Vec<ProgramSpec>,
    promos: Vec<PromoSpec>,
}

#[derive(Debug)]
struct GroupSpec {
    line: usize,
    name: String,
    mode: AccountMode,
    currency: Currency,
    leverage: i64,
    default_deposit_minor: i64,
    enabled: bool,
    public_opening: bool,
    max_positions: i64,
    trading: GroupTrading,
}

#[derive(Debug)]
struct StaffSpec {
    email: String,
    full_name: String,
    /// `None`: enabled when new, else as it stands.
    enabled: Option<bool>,
    /// `None`: owner when new, else as it stands.
    role: Option<Role>,
    /// `None`: everybody's when new, else as it stands.
    view_scope: Option<ViewScope>,
    password: FirstPassword,
}

#[derive(Debug)]
struct CustomerSpec {
    line: usize,
    id: CustomerId,
    email: String,
    first_name: String,
    last_name: String,
    phone: String,
    country: String,
    password: FirstPassword,
    accounts: Vec<AccountSpec>,
}

#[derive(Debug)]
struct AccountSpec {
    line: usize,
    login: Login,
    group: String,
    opening: Money,
}

#[derive(Debug)]
struct ProgramSpec {
    line: usize,
    id: Option<ProgramId>,
    status: ProgramStatus,
    sort_index: i64,
    is_seed: bool,
    terms: Terms,
}

#[derive(Debug)]
struct PromoSpec {
    line: usize,
    promotion: Promotion,
    /// Names of programs; empty for all.
    programs: Vec<String>,
}

/// One thing that is wrong with a firm file, or between it and the database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {place}: {message}")]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    pub place: String,
    pub message: String,
}

#[derive(Debug, thiserror::Error)]
pub enum FirmError {
    #[error("{}", .0.trim_end())]
    Syntax(String),
    #[error("{}", join(.0))]
    Faults(Vec<Fault>),
    #[error("the first password of {email} cannot be read: {detail}")]
    Password { email: String, detail: String },
    #[error(
        "the database holds a {standing} firm and the file describes a {wanted} one; nothing was changed"
    )]
    Kind {
        standing: String,
        wanted: &'static str,
    },
    #[error(
        "this database has a secret of its own behind its UUIDs, so the demo firm's would not come out; start with an empty database"
    )]
    PublicIds,
    #[error(
        "the database was changed meanwhile, and the plan with it; nothing was done, run it again"
    )]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<PersonalError> for FirmError {
    fn from(error: PersonalError) -> Self {
        match error {
            PersonalError::Ledger(_) => Self::Changed,
            PersonalError::Store(error) => error.into(),
        }
    }
}

fn join(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
