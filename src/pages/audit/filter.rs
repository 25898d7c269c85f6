//! The filter above the log: a plain GET form, and what its fields ask for.

use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::{
    domain::{
        action::Action,
        audit::{event::Event, query::EventQuery},
        ctx::Ctx,
        deleted,
        error::Result,
        parse::moment,
        users,
    },
    http::{error::capitalised, times::typed_moment_in, visit::to},
    model::{
        error::{FieldErrors, Refusal},
        fields::Fields,
        id::UserId,
        timestamp::Timestamp,
    },
    pages::{
        choices::{Choices, LongChoice},
        form::{Field, Filled, FormState},
        times::zone_at,
    },
};

/// Fields of the form, in the order of the URL.
pub const FIELDS: [&str; 6] = ["actor", "target", "action", "tenant", "from", "until"];

/// Kinds of things that links name as `kind:id`.
const KINDS: [&str; 5] = ["user", "role", "group", "tenant", "page"];

/// What the fields ask for; moments are typed by a clock of this `zone`. Anything that can't be read is left out, and said
/// beside its field.
pub async fn parse(ctx: &Ctx, fields: &Fields, zone: &TimeZone) -> Result<(EventQuery, FormState)> {
    let mut form = FormState::filled(fields.clone());
    let mut query = EventQuery { before: fields.text("before").parse().ok(), ..EventQuery::default() };
    let mut wrong = FieldErrors::default();
    done_by(ctx, fields.text("actor").trim(), &mut query).await?;
    done_to(ctx, fields.text("target").trim(), &mut query).await?;
    query.action = Action::parse(fields.text("action"));
    query.tenant = fields.text("tenant").parse().ok();
    let unread = [("action", query.action.is_none()), ("tenant", query.tenant.is_none())];
    for (name, _) in unread.into_iter().filter(|(name, unread)| *unread && !fields.text(name).is_empty()) {
        wrong.add(name, "choose one of the list");
    }
    for name in ["from", "until"] {
        match (name, moment(&typed_moment_in(fields.text(name), zone))) {
            ("from", Ok(at)) => query.from = at,
            (_, Ok(at)) => query.until = at,
            (_, Err(message)) => wrong.add(name, message),
        }
    }
    if !wrong.is_empty() {
        form.refusal = Some(Refusal { message: String::new(), fields: wrong });
    }
    Ok((query, form))
}

/// Somebody's id, as links write it; an address; or a name, as the log has it.
async fn done_by(ctx: &Ctx, text: &str, query: &mut EventQuery) -> Result<()> {
    if let Ok(id) = text.parse() {
        query.actors = vec![id];
    } else if text.eq_ignore_ascii_case("command line") {
        query.actor_kind = Some("command_line".into());
    } else if !text.is_empty() {
        query.actors = with_login(ctx, text).await?;
        query.actor_name = query.actors.is_empty().then(|| text.to_owned());
    }
    Ok(())
}

/// `kind:id`, as links write it; an address; or a name, as the log has it.
async fn done_to(ctx: &Ctx, text: &str, query: &mut EventQuery) -> Result<()> {
    if let Some((kind, id)) = named(text) {
        match (kind, id.parse()) {
            ("user", Ok(user)) => query.about = vec![user],
            _ => {
                query.target_kind = Some(kind.to_owned());
                query.target_ids = vec![id.to_owned()];
            }
        }
    } else if !text.is_empty() {
        query.about = with_login(ctx, text).await?;
        query.target_name = query.about.is_empty().then(|| text.to_owned());
    }
    Ok(())
}

fn named(text: &str) -> Option<(&str, &str)> {
    text.split_once(':').filter(|(kind, id)| KINDS.contains(kind) && !id.is_empty() && !id.contains(' '))
}

/// Whoever signs in with this address, and those who did and were deleted.
async fn with_login(ctx: &Ctx, text: &str) -> Result<Vec<UserId>> {
    let mut conn = ctx.read().await?;
    let login = users::naming::stored_login(&mut conn, text).await?;
    let mut found = deleted::users::with_login(ctx, &mut conn, &login).await?;
    found.extend(users::store::find_by_login(ctx.tenant(), &mut conn, &login).await?.map(|user| user.id));
    Ok(found)
}

/// The form with a name in place of an id that a link brought, as the newest of the events found has it.
pub fn readable(mut form: FormState, found: &[Event]) -> FormState {
    let (actor, target) = (form.typed.text("actor").parse().ok(), named(form.typed.text("target")));
    let actor = found.iter().find(|event| actor.is_some() && event.actor_id == actor);
    let target = found.iter().find(|event| target == Some((&event.target_kind, &event.target_id)));
    for (field, name) in
        [("actor", actor.map(|event| &event.actor_name)), ("target", target.map(|event| &event.target_name))]
    {
        if let Some(name) = name {
            form.typed = form.typed.without(&[field]).with(field, name);
        }
    }
    form
}

/// The form.
#[component]
pub fn FilterForm(form: FormState, tenants: Choices, open: bool, now: Timestamp) -> impl IntoView {
    let (path, zone) = (to("/audit"), zone_at(now));
    let clear = path.clone();
    let chosen = form.typed.text("action").to_owned();
    view! {
        <details class="filters" open=open>
            <summary class="btn">"Filter"</summary>
            <form method="get" action=path class="filter">
                <Filled state=form>
                    <Field name="actor" label="Done by" hint="An e-mail address, a name as the log has it, or “command line”."/>
                    <Field name="target" label="Done to" hint="An e-mail address, or the name of a person, role, group or tenant."/>
                    <ActionChoice chosen/>
                    {(!tenants.options.is_empty()).then(|| view! {
                        <LongChoice name="tenant" label="Concerning" none="any tenant" choices=tenants
                            unlisted="Work in another tenant to see its log."/>
                    })}
                    <Field name="from" label=format!("From ({zone})") kind="datetime-local"/>
                    <Field name="until" label=format!("Until ({zone})") kind="datetime-local"/>
                    <div class="actions"><button class="btn main">"Show"</button><a class="btn quiet" href=clear>"Clear"</a></div>
                </Filled>
            </form>
        </details>
    }
}

/// What the log can say that was done, by what it was done to.
#[component]
fn ActionChoice(chosen: String) -> impl IntoView {
    let mut families: Vec<(&str, Vec<Action>)> = Vec::new();
    for action in Action::ALL.iter().copied().filter(|action| action.is_recorded()) {
        let noun = action.name().split('.').next().unwrap_or_default();
        match families.iter_mut().find(|(found, _)| *found == noun) {
            Some((_, actions)) => actions.push(action),
            None => families.push((noun, vec![action])),
        }
    }
    let option = move |action: Action| {
        let selected = action.name() == chosen;
        view! { <option value=action.name() selected=selected>{format!("{} ({})", action.phrase(), action.name())}</option> }
    };
    view! {
        <div class="control">
            <label for="action">"What"</label>
            <select class="field" id="action" name="action">
                <option value="">"anything"</option>
                {families.into_iter().map(|(noun, actions)| view! {
                    <optgroup label=capitalised(noun)>{actions.into_iter().map(&option).collect_view()}</optgroup>
                }).collect_view()}
            </select>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_name_with_a_colon_is_no_link() {
        assert_eq!(named("role:01J"), Some(("role", "01J")));
        for name in ["team: support", "role: support", "support", "role:", ""] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
