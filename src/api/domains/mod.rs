//! Contract 004: account tokens, and who belongs to a domain in which roles (`/v2/accounts/{accountName}/tokens`, `/user`).

mod answers;
mod asked;
mod face;
mod roles;
mod tokens;
mod users;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::any,
};

use super::{
    face::{Face, show, unknown},
    operations::{Access::Needs, BEARER, Family, Parameter, SIGNATURE, STAND_ALONE, Value, handler, operations},
};
use crate::{
    http::{layers::for_programs, state::AppState},
    model::permission::Permission,
};

const SKIP: Parameter = Parameter::optional(
    "skipMailValidation",
    Value::Flag,
    "Whether somebody who is known and has a password comes in at once, without a mail.",
);

/// Declares the operations with the other spelling of each path, by which they do the same.
macro_rules! spelt_twice {
    ($($id:literal $method:ident $path:literal $other:literal $does:literal { $($fields:tt)* } => $handler:path;)*) => {
        operations! { $($id $method $path $does { $($fields)* } => $handler;)* }

        fn other_spellings(state: &AppState) -> Router<AppState> {
            let mut makes = OPERATIONS.iter().map(|row| row.makes);
            Router::new()$(.route($other, handler(
                makes.next().unwrap_or_default(), axum::routing::$method($handler), state)))*
        }
    };
}

spelt_twice! {
    "004-A1" get "/v2/accounts/{accountName}/tokens" "/ws/accounts/{accountName}/credentials/tokens"
        "List the tokens of an account, without their values." {
        access: Needs(Permission::TokensList), answers: (200, Some("Tokens")), fails: &[404]
    } => tokens::list;
    "004-A2" get "/v2/accounts/{accountName}/tokens/{tokenId}" "/ws/accounts/{accountName}/credentials/tokens/{tokenId}"
        "Show a token with its value." {
        access: Needs(Permission::TokensReveal), answers: (200, Some("TokenWithValue")), fails: &[404]
    } => tokens::reveal;
    "004-A3" post "/v2/accounts/{accountName}/tokens" "/ws/accounts/{accountName}/credentials/tokens"
        "Make a token that acts for a member of the account." {
        access: Needs(Permission::TokensAdd), makes: true, asks: Some("TokenCreate"), answers: (200, Some("TokenInfo")), fails: &[404]
    } => tokens::create;
    "004-A4" put "/v2/accounts/{accountName}/tokens/{tokenId}/enable" "/ws/accounts/{accountName}/credentials/tokens/{tokenId}/enable"
        "Enable a token." {
        access: Needs(Permission::TokensUpdate), answers: (200, Some("TokenInfo")), fails: &[404]
    } => tokens::enable;
    "004-A5" put "/v2/accounts/{accountName}/tokens/{tokenId}/disable" "/ws/accounts/{accountName}/credentials/tokens/{tokenId}/disable"
        "Disable a token; it is refused at once." {
        access: Needs(Permission::TokensUpdate), answers: (200, Some("TokenInfo")), fails: &[404]
    } => tokens::disable;
    "004-A6" put "/v2/accounts/{accountName}/tokens/{tokenId}/rename" "/ws/accounts/{accountName}/credentials/tokens/{tokenId}/rename"
        "Give a token another name." {
        access: Needs(Permission::TokensUpdate), asks: Some("TokenName"), asks_maybe: true, answers: (200, Some("TokenInfo")), fails: &[404]
    } => tokens::rename;
    "004-A7" delete "/v2/accounts/{accountName}/tokens/{tokenId}" "/ws/accounts/{accountName}/credentials/tokens/{tokenId}"
        "Delete a token for good." {
        access: Needs(Permission::TokensDelete), answers: (200, Some("Nothing")), fails: &[404]
    } => tokens::delete;
    "004-B1" post "/user/internal" "/probio/user/internal"
        "Add an internal user to a domain, who is sent a link unless they need none." {
        access: Needs(Permission::UsersAdd), query: &[SKIP], makes: true, asks: Some("UserCreate"), answers: (200, Some("DomainUser")), fails: &[404, 429]
    } => users::create;
    "004-B2" put "/user/email/{userEmail}/domain/{domainName}/role" "/probio/user/email/{userEmail}/domain/{domainName}/role"
        "Set the roles of a user of a domain." {
        access: Needs(Permission::UsersUpdateRoles), asks: Some("Roles"), answers: (200, Some("DomainUser")), fails: &[404]
    } => roles::set;
    "004-B3" delete "/user/email/{userEmail}/domain/{domainName}/role" "/probio/user/email/{userEmail}/domain/{domainName}/role"
        "Remove roles from a user of a domain; one stays." {
        access: Needs(Permission::UsersUpdateRoles), asks: Some("Roles"), answers: (200, Some("DomainUser")), fails: &[404]
    } => roles::take;
    "004-C1" get "/user/email/{userEmail}" "/probio/user/email/{userEmail}"
        "Show a person of a domain." {
        access: Needs(Permission::UsersRead), answers: (200, Some("Person")), fails: &[404]
    } => users::person;
    "004-C2" get "/user/domain/{domainName}" "/probio/user/domain/{domainName}"
        "List the users of a domain, in the order in which they came." {
        access: Needs(Permission::UsersList), answers: (200, Some("DomainUsers")), fails: &[404]
    } => users::list;
    "004-C3" get "/user/email/{userEmail}/domain/{domainName}" "/probio/user/email/{userEmail}/domain/{domainName}"
        "Show a user of a domain." {
        access: Needs(Permission::UsersRead), answers: (200, Some("DomainUser")), fails: &[404]
    } => users::read;
    "004-C4" delete "/user/email/{userEmail}/domain/{domainName}" "/probio/user/email/{userEmail}/domain/{domainName}"
        "Remove a user from a domain; whoever belongs to no other tenant is deleted." {
        access: Needs(Permission::UsersUpdateTenants), answers: (200, Some("Nothing")), fails: &[404]
    } => users::remove;
    "004-C5" post "/user/email/{userEmail}/domain/{domainName}/disable" "/probio/user/email/{userEmail}/domain/{domainName}/disable"
        "Disable a user in a domain." {
        access: Needs(Permission::UsersRevoke), answers: (200, Some("DomainUser")), fails: &[404]
    } => users::disable;
    "004-C6" post "/user/email/{userEmail}/domain/{domainName}/enable" "/probio/user/email/{userEmail}/domain/{domainName}/enable"
        "Enable a user in a domain." {
        access: Needs(Permission::UsersEnable), answers: (200, Some("DomainUser")), fails: &[404]
    } => users::enable;
    "004-C7" put "/user/email/{userEmail}/domain/{domainName}/role/{roleName}" "/probio/user/email/{userEmail}/domain/{domainName}/role/{roleName}"
        "Give a user of a domain one role in place of those that they have." {
        access: Needs(Permission::UsersUpdateRoles), answers: (200, Some("DomainUser")), fails: &[404]
    } => roles::set_one;
    "004-C8" put "/user/email/{userEmail}" "/probio/user/email/{userEmail}"
        "Change the name and the phone number of a person." {
        access: Needs(Permission::UsersUpdate), asks: Some("PersonUpdate"), answers: (200, Some("Person")), fails: &[404]
    } => users::update;
}

/// What the family's document says.
pub const FAMILY: Family = Family {
    name: "domains",
    title: "Domains: account tokens, and who belongs to a domain in which roles (contract 004).",
    prefix: "",
    security: &[BEARER, STAND_ALONE, SIGNATURE],
    key_reused: 400,
    places: &[
        ("/accounts/{accountName}", Value::Text),
        ("/tokens/{tokenId}", Value::Number(1, i64::MAX)),
        ("/email/{userEmail}", Value::Text),
        ("/domain/{domainName}", Value::Text),
        ("/role/{roleName}", Value::Text),
    ],
    operations: OPERATIONS,
    schemas: include_str!("schemas.json"),
};

/// Where paths begin that are the family's, and lead nowhere. What stands for itself wins.
const UNKNOWN: [&str; 4] = ["/v2", "/ws", "/user", "/probio"];

/// The operations, by their paths.
pub fn routes(state: &AppState) -> Router<AppState> {
    let mut all = table(state).merge(other_spellings(state));
    for root in UNKNOWN {
        for other in [root.to_owned(), format!("{root}/"), format!("{root}/{{*rest}}")] {
            all = all.route(&other, any(unknown));
        }
    }
    let all = for_programs(all.layer(from_fn(asked::attend)), state);
    all.layer(from_fn_with_state(face::face as Face, show)).layer(from_fn(asked::correlate))
}
