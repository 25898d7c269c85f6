//! `/admin/roles/{id}/delete`: what its holders lose, and who they are, before it goes.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Crumb, holders::HoldersCard, of};
use crate::{
    domain::{
        commands::preview::preview,
        grants,
        roles::{self, removal},
    },
    functions::roles::DeleteRole,
    http::visit::{named, to, visit},
    model::{fields::Fields, id::RoleId},
    pages::{Page, form::FormState, layout::Console, parts::Confirm},
};

/// `/admin/roles/{id}/delete`
pub async fn page() -> Page {
    let visit = visit();
    let id: RoleId = named("id", "role")?;
    let role = roles::queries::require(&visit.ctx, &mut *visit.ctx.read().await?, &id).await?;
    let holders = grants::holders::holders(&visit.ctx, &id, "", "").await?;
    let command = removal::DeleteRole { role: id.clone(), version: role.version, unused: false };
    let effect = preview(&visit.ctx, &command).await?;
    let asked = Fields::default().with("id", id.to_string()).with("version", role.version.to_string());
    let state = FormState::asking(DeleteRole::PATH, asked);
    let now = visit.ctx.now();
    Ok(view! {
        <Console title=format!("Delete the role {}", role.name)>
            <Crumb role=of(&role) here="Delete"/>
            <div class="head"><div><h1>"Delete the role "<bdi>{role.name}</bdi>"?"</h1><p><bdi>{role.description}</bdi></p></div></div>
            <div class="stack">
                <Confirm function=DeleteRole::PATH state fields=&["id"] effect button="Delete role"
                    sentence="Everybody who holds it loses it. For 30 days you can restore it, and they hold it again."
                    back=to(format_args!("/roles/{id}"))/>
                <HoldersCard role=id holders now/>
            </div>
        </Console>
    }
    .into_any())
}
