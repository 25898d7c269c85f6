//! Putting people and groups into a group, and taking them out.

use axum::response::Response;
use leptos::prelude::*;

use super::{Crumb, detail};
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        commands::{preview::preview as preview_of, run},
        error::{Error, Result},
        groups::{
            self,
            commands::{AddToGroup, RemoveFromGroup},
            input::NewMember,
            store::Group,
        },
        users,
    },
    model::{error::FieldErrors, fields::Fields, forms::GroupMemberForm, id::GroupId, principal::Principal},
    ui::{
        done::Done,
        effect,
        form::FormState,
        layout::console,
        parts::Confirm,
        path::{GroupPath, InnerGroupPath, MemberPath},
        visit::Visit,
    },
};

/// `POST /admin/groups/{id}/members`: a person by `email`, or a group by `member_group`.
pub async fn add(visit: Visit, GroupPath(id): GroupPath, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::AddToGroup)?;
    // A refused form comes back as the group's page.
    groups::queries::read(&visit.ctx, id).await?;
    let visit = visit.at(&format!("/admin/groups/{id}"));
    if effect::asks(&form) {
        return preview(&visit, id, form).await;
    }
    match async { run(&visit.ctx, chosen(&visit, id, &form).await?).await }.await {
        Ok(_) => Ok(visit.done(&visit.here, Done::MemberAdded, 1)),
        Err(error) => refused(&visit, id, form, error).await,
    }
}

async fn preview(visit: &Visit, id: GroupId, form: Fields) -> Result<Response> {
    match async { preview_of(&visit.ctx, &chosen(visit, id, &form).await?).await }.await {
        Ok(effect) => {
            let detail = detail::load(visit, id, &form).await?;
            Ok(effect::answer::answer(visit, effect, |effect| {
                detail::view(visit, detail, FormState::filled(form), Some(effect))
            }))
        }
        Err(error) => refused(visit, id, form, error).await,
    }
}

async fn refused(visit: &Visit, id: GroupId, form: Fields, error: Error) -> Result<Response> {
    let detail = detail::load(visit, id, &form).await?;
    visit.refused(error, form, |state| detail::view(visit, detail, state, None))
}

/// Whom or what the form adds; not where it offers groups and none is chosen.
async fn chosen(visit: &Visit, group: GroupId, form: &Fields) -> Result<AddToGroup> {
    if form.all("member_group").next() == Some("") {
        return Err(FieldErrors::one("member_group", "choose a group").into());
    }
    let member = NewMember::parse(&GroupMemberForm::from(form))?;
    Ok(AddToGroup { group, member: groups::queries::resolve(&visit.ctx, member).await? })
}

/// `GET /admin/groups/{id}/members/{user}/remove`
pub async fn confirm_remove_user(
    visit: Visit,
    GroupPath(id): GroupPath,
    MemberPath(user): MemberPath,
) -> Result<Response> {
    confirm(visit, id, Principal::User(user)).await
}

/// `POST /admin/groups/{id}/members/{user}/remove`
pub async fn remove_user(visit: Visit, GroupPath(id): GroupPath, MemberPath(user): MemberPath) -> Result<Response> {
    remove(visit, id, Principal::User(user)).await
}

/// `GET /admin/groups/{id}/groups/{group}/remove`
pub async fn confirm_remove_group(
    visit: Visit,
    GroupPath(id): GroupPath,
    InnerGroupPath(inner): InnerGroupPath,
) -> Result<Response> {
    confirm(visit, id, Principal::Group(inner)).await
}

/// `POST /admin/groups/{id}/groups/{group}/remove`
pub async fn remove_group(
    visit: Visit,
    GroupPath(id): GroupPath,
    InnerGroupPath(inner): InnerGroupPath,
) -> Result<Response> {
    remove(visit, id, Principal::Group(inner)).await
}

async fn confirm(visit: Visit, id: GroupId, member: Principal) -> Result<Response> {
    visit.ctx.require(Action::RemoveFromGroup)?;
    let question = Question::load(&visit, id, member).await?;
    Ok(view(&visit, question, FormState::default()))
}

async fn remove(visit: Visit, id: GroupId, member: Principal) -> Result<Response> {
    match run(&visit.ctx, RemoveFromGroup { group: id, member }).await {
        Ok(group) => Ok(visit.done(&format!("/admin/groups/{}", group.id), Done::MemberRemoved, 1)),
        Err(error @ Error::Refused(_)) => {
            let question = Question::load(&visit, id, member).await?;
            visit.refused(error, Fields::default(), |state| view(&visit, question, state))
        }
        Err(other) => Err(other),
    }
}

/// Who or what is about to leave a group, and what that would do.
struct Question {
    group: Group,
    name: String,
    effect: Effect,
    action: String,
    sentence: &'static str,
}

impl Question {
    async fn load(visit: &Visit, id: GroupId, member: Principal) -> Result<Self> {
        let ctx = &visit.ctx;
        let effect = preview_of(ctx, &RemoveFromGroup { group: id, member }).await?;
        let mut conn = ctx.read().await?;
        let group = groups::queries::require(ctx, &mut conn, id).await?;
        let (name, path, sentence) = match member {
            Principal::User(user) => {
                let name = users::queries::require(ctx, &mut conn, user).await?.display_name;
                (name, format!("members/{user}"), "They lose only what nothing else gives them.")
            }
            Principal::Group(inner) => {
                let name = groups::queries::require(ctx, &mut conn, inner).await?.name;
                (name, format!("groups/{inner}"), "Its people lose only what nothing else gives them. The group stays.")
            }
        };
        Ok(Self { group, name, effect, action: format!("/admin/groups/{id}/{path}/remove"), sentence })
    }
}

fn view(visit: &Visit, question: Question, form: FormState) -> Response {
    console(visit, "Remove from group", move || {
        let Question { group, name, effect, action, sentence } = question;
        let back = format!("/admin/groups/{}", group.id);
        view! {
            <Crumb group=(group.id, group.name.clone()) here="Remove"/>
            <div class="head"><div><h1>"Remove "<bdi>{name}</bdi>" from "<bdi>{group.name}</bdi>"?"</h1></div></div>
            <Confirm action form effect button="Remove" back sentence/>
        }
    })
}
