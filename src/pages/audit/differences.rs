//! What an event changed, in words.

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::{model::timestamp::Timestamp, pages::times::zoned};

/// The fields that say most; the others come after them by their names.
const FIRST: [&str; 8] = ["role", "permission", "access", "name", "in", "from", "until", "reason"];

/// A value that an event is about.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub name: String,
    /// What became of it.
    pub what: What,
}

/// What the log holds of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It came or went with the thing itself, so there is nothing to compare it with.
    Plain(String),
    /// What it was, and what it is; empty for nothing.
    Changed(String, String),
    /// The words that a list lost, and those that it got: in a long list the change must be seen.
    Words(Vec<String>, Vec<String>),
}

impl Difference {
    fn new(name: String, value: Value, now: Option<Value>) -> Option<Self> {
        let (value, now) = (text(&name, value), now.map(|now| text(&name, now)));
        let what = match now {
            None if value.is_empty() => return None,
            Some(now) if now == value => return None,
            None => What::Plain(value),
            Some(now) if name == "permissions" => words(&value, &now)?,
            Some(now) => What::Changed(value, now),
        };
        Some(Self { name, what })
    }

    pub const fn is_plain(&self) -> bool {
        matches!(self.what, What::Plain(_))
    }

    fn rank(&self) -> usize {
        FIRST.iter().position(|name| *name == self.name).unwrap_or(FIRST.len())
    }
}

/// What an event says about its target: `before` and `after` as the log keeps them.
pub fn differences(before: Option<&str>, after: Option<&str>) -> Vec<Difference> {
    let read = |kept: Option<&str>| -> Map<String, Value> {
        kept.and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or_default()
    };
    let (before, mut after) = (read(before), read(after));
    let mut found: Vec<Difference> = Vec::new();
    for (name, old) in before {
        let new = after.remove(&name);
        found.extend(Difference::new(name, old, new));
    }
    found.extend(after.into_iter().filter_map(|(name, new)| Difference::new(name, new, None)));
    found.sort_by_key(Difference::rank);
    found
}

/// A value as people read it; empty for nothing.
fn text(name: &str, value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if matches!(name, "from" | "until") => to_the_minute(&text).unwrap_or(text),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// A moment that the log keeps for machines, for people: as the reader's clock has it.
fn to_the_minute(exact: &str) -> Option<String> {
    let at: jiff::Timestamp = exact.parse().ok()?;
    Some(zoned(Timestamp(at.as_millisecond())).strftime("%-d %b %Y %H:%M %Z").to_string())
}

/// What changed in a list, of which the order says nothing.
fn words(old: &str, new: &str) -> Option<What> {
    let (gone, came) = (lacking(old, new), lacking(new, old));
    (!gone.is_empty() || !came.is_empty()).then_some(What::Words(gone, came))
}

/// The words of one list that another lacks.
fn lacking(of: &str, from: &str) -> Vec<String> {
    let known: Vec<&str> = from.split_whitespace().collect();
    of.split_whitespace().filter(|word| !known.contains(word)).map(str::to_owned).collect()
}

/// Each change in a line of its own; what needs no comparison shares one.
pub fn lines(differences: &[Difference]) -> AnyView {
    differences.chunk_by(|one, next| one.is_plain() && next.is_plain()).map(line).collect_view().into_any()
}

fn line(differences: &[Difference]) -> AnyView {
    let class = if differences.iter().all(Difference::is_plain) { "diff plain" } else { "diff" };
    let parts = differences.iter().enumerate().map(|(place, difference)| {
        let dot = (place > 0).then_some(" · ");
        view! { {dot}{part(difference)} }
    });
    view! { <p class=class>{parts.collect_view()}</p> }.into_any()
}

/// A field and its value, which a line doesn't break apart.
fn part(Difference { name, what }: &Difference) -> AnyView {
    let shown = |text: &str| match (text, name.as_str()) {
        ("", "until") => "no end".to_owned(),
        ("", _) => "(empty)".to_owned(),
        (text, _) => text.to_owned(),
    };
    let field = view! { <span class="diff-field">{name.clone()}</span>"\u{a0}" };
    match what.clone() {
        What::Plain(everywhere) if name == "in" && everywhere == "everywhere" => everywhere.into_any(),
        What::Plain(text) => view! { {field}<bdi>{text}</bdi> }.into_any(),
        What::Changed(old, new) => view! {
            {field}<del><bdi>{shown(&old)}</bdi></del>" → "<ins><bdi>{shown(&new)}</bdi></ins>
        }
        .into_any(),
        What::Words(gone, new) => view! {
            {field}
            {gone.into_iter().map(|word| view! { <del>"− "{word}</del>" " }).collect_view()}
            {new.into_iter().map(|word| view! { <ins>"+ "{word}</ins>" " }).collect_view()}
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(name: &str, text: &str) -> Difference {
        Difference { name: name.into(), what: What::Plain(text.into()) }
    }

    fn changed(name: &str, old: &str, new: &str) -> Difference {
        Difference { name: name.into(), what: What::Changed(old.into(), new.into()) }
    }

    #[test]
    fn what_was_given_is_told_in_the_order_of_a_sentence() {
        let given = r#"{"from":null,"in":"North","permission":null,"reason":"","role":"helpers","until":"2026-12-04T21:20:34Z","via":1}"#;
        let told = [("role", "helpers"), ("in", "North"), ("until", "4 Dec 2026 21:20 UTC"), ("via", "1")];
        let told: Vec<_> = told.into_iter().map(|(name, text)| plain(name, text)).collect();
        assert_eq!(differences(None, Some(given)), told);
        assert_eq!(differences(Some(given), None), told, "what is taken is told like what is given");
    }

    #[test]
    fn only_what_was_there_before_and_after_is_compared() {
        let after = r#"{"phone":"1","status":"disabled","until":null,"sessions ended":2}"#;
        let found = differences(Some(r#"{"phone":null,"status":"active","until":"soon"}"#), Some(after));
        let compared =
            [changed("until", "soon", ""), changed("phone", "", "1"), changed("status", "active", "disabled")];
        assert_eq!(found, compared.into_iter().chain([plain("sessions ended", "2")]).collect::<Vec<_>>());
    }

    #[test]
    fn of_a_list_only_the_words_that_came_and_went_are_shown() {
        let found = differences(Some(r#"{"permissions":"a.b c.d"}"#), Some(r#"{"permissions":"c.d e.f"}"#));
        assert_eq!(found[0].what, What::Words(vec!["a.b".into()], vec!["e.f".into()]));
        assert!(differences(Some(r#"{"permissions":"a b"}"#), Some(r#"{"permissions":"b a"}"#)).is_empty());
        assert_eq!(differences(None, Some(r#"{"permissions":"a.b c.d"}"#)), [plain("permissions", "a.b c.d")]);
    }
}
