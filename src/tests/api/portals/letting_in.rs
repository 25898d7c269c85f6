//! New people, and those who are known elsewhere.

use super::*;
use castellan::{
    domain::tenants::settings::{SetTenantSettings, TenantSettings, of},
    model::{id::ADMIN_ROLE, tenant::MembershipStatus},
};

use crate::{domain::state, support::PASSWORD};

/// What a tenant asks of its people and knows of them.
async fn set(world: &World, tenant: &Tenant, change: impl Fn(&mut TenantSettings)) {
    let from = of(&mut world.services.db.read().await.unwrap(), tenant.id).await.unwrap();
    let mut to = from.clone();
    change(&mut to);
    run(&world.operator(), SetTenantSettings { tenant: tenant.id, from, to }).await.unwrap();
}

/// What somebody sends who follows the link of an invitation.
fn typed<'a>(user: &'a str, code: &'a str, password: &'a str) -> [(&'static str, &'a str); 4] {
    [("user", user), ("code", code), ("password", password), ("again", password)]
}

on_both_engines! {
    // 003-3, 003-2, 003-R1, 003-R2, 003-R22, 003-R29, 003-R30, 003-R33
    async fn somebody_new_with_a_password_signs_in_with_it_at_once(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let since = so_far(&world).await;
        let body = with(with(one.kai(), "roles", json!([one.clerk.id, one.clerk.id])), "first_name", json!("  Kai "));
        let made = post(&router, &one, &with(body, "more", json!({"x": 1}))).await;
        let expected = json!({"id": made.body["id"], "first_name": "Kai", "last_name": "Lindqvist", "email": KAI, "last_logged_at": null});
        assert_eq!((made.status, &made.body), (200, &expected));
        assert_eq!(get(&router, &format!("{}/{}", one.users, id(&made)), &one.key).await.body, expected);
        assert_eq!(events(&world, since).await, ["grants.give", "users.add"], "the same role twice counts once");
        assert_eq!(stage::last(&world).await.actor_name, "sync (token sync)");
        assert_eq!(letters(&world, KAI).await, Vec::<&str>::new());
        let kai = castellan::domain::users::queries::find(&world.operator(), id(&made)).await.unwrap();
        assert_eq!((kai.display_name.as_str(), kai.locale.as_str(), kai.email_verified_at.is_some()), ("Kai Lindqvist", "sv_SE", true));
        assert!(stage::may(&world, &kai, castellan::model::permission::Permission::GroupsRead, Scope::Tenant(one.tenant.id)).await);
        assert!(!stage::may(&world, &kai, castellan::model::permission::Permission::GroupsRead, Scope::Everywhere).await, "in the portal");
        assert_eq!(world.count("select count(*) from memberships where status = 'active' and kind = 'human'").await, 1);
        assert_eq!(world.count("select count(*) from users where password_temporary").await, 0);
        let token = signed_in(&router, KAI, SECRET).await;
        assert_eq!(token.status, 200, "{}", token.body);
        let profile = get(&router, "/v1/users/profile", token.body["accessToken"].as_str().unwrap()).await;
        assert_eq!((profile.status, &profile.body["passwordTemporary"]), (200, &json!(false)), "nothing has to be done first");
        let plain = with(with(with(one.kai(), "locale", Value::Null), "email", json!("bo@quarry.example")), "password", Value::Null);
        let plain = castellan::domain::users::queries::find(&world.operator(), id(&post(&router, &one, &plain).await)).await.unwrap();
        assert_eq!(plain.locale, "en_US");
    }

    // 003-3, 003-R1, 003-R32
    async fn somebody_new_without_a_password_follows_the_link_of_an_invitation(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let since = so_far(&world).await;
        let made = post(&router, &one, &with(one.guest(), "password", json!(null))).await;
        let user = id(&made).to_string();
        assert_eq!(events(&world, since).await, ["users.send-activation", "grants.give", "users.add"]);
        assert_eq!(letters(&world, KAI).await, ["invitation"]);
        assert_eq!(signed_in(&router, KAI, SECRET).await.status, 401);
        let code = codes(&world, KAI).await.remove(0).unwrap();
        let before = state::all(&world).await;
        let page = world.browser().open(&format!("/activate?user={user}&code={code}")).await;
        assert!(page.status == 200 && page.body.contains("name=\"password\""), "it asks for a password");
        assert_eq!(state::all(&world).await, before, "opening it changes nothing");
        world.services.clock.advance(7 * 86_400 - 1);
        assert_eq!(world.browser().post("/activate", &typed(&user, &code, SECRET)).await.status, 303);
        assert_eq!(signed_in(&router, KAI, SECRET).await.status, 200);
        let again = world.browser().post("/activate", &typed(&user, &code, "another-heron-by-the-lock")).await;
        assert!(again.status != 303, "once");
        assert_eq!(signed_in(&router, KAI, "another-heron-by-the-lock").await.status, 401);
        // One that is too late, one that a newer one replaces, and one that was guessed at.
        let late = with(one.guest(), "email", json!("late@quarry.example"));
        let user = id(&post(&router, &one, &late).await).to_string();
        let code = codes(&world, "late@quarry.example").await.remove(0).unwrap();
        world.services.clock.advance(7 * 86_400);
        assert!(world.browser().post("/activate", &typed(&user, &code, SECRET)).await.status != 303);
        let two = with(one.guest(), "email", json!("two@quarry.example"));
        let user = id(&post(&router, &one, &two).await).to_string();
        let old = codes(&world, "two@quarry.example").await.remove(0).unwrap();
        let message = castellan::domain::outbox::queries::list(&world.operator(), castellan::domain::outbox::queries::NEWEST, None).await.unwrap().0.remove(0);
        assert_eq!(message.recipient, "two@quarry.example");
        let mut tx = world.services.db.begin().await.unwrap();
        let invite = castellan::domain::tenants::memberships::inviting::SendInvitation { user: user.parse().unwrap(), tenant: one.tenant.id, letter: castellan::domain::outbox::letter::Inviting::Invitation };
        castellan::domain::commands::within(&world.operator(), &mut tx, &invite).await.unwrap();
        tx.commit().await.unwrap();
        let newer = codes(&world, "two@quarry.example").await.into_iter().flatten().find(|code| *code != old).unwrap();
        assert!(world.browser().post("/activate", &typed(&user, &old, SECRET)).await.status != 303, "a newer one replaced it");
        for wrong in ["a", "b", "c", "d", "e"] {
            assert!(world.browser().post("/activate", &typed(&user, wrong, SECRET)).await.status != 303);
        }
        assert!(world.browser().post("/activate", &typed(&user, &newer, SECRET)).await.status != 303, "five wrong tries ended it");
    }

    // 003-3, 003-R2, 003-R20, 003-R21, 003-R22, 003-R23, 003-R29, 003-R33
    async fn each_member_that_is_wrong_is_named_and_nobody_is_made(world: World) {
        let (router, one, two) = (world.router("http://localhost"), portal(&world, "pp_01").await, portal(&world, "pp_02").await);
        let before = state::all(&world).await;
        for (member, values) in [
            ("first_name", vec![json!(null), json!(""), json!("  "), json!("x".repeat(101)), json!(7), json!("a\u{7}b"), json!("\u{0}"), json!(["Kai"])]),
            ("last_name", vec![json!(null), json!(""), json!("x".repeat(101)), json!(true), json!("a\nb")]),
            ("email", vec![json!(null), json!(""), json!("kai"), json!("kai@"), json!("a b@quarry.example"), json!(format!("{}@quarry.example", "x".repeat(250))), json!({})]),
            ("password", vec![json!(""), json!("short"), json!("fourteen chars"), json!("x".repeat(129)), json!("kai lindqvist kai"), json!("Portal pp_01 Portal"), json!(7), json!("passwordpassword")]),
            ("roles", vec![json!(null), json!([]), json!("x"), json!([7]), json!(["nope"]), json!([null]), json!({}), json!([""]), json!(vec![one.clerk.id.clone(); 51]),
                json!(["clerk"]), json!([two.clerk.id]), json!([one.clerk.id, NOTHING]), json!([one.clerk.id.to_string().to_lowercase()])]),
            ("locale", vec![json!("english"), json!("fr"), json!("fr-FR"), json!("FR_fr"), json!("fr_FRA"), json!(""), json!(7), json!("é_FR")]),
            ("attributes", vec![json!("x"), json!({}), json!([7]), json!([{"id": "team"}]), json!([{"value": 1}]), json!([{"id": 7, "value": 1}]), json!([{"id": "team", "value": 1}]),
                json!(vec![json!({"id": "team", "value": 1}); 101])]),
        ] {
            for value in values {
                let mut body = one.kai();
                body[member] = value.clone();
                let answer = post(&router, &one, &body).await;
                let (status, message) = refused(&answer);
                let names_it = message.starts_with(&format!("{member} ")) || message.starts_with(&format!("{member}: "));
                assert!(status == 400 && names_it && !message.contains("; "), "{member} {value}: {message}");
            }
        }
        for member in ["first_name", "last_name", "email", "roles"] {
            let answer = post(&router, &one, &with(one.kai(), member, Value::Null)).await;
            assert_eq!(refused(&answer), (400, format!("{member} is required").as_str()));
        }
        let all = post(&router, &one, &json!({"first_name": "", "locale": "sv", "email": "x", "password": "short", "attributes": [{"id": "a", "value": 1}, {"id": "b", "value": null}], "roles": ["nope", "none"]})).await;
        let (status, message) = refused(&all);
        let named: Vec<&str> = message.split("; ").map(|one| one.split([' ', ':']).next().unwrap()).collect();
        assert_eq!((status, named), (400, vec!["first_name", "last_name", "locale", "roles", "roles", "attributes", "attributes", "email", "password"]), "{message}");
        assert!(message.contains("nope is none") && message.contains("none is none") && message.contains("a is not"), "{message}");
        let example = post(&router, &one, &json!({"first_name": "Kai", "last_name": "L", "email": KAI, "locale": "sv"})).await;
        assert_eq!(refused(&example), (400, "locale must be like en_US; roles is required"));
        assert_eq!(state::all(&world).await, before);
        assert_eq!(world.count("select count(*) from messages").await, 0);
    }

    // 003-3, 003-R29
    async fn the_portal_says_how_long_passwords_are(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let of = |password: &str, name: &str| with(with(one.kai(), "password", json!(password)), "email", json!(format!("{name}@quarry.example")));
        assert_eq!(post(&router, &one, &of("copper kettle", "a")).await.status, 400);
        set(&world, &one.tenant, |settings| settings.second_factor = Some(castellan::domain::tenants::settings::Required::Required)).await;
        let made = post(&router, &one, &of("copper kettle", "a")).await;
        assert!(made.status == 200 && !made.body.to_string().contains("copper"), "{}", made.body);
        set(&world, &one.tenant, |settings| settings.password_min = Some(20)).await;
        assert_eq!(post(&router, &one, &of("copper kettle at 9", "b")).await.status, 400);
        assert_eq!(post(&router, &one, &of("copper kettle at noon", "b")).await.status, 200);
    }

    // 003-3, 003-R2, 003-R3, 003-R33
    async fn nobody_gets_more_than_the_account_has(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let of_all = stage::role(&world.operator(), "of all", &["groups.read"]).await;
        let more = stage::role(&inside(&world, &one.tenant), "more", &["roles.read"]).await;
        let before = state::all(&world).await;
        for roles in [json!([more.id]), json!([one.clerk.id, more.id]), json!([ADMIN_ROLE])] {
            for body in [one.kai(), one.guest()] {
                assert_eq!(refused(&post(&router, &one, &with(body, "roles", roles.clone())).await), FORBIDDEN, "{roles}");
            }
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(world.count("select count(*) from messages").await, 0);
        let made = post(&router, &one, &with(one.kai(), "roles", json!([of_all.id, one.clerk.id]))).await;
        assert_eq!(made.status, 200, "a role of the installation, given in the portal");
        assert_eq!(world.count("select count(*) from grants where tenant_id in (select id from tenants where slug = 'pp_01') and user_id in (select id from users where kind = 'human')").await, 2);
    }

    // 003-3, 003-R4, 003-R25
    async fn an_address_of_the_portal_or_of_a_program_is_refused(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let made = post(&router, &one, &one.kai()).await;
        let (account, _) = key(&world, &one.tenant, &["users.read"]).await;
        let before = state::all(&world).await;
        // As often as somebody likes: nothing is told that the portal doesn't know.
        for _ in 0..25 {
            let again = post(&router, &one, &with(one.guest(), "email", json!("KAI@Quarry.example"))).await;
            assert_eq!(refused(&again), (400, "email must be new here, and belongs to the portal already"));
        }
        let program = post(&router, &one, &with(one.kai(), "email", json!(account.login))).await;
        assert!(refused(&program).0 == 400 && refused(&program).1.starts_with("email must be"), "{}", program.body);
        assert_eq!(state::all(&world).await, before);
        for status in [MembershipStatus::Pending, MembershipStatus::Inactive] {
            let version = castellan::domain::tenants::memberships::queries::membership(&world.operator(), id(&made), one.tenant.id).await.unwrap().version;
            run(&world.operator(), set_membership((id(&made), one.tenant.id), (status, version))).await.unwrap();
            assert_eq!(refused(&post(&router, &one, &one.kai()).await).0, 400, "{status:?}");
        }
    }

    // 003-3, 003-R5, 003-R23, 003-R24, 003-R33
    async fn whoever_is_known_elsewhere_is_let_in_as_they_are(world: World) {
        let (router, one, other) = (world.router("http://localhost"), portal(&world, "pp_01").await, stage::tenant(&world, "other").await);
        set(&world, &one.tenant, |settings| settings.attributes = vec!["team".into(), "badge".into()]).await;
        let known = member(&world, "ada", &other).await;
        let (since, sent) = (so_far(&world).await, json!([{"id": "team", "value": {"name": "Quarry\u{0}", "of": [1, 2.5, null]}}, {"id": " badge ", "value": null}]));
        let joined = post(&router, &one, &with(with(one.kai(), "email", json!("ADA@example.com")), "attributes", sent)).await;
        let expected = json!({"id": known.id, "first_name": "ada", "last_name": "", "email": known.login, "last_logged_at": null});
        assert_eq!((joined.status, &joined.body), (200, &expected));
        assert_eq!(events(&world, since).await, ["users.send-activation", "memberships.update", "grants.give", "memberships.add"]);
        let after = castellan::domain::users::queries::find(&world.operator(), known.id).await.unwrap();
        assert_eq!((&after.locale, &after.first_name, after.version), (&known.locale, &known.first_name, known.version), "nothing of theirs changed");
        assert_eq!(signed_in(&router, &known.login, SECRET).await.status, 401, "the sent one doesn't work");
        assert_eq!(signed_in(&router, &known.login, PASSWORD).await.status, 200);
        assert_eq!((codes(&world, &known.login).await, letters(&world, &known.login).await), (vec![None], vec!["invitation"]), "nothing is left to do");
        assert_eq!(world.count("select count(*) from memberships where status = 'active' and kind = 'human'").await, 2);
        let kept = world.text("select attributes from memberships where attributes <> '{}'").await;
        assert_eq!(serde_json::from_str::<Value>(&kept).unwrap(), json!({"team": {"name": "Quarry\u{0}", "of": [1, 2.5, null]}, "badge": null}));
        let log = world.text("select after from events where action = 'memberships.update' order by seq desc limit 1").await;
        assert!(log.contains("badge, team") && !log.contains("Quarry"), "{log}");
        for answer in [&joined, &get(&router, &one.of(&known), &one.key).await] {
            assert!(!answer.body.to_string().contains("Quarry"), "no row answers them");
        }
        for (attributes, said) in [(json!([{"id": "other", "value": 1}]), "attributes must be known, and other is not"), (json!([{"id": "team", "value": 1}, {"id": "team", "value": 1}]), "attributes must be there once, and team is there twice")] {
            let wrong = post(&router, &one, &with(with(one.kai(), "email", json!("bo@example.com")), "attributes", attributes)).await;
            assert_eq!(refused(&wrong), (400, said));
        }
        // Without a password of their own they get the link; whoever is locked out gets nothing, and nobody learns it.
        let (bare, locked) = (member(&world, "bo", &other).await, member(&world, "eve", &other).await);
        world.execute("update users set password_hash = null where login = 'bo@example.com'").await;
        run(&world.operator(), DisableUser { user: locked.id }).await.unwrap();
        for user in [&bare, &locked] {
            let joined = post(&router, &one, &with(one.guest(), "email", json!(user.login))).await;
            assert_eq!((joined.status, id(&joined)), (200, user.id), "{}", joined.body);
        }
        let code = codes(&world, &bare.login).await.remove(0).unwrap();
        assert_eq!(letters(&world, &locked.login).await, Vec::<&str>::new());
        let bo = bare.id.to_string();
        assert_eq!(world.browser().post("/activate", &typed(&bo, &code, SECRET)).await.status, 303);
        assert_eq!(signed_in(&router, &bare.login, SECRET).await.status, 200);
        assert_eq!(signed_in(&router, &locked.login, PASSWORD).await.status, 401);
    }

    // 003-3, 003-R5, 003-R15
    async fn no_account_finds_out_at_leisure_who_is_known(world: World) {
        let (router, one, other) = (world.router("http://localhost"), portal(&world, "pp_01").await, stage::tenant(&world, "other").await);
        let named = |name: &str| with(one.guest(), "email", json!(format!("{name}@example.com")));
        for number in 0..21 {
            member(&world, &format!("p{number}"), &other).await;
        }
        for number in 0..20 {
            // Who isn't known and what is refused doesn't count.
            assert_eq!(post(&router, &one, &named(&format!("new{number}"))).await.status, 200);
            assert_eq!(post(&router, &one, &with(named("p20"), "roles", json!([]))).await.status, 400);
            assert_eq!(post(&router, &one, &named(&format!("p{number}"))).await.status, 200, "{number}");
        }
        let before = state::all(&world).await;
        let late = post(&router, &one, &named("p20")).await;
        assert_eq!((refused(&late), late.header("retry-after")), (TOO_MANY, "60"));
        assert_eq!(refused(&post(&router, &one, &named("new20")).await), TOO_MANY, "nor whether somebody isn't");
        assert_eq!(state::all(&world).await, before);
        assert_eq!(rates(&late)[0], 500);
        let (_, second) = key(&world, &one.tenant, &["users.read", "users.add", "groups.read"]).await;
        assert_eq!(sent(&router, (Method::POST, &one.users), &second, &named("p20")).await.status, 200, "another account has its own");
        world.services.clock.advance(3600);
        assert_eq!(post(&router, &one, &named("new20")).await.status, 200);
    }

    // 003-3, 003-R15, 003-R33
    async fn a_call_that_names_a_key_lets_in_once(world: World) {
        let (router, one, other) = (world.router("http://localhost"), portal(&world, "pp_01").await, stage::tenant(&world, "other").await);
        let known = member(&world, "ada", &other).await;
        for (place, body) in [one.guest(), with(one.guest(), "email", json!(known.login))].iter().enumerate() {
            let ask = async |body: &Value| {
                let request = Request::post(&one.users).header("authorization", format!("Bearer {}", one.key)).header("idempotency-key", format!("key {place}"));
                send(&router, request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap()).await
            };
            let first = ask(body).await;
            assert_eq!((first.status, first.header("idempotent-replayed")), (200, ""), "{}", first.body);
            let before = state::all(&world).await;
            let again = ask(body).await;
            assert_eq!((again.status, &again.body, again.header("idempotent-replayed")), (200, &first.body, "true"));
            assert_eq!(rates(&again)[1], rates(&first)[1] - 1, "it is a call all the same");
            assert_eq!(refused(&ask(&with(body.clone(), "locale", json!("de_DE"))).await), (400, "Another request had this Idempotency-Key, name another key"));
            assert_eq!(state::all(&world).await, before);
        }
        assert_eq!((codes(&world, KAI).await.len(), codes(&world, &known.login).await.len()), (1, 1));
        assert_eq!(world.count("select count(*) from throttles where lane = 'taken-login' and tries = 1").await, 1);
    }
}
