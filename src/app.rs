//! The app: its document, and the one table of pages. Whoever adds a page writes the page, and a line here.

use axum::Router as Routes;
use leptos::{prelude::*, tachys::view::iterators::StaticVec};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    NestedRoute, SsrMode,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::{FlatRoutes, FlatRoutesProps, Router},
    path,
};

use crate::{
    api,
    domain::error::Error,
    http::{
        access::Access::{self, Needs, NeedsWithChange, Public, SignedIn},
        assets::MANIFEST,
        cookies::Name,
        dev,
        state::{AppState, Surfaces},
        visit::{Answered, visit},
    },
    model::permission::Permission,
    pages::{
        Page, account, audit, clients, deleted, effect, failure, gate, grants, groups, home, key_pairs, keys,
        language::Language, outbox, passkeys, permissions, roles, settings, tenants, tokens, users, workplace,
    },
};

/// What the server serves.
pub const SURFACES: Surfaces =
    Surfaces { pages: PAGES, routes, app, effect: effect::fragment, exports, api: api::routes };

macro_rules! pages {
    ($($path:tt $access:expr => $page:path;)+) => {
        /// Every page, with who may open it. The first path that fits counts.
        pub const PAGES: &[(&str, Access)] = &[$(($path, $access)),+];

        fn table() -> StaticVec<AnyNestedRoute> {
            vec![$(
                NestedRoute::new(path!($path), || guarded($access, $page)).ssr_mode(SsrMode::Async).into_any_nested_route()
            ),+].into()
        }
    };
}

pages! {
    "/" Public => gate::front_door;
    "/setup" Public => gate::set_up::page;
    "/signin" Public => gate::sign_in::page;
    "/signin/second-factor" Public => gate::second_factor::page;
    "/signin/again" Public => gate::again::page;
    "/signin/passkey" Public => passkeys::sign_in::page;
    "/change-password" Public => gate::change_password::page;
    "/forgot-password" Public => gate::forgot::page;
    "/reset-password" Public => gate::reset::page;
    "/activate" Public => gate::reset::activation_page;
    "/verify-email" Public => gate::verify::page;
    "/account" SignedIn => account::profile::page;
    "/account/address" SignedIn => account::address::page;
    "/account/security" SignedIn => account::security::page;
    "/account/second-factor" SignedIn => account::factor::page;
    "/account/second-factor/remove" SignedIn => account::factor::remove_page;
    "/account/recovery-codes" SignedIn => account::codes::page;
    "/account/tokens" SignedIn => account::tokens::page;
    "/account/access" SignedIn => account::access::page;
    "/confirm-address" Public => gate::address::confirm_page;
    "/stop-address-change" Public => gate::address::stop_page;
    "/account/passkeys" SignedIn => passkeys::list::page;
    "/account/passkeys/:id" SignedIn => passkeys::edit::page;
    "/admin" SignedIn => home::page;
    "/admin/users" Needs(&[Permission::UsersList]) => users::list::page;
    "/admin/users/new" Needs(&[Permission::UsersAdd]) => users::edit::new_page;
    "/admin/users/bulk" NeedsWithChange(&[]) => users::bulk::page;
    "/admin/users/invite" Needs(&[Permission::UsersAdd]) => users::invitations::invite_page;
    "/admin/users/:id" Needs(&[Permission::UsersRead]) => users::detail::page;
    "/admin/users/:id/edit" Needs(&[Permission::UsersUpdate]) => users::edit::page;
    "/admin/users/:id/disable" Needs(&[Permission::UsersRevoke]) => users::actions::disable_page;
    "/admin/users/:id/second-factor" Needs(&[Permission::UsersPasswordReset]) => users::actions::reset_factor_page;
    "/admin/users/:id/temporary-password" Needs(&[Permission::UsersPasswordReset]) => users::recovery::temporary_page;
    "/admin/users/:id/delete" Needs(&[Permission::UsersDelete]) => users::actions::delete_page;
    "/admin/invitations" Needs(&[Permission::UsersList]) => users::invitations::page;
    "/admin/grants/new" Needs(&[Permission::UsersUpdateRoles]) => grants::give::page;
    "/admin/grants/:id/renew" Needs(&[Permission::UsersUpdateRoles]) => grants::change::page;
    "/admin/grants/:id/replace" Needs(&[Permission::UsersUpdateRoles]) => grants::replace::page;
    "/admin/grants/:id/take" Needs(&[Permission::UsersUpdateRoles]) => grants::take::page;
    "/admin/roles" Needs(&[Permission::RolesList]) => roles::list::page;
    "/admin/roles/new" Needs(&[Permission::RolesAdd]) => roles::new::page;
    "/admin/roles/compare" Needs(&[Permission::RolesRead, Permission::RolesList]) => roles::compare::page;
    "/admin/roles/:id" Needs(&[Permission::RolesRead]) => roles::edit::page;
    "/admin/roles/:id/versions" Needs(&[Permission::RolesRead]) => roles::versions::page;
    "/admin/roles/:id/holders" Needs(&[Permission::RolesRead]) => roles::holders::page;
    "/admin/roles/:id/rollback" Needs(&[Permission::RolesUpdate, Permission::RolesRead]) => roles::rollback::page;
    "/admin/roles/:id/delete" Needs(&[Permission::RolesDelete]) => roles::delete::page;
    "/admin/permissions" Needs(&[Permission::RolesRead]) => permissions::list;
    "/admin/permissions/:name" Needs(&[Permission::RolesRead, Permission::UsersList]) => permissions::page;
    "/admin/groups" Needs(&[Permission::GroupsList]) => groups::list::page;
    "/admin/groups/new" Needs(&[Permission::GroupsAdd]) => groups::edit::new_page;
    "/admin/groups/:id" Needs(&[Permission::GroupsRead]) => groups::detail::page;
    "/admin/groups/:id/edit" Needs(&[Permission::GroupsUpdate]) => groups::edit::page;
    "/admin/groups/:id/delete" Needs(&[Permission::GroupsDelete]) => groups::edit::delete_page;
    "/admin/groups/:id/members/:user/remove" Needs(&[Permission::GroupsUpdate]) => groups::members::remove_user_page;
    "/admin/groups/:id/groups/:group/remove" Needs(&[Permission::GroupsUpdate]) => groups::members::remove_group_page;
    "/admin/tenants" Needs(&[Permission::TenantsList]) => tenants::list::page;
    "/admin/tenants/new" Needs(&[Permission::TenantsWrite]) => tenants::edit::new_page;
    "/admin/tenants/:id" Needs(&[Permission::TenantsRead]) => tenants::detail::page;
    "/admin/tenants/:id/edit" Needs(&[Permission::TenantsWrite]) => tenants::edit::page;
    "/admin/tenants/:id/settings" Needs(&[Permission::TenantsWrite]) => tenants::settings::page;
    "/admin/tenants/:id/members/:user" Needs(&[Permission::UsersUpdateTenants]) => tenants::membership::page;
    "/admin/tenants/:id/members/:user/remove" Needs(&[Permission::UsersUpdateTenants]) => tenants::members::remove_page;
    "/admin/tokens" Needs(&[Permission::TokensList]) => tokens::list::page;
    "/admin/tokens/new" Needs(&[Permission::TokensAdd]) => tokens::new::page;
    "/admin/tokens/:id" Needs(&[Permission::TokensRead]) => tokens::detail::page;
    "/admin/tokens/:id/delete" Needs(&[Permission::TokensDelete]) => tokens::detail::delete_page;
    "/admin/clients" Needs(&[Permission::CredentialsList]) => clients::list::page;
    "/admin/clients/new" Needs(&[Permission::CredentialsAdd]) => clients::new::page;
    "/admin/clients/:id" Needs(&[Permission::CredentialsRead]) => clients::detail::page;
    "/admin/clients/:id/delete" Needs(&[Permission::CredentialsDelete]) => clients::detail::delete_page;
    "/admin/keys/new" Needs(&[Permission::TokensAdd, Permission::UsersAdd, Permission::UsersUpdateRoles]) => keys::new::page;
    "/admin/keys/:id" Needs(&[Permission::TokensRead]) => keys::detail::page;
    "/admin/keys/:id/delete" Needs(&[Permission::TokensDelete, Permission::UsersDelete]) => keys::detail::delete_page;
    "/admin/key-pairs/new" Needs(&[Permission::CredentialsAdd]) => key_pairs::new::page;
    "/admin/key-pairs/:id" Needs(&[Permission::CredentialsRead]) => key_pairs::detail::page;
    "/admin/key-pairs/:id/delete" Needs(&[Permission::CredentialsDelete]) => key_pairs::detail::delete_page;
    "/admin/workplace" SignedIn => workplace::page;
    "/admin/deleted" Needs(&[Permission::AuditRead]) => deleted::page;
    "/admin/outbox" Needs(&[Permission::OutboxRead]) => outbox::list::page;
    "/admin/outbox/:id" Needs(&[Permission::OutboxRead]) => outbox::message::page;
    "/admin/settings" Needs(&[Permission::SettingsRead]) => settings::page::page;
    "/admin/audit" Needs(&[Permission::AuditRead]) => audit::list::page;
    "/admin/audit/:id/undo" NeedsWithChange(&[Permission::AuditUndo]) => audit::undo::page;
}

/// Files that are made when they are asked for, with who may have them.
pub const FILES: &[(&str, Access)] = &[
    ("/admin/audit/export.csv", Needs(&[Permission::AuditRead])),
    ("/admin/audit/export.jsonl", Needs(&[Permission::AuditRead])),
    ("/admin/outbox/:id/letter", Needs(&[Permission::OutboxRead])),
];

fn exports() -> Routes<AppState> {
    audit::export::routes().merge(outbox::letter::routes())
}

/// A page, if the caller may open it; else what stands in the way, with the status of that.
fn guarded<F: Future<Output = Page> + Send + 'static>(access: Access, page: fn() -> F) -> impl IntoView {
    Suspend::new(async move {
        // A form that can't be sent again as it is says so in place of the page that it is on.
        if let Some(answered) = Answered::here()
            && let Some(error) = answered.refused().filter(|error| !error.is_mendable())
        {
            return failure::shown(error).await;
        }
        let page = match access.admit(&visit().ctx) {
            Ok(()) => page().await,
            Err(error) => Err(error),
        };
        match page {
            Ok(view) => view,
            Err(error) => failure::answer(&error).await,
        }
    })
}

fn nowhere() -> impl IntoView {
    Suspend::new(async {
        match Answered::here().as_ref().and_then(|answered| answered.refused()) {
            Some(error) => failure::shown(error).await,
            None => failure::answer(&Error::NotFound("page")).await,
        }
    })
}

/// The pages.
fn routes() -> AnyView {
    // Nothing of a page is hydrated but its islands.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let routes =
        || FlatRoutes(FlatRoutesProps::builder().fallback(nowhere).children(ToChildren::to_children(table)).build());
    view! { <Router>{routes()}</Router> }.into_any()
}

/// The document: head, and the page. Pages for strangers load no script.
fn app() -> AnyView {
    provide_meta_context();
    let visit = visit();
    let language = Language::of_page();
    let zone = Name::Zone.of(&visit.site);
    view! {
        <!DOCTYPE html>
        <html lang=language.code() dir=language.direction() data-theme=visit.theme.map(|theme| theme.word())>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="preload" href="/fonts/inter-latin-wght.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=MANIFEST.css.clone()/>
                {(!visit.is_gate && !visit.is_own).then(|| view! {
                    <script type="module" src=MANIFEST.js.clone() data-wasm=MANIFEST.wasm.clone() data-zone=zone></script>
                })}
                {dev::ACTIVE.then(|| view! { <script type="module" src="/dev/reload.js"></script> })}
                <MetaTags/>
            </head>
            <body class=if visit.is_gate { "gate" } else { "console" }>{routes()}</body>
        </html>
    }
    .into_any()
}
