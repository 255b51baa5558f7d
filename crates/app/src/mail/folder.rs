//! A folder of files instead of a mail server: for demos and tests.

use super::{MailError, Mailer};
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use touchstone_store::repo::mail::Mail;

#[derive(Debug)]
pub struct FolderMailer {
    folder: PathBuf,
}

impl FolderMailer {
    /// # Errors
    /// When the folder is not there and cannot be made.
    pub fn new(folder: PathBuf) -> std::io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }
}

impl Mailer for FolderMailer {
    fn send<'a>(
        &'a self,
        mail: &'a Mail,
    ) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + 'a>> {
        let path = self.folder.join(format!("{:06}.txt", mail.id));
        let text = format!(
            "To: {}\nSubject: {}\n\n{}\n",
            mail.recipient, mail.subject, mail.body
        );
        Box::pin(async move {
            tokio::fs::write(path, text)
                .await
                .map_err(|error| MailError(error.to_string()))
        })
    }
}
