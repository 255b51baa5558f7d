//! Takes each setting from the highest layer that has it, and notes which one that was.

use std::{fmt::Display, path::PathBuf};

use secrecy::SecretString;

use super::{SettingsError, layer::Layer, secret};

const ABOVE: &str = "by flag or environment";
const FILE: &str = "in the file";
const DEFAULT: &str = "by default";

const NOT_SET: &str = "-";

/// One setting as it is shown: a secret's value is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub name: &'static str,
    pub value: String,
    /// Where the value comes from.
    pub set: &'static str,
}

pub(super) struct Resolver {
    above: Layer,
    file: Layer,
    shown: Vec<Shown>,
}

impl Resolver {
    pub(super) fn new(above: Layer, file: Layer) -> Self {
        Self {
            above,
            file,
            shown: Vec::new(),
        }
    }

    pub(super) fn into_shown(self) -> Vec<Shown> {
        self.shown
    }

    fn show(&mut self, name: &'static str, value: String, set: &'static str) {
        self.shown.push(Shown { name, value, set });
    }

    fn find<T: Clone>(&self, of: impl Fn(&Layer) -> &Option<T>) -> Option<(T, &'static str)> {
        let above = of(&self.above).clone().map(|value| (value, ABOVE));
        above.or_else(|| of(&self.file).clone().map(|value| (value, FILE)))
    }

    pub(super) fn pick<T: Clone + Display>(
        &mut self,
        name: &'static str,
        of: impl Fn(&Layer) -> &Option<T>,
        default: T,
    ) -> T {
        let (value, set) = self.find(of).unwrap_or((default, DEFAULT));
        self.show(name, value.to_string(), set);
        value
    }

    pub(super) fn at_least<T: Clone + Display + PartialOrd>(
        &mut self,
        least: T,
        name: &'static str,
        of: impl Fn(&Layer) -> &Option<T>,
        default: T,
    ) -> Result<T, SettingsError> {
        let value = self.pick(name, of, default);
        if value < least {
            return Err(SettingsError::Value {
                name,
                problem: format!("{value} is too small, at least {least} is wanted"),
            });
        }
        Ok(value)
    }

    pub(super) fn optional<T: Clone>(
        &mut self,
        name: &'static str,
        of: impl Fn(&Layer) -> &Option<T>,
        text: impl Fn(&T) -> String,
    ) -> Option<T> {
        let found = self.find(of);
        match &found {
            Some((value, set)) => self.show(name, text(value), set),
            None => self.show(name, NOT_SET.to_owned(), DEFAULT),
        }
        found.map(|(value, _)| value)
    }

    pub(super) fn list<T: Clone + Display>(
        &mut self,
        name: &'static str,
        of: impl Fn(&Layer) -> &Option<Vec<T>>,
    ) -> Vec<T> {
        let text = |values: &Vec<T>| {
            let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
            texts.join(",")
        };
        self.optional(name, of, text).unwrap_or_default()
    }

    /// A secret, or the file that holds it: a layer that has either hides both of the layer below.
    pub(super) fn secret(
        &mut self,
        name: &'static str,
        of: impl Fn(&Layer) -> (&Option<SecretString>, &Option<PathBuf>),
    ) -> Result<Option<SecretString>, SettingsError> {
        let layers = [(&self.above, ABOVE), (&self.file, FILE)];
        let found = layers.into_iter().find_map(|(layer, set)| {
            let (value, path) = of(layer);
            let is_set = value.is_some() || path.is_some();
            is_set.then(|| (value.clone(), path.clone(), set))
        });
        let (value, set) = match found {
            Some((Some(_), Some(_), place)) => return Err(SettingsError::Twice { name, place }),
            Some((Some(value), None, set)) => (value, set),
            Some((None, Some(path), set)) => (secret::read(&path)?, set),
            Some((None, None, _)) | None => {
                self.show(name, NOT_SET.to_owned(), DEFAULT);
                return Ok(None);
            }
        };
        self.show(name, "(hidden)".to_owned(), set);
        Ok(Some(value))
    }
}
