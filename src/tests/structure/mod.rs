//! The house as its sources say it: dependencies point one way, there is no cycle, and a store is a leaf.

mod graph;
mod sources;

use graph::{Graph, cycles};
use sources::graph;

/// What the units of each part may import besides their own part. The composition root, `main.rs`, imports all.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("db", &["model"]),
    ("domain", &["db", "model"]),
    ("config", &["db", "domain", "model"]),
    ("demo", &["db", "domain", "model"]),
    ("mail", &["config", "domain", "model"]),
    ("http", &["config", "db", "domain", "mail", "model"]),
    ("functions", &["domain", "http", "model"]),
    ("islands", &["functions", "model"]),
    ("pages", &["db", "domain", "functions", "http", "islands", "mail", "model"]),
    ("api", &["db", "domain", "http", "model"]),
    ("app", &["api", "domain", "http", "model", "pages"]),
    ("cli", &["api", "config", "db", "demo", "domain", "http", "mail", "model"]),
];

fn part(unit: &str) -> &str {
    unit.split("::").next().unwrap_or_default()
}

#[test]
fn no_unit_imports_itself_by_a_detour() {
    assert_eq!(cycles(&graph()), Vec::<Vec<String>>::new());
}

#[test]
fn imports_point_downwards() {
    let mut wrong = Vec::new();
    for (unit, imports) in &graph() {
        let (_, allowed) = MAY_IMPORT.iter().find(|(name, _)| *name == part(unit)).unwrap_or_else(|| {
            panic!("{unit} is in no part that this test knows");
        });
        let up = imports.iter().filter(|to| part(to) != part(unit) && !allowed.contains(&part(to)));
        wrong.extend(up.map(|to| format!("{unit} imports {to}")));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Whether a unit is plain data and parsing: nothing that it needs, however far, touches the database.
fn is_pure(graph: &Graph, unit: &str) -> bool {
    let nothing = std::collections::BTreeSet::new();
    let imports = graph.get(unit).unwrap_or(&nothing);
    part(unit) == "model" || part(unit) == "domain" && imports.iter().all(|to| is_pure(graph, to))
}

fn is_store(unit: &str) -> bool {
    let name = unit.rsplit("::").next().unwrap_or_default();
    part(unit) == "domain" && (name == "store" || name.ends_with("_store"))
}

#[test]
fn a_store_imports_the_database_and_plain_data_only() {
    let graph = graph();
    let stores: Vec<_> = graph.iter().filter(|(unit, _)| is_store(unit)).collect();
    assert!(stores.len() > 5, "the stores are found");
    let fine = |to: &&String| part(to) == "db" || is_pure(&graph, to);
    let beside = |unit: &str, to: &str| {
        unit.rsplit_once("::").map(|(noun, _)| noun) == to.rsplit_once("::").map(|(noun, _)| noun)
    };
    for (unit, imports) in stores {
        // What keeps a table of the same noun in order stands in a file of its own, by the same rule.
        let wrong: Vec<_> = imports
            .iter()
            .filter(|to| !(fine(to) || beside(unit, to) && graph[*to].iter().all(|to| fine(&to))))
            .collect();
        assert!(wrong.is_empty(), "{unit} imports {wrong:?}");
    }
}
