//! Certificates of passed phases and of paid payouts. Nothing of them is stored: a code names the phase or the payout,
//! so that a certificate is good for exactly as long as what it says.

mod picture;
mod png;

pub(crate) use picture::grouped;

use crate::App;
use crate::identity::{CustomerCaller, SessionError, require_live_customer};
use std::sync::Arc;
use touchstone_domain::certificate;
use touchstone_domain::challenge::{Challenge, ChallengeState, Phase};
use touchstone_domain::payout::{Payout, PayoutState};
use touchstone_domain::{CustomerId, EntityKind, Login, Money, PayoutId, UnixMicros};
use touchstone_store::repo::{self, certificates};
use touchstone_store::{StoreError, Tx};
use url::Url;

#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// No such code, or what it said is not so any more.
    #[error("there is no such certificate")]
    NotFound,
    /// Another picture is being drawn in each place.
    #[error("too many pictures are drawn at once")]
    Busy,
    #[error("the picture cannot be drawn: {0}")]
    Picture(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Achievement {
    /// A phase was passed on an account that began with so much.
    PhasePassed { phase: String, account: Money },
    /// So much was paid: the trader's part, and the fee where it was given back with it.
    Payout { amount: Money },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// In groups, as people type it.
    pub code: String,
    /// Where anyone can look it up.
    pub url: String,
    pub brand: Arc<str>,
    /// Name of the trader; empty when nothing is known.
    pub holder: String,
    pub program: String,
    pub achievement: Achievement,
    pub at: UnixMicros,
}

/// A phase is named by its account: it has no other.
#[derive(Clone, Copy)]
enum Named {
    Phase(Login),
    Payout(PayoutId),
}

impl App {
    /// The caller's certificates, newest first.
    ///
    /// # Errors
    /// The session's.
    pub async fn own_certificates(
        &self,
        caller: CustomerCaller,
        limit: i64,
        offset: i64,
    ) -> Result<(Vec<Certificate>, i64), CertificateError> {
        let (app, now) = (self.clone(), self.now());
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let found = app.certificates_of(tx, caller.customer_id, limit, offset)?;
                Ok((found, certificates::count(tx, caller.customer_id)?))
            })
            .await
    }

    /// What a code says, for anyone who has it.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`].
    pub async fn certificate(&self, code: &str) -> Result<Certificate, CertificateError> {
        let named = self.named(code).ok_or(CertificateError::NotFound)?;
        let app = self.clone();
        self.store
            .read(move |tx| Ok(app.certificate_of(tx, named)?))
            .await
            .and_then(|found| found.ok_or(CertificateError::NotFound))
    }

    /// A customer's, newest first.
    pub(crate) fn certificates_of(
        &self,
        tx: &mut Tx<'_>,
        customer: CustomerId,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<Certificate>, StoreError> {
        let mut found = Vec::new();
        for (login, payout) in certificates::page(tx, customer, limit, offset)? {
            let named = payout.map_or(Named::Phase(login), Named::Payout);
            found.extend(self.certificate_of(tx, named)?);
        }
        Ok(found)
    }

    fn named(&self, code: &str) -> Option<Named> {
        let id = certificate::parse(code)?;
        let key = |kind| self.public_ids.key(kind, id);
        key(EntityKind::PhaseCertificate)
            .map(|key| Named::Phase(Login(key)))
            .or_else(|| key(EntityKind::PayoutCertificate).map(|key| Named::Payout(PayoutId(key))))
    }

    fn certificate_of(
        &self,
        tx: &mut Tx<'_>,
        named: Named,
    ) -> Result<Option<Certificate>, StoreError> {
        match named {
            Named::Phase(login) => self.phase_certificate(tx, login),
            Named::Payout(id) => self.payout_certificate(tx, id),
        }
    }

    fn phase_certificate(
        &self,
        tx: &mut Tx<'_>,
        login: Login,
    ) -> Result<Option<Certificate>, StoreError> {
        let Some((account, _)) = repo::accounts::get(tx, login)? else {
            return Ok(None);
        };
        let challenge = repo::challenges::of_any_account(tx, account.customer_id, login)?;
        let Some(challenge) = challenge else {
            return Ok(None);
        };
        let mut phases = repo::challenges::phases(tx, challenge.id)?.into_iter();
        let passed =
            |phase: &Phase| phase.account_login == login && phase.state == ChallengeState::Passed;
        let Some((phase, at)) = phases.find(passed).and_then(|phase| {
            let at = phase.ended_at?;
            Some((phase, at))
        }) else {
            return Ok(None);
        };
        let achievement = Achievement::PhasePassed {
            phase: phase_name(tx, &challenge, phase.phase_index)?,
            account: Money::new(phase.initial_balance_minor, account.currency),
        };
        let code = self.phase_certificate_code(login);
        self.worded(tx, &challenge, achievement, code, at).map(Some)
    }

    fn payout_certificate(
        &self,
        tx: &mut Tx<'_>,
        id: PayoutId,
    ) -> Result<Option<Certificate>, StoreError> {
        let Some(payout) = repo::payouts::get(tx, id)? else {
            return Ok(None);
        };
        let (true, Some(at)) = (payout.state == PayoutState::Paid, payout.ended_at) else {
            return Ok(None);
        };
        let Some(challenge) = repo::challenges::get(tx, payout.challenge_id)? else {
            return Ok(None);
        };
        let achievement = Achievement::Payout {
            amount: paid(&payout),
        };
        let code = self.payout_certificate_code(payout.id);
        self.worded(tx, &challenge, achievement, code, at).map(Some)
    }

    fn worded(
        &self,
        tx: &mut Tx<'_>,
        challenge: &Challenge,
        achievement: Achievement,
        code: String,
        at: UnixMicros,
    ) -> Result<Certificate, StoreError> {
        let customer = repo::customers::get(tx, challenge.customer_id)?;
        let version = repo::programs::version(tx, challenge.version_id)?;
        Ok(Certificate {
            url: self.certificate_url(&code),
            code,
            brand: self.brand_name(tx, challenge.brand_id)?,
            holder: customer.map_or_else(String::new, |customer| customer.full_name()),
            program: version
                .map_or_else(String::new, |version| version.terms.shown_name().to_owned()),
            achievement,
            at,
        })
    }

    pub(crate) fn phase_certificate_code(&self, login: Login) -> String {
        let kind = EntityKind::PhaseCertificate;
        certificate::code(self.public_ids.uuid(kind, login.0))
    }

    pub(crate) fn payout_certificate_code(&self, id: PayoutId) -> String {
        let kind = EntityKind::PayoutCertificate;
        certificate::code(self.public_ids.uuid(kind, id.0))
    }

    /// The public page of a code.
    pub(crate) fn certificate_url(&self, code: &str) -> String {
        let page = format!("{}/verify", self.settings.public_url.trim_end_matches('/'));
        match Url::parse_with_params(&page, [("code", code)]) {
            Ok(url) => url.to_string(),
            Err(_) => page,
        }
    }
}

/// What reached the trader.
pub(crate) fn paid(payout: &Payout) -> Money {
    let refund = payout
        .fee_refund
        .filter(|fee| fee.currency == payout.currency);
    let refund_minor = refund.map_or(0, |fee| fee.minor);
    Money::new(
        payout.trader_minor.saturating_add(refund_minor),
        payout.currency,
    )
}

/// As the program's version calls the phase.
pub(crate) fn phase_name(
    tx: &mut Tx<'_>,
    challenge: &Challenge,
    phase_index: i64,
) -> Result<String, StoreError> {
    let version = repo::programs::version(tx, challenge.version_id)?;
    let place = usize::try_from(phase_index - 1).ok();
    let name = version
        .as_ref()
        .zip(place)
        .and_then(|(version, place)| version.terms.steps.get(place))
        .map(|step| step.name.clone());
    Ok(name.unwrap_or_else(|| format!("Phase {phase_index}")))
}
