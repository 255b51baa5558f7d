//! Providers that check identities: where a customer is sent, and what they tell through a signed message.

use super::{KycError, KycStanding, write_down};
use crate::App;
use crate::cashier::{WebhookRefused, WebhookSignature, verify_signature};
use touchstone_domain::kyc::Kyc;
use touchstone_domain::{CustomerId, EntityKind};
use touchstone_store::repo;
use touchstone_store::repo::kyc_events::{self, KycEvent};
use url::Url;

/// The page of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KycPage(pub Url);

impl KycPage {
    /// With `customer_id` as a query parameter.
    fn of(&self, customer: uuid::Uuid) -> Url {
        let mut url = self.0.clone();
        url.query_pairs_mut()
            .append_pair("customer_id", &customer.to_string());
        url
    }
}

/// An authentic message of a provider.
#[derive(Clone, Debug)]
pub struct KycNotice {
    pub provider: String,
    /// The provider's own, unique with him.
    pub event_id: String,
    pub customer_id: CustomerId,
    pub status: Kyc,
    pub reason: String,
    /// SHA-256 of the message as it was sent: the same id with another one is a conflict.
    pub body_hash: [u8; 32],
}

/// What a message has led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KycTold {
    pub standing: KycStanding,
    /// It was told before.
    pub is_repeat: bool,
}

impl App {
    /// Where the customer has his identity checked; `None` where no provider is set up.
    pub fn kyc_page(&self, customer: CustomerId) -> Option<Url> {
        let uuid = self.public_ids.uuid(EntityKind::Customer, customer.0);
        self.settings.kyc_page.as_ref().map(|page| page.of(uuid))
    }

    /// Holds a message of a provider against his secrets.
    ///
    /// # Errors
    /// See [`WebhookRefused`].
    pub fn verify_kyc_webhook(
        &self,
        provider: &str,
        signature: WebhookSignature<'_>,
        body: &[u8],
    ) -> Result<(), WebhookRefused> {
        let secrets = self.settings.kyc_webhooks.get(provider);
        let secrets = secrets.ok_or(WebhookRefused::UnknownProvider)?;
        verify_signature(secrets, signature, body, self.now())
    }

    /// Takes in a message that was found authentic. A repeat changes nothing, also after staff have said something else.
    ///
    /// # Errors
    /// [`KycError::Conflict`] for a known event with another content, and [`KycError::NotFound`] also for a customer who
    /// was erased.
    pub async fn receive_kyc(&self, notice: KycNotice) -> Result<KycTold, KycError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                if !repo::customers::lock(tx, notice.customer_id)? {
                    return Err(KycError::NotFound);
                }
                let customer = repo::customers::get(tx, notice.customer_id)?;
                let customer = customer.filter(|customer| customer.erased_at.is_none());
                let customer = customer.ok_or(KycError::NotFound)?;
                let (kyc, since) = repo::customers::kyc(tx, customer.id)?;
                let standing = KycStanding {
                    customer_id: customer.id,
                    kyc,
                    since,
                };
                if let Some(known) = kyc_events::get(tx, &notice.provider, &notice.event_id)? {
                    if known.body_hash != notice.body_hash {
                        let event_id = notice.event_id.clone();
                        return Err(KycError::Conflict { event_id });
                    }
                    return Ok(KycTold {
                        standing,
                        is_repeat: true,
                    });
                }
                kyc_events::insert(
                    tx,
                    &KycEvent {
                        provider: notice.provider.clone(),
                        event_id: notice.event_id.clone(),
                        customer_id: customer.id,
                        status: notice.status,
                        body_hash: notice.body_hash.to_vec(),
                        received_at: now,
                    },
                )?;
                let after = KycStanding {
                    kyc: notice.status,
                    since: Some(now),
                    ..standing
                };
                if standing.kyc == notice.status {
                    return Ok(KycTold {
                        standing,
                        is_repeat: false,
                    });
                }
                repo::customers::set_kyc(tx, customer.id, notice.status, &notice.provider, now)?;
                let note = format!("{}: {}", notice.provider, notice.reason);
                let actor = ("system", 0, customer.brand_id);
                write_down(tx, actor, &standing, notice.status, &note, now)?;
                Ok(KycTold {
                    standing: after,
                    is_repeat: false,
                })
            })
            .await
    }
}
