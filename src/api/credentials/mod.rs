//! Contract 000: a tenant's people, its groups and client credentials (`/v1/users`, `/v1/subscriber_groups`,
//! `/v1/credentials`).

mod answers;
mod asked;
mod clients;
mod face;
mod groups;
mod own;
mod users;

use axum::{
    Extension, Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, head},
};

use super::{
    face::{Face, show, unknown},
    operations::{
        Access::{Needs, NeedsOrOwn, NeedsOrOwner, Open},
        BEARER, Family, Parameter, Value, operations,
    },
};
use crate::{
    api::parameters::NUMBER_MAX,
    domain::caller::Takes,
    http::{layers::for_programs, state::AppState},
    model::permission::Permission,
};

/// A token of a program, or one that acts for a person.
const TAKES: Takes = Takes { clients: true, ..Takes::OF_PEOPLE };

const PAGE: Parameter = Parameter::optional("page", Value::Number(0, NUMBER_MAX), "Which page, from 0 on.");
const SIZE: Parameter =
    Parameter::optional("size", Value::Number(1, clients::SIZES.1), "How many of a page; 50 if absent.");
const TENANT: Parameter =
    Parameter::optional("tenantId", Value::Id, "A child tenant, for whoever looks after its provider.");
const ROLE: Parameter = Parameter::optional(
    "role",
    Value::OneOf(&["api_spadmin", "api_appowner", "api_service"]),
    "Only those of this role.",
);
const SERVICES: Parameter =
    Parameter::optional("serviceIds", Value::Ids, "Only those that stand for one of these services.");
const CODE: Parameter = Parameter { name: "code", does: "The code of the mail.", takes: Value::Text, required: true };

operations! {
    "000-1" post "/credentials/clients" "Make client credentials." {
        access: NeedsOrOwner(Permission::CredentialsAdd), makes: true, asks: Some("ClientCreate"), answers: (200, Some("ClientWithSecret")), fails: &[404, 409]
    } => clients::create;
    "000-2" get "/credentials/clients" "List client credentials, the oldest first." {
        access: NeedsOrOwner(Permission::CredentialsList), query: &[PAGE, SIZE, ROLE, SERVICES], answers: (200, Some("ClientPage"))
    } => clients::list;
    "000-3" get "/credentials/clients/{id}" "Show client credentials." {
        access: NeedsOrOwner(Permission::CredentialsRead), answers: (200, Some("Client")), fails: &[404]
    } => clients::read;
    "000-4" patch "/credentials/clients/{id}" "Change client credentials." {
        access: NeedsOrOwner(Permission::CredentialsUpdate), asks: Some("ClientUpdate"), answers: (200, Some("Client")), fails: &[404, 409]
    } => clients::update;
    "000-5" delete "/credentials/clients/{id}" "Delete client credentials; their access tokens end at once." {
        access: NeedsOrOwner(Permission::CredentialsDelete), answers: (204, None), fails: &[404, 409]
    } => clients::delete;
    "000-6" post "/credentials/clients/{id}/resetSecret" "Make a secret in place of the old one, which ends at once." {
        access: NeedsOrOwner(Permission::CredentialsUpdate), answers: (200, Some("ClientWithSecret")), fails: &[404, 409]
    } => clients::reset_secret;
    "000-7" post "/subscriber_groups" "Make a group." {
        access: Needs(Permission::GroupsAdd), makes: true, asks: Some("GroupCreate"), answers: (201, Some("Group")), fails: &[409]
    } => groups::create;
    "000-8" get "/subscriber_groups" "List groups, the oldest first." {
        access: Needs(Permission::GroupsList), query: &[PAGE, SIZE], answers: (200, Some("GroupPage"))
    } => groups::list;
    "000-9" get "/subscriber_groups/{id}" "Show a group." {
        access: NeedsOrOwner(Permission::GroupsRead), answers: (200, Some("Group")), fails: &[404]
    } => groups::read;
    "000-10" patch "/subscriber_groups/{id}" "Change a group." {
        access: Needs(Permission::GroupsUpdate), asks: Some("GroupUpdate"), answers: (200, Some("Group")), fails: &[404, 409]
    } => groups::update;
    "000-11" delete "/subscriber_groups/{id}" "Delete a group that nobody and no client credentials are in." {
        access: Needs(Permission::GroupsDelete), answers: (204, None), fails: &[404, 409]
    } => groups::delete;
    "000-12" post "/users" "Make a user, who is sent a link to confirm their address." {
        access: Needs(Permission::UsersAdd), makes: true, asks: Some("UserCreate"), answers: (201, Some("User")), fails: &[404, 409, 429]
    } => users::create;
    "000-13" get "/users" "List the tenant's users, in the order in which they came to it." {
        access: Needs(Permission::UsersList), query: &[PAGE, SIZE, TENANT], answers: (200, Some("UserPage")), fails: &[404]
    } => users::list;
    "000-17" get "/users/profile" "Show whoever is calling." {
        answers: (200, Some("User"))
    } => own::profile;
    "000-18" patch "/users/changePassword" "Change one's own password by the old one." {
        asks: Some("PasswordChange"), answers: (200, Some("User")), fails: &[409, 429]
    } => own::change_password;
    "000-19" post "/users/forgotPassword" "Mail a link to set a new password, if there is such an account." {
        access: Open, asks: Some("ForgotPassword"), answers: (200, Some("Nothing")), fails: &[429]
    } => own::forgot_password;
    "000-14" get "/users/{id}" "Show a user." {
        access: Needs(Permission::UsersRead), answers: (200, Some("User")), fails: &[404]
    } => users::read;
    "000-15" patch "/users/{id}" "Change a user's names, phone number and groups." {
        access: Needs(Permission::UsersUpdate), asks: Some("UserUpdate"), answers: (200, Some("User")), fails: &[404, 409]
    } => users::update;
    "000-16" delete "/users/{id}" "Remove a user from the tenant; whoever belongs to no other is deleted." {
        access: Needs(Permission::UsersDelete), answers: (204, None), fails: &[404, 409]
    } => users::delete;
    "000-20" post "/users/{id}/password" "Set a password by the code of a mail." {
        access: Open, asks: Some("PasswordByCode"), answers: (200, Some("Nothing")), fails: &[429]
    } => own::set_password;
    "000-21" patch "/users/{id}/resetPassword" "Set a temporary password." {
        access: Needs(Permission::UsersPasswordReset), asks: Some("PasswordReset"), answers: (200, Some("UserWithPassword")), fails: &[404, 409]
    } => users::reset_password;
    "000-22" post "/users/{id}/resetMfaToken" "Remove the second factor of a user who lost it." {
        access: Needs(Permission::UsersPasswordReset), query: &[TENANT], answers: (200, Some("Nothing")), fails: &[404, 409]
    } => users::reset_second_factor;
    "000-23" post "/users/{id}/sendVerification" "Mail a link to confirm the address." {
        access: NeedsOrOwn(Permission::UsersUpdate), answers: (200, Some("Nothing")), fails: &[404, 409, 429]
    } => own::send_verification;
    "000-24" get "/users/{id}/verify" "Confirm the address by the code of a mail." {
        access: Open, query: &[CODE], answers: (200, Some("User")), fails: &[429]
    } => own::verify;
}

/// What the family's document says.
pub const FAMILY: Family = Family {
    name: "credentials",
    title: "Users and credentials: a tenant's people, its groups and client credentials (contract 000).",
    prefix: "/v1",
    security: &[BEARER],
    key_reused: 422,
    places: &[],
    operations: OPERATIONS,
    schemas: include_str!("schemas.json"),
};

/// Paths that are the family's, and lead nowhere. What stands for itself wins.
const UNKNOWN: [&str; 14] = [
    "/v1",
    "/v1/",
    "/v1/{*rest}",
    "/users/",
    "/users/{id}/",
    "/users/{id}/{other}",
    "/users/{id}/{other}/",
    "/users/{id}/{other}/{*rest}",
    "/credentials",
    "/credentials/",
    "/credentials/{*rest}",
    "/subscriber_groups/",
    "/subscriber_groups/{id}/",
    "/subscriber_groups/{id}/{*rest}",
];

/// The operations, by their paths: below `/v1`, and without it.
pub fn routes(state: &AppState) -> Router<AppState> {
    let table = || table(state).route("/users/{id}/verify", head(own::no_head));
    let mut all = Router::new().nest("/v1", table()).merge(table());
    for other in UNKNOWN {
        all = all.route(other, any(unknown));
    }
    let all = for_programs(all, state).layer(Extension(TAKES)).layer(from_fn_with_state(face::face as Face, show));
    all.layer(from_fn(own::allow_no_head))
}
