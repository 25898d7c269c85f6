//! What a change does as pages show it: what happens to the same people at the same time is said once.

#[cfg(test)]
mod tests;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, hash_map::Entry},
    hash::Hash,
    mem,
};

use super::effect::{Difference, Left, Named, When};
use crate::model::permission::Permission;

/// So many groups are shown at once.
const SHOWN: usize = 8;

/// What happens, in the order in which it is read: what is gained before what is lost, of losses first what nobody is
/// left for, and what happens to many before what happens to few.
#[derive(Debug, Default)]
pub struct Groups {
    /// To be seen at once.
    pub shown: Vec<Group>,
    /// A click away. No permission is gained, or lost, only here.
    pub folded: Vec<Group>,
    /// What begins later, where something else happens at once.
    pub later: Vec<Group>,
}

/// People with the same gains or losses.
#[derive(Debug)]
pub struct Group {
    /// Whether they gain it, rather than lose it.
    pub gain: bool,
    /// From when until when.
    pub when: When,
    /// Who is left that holds it, once it is lost.
    pub left: Left,
    /// How many people.
    pub people: usize,
    number: usize,
    /// The first of them, with their names.
    pub named: Named,
    /// What they gain or lose, each of them all of it.
    pub permissions: Vec<Permission>,
    /// Names of tenants; `None` for everywhere.
    pub places: Vec<Option<String>>,
    /// The people in parts that no other group divides, with how many are in each.
    parts: BTreeMap<usize, usize>,
    /// Where it happens to others in each of several tenants: those of each.
    pub split: Vec<Self>,
}

impl Group {
    fn of(change: Difference) -> Self {
        let Difference { permission, tenant, gain, when, people, group: number, parts, named, left } = change;
        let (permissions, places, parts) = (vec![permission], vec![tenant], parts.into_iter().collect());
        Self { gain, when, left, people, number, named, permissions, places, parts, split: Vec::new() }
    }

    /// The same, as one of several.
    fn alone(&mut self) -> Self {
        let named = mem::take(&mut self.named);
        let (permissions, places, parts) = (self.permissions.clone(), self.places.clone(), self.parts.clone());
        let Self { gain, when, left, people, number, .. } = *self;
        Self { gain, when, left, people, number, named, permissions, places, parts, split: Vec::new() }
    }

    /// What differences must share to be said together.
    const fn same(&self) -> (bool, When, Left, usize) {
        (self.gain, self.when, self.left, self.number)
    }
}

/// The differences, said together.
#[must_use]
pub fn groups(changes: Vec<Difference>) -> Groups {
    let groups = changes.into_iter().map(Group::of).collect();
    let by_place = together(
        groups,
        |group| (group.same(), group.places.clone()),
        |group, other| group.permissions.extend(other.permissions),
    );
    let same_people = together(
        by_place,
        |group| (group.same(), group.permissions.clone()),
        |group, other| group.places.extend(other.places),
    );
    let mut groups = over_tenants(same_people);
    sort(&mut groups);
    let (later, now): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.when.span.from.is_some());
    let (now, later) = if now.is_empty() { (later, now) } else { (now, later) };
    let (shown, folded) = fold(now);
    Groups { shown, folded, later }
}

fn sort(groups: &mut [Group]) {
    groups.sort_by_key(|group| (!group.gain, group.left, Reverse(group.people), group.when.span.from));
}

/// The first of them, and each that alone says something of a permission; then the others, unless it is only one.
fn fold(groups: Vec<Group>) -> (Vec<Group>, Vec<Group>) {
    let mut times: HashMap<(bool, Permission), usize> = HashMap::new();
    for group in &groups {
        group.permissions.iter().for_each(|said| *times.entry((group.gain, *said)).or_default() += 1);
    }
    let alone = |group: &Group| group.permissions.iter().any(|said| times.get(&(group.gain, *said)) == Some(&1));
    let is_shown: Vec<bool> = groups.iter().enumerate().map(|(n, group)| n < SHOWN || alone(group)).collect();
    if is_shown.iter().filter(|shown| !**shown).count() < 2 {
        return (groups, Vec::new());
    }
    let (shown, folded): (Vec<_>, Vec<_>) = groups.into_iter().zip(is_shown).partition(|(_, shown)| *shown);
    let all = |groups: Vec<(Group, bool)>| groups.into_iter().map(|(group, _)| group).collect();
    (all(shown), all(folded))
}

/// What happens to these people in one tenant and to those in another is one group, split by tenant.
fn over_tenants(groups: Vec<Group>) -> Vec<Group> {
    let (everywhere, in_tenants): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.places == [None]);
    let key = |group: &Group| (group.gain, group.when, group.left, group.permissions.clone());
    let mut joined = together(in_tenants, key, |group, other| {
        if group.split.is_empty() {
            let first = group.alone();
            group.split.push(first);
        }
        group.places.extend(other.places.iter().cloned());
        group.parts.extend(&other.parts);
        group.people = group.parts.values().sum();
        group.split.push(other);
    });
    for group in &mut joined {
        sort(&mut group.split);
    }
    everywhere.into_iter().chain(joined).collect()
}

/// Joins groups that have the same key, in the order of the first of each.
fn together<K: Hash + Eq>(
    groups: Vec<Group>,
    key: impl Fn(&Group) -> K,
    join: impl Fn(&mut Group, Group),
) -> Vec<Group> {
    let mut found = HashMap::new();
    let mut joined: Vec<Group> = Vec::new();
    for group in groups {
        match found.entry(key(&group)) {
            Entry::Occupied(place) => join(&mut joined[*place.get()], group),
            Entry::Vacant(place) => {
                place.insert(joined.len());
                joined.push(group);
            }
        }
    }
    joined
}
