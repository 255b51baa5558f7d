//! Mail: written with the change it tells of, sent after the commit, and tried again for a while.

mod folder;
mod smtp;

pub use folder::FolderMailer;
pub use smtp::{SmtpError, SmtpMailer};

use crate::App;
use std::future::Future;
use std::pin::Pin;
use touchstone_store::StoreError;
use touchstone_store::repo::{self, mail::Mail};

/// Mails that one look takes up.
const DUE_LIMIT: i64 = 50;
/// Attempts before a mail is given up; with doubling pauses that is about a day.
const ATTEMPTS_LIMIT: i64 = 12;
const FIRST_PAUSE_SECONDS: i64 = 30;
/// How long one attempt may take before another server may try.
const CLAIM_SECONDS: i64 = 120;

#[derive(Debug, thiserror::Error)]
#[error("the mail could not be sent: {0}")]
pub struct MailError(pub String);

/// Where mail goes.
pub trait Mailer: Send + Sync {
    fn send<'a>(
        &'a self,
        mail: &'a Mail,
    ) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + 'a>>;
}

impl App {
    /// Sends what is due; gives how many mails went out.
    ///
    /// # Errors
    /// Only the store's: what a mailer refuses is tried again later.
    pub async fn send_due_mail(&self, mailer: &dyn Mailer) -> Result<usize, StoreError> {
        let now = self.now();
        let due = self
            .store
            .read(move |tx| repo::mail::due(tx, now, DUE_LIMIT))
            .await?;
        let mut sent = 0;
        for mail in due {
            sent += usize::from(self.send_one(mailer, mail).await?);
        }
        Ok(sent)
    }

    async fn send_one(&self, mailer: &dyn Mailer, mail: Mail) -> Result<bool, StoreError> {
        let (id, attempts) = (mail.id, mail.attempts);
        let until = self.now().plus_seconds(CLAIM_SECONDS);
        if !self
            .store
            .write(move |tx| repo::mail::claim(tx, id, attempts, until))
            .await?
        {
            return Ok(false);
        }
        let answer = mailer.send(&mail).await;
        let now = self.now();
        match answer {
            Ok(()) => {
                self.store
                    .write(move |tx| repo::mail::sent(tx, id, now))
                    .await?;
                Ok(true)
            }
            Err(error) => {
                tracing::warn!(mail = id, %error, "a mail was not sent");
                let pause = FIRST_PAUSE_SECONDS << attempts.clamp(0, 12);
                let due_at = (attempts + 1 < ATTEMPTS_LIMIT).then(|| now.plus_seconds(pause));
                let text: String = error.to_string().chars().take(500).collect();
                self.store
                    .write(move |tx| repo::mail::failed(tx, id, &text, due_at))
                    .await?;
                Ok(false)
            }
        }
    }
}
