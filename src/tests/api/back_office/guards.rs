//! Who is protected: oneself, owners, the last administrator, whoever may more, and whoever belongs to other tenants, too.

use castellan::domain::tokens::input::{NewToken, TokenBounds};

use super::*;
use crate::{
    domain::{
        stage::{group, personal, put as put_into, tenant, unbounded},
        state,
    },
    support::{PASSWORD, on_both_engines},
};

const YOURSELF: (u16, &str) = (409, "You can't do this to yourself; ask another administrator");
const OWNER: (u16, &str) = (409, "They own a tenant; make somebody else its owner first");
const LAST: (u16, &str) = (409, "The last administrator would lose it; make somebody else an administrator first");

/// What lets somebody in, or keeps them out.
fn ways_in() -> [Value; 7] {
    [
        json!({"email": "other@kestrel.example"}),
        json!({"password": KETTLE}),
        json!({"tfa": true}),
        json!({"tfa": false}),
        json!({"ipWhitelist": ["10.0.0.1"]}),
        json!({"active": false}),
        json!({"name": "X", "active": false, "clientTags": ["done"]}),
    ]
}

on_both_engines! {
    // 001-6, 001-4, 001-5, 001-R14, 001-R45
    async fn oneself_and_the_owner_stay(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((bea, token), (_, hers)) = (admin(&world, "bea", &a).await, admin(&world, "cyd", &a).await);
        let before = state::all(&world).await;
        assert_eq!(refused(&delete(&router, &of(bea.number), &token).await), YOURSELF);
        let body = json!({"active": false, "clientTags": ["done"], "name": "X"});
        for answer in [put(&router, &of(bea.number), &token, &body).await, patch(&router, &of(bea.number), &token, &body).await] {
            assert_eq!(refused(&answer), YOURSELF);
        }
        assert_eq!(state::all(&world).await, before);
        run(&world.operator(), MakeOwner { user: bea.id, tenant: a.id }).await.unwrap();
        let before = state::all(&world).await;
        assert_eq!(refused(&delete(&router, &of(bea.number), &hers).await), OWNER);
        assert_eq!(refused(&patch(&router, &of(bea.number), &hers, &body).await), OWNER);
        assert_eq!(state::all(&world).await, before);
        assert_eq!(get(&router, &of(bea.number), &hers).await.body["clientTags"], json!([]));
    }

    // 001-6, 001-4, 001-R14, 001-R45
    async fn the_last_administrator_of_the_installation_stays(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let (bob, dot) = (world.add("bob", "").await, world.add("dot", "").await);
        let token = management::token(&world, &bob).await;
        let everywhere = NewGrant::lasting(Principal::User(bob.id), RoleId(ADMIN_ROLE.into()), Scope::Everywhere);
        give(&world, &NewGrant { until: Some(world.services.clock.now().plus_seconds(86_400)), ..everywhere }).await;
        let own = access(&router, &ada.login, PASSWORD).await;
        let before = state::all(&world).await;
        for body in [json!({"active": false, "clientTags": ["done"]}), json!({"groups": [], "clientTags": ["done"]}), json!({"groups": [2]})] {
            assert_eq!(refused(&patch(&router, &of(ada.number), &token, &body).await), LAST, "{body}");
        }
        assert_eq!(refused(&delete(&router, &of(ada.number), &token).await), LAST);
        assert_eq!(refused(&put(&router, &of(ada.number), &own, &json!({"groups": []})).await), LAST);
        for list in [json!(["10.0.0.1"]), json!(["10.0.0.1", "2001:db8::/32"])] {
            assert_eq!(refused(&patch(&router, &of(ada.number), &own, &json!({"ipWhitelist": list})).await), LAST, "nobody could let them in again");
        }
        assert_eq!(state::all(&world).await, before);
        for list in [json!(["192.0.2.0/24"]), json!([])] {
            assert_eq!(patch(&router, &of(ada.number), &own, &json!({"ipWhitelist": list})).await.body["ipWhitelist"], list);
        }
        assert_eq!(put(&router, &of(ada.number), &own, &json!({"groups": [1]})).await.status, 200);
        let root = castellan::domain::tenants::queries::require(&world.operator(), &mut world.services.db.read().await.unwrap(), castellan::model::id::ROOT_TENANT).await.unwrap();
        let team = group(&world, "team", &root).await;
        put_into(&world, Principal::User(dot.id), &team).await;
        give(&world, &NewGrant::lasting(Principal::Group(team.id), RoleId(ADMIN_ROLE.into()), Scope::Everywhere)).await;
        assert_eq!(patch(&router, &of(ada.number), &token, &json!({"groups": []})).await.body["groups"], json!([1]), "what is held everywhere stays");
        assert_eq!(delete(&router, &of(ada.number), &token).await.status, 204, "there is another, by a group of people");
        assert_eq!(refused(&delete(&router, &of(dot.number), &token).await), LAST);
        assert_eq!(get(&router, &of(dot.number), &token).await.body["groups"], json!([]), "held, but not directly");
    }

    // 001-4, 001-5, 001-R43
    async fn whoever_belongs_to_other_tenants_too_changes_themselves(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((_, token), (cyd, _)) = (admin(&world, "bea", &a).await, admin(&world, "cyd", &a).await);
        add_member(&world.operator(), b.id, &cyd.login).await.unwrap();
        let before = state::all(&world).await;
        let shared = [json!({"name": "X"}), json!({"email": "x@kestrel.example"}), json!({"password": KETTLE}), json!({"phone": "+12025550143"}), json!({"tfa": true}), json!({"ipWhitelist": ["192.0.2.0/24"]}), json!({"clientTags": ["done"], "name": "X"})];
        for body in &shared {
            let answer = patch(&router, &of(cyd.number), &token, body).await;
            assert_eq!((refused(&answer).0, refused(&answer).1.starts_with("They belong to other tenants too")), (409, true), "{body}: {}", answer.body);
        }
        assert_eq!(state::all(&world).await, before);
        for body in [json!({"groups": []}), json!({"groups": [1]}), json!({"clientTags": ["x"]}), json!({"canViewMaskedData": true}), json!({"active": false}), json!({"active": true}), json!({"name": "cyd", "email": cyd.login, "tfa": false, "ipWhitelist": []})] {
            assert_eq!(patch(&router, &of(cyd.number), &token, &body).await.status, 200, "{body}");
        }
        let hers = management::made(&world, personal(cyd.id, Some(a.id))).await;
        for body in &shared {
            let answer = patch(&router, &of(cyd.number), &hers, body).await;
            assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        }
        assert_eq!(get(&router, &of(cyd.number), &hers).await.body["email"], "x@kestrel.example");
    }

    // 001-4, 001-6, 001-R44
    async fn nobody_reaches_into_the_account_of_somebody_who_may_more(world: World) {
        world.set_up().await;
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        let few = [Permission::UsersRead, Permission::UsersUpdate, Permission::UsersDelete, Permission::DataUnmask];
        let (_, hers) = allowed(&world, "cyd", (&a, &few)).await;
        let dot = member(&world, "dot", &a).await;
        world.give(&dot, "admin").await;
        // Both have an app, so that each change of the second factor would be one.
        bind_both(&world, [&bea, &dot]).await;
        let before = state::all(&world).await;
        for (user, token) in [(&bea, &hers), (&dot, &hers), (&dot, &token)] {
            for body in ways_in().into_iter().filter(|body| body["tfa"] != true) {
                let answer = patch(&router, &of(user.number), token, &body).await;
                assert_eq!((refused(&answer).0, refused(&answer).1.starts_with("This is about more than you may do yourself")), (403, true), "{body}: {}", answer.body);
            }
            assert_eq!(refused(&delete(&router, &of(user.number), token).await).0, 403);
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(patch(&router, &of(bea.number), &hers, &json!({"name": "Bea B", "phone": "+12025550143", "clientTags": ["x"]})).await.status, 200, "what opens nothing");
        let less = made(&router, &token, &tove(&[])).await;
        assert_eq!(patch(&router, &of(less), &hers, &json!({"password": TRAM, "email": "t@kestrel.example", "ipWhitelist": ["10.0.0.1"], "tfa": true})).await.status, 200);
        assert_eq!(delete(&router, &of(less), &hers).await.status, 204);
    }

    // 001-4, 001-R44, 001-R12
    async fn a_token_that_may_less_than_its_owner_doesnt_take_over_their_account(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        let bounds = TokenBounds { permissions: vec!["users.*".into(), "data.unmask".into()], ..unbounded() };
        let bound = management::made(&world, NewToken { bounds, ..personal(bea.id, Some(a.id)) }).await;
        let before = state::all(&world).await;
        for body in ways_in().into_iter().filter(|body| body.get("active").is_none() && body["tfa"] != false) {
            assert_eq!(refused(&patch(&router, &of(bea.number), &bound, &body).await).0, 403, "{body}");
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(patch(&router, &of(bea.number), &bound, &json!({"name": "Bea B"})).await.status, 200);
        assert_eq!(patch(&router, &of(bea.number), &token, &json!({"password": KETTLE})).await.status, 200);
    }
}

async fn bind_both(world: &World, users: [&User; 2]) {
    for user in users {
        crate::domain::second_factor::bind_app(world, user).await;
    }
}
