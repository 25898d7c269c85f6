//! Contract 002: user management (`/auth`). It acts in the whole installation, as far as the caller may there.

mod answers;
mod changes;
mod face;
mod login;
mod roles;
mod users;

use axum::{Extension, Router, middleware::from_fn_with_state, routing::any};

use super::{
    face::{Face, show, unknown},
    operations::{
        Access::{Needs, NeedsAny, NeedsOrOwn, Open},
        BEARER, Family, Parameter, Value, operations,
    },
};
use crate::{
    api::parameters::NUMBER_MAX,
    domain::caller::Takes,
    http::{layers::for_programs, state::AppState},
    model::permission::Permission,
};

const OFFSET: Parameter = Parameter::optional("offset", Value::Number(0, NUMBER_MAX), "How many to leave out.");
const COUNT: Parameter =
    Parameter::optional("count", Value::Number(1, NUMBER_MAX), "How many at most; a cap is never exceeded.");
const EXTENDED: Parameter =
    Parameter::optional("extended", Value::Flag, "Whether the list comes in an envelope; true if absent.");
const PART: &[Parameter] = &[OFFSET, COUNT, EXTENDED];
const ENABLE: Parameter = Parameter::optional("enableUser", Value::Flag, "Whether a user without a password is meant.");

operations! {
    "002-login" post "/auth/login" "Sign in by name and password, and by a code where there is a second step." {
        access: Open, asks: Some("Login"), answers: (200, Some("Session")), fails: &[401, 403, 429]
    } => login::login;
    "002-1" post "/auth/users" "Make a user." {
        access: Needs(Permission::UsersAdd), query: &[ENABLE], makes: true, asks: Some("UserCreate"), answers: (200, Some("User")), fails: &[409, 429]
    } => changes::create;
    "002-2" get "/auth/users/whoami" "Show whoever is calling." {
        answers: (200, Some("User"))
    } => users::whoami;
    "002-3" get "/auth/users/username/{username}" "Find a user by name." {
        access: Needs(Permission::UsersRead), answers: (200, Some("UserList"))
    } => users::by_name;
    "002-5" get "/auth/users/list" "List users, the oldest first." {
        access: NeedsAny(&[Permission::UsersRead, Permission::UsersList]), query: PART, answers: (200, Some("UserPage"))
    } => users::list;
    "002-6" get "/auth/users/basic/list" "List users in short, the oldest first." {
        access: NeedsAny(&[Permission::UsersRead, Permission::UsersList]), query: PART, answers: (200, Some("BasicUserPage"))
    } => users::basic_list;
    "002-4" get "/auth/users/{locator}" "Show a user." {
        access: NeedsOrOwn(Permission::UsersRead), answers: (200, Some("User")), fails: &[404]
    } => users::by_locator;
    "002-7" patch "/auth/users/{locator}" "Change a user." {
        access: NeedsOrOwn(Permission::UsersUpdate), asks: Some("UserUpdate"), answers: (200, Some("User")), fails: &[404, 409]
    } => changes::update;
    "002-9" delete "/auth/users/{locator}" "Delete a user, wherever they belong." {
        access: Needs(Permission::UsersDelete), fails: &[404, 409]
    } => users::delete;
    "002-8" patch "/auth/users/{locator}/passwordreset" "Set a temporary password." {
        access: Needs(Permission::UsersPasswordReset), asks: Some("Password"), fails: &[404, 409]
    } => changes::reset_password;
    "002-16" get "/auth/users/{locator}/permissions" "List what a user may do." {
        access: NeedsOrOwn(Permission::UsersRead), answers: (200, Some("Permissions")), fails: &[404]
    } => users::permissions;
    "002-17" patch "/auth/users/{locator}/roles" "Give and take roles." {
        access: Needs(Permission::UsersUpdateRoles), asks: Some("RolesUpdate"), answers: (200, Some("User")), fails: &[404, 409]
    } => changes::roles;
    "002-18" patch "/auth/users/{locator}/tenants" "Add to tenants and remove from them." {
        access: Needs(Permission::UsersUpdateTenants), asks: Some("TenantsUpdate"), answers: (200, Some("User")), fails: &[404, 409]
    } => changes::tenants;
    "002-13" get "/auth/roles/list" "List roles, the oldest first." {
        access: NeedsAny(&[Permission::RolesRead, Permission::RolesList]), query: PART, answers: (200, Some("RolePage"))
    } => roles::list;
    "002-15" get "/auth/roles/permissions" "List all permissions." {
        access: Needs(Permission::RolesRead), answers: (200, Some("Permissions"))
    } => roles::permissions;
    "002-10" post "/auth/roles" "Make a role." {
        access: Needs(Permission::RolesAdd), makes: true, asks: Some("RoleCreate"), answers: (200, Some("Role")), fails: &[409]
    } => roles::create;
    "002-11" get "/auth/roles/{locator}" "Show a role." {
        access: Needs(Permission::RolesRead), answers: (200, Some("Role")), fails: &[404]
    } => roles::by_locator;
    "002-12" patch "/auth/roles/{locator}" "Change a role." {
        access: Needs(Permission::RolesUpdate), asks: Some("RoleUpdate"), answers: (200, Some("Role")), fails: &[404, 409]
    } => roles::update;
    "002-14" delete "/auth/roles/{locator}" "Delete a role." {
        access: Needs(Permission::RolesDelete), fails: &[404, 409]
    } => roles::delete;
}

/// What the family's document says.
pub const FAMILY: Family = Family {
    name: "management",
    title: "User management: people, roles of the installation, and who belongs to which tenant (contract 002).",
    prefix: "",
    security: &[BEARER],
    key_reused: 422,
    places: &[("/roles/{locator}", Value::Text), ("{username}", Value::Text)],
    operations: OPERATIONS,
    schemas: include_str!("schemas.json"),
};

/// The operations, by their paths. What stands for itself wins over an id.
pub fn routes(state: &AppState) -> Router<AppState> {
    let table = table(state).route("/auth", any(unknown)).route("/auth/{*rest}", any(unknown));
    for_programs(table, state).layer(Extension(Takes::OF_PEOPLE)).layer(from_fn_with_state(face::face as Face, show))
}
