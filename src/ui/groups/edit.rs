//! Making, editing and deleting a group.

use axum::response::Response;
use leptos::prelude::*;

use super::Crumb;
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        commands::{preview::preview, run},
        error::{Error, Result},
        groups::{
            self,
            commands::{AddGroup, UpdateGroup},
            input::{GroupUpdate, NewGroup},
            removal::DeleteGroup,
            store::Group,
        },
    },
    islands::LiveForm,
    model::{
        fields::Fields,
        forms::GroupForm,
        id::GroupId,
        merge::{Part, open},
    },
    ui::{
        choices::{Choices, LongChoice},
        done::Done,
        form::{Field, FormNote, FormState},
        layout::console,
        overtaken::{Opened, Overtaken, as_typed},
        parts::{Confirm, seen},
        path::GroupPath,
        place::{self, OpenedIn},
        visit::Visit,
    },
};

/// `GET /admin/groups/new`
pub async fn new_page(visit: Visit) -> Result<Response> {
    visit.ctx.require(Action::AddGroup)?;
    let choices = choices(&visit, "").await?;
    Ok(new_view(&visit, FormState::default(), choices))
}

/// `POST /admin/groups/new`
pub async fn create(visit: Visit, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::AddGroup)?;
    let made = async {
        place::require_same(&visit, &form)?;
        let group = NewGroup::parse(&GroupForm::from(&form))?;
        run(&visit.ctx, AddGroup { id: GroupId(visit.ctx.id()), group }).await
    };
    match made.await {
        Ok(group) => Ok(visit.done(&format!("/admin/groups/{}", group.id), Done::GroupMade, 1)),
        Err(error) => {
            let choices = choices(&visit, form.text("tenant")).await?;
            visit.refused(error, form, |state| new_view(&visit, state, choices))
        }
    }
}

/// Tenants that the group can belong to; `None` where the reader works in the one that it will.
async fn choices(visit: &Visit, wanted: &str) -> Result<Option<Choices>> {
    match visit.ctx.tenant() {
        Some(_) => Ok(None),
        None => Choices::tenants(&visit.ctx, &[wanted]).await.map(Some),
    }
}

fn new_view(visit: &Visit, form: FormState, choices: Option<Choices>) -> Response {
    let inside = visit.clone();
    console(visit, "New group", move || {
        view! {
            <Crumb here="New"/>
            <div class="head"><div><h1>"New group"</h1><p>"You add people and give access on its page, afterwards."</p></div></div>
            <LiveForm action="/admin/groups/new".to_owned()>
                <FormNote form=form.clone()/>
                <OpenedIn visit=inside form=form.clone()/>
                <Texts form=form.clone()/>
                {choices.map(|choices| view! { <Place form choices/> })}
                <div class="actions">
                    <button class="btn main">"Make group"</button>
                    <a class="btn quiet" href="/admin/groups">"Cancel"</a>
                </div>
            </LiveForm>
        }
    })
}

#[component]
fn Texts(form: FormState) -> impl IntoView {
    view! {
        <Field form=form.clone() name="name" label="Name" required=true/>
        <Field form name="description" label="Description"/>
    }
}

/// The tenant that a new group belongs to.
#[component]
fn Place(form: FormState, choices: Choices) -> impl IntoView {
    if choices.options.is_empty() {
        let text = "A group belongs to a tenant, and you may not list them here. ";
        return view! { <p>{text}<a href="/admin/workplace">"Switch to a tenant"</a>" first."</p> }.into_any();
    }
    view! {
        <LongChoice form name="tenant" label="Tenant" none="Choose a tenant…" choices
            unlisted="To make a group in another one, switch to it first."/>
    }
    .into_any()
}

/// `GET /admin/groups/{id}/edit`
pub async fn page(visit: Visit, GroupPath(id): GroupPath) -> Result<Response> {
    visit.ctx.require(Action::UpdateGroup)?;
    let group = find(&visit, id).await?;
    Ok(view(&visit, FormState::filled(saved(&group)), group))
}

/// `POST /admin/groups/{id}/edit`
pub async fn update(visit: Visit, GroupPath(id): GroupPath, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::UpdateGroup)?;
    let error = match async {
        let update = GroupUpdate::parse(&GroupForm::from(&form))?;
        run(&visit.ctx, UpdateGroup { group: id, update }).await
    }
    .await
    {
        Ok(group) => return Ok(visit.done(&format!("/admin/groups/{}", group.id), Done::Saved, 1)),
        Err(error) => error,
    };
    let group = find(&visit, id).await?;
    match error {
        Error::Stale => {
            let overtaken = Overtaken::new(PARTS, &saved(&group), &form, as_typed);
            visit.overtaken(overtaken, |state| view(&visit, state, group))
        }
        other => visit.refused(other, form, |state| view(&visit, state, group)),
    }
}

async fn find(visit: &Visit, id: GroupId) -> Result<Group> {
    groups::queries::require(&visit.ctx, &mut *visit.ctx.read().await?, id).await
}

const PARTS: &[Part] = &[Part::new("name", &["name"]), Part::new("description", &["description"])];

fn saved(group: &Group) -> Fields {
    let form = Fields::default()
        .with("name", &group.name)
        .with("description", &group.description)
        .with("version", group.version.to_string());
    open(PARTS, form)
}

fn view(visit: &Visit, form: FormState, group: Group) -> Response {
    console(visit, "Edit", move || {
        let href = format!("/admin/groups/{}", group.id);
        view! {
            <Crumb group=(group.id, group.name.clone()) here="Edit"/>
            <div class="head"><div><h1><bdi>{group.name}</bdi></h1></div></div>
            <LiveForm action=format!("{href}/edit")>
                <FormNote form=form.clone()/>
                <Opened form=form.clone() parts=PARTS/>
                <Texts form/>
                <div class="actions">
                    <button class="btn main">"Save"</button>
                    <a class="btn quiet" href=href>"Cancel"</a>
                </div>
            </LiveForm>
        }
    })
}

/// `GET /admin/groups/{id}/delete`
pub async fn confirm_delete(visit: Visit, GroupPath(id): GroupPath) -> Result<Response> {
    visit.ctx.require(Action::DeleteGroup)?;
    let (group, effect) = preview_deleted(&visit, id).await?;
    Ok(confirm(&visit, FormState::filled(saved(&group)), group, effect))
}

async fn preview_deleted(visit: &Visit, id: GroupId) -> Result<(Group, Effect)> {
    let group = find(visit, id).await?;
    let effect = preview(&visit.ctx, &DeleteGroup { group: id, version: group.version, unused: false }).await?;
    Ok((group, effect))
}

/// `POST /admin/groups/{id}/delete`
pub async fn delete(visit: Visit, GroupPath(id): GroupPath, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::DeleteGroup)?;
    let error =
        match async { run(&visit.ctx, DeleteGroup { group: id, version: seen(&form)?, unused: false }).await }.await {
            Ok(_) => return Ok(visit.done("/admin/groups", Done::GroupDeleted, 1)),
            Err(error) => error,
        };
    let (group, effect) = preview_deleted(&visit, id).await?;
    visit.ask_again(error, saved(&group), |state| confirm(&visit, state, group, effect))
}

fn confirm(visit: &Visit, form: FormState, group: Group, effect: Effect) -> Response {
    console(visit, "Delete group", move || {
        let href = format!("/admin/groups/{}", group.id);
        let action = format!("{href}/delete");
        view! {
            <Crumb group=(group.id, group.name.clone()) here="Delete"/>
            <div class="head"><div><h1>"Delete the group "<bdi>{group.name}</bdi>"?"</h1><p><bdi>{group.description}</bdi></p></div></div>
            <Confirm action form effect button="Delete group" back=href
                sentence="The people in it stay. They lose only what nothing else gives them. For 30 days you can restore it."/>
        }
    })
}
