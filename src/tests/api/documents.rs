//! What stands in `docs/api/` is what there is, and what is tested.

use std::{collections::BTreeSet, fs, path::Path};

use castellan::api::document::{FAMILIES, document};
use serde_json::Value;

const FAMILY_DOCUMENTS: [&str; 5] = [
    include_str!("../../../docs/api/credentials.md"),
    include_str!("../../../docs/api/back-office.md"),
    include_str!("../../../docs/api/management.md"),
    include_str!("../../../docs/api/portals.md"),
    include_str!("../../../docs/api/domains.md"),
];

/// What a row of the table of operations says: its id, its method and its path.
fn rows() -> Vec<(String, String, String)> {
    let mut rows = Vec::new();
    for line in FAMILY_DOCUMENTS.iter().flat_map(|text| text.lines()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, id, operation, ..] = cells.as_slice() else { continue };
        let is_id = id.split_once('-').is_some_and(|(family, _)| family.len() == 3 && family.parse::<u16>().is_ok());
        if let (true, Some((method, path))) = (is_id, operation.split_once(' ')) {
            rows.push(((*id).to_owned(), method.to_lowercase(), path.trim_matches('`').to_owned()));
        }
    }
    rows
}

/// The rules, which begin their lines.
fn rules() -> Vec<String> {
    let lines = FAMILY_DOCUMENTS.iter().flat_map(|text| text.lines());
    let named = lines.filter_map(|line| line.strip_prefix("- **")?.split_once("**").map(|(id, _)| id.to_owned()));
    named.filter(|id| id.contains("-R")).collect()
}

/// What the comments above the tests name.
fn cited(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            cited(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let comments = text.lines().filter_map(|line| line.trim().strip_prefix("// "));
            let words = comments.flat_map(|comment| comment.split([',', ' ', ';', '.', ':']));
            found.extend(words.filter(|word| word.contains('-')).map(str::to_owned));
        }
    }
}

#[test]
fn each_row_is_an_operation_and_each_operation_a_row() {
    let mut offered: Vec<(String, String, String)> = Vec::new();
    for family in &FAMILIES {
        for operation in family.operations {
            let path = format!("{}{}", family.prefix, operation.path);
            offered.push((operation.id.to_owned(), operation.method.to_owned(), path));
        }
    }
    let mut rows = rows();
    rows.sort();
    offered.sort();
    assert_eq!(offered, rows);
    assert_eq!(rows.len(), 24 + 14 + 19 + 4 + 18);
}

#[test]
fn each_row_and_each_rule_has_a_test_that_cites_it() {
    let mut found = BTreeSet::new();
    cited(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests")), &mut found);
    let all: Vec<String> = rows().into_iter().map(|(id, ..)| id).chain(rules()).collect();
    assert!(all.len() > 100, "{}", all.len());
    let missing: Vec<&String> = all.iter().filter(|id| !found.contains(*id)).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let committed: Value = serde_json::from_str(include_str!("../../../docs/api/openapi.json")).unwrap();
    let served = serde_json::to_value(document()).unwrap();
    // Both are long, and what differs is seen where they are compared.
    assert!(committed == served, "run `cargo xtask generate`");
}
