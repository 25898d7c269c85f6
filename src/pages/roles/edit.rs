//! Editing a role.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    Crumb,
    beside::{Conflict, FactorCard, LastChange},
    can_change,
    conflict::overtaken,
    holders::HoldersCard,
    matrix::{Finding, Matrix},
};
use crate::{
    domain::{
        ctx::Ctx,
        error::Result,
        grants,
        roles::{self, store::Role, versions::Version},
    },
    functions::roles::{PreviewUpdateRole, UpdateRole},
    http::{
        fields::FUNCTION,
        visit::{named, to, visit},
    },
    model::{fields::Fields, id::RoleId, permission::Permission},
    pages::{
        Page,
        effect::WouldCard,
        form::{Field, Filled, Form, FormState, Scope},
        layout::Console,
        parts::Version as Seen,
    },
};

/// What a role is called and is for, and why it is saved.
#[component]
pub fn Texts() -> impl IntoView {
    view! {
        <div class="two">
            <Field name="name" label="Name" required=true/>
            <Field name="description" label="Description"/>
        </div>
        <Field name="reason" label="Reason" hint="Kept with the version, for whoever asks later."/>
    }
}

/// `/admin/roles/{id}?find=…`: what a role is, what was last done to it, and who holds it.
pub async fn page() -> Page {
    let visit = visit();
    let id: RoleId = named("id", "role")?;
    let (role, last) = newest(&visit.ctx, &id).await?;
    let holders = grants::holders::holders(&visit.ctx, &id, "", "").await?;
    let (state, conflict) = match overtaken(&visit.ctx, &role).await? {
        Some((state, conflict)) => (state, Some(conflict)),
        None => (FormState::of(UpdateRole::PATH, saved(&role).with("find", visit.query.text("find"))), None),
    };
    let required = roles::store::requires_factor(&mut *visit.ctx.read().await?, &id).await?;
    let may_ask = visit.ctx.may(Permission::RolesUpdate) && (visit.ctx.tenant().is_none() || role.tenant_id.is_some());
    let enrol = match may_ask && !required {
        true => roles::requiring::would_enrol(&visit.ctx, &id).await?,
        false => (0, false),
    };
    let editable = visit.ctx.may(Permission::RolesUpdate) && can_change(&role);
    let now = visit.ctx.now();
    Ok(view! {
        <Console title=role.name.clone()>
            <Crumb here=role.name.clone()/>
            <Head role=role.clone() last=last.clone().map(|(last, _)| last)/>
            {conflict.map(|(merged, theirs)| view! { <Conflict merged theirs/> })}
            <Scope state=state.clone()>
                <div class="cols">
                    <Editor role state editable/>
                    <div class="stack">
                        {editable.then(|| view! { <WouldCard heading="What saving would do"/> })}
                        {last.map(|(last, before)| view! { <LastChange role=id.clone() last before/> })}
                        <FactorCard role=id.clone() required may_change=may_ask enrol/>
                        <HoldersCard role=id holders now/>
                    </div>
                </div>
            </Scope>
        </Console>
    }
    .into_any())
}

/// The role, and its last version with the one before it.
async fn newest(ctx: &Ctx, id: &RoleId) -> Result<(Role, Option<(Version, Option<Version>)>)> {
    let (role, versions, _) = roles::queries::versions(ctx, id, None).await?;
    let mut newest = versions.into_iter();
    Ok((role, newest.next().map(|last| (last, newest.next()))))
}

fn saved(role: &Role) -> Fields {
    Fields::default()
        .with("name", &role.name)
        .with("description", &role.description)
        .with("version", role.version.to_string())
        .with_all("pattern", role.patterns())
}

#[component]
fn Head(role: Role, last: Option<Version>) -> impl IntoView {
    let visit = visit();
    let href = to(format_args!("/roles/{}", role.id));
    let may = |permission| visit.ctx.may(permission);
    let by = last
        .map(|last| last.author_name)
        .filter(|name| !name.is_empty())
        .map(|name| view! { " · last saved by "<bdi>{name}</bdi> });
    let changeable = can_change(&role);
    let fixed = match role.builtin {
        true => Some(" · built in: clone it to change it"),
        false => (!changeable).then_some(" · of the whole installation: it can't be changed from inside a tenant"),
    };
    view! {
        <div class="head">
            <div><h1><bdi>{role.name}</bdi></h1><p>"Version "{role.version}{by}{fixed}</p></div>
            <div class="do">
                <a class="btn" href=format!("{href}/versions")>"Versions"</a>
                <a class="btn" href=to(format_args!("/roles/compare?a={}", role.id))>"Compare…"</a>
                {may(Permission::RolesAdd).then(|| view! { <a class="btn" href=to(format_args!("/roles/new?from={}", role.id))>"Clone"</a> })}
                {(may(Permission::RolesDelete) && changeable).then(|| view! { <a class="btn bad" href=format!("{href}/delete")>"Delete…"</a> })}
            </div>
        </div>
    }
}

#[component]
fn Editor(role: Role, state: FormState, editable: bool) -> impl IntoView {
    let saved = role.patterns();
    match editable {
        false => view! {
            <div class="stack"><p><bdi>{role.description}</bdi></p><Filled state><Matrix saved/></Filled></div>
        }
        .into_any(),
        true => view! {
            <Form function=UpdateRole::PATH state previews=true>
                <input type="hidden" name="id" value=role.id.to_string()/>
                <Seen/>
                <Texts/>
                <Matrix saved finding=Finding::SAVED/>
                <div class="actions sticky">
                    <button class="btn main">"Save as version "{role.version + 1}</button>
                    <button class="btn" name=FUNCTION value=PreviewUpdateRole::PATH>"What would this do?"</button>
                    <a class="btn quiet" href=to(format_args!("/roles/{}", role.id))>"Discard changes"</a>
                </div>
            </Form>
        }
        .into_any(),
    }
}
