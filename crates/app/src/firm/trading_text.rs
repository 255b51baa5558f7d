//! What a group trades by, key by key, as a plan tells it.

use super::plan::Field;
use std::collections::BTreeMap;
use touchstone_trading::GroupTrading;

/// What differs; of a new group, what is not as in the catalogue.
pub(super) fn fields(old: Option<&GroupTrading>, new: &GroupTrading) -> Vec<Field> {
    let standard = GroupTrading::default();
    let before = entries(old.unwrap_or(&standard));
    let mut after = entries(new);
    let mut fields = Vec::new();
    for (name, stood) in before {
        let now = after.remove(&name).unwrap_or_else(|| "{}".to_owned());
        if now != stood {
            let stood = old.is_some().then_some(stood);
            fields.push(Field {
                name,
                old: stood,
                new: now,
            });
        }
    }
    fields.extend(after.into_iter().map(|(name, now)| Field {
        name,
        old: old.is_some().then(|| "{}".to_owned()),
        new: now,
    }));
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    fields
}

fn entries(trading: &GroupTrading) -> BTreeMap<String, String> {
    let word = |value: Result<serde_json::Value, serde_json::Error>| {
        let value = value.unwrap_or_default();
        value.as_str().unwrap_or_default().to_owned()
    };
    let mut entries = BTreeMap::from([
        ("booking", word(serde_json::to_value(trading.booking))),
        ("margin_call_pct", trading.margin_call.percent()),
        ("stop_out_pct", trading.stop_out.percent()),
        (
            "hedged_margin",
            word(serde_json::to_value(trading.hedged_margin)),
        ),
        ("max_orders", trading.max_orders.to_string()),
    ])
    .into_iter()
    .map(|(name, text)| (format!("trading.{name}"), text))
    .collect::<BTreeMap<_, _>>();
    for (symbol, patch) in &trading.instruments {
        let text = serde_json::to_string(patch).unwrap_or_default();
        entries.insert(format!("trading.instruments.{symbol}"), text);
    }
    entries
}
