//! Editing a role.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    Crumb,
    beside::{Conflict, LastChange},
    can_change,
    holders::HoldersCard,
    matrix::{Matrix, finds},
};
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        commands::{preview::preview, run},
        error::{Error, Result},
        grants::{self, holders::RoleHolders},
        roles::{
            self,
            commands::UpdateRole,
            input::{RoleContent, RoleUpdate},
            merge::Merged,
            store::Role,
            versions::Version,
        },
    },
    islands::LiveForm,
    model::{
        error::{FieldErrors, Refusal},
        fields::Fields,
        forms::RoleForm,
        id::RoleId,
        permission::Permission,
    },
    server::request::Query,
    ui::{
        done::Done,
        effect::{self, EffectCard},
        form::{Field, FormNote, FormState},
        layout::console,
        overtaken::{Overtaken, both, message},
        parts::Version as Seen,
        path::RolePath,
        visit::Visit,
    },
};

/// What a role is called and is for, and why it is saved.
#[component]
pub fn Texts(form: FormState) -> impl IntoView {
    view! {
        <div class="two">
            <Field form=form.clone() name="name" label="Name" required=true/>
            <Field form=form.clone() name="description" label="Description"/>
        </div>
        <Field form=form name="reason" label="Reason" hint="Kept with the version, for whoever asks later."/>
    }
}

/// The page of one role: what it is, what was last done to it, and who holds it.
struct Page {
    role: Role,
    last: Option<(Version, Option<Version>)>,
    /// An island, which asks with every change, takes no page and needs none of it.
    holders: Option<RoleHolders>,
}

async fn load(visit: &Visit, id: &RoleId) -> Result<Page> {
    let (role, versions, _) = roles::queries::versions(&visit.ctx, id, None).await?;
    let mut newest = versions.into_iter();
    let last = newest.next().map(|last| (last, newest.next()));
    let holders = match visit.wants_json() {
        true => None,
        false => Some(grants::holders::holders(&visit.ctx, id, "", "").await?),
    };
    Ok(Page { role, last, holders })
}

/// `GET /admin/roles/{id}?find=…`
pub async fn page(visit: Visit, RolePath(id): RolePath, Query(query): Query) -> Result<Response> {
    let page = load(&visit, &id).await?;
    let form = FormState::filled(saved(&page.role).with("find", query.text("find")));
    Ok(view(&visit, page, form, Shown::Nothing))
}

fn saved(role: &Role) -> Fields {
    Fields::default()
        .with("name", &role.name)
        .with("description", &role.description)
        .with("version", role.version.to_string())
        .with_all("pattern", role.patterns())
}

/// `POST /admin/roles/{id}`
pub async fn update(visit: Visit, RolePath(id): RolePath, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::UpdateRole)?;
    // Whatever comes of it, the answer is the role's page.
    roles::queries::read(&visit.ctx, &id).await?;
    if finds(&form) {
        let page = load(&visit, &id).await?;
        return Ok(view(&visit, page, FormState::filled(form), Shown::Nothing));
    }
    let update = match RoleUpdate::parse(&RoleForm::from(&form)) {
        Ok(update) => update,
        Err(errors) => return refused(&visit, &id, errors.into(), form).await,
    };
    let command = UpdateRole { role: id.clone(), update: update.clone() };
    let outcome = match effect::asks(&form) {
        true => preview(&visit.ctx, &command).await.map(Err),
        false => run(&visit.ctx, command).await.map(Ok),
    };
    match outcome {
        Ok(Ok(role)) if role.version == update.version => {
            Ok(visit.done(&format!("/admin/roles/{id}"), Done::RoleSame, 1))
        }
        Ok(Ok(role)) => Ok(visit.done(&format!("/admin/roles/{id}"), Done::RoleSaved, role.version.unsigned_abs())),
        Ok(Err(effect)) => {
            let page = load(&visit, &id).await?;
            Ok(effect::answer::answer(&visit, effect, |effect| {
                view(&visit, page, FormState::filled(form), Shown::Effect(effect))
            }))
        }
        Err(Error::Stale) => conflict(&visit, &id, &update, form.text("step")).await,
        Err(error) => refused(&visit, &id, error, form).await,
    }
}

async fn refused(visit: &Visit, id: &RoleId, error: Error, form: Fields) -> Result<Response> {
    let page = load(visit, id).await?;
    visit.refused(error, form, |state| view(visit, page, state, Shown::Nothing))
}

/// Somebody was faster: both edits are shown and put together. What the form was opened with is kept with its version.
async fn conflict(visit: &Visit, id: &RoleId, update: &RoleUpdate, step: &str) -> Result<Response> {
    let page = load(visit, id).await?;
    let current = roles::queries::version(&visit.ctx, id, page.role.version).await?;
    let base = match roles::queries::version(&visit.ctx, id, update.version).await {
        // A version that never was: all that was typed is a change then.
        Err(Error::NotFound(_)) => current.clone(),
        found => found?,
    };
    let merged = roles::merge::merge(&RoleContent::from(&base), &RoleContent::from(&current), &update.content);
    let mut differences = FieldErrors::default();
    for field in &merged.clashes {
        let (yours, theirs) = match *field {
            "name" => (&merged.content.name, &current.name),
            _ => (&merged.content.description, &current.description),
        };
        differences.add(field, both(yours, theirs));
    }
    let refusal = Refusal { message: message(&merged.kept, &merged.clashes), fields: differences };
    let overtaken = Overtaken { form: typed(&merged, page.role.version).with("step", step), refusal };
    visit.overtaken(overtaken, |state| view(visit, page, state, Shown::Conflict(Box::new((merged, current)))))
}

fn typed(merged: &Merged, version: i64) -> Fields {
    let content = &merged.content;
    Fields::default()
        .with("name", &content.name)
        .with("description", &content.description)
        .with("reason", &content.reason)
        .with("version", version.to_string())
        .with_all("pattern", &content.patterns)
}

/// What the page shows beside the role.
enum Shown {
    Nothing,
    Effect(Effect),
    Conflict(Box<(Merged, Version)>),
}

fn view(visit: &Visit, page: Page, form: FormState, shown: Shown) -> Response {
    let title = page.role.name.clone();
    let inside = visit.clone();
    console(visit, &title, move || {
        let Page { role, last, holders } = page;
        let now = inside.ctx.now();
        let editable = inside.ctx.may(Permission::RolesUpdate) && can_change(&inside, &role);
        let (effect, conflict) = match shown {
            Shown::Nothing => (None, None),
            Shown::Effect(effect) => (Some(effect), None),
            Shown::Conflict(both) => (None, Some(*both)),
        };
        view! {
            <Crumb here=role.name.clone()/>
            <Head visit=inside role=role.clone() last=last.clone().map(|(last, _)| last)/>
            {conflict.map(|(merged, theirs)| view! { <Conflict merged theirs/> })}
            <div class="cols">
                <Editor role=role.clone() form editable/>
                <div class="stack">
                    {editable.then(|| view! { <EffectCard effect heading="What saving would do"/> })}
                    {last.map(|(last, before)| view! { <LastChange role=role.id.clone() last before/> })}
                    {holders.map(|holders| view! { <HoldersCard role=role.id holders now/> })}
                </div>
            </div>
        }
    })
}

#[component]
fn Head(visit: Visit, role: Role, last: Option<Version>) -> impl IntoView {
    let href = format!("/admin/roles/{}", role.id);
    let may = |permission| visit.ctx.may(permission);
    let by = last
        .map(|last| last.author_name)
        .filter(|name| !name.is_empty())
        .map(|name| view! { " · last saved by "<bdi>{name}</bdi> });
    let changeable = can_change(&visit, &role);
    let fixed = match role.builtin {
        true => Some(" · built in: clone it to change it"),
        false => (!changeable).then_some(" · of the whole installation: it can't be changed from inside a tenant"),
    };
    view! {
        <div class="head">
            <div><h1><bdi>{role.name}</bdi></h1><p>"Version "{role.version}{by}{fixed}</p></div>
            <div class="do">
                <a class="btn" href=format!("{href}/versions")>"Versions"</a>
                <a class="btn" href=format!("/admin/roles/compare?a={}", role.id)>"Compare…"</a>
                {may(Permission::RolesAdd).then(|| view! { <a class="btn" href=format!("/admin/roles/new?from={}", role.id)>"Clone"</a> })}
                {(may(Permission::RolesDelete) && changeable).then(|| view! { <a class="btn bad" href=format!("{href}/delete")>"Delete…"</a> })}
            </div>
        </div>
    }
}

#[component]
fn Editor(role: Role, form: FormState, editable: bool) -> impl IntoView {
    let saved = role.patterns();
    match editable {
        false => view! { <div class="stack"><p><bdi>{role.description}</bdi></p><Matrix form saved editable/></div> }
            .into_any(),
        true => view! {
            <LiveForm action=format!("/admin/roles/{}", role.id)>
                <FormNote form=form.clone()/>
                <Seen form=form.clone()/>
                <Texts form=form.clone()/>
                <Matrix form saved editable/>
                <div class="actions sticky">
                    <button class="btn main" name="step" value="save">"Save as version "{role.version + 1}</button>
                    <button class="btn" name="step" value="preview">"What would this do?"</button>
                    <a class="btn quiet" href=format!("/admin/roles/{}", role.id)>"Discard changes"</a>
                </div>
            </LiveForm>
        }
        .into_any(),
    }
}
