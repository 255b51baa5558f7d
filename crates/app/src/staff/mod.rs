//! The people of the firm: who they are, what they may do, and whose customers they look after.

mod assign;
mod change;
mod customers;
mod error;
mod list;

pub use assign::CustomerCard;
pub use change::{NewStaff, StaffPatch};
pub use customers::CustomerPage;
pub use error::StaffError;
pub use list::{OwnProfile, StaffPage};
pub use touchstone_store::repo::customer_list::{
    Filter as CustomerFilter, Listed as ListedCustomer,
};
pub use touchstone_store::repo::staff::Staff;
