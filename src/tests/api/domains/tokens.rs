//! The tokens of an account.

use super::*;

const TOKENS: &str = "/v2/accounts/north@quay/tokens";
/// When the world begins.
const THEN: &str = "2026-11-22T00:00:00.000+0000";

fn asked(user: &User) -> Value {
    json!({"name": "tide reader", "user": user.login, "audience": "http apiv2", "scopes": "table://tides.* level://admin", "expiration": "2026-11-22T01:00:00.000+0000"})
}

/// What is answered of the token that [`asked`] asks for.
fn answered(user: &User, owner: Value) -> Value {
    json!({"id": 1, "name": "tide reader", "scope": "table://tides.* level://admin", "owner": owner, "user": user.login, "audience": "http apiv2", "token_type": "Bearer",
        "active": true, "expiration": "2026-11-22T01:00:00.000+0000", "account": "north@quay", "created": THEN, "updated": THEN, "expires_in_seconds": 3600})
}

async fn put(world: &World, quay: &Quay, path: &str) -> Answer {
    quay.ask(world, &quay.pair, (Method::PUT, path)).await
}

/// The value of a token, as the row that shows it does.
async fn value(world: &World, quay: &Quay, id: &Value) -> String {
    done(&quay.get(world, &quay.pair, &format!("{TOKENS}/{id}")).await)["token"].as_str().unwrap().to_owned()
}

on_both_engines! {
    // 004-A1, 004-A3, 004-R5, 004-R33, 004-R37, 004-R38, 004-R40, 004-R60
    async fn a_token_is_made_and_listed_until_it_is_over_and_after(world: World) {
        let quay = quay(&world).await;
        assert_eq!(*done(&quay.get(&world, &quay.pair, TOKENS).await), json!([]));
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let made = quay.post(&world, &quay.pair, TOKENS, &asked(&lin)).await;
        assert_eq!(*done(&made), answered(&lin, json!(lin.login)), "without its value");
        assert_eq!(actions(&world, 1).await, ["tokens.add"]);
        run(&world.operator(), castellan::domain::tokens::commands::AddToken::prepare(&world.operator(), stage_personal(&lin, &quay)).0).await.unwrap();
        let ida = quay.owned(&world, &quay.coast, "ida").await;
        account(&world, &ida, &quay.coast).await;
        let listed = async || quay.get(&world, &quay.pair, "/v2/accounts/north%40quay/tokens").await;
        world.services.clock.advance(60);
        let mut expected = answered(&lin, json!(lin.login));
        expected["expires_in_seconds"] = json!(3540);
        assert_eq!(*done(&listed().await), json!([expected]), "no personal ones, and none of others");
        world.services.clock.advance(7200);
        expected["expires_in_seconds"] = json!(0);
        assert_eq!(*done(&listed().await), json!([expected]), "also when it is over");
        assert_eq!(listed().await.work.statements, 4);
    }

    // 004-A3, 004-R6, 004-R7, 004-R36, 004-R37
    async fn ids_rise_names_may_be_shared_and_the_owner_is_who_made_it(world: World) {
        let quay = quay(&world).await;
        let ida = member(&world, "ida", &quay.coast).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let max = with_role(&world, "max", (ADMIN_ROLE, &quay.north)).await;
        let token = By::Token(account(&world, &max, &quay.north).await);
        let body = json!({"name": "same", "user": lin.login.to_uppercase(), "audience": "a", "scopes": "b", "expiration": null});
        let one = quay.post(&world, &token, TOKENS, &body).await;
        let two = quay.post(&world, &token, TOKENS, &body).await;
        assert_eq!(part(&one, &["id", "owner", "user", "expiration", "expires_in_seconds"]), [json!(2), json!(max.login), json!(lin.login), Value::Null, Value::Null]);
        let other = json!({"name": "same", "user": ida.login, "audience": "a", "scopes": "b"});
        let elsewhere = quay.post(&world, &quay.pair, "/v2/accounts/coast@quay/tokens", &other).await;
        assert_eq!(part(&elsewhere, &["id", "owner"]), [json!(4), Value::Null], "a domain without an owner, and the ids of the installation");
        assert_eq!(part(&two, &["id", "name"]), [json!(3), json!("same")]);
        done(&quay.ask(&world, &quay.pair, (Method::DELETE, &of_in(&max.login, "north@quay"))).await);
        let listed = quay.get(&world, &quay.pair, TOKENS).await;
        let owners: Vec<(&Value, &Value)> = done(&listed).as_array().unwrap().iter().map(|one| (&one["id"], &one["owner"])).collect();
        assert_eq!(owners, [(&json!(2), &json!(lin.login)), (&json!(3), &json!(lin.login))], "the domain's owner, once its maker is gone");
    }

    // 004-A3, 004-R33, 004-R34, 004-R36, 004-R41
    async fn everything_wrong_is_told_at_once_and_nothing_is_made(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let gil = with_role(&world, "gil", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        let ida = quay.owned(&world, &quay.coast, "ida").await;
        done(&quay.ask(&world, &quay.pair, (Method::POST, &format!("{}/disable", of_in(&gil.login, "north@quay")))).await);
        let before = state::all(&world).await;
        let wrong = [
            ("name", json!(null)), ("name", json!(" ")), ("name", json!(7)), ("name", json!(long(256))), ("name", json!("a\u{7}b")), ("name", json!("a\u{0}b")),
            ("user", json!(null)), ("user", json!("")), ("user", json!("lin")), ("user", json!(gil.login)), ("user", json!(ida.login)), ("user", json!("a\u{0}@b.example")), ("user", json!({})),
            ("audience", json!(null)), ("audience", json!("")), ("audience", json!("HTTP")), ("audience", json!("a  b")), ("audience", json!(["a"])), ("audience", json!(long(2001))),
            ("scopes", json!(null)), ("scopes", json!(" ")), ("scopes", json!(long(2001))), ("scopes", json!("a\nb")), ("scopes", json!(1)),
            ("expiration", json!(THEN)), ("expiration", json!("2020-01-01T00:00:00Z")), ("expiration", json!("soon")), ("expiration", json!("")), ("expiration", json!("2027-01-01")), ("expiration", json!(1_900_000_000)),
            ("expiration", json!("2027-13-01T00:00:00Z")), ("expiration", json!("2027-01-01T00:00:00")),
        ];
        for (name, value) in wrong {
            let mut body = asked(&lin);
            body[name] = value;
            let answer = quay.post(&world, &quay.pair, TOKENS, &body).await;
            assert_eq!(told(&answer), 400, "{body}");
            assert!(refused(&answer).2.contains(&format!("`{name}`")), "{body} {}", answer.body);
        }
        let several = quay.post(&world, &quay.pair, TOKENS, &json!({"audience": "A", "scopes": 7, "user": gil.login, "expiration": "x"})).await;
        for name in ["name", "user", "audience", "scopes", "expiration"] {
            assert!(refused(&several).2.contains(&format!("`{name}`")), "{}", several.body);
        }
        for body in ["", "[]", "{", "{\"name\":\"\u{1}\"}", "null"] {
            assert_eq!(told(&sent((&world, &quay.router), &quay.pair, (Method::POST, TOKENS), Some(body)).await), 400, "{body}");
        }
        assert_eq!(state::all(&world).await, before);
        let kept = json!({"name": long(255), "user": lin.login, "audience": long(2000), "scopes": format!("a  é{}", long(1996)), "expiration": "2027-01-01T02:00:00+02:00", "more": 1});
        let answer = quay.post(&world, &quay.pair, TOKENS, &kept).await;
        assert_eq!(part(&answer, &["scope", "audience", "expiration"]), [kept["scopes"].clone(), kept["audience"].clone(), json!("2027-01-01T00:00:00.000+0000")], "as they were sent");
    }

    // 004-A4, 004-A5, 004-R4, 004-R40
    async fn a_disabled_token_is_refused_and_works_again(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        done(&quay.post(&world, &quay.pair, TOKENS, &asked(&lin)).await);
        let value = value(&world, &quay, &json!(1)).await;
        let ways = [By::Token(value.clone()), By::Bearer(value.clone())];
        world.services.clock.advance(1);
        let off = put(&world, &quay, &format!("{TOKENS}/1/disable")).await;
        assert_eq!(part(&off, &["active", "created", "updated"]), [json!(false), json!(THEN), json!("2026-11-22T00:00:01.000+0000")]);
        world.services.clock.advance(1);
        let before = state::all(&world).await;
        assert_eq!(part(&put(&world, &quay, &format!("{TOKENS}/1/disable")).await, &["updated"]), [off.body["updated"].clone()]);
        assert_eq!(state::all(&world).await, before);
        for by in &ways {
            assert_eq!(told(&quay.get(&world, by, TOKENS).await), 401);
        }
        for path in ["/v1/users/profile", "/auth/users/whoami"] {
            assert_eq!(crate::api::management::get(&quay.router, path, &value).await.status, 401, "in every family");
        }
        let on = put(&world, &quay, &format!("{TOKENS}/1/enable")).await;
        assert_eq!(part(&on, &["active", "updated"]), [json!(true), json!("2026-11-22T00:00:02.000+0000")]);
        let before = state::all(&world).await;
        world.services.clock.advance(1);
        assert_eq!(part(&put(&world, &quay, &format!("{TOKENS}/1/enable")).await, &["updated"]), [on.body["updated"].clone()]);
        assert_eq!(state::all(&world).await, before);
        for by in &ways {
            done(&quay.get(&world, by, TOKENS).await);
        }
        world.services.clock.advance(3600);
        for by in &ways {
            assert_eq!(told(&quay.get(&world, by, TOKENS).await), 401, "over");
        }
        assert_eq!(part(&put(&world, &quay, &format!("{TOKENS}/1/enable")).await, &["expires_in_seconds"]), [json!(0)]);
    }

    // 004-A6, 004-R2, 004-R40
    async fn a_name_of_nothing_changes_nothing(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let made = quay.post(&world, &quay.pair, TOKENS, &asked(&lin)).await;
        let path = format!("{TOKENS}/1/rename");
        world.services.clock.advance(1);
        let before = state::all(&world).await;
        for body in [json!({"name": ""}), json!({"name": "  "}), json!({"name": null}), json!({}), json!({"name": "tide reader"})] {
            let answer = quay.put(&world, &quay.pair, &path, &body).await;
            assert_eq!(part(&answer, &["name", "updated"]), [json!("tide reader"), made.body["updated"].clone()], "{body}");
        }
        assert_eq!(part(&put(&world, &quay, &path).await, &["name"]), [json!("tide reader")], "without a body");
        for body in [json!({"name": long(256)}), json!({"name": 7}), json!({"name": "a\u{0}b"}), json!({"name": "a\u{7}b"}), json!([])] {
            assert_eq!(told(&quay.put(&world, &quay.pair, &path, &body).await), 400, "{body}");
        }
        assert_eq!(state::all(&world).await, before);
        let renamed = quay.put(&world, &quay.pair, &path, &json!({"name": long(255)})).await;
        assert_eq!(part(&renamed, &["name", "updated"]), [json!(long(255)), json!("2026-11-22T00:00:01.000+0000")]);
        assert_eq!(actions(&world, 1).await, ["tokens.rename"]);
    }

    // 004-A7, 004-R3, 004-R7
    async fn a_deleted_token_is_gone_for_good(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        done(&quay.post(&world, &quay.pair, TOKENS, &asked(&lin)).await);
        let carried = By::Bearer(value(&world, &quay, &json!(1)).await);
        done(&quay.get(&world, &carried, TOKENS).await);
        let path = format!("{TOKENS}/1");
        assert_eq!(*done(&quay.ask(&world, &quay.pair, (Method::DELETE, &path)).await), json!({}));
        assert_eq!(actions(&world, 1).await, ["tokens.delete"]);
        assert_eq!(refused(&quay.get(&world, &carried, TOKENS).await), (401, 401, "Send a credential that works"));
        let rows = [(Method::GET, path.clone()), (Method::DELETE, path.clone()), (Method::PUT, format!("{path}/enable")), (Method::PUT, format!("{path}/disable")), (Method::PUT, format!("{path}/rename"))];
        for (method, path) in rows {
            assert_eq!(refused(&quay.ask(&world, &quay.pair, (method, &path)).await), (404, 404, "Token not found"), "{path}");
        }
        assert_eq!(part(&quay.post(&world, &quay.pair, TOKENS, &asked(&lin)).await, &["id"]), [json!(2)]);
    }

    // 004-R39
    async fn what_is_no_id_and_what_is_of_others_is_not_there(world: World) {
        let quay = quay(&world).await;
        let ida = quay.owned(&world, &quay.coast, "ida").await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        account(&world, &ida, &quay.coast).await;
        run(&world.operator(), castellan::domain::tokens::commands::AddToken::prepare(&world.operator(), stage_personal(&lin, &quay)).0).await.unwrap();
        let before = state::all(&world).await;
        for id in ["1", "2", "0", "-1", "01", "+1", "1.0", "x", "9223372036854775808", "%00", "1e0"] {
            for (method, path) in [(Method::GET, ""), (Method::DELETE, ""), (Method::PUT, "/enable"), (Method::PUT, "/disable"), (Method::PUT, "/rename")] {
                let path = format!("{TOKENS}/{id}{path}");
                assert_eq!(refused(&quay.ask(&world, &quay.pair, (method, &path)).await), (404, 404, "Token not found"), "{path}");
            }
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 004-R34, 004-R35
    async fn a_token_works_while_its_user_counts_whatever_it_says(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let ida = with_role(&world, "ida", (ADMIN_ROLE, &quay.north)).await;
        let mut body = asked(&ida);
        body["audience"] = json!("nothing-at-all");
        body["scopes"] = json!("level://nobody");
        done(&quay.post(&world, &quay.pair, TOKENS, &body).await);
        let token = By::Token(value(&world, &quay, &json!(1)).await);
        let add = json!({"email": "max@north.example", "role": "ADMIN", "userName": "Max"});
        done(&quay.post(&world, &token, "/user/internal", &add).await);
        let path = of_in(&ida.login, "north@quay");
        for (change, status) in [("disable", 401), ("enable", 200)] {
            done(&quay.ask(&world, &quay.pair, (Method::POST, &format!("{path}/{change}"))).await);
            assert_eq!(quay.get(&world, &token, TOKENS).await.status, status, "{change}");
        }
        done(&quay.ask(&world, &quay.pair, (Method::DELETE, &path)).await);
        assert_eq!(told(&quay.get(&world, &token, TOKENS).await), 401);
    }
}

/// A personal token of the domain, which is none of the account.
fn stage_personal(user: &User, quay: &Quay) -> NewToken {
    crate::domain::stage::personal(user.id, Some(quay.north.id))
}
