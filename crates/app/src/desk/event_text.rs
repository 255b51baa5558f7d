//! What an account's rules were told, as it is stored: JSON in which symbols stand by their names. A place in the
//! catalogue of one version of the program would mean another symbol in the next.

use super::instruments::Instruments;
use serde_json::Value;
use touchstone_domain::Symbol;
use touchstone_rules::Event;

#[derive(Debug, thiserror::Error)]
pub enum EventFault {
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    #[error("it names {0}, which is not in the catalogue")]
    Symbol(String),
}

/// # Errors
/// A place that is not in the catalogue.
pub fn written(event: &Event, instruments: &Instruments) -> Result<String, EventFault> {
    let mut value = serde_json::to_value(event)?;
    each_symbol(&mut value, &|symbol| {
        let place = symbol
            .as_u64()
            .and_then(|place| usize::try_from(place).ok());
        let name = place.and_then(|place| instruments.symbols().get(place));
        Some(Value::from(name?.to_string()))
    })?;
    Ok(value.to_string())
}

/// # Errors
/// See [`EventFault`].
pub fn read(body: &str, instruments: &Instruments) -> Result<Event, EventFault> {
    let mut value = serde_json::from_str(body)?;
    each_symbol(&mut value, &|symbol| {
        let name: Option<Symbol> = symbol.as_str().and_then(|name| name.parse().ok());
        Some(Value::from(instruments.place(name?)?.0))
    })?;
    Ok(serde_json::from_value(value)?)
}

fn each_symbol(
    value: &mut Value,
    other: &impl Fn(&Value) -> Option<Value>,
) -> Result<(), EventFault> {
    let Value::Object(fields) = value else {
        return Ok(());
    };
    for (name, value) in fields {
        match name.as_str() {
            "symbol" => {
                *value = other(value).ok_or_else(|| EventFault::Symbol(value.to_string()))?;
            }
            _ => each_symbol(value, other)?,
        }
    }
    Ok(())
}
