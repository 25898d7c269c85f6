//! Making a role.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    Crumb,
    edit::Texts,
    matrix::{Matrix, finds},
};
use crate::{
    domain::{
        action::Action,
        commands::run,
        error::{Error, Result},
        roles::{self, commands::AddRole, input::RoleContent, store::Role},
        ulid,
    },
    islands::LiveForm,
    model::{fields::Fields, forms::RoleForm, id::RoleId},
    server::request::Query,
    ui::{
        done::Done,
        form::{FormNote, FormState},
        layout::console,
        place::{self, OpenedIn},
        visit::Visit,
    },
};

/// `GET /admin/roles/new`, with `from=…` as a clone.
pub async fn page(visit: Visit, Query(query): Query) -> Result<Response> {
    visit.ctx.require(Action::AddRole)?;
    let typed = match query.text("from") {
        "" => Fields::default(),
        from => {
            let from: RoleId = from.parse().map_err(|_| Error::NotFound("role"))?;
            cloned(&roles::queries::read(&visit.ctx, &from).await?)
        }
    };
    Ok(view(&visit, FormState::filled(typed)))
}

fn cloned(role: &Role) -> Fields {
    Fields::default()
        .with("name", format!("{} copy", role.name))
        .with("description", &role.description)
        .with("reason", format!("Cloned from {}", role.name))
        .with_all("pattern", role.patterns())
}

/// `POST /admin/roles/new`
pub async fn create(visit: Visit, form: Fields) -> Result<Response> {
    visit.ctx.require(Action::AddRole)?;
    if finds(&form) {
        return Ok(view(&visit, FormState::filled(form)));
    }
    let made = async {
        place::require_same(&visit, &form)?;
        let content = RoleContent::parse(&RoleForm::from(&form))?;
        run(&visit.ctx, AddRole { id: ulid::new_role(&visit.ctx), content }).await
    };
    match made.await {
        Ok(role) => Ok(visit.done(&format!("/admin/roles/{}", role.id), Done::RoleMade, 1)),
        Err(error) => visit.refused(error, form, |state| view(&visit, state)),
    }
}

fn view(visit: &Visit, form: FormState) -> Response {
    let inside = visit.clone();
    console(visit, "New role", move || {
        let place = match inside.tenant.clone() {
            Some(name) => view! { "It belongs to "<bdi>{name}</bdi>"." }.into_any(),
            None => "It can be given everywhere.".into_any(),
        };
        view! {
            <Crumb here="New role"/>
            <div class="head"><div><h1>"New role"</h1><p>{place}</p></div></div>
            <LiveForm action="/admin/roles/new".to_owned()>
                <FormNote form=form.clone()/>
                <OpenedIn visit=inside form=form.clone()/>
                <Texts form=form.clone()/>
                <Matrix form saved=Vec::new() editable=true/>
                <div class="actions">
                    <button class="btn main">"Make role"</button>
                    <a class="btn quiet" href="/admin/roles">"Cancel"</a>
                </div>
            </LiveForm>
        }
    })
}
