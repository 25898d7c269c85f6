//! Lists, and one user.

use super::*;
use castellan::{domain::users::input::NewUser, model::tenant::MembershipStatus};

/// The ids of a page, and its cursor.
fn page(answer: &Answer) -> (Vec<&str>, Option<&str>) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let members: Vec<&String> = answer.body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["data", "paging"]);
    assert!(answer.body["paging"]["next"].is_object(), "{}", answer.body);
    let ids = answer.body["data"].as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap()).collect();
    (ids, answer.body["paging"]["next"].get("after").map(|after| after.as_str().unwrap()))
}

fn ids(users: &[&User]) -> Vec<String> {
    users.iter().map(|user| user.id.to_string()).collect()
}

on_both_engines! {
    // 003-1, 003-R8, 003-R18, 003-R26
    async fn pages_go_by_when_people_came_and_a_cursor_neither_repeats_nor_skips(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let empty = get(&router, &one.users, &one.key).await;
        assert_eq!((empty.status, &empty.body), (200, &json!({"data": [], "paging": {"next": {}}})), "its own account is no user");
        let zoe = member(&world, "zoe", &one.tenant).await;
        // Two of one moment: they go by id.
        world.services.clock.advance(1);
        let (ada, bo) = (member(&world, "ada", &one.tenant).await, member(&world, "bo", &one.tenant).await);
        world.services.clock.advance(1);
        // Made long before she came.
        let other = stage::tenant(&world, "other").await;
        let cleo = member(&world, "cleo", &other).await;
        world.services.clock.advance(1);
        let dan = member(&world, "dan", &one.tenant).await;
        world.services.clock.advance(1);
        add_member(&world.operator(), one.tenant.id, &cleo.login).await.unwrap();
        run(&world.operator(), set_membership((bo.id, one.tenant.id), (MembershipStatus::Inactive, 1))).await.unwrap();
        let whole = get(&router, &one.users, &one.key).await;
        assert_eq!(page(&whole), (ids(&[&zoe, &ada, &bo, &dan, &cleo]).iter().map(String::as_str).collect(), None));
        assert_eq!(whole.body["data"][0], json!({"id": zoe.id, "first_name": "zoe", "last_name": "", "email": "zoe@example.com", "last_logged_at": null}));
        assert_eq!(whole.work.statements, 3, "who is calling, the portal, its users");
        let path = |after: &str| format!("{}?limit=2&after={after}", one.users);
        let first = get(&router, &format!("{}?limit=2", one.users), &one.key).await;
        let (seen, after) = page(&first);
        assert_eq!(seen, ids(&[&zoe, &ada]));
        assert!(after.unwrap().starts_with("MTc5NTMwN"), "a moment and an id");
        // The row that the cursor names goes, and so does one that was seen; another comes.
        for gone in [&ada, &zoe] {
            assert_eq!(delete(&router, &one.of(gone), &one.key).await.status, 200);
        }
        let eve = member(&world, "eve", &one.tenant).await;
        let second = get(&router, &path(after.unwrap()), &one.key).await;
        let (seen, after) = page(&second);
        assert_eq!(seen, ids(&[&bo, &dan]));
        let last = get(&router, &path(after.unwrap()), &one.key).await;
        assert_eq!((page(&last), &last.body["paging"]), ((ids(&[&cleo, &eve]).iter().map(String::as_str).collect(), None), &json!({"next": {}})));
        let exact = get(&router, &format!("{}?limit=4", one.users), &one.key).await;
        assert_eq!(page(&exact).1, None, "nothing follows");
    }

    // 003-1
    async fn a_page_has_fifty_users_if_nobody_says_and_a_hundred_at_most(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        for number in 0..103 {
            let new = NewUser { tenant: Some(one.tenant.id), password: None, ..crate::support::person(&format!("p{number}"), "") };
            add_user(&world.operator(), new).await.unwrap();
        }
        let count = async |query: &str| page(&get(&router, &format!("{}{query}", one.users), &one.key).await).0.len();
        assert_eq!((count("").await, count("?limit=100").await, count("?limit=1").await), (50, 100, 1));
    }

    // 003-1, 003-R17, 003-R20
    async fn parameters_that_say_nothing_are_named(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        for (query, said) in [
            ("limit=0", "limit must be a whole number from 1 to 100"), ("limit=101", "limit must be"), ("limit=-1", "limit must be"),
            ("limit=abc", "limit must be"), ("limit=", "limit must be"), ("limit=1.5", "limit must be"), ("limit=99999999999999999999", "limit must be"),
            ("after=%25%25%25", "after must be a cursor"), ("after=%%%", "after must be"), ("after=", "after must be"), ("after=MQ", "after must be"),
            ("limit=1&limit=1", "limit is there twice"), ("after=MQ&after=MQ", "after is there twice"),
            ("limit=x&after=x", "after must be a cursor of the page before; limit must be a whole number from 1 to 100"),
            ("limit=%00", "the query can't be read"), ("limit=%ff", "the query can't be read"),
        ] {
            let answer = get(&router, &format!("{}?{query}", one.users), &one.key).await;
            let (status, message) = refused(&answer);
            assert!(status == 400 && message.starts_with(said), "{query}: {message}");
        }
        assert_eq!(get(&router, &format!("{}?more=1&limit=100", one.users), &one.key).await.status, 200);
    }

    // 003-2, 003-R26, 003-R27
    async fn one_user_is_shown_and_anything_else_is_not_there(world: World) {
        let (router, one, two) = (world.router("http://localhost"), portal(&world, "pp_01").await, portal(&world, "pp_02").await);
        let (kai, other) = (member(&world, "kai", &one.tenant).await, member(&world, "ada", &two.tenant).await);
        let shown = get(&router, &one.of(&kai), &one.key).await;
        let expected = json!({"id": kai.id, "first_name": "kai", "last_name": "", "email": "kai@example.com", "last_logged_at": null});
        assert_eq!((shown.status, &shown.body, shown.work.statements), (200, &expected, 3));
        run(&world.operator(), set_membership((kai.id, one.tenant.id), (MembershipStatus::Pending, 1))).await.unwrap();
        assert_eq!(get(&router, &one.of(&kai), &one.key).await.body, expected, "whatever the state");
        let (account, _) = key(&world, &one.tenant, &["users.read"]).await;
        let (upper, plain) = (kai.id.to_string().to_uppercase(), kai.id.0.simple().to_string());
        let long = "x".repeat(8_000);
        let names = [NOTHING.to_owned(), other.id.to_string(), account.user_id.to_string(), upper, plain, long, "nobody".into(), "%00".into(), "%ff".into(), "%20".into(), "kai@example.com".into(), "../x".into()];
        for name in names {
            for method in [Method::GET, Method::DELETE] {
                let answer = asked(&router, (method.clone(), &format!("{}/{name}", one.users)), &one.key).await;
                assert_eq!(refused(&answer), NOT_FOUND, "{method} {name}");
            }
        }
        assert_eq!(refused(&get(&router, &format!("{}/{}", two.users, kai.id), &one.key).await), NOT_FOUND);
        assert_eq!(refused(&get(&router, &two.of(&kai), &two.key).await), NOT_FOUND, "the right user under another portal");
    }

    // 003-1, 003-2, 003-R9
    async fn a_sign_in_counts_for_the_portal_of_whoever_belongs_to_it_alone(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let (kai, both) = (member(&world, "kai", &one.tenant).await, member(&world, "ada", &one.tenant).await);
        let other = stage::tenant(&world, "other").await;
        add_member(&world.operator(), other.id, &both.login).await.unwrap();
        world.services.clock.advance(3600);
        world.signed_in(&kai).await;
        assert_eq!(get(&router, &one.of(&kai), &one.key).await.body["last_logged_at"], "2026-11-22T01:00:00Z");
        world.services.clock.advance(60);
        assert_eq!(signed_in(&router, &kai.login, crate::support::PASSWORD).await.status, 200);
        assert_eq!(get(&router, &one.users, &one.key).await.body["data"][0]["last_logged_at"], "2026-11-22T01:01:00Z", "as a program, too");
        world.services.clock.advance(60);
        assert_eq!(signed_in(&router, &kai.login, "a wrong password of theirs").await.status, 401);
        world.signed_in(&both).await;
        assert_eq!(get(&router, &one.of(&kai), &one.key).await.body["last_logged_at"], "2026-11-22T01:01:00Z", "a refused one counts nowhere");
        assert_eq!(get(&router, &one.of(&both), &one.key).await.body["last_logged_at"], json!(null), "it may have been to the other tenant");
        // What they did elsewhere before they came is none of the portal's business.
        let (guest, two) = (member(&world, "bo", &other).await, portal(&world, "pp_02").await);
        world.signed_in(&guest).await;
        let body = with(with(two.guest(), "email", json!(guest.login)), "roles", json!([two.clerk.id]));
        let joined = post(&router, &two, &body).await;
        assert_eq!((id(&joined), &joined.body["last_logged_at"]), (guest.id, &json!(null)));
    }
}
