//! Tenants: the list, one tenant, making, editing, and who belongs to it.

pub mod detail;
pub mod edit;
pub mod list;
pub mod members;
pub mod membership;
pub mod settings;

use leptos::prelude::*;

use crate::{
    http::visit::to,
    model::{id::TenantId, tenant::TenantType},
    pages::parts::Trail,
};

/// The way back: `Tenants / …`.
#[component]
fn Crumb(#[prop(optional)] tenant: Option<(TenantId, String)>, here: &'static str) -> impl IntoView {
    let page = tenant.map(|(id, name)| (to(format_args!("/tenants/{id}")), name));
    view! { <Trail list=("/tenants", "Tenants") page here/> }
}

/// Whether a tenant is real.
#[component]
fn TypeTag(of: TenantType) -> impl IntoView {
    let tone = match of {
        TenantType::Production => "tag plain",
        TenantType::Test => "tag warn plain",
    };
    view! { <span class=tone>{of.word()}</span> }
}
