//! `/admin/keys/new`, with `tenant=…` for a tenant.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{LABELS, LIST};
use crate::{
    domain::{action::Action, ctx::Ctx, error::Result, roles, tenants::store::Tenant},
    functions::keys::CreateKey,
    http::visit::{to, visit},
    model::{fields::Fields, permission::Permission, scope::Scope},
    pages::{
        Page,
        choices::{Choices, LongChoice, home},
        credentials::{
            call::{ByApi, of_key},
            forms::{Bounds, Place, tenant_of},
            once::{Made, told},
        },
        form::{Field, Form, FormState},
        layout::Console,
        parts::Trail,
    },
};

/// `/admin/keys/new?tenant=…`
pub async fn page() -> Page {
    let visit = visit();
    visit.ctx.require(Action::AddToken)?;
    let state = FormState::of(CreateKey::PATH, Fields::default().with("tenant", visit.query.text("tenant")));
    let tenant = tenant_of(&visit.ctx, &state.typed).await?;
    let roles = roles(&visit.ctx, tenant.as_ref()).await?;
    let named: Vec<String> =
        state.typed.all("roles").map(|id| roles.label(id)).filter(|name| !name.is_empty()).collect();
    let call = of_key("service", tenant.as_ref().map(|tenant| tenant.slug.as_str()), &named, &state.typed);
    let body = match told(CreateKey::PATH) {
        Some(told) => view! { <Made told labels=LABELS pages="/keys"/> }.into_any(),
        None => form(state.clone(), home(&visit.ctx, state.typed.text("tenant")).await?, roles),
    };
    Ok(view! {
        <Console title="New service key">
            <Trail list=LIST here="New service key"/>
            <div class="head"><div><h1>"New service key"</h1><p>"It comes with an account of its own, which never signs in and holds what the key may."</p></div></div>
            <div class="stack">{body}<ByApi call label="Do this by command"/></div>
        </Console>
    }
    .into_any())
}

/// The roles that can be given in the tenant; those of the installation until one is chosen.
async fn roles(ctx: &Ctx, tenant: Option<&Tenant>) -> Result<Choices> {
    let there = match tenant {
        Some(tenant) => ctx.clone().working_in(Scope::Tenant(tenant.id)),
        None => ctx.clone(),
    };
    match there.may(Permission::RolesList) {
        true => Ok(Choices::of_roles(roles::queries::choices_here(&there).await?, |role| role.name.clone())),
        false => Ok(Choices::default()),
    }
}

fn form(state: FormState, tenants: Option<Choices>, roles: Choices) -> AnyView {
    view! {
        <Form function=CreateKey::PATH state still=true>
            <Field name="name" label="Name" required=true hint="The account is called so, too."/>
            <Place choices=tenants none="Choose the tenant that it works in…"/>
            <LongChoice name="roles" label="Role" none="Choose a role…" choices=roles
                unlisted="Make the key with one of these, then give its account another on its page."/>
            <Bounds permissions="The most that it may, like users.read groups.*, with blanks between them. Empty allows all that its account may."/>
            <div class="actions">
                <button class="btn main">"Make service key"</button>
                <a class="btn quiet" href=to(LIST.0)>"Cancel"</a>
            </div>
        </Form>
    }
    .into_any()
}
