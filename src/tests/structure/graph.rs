//! Which unit imports which, and where that goes round in a circle.

use std::collections::{BTreeMap, BTreeSet};

/// A unit, `domain::users::store`, and the units that it imports.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// Every set of units that reach each other, each in order.
pub fn cycles(graph: &Graph) -> Vec<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = graph.keys().map(|unit| (unit, reach(graph, unit))).collect();
    let mut found = BTreeSet::new();
    for (unit, from) in &reached {
        if from.contains(unit) {
            let round = from.iter().filter(|other| reached[*other].contains(unit));
            found.insert(round.map(|unit| (*unit).clone()).collect::<Vec<_>>());
        }
    }
    found.into_iter().collect()
}

/// What a unit reaches by at least one import.
fn reach<'a>(graph: &'a Graph, unit: &String) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut next: Vec<&String> = graph[unit].iter().collect();
    while let Some(unit) = next.pop() {
        if found.insert(unit) {
            next.extend(&graph[unit]);
        }
    }
    found
}

#[test]
fn a_circle_is_found_and_a_line_is_none() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*to).into()).or_default();
            graph.entry((*from).into()).or_default().insert((*to).into());
        }
        graph
    };
    assert!(cycles(&graph(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    let round = graph(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]);
    assert_eq!(cycles(&round), [["b", "c"]]);
}
