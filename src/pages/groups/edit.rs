//! Making, editing and deleting a group.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Crumb;
use crate::{
    domain::{
        action::Action,
        commands::preview::preview,
        ctx::Ctx,
        error::Result,
        groups::{self, removal, store::Group},
    },
    functions::groups::{CreateGroup, DeleteGroup, UpdateGroup},
    http::visit::{ctx, named, to},
    model::{fields::Fields, merge::Part},
    pages::{
        Page,
        choices::{self, Choices, LongChoice},
        form::{Field, Form, FormState, Hidden},
        layout::Console,
        overtaken::as_typed,
        parts::{Confirm, Opened},
    },
};

/// `/admin/groups/new`
pub async fn new_page() -> Page {
    let ctx = ctx();
    ctx.require(Action::AddGroup)?;
    let state = FormState::of(CreateGroup::PATH, Fields::default());
    let choices = choices::home(&ctx, state.typed.text("tenant")).await?;
    Ok(view! {
        <Console title="New group">
            <Crumb here="New"/>
            <div class="head"><div><h1>"New group"</h1><p>"You add people and give access on its page, afterwards."</p></div></div>
            <Form function=CreateGroup::PATH state>
                <Texts/>
                {choices.map(|choices| view! { <Place choices/> })}
                <div class="actions">
                    <button class="btn main">"Make group"</button>
                    <a class="btn quiet" href=to("/groups")>"Cancel"</a>
                </div>
            </Form>
        </Console>
    }
    .into_any())
}

#[component]
fn Texts() -> impl IntoView {
    view! {
        <Field name="name" label="Name" required=true/>
        <Field name="description" label="Description"/>
    }
}

/// The tenant that a new group belongs to.
#[component]
fn Place(choices: Choices) -> impl IntoView {
    if choices.options.is_empty() {
        let text = "A group belongs to a tenant, and you may not list them here. ";
        return view! { <p>{text}<a href=to("/workplace")>"Switch to a tenant"</a>" first."</p> }.into_any();
    }
    view! {
        <LongChoice name="tenant" label="Tenant" none="Choose a tenant…" choices
            unlisted="To make a group in another one, switch to it first."/>
    }
    .into_any()
}

/// `/admin/groups/{id}/edit`
pub async fn page() -> Page {
    let ctx = ctx();
    ctx.require(Action::UpdateGroup)?;
    let group = find(&ctx).await?;
    let state = FormState::editing(UpdateGroup::PATH, (PARTS, saved(&group)), as_typed);
    let href = to(format_args!("/groups/{}", group.id));
    Ok(view! {
        <Console title="Edit">
            <Crumb group=(group.id, group.name.clone()) here="Edit"/>
            <div class="head"><div><h1><bdi>{group.name}</bdi></h1></div></div>
            <Form function=UpdateGroup::PATH state>
                <Hidden name="id"/>
                <Opened parts=PARTS/>
                <Texts/>
                <div class="actions">
                    <button class="btn main">"Save"</button>
                    <a class="btn quiet" href=href>"Cancel"</a>
                </div>
            </Form>
        </Console>
    }
    .into_any())
}

/// The group that the page's address names.
async fn find(ctx: &Ctx) -> Result<Group> {
    groups::queries::require(ctx, &mut *ctx.read().await?, named("id", "group")?).await
}

const PARTS: &[Part] = &[Part::new("name", &["name"]), Part::new("description", &["description"])];

fn saved(group: &Group) -> Fields {
    Fields::default()
        .with("id", group.id.to_string())
        .with("name", &group.name)
        .with("description", &group.description)
        .with("version", group.version.to_string())
}

/// `/admin/groups/{id}/delete`
pub async fn delete_page() -> Page {
    let ctx = ctx();
    ctx.require(Action::DeleteGroup)?;
    let group = find(&ctx).await?;
    let command = removal::DeleteGroup { group: group.id, version: group.version, unused: false };
    let effect = preview(&ctx, &command).await?;
    let state = FormState::asking(DeleteGroup::PATH, saved(&group));
    let back = to(format_args!("/groups/{}", group.id));
    Ok(view! {
        <Console title="Delete group">
            <Crumb group=(group.id, group.name.clone()) here="Delete"/>
            <div class="head"><div><h1>"Delete the group "<bdi>{group.name}</bdi>"?"</h1><p><bdi>{group.description}</bdi></p></div></div>
            <Confirm function=DeleteGroup::PATH state fields=&["id"] effect button="Delete group" back
                sentence="The people in it stay. They lose only what nothing else gives them. For 30 days you can restore it."/>
        </Console>
    }
    .into_any())
}
