//! `/admin/outbox/{id}`: what one message says, and what became of it.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{State, about, next_try};
use crate::{
    domain::outbox::{letter::Content, queries, store::Message},
    functions::outbox::{ResendMessage, RevealMessage},
    http::{
        letters,
        visit::{named, to, visit},
    },
    mail::letter::Rendered,
    model::{id::MessageId, mail::MessageState, permission::Permission, timestamp::Timestamp},
    pages::{
        Page,
        form::{Act, FormState},
        layout::Console,
        parts::{ShownOnce, Trail},
        times::{Time, moment},
    },
};

/// `/admin/outbox/{id}`
pub async fn page() -> Page {
    let visit = visit();
    let (message, content) = queries::preview(&visit.ctx, named::<MessageId>("id", "message")?).await?;
    let has_link = content.as_ref().is_some_and(|content| content.letter.has_code());
    let letter = content.as_ref().and_then(|content: &Content| letters::rendered(&visit.site, &message, content));
    let shown = FormState::answer_to(RevealMessage::PATH).and_then(|answered| answered.value::<String>());
    let (now, title) = (visit.ctx.now(), about(&message.template).to_owned());
    Ok(view! {
        <Console title=title.clone()>
            <Trail list=("/outbox", "Outbox") here=title.clone()/>
            <Head id=message.id title to=message.recipient.clone() has_link/>
            {shown.map(|secret| view! { <Shown secret/> })}
            <div class="cols">
                <div class="stack"><Letter id=message.id letter/></div>
                <div class="stack"><Facts message now/></div>
            </div>
        </Console>
    }
    .into_any())
}

#[component]
fn Head(id: MessageId, title: String, to: String, has_link: bool) -> impl IntoView {
    let visit = visit();
    let may = |permission| visit.ctx.may(permission);
    let fields = || vec![("id", id.to_string())];
    let show = (has_link && may(Permission::OutboxResend) && may(Permission::UsersPasswordReset)).then(|| {
        view! { <Act function=RevealMessage::PATH fields=fields()><button class="btn">"Show the link"</button></Act> }
    });
    let again = may(Permission::OutboxResend).then(|| {
        view! { <Act function=ResendMessage::PATH fields=fields()><button class="btn">"Send again"</button></Act> }
    });
    view! {
        <div class="head"><div><h1>{title}</h1><p>"to "<bdi>{to}</bdi></p></div><div class="do">{show}{again}</div></div>
    }
}

/// The link that was just asked for.
#[component]
fn Shown(secret: String) -> impl IntoView {
    view! {
        <ShownOnce heading="Link of this message" label="It opens the account: give it to its recipient alone" secret
            hint="It works once, as the one in the mail does. That you saw it stands in the log."/>
    }
}

/// What it says, as text and as it looks, with what opens an account blanked.
#[component]
fn Letter(id: MessageId, letter: Option<Rendered>) -> impl IntoView {
    let Some(Rendered { language, subject, text, .. }) = letter else {
        let why =
            "This server's key file doesn't open it, so it can't be shown or sent. It was written under another one.";
        return view! { <p class="note bad">{why}</p> }.into_any();
    };
    let looks = to(format_args!("/outbox/{id}/letter"));
    view! {
        <section class="card">
            <header><h2 lang=language.clone() dir="auto">{subject}</h2></header>
            <div class="in"><p class="letter" lang=language dir="auto">{text}</p></div>
        </section>
        <section class="card">
            <header><h2>"As it looks"</h2><span class="hint">"codes are blanked"</span></header>
            <iframe class="letter" sandbox="" title="The message as it looks" src=looks></iframe>
        </section>
    }
    .into_any()
}

#[component]
fn Facts(message: Message, now: Timestamp) -> impl IntoView {
    let when = |at| view! { <Time at=moment(at, now)/> };
    let (state, next) = (message.state(), next_try(&message, now));
    let who = message.user_id.filter(|_| visit().ctx.may(Permission::UsersRead)).map(|id| {
        view! { <dt>"Person"</dt><dd><a class="link" href=to(format_args!("/users/{id}"))>"Open their page"</a></dd> }
    });
    let ended = message.sent_at.map(|at| ("Sent", at)).or(message.failed_at.map(|at| ("Given up", at)));
    let said = message.last_error.filter(|_| state != MessageState::Sent);
    view! {
        <section class="card">
            <header><h2>"What became of it"</h2></header>
            <div class="in">
                <dl class="facts">
                    <dt>"State"</dt><dd><State of=state/></dd>
                    <dt>"Written"</dt><dd>{when(message.created_at)}</dd>
                    {ended.map(|(label, at)| view! { <dt>{label}</dt><dd>{when(at)}</dd> })}
                    <dt>"Tries"</dt><dd>{message.attempts}</dd>
                    {next.map(|next| view! { <dt>"Next"</dt><dd>{next}</dd> })}
                    {said.map(|words| view! { <dt>"The mail server said"</dt><dd><bdi>{words}</bdi></dd> })}
                    {who}
                </dl>
            </div>
        </section>
    }
}
