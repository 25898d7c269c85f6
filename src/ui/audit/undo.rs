//! Taking recorded changes back: from the log after asking, and from the message after an action at once.

use axum::response::Response;
use leptos::prelude::*;

use super::EventRow;
use crate::{
    domain::{
        error::{Error, Result},
        events::{self, Event},
        undo,
        verb::Verb,
    },
    islands::LiveForm,
    model::{fields::Fields, id::EventId},
    ui::{
        done::Done,
        form::{FormNote, FormState},
        layout::console,
        path::EventPath,
        visit::Visit,
    },
};

/// `GET /admin/audit/{id}/undo`
pub async fn confirm(visit: Visit, EventPath(id): EventPath) -> Result<Response> {
    visit.ctx.require(Verb::Undo)?;
    let event = load(&visit, id).await?;
    Ok(view(&visit, event, FormState::default()))
}

/// The event, and the one that took it back already.
async fn load(visit: &Visit, id: EventId) -> Result<(Event, Option<EventId>)> {
    events::find(&visit.ctx, &mut visit.ctx.read().await?, id).await
}

/// `POST /admin/audit/{id}/undo`
pub async fn undo(visit: Visit, EventPath(id): EventPath, form: Fields) -> Result<Response> {
    match undo::undo(&visit.ctx, id).await {
        Ok(()) => Ok(visit.done("/admin/audit", Done::Undone, 1)),
        Err(error @ Error::Refused(_)) => {
            let event = load(&visit, id).await?;
            visit.refused(error, form, |state| view(&visit, event, state))
        }
        Err(other) => Err(other),
    }
}

/// `POST /admin/audit/undo`: all that one request changed. The message after an action sends it.
pub async fn undo_request(visit: Visit, form: Fields) -> Result<Response> {
    visit.ctx.require(Verb::Undo)?;
    let request = form.text("request").parse().map_err(|_| Error::NotFound("change"))?;
    let undone = undo::undo_request(&visit.ctx, request).await?;
    Ok(visit.done("/admin/audit", Done::Undone, undone as u64))
}

fn view(visit: &Visit, (event, undone_by): (Event, Option<EventId>), form: FormState) -> Response {
    let visit = &visit.clone().at("/admin/audit");
    let now = visit.ctx.now();
    console(visit, "Undo", move || {
        let (action, undone) = (format!("/admin/audit/{}/undo", event.id), undone_by.is_some());
        view! {
            <nav class="crumb" aria-label="Breadcrumb"><a href="/admin/audit">"Audit"</a>" / "<span aria-current="page">"Undo"</span></nav>
            <div class="head"><div><h1>"Undo this?"</h1><p>"It is taken back by a change of its own, which is recorded and can be undone, too."</p></div></div>
            <div class="stack">
                <div class="card"><table class="cards"><tbody><EventRow event now named=true undo=false/></tbody></table></div>
                <LiveForm action=action>
                    <FormNote form/>
                    {undone.then(|| view! { <p class="note warn">"This was undone already. To have it again, undo the undo."</p> })}
                    <div class="actions">
                        {(!undone).then(|| view! { <button class="btn main">"Undo"</button> })}
                        <a class="btn quiet" href="/admin/audit">{if undone { "Back" } else { "Cancel" }}</a>
                    </div>
                </LiveForm>
            </div>
        }
    })
}
