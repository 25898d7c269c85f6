//! Every route of the console: the router and the authorisation test are made from this one table.

use axum::{Router, middleware::from_fn_with_state, routing};

use super::{account, audit, deleted, failure, gate, grants, groups, permissions, roles, tenants, users, workplace};
use crate::{model::permission::Permission, server::state::AppState};

/// Who may use a route. Actions enforce it; the authorisation test holds them to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody who is signed in.
    SignedIn,
    /// Whoever has all of these permissions.
    Needs(&'static [Permission]),
    /// Whoever has all of these, and the permission of the change itself, which the request names.
    NeedsWithChange(&'static [Permission]),
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

use Access::{Needs, NeedsWithChange, Public, SignedIn};

route_table! {
    get "/" Public => gate::front_door;
    get "/setup" Public => gate::setup_page;
    post "/setup" Public => gate::set_up;
    get "/signin" Public => gate::sign_in_page;
    post "/signin" Public => gate::sign_in;
    get "/signin/second-factor" Public => gate::second_factor_page;
    post "/signin/second-factor" Public => gate::answer_second_factor;
    get "/change-password" Public => gate::change_password_page;
    post "/change-password" Public => gate::change_password;
    get "/forgot-password" Public => gate::forgot_page;
    post "/forgot-password" Public => gate::ask_for_reset;
    get "/reset-password" Public => gate::reset_page;
    post "/reset-password" Public => gate::reset_password;
    get "/activate" Public => gate::activation_page;
    post "/activate" Public => gate::activate;
    get "/verify-email" Public => gate::verify_page;
    post "/verify-email" Public => gate::verify;
    post "/theme" Public => account::choose_theme;
    post "/signout" SignedIn => account::sign_out;
    get "/admin" SignedIn => account::home;
    get "/admin/users" Needs(&[Permission::UsersList]) => users::list::page;
    get "/admin/users/rows" Needs(&[Permission::UsersList]) => users::list::rows;
    get "/admin/users/new" Needs(&[Permission::UsersAdd]) => users::edit::new_page;
    post "/admin/users/new" Needs(&[Permission::UsersAdd]) => users::edit::create;
    get "/admin/users/bulk" NeedsWithChange(&[]) => users::bulk::preview;
    post "/admin/users/bulk" NeedsWithChange(&[]) => users::bulk::apply;
    get "/admin/users/{id}" Needs(&[Permission::UsersRead]) => users::detail::page;
    get "/admin/users/{id}/edit" Needs(&[Permission::UsersUpdate]) => users::edit::page;
    post "/admin/users/{id}/edit" Needs(&[Permission::UsersUpdate]) => users::edit::update;
    get "/admin/users/{id}/disable" Needs(&[Permission::UsersRevoke]) => users::actions::confirm_disable;
    post "/admin/users/{id}/disable" Needs(&[Permission::UsersRevoke]) => users::actions::disable;
    post "/admin/users/{id}/enable" Needs(&[Permission::UsersEnable]) => users::actions::enable;
    post "/admin/users/{id}/unlock" Needs(&[Permission::UsersEnable]) => users::actions::unlock;
    get "/admin/users/{id}/delete" Needs(&[Permission::UsersDelete]) => users::actions::confirm_delete;
    post "/admin/users/{id}/delete" Needs(&[Permission::UsersDelete]) => users::actions::delete;
    post "/admin/users/{id}/password-link" Needs(&[Permission::UsersPasswordReset]) => users::actions::password_link;
    get "/admin/grants/new" Needs(&[Permission::UsersUpdateRoles]) => grants::give::page;
    post "/admin/grants/new" Needs(&[Permission::UsersUpdateRoles]) => grants::give::give;
    get "/admin/grants/{id}/renew" Needs(&[Permission::UsersUpdateRoles]) => grants::change::page;
    post "/admin/grants/{id}/renew" Needs(&[Permission::UsersUpdateRoles]) => grants::change::renew;
    get "/admin/grants/{id}/replace" Needs(&[Permission::UsersUpdateRoles]) => grants::change::replace_page;
    post "/admin/grants/{id}/replace" Needs(&[Permission::UsersUpdateRoles]) => grants::change::replace;
    get "/admin/grants/{id}/take" Needs(&[Permission::UsersUpdateRoles]) => grants::change::confirm_take;
    post "/admin/grants/{id}/take" Needs(&[Permission::UsersUpdateRoles]) => grants::change::take;
    get "/admin/roles" Needs(&[Permission::RolesList]) => roles::list::page;
    get "/admin/roles/new" Needs(&[Permission::RolesAdd]) => roles::new::page;
    post "/admin/roles/new" Needs(&[Permission::RolesAdd]) => roles::new::create;
    get "/admin/roles/compare" Needs(&[Permission::RolesRead, Permission::RolesList]) => roles::compare::page;
    get "/admin/roles/{id}" Needs(&[Permission::RolesRead]) => roles::edit::page;
    post "/admin/roles/{id}" Needs(&[Permission::RolesUpdate, Permission::RolesRead]) => roles::edit::update;
    get "/admin/roles/{id}/versions" Needs(&[Permission::RolesRead]) => roles::versions::page;
    get "/admin/roles/{id}/holders" Needs(&[Permission::RolesRead]) => roles::holders::page;
    get "/admin/roles/{id}/rollback" Needs(&[Permission::RolesUpdate, Permission::RolesRead]) => roles::rollback::confirm;
    post "/admin/roles/{id}/rollback" Needs(&[Permission::RolesUpdate, Permission::RolesRead]) => roles::rollback::roll_back;
    get "/admin/roles/{id}/delete" Needs(&[Permission::RolesDelete]) => roles::delete::confirm;
    post "/admin/roles/{id}/delete" Needs(&[Permission::RolesDelete]) => roles::delete::delete;
    get "/admin/permissions" Needs(&[Permission::RolesRead]) => permissions::list;
    get "/admin/permissions/{name}" Needs(&[Permission::RolesRead, Permission::UsersList]) => permissions::page;
    get "/admin/groups" Needs(&[Permission::GroupsList]) => groups::list::page;
    get "/admin/groups/new" Needs(&[Permission::GroupsAdd]) => groups::edit::new_page;
    post "/admin/groups/new" Needs(&[Permission::GroupsAdd]) => groups::edit::create;
    get "/admin/groups/{id}" Needs(&[Permission::GroupsRead]) => groups::detail::page;
    get "/admin/groups/{id}/edit" Needs(&[Permission::GroupsUpdate]) => groups::edit::page;
    post "/admin/groups/{id}/edit" Needs(&[Permission::GroupsUpdate]) => groups::edit::update;
    get "/admin/groups/{id}/delete" Needs(&[Permission::GroupsDelete]) => groups::edit::confirm_delete;
    post "/admin/groups/{id}/delete" Needs(&[Permission::GroupsDelete]) => groups::edit::delete;
    post "/admin/groups/{id}/members" Needs(&[Permission::GroupsUpdate, Permission::GroupsRead]) => groups::members::add;
    get "/admin/groups/{id}/members/{user}/remove" Needs(&[Permission::GroupsUpdate]) => groups::members::confirm_remove_user;
    post "/admin/groups/{id}/members/{user}/remove" Needs(&[Permission::GroupsUpdate]) => groups::members::remove_user;
    get "/admin/groups/{id}/groups/{group}/remove" Needs(&[Permission::GroupsUpdate]) => groups::members::confirm_remove_group;
    post "/admin/groups/{id}/groups/{group}/remove" Needs(&[Permission::GroupsUpdate]) => groups::members::remove_group;
    get "/admin/tenants" Needs(&[Permission::TenantsList]) => tenants::list::page;
    get "/admin/tenants/new" Needs(&[Permission::TenantsWrite]) => tenants::edit::new_page;
    post "/admin/tenants/new" Needs(&[Permission::TenantsWrite]) => tenants::edit::create;
    get "/admin/tenants/{id}" Needs(&[Permission::TenantsRead]) => tenants::detail::page;
    get "/admin/tenants/{id}/edit" Needs(&[Permission::TenantsWrite]) => tenants::edit::page;
    post "/admin/tenants/{id}/edit" Needs(&[Permission::TenantsWrite]) => tenants::edit::update;
    post "/admin/tenants/{id}/members" Needs(&[Permission::UsersUpdateTenants, Permission::TenantsRead]) => tenants::members::add;
    get "/admin/tenants/{id}/members/{user}" Needs(&[Permission::UsersUpdateTenants]) => tenants::members::edit_page;
    post "/admin/tenants/{id}/members/{user}" Needs(&[Permission::UsersUpdateTenants]) => tenants::members::update;
    post "/admin/tenants/{id}/members/{user}/owner" Needs(&[Permission::UsersUpdateTenants]) => tenants::members::make_owner;
    get "/admin/tenants/{id}/members/{user}/remove" Needs(&[Permission::UsersUpdateTenants]) => tenants::members::confirm_remove;
    post "/admin/tenants/{id}/members/{user}/remove" Needs(&[Permission::UsersUpdateTenants]) => tenants::members::remove;
    get "/admin/workplace" SignedIn => workplace::page;
    post "/admin/workplace" SignedIn => workplace::choose;
    get "/admin/deleted" Needs(&[Permission::AuditRead]) => deleted::page;
    get "/admin/audit" Needs(&[Permission::AuditRead]) => audit::list::page;
    get "/admin/audit/export.csv" Needs(&[Permission::AuditRead]) => audit::export::csv;
    get "/admin/audit/export.jsonl" Needs(&[Permission::AuditRead]) => audit::export::jsonl;
    post "/admin/audit/check" Needs(&[Permission::AuditRead]) => audit::check::check;
    post "/admin/audit/undo" NeedsWithChange(&[Permission::AuditUndo]) => audit::undo::undo_request;
    get "/admin/audit/{id}/undo" NeedsWithChange(&[Permission::AuditUndo]) => audit::undo::confirm;
    post "/admin/audit/{id}/undo" NeedsWithChange(&[Permission::AuditUndo]) => audit::undo::undo;
}

/// The pages as a router; failures leave it as pages.
pub fn routes(state: &AppState) -> Router<AppState> {
    table()
        .fallback(failure::not_found)
        .method_not_allowed_fallback(failure::not_found)
        .layer(from_fn_with_state(state.clone(), failure::as_page))
}

/// Whether strangers may see this path. Public paths have no parameters.
#[must_use]
pub fn is_public(path: &str) -> bool {
    ROUTES.iter().any(|route| route.path == path && route.access == Access::Public)
}
