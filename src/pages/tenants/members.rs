//! Taking somebody out of a tenant, after asking.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Crumb, membership::About};
use crate::{
    domain::{
        access::preview::effect::Effect,
        commands::preview::preview,
        tenants::memberships::{
            leaving::{RemoveMembership, Removed},
            queries::is_last,
        },
    },
    functions::tenants::RemoveMember,
    http::visit::ctx,
    pages::{Page, form::FormState, layout::Console, parts::Confirm},
};

/// `/admin/tenants/{id}/members/{user}/remove`
pub async fn remove_page() -> Page {
    let ctx = ctx();
    let about = About::here(&ctx).await?;
    let effect = preview(&ctx, &RemoveMembership::of(about.user.id, about.tenant.id)).await?;
    let removed = if is_last(&ctx, about.user.id).await? { Removed::Deleted } else { Removed::Left };
    Ok(view(about, effect, removed))
}

fn view(about: About, effect: Effect, removed: Removed) -> AnyView {
    let (sentence, button) = match removed {
        Removed::Left => (
            "They leave its groups and lose what was given to them in it. They stay in the other tenants they belong to.",
            "Remove",
        ),
        Removed::Deleted => (
            "They belong to no other tenant, so their account is deleted, with its access, groups and sessions. \
            For 30 days you can restore them.",
            "Remove and delete",
        ),
    };
    let state = FormState::asking(RemoveMember::PATH, about.named());
    let back = about.tenant_href();
    let About { tenant, user, .. } = about;
    view! {
        <Console title="Remove member">
            <Crumb tenant=(tenant.id, tenant.name.clone()) here="Remove"/>
            <div class="head">
                <div><h1>"Remove "<bdi>{user.display_name}</bdi>" from "<bdi>{tenant.name}</bdi>"?"</h1><p><bdi>{user.login}</bdi></p></div>
            </div>
            <Confirm function=RemoveMember::PATH state fields=&["id", "user"] effect sentence button back/>
        </Console>
    }
    .into_any()
}
