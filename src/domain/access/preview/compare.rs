//! Two snapshots, side by side: who gains and loses what, and when.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
    mem,
};

use super::{
    effect::When,
    snapshot::Snapshot,
    timeline::{Key, Span, differences},
};
use crate::model::{id::UserId, timestamp::Timestamp};

/// So many moments at which the same happens to different people have a line each; of more the first is said.
const SPLIT: usize = 3;

/// A difference, and whom it is about: places in [`Compared::classes`].
pub struct Change {
    pub key: Key,
    pub when: When,
    pub classes: Vec<usize>,
}

/// What changed for whom.
#[derive(Default)]
pub struct Compared {
    /// People for whom the change means the same; nobody is in two of them.
    pub classes: Vec<Vec<UserId>>,
    pub changes: Vec<Change>,
}

impl Compared {
    /// How many people are in these classes.
    pub fn count(&self, classes: impl IntoIterator<Item = usize>) -> usize {
        classes.into_iter().map(|class| self.classes[class].len()).sum()
    }

    /// Keeps at most `most` changes: the first of each permission, those everywhere and those about many people, and of
    /// either kind what is lost. Says how many are dropped.
    pub fn keep(&mut self, most: usize) -> usize {
        let dropped = self.changes.len().saturating_sub(most);
        if dropped > 0 {
            let mut ranked: Vec<_> = mem::take(&mut self.changes)
                .into_iter()
                .map(|change| {
                    let (place, _, gain) = &change.key;
                    ((!place.is_empty(), Reverse(self.count(change.classes.iter().copied())), *gain), change)
                })
                .collect();
            ranked.sort_by_key(|(rank, _)| *rank);
            let mut known = HashSet::new();
            let ranked = ranked.into_iter().map(|(_, change)| change);
            let (first, others): (Vec<_>, Vec<_>) =
                ranked.partition(|Change { key: (_, permission, gain), .. }| known.insert((*permission, *gain)));
            self.changes = first.into_iter().chain(others).take(most).collect();
            self.changes.sort_by_key(|change| change.key.2);
        }
        dropped
    }
}

/// The moments of a difference, each with the classes of the people that it happens to.
type Spans = BTreeMap<Span, Vec<usize>>;

/// Both snapshots are in the order of ids; who is missing from one holds nothing in it. Whoever holds the same as
/// somebody else before and after is compared once.
pub fn compare(before: &Snapshot, after: &Snapshot, now: Timestamp) -> Compared {
    let mut all = Compared::default();
    let mut found: BTreeMap<Key, Spans> = BTreeMap::new();
    let mut known: HashMap<(usize, usize), Option<usize>> = HashMap::new();
    let (mut old, mut new) = (before.people.iter().peekable(), after.people.iter().peekable());
    while let Some(user) = [old.peek(), new.peek()].into_iter().flatten().map(|(user, _)| *user).min() {
        let profile = |(_, profile): &(UserId, usize)| *profile;
        let was = old.next_if(|(id, _)| *id == user).map_or(0, profile);
        let is = new.next_if(|(id, _)| *id == user).map_or(0, profile);
        let class = *known.entry((was, is)).or_insert_with(|| {
            let differences = differences(&before.profiles[was], &after.profiles[is], now);
            let class = (!differences.is_empty()).then_some(all.classes.len())?;
            all.classes.push(Vec::new());
            for (key, span) in differences {
                found.entry(key).or_default().entry(span).or_default().push(class);
            }
            Some(class)
        });
        if let Some(class) = class {
            all.classes[class].push(user);
        }
    }
    all.changes = found.into_iter().flat_map(|(key, spans)| changes(&key, spans)).collect();
    // What is lost is named first.
    all.changes.sort_by_key(|change| change.key.2);
    all
}

/// What has begun by the moment of asking, and what comes.
fn changes(key: &Key, spans: Spans) -> Vec<Change> {
    let (begun, coming): (Spans, Spans) = spans.into_iter().partition(|(span, _)| span.from.is_none());
    let change = |(when, classes)| Change { key: key.clone(), when, classes };
    [begun, coming].into_iter().flat_map(folded).map(change).collect()
}

/// Each span, or if they are many, one that says when the first of them begins and ends.
fn folded(spans: Spans) -> Vec<(When, Vec<usize>)> {
    if spans.len() <= SPLIT {
        return spans.into_iter().map(|(span, classes)| (When { span, varies: false }, classes)).collect();
    }
    let span = Span {
        from: spans.keys().filter_map(|span| span.from).min(),
        until: spans.keys().filter_map(|span| span.until).min(),
    };
    let mut classes: Vec<usize> = spans.into_values().flatten().collect();
    classes.sort_unstable();
    classes.dedup();
    vec![(When { span, varies: true }, classes)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::permission::Permission;

    #[test]
    fn of_too_many_changes_those_everywhere_and_about_many_are_kept_losses_first() {
        let change = |place: &str, gain: bool, class: usize| {
            let when = When { span: Span { from: None, until: None }, varies: false };
            Change { key: (place.to_owned(), Permission::UsersRead, gain), when, classes: vec![class] }
        };
        let people = |n: u128| (0..n).map(|id| UserId(uuid::Uuid::from_u128(id))).collect();
        let mut all = Compared {
            classes: vec![people(1), people(7)],
            changes: vec![change("a", false, 0), change("b", false, 1), change("", true, 0), change("c", true, 0)],
        };
        assert_eq!(all.keep(4), 0);
        assert_eq!(all.keep(2), 2);
        let kept: Vec<_> = all.changes.iter().map(|change| (change.key.0.as_str(), change.key.2)).collect();
        assert_eq!(kept, [("b", false), ("", true)]);
    }
}
