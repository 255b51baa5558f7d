//! The plan: a pure comparison of a firm file with what stands in the database.

use super::plan::{Action, Change, Field, Plan, differences};
use super::standing::{Standing, StandingBrand};
use super::{
    AccountSpec, BrandSpec, CustomerSpec, FIRM_KIND, Fault, Firm, FirmError, GroupSpec, StaffSpec,
};
use super::{conversion, decide_programs, promos, trading_text};
use crate::PUBLIC_ID_SECRET;
use touchstone_domain::{BrandId, Group, GroupId, Money, StaffId, UnixMicros};
use touchstone_store::repo::{brands::Brand, customers::Customer, staff::Staff};
use touchstone_trading::GroupTrading;

/// Instants of rows that are made; the carrier sets the true one.
pub(super) const LATER: UnixMicros = UnixMicros(0);

pub(super) fn decide(firm: &Firm, standing: &Standing) -> Result<Plan, FirmError> {
    let mut decider = Decider {
        plan: Plan::default(),
        faults: Vec::new(),
        standing,
    };
    decider.installation(firm)?;
    for spec in &firm.brands {
        let standing = standing.brand(&spec.name);
        decider.brand(spec, standing);
        conversion::decide(&mut decider, spec, standing);
        let groups = decider.groups(spec, standing);
        for person in &spec.staff {
            decider.staff(&spec.name, person, standing);
        }
        for person in &spec.customers {
            decider.customer(&spec.name, person, standing);
        }
        decide_programs::decide(&mut decider, firm.demo, spec, standing, &groups);
        promos::decide(&mut decider, spec, standing);
    }
    for other in &standing.brands {
        if firm.brands.iter().all(|spec| spec.name != other.brand.name) {
            decider.plan.left(format!("brand {:?}", other.brand.name));
        }
    }
    decider.next_numbers(firm);
    if decider.faults.is_empty() {
        Ok(decider.plan)
    } else {
        Err(FirmError::Faults(decider.faults))
    }
}

pub(super) struct Decider<'a> {
    pub plan: Plan,
    pub faults: Vec<Fault>,
    pub standing: &'a Standing,
}

impl Decider<'_> {
    pub(super) fn fault(&mut self, line: usize, place: String, message: impl ToString) {
        self.faults.push(Fault {
            line,
            place,
            message: message.to_string(),
        });
    }

    fn installation(&mut self, firm: &Firm) -> Result<(), FirmError> {
        let kind = if firm.demo { "demo" } else { "real" };
        match &self.standing.kind {
            Some(stands) if stands != kind => {
                return Err(FirmError::Kind {
                    standing: stands.clone(),
                    wanted: kind,
                });
            }
            Some(_) => self.plan.unchanged(format!("{kind} firm")),
            None => self.plan.push(
                Action::Create,
                format!("{kind} firm"),
                Vec::new(),
                Some(Change::Setting {
                    name: FIRM_KIND,
                    value: kind.to_owned(),
                }),
            ),
        }
        let Some(secret) = &firm.public_id_secret else {
            return Ok(());
        };
        let subject = "secret behind the UUIDs".to_owned();
        match &self.standing.public_id_secret {
            Some(stands) if stands != secret => return Err(FirmError::PublicIds),
            Some(_) => self.plan.unchanged(subject),
            None => self.plan.push(
                Action::Create,
                subject,
                Vec::new(),
                Some(Change::Setting {
                    name: PUBLIC_ID_SECRET,
                    value: secret.clone(),
                }),
            ),
        }
        Ok(())
    }

    fn brand(&mut self, spec: &BrandSpec, standing: Option<&StandingBrand>) {
        let subject = format!("brand {:?}", spec.name);
        let wanted = Brand {
            id: standing.map_or(BrandId(0), |s| s.brand.id),
            name: spec.name.clone(),
            can_open_demo: spec.can_open_demo,
            can_open_real: spec.can_open_real,
            kyc_required_for_real: spec.kyc_required_for_real,
            staff_totp_required: spec.staff_totp_required,
            created_at: standing.map_or(LATER, |s| s.brand.created_at),
        };
        let Some(old) = standing.map(|s| &s.brand) else {
            self.plan.push(
                Action::Create,
                subject,
                Vec::new(),
                Some(Change::NewBrand(wanted)),
            );
            return;
        };
        let fields = differences(vec![
            ("can_open_demo", old.can_open_demo, wanted.can_open_demo),
            ("can_open_real", old.can_open_real, wanted.can_open_real),
            (
                "kyc_required_for_real",
                old.kyc_required_for_real,
                wanted.kyc_required_for_real,
            ),
            (
                "staff_totp_required",
                old.staff_totp_required,
                wanted.staff_totp_required,
            ),
        ]);
        self.update(subject, fields, Change::Brand(wanted));
    }

    pub(super) fn update(&mut self, subject: String, fields: Vec<Field>, change: Change) {
        if fields.is_empty() {
            self.plan.unchanged(subject);
        } else {
            self.plan
                .push(Action::Update, subject, fields, Some(change));
        }
    }

    /// The brand's groups as they will stand, with those that the file does not name.
    fn groups(&mut self, spec: &BrandSpec, standing: Option<&StandingBrand>) -> Vec<Group> {
        let old: &[Group] = standing.map_or(&[], |s| &s.groups);
        let mut groups = Vec::new();
        for wanted in &spec.groups {
            let stands = old.iter().find(|group| group.name == wanted.name);
            let trading = standing
                .zip(stands)
                .and_then(|(s, g)| s.tradings.get(&g.id));
            let trading = trading.cloned().unwrap_or_default();
            groups.push(self.group(&spec.name, wanted, stands, &trading));
        }
        for group in old {
            if spec.groups.iter().all(|wanted| wanted.name != group.name) {
                self.plan
                    .left(format!("group {:?} of {:?}", group.name, spec.name));
                groups.push(group.clone());
            }
        }
        groups
    }

    fn group(
        &mut self,
        brand: &str,
        spec: &GroupSpec,
        old: Option<&Group>,
        trading: &GroupTrading,
    ) -> Group {
        let subject = format!("group {:?} of {brand:?}", spec.name);
        let wanted = Group {
            id: old.map_or(GroupId(0), |g| g.id),
            brand_id: old.map_or(BrandId(0), |g| g.brand_id),
            name: spec.name.clone(),
            mode: spec.mode,
            currency: spec.currency,
            leverage: spec.leverage,
            default_deposit_minor: spec.default_deposit_minor,
            enabled: spec.enabled,
            public_opening: spec.public_opening,
            max_positions: spec.max_positions,
        };
        let deposit = money_text(wanted.default_deposit());
        let Some(old) = old else {
            let mut fields = vec![
                Field::new("mode", wanted.mode.name()),
                Field::new("currency", wanted.currency),
                Field::new("leverage", wanted.leverage),
                Field::new("default_deposit", deposit),
            ];
            fields.extend(trading_text::fields(None, &spec.trading));
            let change = Change::NewGroup {
                brand: brand.to_owned(),
                trading: spec.trading.clone(),
                group: wanted.clone(),
            };
            self.plan
                .push(Action::Create, subject, fields, Some(change));
            return wanted;
        };
        if old.mode != wanted.mode || old.currency != wanted.currency {
            let message = format!(
                "mode and currency of a group never change (it is {} and {}): make a new group",
                old.mode.name(),
                old.currency
            );
            self.fault(spec.line, subject, message);
            return wanted;
        }
        let number = |n: i64| n.to_string();
        let truth = |b: bool| b.to_string();
        let mut fields = differences(vec![
            ("leverage", number(old.leverage), number(wanted.leverage)),
            (
                "default_deposit",
                money_text(old.default_deposit()),
                deposit,
            ),
            ("enabled", truth(old.enabled), truth(wanted.enabled)),
            (
                "public_opening",
                truth(old.public_opening),
                truth(wanted.public_opening),
            ),
            (
                "max_positions",
                number(old.max_positions),
                number(wanted.max_positions),
            ),
        ]);
        fields.extend(trading_text::fields(Some(trading), &spec.trading));
        let change = Change::Group {
            trading: spec.trading.clone(),
            group: wanted.clone(),
        };
        self.update(subject, fields, change);
        wanted
    }

    /// A password in the file is a first one: whoever is there keeps his own.
    fn staff(&mut self, brand: &str, spec: &StaffSpec, standing: Option<&StandingBrand>) {
        let subject = format!("staff {:?} of {brand:?}", spec.email);
        let old = standing.and_then(|s| s.staff.iter().find(|p| p.email == spec.email));
        let Some(old) = old else {
            let staff = Staff {
                id: StaffId(0),
                brand_id: BrandId(0),
                email: spec.email.clone(),
                full_name: spec.full_name.clone(),
                password_hash: String::new(),
                enabled: spec.enabled.unwrap_or(true),
                role: spec.role.unwrap_or_default(),
                view_scope: spec.view_scope.unwrap_or_default(),
                created_at: LATER,
            };
            let change = Change::NewStaff {
                brand: brand.to_owned(),
                staff,
            };
            self.plan
                .push(Action::Create, subject, Vec::new(), Some(change));
            return;
        };
        let wanted = Staff {
            full_name: spec.full_name.clone(),
            enabled: spec.enabled.unwrap_or(old.enabled),
            role: spec.role.unwrap_or(old.role),
            view_scope: spec.view_scope.unwrap_or(old.view_scope),
            ..old.clone()
        };
        let fields = differences(vec![
            ("full_name", old.full_name.clone(), wanted.full_name.clone()),
            (
                "enabled",
                old.enabled.to_string(),
                wanted.enabled.to_string(),
            ),
            (
                "role",
                old.role.name().to_owned(),
                wanted.role.name().to_owned(),
            ),
            (
                "view_scope",
                old.view_scope.name().to_owned(),
                wanted.view_scope.name().to_owned(),
            ),
        ]);
        self.update(subject, fields, Change::Staff(wanted));
    }

    /// Customers and accounts are made once and belong to their owners from then on.
    fn customer(&mut self, brand: &str, spec: &CustomerSpec, standing: Option<&StandingBrand>) {
        let subject = format!("customer {} {:?} of {brand:?}", spec.id, spec.email);
        let brand_id = standing.map(|s| s.brand.id);
        let by_number = self.standing.customers.get(&spec.id);
        // Whoever was erased stays so, and somebody else may have his address.
        if by_number.is_some_and(|customer| customer.erased_at.is_some()) {
            self.plan.unchanged(subject);
            return;
        }
        let by_email = self
            .standing
            .customers
            .values()
            .find(|c| Some(c.brand_id) == brand_id && c.email == spec.email);
        match (by_number, by_email) {
            (None, None) => {
                let change = Change::NewCustomer {
                    brand: brand.to_owned(),
                    customer: Box::new(new_customer(spec)),
                };
                self.plan
                    .push(Action::Create, subject, Vec::new(), Some(change));
            }
            (Some(a), Some(b)) if a.id == b.id => self.plan.unchanged(subject),
            _ => {
                self.fault(
                    spec.line,
                    subject,
                    "the number or the address belongs to another customer",
                );
                return;
            }
        }
        for account in &spec.accounts {
            self.account(brand, spec, account);
        }
    }

    fn account(&mut self, brand: &str, owner: &CustomerSpec, spec: &AccountSpec) {
        let subject = format!("account {} of customer {}", spec.login, owner.id);
        match self.standing.accounts.get(&spec.login) {
            None => {
                let fields = vec![
                    Field::new("group", &spec.group),
                    Field::new("balance", money_text(spec.opening)),
                ];
                let change = Change::NewAccount {
                    brand: brand.to_owned(),
                    group: spec.group.clone(),
                    customer: owner.id,
                    login: spec.login,
                    opening: spec.opening,
                };
                self.plan
                    .push(Action::Create, subject, fields, Some(change));
            }
            Some((account, group))
                if account.customer_id == owner.id && group.name == spec.group =>
            {
                self.plan.unchanged(subject);
            }
            Some(_) => self.fault(
                spec.line,
                subject,
                "there is such an account of another customer, or in another group",
            ),
        }
    }

    fn next_numbers(&mut self, firm: &Firm) {
        for (counter, next) in &firm.next_numbers {
            let subject = format!("next number of {}", counter.0);
            match self.standing.next_numbers.get(counter.0) {
                Some(stands) if stands >= next => self.plan.unchanged(subject),
                _ => self.plan.push(
                    Action::Create,
                    subject,
                    vec![Field::new("next", next)],
                    Some(Change::NextNumber(*counter, *next)),
                ),
            }
        }
    }
}

fn new_customer(spec: &CustomerSpec) -> Customer {
    Customer {
        id: spec.id,
        brand_id: BrandId(0),
        email: spec.email.clone(),
        password_hash: None,
        first_name: spec.first_name.clone(),
        last_name: spec.last_name.clone(),
        phone: spec.phone.clone(),
        country: spec.country.clone(),
        registration_source: "organic".into(),
        enabled: true,
        created_at: LATER,
        updated_at: LATER,
        last_login_at: None,
        owner_id: None,
        erased_at: None,
    }
}

pub(super) fn money_text(money: Money) -> String {
    format!("{} {}", money.fixed(), money.currency)
}
