//! Both engines hold the same schema and take the same SQL.

use std::{fs, path::Path};

use castellan::{
    db::{Driver, MIGRATIONS},
    domain::{
        events::{self, EventQuery},
        statements,
        verb::Verb,
    },
    model::id::{ROOT_TENANT, UserId},
};
use sqlx::Executor;

use crate::support::World;

async fn prepare_all(world: World) -> usize {
    let mut prepared = 0;
    for (module, statements) in statements() {
        for statement in statements {
            let mut conn = world.services.db.read().await.unwrap();
            let outcome = match conn.driver() {
                Driver::Sqlite(c) => c.prepare(sqlx::SqlSafeStr::into_sql_str(statement.sql)).await.map(drop),
                Driver::Postgres(c) => c.prepare(sqlx::SqlSafeStr::into_sql_str(statement.sql)).await.map(drop),
            };
            outcome.unwrap_or_else(|e| panic!("{module}::{}: {e}", statement.name));
            prepared += 1;
        }
    }
    prepared
}

#[tokio::test]
async fn every_statement_is_prepared_on_both_engines() {
    let (sqlite, postgres) = (prepare_all(World::sqlite().await).await, prepare_all(World::postgres().await).await);
    assert_eq!(sqlite, postgres);
    assert!(sqlite > 40, "only {sqlite} statements were found");
}

#[test]
fn no_module_with_statements_is_left_out() {
    let mut declared = 0;
    walk(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain")), &mut |text| {
        declared += text.matches("\nstatements! {").count();
    });
    assert_eq!(declared, statements().len(), "register the new module in domain::statements");
}

fn walk(folder: &Path, see: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, see);
        } else if path.extension().is_some_and(|e| e == "rs") {
            see(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn migrations_have_the_same_names_on_both_engines() {
    let names = MIGRATIONS.map(|m| m.iter().map(|one| (one.version, one.description.clone())).collect::<Vec<_>>());
    assert_eq!(names[0], names[1]);
    assert!(!names[0].is_empty());
}

/// What SQLite says that it will do for a statement: each step, with the step that it is part of.
async fn plan(world: &World, sql: &str) -> Vec<(i64, String)> {
    let mut conn = world.services.db.read().await.unwrap();
    let Driver::Sqlite(c) = conn.driver() else { panic!("only SQLite is asked") };
    let asked = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(asked).fetch_all(c).await.unwrap();
    steps.into_iter().map(|(_, parent, _, step)| (parent, step)).collect()
}

/// Tables that grow with the number of people.
const LARGE: [&str; 12] = [
    "codes",
    "deleted_grants",
    "events",
    "grants",
    "group_members",
    "memberships",
    "messages",
    "password_history",
    "sessions",
    "tenants_of_events",
    "tokens",
    "users",
];

/// Tables that grow with the organisation. A list of them may be read, but not again for each row of something else.
const LISTED: [&str; 6] = ["deleted", "groups", "role_permissions", "role_versions", "roles", "tenants"];

/// What a step does, and to which table, which it names as the statement does.
fn words(step: &str) -> (&str, &str) {
    let mut words = step.split(' ');
    (words.next().unwrap_or_default(), words.next().unwrap_or_default())
}

/// Whether a name in a statement stands for one of these tables.
fn is_one_of(tables: &[&str], name: &str, sql: &str) -> bool {
    let stands_for = |table: &str| {
        let named = format!("{table} {name}");
        let goes_on = |c: char| c.is_alphanumeric() || c == '_';
        sql.match_indices(&named).any(|(at, _)| !sql[at + named.len()..].starts_with(goes_on))
    };
    tables.iter().any(|table| *table == name || stands_for(table))
}

/// Whether a step reads a large table from end to end. An id that is only greater than something is all ids that are
/// not null; of the disabled there are few.
fn reads_all(step: &str, sql: &str) -> bool {
    let (verb, name) = words(step);
    let all = match verb {
        "SCAN" => !step.contains("users_disabled"),
        "SEARCH" => step.contains("_id>?") && !step.contains("=?"),
        _ => false,
    };
    all && is_one_of(&LARGE, name, sql)
}

/// Whether a step reads the whole of a listed table within a loop over something else.
fn reads_again(steps: &[(i64, String)], place: usize, sql: &str) -> bool {
    let (parent, step) = &steps[place];
    let loops = |(other, step): &(i64, String)| other == parent && matches!(words(step).0, "SCAN" | "SEARCH");
    let (verb, name) = words(step);
    verb == "SCAN" && steps[..place].iter().any(loops) && is_one_of(&LISTED, name, sql)
}

#[tokio::test]
async fn no_named_statement_reads_the_whole_of_a_large_table_or_a_listed_one_again_and_again() {
    let world = World::sqlite().await;
    let mut found = Vec::new();
    for (module, statements) in statements() {
        for statement in statements {
            let steps = plan(&world, statement.sql).await;
            for (place, (_, step)) in steps.iter().enumerate() {
                if reads_all(step, statement.sql) || reads_again(&steps, place, statement.sql) {
                    found.push(format!("{module}::{}: {step}", statement.name));
                }
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn a_tenants_log_is_read_along_its_own_events_or_through_what_is_named() {
    let world = World::sqlite().await;
    let none = || EventQuery { tenant: Some(ROOT_TENANT), ..EventQuery::default() };
    for (query, first) in [
        (none(), "SEARCH o USING PRIMARY KEY (tenant=?)"),
        (EventQuery { before: Some(9), ..none() }, "SEARCH o USING PRIMARY KEY (tenant=? AND event<?)"),
        (EventQuery { verb: Some(Verb::UpdateUser), ..none() }, "SEARCH o USING PRIMARY KEY (tenant=?)"),
        (EventQuery { about: vec![UserId(uuid::Uuid::nil())], ..none() }, "SEARCH events USING PRIMARY KEY (id=?)"),
        (EventQuery { actor_name: Some("ada".into()), ..none() }, "SEARCH events USING INDEX events_by_actor_name"),
    ] {
        let sql = events::sql(query);
        let steps: Vec<String> = plan(&world, &sql).await.into_iter().map(|(_, step)| step).collect();
        assert!(steps[0].starts_with(first), "{sql}: {steps:?}");
        assert!(!steps.iter().any(|step| reads_all(step, &sql)), "{sql}: {steps:?}");
    }
}
