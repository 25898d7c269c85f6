//! Changing users, and removing them.

use castellan::domain::users::input::{NewUser, Special};

use super::*;
use crate::{
    domain::{
        second_factor::bind_app,
        stage::{last, tenant},
        state,
    },
    support::{PASSWORD, on_both_engines, person},
};

on_both_engines! {
    // 001-4, 001-5, 001-R30, 001-R6, 001-R47, 001-R53
    async fn put_and_patch_change_what_is_sent_and_nothing_else(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        let group = grouped(&router, &token, ("Counter", &["users.read"])).await;
        let all = json!({"phone": "+49305550109", "ipWhitelist": ["192.0.2.0/24"], "clientTags": ["a", "b"], "groups": [group], "canViewMaskedData": true});
        let user = made(&router, &token, &with(tove(&[]), all)).await;
        let mut expected = get(&router, &of(user), &token).await.body;
        let mut round = 0;
        for (body, changed) in [
            (json!({"name": "Tove"}), json!({"name": "Tove"})), (json!({"email": " New@Kestrel.example "}), json!({"email": "new@kestrel.example"})), (json!({"active": false}), json!({"active": false})),
            (json!({"active": true}), json!({"active": true})), (json!({"tfa": true}), json!({"tfa": true, "tfaMethod": "email"})), (json!({"tfa": false}), json!({"tfa": false, "tfaMethod": "disabled"})),
            (json!({"groups": []}), json!({"groups": []})), (json!({"groups": [group, 1, 1]}), json!({"groups": [1, group]})), (json!({"phone": null}), json!({"phone": null})), (json!({"phone": "+1 202 555 0143"}), json!({"phone": "+12025550143"})),
            (json!({"phone": " "}), json!({"phone": null})), (json!({"ipWhitelist": ["10.0.0.1", "192.0.2.7"]}), json!({"ipWhitelist": ["10.0.0.1", "192.0.2.7"]})), (json!({"ipWhitelist": []}), json!({"ipWhitelist": []})),
            (json!({"clientTags": ["b", {"name": "a"}]}), json!({"clientTags": ["b", "a"]})), (json!({"clientTags": []}), json!({"clientTags": []})), (json!({"canViewMaskedData": false}), json!({"canViewMaskedData": false})),
            (json!({"name": "A B", "clientTags": ["x"], "active": false, "groups": [group]}), json!({"name": "A B", "clientTags": ["x"], "active": false, "groups": [group]})),
        ] {
            world.services.clock.advance(1);
            round += 1;
            let method = if round % 2 == 0 { Method::PUT } else { Method::PATCH };
            let answer = sent(&router, (method, &of(user)), &token, &body).await;
            expected = with(with(expected, changed), json!({"updateTime": format!("2026-11-22T00:00:{round:02}+00:00")}));
            assert_eq!((answer.status, &answer.body), (200, &expected), "{body}");
            assert_eq!(get(&router, &of(user), &token).await.body, expected);
            assert_eq!(last(&world).await.actor_id, Some(bea.id));
        }
        world.services.clock.advance(1);
        let before = state::all(&world).await;
        let same = json!({"name": "A B", "email": "NEW@kestrel.example", "active": false, "tfa": false, "groups": [group], "phone": null, "ipWhitelist": [], "clientTags": ["x"], "canViewMaskedData": false, "sendNotify": true});
        for body in [json!({}), json!({"name": null, "email": null, "password": null, "active": null, "tfa": null, "groups": null, "ipWhitelist": null, "clientTags": null, "canViewMaskedData": null, "sendNotify": null}), json!({"more": 1}), same] {
            for method in [Method::PUT, Method::PATCH] {
                let answer = sent(&router, (method, &of(user)), &token, &body).await;
                assert_eq!((answer.status, &answer.body), (200, &expected), "{body}");
            }
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(templates(&world, "new@kestrel.example").await, ["credential-changed", "credential-changed", "address-new"], "of what changed alone");
    }

    // 001-4, 001-5, 001-R31, 001-R32, 001-R33
    async fn whatever_is_wrong_with_a_change_is_named_and_nothing_is_done(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let user = made(&router, &token, &tove(&[])).await;
        let before = state::all(&world).await;
        let all = json!({"name": "", "email": "x", "active": "yes", "tfa": 1, "groups": [999], "phone": "x", "ipWhitelist": ["x"], "clientTags": [1], "canViewMaskedData": 0, "sendNotify": "no", "password": 7});
        for method in [Method::PUT, Method::PATCH] {
            let answer = sent(&router, (method.clone(), &of(user)), &token, &all).await;
            assert_eq!(wrong(&answer), ["active", "canViewMaskedData", "clientTags", "email", "groups", "ipWhitelist", "name", "password", "phone", "sendNotify", "tfa"]);
            for (member, value) in [("name", json!("x".repeat(256))), ("email", json!("a\u{0}@b.example")), ("password", json!("short")), ("groups", json!([i64::MIN])), ("phone", json!("+1234")), ("clientTags", json!([{}])), ("active", json!("true"))] {
                let answer = sent(&router, (method.clone(), &of(user)), &token, &json!({"clientTags": ["done"], member: value})).await;
                assert_eq!(wrong(&answer), [member]);
            }
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(get(&router, &of(user), &token).await.body["clientTags"], json!([]));
    }

    // 001-4, 001-R41, 001-R53
    async fn a_changed_address_is_the_login_at_once_and_counts_as_verified(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let special = Special { is_unverified: true, ..Special::default() };
        let una = add_user(&world.operator(), NewUser { tenant: Some(a.id), special, ..person("una", "") }).await.unwrap();
        let session = access(&router, &una.login, PASSWORD).await;
        assert_eq!(patch(&router, &of(una.number), &token, &json!({"email": "Una@Kestrel.example"})).await.body["email"], "una@kestrel.example");
        assert_eq!((signin(&router, &una.login, PASSWORD).await.status, signin(&router, "UNA@kestrel.example", PASSWORD).await.status), (401, 200));
        let profile = get(&router, "/v1/users/profile", &session).await;
        assert_eq!((profile.status, &profile.body["emailVerified"], &profile.body["username"]), (200, &json!(true), &json!("una@kestrel.example")));
        assert_eq!((templates(&world, &una.login).await, templates(&world, "una@kestrel.example").await), (vec!["address-changed"], vec!["address-new"]));
        made(&router, &token, &with(tove(&[]), json!({"email": una.login}))).await;
    }

    // 001-4, 001-signin, 001-R7, 001-R56
    async fn a_second_factor_is_required_and_ended(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, token), cyd) = (admin(&world, "bea", &a).await, member(&world, "cyd", &a).await);
        let says = async |body: Value| {
            let answer = patch(&router, &of(cyd.number), &token, &body).await;
            assert_eq!(answer.status, 200, "{body}: {}", answer.body);
            (answer.body["tfa"].as_bool().unwrap(), answer.body["tfaMethod"].as_str().unwrap().to_owned())
        };
        let (email, totp, off) = ((true, "email".to_owned()), (true, "totp".to_owned()), (false, "disabled".to_owned()));
        assert_eq!(says(json!({})).await, off);
        assert_eq!((says(json!({"tfa": true})).await, says(json!({"tfa": true})).await), (email.clone(), email.clone()));
        assert_eq!(signin(&router, &cyd.login, PASSWORD).await.body["2faRequired"], true);
        assert_eq!((says(json!({"tfa": false})).await, signin(&router, &cyd.login, PASSWORD).await.body["2faRequired"].clone()), (off.clone(), json!(false)));
        bind_app(&world, &cyd).await;
        assert_eq!((says(json!({})).await, says(json!({"tfa": true})).await), (totp.clone(), totp));
        assert_eq!(says(json!({"tfa": false})).await, off);
        assert_eq!(world.count("select count(*) from users where totp_secret is not null or second_factor <> 'none' or second_factor_required").await, 0, "the secret is erased");
        assert_eq!(says(json!({"tfa": true})).await, email, "and an app isn't asked for again");
        run(&world.operator(), ResetSecondFactor { user: cyd.id }).await.unwrap();
        assert_eq!(says(json!({})).await, (true, "disabled".to_owned()), "it is still required");
        assert_eq!(refused(&signin(&router, &cyd.login, PASSWORD).await).0, 403);
        assert_eq!(says(json!({"tfa": true})).await, email);
        assert_eq!(signin(&router, &cyd.login, PASSWORD).await.body["2faRequired"], true);
    }

    // 001-4, 001-R34, 001-R33
    async fn groups_are_what_is_held_directly_and_are_given_and_taken_in_the_tenant_alone(world: World) {
        let (root, router, a, b) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((_, token), cyd) = (admin(&world, "bea", &a).await, member(&world, "cyd", &a).await);
        add_member(&world.operator(), b.id, &cyd.login).await.unwrap();
        let team = crate::domain::stage::group(&world, "team", &a).await;
        let [one, two, three] = [grouped(&router, &token, ("One", &["users.read"])).await, grouped(&router, &token, ("Two", &["roles.read"])).await, grouped(&router, &token, ("Three", &["roles.list"])).await];
        let groups = async |body: Value| {
            let answer = patch(&router, &of(cyd.number), &token, &body).await;
            assert_eq!(answer.status, 200, "{body}: {}", answer.body);
            serde_json::from_value::<Vec<i64>>(answer.body["groups"].clone()).unwrap()
        };
        world.give(&cyd, "read-only").await;
        assert_eq!(groups(json!({})).await, [2], "held everywhere");
        assert_eq!(groups(json!({"groups": [three, one]})).await, [2, one, three]);
        assert_eq!(groups(json!({"groups": []})).await, [2]);
        assert_eq!(groups(json!({"groups": [2, two]})).await, [2, two]);
        assert_eq!(world.count("select count(*) from grants g join roles r on r.id = g.role_id where r.number = 2").await, 1, "what is held everywhere isn't given again");
        let grants = "select count(*) from grants g join users u on u.id = g.user_id where u.login = 'cyd@example.com'";
        holds(&world, &cyd, (ADMIN_ROLE, Scope::Tenant(b.id))).await;
        crate::domain::stage::put(&world, Principal::User(cyd.id), &team).await;
        assert_eq!((groups(json!({})).await, world.count(grants).await), (vec![2, two], 3), "not what is held elsewhere");
        assert_eq!((groups(json!({"groups": []})).await, world.count(grants).await), (vec![2], 2), "and that isn't taken");
        world.execute("update grants set expires_at = 1795305660000 where tenant_id is null and role_id in (select id from roles where number = 2)").await;
        assert_eq!(groups(json!({"groups": [2]})).await, [2]);
        assert_eq!(world.count("select count(*) from grants where expires_at = 1795305660000").await, 1, "it keeps its end");
        world.services.clock.advance(60);
        assert_eq!(groups(json!({})).await, Vec::<i64>::new(), "and is over then");
        assert_eq!(groups(json!({"groups": [2]})).await, [2]);
        world.execute("update grants set expires_at = 1795305720000 where tenant_id is not null and role_id in (select id from roles where number = 2)").await;
        assert_eq!(groups(json!({"groups": [one, 2]})).await, [2, one]);
        assert_eq!(world.count("select count(*) from grants where expires_at = 1795305720000").await, 1);
        world.services.clock.advance(60);
        assert_eq!(groups(json!({})).await, [one]);
        assert_eq!(groups(json!({"groups": [one, 2]})).await, [2, one], "begun anew");
        assert!(root.number < cyd.number);
    }

    // 001-6, 001-R15, 001-R13, 001-R53
    async fn a_user_is_removed_and_their_number_is_never_given_again(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        let user = made(&router, &token, &tove(&[1])).await;
        let theirs = access(&router, TOVE, KETTLE).await;
        let child = made(&router, &theirs, &named("Ines")).await;
        assert_eq!(get(&router, &of(child), &token).await.body["creator"], user);
        let gone = delete(&router, &of(user), &token).await;
        assert_eq!((gone.status, &gone.body), (204, &Value::Null));
        assert_eq!((last(&world).await.action, last(&world).await.actor_id), ("users.delete".to_owned(), Some(bea.id)));
        for answer in [get(&router, &of(user), &token).await, put(&router, &of(user), &token, &json!({})).await, patch(&router, &of(user), &token, &json!({"name": "X"})).await, delete(&router, &of(user), &token).await] {
            assert_eq!(refused(&answer), (404, "User not found"));
        }
        assert_eq!((get(&router, USERS, &theirs).await.status, signin(&router, TOVE, KETTLE).await.status), (401, 401));
        assert_eq!(get(&router, &of(child), &token).await.body["creator"], Value::Null);
        let again = made(&router, &token, &tove(&[])).await;
        assert!(again > child, "the address is free, the number isn't");
        let shared = member(&world, "dot", &a).await;
        add_member(&world.operator(), b.id, &shared.login).await.unwrap();
        assert_eq!(patch(&router, &of(shared.number), &token, &json!({"groups": [1]})).await.status, 200);
        let hers = access(&router, &shared.login, PASSWORD).await;
        assert_eq!(delete(&router, &of(shared.number), &token).await.status, 204);
        assert_eq!((last(&world).await.action.as_str(), get(&router, &of(shared.number), &token).await.status), ("memberships.remove", 404));
        assert_eq!((get(&router, "/v1/users/profile", &hers).await.status, signin(&router, &shared.login, PASSWORD).await.status), (200, 200), "elsewhere they go on");
        let taken = post(&router, USERS, &token, &with(tove(&[]), json!({"email": shared.login}))).await;
        assert_eq!(wrong(&taken), ["email"], "so their address isn't free");
    }
}
