//! Fields that the forms of all credentials have.

use leptos::prelude::*;

use crate::{
    domain::{ctx::Ctx, error::Result, tenants, tenants::store::Tenant},
    http::visit::ctx,
    model::{fields::Fields, id::TenantId},
    pages::{
        choices::{Choices, LongChoice},
        form::Field,
        times::zone_at,
    },
};

/// What bounds it: what it may at most where that is not fixed, from where it is taken, and when it ends.
#[component]
pub fn Bounds(#[prop(optional)] permissions: Option<&'static str>) -> impl IntoView {
    let ends = format!("Ends ({})", zone_at(ctx().now()));
    let most = permissions.map(|hint| view! { <Field name="permissions" label="Permissions" hint/> });
    view! {
        {most}
        <Field name="allowed_from" label="Taken from"
            hint="Addresses and networks like 192.0.2.7 2001:db8::/32, with blanks between them. Empty takes it from everywhere."/>
        <Field name="expires" label=ends kind="datetime-local" hint="Leave it empty and it never ends."/>
    }
}

/// The tenant that it is for, where the address doesn't say it.
#[component]
pub fn Place(choices: Option<Choices>, none: &'static str) -> impl IntoView {
    choices.map(|choices| {
        view! {
            <LongChoice name="tenant" label="Tenant" none choices
                unlisted="To make one in another tenant, switch to it first."/>
        }
    })
}

/// The tenant that a form is about: that of the address, or the chosen one, if the reader can see it.
pub async fn tenant_of(ctx: &Ctx, typed: &Fields) -> Result<Option<Tenant>> {
    let chosen: Option<TenantId> = ctx.tenant().or_else(|| typed.text("tenant").parse().ok());
    match chosen {
        Some(id) => tenants::store::find(ctx.tenant(), &mut *ctx.read().await?, id).await.map_err(Into::into),
        None => Ok(None),
    }
}
