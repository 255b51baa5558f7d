//! The state machines as tables of text: what the code answers in every cell stands in a file
//! beside this folder, or in a page under `docs/`. Run with `UPDATE_TABLES=1` to write them anew,
//! and read the difference before you commit it.

mod checks;
mod claim;
mod fold;
mod golden;
mod lifecycle;
mod pages;
mod paths;
mod promotion;
mod purchase;
mod roles;
mod transaction;
mod world;
