//! What was folded in an older way is folded anew, however often that is cut short.

use super::{called, found};
use crate::{
    domain::stage::role,
    support::{World, on_both_engines},
};
use castellan::{
    domain::{
        audit::{self, query::EventQuery},
        names::refold,
        roles, users,
    },
    model::user::UserQuery,
};

/// As it was before there was a way to fold: keys of ASCII, nothing noted.
const OLDER: [&str; 5] = [
    "update users set name_key = lower(display_name), search_key = lower(display_name || ' ' || login)",
    "update roles set name_key = lower(name), same_key = lower(name)",
    "update tenants set name_key = '', search_key = ''",
    "update events set actor_key = null, target_key = null",
    "delete from settings where name = 'folding'",
];

async fn make_old(world: &World) {
    for sql in OLDER {
        world.execute(sql).await;
    }
}

async fn fold_all(world: &World) -> usize {
    let mut steps = 1;
    while refold::step(&world.operator()).await.unwrap() {
        steps += 1;
    }
    steps
}

on_both_engines! {
    async fn everything_is_found_after_it_was_folded_anew(world: World) {
        called(&world, 0, ["Søren", "Đorđe", ""]).await;
        role(&world.operator(), "Łódź", &["users.read"]).await;
        make_old(&world).await;
        assert_eq!(found(&world, "soren").await, Vec::<String>::new());
        assert_eq!(found(&world, "u0").await, ["Søren Đorđe"], "what the older keys find is found");
        fold_all(&world).await;
        assert_eq!(found(&world, "dorde soren").await, ["Søren Đorđe"]);
        assert_eq!(roles::queries::list(&world.operator(), "lodz", "").await.unwrap().total, 1);
        let query = EventQuery { target_name: Some("lodz".into()), ..EventQuery::default() };
        assert_eq!(audit::list::list(&world.operator(), &query).await.unwrap().total, 1);
        assert!(audit::check::verify(&world.operator()).await.unwrap().broken.is_none(), "the chain knows no keys");
        assert!(!refold::step(&world.operator()).await.unwrap(), "once is enough");
        let place = "select count(*) from memberships m join users u on u.id = m.user_id where m.name_key <> u.name_key";
        assert_eq!(world.count(place).await, 0, "members are in the order of their names");
    }

    async fn it_goes_on_where_it_was_cut_short(world: World) {
        castellan::demo::fill(&world.operator(), 1_200).await.unwrap();
        called(&world, 0, ["Søren", "First", ""]).await;
        make_old(&world).await;
        assert!(refold::step(&world.operator()).await.unwrap(), "one batch, and the server is killed");
        let noted = world.text("select value from settings where name = 'folding'").await;
        assert!(noted.contains("\"stage\":\"users\""), "in the middle of the people: {noted}");
        // Two nodes go on at once.
        let (one, other) = tokio::join!(fold_all(&world), fold_all(&world));
        assert!(one + other < 12, "each batch once: {one} and {other}");
        assert_eq!(found(&world, "soren first").await, ["Søren First"]);
        let all = users::list::list(&world.operator(), &UserQuery::default()).await.unwrap().all;
        assert_eq!(found_total(&world, "example").await, all, "nobody is lost");
    }

    async fn logins_get_their_one_form_where_that_makes_no_twin(world: World) {
        for (n, login) in ["otto@xn--bcher-kva.example", "gil@example.com", "gil\u{200b}@example.com"].iter().enumerate() {
            called(&world, n, ["x", "", ""]).await;
            let sql = format!("update users set login = '{login}', email = '{login}' where login = 'u{n}@example.com'");
            world.execute_text(sql).await;
        }
        make_old(&world).await;
        fold_all(&world).await;
        let logins = "select string_agg(login, ' ') from (select login from users order by number) u";
        assert_eq!(world.text(logins).await, "otto@bücher.example gil@example.com gil\u{200b}@example.com");
    }
}

async fn found_total(world: &World, search: &str) -> i64 {
    let query = castellan::model::user::UserQuery { search: search.into(), ..Default::default() };
    users::list::list(&world.operator(), &query).await.unwrap().page.total
}
