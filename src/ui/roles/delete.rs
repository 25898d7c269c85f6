//! `/admin/roles/{id}/delete`: who holds it, before it goes.

use axum::response::Response;
use leptos::prelude::*;

use super::{Crumb, of};
use crate::{
    domain::{
        engine::what_if::Effect,
        error::{Error, Result},
        roles::{self, Role},
        verb::Verb,
    },
    islands::LiveForm,
    model::{fields::Fields, id::RoleId},
    ui::{
        done::Done,
        effect::EffectCard,
        form::{FormNote, FormState},
        layout::console,
        path::RolePath,
        visit::Visit,
    },
};

/// `GET /admin/roles/{id}/delete`
pub async fn confirm(visit: Visit, RolePath(id): RolePath) -> Result<Response> {
    visit.ctx.require(Verb::DeleteRole)?;
    let (role, effect) = load(&visit, &id).await?;
    Ok(view(&visit, role, FormState::default(), effect))
}

async fn load(visit: &Visit, id: &RoleId) -> Result<(Role, Effect)> {
    let role = roles::require(&visit.ctx, &mut visit.ctx.read().await?, id).await?;
    let effect = roles::what_if_deleted(&visit.ctx, id, role.version).await?;
    Ok((role, effect))
}

/// `POST /admin/roles/{id}/delete`
pub async fn delete(visit: Visit, RolePath(id): RolePath, form: Fields) -> Result<Response> {
    let seen = form.text("version").parse().unwrap_or_default();
    match roles::delete(&visit.ctx, &id, seen).await {
        Ok(_) => Ok(visit.done("/admin/roles", Done::RoleDeleted, 1)),
        Err(error @ (Error::Refused(_) | Error::Stale)) => {
            let (role, effect) = load(&visit, &id).await?;
            visit.refused(error, form, |state| view(&visit, role, state, effect))
        }
        Err(other) => Err(other),
    }
}

fn view(visit: &Visit, role: Role, form: FormState, effect: Effect) -> Response {
    console(visit, "Delete role", move || {
        let href = format!("/admin/roles/{}", role.id);
        let (_, name) = of(&role);
        view! {
            <Crumb role=of(&role) here="Delete"/>
            <div class="head"><div><h1>"Delete the role "<bdi>{name}</bdi>"?"</h1><p><bdi>{role.description}</bdi></p></div></div>
            <div class="stack">
                <EffectCard effect=Some(effect) heading="Who holds it, and what they lose"/>
                <LiveForm action=format!("{href}/delete")>
                    <FormNote form/>
                    <input type="hidden" name="version" value=role.version.to_string()/>
                    <p>"It is taken from everybody who holds it. For 30 days you can undo this, and they hold it again."</p>
                    <div class="actions">
                        <button class="btn main bad">"Delete role"</button>
                        <a class="btn quiet" href=href.clone()>"Cancel"</a>
                    </div>
                </LiveForm>
            </div>
        }
    })
}
