//! Taking recorded changes back: from the log after asking, and from the message after an action at once.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    back::{asked, landing},
    row::EventRow,
};
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        audit::{self, event::Event},
        commands::undo::{self, Stuck},
        error::{Error, Refused, Result},
    },
    islands::LiveForm,
    model::{fields::Fields, id::EventId, timestamp::Timestamp},
    server::request::Query,
    ui::{
        done::{Done, Way},
        effect::EffectCard,
        form::{FormNote, FormState},
        layout::console,
        parts::asked as in_order,
        path::EventPath,
        visit::Visit,
    },
};

/// What there is to say before a change is taken back.
struct About {
    event: Event,
    /// What taking it back would do; `None` where that is about something else than access.
    effect: Option<Effect>,
    /// What stands in its way, if it is no rule.
    in_the_way: Option<String>,
    /// What happened since that may stand in its way.
    later: Vec<Event>,
}

impl About {
    fn is_possible(&self) -> bool {
        self.in_the_way.is_none() && self.effect.as_ref().is_none_or(|effect| effect.refused.is_none())
    }
}

/// `GET /admin/audit/{id}/undo?back=…`
pub async fn confirm(visit: Visit, EventPath(id): EventPath, Query(query): Query) -> Result<Response> {
    visit.ctx.require(Action::Undo)?;
    let about = load(&visit, id).await?;
    Ok(view(&visit, about, FormState::filled(query)))
}

async fn load(visit: &Visit, id: EventId) -> Result<About> {
    let ctx = &visit.ctx;
    let event = audit::list::find(ctx, &mut *ctx.read().await?, id).await?;
    let (effect, in_the_way) = match undo::preview_undo(ctx, &event).await {
        Ok(effect) => (effect, None),
        Err(Error::InTheWay(why)) => (None, Some(why)),
        Err(other) => return Err(other),
    };
    let later = match (event.undone_by, effect.as_ref().and_then(|effect| effect.refused)) {
        (Some(undoing), _) => seen(visit, undoing).await?,
        (None, Some(Refused::ChangedSince | Refused::Gone(_))) => audit::list::since(ctx, &event).await?,
        (None, _) => Vec::new(),
    };
    Ok(About { event, effect, in_the_way, later })
}

/// The event, unless it concerns another place.
async fn seen(visit: &Visit, id: EventId) -> Result<Vec<Event>> {
    match audit::list::find(&visit.ctx, &mut *visit.ctx.read().await?, id).await {
        Ok(event) => Ok(vec![event]),
        Err(Error::NotFound(_)) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}

/// `POST /admin/audit/{id}/undo`
pub async fn undo(visit: Visit, EventPath(id): EventPath, form: Fields) -> Result<Response> {
    match undo::undo(&visit.ctx, id).await {
        Ok(()) => Ok(visit.done(&landing(&visit.ctx, &form).await, done(&form, 1), 1)),
        Err(error) => refused(&visit, id, error, form).await,
    }
}

/// `POST /admin/audit/undo`: all that one request changed. The message after an action sends it.
pub async fn undo_request(visit: Visit, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::Undo)?;
    let request = form.text("request").parse().map_err(|_| Error::NotFound("change"))?;
    match undo::undo_request(&visit.ctx, request).await {
        Ok(undone) => Ok(visit.done(&landing(&visit.ctx, &form).await, done(&form, undone), undone as u64)),
        Err(Stuck { event: Some(id), why }) => refused(&visit, id, why, form).await,
        Err(Stuck { event: None, why }) => Err(why),
    }
}

/// What was done, in the word of the button that was pressed.
fn done(form: &Fields, changes: usize) -> Done {
    Way::parse(form.text("way")).filter(|_| changes == 1).map_or(Done::Undone, Way::done)
}

async fn refused(visit: &Visit, id: EventId, error: Error, form: Fields) -> Result<Response> {
    match error {
        Error::Refused(_) | Error::InTheWay(_) => {
            let about = load(visit, id).await?;
            visit.refused(error, form, |state| view(visit, about, state))
        }
        other => Err(other),
    }
}

fn view(visit: &Visit, about: About, form: FormState) -> Response {
    let visit = &visit.clone().at("/admin/audit");
    let now = visit.ctx.now();
    // What was just refused is said once.
    let asked_only = form.refusal.is_none();
    let possible = asked_only && about.is_possible();
    let About { event, effect, in_the_way, later } = about;
    let way = Way::from_action(&event.action);
    console(visit, way.label(), move || {
        let action = format!("/admin/audit/{}/undo", event.id);
        let back = asked(&form.typed).unwrap_or("/admin/audit").to_owned();
        let heading = if event.undone_by.is_some() { "It was undone already" } else { "What happened to it since" };
        let (kept, cancel) = (back.clone(), back.clone());
        let question = view! {
            <LiveForm action=action>
                <FormNote form/>
                <input type="hidden" name="back" value=kept/>
                <input type="hidden" name="way" value=way.word()/>
                <div class="actions">
                    {possible.then(|| view! { <button class="btn main">{way.label()}</button> })}
                    <a class="btn quiet" href=cancel>{if possible { "Cancel" } else { "Back" }}</a>
                </div>
            </LiveForm>
        };
        let about = view! {
            {in_the_way.filter(|_| asked_only).map(|why| view! { <p class="note bad">"It would be refused: "{why}"."</p> })}
            {effect.filter(|_| asked_only).map(|effect| view! { <EffectCard effect=Some(effect) heading="What it would do"/> })}
            {(!later.is_empty()).then(|| view! {
                <section class="card"><header><h2>{heading}</h2></header><Rows events=later now undo=Some(back)/></section>
            })}
        };
        view! {
            <nav class="crumb" aria-label="Breadcrumb"><a href="/admin/audit">"Audit"</a>" / "<span aria-current="page">{way.label()}</span></nav>
            <div class="head"><div><h1>{format!("{} this?", way.label())}</h1><p>"It is taken back by a change of its own, which is recorded and can be undone, too."</p></div></div>
            <div class="stack">
                <div class="card"><Rows events=vec![event.clone()] now undo=None/></div>
                {in_order(!possible && asked_only, question.into_any(), about.into_any())}
            </div>
        }
    })
}

#[component]
fn Rows(events: Vec<Event>, now: Timestamp, undo: Option<String>) -> impl IntoView {
    view! {
        <table class="cards"><tbody>
            {events.into_iter().map(|event| view! { <EventRow event now named=true undo=undo.clone()/> }).collect_view()}
        </tbody></table>
    }
}
