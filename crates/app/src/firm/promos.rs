//! Promotion codes of a firm file: what the values must be, and what is to be done about what stands.

use super::decide::{Decider, LATER, money_text};
use super::file::PromoTable;
use super::plan::{Action, Change, Field, differences};
use super::read::Reader;
use super::standing::StandingBrand;
use super::{ACTOR, BrandSpec, ProgramSpec, PromoSpec};
use std::collections::BTreeSet;
use touchstone_domain::basis_points::format_decimal;
use touchstone_domain::promotion::{Discount, Promotion, normalised};
use touchstone_domain::{BasisPoints, BrandId, Money, PromotionId, UnixMicros};

pub(super) fn read(
    reader: &mut Reader<'_>,
    brand: &str,
    programs: &[ProgramSpec],
    tables: Vec<PromoTable>,
) -> Vec<PromoSpec> {
    let mut seen = BTreeSet::new();
    let mut specs = Vec::new();
    for table in tables {
        let at = table.code.span().start;
        let spec = one(reader, brand, programs, table);
        if !seen.insert(spec.promotion.code.clone()) {
            reader.fault(at, &subject(brand, &spec.promotion.code), "stands twice");
        }
        specs.push(spec);
    }
    specs
}

fn subject(brand: &str, code: &str) -> String {
    format!("promotion code {code:?} of {brand:?}")
}

fn one(
    reader: &mut Reader<'_>,
    brand: &str,
    programs: &[ProgramSpec],
    table: PromoTable,
) -> PromoSpec {
    let at = table.code.span().start;
    let typed = table.code.into_inner();
    let place = subject(brand, &typed);
    let discount = match (table.percent, table.amount, table.currency) {
        (Some(share), None, None) => Discount::Percent(share.0),
        (None, Some(text), Some(currency)) => {
            let minor = reader.money(at, &place, "amount", &text, currency);
            Discount::Fixed(Money::new(minor, currency))
        }
        _ => {
            reader.fault(
                at,
                &place,
                "either percent is wanted, or amount and currency",
            );
            Discount::Percent(BasisPoints::WHOLE)
        }
    };
    for name in &table.programs {
        if programs.iter().all(|program| program.terms.name != *name) {
            reader.fault(
                at,
                &place,
                format!("the brand has no program {name:?} in this file"),
            );
        }
    }
    let promotion = Promotion {
        id: PromotionId(0),
        brand_id: BrandId(0),
        code: normalised(&typed).unwrap_or(typed),
        description: table.description,
        discount,
        valid_from: time(reader, at, &place, "valid_from", table.valid_from),
        valid_to: time(reader, at, &place, "valid_to", table.valid_to),
        total_limit: table.total_limit,
        customer_limit: table.per_customer_limit,
        programs: BTreeSet::new(),
        first_purchase_only: table.first_purchase_only,
        enabled: table.enabled,
        reserved: 0,
        used: 0,
        created_by: ACTOR.to_owned(),
        created_at: LATER,
        updated_at: LATER,
    };
    if let Err(fault) = promotion.check(0) {
        reader.fault(at, &place, fault);
    }
    PromoSpec {
        line: reader.line(at),
        promotion,
        programs: table.programs,
    }
}

fn time(
    reader: &mut Reader<'_>,
    at: usize,
    place: &str,
    key: &str,
    text: Option<String>,
) -> Option<UnixMicros> {
    let text = text?;
    let read = UnixMicros::parse(&text);
    if read.is_none() {
        let wanted = format!("{key}: a day or an instant of RFC 3339 is wanted");
        reader.fault(at, place, wanted);
    }
    read
}

pub(super) fn decide(
    decider: &mut Decider<'_>,
    spec: &BrandSpec,
    standing: Option<&StandingBrand>,
) {
    let old = standing.map_or(&[][..], |standing| &standing.promotions);
    for wanted in &spec.promos {
        let code = &wanted.promotion.code;
        let stands = old.iter().find(|(stands, _)| stands.code == *code);
        match (stands, standing) {
            (Some((stands, most_of_one)), Some(brand)) => {
                keep(decider, &spec.name, wanted, stands, *most_of_one, brand);
            }
            _ => create(decider, &spec.name, wanted),
        }
    }
    for (stands, _) in old {
        if spec
            .promos
            .iter()
            .all(|wanted| wanted.promotion.code != stands.code)
        {
            decider.plan.left(subject(&spec.name, &stands.code));
        }
    }
}

fn create(decider: &mut Decider<'_>, brand: &str, wanted: &PromoSpec) {
    let fields = vec![
        Field::new("discount", discount_text(wanted.promotion.discount)),
        Field::new("programs", list(&wanted.programs)),
    ];
    let change = Change::Promotion {
        brand: brand.to_owned(),
        promotion: Box::new(wanted.promotion.clone()),
        programs: wanted.programs.clone(),
    };
    let subject = subject(brand, &wanted.promotion.code);
    decider
        .plan
        .push(Action::Create, subject, fields, Some(change));
}

fn keep(
    decider: &mut Decider<'_>,
    brand: &str,
    wanted: &PromoSpec,
    stands: &Promotion,
    most_of_one: i64,
    standing: &StandingBrand,
) {
    let subject = subject(brand, &stands.code);
    let new = Promotion {
        id: stands.id,
        brand_id: stands.brand_id,
        programs: stands.programs.clone(),
        reserved: stands.reserved,
        used: stands.used,
        created_by: stands.created_by.clone(),
        created_at: stands.created_at,
        ..wanted.promotion.clone()
    };
    if new.discount != stands.discount {
        let message = format!(
            "the discount of a code never changes (it is {}): make another code",
            discount_text(stands.discount)
        );
        return decider.fault(wanted.line, subject, message);
    }
    if let Err(fault) = new.check(most_of_one) {
        return decider.fault(wanted.line, subject, fault);
    }
    let named = |id: &_| {
        let mut all = standing.programs.iter();
        all.find(|program| program.id == *id).map_or_else(
            || id.to_string(),
            |program| program.current.terms.name.clone(),
        )
    };
    let names: Vec<String> = stands.programs.iter().map(named).collect();
    let time = |at: Option<UnixMicros>| at.map_or_else(|| "always".to_owned(), UnixMicros::rfc3339);
    let limit = |limit: Option<i64>| limit.map_or_else(|| "none".to_owned(), |n| n.to_string());
    let fields = differences(vec![
        (
            "description",
            stands.description.clone(),
            new.description.clone(),
        ),
        ("valid_from", time(stands.valid_from), time(new.valid_from)),
        ("valid_to", time(stands.valid_to), time(new.valid_to)),
        (
            "total_limit",
            limit(stands.total_limit),
            limit(new.total_limit),
        ),
        (
            "per_customer_limit",
            limit(stands.customer_limit),
            limit(new.customer_limit),
        ),
        ("programs", list(&names), list(&wanted.programs)),
        (
            "first_purchase_only",
            stands.first_purchase_only.to_string(),
            new.first_purchase_only.to_string(),
        ),
        (
            "enabled",
            stands.enabled.to_string(),
            new.enabled.to_string(),
        ),
    ]);
    let change = Change::Promotion {
        brand: brand.to_owned(),
        promotion: Box::new(new),
        programs: wanted.programs.clone(),
    };
    decider.update(subject, fields, change);
}

/// In one order, whichever they are written in.
fn list(names: &[String]) -> String {
    let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    if names.is_empty() {
        return "all".to_owned();
    }
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn discount_text(discount: Discount) -> String {
    match discount {
        Discount::Percent(share) => format!("{} %", format_decimal(share.0, 2)),
        Discount::Fixed(money) => money_text(money),
    }
}
