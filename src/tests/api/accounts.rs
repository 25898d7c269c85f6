//! Contract 002, rows that make and change users.

use axum::{Router, http::Method};
use castellan::{
    domain::users::store::User,
    model::{permission::Permission, principal::Principal, scope::Scope},
};
use serde_json::{Value, json};

use super::{
    Answer,
    management::{get, sent, token},
};
use crate::{
    domain::{
        stage::{give, last, lasting, member, role, tenant},
        state,
    },
    support::{World, on_both_engines},
};

const IRIS: &str = "iris.novak@acme.example";

fn iris() -> Value {
    json!({"firstName": "Iris", "lastName": "Novak", "userName": IRIS, "password": "Very-Long-Secret-77!", "temporaryPassword": false})
}

/// The value with other members.
fn with(mut value: Value, members: Value) -> Value {
    for (name, member) in members.as_object().unwrap() {
        value[name] = member.clone();
    }
    value
}

async fn create(router: &Router, token: &str, body: &Value) -> Answer {
    sent(router, (Method::POST, "/auth/users"), token, body).await
}

async fn patch(router: &Router, path: &str, token: &str, body: Value) -> Answer {
    sent(router, (Method::PATCH, path), token, &body).await
}

fn wrong(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.body["fieldErrors"][0]["field"].as_str().unwrap_or_default())
}

fn of(user: &User) -> String {
    format!("/auth/users/{}", user.id)
}

on_both_engines! {
    // 002-1, 002-R14, 002-R21, 002-R24
    async fn a_user_is_made_with_roles_and_tenants_or_with_none(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let admin = token(&world, &ada).await;
        role(&world.operator(), "Support", &["users.read", "users.list"]).await;
        let body = with(iris(), json!({"roles": ["Support"], "tenants": [a.id]}));
        let made = create(&router, &admin, &body).await;
        let locator = made.body["locator"].clone();
        let expected = json!({"locator": locator, "firstName": "Iris", "lastName": "Novak", "userName": IRIS,
            "tenants": [a.id], "permissions": ["users.list", "users.read"], "roles": ["Support"]});
        assert_eq!((made.status, &made.body), (200, &expected));
        let path = format!("/auth/users/{}", locator.as_str().unwrap());
        assert_eq!(get(&router, &path, &admin).await.body, expected);
        let again = create(&router, &admin, &with(iris(), json!({"userName": IRIS.to_uppercase()}))).await;
        assert_eq!((again.status, &again.body["apiErrorCode"]), (409, &json!("conflict")));
        let alone = create(&router, &admin, &with(iris(), json!({"userName": "alone@acme.example", "email": "reach@acme.example"}))).await;
        assert_eq!((&alone.body["tenants"], &alone.body["roles"], &alone.body["permissions"]), (&json!([]), &json!([]), &json!([])));
        assert_eq!(alone.body["email"], "reach@acme.example", "where people reach them");
        let without = with(iris(), json!({"userName": "sso@acme.example", "password": null, "temporaryPassword": null}));
        assert_eq!(wrong(&create(&router, &admin, &without).await), (400, "password"));
        let enabled = sent(&router, (Method::POST, "/auth/users?enableUser=true"), &admin, &without).await;
        assert_eq!(enabled.status, 200, "{}", enabled.body);
    }

    // 002-1, 002-R24, 002-R25, 002-R34
    async fn whatever_is_wrong_with_a_new_user_is_named_and_nothing_is_made(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        let before = state::all(&world).await;
        for (member, value) in [("userName", json!("iris")), ("userName", json!(null)), ("password", json!("short")), ("password", json!(7)),
            ("temporaryPassword", json!("yes")), ("temporaryPassword", json!(null)), ("firstName", json!("")), ("firstName", json!("x".repeat(101))), ("lastName", json!("")),
            ("lastName", json!(null)), ("email", json!("nowhere")), ("roles", json!(["nobody's"])), ("roles", json!("admin")), ("tenants", json!([uuid::Uuid::nil()])),
            ("tenants", json!(["x"])), ("tenants", json!(["any", "type:test"])), ("firstName", json!("a\u{0}b"))] {
            let answer = create(&router, &admin, &with(iris(), json!({member: value}))).await;
            assert_eq!(wrong(&answer), (400, member), "{member}: {}", answer.body);
        }
        let all = create(&router, &admin, &json!({})).await;
        assert_eq!(all.body["fieldErrors"].as_array().unwrap().len(), 5, "everything at once: {}", all.body);
        assert_eq!(state::all(&world).await, before);
    }

    // 002-1, 002-R9
    async fn nobody_makes_a_user_who_may_more_than_they(world: World) {
        let (_, router) = (world.set_up().await, world.router("http://localhost"));
        let grace = world.add("grace", "").await;
        give(&world, &lasting(Principal::User(grace.id), Permission::UsersAdd, Scope::Everywhere)).await;
        let hers = token(&world, &grace).await;
        let above = create(&router, &hers, &with(iris(), json!({"roles": ["admin"]}))).await;
        assert_eq!((above.status, &above.body["apiErrorCode"]), (403, &json!("forbidden")), "{}", above.body);
        let none = sent(&router, (Method::GET, "/auth/users/username/iris.novak%40acme.example"), &hers, &json!({})).await;
        assert_eq!(none.status, 403, "users.add reads nobody");
        assert_eq!(create(&router, &hers, &iris()).await.status, 200);
    }

    // 002-7, 002-R2, 002-R22, 002-R23
    async fn a_user_is_changed_as_a_whole_and_an_echo_changes_nothing(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let admin = token(&world, &ada).await;
        role(&world.operator(), "Support", &["users.read", "users.list"]).await;
        let made = create(&router, &admin, &with(iris(), json!({"roles": ["Support"], "tenants": [a.id]}))).await.body;
        let path = format!("/auth/users/{}", made["locator"].as_str().unwrap());
        let before = state::all(&world).await;
        assert_eq!(patch(&router, &path, &admin, made.clone()).await.body, made);
        assert_eq!(state::all(&world).await, before, "002-R2: an echo changes nothing");
        let body = json!({"firstName": "Iris", "lastName": "Novak-Lee", "email": "iris@mail.example", "roles": ["Support"],
            "tenants": ["any"], "permissions": ["users.read", "users.list", "roles.read"]});
        let changed = patch(&router, &path, &admin, body.clone()).await.body;
        let expected = with(body, json!({"locator": made["locator"], "userName": IRIS, "permissions": ["roles.read", "users.list", "users.read"]}));
        assert_eq!(changed, expected);
        let narrower = json!({"firstName": "Iris", "lastName": "Novak-Lee", "tenants": [a.id], "permissions": ["users.read"]});
        let changed = patch(&router, &path, &admin, narrower).await.body;
        assert_eq!(changed["permissions"], json!(["users.list", "users.read"]), "002-R2: what the roles give stays, the extra goes");
        assert_eq!((&changed["roles"], &changed["tenants"], &changed["email"]), (&json!(["Support"]), &json!([a.id]), &json!("iris@mail.example")));
        assert_eq!(wrong(&patch(&router, &path, &admin, json!({"firstName": "I", "lastName": "N"})).await), (400, "tenants"));
        for (member, value) in [("permissions", json!(["nope.read"])), ("permissions", json!(["users.*"])), ("roles", json!(["x"])), ("firstName", json!(""))] {
            let body = with(json!({"firstName": "I", "lastName": "N", "tenants": []}), json!({member: value}));
            assert_eq!(wrong(&patch(&router, &path, &admin, body).await), (400, member));
        }
        assert_eq!(patch(&router, &format!("/auth/users/{}", uuid::Uuid::nil()), &admin, json!({})).await.status, 404);
    }

    // 002-7, 002-R8
    async fn whoever_may_not_change_users_changes_their_own_names_and_nothing_else(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let linus = member(&world, "linus", &a).await;
        let his = token(&world, &linus).await;
        let own = json!({"firstName": "Linus", "lastName": "Torv", "email": "l@mail.example", "tenants": [a.id], "roles": [], "permissions": []});
        let changed = patch(&router, &of(&linus), &his, own.clone()).await;
        assert_eq!((changed.status, &changed.body["lastName"], &changed.body["email"]), (200, &json!("Torv"), &json!("l@mail.example")), "{}", changed.body);
        assert_eq!(last(&world).await.target_id, linus.id.to_string());
        for more in [json!({"roles": ["admin"]}), json!({"tenants": ["any"]}), json!({"tenants": []}), json!({"permissions": ["users.read"]})] {
            assert_eq!(patch(&router, &of(&linus), &his, with(own.clone(), more.clone())).await.status, 403, "{more}");
        }
        assert_eq!(patch(&router, &of(&ada), &his, own).await.status, 403, "somebody else");
    }

    // 002-17, 002-R7, 002-R13
    async fn roles_are_added_and_removed_as_sets(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let (admin, linus) = (token(&world, &ada).await, member(&world, "linus", &a).await);
        let support = role(&world.operator(), "Support", &["users.read"]).await;
        let path = format!("{}/roles", of(&linus));
        let change = async |add: Value, remove: Value| patch(&router, &path, &admin, json!({"addRoles": add, "removeRoles": remove})).await;
        assert_eq!(change(json!([support.id]), json!([])).await.body["roles"], json!(["Support"]), "by its locator");
        let changed = change(json!(["read-only"]), json!(["Support"])).await.body;
        assert_eq!((&changed["roles"], &changed["tenants"]), (&json!(["read-only"]), &json!([a.id])), "what counts where stays");
        let before = state::all(&world).await;
        assert_eq!(change(json!(["read-only"]), json!(["Support"])).await.status, 200, "held, and absent: no error");
        assert_eq!(state::all(&world).await, before);
        for (add, remove) in [(json!(["nobody's"]), json!([])), (json!([]), json!(["nobody's"])), (json!(["Support"]), json!(["Support"])),
            (json!(["Support"]), json!([support.id])), (json!(["Support"]), json!(null))] {
            let answer = change(add.clone(), remove).await;
            assert_eq!(answer.status, 400, "{add}: {}", answer.body);
        }
        let own = patch(&router, &format!("{}/roles", of(&ada)), &admin, json!({"addRoles": [], "removeRoles": ["admin"]})).await;
        assert_eq!(own.status, 409, "the last administrator stays one");
    }

    // 002-18, 002-R7
    async fn tenants_are_added_and_removed_as_sets_or_named_by_a_scope(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (admin, linus) = (token(&world, &ada).await, member(&world, "linus", &a).await);
        let path = format!("{}/tenants", of(&linus));
        let change = async |add: Value, remove: Value| patch(&router, &path, &admin, json!({"addTenants": add, "removeTenants": remove})).await;
        let mut both = vec![a.id, b.id];
        both.sort_unstable();
        let mut found = change(json!([b.id]), json!([])).await.body["tenants"].as_array().unwrap().clone();
        found.sort_by_key(ToString::to_string);
        assert_eq!(json!(found), json!(both));
        assert_eq!(change(json!(["any"]), json!([])).await.body["tenants"], json!(["any"]));
        assert_eq!(change(json!(["type:test"]), json!(["any"])).await.body["tenants"], json!(["type:test"]));
        assert_eq!(change(json!([]), json!(["type:test", b.id])).await.body["tenants"], json!([a.id]));
        assert_eq!(change(json!([]), json!([a.id])).await.body["tenants"], json!([]), "whoever belongs nowhere is still there");
        for (add, remove) in [(json!([uuid::Uuid::nil()]), json!([])), (json!([]), json!([uuid::Uuid::nil()])), (json!(["a"]), json!([])), (json!([a.id]), json!([a.id])), (json!([]), json!(null))] {
            assert_eq!(change(add.clone(), remove).await.status, 400, "{add}");
        }
    }
}
