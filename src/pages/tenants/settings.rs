//! `/admin/tenants/{id}/settings`: what a tenant asks of its people.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Crumb;
use crate::{
    domain::tenants::{
        queries::require,
        settings::{self, TenantSettings},
        store::Tenant,
    },
    functions::settings::SetTenantSettings,
    http::visit::{ctx, named},
    model::id::TenantId,
    pages::{
        Page,
        effect::{Steps, WouldCard},
        form::{Form, FormState, Hidden, Scope},
        layout::Console,
        overtaken::as_typed,
        parts::Opened,
        settings::{AskedFields, PARTS, saved},
    },
};

/// `/admin/tenants/{id}/settings`
pub async fn page() -> Page {
    let (ctx, id) = (ctx(), named::<TenantId>("id", "tenant")?);
    let conn = &mut *ctx.read().await?;
    let tenant = require(&ctx, conn, id).await?;
    let settings = settings::of(conn, id).await?;
    Ok(view(tenant, &settings))
}

fn view(Tenant { id, name, .. }: Tenant, settings: &TenantSettings) -> AnyView {
    let saved = saved(settings).with("id", id.to_string());
    let state = FormState::editing(SetTenantSettings::PATH, (PARTS, saved), as_typed);
    view! {
        <Console title="Settings">
            <Crumb tenant=(id, name.clone()) here="Settings"/>
            <div class="head"><div><h1>"What "<bdi>{name}</bdi>" asks of its people"</h1><p>"What is empty is as it is everywhere. Of several tenants, the strictest counts."</p></div></div>
            <Scope state=state.clone()>
                <div class="cols">
                    <div class="stack">
                        <Form function=SetTenantSettings::PATH state previews=true>
                            <Hidden name="id"/>
                            <Opened parts=PARTS/>
                            <AskedFields/>
                            <Steps function=SetTenantSettings::PATH save="Save"/>
                        </Form>
                    </div>
                    <div class="stack"><WouldCard heading="What saving would do"/></div>
                </div>
            </Scope>
        </Console>
    }
    .into_any()
}
