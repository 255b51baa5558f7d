//! Who is written to, and what: the outbox is read in its order, and each event's letters are queued in the commit that
//! moves on from it.

use super::facts::Facts;
use super::staff::current;
use super::{Letter, LetterKind};
use crate::App;
use crate::certificates::{grouped, paid, phase_name};
use touchstone_domain::challenge::{Challenge, Phase};
use touchstone_domain::purchase::{Funding, Purchase};
use touchstone_domain::{BreachId, ChallengeId, Currency, EntityKind, Money, PayoutId, PurchaseId};
use touchstone_store::repo::desk::breaches;
use touchstone_store::{Event, StoreError, Tx, repo};

/// Name of the setting that says how far the outbox was read.
pub(crate) const POSITION: &str = "letters_position";
/// Events of one commit.
const BATCH: u32 = 100;
/// What happened longer ago is not written about any more: mail was off, or the server down.
const FRESH_SECONDS: i64 = 7 * 86_400;

/// A letter to be written.
struct Due {
    kind: LetterKind,
    /// What it is about: no two mails are about the same.
    about: String,
    facts: Facts,
}

impl App {
    /// Queues the letters of what has happened since; gives how many. The first call of all only remembers where the
    /// outbox stands.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn write_letters(&self) -> Result<usize, StoreError> {
        let mut letters = 0;
        loop {
            let (app, now) = (self.clone(), self.now());
            let (events, queued) = self.store.write(move |tx| app.write_some(tx, now)).await?;
            letters += queued;
            if events < BATCH as usize {
                return Ok(letters);
            }
        }
    }

    fn write_some(
        &self,
        tx: &mut Tx<'_>,
        now: touchstone_domain::UnixMicros,
    ) -> Result<(usize, usize), StoreError> {
        repo::settings::lock(tx, POSITION)?;
        let Some(position) = repo::settings::get(tx, POSITION)? else {
            let newest = tx.newest_event()?.to_string();
            repo::settings::get_or_insert(tx, POSITION, &newest)?;
            return Ok((0, 0));
        };
        let position = position.parse().map_err(|_| StoreError::Column {
            index: 0,
            expected: "a number of an event",
        })?;
        let events = tx.events_after(position, BATCH)?;
        let mut queued = 0;
        for event in &events {
            if event.at_us < now.plus_seconds(-FRESH_SECONDS).0 {
                continue;
            }
            for due in self.due_letters(tx, event)? {
                queued += usize::from(self.queue_letter(tx, event, due, now)?);
            }
        }
        if let Some(last) = events.last() {
            repo::settings::set(tx, POSITION, &last.seq.to_string())?;
        }
        Ok((events.len(), queued))
    }

    fn queue_letter(
        &self,
        tx: &mut Tx<'_>,
        event: &Event,
        mut due: Due,
        now: touchstone_domain::UnixMicros,
    ) -> Result<bool, StoreError> {
        let Some(challenge) = challenge_of(tx, event)? else {
            return Ok(false);
        };
        let brand = challenge.brand_id;
        let view = current(tx, brand, due.kind)?;
        // Whoever erases him waits, and takes this letter too.
        repo::customers::lock(tx, challenge.customer_id)?;
        let customer = repo::customers::get(tx, challenge.customer_id)?;
        let Some(customer) = customer.filter(|customer| customer.enabled && view.enabled) else {
            return Ok(false);
        };
        let version = repo::programs::version(tx, challenge.version_id)?;
        let program = version.map(|version| version.terms.shown_name().to_owned());
        let facts = &mut due.facts;
        facts.set("brand", self.brand_name(tx, brand)?.as_ref());
        facts.set("site", &self.settings.public_url);
        facts.set("full_name", customer.full_name());
        facts.set("first_name", customer.first_name);
        facts.set("last_name", customer.last_name);
        facts.set("program", program.unwrap_or_default());
        let Some(mail) = filled(&view.letter, &due) else {
            return Ok(false);
        };
        let Letter { subject, body } = mail;
        let mail = repo::mail::Draft {
            brand,
            customer: Some(customer.id),
            recipient: &customer.email,
            subject: &subject,
            body: &body,
        };
        repo::mail::queue_once(tx, &mail, &due.about, now)
    }

    fn due_letters(&self, tx: &mut Tx<'_>, event: &Event) -> Result<Vec<Due>, StoreError> {
        match event.kind.as_str() {
            "purchase.awaiting_payment"
            | "challenge.activated"
            | "challenge.reset"
            | "purchase.refunded" => self.purchase_letters(tx, event),
            "challenge.phase_passed" => self.pass_letter(tx, event),
            "challenge.failed" | "challenge.revived" => self.failure_letter(tx, event),
            "payout.requested" | "payout.approved" | "payout.paid" | "payout.rejected" => {
                self.payout_letter(tx, event)
            }
            _ => Ok(Vec::new()),
        }
    }

    fn purchase_letters(&self, tx: &mut Tx<'_>, event: &Event) -> Result<Vec<Due>, StoreError> {
        let Some(purchase) = repo::purchases::get(tx, PurchaseId(event.subject_id))? else {
            return Ok(Vec::new());
        };
        let ordered = |kind, status: &str| {
            let mut due = Due::new(kind, format!("{status}/{}", purchase.id.0));
            let order = self.public_ids.uuid(EntityKind::Purchase, purchase.id.0);
            due.facts.set("order", order.to_string());
            due.facts.set("price", price(&purchase));
            due
        };
        let bought = |status: &'static str| {
            let mut due = ordered(LetterKind::Purchase, status);
            due.facts.set("status", status);
            due
        };
        Ok(match event.kind.as_str() {
            "purchase.awaiting_payment" => vec![bought("awaiting_payment")],
            "purchase.refunded" => vec![ordered(LetterKind::Refund, "refund")],
            _ => {
                let is_paid = purchase.funding != Funding::Grant && !purchase.price.is_zero();
                let receipt = is_paid.then(|| bought("paid"));
                let opened = opened(tx, &purchase)?;
                receipt.into_iter().chain(opened).collect()
            }
        })
    }

    fn pass_letter(&self, tx: &mut Tx<'_>, event: &Event) -> Result<Vec<Due>, StoreError> {
        let Some((challenge, phase, next)) = phase_of(tx, event)? else {
            return Ok(Vec::new());
        };
        let login = phase.account_login;
        let mut due = Due::new(LetterKind::Pass, format!("pass/{login}"));
        due.told(tx, &challenge, &phase)?;
        if let Some(next) = next {
            let name = phase_name(tx, &challenge, next.phase_index)?;
            due.facts.set("next_phase", name);
            due.facts
                .set("next_account", next.account_login.to_string());
        }
        let code = self.phase_certificate_code(login);
        due.facts
            .set("certificate_url", self.certificate_url(&code));
        Ok(vec![due])
    }

    fn failure_letter(&self, tx: &mut Tx<'_>, event: &Event) -> Result<Vec<Due>, StoreError> {
        let Some((challenge, phase, _)) = phase_of(tx, event)? else {
            return Ok(Vec::new());
        };
        // A phase may fail, be revived and fail again.
        let about = format!("{}/{}", event.kind, event.seq);
        if event.kind == "challenge.revived" {
            let mut due = Due::new(LetterKind::BreachReverted, about);
            due.told(tx, &challenge, &phase)?;
            return Ok(vec![due]);
        }
        let found = breaches::of_challenge(tx, challenge.id, BreachId(i64::MAX), BREACHES)?;
        let terminal = found.into_iter().find(|breach| {
            breach.phase_id == phase.id
                && breach.severity == touchstone_domain::breach::Severity::Terminal
                && breach.created_at.0 <= event.at_us
        });
        let mut due = Due::new(LetterKind::Breach, about);
        due.told(tx, &challenge, &phase)?;
        if let Some(breach) = terminal {
            due.facts.set("rule", breach.rule.clone());
            due.facts.set("at", breach.at.rfc3339());
            let views = self.views(tx, vec![breach])?;
            let reason = views.first().map(crate::breaches::BreachView::text);
            due.facts.set("reason", reason.unwrap_or_default());
        }
        Ok(vec![due])
    }

    fn payout_letter(&self, tx: &mut Tx<'_>, event: &Event) -> Result<Vec<Due>, StoreError> {
        let Some(payout) = repo::payouts::get(tx, PayoutId(event.subject_id))? else {
            return Ok(Vec::new());
        };
        let status = event.kind.trim_start_matches("payout.");
        let mut due = Due::new(
            LetterKind::Payout,
            format!("{}/{}", event.kind, payout.id.0),
        );
        due.facts.set("status", status);
        due.facts.set("account", payout.login.to_string());
        due.facts.set("amount", grouped(paid(&payout)));
        match status {
            "rejected" => due.facts.set("reason", &payout.reason),
            "paid" => {
                due.facts.set("reference", &payout.reference);
                let code = self.payout_certificate_code(payout.id);
                due.facts
                    .set("certificate_url", self.certificate_url(&code));
            }
            _ => {}
        }
        Ok(vec![due])
    }
}

/// How far back the breach of a failure is looked for.
const BREACHES: i64 = 50;

impl Due {
    fn new(kind: LetterKind, about: String) -> Self {
        Self {
            kind,
            about,
            facts: Facts::new(kind),
        }
    }

    fn told(
        &mut self,
        tx: &mut Tx<'_>,
        challenge: &Challenge,
        phase: &Phase,
    ) -> Result<(), StoreError> {
        self.facts.set("account", phase.account_login.to_string());
        let name = phase_name(tx, challenge, phase.phase_index)?;
        self.facts.set("phase", name);
        Ok(())
    }
}

/// A letter that staff have broken goes out in its standard words.
fn filled(letter: &Letter, due: &Due) -> Option<Letter> {
    let standard = || due.kind.standard_letter().filled(&due.facts);
    let filled = letter.filled(&due.facts).or_else(|(at, fault)| {
        let kind = due.kind.name();
        tracing::warn!(kind, at, %fault, "a letter goes out in its standard words");
        standard()
    });
    filled
        .inspect_err(|(_, fault)| tracing::error!(%fault, "a letter cannot be written"))
        .ok()
}

fn challenge_of(tx: &mut Tx<'_>, event: &Event) -> Result<Option<Challenge>, StoreError> {
    match event.challenge_id {
        Some(id) => repo::challenges::get(tx, ChallengeId(id)),
        None => Ok(None),
    }
}

/// The phase that an event of the desk names, and the one after it.
fn phase_of(
    tx: &mut Tx<'_>,
    event: &Event,
) -> Result<Option<(Challenge, Phase, Option<Phase>)>, StoreError> {
    #[derive(serde::Deserialize)]
    struct Body {
        phase_id: i64,
    }
    let Some(challenge) = challenge_of(tx, event)? else {
        return Ok(None);
    };
    let Ok(body) = serde_json::from_str::<Body>(&event.body) else {
        return Ok(None);
    };
    let mut phases = repo::challenges::phases(tx, challenge.id)?.into_iter();
    let Some(phase) = phases.find(|phase| phase.id.0 == body.phase_id) else {
        return Ok(None);
    };
    let next = phases.find(|next| next.phase_index == phase.phase_index + 1);
    Ok(Some((challenge, phase, next)))
}

/// The account that a purchase has opened.
fn opened(tx: &mut Tx<'_>, purchase: &Purchase) -> Result<Option<Due>, StoreError> {
    let Some((id, login)) = purchase
        .challenge_id
        .or(purchase.resets)
        .zip(purchase.account_login)
    else {
        return Ok(None);
    };
    let Some(challenge) = repo::challenges::get(tx, id)? else {
        return Ok(None);
    };
    let phases = repo::challenges::phases(tx, id)?;
    let Some(phase) = phases.iter().find(|phase| phase.account_login == login) else {
        return Ok(None);
    };
    let account = repo::accounts::get(tx, login)?;
    let currency = account.map_or(Currency::USD, |(account, _)| account.currency);
    let mut due = Due::new(
        LetterKind::Activation,
        format!("activation/{}", purchase.id.0),
    );
    due.told(tx, &challenge, phase)?;
    let size = Money::new(phase.initial_balance_minor, currency);
    due.facts.set("account_size", grouped(size));
    Ok(Some(due))
}

/// With what a wallet of another currency has paid for it.
fn price(purchase: &Purchase) -> String {
    let price = grouped(purchase.price);
    match purchase.conversion {
        Some(paid) => format!("{price} ({})", grouped(paid.amount)),
        None => price,
    }
}
