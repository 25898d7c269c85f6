//! `/admin/outbox`

use leptos::prelude::*;

use super::{NoMailServer, State, about, label, next_try};
use crate::{
    domain::outbox::{
        queries::{self, NEWEST},
        store::Message,
    },
    http::visit::{to, visit},
    islands::Ended,
    model::{fields::Fields, mail::MessageState, timestamp::Timestamp},
    pages::{
        Page,
        layout::Console,
        pager::{Older, at},
        times::{Time, moment},
    },
};

/// `/admin/outbox?state=…&before=…`
pub async fn page() -> Page {
    let visit = visit();
    let (state, before) = (MessageState::parse(visit.query.text("state")), visit.query.text("before").parse().ok());
    let (rows, next) = queries::list(&visit.ctx, before.unwrap_or(NEWEST), state).await?;
    let (now, paged) = (visit.ctx.now(), before.is_some());
    Ok(view! {
        <Console title="Outbox">
            <div class="head">
                <div><h1>"Outbox"</h1><p>"Every mail that this server writes, newest first. It waits here until the mail server takes it."</p></div>
            </div>
            <NoMailServer/>
            <Filter chosen=state/>
            <div class="card list">
                <Rows rows state paged now/>
                <Older path=to("/outbox") query=here(state) before=next.map(|id| id.to_string()) begun=paged/>
            </div>
        </Console>
    }
    .into_any())
}

/// The list's address in this state.
fn here(state: Option<MessageState>) -> Fields {
    Fields::default().with("state", state.map(MessageState::word).unwrap_or_default())
}

/// The states to choose from; the address says which one is chosen.
#[component]
fn Filter(chosen: Option<MessageState>) -> impl IntoView {
    let states = [None].into_iter().chain(MessageState::ALL.iter().copied().map(Some));
    let link = move |state: Option<MessageState>| {
        let is_chosen = state == chosen;
        let class = if is_chosen { "btn" } else { "btn quiet" };
        let href = at(&to("/outbox"), &here(state));
        view! { <a class=class href=href aria-current=is_chosen.then_some("true")>{state.map_or("All", label)}</a> }
    };
    view! { <nav class="bar" aria-label="State">{states.map(link).collect_view()}</nav> }
}

#[component]
fn Rows(rows: Vec<Message>, state: Option<MessageState>, paged: bool, now: Timestamp) -> impl IntoView {
    if rows.is_empty() && paged {
        return view! { <Ended first=at(&to("/outbox"), &here(state))/> }.into_any();
    }
    if rows.is_empty() {
        return view! { <Nothing state/> }.into_any();
    }
    view! {
        <table class="cards">
            <thead><tr><th class="lead">"To"</th><th>"What"</th><th>"State"</th><th class="when">"Written"</th></tr></thead>
            <tbody>{rows.into_iter().map(|message| view! { <Row message now/> }).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// What an empty list says, and what to do next.
#[component]
fn Nothing(state: Option<MessageState>) -> impl IntoView {
    let (heading, text) = match state {
        None => (
            "No mail yet",
            "Mail is written when somebody is invited or asks for a link. To try it out, send a test mail from the settings.",
        ),
        Some(MessageState::Waiting) => ("Nothing waits", "All mail was sent, or given up. Look at what failed."),
        Some(MessageState::Sent) => {
            ("Nothing was sent yet", "If mail waits for long, see what the mail server says on its page.")
        }
        Some(MessageState::Failed) => ("Nothing failed", "What a mail server refuses is shown here, with its words."),
    };
    view! { <div class="empty"><h2>{heading}</h2><p>{text}</p></div> }
}

#[component]
fn Row(message: Message, now: Timestamp) -> impl IntoView {
    let (state, next) = (message.state(), next_try(&message, now));
    let said = message.last_error.clone().filter(|_| state != MessageState::Sent);
    view! {
        <tr>
            <td class="lead">
                <a href=to(format_args!("/outbox/{}", message.id))><bdi>{message.recipient}</bdi></a>
                {said.map(|words| view! { <div class="sub"><bdi>{words}</bdi></div> })}
            </td>
            <td>{about(&message.template).to_owned()}</td>
            <td><State of=state/>{next.map(|next| view! { <div class="sub">{next}</div> })}</td>
            <td class="when"><Time at=moment(message.created_at, now)/></td>
        </tr>
    }
}
