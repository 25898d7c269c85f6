//! The list: every row once, in order, whatever the sort; and searches that find.

use crate::support::{World, changes::*, on_both_engines, person};
use castellan::{
    demo,
    domain::{ctx::Ctx, error::Error, grants::input::NewGrant, names::fold::folded, tenants, users},
    model::{
        id::UserId,
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus,
        user::{UserQuery, UserSort, UserStatus},
    },
};

use super::stage::{group, holding, is_not_found, member, put, tenant};

/// Walks the list to its end and back again.
async fn walk(ctx: &Ctx, query: &UserQuery) -> (Vec<UserId>, Vec<UserId>) {
    let (mut forth, mut back) = (Vec::new(), Vec::new());
    let mut page = users::list::list(ctx, query).await.unwrap().page;
    loop {
        forth.extend(page.rows.iter().map(|row| row.id));
        let Some(after) = page.after.take() else { break };
        page = users::list::list(ctx, &query.at(Some(after), None)).await.unwrap().page;
    }
    loop {
        back.splice(0..0, page.rows.iter().map(|row| row.id));
        let Some(before) = page.before.take() else { break };
        page = users::list::list(ctx, &query.at(None, Some(before))).await.unwrap().page;
    }
    (forth, back)
}

/// Every row of the list.
async fn walked(ctx: &Ctx, query: &UserQuery) -> Vec<users::list::Listed> {
    let mut page = users::list::list(ctx, query).await.unwrap().page;
    let mut rows = std::mem::take(&mut page.rows);
    while let Some(after) = page.after.take() {
        page = users::list::list(ctx, &query.at(Some(after), None)).await.unwrap().page;
        rows.append(&mut page.rows);
    }
    rows
}

async fn found(world: &World, search: &str) -> Vec<String> {
    let query = UserQuery { search: search.into(), ..UserQuery::default() };
    let page = users::list::list(&world.operator(), &query).await.unwrap().page;
    assert_eq!(page.total, page.rows.len() as i64);
    page.rows.into_iter().map(|row| row.display_name).collect()
}

on_both_engines! {
    async fn every_row_appears_once_in_every_order_and_both_ways(world: World) {
        demo::fill(&world.operator(), 173).await.unwrap();
        for sort in UserSort::ALL {
            for descending in [false, true] {
                let query = UserQuery { sort: *sort, descending, ..UserQuery::default() };
                let (forth, back) = walk(&world.operator(), &query).await;
                assert_eq!(forth, back, "{query:?}");
                let mut unique = forth.clone();
                unique.sort_unstable();
                unique.dedup();
                assert_eq!((forth.len(), unique.len()), (173, 173), "{query:?}");
            }
        }
    }

    async fn a_tenant_lists_its_members_once_in_every_order_and_both_ways(world: World) {
        demo::fill(&world.operator(), 700).await.unwrap();
        for slug in ["kestrel", "lumen"] {
            let id = tenants::store::find_by_slug(&mut world.services.db.read().await.unwrap(), slug).await.unwrap().unwrap();
            let ctx = world.operator().working_in(Scope::Tenant(id));
            let members = users::list::list(&ctx, &UserQuery::default()).await.unwrap().all;
            assert!(members > 51, "{members}: more than a page");
            for (sort, descending) in UserSort::ALL.iter().flat_map(|sort| [(*sort, false), (*sort, true)]) {
                let query = UserQuery { sort, descending, ..UserQuery::default() };
                let (forth, back) = walk(&ctx, &query).await;
                assert_eq!(forth, back, "{query:?}");
                let unique: std::collections::HashSet<_> = forth.iter().collect();
                assert_eq!((forth.len() as i64, unique.len() as i64), (members, members), "{query:?}");
            }
            let names: Vec<_> = walked(&ctx, &UserQuery::default()).await.into_iter().map(|row| folded(&row.display_name)).collect();
            assert!(names.is_sorted());
        }
    }

    async fn a_search_finds_the_same_however_many_it_finds(world: World) {
        demo::fill(&world.operator(), 173).await.unwrap();
        let everybody = UserQuery::default();
        let all = walked(&world.operator(), &everybody).await;
        let mut shares = Vec::new();
        for search in ["example", "an", "son", "ana", "zzz"] {
            let matches = |row: &&users::list::Listed| {
                [&row.display_name, &row.login].into_iter().any(|text| folded(text).contains(search))
            };
            let mut expected: Vec<UserId> = all.iter().filter(matches).map(|row| row.id).collect();
            expected.sort_unstable();
            shares.push(expected.len() * 100 / all.len());
            for sort in UserSort::ALL {
                let query = UserQuery { search: search.into(), sort: *sort, ..UserQuery::default() };
                let (forth, back) = walk(&world.operator(), &query).await;
                assert_eq!(forth, back, "{query:?}");
                let mut found = forth;
                found.sort_unstable();
                assert_eq!(found, expected, "{query:?}");
                assert_eq!(users::list::list(&world.operator(), &query).await.unwrap().page.total, expected.len() as i64);
            }
        }
        assert!(shares[0] > 25 && (1..25).contains(&shares[2]), "found both ways: {shares:?}");
    }

    async fn only_roles_that_count_are_listed(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let grace = member(&world, "grace", &a).await;
        let scope = Scope::Tenant(a.id);
        give_access(&ctx, &NewGrant::lasting(Principal::User(grace.id), world.role("read-only").await, scope)).await.unwrap();
        let listed = async || users::list::list(&ctx, &UserQuery::default()).await.unwrap().page.rows[0].roles.clone();
        assert_eq!(listed().await, ["read-only"]);
        run(&ctx, set_membership((grace.id, a.id), (MembershipStatus::Inactive, 1))).await.unwrap();
        assert_eq!(listed().await, Vec::<String>::new());
    }

    async fn filters_and_totals_agree_with_the_rows(world: World) {
        demo::fill(&world.operator(), 300).await.unwrap();
        let mut sum = 0;
        for status in UserStatus::ALL {
            let query = UserQuery { status: Some(*status), ..UserQuery::default() };
            let total = users::list::list(&world.operator(), &query).await.unwrap().page.total;
            assert_eq!(walk(&world.operator(), &query).await.0.len() as i64, total);
            sum += total;
        }
        assert_eq!(users::list::list(&world.operator(), &UserQuery::default()).await.unwrap().all, sum);
        assert_eq!(sum, 300);
    }

    async fn a_list_can_be_of_one_role_or_one_group_alone(world: World) {
        let (ctx, a, b) = (world.operator(), tenant(&world, "a").await, tenant(&world, "b").await);
        let [grace, linus, una] = [member(&world, "grace", &a).await, member(&world, "linus", &a).await, member(&world, "una", &b).await];
        let (inner, outer) = (group(&world, "inner", &a).await, group(&world, "outer", &a).await);
        put(&world, Principal::User(grace.id), &inner).await;
        put(&world, Principal::Group(inner.id), &outer).await;
        let role = world.role("read-only").await;
        for (holder, scope) in [(Principal::Group(outer.id), Scope::Tenant(a.id)), (Principal::User(una.id), Scope::Tenant(b.id))] {
            give_access(&ctx, &NewGrant::lasting(holder, role.clone(), scope)).await.unwrap();
        }
        let of_role = UserQuery { role: role.to_string(), ..UserQuery::default() };
        let of_group = UserQuery { group: outer.id.to_string(), ..UserQuery::default() };
        let inside = ctx.clone().working_in(Scope::Tenant(a.id));
        for (ctx, query, expected) in [
            (&ctx, &of_role, vec![grace.id, una.id]),
            (&inside, &of_role, vec![grace.id]),
            (&ctx, &of_group, vec![grace.id]),
            (&ctx, &UserQuery { search: "una".into(), ..of_role.clone() }, vec![una.id]),
            (&ctx, &UserQuery { group: inner.id.to_string(), ..of_role.clone() }, vec![grace.id]),
        ] {
            let listed = users::list::list(ctx, query).await.unwrap();
            assert_eq!((listed.page.total as usize, walk(ctx, query).await.0), (expected.len(), expected), "{query:?}");
        }
        let listed = users::list::list(&ctx, &UserQuery { group: outer.id.to_string(), ..of_role.clone() }).await.unwrap();
        let names = (listed.only.role.unwrap().name, listed.only.group.unwrap().name);
        assert_eq!((names, listed.all), (("read-only".to_owned(), "outer".to_owned()), 3));
        world.execute_text(format!("update grants set expires_at = {}", world.services.clock.now().0)).await;
        assert_eq!(users::list::list(&ctx, &of_role).await.unwrap().page.total, 0, "who has it now");
        let elsewhere = ctx.clone().working_in(Scope::Tenant(b.id));
        assert!(is_not_found(&users::list::list(&elsewhere, &of_group).await), "another tenant's group");
        let may_list = holding(&world, "lister", &[Permission::UsersList]).await;
        for query in [of_role, of_group] {
            assert!(matches!(users::list::list(&may_list, &query).await, Err(Error::Forbidden(_))), "{query:?}");
        }
        drop(linus);
    }

    async fn searches_ignore_case_and_accents_and_find_short_names(world: World) {
        let people = [("Björn", "Åkesson"), ("佐藤", "花子"), ("Νίκος", "Παπαδής"), ("Per_cent", "100%"), ("Perxcent", "1000")];
        for (n, (first, last)) in people.into_iter().enumerate() {
            let mut new = person("x", "");
            new.profile.first_name = first.into();
            new.profile.display_name = format!("{first} {last}");
            new.profile.email = castellan::domain::parse::Email::parse(&format!("u{n}@example.com")).unwrap();
            add_user(&world.operator(), new).await.unwrap();
        }
        assert_eq!(found(&world, "AKESSON").await, ["Björn Åkesson"]);
        assert_eq!(found(&world, "花").await, ["佐藤 花子"]);
        for greek in ["ΠΑΠΑΔΗΣ", "αδησ", "νικοσ", " παπαδής "] {
            assert_eq!(found(&world, greek).await, ["Νίκος Παπαδής"], "{greek}");
        }
        assert_eq!(found(&world, "r_c").await, ["Per_cent 100%"]);
        assert_eq!(found(&world, "0%").await, ["Per_cent 100%"]);
        assert_eq!(found(&world, "example.com").await.len(), 5);
        for hostile in ["\"", "' or 1=1 --", "*", "a\" OR \"b", "\\", "NEAR(", "%%%"] {
            assert!(found(&world, hostile).await.len() < 4, "{hostile}");
        }
    }

    async fn tampered_cursors_mean_the_first_page(world: World) {
        demo::fill(&world.operator(), 60).await.unwrap();
        for cursor in ["nonsense", "W10", "WyJcdTAwMDAiLCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiXQ", "WzEsMl0", "", "WyJhIiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0"] {
            let query = UserQuery { sort: UserSort::Created, ..UserQuery::default() }.at(Some(cursor.into()), None);
            assert_eq!(users::list::list(&world.operator(), &query).await.unwrap().page.rows.len(), 50, "{cursor}");
        }
    }
}
