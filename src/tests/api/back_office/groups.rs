//! Groups, which are roles.

use super::*;
use crate::{
    domain::{
        stage::{group, last, put as put_into, role, tenant},
        state,
    },
    support::on_both_engines,
};

const BUILT_IN: (u16, &str) = (403, "This group is built in and can't be changed");
const NO_GROUP: (u16, &str) = (404, "Group not found");

fn path(number: i64) -> String {
    format!("{GROUPS}/{number}")
}

on_both_engines! {
    // 001-7, 001-8, 001-9, 001-10, 001-11, 001-12, 001-R30, 001-R48, 001-R53
    async fn a_group_is_made_shown_changed_and_deleted(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        let others = tenant(&world, "b").await;
        let (_, elsewhere) = admin(&world, "cyd", &others).await;
        let made = post(&router, GROUPS, &token, &json!({"name": " Counter ", "permissions": ["users.read", "users.list"], "more": 1})).await;
        let number = number(&made);
        let mut expected = json!({"id": number, "name": "Counter", "permissions": ["users.list", "users.read"]});
        assert_eq!((made.status, &made.body), (201, &expected));
        assert_eq!((last(&world).await.action.as_str(), last(&world).await.actor_id, last(&world).await.tenant_id), ("roles.add", Some(bea.id), Some(a.id)));
        assert_eq!(get(&router, &path(number), &token).await.body, expected);
        assert_eq!(numbers(&get(&router, GROUPS, &token).await), [1, 2, 3, 4, number]);
        assert_eq!(get(&router, GROUPS, &token).await.body[0], json!({"id": 1, "name": "Administrators", "permissions": ["*.*"]}));
        assert_eq!(numbers(&get(&router, GROUPS, &elsewhere).await), [1, 2, 3, 4], "those of the tenant and of the installation");
        for (method, body, changed) in [
            (Method::PUT, json!({"name": "Desk"}), json!({"name": "Desk"})), (Method::PATCH, json!({"permissions": ["*.*", "users.add"]}), json!({"permissions": ["*.*", "users.add"]})),
            (Method::PUT, json!({"permissions": ["roles.*", "users.create"]}), json!({"permissions": ["roles.*", "users.add"]})), (Method::PATCH, json!({"name": "desk", "permissions": []}), json!({"name": "desk", "permissions": []})),
        ] {
            let answer = sent(&router, (method, &path(number)), &token, &body).await;
            expected = with(expected, changed);
            assert_eq!((answer.status, &answer.body), (200, &expected), "{body}");
            assert_eq!(get(&router, &path(number), &token).await.body, expected);
        }
        let before = state::all(&world).await;
        for body in [json!({}), json!({"name": null, "permissions": null}), expected.clone()] {
            for method in [Method::PUT, Method::PATCH] {
                let answer = sent(&router, (method, &path(number)), &token, &body).await;
                assert_eq!((answer.status, &answer.body), (200, &expected), "{body}");
            }
        }
        for answer in [get(&router, &path(number), &elsewhere).await, patch(&router, &path(number), &elsewhere, &json!({"name": "X"})).await, put(&router, &path(number), &elsewhere, &json!({})).await, delete(&router, &path(number), &elsewhere).await] {
            assert_eq!(refused(&answer), NO_GROUP, "another tenant's");
        }
        assert_eq!(state::all(&world).await, before);
        let gone = delete(&router, &path(number), &token).await;
        assert_eq!((gone.status, &gone.body), (204, &Value::Null));
        for answer in [get(&router, &path(number), &token).await, patch(&router, &path(number), &token, &json!({})).await, put(&router, &path(number), &token, &json!({})).await, delete(&router, &path(number), &token).await] {
            assert_eq!(refused(&answer), NO_GROUP);
        }
        let next = grouped(&router, &token, ("Counter", &[])).await;
        assert!(next > number, "its number is never given again");
    }

    // 001-8, 001-10, 001-12, 001-R29
    async fn what_is_no_number_of_a_group_is_not_found(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        for name in ["0", "-1", "999", "x", "1.0", "+1", "%201", "2147483648", "99999999999999999999", "%00", "%FF", "0000000000000000000000ADM1"] {
            for answer in [get(&router, &format!("{GROUPS}/{name}"), &token).await, put(&router, &format!("{GROUPS}/{name}"), &token, &json!({})).await, delete(&router, &format!("{GROUPS}/{name}"), &token).await] {
                assert_eq!(refused(&answer), NO_GROUP, "{name}");
            }
        }
    }

    // 001-9, 001-10, 001-11, 001-R31, 001-R49, 001-R50
    async fn whatever_is_wrong_with_a_group_is_named_and_nothing_is_done(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let (_, elsewhere) = admin(&world, "cyd", &b).await;
        grouped(&router, &elsewhere, ("Theirs", &[])).await;
        let (number, _) = (grouped(&router, &token, ("Counter", &["users.read"])).await, grouped(&router, &token, ("Desk", &[])).await);
        role(&world.operator(), "Of everybody", &["users.read"]).await;
        let before = state::all(&world).await;
        let good = json!({"name": "New", "permissions": ["users.read"]});
        let many: Vec<String> = (0..101).map(|_| "users.read".to_owned()).collect();
        for (member, values) in [
            ("name", vec![json!(""), json!("  "), json!("x".repeat(65)), json!(7), json!("a\u{0}"), json!("a\nb"), json!("desk"), json!(" DESK "), json!("of Everybody"), json!("Administrators"), json!("ADMINISTRATORS"), json!("admin"), json!("Admin"), json!("read-only")]),
            ("permissions", vec![
                json!("users.read"), json!(["Users.read"]), json!(["users.Read"]), json!(["users.fly"]), json!(["*.read"]), json!(["*"]), json!(["users"]), json!([""]), json!([" users.read"]), json!(["users.read\u{0}"]), json!([7]), json!([null]),
                json!(["users.read", "users.read"]), json!(["users.create", "users.add"]), json!(["Users.create"]), json!(["users.read,users.list"]), json!(many), json!({"users.read": true}),
            ]),
        ] {
            for value in values {
                let body = json!({member: value});
                assert_eq!(wrong(&post(&router, GROUPS, &token, &with(good.clone(), body.clone())).await), [member], "{value}");
                for method in [Method::PUT, Method::PATCH] {
                    assert_eq!(wrong(&sent(&router, (method, &path(number)), &token, &body).await), [member], "{value}");
                }
            }
        }
        assert_eq!(wrong(&post(&router, GROUPS, &token, &json!({})).await), ["name", "permissions"]);
        assert_eq!(post(&router, GROUPS, &token, &json!({"name": null, "permissions": null})).await.body["errors"], json!({"name": ["is required"], "permissions": ["is required"]}));
        let both = json!({"name": "", "permissions": ["x", "y", "users.read"]});
        let answer = post(&router, GROUPS, &token, &both).await;
        assert_eq!((wrong(&answer), answer.body["errors"]["permissions"].as_array().map(Vec::len)), (vec!["name", "permissions"], Some(2)));
        assert_eq!(wrong(&put(&router, &path(number), &token, &both).await), ["name", "permissions"]);
        assert_eq!(state::all(&world).await, before);
        grouped(&router, &token, ("Theirs", &["groups.read", "roles.read", "groups.*", "*.*"])).await;
        assert_eq!(patch(&router, &path(number), &token, &json!({"name": "COUNTER"})).await.status, 200, "its own name, written otherwise");
    }

    // 001-10, 001-11, 001-12, 001-R5
    async fn built_in_groups_stay_as_they_are(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let token = management::token(&world, &ada).await;
        let before = state::all(&world).await;
        for number in 1..=4 {
            for answer in [patch(&router, &path(number), &token, &json!({"name": "Chiefs"})).await, put(&router, &path(number), &token, &json!({"permissions": []})).await, put(&router, &path(number), &token, &json!({})).await, delete(&router, &path(number), &token).await] {
                assert_eq!(refused(&answer), BUILT_IN, "{number}");
            }
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 001-10, 001-11, 001-12, 001-R48
    async fn groups_of_the_installation_take_the_permission_everywhere(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        role(&world.operator(), "Of everybody", &["users.read"]).await;
        grouped(&router, &token, ("Of a", &[])).await;
        let number = world.count("select number from roles where name = 'Of everybody'").await;
        assert_eq!(get(&router, &path(number), &token).await.body["name"], "Of everybody");
        let before = state::all(&world).await;
        for answer in [patch(&router, &path(number), &token, &json!({"name": "X"})).await, put(&router, &path(number), &token, &json!({})).await, delete(&router, &path(number), &token).await] {
            assert_eq!(refused(&answer), (403, "Forbidden"));
        }
        assert_eq!(state::all(&world).await, before);
        add_member(&world.operator(), a.id, &ada.login).await.unwrap();
        let bound = management::made(&world, crate::domain::stage::personal(ada.id, Some(a.id))).await;
        assert_eq!(refused(&patch(&router, &path(number), &bound, &json!({"name": "X"})).await), (403, "Forbidden"), "a token of a tenant may nothing everywhere");
        world.execute("delete from memberships where tenant_id in (select id from tenants where slug = 'root')").await;
        let everywhere = management::token(&world, &ada).await;
        assert_eq!(wrong(&patch(&router, &path(number), &everywhere, &json!({"name": "of A"})).await), ["name"], "both would be seen");
        assert_eq!(patch(&router, &path(number), &everywhere, &json!({"name": "X", "permissions": ["roles.read"]})).await.body, json!({"id": number, "name": "X", "permissions": ["roles.read"]}));
        assert_eq!(delete(&router, &path(number), &everywhere).await.status, 204);
    }

    // 001-9, 001-10, 001-12, 001-R4, 001-R51, 001-R17
    async fn what_a_group_gives_holds_for_its_members_with_the_next_request(world: World) {
        let (nodes, a) = ([world.router("http://localhost"), world.router("http://localhost")], tenant(&world, "a").await);
        let router = &nodes[0];
        let (_, token) = admin(&world, "bea", &a).await;
        let (reads, lists) = (grouped(router, &token, ("Reads", &["users.read"])).await, grouped(router, &token, ("Groups", &["roles.read"])).await);
        let user = made(router, &token, &tove(&[reads, lists])).await;
        let theirs = access(router, TOVE, KETTLE).await;
        let may = async || [get(&nodes[1], USERS, &theirs).await.status, get(&nodes[1], GROUPS, &theirs).await.status];
        assert_eq!(may().await, [200, 200], "both together");
        assert_eq!(patch(router, &path(reads), &token, &json!({"permissions": []})).await.status, 200);
        assert_eq!(may().await, [403, 200]);
        assert_eq!(patch(router, &path(lists), &token, &json!({"permissions": ["roles.read", "users.*"]})).await.status, 200);
        assert_eq!(may().await, [200, 200]);
        assert_eq!(post(&nodes[1], GROUPS, &theirs, &json!({"name": "X", "permissions": []})).await.status, 403);
        assert_eq!(delete(router, &path(lists), &token).await.status, 204);
        assert_eq!(may().await, [403, 403]);
        assert_eq!(get(router, &of(user), &token).await.body["groups"], json!([reads]));
        let few = [Permission::RolesUpdate, Permission::RolesDelete, Permission::RolesAdd, Permission::RolesRead];
        let (_, hers) = allowed(&world, "cyd", (&a, &few)).await;
        let more = grouped(router, &token, ("More", &["audit.read"])).await;
        let before = state::all(&world).await;
        for answer in [patch(router, &path(more), &hers, &json!({"permissions": []})).await, delete(router, &path(more), &hers).await] {
            assert_eq!(refused(&answer).0, 403, "nobody takes what they lack, either");
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 001-7, 001-9, 001-R49, 001-R50
    async fn groups_here_are_roles_and_groups_of_people_are_something_else(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let team = group(&world, "team", &a).await;
        let people = grouped(&router, &token, ("People", &["groups.*"])).await;
        let user = made(&router, &token, &tove(&[people])).await;
        let theirs = access(&router, TOVE, KETTLE).await;
        assert_eq!(refused(&get(&router, GROUPS, &theirs).await), (403, "Forbidden"));
        assert_eq!(patch(&router, &path(people), &token, &json!({"permissions": ["roles.read"]})).await.status, 200);
        assert_eq!(get(&router, GROUPS, &theirs).await.status, 200);
        let tove = castellan::domain::users::store::find_by_login(None, &mut world.services.db.read().await.unwrap(), TOVE).await.unwrap().unwrap();
        put_into(&world, Principal::User(tove.id), &team).await;
        assert_eq!(get(&router, &of(user), &token).await.body["groups"], json!([people]), "a group of people is none of them");
        assert_eq!(numbers(&get(&router, GROUPS, &token).await), [1, 2, 3, 4, people]);
        assert_eq!(world.count("select count(*) from group_members").await, 1);
        assert_eq!(patch(&router, &of(user), &token, &json!({"groups": []})).await.body["groups"], json!([]));
        assert_eq!(world.count("select count(*) from group_members").await, 1);
    }
}
