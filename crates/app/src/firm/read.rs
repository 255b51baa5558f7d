//! From the text of a firm file to a firm that is whole: every fault is found and told with its line.

use super::file::{
    AccountTable, BrandTable, CustomerTable, FirmFile, GroupTable, NextNumbers, StaffTable,
};
use super::passwords::FirstPassword;
use super::{
    AccountSpec, BrandSpec, CustomerSpec, Fault, Firm, FirmError, GroupSpec, ProgramSpec, StaffSpec,
};
use super::{conversion, programs, promos};
use crate::desk::Instruments;
use std::collections::BTreeSet;
use toml::Spanned;
use touchstone_domain::access::{Role, ViewScope};
use touchstone_domain::{BrandId, Currency, CustomerId, Group, GroupId, Login, Money};
use touchstone_store::{Counter, repo::counters};
use touchstone_trading::Catalogue;

/// Longest name of a brand or group, in characters.
const NAME_LIMIT: usize = 64;
const SECRET_DIGITS: usize = 64;

pub(super) fn firm(text: &str) -> Result<Firm, FirmError> {
    let file: FirmFile =
        toml::from_str(text).map_err(|error| FirmError::Syntax(error.to_string()))?;
    let mut reader = Reader::new(text, file.demo);
    let public_id_secret = reader.secret(file.public_id_secret);
    let next_numbers = reader.next_numbers(file.next_numbers);
    if file.brands.is_empty() {
        reader.fault(0, "the file", "a firm needs at least one [[brands]]");
    }
    let mut brands = Vec::new();
    for table in file.brands {
        brands.push(reader.brand(table));
    }
    if !reader.faults.is_empty() {
        return Err(FirmError::Faults(reader.faults));
    }
    Ok(Firm {
        demo: file.demo,
        public_id_secret,
        next_numbers,
        brands,
    })
}

/// What was seen so far, and what was wrong with it.
pub(super) struct Reader<'a> {
    text: &'a str,
    demo: bool,
    /// What groups trade by must fit it.
    catalogue: Catalogue,
    faults: Vec<Fault>,
    brand_names: BTreeSet<String>,
    customer_numbers: BTreeSet<i64>,
    logins: BTreeSet<i64>,
    pub(super) program_ids: BTreeSet<i64>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, demo: bool) -> Self {
        let catalogue = if demo {
            Instruments::demo()
        } else {
            Instruments::built_in()
        };
        Self {
            text,
            demo,
            catalogue: catalogue.catalogue().clone(),
            faults: Vec::new(),
            brand_names: BTreeSet::new(),
            customer_numbers: BTreeSet::new(),
            logins: BTreeSet::new(),
            program_ids: BTreeSet::new(),
        }
    }

    /// `at` is a place in the text, in bytes.
    pub(super) fn fault(&mut self, at: usize, place: &str, message: impl ToString) {
        self.faults.push(Fault {
            line: self.line(at),
            place: place.to_owned(),
            message: message.to_string(),
        });
    }

    pub(super) fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|b| *b == b'\n').count()
    }

    fn only_in_demo(&mut self, at: usize, place: &str) {
        if !self.demo {
            self.fault(at, place, "only a demo firm (demo = true) has this");
        }
    }

    fn secret(&mut self, text: Option<Spanned<String>>) -> Option<String> {
        let text = text?;
        let at = text.span().start;
        self.only_in_demo(at, "public_id_secret");
        let text = text.into_inner();
        if text.len() != SECRET_DIGITS || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            let wanted = format!("{SECRET_DIGITS} hexadecimal digits are wanted");
            self.fault(at, "public_id_secret", wanted);
        }
        Some(text)
    }

    fn next_numbers(&mut self, table: Option<Spanned<NextNumbers>>) -> Vec<(Counter, i64)> {
        let Some(table) = table else {
            return Vec::new();
        };
        let at = table.span().start;
        self.only_in_demo(at, "next_numbers");
        let next = table.into_inner();
        let wanted = [
            (counters::CUSTOMER, next.customer),
            (counters::LOGIN, next.login),
            (counters::PROGRAM, next.program),
            (counters::PURCHASE, next.purchase),
            (counters::CHALLENGE, next.challenge),
            (counters::ORDER, next.order),
            (counters::PHASE_LOGIN, next.phase_login),
            (counters::PHASE_ORDER, next.phase_order),
        ];
        let mut numbers = Vec::new();
        for (counter, number) in wanted {
            let Some(number) = number else { continue };
            if number < 1 {
                self.fault(at, "next_numbers", format!("{} is below 1", counter.0));
            }
            numbers.push((counter, number));
        }
        numbers
    }

    fn brand(&mut self, table: BrandTable) -> BrandSpec {
        let at = table.name.span().start;
        let name = self.name(table.name, "a brand");
        if !self.brand_names.insert(name.clone()) {
            self.fault(at, &format!("brand {name:?}"), "stands twice");
        }
        let groups = self.groups(&name, table.groups);
        let customers: Vec<CustomerSpec> = table
            .customers
            .into_iter()
            .map(|customer| self.customer(&name, &groups, customer))
            .collect();
        let staff: Vec<StaffSpec> = table
            .staff
            .into_iter()
            .map(|person| self.staff(&name, person))
            .collect();
        self.no_email_twice(at, &name, "staff", staff.iter().map(|p| p.email.as_str()));
        self.no_email_twice(
            at,
            &name,
            "customers",
            customers.iter().map(|c| c.email.as_str()),
        );
        let programs = self.programs(&name, &groups, table.programs);
        let conversion = conversion::read(self, &name, table.conversion);
        let promos = promos::read(self, &name, &programs, table.promo_codes);
        BrandSpec {
            can_open_demo: table.can_open_demo,
            can_open_real: table.can_open_real,
            kyc_required_for_real: table.kyc_required_for_real,
            conversion,
            staff_totp_required: table.staff_totp_required,
            name,
            groups,
            staff,
            customers,
            programs,
            promos,
        }
    }

    fn name(&mut self, name: Spanned<String>, of: &str) -> String {
        let at = name.span().start;
        let name = name.into_inner();
        if name.trim() != name || name.is_empty() || name.chars().count() > NAME_LIMIT {
            let wanted = format!(
                "a name of 1 to {NAME_LIMIT} characters without spaces around it is wanted"
            );
            self.fault(at, of, wanted);
        }
        name
    }

    fn no_email_twice<'b>(
        &mut self,
        at: usize,
        brand: &str,
        what: &str,
        emails: impl Iterator<Item = &'b str>,
    ) {
        let mut seen = BTreeSet::new();
        for email in emails {
            if !seen.insert(email) {
                self.fault(
                    at,
                    &format!("{what} of {brand:?}"),
                    format!("{email:?} stands twice"),
                );
            }
        }
    }

    fn groups(&mut self, brand: &str, tables: Vec<GroupTable>) -> Vec<GroupSpec> {
        let mut names = BTreeSet::new();
        let mut groups = Vec::new();
        for table in tables {
            let at = table.name.span().start;
            let name = self.name(table.name, &format!("a group of {brand:?}"));
            let place = format!("group {name:?} of {brand:?}");
            if !names.insert(name.clone()) {
                self.fault(at, &place, "stands twice");
            }
            if table.leverage < 1 {
                self.fault(at, &place, "leverage must be 1 or more");
            }
            if table.max_positions < 0 {
                self.fault(at, &place, "max_positions must be 0 (no limit) or more");
            }
            let deposit = table.default_deposit.as_deref();
            let trading = table.trading.read();
            if let Err(fault) = trading.terms(&self.catalogue, table.currency, None) {
                self.fault(at, &place, format!("trading: {fault}"));
            }
            groups.push(GroupSpec {
                line: self.line(at),
                mode: table.mode,
                currency: table.currency,
                leverage: table.leverage,
                default_deposit_minor: self.optional_money(
                    at,
                    &place,
                    "default_deposit",
                    deposit,
                    table.currency,
                ),
                enabled: table.enabled,
                public_opening: table.public_opening,
                max_positions: table.max_positions,
                trading,
                name,
            });
        }
        groups
    }

    /// Minor units of an amount that is not below zero; a fault and 0 for anything else.
    pub(super) fn money(
        &mut self,
        at: usize,
        place: &str,
        key: &str,
        text: &str,
        currency: Currency,
    ) -> i64 {
        match Money::from_major(text, currency) {
            Ok(money) if money.minor >= 0 => money.minor,
            Ok(_) => {
                self.fault(at, place, format!("{key} is below zero"));
                0
            }
            Err(error) => {
                self.fault(at, place, format!("{key}: {error}"));
                0
            }
        }
    }

    pub(super) fn optional_money(
        &mut self,
        at: usize,
        place: &str,
        key: &str,
        text: Option<&str>,
        currency: Currency,
    ) -> i64 {
        text.map_or(0, |text| self.money(at, place, key, text, currency))
    }

    fn email(&mut self, email: Spanned<String>, of: &str) -> String {
        let at = email.span().start;
        let email = email.into_inner().to_lowercase();
        let whole = matches!(email.split_once('@'), Some((name, host))
            if !name.is_empty() && !host.is_empty() && !host.contains('@'))
            && !email.contains(char::is_whitespace);
        if !whole {
            self.fault(at, of, format!("{email:?} is no e-mail address"));
        }
        email
    }

    fn staff(&mut self, brand: &str, table: StaffTable) -> StaffSpec {
        let at = table.email.span().start;
        let email = self.email(table.email, &format!("staff of {brand:?}"));
        let place = format!("staff {email:?} of {brand:?}");
        let mut ways: Vec<FirstPassword> = Vec::new();
        if let Some(plain) = table.password {
            if !self.demo {
                self.fault(
                    at,
                    &place,
                    "a password in the file is for demo firms only: use password_file, password_env or password_hash",
                );
            }
            ways.push(FirstPassword::Plain(plain));
        }
        ways.extend(table.password_file.map(FirstPassword::File));
        ways.extend(table.password_env.map(FirstPassword::Environment));
        if let Some(hash) = table.password_hash {
            if !super::passwords::is_argon2id(&hash) {
                self.fault(
                    at,
                    &place,
                    "password_hash is no argon2id hash ($argon2id$v=19$...)",
                );
            }
            ways.push(FirstPassword::Hash(hash));
        }
        if ways.len() > 1 {
            self.fault(at, &place, "there is more than one first password");
        }
        let password = ways.pop().unwrap_or_else(|| {
            self.fault(
                at,
                &place,
                "password_file, password_env or password_hash is missing",
            );
            FirstPassword::Hash(String::new())
        });
        let role = table.role.and_then(|name| {
            let role = Role::from_name(&name);
            if role.is_none() {
                let names = Role::ALL.map(Role::name).join(", ");
                self.fault(at, &place, format!("role {name:?} is none of {names}"));
            }
            role
        });
        let view_scope = table.view_scope.and_then(|name| {
            let scope = ViewScope::from_name(&name);
            if scope.is_none() {
                let wanted = format!("view_scope {name:?} is neither all nor own");
                self.fault(at, &place, wanted);
            }
            scope
        });
        if role.unwrap_or_default() == Role::Owner && view_scope == Some(ViewScope::Own) {
            self.fault(at, &place, "an owner sees everything: view_scope is all");
        }
        StaffSpec {
            email,
            full_name: table.full_name,
            enabled: table.enabled,
            role,
            view_scope,
            password,
        }
    }

    fn customer(
        &mut self,
        brand: &str,
        groups: &[GroupSpec],
        table: CustomerTable,
    ) -> CustomerSpec {
        let at = table.email.span().start;
        let email = self.email(table.email, &format!("a customer of {brand:?}"));
        let place = format!("customer {email:?} of {brand:?}");
        self.only_in_demo(at, &place);
        if table.number < 1 {
            self.fault(at, &place, "number is below 1");
        }
        if !self.customer_numbers.insert(table.number) {
            let message = format!("the number {} stands twice", table.number);
            self.fault(at, &place, message);
        }
        let country = &table.country;
        if !country.is_empty()
            && (country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()))
        {
            self.fault(
                at,
                &place,
                "country: two capital letters are wanted, as \"DE\"",
            );
        }
        let accounts = table
            .accounts
            .into_iter()
            .map(|account| self.account(groups, &place, account))
            .collect();
        CustomerSpec {
            line: self.line(at),
            id: CustomerId(table.number),
            email,
            first_name: table.first_name,
            last_name: table.last_name,
            phone: table.phone,
            country: table.country,
            password: FirstPassword::Plain(table.password),
            accounts,
        }
    }

    fn account(&mut self, groups: &[GroupSpec], owner: &str, table: AccountTable) -> AccountSpec {
        let at = table.login.span().start;
        let login = table.login.into_inner();
        let place = format!("account {login} of {owner}");
        if login < 1 {
            self.fault(at, &place, "login is below 1");
        }
        if !self.logins.insert(login) {
            self.fault(at, &place, "the login stands twice");
        }
        let currency = match groups.iter().find(|group| group.name == table.group) {
            Some(group) => group.currency,
            None => {
                let message = format!("there is no group {:?} in this brand", table.group);
                self.fault(at, &place, message);
                Currency::USD
            }
        };
        let balance = table.balance.as_deref();
        let minor = self.optional_money(at, &place, "balance", balance, currency);
        AccountSpec {
            line: self.line(at),
            login: Login(login),
            group: table.group,
            opening: Money::new(minor, currency),
        }
    }

    fn programs(
        &mut self,
        brand: &str,
        groups: &[GroupSpec],
        tables: Vec<super::file::ProgramTable>,
    ) -> Vec<ProgramSpec> {
        let groups: Vec<Group> = groups.iter().map(GroupSpec::as_group).collect();
        let mut names = BTreeSet::new();
        let mut programs = Vec::new();
        for (index, table) in tables.into_iter().enumerate() {
            let at = table.name.span().start;
            let name = table.name.get_ref().clone();
            if !names.insert(name.clone()) {
                let place = format!("program {name:?} of {brand:?}");
                self.fault(at, &place, "the name stands twice");
            }
            programs.push(programs::read(self, brand, &groups, index, table));
        }
        programs
    }
}

impl GroupSpec {
    /// As the domain's checks see it; the keys are not known yet.
    pub(super) fn as_group(&self) -> Group {
        Group {
            id: GroupId(0),
            brand_id: BrandId(0),
            name: self.name.clone(),
            mode: self.mode,
            currency: self.currency,
            leverage: self.leverage,
            default_deposit_minor: self.default_deposit_minor,
            enabled: self.enabled,
            public_opening: self.public_opening,
            max_positions: self.max_positions,
        }
    }
}
