//! Ready-made programs: firm files of one program each, in `programs/` of the repository, and inside the binary.

use super::{Firm, FirmError, ProgramSpec};
use std::sync::LazyLock;
use touchstone_domain::Group;
use touchstone_domain::program::Terms;
use touchstone_domain::{AccountMode, Currency, Money};
use touchstone_store::{Store, repo};

const FILES: [(&str, &str); 4] = [
    (
        "two-step-static",
        include_str!("../../../../programs/two-step-static.toml"),
    ),
    (
        "one-step-end-of-day",
        include_str!("../../../../programs/one-step-end-of-day.toml"),
    ),
    (
        "intraday-trailing",
        include_str!("../../../../programs/intraday-trailing.toml"),
    ),
    (
        "instant-funding",
        include_str!("../../../../programs/instant-funding.toml"),
    ),
];

static ALL: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    let read = |(code, text)| {
        let firm = Firm::read(text).ok()?;
        Some(Preset { code, text, firm })
    };
    FILES.into_iter().filter_map(read).collect()
});

/// A program that an operator can begin from.
#[derive(Debug)]
pub struct Preset {
    pub code: &'static str,
    /// The whole file.
    pub text: &'static str,
    firm: Firm,
}

/// A group that a preset's steps are in.
#[derive(Clone, Debug)]
pub struct PresetGroup {
    pub name: String,
    pub mode: AccountMode,
    pub currency: Currency,
    pub leverage: i64,
    pub default_deposit: Money,
}

/// All of them, in the order in which they are shown.
pub fn all() -> &'static [Preset] {
    &ALL
}

pub fn find(code: &str) -> Option<&'static Preset> {
    all().iter().find(|preset| preset.code == code)
}

impl Preset {
    fn spec(&self) -> Option<&ProgramSpec> {
        self.firm.brands.first()?.programs.first()
    }

    /// What it promises, in the groups of its file.
    pub fn terms(&self) -> Option<&Terms> {
        Some(&self.spec()?.terms)
    }

    /// What it promises in a brand with these groups: of the same name, where there are such.
    pub(crate) fn terms_in(&self, groups: &[Group]) -> Option<Terms> {
        let mut terms = self.terms()?.clone();
        for step in &mut terms.steps {
            if let Some(group) = groups.iter().find(|group| group.name == step.group) {
                step.initial_balance_minor = group.default_deposit_minor;
            }
        }
        Some(terms)
    }

    pub fn groups(&self) -> Vec<PresetGroup> {
        let groups = self.firm.brands.first().map(|brand| &brand.groups);
        let group = |spec: &super::GroupSpec| PresetGroup {
            name: spec.name.clone(),
            mode: spec.mode,
            currency: spec.currency,
            leverage: spec.leverage,
            default_deposit: Money::new(spec.default_deposit_minor, spec.currency),
        };
        groups.into_iter().flatten().map(group).collect()
    }

    /// The public pages that its rules follow, as the head of its file names them.
    pub fn sources(&self) -> Vec<&'static str> {
        let head = self.text.lines().take_while(|line| line.starts_with('#'));
        let source = |line: &'static str| {
            let line = line.trim_start_matches('#').trim();
            line.starts_with("https://").then_some(line)
        };
        head.filter_map(source).collect()
    }

    /// Its file as a firm: for the brand of this name, as that stands, and of the kind that the database holds. A program
    /// of the same name keeps its status and its place.
    ///
    /// # Errors
    /// The store's; a file that cannot be read.
    pub async fn firm_for(&self, store: &Store, brand: &str) -> Result<Firm, FirmError> {
        let mut firm = Firm::read(self.text)?;
        let name = brand.to_owned();
        let (kind, standing) = store
            .read(move |tx| {
                let kind = repo::settings::get(tx, super::FIRM_KIND)?;
                let brands = repo::brands::all(tx)?.into_iter();
                let Some(brand) = { brands }.find(|brand| brand.name == name) else {
                    return Ok((kind, None));
                };
                let programs = repo::programs::of_brand(tx, brand.id)?;
                Ok::<_, FirmError>((kind, Some((brand, programs))))
            })
            .await?;
        firm.demo = kind.as_deref() == Some("demo");
        for spec in &mut firm.brands {
            brand.clone_into(&mut spec.name);
            let Some((brand, programs)) = &standing else {
                continue;
            };
            spec.can_open_demo = brand.can_open_demo;
            spec.can_open_real = brand.can_open_real;
            spec.kyc_required_for_real = brand.kyc_required_for_real;
            spec.staff_totp_required = brand.staff_totp_required;
            for wanted in &mut spec.programs {
                let named = |name: &str| name == wanted.terms.name;
                let stands = programs.iter().find(|p| named(&p.current.terms.name));
                if let Some(program) = stands {
                    wanted.status = program.status;
                    wanted.sort_index = program.sort_index;
                    wanted.is_seed = program.is_seed;
                }
            }
        }
        Ok(firm)
    }
}
