//! The mail service.

use std::fmt;

use aws_sdk_ses::Client;
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use rialto_lambda::{Context, InitError, env};

use crate::Error;
use crate::domain::Mail;

/// SES, with the address that mails come from.
#[derive(Clone)]
pub struct Mailer(Backend);

#[derive(Clone)]
enum Backend {
    Ses {
        client: Client,
        sender: String,
    },
    #[cfg(test)]
    Memory(std::sync::Arc<std::sync::Mutex<Vec<Mail>>>),
}

impl Mailer {
    /// Mails from `MAIL_SENDER`.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self(Backend::Ses { client: Client::new(context.sdk()), sender: env("MAIL_SENDER")? }))
    }

    /// Hands a mail over.
    ///
    /// # Errors
    /// [`Error::Mail`]. It may have been sent all the same.
    pub async fn send(&self, mail: &Mail) -> Result<(), Error> {
        match &self.0 {
            Backend::Ses { client, sender } => {
                let content = |text: &str| Content::builder().charset("UTF-8").data(text).build().map_err(Error::mail);
                let body = Body::builder().text(content(&mail.text)?).build();
                let message = Message::builder().subject(content(mail.subject)?).body(body).build();
                let to = Destination::builder().to_addresses(mail.to.as_str()).build();
                let send = client.send_email().source(sender).destination(to).message(message).send().await;
                // The error's own text can quote the address.
                send.map(drop).map_err(|error| match error.into_service_error().meta().code() {
                    Some(code) => Error::mail(Refused(code.to_owned())),
                    None => Error::mail(Refused("no answer".to_owned())),
                })
            }
            #[cfg(test)]
            Backend::Memory(sent) => {
                memory::send(sent, mail);
                Ok(())
            }
        }
    }
}

/// SES did not take a mail, with its code for why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailer")
    }
}

/// The same without AWS, for tests.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod memory {
    use std::sync::{Arc, Mutex};

    use super::{Backend, Mail, Mailer};

    impl Mailer {
        pub(crate) fn in_memory() -> Self {
            Self(Backend::Memory(Arc::new(Mutex::new(Vec::new()))))
        }

        pub(crate) fn sent(&self) -> Vec<Mail> {
            match &self.0 {
                Backend::Memory(sent) => sent.lock().unwrap().clone(),
                Backend::Ses { .. } => Vec::new(),
            }
        }
    }

    pub(super) fn send(sent: &Mutex<Vec<Mail>>, mail: &Mail) {
        sent.lock().unwrap().push(mail.clone());
    }
}
