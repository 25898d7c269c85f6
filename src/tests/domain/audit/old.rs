//! A log that was begun before there was a chain is chained once.

use castellan::{db::Driver, domain::events};

use super::{
    chain::{broken, check, keep, put_back},
    history,
};
use crate::{
    domain::stage::tenant,
    support::{World, on_both_engines},
};

/// The same as rows that an older version wrote, without a chain.
async fn unchain(world: &World) {
    world.execute("update events set mac = null").await;
    world.execute("update event_chain set seq = 0").await;
}

macro_rules! insert {
    ($c:expr, $id:expr, $seq:expr) => {
        sqlx::query(
            "insert into events (id, at, actor_kind, actor_name, verb, target_kind, target_id, target_name, seq)
                values ($1, 7, 'system', 'old', 'users.add', 'user', 'x', 'x', $2)",
        )
        .bind($id)
        .bind($seq)
        .execute($c)
        .await
        .unwrap()
    };
}

/// Rows of a log that was begun before there was a chain.
async fn old_rows(world: &World, count: i64) {
    let mut tx = world.services.db.begin().await.unwrap();
    for seq in 1..=count {
        let id = world.services.clock.id();
        match tx.driver() {
            Driver::Sqlite(c) => drop(insert!(c, id, seq)),
            Driver::Postgres(c) => drop(insert!(c, id, seq)),
        }
    }
    tx.commit().await.unwrap();
}

async fn rename_target(world: &World, seq: i64) {
    const SQL: &str = "update events set target_name = 'y' where seq = $1";
    let mut tx = world.services.db.begin().await.unwrap();
    match tx.driver() {
        Driver::Sqlite(c) => drop(sqlx::query(SQL).bind(seq).execute(c).await.unwrap()),
        Driver::Postgres(c) => drop(sqlx::query(SQL).bind(seq).execute(c).await.unwrap()),
    }
    tx.commit().await.unwrap();
}

on_both_engines! {
    async fn an_old_log_is_chained_once_and_goes_on_from_there(world: World) {
        history(&world).await;
        unchain(&world).await;
        events::seal_old(&world.operator()).await.unwrap();
        assert_eq!(broken(&world).await, None);
        tenant(&world, "c").await;
        assert_eq!(broken(&world).await, None);
        world.execute("update events set target_name = 'x' where seq = 2").await;
        events::seal_old(&world.operator()).await.unwrap();
        assert_eq!(broken(&world).await, Some(2), "what is chained is not chained again");
    }

    async fn batches_join_where_they_meet(world: World) {
        old_rows(&world, 2050).await;
        events::seal_old(&world.operator()).await.unwrap();
        assert_eq!((broken(&world).await, check(&world).await.whole), (None, 2050));
        keep(&world).await;
        for place in [1000, 1001, 2000, 2001, 2050] {
            rename_target(&world, place).await;
            assert_eq!(broken(&world).await, Some(place));
            put_back(&world).await;
        }
    }
}
