//! Fields of an inlined type that have a description of their own.

use serde_json::{Map, Value};

/// utoipa writes such a field as all of its type and of an object that has the description: nothing fits both.
/// The description moves to the type.
pub(super) fn mend(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(mend);
            if let Some(merged) = merged(fields) {
                fields.remove("allOf");
                fields.extend(merged);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mend),
        _ => {}
    }
}

fn merged(fields: &Map<String, Value>) -> Option<Map<String, Value>> {
    let [Value::Object(inlined), Value::Object(described)] =
        fields.get("allOf")?.as_array()?.as_slice()
    else {
        return None;
    };
    let is_mere_text = described.len() == 2 && described.get("type")? == "object";
    let description = described.get("description")?;
    if !is_mere_text || inlined.get("type").is_some_and(|kind| kind == "object") {
        return None;
    }
    let mut merged = inlined.clone();
    merged.insert("description".to_owned(), description.clone());
    Some(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_description_moves_to_the_inlined_type() {
        let mut schema = json!({"properties": {"reason": {
            "title": "Reason",
            "allOf": [{"type": "string", "maxLength": 5}, {"type": "object", "description": "Why"}],
        }}});
        mend(&mut schema);
        assert_eq!(
            schema["properties"]["reason"],
            json!({"title": "Reason", "type": "string", "maxLength": 5, "description": "Why"})
        );
    }

    #[test]
    fn what_is_all_of_several_objects_stays() {
        let schema = json!({"allOf": [
            {"type": "object", "required": ["a"]},
            {"type": "object", "description": "And b", "required": ["b"]},
        ]});
        let mut mended = schema.clone();
        mend(&mut mended);
        assert_eq!(mended, schema);
    }
}
