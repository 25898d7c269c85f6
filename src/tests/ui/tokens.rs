//! Tokens through pages.

use super::told::{asked, secret, sent, token};
use crate::{
    domain::stage::{account_token, give, lasting, member, tenant, tenant_of},
    support::{World, changes::DisableUser, changes::run, on_both_engines},
};
use castellan::{
    domain::{tenants::store::Tenant, usage, users::store::User},
    model::{permission::Permission, principal::Principal, scope::Scope, tenant::TenantKind},
};

const TOKENS: &str = "/v2/accounts/north/tokens";

/// A domain with a member who may list its tokens.
async fn north(world: &World) -> (Tenant, User) {
    let north = tenant_of(world, "north", TenantKind::Domain).await;
    let linus = member(world, "linus", &north).await;
    give(world, &lasting(Principal::User(linus.id), Permission::TokensList, Scope::Tenant(north.id))).await;
    (north, linus)
}

/// The form of an account token that acts for linus.
const ACCOUNT: [(&str, &str); 5] = [
    ("name", "reader"),
    ("kind", "account"),
    ("email", "linus@example.com"),
    ("audience", "apiv2"),
    ("scopes", "level://x"),
];

on_both_engines! {
    async fn an_account_token_is_made_read_again_rotated_and_refused(world: World) {
        let (ada, _) = (world.set_up().await, north(&world).await);
        let mut browser = world.signed_in(&ada).await;
        browser.work_in("north");
        let made = browser.post("/admin/tokens/new", &ACCOUNT).await;
        let value = secret(&made);
        assert_eq!(asked(&world, TOKENS, &value).await, 200);
        let page = format!("/admin/tokens/{}", made.body.split("/tokens/0").nth(1).map(|rest| format!("0{}", rest.split('"').next().unwrap())).unwrap());
        assert!(!browser.get(&page).await.body.contains(&value) && !browser.get("/admin/tokens").await.body.contains(&value));
        assert_eq!(secret(&browser.post(&format!("{page}/reveal"), &[]).await), value);
        assert_eq!(world.count("select count(*) from events where action = 'tokens.reveal'").await, 1);
        browser.post(&format!("{page}/disable"), &[]).await;
        assert_eq!(asked(&world, TOKENS, &value).await, 401);
        browser.post(&format!("{page}/enable"), &[]).await;
        let next = secret(&browser.post(&format!("{page}/rotate"), &[]).await);
        assert_eq!((asked(&world, TOKENS, &value).await, asked(&world, TOKENS, &next).await), (401, 200));
        let question = browser.get(&format!("{page}/delete")).await;
        assert_eq!(browser.submit(&question, &format!("{page}/delete"), &[]).await.location(), "/t/north/tokens");
        assert_eq!((asked(&world, TOKENS, &next).await, browser.get(&page).await.status), (401, 404));
    }

    async fn a_personal_token_is_ones_own_and_told_once(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let form = [("name", "mine"), ("kind", "personal"), ("permissions", "users.read users.list")];
        let others = browser.post("/admin/tokens/new", &[form[0], form[1], ("email", "linus@example.com")]).await;
        assert!(others.status == 400 && others.body.contains("hoose whom it acts for"), "{}", others.body);
        let made = browser.post("/admin/tokens/new", &form).await;
        let value = secret(&made);
        assert!(value.starts_with("cst_") && made.body.contains("only now"));
        assert_eq!(asked(&world, "/auth/users/whoami", &value).await, 200);
        assert_eq!(world.text("select permissions from tokens").await, "users.list users.read");
        let list = browser.get("/admin/tokens").await.body;
        assert!(list.contains("personal token") && !list.contains(&value), "{list}");
    }

    async fn a_member_elsewhere_is_nobody_here(world: World) {
        let (ada, _) = (world.set_up().await, north(&world).await);
        let mut browser = world.signed_in(&ada).await;
        browser.work_in("north");
        for address in ["ada@example.com", "nobody@example.com", ""] {
            let form = [ACCOUNT[0], ACCOUNT[1], ("email", address), ACCOUNT[3], ACCOUNT[4]];
            let refused = browser.post("/admin/tokens/new", &form).await;
            assert!(refused.status == 400 && refused.body.contains("hoose whom it acts for"), "{address}: {}", refused.body);
            assert!(refused.body.contains("value=\"reader\""), "what was typed is kept");
        }
        assert_eq!(world.count("select count(*) from tokens").await, 0);
    }

    async fn another_tenants_token_is_not_there_and_each_page_needs_its_permission(world: World) {
        world.set_up().await;
        let ((north, linus), a) = (north(&world).await, tenant(&world, "a").await);
        let id = account_token(&world.operator(), (linus.id, north.id), "theirs").await.id;
        let grace = member(&world, "grace", &a).await;
        let mut browser = world.signed_in(&grace).await;
        browser.work_in("a");
        give(&world, &lasting(Principal::User(grace.id), Permission::RolesList, Scope::Tenant(a.id))).await;
        assert_eq!(browser.get("/admin/tokens").await.status, 403);
        for permission in [Permission::TokensList, Permission::TokensRead, Permission::TokensUpdate, Permission::TokensReveal, Permission::TokensDelete] {
            give(&world, &lasting(Principal::User(grace.id), permission, Scope::Tenant(a.id))).await;
        }
        assert!(!browser.get("/admin/tokens").await.body.contains("theirs"));
        for page in [format!("/admin/tokens/{id}"), format!("/admin/tokens/{id}/delete")] {
            assert_eq!(browser.get(&page).await.status, 404, "{page}");
        }
        for change in ["disable", "rotate", "reveal"] {
            assert_eq!(browser.post(&format!("/admin/tokens/{id}/{change}"), &[]).await.status, 404, "{change}");
        }
    }

    async fn the_call_below_the_form_makes_the_same_account_token(world: World) {
        world.set_up().await;
        let (north, _) = north(&world).await;
        let max = member(&world, "max", &north).await;
        world.give(&max, "admin").await;
        let mut browser = world.signed_in(&max).await;
        browser.work_in("north");
        let made = browser.post("/admin/tokens/new", &[&ACCOUNT[..], &[("expires", "2027-01-31T18:00")]].concat()).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let by_api = sent(&world, &made, &token(&world, &max).await).await;
        assert_eq!((by_api.status, by_api.body["expiration"].as_str()), (200, Some("2027-01-31T18:00:00.000+0000")), "{}", by_api.body);
        let same = "select count(*) from (select distinct kind, name, user_id, tenant_id, audience, scope, permissions, allowed_from, expires_at from tokens where kind = 'account') as same";
        assert_eq!(world.count(same).await, 1);
        assert_eq!(world.count("select count(*) from tokens where kind = 'account'").await, 2);
    }

    async fn what_a_token_does_not_use_and_whose_owner_is_disabled_needs_attention(world: World) {
        let ada = world.set_up().await;
        let (_, linus) = north(&world).await;
        let mut browser = world.signed_in(&ada).await;
        browser.work_in("north");
        let form = [&ACCOUNT[..], &[("permissions", "tokens.list tokens.read")]].concat();
        let value = secret(&browser.post("/admin/tokens/new", &form).await);
        world.services.clock.advance(91 * 86_400);
        assert_eq!(asked(&world, TOKENS, &value).await, 200);
        usage::write(&world.operator()).await.unwrap();
        let mut browser = world.signed_in(&ada).await;
        let list = browser.get("/admin/tokens").await.body;
        assert!(list.contains("it may do 1 thing that it wasn") && list.contains("from 192.0.2.7"), "{list}");
        run(&world.operator(), DisableUser { user: linus.id }).await.unwrap();
        assert!(browser.get("/admin/tokens").await.body.contains("whom it acts for is disabled"));
    }
}
