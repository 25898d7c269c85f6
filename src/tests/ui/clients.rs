//! Client credentials through pages.

use axum::{body::Body, http::Request};

use super::told::{boxed, call, secret, sent, token};
use crate::{
    api::send,
    domain::stage::{client, give, group, lasting, member, tenant},
    support::{World, on_both_engines},
};
use castellan::model::{id::ROOT_TENANT, permission::Permission, principal::Principal, scope::Scope};

const SERVICE: &str = "01a2016a-fa5c-71e0-b490-b29a1e32cc60";

/// What a program is answered that asks for an access token.
async fn issued(world: &World, id: &str, secret: &str) -> u16 {
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(Body::from(serde_urlencoded::to_string(form).unwrap())).unwrap();
    send(&world.router("http://localhost"), request).await.status
}

on_both_engines! {
    async fn a_client_is_made_and_its_secret_is_told_once(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let tenant = ROOT_TENANT.to_string();
        let form = [("name", "ci"), ("role", "api_service"), ("services", SERVICE), ("tenant", tenant.as_str())];
        let made = browser.post("/admin/clients/new", &form).await;
        assert_eq!((made.status, made.header("cache-control")), (200, "no-store"), "{}", made.body);
        let (id, secret) = (boxed(&made, "key"), secret(&made));
        assert_eq!(issued(&world, &id, &secret).await, 200);
        let page = format!("/admin/clients/{id}");
        for path in ["/admin/clients", "/admin/clients/new", &page, "/admin/audit"] {
            let body = browser.get(path).await.body;
            assert!(!body.contains(&secret), "{path}");
        }
        assert!(browser.get("/admin/clients").await.body.contains(&format!("href=\"{page}\"")));
        assert!(browser.get(&page).await.body.contains(SERVICE));
    }

    async fn a_disabled_client_is_refused_at_once_and_a_deleted_one_for_good(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let form = [("name", "ci"), ("role", "api_service"), ("services", SERVICE), ("tenant", &ROOT_TENANT.to_string())];
        let made = browser.post("/admin/clients/new", &form).await;
        let (id, secret) = (boxed(&made, "key"), secret(&made));
        let page = format!("/admin/clients/{id}");
        for (change, status, said) in [("disable", 401, "is disabled. It is refused from now on."), ("enable", 200, "is enabled and works again.")] {
            assert_eq!(browser.post(&format!("{page}/{change}"), &[]).await.location(), page);
            assert_eq!(issued(&world, &id, &secret).await, status, "{change}");
            assert!(browser.get(&page).await.body.contains(said), "{change}");
        }
        let asked = browser.get(&format!("{page}/delete")).await;
        assert_eq!(browser.submit(&asked, &format!("{page}/delete"), &[("version", "1")]).await.status, 409);
        assert_eq!(browser.submit(&asked, &format!("{page}/delete"), &[]).await.location(), "/admin/clients");
        assert_eq!((issued(&world, &id, &secret).await, browser.get(&page).await.status), (401, 404));
    }

    async fn rotating_keeps_both_secrets_until_the_older_one_is_ended(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let form = [("name", "ci"), ("role", "api_service"), ("services", SERVICE), ("tenant", &ROOT_TENANT.to_string())];
        let made = browser.post("/admin/clients/new", &form).await;
        let (id, old) = (boxed(&made, "key"), secret(&made));
        let page = format!("/admin/clients/{id}");
        world.services.clock.advance(1);
        let rotated = browser.post(&format!("{page}/rotate"), &[]).await;
        let new = secret(&rotated);
        assert_eq!((issued(&world, &id, &old).await, issued(&world, &id, &new).await), (200, 200));
        let shown = browser.get(&page).await;
        assert!(shown.body.contains("Older secret") && !shown.body.contains(&new));
        let ended = browser.submit(&shown, "/fn/clients/end-secret", &[("fn", "/fn/clients/end-secret")]).await;
        assert_eq!(ended.location(), page, "{}", ended.body);
        assert_eq!((issued(&world, &id, &old).await, issued(&world, &id, &new).await), (401, 200));
        assert!(!browser.get(&page).await.body.contains("End it"), "the only one stays");
    }

    async fn a_client_is_renamed_and_a_later_edit_is_seen(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let ci = client(&world.operator(), ROOT_TENANT, "ci").await;
        client(&world.operator(), ROOT_TENANT, "taken").await;
        let (page, form) = (format!("/admin/clients/{}", ci.id), format!("/admin/clients/{}/rename", ci.id));
        let opened = browser.get(&page).await;
        let taken = browser.submit(&opened, &form, &[("name", "Taken")]).await;
        assert!(taken.status == 400 && taken.body.contains("of this name in the tenant"), "{}", taken.body);
        assert_eq!(browser.submit(&opened, &form, &[("name", "nightly")]).await.location(), page);
        let late = browser.submit(&opened, &form, &[("name", "weekly")]).await;
        assert!(late.status == 409 && late.body.contains("value=\"weekly\""), "{}", late.body);
        assert_eq!(browser.submit(&late, &form, &[]).await.location(), page, "after they saw both");
        assert_eq!(world.text("select name from clients where name <> 'taken'").await, "weekly");
    }

    async fn another_tenants_client_is_not_there_and_each_page_needs_its_permission(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        let theirs = client(&world.operator(), ROOT_TENANT, "theirs").await.id;
        let linus = member(&world, "linus", &a).await;
        let mut browser = world.signed_in(&linus).await;
        browser.work_in("a");
        give(&world, &lasting(Principal::User(linus.id), Permission::RolesList, Scope::Tenant(a.id))).await;
        assert_eq!(browser.get("/admin/clients").await.status, 403);
        for permission in [Permission::CredentialsList, Permission::CredentialsRead, Permission::CredentialsUpdate] {
            give(&world, &lasting(Principal::User(linus.id), permission, Scope::Tenant(a.id))).await;
        }
        assert_eq!(browser.get(&format!("/admin/clients/{theirs}")).await.status, 404);
        assert_eq!(browser.post(&format!("/admin/clients/{theirs}/disable"), &[]).await.status, 404);
        let list = browser.get("/admin/clients").await;
        assert!(list.status == 200 && !list.body.contains("theirs") && !list.body.contains("New client"), "{}", list.body);
        assert!(list.body.contains("Whoever may make client credentials can make the first."));
        let mut all = world.signed_in(&ada).await;
        assert!(all.get("/admin/clients").await.body.contains("theirs"));
        assert_eq!(world.count("select count(*) from clients where disabled_at is null").await, 1);
    }

    async fn the_call_below_the_form_makes_what_the_form_would(world: World) {
        let (_, a) = (world.set_up().await, tenant(&world, "a").await);
        let max = member(&world, "max", &a).await;
        world.give(&max, "admin").await;
        let (team, mut browser) = (group(&world, "team", &a).await.id.to_string(), world.signed_in(&max).await);
        browser.work_in("a");
        assert!(call(&browser.get("/admin/clients/new").await).contains("\"name\":\"NAME\""));
        let form = [("name", "Max's $(ls) \"export\""), ("role", "api_appowner"), ("groups", &team), ("expires", "soon")];
        let refused = browser.post("/admin/clients/new", &form).await;
        assert_eq!(refused.status, 400, "an end like that");
        let carried = token(&world, &max).await;
        let made = sent(&world, &refused, &carried).await;
        assert_eq!((made.status, made.body["name"].as_str(), made.body["role"].as_str()), (200, Some(form[0].1), Some("api_appowner")), "{}", made.body);
        assert_eq!((made.body["subscriberGroups"][0].as_str(), made.body["tenantId"].as_str()), (Some(team.as_str()), Some(a.id.to_string().as_str())));
        assert!(refused.body.contains("checked"), "what was ticked is kept");
        let again = browser.submit(&refused, "/admin/clients/new", &[("name", "other"), ("expires", "")]).await;
        assert_eq!(again.status, 200, "{}", again.body);
        assert_eq!(world.count("select count(*) from group_members where client_id is not null").await, 2, "the form makes the same");
    }

    async fn what_needs_attention_says_why(world: World) {
        let ada = world.set_up().await;
        client(&world.operator(), ROOT_TENANT, "ci").await;
        let old = world.services.clock.now().0;
        assert!(!world.signed_in(&ada).await.get("/admin/clients").await.body.contains("needs attention"));
        world.services.clock.advance(90 * 86_400);
        let list = world.signed_in(&ada).await.get("/admin/clients").await.body;
        assert!(list.contains("needs attention") && list.contains("nobody used it for 90 days"), "{list}");
        let end = old + 91 * 86_400_000;
        world.execute_text(format!("update clients set expires_at = {end}, last_used_at = {end}")).await;
        let list = world.signed_in(&ada).await.get("/admin/clients").await.body;
        assert!(list.contains("it ends within 14 days") && !list.contains("nobody used it"), "{list}");
    }
}
