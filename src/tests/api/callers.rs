//! Every operation of the document, for every kind of caller: what opens it, and what doesn't.

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use castellan::{
    api::{
        document::{FAMILIES, document},
        operations::{Access, Family, Operation},
    },
    domain::{
        clients::commands::AddClient,
        commands::service_keys::{NewServiceKey, add_service_key},
        grants::input::NewGrant,
        tenants::store::Tenant,
        tokens::{access::issue_to, input::NewToken, store::Token},
        users::{
            input::{NewUser, Special},
            store::User,
        },
    },
    model::{
        id::{ADMIN_ROLE, ClientId, GroupId, RoleId},
        principal::Principal,
        scope::Scope,
        tenant::TenantKind,
    },
};
use serde_json::Value;

use super::{
    Answer,
    management::{made, token},
    send,
};
use crate::{
    domain::stage::{self, member, of_account, of_service, personal, tenant, tenant_of},
    support::{World, changes::*, on_both_engines, person},
};

/// What a request proves its sender by.
#[derive(Clone)]
pub enum By {
    Nothing,
    Bearer(String),
    StandAlone(String),
}

/// What operations are tried on, in one tenant.
pub struct Things {
    tenant: Tenant,
    user: User,
    group: GroupId,
    client: ClientId,
    role: RoleId,
    own_role: i64,
    token: i64,
}

pub async fn things(world: &World, tenant: &Tenant, name: &str) -> Things {
    let inside = world.operator().working_in(Scope::Tenant(tenant.id));
    let (add, _) = AddClient::prepare(&inside, of_service(tenant.id, name));
    let role = stage::role(&world.operator(), name, &["users.read"]).await;
    let own = stage::role(&inside, &format!("{name} own"), &["users.read"]).await;
    let user = member(world, name, tenant).await;
    // Whoever belongs to a domain has a role there, and somebody who has come before them.
    give(world, &user, &own.id, tenant).await;
    Things {
        token: stage::account_token(&inside, (user.id, tenant.id), name).await.number,
        user,
        group: stage::group(world, name, tenant).await.id,
        client: run(&inside, add).await.unwrap().id,
        role: role.id,
        own_role: own.number,
        tenant: tenant.clone(),
    }
}

async fn give(world: &World, user: &User, role: &RoleId, tenant: &Tenant) {
    let terms = NewGrant::lasting(Principal::User(user.id), role.clone(), Scope::Tenant(tenant.id));
    stage::give(world, &terms).await;
}

impl Things {
    pub fn path(&self, family: &Family, operation: &Operation) -> String {
        let path = format!("{}{}", family.prefix, operation.path);
        let (user, login) = (self.user.id.to_string(), self.user.login.replace('@', "%40"));
        let id = match operation.path {
            path if path.starts_with("/credentials") => self.client.to_string(),
            path if path.starts_with("/subscriber_groups") => self.group.to_string(),
            _ => user.clone(),
        };
        let locator = if path.contains("/roles/{") { self.role.to_string() } else { user.clone() };
        let number = if family.name == "back_office" { self.user.number.to_string() } else { user };
        let path = [
            ("{userId}", number.as_str()),
            ("{groupId}", &self.own_role.to_string()),
            ("{id}", &id),
            ("{locator}", &locator),
            ("{username}", &login),
            ("{userEmail}", &login),
            ("{portalId}", &self.tenant.slug),
            ("{accountName}", &self.tenant.slug),
            ("{domainName}", &self.tenant.slug),
            ("{tokenId}", &self.token.to_string()),
            ("{roleName}", "NO_PRIVILEGES"),
        ]
        .into_iter()
        .fold(path, |path, (name, value)| path.replace(name, value));
        if operation.id == "000-24" { format!("{path}?code=none") } else { path }
    }
}

/// The example of a body, as the document shows it.
pub fn example(family: &Family, operation: &Operation) -> Option<Value> {
    let said = serde_json::to_value(document()).unwrap();
    let schema = format!("{}.{}", family.name, operation.asks?);
    let example = said["components"]["schemas"][&schema]["example"].clone();
    assert!(!example.is_null(), "{schema} has an example");
    Some(example)
}

async fn ask(router: &Router, (family, operation): (&Family, &Operation), on: &Things, by: &By) -> Answer {
    let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).unwrap();
    let request = Request::builder().method(method).uri(on.path(family, operation));
    let request = match by {
        By::Nothing => request,
        By::Bearer(token) => request.header("authorization", format!("Bearer {token}")),
        By::StandAlone(token) => request.header("standAloneToken", token),
    };
    let mut body = example(family, operation);
    if let Some(body) = body.as_mut().filter(|body| body.get("domain").is_some()) {
        body["domain"] = on.tenant.slug.clone().into();
    }
    let request = request.header("content-type", "application/json");
    send(router, request.body(Body::from(body.map(|body| body.to_string()).unwrap_or_default())).unwrap()).await
}

fn operations() -> impl Iterator<Item = (&'static Family, &'static Operation)> {
    FAMILIES.iter().flat_map(|family| family.operations.iter().map(move |operation| (family, operation)))
}

/// Those that need a credential.
fn closed() -> impl Iterator<Item = (&'static Family, &'static Operation)> {
    operations().filter(|(_, operation)| operation.access != Access::Open)
}

/// Whether a status is one that the document names for the operation.
fn is_documented((family, operation): (&Family, &Operation), status: u16) -> bool {
    let said = serde_json::to_value(document()).unwrap();
    let path = format!("{}{}", family.prefix, operation.path);
    said["paths"][path][operation.method]["responses"].get(status.to_string()).is_some()
}

/// The kind of tenant that a family acts in.
fn kind(family: &Family) -> TenantKind {
    match family.name {
        "portals" => TenantKind::Portal,
        "domains" => TenantKind::Domain,
        _ => TenantKind::Standard,
    }
}

/// One tenant of each kind, with things in it.
struct Ground {
    all: Vec<(TenantKind, Things)>,
}

impl Ground {
    async fn new(world: &World, name: &str) -> Self {
        let mut all = Vec::new();
        for kind in [TenantKind::Standard, TenantKind::Portal, TenantKind::Domain] {
            let tenant = tenant_of(world, &format!("{name}{}", kind.word()), kind).await;
            all.push((kind, things(world, &tenant, &format!("{name}{}", kind.word())).await));
        }
        Self { all }
    }

    fn of(&self, family: &Family) -> &Things {
        &self.all.iter().find(|(known, _)| *known == kind(family)).unwrap().1
    }
}

async fn service_key(world: &World, tenant: &Tenant, (name, role): (&str, RoleId)) -> (Token, String) {
    let new = NewServiceKey { tenant: tenant.id, name: name.into(), roles: vec![role], bounds: stage::unbounded() };
    add_service_key(&world.operator(), new).await.unwrap()
}

/// What a family takes, of somebody with this role in the tenant.
async fn taken(world: &World, family: &Family, (on, role): (&Things, &RoleId)) -> By {
    let name = format!("{} {}", family.name, world.operator().id().simple());
    if family.name == "portals" {
        return By::Bearer(service_key(world, &on.tenant, (&name, role.clone())).await.1);
    }
    let user = member(world, &name.replace(' ', ""), &on.tenant).await;
    give(world, &user, role, &on.tenant).await;
    match family.name {
        "domains" => {
            let new = NewToken { bounds: stage::unbounded(), ..of_account((user.id, on.tenant.id), &name) };
            By::StandAlone(made(world, new).await)
        }
        _ => By::Bearer(made(world, personal(user.id, Some(on.tenant.id))).await),
    }
}

/// What a family doesn't take: nothing, what is unknown, and what is of a kind that others take.
async fn not_taken(world: &World, family: &Family, on: &Things) -> Vec<By> {
    let account = made(world, of_account((on.user.id, on.tenant.id), family.name)).await;
    let own = made(world, personal(on.user.id, None)).await;
    let service = service_key(world, &on.tenant, (family.name, on.role.clone())).await.1;
    let mut all = vec![By::Nothing, By::Bearer("cst_none".into()), By::StandAlone("none".into())];
    match family.name {
        "portals" => all.extend([By::Bearer(own), By::Bearer(account.clone()), By::StandAlone(account)]),
        "domains" => all.extend([By::StandAlone(own), By::Bearer(service.clone()), By::StandAlone(service)]),
        _ => all.extend([By::Bearer(account.clone()), By::StandAlone(account), By::Bearer(service)]),
    }
    all
}

on_both_engines! {
    // 002-R16, 002-R31, 003-R28, 004-R26
    async fn no_operation_is_open_without_what_is_taken(world: World) {
        let (router, ground) = (world.router("http://localhost"), Ground::new(&world, "a").await);
        let mut tried = Vec::new();
        let admin = RoleId(ADMIN_ROLE.into());
        for family in &FAMILIES {
            let on = ground.of(family);
            tried.push((family, not_taken(&world, family, on).await, taken(&world, family, (on, &admin)).await));
        }
        for (family, bad, _) in &tried {
            for (_, operation) in closed().filter(|(of, _)| of.name == family.name) {
                for by in bad {
                    let answer = ask(&router, (family, operation), ground.of(family), by).await;
                    assert_eq!(answer.status, 401, "{} {}", operation.id, answer.body);
                    assert_eq!(answer.header("www-authenticate"), "Bearer", "{}", operation.id);
                }
            }
        }
        for made_worthless in ["update tokens set expires_at = 1", "update tokens set expires_at = null", "update users set disabled_at = 1"] {
            world.execute(made_worthless).await;
            if made_worthless.ends_with("null") {
                continue;
            }
            for (family, _, over) in &tried {
                for (_, operation) in closed().filter(|(of, _)| of.name == family.name) {
                    let answer = ask(&router, (family, operation), ground.of(family), over).await;
                    assert_eq!(answer.status, 401, "{made_worthless}: {} {}", operation.id, answer.body);
                }
            }
        }
    }

    async fn an_open_operation_asks_for_none_and_an_administrator_passes_everywhere(world: World) {
        let (ada, router, ground) = (world.set_up().await, world.router("http://localhost"), Ground::new(&world, "a").await);
        let everywhere = By::Bearer(made(&world, personal(ada.id, None)).await);
        world.execute("delete from memberships where user_id in (select id from users where login = 'ada@example.com')").await;
        add_member(&world.operator(), ground.of(&FAMILIES[0]).tenant.id, &ada.login).await.unwrap();
        for family in &FAMILIES {
            let on = ground.of(family);
            let admin = match kind(family) {
                TenantKind::Standard => everywhere.clone(),
                _ => taken(&world, family, (on, &RoleId(ADMIN_ROLE.into()))).await,
            };
            for operation in family.operations {
                let by = if operation.access == Access::Open { &By::Nothing } else { &admin };
                let answer = ask(&router, (family, operation), on, by).await;
                // Who is open to everybody may still be told that name and password are wrong.
                let is_sign_in = ["002-login", "001-signin", "001-refresh"].contains(&operation.id);
                let refused = answer.status == 403 || answer.status == 401 && !is_sign_in;
                assert!(!refused && is_documented((family, operation), answer.status), "{} {} {}", operation.id, answer.status, answer.body);
            }
        }
    }

    async fn whoever_lacks_the_permission_is_refused_and_nothing_changes(world: World) {
        let (router, ground) = (world.router("http://localhost"), Ground::new(&world, "a").await);
        let powerless = stage::role(&world.operator(), "powerless", &["settings.read"]).await;
        let mut tried = Vec::new();
        for family in &FAMILIES {
            tried.push((family, taken(&world, family, (ground.of(family), &powerless.id)).await));
        }
        let before = crate::domain::state::all(&world).await;
        for (family, by) in &tried {
            for (_, operation) in closed().filter(|(of, operation)| of.name == family.name && operation.access != Access::Known) {
                let answer = ask(&router, (family, operation), ground.of(family), by).await;
                assert_eq!(answer.status, 403, "{} {}", operation.id, answer.body);
            }
        }
        assert_eq!(crate::domain::state::all(&world).await, before);
    }

    async fn what_belongs_to_another_tenant_is_not_there(world: World) {
        let router = world.router("http://localhost");
        let (ground, own) = (Ground::new(&world, "b").await, Ground::new(&world, "a").await);
        let admin = stage::role(&world.operator(), "all but installing", &["*.*"]).await;
        let mut tried = Vec::new();
        for family in &FAMILIES {
            tried.push((family, taken(&world, family, (own.of(family), &admin.id)).await));
        }
        let before = crate::domain::state::all(&world).await;
        // Roles of the installation belong to no tenant.
        let of_tenants = |operation: &Operation| operation.path.contains('{') && !operation.path.starts_with("/auth/roles");
        for (family, by) in &tried {
            for (_, operation) in closed().filter(|(of, operation)| of.name == family.name && of_tenants(operation)) {
                let answer = ask(&router, (family, operation), ground.of(family), by).await;
                // 002 acts in the installation, where this token may nothing; a person of another tenant is not found there.
                assert!([403, 404].contains(&answer.status) || operation.id == "002-3", "{} {} {}", operation.id, answer.status, answer.body);
                if operation.id == "002-3" {
                    assert_eq!(answer.body, serde_json::json!([]));
                }
            }
        }
        assert_eq!(crate::domain::state::all(&world).await, before);
    }

    // 002-R10, 000-R7, 000-R9
    async fn whoever_must_change_their_password_or_confirm_their_address_does_that_first(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let on = things(&world, &a, "grace").await;
        let special = Special { is_unverified: true, ..Special::default() };
        let una = NewUser { tenant: Some(a.id), special, ..person("una", "") };
        let una = add_user(&world.operator(), una).await.unwrap();
        let unconfirmed = token(&world, &una).await;
        let temporary = {
            let ctx = world.operator();
            let mut tx = ctx.begin().await.unwrap();
            let issued = issue_to(&ctx, &mut tx, ada.id).await.unwrap();
            tx.commit().await.unwrap();
            issued.token
        };
        world.execute("update users set password_temporary = true where login = 'ada@example.com'").await;
        // Others take no token that acts for a person by their password.
        let of_people = closed().filter(|(family, _)| kind(family) == TenantKind::Standard);
        for (family, operation) in of_people {
            let is_own = ["000-17", "000-18"].contains(&operation.id);
            for (carried, code) in [(&temporary, "password_change_required"), (&unconfirmed, "email_not_verified")] {
                let answer = ask(&router, (family, operation), &on, &By::Bearer(carried.clone())).await;
                let said = answer.body["code"].as_str().or(answer.body["apiErrorCode"].as_str());
                // Where a family has no codes, its sentence says what to do.
                let word = if code == "email_not_verified" { "address" } else { "password" };
                let sentence = answer.body["message"].as_str().unwrap_or_default();
                let is_told = answer.status == 403 && said.map_or(sentence.contains(word), |said| said == code);
                assert_eq!(is_told, !is_own, "{} {}", operation.id, answer.body);
            }
        }
    }
}
