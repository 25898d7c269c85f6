//! Reading the sources: what each file imports, by its `use` lines and by the paths that begin with what they name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::graph::Graph;

type Segments = Vec<String>;

/// A source file: where it stands among the modules, and what its text names.
struct Unit {
    path: Segments,
    uses: Vec<Segments>,
    paths: Vec<Segments>,
}

/// All units of the program, tests left out, with what they import.
pub fn graph() -> Graph {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut units = Vec::new();
    read_folder(&root, &[], &mut units);
    let names: BTreeSet<String> = units.iter().map(|unit| unit.path.join("::")).collect();
    assert!(names.contains("domain::users::store"), "the sources are found");
    units.iter().map(|unit| (unit.path.join("::"), imports(unit, &names))).collect()
}

fn read_folder(folder: &Path, path: &[String], units: &mut Vec<Unit>) {
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let inside = |name: &str| [path, &[name.to_owned()]].concat();
        match (file.is_dir(), name.as_str(), path.is_empty()) {
            (true, "tests", _) | (false, "lib" | "main", true) | (false, "tests", _) => {}
            (true, ..) => read_folder(&file, &inside(&name), units),
            (false, "mod", _) => units.push(read(&file, path.to_vec())),
            (false, ..) if file.extension().is_some_and(|end| end == "rs") => {
                units.push(read(&file, inside(&name)));
            }
            (false, ..) => {}
        }
    }
}

fn read(file: &Path, path: Segments) -> Unit {
    let text = fs::read_to_string(file).unwrap();
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut unit = Unit { path, uses: Vec::new(), paths: Vec::new() };
    walk(tokens, &mut unit);
    unit
}

/// Goes through all tokens, into every group but those of modules of tests.
fn walk(tokens: TokenStream, unit: &mut Unit) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Punct(punct) if punct.as_char() == '#' && is_for_tests(tokens.get(at + 1)) => {
                at += 1 + tokens[at + 1..].iter().position(ends_an_item).unwrap_or(0);
            }
            TokenTree::Ident(word) if word == "use" => {
                // Without an end it is a word of a page's text.
                let line = tokens[at + 1..].split(|token| is_punct(token, ';')).next().unwrap_or_default();
                spread(line, &[], &mut unit.uses);
                at += line.len();
            }
            TokenTree::Ident(_) => {
                let (segments, length) = path_at(&tokens[at..]);
                if segments.len() > 1 {
                    unit.paths.push(segments);
                }
                at += length - 1;
            }
            TokenTree::Group(group) => walk(group.stream(), unit),
            _ => {}
        }
        at += 1;
    }
}

fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

fn is_for_tests(attribute: Option<&TokenTree>) -> bool {
    matches!(attribute, Some(TokenTree::Group(group)) if group.to_string().replace(' ', "") == "[cfg(test)]")
}

fn ends_an_item(token: &TokenTree) -> bool {
    is_punct(token, ';') || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// The path that begins here, and how many tokens it takes.
fn path_at(tokens: &[TokenTree]) -> (Segments, usize) {
    let mut segments = vec![tokens[0].to_string()];
    let mut at = 1;
    while let [first, second, TokenTree::Ident(name), ..] = &tokens[at..]
        && is_punct(first, ':')
        && is_punct(second, ':')
    {
        segments.push(name.to_string());
        at += 3;
    }
    (segments, at)
}

/// Every path that a tree of a `use` line stands for; `self` stands for what is before it, a new name for nothing.
fn spread(tree: &[TokenTree], before: &[String], found: &mut Vec<Segments>) {
    for branch in tree.split(|token| is_punct(token, ',')) {
        let words = branch.split(|token| token.to_string() == "as").next().unwrap_or_default();
        let names = words.iter().filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word.to_string()),
            _ => None,
        });
        let path: Segments = before.iter().cloned().chain(names).collect();
        match words.last() {
            Some(TokenTree::Group(group)) => spread(&group.stream().into_iter().collect::<Vec<_>>(), &path, found),
            Some(_) if path.len() > 1 && path.last().is_some_and(|last| last == "self") => {
                found.push(path[..path.len() - 1].to_vec());
            }
            Some(_) if !path.is_empty() => found.push(path),
            _ => {}
        }
    }
}

fn imports(unit: &Unit, names: &BTreeSet<String>) -> BTreeSet<String> {
    let used: Vec<Segments> = unit.uses.iter().filter_map(|path| absolute(unit, path, names)).collect();
    let modules: BTreeMap<&String, &Segments> = used
        .iter()
        .filter(|path| names.contains(&path.join("::")))
        .filter_map(|path| Some((path.last()?, path)))
        .collect();
    // A folder that is named leads to whatever is reached through it.
    let through = unit.paths.iter().filter_map(|path| match modules.get(&path[0]) {
        Some(module) => Some([module.as_slice(), &path[1..]].concat()),
        None => absolute(unit, path, names),
    });
    let named = used.iter().filter(|path| !is_folder(&path.join("::"), names)).cloned();
    let mut found: BTreeSet<String> = named.chain(through).filter_map(|path| unit_of(&path, names)).collect();
    found.remove(&unit.path.join("::"));
    found
}

fn is_folder(name: &str, names: &BTreeSet<String>) -> bool {
    names.contains(name) && names.iter().any(|other| other.starts_with(&format!("{name}::")))
}

/// The path from the crate's root, if it leads into the crate.
fn absolute(unit: &Unit, path: &[String], names: &BTreeSet<String>) -> Option<Segments> {
    let ups = path.iter().take_while(|word| *word == "super").count();
    let base = match path[0].as_str() {
        "crate" => return Some(path[1..].to_vec()),
        "self" if path.len() > 1 => return Some([unit.path.as_slice(), &path[1..]].concat()),
        "super" => unit.path[..unit.path.len().checked_sub(ups)?].to_vec(),
        // A module that this file declares.
        child => {
            let inside = [unit.path.as_slice(), path].concat();
            let is_declared = names.contains(&[unit.path.as_slice(), &[child.to_owned()]].concat().join("::"));
            return is_declared.then_some(inside);
        }
    };
    Some([base.as_slice(), &path[ups..]].concat())
}

/// The unit that a path leads to: the longest of its beginnings that is one.
fn unit_of(path: &[String], names: &BTreeSet<String>) -> Option<String> {
    (1..=path.len()).rev().map(|length| path[..length].join("::")).find(|name| names.contains(name))
}
