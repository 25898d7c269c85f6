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
