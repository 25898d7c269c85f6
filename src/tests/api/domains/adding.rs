//! Who comes into a domain first, and who comes after.

use super::*;

on_both_engines! {
    // 004-B1, 004-R10, 004-R12, 004-R42, 004-R60
    async fn the_first_user_owns_the_domain_and_chooses_a_password(world: World) {
        let quay = quay(&world).await;
        let added = quay.add(&world, &first()).await;
        let expected = json!({"email": "lin@north.example", "userName": "Lin Mo", "phone": null, "role": "ADMIN", "domain": "north@quay", "owner": true, "status": "pending"});
        assert_eq!(*done(&added), expected);
        assert_eq!(actions(&world, 4).await, ["users.send-activation", "memberships.make-owner", "grants.give", "users.add"]);
        assert!(events(&world).await[..4].iter().all(|event| event.actor_name == "provisioning"));
        assert_eq!(world.text("select first_name from users where login = 'lin@north.example'").await, "Lin");
        assert_eq!(world.text("select last_name from users where login = 'lin@north.example'").await, "Mo");
        assert!(!can_sign_in(&world, "lin@north.example").await);
        let link = link(&world, "lin@north.example").await;
        assert_eq!(follow(&world, &link, PASSWORD).await, 303);
        assert!(can_sign_in(&world, "lin@north.example").await);
        let shown = quay.get(&world, &quay.pair, &of_in("lin@north.example", "north@quay")).await;
        assert_eq!(part(&shown, &["role", "owner", "status"]), [json!("ADMIN"), json!(true), json!("active")]);
    }

    // 004-B1, 004-R11, 004-R46
    async fn a_domain_is_begun_by_its_owner_and_a_resellers_pair(world: World) {
        let quay = quay(&world).await;
        let before = state::all(&world).await;
        for role in ["ADMIN", "NO_PRIVILEGES", "pilot"] {
            let body = json!({"domain": "north@quay", "email": "ida@north.example", "role": role, "userName": "Ida Wu"});
            assert_eq!(refused(&quay.add(&world, &body).await), (400, 400, "The first user of a domain must be its owner"));
        }
        assert_eq!(state::all(&world).await, before);
        let domains = By::Pair(pair(&world, &quay.north, &["*.*"]).await);
        let before = state::all(&world).await;
        for (role, by) in [("OWNER", &domains), ("ADMIN", &domains), ("role!", &domains)] {
            let body = json!({"domain": "north@quay", "email": "ida@north.example", "role": role, "userName": "Ida Wu"});
            assert_eq!(told(&quay.post(&world, by, "/user/internal", &body).await), 403, "{role}");
        }
        let unreadable = sent((&world, &quay.router), &domains, (Method::POST, "/user/internal"), Some("{")).await;
        assert_eq!(told(&unreadable), 403, "the kind of credential comes first");
        assert_eq!(state::all(&world).await, before);
        assert_eq!(mail(&world).await, []);
        done(&quay.add(&world, &first()).await);
        let body = json!({"email": "ida@north.example", "role": "NO_PRIVILEGES", "userName": "Ida Wu"});
        assert_eq!(part(&quay.post(&world, &domains, "/user/internal", &body).await, &["domain"]), [json!("north@quay")], "others come by the domain's own");
    }

    // 004-B1, 004-R13
    async fn a_domain_has_one_owner(world: World) {
        let quay = quay(&world).await;
        done(&quay.add(&world, &first()).await);
        let second = json!({"domain": "north@quay", "email": "ida@north.example", "role": "OWNER", "userName": "Ida Wu"});
        assert_eq!(refused(&quay.add(&world, &second).await), (400, 400, "This domain has an owner already"));
        assert_eq!(world.count("select count(*) from memberships where is_owner").await, 1);
        // A domain whose users came by other ways has none yet.
        member(&world, "gil", &quay.coast).await;
        let owner = json!({"domain": "coast@quay", "email": "ida@coast.example", "role": "OWNER", "userName": "Ida Wu"});
        assert_eq!(part(&quay.add(&world, &owner).await, &["owner", "role"]), [json!(true), json!("ADMIN")]);
    }

    // 004-B1, 004-R41, 004-R42, 004-R43, 004-R45, 004-R46
    async fn what_is_said_of_a_new_person_has_a_form(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let whole = json!({"domain": "north@quay", "email": "Ewa@North.example", "role": "NO_PRIVILEGES", "userName": "Ewa Cole van Berg", "phone": "+48 22 555 01 77", "externalId": {"a": 1}, "owner": "yes", "more": [null]});
        let before = state::all(&world).await;
        let wrong = [
            ("userName", json!("_Lin")), ("userName", json!("Lin.")), ("userName", json!(null)), ("userName", json!("")), ("userName", json!(7)),
            ("userName", json!(long(256))), ("userName", json!("a\u{0}b")), ("userName", json!(format!("{}!", "a ".repeat(127)))),
            ("phone", json!("600123456")), ("phone", json!("+1  555")), ("phone", json!("")), ("phone", json!(["+48 22 555 01 77"])),
            ("role", json!("role!")), ("role", json!("")), ("role", json!(null)), ("role", json!(["ADMIN"])), ("role", json!("admin")), ("role", json!("sailor")),
            ("email", json!("ewa")), ("email", json!(null)), ("email", json!("")), ("email", json!(format!("{}@north.example", long(250)))), ("email", json!("e\u{0}wa@north.example")),
            ("domain", json!(null)), ("domain", json!(7)),
        ];
        for (name, value) in wrong {
            let mut body = whole.clone();
            body[name] = value;
            let answer = quay.add(&world, &body).await;
            assert_eq!(told(&answer), 400, "{body}");
            assert!(refused(&answer).2.contains(&format!("`{name}`")), "{body} {}", answer.body);
        }
        for query in ["skipMailValidation=1", "skipMailValidation=", "skipMailValidation=false&skipMailValidation=false", "skipMailValidation=TRUE"] {
            assert_eq!(told(&quay.post(&world, &quay.pair, &format!("/user/internal?{query}"), &whole).await), 400, "{query}");
        }
        let several = json!({"domain": "north@quay", "email": "ewa", "userName": "_", "phone": "1"});
        let answer = quay.add(&world, &several).await;
        for name in ["email", "role", "userName", "phone"] {
            assert!(refused(&answer).2.contains(&format!("`{name}`")), "{}", answer.body);
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(mail(&world).await, []);
        let added = quay.post(&world, &quay.pair, "/user/internal?skipMailValidation=false", &whole).await;
        let expected = json!({"email": "ewa@north.example", "userName": "Ewa Cole van Berg", "phone": "+48 22 555 01 77", "role": "NO_PRIVILEGES", "domain": "north@quay", "owner": false, "status": "pending"});
        assert_eq!(*done(&added), expected);
        let sql = "select first_name || '/' || last_name || '/' || display_name from users where login = 'ewa@north.example'";
        assert_eq!(world.text(sql).await, "Ewa/Cole van Berg/Ewa Cole van Berg");
        let longest = json!({"domain": "north@quay", "email": "max@north.example", "role": "NO_PRIVILEGES", "userName": long(255)});
        assert_eq!(part(&quay.add(&world, &longest).await, &["userName"]), [json!(long(255))]);
    }

    // 004-B1, 004-R19, 004-R31, 004-R44
    async fn a_token_adds_to_its_own_domain_what_its_user_holds(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        quay.owned(&world, &quay.coast, "ida").await;
        let adder = custom(&world, &quay.north, "adder", &["users.add"]).await;
        custom(&world, &quay.north, "pilot", &["users.read"]).await;
        let clerk = with_role(&world, "clerk", (&adder, &quay.north)).await;
        let token = By::Token(account(&world, &clerk, &quay.north).await);
        let before = state::all(&world).await;
        let person = |role: &str, domain: Value| json!({"domain": domain, "email": "ewa@north.example", "role": role, "userName": "Ewa Cole"});
        for role in ["ADMIN", "pilot"] {
            assert_eq!(told(&quay.post(&world, &token, "/user/internal", &person(role, json!("north@quay"))).await), 403, "{role}");
        }
        for other in ["coast@quay", "north", "nowhere@quay", "NORTH@quay"] {
            assert_eq!(refused(&quay.post(&world, &token, "/user/internal", &person("NO_PRIVILEGES", json!(other))).await), (404, 404, "Domain not found"), "{other}");
        }
        assert_eq!(told(&quay.post(&world, &token, "/user/internal", &person("Pilot", Value::Null)).await), 400, "another case");
        assert_eq!(state::all(&world).await, before);
        let added = quay.post(&world, &token, "/user/internal", &person("adder", Value::Null)).await;
        assert_eq!(part(&added, &["role", "domain"]), [json!("adder"), json!("north@quay")]);
        assert_eq!(events(&world).await[0].actor_name, "clerk (token ci)");
        let without = quay.add(&world, &json!({"email": "max@north.example", "role": "NO_PRIVILEGES", "userName": "Max"})).await;
        assert!(refused(&without).2.contains("`domain` is required"), "{}", without.body);
    }
}
