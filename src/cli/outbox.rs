//! `castellan outbox …`

use serde_json::{Value, json};

use super::{
    lookup::reason,
    manage::with,
    nouns::OutboxCommand,
    out::{Failure, Out, Said},
};
use crate::{
    config::Config,
    domain::{
        clock::exact,
        commands::run,
        ctx::Ctx,
        outbox::{
            commands::{ResendMessage, RevealMessage},
            letter::Content,
            queries::{self, NEWEST},
            store::Message,
        },
    },
    mail::letter::render,
    model::{id::MessageId, mail::MessageState},
};

/// Looks after mail.
pub async fn outbox(ctx: &Ctx, config: &Config, command: OutboxCommand, out: &mut Out) -> Result<(), Failure> {
    let said = match command {
        OutboxCommand::List { state } => return list(ctx, state, out).await,
        OutboxCommand::Show { id, link } => show(ctx, config, parsed(&id)?, link).await?,
        OutboxCommand::Resend { id } => resend(ctx, parsed(&id)?).await?,
    };
    Ok(out.say(&said)?)
}

fn parsed(id: &str) -> Result<MessageId, String> {
    id.parse().map_err(|_| format!("{id} is no id of a message; castellan outbox list shows them"))
}

async fn resend(ctx: &Ctx, message: MessageId) -> Result<Said, String> {
    let id = run(ctx, ResendMessage { message }).await.map_err(reason)?;
    let line = match id == message {
        true => "it is tried again at once".to_owned(),
        false => format!("it is written anew as {id}, because what it held is kept no longer once it was sent"),
    };
    Ok(Said(line, json!({"id": id})))
}

/// A message as its recipient reads it; its link only for whoever asks for it, which the log keeps.
async fn show(ctx: &Ctx, config: &Config, id: MessageId, link: bool) -> Result<Said, String> {
    let (message, content) = match link {
        true => run(ctx, RevealMessage { message: id }).await.map_err(reason)?,
        false => {
            let message = queries::read(ctx, id).await.map_err(reason)?;
            let content = message.content(&ctx.services.key).ok_or("what it says can't be opened")?;
            (message, Content { letter: content.letter.without_code(), ..content })
        }
    };
    let base = config.base_of_links().unwrap_or_default();
    let rendered =
        render(&content, (&message.locale, &message.recipient), &base).ok_or("it can't be put into words")?;
    let (line, object) = about(&message);
    let error =
        message.last_error.as_ref().map_or_else(String::new, |words| format!("the mail server said: {words}\n"));
    Ok(Said(
        format!("{line}\n{error}Subject: {}\n\n{}", rendered.subject, rendered.text.trim_end()),
        with(object, json!({"subject": rendered.subject, "text": rendered.text, "error": message.last_error})),
    ))
}

/// A page at a time, however many there are.
async fn list(ctx: &Ctx, state: Option<String>, out: &mut Out) -> Result<(), Failure> {
    let wanted = match &state {
        None => None,
        Some(word) => Some(MessageState::parse(word).ok_or("choose waiting, sent or failed".to_owned())?),
    };
    out.open(&json!({"state": state}), "messages")?;
    let mut before = Some(NEWEST);
    while let Some(from) = before {
        let (rows, next) = queries::list(ctx, from, wanted).await.map_err(reason)?;
        for message in &rows {
            let (line, object) = about(message);
            out.member(&Said(line, object))?;
        }
        before = next;
    }
    Ok(())
}

fn about(message: &Message) -> (String, Value) {
    let Message { id, recipient, template, attempts, .. } = message;
    let (state, written) = (message.state().word(), exact(message.created_at));
    (
        format!("{id}  {written}  {template}  to {recipient}  {state}  tries {attempts}"),
        json!({
            "id": id, "template": template, "to": recipient, "state": state, "tries": attempts, "written": written,
            "sent": message.sent_at.map(exact),
        }),
    )
}
