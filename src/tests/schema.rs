//! Both engines hold the same schema and take the same SQL.

use std::{fs, path::Path};

use castellan::{
    db::{Driver, MIGRATIONS},
    domain::statements,
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

/// What SQLite says that it will do for a statement, a line for each step.
async fn plan(world: &World, sql: &'static str) -> Vec<String> {
    let mut conn = world.services.db.read().await.unwrap();
    let Driver::Sqlite(c) = conn.driver() else { panic!("only SQLite is asked") };
    let asked = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(asked).fetch_all(c).await.unwrap();
    steps.into_iter().map(|(.., step)| step).collect()
}

/// Tables that grow with the number of people.
const LARGE: [&str; 10] = [
    "codes",
    "events",
    "grants",
    "group_members",
    "memberships",
    "messages",
    "password_history",
    "sessions",
    "tokens",
    "users",
];

/// Whether a step reads a large table from end to end. It names the table as the statement does. An id that is only
/// greater than something is all ids that are not null; of the disabled there are few.
fn reads_all(step: &str, sql: &str) -> bool {
    let mut words = step.split(' ');
    let (verb, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let all = match verb {
        "SCAN" => !step.contains("users_disabled"),
        "SEARCH" => step.contains("_id>?") && !step.contains("=?"),
        _ => false,
    };
    let stands_for = |table: &str| {
        let named = format!("{table} {name}");
        let goes_on = |c: char| c.is_alphanumeric() || c == '_';
        sql.match_indices(&named).any(|(at, _)| !sql[at + named.len()..].starts_with(goes_on))
    };
    all && LARGE.iter().any(|table| *table == name || stands_for(table))
}

#[tokio::test]
async fn no_named_statement_reads_the_whole_of_a_large_table() {
    let world = World::sqlite().await;
    let mut found = Vec::new();
    for (module, statements) in statements() {
        for statement in statements {
            for step in plan(&world, statement.sql).await {
                if reads_all(&step, statement.sql) {
                    found.push(format!("{module}::{}: {step}", statement.name));
                }
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
