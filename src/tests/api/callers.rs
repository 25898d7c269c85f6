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
        tokens::access::issue_to,
        users::{
            input::{NewUser, Special},
            store::User,
        },
    },
    model::{
        id::{ClientId, GroupId, RoleId},
        principal::Principal,
        scope::Scope,
    },
};
use serde_json::Value;

use super::{
    Answer,
    management::{made, token},
    send,
};
use crate::{
    domain::stage::{self, member, of_account, of_service, personal, tenant},
    support::{World, changes::*, on_both_engines, person},
};

/// What operations are tried on, in one tenant.
pub struct Things {
    user: User,
    group: GroupId,
    client: ClientId,
    role: RoleId,
    own_role: i64,
}

pub async fn things(world: &World, tenant: &Tenant, name: &str) -> Things {
    let inside = world.operator().working_in(Scope::Tenant(tenant.id));
    let (add, _) = AddClient::prepare(&inside, of_service(tenant.id, name));
    let role = stage::role(&world.operator(), name, &["users.read"]).await;
    let own = stage::role(&inside, &format!("{name}'s"), &["users.read"]).await;
    Things {
        user: member(world, name, tenant).await,
        group: stage::group(world, name, tenant).await.id,
        client: run(&inside, add).await.unwrap().id,
        role: role.id,
        own_role: own.number,
    }
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
        let locator = if path.contains("/roles/{") { self.role.to_string() } else { user };
        let path =
            path.replace("{userId}", &self.user.number.to_string()).replace("{groupId}", &self.own_role.to_string());
        let path = path.replace("{id}", &id).replace("{locator}", &locator).replace("{username}", &login);
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

async fn ask(router: &Router, (family, operation): (&Family, &Operation), on: &Things, token: &str) -> Answer {
    let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).unwrap();
    let request = Request::builder().method(method).uri(on.path(family, operation));
    let request = if token.is_empty() { request } else { request.header("authorization", format!("Bearer {token}")) };
    let body = example(family, operation);
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

on_both_engines! {
    // 002-R16, 002-R31
    async fn no_operation_is_open_without_a_token_that_is_taken(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let on = things(&world, &a, "grace").await;
        let account = made(&world, of_account((on.user.id, a.id), "ci")).await;
        let role = stage::role(&world.operator().working_in(Scope::Tenant(a.id)), "keys", &["users.read"]).await;
        let new = NewServiceKey { tenant: a.id, name: "backup".into(), roles: vec![role.id], bounds: stage::unbounded() };
        let (_, service) = add_service_key(&world.operator(), new).await.unwrap();
        let (over, locked) = (token(&world, &ada).await, token(&world, &on.user).await);
        world.execute("update tokens set expires_at = 1 where kind = 'personal' and user_id in (select id from users where login = 'ada@example.com')").await;
        world.execute("update users set disabled_at = 1 where login = 'grace@example.com'").await;
        for (family, operation) in closed() {
            for bad in ["", "cst_none", account.as_str(), &service, &over, &locked] {
                let answer = ask(&router, (family, operation), &on, bad).await;
                assert_eq!(answer.status, 401, "{} {}", operation.id, answer.body);
                assert_eq!(answer.header("www-authenticate"), "Bearer", "{}", operation.id);
            }
        }
    }

    async fn an_open_operation_asks_for_none_and_an_administrator_passes_everywhere(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let on = things(&world, &a, "grace").await;
        let admin = made(&world, personal(ada.id, None)).await;
        world.execute("delete from memberships where user_id in (select id from users where login = 'ada@example.com')").await;
        add_member(&world.operator(), a.id, &ada.login).await.unwrap();
        for (family, operation) in operations() {
            let carried = if operation.access == Access::Open { "" } else { admin.as_str() };
            let answer = ask(&router, (family, operation), &on, carried).await;
            // Who is open to everybody may still be told that name and password are wrong.
            let refused = [403].contains(&answer.status) || answer.status == 401 && !["002-login", "001-signin", "001-refresh"].contains(&operation.id);
            assert!(!refused && is_documented((family, operation), answer.status), "{} {} {}", operation.id, answer.status, answer.body);
        }
    }

    async fn whoever_lacks_the_permission_is_refused_and_nothing_changes(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (on, linus) = (things(&world, &a, "grace").await, member(&world, "linus", &a).await);
        let powerless = token(&world, &linus).await;
        let before = crate::domain::state::all(&world).await;
        for (family, operation) in closed().filter(|(_, operation)| operation.access != Access::Known) {
            let answer = ask(&router, (family, operation), &on, &powerless).await;
            assert_eq!(answer.status, 403, "{} {}", operation.id, answer.body);
        }
        assert_eq!(crate::domain::state::all(&world).await, before);
    }

    async fn what_belongs_to_another_tenant_is_not_there(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let (on, linus) = (things(&world, &b, "grace").await, member(&world, "linus", &a).await);
        let admin = stage::role(&world.operator(), "all but installing", &["*.*"]).await;
        let terms = NewGrant::lasting(
            Principal::User(linus.id), admin.id, Scope::Tenant(a.id));
        give_access(&world.operator(), &terms).await.unwrap();
        let carried = made(&world, personal(linus.id, Some(a.id))).await;
        let before = crate::domain::state::all(&world).await;
        // Roles of the installation belong to no tenant.
        let of_tenants = |operation: &Operation| operation.path.contains('{') && !operation.path.starts_with("/auth/roles");
        for (family, operation) in closed().filter(|(_, operation)| of_tenants(operation)) {
            let answer = ask(&router, (family, operation), &on, &carried).await;
            // 002 acts in the installation, where this token may nothing; a person of another tenant is not found there.
            assert!([403, 404].contains(&answer.status) || operation.id == "002-3", "{} {} {}", operation.id, answer.status, answer.body);
            if operation.id == "002-3" {
                assert_eq!(answer.body, serde_json::json!([]));
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
        for (family, operation) in closed() {
            let is_own = ["000-17", "000-18"].contains(&operation.id);
            for (carried, code) in [(&temporary, "password_change_required"), (&unconfirmed, "email_not_verified")] {
                let answer = ask(&router, (family, operation), &on, carried).await;
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
