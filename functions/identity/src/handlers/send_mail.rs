//! Queue: mails that were asked for.
//!
//! The token is drawn and kept before the mail is handed over, so a mail never brings a token that is not known. A message
//! that is delivered again sends another mail with a token of its own, and both are good: what a person got must work.

use rand::random;
use rialto_events::types::{EmailVerificationRequested, PasswordResetRequested, UserRegistered};
use rialto_events::{Envelope, Event};
use rialto_kernel::UserId;
use rialto_lambda::{Context, InitError, Message, env, now};

use crate::Error;
use crate::domain::{Mail, MailToken, Purpose, Secret, User};
use crate::store::{Mailer, Mails, Users};

/// What sending needs: the accounts, the tokens, the mail service and where links lead.
#[derive(Debug)]
pub struct SendMail {
    users: Users,
    mails: Mails,
    mailer: Mailer,
    web_address: String,
}

impl SendMail {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        let (users, mails) = (Users::of(context)?, Mails::of(context)?);
        Ok(Self { users, mails, mailer: Mailer::of(context)?, web_address: env("WEB_ADDRESS")? })
    }

    #[cfg(test)]
    pub(super) fn new(users: Users, mails: Mails, mailer: Mailer, web_address: &str) -> Self {
        Self { users, mails, mailer, web_address: web_address.to_owned() }
    }

    #[cfg(test)]
    pub(super) fn mailer(&self) -> &Mailer {
        &self.mailer
    }
}

/// Sends the mail that an event asks for, unless nobody needs it any more.
///
/// # Errors
/// When the message is no such event, or the table or the mail service fails: it is delivered again.
pub async fn send_mail(state: &SendMail, message: Message) -> Result<(), Error> {
    let news = Envelope::from_delivery(&message.body)?;
    let Some((purpose, user_id)) = wanted(&news)? else { return Ok(()) };
    let now = now();
    // Who has waited so long has asked again, or given up.
    if now.duration_since(news.time) >= purpose.life() {
        tracing::warn!(user.id = %user_id, event.id = %news.id, "mail not sent: too late");
        return Ok(());
    }
    let Some(user) = state.users.find(user_id).await?.filter(|user| needs(user, purpose)) else { return Ok(()) };
    let token = MailToken { user_id, secret: Secret::new(random()) };
    state.mails.keep(&user, purpose, &token, now).await?;
    state.mailer.send(&Mail::with_token(user.email, purpose, &token, &state.web_address)).await?;
    tracing::info!(user.id = %user_id, event.id = %news.id, "mail sent");
    Ok(())
}

fn wanted(news: &Envelope) -> Result<Option<(Purpose, UserId)>, Error> {
    Ok(match news.event_type.as_str() {
        UserRegistered::TYPE => news.read()?.map(|event: UserRegistered| (Purpose::VerifyEmail, event.user_id)),
        EmailVerificationRequested::TYPE => {
            news.read()?.map(|event: EmailVerificationRequested| (Purpose::VerifyEmail, event.user_id))
        }
        PasswordResetRequested::TYPE => {
            news.read()?.map(|event: PasswordResetRequested| (Purpose::ResetPassword, event.user_id))
        }
        _ => None,
    })
}

fn needs(user: &User, purpose: Purpose) -> bool {
    purpose == Purpose::ResetPassword || !user.email_verified
}
