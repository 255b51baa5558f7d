//! `/prop/...` of both dialects.

mod accounts;
mod anchor;
mod attention;
mod board;
mod breach_events;
mod challenge;
mod challenges;
mod groups;
mod health;
mod inbox;
mod journeys;
mod manage;
mod news;
mod payouts;
mod programs;
mod purchase_story;
mod purchases;
mod search;
pub mod simulate;
mod template_builder;
mod templates;
