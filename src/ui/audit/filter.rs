//! The filter above the log: a plain GET form, and what its fields ask for.

use leptos::prelude::*;

use crate::{
    domain::{
        ctx::Ctx,
        deleted,
        error::Result,
        events::{Event, EventQuery},
        parse::moment,
        users,
        verb::Verb,
    },
    model::{
        error::{FieldErrors, Refusal},
        fields::Fields,
        id::UserId,
    },
    server::error::capitalised,
    ui::{
        choices::{Choices, LongChoice},
        form::{Field, FormState},
    },
};

/// Fields of the form, in the order of the URL.
pub const FIELDS: [&str; 6] = ["actor", "target", "verb", "tenant", "from", "until"];

/// Kinds of things that links name as `kind:id`.
const KINDS: [&str; 5] = ["user", "role", "group", "tenant", "page"];

/// What the fields ask for. Anything that can't be read is left out, and said beside its field.
pub async fn parse(ctx: &Ctx, fields: &Fields) -> Result<(EventQuery, FormState)> {
    let mut form = FormState::filled(fields.clone());
    let mut query = EventQuery { before: fields.text("before").parse().ok(), ..EventQuery::default() };
    let mut wrong = FieldErrors::default();
    done_by(ctx, fields.text("actor").trim(), &mut query).await?;
    done_to(ctx, fields.text("target").trim(), &mut query).await?;
    query.verb = Verb::parse(fields.text("verb"));
    query.tenant = fields.text("tenant").parse().ok();
    let unread = [("verb", query.verb.is_none()), ("tenant", query.tenant.is_none())];
    for (name, _) in unread.into_iter().filter(|(name, unread)| *unread && !fields.text(name).is_empty()) {
        wrong.add(name, "choose one of the list");
    }
    for name in ["from", "until"] {
        match (name, moment(fields.text(name))) {
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
    let mut found = deleted::with_login(ctx, &mut conn, &login).await?;
    found.extend(users::store::find_by_login(ctx, &mut conn, &login).await?.map(|user| user.id));
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
pub fn FilterForm(form: FormState, tenants: Choices, open: bool) -> impl IntoView {
    view! {
        <details class="filters" open=open>
            <summary class="btn">"Filter"</summary>
            <form method="get" action="/admin/audit" class="filter">
                <Field form=form.clone() name="actor" label="Done by"
                    hint="An e-mail address, a name as the log has it, or “command line”."/>
                <Field form=form.clone() name="target" label="Done to"
                    hint="An e-mail address, or the name of a person, role, group or tenant."/>
                <VerbChoice chosen=form.typed.text("verb").to_owned()/>
                {(!tenants.options.is_empty()).then(|| view! {
                    <LongChoice form=form.clone() name="tenant" label="Concerning" none="any tenant" choices=tenants
                        unlisted="Work in another tenant to see its log."/>
                })}
                <Field form=form.clone() name="from" label="From (UTC)" kind="datetime-local"/>
                <Field form=form name="until" label="Until (UTC)" kind="datetime-local"/>
                <div class="actions"><button class="btn main">"Show"</button><a class="btn quiet" href="/admin/audit">"Clear"</a></div>
            </form>
        </details>
    }
}

/// What the log can say that was done, by what it was done to.
#[component]
fn VerbChoice(chosen: String) -> impl IntoView {
    let mut families: Vec<(&str, Vec<Verb>)> = Vec::new();
    for verb in Verb::ALL.iter().copied().filter(|verb| verb.is_recorded()) {
        let noun = verb.name().split('.').next().unwrap_or_default();
        match families.iter_mut().find(|(found, _)| *found == noun) {
            Some((_, verbs)) => verbs.push(verb),
            None => families.push((noun, vec![verb])),
        }
    }
    let option = move |verb: Verb| {
        let selected = verb.name() == chosen;
        view! { <option value=verb.name() selected=selected>{format!("{} ({})", verb.phrase(), verb.name())}</option> }
    };
    view! {
        <div class="control">
            <label for="verb">"What"</label>
            <select class="field" id="verb" name="verb">
                <option value="">"anything"</option>
                {families.into_iter().map(|(noun, verbs)| view! {
                    <optgroup label=capitalised(noun)>{verbs.into_iter().map(&option).collect_view()}</optgroup>
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
