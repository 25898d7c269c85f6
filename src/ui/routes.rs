//! Every route of the console: the router and the authorisation test are made from this one table.

use axum::{Router, middleware::from_fn_with_state, routing};

use super::{account, audit, failure, gate, users};
use crate::{model::permission::Permission, server::AppState};

/// Who may use a route. Verbs enforce it; the authorisation test holds them to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody who is signed in.
    SignedIn,
    /// Whoever has the permission.
    Needs(Permission),
}

/// A route of the console.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    /// With parameters in braces.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

macro_rules! route_table {
    ($($method:ident $path:literal $access:expr => $handler:path;)+) => {
        /// Every route, with who may use it.
        pub const ROUTES: &[Route] =
            &[$(Route { method: stringify!($method), path: $path, access: $access }),+];

        fn table() -> Router<AppState> {
            Router::new()$(.route($path, routing::$method($handler)))+
        }
    };
}

use Access::{Needs, Public, SignedIn};

route_table! {
    get "/" Public => gate::front_door;
    get "/setup" Public => gate::setup_page;
    post "/setup" Public => gate::set_up;
    get "/signin" Public => gate::sign_in_page;
    post "/signin" Public => gate::sign_in;
    get "/reset-password" Public => gate::reset_page;
    post "/reset-password" Public => gate::reset_password;
    post "/theme" Public => account::choose_theme;
    post "/signout" SignedIn => account::sign_out;
    get "/admin" SignedIn => account::home;
    get "/admin/users" Needs(Permission::UsersList) => users::list::page;
    get "/admin/users/rows" Needs(Permission::UsersList) => users::list::rows;
    get "/admin/users/new" Needs(Permission::UsersAdd) => users::edit::new_page;
    post "/admin/users/new" Needs(Permission::UsersAdd) => users::edit::create;
    get "/admin/users/bulk" Needs(Permission::UsersRevoke) => users::bulk::preview;
    post "/admin/users/bulk" Needs(Permission::UsersRevoke) => users::bulk::apply;
    get "/admin/users/{id}" Needs(Permission::UsersRead) => users::detail::page;
    get "/admin/users/{id}/edit" Needs(Permission::UsersUpdate) => users::edit::page;
    post "/admin/users/{id}/edit" Needs(Permission::UsersUpdate) => users::edit::update;
    get "/admin/users/{id}/disable" Needs(Permission::UsersRevoke) => users::actions::confirm_disable;
    post "/admin/users/{id}/disable" Needs(Permission::UsersRevoke) => users::actions::disable;
    post "/admin/users/{id}/enable" Needs(Permission::UsersEnable) => users::actions::enable;
    get "/admin/users/{id}/delete" Needs(Permission::UsersDelete) => users::actions::confirm_delete;
    post "/admin/users/{id}/delete" Needs(Permission::UsersDelete) => users::actions::delete;
    post "/admin/users/{id}/password-link" Needs(Permission::UsersPasswordReset) => users::actions::password_link;
    post "/admin/users/{id}/roles" Needs(Permission::UsersUpdateRoles) => users::actions::give_role;
    post "/admin/users/{id}/roles/{grant}/take" Needs(Permission::UsersUpdateRoles) => users::actions::take_role;
    get "/admin/audit" Needs(Permission::AuditRead) => audit::page;
}

/// The pages as a router; failures leave it as pages.
pub fn routes(state: &AppState) -> Router<AppState> {
    table()
        .fallback(super::not_found)
        .method_not_allowed_fallback(super::not_found)
        .layer(from_fn_with_state(state.clone(), failure::as_page))
}

/// Whether strangers may see this path. Public paths have no parameters.
#[must_use]
pub fn is_public(path: &str) -> bool {
    ROUTES.iter().any(|route| route.path == path && route.access == Access::Public)
}
