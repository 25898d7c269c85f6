//! Contract 002: rules about people.

use axum::{Router, http::Method};
use castellan::{
    domain::{
        commands::service_keys::{NewServiceKey, add_service_key},
        grants::input::NewGrant,
        tenants::input::NewTenant,
    },
    model::{
        id::{ADMIN_ROLE, RoleId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::{TenantKind, TenantType},
    },
};
use serde_json::{Value, json};

use super::{
    Answer,
    credentials::{access, letters, signed_in},
    management::{asked, get, named, of, sent, token, told},
};
use crate::{
    domain::{
        stage::{give, lasting, member, role, tenant, unbounded},
        state,
    },
    support::{PASSWORD, World, changes::*, on_both_engines},
};

const USERS: &str = "/auth/users";
const NEW: &str = "seven-green-umbrellas";
const NEWER: &str = "slow-tram-past-the-mill";

fn linus(members: Value) -> Value {
    let mut body = json!({"firstName": "Linus", "lastName": "Torvaldson", "userName": "linus@example.com", "password": NEW, "temporaryPassword": false});
    for (name, member) in members.as_object().unwrap() {
        body[name] = member.clone();
    }
    body
}

async fn create(router: &Router, token: &str, body: &Value) -> Answer {
    sent(router, (Method::POST, USERS), token, body).await
}

async fn patch(router: &Router, path: &str, token: &str, body: Value) -> Answer {
    sent(router, (Method::PATCH, path), token, &body).await
}

async fn delete(router: &Router, path: &str, token: &str) -> Answer {
    asked(router, (Method::DELETE, path), token).await
}

/// First names of a page.
fn people(answer: &Answer) -> Vec<&str> {
    answer.body["items"].as_array().unwrap().iter().map(|user| user["firstName"].as_str().unwrap()).collect()
}

on_both_engines! {
    // 002-16, 002-17, 002-R1, 002-R6
    async fn what_all_roles_allow_is_listed_once_and_in_order(world: World) {
        let (ada, router, iris) = (world.set_up().await, world.router("http://localhost"), world.add("iris", "").await);
        let admin = token(&world, &ada).await;
        for (name, patterns) in [("One", ["users.read", "users.list"].as_slice()), ("Two", &["users.list", "audit.read"]), ("Wild", &["audit.*"])] {
            role(&world.operator(), name, patterns).await;
        }
        let path = format!("{}/roles", of(&iris));
        let both = patch(&router, &path, &admin, json!({"addRoles": ["Two", "One"], "removeRoles": []})).await;
        assert_eq!((both.status, &both.body["permissions"]), (200, &json!(["audit.read", "users.list", "users.read"])), "{}", both.body);
        let listed = format!("{}/permissions", of(&iris));
        assert_eq!(get(&router, &listed, &admin).await.body, both.body["permissions"]);
        let one = patch(&router, &path, &admin, json!({"addRoles": [], "removeRoles": ["Two"]})).await;
        assert_eq!(one.body["permissions"], json!(["users.list", "users.read"]), "what another role gives stays");
        patch(&router, &path, &admin, json!({"addRoles": ["Wild"], "removeRoles": ["One"]})).await;
        let wild = get(&router, &listed, &admin).await;
        let audit: Vec<&str> = Permission::ALL.iter().map(|permission| permission.name()).filter(|name| name.starts_with("audit.")).collect();
        let mut named: Vec<&str> = wild.body.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert!(named.is_sorted() && named.len() > 1);
        named.sort_by_key(|name| audit.iter().position(|other| other == name));
        assert_eq!(named, audit, "names, no patterns");
    }

    // 002-3, 002-4, 002-5, 002-16, 002-18, 002-R3
    async fn a_right_counts_in_test_tenants_or_in_every_tenant_where_its_holder_has_those(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let new = NewTenant { slug: "t".into(), name: "t".into(), kind: TenantKind::Standard, use_: TenantType::Test, parent: None };
        let trial = add_tenant(&world.operator(), new).await.unwrap();
        let (linus, iris, grace) = (member(&world, "linus", &trial).await, member(&world, "iris", &a).await, world.add("grace", "").await);
        role(&world.operator(), "Support", &["users.read"]).await;
        world.give(&grace, "Support").await;
        let (admin, hers) = (token(&world, &ada).await, token(&world, &grace).await);
        let path = format!("{}/tenants", of(&grace));
        let scoped = patch(&router, &path, &admin, json!({"addTenants": ["type:test"], "removeTenants": []})).await;
        assert_eq!((scoped.status, &scoped.body["tenants"]), (200, &json!(["type:test"])), "{}", scoped.body);
        assert_eq!(people(&get(&router, "/auth/users/list", &hers).await), ["linus"]);
        for (shown, hidden) in [(of(&linus), of(&iris)), (format!("{}/permissions", of(&linus)), format!("{}/permissions", of(&iris)))] {
            assert_eq!(get(&router, &shown, &hers).await.status, 200);
            assert_eq!(told(&get(&router, &hidden, &hers).await), (404, "not_found"));
        }
        assert_eq!(get(&router, "/auth/users/username/iris%40example.com", &hers).await.body, json!([]));
        assert_eq!(get(&router, &of(&grace), &hers).await.status, 200, "herself");
        patch(&router, &path, &admin, json!({"addTenants": ["any"], "removeTenants": []})).await;
        assert_eq!(people(&get(&router, "/auth/users/list", &hers).await).len(), 4);
        assert_eq!(get(&router, &of(&iris), &hers).await.status, 200);
    }

    // 002-7, 002-8, 002-R3, 002-R9, 002-R27
    async fn whoever_may_in_one_tenant_changes_people_who_belong_to_it_alone(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (grace, linus, iris) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await, member(&world, "iris", &a).await);
        for user in [&iris, &grace] {
            add_member(&world.operator(), b.id, &user.login).await.unwrap();
        }
        for permission in [Permission::UsersUpdate, Permission::UsersPasswordReset] {
            give(&world, &lasting(Principal::User(grace.id), permission, Scope::Tenant(a.id))).await;
        }
        let hers = token(&world, &grace).await;
        let names = |tenants: Value| json!({"firstName": "New", "lastName": "Name", "tenants": tenants});
        let before = state::all(&world).await;
        for tenants in [json!([a.id]), json!([a.id, b.id]), json!([])] {
            assert_eq!(told(&patch(&router, &of(&iris), &hers, names(tenants)).await), (409, "conflict"), "shared with b");
        }
        assert_eq!(told(&patch(&router, &of(&ada), &hers, names(json!([]))).await), (404, "not_found"));
        for (user, expected) in [(&iris, (409, "conflict")), (&ada, (404, "not_found")), (&grace, (409, "conflict"))] {
            let answer = sent(&router, (Method::PATCH, &format!("{}/passwordreset", of(user))), &hers, &json!(NEW)).await;
            assert_eq!(told(&answer), expected, "{}", user.login);
        }
        for more in [json!({"roles": ["read-only"]}), json!({"permissions": ["users.update"]}), json!({"tenants": []}), json!({"tenants": ["any"]})] {
            let mut body = names(json!([a.id]));
            for (name, member) in more.as_object().unwrap() {
                body[name] = member.clone();
            }
            assert_eq!(told(&patch(&router, &of(&linus), &hers, body).await), (403, "forbidden"), "{more}: that is the installation's");
        }
        assert_eq!(named(&patch(&router, &of(&linus), &hers, names(json!([b.id]))).await), (400, vec!["tenants"]));
        assert_eq!(state::all(&world).await, before);
        let changed = patch(&router, &of(&linus), &hers, names(json!([a.id]))).await;
        assert_eq!((changed.status, &changed.body["firstName"], &changed.body["tenants"]), (200, &json!("New"), &json!([a.id])), "{}", changed.body);
        let reset = sent(&router, (Method::PATCH, &format!("{}/passwordreset", of(&linus))), &hers, &json!(NEW)).await;
        assert_eq!((reset.status, signed_in(&router, &linus.login, NEW).await.status), (200, 200), "{}", reset.body);
        let own = patch(&router, &of(&grace), &hers, names(json!([a.id, b.id]))).await;
        assert_eq!((own.status, &own.body["lastName"]), (200, &json!("Name")), "one's own is free: {}", own.body);
    }

    // 002-1, 002-9, 002-10, 002-12, 002-14, 002-17, 002-18, 002-R37
    async fn what_counts_in_the_installation_is_not_for_whoever_may_in_one_tenant(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        let support = role(&world.operator(), "Support", &["users.read"]).await;
        give(&world, &NewGrant::lasting(Principal::User(grace.id), RoleId(ADMIN_ROLE.to_owned()), Scope::Tenant(a.id))).await;
        let (hers, on_role) = (token(&world, &grace).await, format!("/auth/roles/{}", support.id));
        let before = state::all(&world).await;
        let update = json!({"name": "Support", "description": "", "version": 1, "addPermissions": ["users.list"], "removePermissions": []});
        for (method, path, body) in [
            (Method::POST, USERS.to_owned(), json!({"firstName": "Iris", "lastName": "Novak", "userName": "iris@example.com", "password": NEW, "temporaryPassword": true, "tenants": [a.id]})),
            (Method::DELETE, of(&linus), json!({})),
            (Method::POST, "/auth/roles".to_owned(), json!({"name": "Other", "description": "", "permissions": ["users.read"]})),
            (Method::PATCH, on_role.clone(), update), (Method::DELETE, on_role.clone(), json!({})),
            (Method::PATCH, format!("{}/roles", of(&linus)), json!({"addRoles": ["Support"], "removeRoles": []})),
            (Method::PATCH, format!("{}/tenants", of(&linus)), json!({"addTenants": [], "removeTenants": [a.id]})),
        ] {
            assert_eq!(told(&sent(&router, (method.clone(), &path), &hers, &body).await), (403, "forbidden"), "{method} {path}");
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(get(&router, &of(&linus), &hers).await.status, 200, "she sees him, and the role");
        assert_eq!(get(&router, &on_role, &hers).await.status, 200);
    }

    // 002-1, 002-R21
    async fn nobody_learns_at_leisure_who_has_an_account(world: World) {
        let (ada, router, grace) = (world.set_up().await, world.router("http://localhost"), world.add("grace", "").await);
        world.give(&grace, "admin").await;
        let (admin, hers) = (token(&world, &ada).await, token(&world, &grace).await);
        let free = linus(json!({"userName": " Linus@Example.com "}));
        let made = create(&router, &admin, &free).await;
        assert_eq!((made.status, &made.body["userName"]), (200, &json!("linus@example.com")), "in small letters: {}", made.body);
        let before = state::all(&world).await;
        for name in ["linus@example.com", "LINUS@example.COM", "grace@example.com"].into_iter().cycle().take(20) {
            assert_eq!(told(&create(&router, &admin, &linus(json!({"userName": name}))).await), (409, "conflict"), "{name}");
        }
        for name in ["linus@example.com", "iris@example.com"] {
            let limited = create(&router, &admin, &linus(json!({"userName": name}))).await;
            assert_eq!(told(&limited), (429, "throttled"), "{name}: taken or not");
            assert!(limited.header("retry-after").parse::<i64>().unwrap() > 0);
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(told(&create(&router, &hers, &linus(json!({}))).await), (409, "conflict"), "others aren't limited by it");
        world.services.clock.advance(3600);
        assert_eq!(create(&router, &admin, &linus(json!({"userName": "iris@example.com"}))).await.status, 200);
    }

    // 002-7, 002-8, 002-R22
    async fn another_address_is_no_other_login_and_gets_no_mail(world: World) {
        let (ada, router, linus) = (world.set_up().await, world.router("http://localhost"), world.add("linus", "").await);
        let admin = token(&world, &ada).await;
        let tenants = get(&router, &of(&linus), &admin).await.body["tenants"].clone();
        let body = |first: &str| json!({"firstName": first, "lastName": "Torvaldson", "email": "reach@mail.example", "tenants": tenants});
        let changed = patch(&router, &of(&linus), &admin, body("Linus")).await;
        assert_eq!((changed.status, &changed.body["userName"], &changed.body["email"]), (200, &json!("linus@example.com"), &json!("reach@mail.example")));
        let shown = "select display_name from users where login = 'linus@example.com'";
        assert_eq!(world.text(shown).await, "Linus Torvaldson", "made of the two names, it follows them");
        world.execute("update users set display_name = 'The Finn' where login = 'linus@example.com'").await;
        assert_eq!(patch(&router, &of(&linus), &admin, body("Lasse")).await.body["firstName"], "Lasse");
        assert_eq!(world.text(shown).await, "The Finn", "another one stays");
        assert_eq!(signed_in(&router, "reach@mail.example", PASSWORD).await.status, 401);
        assert_eq!(signed_in(&router, &linus.login, PASSWORD).await.status, 200);
        assert_eq!(get(&router, "/auth/users/username/reach%40mail.example", &admin).await.body, json!([]));
        let reset = sent(&router, (Method::PATCH, &format!("{}/passwordreset", of(&linus))), &admin, &json!(NEW)).await;
        assert_eq!(reset.status, 200, "{}", reset.body);
        assert_eq!((letters(&world, &linus.login).await, letters(&world, "reach@mail.example").await), (vec!["password-changed"], vec![]));
    }

    // 002-7, 002-R23, 002-R34
    async fn everything_wrong_with_a_change_is_told_at_once_and_changes_nothing(world: World) {
        let (ada, router, linus) = (world.set_up().await, world.router("http://localhost"), world.add("linus", "").await);
        let admin = token(&world, &ada).await;
        let before = state::all(&world).await;
        let good = json!({"firstName": "Linus", "lastName": "T", "tenants": []});
        assert_eq!(named(&patch(&router, &of(&linus), &admin, json!({"firstName": 7, "email": ["x"], "permissions": ["nope"]})).await).1.len(), 5);
        for missing in ["firstName", "tenants"] {
            let mut body = good.clone();
            body.as_object_mut().unwrap().remove(missing);
            assert_eq!(named(&patch(&router, &of(&linus), &admin, body).await), (400, vec![missing]));
        }
        assert_eq!(named(&patch(&router, &of(&linus), &admin, json!({"firstName": "L", "tenants": []})).await), (400, vec!["lastName"]));
        for (member, value) in [
            ("firstName", json!("a\u{7}b")), ("firstName", json!("x".repeat(101))), ("firstName", json!(" ")), ("lastName", json!("x".repeat(101))), ("lastName", json!("a\u{0}")), ("lastName", json!(null)),
            ("email", json!("nowhere")), ("email", json!(format!("{}@mail.example", "x".repeat(254)))), ("tenants", json!("any")), ("tenants", json!([uuid::Uuid::nil()])), ("tenants", json!(["any", "type:test"])), ("tenants", json!(["type:real"])),
            ("roles", json!(["nobody's"])), ("roles", json!([7])), ("permissions", json!("users.read")), ("permissions", json!(["users.*"])), ("permissions", json!(["Users.Read"])),
        ] {
            let mut body = good.clone();
            body[member] = value.clone();
            assert_eq!(named(&patch(&router, &of(&linus), &admin, body).await), (400, vec![member]), "{value}");
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 002-1, 002-R10, 002-R24
    async fn a_new_persons_password_is_temporary_or_their_own_or_none(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        assert_eq!(named(&create(&router, &admin, &linus(json!({"temporaryPassword": null}))).await), (400, vec!["temporaryPassword"]));
        let without = linus(json!({"password": null}));
        assert_eq!(named(&create(&router, &admin, &without).await), (400, vec!["password"]));
        for query in ["enableUser=maybe", "enableUser=true&enableUser=true"] {
            assert_eq!(named(&sent(&router, (Method::POST, &format!("{USERS}?{query}")), &admin, &without).await), (400, vec!["enableUser"]), "{query}");
        }
        assert_eq!(named(&sent(&router, (Method::POST, "/auth/users?enableUser=false"), &admin, &without).await), (400, vec!["password"]));
        assert_eq!(create(&router, &admin, &linus(json!({"temporaryPassword": true, "roles": ["admin"], "tenants": ["any"]}))).await.status, 200);
        let his = access(&router, "linus@example.com", NEW).await;
        for path in ["/auth/users/whoami", "/auth/users/list", "/auth/roles/permissions"] {
            assert_eq!(told(&get(&router, path, &his).await), (403, "password_change_required"), "{path}");
        }
        assert_eq!(get(&router, "/v1/users/profile", &his).await.body["passwordTemporary"], true);
        let change = json!({"oldPassword": NEW, "newPassword": NEWER});
        assert_eq!(sent(&router, (Method::PATCH, "/v1/users/changePassword"), &his, &change).await.status, 200);
        assert_eq!(get(&router, "/auth/users/list", &his).await.status, 200);
        let none = linus(json!({"userName": "iris@example.com", "password": null, "temporaryPassword": null}));
        let made = sent(&router, (Method::POST, "/auth/users?enableUser=true"), &admin, &none).await;
        assert_eq!(made.status, 200, "{}", made.body);
        for password in ["", NEW, "null"] {
            assert_eq!(told(&signed_in(&router, "iris@example.com", password).await), (401, "unauthenticated"), "{password}");
        }
    }

    // 002-1, 002-R14
    async fn whoever_has_nothing_signs_in_and_sees_themselves(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        assert_eq!(create(&router, &token(&world, &ada).await, &linus(json!({}))).await.status, 200);
        let his = access(&router, "linus@example.com", NEW).await;
        let me = get(&router, "/auth/users/whoami", &his).await;
        assert_eq!((me.status, &me.body["tenants"], &me.body["roles"], &me.body["permissions"]), (200, &json!([]), &json!([]), &json!([])));
        assert_eq!(told(&get(&router, "/auth/users/list", &his).await), (403, "forbidden"));
    }

    // 002-1, 002-R25
    async fn a_new_persons_password_keeps_the_rules_of_where_they_belong(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "riverside").await);
        let admin = token(&world, &ada).await;
        let of = async |password: &str| create(&router, &admin, &linus(json!({"password": password, "tenants": [a.id]}))).await;
        let before = state::all(&world).await;
        let long = "word ".repeat(26);
        for bad in ["short", "fourteen chars", &long, "passwordpassword", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaaa", "umbrella umbrella", "linus torvaldson", "riverside riverside", "it is linus@example.com"] {
            assert_eq!(named(&of(bad).await), (400, vec!["password"]), "{bad}");
        }
        world.execute("update tenants set settings = '{\"password_min\":24}' where slug = 'riverside'").await;
        assert_eq!(named(&of("seven-green-umbrellas").await), (400, vec!["password"]), "21 of 24 characters");
        world.execute("update tenants set settings = '{}' where slug = 'riverside'").await;
        assert_eq!(state::all(&world).await, before);
        world.execute("update tenants set settings = '{\"second_factor\":\"required\"}' where slug = 'riverside'").await;
        assert_eq!(named(&of("7 owls!").await), (400, vec!["password"]));
        assert_eq!(of("8 owls!!").await.status, 200, "enough beside a second factor");
    }

    // 002-9, 002-R13, 002-R26
    async fn nobody_deletes_an_owner_or_the_last_administrator_or_somebody_above_them(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let (grace, linus, iris) = (world.add("grace", "").await, member(&world, "linus", &a).await, world.add("iris", "").await);
        run(&world.operator(), MakeOwner { user: linus.id, tenant: a.id }).await.unwrap();
        let key = NewServiceKey { tenant: a.id, name: "backup".into(), roles: Vec::new(), bounds: unbounded() };
        let program = add_service_key(&world.operator(), key).await.unwrap().0.user_id;
        let until = Some(world.services.clock.now().plus_seconds(3600));
        let forever = NewGrant::lasting(Principal::User(grace.id), RoleId(ADMIN_ROLE.to_owned()), Scope::Everywhere);
        give(&world, &NewGrant { until, ..forever }).await;
        give(&world, &lasting(Principal::User(iris.id), Permission::UsersDelete, Scope::Everywhere)).await;
        let (hers, irises) = (token(&world, &grace).await, token(&world, &iris).await);
        let before = state::all(&world).await;
        assert_eq!(told(&delete(&router, &of(&ada), &hers).await), (409, "conflict"), "the last one");
        let taken = patch(&router, &format!("{}/roles", of(&ada)), &hers, json!({"addRoles": [], "removeRoles": ["admin"]})).await;
        assert_eq!(told(&taken), (409, "conflict"));
        assert_eq!(told(&delete(&router, &of(&linus), &hers).await), (409, "conflict"), "an owner");
        assert_eq!(told(&delete(&router, &of(&ada), &irises).await), (403, "forbidden"), "who may more");
        assert_eq!(told(&delete(&router, &of(&iris), &irises).await), (409, "conflict"), "oneself");
        assert_eq!(told(&delete(&router, &format!("/auth/users/{program}"), &hers).await), (404, "not_found"), "a program");
        assert_eq!(state::all(&world).await, before);
    }

    // 002-9, 002-R26, 002-R33
    async fn a_deleted_persons_tokens_and_memberships_are_gone_at_once(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let linus = member(&world, "linus", &a).await;
        add_member(&world.operator(), b.id, &linus.login).await.unwrap();
        let (admin, personal, by_password) = (token(&world, &ada).await, token(&world, &linus).await, access(&router, &linus.login, PASSWORD).await);
        let before = world.count("select count(*) from memberships").await;
        assert_eq!(delete(&router, &of(&linus), &admin).await.status, 200);
        for token in [&personal, &by_password] {
            assert_eq!(told(&get(&router, "/auth/users/whoami", token).await), (401, "unauthenticated"));
        }
        assert_eq!(told(&signed_in(&router, &linus.login, PASSWORD).await), (401, "unauthenticated"));
        assert_eq!(world.count("select count(*) from memberships").await, before - 2);
        assert_eq!(told(&get(&router, &of(&linus), &admin).await), (404, "not_found"));
        assert_eq!(told(&delete(&router, &of(&linus), &admin).await), (404, "not_found"));
    }

    // 002-7, 002-17, 002-R9
    async fn nobody_gives_what_they_lack(world: World) {
        let (_, router, linus) = (world.set_up().await, world.router("http://localhost"), world.add("linus", "").await);
        let grace = world.add("grace", "").await;
        for permission in [Permission::UsersUpdate, Permission::UsersUpdateRoles, Permission::UsersRead] {
            give(&world, &lasting(Principal::User(grace.id), permission, Scope::Everywhere)).await;
        }
        role(&world.operator(), "Support", &["users.read"]).await;
        role(&world.operator(), "Auditor", &["users.read", "audit.read"]).await;
        let hers = token(&world, &grace).await;
        let shown = get(&router, &of(&linus), &hers).await.body;
        let before = state::all(&world).await;
        for name in ["admin", "read-only", "Auditor"] {
            let given = patch(&router, &format!("{}/roles", of(&linus)), &hers, json!({"addRoles": ["Support", name], "removeRoles": []})).await;
            assert_eq!(told(&given), (403, "forbidden"), "{name}");
        }
        for (member, more) in [("roles", json!(["Auditor"])), ("permissions", json!(["users.read", "audit.read"]))] {
            let mut body = shown.clone();
            (body[member], body["lastName"]) = (more, json!("Torvaldson"));
            assert_eq!(told(&patch(&router, &of(&linus), &hers, body).await), (403, "forbidden"), "{member}");
        }
        assert_eq!(state::all(&world).await, before);
        let given = patch(&router, &format!("{}/roles", of(&linus)), &hers, json!({"addRoles": ["Support"], "removeRoles": []})).await;
        assert_eq!((given.status, &given.body["roles"]), (200, &json!(["Support"])), "{}", given.body);
    }

    // 002-4, 002-7, 002-9, 002-16, 002-17, 002-18, 002-R32
    async fn a_locator_that_is_no_uuid_is_a_wrong_one_and_an_unknown_one_is_nobodys(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        let before = state::all(&world).await;
        let body = json!({"firstName": "x", "lastName": "y", "tenants": [], "addRoles": [], "removeRoles": [], "addTenants": [], "removeTenants": []});
        for (method, rest) in [(Method::GET, ""), (Method::PATCH, ""), (Method::DELETE, ""), (Method::GET, "/permissions"), (Method::PATCH, "/roles"), (Method::PATCH, "/tenants")] {
            for bad in ["17", "ada%40example.com", "..%2froles", "%00", "%ff", "%F0%9F%A6%8A"] {
                let answer = sent(&router, (method.clone(), &format!("{USERS}/{bad}{rest}")), &admin, &body).await;
                assert_eq!(told(&answer), (400, "validation"), "{method} {bad}{rest}");
            }
            let unknown = sent(&router, (method.clone(), &format!("{USERS}/{}{rest}", uuid::Uuid::nil())), &admin, &body).await;
            assert_eq!(told(&unknown), (404, "not_found"), "{method} {rest}");
        }
        assert_eq!(state::all(&world).await, before);
    }
}
