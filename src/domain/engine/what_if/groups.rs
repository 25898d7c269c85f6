//! What a change does as pages show it: what happens to the same people at the same time is said once.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, hash_map::Entry},
    hash::Hash,
    mem,
};

use super::{Difference, Left, Named, When};
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
    groups.sort_by_key(|group| (!group.gain, group.left, Reverse(group.people)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::engine::what_if::Span, model::timestamp::Timestamp};

    const ALWAYS: When = When { span: Span { from: None, until: None }, varies: false };

    fn loses(permission: Permission, tenant: Option<&str>, number: usize, left: Left) -> Difference {
        let named = Named::default();
        let tenant = tenant.map(str::to_owned);
        Difference {
            permission,
            tenant,
            gain: false,
            when: ALWAYS,
            people: 1,
            group: number,
            parts: vec![(number, 1)],
            named,
            left,
        }
    }

    fn said(changes: Vec<Difference>) -> Vec<(Vec<Permission>, usize, Left)> {
        groups(changes).shown.into_iter().map(|group| (group.permissions, group.places.len(), group.left)).collect()
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
        assert_eq!(said(all.into_iter().chain([other, last]).collect()), expected, "the dangerous one first");
    }

    #[test]
    fn the_same_in_many_tenants_is_one_group() {
        let [read, list] = [Permission::UsersRead, Permission::UsersList];
        let in_each = |permission| ["a", "b", "c"].map(|tenant| loses(permission, Some(tenant), 1, Left::Somebody));
        let changes = in_each(read).into_iter().chain(in_each(list)).chain([loses(list, Some("d"), 1, Left::Somebody)]);
        assert_eq!(said(changes.collect()), [(vec![read, list], 3, Left::Somebody), (vec![list], 1, Left::Somebody)]);
        let many = ["a", "b"].into_iter().flat_map(|tenant| {
            Permission::ALL[..9].iter().map(move |permission| loses(*permission, Some(tenant), 1, Left::Somebody))
        });
        assert_eq!(said(many.collect()), [(Permission::ALL[..9].to_vec(), 2, Left::Somebody)]);
    }

    #[test]
    fn others_in_other_tenants_are_split_behind_one_group_that_counts_everybody_once() {
        let read = Permission::UsersRead;
        let [one, two, both] =
            [1, 2, 3].map(|number| loses(read, Some(["a", "b", "c"][number - 1]), number, Left::Outsiders));
        let both = Difference { people: 2, parts: vec![(1, 1), (2, 1)], ..both };
        let said = groups(vec![one, two, loses(read, None, 4, Left::Outsiders), both]).shown;
        assert_eq!(said.iter().map(|group| (group.people, group.places.len())).collect::<Vec<_>>(), [(2, 3), (1, 1)]);
        let split = said[0].split.iter().map(|group| (group.people, group.places[0].as_deref().unwrap()));
        assert_eq!(split.collect::<Vec<_>>(), [(2, "c"), (1, "a"), (1, "b")]);
        assert!(said[1].split.is_empty());
    }

    #[test]
    fn what_matters_most_comes_first() {
        let [read, list] = [Permission::UsersRead, Permission::UsersList];
        let few = |number| loses(read, None, number, Left::Somebody);
        let gained = Difference { gain: true, people: 9, ..few(1) };
        let span = Span { from: Some(Timestamp(1)), until: None };
        let later = Difference { when: When { span, varies: false }, people: 8, ..few(2) };
        let many = Difference { people: 7, ..few(3) };
        let (outsiders, nobody) = (loses(list, Some("a"), 4, Left::Outsiders), loses(list, None, 5, Left::Nobody));
        let changes = vec![gained, later, few(6), many, outsiders, nobody];
        let Groups { shown, folded, later } = groups(changes);
        let numbers = |groups: Vec<Group>| groups.into_iter().map(|group| group.number).collect::<Vec<_>>();
        assert_eq!((numbers(shown), numbers(folded), numbers(later)), (vec![1, 5, 4, 3, 6], vec![], vec![2]));
    }

    #[test]
    fn what_many_gain_is_never_behind_what_few_lose() {
        let lost = (1..=11).map(|number| loses(Permission::ALL[number % 2], None, number, Left::Somebody));
        let enable = loses(Permission::UsersEnable, Some("a"), 12, Left::Somebody);
        let gained = Difference { gain: true, people: 1143, ..enable.clone() };
        let all = lost.chain([enable, gained]).collect();
        let Groups { shown, folded, .. } = groups(all);
        assert_eq!((shown[0].gain, shown[0].people, shown[0].number), (true, 1143, 12));
        let last = shown.last().unwrap();
        assert_eq!((shown.len(), &last.permissions[..]), (9, &[Permission::UsersEnable][..]), "its only loss");
        assert_eq!(folded.len(), 4);
    }

    #[test]
    fn what_only_comes_later_is_shown() {
        let span = Span { from: Some(Timestamp(1)), until: None };
        let later = |number| Difference {
            when: When { span, varies: false },
            ..loses(Permission::UsersRead, None, number, Left::Somebody)
        };
        let said = groups(vec![later(1), later(2)]);
        assert_eq!((said.shown.len(), said.later.len()), (2, 0));
    }
}
