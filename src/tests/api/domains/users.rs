//! Who belongs to a domain, and whether they count.

use super::*;

async fn post(world: &World, quay: &Quay, path: &str) -> Answer {
    quay.ask(world, &quay.pair, (Method::POST, path)).await
}

on_both_engines! {
    // 004-C2, 004-C3, 004-R52, 004-R61
    async fn users_are_listed_in_the_order_in_which_they_came(world: World) {
        let quay = quay(&world).await;
        assert_eq!(*done(&quay.get(&world, &quay.pair, "/user/domain/coast@quay").await), json!([]));
        let lin = quay.owned(&world, &quay.north, "lin").await;
        world.services.clock.advance(1);
        let zoe = with_role(&world, "zoe", (NO_PRIVILEGES_ROLE, &quay.coast)).await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        world.services.clock.advance(1);
        add_member(&world.operator(), quay.north.id, &zoe.login).await.unwrap();
        let new = castellan::domain::commands::service_keys::NewServiceKey { tenant: quay.north.id, name: "backup".into(), roles: Vec::new(), bounds: unbounded() };
        castellan::domain::commands::service_keys::add_service_key(&world.operator(), new).await.unwrap();
        let listed = quay.get(&world, &quay.pair, "/user/domain/north@quay").await;
        let user = |user: &User, role: &str, owner: bool| json!({"email": user.login, "userName": user.display_name, "phone": null, "role": role, "domain": "north@quay", "owner": owner, "status": "active"});
        assert_eq!(*done(&listed), json!([user(&lin, "ADMIN", true), user(&ewa, "NO_PRIVILEGES", false), user(&zoe, "", false)]));
        for (one, expected) in [(&lin, 0), (&ewa, 1), (&zoe, 2)] {
            let shown = quay.get(&world, &quay.pair, &of_in(&one.login.to_uppercase(), "north@quay")).await;
            assert_eq!(*done(&shown), listed.body[expected]);
        }
        let elsewhere = quay.get(&world, &quay.pair, &of_in(&zoe.login, "coast@quay")).await;
        assert_eq!(part(&elsewhere, &["role", "domain"]), [json!("NO_PRIVILEGES"), json!("coast@quay")], "each domain by itself");
    }

    // 004-C2
    async fn a_list_costs_the_same_however_many_there_are(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let few = quay.get(&world, &quay.pair, "/user/domain/north@quay").await.work.statements;
        for name in ["ewa", "gil", "max", "zoe"] {
            with_role(&world, name, (NO_PRIVILEGES_ROLE, &quay.north)).await;
        }
        let many = quay.get(&world, &quay.pair, "/user/domain/north@quay").await;
        assert_eq!((many.work.statements, done(&many).as_array().unwrap().len()), (few, 5));
    }

    // 004-C5, 004-C6, 004-R14, 004-R53, 004-R59, 004-R60
    async fn who_is_disabled_is_refused_at_once_and_can_come_back(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let ida = with_role(&world, "ida", (ADMIN_ROLE, &quay.north)).await;
        let token = By::Token(account(&world, &ida, &quay.north).await);
        let path = of_in(&ida.login, "north@quay");
        let before = state::all(&world).await;
        assert_eq!(part(&post(&world, &quay, &format!("{path}/enable")).await, &["status"]), [json!("active")]);
        assert_eq!(told(&post(&world, &quay, &format!("{}/disable", of_in(&lin.login, "north@quay"))).await), 400, "the owner");
        assert_eq!(state::all(&world).await, before);
        done(&quay.get(&world, &token, "/user/domain/north@quay").await);
        assert_eq!(part(&post(&world, &quay, &format!("{path}/disable")).await, &["status", "role"]), [json!("inactive"), json!("ADMIN")]);
        assert_eq!(actions(&world, 1).await, ["memberships.update"]);
        assert_eq!(told(&quay.get(&world, &token, "/user/domain/north@quay").await), 401);
        assert!(!can_sign_in(&world, &ida.login).await);
        assert_eq!(refused(&post(&world, &quay, &format!("{path}/disable")).await), (400, 116, "The user is not active"));
        assert_eq!(part(&post(&world, &quay, &format!("{path}/enable")).await, &["status"]), [json!("active")]);
        done(&quay.get(&world, &token, "/user/domain/north@quay").await);
        assert!(can_sign_in(&world, &ida.login).await);
        done(&quay.add(&world, &json!({"domain": "north@quay", "email": "max@north.example", "role": "NO_PRIVILEGES", "userName": "Max"})).await);
        let waits = of_in("max@north.example", "north@quay");
        assert_eq!(refused(&post(&world, &quay, &format!("{waits}/disable")).await), (400, 116, "The user is not active"));
        assert_eq!(told(&post(&world, &quay, &format!("{waits}/enable")).await), 400);
        assert_eq!(part(&quay.get(&world, &quay.pair, &waits).await, &["status"]), [json!("pending")]);
    }

    // 004-C4, 004-R14, 004-R21, 004-R59, 004-R61
    async fn whoever_is_removed_goes_with_their_last_membership(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        add_member(&world.operator(), quay.coast.id, &ewa.login).await.unwrap();
        let before = state::all(&world).await;
        let owners = quay.ask(&world, &quay.pair, (Method::DELETE, &of_in(&lin.login, "north@quay"))).await;
        assert_eq!(refused(&owners), (400, 112, "Domain owner can not be deleted"));
        assert_eq!(state::all(&world).await, before);
        for (domain, left) in [("north@quay", 1), ("coast@quay", 0)] {
            let path = of_in(&ewa.login, domain);
            assert_eq!(*done(&quay.ask(&world, &quay.pair, (Method::DELETE, &path)).await), json!({}));
            assert_eq!(refused(&quay.ask(&world, &quay.pair, (Method::DELETE, &path)).await), (404, 404, "User not found"));
            assert_eq!(world.count("select count(*) from users where login = 'ewa@example.com'").await, left);
        }
        assert_eq!(actions(&world, 2).await, ["users.delete", "memberships.remove"]);
        assert_eq!(told(&quay.get(&world, &quay.pair, &of(&ewa.login)).await), 404);
    }

    // 004-C4, 004-C5, 004-R21, 004-R31, 004-R54
    async fn the_last_administrator_stays(world: World) {
        let quay = quay(&world).await;
        let ada = world.set_up().await;
        add_member(&world.operator(), quay.north.id, &ada.login).await.unwrap();
        world.execute("update memberships set status = 'inactive' where tenant_id in (select id from tenants where kind = 'root')").await;
        let path = of_in(&ada.login, "north@quay");
        let before = state::all(&world).await;
        assert_eq!(told(&post(&world, &quay, &format!("{path}/disable")).await), 400);
        assert_eq!(told(&quay.ask(&world, &quay.pair, (Method::DELETE, &path)).await), 400);
        assert_eq!(state::all(&world).await, before);
        world.execute("delete from memberships where tenant_id in (select id from tenants where kind = 'root')").await;
        assert_eq!(told(&quay.ask(&world, &quay.pair, (Method::DELETE, &path)).await), 403, "they would be deleted, who may do more than the pair");
    }

    // 004-C1, 004-C2, 004-C3, 004-R43
    async fn numbers_are_masked_for_whoever_may_not_see_them(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let reader = custom(&world, &quay.north, "reader", &["users.read", "users.list"]).await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        let max = with_role(&world, "max", (&reader, &quay.north)).await;
        let ida = with_role(&world, "ida", (ADMIN_ROLE, &quay.north)).await;
        world.execute("update users set phone = '+48 22 555 01 77' where login in ('ewa@example.com', 'max@example.com')").await;
        let narrow = By::Pair(pair(&world, &quay.north, &["users.read"]).await);
        let (masked, whole) = (json!("+•• •• ••• •• 77"), json!("+48 22 555 01 77"));
        let readers = By::Token(account(&world, &max, &quay.north).await);
        let admins = By::Token(account(&world, &ida, &quay.north).await);
        for (by, of_who, expected) in [(&readers, &ewa, &masked), (&readers, &max, &whole), (&admins, &ewa, &whole), (&narrow, &ewa, &whole)] {
            for path in [of(&of_who.login), of_in(&of_who.login, "north@quay")] {
                assert_eq!(part(&quay.get(&world, by, &path).await, &["phone"]), std::slice::from_ref(expected), "{path}");
            }
        }
        let listed = quay.get(&world, &readers, "/user/domain/north@quay").await;
        let phones: Vec<&Value> = done(&listed).as_array().unwrap().iter().map(|user| &user["phone"]).collect();
        assert_eq!(phones, [&Value::Null, &masked, &whole, &Value::Null]);
    }
}
