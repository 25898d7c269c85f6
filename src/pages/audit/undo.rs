//! Taking a recorded change back, after asking.

use leptos::{prelude::*, server_fn::ServerFn};

use super::row::EventRow;
use crate::{
    domain::{
        access::preview::effect::Effect,
        audit::{self, event::Event},
        commands::undo,
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
    functions::audit::UndoEvent,
    http::{
        flash::Way,
        request::safe_next,
        visit::{named, to, visit},
    },
    model::{fields::Fields, id::EventId, timestamp::Timestamp},
    pages::{
        Page,
        effect::EffectCard,
        form::{Form, FormState},
        layout::Console,
        parts::asked,
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

/// `/admin/audit/{id}/undo?back=…`
pub async fn page() -> Page {
    let visit = visit();
    let about = load(&visit.ctx, named("id", "event")?).await?;
    let state = FormState::of(UndoEvent::PATH, visit.query.clone());
    Ok(view(about, state))
}

async fn load(ctx: &Ctx, id: EventId) -> Result<About> {
    let event = audit::list::find(ctx, &mut *ctx.read().await?, id).await?;
    let (effect, in_the_way) = match undo::preview_undo(ctx, &event).await {
        Ok(effect) => (effect, None),
        Err(Error::InTheWay(why)) => (None, Some(why)),
        Err(other) => return Err(other),
    };
    let later = match (event.undone_by, effect.as_ref().and_then(|effect| effect.refused)) {
        (Some(undoing), _) => seen(ctx, undoing).await?,
        (None, Some(Refused::ChangedSince | Refused::Gone(_))) => audit::list::since(ctx, &event).await?,
        (None, _) => Vec::new(),
    };
    Ok(About { event, effect, in_the_way, later })
}

/// The event, unless it concerns another place.
async fn seen(ctx: &Ctx, id: EventId) -> Result<Vec<Event>> {
    match audit::list::find(ctx, &mut *ctx.read().await?, id).await {
        Ok(event) => Ok(vec![event]),
        Err(Error::NotFound(_)) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}

/// The page of the console to go back to: the one that asked, else the log.
fn page_before(form: &Fields) -> String {
    let base = visit().base.clone();
    let ours = |page: &&str| page.strip_prefix(base.as_str()).is_some_and(|rest| rest.starts_with('/'));
    safe_next(form.text("back")).filter(ours).map_or_else(|| to("/audit"), str::to_owned)
}

fn view(about: About, state: FormState) -> AnyView {
    let now = visit().ctx.now();
    // What was just refused is said once.
    let asked_only = FormState::answer_to(UndoEvent::PATH).is_none();
    let possible = asked_only && about.is_possible();
    let About { event, effect, in_the_way, later } = about;
    let (way, back) = (Way::from_action(&event.action), page_before(&state.typed));
    let heading = if event.undone_by.is_some() { "It was undone already" } else { "What happened to it since" };
    let question = view! { <Question event=event.id way possible back=back.clone() state/> };
    let about = view! {
        {in_the_way.filter(|_| asked_only).map(|why| view! { <p class="note bad">"It would be refused: "{why}"."</p> })}
        {effect.filter(|_| asked_only).map(|effect| view! { <EffectCard effect/> })}
        {(!later.is_empty()).then(|| view! {
            <section class="card"><header><h2>{heading}</h2></header><Rows events=later now undo=Some(back)/></section>
        })}
    };
    view! {
        <Console title=way.label()>
            <nav class="crumb" aria-label="Breadcrumb"><a href=to("/audit")>"Audit"</a>" / "<span aria-current="page">{way.label()}</span></nav>
            <div class="head"><div><h1>{format!("{} this?", way.label())}</h1><p>"It is taken back by a change of its own, which is recorded and can be undone, too."</p></div></div>
            <div class="stack">
                <div class="card"><Rows events=vec![event] now undo=None/></div>
                {asked(!possible && asked_only, question.into_any(), about.into_any())}
            </div>
        </Console>
    }
    .into_any()
}

/// Whether it shall be taken back, where that is possible.
#[component]
fn Question(event: EventId, way: Way, possible: bool, back: String, state: FormState) -> impl IntoView {
    view! {
        <Form function=UndoEvent::PATH state>
            <input type="hidden" name="id" value=event.to_string()/>
            <input type="hidden" name="back" value=back.clone()/>
            <input type="hidden" name="way" value=way.word()/>
            <div class="actions">
                {possible.then(|| view! { <button class="btn main">{way.label()}</button> })}
                <a class="btn quiet" href=back>{if possible { "Cancel" } else { "Back" }}</a>
            </div>
        </Form>
    }
}

#[component]
fn Rows(events: Vec<Event>, now: Timestamp, undo: Option<String>) -> impl IntoView {
    view! {
        <table class="cards"><tbody>
            {events.into_iter().map(|event| view! { <EventRow event now named=true undo=undo.clone()/> }).collect_view()}
        </tbody></table>
    }
}
