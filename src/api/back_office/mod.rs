//! Contract 001: the people of a back office, and the groups that say what they may do (`/api/v2`). What it calls a group is a
//! role here; groups of people are something else.

mod answers;
mod asked;
mod face;
mod groups;
mod sessions;
mod users;

use axum::{Extension, Router, middleware::from_fn_with_state, routing::any};

use super::{
    face::{Face, show, unknown},
    operations::{
        Access::{Needs, Open},
        BEARER, Family, Parameter, Value, operations,
    },
};
use crate::{
    api::parameters::NUMBER_MAX,
    domain::caller::Takes,
    http::{layers::for_programs, state::AppState},
    model::permission::Permission,
};

const LIMIT: Parameter =
    Parameter::optional("limit", Value::Number(1, asked::LIMITS.1), "How many at most; 20 if absent.");
const OFFSET: Parameter = Parameter::optional("offset", Value::Number(0, NUMBER_MAX), "How many to leave out.");
const NAME: Parameter = Parameter::optional("filter[name]", Value::MaybeText, "Only those of this name.");
const EMAIL: Parameter = Parameter::optional("filter[email]", Value::MaybeText, "Only who signs in with this address.");
const ACTIVE: Parameter =
    Parameter::optional("filter[active]", Value::OneOf(&["0", "1"]), "`1`: only active ones; `0` limits nothing.");
const SORT_BY: Parameter =
    Parameter::optional("sort_by", Value::OneOf(&["id", "name", "email", "createTime"]), "By what; `id` if absent.");
const SORT_ORDER: Parameter = Parameter::optional("sort_order", Value::OneOf(&["asc", "desc"]), "`asc` if absent.");

operations! {
    "001-signin" post "/signin" "Sign in by e-mail and password, and by a code where there is a second factor." {
        access: Open, asks: Some("SignIn"), answers: (200, Some("Session")), fails: &[401, 403, 429]
    } => sessions::sign_in;
    "001-refresh" post "/refresh" "Change a refresh token for another pair of tokens." {
        access: Open, asks: Some("Refresh"), answers: (200, Some("Session")), fails: &[401, 403]
    } => sessions::refresh;
    "001-1" get "/users" "List users." {
        access: Needs(Permission::UsersRead), query: &[NAME, EMAIL, ACTIVE, LIMIT, OFFSET, SORT_BY, SORT_ORDER], answers: (200, Some("UserList"))
    } => users::list;
    "001-2" get "/users/{userId}" "Show a user." {
        access: Needs(Permission::UsersRead), answers: (200, Some("User")), fails: &[404]
    } => users::read;
    "001-3" post "/users" "Make a user." {
        access: Needs(Permission::UsersAdd), makes: true, asks: Some("UserCreate"), answers: (201, Some("User")), fails: &[409, 429]
    } => users::create;
    "001-4" put "/users/{userId}" "Change a user: only what is sent." {
        access: Needs(Permission::UsersUpdate), asks: Some("UserUpdate"), answers: (200, Some("User")), fails: &[404, 409, 429]
    } => users::update;
    "001-5" patch "/users/{userId}" "Change a user: only what is sent." {
        access: Needs(Permission::UsersUpdate), asks: Some("UserUpdate"), answers: (200, Some("User")), fails: &[404, 409, 429]
    } => users::update;
    "001-6" delete "/users/{userId}" "Remove a user from the tenant; whoever belongs to no other is deleted." {
        access: Needs(Permission::UsersDelete), answers: (204, None), fails: &[404, 409]
    } => users::delete;
    "001-7" get "/groups" "List groups: roles of the tenant and of the installation." {
        access: Needs(Permission::RolesRead), query: &[LIMIT, OFFSET], answers: (200, Some("GroupList"))
    } => groups::list;
    "001-8" get "/groups/{groupId}" "Show a group." {
        access: Needs(Permission::RolesRead), answers: (200, Some("Group")), fails: &[404]
    } => groups::read;
    "001-9" post "/groups" "Make a group in the tenant." {
        access: Needs(Permission::RolesAdd), makes: true, asks: Some("GroupCreate"), answers: (201, Some("Group")), fails: &[409]
    } => groups::create;
    "001-10" put "/groups/{groupId}" "Change a group: only what is sent." {
        access: Needs(Permission::RolesUpdate), asks: Some("GroupUpdate"), answers: (200, Some("Group")), fails: &[404, 409]
    } => groups::update;
    "001-11" patch "/groups/{groupId}" "Change a group: only what is sent." {
        access: Needs(Permission::RolesUpdate), asks: Some("GroupUpdate"), answers: (200, Some("Group")), fails: &[404, 409]
    } => groups::update;
    "001-12" delete "/groups/{groupId}" "Delete a group; whoever has it loses it." {
        access: Needs(Permission::RolesDelete), answers: (204, None), fails: &[404, 409]
    } => groups::delete;
}

/// What the family's document says.
pub const FAMILY: Family = Family {
    name: "back_office",
    title: "Back office: the people of one tenant, and the groups that say what they may do (contract 001).",
    prefix: "/api/v2",
    security: &[BEARER],
    key_reused: 400,
    places: &[("{userId}", Value::Number(1, NUMBER_MAX)), ("{groupId}", Value::Number(1, NUMBER_MAX))],
    operations: OPERATIONS,
    schemas: include_str!("schemas.json"),
};

/// The operations, by their paths.
pub fn routes(state: &AppState) -> Router<AppState> {
    let mut all = Router::new().nest("/api/v2", table(state));
    for other in ["/api", "/api/", "/api/{*rest}"] {
        all = all.route(other, any(unknown));
    }
    for_programs(all, state).layer(Extension(Takes::OF_PEOPLE)).layer(from_fn_with_state(face::face as Face, show))
}
