//! Contract 000: users and credentials. A comment above each test cites the rows and rules that it shows.

mod clients;
mod groups;
mod own;
mod rules;
mod users;

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use castellan::{
    domain::{
        calling::Caller,
        clients::{commands::AddClient, input::NewClient},
        ctx::{Ctx, Origin},
        groups::store::Group,
        outbox::{
            letter::Letter,
            queries::{NEWEST, list},
        },
        reset_requests::answer_next,
        tenants::{input::NewTenant, store::Tenant},
        users::store::User,
    },
    model::{
        client::ClientRole,
        id::{ADMIN_ROLE, ClientId, OWNER_ROLE, RoleId, TenantId},
        principal::Principal,
        scope::Scope,
        tenant::{TenantKind, TenantType},
    },
};
use serde_json::{Value, json};

use super::{
    Answer,
    management::{asked, get, made, sent, token},
    send,
};
use crate::{
    domain::stage::{give, member, of_service, put},
    support::{World, changes::*},
};

/// When the world begins.
const THEN: &str = "2026-11-22T00:00:00Z";
/// An id that nothing has.
const NOTHING: &str = "01a2016a-fa5c-71e0-b490-b29a1e32cc60";
const CLIENTS: &str = "/v1/credentials/clients";
const GROUPS: &str = "/v1/subscriber_groups";
const USERS: &str = "/v1/users";
/// Of the service that [`of_service`] stands for.
const SERVICE: &str = "00000000-0000-0000-0000-000000000000";

/// Its status and the code of its error, which has the family's one shape.
fn refused(answer: &Answer) -> (u16, &str) {
    let body = answer.body.as_object().unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body));
    let code = body["code"].as_str().unwrap();
    assert!(!body["message"].as_str().unwrap().is_empty());
    let members = if body.contains_key("errors") { 3 } else { 2 };
    assert_eq!(body.len(), members, "{}", answer.body);
    assert!(code == "validation_error" || members == 2, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    (answer.status, code)
}

/// Its status and the member or parameter that it names.
fn wrong(answer: &Answer) -> (u16, &str) {
    assert_eq!(refused(answer).1, "validation_error", "{}", answer.body);
    assert!(!answer.body["errors"][0]["message"].as_str().unwrap_or_default().is_empty(), "{}", answer.body);
    (answer.status, answer.body["errors"][0]["field"].as_str().unwrap())
}

/// The value with other members; those that are null are gone.
fn with(mut value: Value, members: Value) -> Value {
    for (name, member) in members.as_object().unwrap() {
        match member {
            Value::Null => drop(value.as_object_mut().unwrap().remove(name)),
            member => value[name] = member.clone(),
        }
    }
    value
}

async fn post(router: &Router, path: &str, token: &str, body: &Value) -> Answer {
    sent(router, (Method::POST, path), token, body).await
}

async fn patch(router: &Router, path: &str, token: &str, body: &Value) -> Answer {
    sent(router, (Method::PATCH, path), token, body).await
}

async fn delete(router: &Router, path: &str, token: &str) -> Answer {
    asked(router, (Method::DELETE, path), token).await
}

/// A post without a body.
async fn knock(router: &Router, path: &str, token: &str) -> Answer {
    asked(router, (Method::POST, path), token).await
}

/// What strangers send: without a token.
async fn unknown(router: &Router, (method, path): (Method, &str), body: &Value) -> Answer {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    send(router, request.body(Body::from(body.to_string())).unwrap()).await
}

async fn open(router: &Router, path: &str) -> Answer {
    send(router, Request::get(path).body(Body::empty()).unwrap()).await
}

/// A tenant below another.
async fn child(world: &World, slug: &str, parent: TenantId) -> Tenant {
    let (kind, use_, parent) = (TenantKind::Standard, TenantType::Production, Some(parent));
    add_tenant(&world.operator(), NewTenant { slug: slug.into(), name: slug.into(), kind, use_, parent }).await.unwrap()
}

async fn holds(world: &World, user: &User, (role, scope): (&str, Scope)) {
    let role = RoleId(role.to_owned());
    let grant = castellan::domain::grants::input::NewGrant::lasting(Principal::User(user.id), role, scope);
    give(world, &grant).await;
}

/// An administrator of a tenant, and a token of theirs.
async fn admin(world: &World, first: &str, of: &Tenant) -> (User, String) {
    let user = member(world, first, of).await;
    holds(world, &user, (ADMIN_ROLE, Scope::Tenant(of.id))).await;
    let token = token(world, &user).await;
    (user, token)
}

/// An application owner of these groups, and a token of theirs.
async fn owner(world: &World, first: &str, (of, groups): (&Tenant, &[&Group])) -> (User, String) {
    let user = member(world, first, of).await;
    holds(world, &user, (OWNER_ROLE, Scope::Tenant(of.id))).await;
    for group in groups {
        put(world, Principal::User(user.id), group).await;
    }
    let token = token(world, &user).await;
    (user, token)
}

/// A program: its client credentials, and an access token that it got for them.
struct Program {
    id: ClientId,
    secret: String,
    token: String,
}

impl Program {
    fn path(&self) -> String {
        format!("{CLIENTS}/{}", self.id)
    }
}

async fn program(world: &World, router: &Router, (role, of, groups): (ClientRole, &Tenant, &[&Group])) -> Program {
    let groups = groups.iter().map(|group| group.id).collect();
    let services = if role == ClientRole::ApiService { vec![uuid::Uuid::nil()] } else { Vec::new() };
    let name = format!("{}-{}", role.word(), world.services.clock.id());
    let new = NewClient { role, services, groups, ..of_service(of.id, &name) };
    let (add, secret) = AddClient::prepare(&world.operator(), new);
    let id = run(&world.operator(), add).await.unwrap().id;
    let token = issued(router, (&id.to_string(), &secret)).await.body["access_token"].as_str().unwrap().to_owned();
    Program { id, secret, token }
}

/// What the token endpoint answers for an id and a secret.
async fn issued(router: &Router, (id, secret): (&str, &str)) -> Answer {
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let request = Request::post("/oauth/v1/token").header("content-type", "application/x-www-form-urlencoded");
    send(router, request.body(Body::from(serde_urlencoded::to_string(form).unwrap())).unwrap()).await
}

/// What a program is answered that signs in for a person.
pub async fn signed_in(router: &Router, login: &str, password: &str) -> Answer {
    unknown(router, (Method::POST, "/auth/login"), &json!({"userName": login, "password": password})).await
}

pub async fn access(router: &Router, login: &str, password: &str) -> String {
    let answer = signed_in(router, login, password).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["accessToken"].as_str().unwrap().to_owned()
}

/// All mail, the newest first: to whom, and what it says.
async fn mail(world: &World) -> Vec<(String, Letter)> {
    let (messages, _) = list(&world.operator(), NEWEST, None).await.unwrap();
    let key = &world.services.key;
    messages.into_iter().map(|one| (one.content(key).unwrap().letter, one.recipient)).map(|(a, b)| (b, a)).collect()
}

/// The kinds of mail to somebody, the newest first.
pub async fn letters(world: &World, to: &str) -> Vec<&'static str> {
    let mail = mail(world).await.into_iter();
    mail.filter(|(recipient, _)| recipient == to).map(|(_, letter)| letter.template()).collect()
}

/// The code of the newest mail of a kind to somebody.
async fn code(world: &World, to: &str, kind: &str) -> String {
    let mut mail = mail(world).await.into_iter();
    let found = mail.find(|(recipient, letter)| recipient == to && letter.template() == kind).unwrap().1;
    let (Letter::VerifyEmail { code, .. } | Letter::PasswordReset { code, .. } | Letter::Activation { code, .. }) =
        found
    else {
        panic!("a letter without a code");
    };
    code.unwrap()
}

/// Does what the server does in the background: answers whoever asked for a reset link.
async fn background(world: &World) {
    let server = Ctx::new(world.services.clone(), Caller::System, Origin::default());
    while answer_next(&server).await.unwrap() {}
}

/// The newest events, the newest first: what was done.
async fn events(world: &World) -> Vec<String> {
    let query = castellan::domain::audit::query::EventQuery::default();
    let page = castellan::domain::audit::list::list(&world.operator(), &query).await.unwrap();
    page.rows.into_iter().map(|event| event.action).collect()
}

/// The names or logins of a page.
fn named<'a>(answer: &'a Answer, member: &str) -> Vec<&'a str> {
    answer.body["content"].as_array().unwrap().iter().map(|one| one[member].as_str().unwrap()).collect()
}

/// What a page says beside its content.
fn counts(answer: &Answer) -> [i64; 4] {
    ["number", "size", "totalElements", "totalPages"].map(|name| answer.body[name].as_i64().unwrap())
}
