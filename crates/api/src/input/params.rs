//! Reads path and query parameters, which are always text, into a type.

use serde::de::{
    DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
    value::StrDeserializer,
};

use super::{
    decimal,
    error::{InputError, Mismatch, Segment},
};

type Result<T> = std::result::Result<T, InputError>;

/// Parameters by name, each with the values it was given, in their order. Names are unique.
#[derive(Debug, Default)]
pub struct Params(Vec<(String, Vec<String>)>);

impl Params {
    /// Groups pairs by name; a name keeps the place where it came first.
    pub fn collect<N: Into<String>, T: Into<String>>(pairs: impl Iterator<Item = (N, T)>) -> Self {
        let mut grouped: Vec<(String, Vec<String>)> = Vec::new();
        for (name, value) in pairs {
            let name = name.into();
            match grouped.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value.into()),
                None => grouped.push((name, vec![value.into()])),
            }
        }
        Self(grouped)
    }

    /// Reads a struct from all parameters, or a single value when the route has one parameter.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        T::deserialize(Root(&self.0)).map_err(|error| match &self.0[..] {
            // A rule about the only parameter is told by its type, which does not know its name.
            [(name, _)] if error.path().next().is_none() => {
                error.within(Segment::Key(name.clone()))
            }
            _ => error,
        })
    }
}

fn refuse<T>(mismatch: Mismatch) -> Result<T> {
    Err(InputError::new(mismatch))
}

struct Root<'a>(&'a [(String, Vec<String>)]);

impl Root<'_> {
    fn single<T>(&self, read: impl FnOnce(Texts<'_>) -> Result<T>) -> Result<T> {
        match self.0.first() {
            Some((name, values)) => {
                read(Texts(values)).map_err(|error| error.within(Segment::Key(name.clone())))
            }
            None => refuse(Mismatch::Missing),
        }
    }
}

macro_rules! single {
    ($($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            self.single(|texts| texts.$method(visitor))
        }
    )+};
}

impl<'de> Deserializer<'de> for Root<'_> {
    type Error = InputError;

    single! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_bool deserialize_char deserialize_str
        deserialize_string deserialize_identifier deserialize_bytes deserialize_byte_buf
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_map(Named {
            entries: self.0,
            value: None,
        })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.single(|texts| texts.deserialize_enum(name, variants, visitor))
    }

    serde::forward_to_deserialize_any! {
        option unit unit_struct seq tuple tuple_struct map struct ignored_any
    }
}

/// All values of one parameter. Where one is wanted the last one counts.
#[derive(Clone, Copy)]
struct Texts<'a>(&'a [String]);

impl<'a> Texts<'a> {
    fn text(self) -> Result<&'a str> {
        match self.0.last() {
            Some(text) if text.contains('\0') => refuse(Mismatch::NulCharacter),
            Some(text) => Ok(text),
            None => refuse(Mismatch::Missing),
        }
    }

    fn integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let text = self.text()?;
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return refuse(Mismatch::IntegerText);
        }
        match text.parse() {
            Ok(signed) => visitor.visit_i64(signed),
            Err(_) => refuse(Mismatch::IntegerSize),
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

impl<'de> Deserializer<'de> for Texts<'_> {
    type Error = InputError;

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.text()?.parse::<f64>() {
            Ok(number) if number.is_finite() => visitor.visit_f64(number),
            _ => refuse(Mismatch::NumberText),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "1" => visitor.visit_bool(true),
            "false" | "0" => visitor.visit_bool(false),
            _ => refuse(Mismatch::BooleanText),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        if name == decimal::DIGITS {
            return visitor.visit_str(self.text()?);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(Repeated {
            values: self.0,
            next: 0,
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let text = self.text()?;
        if !variants.contains(&text) {
            return refuse(Mismatch::OneOf(variants));
        }
        visitor.visit_enum(text.into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier
    }
}

struct Repeated<'a> {
    values: &'a [String],
    next: usize,
}

impl<'de> SeqAccess<'de> for Repeated<'_> {
    type Error = InputError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(value) = self.values.get(self.next..=self.next) else {
            return Ok(None);
        };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Texts(value))
            .map(Some)
            .map_err(|error| error.within(Segment::Index(index)))
    }
}

struct Named<'a> {
    entries: &'a [(String, Vec<String>)],
    value: Option<&'a (String, Vec<String>)>,
}

impl<'de> MapAccess<'de> for Named<'_> {
    type Error = InputError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some((first, rest)) = self.entries.split_first() else {
            return Ok(None);
        };
        self.entries = rest;
        self.value = Some(first);
        let name: StrDeserializer<'_, InputError> = first.0.as_str().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        match self.value.take() {
            Some((name, values)) => seed
                .deserialize(Texts(values))
                .map_err(|error| error.within(Segment::Key(name.clone()))),
            None => refuse(Mismatch::Missing),
        }
    }
}
