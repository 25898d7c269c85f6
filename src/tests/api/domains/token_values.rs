//! The values of tokens, and what they may.

use super::*;

const TOKENS: &str = "/v2/accounts/north@quay/tokens";

on_both_engines! {
    // 004-A2, 004-R1, 004-R8
    async fn a_value_is_shown_by_one_row_the_same_each_time_and_never_without_a_trace(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let body = json!({"name": "tide reader", "user": lin.login, "audience": "http", "scopes": "all"});
        let made = quay.post(&world, &quay.pair, TOKENS, &body).await;
        let shown = quay.get(&world, &quay.pair, "/ws/accounts/north@quay/credentials/tokens/1").await;
        let value = done(&shown)["token"].as_str().unwrap().to_owned();
        assert!(value.len() == 32 && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        let mut without = shown.body.clone();
        without.as_object_mut().unwrap().remove("token");
        assert_eq!(without, made.body);
        let reads = events(&world).await;
        assert_eq!((reads[0].action.as_str(), reads[0].target_name.as_str(), reads[0].actor_name.as_str()), ("tokens.reveal", "tide reader", "provisioning"));
        assert_eq!(done(&quay.get(&world, &quay.pair, &format!("{TOKENS}/1")).await)["token"], json!(value));
        assert_eq!(actions(&world, 3).await, ["tokens.reveal", "tokens.reveal", "tokens.add"], "each time");
        let before = state::all(&world).await;
        let rows = [(Method::GET, TOKENS.to_owned()), (Method::PUT, format!("{TOKENS}/1/enable")), (Method::PUT, format!("{TOKENS}/1/rename"))];
        for (method, path) in rows {
            assert!(!done(&quay.ask(&world, &quay.pair, (method, &path)).await).to_string().contains(&value), "{path}");
        }
        assert_eq!(state::all(&world).await, before, "the list is no event");
        let off = quay.ask(&world, &quay.pair, (Method::PUT, &format!("{TOKENS}/1/disable"))).await;
        assert!(!done(&off).to_string().contains(&value));
        let sql = "select count(*) from tokens where token_hash = token_sealed or token_sealed is null";
        assert_eq!(world.count(sql).await, 0);
        let kept: String = state::all(&world).await.join("\n");
        assert!(!kept.contains(&value), "nor does the log know it");
    }

    // 004-A2, 004-A3, 004-A4, 004-R30, 004-R31
    async fn nobody_has_or_lets_in_what_may_do_more_than_they(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let keeper = custom(&world, &quay.north, "keeper", &["tokens.*"]).await;
        let max = with_role(&world, "max", (&keeper, &quay.north)).await;
        let token = By::Bearer(account(&world, &max, &quay.north).await);
        let body = |user: &User| json!({"name": "x", "user": user.login, "audience": "a", "scopes": "b"});
        done(&quay.post(&world, &quay.pair, TOKENS, &body(&lin)).await);
        let before = state::all(&world).await;
        for answer in [
            quay.post(&world, &token, TOKENS, &body(&lin)).await,
            quay.get(&world, &token, &format!("{TOKENS}/2")).await,
            quay.ask(&world, &token, (Method::DELETE, &format!("{TOKENS}/2"))).await,
        ] {
            assert_eq!(told(&answer), 403, "{}", answer.body);
        }
        assert_eq!(state::all(&world).await, before);
        done(&quay.ask(&world, &token, (Method::PUT, &format!("{TOKENS}/2/disable"))).await);
        assert_eq!(told(&quay.ask(&world, &token, (Method::PUT, &format!("{TOKENS}/2/enable"))).await), 403, "whoever locks it out can't let it in");
        assert_eq!(part(&quay.post(&world, &token, TOKENS, &body(&max)).await, &["owner"]), [json!(max.login)]);
        assert!(done(&quay.get(&world, &token, &format!("{TOKENS}/3")).await)["token"].is_string());
    }
}
