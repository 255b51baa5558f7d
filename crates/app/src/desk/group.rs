//! What a group trades by, as it is stored: JSON.

use touchstone_trading::GroupTrading;

/// A group of which nothing is stored trades as the catalogue has it.
///
/// # Errors
/// What cannot be read.
pub fn read(body: Option<&str>) -> Result<GroupTrading, serde_json::Error> {
    body.map_or_else(|| Ok(GroupTrading::default()), serde_json::from_str)
}

/// # Panics
/// Never: numbers, words and maps of them are JSON.
pub fn written(trading: &GroupTrading) -> String {
    serde_json::to_string(trading).expect("a group's trading is JSON")
}
