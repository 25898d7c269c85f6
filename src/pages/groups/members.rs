//! Taking people and groups out of a group.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Crumb;
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        commands::preview::preview,
        error::Result,
        groups::{self, commands, store::Group},
        users,
    },
    functions::groups::RemoveFromGroup,
    http::visit::{ctx, named, to},
    model::{fields::Fields, id::GroupId, principal::Principal},
    pages::{Page, form::FormState, layout::Console, parts::Confirm},
};

/// `/admin/groups/{id}/members/{user}/remove`
pub async fn remove_user_page() -> Page {
    page(Principal::User(named("user", "member")?)).await
}

/// `/admin/groups/{id}/groups/{group}/remove`
pub async fn remove_group_page() -> Page {
    page(Principal::Group(named("group", "group")?)).await
}

async fn page(member: Principal) -> Page {
    let Question { group, name, effect, sentence } = Question::load(named("id", "group")?, member).await?;
    let asked = Fields::default().with("id", group.id.to_string());
    let asked = match member {
        Principal::User(user) => asked.with("user", user.to_string()),
        Principal::Group(inner) => asked.with("member_group", inner.to_string()),
    };
    let state = FormState::asking(RemoveFromGroup::PATH, asked);
    let back = to(format_args!("/groups/{}", group.id));
    Ok(view! {
        <Console title="Remove from group">
            <Crumb group=(group.id, group.name.clone()) here="Remove"/>
            <div class="head"><div><h1>"Remove "<bdi>{name}</bdi>" from "<bdi>{group.name}</bdi>"?"</h1></div></div>
            <Confirm function=RemoveFromGroup::PATH state fields=&["id", "user", "member_group"]
                effect button="Remove" back sentence/>
        </Console>
    }
    .into_any())
}

/// Who or what is about to leave a group, and what that would do.
struct Question {
    group: Group,
    name: String,
    effect: Effect,
    sentence: &'static str,
}

impl Question {
    async fn load(id: GroupId, member: Principal) -> Result<Self> {
        let ctx = ctx();
        ctx.require(Action::RemoveFromGroup)?;
        let effect = preview(&ctx, &commands::RemoveFromGroup { group: id, member }).await?;
        let mut conn = ctx.read().await?;
        let group = groups::queries::require(&ctx, &mut conn, id).await?;
        let (name, sentence) = match member {
            Principal::User(user) => {
                let name = users::queries::require(&ctx, &mut conn, user).await?.display_name;
                (name, "They lose only what nothing else gives them.")
            }
            Principal::Group(inner) => {
                let name = groups::queries::require(&ctx, &mut conn, inner).await?.name;
                (name, "Its people lose only what nothing else gives them. The group stays.")
            }
        };
        Ok(Self { group, name, effect, sentence })
    }
}
