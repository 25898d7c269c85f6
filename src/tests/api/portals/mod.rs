//! Contract 003: partner portals. A comment above each test cites the rows and rules that it shows.

mod keys;
mod letting_in;
mod reading;
mod removing;
mod shapes;

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use castellan::{
    domain::{
        commands::service_keys::{NewServiceKey, add_service_key},
        outbox::{
            letter::Letter,
            queries::{NEWEST, list},
        },
        roles::store::Role,
        tenants::{input::NewTenant, store::Tenant},
        tokens::store::Token,
        users::store::User,
    },
    model::{
        id::UserId,
        scope::Scope,
        tenant::{TenantKind, TenantType},
    },
};
use serde_json::{Value, json};

use super::{
    Answer,
    credentials::{letters, signed_in},
    management::{asked, get, sent},
    send,
};
use crate::{
    domain::stage::{self, member, unbounded},
    support::{World, changes::*, on_both_engines},
};

const KAI: &str = "kai@quarry.example";
const SECRET: &str = "grey-herons-by-the-lock";
/// An id that nothing has.
const NOTHING: &str = "01a2016a-fa5c-71e0-b490-b29a1e32cc60";

/// A portal, what there is to give in it, and a key that may do everything that the family does.
struct Portal {
    tenant: Tenant,
    clerk: Role,
    key: String,
    /// Whose key it is.
    account: UserId,
    users: String,
}

impl Portal {
    fn of(&self, user: &User) -> String {
        format!("{}/{}", self.users, user.id)
    }

    /// Somebody to be let in.
    fn kai(&self) -> Value {
        json!({"first_name": "Kai", "last_name": "Lindqvist", "email": "Kai@quarry.example", "password": SECRET, "roles": [self.clerk.id], "locale": "sv_SE"})
    }

    /// The same without a password.
    fn guest(&self) -> Value {
        with(self.kai(), "password", Value::Null)
    }
}

async fn portal(world: &World, slug: &str) -> Portal {
    let (kind, use_) = (TenantKind::Portal, TenantType::Production);
    let new = NewTenant { slug: slug.into(), name: format!("Portal {slug}"), kind, use_, parent: None };
    let tenant = add_tenant(&world.operator(), new).await.unwrap();
    let clerk = stage::role(&inside(world, &tenant), "clerk", &["groups.read"]).await;
    let (token, key) = key(world, &tenant, &["users.read", "users.add", "users.delete", "groups.read"]).await;
    let users = format!("/v1/partner-portals/{slug}/users");
    Portal { tenant, clerk, key, account: token.user_id, users }
}

fn inside(world: &World, tenant: &Tenant) -> castellan::domain::ctx::Ctx {
    world.operator().working_in(Scope::Tenant(tenant.id))
}

/// A key whose account may do this in the tenant.
async fn key(world: &World, tenant: &Tenant, patterns: &[&str]) -> (Token, String) {
    let name = format!("keeper {}", patterns.join(" "));
    let role = stage::role(&inside(world, tenant), &name, patterns).await;
    let new = NewServiceKey { tenant: tenant.id, name: "sync".into(), roles: vec![role.id], bounds: unbounded() };
    add_service_key(&world.operator(), new).await.unwrap()
}

/// The value with another member, or without it.
fn with(mut value: Value, name: &str, member: Value) -> Value {
    match member {
        Value::Null => drop(value.as_object_mut().unwrap().remove(name)),
        member => value[name] = member,
    }
    value
}

async fn post(router: &Router, portal: &Portal, body: &Value) -> Answer {
    sent(router, (Method::POST, &portal.users), &portal.key, body).await
}

async fn delete(router: &Router, path: &str, key: &str) -> Answer {
    asked(router, (Method::DELETE, path), key).await
}

/// Its status and message, which have the family's one shape.
fn refused(answer: &Answer) -> (u16, &str) {
    let body = answer.body.as_object().unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body));
    assert_eq!((body.len(), &body["status_code"]), (3, &json!(answer.status)), "{}", answer.body);
    let request = body["request_id"].as_str().unwrap();
    assert!(request.len() == 32 && request.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{request}");
    assert_eq!(request, answer.header("x-request-id").replace('-', ""));
    assert_eq!(answer.header("content-type"), "application/json");
    (answer.status, body["message"].as_str().unwrap())
}

const UNAUTHORIZED: (u16, &str) = (401, "Unauthorized");
const FORBIDDEN: (u16, &str) = (403, "Forbidden");
const NOT_FOUND: (u16, &str) = (404, "Not Found");
const TOO_MANY: (u16, &str) = (429, "Too Many Requests");

/// The limit, what remains of it and when it is whole again.
fn rates(answer: &Answer) -> [i64; 3] {
    ["limit", "remaining", "reset"].map(|name| answer.header(&format!("x-ratelimit-{name}")).parse().unwrap_or(-1))
}

fn id(answer: &Answer) -> UserId {
    answer.body["id"].as_str().unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body)).parse().unwrap()
}

/// The codes of the invitations to somebody, the newest first; of those without a link, none.
async fn codes(world: &World, to: &str) -> Vec<Option<String>> {
    let (messages, _) = list(&world.operator(), NEWEST, None).await.unwrap();
    let to_them = messages.into_iter().filter(|message| message.recipient == to);
    let letters = to_them.map(|message| message.content(&world.services.key).unwrap().letter);
    let codes = letters.filter_map(|letter| match letter {
        Letter::Invitation { code, .. } => Some(code),
        _ => None,
    });
    codes.collect()
}

/// What was done, the newest first, until so many things had been.
async fn events(world: &World, since: i64) -> Vec<String> {
    let page = castellan::domain::audit::list::list(&world.operator(), &Default::default()).await.unwrap();
    page.rows.into_iter().take_while(|event| event.seq > since).map(|event| event.action).collect()
}

async fn so_far(world: &World) -> i64 {
    world.count("select max(seq) from events").await
}
