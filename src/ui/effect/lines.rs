//! The lines of an effect: what happens to the same people at the same time is said once.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, hash_map::Entry},
    hash::Hash,
    mem,
};

use crate::{
    domain::engine::what_if::{Difference, Left, Named, When},
    model::permission::Permission,
};

/// What happens to some people.
#[derive(Debug)]
pub struct Line {
    /// Whether they gain it, rather than lose it.
    pub gain: bool,
    /// From when until when.
    pub when: When,
    /// Who is left that holds it, once it is lost.
    pub left: Left,
    /// How many people.
    pub people: usize,
    crowd: usize,
    /// The first of them, with their names.
    pub named: Named,
    /// What they gain or lose, each of them all of it.
    pub permissions: Vec<Permission>,
    /// Names of tenants; `None` for everywhere.
    pub places: Vec<Option<String>>,
    /// The people in parts that no other line divides, with how many are in each.
    parts: BTreeMap<usize, usize>,
    /// Where it happens to others in each of several tenants: a line for each of those.
    pub apart: Vec<Self>,
}

impl Line {
    fn of(change: Difference) -> Self {
        let Difference { permission, tenant, gain, when, people, crowd, parts, named, left } = change;
        let (permissions, places, parts) = (vec![permission], vec![tenant], parts.into_iter().collect());
        Self { gain, when, left, people, crowd, named, permissions, places, parts, apart: Vec::new() }
    }

    /// The same line, as one of several.
    fn alone(&mut self) -> Self {
        let named = mem::take(&mut self.named);
        let (permissions, places, parts) = (self.permissions.clone(), self.places.clone(), self.parts.clone());
        let Self { gain, when, left, people, crowd, .. } = *self;
        Self { gain, when, left, people, crowd, named, permissions, places, parts, apart: Vec::new() }
    }

    /// What lines must share to be said together.
    const fn same(&self) -> (bool, When, Left, usize) {
        (self.gain, self.when, self.left, self.crowd)
    }
}

/// The changes as lines: what nobody is left for, then what else is lost, then what is gained. Of each, what happens now
/// comes before what happens later, and what happens to many before what happens to few.
pub fn lines(changes: Vec<Difference>) -> Vec<Line> {
    let lines = changes.into_iter().map(Line::of).collect();
    let by_place = together(
        lines,
        |line| (line.same(), line.places.clone()),
        |line, other| line.permissions.extend(other.permissions),
    );
    let same_people = together(
        by_place,
        |line| (line.same(), line.permissions.clone()),
        |line, other| line.places.extend(other.places),
    );
    let mut lines = over_tenants(same_people);
    sort(&mut lines);
    lines
}

fn sort(lines: &mut [Line]) {
    lines.sort_by_key(|line| (line.left, line.gain, line.when.span.from.is_some(), Reverse(line.people)));
}

/// What happens to these people in one tenant and to those in another is one line, with a line for each behind it.
fn over_tenants(lines: Vec<Line>) -> Vec<Line> {
    let (everywhere, in_tenants): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.places == [None]);
    let key = |line: &Line| (line.gain, line.when, line.left, line.permissions.clone());
    let mut joined = together(in_tenants, key, |line, other| {
        if line.apart.is_empty() {
            let first = line.alone();
            line.apart.push(first);
        }
        line.places.extend(other.places.iter().cloned());
        line.parts.extend(&other.parts);
        line.people = line.parts.values().sum();
        line.apart.push(other);
    });
    for line in &mut joined {
        sort(&mut line.apart);
    }
    everywhere.into_iter().chain(joined).collect()
}

/// Joins lines that have the same key, in the order of the first of each.
fn together<K: Hash + Eq>(lines: Vec<Line>, key: impl Fn(&Line) -> K, join: impl Fn(&mut Line, Line)) -> Vec<Line> {
    let mut found = HashMap::new();
    let mut joined: Vec<Line> = Vec::new();
    for line in lines {
        match found.entry(key(&line)) {
            Entry::Occupied(place) => join(&mut joined[*place.get()], line),
            Entry::Vacant(place) => {
                place.insert(joined.len());
                joined.push(line);
            }
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::engine::what_if::Span, model::timestamp::Timestamp};

    const ALWAYS: When = When { span: Span { from: None, until: None }, varies: false };

    fn loses(permission: Permission, tenant: Option<&str>, crowd: usize, left: Left) -> Difference {
        let named = Named::default();
        let tenant = tenant.map(str::to_owned);
        Difference {
            permission,
            tenant,
            gain: false,
            when: ALWAYS,
            people: 1,
            crowd,
            parts: vec![(crowd, 1)],
            named,
            left,
        }
    }

    fn told(changes: Vec<Difference>) -> Vec<(Vec<Permission>, usize, Left)> {
        lines(changes).into_iter().map(|line| (line.permissions, line.places.len(), line.left)).collect()
    }

    #[test]
    fn only_what_happens_to_the_same_people_is_said_together() {
        let all: Vec<_> = Permission::ALL[..4].iter().map(|p| loses(*p, None, 1, Left::Somebody)).collect();
        let other = loses(Permission::AuditRead, None, 2, Left::Somebody);
        let last = loses(Permission::AuditUndo, None, 1, Left::Nobody);
        let expected = [
            (vec![Permission::AuditUndo], 1, Left::Nobody),
            (Permission::ALL[..4].to_vec(), 1, Left::Somebody),
            (vec![Permission::AuditRead], 1, Left::Somebody),
        ];
        assert_eq!(told(all.into_iter().chain([other, last]).collect()), expected, "the dangerous one first");
    }

    #[test]
    fn the_same_in_many_tenants_is_one_line() {
        let [read, list] = [Permission::UsersRead, Permission::UsersList];
        let in_each = |permission| ["a", "b", "c"].map(|tenant| loses(permission, Some(tenant), 1, Left::Somebody));
        let changes = in_each(read).into_iter().chain(in_each(list)).chain([loses(list, Some("d"), 1, Left::Somebody)]);
        assert_eq!(told(changes.collect()), [(vec![read, list], 3, Left::Somebody), (vec![list], 1, Left::Somebody)]);
        let many = ["a", "b"].into_iter().flat_map(|tenant| {
            Permission::ALL[..9].iter().map(move |permission| loses(*permission, Some(tenant), 1, Left::Somebody))
        });
        assert_eq!(told(many.collect()), [(Permission::ALL[..9].to_vec(), 2, Left::Somebody)]);
    }

    #[test]
    fn others_in_other_tenants_are_a_line_behind_one_that_counts_everybody_once() {
        let read = Permission::UsersRead;
        let [one, two, both] =
            [1, 2, 3].map(|crowd| loses(read, Some(["a", "b", "c"][crowd - 1]), crowd, Left::Outsiders));
        let both = Difference { people: 2, parts: vec![(1, 1), (2, 1)], ..both };
        let told = lines(vec![one, two, loses(read, None, 4, Left::Outsiders), both]);
        assert_eq!(told.iter().map(|line| (line.people, line.places.len())).collect::<Vec<_>>(), [(2, 3), (1, 1)]);
        let apart = told[0].apart.iter().map(|line| (line.people, line.places[0].as_deref().unwrap()));
        assert_eq!(apart.collect::<Vec<_>>(), [(2, "c"), (1, "a"), (1, "b")]);
        assert!(told[1].apart.is_empty());
    }

    #[test]
    fn what_matters_most_comes_first() {
        let [read, list] = [Permission::UsersRead, Permission::UsersList];
        let few = |crowd| loses(read, None, crowd, Left::Somebody);
        let gained = Difference { gain: true, people: 9, ..few(1) };
        let span = Span { from: Some(Timestamp(1)), until: None };
        let later = Difference { when: When { span, varies: false }, people: 8, ..few(2) };
        let many = Difference { people: 7, ..few(3) };
        let (outsiders, nobody) = (loses(list, Some("a"), 4, Left::Outsiders), loses(list, None, 5, Left::Nobody));
        let changes = vec![gained, later, few(6), many, outsiders, nobody];
        let crowds: Vec<usize> = lines(changes).into_iter().map(|line| line.crowd).collect();
        assert_eq!(crowds, [5, 4, 3, 6, 2, 1]);
    }
}
