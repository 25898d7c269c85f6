//! Making a role.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    Crumb,
    edit::Texts,
    matrix::{Finding, Matrix},
};
use crate::{
    domain::{
        error::Error,
        roles::{self, store::Role},
    },
    functions::roles::CreateRole,
    http::visit::{to, visit},
    model::{fields::Fields, id::RoleId},
    pages::{
        Page,
        form::{Form, FormState},
        layout::Console,
    },
};

/// `/admin/roles/new`, with `from=…` as a clone.
pub async fn page() -> Page {
    let visit = visit();
    let saved = match visit.query.text("from") {
        "" => Fields::default(),
        // What was made of the clone is typed already, also where the other role is gone by now.
        _ if FormState::answer_to(CreateRole::PATH).is_some() => Fields::default(),
        from => {
            let from: RoleId = from.parse().map_err(|_| Error::NotFound("role"))?;
            cloned(&roles::queries::read(&visit.ctx, &from).await?)
        }
    };
    let state = FormState::of(CreateRole::PATH, saved);
    let place = match visit.tenant.clone() {
        Some(name) => view! { "It belongs to "<bdi>{name}</bdi>"." }.into_any(),
        None => "It can be given everywhere.".into_any(),
    };
    Ok(view! {
        <Console title="New role">
            <Crumb here="New role"/>
            <div class="head"><div><h1>"New role"</h1><p>{place}</p></div></div>
            <Form function=CreateRole::PATH state>
                <Texts/>
                <Matrix saved=Vec::new() finding=Finding::NEW/>
                <div class="actions">
                    <button class="btn main">"Make role"</button>
                    <a class="btn quiet" href=to("/roles")>"Cancel"</a>
                </div>
            </Form>
        </Console>
    }
    .into_any())
}

fn cloned(role: &Role) -> Fields {
    Fields::default()
        .with("name", format!("{} copy", role.name))
        .with("description", &role.description)
        .with("reason", format!("Cloned from {}", role.name))
        .with_all("pattern", role.patterns())
}
