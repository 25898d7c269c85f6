//! Who is known elsewhere, or waits already.

use super::*;

on_both_engines! {
    // 004-B1, 004-R16, 004-R18
    async fn somebody_known_keeps_what_is_known_and_comes_in_at_once(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.coast, "ida").await;
        quay.owned(&world, &quay.north, "lin").await;
        world.execute("update users set phone = '+34 600 12' where login = 'lin@example.com'").await;
        let body = json!({"domain": "coast@quay", "email": "LIN@example.com", "role": "ADMIN", "userName": "-", "phone": 7, "externalId": 9});
        let joined = quay.post(&world, &quay.pair, "/user/internal?skipMailValidation=true", &body).await;
        let expected = json!({"email": "lin@example.com", "userName": "lin", "phone": "+34 600 12", "role": "ADMIN", "domain": "coast@quay", "owner": false, "status": "active"});
        assert_eq!(*done(&joined), expected);
        assert_eq!(mail(&world).await, []);
        assert_eq!(actions(&world, 2).await, ["grants.give", "memberships.add"]);
    }

    // 004-B1, 004-R18, 004-R46
    async fn without_a_mail_come_those_with_a_password_and_by_a_resellers_pair(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.coast, "ida").await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        done(&quay.add(&world, &json!({"domain": "north@quay", "email": "ewa@north.example", "role": "NO_PRIVILEGES", "userName": "Ewa"})).await);
        let domains = By::Pair(pair(&world, &quay.coast, &["*.*"]).await);
        let before = (state::all(&world).await, mail(&world).await.len());
        let body = |email: &str| json!({"domain": "coast@quay", "email": email, "role": "NO_PRIVILEGES", "userName": "X"});
        let path = "/user/internal?skipMailValidation=true";
        for nobody in ["max@north.example", "ewa@north.example"] {
            assert_eq!(told(&quay.post(&world, &quay.pair, path, &body(nobody)).await), 400, "{nobody}");
        }
        assert_eq!(told(&quay.post(&world, &domains, path, &body(&lin.login)).await), 403);
        assert_eq!(told(&quay.post(&world, &domains, path, &json!({"email": 7})).await), 403, "before the body");
        assert_eq!((state::all(&world).await, mail(&world).await.len()), before);
        let waits = quay.add(&world, &body(&lin.login)).await;
        assert_eq!(part(&waits, &["status", "userName"]), [json!("pending"), json!("lin")]);
        let link = link(&world, &lin.login).await;
        let page = world.browser().open(&format!("/activate?user={}&code={}", link.0, link.1.as_ref().unwrap())).await;
        assert!(page.status == 200 && !page.body.contains("type=\"password\""), "they have one");
        assert_eq!(follow(&world, &link, "").await, 303);
        assert_eq!(part(&quay.get(&world, &quay.pair, &of_in(&lin.login, "coast@quay")).await, &["status"]), [json!("active")]);
        assert!(can_sign_in(&world, &lin.login).await, "with the password of before");
    }

    // 004-B1, 004-R17
    async fn nobody_comes_twice(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let gil = with_role(&world, "gil", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        let again = json!({"domain": "north@quay", "email": gil.login, "role": "ADMIN", "userName": "Gil"});
        for query in ["", "?skipMailValidation=true"] {
            assert_eq!(refused(&quay.post(&world, &quay.pair, &format!("/user/internal{query}"), &again).await), (400, 400, "They belong to this domain already"));
        }
        done(&quay.ask(&world, &quay.pair, (Method::POST, &format!("{}/disable", of_in(&gil.login, "north@quay")))).await);
        let before = state::all(&world).await;
        assert_eq!(told(&quay.add(&world, &again).await), 400, "inactive ones neither");
        assert_eq!(state::all(&world).await, before);
        assert_eq!(mail(&world).await, []);
    }

    // 004-B1, 004-R22
    async fn whoever_waits_is_sent_another_link_and_gets_the_role_that_was_sent(world: World) {
        let quay = quay(&world).await;
        done(&quay.add(&world, &first()).await);
        let old = link(&world, "lin@north.example").await;
        let again = quay.add(&world, &first()).await;
        assert_eq!(part(&again, &["role", "owner", "status"]), [json!("ADMIN"), json!(true), json!("pending")]);
        let mut other = first();
        other["role"] = json!("NO_PRIVILEGES");
        assert_eq!(told(&quay.add(&world, &other).await), 400, "the owner stays one");
        assert_ne!(follow(&world, &old, PASSWORD).await, 303, "the old link is over");
        assert_eq!(follow(&world, &link(&world, "lin@north.example").await, PASSWORD).await, 303);
        custom(&world, &quay.north, "pilot", &["users.read"]).await;
        let ewa = |role: &str| json!({"domain": "north@quay", "email": "ewa@north.example", "role": role, "userName": "Ewa Cole"});
        done(&quay.add(&world, &ewa("NO_PRIVILEGES")).await);
        let mut sent = ewa("pilot");
        sent["userName"] = json!("!");
        let again = quay.add(&world, &sent).await;
        assert_eq!(part(&again, &["role", "userName", "status"]), [json!("pilot"), json!("Ewa Cole"), json!("pending")]);
        assert_eq!(mail(&world).await.iter().filter(|(to, letter)| to == "ewa@north.example" && letter.has_code()).count(), 2);
        let lin = link(&world, "lin@north.example").await.0;
        assert_eq!(world.count("select count(*) from codes where used_at is null").await, 1, "one link for each who waits, {lin}");
    }

    // 004-B1, 004-R18, 004-R22
    async fn whoever_waits_and_has_a_password_can_come_in_at_once(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let owner = json!({"domain": "coast@quay", "email": lin.login, "role": "OWNER"});
        assert_eq!(part(&quay.add(&world, &owner).await, &["owner", "status"]), [json!(true), json!("pending")]);
        let letters = mail(&world).await.len();
        let opened = quay.post(&world, &quay.pair, "/user/internal?skipMailValidation=true", &owner).await;
        assert_eq!(part(&opened, &["owner", "status", "role"]), [json!(true), json!("active"), json!("ADMIN")]);
        assert_eq!(mail(&world).await.len(), letters);
        assert_ne!(follow(&world, &link(&world, &lin.login).await, "").await, 303, "nothing is left to open");
    }

    // 004-B1, 004-R55
    async fn one_person_is_sent_five_mails_an_hour(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let ewa = json!({"domain": "north@quay", "email": "ewa@north.example", "role": "NO_PRIVILEGES", "userName": "Ewa"});
        let mut refused = ewa.clone();
        refused["role"] = json!("sailor");
        for _ in 0..5 {
            assert_eq!(told(&quay.add(&world, &refused).await), 400, "what is refused sends none, and doesn't count");
            done(&quay.add(&world, &ewa).await);
        }
        let before = state::all(&world).await;
        let sixth = quay.add(&world, &ewa).await;
        assert_eq!(told(&sixth), 429);
        assert!(sixth.header("retry-after").parse::<i64>().unwrap() > 0);
        assert_eq!((mail(&world).await.len(), state::all(&world).await), (5, before));
        let other = json!({"domain": "north@quay", "email": "max@north.example", "role": "NO_PRIVILEGES", "userName": "Max"});
        done(&quay.add(&world, &other).await);
        world.services.clock.advance(3600);
        done(&quay.add(&world, &ewa).await);
    }

    // 004-B1, 004-R16, 004-R61
    async fn the_account_of_a_program_is_nobody_to_add(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let new = castellan::domain::commands::service_keys::NewServiceKey { tenant: quay.north.id, name: "backup".into(), roles: Vec::new(), bounds: unbounded() };
        castellan::domain::commands::service_keys::add_service_key(&world.operator(), new).await.unwrap();
        let login = world.text("select login from users where kind = 'service_account'").await;
        let body = json!({"domain": "coast@quay", "email": login, "role": "OWNER", "userName": "X"});
        assert_eq!(told(&quay.add(&world, &body).await), 400);
        assert_eq!(told(&quay.get(&world, &quay.pair, &of(&login)).await), 404);
        assert_eq!(told(&quay.get(&world, &quay.pair, &of_in(&login, "north@quay")).await), 404);
    }

    // 004-B1, 004-R16
    async fn nobody_learns_at_leisure_who_is_known_beyond_their_reach(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let other = under(&world, "other", (TenantKind::Standard, None)).await;
        let norths = By::Pair(pair(&world, &quay.north, &["*.*"]).await);
        // Without a name a new person is refused, and whoever is known is not: both ways it is found out.
        let probe = async |email: &str, role: &str| {
            quay.post(&world, &norths, "/user/internal", &json!({"email": email, "role": role})).await
        };
        for n in 0..20 {
            let known = member(&world, &format!("p{n}"), &other).await;
            assert_eq!(told(&probe("nobody@example.com", "NO_PRIVILEGES").await), 400);
            match n % 2 {
                0 => assert_eq!(told(&probe(&known.login, "sailor").await), 400),
                _ => assert_eq!(part(&probe(&known.login, "NO_PRIVILEGES").await, &["status"]), [json!("pending")]),
            }
        }
        for email in ["p0@example.com", "nobody@example.com"] {
            let answer = probe(email, "NO_PRIVILEGES").await;
            assert_eq!(told(&answer), 429, "{email}");
            assert!(answer.header("retry-after").parse::<i64>().unwrap() > 0);
        }
        let near = json!({"domain": "coast@quay", "email": "lin@example.com", "role": "OWNER"});
        done(&quay.add(&world, &near).await);
        world.services.clock.advance(3600);
        assert_eq!(told(&probe("nobody@example.com", "NO_PRIVILEGES").await), 400);
    }
}
