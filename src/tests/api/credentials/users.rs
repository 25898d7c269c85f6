//! Rows about the people of a tenant.

use castellan::{
    domain::{
        second_factor::{commands::BindSecondFactor, totp},
        tokens::commands::AddToken,
    },
    model::{
        client::ClientRole,
        id::{ROOT_TENANT, UserId},
    },
};

use super::*;
use crate::{
    domain::{
        stage::{group, of_account, personal, role, tenant},
        state,
    },
    support::{PASSWORD, on_both_engines},
};

const NOOR: &str = "noor@harbour.example";

fn noor(role: &str, groups: &[&Group]) -> Value {
    let groups: Vec<_> = groups.iter().map(|group| group.id).collect();
    json!({"username": "Noor@harbour.example", "givenName": "Noor", "familyName": "Haddad", "accountRole": role, "emailHints": {}, "subscriberGroups": groups})
}

fn path(user: &User) -> String {
    format!("{USERS}/{}", user.id)
}

/// Whom an answer is about.
async fn person(world: &World, answer: &Answer) -> User {
    let id: UserId = answer.body["id"].as_str().unwrap().parse().unwrap();
    castellan::domain::users::queries::find(&world.operator(), id).await.unwrap()
}

on_both_engines! {
    // 000-12, 000-14, 000-R7, 000-R8, 000-R18, 000-R27, 000-R31
    async fn an_application_owner_is_made_and_gets_a_link_to_verify_and_one_to_set_a_password(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), team) = (admin(&world, "ada", &a).await, group(&world, "team", &a).await);
        let before = events(&world).await.len();
        let made = post(&router, USERS, &ada, &with(noor("appowner", &[&team]), json!({"emailHints": {"lang": "en", "n": [1]}, "phoneNumber": " +31 20 555 0188 ", "more": 1}))).await;
        let expected = json!({"id": made.body["id"], "username": NOOR, "givenName": "Noor", "familyName": "Haddad", "phoneNumber": "+31 20 555 0188", "accountRole": "appowner",
            "tenantId": a.id, "subscriberGroups": [team.id], "emailHints": {"lang": "en", "n": [1]}, "emailVerified": false, "mfaEnabled": false, "primaryAdmin": false,
            "passwordTemporary": true, "createdAt": THEN, "updatedAt": THEN, "lastLoginAt": null});
        assert_eq!((made.status, &made.body), (201, &expected));
        let user = person(&world, &made).await;
        let shown = get(&router, &path(&user), &ada).await;
        assert_eq!((shown.status, &shown.body), (200, &expected));
        let events = events(&world).await;
        assert_eq!(events[..events.len() - before], ["users.send-activation", "users.send-verification", "groups.add-member", "grants.give", "users.add"]);
        assert_eq!(letters(&world, NOOR).await, ["activation", "verify-email"]);
        let code = code(&world, NOOR, "activation").await;
        let form = [("user", user.id.to_string()), ("code", code), ("password", "three-owls-and-a-ladder".to_owned()), ("again", "three-owls-and-a-ladder".to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(world.browser().post("/activate", &form).await.status, 303);
        let verified = get(&router, &path(&user), &ada).await.body;
        assert_eq!((&verified["emailVerified"], &verified["passwordTemporary"]), (&json!(true), &json!(false)), "whoever followed the link has the mail");
        assert_eq!(get(&router, "/v1/users/profile", &access(&router, NOOR, "three-owls-and-a-ladder").await).await.status, 200);
    }

    // 000-12, 000-R8, 000-R9, 000-R18
    async fn a_password_that_is_sent_is_temporary_and_signs_in_for_three_days(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), team) = (admin(&world, "ada", &a).await, group(&world, "team", &a).await);
        let password = "copper-kettle-at-noon";
        let made = post(&router, USERS, &ada, &with(noor("appowner", &[&team]), json!({"password": password}))).await;
        assert_eq!((made.status, &made.body["passwordTemporary"]), (201, &json!(true)), "{}", made.body);
        assert!(!made.body.to_string().contains(password) && made.body.get("temporaryPassword").is_none());
        assert_eq!(letters(&world, NOOR).await, ["verify-email"], "somebody knows the password, so no link to set one");
        world.services.clock.advance(72 * 3600 - 10);
        let bound = access(&router, NOOR, password).await;
        let profile = get(&router, "/v1/users/profile", &bound).await;
        assert_eq!((profile.status, &profile.body["id"]), (200, &made.body["id"]));
        let id = made.body["id"].as_str().unwrap();
        for answer in [get(&router, USERS, &bound).await, get(&router, &format!("{GROUPS}/{}", team.id), &bound).await, get(&router, CLIENTS, &bound).await, knock(&router, &format!("{USERS}/{id}/sendVerification"), &bound).await] {
            assert_eq!(refused(&answer), (403, "password_change_required"));
        }
        let own = patch(&router, "/v1/users/changePassword", &bound, &json!({"oldPassword": password, "newPassword": "slow-tram-past-the-mill"})).await;
        assert_eq!((own.status, &own.body["passwordTemporary"]), (200, &json!(false)), "{}", own.body);
        assert_eq!(refused(&get(&router, USERS, &bound).await), (403, "email_not_verified"));
        world.services.clock.advance(10);
        assert_eq!(signed_in(&router, NOOR, "slow-tram-past-the-mill").await.status, 200, "their own doesn't end");
        let other = with(noor("appowner", &[&team]), json!({"username": "two@harbour.example", "password": password}));
        assert_eq!(post(&router, USERS, &ada, &other).await.status, 201);
        world.services.clock.advance(72 * 3600 - 1);
        assert_eq!(signed_in(&router, "two@harbour.example", password).await.status, 200);
        world.services.clock.advance(1);
        assert_eq!(signed_in(&router, "two@harbour.example", password).await.status, 401, "after 72 hours");
    }

    // 000-12, 000-R5, 000-R15, 000-R22
    async fn whatever_is_wrong_with_a_new_user_is_named_and_nobody_is_made(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((_, ada), team, others) = (admin(&world, "ada", &a).await, group(&world, "team", &a).await, group(&world, "others", &b).await);
        let before = state::all(&world).await;
        for (member, value) in [
            ("username", json!(null)), ("username", json!("noor")), ("username", json!("")), ("username", json!(7)), ("username", json!(format!("{}@harbour.example", "x".repeat(90)))),
            ("givenName", json!(null)), ("givenName", json!(" ")), ("givenName", json!("x".repeat(51))), ("givenName", json!("a\u{0}")), ("familyName", json!(null)), ("familyName", json!("x".repeat(51))), ("familyName", json!("")),
            ("accountRole", json!(null)), ("accountRole", json!("root")), ("accountRole", json!("")), ("accountRole", json!(["admin"])),
            ("emailHints", json!("x")), ("emailHints", json!([1])), ("phoneNumber", json!("call me")), ("phoneNumber", json!("+31 20 555 0188 0188 0188")), ("phoneNumber", json!(31)),
            ("subscriberGroups", json!(null)), ("subscriberGroups", json!([])), ("subscriberGroups", json!(["x"])), ("subscriberGroups", json!("x")), ("tenantId", json!("x")), ("tenantId", json!("")), ("tenantId", json!(7)),
            ("password", json!("short")), ("password", json!("")), ("password", json!("passwordpassword")), ("password", json!("aaaaaaaaaaaaaaaa")), ("password", json!("qwertyuiopasdfgh")), ("password", json!("noor haddad noor")),
            ("password", json!("my noor@harbour.example 1")), ("password", json!("x1 ".repeat(50))), ("password", json!(7)),
        ] {
            let answer = post(&router, USERS, &ada, &with(noor("appowner", &[&team]), json!({member: value}))).await;
            assert_eq!(wrong(&answer), (400, member), "{value}: {}", answer.body);
        }
        let all = post(&router, USERS, &ada, &json!({})).await;
        let fields: Vec<_> = all.body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["username", "givenName", "familyName", "accountRole"], "everything at once");
        for unknown in [json!(NOTHING), json!(others.id)] {
            let answer = post(&router, USERS, &ada, &with(noor("appowner", &[]), json!({"subscriberGroups": [unknown]}))).await;
            assert_eq!(refused(&answer), (404, "not_found"));
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(letters(&world, NOOR).await, Vec::<&str>::new());
    }

    // 000-12, 000-R27
    async fn a_login_is_one_persons_and_asking_which_are_taken_is_limited(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((_, ada), (_, grace)) = (admin(&world, "ada", &a).await, admin(&world, "grace", &b).await);
        let (one, two) = (group(&world, "team", &a).await, group(&world, "team", &b).await);
        assert_eq!(post(&router, USERS, &ada, &noor("appowner", &[&one])).await.body["username"], NOOR);
        let before = state::all(&world).await;
        for login in ["noor@harbour.example", "NOOR@HARBOUR.example", " Noor@Harbour.Example "] {
            let answer = post(&router, USERS, &grace, &with(noor("appowner", &[&two]), json!({"username": login}))).await;
            assert_eq!(refused(&answer), (409, "conflict"), "{login}: of whatever tenant");
        }
        for _ in 3..20 {
            assert_eq!(refused(&post(&router, USERS, &grace, &noor("appowner", &[&two])).await), (409, "conflict"));
        }
        let limited = post(&router, USERS, &grace, &noor("appowner", &[&two])).await;
        assert_eq!(refused(&limited).0, 429, "{}", limited.body);
        assert!(limited.header("retry-after").parse::<i64>().unwrap() > 0);
        assert_eq!(state::all(&world).await, before);
        assert_eq!(refused(&post(&router, USERS, &ada, &noor("appowner", &[&one])).await), (409, "conflict"), "others are not limited by it");
        world.services.clock.advance(3600);
        assert_eq!(post(&router, USERS, &grace, &with(noor("appowner", &[&two]), json!({"username": "other@harbour.example"}))).await.status, 201);
    }

    // 000-12, 000-16, 000-R6, 000-R31, 000-R18
    async fn the_first_administrator_of_a_tenant_is_its_primary_one_and_stays(world: World) {
        let (root, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        add_member(&world.operator(), a.id, &root.login).await.unwrap();
        let ada = made(&world, personal(root.id, Some(a.id))).await;
        let first = post(&router, USERS, &ada, &noor("admin", &[])).await;
        assert_eq!((first.status, &first.body["accountRole"], &first.body["primaryAdmin"], &first.body["subscriberGroups"]), (201, &json!("admin"), &json!(true), &json!([])), "{}", first.body);
        let second = post(&router, USERS, &ada, &with(noor("admin", &[]), json!({"username": "second@harbour.example"}))).await;
        assert_eq!((&second.body["accountRole"], &second.body["primaryAdmin"]), (&json!("admin"), &json!(false)));
        let of_second = token(&world, &person(&world, &second).await).await;
        world.execute("update users set email_verified_at = 1 where email_verified_at is null").await;
        let before = state::all(&world).await;
        let primary = path(&person(&world, &first).await);
        for token in [&ada, &of_second] {
            let answer = delete(&router, &primary, token).await;
            assert_eq!((answer.status, &answer.body), (409, &json!({"code": "primary_admin", "message": "The primary administrator can't be deleted"})));
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(get(&router, &primary, &of_second).await.body["primaryAdmin"], true);
    }

    // 000-12, 000-15, 000-16, 000-21, 000-22, 000-23, 000-R25
    async fn an_administrator_of_a_tenant_makes_and_touches_nobody_who_looks_after_its_provider(world: World) {
        let (root, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let (_, iris) = admin(&world, "iris", &a).await;
        add_member(&world.operator(), a.id, &root.login).await.unwrap();
        let ada = made(&world, personal(root.id, Some(a.id))).await;
        let everywhere = token(&world, &root).await;
        let made = post(&router, USERS, &everywhere, &with(noor("spadmin", &[]), json!({"tenantId": a.id}))).await;
        assert_eq!((made.status, &made.body["accountRole"], &made.body["tenantId"]), (201, &json!("spadmin"), &json!(a.id)), "{}", made.body);
        let before = state::all(&world).await;
        let answer = post(&router, USERS, &iris, &with(noor("spadmin", &[]), json!({"username": "other@harbour.example"}))).await;
        assert_eq!(refused(&answer), (403, "forbidden"));
        let spadmin = path(&person(&world, &made).await);
        for answer in [
            patch(&router, &spadmin, &iris, &json!({"givenName": "X"})).await, patch(&router, &spadmin, &iris, &json!({"subscriberGroups": []})).await, delete(&router, &spadmin, &iris).await,
            patch(&router, &format!("{spadmin}/resetPassword"), &iris, &json!({})).await, knock(&router, &format!("{spadmin}/resetMfaToken"), &iris).await, knock(&router, &format!("{spadmin}/sendVerification"), &iris).await,
        ] {
            assert_eq!(refused(&answer), (403, "forbidden"));
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(patch(&router, &spadmin, &ada, &json!({"givenName": "X"})).await.status, 200);
    }

    // 000-12, 000-R25
    async fn a_program_gives_nobody_what_it_lacks(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let team = group(&world, "team", &a).await;
        let one = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await;
        let before = state::all(&world).await;
        for role in ["admin", "spadmin"] {
            assert_eq!(refused(&post(&router, USERS, &one.token, &noor(role, &[])).await), (403, "forbidden"), "{role}");
        }
        assert_eq!(state::all(&world).await, before);
        let made = post(&router, USERS, &one.token, &noor("appowner", &[&team])).await;
        assert_eq!((made.status, &made.body["accountRole"]), (201, &json!("appowner")), "{}", made.body);
        let (_, grace) = admin(&world, "grace", &a).await;
        let id = made.body["id"].as_str().unwrap();
        assert_eq!(patch(&router, &format!("{USERS}/{id}/resetPassword"), &one.token, &json!({})).await.status, 200);
        let (iris, _) = admin(&world, "iris", &a).await;
        assert_eq!(refused(&patch(&router, &format!("{}/resetPassword", path(&iris)), &one.token, &json!({})).await), (403, "forbidden"));
        assert_eq!(get(&router, &path(&iris), &grace).await.body["passwordTemporary"], false);
    }

    // 000-12, 000-13, 000-22, 000-R17
    async fn who_looks_after_a_provider_names_its_child_and_nobody_names_another_tenant(world: World) {
        let (router, p, other) = (world.router("http://localhost"), tenant(&world, "p").await, tenant(&world, "other").await);
        let c = child(&world, "c", p.id).await;
        let team = group(&world, "team", &c).await;
        let ((_, pat), (_, carl)) = (admin(&world, "pat", &p).await, admin(&world, "carl", &c).await);
        let one = program(&world, &router, (ClientRole::ApiSpadmin, &p, &[])).await;
        let made = post(&router, USERS, &pat, &with(noor("appowner", &[&team]), json!({"tenantId": c.id}))).await;
        assert_eq!((made.status, &made.body["tenantId"], &made.body["subscriberGroups"]), (201, &json!(c.id), &json!([team.id])), "{}", made.body);
        let second = post(&router, USERS, &one.token, &with(noor("appowner", &[&team]), json!({"tenantId": c.id, "username": "two@harbour.example"}))).await;
        assert_eq!((second.status, &second.body["tenantId"]), (201, &json!(c.id)), "{}", second.body);
        let child = format!("{USERS}?tenantId={}", c.id);
        for token in [&pat, &one.token, &carl] {
            let listed = get(&router, &child, token).await;
            assert_eq!((listed.status, named(&listed, "username")), (200, vec!["carl@example.com", NOOR, "two@harbour.example"]));
        }
        assert_eq!(named(&get(&router, USERS, &pat).await, "username"), ["pat@example.com"]);
        let top = post(&router, USERS, &pat, &with(noor("spadmin", &[]), json!({"tenantId": c.id, "username": "top@harbour.example"}))).await;
        assert_eq!((top.status, &top.body["accountRole"], &top.body["tenantId"]), (201, &json!("spadmin"), &json!(c.id)), "{}", top.body);
        assert_eq!(named(&get(&router, USERS, &pat).await, "username"), ["pat@example.com", "top@harbour.example"], "who belongs to the provider, too");
        let (top, c_admin) = (person(&world, &top).await, &carl);
        assert_eq!(refused(&patch(&router, &path(&top), c_admin, &json!({"givenName": "X"})).await), (403, "forbidden"));
        assert_eq!(refused(&delete(&router, &path(&top), c_admin).await), (403, "forbidden"));
        let user = person(&world, &made).await;
        for token in [&pat, &one.token] {
            let answer = knock(&router, &format!("{}/resetMfaToken?tenantId={}", path(&user), c.id), token).await;
            assert_eq!((answer.status, &answer.body), (200, &json!({})), "{}", answer.body);
            assert_eq!(refused(&knock(&router, &format!("{}/resetMfaToken", path(&user)), token).await), (404, "not_found"), "they are not in the provider itself");
        }
        let before = state::all(&world).await;
        let new = with(noor("appowner", &[&team]), json!({"username": "three@harbour.example"}));
        for tenant in [json!(other.id), json!(NOTHING)] {
            for (token, status) in [(&pat, (404, "not_found")), (&one.token, (404, "not_found")), (&carl, (403, "forbidden"))] {
                assert_eq!(refused(&post(&router, USERS, token, &with(new.clone(), json!({"tenantId": tenant}))).await), status, "{tenant}");
                let tenant = tenant.as_str().unwrap();
                assert_eq!(refused(&get(&router, &format!("{USERS}?tenantId={tenant}"), token).await), status, "{tenant}");
                assert_eq!(refused(&knock(&router, &format!("{}/resetMfaToken?tenantId={tenant}", path(&user)), token).await), status, "{tenant}");
            }
        }
        assert_eq!(refused(&get(&router, &format!("{USERS}?tenantId={}", p.id), &carl).await), (403, "forbidden"), "a child doesn't reach up");
        for wrongly in [format!("{USERS}?tenantId=x"), format!("{USERS}?tenantId=")] {
            assert_eq!(wrong(&get(&router, &wrongly, &pat).await), (400, "tenantId"));
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 000-13, 000-R19, 000-R20, 000-R21, 000-R31
    async fn the_people_of_a_tenant_are_listed_as_they_came_to_it(world: World) {
        let (root, router, a, b) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let team = group(&world, "team", &a).await;
        let early = member(&world, "early", &b).await;
        world.services.clock.advance(1);
        let (_, ada) = admin(&world, "zoe", &a).await;
        world.services.clock.advance(1);
        owner(&world, "abe", (&a, &[&team])).await;
        world.services.clock.advance(1);
        add_member(&world.operator(), a.id, &early.login).await.unwrap();
        world.services.clock.advance(1);
        add_member(&world.operator(), a.id, &root.login).await.unwrap();
        world.services.clock.advance(1);
        let support = role(&world.operator(), "Support", &["users.read"]).await;
        let linus = member(&world, "linus", &a).await;
        holds(&world, &linus, (&support.id.0, Scope::Tenant(a.id))).await;
        member(&world, "elsewhere", &b).await;
        let page = async |query: &str| get(&router, &format!("{USERS}?{query}"), &ada).await;
        let whole = page("").await;
        assert_eq!(named(&whole, "username"), ["zoe@example.com", "abe@example.com", "early@example.com", "ada@example.com", "linus@example.com"]);
        assert_eq!(counts(&whole), [0, 5, 5, 1]);
        let roles: Vec<_> = whole.body["content"].as_array().unwrap().iter().map(|one| one["accountRole"].clone()).collect();
        assert_eq!(roles, [json!("admin"), json!("appowner"), json!(null), json!("spadmin"), json!(null)]);
        let groups: Vec<_> = whole.body["content"].as_array().unwrap().iter().map(|one| one["subscriberGroups"].clone()).collect();
        assert_eq!(groups, [json!([]), json!([team.id]), json!([]), json!([]), json!([])]);
        assert_eq!(whole.body["content"][0].as_object().unwrap().len(), 16);
        assert!(whole.work.statements <= 7, "{:?}", whole.work);
        let last = page("page=2&size=2").await;
        assert_eq!((named(&last, "username"), counts(&last)), (vec!["linus@example.com"], [2, 1, 5, 3]));
        assert!(last.work.statements <= 7, "{:?}", last.work);
        let behind = page("page=3&size=2").await;
        assert_eq!((&behind.body["content"], counts(&behind)), (&json!([]), [3, 0, 5, 3]));
        let wrongly = page("size=500").await;
        assert_eq!(wrongly.body, json!({"code": "validation_error", "message": "Request is not valid", "errors": [{"field": "size", "message": "must be from 1 to 100"}]}));
        for (query, parameter) in [("page=-1", "page"), ("page=1e3", "page"), ("size=0", "size"), ("size=101", "size"), ("size=", "size")] {
            assert_eq!(wrong(&page(query).await), (400, parameter), "{query}");
        }
    }

    // 000-14, 000-R24, 000-R33, 000-R31
    async fn somebody_is_shown_without_what_the_caller_may_not_see(world: World) {
        let (router, p, b) = (world.router("http://localhost"), tenant(&world, "p").await, tenant(&world, "b").await);
        let a = child(&world, "a", p.id).await;
        let ((ada, admin), linus) = (admin(&world, "ada", &a).await, member(&world, "linus", &a).await);
        world.execute("update users set phone = '+1 202 555 0143'").await;
        let one = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await;
        let full = get(&router, &path(&linus), &admin).await;
        let expected = json!({"id": linus.id, "username": "linus@example.com", "givenName": "linus", "familyName": "", "phoneNumber": "+1 202 555 0143", "accountRole": null,
            "tenantId": a.id, "subscriberGroups": [], "emailHints": {}, "emailVerified": true, "mfaEnabled": false, "primaryAdmin": false,
            "passwordTemporary": false, "createdAt": THEN, "updatedAt": THEN, "lastLoginAt": null});
        assert_eq!((full.status, &full.body), (200, &expected));
        let masked = get(&router, &path(&linus), &one.token).await;
        assert_eq!((masked.status, &masked.body), (200, &with(expected, json!({"phoneNumber": "+• ••• ••• ••43"}))));
        assert_eq!(get(&router, USERS, &one.token).await.body["content"][1]["phoneNumber"], "+• ••• ••• ••43");
        let (clerk, scope) = (role(&world.operator(), "Clerk", &["users.read"]).await, Scope::Tenant(a.id));
        holds(&world, &linus, (&clerk.id.0, scope)).await;
        let his = token(&world, &linus).await;
        assert_eq!(get(&router, &path(&linus), &his).await.body["phoneNumber"], "+1 202 555 0143", "one's own");
        assert_eq!(get(&router, &path(&ada), &his).await.body["phoneNumber"], "+• ••• ••• ••43");
        add_member(&world.operator(), p.id, &linus.login).await.unwrap();
        holds(&world, &linus, (ADMIN_ROLE, Scope::Tenant(p.id))).await;
        assert_eq!(get(&router, &path(&linus), &admin).await.body["accountRole"], "spadmin", "an administrator of the parent");
        let elsewhere = member(&world, "elsewhere", &b).await;
        let before = state::all(&world).await;
        for (id, expected) in [(elsewhere.id.to_string(), (404, "not_found")), (NOTHING.to_owned(), (404, "not_found")), ("x".to_owned(), (400, "validation_error"))] {
            let path = format!("{USERS}/{id}");
            let answers = [
                get(&router, &path, &admin).await, patch(&router, &path, &admin, &json!({"givenName": "X"})).await, delete(&router, &path, &admin).await,
                patch(&router, &format!("{path}/resetPassword"), &admin, &json!({})).await, knock(&router, &format!("{path}/resetMfaToken"), &admin).await, knock(&router, &format!("{path}/sendVerification"), &admin).await,
            ];
            for answer in answers {
                assert_eq!(refused(&answer), expected, "{path}");
            }
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 000-15, 000-R18, 000-R22, 000-R31, 000-R32
    async fn what_is_named_of_somebody_is_changed_and_nothing_else(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let (one, two, others) = (group(&world, "one", &a).await, group(&world, "two", &a).await, group(&world, "others", &b).await);
        let ((_, ada), (grace, _)) = (admin(&world, "ada", &a).await, owner(&world, "grace", (&a, &[&one])).await);
        let support = role(&world.operator(), "Support", &["users.read"]).await;
        holds(&world, &grace, (&support.id.0, Scope::Tenant(a.id))).await;
        let shown = get(&router, &path(&grace), &ada).await.body;
        world.services.clock.advance(61);
        let changed = patch(&router, &path(&grace), &ada, &json!({"familyName": " Ruiz-Gil ", "accountRole": "admin", "username": "x@x.example", "emailVerified": false})).await;
        let expected = with(shown, json!({"familyName": "Ruiz-Gil", "updatedAt": "2026-11-22T00:01:01Z"}));
        assert_eq!((changed.status, &changed.body), (200, &expected));
        assert_eq!(events(&world).await[0], "users.update");
        assert_eq!(world.text("select display_name from users where login = 'grace@example.com'").await, "grace Ruiz-Gil", "made of the names, so it follows them");
        world.execute("update users set display_name = 'Amazing Grace' where login = 'grace@example.com'").await;
        assert_eq!(patch(&router, &path(&grace), &ada, &json!({"givenName": "Grace", "phoneNumber": "+31 20 555 0188"})).await.body["phoneNumber"], "+31 20 555 0188");
        assert_eq!(world.text("select display_name from users where login = 'grace@example.com'").await, "Amazing Grace", "another one stays");
        let moved = patch(&router, &path(&grace), &ada, &json!({"subscriberGroups": [two.id]})).await.body;
        assert_eq!((&moved["subscriberGroups"], &moved["givenName"], &moved["phoneNumber"]), (&json!([two.id]), &json!("Grace"), &json!("+31 20 555 0188")));
        let newest = events(&world).await;
        assert_eq!(newest[..2], ["groups.remove-member", "groups.add-member"]);
        assert_eq!((&moved["accountRole"], world.count("select count(*) from grants where user_id is not null and role_id <> '0000000000000000000000ADM1'").await), (&json!("appowner"), 2), "000-R31: roles stay as they are");
        let before = state::all(&world).await;
        for empty in [json!({}), json!({"accountRole": "admin"}), json!({"phoneNumber": null})] {
            assert_eq!(refused(&patch(&router, &path(&grace), &ada, &empty).await), (400, "no_fields"), "{empty}");
        }
        for (member, value) in [("givenName", json!("")), ("givenName", json!("x".repeat(51))), ("familyName", json!(7)), ("familyName", json!("x".repeat(51))), ("phoneNumber", json!("+31 20 555 0188 0188 0188")), ("phoneNumber", json!("x")), ("subscriberGroups", json!(["x"])), ("subscriberGroups", json!({}))] {
            assert_eq!(wrong(&patch(&router, &path(&grace), &ada, &json!({member: value})).await), (400, member), "{value}");
        }
        for unknown in [json!(NOTHING), json!(others.id)] {
            assert_eq!(refused(&patch(&router, &path(&grace), &ada, &json!({"subscriberGroups": [two.id, unknown], "givenName": "Y"})).await), (404, "not_found"));
        }
        assert_eq!(patch(&router, &path(&grace), &ada, &json!({"givenName": "Grace"})).await.status, 200, "as it is");
        assert_eq!(state::all(&world).await, before);
    }

    // 000-15, 000-21, 000-22, 000-18, 000-19, 000-R29
    async fn an_account_that_tenants_share_is_no_single_tenants_to_change(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((_, ada), linus, team) = (admin(&world, "ada", &a).await, member(&world, "linus", &a).await, group(&world, "team", &a).await);
        add_member(&world.operator(), b.id, &linus.login).await.unwrap();
        let one = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await;
        let before = state::all(&world).await;
        for token in [&ada, &one.token] {
            for answer in [
                patch(&router, &path(&linus), token, &json!({"givenName": "X"})).await, patch(&router, &path(&linus), token, &json!({"phoneNumber": "+31 20 555 0188"})).await,
                patch(&router, &format!("{}/resetPassword", path(&linus)), token, &json!({})).await, knock(&router, &format!("{}/resetMfaToken", path(&linus)), token).await,
            ] {
                assert_eq!(refused(&answer), (409, "conflict"));
            }
        }
        assert_eq!(state::all(&world).await, before);
        let moved = patch(&router, &path(&linus), &ada, &json!({"subscriberGroups": [team.id]})).await;
        assert_eq!((moved.status, &moved.body["subscriberGroups"]), (200, &json!([team.id])), "groups of this tenant are its own");
        let own = patch(&router, "/v1/users/changePassword", &token(&world, &linus).await, &json!({"oldPassword": PASSWORD, "newPassword": "slow-tram-past-the-mill"})).await;
        assert_eq!(own.status, 200, "{}", own.body);
        unknown(&router, (Method::POST, "/v1/users/forgotPassword"), &json!({"username": linus.login})).await;
        background(&world).await;
        let code = code(&world, &linus.login, "password-reset").await;
        let reset = unknown(&router, (Method::POST, &format!("{}/password", path(&linus))), &json!({"code": code, "password": "three-owls-and-a-ladder"})).await;
        assert_eq!((reset.status, &reset.body), (200, &json!({})));
    }

    // 000-16, 000-R28, 000-R18, 000-R36
    async fn removing_somebody_ends_their_membership_and_the_last_one_deletes_them(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((iris, ada), linus, team) = (admin(&world, "ada", &a).await, member(&world, "linus", &a).await, group(&world, "team", &a).await);
        add_member(&world.operator(), b.id, &linus.login).await.unwrap();
        put(&world, Principal::User(linus.id), &team).await;
        let bound = made(&world, personal(linus.id, Some(a.id))).await;
        assert_eq!(get(&router, "/v1/users/profile", &bound).await.body["tenantId"], json!(a.id));
        let deleted = delete(&router, &path(&linus), &ada).await;
        assert_eq!((deleted.status, deleted.body), (204, Value::Null));
        assert_eq!(events(&world).await[0], "memberships.remove");
        assert_eq!(refused(&get(&router, "/v1/users/profile", &bound).await), (401, "unauthenticated"));
        assert_eq!(refused(&delete(&router, &path(&linus), &ada).await), (404, "not_found"));
        assert_eq!(world.count("select count(*) from memberships m join users u on u.id = m.user_id where u.login = 'linus@example.com'").await, 1, "they are in b still");
        let (_, grace) = admin(&world, "grace", &b).await;
        assert_eq!(delete(&router, &path(&linus), &grace).await.status, 204);
        assert_eq!(events(&world).await[0], "users.delete");
        assert_eq!(world.count("select count(*) from users where login = 'linus@example.com'").await, 0);
        let before = state::all(&world).await;
        let own = delete(&router, &path(&iris), &ada).await;
        assert_eq!(refused(&own), (409, "self_delete"));
        assert_eq!(state::all(&world).await, before);
    }

    // 000-13, 000-14, 000-15, 000-16, 000-21, 000-22, 000-23, 000-R36
    async fn a_programs_own_account_is_nobody(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        let key = castellan::domain::commands::service_keys::NewServiceKey {
            tenant: a.id,
            name: "backup".into(),
            roles: Vec::new(),
            bounds: crate::domain::stage::unbounded(),
        };
        castellan::domain::commands::service_keys::add_service_key(&world.operator(), key).await.unwrap();
        let login = world.text("select login from users where kind = 'service_account'").await;
        let id: UserId = login.split('@').next().unwrap().parse().unwrap();
        let path = format!("{USERS}/{id}");
        let before = state::all(&world).await;
        for answer in [
            get(&router, &path, &ada).await, patch(&router, &path, &ada, &json!({"givenName": "X"})).await, patch(&router, &path, &ada, &json!({"subscriberGroups": []})).await, delete(&router, &path, &ada).await,
            patch(&router, &format!("{path}/resetPassword"), &ada, &json!({})).await, knock(&router, &format!("{path}/resetMfaToken"), &ada).await, knock(&router, &format!("{path}/sendVerification"), &ada).await,
        ] {
            assert_eq!(refused(&answer), (404, "not_found"));
        }
        assert_eq!(named(&get(&router, USERS, &ada).await, "username"), ["ada@example.com"]);
        assert_eq!(state::all(&world).await, before);
    }

    // 000-16, 000-R28
    async fn the_last_administrator_stays(world: World) {
        let (ada, router, grace, linus) = (world.set_up().await, world.router("http://localhost"), world.add("grace", "").await, world.add("linus", "").await);
        run(&world.operator(), MakeOwner { user: linus.id, tenant: ROOT_TENANT }).await.unwrap();
        let until = Some(world.services.clock.now().plus_seconds(3600));
        let forever = castellan::domain::grants::input::NewGrant::lasting(Principal::User(grace.id), RoleId(ADMIN_ROLE.to_owned()), Scope::Everywhere);
        give(&world, &castellan::domain::grants::input::NewGrant { until, ..forever }).await;
        let hers = token(&world, &grace).await;
        let before = state::all(&world).await;
        assert_eq!(refused(&delete(&router, &path(&ada), &hers).await), (409, "conflict"));
        assert_eq!(state::all(&world).await, before);
        assert_eq!(delete(&router, &path(&linus), &hers).await.status, 409, "the owner");
    }

    // 000-21, 000-R9, 000-R12, 000-R13, 000-R18, 000-R22, 000-R36
    async fn a_temporary_password_ends_what_was_opened_by_the_one_before(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((me, ada), linus) = (admin(&world, "ada", &a).await, member(&world, "linus", &a).await);
        let (his, personal) = (access(&router, &linus.login, PASSWORD).await, token(&world, &linus).await);
        let mut browser = world.signed_in(&linus).await;
        run(&world.operator(), AddToken::prepare(&world.operator(), of_account((linus.id, a.id), "ci")).0).await.unwrap();
        let key = castellan::domain::commands::service_keys::NewServiceKey { tenant: a.id, name: "backup".into(), roles: Vec::new(), bounds: crate::domain::stage::unbounded() };
        castellan::domain::commands::service_keys::add_service_key(&world.operator(), key).await.unwrap();
        let reset = patch(&router, &format!("{}/resetPassword", path(&linus)), &ada, &json!({})).await;
        let made = reset.body["temporaryPassword"].as_str().unwrap().to_owned();
        assert_eq!((reset.status, &reset.body["passwordTemporary"], &reset.body["id"]), (200, &json!(true), &json!(linus.id)), "{}", reset.body);
        assert_eq!(events(&world).await[0], "users.reset-password");
        assert_eq!(letters(&world, &linus.login).await, ["password-changed", "new-device", "credential-changed"]);
        for token in [&his, &personal] {
            assert_eq!(refused(&get(&router, "/v1/users/profile", token).await), (401, "unauthenticated"));
        }
        assert_eq!(browser.get("/admin").await.status, 303, "signed out");
        assert_eq!(world.count("select count(*) from tokens where kind in ('account', 'service_key')").await, 2);
        assert_eq!(signed_in(&router, &linus.login, PASSWORD).await.status, 401);
        let bound = access(&router, &linus.login, &made).await;
        assert_eq!(refused(&get(&router, USERS, &bound).await), (403, "password_change_required"));
        let profile = get(&router, "/v1/users/profile", &bound).await;
        assert_eq!((profile.status, profile.body.get("temporaryPassword")), (200, None));
        let chosen = patch(&router, &format!("{}/resetPassword", path(&linus)), &ada, &json!({"password": "copper-kettle-at-noon"})).await;
        assert_eq!((chosen.status, &chosen.body["passwordTemporary"], chosen.body.get("temporaryPassword")), (200, &json!(true), None));
        assert!(!chosen.body.to_string().contains("copper"));
        assert_eq!(signed_in(&router, &linus.login, &made).await.status, 401);
        world.services.clock.advance(72 * 3600 - 1);
        assert_eq!(signed_in(&router, &linus.login, "copper-kettle-at-noon").await.status, 200);
        world.services.clock.advance(1);
        assert_eq!(signed_in(&router, &linus.login, "copper-kettle-at-noon").await.status, 401);
        let before = state::all(&world).await;
        for password in [json!("short"), json!("linus linus linus"), json!(7), json!("")] {
            assert_eq!(wrong(&patch(&router, &format!("{}/resetPassword", path(&linus)), &ada, &json!({"password": password})).await), (400, "password"), "{password}");
        }
        assert_eq!(refused(&patch(&router, &format!("{}/resetPassword", path(&me)), &ada, &json!({})).await), (409, "self_reset"));
        assert_eq!(state::all(&world).await, before);
    }

    // 000-22, 000-R14, 000-R18
    async fn a_second_factor_is_removed_and_asked_for_anew_where_one_is_required(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), linus) = (admin(&world, "ada", &a).await, member(&world, "linus", &a).await);
        let (secret, now) = (totp::new_secret(), world.services.clock.now());
        let bind = BindSecondFactor { code: totp::code(&secret, totp::step_at(now)), secret: secret.clone(), replaces: false };
        run(&world.as_user(&linus).await, bind).await.unwrap();
        assert_eq!(get(&router, &path(&linus), &ada).await.body["mfaEnabled"], true);
        let asked = signed_in(&router, &linus.login, PASSWORD).await;
        assert_eq!((asked.status, &asked.body["apiErrorCode"]), (401, &json!("otp_required")));
        world.services.clock.advance(30);
        let code = totp::code(&secret, totp::step_at(world.services.clock.now()));
        assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()));
        let typed = unknown(&router, (Method::POST, "/auth/login"), &json!({"userName": linus.login, "password": PASSWORD, "otp": code})).await;
        assert_eq!(typed.status, 200, "{}", typed.body);
        let reset = knock(&router, &format!("{}/resetMfaToken?tenantId={}", path(&linus), a.id), &ada).await;
        assert_eq!((reset.status, &reset.body), (200, &json!({})));
        assert_eq!(events(&world).await[0], "users.reset-second-factor");
        assert_eq!(get(&router, &path(&linus), &ada).await.body["mfaEnabled"], false);
        assert_eq!(signed_in(&router, &linus.login, PASSWORD).await.status, 200, "where none is required");
        world.execute("update users set second_factor_required = true where login = 'linus@example.com'").await;
        let asked = signed_in(&router, &linus.login, PASSWORD).await;
        assert_eq!((asked.status, &asked.body["apiErrorCode"]), (403, &json!("second_factor_required")));
        let mut browser = world.browser();
        let answer = browser.post("/signin", &[("email", &linus.login), ("password", PASSWORD)]).await;
        assert_eq!((answer.status, answer.location()), (303, "/signin/second-factor"));
        assert!(browser.get("/signin/second-factor").await.body.contains("otpauth"), "it shows a secret for an app");
    }
}
