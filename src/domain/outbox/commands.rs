//! Sending mail again, showing the link that a message holds, and trying out whether mail arrives.

use serde_json::json;

use super::{
    enqueue::enqueue,
    letter::{Content, Letter},
    store::{self, Message},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::{Change, Target},
        codes,
        command::{Applied, Command},
        ctx::Ctx,
        error::{Error, Refused, Result},
        users,
    },
    model::{id::MessageId, mail::MessageState, permission::Permission},
};

impl Message {
    /// The message as the audit log's target.
    #[must_use]
    pub fn target(&self) -> Target {
        Target { kind: "message", id: self.id.to_string(), name: self.recipient.clone() }
    }

    fn opened(&self, ctx: &Ctx) -> Result<Content> {
        self.content(&ctx.services.key).ok_or_else(|| Error::Internal("a message can't be opened".into()))
    }
}

async fn require(ctx: &Ctx, tx: &mut Tx, id: MessageId) -> Result<Message> {
    ctx.require_everywhere("message")?;
    store::find(tx, id).await?.ok_or(Error::NotFound("message"))
}

/// Sends a message again. One that wasn't sent is tried at once; one that was is written anew, with a new code where it had
/// one, because none of those that were sent is kept. Answers which message that is.
#[derive(Clone, Copy, Debug)]
pub struct ResendMessage {
    /// Which.
    pub message: MessageId,
}

impl Command for ResendMessage {
    const ACTION: Action = Action::ResendMessage;
    type Done = MessageId;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<MessageId>> {
        let message = require(ctx, tx, self.message).await?;
        let (state, letter) = (message.state(), message.opened(ctx)?.letter);
        let id = match (state, letter) {
            (MessageState::Waiting, _) => tried_now(ctx, tx, &message).await?,
            (_, Letter::SignInCode { .. }) => return Err(Refused::TypedCode.into()),
            (_, letter) if letter.is_about_an_address() => return Err(Refused::OneAddress.into()),
            (_, letter) => match (codes::mailing::send_again(ctx, tx, &letter).await?, state) {
                (Some(id), _) => id,
                (None, MessageState::Failed) => tried_now(ctx, tx, &message).await?,
                (None, _) => anew(ctx, tx, &message, letter).await?,
            },
        };
        let change = Change::new(Self::ACTION, message.target()).after(json!({ "letter": message.template }));
        Ok(Applied::changed(id, change))
    }
}

async fn tried_now(ctx: &Ctx, tx: &mut Tx, message: &Message) -> Result<MessageId> {
    store::try_now(tx, message.id, ctx.now()).await?;
    Ok(message.id)
}

async fn anew(ctx: &Ctx, tx: &mut Tx, message: &Message, letter: Letter) -> Result<MessageId> {
    let to = message.user_id.ok_or(Refused::Gone("person"))?;
    let to = users::store::recipient(tx, to).await?.ok_or(Refused::Gone("person"))?;
    enqueue(ctx, tx, &to, (letter, None)).await
}

/// Shows what a message says with its link, which opens an account: so it asks for all that its recipient may, and the log
/// keeps that somebody saw it.
#[derive(Clone, Copy, Debug)]
pub struct RevealMessage {
    /// Which.
    pub message: MessageId,
}

impl Command for RevealMessage {
    const ACTION: Action = Action::RevealMessage;
    type Done = (Message, Content);

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<(Message, Content)>> {
        let message = require(ctx, tx, self.message).await?;
        let content = message.opened(ctx)?;
        if content.letter.has_code() {
            if !ctx.may(Permission::UsersPasswordReset) {
                return Err(Error::Forbidden(Permission::UsersPasswordReset));
            }
            let to = message.user_id.ok_or(Refused::Gone("person"))?;
            users::guards::require_not_above_caller(ctx, tx, to).await?;
        }
        let change = Change::new(Self::ACTION, message.target()).after(json!({ "letter": message.template }));
        Ok(Applied::changed((message, content), change))
    }
}

/// Writes a letter to the caller, to see whether mail arrives. Answers which message that is.
#[derive(Clone, Copy, Debug)]
pub struct SendTestMail;

impl Command for SendTestMail {
    const ACTION: Action = Action::SendTestMail;
    type Done = MessageId;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<MessageId>> {
        ctx.require_everywhere("message")?;
        let user = ctx.user()?;
        let to = users::store::recipient(tx, user.id).await?.ok_or(Refused::Gone("person"))?;
        let id = enqueue(ctx, tx, &to, (Letter::Test, None)).await?;
        let change = Change::new(Self::ACTION, Target::user(user.id, &user.name));
        Ok(Applied::changed(id, change))
    }
}
