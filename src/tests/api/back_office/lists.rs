//! Lists: which rows, in which order, how many, and what they cost.

use super::*;
use crate::{
    domain::stage::{role, tenant},
    support::on_both_engines,
};

async fn list(router: &Router, query: &str, token: &str) -> Answer {
    get(router, &format!("{USERS}?{query}"), token).await
}

/// Names of a list, in its order.
fn names(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

on_both_engines! {
    // 001-1, 001-R1, 001-R2, 001-R26, 001-R28, 001-R9
    async fn filters_fit_the_whole_and_all_of_them_must_fit(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let others = tenant(&world, "b").await;
        member(&world, "mara", &others).await;
        for (name, email, active) in [("Mara", "mara@kestrel.example", true), ("MARA", "second@kestrel.example", false), ("Mára Sol", "sol@kestrel.example", true)] {
            made(&router, &token, &with(tove(&[]), json!({"name": name, "email": email, "active": active, "clientTags": ["north"]}))).await;
        }
        for (query, expected) in [
            ("", vec!["bea", "Mara", "MARA", "Mára Sol"]), ("filter[active]=0", vec!["bea", "Mara", "MARA", "Mára Sol"]), ("filter[active]=1", vec!["bea", "Mara", "Mára Sol"]),
            ("filter[name]=Ma", vec![]), ("filter[name]=mara", vec!["Mara", "MARA"]), ("filter%5Bname%5D=MARA%20SOL", vec!["Mára Sol"]), ("filter[name]=m%C3%A1ra", vec!["Mara", "MARA"]), ("filter[name]=", vec![]), ("filter[name]=mar%25", vec![]),
            ("filter[email]=SECOND@kestrel.example", vec!["MARA"]), ("filter[email]=second", vec![]), ("filter[email]=mara@example.com", vec![]), ("filter[email]=", vec![]), ("filter[email]=%25", vec![]),
            ("filter[name]=mara&filter[active]=1", vec!["Mara"]), ("filter[name]=mara&filter[email]=second@kestrel.example", vec!["MARA"]), ("filter[name]=mara&filter[email]=sol@kestrel.example", vec![]),
            ("filter[email]=second@kestrel.example&filter[active]=1", vec![]), ("filter[email]=second@kestrel.example&filter[active]=0", vec!["MARA"]), ("more=x&filter=7", vec!["bea", "Mara", "MARA", "Mára Sol"]),
        ] {
            for more in ["", "&limit=1&offset=1", "&offset=2147483647&limit=100"] {
                let answer = list(&router, &format!("{query}{more}"), &token).await;
                assert_eq!(answer.header("x-total-count"), expected.len().to_string(), "{query}{more}");
                let page = match more { "" => expected.clone(), "&limit=1&offset=1" => expected.iter().skip(1).take(1).copied().collect(), _ => vec![] };
                assert_eq!(names(&answer), page, "{query}{more}");
            }
        }
        for (query, named) in [
            ("filter[active]=2", vec!["filter[active]"]), ("filter[active]=true", vec!["filter[active]"]), ("filter[active]=", vec!["filter[active]"]), ("filter[phone]=1", vec!["filter[phone]"]), ("filter[]=1", vec!["filter[]"]),
            ("filter[name][]=x", vec!["filter[name][]"]), ("filter[name]=x&filter[name]=y", vec!["filter[name]"]), ("filter[active]=1&filter[active]=1", vec!["filter[active]"]), ("sort_by=phone", vec!["sort_by"]), ("sort_by=", vec!["sort_by"]), ("sort_by=ID", vec!["sort_by"]),
            ("sort_order=up", vec!["sort_order"]), ("sort_order=ASC", vec!["sort_order"]), ("sort_by=id&sort_by=id", vec!["sort_by"]), ("sort_order=asc&sort_order=desc", vec!["sort_order"]), ("more=1&more=1", vec!["more"]),
            ("filter[phone]=1&limit=0", vec!["filter[phone]", "limit"]), ("filter[a]=1&filter[active]=x&sort_by=x&sort_order=x&limit=x&offset=x", vec!["filter[a]", "filter[active]", "limit", "offset", "sort_by", "sort_order"]),
        ] {
            assert_eq!(wrong(&list(&router, query, &token).await), named, "{query}");
        }
        for query in ["filter[name]=%00", "filter[name]=%FF", "%00=1", "more=%00"] {
            assert_eq!(refused(&list(&router, query, &token).await).0, 400, "{query}");
        }
        assert_eq!(list(&router, "filter[phone]=1&limit=0", &token).await.body["errors"], json!({"filter[phone]": ["there is no such filter"], "limit": ["must be a whole number from 1 to 100"]}));
    }

    // 001-1, 001-7, 001-R25, 001-R26
    async fn pages_are_counted_from_none_and_bad_numbers_are_named(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let few = get(&router, GROUPS, &token).await.body.as_array().unwrap().len();
        for number in 0..21 {
            member(&world, &format!("user{number}"), &a).await;
            grouped(&router, &token, (&format!("Group {number}"), &["users.read"])).await;
        }
        for (path, total) in [(USERS, 22), (GROUPS, 21 + few)] {
            let whole = get(&router, &format!("{path}?limit=100"), &token).await;
            let (all, count) = (numbers(&whole), total.to_string());
            assert_eq!((all.len(), whole.header("x-total-count")), (total, count.as_str()));
            assert!(all.is_sorted(), "{all:?}");
            for (query, part) in [("", &all[..20]), ("?offset=20", &all[20..]), ("?limit=5&offset=3", &all[3..8]), ("?limit=1&offset=0", &all[..1]), ("?offset=100", &[]), ("?offset=2147483647", &[]), ("?limit=100&offset=2147483647", &[])] {
                let answer = get(&router, &format!("{path}{query}"), &token).await;
                assert_eq!((numbers(&answer).as_slice(), answer.header("x-total-count")), (part, count.as_str()), "{path}{query}");
            }
            for (query, name) in [
                ("limit=0", "limit"), ("limit=101", "limit"), ("limit=-1", "limit"), ("limit=x", "limit"), ("limit=", "limit"), ("limit=1.5", "limit"), ("limit=1e1", "limit"), ("limit=99999999999999999999", "limit"), ("limit=1&limit=1", "limit"),
                ("offset=-1", "offset"), ("offset=2147483648", "offset"), ("offset=x", "offset"), ("offset=", "offset"), ("offset=0x1", "offset"), ("offset=1&offset=2", "offset"),
            ] {
                assert_eq!(wrong(&get(&router, &format!("{path}?{query}"), &token).await), [name], "{path}?{query}");
            }
        }
    }

    // 001-1, 001-R27, 001-R47
    async fn lists_are_sorted_as_they_are_asked_for(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        let of_other = tenant(&world, "b").await;
        let dot = member(&world, "dot", &of_other).await;
        world.services.clock.advance(60);
        for (name, email) in [("zoe", "a@kestrel.example"), ("Élan", "B@kestrel.example"), ("anna", "d@kestrel.example"), ("ANNA", "c@kestrel.example")] {
            made(&router, &token, &with(tove(&[]), json!({"name": name, "email": email}))).await;
        }
        world.services.clock.advance(60);
        add_member(&world.operator(), a.id, &dot.login).await.unwrap();
        for (query, mut expected) in [
            ("id", vec!["bea", "dot", "zoe", "Élan", "anna", "ANNA"]), ("name", vec!["anna", "ANNA", "bea", "dot", "Élan", "zoe"]),
            ("email", vec!["zoe", "Élan", "bea", "ANNA", "anna", "dot"]), ("createTime", vec!["bea", "zoe", "Élan", "anna", "ANNA", "dot"]),
        ] {
            for order in ["", "&sort_order=asc"] {
                assert_eq!(names(&list(&router, &format!("sort_by={query}{order}"), &token).await), expected, "{query}{order}");
            }
            expected.reverse();
            assert_eq!(names(&list(&router, &format!("sort_order=desc&sort_by={query}"), &token).await), expected, "{query}, backwards");
        }
        assert_eq!(names(&list(&router, "sort_order=desc&limit=1&offset=1", &token).await), ["anna"]);
        assert_eq!(get(&router, &of(dot.number), &token).await.body["createTime"], "2026-11-22T00:02:00+00:00", "when they came here");
        assert!(bea.number < dot.number);
    }

    // 001-1, 001-7
    async fn lists_read_as_little_for_many_as_for_few(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let paths = [USERS.to_owned(), format!("{USERS}?filter[active]=1&sort_by=name"), format!("{USERS}?filter[name]=x&sort_by=createTime"), GROUPS.to_owned()];
        let reads = async || {
            let mut reads = Vec::new();
            for path in &paths {
                reads.push(get(&router, path, &token).await.work.statements);
            }
            reads
        };
        made(&router, &token, &named("x")).await;
        let few = reads().await;
        for name in ["cyd", "dot", "eve", "fay", "gus"] {
            let one = member(&world, name, &a).await;
            add_member(&world.operator(), b.id, &one.login).await.unwrap();
            for suffix in ["reads", "lists"] {
                let made = role(&world.operator(), &format!("{name} {suffix}"), &["users.read", "users.list"]).await;
                world.give(&one, &made.name).await;
            }
            grouped(&router, &token, (name, &["users.read", "users.list", "roles.read"])).await;
            made(&router, &token, &with(tove(&[1]), json!({"name": "x", "email": format!("{name}@kestrel.example"), "canViewMaskedData": true, "clientTags": ["x"]}))).await;
        }
        assert_eq!(reads().await, few);
        assert!(few.iter().all(|statements| *statements <= 6), "{few:?}");
        let many: Vec<i64> = numbers(&get(&router, GROUPS, &token).await);
        let body = json!({"groups": many});
        let one = made(&router, &token, &tove(&[1])).await;
        assert_eq!(patch(&router, &of(one), &token, &body).await.body["groups"], body["groups"]);
    }
}
