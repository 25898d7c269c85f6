//! People, whichever domain they belong to.

use super::*;

on_both_engines! {
    // 004-C1, 004-R50
    async fn people_are_found_in_the_domains_that_the_credential_reaches(world: World) {
        let quay = quay(&world).await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let other = under(&world, "other", (TenantKind::Reseller, None)).await;
        let beta = under(&world, "beta", (TenantKind::Domain, Some(&other))).await;
        let zoe = with_role(&world, "zoe", (NO_PRIVILEGES_ROLE, &beta)).await;
        let staff = member(&world, "staff", &quay.reseller).await;
        let norths = By::Pair(pair(&world, &quay.north, &["*.*"]).await);
        let coasts = By::Pair(pair(&world, &quay.coast, &["*.*"]).await);
        let token = By::Token(account(&world, &lin, &quay.north).await);
        let expected = json!({"email": ewa.login, "userName": "ewa", "phone": null, "id": ewa.id});
        for by in [&quay.pair, &norths, &token] {
            for email in [ewa.login.clone(), "EWA@Example.COM".into(), spelt_out(&ewa.login)] {
                assert_eq!(*done(&quay.get(&world, by, &of(&email)).await), expected, "{email}");
            }
        }
        for by in [&quay.pair, &norths, &token] {
            for email in [zoe.login.as_str(), &staff.login, "nobody@example.com", "nobody", "%00@example.com", "a%0Ab@example.com"] {
                assert_eq!(refused(&quay.get(&world, by, &of(email)).await), (404, 404, "User not found"), "{email}");
            }
        }
        assert_eq!(told(&quay.get(&world, &coasts, &of(&ewa.login)).await), 404);
    }

    // 004-C8, 004-R23, 004-R42, 004-R60
    async fn what_is_not_named_stays_and_an_empty_number_goes(world: World) {
        let quay = quay(&world).await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        let change = async |body: Value| quay.put(&world, &quay.pair, &of(&ewa.login), &body).await;
        let whole = change(json!({"userName": "Ewa Cole Berg", "phone": "+48 22 555 01 77", "email": "x@y.example", "more": 1})).await;
        assert_eq!(*done(&whole), json!({"email": ewa.login, "userName": "Ewa Cole Berg", "phone": "+48 22 555 01 77", "id": ewa.id}));
        assert_eq!(actions(&world, 1).await, ["users.update"]);
        let sql = "select first_name || '/' || last_name from users where login = 'ewa@example.com'";
        assert_eq!(world.text(sql).await, "Ewa/Cole Berg");
        let before = state::all(&world).await;
        for body in [json!({}), json!({"userName": null, "phone": null}), json!({"userName": " Ewa Cole Berg "})] {
            assert_eq!(*done(&change(body).await), whole.body);
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(part(&change(json!({"phone": "", "userName": null})).await, &["phone", "userName"]), [Value::Null, json!("Ewa Cole Berg")]);
        assert_eq!(part(&change(json!({"userName": "Ewa"})).await, &["userName"]), [json!("Ewa")]);
        assert_eq!(world.text(sql).await, "Ewa/");
    }

    // 004-C8, 004-R41
    async fn what_is_sent_has_a_form_and_what_was_there_is_answered_as_it_is(world: World) {
        let quay = quay(&world).await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        world.execute("update users set display_name = '_Ewa!', phone = '(22) 555' where login = 'ewa@example.com'").await;
        let before = state::all(&world).await;
        for (name, value) in [
            ("userName", json!("_Lin")), ("userName", json!("Lin.")), ("userName", json!("")), ("userName", json!(7)), ("userName", json!(long(256))), ("userName", json!("Łucja")),
            ("phone", json!("600123456")), ("phone", json!("+1  555")), ("phone", json!(5)), ("phone", json!("+•• •• ••• •• 77")),
        ] {
            let answer = quay.put(&world, &quay.pair, &of(&ewa.login), &json!({name: value})).await;
            assert_eq!(told(&answer), 400, "{value}");
        }
        let both = quay.put(&world, &quay.pair, &of(&ewa.login), &json!({"userName": "", "phone": "1"})).await;
        assert!(refused(&both).2.contains("`userName`") && refused(&both).2.contains("`phone`"), "all at once: {}", both.body);
        assert_eq!(state::all(&world).await, before);
        let shown = quay.get(&world, &quay.pair, &of(&ewa.login)).await;
        assert_eq!(part(&shown, &["userName", "phone"]), [json!("_Ewa!"), json!("(22) 555")]);
        assert_eq!(part(&quay.put(&world, &quay.pair, &of(&ewa.login), &json!({"phone": "+1234567"})).await, &["userName"]), [json!("_Ewa!")]);
    }

    // 004-C8, 004-R51
    async fn nobody_is_changed_who_belongs_beyond(world: World) {
        let quay = quay(&world).await;
        let ida = with_role(&world, "ida", (ADMIN_ROLE, &quay.north)).await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        let change = json!({"userName": "Ewa Cole"});
        add_member(&world.operator(), quay.coast.id, &ewa.login).await.unwrap();
        add_member(&world.operator(), quay.coast.id, &ida.login).await.unwrap();
        let norths = By::Pair(pair(&world, &quay.north, &["*.*"]).await);
        let token = By::Token(account(&world, &ida, &quay.north).await);
        let before = state::all(&world).await;
        for by in [&norths, &token] {
            assert_eq!(told(&quay.put(&world, by, &of(&ewa.login), &change).await), 400);
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(part(&quay.put(&world, &quay.pair, &of(&ewa.login), &change).await, &["userName"]), [json!("Ewa Cole")], "both are the reseller's");
        assert_eq!(part(&quay.put(&world, &token, &of(&ida.login), &json!({"userName": "Ida"})).await, &["userName"]), [json!("Ida")], "their own");
        add_member(&world.operator(), quay.reseller.id, &ewa.login).await.unwrap();
        assert_eq!(told(&quay.put(&world, &quay.pair, &of(&ewa.login), &json!({"userName": "Ewa"})).await), 400, "a reseller is no domain");
    }
}
