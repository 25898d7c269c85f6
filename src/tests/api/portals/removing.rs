//! Ending memberships.

use super::*;
use castellan::{
    domain::{
        grants::input::NewGrant,
        tenants::settings::{SetTenantSettings, TenantSettings},
    },
    model::{permission::Permission, principal::Principal},
};

use crate::{
    api::management::made,
    domain::{
        stage::{give, lasting, personal},
        state,
    },
};

on_both_engines! {
    // 003-4, 003-R6, 003-R7, 003-R33
    async fn a_membership_ends_and_the_person_goes_with_the_last_one(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let (kai, both) = (member(&world, "kai", &one.tenant).await, member(&world, "ada", &one.tenant).await);
        let other = stage::tenant(&world, "other").await;
        add_member(&world.operator(), other.id, &both.login).await.unwrap();
        let of_kai = made(&world, personal(kai.id, None)).await;
        let (bound, free) = (made(&world, personal(both.id, Some(one.tenant.id))).await, made(&world, personal(both.id, None)).await);
        for tenant in [&one.tenant, &other] {
            give(&world, &lasting(Principal::User(both.id), Permission::UsersRead, Scope::Tenant(tenant.id))).await;
        }
        let (mut kais, mut adas) = (world.signed_in(&kai).await, world.signed_in(&both).await);
        adas.work_in(&one.tenant.slug);
        let page = format!("/admin/users/{}", kai.id);
        assert_eq!(adas.get(&page).await.status, 200);
        assert_eq!(get(&router, "/v1/users/profile", &bound).await.status, 200);
        let since = so_far(&world).await;
        let left = delete(&router, &one.of(&both), &one.key).await;
        assert_eq!((left.status, &left.body), (200, &json!({"id": both.id, "isDeleted": true})));
        assert_eq!(events(&world, since).await, ["memberships.remove"]);
        let event = stage::last(&world).await;
        assert_eq!((event.actor_name.as_str(), event.tenant_id), ("sync (token sync)", Some(one.tenant.id)));
        assert_eq!(refused(&delete(&router, &one.of(&both), &one.key).await), NOT_FOUND, "again");
        assert_eq!(adas.get(&page).await.status, 404, "nothing of the portal is there for her");
        assert_eq!(get(&router, "/v1/users/profile", &bound).await.status, 401);
        assert_eq!(get(&router, "/v1/users/profile", &free).await.status, 200, "she belongs to the other tenant still");
        let gone = delete(&router, &one.of(&kai), &one.key).await;
        assert_eq!((gone.status, &gone.body), (200, &json!({"id": kai.id, "isDeleted": true})));
        assert_eq!(world.count("select count(*) from users where kind = 'human'").await, 1);
        assert_eq!(stage::last(&world).await.action, "users.delete");
        assert_eq!(get(&router, "/v1/users/profile", &of_kai).await.status, 401);
        assert_eq!(kais.get("/admin").await.location(), "/signin?next=%2Fadmin", "signed out");
        assert_eq!(signed_in(&router, &kai.login, crate::support::PASSWORD).await.status, 401);
        let before = state::all(&world).await;
        assert_eq!(refused(&delete(&router, &one.of(&kai), &one.key).await), NOT_FOUND);
        assert_eq!(state::all(&world).await, before);
    }

    // 003-4, 003-R25, 003-R33
    async fn who_holds_the_house_up_stays(world: World) {
        let (ada, router, one) = (world.set_up().await, world.router("http://localhost"), portal(&world, "pp_01").await);
        let owner = member(&world, "olga", &one.tenant).await;
        run(&world.operator(), MakeOwner { user: owner.id, tenant: one.tenant.id }).await.unwrap();
        let above = member(&world, "bo", &one.tenant).await;
        let more = stage::role(&inside(&world, &one.tenant), "more", &["roles.read"]).await;
        give(&world, &NewGrant::lasting(Principal::User(above.id), more.id, Scope::Tenant(one.tenant.id))).await;
        add_member(&world.operator(), one.tenant.id, &ada.login).await.unwrap();
        world.execute("update memberships set status = 'inactive' where tenant_id in (select id from tenants where kind = 'root')").await;
        let everywhere = member(&world, "eve", &one.tenant).await;
        world.give(&everywhere, "read-only").await;
        let before = state::all(&world).await;
        for (user, said) in [(&owner, "owner"), (&ada, "administrator")] {
            let answer = delete(&router, &one.of(user), &one.key).await;
            assert!(refused(&answer).0 == 400 && refused(&answer).1.contains(said), "{}", answer.body);
        }
        assert_eq!(refused(&delete(&router, &one.of(&above), &one.key).await), FORBIDDEN, "more than the account itself has");
        assert_eq!(state::all(&world).await, before);
    }

    // 003-3, 003-4, 003-R33
    async fn what_a_call_did_is_taken_back_as_a_whole(world: World) {
        let (router, one, other) = (world.router("http://localhost"), portal(&world, "pp_01").await, stage::tenant(&world, "other").await);
        let known = member(&world, "ada", &other).await;
        let from = TenantSettings::default();
        run(&world.operator(), SetTenantSettings { tenant: one.tenant.id, to: TenantSettings { attributes: vec!["team".into()], ..from.clone() }, from }).await.unwrap();
        let before = state::state(&world).await;
        for email in [KAI, &known.login] {
            let body = with(with(one.guest(), "email", json!(email)), "attributes", json!([{"id": "team", "value": 1}]));
            let made = post(&router, &one, &body).await;
            assert_eq!(made.status, 200, "{}", made.body);
            undo_request(&world.operator(), made.header("x-request-id").parse().unwrap()).await.unwrap();
            assert_eq!(state::state(&world).await, before, "{email}");
        }
        let kai = member(&world, "kai", &one.tenant).await;
        run(&world.operator(), AddMembership { user: kai.id, tenant: other.id }).await.unwrap();
        let before = state::state(&world).await;
        let gone = delete(&router, &one.of(&kai), &one.key).await;
        undo_request(&world.operator(), gone.header("x-request-id").parse().unwrap()).await.unwrap();
        assert_eq!(state::state(&world).await, before);
    }
}
