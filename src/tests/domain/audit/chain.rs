//! Whoever changes the log from outside is found out.

use super::{history, read};
use crate::{
    domain::stage::renamed,
    support::{World, changes::*, on_both_engines},
};
use castellan::domain::{
    audit::{self, chain::Checked},
    users,
};

pub async fn check(world: &World) -> Checked {
    let checked = audit::check::verify(&world.operator()).await.unwrap();
    assert_eq!(audit::check::checks(&world.operator()).await.unwrap().last.as_ref(), Some(&checked));
    checked
}

/// The place where the log is broken; `None` if it is whole to its end.
pub async fn broken(world: &World) -> Option<i64> {
    let checked = check(world).await;
    let place = checked.broken.map(|broken| broken.seq);
    let end = world.count("select seq from event_chain").await;
    assert_eq!(checked.whole, place.unwrap_or(end + 1) - 1, "what comes before is whole");
    place
}

/// A copy, to put back what a test has done.
pub async fn keep(world: &World) {
    world.execute("create table kept as select * from events").await;
    world.execute("create table kept_end as select * from event_chain").await;
}

pub async fn put_back(world: &World) {
    world.execute("delete from events").await;
    world.execute("insert into events select * from kept").await;
    world.execute("delete from event_chain").await;
    world.execute("insert into event_chain select * from kept_end").await;
}

/// A copy of the last row at another place.
macro_rules! copy_at {
    ($place:literal) => {
        concat!(
            "insert into events (id, at, actor_kind, actor_name, action, target_kind, target_id, target_name, seq, mac)
            select (select id from tenants where slug = 'root'), at, actor_kind, actor_name, action, target_kind,
                target_id, target_name, ",
            $place,
            ", mac from events where seq = (select seq from event_chain)"
        )
    };
}

/// What can be done to the fourth row and its neighbours, and the place that must be named.
const TAMPERINGS: &[(&[&str], i64)] = &[
    (&["update events set at = at + 1 where seq = 4"], 4),
    (&["update events set actor_kind = 'system' where seq = 4"], 4),
    (&["update events set actor_id = id where seq = 4"], 4),
    (&["update events set actor_name = 'somebody else' where seq = 4"], 4),
    (&["update events set action = 'users.read' where seq = 4"], 4),
    (&["update events set target_kind = 'page' where seq = 4"], 4),
    (&["update events set target_id = 'x' where seq = 4"], 4),
    (&["update events set target_name = 'x' where seq = 4"], 4),
    (&["update events set tenant_id = id where seq = 4"], 4),
    (&["update events set tenant_id = null where seq = 4"], 4),
    (&["update events set before = '{}' where seq = 4"], 4),
    (&["update events set after = null where seq = 4"], 4),
    (&["update events set address = '192.0.2.1' where seq = 4"], 4),
    (&["update events set request_id = 'x' where seq = 4"], 4),
    (&["update events set undo_data = '{}' where seq = 4"], 4),
    (&["update events set undoes = id where seq = 4"], 4),
    (&["update events set member_id = 'x' where seq = 4"], 4),
    (&["update events set id = (select id from tenants where slug = 'root') where seq = 4"], 4),
    (&["update events set mac = null where seq = 4"], 4),
    (&["update events set mac = (select mac from events where seq = 3) where seq = 4"], 4),
    (&["update events set mac = null"], 1),
    // Gone from the middle, the end and altogether, with and without closing the gap.
    (&["delete from events where seq = 4"], 4),
    (
        &[
            "delete from events where seq = 4",
            "update events set seq = -seq where seq > 4",
            "update events set seq = -seq - 1 where seq < 0",
        ],
        4,
    ),
    (&["delete from events where seq = 1"], 1),
    (&["delete from events"], 1),
    // Moved: the fourth and the fifth change places.
    (&["update events set seq = -seq where seq in (4, 5)", "update events set seq = 9 + seq where seq < 0"], 4),
    // Put in without a place, before the first, and in the middle with the others moved up.
    (
        &["insert into events (id, at, actor_kind, actor_name, action, target_kind, target_id, target_name, seq, mac)
        select (select id from tenants where slug = 'root'), at, actor_kind, actor_name, action, target_kind, target_id,
            target_name, -7, mac from events where seq = 4"],
        1,
    ),
    (
        &[
            "update events set seq = -seq where seq >= 4",
            "update events set seq = 1 - seq where seq < 0",
            "insert into events (id, at, actor_kind, actor_name, action, target_kind, target_id, target_name, seq, mac)
        select (select id from tenants where slug = 'root'), at, actor_kind, actor_name, action, target_kind, target_id,
            target_name, 4, mac from events where seq = 5",
        ],
        4,
    ),
];

on_both_engines! {
    async fn a_log_that_nobody_touched_is_whole_and_stays_so(world: World) {
        assert_eq!(check(&world).await.whole, 0);
        assert_eq!(broken(&world).await, None, "an empty log is whole");
        history(&world).await;
        assert_eq!(broken(&world).await, None);
        let end = world.count("select count(*) from events").await;
        assert_eq!(check(&world).await.whole, end);
        assert!(end > 12, "{end}");
        assert_eq!(world.count("select count(*) from events where seq between 1 and (select seq from event_chain)").await, end);
    }

    async fn each_tampering_is_found_where_it_begins_and_putting_back_heals(world: World) {
        history(&world).await;
        keep(&world).await;
        for (statements, place) in TAMPERINGS {
            for statement in *statements {
                world.execute(statement).await;
            }
            assert_eq!(broken(&world).await, Some(*place), "{statements:?}");
            put_back(&world).await;
            assert_eq!(broken(&world).await, None, "after {statements:?}");
        }
    }

    async fn a_row_that_the_chain_does_not_know_is_found(world: World) {
        history(&world).await;
        let end = world.count("select seq from event_chain").await;
        keep(&world).await;
        for forged in [copy_at!("null"), copy_at!("seq + 1"), copy_at!("seq + 7")] {
            world.execute(forged).await;
            assert_eq!(broken(&world).await, Some(end + 1), "{forged}");
            put_back(&world).await;
        }
        assert_eq!(broken(&world).await, None);
    }

    async fn a_missing_or_replaced_end_is_found(world: World) {
        history(&world).await;
        keep(&world).await;
        let end = world.count("select seq from event_chain").await;
        world.execute("delete from events where seq = (select seq from event_chain)").await;
        assert_eq!(broken(&world).await, Some(end));
        put_back(&world).await;
        world.execute("delete from events where seq > (select seq from event_chain) - 3").await;
        assert_eq!(broken(&world).await, Some(end - 2));
        put_back(&world).await;
        world.execute("update event_chain set mac = (select mac from events where seq = 1)").await;
        assert_eq!(broken(&world).await, Some(end + 1));
    }

    async fn an_end_that_was_moved_stays_found_after_more_was_written(world: World) {
        history(&world).await;
        keep(&world).await;
        // Cut off, with the hash of the row that is last now for a seal; and as if there had been no log yet.
        for (name, kept, cut, moved) in [
            (
                "mallory",
                5,
                "delete from events where seq > 5",
                "update event_chain set seq = 5, mac = (select mac from events where seq = 5)",
            ),
            ("trudy", 0, "delete from events", "update event_chain set seq = 0"),
        ] {
            world.execute(cut).await;
            world.execute(moved).await;
            assert_eq!(broken(&world).await, Some(kept + 1));
            world.add(name, "").await;
            assert_eq!(broken(&world).await, Some(kept + 2), "after another event");
            put_back(&world).await;
            assert_eq!(broken(&world).await, None);
        }
    }

    async fn an_end_that_was_taken_away_is_found_and_locks_nobody_out(world: World) {
        history(&world).await;
        keep(&world).await;
        let end = world.count("select seq from event_chain").await;
        // Alone, with rows before it, and with all of them.
        for (name, kept, cut) in [
            ("mallory", end, "delete from events where seq is null"),
            ("trudy", 5, "delete from events where seq > 5"),
            ("oscar", 0, "delete from events"),
        ] {
            world.execute("delete from event_chain").await;
            world.execute(cut).await;
            let found = check(&world).await;
            let broken = found.broken.unwrap();
            assert_eq!((found.whole, broken.seq, broken.event), (kept, kept + 1, None), "{cut}");
            assert!(broken.why.contains("taken away"), "{}", broken.why);
            let listed = audit::list::list(&world.operator(), &audit::query::EventQuery::default()).await.unwrap();
            assert_eq!(listed.total, kept, "{cut}");
            world.add(name, "").await;
            let after = check(&world).await;
            assert_eq!((after.whole, after.broken.unwrap().why), (kept + 1, broken.why), "after another event");
            put_back(&world).await;
            assert_eq!(self::broken(&world).await, None);
        }
    }

    async fn a_row_that_was_put_in_after_the_end_or_without_a_place_is_found(world: World) {
        history(&world).await;
        keep(&world).await;
        let end = world.count("select seq from event_chain").await;
        for statement in [
            "insert into events (id, at, actor_kind, actor_name, action, target_kind, target_id, target_name, seq, mac)
                select (select id from tenants where slug = 'root'), at, actor_kind, actor_name, action, target_kind,
                target_id, target_name, seq + 1, mac from events where seq = (select seq from event_chain)",
            "insert into events (id, at, actor_kind, actor_name, action, target_kind, target_id, target_name, seq, mac)
                select (select id from tenants where slug = 'root'), at, actor_kind, actor_name, action, target_kind,
                target_id, target_name, null, mac from events where seq = 4",
        ] {
            world.execute(statement).await;
            assert_eq!(broken(&world).await, Some(end + 1), "{statement}");
            put_back(&world).await;
        }
    }

    async fn the_broken_row_is_named_and_so_is_what_is_wrong_with_it(world: World) {
        history(&world).await;
        world.execute("update events set target_name = 'x' where seq = 4").await;
        let found = check(&world).await.broken.unwrap();
        let log = read(&world, &audit::query::EventQuery::default()).await;
        let row = log.iter().find(|event| event.seq == 4).unwrap();
        assert_eq!(found.event, Some(row.id));
        assert!(found.why.contains("changed"), "{}", found.why);
        world.execute("delete from events where seq = 4").await;
        let found = check(&world).await.broken.unwrap();
        assert!(found.why.contains("missing"), "{}", found.why);
    }

    async fn another_key_finds_nothing_whole(world: World) {
        history(&world).await;
        let mut ctx = world.operator();
        ctx.services.key = std::sync::Arc::new(castellan::domain::secrets::SecretKey::from_bytes([8; 32]));
        assert_eq!(audit::check::verify(&ctx).await.unwrap().broken.unwrap().seq, 1);
    }

    async fn a_check_beside_writers_finds_nothing_broken(world: World) {
        let ada = world.set_up().await;
        for round in 0..50 {
            let now = users::queries::find(&world.operator(), ada.id).await.unwrap();
            let (one, other) = (world.operator(), world.operator());
            let write = tokio::spawn(async move { run(&one, UpdateUser { user: now.id, update: renamed(&now, &format!("ada {round}")) }).await });
            let checked = tokio::spawn(async move { audit::check::verify(&other).await });
            assert_eq!(checked.await.unwrap().unwrap().broken, None, "round {round}");
            assert!(write.await.unwrap().is_ok(), "round {round}");
        }
        assert_eq!(broken(&world).await, None);
    }
}
