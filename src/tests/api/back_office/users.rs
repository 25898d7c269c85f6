//! Making users, and showing one.

use castellan::{domain::outbox::letter::Letter, model::tenant::MembershipStatus};

use super::*;
use crate::{
    domain::{
        stage::{holding, tenant},
        state,
    },
    support::on_both_engines,
};

on_both_engines! {
    // 001-3, 001-2, 001-R9, 001-R13, 001-R31, 001-R35, 001-R37, 001-R40, 001-R47, 001-R53
    async fn a_user_is_made_as_they_are_described_and_shown_so(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let token = access(&router, &ada.login, crate::support::PASSWORD).await;
        let group = grouped(&router, &token, ("Counter", &["users.read", "users.list"])).await;
        let before = events(&world).await.len();
        let body = with(tove(&[group, group]), json!({
            "name": "  Tove  Marie Brandt ", "phone": " +49 3055 5010 9 ", "ipWhitelist": ["198.51.100.0/24", " 2001:db8::1 ", "198.51.100.0/24"],
            "clientTags": ["vip", {"name": "north", "id": 7}, " vip "], "more": {"than": ["is", "asked"]}, "sendNotify": false, "canViewMaskedData": null,
        }));
        let made = post(&router, USERS, &token, &body).await;
        let expected = json!({
            "id": ada.number + 1, "name": "Tove  Marie Brandt", "email": TOVE, "phone": "+49305550109", "active": true, "tfa": false, "tfaMethod": "disabled", "groups": [group],
            "ipWhitelist": ["198.51.100.0/24", "2001:db8::1"], "clientTags": ["vip", "north"], "canViewMaskedData": false, "creator": ada.number, "createTime": THEN, "updateTime": null,
        });
        assert_eq!((made.status, &made.body), (201, &expected));
        let shown = get(&router, &of(number(&made)), &token).await;
        assert_eq!((shown.status, &shown.body), (200, &expected));
        let done: Vec<(String, String)> = events(&world).await;
        let actions: Vec<&str> = done[..done.len() - before].iter().map(|(_, action)| action.as_str()).collect();
        assert_eq!(actions, ["grants.give", "memberships.update", "users.set-allowlist", "users.add"]);
        assert!(done[..4].iter().all(|(who, _)| who.starts_with(&ada.display_name)), "{done:?}");
        let names = world.text("select first_name || '|' || last_name from users where login = 'tove@kestrel.example'").await;
        assert_eq!(names, "Tove|Marie Brandt");
        assert_eq!(templates(&world, TOVE).await, Vec::<&str>::new(), "nobody asked for a mail");
        assert_eq!(get(&router, &of(ada.number), &token).await.body["creator"], Value::Null, "whom no person made");
    }

    // 001-3, 001-R32, 001-R33, 001-R35, 001-R40, 001-R50, 001-R54
    async fn what_is_left_out_is_nothing_and_a_user_without_groups_may_nothing(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let empty = grouped(&router, &token, ("Nothing", &[])).await;
        let bodies = [tove(&[]), with(named("Ines"), json!({"groups": [empty], "phone": null, "ipWhitelist": null, "clientTags": null, "sendNotify": null})), with(named("Otto"), json!({"phone": ""}))];
        for body in bodies {
            let made = post(&router, USERS, &token, &body).await;
            let rest = ["phone", "ipWhitelist", "clientTags", "canViewMaskedData"].map(|name| made.body[name].clone());
            assert_eq!((made.status, rest, &made.body["groups"]), (201, [json!(null), json!([]), json!([]), json!(false)], &body["groups"]), "{}", made.body);
            let theirs = access(&router, body["email"].as_str().unwrap(), KETTLE).await;
            for path in [USERS, GROUPS, &of(number(&made))] {
                assert_eq!(refused(&get(&router, path, &theirs).await), (403, "Forbidden"));
            }
        }
        assert_eq!(world.count("select count(*) from users where phone = ''").await, 0);
        assert_eq!(world.count("select count(*) from users where first_name = 'Otto' and last_name = ''").await, 1);
    }

    // 001-3, 001-R31, 001-R32, 001-R33, 001-R35, 001-R36, 001-R37, 001-R42
    async fn whatever_is_wrong_with_a_new_user_is_named_at_once_and_nobody_is_made(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((_, token), (_, others)) = (admin(&world, "bea", &a).await, admin(&world, "cyd", &b).await);
        let elsewhere = grouped(&router, &others, ("Counter", &["users.read"])).await;
        let before = state::all(&world).await;
        let many = |one: Value| json!(vec![one; 101]);
        for (member, values) in [
            ("name", vec![json!(null), json!(""), json!("  "), json!("x".repeat(256)), json!("a\u{0}b"), json!("a\nb"), json!(7), json!(["x"])]),
            ("email", vec![json!(null), json!(""), json!("tove"), json!("tove@"), json!("a b@kestrel.example"), json!(7), json!(format!("{}@kestrel.example", "x".repeat(254))), json!("to\u{0}ve@kestrel.example")]),
            ("password", vec![json!(null), json!(""), json!("short"), json!("fourteen chars"), json!("passwordpassword"), json!("tove brandt tove"), json!("my tove@kestrel.example 1"), json!("x1 ".repeat(50)), json!(7), json!("a\u{0}bcdefghijklmnopq")]),
            ("active", vec![json!(null), json!(1), json!(0), json!("true"), json!("yes"), json!([])]),
            ("tfa", vec![json!(null), json!(1), json!("false")]),
            ("canViewMaskedData", vec![json!(1), json!("true")]),
            ("sendNotify", vec![json!(0), json!("yes")]),
            ("groups", vec![json!(null), json!("1"), json!(1), json!(["1"]), json!([1.5]), json!([0]), json!([-1]), json!([999]), json!([elsewhere]), json!([i64::MAX]), json!([u64::MAX]), json!([1e300]), json!([null]), many(json!(1))]),
            ("phone", vec![json!(7), json!("call me"), json!("12025550143"), json!("+02025550143"), json!("+123456"), json!("+1234567890123456"), json!("+1-202-555"), json!(format!("+1202555014{}", " ".repeat(40))), json!("+*********62"), json!("+12025550\u{0}143")]),
            ("ipWhitelist", vec![json!("10.0.0.1"), json!([7]), json!(["example.com"]), json!(["10.0.0"]), json!(["10.0.0.1/33"]), json!([""]), json!(["10.0.0.1\u{0}"]), many(json!("10.0.0.1"))]),
            ("clientTags", vec![json!("vip"), json!([7]), json!([null]), json!([["vip"]]), json!([""]), json!([" "]), json!(["x".repeat(101)]), json!(["a\u{0}"]), json!([{"id": 1}]), json!([{"name": 7}]), json!([{"name": ""}]), many(json!("vip"))]),
        ] {
            for value in values {
                let answer = post(&router, USERS, &token, &with(tove(&[]), json!({member: value}))).await;
                assert_eq!(wrong(&answer), [member], "{value}");
                assert_eq!(answer.body["errors"][member].as_array().map(Vec::len), Some(1), "{value}: {}", answer.body);
            }
        }
        let all = ["active", "email", "groups", "name", "password", "tfa"];
        assert_eq!(wrong(&post(&router, USERS, &token, &json!({})).await), all);
        for name in all {
            let answer = post(&router, USERS, &token, &without(tove(&[]), name)).await;
            assert_eq!((wrong(&answer), &answer.body["errors"][name]), (vec![name], &json!(["is required"])));
        }
        let many = json!({"name": "", "email": "tove", "password": "nine-maps", "active": "yes", "tfa": false, "phone": "x", "ipWhitelist": ["x"], "clientTags": [1], "canViewMaskedData": 1, "sendNotify": 1});
        let answer = post(&router, USERS, &token, &many).await;
        assert_eq!(wrong(&answer), ["active", "canViewMaskedData", "clientTags", "email", "groups", "ipWhitelist", "name", "password", "phone", "sendNotify"]);
        assert_eq!(answer.body["errors"]["active"], json!(["must be true or false"]));
        assert_eq!(state::all(&world).await, before);
    }

    // 001-3, 001-R16
    async fn an_address_is_one_persons_and_asking_which_are_taken_is_limited(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((_, bea), (cyd, hers)) = (admin(&world, "bea", &a).await, admin(&world, "cyd", &b).await);
        made(&router, &bea, &tove(&[])).await;
        let before = state::all(&world).await;
        for email in [TOVE, "TOVE@KESTREL.example", " tove@Kestrel.Example ", "cyd@example.com"] {
            let answer = post(&router, USERS, &hers, &with(tove(&[]), json!({"email": email}))).await;
            assert_eq!(wrong(&answer), ["email"], "of whatever tenant");
        }
        for _ in 4..19 {
            assert_eq!(wrong(&post(&router, USERS, &hers, &tove(&[])).await), ["email"]);
        }
        assert_eq!(wrong(&patch(&router, &of(cyd.number), &hers, &json!({"email": TOVE})).await), ["email"], "changing counts, too");
        for answer in [post(&router, USERS, &hers, &tove(&[])).await, patch(&router, &of(cyd.number), &hers, &json!({"email": TOVE})).await] {
            assert_eq!(refused(&answer).0, 429, "{}", answer.body);
            assert!(answer.header("retry-after").parse::<i64>().unwrap() > 0);
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(wrong(&post(&router, USERS, &bea, &tove(&[])).await), ["email"], "others are not limited by it");
        world.services.clock.advance(3600);
        made(&router, &hers, &named("Ines")).await;
    }

    // 001-3, 001-2, 001-4, 001-R10, 001-R38, 001-R39
    async fn whoever_may_not_see_what_is_masked_sees_a_mask_that_can_be_sent_back(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let few = [Permission::UsersRead, Permission::UsersAdd, Permission::UsersUpdate];
        let (cyd, hers) = allowed(&world, "cyd", (&a, &few)).await;
        let rest = json!({"phone": "+49305550109", "ipWhitelist": ["192.0.2.0/24"]});
        let user = made(&router, &token, &with(tove(&[]), rest.clone())).await;
        let hidden = |answer: &Answer| (answer.body["phone"].clone(), answer.body["ipWhitelist"].clone(), answer.body["email"].clone());
        let masked = (json!("+*********09"), json!([]), json!(TOVE));
        assert_eq!(hidden(&get(&router, &of(user), &hers).await), masked);
        let listed = get(&router, &format!("{USERS}?filter[email]={TOVE}"), &hers).await;
        assert_eq!((&listed.body[0]["phone"], &listed.body[0]["ipWhitelist"]), (&masked.0, &masked.1));
        let before = (get(&router, &of(user), &token).await.body, state::all(&world).await);
        let whole = get(&router, &of(user), &hers).await.body;
        for body in [json!({"phone": "+*********09"}), json!({"ipWhitelist": []}), whole] {
            let answer = put(&router, &of(user), &hers, &body).await;
            assert_eq!((answer.status, hidden(&answer)), (200, masked.clone()), "{body}: {}", answer.body);
        }
        for phone in ["+*********08", "+**********09", "*", "+4930555010*"] {
            assert_eq!(wrong(&patch(&router, &of(user), &hers, &json!({"phone": phone})).await), ["phone"], "{phone}");
        }
        let answer = patch(&router, &of(user), &hers, &json!({"ipWhitelist": ["10.0.0.1"], "phone": null})).await;
        assert_eq!((refused(&answer).0, refused(&answer).1.contains("data.unmask")), (403, true), "{}", answer.body);
        assert_eq!((get(&router, &of(user), &token).await.body, state::all(&world).await), before, "nothing was changed");
        let own = patch(&router, &of(cyd.number), &hers, &rest).await;
        assert_eq!((own.status, &own.body["phone"], &own.body["ipWhitelist"]), (200, &rest["phone"], &rest["ipWhitelist"]), "one's own is never masked");
        let one = post(&router, USERS, &hers, &with(named("Ines"), json!({"phone": "+12025550143", "ipWhitelist": ["10.0.0.9"]}))).await;
        assert_eq!((&one.body["phone"], &one.body["ipWhitelist"]), (&json!("+*********43"), &json!([])));
        assert_eq!(get(&router, &of(number(&one)), &token).await.body["ipWhitelist"], json!(["10.0.0.9"]));
        let auditor = holding(&world, "eve", &[Permission::AuditRead]).await;
        let query = castellan::domain::audit::query::EventQuery::default();
        let page = castellan::domain::audit::list::list(&auditor, &query).await.unwrap();
        let told: Vec<_> = page.rows.iter().map(|event| (&event.before, &event.after)).collect();
        let told = format!("{told:?}");
        assert!(!told.contains("10.0.0.9") && !told.contains("2025550143"), "the log neither");

        let group = grouped(&router, &token, ("Seeing", &["users.read", "data.unmask"])).await;
        for (body, flag) in [(json!({"canViewMaskedData": true}), true), (json!({"canViewMaskedData": false, "groups": [group]}), false)] {
            assert_eq!(patch(&router, &of(cyd.number), &token, &body).await.body["canViewMaskedData"], flag);
            let seen = get(&router, &of(user), &hers).await;
            assert_eq!(hidden(&seen), (rest["phone"].clone(), rest["ipWhitelist"].clone(), json!(TOVE)), "{body}");
        }
        assert_eq!(patch(&router, &of(cyd.number), &token, &json!({"groups": []})).await.status, 200);
        assert_eq!(hidden(&get(&router, &of(user), &hers).await), masked);
    }

    // 001-3, 001-4, 001-5, 001-R11
    async fn a_mail_is_sent_where_it_is_asked_for_and_never_with_the_password(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = allowed(&world, "bea", (&a, &[Permission::UsersRead, Permission::UsersAdd, Permission::UsersUpdate])).await;
        let user = made(&router, &token, &with(tove(&[]), json!({"sendNotify": true}))).await;
        let sent = letters(&world, TOVE).await;
        let Some(Letter::ProfileMade { user: whose, code: Some(code) }) = sent.first() else { panic!("{sent:?}") };
        assert_eq!((sent.len(), format!("{sent:?}").contains(KETTLE)), (1, false));
        let (whose, code) = (whose.to_string(), code.clone());
        let form = [("user", whose.as_str()), ("code", &code), ("password", TRAM), ("again", TRAM)];
        world.services.clock.advance(7 * 86_400 - 1);
        assert_eq!(world.browser().post("/activate", &form).await.status, 303);
        assert_eq!((signin(&router, TOVE, KETTLE).await.status, signin(&router, TOVE, TRAM).await.status), (401, 200));
        assert_ne!(world.browser().post("/activate", &form).await.status, 303, "once");
        for (body, count) in [(json!({"sendNotify": true}), 0), (json!({"name": "Tove"}), 0), (json!({"name": "Tove B", "sendNotify": true}), 1), (json!({"clientTags": ["x"], "sendNotify": true}), 2)] {
            assert_eq!(patch(&router, &of(user), &token, &body).await.status, 200);
            let told = templates(&world, TOVE).await.into_iter().filter(|kind| *kind == "profile-changed").count();
            assert_eq!(told, count, "{body}");
        }
        made(&router, &token, &with(named("Ines"), json!({"active": false, "sendNotify": true}))).await;
        let sent = letters(&world, "ines@kestrel.example").await;
        assert!(matches!(sent.as_slice(), [Letter::ProfileMade { code: None, .. }]), "{sent:?}");
        assert_eq!(world.count("select count(*) from memberships where status = 'inactive'").await, 1);
        assert_eq!(MembershipStatus::Inactive.word(), "inactive");
        let other = made(&router, &token, &with(named("Otto"), json!({"sendNotify": true}))).await;
        let sent = letters(&world, "otto@kestrel.example").await;
        let [Letter::ProfileMade { user: whose, code: Some(code) }] = sent.as_slice() else { panic!("{sent:?}") };
        world.services.clock.advance(7 * 86_400);
        let late = [("user", whose.to_string()), ("code", code.clone()), ("password", TRAM.to_owned()), ("again", TRAM.to_owned())];
        let late: Vec<(&str, &str)> = late.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_ne!(world.browser().post("/activate", &late).await.status, 303, "after seven days");
        assert!(other > user);
    }

    // 001-3, 001-R17
    async fn nobody_gives_what_they_lack(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let few = [Permission::UsersRead, Permission::UsersAdd, Permission::UsersUpdate, Permission::RolesAdd, Permission::RolesUpdate];
        let (_, hers) = allowed(&world, "cyd", (&a, &few)).await;
        let (less, more) = (grouped(&router, &token, ("Less", &["users.read"])).await, grouped(&router, &token, ("More", &["users.read", "audit.read"])).await);
        let user = made(&router, &hers, &with(named("Ines"), json!({"groups": [less]}))).await;
        let before = state::all(&world).await;
        for body in [json!({"groups": [more]}), json!({"groups": [1]}), json!({"groups": [less, more]}), json!({"canViewMaskedData": true})] {
            assert_eq!(refused(&post(&router, USERS, &hers, &with(tove(&[]), body.clone())).await).0, 403, "{body}");
            assert_eq!(refused(&patch(&router, &of(user), &hers, &body).await).0, 403, "{body}");
        }
        assert_eq!(refused(&post(&router, GROUPS, &hers, &json!({"name": "New", "permissions": ["users.read", "audit.*"]})).await).0, 403);
        assert_eq!(refused(&patch(&router, &format!("{GROUPS}/{less}"), &hers, &json!({"permissions": ["*.*"]})).await).0, 403);
        assert_eq!(state::all(&world).await, before);
        assert_eq!(post(&router, GROUPS, &hers, &json!({"name": "New", "permissions": ["users.read", "users.create"]})).await.status, 201);
    }

    // 001-3, 001-R55
    async fn whom_an_administrator_makes_has_a_verified_address(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        made(&router, &token, &tove(&[1])).await;
        let theirs = access(&router, TOVE, KETTLE).await;
        let profile = get(&router, "/v1/users/profile", &theirs).await;
        assert_eq!((profile.status, &profile.body["emailVerified"], &profile.body["passwordTemporary"]), (200, &json!(true), &json!(false)), "{}", profile.body);
        assert_eq!(get(&router, USERS, &theirs).await.status, 200);
    }

    // 001-2, 001-4, 001-6, 001-R18, 001-R29, 001-R54
    async fn whoever_is_not_of_the_tenant_is_not_found(world: World) {
        let (root, router, a, b) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((bea, token), elsewhere) = (admin(&world, "bea", &a).await, member(&world, "cyd", &b).await);
        let key = castellan::domain::commands::service_keys::NewServiceKey { tenant: a.id, name: "backup".into(), roles: Vec::new(), bounds: crate::domain::stage::unbounded() };
        castellan::domain::commands::service_keys::add_service_key(&world.operator(), key).await.unwrap();
        let program = world.count("select number from users where kind = 'service_account'").await;
        let before = state::all(&world).await;
        let mut names: Vec<String> = [program, elsewhere.number, root.number, 0, 999, i64::from(i32::MAX)].map(|number| number.to_string()).to_vec();
        names.extend(["seven", "-1", "+1", "1.0", "1e0", "2147483648", "9223372036854775808", "0x1", "%20", "%00", "%FF", "%D9%A1"].map(str::to_owned));
        names.push(bea.id.to_string());
        for name in &names {
            let path = format!("{USERS}/{name}");
            for answer in [get(&router, &path, &token).await, put(&router, &path, &token, &json!({"name": "X"})).await, patch(&router, &path, &token, &json!({})).await, delete(&router, &path, &token).await] {
                assert_eq!(refused(&answer), (404, "User not found"), "{path}");
            }
        }
        assert_eq!(numbers(&get(&router, USERS, &token).await), [bea.number]);
        assert_eq!(get(&router, &of(bea.number), &token).await.status, 200);
        assert_eq!(state::all(&world).await, before);
    }
}
