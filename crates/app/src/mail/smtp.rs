//! Mail through an SMTP server.

use super::{MailError, Mailer};
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use std::future::Future;
use std::pin::Pin;
use touchstone_store::repo::mail::Mail;

#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    #[error("the sender {0:?} is no mail address")]
    Sender(String),
    #[error("the address of the mail server cannot be read: {0}")]
    Server(String),
}

pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Mailbox,
}

impl std::fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmtpMailer(..)")
    }
}

impl SmtpMailer {
    /// `url` is `smtps://user:password@host` or `smtp://host:587?tls=required`.
    ///
    /// # Errors
    /// An address that cannot be read; the URL is not repeated, for it may hold a password.
    pub fn new(url: &SecretString, sender: &str) -> Result<Self, SmtpError> {
        let sender = sender
            .parse()
            .map_err(|_| SmtpError::Sender(sender.to_owned()))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|error| SmtpError::Server(error.to_string()))?
            .build();
        Ok(Self { transport, sender })
    }

    async fn deliver(&self, mail: &Mail) -> Result<(), MailError> {
        let to: Mailbox = mail
            .recipient
            .parse()
            .map_err(|_| MailError("the recipient is no mail address".into()))?;
        let message = Message::builder()
            .from(self.sender.clone())
            .to(to)
            .subject(mail.subject.clone())
            .body(mail.body.clone())
            .map_err(|error| MailError(error.to_string()))?;
        self.transport
            .send(message)
            .await
            .map(drop)
            .map_err(|error| MailError(error.to_string()))
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(
        &'a self,
        mail: &'a Mail,
    ) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + 'a>> {
        Box::pin(self.deliver(mail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn mail_goes_over_tls() {
        for url in [
            "smtps://user:password@mail.test",
            "smtp://mail.test:587?tls=required",
        ] {
            assert!(SmtpMailer::new(&SecretString::from(url), "firm@demo.test").is_ok());
        }
    }

    #[test]
    fn an_address_that_cannot_be_read_does_not_show_its_password() {
        for url in [
            "smtp://user:hunter22@mail.test:99999",
            "smtps://user:hunter22@",
            "http://user:hunter22@mail.test",
            "user:hunter22",
            "smtp://user:%ff%fehunter22@mail.test",
        ] {
            let error = SmtpMailer::new(&SecretString::from(url), "firm@demo.test");
            let error = error.map(|_| url).expect_err("no address");
            assert!(
                !format!("{error} {error:?}").contains("hunter22"),
                "{error}"
            );
        }
    }
}
