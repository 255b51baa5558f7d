//! The Slate dialect: the prop endpoints of its broker API and what they lean on.

pub mod account_anchor;
pub mod addons;
pub mod agreements;
pub mod api_tokens;
pub mod attention;
pub mod audit;
pub mod board;
pub mod breach;
pub mod breach_events;
pub mod breach_review;
pub mod cashier_page;
pub mod catalogue;
pub mod certificates;
pub mod chargeback;
pub mod customer;
pub mod customer_list;
mod customer_object;
pub mod enroll;
pub mod erasure;
pub mod error;
pub mod event_stream;
pub mod export;
pub mod extract;
mod failure;
pub mod fee_promo;
pub mod fee_refund;
pub mod health;
pub mod identity;
mod ids;
pub mod inbox;
pub mod journey;
pub mod journey_cancel;
pub mod journey_curve;
pub mod journey_detail;
pub mod journey_reset;
pub mod journeys;
pub mod kyc;
pub mod kyc_webhook;
pub mod mail_templates;
pub mod manual_transactions;
pub mod news;
pub mod news_import;
pub mod overview;
mod page;
pub mod pay;
pub mod payment_webhook;
mod payout_object;
pub mod payouts;
pub mod promo_codes;
pub mod prop_account;
pub mod prop_payouts;
pub mod purchase_story;
pub mod running;
pub mod search;
pub mod simulation;
pub mod template;
pub mod template_change;
pub mod template_presets;
pub mod template_request;
pub mod template_versions;
pub mod templates;
pub mod totp;
pub mod trading;
pub mod transaction;
pub mod transaction_list;
pub mod transactions;
pub mod users;
pub mod wallet;
pub mod webhook_deliveries;
pub mod webhook_events;
pub mod webhooks;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

/// Every route of this dialect, with its part of the OpenAPI document.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(totp::status))
        .routes(routes!(totp::enroll))
        .routes(routes!(totp::confirm))
        .routes(routes!(totp::disable))
        .routes(routes!(totp::backup_codes))
        .routes(routes!(totp::reset_user))
        .routes(routes!(totp::reset_customer))
        .routes(routes!(users::list, users::create))
        .routes(routes!(api_tokens::list, api_tokens::create))
        .routes(routes!(api_tokens::update))
        .routes(routes!(api_tokens::rotate))
        .routes(routes!(api_tokens::revoke))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhook_events::list))
        .routes(routes!(webhooks::one, webhooks::update, webhooks::remove))
        .routes(routes!(webhooks::rotate))
        .routes(routes!(webhook_deliveries::list))
        .routes(routes!(webhook_deliveries::test))
        .routes(routes!(webhook_deliveries::replay_one))
        .routes(routes!(
            webhook_deliveries::replay,
            webhook_deliveries::stop_replay
        ))
        .routes(routes!(users::me, users::update_me))
        .routes(routes!(users::one, users::update))
        .routes(routes!(users::roles))
        .routes(routes!(audit::list))
        .routes(routes!(customer_list::list))
        .routes(routes!(customer::one))
        .routes(routes!(customer::assign))
        .routes(routes!(export::own))
        .routes(routes!(export::of_customer))
        .routes(routes!(erasure::own))
        .routes(routes!(erasure::of_customer))
        .routes(routes!(enroll::enroll))
        .routes(routes!(enroll::grant))
        .routes(routes!(catalogue::list))
        .routes(routes!(catalogue::mine))
        .routes(routes!(health::one))
        .routes(routes!(inbox::list))
        .routes(routes!(search::list))
        .routes(routes!(board::list))
        .routes(routes!(journeys::list))
        .routes(routes!(journey_detail::one))
        .routes(routes!(journey_curve::one))
        .routes(routes!(journey_cancel::cancel))
        .routes(routes!(journey_reset::reset))
        .routes(routes!(prop_account::one))
        .routes(routes!(account_anchor::set))
        .routes(routes!(news::list, news::add))
        .routes(routes!(news::remove))
        .routes(routes!(news_import::import))
        .routes(routes!(breach_events::list))
        .routes(routes!(breach_events::one))
        .routes(routes!(breach_review::approve))
        .routes(routes!(breach_review::revert))
        .routes(routes!(overview::one))
        .routes(routes!(addons::list, addons::order))
        .routes(routes!(payouts::eligibility))
        .routes(routes!(payouts::request))
        .routes(routes!(payouts::mine))
        .routes(routes!(agreements::list, agreements::publish))
        .routes(routes!(agreements::withdraw))
        .routes(routes!(agreements::mine))
        .routes(routes!(agreements::accept))
        .routes(routes!(mail_templates::list))
        .routes(routes!(mail_templates::set, mail_templates::reset))
        .routes(routes!(mail_templates::preview))
        .routes(routes!(certificates::mine))
        .routes(routes!(certificates::one))
        .routes(routes!(certificates::svg))
        .routes(routes!(certificates::png))
        .routes(routes!(certificates::verify))
        .routes(routes!(prop_payouts::list))
        .routes(routes!(prop_payouts::one))
        .routes(routes!(prop_payouts::approve))
        .routes(routes!(prop_payouts::reject))
        .routes(routes!(prop_payouts::mark_disbursing))
        .routes(routes!(prop_payouts::hand_back))
        .routes(routes!(prop_payouts::mark_paid))
        .routes(routes!(kyc::one, kyc::set))
        .routes(routes!(kyc_webhook::receive))
        .routes(routes!(kyc_webhook::mine))
        .routes(routes!(templates::list, templates::create))
        .routes(routes!(templates::validate))
        .routes(routes!(templates::one, templates::change))
        .routes(routes!(templates::clone))
        .routes(routes!(
            simulation::start,
            simulation::one,
            simulation::remove
        ))
        .routes(routes!(template_versions::list))
        .routes(routes!(template_versions::one))
        .routes(routes!(template_versions::changes))
        .routes(routes!(template_presets::list))
        .routes(routes!(transactions::approve))
        .routes(routes!(transactions::decline))
        .routes(routes!(fee_refund::of_transaction))
        .routes(routes!(fee_refund::of_journey))
        .routes(routes!(fee_refund::own))
        .routes(routes!(chargeback::create))
        .routes(routes!(chargeback::reverse))
        .routes(routes!(manual_transactions::create))
        .routes(routes!(manual_transactions::reverse))
        .routes(routes!(pay::pay))
        .routes(routes!(fee_promo::put, fee_promo::remove))
        .routes(routes!(promo_codes::create, promo_codes::list))
        .routes(routes!(promo_codes::one, promo_codes::update))
        .routes(routes!(wallet::deposit))
        .routes(routes!(wallet::withdraw))
        .routes(routes!(transaction_list::list))
        .routes(routes!(payment_webhook::receive))
        .routes(routes!(cashier_page::show, cashier_page::decide))
        .routes(routes!(attention::list))
        .routes(routes!(event_stream::stream))
        .routes(routes!(purchase_story::one))
        .routes(routes!(attention::resolve))
        .routes(routes!(identity::customer_login))
        .routes(routes!(identity::user_login))
        .routes(routes!(identity::refresh))
        .routes(routes!(identity::revoke_session))
        .routes(routes!(identity::register))
        .routes(routes!(identity::request_reset))
        .routes(routes!(identity::confirm_reset))
        .merge(trading::routes())
}
