//! Contract 004: tokens of accounts and users of domains. A comment above each test cites the rows and rules that it shows.

mod adding;
mod credentials;
mod joining;
mod links;
mod paths;
mod persons;
mod roles;
mod token_values;
mod tokens;
mod users;

use std::fmt::Write;

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use castellan::{
    domain::{
        audit::{event::Event, list::list as log, query::EventQuery},
        grants::input::NewGrant,
        key_pairs::{commands::AddKeyPair, input::NewKeyPair},
        outbox::{
            letter::Letter,
            queries::{NEWEST, list},
        },
        secrets::{hex, hmac},
        tenants::{input::NewTenant, store::Tenant},
        tokens::input::NewToken,
        users::store::User,
    },
    model::{
        id::{ADMIN_ROLE, NO_PRIVILEGES_ROLE, RoleId, TenantId},
        principal::Principal,
        scope::Scope,
        tenant::{TenantKind, TenantType},
    },
};
use serde_json::{Value, json};

use super::{Answer, management::made, send};
use crate::{
    domain::{
        stage::{give, member, of_account, of_key_pair, role, unbounded},
        state,
    },
    support::{PASSWORD, World, changes::*, on_both_engines},
};

/// A key pair, and where its key is sent.
#[derive(Clone)]
pub struct Pair {
    key: String,
    secret: String,
    header: &'static str,
}

/// What a request is sent with.
#[derive(Clone)]
pub enum By {
    Nothing,
    Pair(Pair),
    Token(String),
    Bearer(String),
}

/// A reseller with the domains that most stories are about, and whoever asks.
struct Quay {
    router: Router,
    reseller: Tenant,
    north: Tenant,
    coast: Tenant,
    /// The reseller's key pair.
    pair: By,
}

async fn quay(world: &World) -> Quay {
    let reseller = under(world, "quay", (TenantKind::Reseller, None)).await;
    let north = under(world, "north", (TenantKind::Domain, Some(&reseller))).await;
    let coast = under(world, "coast", (TenantKind::Domain, Some(&reseller))).await;
    let pair = By::Pair(pair(world, &reseller, &["*.*"]).await);
    Quay { router: world.router("http://localhost"), reseller, north, coast, pair }
}

pub async fn under(world: &World, slug: &str, (kind, parent): (TenantKind, Option<&Tenant>)) -> Tenant {
    let parent = parent.map(|parent| parent.id);
    let new = NewTenant { slug: slug.into(), name: slug.into(), kind, use_: TenantType::Production, parent };
    add_tenant(&world.operator(), new).await.unwrap()
}

pub async fn pair(world: &World, of: &Tenant, permissions: &[&str]) -> Pair {
    let permissions = permissions.iter().map(|&permission| permission.to_owned()).collect();
    let new = NewKeyPair { permissions, ..of_key_pair(of.id, "provisioning") };
    let (add, secret) = AddKeyPair::prepare(&world.operator(), new);
    let pair = run(&world.operator(), add).await.unwrap();
    let header = if pair.is_resellers { "x-logtrust-reseller-apikey" } else { "x-logtrust-domain-apikey" };
    Pair { key: pair.api_key, secret, header }
}

impl Pair {
    /// The headers of a request with this body, signed at a time in milliseconds.
    fn headers(&self, body: &str, at: i64) -> [(&'static str, String); 3] {
        let at = at.to_string();
        let sign = hex(&hmac(self.secret.as_bytes(), &[self.key.as_bytes(), body.as_bytes(), at.as_bytes()]));
        [(self.header, self.key.clone()), ("x-logtrust-timestamp", at), ("x-logtrust-sign", sign)]
    }
}

/// Sends a body as it stands.
pub async fn sent(
    (world, router): (&World, &Router),
    by: &By,
    (method, path): (Method, &str),
    body: Option<&str>,
) -> Answer {
    let text = body.unwrap_or_default().to_owned();
    let headers = match by {
        By::Nothing => Vec::new(),
        By::Pair(pair) => pair.headers(&text, world.services.clock.now().0).to_vec(),
        By::Token(token) => vec![("standAloneToken", token.clone())],
        By::Bearer(token) => vec![("authorization", format!("Bearer {token}"))],
    };
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let answer = send(router, request.body(Body::from(text)).unwrap()).await;
    // Whatever is answered has the id of the request under both names.
    assert_eq!(answer.header("x-devo-cid"), answer.header("x-request-id"), "{path}");
    assert!(answer.header("x-devo-cid").len() == 36, "{path}");
    answer
}

impl Quay {
    async fn ask(&self, world: &World, by: &By, (method, path): (Method, &str)) -> Answer {
        sent((world, &self.router), by, (method, path), None).await
    }

    async fn get(&self, world: &World, by: &By, path: &str) -> Answer {
        self.ask(world, by, (Method::GET, path)).await
    }

    async fn post(&self, world: &World, by: &By, path: &str, body: &Value) -> Answer {
        sent((world, &self.router), by, (Method::POST, path), Some(&body.to_string())).await
    }

    async fn put(&self, world: &World, by: &By, path: &str, body: &Value) -> Answer {
        sent((world, &self.router), by, (Method::PUT, path), Some(&body.to_string())).await
    }

    async fn delete(&self, world: &World, by: &By, path: &str, body: &Value) -> Answer {
        sent((world, &self.router), by, (Method::DELETE, path), Some(&body.to_string())).await
    }

    /// Adds somebody to a domain with the reseller's key pair.
    async fn add(&self, world: &World, body: &Value) -> Answer {
        self.post(world, &self.pair, "/user/internal", body).await
    }

    /// A domain with an owner, who is active and its administrator.
    async fn owned(&self, world: &World, domain: &Tenant, first: &str) -> User {
        let owner = member(world, first, domain).await;
        holds(world, &owner, (ADMIN_ROLE, domain)).await;
        run(&world.operator(), MakeOwner { user: owner.id, tenant: domain.id }).await.unwrap();
        owner
    }
}

/// Gives a role in a domain.
async fn holds(world: &World, user: &User, (role, domain): (&str, &Tenant)) {
    let role = RoleId(role.to_owned());
    give(world, &NewGrant::lasting(Principal::User(user.id), role, Scope::Tenant(domain.id))).await;
}

/// An active user of a domain with one role.
async fn with_role(world: &World, first: &str, (role, domain): (&str, &Tenant)) -> User {
    let user = member(world, first, domain).await;
    holds(world, &user, (role, domain)).await;
    user
}

/// A role of a domain, by its id.
async fn custom(world: &World, domain: &Tenant, name: &str, patterns: &[&str]) -> String {
    role(&world.operator().working_in(Scope::Tenant(domain.id)), name, patterns).await.id.to_string()
}

/// An account token that may all that its user may in the domain.
async fn account(world: &World, user: &User, domain: &Tenant) -> String {
    made(world, whole(user, domain.id)).await
}

fn whole(user: &User, tenant: TenantId) -> NewToken {
    NewToken { bounds: unbounded(), ..of_account((user.id, tenant), "ci") }
}

/// The path of somebody.
fn of(email: &str) -> String {
    format!("/user/email/{email}")
}

/// The path of somebody in a domain.
fn of_in(email: &str, domain: &str) -> String {
    format!("/user/email/{email}/domain/{domain}")
}

/// The status, the code and the message of an error, which has the family's one shape.
fn refused(answer: &Answer) -> (u16, i64, &str) {
    let body = answer.body.as_object().unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body));
    let error = body["error"].as_object().unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body));
    assert_eq!((body.len(), error.len()), (1, 2), "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    let message = error["message"].as_str().unwrap();
    assert!(!message.is_empty() && !message.ends_with('.'), "{message}");
    (answer.status, error["code"].as_i64().unwrap(), message)
}

/// The status of an error whose code is the same.
fn told(answer: &Answer) -> u16 {
    let (status, code, _) = refused(answer);
    assert_eq!(i64::from(status), code, "{}", answer.body);
    status
}

/// The members of an answer that is none of an error.
fn done(answer: &Answer) -> &Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    &answer.body
}

/// Some members of an answer.
fn part(answer: &Answer, names: &[&str]) -> Vec<Value> {
    let body = done(answer);
    names.iter().map(|name| body[*name].clone()).collect()
}

/// All mail, the newest first: to whom, and what it says.
async fn mail(world: &World) -> Vec<(String, Letter)> {
    let (messages, _) = list(&world.operator(), NEWEST, None).await.unwrap();
    let key = &world.services.key;
    messages.into_iter().map(|one| (one.recipient.clone(), one.content(key).unwrap().letter)).collect()
}

/// User and code of the newest activation mail to somebody; none, if it has no code.
async fn link(world: &World, to: &str) -> (String, Option<String>) {
    let found =
        mail(world).await.into_iter().find(|(recipient, letter)| recipient == to && letter.template() == "activation");
    match found.unwrap().1 {
        Letter::Activation { user, code, .. } => (user.to_string(), code),
        other => panic!("{other:?}"),
    }
}

/// What the button of a link's page answers.
async fn follow(world: &World, (user, code): &(String, Option<String>), password: &str) -> u16 {
    let code = code.clone().unwrap();
    let form = [("user", user.as_str()), ("code", &code), ("password", password), ("again", password)];
    world.browser().post("/activate", &form).await.status
}

/// The newest events, the newest first.
async fn events(world: &World) -> Vec<Event> {
    log(&world.operator(), &EventQuery::default()).await.unwrap().rows
}

/// What was done, the newest first.
async fn actions(world: &World, count: usize) -> Vec<String> {
    events(world).await.into_iter().take(count).map(|event| event.action).collect()
}

/// Whether somebody can sign in with the usual password.
async fn can_sign_in(world: &World, email: &str) -> bool {
    world.browser().post("/signin", &[("email", email), ("password", PASSWORD)]).await.status == 303
}

/// A text of one letter.
fn long(count: usize) -> String {
    "x".repeat(count)
}

/// A path's text with every sign written out in hexadecimal digits.
fn spelt_out(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "%{byte:02X}");
        all
    })
}

/// The first user of `north@quay`, as the document has it.
fn first() -> Value {
    json!({"domain": "north@quay", "email": "lin@north.example", "role": "OWNER", "userName": "Lin Mo"})
}
