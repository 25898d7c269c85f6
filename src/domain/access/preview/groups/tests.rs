use super::*;
use crate::{domain::access::preview::timeline::Span, model::timestamp::Timestamp};

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
