//! Which roles a user has in a domain.

use super::*;

/// What was answered as roles.
fn roles(answer: &Answer) -> &str {
    done(answer)["role"].as_str().unwrap()
}

fn role_path(user: &User) -> String {
    format!("{}/role", of_in(&user.login, "north@quay"))
}

on_both_engines! {
    // 004-B2, 004-R20, 004-R47, 004-R48, 004-R60
    async fn setting_roles_replaces_all(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        for name in ["pilot", "Anchor"] {
            custom(&world, &quay.north, name, &["users.read"]).await;
        }
        role(&world.operator(), "harbour", &["users.list"]).await;
        let set = async |names: Value| quay.put(&world, &quay.pair, &role_path(&ewa), &json!({"roles": names})).await;
        let answer = set(json!(["NO_PRIVILEGES", "pilot"])).await;
        let expected = json!({"email": ewa.login, "userName": "ewa", "phone": null, "role": "pilot,NO_PRIVILEGES", "domain": "north@quay", "owner": false, "status": "active"});
        assert_eq!(*done(&answer), expected);
        assert_eq!(actions(&world, 1).await, ["grants.give"], "what stays is not given anew");
        assert_eq!(roles(&set(json!(" harbour , pilot,Anchor, pilot")).await), "Anchor,harbour,pilot", "by name, in one text, each once");
        assert_eq!(actions(&world, 3).await, ["grants.give", "grants.give", "grants.take"]);
        assert_eq!(roles(&set(json!("ADMIN")).await), "ADMIN");
        assert_eq!(roles(&set(json!(["pilot"])).await), "pilot");
        let before = state::all(&world).await;
        assert_eq!(roles(&set(json!(["pilot", " pilot "])).await), "pilot");
        assert_eq!(state::all(&world).await, before, "it was so already");
    }

    // 004-B2, 004-B3, 004-C7, 004-R9, 004-R14, 004-R15, 004-R19, 004-R41
    async fn roles_that_cannot_be_are_refused_and_change_nothing(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        custom(&world, &quay.north, "pilot", &["users.read"]).await;
        custom(&world, &quay.coast, "sailor", &["users.read"]).await;
        let before = state::all(&world).await;
        let (path, owners) = (role_path(&ewa), role_path(&lin));
        let both = [json!(["OWNER"]), json!(["role!"]), json!(["pilot", ""]), json!("pilot,"), json!(7), json!([7]), json!(null), json!({}), json!(["pi\u{0}lot"]), json!(vec!["pilot"; 101])];
        for names in &both {
            for answer in [quay.put(&world, &quay.pair, &path, &json!({"roles": names})).await, quay.delete(&world, &quay.pair, &path, &json!({"roles": names})).await] {
                assert_eq!(told(&answer), 400, "{names}");
            }
        }
        for names in [json!([]), json!(""), json!(["ADMIN", "pilot"]), json!("ADMIN,NO_PRIVILEGES"), json!(["admin"]), json!(["Pilot"]), json!(["sailor"]), json!(["no-privileges"]), json!(["no_privileges"])] {
            assert_eq!(told(&quay.put(&world, &quay.pair, &path, &json!({"roles": names})).await), 400, "{names}");
        }
        assert_eq!(told(&quay.put(&world, &quay.pair, &path, &json!({})).await), 400);
        let none = quay.delete(&world, &quay.pair, &path, &json!({"roles": ["NO_PRIVILEGES", "pilot"]})).await;
        assert_eq!(refused(&none), (400, 400, "A user must keep at least one role"));
        for role in ["OWNER", "admin", "Pilot", "sailor", "role!", "%00"] {
            let answer = quay.ask(&world, &quay.pair, (Method::PUT, &format!("{path}/{role}"))).await;
            assert_eq!(told(&answer), 400, "{role}");
        }
        let names = json!({"roles": ["pilot"]});
        for answer in [quay.put(&world, &quay.pair, &owners, &names).await, quay.delete(&world, &quay.pair, &owners, &names).await, quay.ask(&world, &quay.pair, (Method::PUT, &format!("{owners}/ADMIN"))).await] {
            assert_eq!(refused(&answer), (400, 400, "The owner of a domain keeps the role ADMIN"));
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 004-B3, 004-R9, 004-R20
    async fn removing_roles_leaves_the_others_and_at_least_one(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let pilot = custom(&world, &quay.north, "pilot", &["users.read"]).await;
        let ewa = with_role(&world, "ewa", (&pilot, &quay.north)).await;
        holds(&world, &ewa, (NO_PRIVILEGES_ROLE, &quay.north)).await;
        let take = async |path: &str, names: Value| quay.delete(&world, &quay.pair, path, &json!({"roles": names})).await;
        let path = role_path(&ewa);
        let before = state::all(&world).await;
        for names in [json!(["nobody", "ADMIN"]), json!([]), json!("")] {
            assert_eq!(roles(&take(&path, names).await), "pilot,NO_PRIVILEGES", "what they don't hold");
        }
        assert_eq!(told(&take(&path, json!("NO_PRIVILEGES,pilot")).await), 400);
        assert_eq!(state::all(&world).await, before);
        let spelt = format!("/user/email/{}/domain/north%40quay/role", spelt_out(&ewa.login));
        assert_eq!(roles(&take(&spelt, json!(["NO_PRIVILEGES", "other"])).await), "pilot");
        assert_eq!(actions(&world, 1).await, ["grants.take"]);
        assert_eq!(told(&take(&path, json!(["pilot"])).await), 400);
    }

    // 004-C7, 004-R49
    async fn one_role_in_place_of_all(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let pilot = custom(&world, &quay.north, "pilot", &["users.read"]).await;
        custom(&world, &quay.north, "deck hand", &["users.read"]).await;
        let ewa = with_role(&world, "ewa", (&pilot, &quay.north)).await;
        holds(&world, &ewa, (NO_PRIVILEGES_ROLE, &quay.north)).await;
        for (role, shown) in [("ADMIN", "ADMIN"), ("deck%20hand", "deck hand"), ("NO_PRIVILEGES", "NO_PRIVILEGES")] {
            let answer = quay.ask(&world, &quay.pair, (Method::PUT, &format!("{}/{role}", role_path(&ewa)))).await;
            assert_eq!(roles(&answer), shown);
        }
    }

    // 004-R15, 004-R47
    async fn the_administrators_role_stands_alone_in_a_domain_whoever_gives_it(world: World) {
        let quay = quay(&world).await;
        let shop = under(&world, "shop", (TenantKind::Standard, Some(&quay.reseller))).await;
        let lin = with_role(&world, "lin", (ADMIN_ROLE, &quay.north)).await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        let grant = |user: &User, role: &str, at: &Tenant| NewGrant::lasting(Principal::User(user.id), RoleId(role.into()), Scope::Tenant(at.id));
        let before = state::all(&world).await;
        for (user, role) in [(&lin, NO_PRIVILEGES_ROLE), (&ewa, ADMIN_ROLE)] {
            assert!(give_access(&world.operator(), &grant(user, role, &quay.north)).await.is_err());
        }
        assert_eq!(state::all(&world).await, before);
        let gil = with_role(&world, "gil", (ADMIN_ROLE, &shop)).await;
        holds(&world, &gil, (NO_PRIVILEGES_ROLE, &shop)).await;
        // What ended stands beside nothing, until somebody lets it last longer.
        world.execute("update grants set expires_at = 1 where role_id = '0000000000000000000000NPRV'").await;
        give_access(&world.operator(), &grant(&ewa, ADMIN_ROLE, &quay.north)).await.unwrap();
        assert!(give_access(&world.operator(), &grant(&ewa, NO_PRIVILEGES_ROLE, &quay.north)).await.is_err());
        let shown = quay.get(&world, &quay.pair, &of_in(&ewa.login, "north@quay")).await;
        assert_eq!(roles(&shown), "ADMIN");
        let answer = quay.put(&world, &quay.pair, &role_path(&ewa), &json!({"roles": ["NO_PRIVILEGES"]})).await;
        assert_eq!(roles(&answer), "NO_PRIVILEGES", "what ended makes room for the same that lasts");
    }

    // 004-R47
    async fn what_is_held_elsewhere_or_later_does_not_show(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let ada = world.set_up().await;
        let path = of_in(&ada.login, "north@quay");
        assert_eq!(refused(&quay.get(&world, &quay.pair, &path).await), (404, 404, "User not found"), "an administrator of everything");
        add_member(&world.operator(), quay.north.id, &ada.login).await.unwrap();
        assert_eq!(roles(&quay.get(&world, &quay.pair, &path).await), "", "what is held everywhere");
        holds(&world, &ada, (NO_PRIVILEGES_ROLE, &quay.north)).await;
        assert_eq!(roles(&quay.get(&world, &quay.pair, &path).await), "NO_PRIVILEGES");
        world.execute("update grants set valid_from = 9000000000000 where role_id = '0000000000000000000000NPRV'").await;
        assert_eq!(roles(&quay.get(&world, &quay.pair, &path).await), "");
        let answer = quay.put(&world, &quay.pair, &format!("{path}/role"), &json!({"roles": "NO_PRIVILEGES"})).await;
        assert_eq!(roles(&answer), "NO_PRIVILEGES", "from now on");
    }

    // 004-B2, 004-B3, 004-C5, 004-C4, 004-C8, 004-R31, 004-R54
    async fn nobody_touches_whoever_may_do_more_nor_disarms_themselves(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let all = ["users.add", "users.read", "users.update", "users.update-roles", "users.update-tenants", "users.enable", "users.revoke"];
        let manager = custom(&world, &quay.north, "manager", &all).await;
        custom(&world, &quay.north, "pilot", &["tokens.list"]).await;
        let max = with_role(&world, "max", (&manager, &quay.north)).await;
        let token = By::Token(account(&world, &max, &quay.north).await);
        let ida = with_role(&world, "ida", (ADMIN_ROLE, &quay.north)).await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        let (above, below) = (of_in(&ida.login, "north@quay"), of_in(&ewa.login, "north@quay"));
        let before = state::all(&world).await;
        let names = |name: &str| json!({"roles": [name]});
        for answer in [
            quay.put(&world, &token, &format!("{above}/role"), &names("NO_PRIVILEGES")).await,
            quay.delete(&world, &token, &format!("{above}/role"), &names("pilot")).await,
            quay.ask(&world, &token, (Method::PUT, &format!("{above}/role/manager"))).await,
            quay.ask(&world, &token, (Method::POST, &format!("{above}/disable"))).await,
            quay.ask(&world, &token, (Method::DELETE, &above)).await,
            quay.put(&world, &token, &of(&ida.login), &json!({"userName": "Ida Low"})).await,
            quay.put(&world, &token, &format!("{below}/role"), &names("pilot")).await,
            quay.put(&world, &token, &format!("{below}/role"), &names("ADMIN")).await,
        ] {
            assert_eq!(told(&answer), 403, "{}", answer.body);
        }
        assert_eq!(state::all(&world).await, before);
        let admins = By::Token(account(&world, &ida, &quay.north).await);
        let before = state::all(&world).await;
        for answer in [
            quay.put(&world, &admins, &format!("{above}/role"), &names("NO_PRIVILEGES")).await,
            quay.ask(&world, &admins, (Method::PUT, &format!("{above}/role/pilot"))).await,
            quay.ask(&world, &admins, (Method::POST, &format!("{above}/disable"))).await,
            quay.ask(&world, &admins, (Method::DELETE, &above)).await,
        ] {
            assert_eq!(told(&answer), 400, "{}", answer.body);
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(roles(&quay.put(&world, &token, &format!("{below}/role"), &names("manager")).await), "manager", "what they hold themselves");
        assert_eq!(roles(&quay.put(&world, &admins, &format!("{below}/role"), &names("ADMIN")).await), "ADMIN");
    }
}
