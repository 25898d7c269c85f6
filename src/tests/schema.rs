//! Both engines hold the same schema and take the same SQL.

use std::{fs, path::Path};

use crate::support::World;
use castellan::{
    db::{Driver, MIGRATIONS, Statement},
    demo,
    domain::{
        action::Action,
        audit::{self, query::EventQuery},
        statements,
    },
    model::id::{ROOT_TENANT, UserId},
};
use sqlx::Executor;

/// Every SQL constant of the program, by module.
fn all_statements() -> Vec<(&'static str, &'static [Statement])> {
    [statements(), vec![("demo", demo::STATEMENTS)]].concat()
}

async fn prepare_all(world: World) -> usize {
    let mut prepared = 0;
    for (module, statements) in all_statements() {
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
    walk(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut |text| {
        declared += text.matches("\nstatements! {").count();
    });
    assert_eq!(declared, all_statements().len(), "register the new module in domain::statements");
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

/// A step of what SQLite says that it will do for a statement.
struct Step {
    id: i64,
    /// The step that it is part of.
    parent: i64,
    does: String,
}

async fn plan(world: &World, sql: &str) -> Vec<Step> {
    let mut conn = world.services.db.read().await.unwrap();
    let Driver::Sqlite(c) = conn.driver() else { panic!("only SQLite is asked") };
    let asked = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(asked).fetch_all(c).await.unwrap();
    steps.into_iter().map(|(id, parent, _, does)| Step { id, parent, does }).collect()
}

/// The statement, with the text of the view that it asks: steps name tables as either does.
async fn with_view(world: &World, sql: &str) -> String {
    match sql.contains(VIEW) {
        true => format!("{sql} {}", world.text("select sql from sqlite_master where type = 'view'").await),
        false => sql.to_owned(),
    }
}

/// Which grant reaches whom and where: large, so only ever asked for some of it.
const VIEW: &str = "effective_grants";

/// Tables that grow with the number of people.
const LARGE: [&str; 15] = [
    "address_changes",
    "codes",
    "deleted_grants",
    "events",
    "grants",
    "group_closure",
    "group_members",
    "memberships",
    "messages",
    "passkeys",
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
        sql.match_indices(&named)
            .any(|(at, _)| !sql[..at].ends_with(goes_on) && !sql[at + named.len()..].starts_with(goes_on))
    };
    tables.iter().any(|table| *table == name || stands_for(table))
}

/// Whether a step reads a large table from end to end. An id that is only greater than something is all ids that are
/// not null; of the disabled there are few.
fn reads_all(step: &str, sql: &str) -> bool {
    let (action, name) = words(step);
    let all = match action {
        "SCAN" => !step.contains("users_disabled"),
        "SEARCH" => step.contains("_id>?") && !step.contains("=?"),
        _ => false,
    };
    all && is_one_of(&LARGE, name, sql)
}

/// Whether a step reads the whole of a listed table within a loop over something else.
fn reads_again(steps: &[Step], place: usize, sql: &str) -> bool {
    let Step { parent, does, .. } = &steps[place];
    let loops = |other: &Step| other.parent == *parent && matches!(words(&other.does).0, "SCAN" | "SEARCH");
    let (action, name) = words(does);
    action == "SCAN" && steps[..place].iter().any(loops) && is_one_of(&LISTED, name, sql)
}

/// Whether a step is part of that one.
fn is_within(steps: &[Step], step: &Step, outer: i64) -> bool {
    let parent = steps.iter().find(|other| other.id == step.parent);
    step.parent == outer || parent.is_some_and(|parent| is_within(steps, parent, outer))
}

/// Whether a step keeps the rows of a large table, or an index that it makes of one, for the length of the statement.
fn keeps(steps: &[Step], place: usize, sql: &str) -> bool {
    let Step { id, does, .. } = &steps[place];
    let is_large = |does: &str| is_one_of(&LARGE, words(does).1, sql) || is_one_of(&[VIEW], words(does).1, sql);
    let large_within = || steps.iter().any(|step| is_within(steps, step, *id) && is_large(&step.does));
    match words(does).0 {
        "MATERIALIZE" => is_large(does) || large_within(),
        _ => does.contains("AUTOMATIC") && is_large(does),
    }
}

#[tokio::test]
async fn no_named_statement_reads_or_keeps_the_whole_of_a_large_table_or_reads_a_listed_one_again_and_again() {
    let world = World::sqlite().await;
    let mut found = Vec::new();
    for (module, statements) in all_statements() {
        for statement in statements {
            let (steps, sql) = (plan(&world, statement.sql).await, with_view(&world, statement.sql).await);
            for (place, Step { does, .. }) in steps.iter().enumerate() {
                if reads_all(does, &sql) || reads_again(&steps, place, &sql) || keeps(&steps, place, &sql) {
                    found.push(format!("{module}::{}: {does}", statement.name));
                }
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// Statements that sort or gather rows of large tables, with what bounds them: a page that has one may cost that much, and
/// no more.
const GATHERING: [(&str, &str); 30] = [
    ("sessions::CALLER", "what is given to one person, by where"),
    ("sessions::OF_USER", "the sessions of one person"),
    ("commands::undo::OF_REQUEST", "the changes of one request"),
    ("deleted::list::LIST", "one page of each of three kinds"),
    ("deleted::users::USES", "the memberships of one person"),
    ("access::holders::FEW", "asked only where few of all hold it"),
    ("access::in_tenants::IN_TENANTS", "each holder of one permission, counted once in each tenant"),
    ("access::load::EFFECTIVE_OF_GROUP", "what is given to the groups around one"),
    ("access::preview::gather::GATHER_GROUP", "the people of one group, each once, for a preview"),
    ("access::preview::gather::COUNT_GROUP", "the people of one group, each counted once, before a preview"),
    ("audit::query::CALLED", "a hundred namesakes"),
    ("clients::owners::GROUPS_OF_OWNER", "the groups of one person"),
    ("clients::store::GROUPS", "the groups that one program works for"),
    ("grants::around::AROUND_GROUP", "what is given to the groups around one"),
    ("grants::around::AROUND_USER", "what is given to the groups around one person"),
    ("grants::holders::COUNT", "each holder of one role, counted once"),
    ("grants::holders::PEOPLE", "the grants of one person, among which the index leaves the order open"),
    ("grants::holders::TEAMS", "the grants of one group, among which the index leaves the order open"),
    ("groups::member_store::INHERITED", "the people of the groups inside one, each once"),
    ("groups::member_store::COUNT_INHERITED", "the people of the groups inside one, each counted once"),
    ("groups::member_store::CHILDREN", "the groups in one group"),
    ("groups::member_store::PARENTS", "the groups around one group"),
    ("groups::member_store::OF_USER", "the groups of one person"),
    ("roles::requiring::WITHOUT", "each holder of one role, counted once, and not more than a thousand"),
    ("roles::store::LIST", "each holder of the roles of one page, counted once"),
    ("tenants::asked::OF_USER", "what the tenants of one person ask, each answer once"),
    ("tenants::memberships::OF_USER", "the tenants of one person"),
    ("tenants::store::WORKPLACES", "the tenants of one person"),
    ("tokens::caller_store::BY_HASH", "what is given to one person, by where"),
    ("tokens::caller_store::BY_ID", "what is given to one person, by where"),
];

#[tokio::test]
async fn no_other_named_statement_sorts_what_grows_with_people() {
    let world = World::sqlite().await;
    let mut found = Vec::new();
    for (module, statements) in all_statements() {
        for statement in statements {
            let steps = plan(&world, statement.sql).await;
            let reads_large = steps.iter().any(|step| is_one_of(&LARGE, words(&step.does).1, statement.sql));
            if reads_large && steps.iter().any(|step| step.does.starts_with("USE TEMP B-TREE")) {
                found.push(format!("{module}::{}", statement.name));
            }
        }
    }
    assert_eq!(found, GATHERING.map(|(statement, _)| statement), "found, and excepted");
}

#[tokio::test]
async fn a_tenants_log_is_read_along_its_own_events_or_through_what_is_named() {
    let world = World::sqlite().await;
    let none = || EventQuery { tenant: Some(ROOT_TENANT), ..EventQuery::default() };
    for (query, first) in [
        (none(), "SEARCH o USING PRIMARY KEY (tenant=?)"),
        (EventQuery { before: Some(9), ..none() }, "SEARCH o USING PRIMARY KEY (tenant=? AND event<?)"),
        (EventQuery { action: Some(Action::UpdateUser), ..none() }, "SEARCH o USING PRIMARY KEY (tenant=?)"),
        (EventQuery { about: vec![UserId(uuid::Uuid::nil())], ..none() }, "SEARCH events USING PRIMARY KEY (id=?)"),
        (EventQuery { actor_name: Some("ada".into()), ..none() }, "SEARCH events USING INDEX events_by_actor_key"),
    ] {
        let sql = audit::query::sql(query);
        let steps: Vec<String> = plan(&world, &sql).await.into_iter().map(|step| step.does).collect();
        assert!(steps[0].starts_with(first), "{sql}: {steps:?}");
        assert!(!steps.iter().any(|step| reads_all(step, &sql)), "{sql}: {steps:?}");
    }
}
