//! Making and editing a tenant.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Crumb;
use crate::{
    domain::{
        ctx::Ctx,
        error::Result,
        tenants::{
            queries::{require, require_everywhere},
            store::Tenant,
        },
    },
    functions::tenants::{CreateTenant, UpdateTenant},
    http::visit::{named, to, visit},
    model::{
        fields::Fields,
        id::TenantId,
        merge::Part,
        tenant::{TenantKind, TenantType},
    },
    pages::{
        Page,
        choices::{Choices, LongChoice},
        form::{Choice, Field, Form, FormState, Hidden, Message},
        layout::Console,
        overtaken::as_typed,
        parts::Opened,
    },
};

const NO_PARENT: &str = "No parent";

/// `/admin/tenants/new`, with `parent=…` below a tenant.
pub async fn new_page() -> Page {
    let visit = visit();
    require_everywhere(&visit.ctx)?;
    let saved = Fields::default().with("parent", visit.query.text("parent"));
    let state = FormState::of(CreateTenant::PATH, saved);
    let choices = Choices::tenants(&visit.ctx, &[state.typed.text("parent")]).await?;
    Ok(new_view(state, choices))
}

fn new_view(state: FormState, choices: Choices) -> AnyView {
    view! {
        <Console title="New tenant">
            <Crumb here="New"/>
            <div class="head"><div><h1>"New tenant"</h1><p>"You add members on its page, afterwards."</p></div></div>
            <Form function=CreateTenant::PATH state>
                <Field name="name" label="Name" required=true/>
                <Field name="slug" label="Short name" required=true
                    hint="For URLs and the command line, like harbour-books. It never changes."/>
                <div class="two">
                    <Choice name="kind" label="Kind" none="" options=kinds()/>
                    <Choice name="type" label="Type" none="" options=types()/>
                </div>
                <LongChoice name="parent" label="Parent" none=NO_PARENT choices
                    unlisted="For another one, open it and make the tenant from there."/>
                <div class="actions">
                    <button class="btn main">"Make tenant"</button>
                    <a class="btn quiet" href=to("/tenants")>"Cancel"</a>
                </div>
            </Form>
        </Console>
    }
    .into_any()
}

/// The kinds that can be made: there is one root, from set-up.
fn kinds() -> Vec<(String, String)> {
    let kinds = [
        (TenantKind::Standard, "an organisation"),
        (TenantKind::Portal, "a portal of an organisation"),
        (TenantKind::Domain, "a mail domain of an organisation"),
        (TenantKind::Reseller, "looks after other organisations"),
    ];
    kinds.map(|(kind, about)| (kind.word().to_owned(), format!("{}: {about}", kind.word()))).into()
}

fn types() -> Vec<(String, String)> {
    let types = [(TenantType::Production, "real work"), (TenantType::Test, "for trying things out")];
    types.map(|(type_, about)| (type_.word().to_owned(), format!("{}: {about}", type_.word()))).into()
}

/// The tenants that one can be put below, with the wanted ones among them; `None` where it has to stay.
async fn parents(ctx: &Ctx, tenant: &Tenant, wanted: &[&str]) -> Result<Option<Choices>> {
    // The root stays on top, and in a tenant nothing outside it can be seen.
    if tenant.kind == TenantKind::Root || ctx.tenant().is_some() {
        return Ok(None);
    }
    let mut choices = Choices::tenants(ctx, wanted).await?;
    let own = tenant.id.to_string();
    choices.options.retain(|(id, _)| *id != own);
    Ok(Some(choices))
}

/// `/admin/tenants/{id}/edit`
pub async fn page() -> Page {
    let visit = visit();
    let id: TenantId = named("id", "tenant")?;
    let tenant = require(&visit.ctx, &mut *visit.ctx.read().await?, id).await?;
    let saved = saved(&tenant);
    // The parent that the form has is shown again, so it must be among them.
    let typed = FormState::of(UpdateTenant::PATH, saved.clone()).typed;
    let choices = parents(&visit.ctx, &tenant, &[saved.text("parent"), typed.text("parent")]).await?;
    let shown = |part: &Part, form: &Fields| shown(choices.as_ref(), part, form);
    let state = FormState::editing(UpdateTenant::PATH, (PARTS, saved), shown);
    Ok(view(tenant, state, choices))
}

const PARENT: Part = Part::new("parent", &["parent"]);
const PARTS: &[Part] = &[Part::new("name", &["name"]), Part::new("type", &["type"]), PARENT];

/// A parent by its name, as far as it is among those that can be chosen.
fn shown(choices: Option<&Choices>, part: &Part, form: &Fields) -> String {
    let text = as_typed(part, form);
    match (*part == PARENT, choices) {
        (false, _) => text,
        (true, _) if text.is_empty() => NO_PARENT.to_owned(),
        (true, Some(choices)) => choices.label(&text),
        (true, None) => String::new(),
    }
}

fn saved(tenant: &Tenant) -> Fields {
    Fields::default()
        .with("id", tenant.id.to_string())
        .with("name", &tenant.name)
        .with("type", tenant.use_.word())
        .with("parent", tenant.parent_id.map(|id| id.to_string()).unwrap_or_default())
        .with("version", tenant.version.to_string())
}

fn view(tenant: Tenant, state: FormState, choices: Option<Choices>) -> AnyView {
    let href = to(format_args!("/tenants/{}", tenant.id));
    view! {
        <Console title="Edit">
            <Crumb tenant=(tenant.id, tenant.name.clone()) here="Edit"/>
            <div class="head"><div><h1><bdi>{tenant.name}</bdi></h1><p>{tenant.slug}</p></div></div>
            <Form function=UpdateTenant::PATH state>
                <Hidden name="id"/>
                <Opened parts=PARTS/>
                <Field name="name" label="Name" required=true/>
                <Choice name="type" label="Type" none="" options=types()/>
                <Parent choices/>
                <div class="actions">
                    <button class="btn main">"Save"</button>
                    <a class="btn quiet" href=href>"Cancel"</a>
                </div>
            </Form>
        </Console>
    }
    .into_any()
}

/// The tenant above: to choose from, or kept as it is.
#[component]
fn Parent(choices: Option<Choices>) -> impl IntoView {
    let Some(choices) = choices else {
        return view! { <Hidden name="parent"/><Message field="parent"/> }.into_any();
    };
    view! {
        <LongChoice name="parent" label="Parent" none=NO_PARENT choices
            unlisted="The parent that it has now is always among them."/>
    }
    .into_any()
}
