//! Reads a JSON value into a type, and knows exactly where and why it cannot.

use serde::de::{
    DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
    value::StrDeserializer,
};
use serde_json::{Map, Value};

use super::error::{InputError, Mismatch, Segment};

/// 2^53: beyond it a float no longer tells neighbouring integers apart.
const EXACT_FLOAT_MAX: f64 = 9_007_199_254_740_992.0;

type Result<T> = std::result::Result<T, InputError>;

/// One value of a request body.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a>(pub &'a Value);

fn refuse<T>(mismatch: Mismatch) -> Result<T> {
    Err(InputError::new(mismatch))
}

impl<'a> Node<'a> {
    #[expect(
        clippy::disallowed_methods,
        reason = "only whole numbers pass, up to a size where a float is exact"
    )]
    fn integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let Value::Number(number) = self.0 else {
            return refuse(Mismatch::Integer);
        };
        if let Some(signed) = number.as_i64() {
            return visitor.visit_i64(signed);
        }
        if let Some(unsigned) = number.as_u64() {
            return visitor.visit_u64(unsigned);
        }
        match number.as_f64() {
            Some(float) if float.fract() != 0.0 => refuse(Mismatch::IntegerFraction),
            // JSON knows one kind of number: 5.0 is an integer to JSON Schema as well.
            Some(float) if float.abs() <= EXACT_FLOAT_MAX => visitor.visit_i64(float as i64),
            _ => refuse(Mismatch::IntegerSize),
        }
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Number(number) => number
                .deserialize_any(visitor)
                .map_err(serde::de::Error::custom),
            _ => refuse(Mismatch::Number),
        }
    }

    fn text(self) -> Result<&'a str> {
        match self.0 {
            // No text column of PostgreSQL can hold it, and no text of ours needs it.
            Value::String(text) if text.contains('\0') => refuse(Mismatch::NulCharacter),
            Value::String(text) => Ok(text),
            _ => refuse(Mismatch::Text),
        }
    }

    fn object(self) -> Result<&'a Map<String, Value>> {
        match self.0 {
            Value::Object(fields) => Ok(fields),
            _ => refuse(Mismatch::Object),
        }
    }
}

macro_rules! integers {
    ($($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            self.integer(visitor)
        }
    )+};
}

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = InputError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(*truth),
            Value::Number(_) => self.number(visitor),
            Value::String(_) => visitor.visit_str(self.text()?),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.number(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.number(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Bool(truth) => visitor.visit_bool(*truth),
            _ => refuse(Mismatch::Boolean),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items { items, next: 0 }),
            _ => refuse(Mismatch::List),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_map(Fields {
            entries: self.object()?.iter(),
            value: None,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.0 {
            Value::String(text) if variants.contains(&text.as_str()) => {
                visitor.visit_enum(text.as_str().into_deserializer())
            }
            _ => refuse(Mismatch::OneOf(variants)),
        }
    }

    // A property that nobody asked for is not looked at.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

struct Items<'a> {
    items: &'a [Value],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = InputError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(item) = self.items.get(self.next) else {
            return Ok(None);
        };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Node(item))
            .map(Some)
            .map_err(|error| error.within(Segment::Index(index)))
    }
}

struct Fields<'a> {
    entries: serde_json::map::Iter<'a>,
    value: Option<(&'a String, &'a Value)>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = InputError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        self.value = self.entries.next();
        match self.value {
            Some((key, _)) => {
                let key: StrDeserializer<'_, InputError> = key.as_str().into_deserializer();
                seed.deserialize(key).map(Some)
            }
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        match self.value.take() {
            Some((key, value)) => seed
                .deserialize(Node(value))
                .map_err(|error| error.within(Segment::Key(key.clone()))),
            None => refuse(Mismatch::Missing),
        }
    }
}
