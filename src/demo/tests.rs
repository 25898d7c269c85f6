use std::{collections::HashSet, sync::Arc};

use argon2::Params;

use super::{
    fill,
    people::{Dice, Life, Person},
};
use crate::{
    db::{Db, Driver, Opening, on},
    domain::{
        calling::Caller,
        clock::Clock,
        ctx::{Ctx, Origin, Services},
        error::Error,
        parse::{Email, filled, line, phone},
        passwords::hasher::Hasher,
        secrets::SecretKey,
        users,
    },
    model::{timestamp::Timestamp, user::UserQuery},
};

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn people(count: u64) -> impl Iterator<Item = Person> {
    (1..=count).map(Person::numbered)
}

#[test]
fn fifty_thousand_addresses_differ_and_are_ascii() {
    let addresses: HashSet<String> = people(50_000).map(|person| person.email).collect();
    assert_eq!(addresses.len(), 50_000);
    assert!(addresses.iter().all(|a| a.is_ascii() && Email::parse(a).is_ok_and(|parsed| parsed.as_str() == a)));
}

#[test]
fn the_same_number_is_the_same_person() {
    assert!(people(1000).eq(people(1000)));
    let distinct: HashSet<String> = people(1000).map(|person| person.display_name).collect();
    assert!(distinct.len() > 950);
    // Pinned: pictures and demonstrations rely on it.
    let first = Person::numbered(1);
    assert_eq!((&*first.display_name, &*first.email), ("池田龍之介", "ryunosuke.ikeda1@lumen.example"));
}

#[test]
fn everybody_could_have_been_typed_into_the_form() {
    for person in people(50_000) {
        assert_eq!(filled(&person.first_name, 100, "").unwrap(), person.first_name);
        assert_eq!(line(&person.last_name, 100).unwrap(), person.last_name);
        assert_eq!(line(&person.display_name, 200).unwrap(), person.display_name);
        assert_eq!(phone(person.phone.as_deref().unwrap_or_default()).unwrap(), person.phone);
    }
}

#[test]
fn names_are_of_many_scripts_and_lengths() {
    let text: String = people(2000).map(|person| person.display_name).collect();
    for letter in "éłøßğЯΓمאरส伟さ민Đლ".chars() {
        assert!(text.contains(letter), "{letter}");
    }
    let lengths: Vec<usize> = people(2000).map(|person| person.display_name.chars().count()).collect();
    assert!(lengths.iter().any(|n| *n <= 2) && lengths.iter().any(|n| *n > 80));
    assert!(people(2000).filter(|person| person.last_name.is_empty()).count() > 20);
}

#[test]
fn lives_run_from_three_years_ago_to_now() {
    let lives: Vec<Life> = (0..10_000).map(|place| Life::at(NOW, (place, 10_000), &mut Dice::new(place))).collect();
    assert!(lives.is_sorted_by_key(|life| life.created_at) && lives.iter().all(|life| life.created_at <= NOW));
    assert!((1090..=1095).contains(&(NOW.seconds_since(lives[0].created_at) / 86_400)));
    let share = |is: fn(&Life) -> bool| lives.iter().filter(|life| is(life)).count() / 100;
    assert!((79..=81).contains(&share(|life| life.signed_in_at.is_some())));
    assert!(
        (4..=5).contains(&share(|life| !life.has_password))
            && (2..=3).contains(&share(|life| life.disabled_at.is_some()))
    );
    assert!(lives.iter().all(|life| { life.signed_in_at.is_none_or(|at| at >= life.created_at && at <= NOW) }));
}

async fn ctx(url: &str, caller: Caller) -> Ctx {
    let db = Db::connect(&url.parse().unwrap(), Opening::Make).await.unwrap();
    db.migrate().await.unwrap();
    let hasher = Hasher::new(Params::new(8, 1, 1, None).unwrap(), 1);
    let services = Services {
        db,
        clock: Clock::fixed(NOW),
        hasher,
        key: Arc::new(SecretKey::from_bytes([1; 32])),
        refusals: Arc::default(),
        uses: Arc::default(),
    };
    Ctx::new(services, caller, Origin::default())
}

async fn count(ctx: &Ctx, sql: &'static str) -> i64 {
    let mut conn = ctx.read().await.unwrap();
    on!(conn, |c| sqlx::query_scalar(sql).fetch_one(c).await.unwrap())
}

/// Fills twice, on whichever engine, and looks at what is there.
async fn fill_twice(ctx: &Ctx) {
    let first = fill(ctx, 3000).await.unwrap();
    assert_eq!((first.users, first.tenants, first.groups), (3000, 10, 30));
    assert_eq!(fill(ctx, 500).await.unwrap().users, 500);
    assert_eq!(users::list::list(ctx, &UserQuery::default()).await.unwrap().all, 3500);
    assert_eq!(count(ctx, "select count(*) from tenants").await, 11);
    assert_eq!(count(ctx, "select max(number) from roles").await, 8);
    assert_eq!(count(ctx, "select count(distinct user_id) from memberships").await, 3500);
    assert_eq!(
        count(ctx, "select count(*) from grants g join roles r on r.id = g.role_id where r.name = 'admin'").await,
        0
    );
    assert_eq!(count(ctx, "select count(*) from events where action = 'demo.fill'").await, 2);
    assert_eq!(count(ctx, "select count(*) from group_closure").await, 30 + 10, "on call is on the help desk");
    let bounded = "select count(*) from grants g where g.user_id is not null and not exists (
        select 1 from effective_grants e where e.grant_id = g.id and e.tenant_id is null)";
    assert_eq!(count(ctx, bounded).await, 0, "what is given everywhere counts everywhere");
    assert_eq!(count(ctx, "select count(distinct password_hash) from users").await, 2);
    let wanted = Person::numbered(1234);
    let found =
        users::list::list(ctx, &UserQuery { search: wanted.email.clone(), ..UserQuery::default() }).await.unwrap().page;
    assert_eq!(found.rows[0].display_name, wanted.display_name);
}

#[tokio::test]
async fn filling_twice_adds_people_to_the_same_tenants_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let ctx = ctx(&format!("sqlite://{}/demo.db", folder.path().display()), Caller::CommandLine).await;
    let schema = "select count(*) from sqlite_master where type = 'trigger'";
    let triggers = count(&ctx, schema).await;
    fill_twice(&ctx).await;
    assert_eq!(count(&ctx, schema).await, triggers);
    assert_eq!(count(&ctx, "select count(*) from users_search_docsize").await, 3500);
    let mut tx = ctx.services.db.begin().await.unwrap();
    // Fails unless the index holds exactly what the users' rows say.
    let check = "insert into users_search (users_search, rank) values ('integrity-check', 1)";
    let Driver::Sqlite(c) = tx.driver() else { unreachable!() };
    sqlx::query(check).execute(c).await.unwrap();
}

/// `cargo xtask test` starts a Postgres and names it; a plain `cargo test` has none.
#[tokio::test]
async fn filling_twice_adds_people_to_the_same_tenants_on_postgres() {
    let Ok(server) = std::env::var("CASTELLAN_TEST_POSTGRES_URL") else { return };
    let name = format!("demo_{}", Clock::System.id().simple());
    let admin = sqlx::PgPool::connect(&server).await.unwrap();
    let run = async |sql: String| sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&admin).await.unwrap();
    run(format!("create database {name}")).await;
    let (base, _) = server.rsplit_once('/').unwrap();
    let ctx = ctx(&format!("{base}/{name}"), Caller::CommandLine).await;
    fill_twice(&ctx).await;
    ctx.services.db.close().await;
    run(format!("drop database {name}")).await;
}

#[tokio::test]
async fn a_stranger_fills_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ctx = ctx(&format!("sqlite://{}/demo.db", folder.path().display()), Caller::Anonymous).await;
    assert!(matches!(fill(&ctx, 1).await, Err(Error::Unauthenticated)));
}
