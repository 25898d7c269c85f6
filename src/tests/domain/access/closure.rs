//! The closure of groups in groups, held to a naive one after each change.

use std::collections::BTreeSet;

use crate::{
    domain::stage::{group, is_refused, last_id, tenant, typed},
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    db::Driver,
    domain::{error::Refused, groups::store::Group},
    model::{id::GroupId, principal::Principal},
};

use super::random::Random;

type Pairs = BTreeSet<(GroupId, GroupId)>;

async fn pairs(world: &World, sql: &'static str) -> Pairs {
    let mut conn = world.services.db.read().await.unwrap();
    let rows: Vec<(GroupId, GroupId)> = match conn.driver() {
        Driver::Sqlite(c) => sqlx::query_as(sql).fetch_all(c).await.unwrap(),
        Driver::Postgres(c) => sqlx::query_as(sql).fetch_all(c).await.unwrap(),
    };
    rows.into_iter().collect()
}

/// Joins pairs until there are no more to join.
async fn naive(world: &World) -> Pairs {
    let mut all = pairs(world, "select id, id from groups").await;
    let direct =
        pairs(world, "select member_group_id, group_id from group_members where member_group_id is not null").await;
    loop {
        let further = all.iter().flat_map(|(inner, outer)| {
            direct.iter().filter(move |(member, _)| member == outer).map(|(_, around)| (*inner, *around))
        });
        let more: Pairs = all.iter().copied().chain(further).collect();
        if more.len() == all.len() {
            return all;
        }
        all = more;
    }
}

async fn check(world: &World) -> Pairs {
    let expected = naive(world).await;
    assert_eq!(pairs(world, "select group_id, ancestor_id from group_closure").await, expected);
    expected
}

/// Puts one into the other, or takes it out where it is in it already; whether that was refused as a cycle.
async fn change(world: &World, inner: &Group, outer: &Group) -> bool {
    let (ctx, member) = (world.operator(), Principal::Group(inner.id));
    if run(&ctx, RemoveFromGroup { group: outer.id, member }).await.is_ok() {
        return false;
    }
    is_refused(&add_to_group(&ctx, outer.id, &typed(member)).await, Refused::Cycle)
}

on_both_engines! {
    async fn the_closure_is_what_it_would_be_if_it_were_made_anew(world: World) {
        let (a, mut random, mut cycles, mut deepest) = (tenant(&world, "a").await, Random(7), 0, 0);
        let mut teams = Vec::new();
        for n in 0..7 {
            teams.push(group(&world, &format!("team {n}"), &a).await);
        }
        for _ in 0..120 {
            let [inner, outer] = [0; 2].map(|_| random.below(teams.len()));
            let known = check(&world).await;
            let cycle = known.contains(&(teams[outer].id, teams[inner].id));
            assert_eq!(change(&world, &teams[inner], &teams[outer]).await, cycle);
            cycles += usize::from(cycle);
            deepest = deepest.max(known.len());
        }
        assert!(cycles > 20 && deepest > 15, "{cycles} {deepest}");
    }

    async fn the_closure_survives_that_a_group_goes_and_comes_back(world: World) {
        let a = tenant(&world, "a").await;
        let [top, middle, low, beside] = ["top", "middle", "low", "beside"];
        let mut teams = Vec::new();
        for name in [top, middle, low, beside] {
            teams.push(group(&world, name, &a).await);
        }
        for (inner, outer) in [(1, 0), (2, 1), (2, 3), (3, 0)] {
            assert!(!change(&world, &teams[inner], &teams[outer]).await);
        }
        let before = check(&world).await;
        run(&world.operator(), DeleteGroup { group: teams[1].id, version: teams[1].version, unused: false }).await.unwrap();
        let without = check(&world).await;
        assert!(without.contains(&(teams[2].id, teams[0].id)), "by the other way");
        undo(&world.operator(), last_id(&world).await).await.unwrap();
        assert_eq!(check(&world).await, before);
        run(&world.operator(), DeleteGroup { group: teams[3].id, version: teams[3].version, unused: false }).await.unwrap();
        check(&world).await;
    }
}
