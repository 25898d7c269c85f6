//! What a page of members costs: as much at ten times as many members, counted in steps and rows, not in time.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use crate::support::{World, changes::*, on_both_engines};
use castellan::{
    db::Driver,
    domain::{groups, keyset::Place, statements, tenants, users},
    model::{
        id::{GroupId, TenantId, UserId},
        page::Page,
        principal::Principal,
        scope::Scope,
        user::UserQuery,
    },
};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};

use super::stage::{group, last_id, tenant};

const FEW: usize = 300;
const MANY: usize = 3_000;

/// A tenant and a group of everybody, who are so many.
async fn crowd(world: &World, members: usize) -> (TenantId, GroupId) {
    castellan::demo::fill(&world.operator(), members as u32).await.unwrap();
    let a = tenant(world, "crowd").await;
    let all = group(world, "crowd", &a).await;
    world
        .execute(
            "insert into memberships (id, user_id, tenant_id, status, created_at)
                select u.id, u.id, t.id, 'active', 0 from users u, tenants t where t.slug = 'crowd'",
        )
        .await;
    world
        .execute(
            "insert into group_members (id, group_id, user_id, added_at)
                select u.id, g.id, u.id, 0 from users u, groups g where g.name = 'crowd'",
        )
        .await;
    (a.id, all.id)
}

/// The place before the last page, by way of all pages.
async fn last<T>(page: impl AsyncFn(String) -> Page<T>) -> String {
    let (mut at, mut total) = (String::new(), 0);
    loop {
        let next = page(at.clone()).await;
        total += next.rows.len() as i64;
        match next.after {
            Some(after) => at = after,
            None => {
                assert_eq!(total, next.total, "as many as it says");
                return at;
            }
        }
    }
}

/// Steps of SQLite's machine on every reading connection.
async fn counted(world: &World) -> Arc<AtomicU64> {
    let steps = Arc::new(AtomicU64::new(0));
    let mut lent = Vec::new();
    for _ in 0..4 {
        let mut conn = world.services.db.read().await.unwrap();
        let Driver::Sqlite(c) = conn.driver() else { panic!("only SQLite counts steps") };
        let count = steps.clone();
        let mut handle = c.lock_handle().await.unwrap();
        handle.set_progress_handler(1, move || {
            count.fetch_add(1, Relaxed);
            true
        });
        drop(handle);
        lent.push(conn);
    }
    steps
}

/// Steps of the first and the last page of a tenant's and of a group's members, and of the first of the tenant's users.
async fn steps(members: usize) -> Vec<u64> {
    let world = World::sqlite().await;
    let (of_tenant, of_group) = crowd(&world, members).await;
    let ctx = world.operator();
    let tenant_end = last(async |at| tenants::memberships::queries::members(&ctx, of_tenant, &at).await.unwrap()).await;
    let group_end = last(async |at| groups::queries::members(&ctx, of_group, &at).await.unwrap()).await;
    let steps = counted(&world).await;
    let mut taken = Vec::new();
    for at in ["", &tenant_end] {
        steps.store(0, Relaxed);
        tenants::memberships::queries::members(&ctx, of_tenant, at).await.unwrap();
        taken.push(steps.load(Relaxed));
    }
    for at in ["", &group_end] {
        steps.store(0, Relaxed);
        groups::queries::members(&ctx, of_group, at).await.unwrap();
        taken.push(steps.load(Relaxed));
    }
    steps.store(0, Relaxed);
    users::list::list(&ctx.working_in(Scope::Tenant(of_tenant)), &UserQuery::default()).await.unwrap();
    taken.push(steps.load(Relaxed));
    taken
}

on_both_engines! {
    async fn kept_totals_agree_with_the_rows_when_people_come_and_go(world: World) {
        let (of_tenant, of_group) = crowd(&world, 120).await;
        let ctx = world.operator();
        let some = users::list::list(&ctx, &UserQuery::default()).await.unwrap().page.rows;
        for user in &some[..7] {
            run(&ctx, DeleteUser { user: user.id, unchanged: None }).await.unwrap();
        }
        run(&ctx, RemoveFromGroup { group: of_group, member: Principal::User(some[8].id) }).await.unwrap();
        run(&ctx, RemoveMembership::of(some[9].id, of_tenant)).await.unwrap();
        undo(&ctx, last_id(&world).await).await.unwrap();
        let wrong = "select (select count(*) from tenants t
                where members <> (select count(*) from memberships m where m.tenant_id = t.id))
            + (select count(*) from groups g
                where people <> (select count(*) from group_members m where m.group_id = g.id and m.user_id is not null))";
        assert_eq!(world.count(wrong).await, 0);
        let left = tenants::memberships::queries::members(&ctx, of_tenant, "").await.unwrap().total;
        assert_eq!((left, groups::queries::members(&ctx, of_group, "").await.unwrap().total), (113, 112));
    }
}

#[tokio::test]
async fn a_page_of_members_takes_sqlite_as_many_steps_however_many_there_are() {
    let (few, many) = (steps(FEW).await, steps(MANY).await);
    for (few, many) in few.iter().zip(&many) {
        assert!(*few > 0 && many * 2 <= few * 3, "{few} steps among {FEW}, {many} among {MANY}");
    }
}

/// Rows that a plan's steps hand on, all together.
fn rows(plan: &Value) -> f64 {
    let number = |name: &str| plan[name].as_f64().unwrap_or_default();
    let below = plan["Plans"].as_array().into_iter().flatten().map(rows).sum::<f64>();
    number("Actual Rows") * number("Actual Loops") + number("Rows Removed by Filter") + below
}

fn sql(module: &str, name: &str) -> &'static str {
    let found = statements().into_iter().find(|(found, _)| *found == module).unwrap().1;
    found.iter().find(|statement| statement.name == name).unwrap().sql
}

/// Rows of the first page, and of the one from the middle of the alphabet, of a tenant's and of a group's members.
async fn read_rows(members: usize) -> Vec<f64> {
    let world = World::postgres().await;
    let (of_tenant, of_group) = crowd(&world, members).await;
    world.execute("analyze").await;
    let mut conn = world.services.db.read().await.unwrap();
    let Driver::Postgres(c) = conn.driver() else { panic!("only Postgres explains so") };
    let mut taken = Vec::new();
    for (sql, of) in
        [(sql("tenants::memberships", "MEMBERS"), of_tenant.0), (sql("groups::member_store", "MEMBERS"), of_group.0)]
    {
        for name in ["", "m"] {
            let place = Place { name: name.to_owned(), id: UserId(uuid::Uuid::nil()) };
            let asked = AssertSqlSafe(format!("explain (analyze, format json) {sql}"));
            let query = sqlx::query(asked).bind(of).bind(place.name).bind(place.id).bind(51_i64);
            let row = query.fetch_one(&mut *c).await.unwrap();
            let plan: Value = serde_json::from_str(row.try_get_unchecked(0).unwrap()).unwrap();
            assert!(!plan.to_string().contains("\"Sort\""), "{plan:#}");
            taken.push(rows(&plan[0]["Plan"]));
        }
    }
    taken
}

#[tokio::test]
async fn a_page_of_members_reads_as_many_rows_on_postgres_however_many_there_are() {
    let (few, many) = (read_rows(FEW).await, read_rows(MANY).await);
    for (few, many) in few.iter().zip(&many) {
        assert!(*few > 50.0 && many <= few, "{few} rows among {FEW}, {many} among {MANY}");
    }
}
