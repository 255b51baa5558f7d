//! Programs as staff see, make and change them in both dialects. Slate's template and ScaleTrade's program are one thing;
//! what both sell is the version that is current.

mod change;
mod edit;
mod fault;
mod groups;
mod list;
mod steps;
mod versions;

pub use change::{PhaseChange, TemplateChange};
pub use edit::{Beginning, Draft, EditError, TemplateError};
pub use fault::{FieldFault, INVALID_VALUE, wire_name};
pub use groups::GroupView;
pub use list::{TemplateFilter, TemplatePage};
pub use steps::{Managed, PlacedFault, ProgramEdit, ProgramError, StepEdit, scale_name};
pub use versions::SoldVersion;

use touchstone_domain::Group;
use touchstone_domain::program::Program;

/// A program with the brand's groups, which its steps name.
#[derive(Clone, Debug)]
pub struct Template {
    pub program: Program,
    pub groups: std::sync::Arc<[Group]>,
}
