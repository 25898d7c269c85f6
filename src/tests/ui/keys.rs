//! Service keys and key pairs through pages.

use axum::{body::Body, http::Request};

use super::told::{asked, boxed, call, secret};
use crate::{
    api::send,
    domain::stage::{give, key_pair, lasting, member, tenant, tenant_of},
    support::{World, on_both_engines},
};
use castellan::{
    domain::secrets::{hex, hmac},
    model::{id::ROOT_TENANT, permission::Permission, principal::Principal, scope::Scope, tenant::TenantKind},
};

const TOKENS: &str = "/v2/accounts/north/tokens";

/// What a program is answered that signs its request with a key pair.
async fn signed(world: &World, key: &str, secret: &str) -> u16 {
    let at = world.services.clock.now().0.to_string();
    let sign = hex(&hmac(secret.as_bytes(), &[key.as_bytes(), b"", at.as_bytes()]));
    let request = Request::get(TOKENS).header("x-logtrust-domain-apikey", key);
    let request = request.header("x-logtrust-timestamp", at).header("x-logtrust-sign", sign);
    send(&world.router("http://localhost"), request.body(Body::empty()).unwrap()).await.status
}

on_both_engines! {
    async fn a_key_pair_is_made_from_its_tenants_page_rotated_disabled_and_deleted(world: World) {
        let (ada, north) = (world.set_up().await, tenant_of(&world, "north", TenantKind::Domain).await);
        let (mut browser, home) = (world.signed_in(&ada).await, format!("/admin/tenants/{}", north.id));
        let new = format!("/admin/key-pairs/new?tenant={}", north.id);
        assert!(browser.get(&home).await.body.contains(&format!("href=\"{new}\"")));
        let opened = browser.get(&new).await;
        let made = browser.submit(&opened, &new, &[("name", "sync"), ("permissions", "tokens.list")]).await;
        let (key, first) = (boxed(&made, "key"), secret(&made));
        assert_eq!(signed(&world, &key, &first).await, 200);
        let shown = browser.get(&home).await.body;
        assert!(shown.contains("sync") && shown.contains(&key) && !shown.contains(&first), "{shown}");
        let page = shown.split("href=\"").find(|part| part.starts_with("/admin/key-pairs/0")).unwrap().split('"').next().unwrap().to_owned();
        let next = secret(&browser.post(&format!("{page}/rotate"), &[]).await);
        assert_eq!((signed(&world, &key, &first).await, signed(&world, &key, &next).await), (401, 200));
        for (change, status) in [("disable", 401), ("enable", 200)] {
            assert_eq!(browser.post(&format!("{page}/{change}"), &[]).await.location(), page);
            assert_eq!(signed(&world, &key, &next).await, status, "{change}");
        }
        let question = browser.get(&format!("{page}/delete")).await;
        assert_eq!(browser.submit(&question, &format!("{page}/delete"), &[]).await.location(), home);
        assert_eq!((signed(&world, &key, &next).await, browser.get(&page).await.status), (401, 404));
    }

    async fn a_service_key_is_made_with_its_account_and_deleted_with_it(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        let (mut browser, home) = (world.signed_in(&ada).await, format!("/admin/tenants/{}", a.id));
        let new = format!("/admin/keys/new?tenant={}", a.id);
        let opened = browser.get(&new).await;
        let role = world.role("read-only").await.0;
        let made = browser.submit(&opened, &new, &[("name", "robot"), ("roles", &role)]).await;
        let value = secret(&made);
        assert!(value.starts_with("sk:") && call(&made).contains("--tenant 'a'") && call(&made).contains("--role 'read-only'"), "{}", call(&made));
        let shown = browser.get(&home).await.body;
        assert!(shown.contains("robot") && !shown.contains(&value), "{shown}");
        let page = shown.split("href=\"").find(|part| part.starts_with("/admin/keys/0")).unwrap().split('"').next().unwrap().to_owned();
        let next = secret(&browser.post(&format!("{page}/rotate"), &[]).await);
        assert!(next.starts_with("sk:") && next != value);
        assert_eq!(browser.post(&format!("{page}/disable"), &[]).await.location(), page, "back to its own page");
        assert_eq!(browser.get(&page.replace("/keys/", "/tokens/")).await.status, 404, "tokens of people have others");
        let question = browser.get(&format!("{page}/delete")).await;
        assert_eq!(browser.submit(&question, &format!("{page}/delete"), &[("version", "9")]).await.status, 409);
        assert_eq!(browser.submit(&question, &format!("{page}/delete"), &[]).await.location(), home);
        assert_eq!((world.count("select count(*) from tokens").await, world.count("select count(*) from users").await), (0, 1));
    }

    async fn a_service_key_works_where_its_tenant_is_until_it_is_disabled(world: World) {
        let (ada, portal) = (world.set_up().await, tenant_of(&world, "front", TenantKind::Portal).await);
        let (mut browser, new) = (world.signed_in(&ada).await, format!("/admin/keys/new?tenant={}", portal.id));
        let role = world.role("read-only").await.0;
        let opened = browser.get(&new).await;
        let made = browser.submit(&opened, &new, &[("name", "robot"), ("roles", &role)]).await;
        let path = "/v1/partner-portals/front/users";
        assert_eq!(asked(&world, path, &secret(&made)).await, 200);
        let page = made.body.split("href=\"").find(|part| part.starts_with("/admin/keys/0")).unwrap().split('"').next().unwrap().to_owned();
        browser.post(&format!("{page}/disable"), &[]).await;
        assert_eq!(asked(&world, path, &secret(&made)).await, 401);
    }

    async fn another_tenants_keys_are_not_there_and_cards_need_their_permission(world: World) {
        let (_, a) = (world.set_up().await, tenant(&world, "a").await);
        let theirs = key_pair(&world.operator(), ROOT_TENANT, "theirs").await.id;
        let own = key_pair(&world.operator(), a.id, "own").await.id;
        let linus = member(&world, "linus", &a).await;
        let mut browser = world.signed_in(&linus).await;
        browser.work_in("a");
        give(&world, &lasting(Principal::User(linus.id), Permission::TenantsRead, Scope::Tenant(a.id))).await;
        let home = format!("/admin/tenants/{}", a.id);
        assert!(!browser.get(&home).await.body.contains("Key pairs"));
        assert_eq!(browser.get(&format!("/admin/key-pairs/{own}")).await.status, 403);
        for permission in [Permission::CredentialsList, Permission::CredentialsRead, Permission::CredentialsUpdate] {
            give(&world, &lasting(Principal::User(linus.id), permission, Scope::Tenant(a.id))).await;
        }
        let shown = browser.get(&home).await.body;
        assert!(shown.contains("Key pairs") && shown.contains("own") && !shown.contains("Service keys") && !shown.contains("New key pair"), "{shown}");
        assert_eq!(browser.get(&format!("/admin/key-pairs/{own}")).await.status, 200);
        assert_eq!(browser.get(&format!("/admin/key-pairs/{theirs}")).await.status, 404);
        assert_eq!(browser.post(&format!("/admin/key-pairs/{theirs}/rotate"), &[]).await.status, 404);
    }
}
