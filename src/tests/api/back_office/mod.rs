//! Contract 001: users and groups of a back office. A comment above each test cites the rows and rules that it shows.

mod addresses;
mod changes;
mod groups;
mod guards;
mod lists;
mod passwords;
mod rules;
mod sessions;
mod users;

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use castellan::{
    domain::{
        grants::input::NewGrant,
        outbox::{
            letter::Letter,
            queries::{NEWEST, list},
        },
        tenants::{
            settings::{SetTenantSettings, TenantSettings},
            store::Tenant,
        },
        users::store::User,
    },
    model::{
        id::{ADMIN_ROLE, RoleId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
    },
};
use serde_json::{Value, json};

use super::{
    Answer,
    management::{self, asked, get, sent},
    send,
};
use crate::{
    domain::stage::{give, lasting, member},
    support::{World, changes::*},
};

/// When the world begins.
const THEN: &str = "2026-11-22T00:00:00+00:00";
const USERS: &str = "/api/v2/users";
const GROUPS: &str = "/api/v2/groups";
const TOVE: &str = "tove@kestrel.example";
const KETTLE: &str = "copper-kettle-at-noon";
const TRAM: &str = "slow-tram-past-the-mill";

/// Its status and message, which is all that it says.
fn refused(answer: &Answer) -> (u16, &str) {
    let body = answer.body.as_object().unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body));
    assert_eq!(body.keys().collect::<Vec<_>>(), ["message"], "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("www-authenticate"), if answer.status == 401 { "Bearer" } else { "" });
    let message = body["message"].as_str().unwrap();
    assert!(message.chars().next().unwrap().is_uppercase(), "{message}");
    (answer.status, message)
}

/// Which members and parameters it names, in the order of the alphabet; each with a message.
fn wrong(answer: &Answer) -> Vec<&str> {
    assert_eq!((answer.status, &answer.body["message"]), (400, &json!("Request is not valid")), "{}", answer.body);
    assert_eq!(answer.body.as_object().unwrap().len(), 2, "{}", answer.body);
    let errors = answer.body["errors"].as_object().unwrap();
    for messages in errors.values() {
        let messages = messages.as_array().unwrap();
        assert!(
            !messages.is_empty() && messages.iter().all(|one| !one.as_str().unwrap().is_empty()),
            "{}",
            answer.body
        );
    }
    errors.keys().map(String::as_str).collect()
}

/// The value with other members.
fn with(mut value: Value, members: Value) -> Value {
    for (name, member) in members.as_object().unwrap() {
        value[name] = member.clone();
    }
    value
}

/// The value without a member.
fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

/// Somebody to be made.
fn tove(groups: &[i64]) -> Value {
    json!({"name": "Tove Brandt", "email": "Tove@kestrel.example", "password": KETTLE, "active": true, "tfa": false, "groups": groups})
}

/// The same person under another name and address.
fn named(name: &str) -> Value {
    with(tove(&[]), json!({"name": name, "email": format!("{}@kestrel.example", name.to_lowercase())}))
}

fn of(number: i64) -> String {
    format!("{USERS}/{number}")
}

/// The number of whom or what an answer is about.
fn number(answer: &Answer) -> i64 {
    answer.body["id"].as_i64().unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body))
}

fn numbers(answer: &Answer) -> Vec<i64> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body.as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect()
}

async fn post(router: &Router, path: &str, token: &str, body: &Value) -> Answer {
    sent(router, (Method::POST, path), token, body).await
}

async fn patch(router: &Router, path: &str, token: &str, body: &Value) -> Answer {
    sent(router, (Method::PATCH, path), token, body).await
}

async fn put(router: &Router, path: &str, token: &str, body: &Value) -> Answer {
    sent(router, (Method::PUT, path), token, body).await
}

async fn delete(router: &Router, path: &str, token: &str) -> Answer {
    asked(router, (Method::DELETE, path), token).await
}

/// What is asked without a credential.
pub async fn bare(router: &Router, path: &str, body: &Value) -> Answer {
    let request = Request::post(path).header("content-type", "application/json");
    send(router, request.body(Body::from(body.to_string())).unwrap()).await
}

async fn signin(router: &Router, email: &str, password: &str) -> Answer {
    bare(router, "/api/v2/signin", &json!({"email": email, "password": password})).await
}

async fn refresh(router: &Router, token: &str) -> Answer {
    bare(router, "/api/v2/refresh", &json!({"refreshToken": token})).await
}

/// The access and the refresh token of an answer.
pub fn pair(answer: &Answer) -> [String; 2] {
    assert_eq!((answer.status, &answer.body["2faRequired"]), (200, &json!(false)), "{}", answer.body);
    ["accessToken", "refreshToken"].map(|name| answer.body[name]["token"].as_str().unwrap().to_owned())
}

async fn access(router: &Router, email: &str, password: &str) -> String {
    let [access, _] = pair(&signin(router, email, password).await);
    access
}

async fn holds(world: &World, user: &User, (role, scope): (&str, Scope)) {
    let role = RoleId(role.to_owned());
    give(world, &NewGrant::lasting(Principal::User(user.id), role, scope)).await;
}

/// An administrator of a tenant, and a token of theirs.
async fn admin(world: &World, first: &str, of: &Tenant) -> (User, String) {
    let user = member(world, first, of).await;
    holds(world, &user, (ADMIN_ROLE, Scope::Tenant(of.id))).await;
    let token = management::token(world, &user).await;
    (user, token)
}

/// Somebody who may do exactly this in a tenant, and a token of theirs.
async fn allowed(world: &World, first: &str, (of, permissions): (&Tenant, &[Permission])) -> (User, String) {
    let user = member(world, first, of).await;
    for permission in permissions {
        give(world, &lasting(Principal::User(user.id), *permission, Scope::Tenant(of.id))).await;
    }
    let token = management::token(world, &user).await;
    (user, token)
}

/// Makes somebody; answers their number.
async fn made(router: &Router, token: &str, body: &Value) -> i64 {
    let answer = post(router, USERS, token, body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    number(&answer)
}

/// Makes a group; answers its number.
async fn grouped(router: &Router, token: &str, (name, permissions): (&str, &[&str])) -> i64 {
    let answer = post(router, GROUPS, token, &json!({"name": name, "permissions": permissions})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    number(&answer)
}

async fn ask_of_people(world: &World, of: &Tenant, to: TenantSettings) {
    let set = SetTenantSettings { tenant: of.id, from: TenantSettings::default(), to };
    run(&world.operator(), set).await.unwrap();
}

/// All mail to somebody, the newest first.
async fn letters(world: &World, to: &str) -> Vec<Letter> {
    let (messages, _) = list(&world.operator(), NEWEST, None).await.unwrap();
    let key = &world.services.key;
    messages.into_iter().filter(|one| one.recipient == to).map(|one| one.content(key).unwrap().letter).collect()
}

async fn templates(world: &World, to: &str) -> Vec<&'static str> {
    letters(world, to).await.iter().map(Letter::template).collect()
}

/// The newest events, the newest first: who did what.
async fn events(world: &World) -> Vec<(String, String)> {
    let query = castellan::domain::audit::query::EventQuery::default();
    let page = castellan::domain::audit::list::list(&world.operator(), &query).await.unwrap();
    page.rows.into_iter().map(|event| (event.actor_name, event.action)).collect()
}
