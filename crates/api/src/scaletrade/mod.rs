//! The ScaleTrade dialect: the prop endpoints of its client API and what they lean on.

pub mod addons;
pub mod buy;
pub mod challenges;
pub mod customer;
pub mod days;
pub mod error;
pub mod extract;
pub mod manage;
pub mod manage_filter;
pub mod manage_objects;
pub mod objects;
pub mod otp;
pub mod programs;
pub mod purchases;
pub mod running;
pub mod socket;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

/// Every route of this dialect, with its part of the OpenAPI document.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(programs::list))
        .routes(routes!(programs::detail))
        .routes(routes!(programs::payer_accounts))
        .routes(routes!(manage::create))
        .routes(routes!(manage::card, manage::update))
        .routes(routes!(manage::validate))
        .routes(routes!(manage_filter::filter))
        .routes(routes!(buy::preview))
        .routes(routes!(buy::buy))
        .routes(routes!(addons::list))
        .routes(routes!(addons::buy))
        .routes(routes!(challenges::list))
        .routes(routes!(challenges::detail))
        .routes(routes!(challenges::metrics))
        .routes(routes!(challenges::breaches))
        .routes(routes!(days::days))
        .routes(routes!(purchases::retry))
        .routes(routes!(purchases::cancel))
        .routes(routes!(purchases::refund))
        .routes(routes!(customer::login))
        .routes(routes!(customer::logout))
        .routes(routes!(otp::get, otp::set))
        .routes(routes!(customer::session_accounts))
        .routes(routes!(customer::me))
        .routes(routes!(customer::groups))
        .routes(routes!(customer::open))
        .routes(routes!(customer::renew_password))
        .routes(routes!(customer::account_login))
        .routes(routes!(customer::set_password))
}
