//! Making and editing a tenant.

use axum::response::Response;
use leptos::prelude::*;

use super::Crumb;
use crate::{
    domain::{
        action::Action,
        commands::run,
        error::{Error, Refused, Result},
        tenants::{
            self,
            commands::{AddTenant, UpdateTenant},
            input::{NewTenant, TenantUpdate},
            store::Tenant,
        },
    },
    islands::LiveForm,
    model::{
        fields::Fields,
        forms::TenantForm,
        id::TenantId,
        merge::{Part, open},
        tenant::{TenantKind, TenantType},
    },
    server::request::Query,
    ui::{
        choices::{Choices, LongChoice},
        done::Done,
        form::{Choice, Field, FormNote, FormState},
        layout::console,
        overtaken::{Opened, Overtaken, as_typed},
        parts::Unseen,
        path::TenantPath,
        visit::Visit,
    },
};

const NO_PARENT: &str = "No parent";

/// `GET /admin/tenants/new`, with `parent=…` below a tenant.
pub async fn new_page(visit: Visit, Query(query): Query) -> Result<Response> {
    visit.ctx.require(Action::AddTenant)?;
    if visit.ctx.tenant().is_some() {
        return Err(Refused::OfInstallation.into());
    }
    let choices = Choices::tenants(&visit.ctx, &[query.text("parent")]).await?;
    let form = Fields::default().with("parent", query.text("parent"));
    Ok(new_view(&visit, FormState::filled(form), choices))
}

/// `POST /admin/tenants/new`
pub async fn create(visit: Visit, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::AddTenant)?;
    match async {
        let tenant = NewTenant::parse(&TenantForm::from(&form))?;
        run(&visit.ctx, AddTenant { id: TenantId(visit.ctx.id()), tenant }).await
    }
    .await
    {
        Ok(tenant) => Ok(visit.done(&format!("/admin/tenants/{}", tenant.id), Done::TenantMade, 1)),
        Err(error) => {
            let choices = Choices::tenants(&visit.ctx, &[form.text("parent")]).await?;
            visit.refused(error, form, |state| new_view(&visit, state, choices))
        }
    }
}

fn new_view(visit: &Visit, form: FormState, choices: Choices) -> Response {
    console(visit, "New tenant", move || {
        view! {
            <Crumb here="New"/>
            <div class="head"><div><h1>"New tenant"</h1><p>"You add members on its page, afterwards."</p></div></div>
            <LiveForm action="/admin/tenants/new".to_owned()>
                <FormNote form=form.clone()/>
                <Field form=form.clone() name="name" label="Name" required=true/>
                <Field form=form.clone() name="slug" label="Short name" required=true
                    hint="For URLs and the command line, like harbour-books. It never changes."/>
                <div class="two">
                    <Choice form=form.clone() name="kind" label="Kind" none="" options=kinds()/>
                    <Choice form=form.clone() name="type" label="Type" none="" options=types()/>
                </div>
                <LongChoice form name="parent" label="Parent" none=NO_PARENT choices
                    unlisted="For another one, open it and make the tenant from there."/>
                <div class="actions">
                    <button class="btn main">"Make tenant"</button>
                    <a class="btn quiet" href="/admin/tenants">"Cancel"</a>
                </div>
            </LiveForm>
        }
    })
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

/// A tenant, and those that it can be put below; `None` where it has to stay.
type Editing = (Tenant, Option<Choices>);

/// `typed` is the parent that the form has, so that it can be shown again.
async fn load(visit: &Visit, id: TenantId, typed: &str) -> Result<Editing> {
    let ctx = &visit.ctx;
    let tenant = tenants::queries::require(ctx, &mut *ctx.read().await?, id).await?;
    // The root stays on top, and in a tenant nothing outside it can be seen.
    if tenant.kind == TenantKind::Root || ctx.tenant().is_some() {
        return Ok((tenant, None));
    }
    let mut choices = Choices::tenants(ctx, &[saved(&tenant).text("parent"), typed]).await?;
    let own = tenant.id.to_string();
    choices.options.retain(|(id, _)| *id != own);
    Ok((tenant, Some(choices)))
}

/// `GET /admin/tenants/{id}/edit`
pub async fn page(visit: Visit, TenantPath(id): TenantPath) -> Result<Response> {
    visit.ctx.require(Action::UpdateTenant)?;
    let editing = load(&visit, id, "").await?;
    let form = FormState::filled(saved(&editing.0));
    Ok(view(&visit, form, editing))
}

/// `POST /admin/tenants/{id}/edit`
pub async fn update(visit: Visit, TenantPath(id): TenantPath, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::UpdateTenant)?;
    let error = match async {
        let update = TenantUpdate::parse(&TenantForm::from(&form))?;
        run(&visit.ctx, UpdateTenant { tenant: id, update }).await
    }
    .await
    {
        Ok(tenant) => return Ok(visit.done(&format!("/admin/tenants/{}", tenant.id), Done::Saved, 1)),
        Err(error) => error,
    };
    let editing = load(&visit, id, form.text("parent")).await?;
    match error {
        Error::Stale => {
            let overtaken = Overtaken::new(PARTS, &saved(&editing.0), &form, |part, form| shown(&editing, part, form));
            visit.overtaken(overtaken, |state| view(&visit, state, editing))
        }
        other => visit.refused(other, form, |state| view(&visit, state, editing)),
    }
}

const PARENT: Part = Part::new("parent", &["parent"]);
const PARTS: &[Part] = &[Part::new("name", &["name"]), Part::new("type", &["type"]), PARENT];

/// A parent by its name, as far as it is among those that can be chosen.
fn shown((_, choices): &Editing, part: &Part, form: &Fields) -> String {
    let text = as_typed(part, form);
    match (*part == PARENT, choices) {
        (false, _) => text,
        (true, _) if text.is_empty() => NO_PARENT.to_owned(),
        (true, Some(choices)) => choices.label(&text),
        (true, None) => String::new(),
    }
}

fn saved(tenant: &Tenant) -> Fields {
    let form = Fields::default()
        .with("name", &tenant.name)
        .with("type", tenant.use_.word())
        .with("parent", tenant.parent_id.map(|id| id.to_string()).unwrap_or_default())
        .with("version", tenant.version.to_string());
    open(PARTS, form)
}

fn view(visit: &Visit, form: FormState, (tenant, choices): Editing) -> Response {
    console(visit, "Edit", move || {
        let href = format!("/admin/tenants/{}", tenant.id);
        view! {
            <Crumb tenant=(tenant.id, tenant.name.clone()) here="Edit"/>
            <div class="head"><div><h1><bdi>{tenant.name}</bdi></h1><p>{tenant.slug}</p></div></div>
            <LiveForm action=format!("{href}/edit")>
                <FormNote form=form.clone()/>
                <Opened form=form.clone() parts=PARTS/>
                <Field form=form.clone() name="name" label="Name" required=true/>
                <Choice form=form.clone() name="type" label="Type" none="" options=types()/>
                <Parent form choices/>
                <div class="actions">
                    <button class="btn main">"Save"</button>
                    <a class="btn quiet" href=href>"Cancel"</a>
                </div>
            </LiveForm>
        }
    })
}

/// The tenant above: to choose from, or kept as it is.
#[component]
fn Parent(form: FormState, choices: Option<Choices>) -> impl IntoView {
    let Some(choices) = choices else {
        let parent = form.typed.text("parent").to_owned();
        return view! { <input type="hidden" name="parent" value=parent/><Unseen form name="parent"/> }.into_any();
    };
    view! {
        <LongChoice form name="parent" label="Parent" none=NO_PARENT choices
            unlisted="The parent that it has now is always among them."/>
    }
    .into_any()
}
