//! Reads a JSON document into a type, and knows exactly where and why it cannot.
//!
//! It reads from the text, not from a tree of values: a number then still has the digits that were
//! sent, and money never passes through a float.

use serde::de::{
    DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
    value::StrDeserializer,
};
use serde_json::value::RawValue;

use super::{
    decimal,
    error::{InputError, Mismatch, Segment},
};

type Result<T> = std::result::Result<T, InputError>;

/// One value of a document whose syntax was checked.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a>(pub &'a RawValue);

enum Kind {
    Null,
    Boolean(bool),
    Number,
    Text,
    List,
    Object,
}

fn refuse<T>(mismatch: Mismatch) -> Result<T> {
    Err(InputError::new(mismatch))
}

impl<'a> Node<'a> {
    /// The first letter tells.
    fn kind(self) -> Kind {
        match self.0.get().as_bytes().first() {
            Some(b'"') => Kind::Text,
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::List,
            Some(b't') => Kind::Boolean(true),
            Some(b'f') => Kind::Boolean(false),
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// Reads the text of this value as what its first letter says it is.
    fn parse<T: serde::Deserialize<'a>>(self) -> Result<T> {
        serde_json::from_str(self.0.get()).map_err(serde::de::Error::custom)
    }

    fn integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if !matches!(self.kind(), Kind::Number) {
            return refuse(Mismatch::Integer);
        }
        // JSON knows one kind of number: 5.0 is an integer to JSON Schema as well.
        let digits = match self.0.get().split_once('.') {
            Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
            _ => self.0.get(),
        };
        if digits.contains(['.', 'e', 'E']) {
            return refuse(Mismatch::IntegerFraction);
        }
        match digits.parse() {
            Ok(signed) => visitor.visit_i64(signed),
            Err(_) => refuse(Mismatch::IntegerSize),
        }
    }

    fn float<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.kind() {
            Kind::Number => visitor.visit_f64(self.parse()?),
            _ => refuse(Mismatch::Number),
        }
    }

    fn text(self) -> Result<String> {
        if !matches!(self.kind(), Kind::Text) {
            return refuse(Mismatch::Text);
        }
        let text: String = self.parse()?;
        // No text column of PostgreSQL can hold it, and no text of ours needs it.
        if text.contains('\0') {
            return refuse(Mismatch::NulCharacter);
        }
        Ok(text)
    }
}

macro_rules! read_by {
    ($reader:ident: $($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            self.$reader(visitor)
        }
    )+};
}

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = InputError;

    read_by! { integer:
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }
    read_by! { float: deserialize_f32 deserialize_f64 }
    read_by! { deserialize_str: deserialize_string deserialize_char }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.kind() {
            Kind::Null => visitor.visit_unit(),
            Kind::Boolean(truth) => visitor.visit_bool(truth),
            Kind::Number if self.0.get().contains(['.', 'e', 'E']) => self.float(visitor),
            Kind::Number => self.integer(visitor),
            Kind::Text => self.deserialize_str(visitor),
            Kind::List => self.deserialize_seq(visitor),
            Kind::Object => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.kind() {
            Kind::Boolean(truth) => visitor.visit_bool(truth),
            _ => refuse(Mismatch::Boolean),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.kind() {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        match self.kind() {
            Kind::Number if name == decimal::DIGITS => visitor.visit_str(self.0.get()),
            Kind::Text if name == decimal::DIGITS => visitor.visit_string(self.text()?),
            _ if name == decimal::DIGITS => refuse(Mismatch::Decimal),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if !matches!(self.kind(), Kind::List) {
            return refuse(Mismatch::List);
        }
        let items: Vec<&RawValue> = self.parse()?;
        visitor.visit_seq(Items {
            items: items.into_iter().enumerate(),
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if !matches!(self.kind(), Kind::Object) {
            return refuse(Mismatch::Object);
        }
        let fields: Properties<'_> = self.parse()?;
        visitor.visit_map(Fields {
            entries: fields.0.into_iter(),
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
        match self.kind() {
            Kind::Text => {
                let text = self.text()?;
                if !variants.contains(&text.as_str()) {
                    return refuse(Mismatch::OneOf(variants));
                }
                visitor.visit_enum(text.into_deserializer())
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
    items: std::iter::Enumerate<std::vec::IntoIter<&'a RawValue>>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = InputError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some((index, item)) = self.items.next() else {
            return Ok(None);
        };
        seed.deserialize(Node(item))
            .map(Some)
            .map_err(|error| error.within(Segment::Index(index)))
    }
}

/// The properties of an object as they were sent: one that is there twice is there twice.
struct Properties<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Properties<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }

        deserializer.deserialize_map(Entries).map(Properties)
    }
}

struct Fields<'a> {
    entries: std::vec::IntoIter<(String, &'a RawValue)>,
    value: Option<(String, &'a RawValue)>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = InputError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        self.value = self.entries.next();
        match &self.value {
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
                .map_err(|error| error.within(Segment::Key(key))),
            None => refuse(Mismatch::Missing),
        }
    }
}
