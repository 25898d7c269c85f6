//! The filter above the log: a plain GET form, and what its fields ask for.

use leptos::prelude::*;

use crate::{
    domain::{ctx::Ctx, error::Result, events::EventQuery, parse::moment, users, verb::Verb},
    model::{fields::Fields, id::UserId},
    ui::{
        choices::{Choices, LongChoice},
        form::{Choice, Field, FormState},
    },
};

/// Fields of the form, in the order of the URL.
pub const FIELDS: [&str; 6] = ["actor", "target", "verb", "tenant", "from", "until"];

/// What the fields ask for. Anything that can't be read is left out, and said beside its field.
pub async fn parse(ctx: &Ctx, fields: &Fields) -> Result<(EventQuery, FormState)> {
    let mut form = FormState::filled(fields.clone());
    let mut query = EventQuery { before: fields.text("before").parse().ok(), ..EventQuery::default() };
    let mut wrong = crate::model::error::FieldErrors::default();
    match fields.text("actor").trim() {
        "" => {}
        "command line" => query.actor_kind = Some("command_line".into()),
        text => match person(ctx, text).await? {
            Some(user) => query.actor = Some(user),
            None => wrong.add("actor", "nobody signs in with this address"),
        },
    }
    match fields.text("target").trim() {
        "" => {}
        text => match target(ctx, text).await? {
            Some((kind, id)) => (query.target_kind, query.target_id) = (Some(kind), Some(id)),
            None => wrong.add("target", "nobody signs in with this address"),
        },
    }
    query.verb = Verb::parse(fields.text("verb"));
    query.tenant = fields.text("tenant").parse().ok();
    for name in ["from", "until"] {
        match (name, moment(fields.text(name))) {
            ("from", Ok(at)) => query.from = at,
            (_, Ok(at)) => query.until = at,
            (_, Err(message)) => wrong.add(name, message),
        }
    }
    if !wrong.is_empty() {
        form.refusal = Some(crate::model::error::Refusal { message: String::new(), fields: wrong });
    }
    Ok((query, form))
}

async fn person(ctx: &Ctx, text: &str) -> Result<Option<UserId>> {
    if let Ok(id) = text.parse() {
        return Ok(Some(id));
    }
    let found = users::find_by_login(ctx, &mut ctx.read().await?, &text.to_lowercase()).await?;
    Ok(found.map(|user| user.id))
}

/// A target is somebody's address, or `kind:id` as links write it.
async fn target(ctx: &Ctx, text: &str) -> Result<Option<(String, String)>> {
    if let Some((kind, id)) = text.split_once(':') {
        return Ok(Some((kind.to_owned(), id.to_owned())));
    }
    Ok(person(ctx, text).await?.map(|user| ("user".to_owned(), user.to_string())))
}

/// The form.
#[component]
pub fn FilterForm(form: FormState, tenants: Choices, open: bool) -> impl IntoView {
    let written = Verb::ALL.iter().filter(|verb| !verb.name().ends_with(".list") && !verb.name().ends_with(".read"));
    let verbs: Vec<(String, String)> = written.map(|verb| (verb.name().to_owned(), verb.name().to_owned())).collect();
    view! {
        <details class="filters" open=open>
            <summary class="btn">"Filter"</summary>
            <form method="get" action="/admin/audit" class="filter">
                <Field form=form.clone() name="actor" label="Done by" hint="An e-mail address, or “command line”."/>
                <Field form=form.clone() name="target" label="Done to" hint="Somebody's e-mail address."/>
                <Choice form=form.clone() name="verb" label="What" none="anything" options=verbs/>
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
