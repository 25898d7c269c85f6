//! Memberships of a tenant: adding, changing whether they count, the owner, and removing.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    Crumb, detail,
    membership::{About, Forms, PARTS, view},
};
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        commands::{preview::preview as preview_of, run},
        error::{Error, Result},
        parse::Email,
        tenants::{
            self,
            input::MembershipUpdate,
            memberships::{
                commands::{AddMembership, SetMembership},
                leaving::{RemoveMembership, Removed},
                ownership::MakeOwner,
                queries,
            },
        },
    },
    model::{
        error::FieldErrors,
        fields::Fields,
        forms::MembershipForm,
        id::{TenantId, UserId},
    },
    ui::{
        done::Done,
        effect,
        form::FormState,
        layout::console,
        overtaken::{Overtaken, as_typed},
        parts::Confirm,
        path::{MemberPath, TenantPath},
        visit::Visit,
    },
};

/// `POST /admin/tenants/{id}/members`
pub async fn add(visit: Visit, TenantPath(id): TenantPath, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::AddMembership)?;
    // A refused form comes back as the tenant's page.
    tenants::queries::read(&visit.ctx, id).await?;
    let visit = visit.at(&format!("/admin/tenants/{id}"));
    match async {
        let user = queries::newcomer(&visit.ctx, email(&form)?.as_str()).await?.id;
        run(&visit.ctx, AddMembership { user, tenant: id }).await
    }
    .await
    {
        Ok(_) => Ok(visit.done(&visit.here, Done::MemberAdded, 1)),
        Err(error) => {
            let detail = detail::load(&visit, id, "").await?;
            visit.refused(error, form, |state| detail::view(&visit, detail, state))
        }
    }
}

fn email(form: &Fields) -> Result<Email> {
    Email::parse(form.text("email")).map_err(|message| FieldErrors::one("email", message).into())
}

/// `GET /admin/tenants/{id}/members/{user}`
pub async fn edit_page(visit: Visit, TenantPath(id): TenantPath, MemberPath(user): MemberPath) -> Result<Response> {
    visit.ctx.require(Action::UpdateMembership)?;
    let about = About::load(&visit, id, user).await?;
    let forms = Forms::status(FormState::filled(about.saved()));
    Ok(view(&visit, about, forms, None))
}

/// `POST /admin/tenants/{id}/members/{user}`
pub async fn update(
    visit: Visit,
    TenantPath(id): TenantPath,
    MemberPath(user): MemberPath,
    form: Fields,
) -> Result<Response> {
    visit.ctx.require(Action::UpdateMembership)?;
    if effect::asks(&form) {
        return preview(&visit, (user, id), form).await;
    }
    match async { run(&visit.ctx, wanted((user, id), &form)?).await }.await {
        Ok(()) => Ok(visit.done(&format!("/admin/tenants/{id}"), Done::Saved, 1)),
        Err(error) => refused(&visit, (user, id), form, error).await,
    }
}

async fn preview(visit: &Visit, member: (UserId, TenantId), form: Fields) -> Result<Response> {
    match async { preview_of(&visit.ctx, &wanted(member, &form)?).await }.await {
        Ok(effect) => {
            let about = About::load(visit, member.1, member.0).await?;
            Ok(effect::answer::answer(visit, effect, |effect| {
                view(visit, about, Forms::status(FormState::filled(form)), Some(effect))
            }))
        }
        Err(error) => refused(visit, member, form, error).await,
    }
}

/// What the form asks for.
fn wanted((user, tenant): (UserId, TenantId), form: &Fields) -> Result<SetMembership> {
    let MembershipUpdate { status, version } = MembershipUpdate::parse(&MembershipForm::from(form))?;
    Ok(SetMembership { user, tenant, version, status })
}

async fn refused(visit: &Visit, member: (UserId, TenantId), form: Fields, error: Error) -> Result<Response> {
    let about = About::load(visit, member.1, member.0).await?;
    let Error::Stale = error else {
        return visit.refused(error, form, |state| view(visit, about, Forms::status(state), None));
    };
    let overtaken = Overtaken::new(PARTS, &about.saved(), &form, as_typed);
    visit.overtaken(overtaken, |state| view(visit, about, Forms::status(state), None))
}

/// `POST /admin/tenants/{id}/members/{user}/owner`
pub async fn make_owner(visit: Visit, TenantPath(id): TenantPath, MemberPath(user): MemberPath) -> Result<Response> {
    let error = match run(&visit.ctx, MakeOwner { user, tenant: id }).await {
        Ok(()) => return Ok(visit.done(&format!("/admin/tenants/{id}"), Done::OwnerMade, 1)),
        Err(error) => error,
    };
    let about = About::load(&visit, id, user).await?;
    let visit = visit.at(&about.href());
    let status = FormState::filled(about.saved());
    visit.refused(error, Fields::default(), |owner| view(&visit, about, Forms { status, owner }, None))
}

/// `GET /admin/tenants/{id}/members/{user}/remove`
pub async fn confirm_remove(
    visit: Visit,
    TenantPath(id): TenantPath,
    MemberPath(user): MemberPath,
) -> Result<Response> {
    visit.ctx.require(Action::RemoveMembership)?;
    let about = About::load(&visit, id, user).await?;
    let would = would(&visit, user, id).await?;
    Ok(confirm(&visit, about, would, FormState::default()))
}

/// `POST /admin/tenants/{id}/members/{user}/remove`
pub async fn remove(visit: Visit, TenantPath(id): TenantPath, MemberPath(user): MemberPath) -> Result<Response> {
    match run(&visit.ctx, RemoveMembership::of(user, id)).await {
        Ok(Removed::Left) => Ok(visit.done(&format!("/admin/tenants/{id}"), Done::MemberRemoved, 1)),
        Ok(Removed::Deleted) => Ok(visit.done(&format!("/admin/tenants/{id}"), Done::Deleted, 1)),
        Err(error @ Error::Refused(_)) => {
            let about = About::load(&visit, id, user).await?;
            let would = would(&visit, user, id).await?;
            visit.refused(error, Fields::default(), |state| confirm(&visit, about, would, state))
        }
        Err(other) => Err(other),
    }
}

async fn would(visit: &Visit, user: UserId, tenant: TenantId) -> Result<(Effect, Removed)> {
    let effect = preview_of(&visit.ctx, &RemoveMembership::of(user, tenant)).await?;
    let last = queries::is_last(&visit.ctx, user).await?;
    Ok((effect, if last { Removed::Deleted } else { Removed::Left }))
}

fn confirm(visit: &Visit, about: About, (effect, removed): (Effect, Removed), form: FormState) -> Response {
    let (sentence, button) = match removed {
        Removed::Left => (
            "They leave its groups and lose what was given to them in it. They stay in the other tenants they belong to.",
            "Remove",
        ),
        Removed::Deleted => (
            "They belong to no other tenant, so their account is deleted, with its access, groups and sessions. \
            For 30 days you can restore them.",
            "Remove and delete",
        ),
    };
    console(visit, "Remove member", move || {
        let (back, action) = (about.tenant_href(), format!("{}/remove", about.href()));
        let About { tenant, user, .. } = about;
        view! {
            <Crumb tenant=(tenant.id, tenant.name.clone()) here="Remove"/>
            <div class="head">
                <div><h1>"Remove "<bdi>{user.display_name}</bdi>" from "<bdi>{tenant.name}</bdi>"?"</h1><p><bdi>{user.login}</bdi></p></div>
            </div>
            <Confirm action form effect button back sentence/>
        }
    })
}
