//! Programs as staff see and change them in the Slate dialect: templates. A template and a program
//! are one thing; what both dialects sell is the version that is current.

mod change;
mod edit;
mod fault;
mod list;

pub use change::{PhaseChange, TemplateChange};
pub use edit::TemplateError;
pub use fault::FieldFault;
pub use list::{TemplateFilter, TemplatePage};

use touchstone_domain::Group;
use touchstone_domain::program::Program;

/// A program with the brand's groups, which its steps name.
#[derive(Clone, Debug)]
pub struct Template {
    pub program: Program,
    pub groups: std::sync::Arc<[Group]>,
}
