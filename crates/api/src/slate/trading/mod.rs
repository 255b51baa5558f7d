//! Trading over HTTP: instruments, accounts, orders, positions and deals. Where Slate documents an endpoint it is
//! that one; the others are in its style. Decimals are texts.

pub mod account_list;
pub mod account_object;
pub mod accounts;
pub mod deals;
mod decimals;
mod execution;
mod failure;
pub mod groups;
pub mod instruments;
pub mod orders;
pub mod positions;
pub mod preflight;
pub mod stream;
pub mod words;

pub(super) use deals::DealObject;
pub(super) use orders::OrderRecord;

use crate::ApiState;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(groups::list))
        .routes(routes!(instruments::list))
        .routes(routes!(instruments::one))
        .routes(routes!(instruments::quotes))
        .routes(routes!(account_list::list))
        .routes(routes!(accounts::one))
        .routes(routes!(stream::stream))
        .routes(routes!(orders::list, orders::place))
        .routes(routes!(orders::history))
        .routes(routes!(orders::change, orders::cancel))
        .routes(routes!(preflight::preflight))
        .routes(routes!(positions::list))
        .routes(routes!(positions::protect))
        .routes(routes!(positions::close))
        .routes(routes!(positions::close_by))
        .routes(routes!(positions::close_all))
        .routes(routes!(deals::list))
}
