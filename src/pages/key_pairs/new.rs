//! `/admin/key-pairs/new`, with `tenant=…` for a tenant.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{LABELS, LIST};
use crate::{
    domain::action::Action,
    functions::key_pairs::CreateKeyPair,
    http::visit::{to, visit},
    model::fields::Fields,
    pages::{
        Page,
        choices::{Choices, home},
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

/// `/admin/key-pairs/new?tenant=…`
pub async fn page() -> Page {
    let visit = visit();
    visit.ctx.require(Action::AddKeyPair)?;
    let state = FormState::of(CreateKeyPair::PATH, Fields::default().with("tenant", visit.query.text("tenant")));
    let tenant = tenant_of(&visit.ctx, &state.typed).await?;
    let call = of_key("hmac", tenant.as_ref().map(|tenant| tenant.slug.as_str()), &[], &state.typed);
    let body = match told(CreateKeyPair::PATH) {
        Some(told) => view! { <Made told labels=LABELS pages="/key-pairs"/> }.into_any(),
        None => form(state.clone(), home(&visit.ctx, state.typed.text("tenant")).await?),
    };
    Ok(view! {
        <Console title="New key pair">
            <Trail list=LIST here="New key pair"/>
            <div class="head"><div><h1>"New key pair"</h1><p>"A program signs what it sends with the secret. A pair of a reseller reaches its domains, too."</p></div></div>
            <div class="stack">{body}<ByApi call label="Do this by command"/></div>
        </Console>
    }
    .into_any())
}

fn form(state: FormState, tenants: Option<Choices>) -> AnyView {
    view! {
        <Form function=CreateKeyPair::PATH state still=true>
            <Field name="name" label="Name" required=true hint="So that you know later what uses it."/>
            <Place choices=tenants none="Choose the tenant that it belongs to…"/>
            <Bounds permissions="The most that it may, like users.read tokens.*, with blanks between them. Empty allows everything in the tenant."/>
            <div class="actions">
                <button class="btn main">"Make key pair"</button>
                <a class="btn quiet" href=to(LIST.0)>"Cancel"</a>
            </div>
        </Form>
    }
    .into_any()
}
