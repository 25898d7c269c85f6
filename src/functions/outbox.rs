//! Mail: sending it again, and showing the link that a message holds.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
use crate::model::id::MessageId;
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        commands::run,
        error::{Error, Refused},
        outbox::commands,
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        letters,
        visit::{ctx, done, to, visit},
    },
    model::permission::Permission,
};

/// Sends a message again: at once, or written anew where it was sent already.
#[server(prefix = "/fn", endpoint = "outbox/resend", input = Post<Form>)]
pub async fn resend_message(id: MessageId) -> Answer {
    let message = run(&ctx(), commands::ResendMessage { message: id }).await?;
    done(&to(format_args!("/outbox/{message}")), Done::MailQueued, 1);
    Ok(())
}

/// Shows what opens an account in a message. It is shown once, on the message's page, and stands in no address and no log.
#[server(prefix = "/fn", endpoint = "outbox/reveal", input = Post<Form>)]
pub async fn reveal_message(id: MessageId) -> Answer<String> {
    let visit = visit();
    let (message, content) = run(&visit.ctx, commands::RevealMessage { message: id }).await?;
    let secret = letters::secret(&visit.site, &message, &content);
    Ok(secret.ok_or(Error::Refused(Refused::Gone("link")))?)
}

#[cfg(feature = "ssr")]
guarded! {
    ResendMessage: Needs(&[Permission::OutboxResend]);
    RevealMessage: Needs(&[Permission::OutboxResend, Permission::UsersPasswordReset]);
}
