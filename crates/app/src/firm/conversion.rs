//! How a brand of a firm file converts prices: what the values must be, and what is to be done about what stands.

use super::BrandSpec;
use super::decide::Decider;
use super::file::{ConversionTable, SourceWord};
use super::plan::{Action, Change, Field};
use super::read::Reader;
use super::standing::StandingBrand;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;
use touchstone_domain::conversion::{Conversion, FixedRate, Rate, Source};
use touchstone_domain::{BasisPoints, UnixMicros};

/// Of the server's prices, where the file says nothing.
const MAX_AGE_SECONDS: u32 = 3_600;

pub(super) fn read(
    reader: &mut Reader<'_>,
    brand: &str,
    table: Option<Spanned<ConversionTable>>,
) -> Option<Option<Conversion>> {
    let table = table?;
    let at = table.span().start;
    let table = table.into_inner();
    let place = subject(brand);
    let markup = table.markup_pct.0;
    if markup < BasisPoints::ZERO || markup > BasisPoints::WHOLE {
        reader.fault(at, &place, "markup_pct: 0 to 100 is wanted");
    }
    if table.max_age_seconds == Some(0) || table.max_age_days == Some(0) {
        reader.fault(at, &place, "an age above 0 is wanted");
    }
    let source = match table.source {
        SourceWord::None => {
            let is_said = table.max_age_seconds.is_some() || table.max_age_days.is_some();
            if is_said || !table.rates.is_empty() || markup != BasisPoints::ZERO {
                reader.fault(at, &place, "nothing else is for the source \"none\"");
            }
            return Some(None);
        }
        SourceWord::Quotes => {
            if !table.rates.is_empty() || table.max_age_days.is_some() {
                let message = "rates and max_age_days are for the source \"fixed\" alone";
                reader.fault(at, &place, message);
            }
            Source::Quotes {
                max_age_seconds: table.max_age_seconds.unwrap_or(MAX_AGE_SECONDS),
            }
        }
        SourceWord::Fixed => {
            if table.max_age_seconds.is_some() {
                let message = "max_age_seconds is for the source \"quotes\" alone";
                reader.fault(at, &place, message);
            }
            if table.rates.is_empty() {
                reader.fault(at, &place, "at least one rate is wanted");
            }
            let max_age_days = table.max_age_days;
            let rates = rates(reader, at, &place, table);
            Source::Fixed {
                rates,
                max_age_days,
            }
        }
    };
    Some(Some(Conversion { source, markup }))
}

fn rates(
    reader: &mut Reader<'_>,
    at: usize,
    place: &str,
    table: ConversionTable,
) -> Vec<FixedRate> {
    let mut seen = BTreeSet::new();
    let mut rates = Vec::new();
    for row in table.rates {
        let (base, quote) = (row.base, row.quote);
        let name = format!("{base}/{quote}");
        if base == quote {
            reader.fault(at, place, format!("{name}: two currencies are wanted"));
        }
        let rate = Rate::parse(&row.rate);
        if rate.is_none() {
            let message = format!("{name}: a rate above 0 like \"1.0850\" is wanted");
            reader.fault(at, place, message);
        }
        let valid_from = UnixMicros::parse(&row.valid_from);
        if valid_from.is_none() {
            let message = format!("{name}: valid_from: a day or an instant of RFC 3339 is wanted");
            reader.fault(at, place, message);
        }
        let pair = base.min(quote).code().to_owned() + base.max(quote).code();
        if !seen.insert((pair, valid_from)) {
            let message = format!("{name} stands twice; the other way round is made of it");
            reader.fault(at, place, message);
        }
        if let (Some(rate), Some(valid_from)) = (rate, valid_from) {
            rates.push(FixedRate {
                base,
                quote,
                rate,
                valid_from,
            });
        }
    }
    rates
}

fn subject(brand: &str) -> String {
    format!("conversion of {brand:?}")
}

pub(super) fn decide(
    decider: &mut Decider<'_>,
    spec: &BrandSpec,
    standing: Option<&StandingBrand>,
) {
    let subject = subject(&spec.name);
    let old = standing.and_then(|standing| standing.conversion.as_ref());
    let Some(wanted) = &spec.conversion else {
        return;
    };
    let wanted = wanted.as_ref();
    if old == wanted {
        if wanted.is_some() {
            decider.plan.unchanged(subject);
        }
        return;
    }
    let action = match old {
        None => Action::Create,
        Some(_) => Action::Update,
    };
    let change = Change::Conversion {
        brand: spec.name.clone(),
        conversion: wanted.cloned(),
    };
    let fields = fields(old, wanted);
    decider.plan.push(action, subject, fields, Some(change));
}

fn fields(old: Option<&Conversion>, new: Option<&Conversion>) -> Vec<Field> {
    let mut before = entries(old);
    let mut fields = Vec::new();
    for (name, now) in entries(new) {
        let stood = before.remove(&name);
        if stood.as_ref() != Some(&now) {
            fields.push(Field {
                name,
                old: stood,
                new: now,
            });
        }
    }
    fields.extend(before.into_iter().map(|(name, stood)| Field {
        name,
        old: Some(stood),
        new: "none".to_owned(),
    }));
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    fields
}

fn entries(conversion: Option<&Conversion>) -> BTreeMap<String, String> {
    let Some(conversion) = conversion else {
        return BTreeMap::new();
    };
    let source = &conversion.source;
    let mut entries = BTreeMap::from([
        ("source".to_owned(), source.kind().name().to_owned()),
        ("markup_pct".to_owned(), conversion.markup.percent()),
    ]);
    match source {
        Source::Quotes { max_age_seconds } => {
            entries.insert("max_age_seconds".to_owned(), max_age_seconds.to_string());
        }
        Source::Fixed {
            rates,
            max_age_days,
        } => {
            entries.extend(max_age_days.map(|days| ("max_age_days".to_owned(), days.to_string())));
            entries.extend(rates.iter().map(|one| {
                let from = one.valid_from.rfc3339();
                let name = format!("rates.{}/{} from {from}", one.base, one.quote);
                (name, one.rate.to_string())
            }));
        }
    }
    entries
}
