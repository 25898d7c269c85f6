//! `Idempotency-Key`: what makes something is safe to repeat. A comment above each test cites the rules that it shows.

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use castellan::{
    api::{document::FAMILIES, operations::Operation},
    domain::{
        audit::{self, query::EventQuery},
        grants::input::NewGrant,
    },
    model::{
        id::{ADMIN_ROLE, ROOT_TENANT, RoleId},
        principal::Principal,
        scope::Scope,
    },
};
use serde_json::{Value, json};

use super::{Answer, callers::things, management::made, send};
use crate::{
    domain::{
        stage::{give, personal, tenant},
        state,
    },
    support::{World, on_both_engines},
};

/// A request under a key.
async fn keyed(router: &Router, path: &str, (token, key): (&str, &str), body: &Value) -> Answer {
    let request = Request::builder().method(Method::POST).uri(path).header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/json").header("idempotency-key", key);
    send(router, request.body(Body::from(body.to_string())).unwrap()).await
}

/// What is made by an operation; the document's examples name groups that aren't there.
fn body(id: &str) -> Value {
    match id {
        "000-1" => {
            json!({ "name": "ci", "role": "api_service", "serviceIds": ["7b0e5d0c-1111-4a2b-9c3d-000000000001"] })
        }
        "000-12" => {
            json!({ "username": "ana@acme.example", "givenName": "Ana", "familyName": "Ruiz", "accountRole": "admin" })
        }
        "002-1" => {
            json!({ "userName": "bo@acme.example", "firstName": "Bo", "lastName": "Li", "password": "copper kettle at noon",
            "temporaryPassword": false })
        }
        "001-3" => {
            json!({ "name": "Tove", "email": "tove@acme.example", "password": "nine maps on a shelf", "active": true,
            "tfa": false, "groups": [] })
        }
        "001-9" => json!({ "name": "Counter", "permissions": ["users.read"] }),
        "002-10" => json!({ "name": "clerk", "description": "", "permissions": ["users.read"] }),
        _ => group("Payments"),
    }
}

fn group(name: &str) -> Value {
    json!({ "name": name })
}

const GROUPS: &str = "/v1/subscriber_groups";

on_both_engines! {
    // 000-1, 000-7, 000-12, 001-3, 001-9, 002-1, 002-10
    async fn whatever_is_made_is_made_once_and_answered_alike(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let on = things(&world, &a, "grace").await;
        let admin = made(&world, personal(ada.id, None)).await;
        let makes = |operation: &&Operation| operation.makes;
        let by_bearer = FAMILIES.iter().filter(|family| ["credentials", "management", "back_office"].contains(&family.name));
        let mut tried = 0;
        for family in by_bearer {
            for operation in family.operations.iter().filter(makes) {
                let (path, mut body) = (on.path(family, operation), body(operation.id));
                let first = keyed(&router, &path, (&admin, operation.id), &body).await;
                assert!(first.status < 300, "{} {}", operation.id, first.body);
                let before = state::all(&world).await;
                let second = keyed(&router, &path, (&admin, operation.id), &body).await;
                assert_eq!((second.status, &second.body), (first.status, &first.body), "{}", operation.id);
                assert_eq!(second.header("idempotent-replayed"), "true");
                body["other"] = json!(true);
                let other = keyed(&router, &path, (&admin, operation.id), &body).await;
                assert_eq!(other.status, family.key_reused, "{} {}", operation.id, other.body);
                assert_eq!(state::all(&world).await, before, "{}", operation.id);
                tried += 1;
            }
        }
        assert_eq!(tried, 7);
    }

    // 000-7
    async fn of_two_at_once_one_is_made_and_both_are_answered_with_it(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = made(&world, personal(ada.id, None)).await;
        for round in 0..20 {
            let (key, body) = (format!("k{round}"), group(&format!("Team {round}")));
            let one = keyed(&router, GROUPS, (&admin, &key), &body);
            let other = keyed(&router, GROUPS, (&admin, &key), &body);
            let (one, other) = tokio::join!(one, other);
            assert_eq!((one.status, &one.body), (201, &other.body));
            assert_eq!(other.status, 201);
        }
        assert_eq!(world.count("select count(*) from groups where name like 'Team %'").await, 20);
        assert_eq!(world.count("select count(*) from events where action = 'groups.add'").await, 20);
    }

    // 000-7
    async fn a_refusal_is_not_kept_and_an_answer_is_for_a_day(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = made(&world, personal(ada.id, None)).await;
        let refused = keyed(&router, GROUPS, (&admin, "k"), &json!({ "name": 7 })).await;
        assert_eq!(refused.status, 400);
        let first = keyed(&router, GROUPS, (&admin, "k"), &group("Team")).await;
        assert_eq!(first.status, 201, "the key is free: {}", first.body);
        let taken = keyed(&router, GROUPS, (&admin, "l"), &group("Team")).await;
        assert_eq!(taken.status, 409, "{}", taken.body);
        assert_eq!(world.count("select count(*) from kept_answers").await, 1);
        world.services.clock.advance(24 * 60 * 60 - 1);
        let second = keyed(&router, GROUPS, (&admin, "k"), &group("Team")).await;
        assert_eq!((second.status, second.body), (201, first.body));
        world.services.clock.advance(1);
        assert_eq!(keyed(&router, GROUPS, (&admin, "k"), &group("Team")).await.status, 409, "it is forgotten");
        let mut tx = world.operator().begin().await.unwrap();
        castellan::domain::kept_answers::sweep(&world.operator(), &mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.count("select count(*) from kept_answers").await, 0);
    }

    // 000-1
    async fn a_key_is_its_callers_own_and_what_is_kept_is_sealed(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let grace = crate::domain::stage::member(&world, "grace", &a).await;
        let admin = RoleId(ADMIN_ROLE.to_owned());
        give(&world, &NewGrant::lasting(Principal::User(grace.id), admin, Scope::Tenant(a.id))).await;
        let hers = made(&world, personal(ada.id, Some(ROOT_TENANT))).await;
        let his = made(&world, personal(grace.id, Some(a.id))).await;
        let body = json!({ "name": "ci", "role": "api_service", "serviceIds": ["7b0e5d0c-1111-4a2b-9c3d-000000000001"] });
        let one = keyed(&router, "/v1/credentials/clients", (&hers, "same"), &body).await;
        let other = keyed(&router, "/v1/credentials/clients", (&his, "same"), &body).await;
        assert_eq!((one.status, other.status), (200, 200), "{} {}", one.body, other.body);
        assert_ne!(one.body["id"], other.body["id"]);
        let secret = one.body["clientSecret"].as_str().unwrap();
        let kept = state::all(&world).await;
        assert!(!format!("{kept:?}").contains(secret));
        let events = audit::list::list(&world.operator(), &EventQuery::default()).await.unwrap().rows;
        assert_eq!(events.iter().filter(|event| event.action == "credentials.add").count(), 2);
    }

    // 000-7
    async fn a_key_that_is_none_is_refused(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = made(&world, personal(ada.id, None)).await;
        for key in ["", &"k".repeat(256), "é"] {
            let answer = keyed(&router, GROUPS, (&admin, key), &group("Team")).await;
            assert_eq!((answer.status, answer.body["errors"][0]["field"].as_str()), (400, Some("Idempotency-Key")), "{key}");
        }
        assert_eq!(keyed(&router, GROUPS, ("nonsense", "k"), &group("Team")).await.status, 401);
        assert_eq!(world.count("select count(*) from groups where name = 'Team'").await, 0);
    }

    // 000-7
    async fn a_method_that_there_is_not_takes_no_key(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = made(&world, personal(ada.id, None)).await;
        assert_eq!(keyed(&router, GROUPS, (&admin, "k"), &group("Team")).await.status, 201);
        let request = Request::builder().method(Method::TRACE).uri(GROUPS).header("idempotency-key", "k");
        let request = request.header("authorization", format!("Bearer {admin}"));
        assert_eq!(send(&router, request.body(Body::empty()).unwrap()).await.status, 405);
    }

    async fn what_a_change_wrote_is_gone_when_its_answer_can_not_be_kept(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = made(&world, personal(ada.id, None)).await;
        let is_sqlite = world.services.db.read().await.unwrap().is_sqlite();
        world.execute(if is_sqlite {
            "create trigger nothing_kept before insert on kept_answers begin select raise(abort, 'injected'); end"
        } else {
            "alter table kept_answers add constraint nothing_kept check (status < 0)"
        }).await;
        let before = world.count("select count(*) from events").await;
        let answer = keyed(&router, GROUPS, (&admin, "k"), &group("Team")).await;
        assert_eq!(answer.status, 500, "{}", answer.body);
        assert_eq!(world.count("select count(*) from groups where name = 'Team'").await, 0);
        assert_eq!(world.count("select count(*) from events").await, before);
        assert!(world.operator().begin().await.is_ok(), "nothing is held");
    }
}
