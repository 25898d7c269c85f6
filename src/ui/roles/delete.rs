//! `/admin/roles/{id}/delete`: what its holders lose, and who they are, before it goes.

use axum::response::Response;
use leptos::prelude::*;

use super::{Crumb, holders::HoldersCard, of};
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        commands::{preview::preview, run},
        error::Result,
        grants::{self, holders::RoleHolders},
        roles::{self, removal::DeleteRole, store::Role},
    },
    model::{fields::Fields, id::RoleId},
    ui::{
        done::Done,
        form::FormState,
        layout::console,
        parts::{Confirm, seen},
        path::RolePath,
        visit::Visit,
    },
};

/// A role that may go, who holds it, and what they lose.
struct About {
    role: Role,
    holders: RoleHolders,
    effect: Effect,
}

impl About {
    async fn load(visit: &Visit, id: &RoleId) -> Result<Self> {
        let role = roles::queries::require(&visit.ctx, &mut *visit.ctx.read().await?, id).await?;
        let holders = grants::holders::holders(&visit.ctx, id, "", "").await?;
        let effect =
            preview(&visit.ctx, &DeleteRole { role: id.clone(), version: role.version, unused: false }).await?;
        Ok(Self { role, holders, effect })
    }

    fn version(&self) -> Fields {
        Fields::default().with("version", self.role.version.to_string())
    }
}

/// `GET /admin/roles/{id}/delete`
pub async fn confirm(visit: Visit, RolePath(id): RolePath) -> Result<Response> {
    visit.ctx.require(Action::DeleteRole)?;
    let about = About::load(&visit, &id).await?;
    Ok(view(&visit, FormState::filled(about.version()), about))
}

/// `POST /admin/roles/{id}/delete`
pub async fn delete(visit: Visit, RolePath(id): RolePath, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::DeleteRole)?;
    let error =
        match async { run(&visit.ctx, DeleteRole { role: id.clone(), version: seen(&form)?, unused: false }).await }
            .await
        {
            Ok(_) => return Ok(visit.done("/admin/roles", Done::RoleDeleted, 1)),
            Err(error) => error,
        };
    let about = About::load(&visit, &id).await?;
    visit.ask_again(error, about.version(), |state| view(&visit, state, about))
}

fn view(visit: &Visit, form: FormState, about: About) -> Response {
    let now = visit.ctx.now();
    let title = format!("Delete the role {}", about.role.name);
    console(visit, &title, move || {
        let About { role, holders, effect } = about;
        let href = format!("/admin/roles/{}", role.id);
        let action = format!("{href}/delete");
        view! {
            <Crumb role=of(&role) here="Delete"/>
            <div class="head"><div><h1>"Delete the role "<bdi>{role.name}</bdi>"?"</h1><p><bdi>{role.description}</bdi></p></div></div>
            <div class="stack">
                <Confirm action form effect button="Delete role" back=href
                    sentence="Everybody who holds it loses it. For 30 days you can restore it, and they hold it again."/>
                <HoldersCard role=role.id holders now/>
            </div>
        }
    })
}
