//! Rows about oneself, and those that a code in a mail opens.

use castellan::model::client::ClientRole;

use super::*;
use crate::{
    domain::{
        stage::{group, personal, tenant},
        state,
    },
    support::{PASSWORD, on_both_engines},
};

const PROFILE: &str = "/v1/users/profile";
const CHANGE: &str = "/v1/users/changePassword";
const FORGOT: &str = "/v1/users/forgotPassword";
const OLD: &str = "copper-kettle-at-noon";
const NEW: &str = "slow-tram-past-the-mill";

fn path(id: impl std::fmt::Display) -> String {
    format!("{USERS}/{id}")
}

async fn forgot(router: &Router, login: &str) -> Answer {
    unknown(router, (Method::POST, FORGOT), &json!({"username": login})).await
}

async fn set(router: &Router, id: impl std::fmt::Display, (code, password): (&str, &str)) -> Answer {
    unknown(router, (Method::POST, &format!("{}/password", path(id))), &json!({"code": code, "password": password}))
        .await
}

async fn verify(router: &Router, id: impl std::fmt::Display, code: &str) -> Answer {
    open(router, &format!("{}/verify?code={code}", path(id))).await
}

/// The code of a reset link that somebody just asked for.
async fn reset_code(world: &World, router: &Router, login: &str) -> String {
    assert_eq!(forgot(router, login).await.status, 200);
    background(world).await;
    code(world, login, "password-reset").await
}

/// Somebody who was made by 000-12 and didn't verify yet, with a password; and a personal token of theirs.
async fn unverified(world: &World, (first, role): (&str, &str), of: &Tenant) -> (User, String) {
    let user = member(world, first, of).await;
    if !role.is_empty() {
        holds(world, &user, (role, Scope::Tenant(of.id))).await;
    }
    world.execute_text(format!("update users set email_verified_at = null where login = '{}'", user.login)).await;
    let token = token(world, &user).await;
    // That they have a token now is told, too, and no matter here.
    world.execute("delete from messages where template = 'credential-changed'").await;
    (user, token)
}

on_both_engines! {
    // 000-17, 000-R35
    async fn a_person_sees_themselves(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let team = group(&world, "team", &a).await;
        let (grace, hers) = owner(&world, "grace", (&a, &[&team])).await;
        world.execute("update users set phone = '+1 202 555 0143'").await;
        let answer = get(&router, PROFILE, &hers).await;
        let expected = json!({"id": grace.id, "username": "grace@example.com", "givenName": "grace", "familyName": "", "phoneNumber": "+1 202 555 0143", "accountRole": "appowner",
            "tenantId": a.id, "subscriberGroups": [team.id], "emailHints": {}, "emailVerified": true, "mfaEnabled": false, "primaryAdmin": false,
            "passwordTemporary": false, "createdAt": THEN, "updatedAt": THEN, "lastLoginAt": null});
        assert_eq!((answer.status, &answer.body), (200, &expected));
        world.services.clock.advance(5);
        let signed_in = get(&router, PROFILE, &access(&router, &grace.login, PASSWORD).await).await;
        assert_eq!(signed_in.body, with(expected, json!({"lastLoginAt": "2026-11-22T00:00:05Z"})));
        add_member(&world.operator(), b.id, &grace.login).await.unwrap();
        assert_eq!(get(&router, PROFILE, &hers).await.body["tenantId"], json!(castellan::model::id::ROOT_TENANT), "of two tenants neither is theirs alone");
        let bound = made(&world, personal(grace.id, Some(b.id))).await;
        let there = get(&router, PROFILE, &bound).await.body;
        assert_eq!((&there["tenantId"], &there["accountRole"], &there["subscriberGroups"]), (&json!(b.id), &json!(null), &json!([])));
    }

    // 000-17, 000-R38
    async fn a_program_that_looks_after_people_has_a_profile_and_others_have_none(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let team = group(&world, "team", &a).await;
        let one = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await;
        let answer = get(&router, PROFILE, &one.token).await;
        assert_eq!((answer.status, &answer.body["id"], &answer.body["tenantId"], &answer.body["accountRole"]), (200, &json!(one.id), &json!(a.id), &json!(null)));
        assert!(answer.body["username"].as_str().unwrap().starts_with("api_spadmin"), "its name");
        assert_eq!(answer.body.as_object().unwrap().len(), 16, "{}", answer.body);
        for (role, groups) in [(ClientRole::ApiAppowner, vec![&team]), (ClientRole::ApiService, vec![])] {
            let other = program(&world, &router, (role, &a, &groups)).await;
            assert_eq!(refused(&get(&router, PROFILE, &other.token).await), (403, "forbidden"), "{role:?}");
        }
        let before = state::all(&world).await;
        let change = json!({"oldPassword": PASSWORD, "newPassword": NEW});
        assert_eq!(refused(&patch(&router, CHANGE, &one.token, &change).await), (403, "forbidden"), "it has no password");
        assert_eq!(state::all(&world).await, before);
    }

    // 000-18, 000-R12, 000-R18
    async fn ones_own_change_ends_other_sessions_and_access_tokens(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let linus = member(&world, "linus", &a).await;
        let (calling, other, personal) = (access(&router, &linus.login, PASSWORD).await, access(&router, &linus.login, PASSWORD).await, token(&world, &linus).await);
        let mut browser = world.signed_in(&linus).await;
        let changed = patch(&router, CHANGE, &calling, &json!({"oldPassword": PASSWORD, "newPassword": NEW})).await;
        assert_eq!((changed.status, &changed.body["id"], &changed.body["passwordTemporary"]), (200, &json!(linus.id), &json!(false)), "{}", changed.body);
        assert_eq!(events(&world).await[0], "users.change-password");
        for token in [&calling, &personal] {
            assert_eq!(get(&router, PROFILE, token).await.status, 200);
        }
        assert_eq!(refused(&get(&router, PROFILE, &other).await), (401, "unauthenticated"));
        assert_eq!(browser.get("/admin").await.status, 303);
        assert_eq!(signed_in(&router, &linus.login, PASSWORD).await.status, 401);
        assert_eq!(signed_in(&router, &linus.login, NEW).await.status, 200);
        let before = state::all(&world).await;
        for (body, expected) in [
            (json!({"oldPassword": PASSWORD, "newPassword": OLD}), (400, "wrong_password")),
            (json!({"oldPassword": NEW, "newPassword": NEW}), (400, "password_reused")),
        ] {
            assert_eq!(refused(&patch(&router, CHANGE, &calling, &body).await), expected);
        }
        for (member, members) in [
            ("oldPassword", json!({"oldPassword": null})), ("newPassword", json!({"newPassword": null})), ("oldPassword", json!({"oldPassword": 7})), ("newPassword", json!({"newPassword": ["x"]})),
        ] {
            let answer = patch(&router, CHANGE, &calling, &with(json!({"oldPassword": NEW, "newPassword": OLD}), members)).await;
            assert_eq!(wrong(&answer), (400, member));
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 000-18, 000-20, 000-R15
    async fn a_password_keeps_the_rules_wherever_it_is_set(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "riverside").await);
        let linus = member(&world, "linus", &a).await;
        world.execute("update users set last_name = 'Torvaldson' where login = 'linus@example.com'").await;
        let his = token(&world, &linus).await;
        let code = reset_code(&world, &router, &linus.login).await;
        let before = state::all(&world).await;
        for bad in ["", "fourteen chars", &"a word or two ".repeat(10), "passwordpassword", "manchesterunited", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaaa", "umbrella umbrella", "linus torvaldson", "riverside riverside", "it is linus@example.com"] {
            let own = patch(&router, CHANGE, &his, &json!({"oldPassword": PASSWORD, "newPassword": bad})).await;
            assert_eq!(wrong(&own), (400, "newPassword"), "{bad}");
            assert_eq!(wrong(&set(&router, linus.id, (&code, bad)).await), (400, "password"), "{bad}");
        }
        assert_eq!(state::all(&world).await, before, "and the code works still");
        assert_eq!(set(&router, linus.id, (&code, NEW)).await.status, 200);
    }

    // 000-19, 000-R30
    async fn nobody_learns_whether_there_is_such_an_account(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let linus = member(&world, "linus", &a).await;
        let (known, stranger) = (forgot(&router, "LINUS@example.com").await, forgot(&router, "nobody.here@harbour.example").await);
        for answer in [&known, &stranger] {
            assert_eq!((answer.status, &answer.body), (200, &json!({})));
        }
        assert_eq!(known.work, stranger.work);
        let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&known), names(&stranger));
        background(&world).await;
        assert_eq!(world.count("select count(*) from messages").await, 1);
        assert_eq!(letters(&world, &linus.login).await, ["password-reset"]);
        let alias = unknown(&router, (Method::POST, FORGOT), &json!({"email": linus.login})).await;
        assert_eq!((alias.status, &alias.body), (200, &json!({})));
        background(&world).await;
        assert_eq!(letters(&world, &linus.login).await, ["password-reset"; 2]);
        for (body, member) in [(json!({"username": "linus"}), "username"), (json!({"username": 7}), "username"), (json!({}), "username"), (json!({"email": "x@"}), "email"), (json!({"username": "a\u{0}@b.example"}), "username")] {
            let answer = unknown(&router, (Method::POST, FORGOT), &body).await;
            assert_eq!(wrong(&answer), (400, member), "{body}");
        }
        let (one, two) = (set(&router, linus.id, ("wrong", NEW)).await, set(&router, NOTHING, ("wrong", NEW)).await);
        assert_eq!((refused(&one), &one.body), ((400, "invalid_code"), &two.body), "an unknown user as a wrong code");
        assert_eq!(one.work.statements, two.work.statements);
    }

    // 000-20, 000-R10, 000-R12, 000-R13, 000-R7, 000-R18
    async fn a_mailed_code_sets_a_password_once_and_ends_everything(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (linus, personal) = unverified(&world, ("linus", ""), &a).await;
        let his = access(&router, &linus.login, PASSWORD).await;
        let mut browser = world.signed_in(&linus).await;
        let add = castellan::domain::tokens::commands::AddToken::prepare(&world.operator(), crate::domain::stage::of_account((linus.id, a.id), "ci")).0;
        run(&world.operator(), add).await.unwrap();
        let code = reset_code(&world, &router, &linus.login).await;
        let answer = set(&router, linus.id.to_string().to_uppercase(), (&code, NEW)).await;
        assert_eq!((answer.status, &answer.body), (200, &json!({})), "{}", answer.body);
        assert_eq!(events(&world).await[0], "users.set-password");
        assert_eq!(letters(&world, &linus.login).await, ["password-changed", "password-reset", "new-device"]);
        for token in [&his, &personal] {
            assert_eq!(refused(&get(&router, PROFILE, token).await), (401, "unauthenticated"));
        }
        assert_eq!(browser.get("/admin").await.status, 303);
        assert_eq!(world.count("select count(*) from tokens where kind = 'account'").await, 1);
        assert_eq!(signed_in(&router, &linus.login, PASSWORD).await.status, 401);
        let profile = get(&router, PROFILE, &access(&router, &linus.login, NEW).await).await;
        assert_eq!((&profile.body["emailVerified"], &profile.body["passwordTemporary"]), (&json!(true), &json!(false)), "whoever follows the link has the mail");
        let again = set(&router, linus.id, (&code, OLD)).await;
        assert_eq!((refused(&again), signed_in(&router, &linus.login, NEW).await.status), ((400, "invalid_code"), 200));
        for (member, body) in [("code", json!({"password": NEW})), ("password", json!({"code": "x"})), ("code", json!({"code": 7, "password": NEW}))] {
            assert_eq!(wrong(&unknown(&router, (Method::POST, &format!("{}/password", path(linus.id))), &body).await), (400, member));
        }
        assert_eq!(wrong(&set(&router, "x", ("y", NEW)).await), (400, "id"));
    }

    // 000-20, 000-24, 000-R10
    async fn a_code_is_one_persons_and_for_one_purpose_and_ends(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), (linus, _), grace) = (admin(&world, "ada", &a).await, unverified(&world, ("linus", ""), &a).await, member(&world, "grace", &a).await);
        let send = async || assert_eq!(knock(&router, &format!("{}/sendVerification", path(linus.id)), &ada).await.status, 200);
        send().await;
        let confirming = code(&world, &linus.login, "verify-email").await;
        let older = reset_code(&world, &router, &linus.login).await;
        let resetting = reset_code(&world, &router, &linus.login).await;
        for answer in [
            set(&router, linus.id, (&confirming, NEW)).await, verify(&router, linus.id, &resetting).await, set(&router, grace.id, (&resetting, NEW)).await, verify(&router, grace.id, &confirming).await,
            set(&router, linus.id, (&older, NEW)).await,
        ] {
            assert_eq!(refused(&answer), (400, "invalid_code"));
        }
        world.services.clock.advance(3599);
        let newest = reset_code(&world, &router, &linus.login).await;
        assert_eq!(set(&router, linus.id, (&newest, NEW)).await.status, 200, "the wrong ones ended nothing else");
        assert_eq!(signed_in(&router, &grace.login, PASSWORD).await.status, 200);
        world.execute("update users set email_verified_at = null where login = 'linus@example.com'").await;
        let late = reset_code(&world, &router, &linus.login).await;
        world.services.clock.advance(3600);
        assert_eq!(refused(&set(&router, linus.id, (&late, OLD)).await), (400, "invalid_code"), "after an hour");
        send().await;
        let (first, _) = (code(&world, &linus.login, "verify-email").await, world.services.clock.advance(1));
        send().await;
        assert_eq!(refused(&verify(&router, linus.id, &first).await), (400, "invalid_code"), "a newer one ends it");
        let second = code(&world, &linus.login, "verify-email").await;
        world.services.clock.advance(24 * 3600);
        assert_eq!(refused(&verify(&router, linus.id, &second).await), (400, "invalid_code"), "after a day");
        send().await;
        let third = code(&world, &linus.login, "verify-email").await;
        world.services.clock.advance(24 * 3600 - 1);
        assert_eq!(verify(&router, linus.id, &third).await.status, 200, "just before");
    }

    // 000-20, 000-24, 000-R10, 000-R18
    async fn five_wrong_tries_end_a_code_and_each_is_an_event(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), (linus, _)) = (admin(&world, "ada", &a).await, unverified(&world, ("linus", ""), &a).await);
        let resetting = reset_code(&world, &router, &linus.login).await;
        let count = async || world.count("select count(*) from events").await;
        for number in 1..=5 {
            let before = count().await;
            assert_eq!(refused(&set(&router, linus.id, ("wrong", NEW)).await), (400, "invalid_code"));
            assert_eq!(count().await, before + 1, "{number}");
            let last = crate::domain::stage::last(&world).await;
            assert_eq!((last.target_id, last.address.as_deref()), (linus.id.to_string(), Some("192.0.2.7")));
        }
        assert_eq!(refused(&set(&router, linus.id, (&resetting, NEW)).await), (400, "invalid_code"));
        assert_eq!(signed_in(&router, &linus.login, PASSWORD).await.status, 200, "the old one stays");
        world.services.clock.advance(3600);
        assert_eq!(knock(&router, &format!("{}/sendVerification", path(linus.id)), &ada).await.status, 200);
        let confirming = code(&world, &linus.login, "verify-email").await;
        for number in 1..=5 {
            let before = count().await;
            assert_eq!(refused(&verify(&router, linus.id, "wrong").await), (400, "invalid_code"));
            assert_eq!(count().await, before + 1, "{number}");
        }
        assert_eq!(refused(&verify(&router, linus.id, &confirming).await), (400, "invalid_code"));
        assert_eq!(get(&router, &path(linus.id), &ada).await.body["emailVerified"], false);
        let before = count().await;
        assert_eq!(refused(&verify(&router, NOTHING, "wrong").await), (400, "invalid_code"));
        assert_eq!(count().await, before, "nobody's is no event");
    }

    // 000-23, 000-24, 000-R7, 000-R18
    async fn a_mailed_code_verifies_an_address_once(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), (linus, his)) = (admin(&world, "ada", &a).await, unverified(&world, ("linus", OWNER_ROLE), &a).await);
        let own = knock(&router, &format!("{}/sendVerification", path(linus.id)), &his).await;
        assert_eq!((own.status, &own.body), (200, &json!({})), "oneself: {}", own.body);
        assert_eq!(events(&world).await[0], "users.send-verification");
        let answer = knock(&router, &format!("{}/sendVerification", path(linus.id)), &ada).await;
        assert_eq!((answer.status, &answer.body), (200, &json!({})));
        assert_eq!(letters(&world, &linus.login).await, ["verify-email"; 2]);
        let code = code(&world, &linus.login, "verify-email").await;
        let shown = get(&router, &path(linus.id), &ada).await.body;
        assert_eq!(shown["emailVerified"], false);
        let head = send(&router, Request::head(format!("{}/verify?code={code}", path(linus.id))).body(Body::empty()).unwrap()).await;
        assert_eq!((head.status, head.header("allow")), (405, "GET"));
        let verified = verify(&router, linus.id, &code).await;
        assert_eq!((verified.status, &verified.body), (200, &with(shown, json!({"emailVerified": true}))));
        let last = crate::domain::stage::last(&world).await;
        assert_eq!((last.action.as_str(), last.actor_id), ("users.verify-email", Some(linus.id)));
        assert_eq!(refused(&verify(&router, linus.id, &code).await), (400, "invalid_code"));
        let again = knock(&router, &format!("{}/sendVerification", path(linus.id)), &ada).await;
        assert_eq!(refused(&again), (409, "already_verified"));
        assert_eq!(refused(&knock(&router, &format!("{}/sendVerification", path(linus.id)), &his).await), (409, "already_verified"));
        assert_eq!(letters(&world, &linus.login).await.len(), 2);
        assert_eq!(wrong(&open(&router, &format!("{}/verify", path(linus.id))).await), (400, "code"));
        assert_eq!(wrong(&open(&router, &format!("{}/verify?code=x", path("x"))).await), (400, "id"));
    }

    // 000-17, 000-18, 000-23, 000-R7
    async fn whoever_did_not_verify_does_next_to_nothing(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (team, linus) = (group(&world, "team", &a).await, member(&world, "linus", &a).await);
        for (first, role) in [("iris", ADMIN_ROLE), ("grace", OWNER_ROLE)] {
            let (user, personal) = unverified(&world, (first, role), &a).await;
            put(&world, Principal::User(user.id), &team).await;
            let by_password = access(&router, &user.login, PASSWORD).await;
            for token in [&personal, &by_password] {
                assert_eq!(get(&router, PROFILE, token).await.body["emailVerified"], false);
                for answer in [
                    get(&router, USERS, token).await, get(&router, &path(linus.id), token).await, get(&router, &path(user.id), token).await, patch(&router, &path(linus.id), token, &json!({"givenName": "X"})).await, delete(&router, &path(linus.id), token).await,
                    get(&router, GROUPS, token).await, get(&router, &format!("{GROUPS}/{}", team.id), token).await, post(&router, GROUPS, token, &json!({"name": "x"})).await,
                    get(&router, CLIENTS, token).await, post(&router, CLIENTS, token, &json!({"name": "x", "role": "api_appowner", "subscriberGroups": [team.id]})).await,
                    knock(&router, &format!("{}/sendVerification", path(linus.id)), token).await,
                ] {
                    assert_eq!(refused(&answer), (403, "email_not_verified"), "{first}");
                }
            }
            assert_eq!(knock(&router, &format!("{}/sendVerification", path(user.id)), &by_password).await.status, 200);
            let changed = patch(&router, CHANGE, &by_password, &json!({"oldPassword": PASSWORD, "newPassword": NEW})).await;
            assert_eq!((changed.status, &changed.body["emailVerified"]), (200, &json!(false)), "{}", changed.body);
            let code = code(&world, &user.login, "verify-email").await;
            assert_eq!(verify(&router, user.id, &code).await.status, 200);
            assert_eq!(get(&router, CLIENTS, &personal).await.status, 200, "with the next request");
        }
    }

    // 000-R7
    async fn whoever_came_another_way_is_verified(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let (mut browser, admin) = (world.signed_in(&ada).await, token(&world, &ada).await);
        assert_eq!(get(&router, PROFILE, &admin).await.body["emailVerified"], true, "by set-up");
        let page = browser.get("/admin/users/new").await;
        let form = [("first_name", "Linus"), ("last_name", "T"), ("email", "linus@example.com"), ("password", PASSWORD)];
        assert_eq!(browser.submit(&page, "/admin/users/new", &form).await.status, 303);
        let body = json!({"firstName": "Iris", "lastName": "Novak", "userName": "iris@example.com", "password": PASSWORD, "temporaryPassword": false, "tenants": [castellan::model::id::ROOT_TENANT]});
        assert_eq!(post(&router, "/auth/users", &admin, &body).await.status, 200);
        world.add("grace", "").await;
        let listed = get(&router, USERS, &admin).await;
        assert_eq!(counts(&listed)[1], 4, "{}", listed.body);
        assert!(listed.body["content"].as_array().unwrap().iter().all(|one| one["emailVerified"] == true), "{}", listed.body);
    }

    // 000-19, 000-23, 000-R16
    async fn mail_is_asked_for_five_times_an_hour_for_a_user_and_twenty_from_a_network(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), (linus, _)) = (admin(&world, "ada", &a).await, unverified(&world, ("linus", ""), &a).await);
        for login in ["linus@example.com", "nobody@example.com"] {
            for _ in 0..5 {
                assert_eq!(forgot(&router, login).await.status, 200);
            }
            let limited = forgot(&router, login).await;
            assert_eq!(refused(&limited), (429, "throttled"), "{login}: known or not");
            assert!(limited.header("retry-after").parse::<i64>().unwrap() > 0);
        }
        for number in 10..20 {
            assert_eq!(forgot(&router, &format!("somebody{number}@example.com")).await.status, 200);
        }
        assert_eq!(refused(&forgot(&router, "another@example.com").await).0, 429, "from this network");
        world.services.clock.advance(3600);
        let sending = format!("{}/sendVerification", path(linus.id));
        for _ in 0..5 {
            assert_eq!(knock(&router, &sending, &ada).await.status, 200);
        }
        let limited = knock(&router, &sending, &ada).await;
        assert_eq!(refused(&limited), (429, "throttled"));
        assert!(limited.header("retry-after").parse::<i64>().unwrap() > 0);
        assert_eq!(letters(&world, &linus.login).await.len(), 5);
        world.services.clock.advance(3600);
        assert_eq!(knock(&router, &sending, &ada).await.status, 200);
    }

    // 000-20, 000-24, 000-R16
    async fn codes_are_tried_ten_times_an_hour_for_a_user(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), (linus, _)) = (admin(&world, "ada", &a).await, unverified(&world, ("linus", ""), &a).await);
        for _ in 0..5 {
            assert_eq!(refused(&set(&router, linus.id, ("wrong", NEW)).await), (400, "invalid_code"));
            assert_eq!(refused(&verify(&router, linus.id, "wrong").await), (400, "invalid_code"));
        }
        knock(&router, &format!("{}/sendVerification", path(linus.id)), &ada).await;
        let right = code(&world, &linus.login, "verify-email").await;
        for limited in [set(&router, linus.id, ("wrong", NEW)).await, verify(&router, linus.id, &right).await] {
            assert_eq!(refused(&limited), (429, "throttled"));
            assert!(limited.header("retry-after").parse::<i64>().unwrap() > 0);
        }
        world.services.clock.advance(3600);
        assert_eq!(verify(&router, linus.id, &right).await.status, 200);
    }

    // 000-R11
    async fn links_lead_to_pages_whose_button_does_it(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), (linus, _)) = (admin(&world, "ada", &a).await, unverified(&world, ("linus", ""), &a).await);
        assert_eq!(knock(&router, &format!("{}/sendVerification", path(linus.id)), &ada).await.status, 200);
        reset_code(&world, &router, &linus.login).await;
        let mut browser = world.browser();
        for (kind, page, link) in [("verify-email", "/verify-email", castellan::mail::links::verify_email as fn(&str, castellan::model::id::UserId, &str) -> String), ("password-reset", "/reset-password", castellan::mail::links::reset_password)] {
            let code = code(&world, &linus.login, kind).await;
            let link = link("http://localhost", linus.id, &code);
            assert_eq!(link, format!("http://localhost{page}?user={}&code={code}", linus.id));
            let before = state::all(&world).await;
            let opened = browser.open(link.trim_start_matches("http://localhost")).await;
            assert_eq!(opened.status, 200);
            assert_eq!(state::all(&world).await, before, "{kind}: opening it changes nothing");
            let done = browser.submit(&opened, page, &[("password", NEW), ("again", NEW)]).await;
            assert_eq!(done.status, 303, "{kind}: {}", done.body);
        }
        assert_eq!(get(&router, &path(linus.id), &ada).await.body["emailVerified"], true);
        assert_eq!(signed_in(&router, &linus.login, NEW).await.status, 200);
    }

    // 000-R32
    async fn mail_goes_to_the_login_and_never_to_a_contact_address(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), (linus, _)) = (admin(&world, "ada", &a).await, unverified(&world, ("linus", ""), &a).await);
        world.execute("update users set email = 'reach@mail.example' where login = 'linus@example.com'").await;
        assert_eq!(knock(&router, &format!("{}/sendVerification", path(linus.id)), &ada).await.status, 200);
        reset_code(&world, &router, &linus.login).await;
        assert_eq!(patch(&router, &format!("{}/resetPassword", path(linus.id)), &ada, &json!({})).await.status, 200);
        assert_eq!(letters(&world, &linus.login).await, ["password-changed", "password-reset", "verify-email"]);
        assert_eq!(world.count("select count(*) from messages where recipient <> 'linus@example.com'").await, 0);
        assert_eq!(forgot(&router, "reach@mail.example").await.status, 200);
        background(&world).await;
        assert_eq!(world.count("select count(*) from messages").await, 3);
    }
}
