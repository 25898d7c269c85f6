//! The lines of an effect: what happens to the same people at the same time is said once.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
};

use leptos::prelude::*;

use crate::{
    domain::engine::what_if::{Difference, Left, Named, When},
    model::{permission::Permission, timestamp::Timestamp, user::grouped},
    ui::times::coming,
};

/// So many permissions have a line each, though the same happens to the same people with all of them.
const FEW: usize = 3;
/// So many tenants of a line are named; the others are counted.
const PLACES: usize = 100;

/// What happens to some people.
#[derive(Debug)]
pub struct Line {
    gain: bool,
    when: When,
    left: Left,
    people: usize,
    crowd: usize,
    named: Named,
    permissions: Vec<Permission>,
    /// Names of tenants; `None` for everywhere.
    places: Vec<Option<String>>,
}

impl Line {
    fn of(change: Difference) -> Self {
        let Difference { permission, tenant, gain, when, people, crowd, named, left } = change;
        Self { gain, when, left, people, crowd, named, permissions: vec![permission], places: vec![tenant] }
    }

    /// What lines must share to be said together.
    const fn same(&self) -> (bool, When, Left, usize) {
        (self.gain, self.when, self.left, self.crowd)
    }

    /// A line for each permission, while they are few.
    fn apart(self) -> Vec<Self> {
        if self.permissions.len() > FEW {
            return vec![self];
        }
        let Self { gain, when, left, people, crowd, named, permissions, places } = self;
        let alone = |permission| {
            let (named, places) = (named.clone(), places.clone());
            Self { gain, when, left, people, crowd, named, permissions: vec![permission], places }
        };
        permissions.into_iter().map(alone).collect()
    }
}

/// The changes as lines, the dangerous ones first, then what is lost, then what is gained; of each what comes later last.
pub fn lines(changes: Vec<Difference>) -> Vec<Line> {
    let lines = changes.into_iter().map(Line::of).collect();
    let by_place = together(
        lines,
        |line| (line.same(), line.places.clone()),
        |line, other| line.permissions.extend(other.permissions),
    );
    let mut lines = together(
        by_place.into_iter().flat_map(Line::apart).collect(),
        |line| (line.same(), line.permissions.clone()),
        |line, other| line.places.extend(other.places),
    );
    lines.sort_by_key(|line| (line.gain, line.left, line.when.span.from.is_some()));
    lines
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

/// One line, with the names of the people a click away.
#[component]
pub fn LineView(line: Line, now: Timestamp) -> impl IntoView {
    let Line { gain, when, left, people, named, permissions, places, .. } = line;
    let verb = match (gain, people) {
        (true, 1) => "person gains",
        (true, _) => "people gain",
        (false, 1) => "person loses",
        (false, _) => "people lose",
    };
    let what = match permissions[..] {
        [one] => view! { <code>{one.name()}</code> }.into_any(),
        _ => format!("each of {} permissions", permissions.len()).into_any(),
    };
    let place = match &places[..] {
        [None] => ().into_any(),
        [Some(name)] => view! { " in "<bdi>{name.clone()}</bdi> }.into_any(),
        many => format!(" in {} tenants", grouped(many.len() as i64)).into_any(),
    };
    let left = match left {
        Left::Nobody => Some("nobody is left who may"),
        Left::Outsiders => Some("nobody of the tenant is left who may"),
        Left::Somebody => None,
    };
    let left = left.map(|said| view! { " "<span class="tag warn plain">{said}</span> });
    let more = people - named.len();
    view! {
        <li class=if gain { "gain" } else { "loss" }>
            <b>{grouped(people as i64)}</b>
            <details>
                <summary>{verb}" "{what}{place}{during(when, now)}{left}</summary>
                <p>
                    {named.iter().map(|(id, name)| view! {
                        <a class="link" href=format!("/admin/users/{id}")><bdi>{name.clone()}</bdi></a>" "
                    }).collect_view()}
                    {(more > 0).then(|| format!("and {} more", grouped(more as i64)))}
                    <Holders permissions/>
                </p>
                <Tenants places/>
            </details>
        </li>
    }
}

/// From when until when: ` until 14:00 UTC`.
fn during(when: When, now: Timestamp) -> String {
    let from = when.span.from.map(|at| format!(" from {}", coming(at, now)));
    let until = when.span.until.map(|at| format!(" until {}", coming(at, now)));
    match [from, until].into_iter().flatten().collect::<String>() {
        always if always.is_empty() => always,
        moments if when.varies => format!("{moments} UTC at the earliest"),
        moments => format!("{moments} UTC"),
    }
}

/// The way to everybody who has it now.
#[component]
fn Holders(permissions: Vec<Permission>) -> impl IntoView {
    let href = |permission: Permission| format!("/admin/permissions/{permission}");
    match permissions[..] {
        [one] => view! { " · "<a class="link" href=href(one)>"Who may now?"</a> }.into_any(),
        _ => permissions
            .into_iter()
            .map(|permission| view! { " · "<a class="link" href=href(permission)><code>{permission.name()}</code></a> })
            .collect_view()
            .into_any(),
    }
}

/// The tenants of a line that is about several.
#[component]
fn Tenants(places: Vec<Option<String>>) -> impl IntoView {
    let count = places.len();
    let more = count.saturating_sub(PLACES);
    let name = |(n, place): (usize, Option<String>)| {
        let comma = (n > 0).then_some(", ");
        view! { {comma}<bdi>{place.unwrap_or_else(|| "everywhere".to_owned())}</bdi> }
    };
    (count > 1).then(|| {
        view! {
            <p>
                "In "{places.into_iter().take(PLACES).enumerate().map(name).collect_view()}
                {(more > 0).then(|| format!(" and {} more", grouped(more as i64)))}
            </p>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::what_if::Span;

    const NOW: Timestamp = Timestamp(1_795_305_600_000);
    const ALWAYS: When = When { span: Span { from: None, until: None }, varies: false };

    fn loses(permission: Permission, tenant: Option<&str>, crowd: usize, left: Left) -> Difference {
        let named = Named::default();
        let tenant = tenant.map(str::to_owned);
        Difference { permission, tenant, gain: false, when: ALWAYS, people: 1, crowd, named, left }
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
        assert_eq!(told(changes.collect()), [(vec![read], 3, Left::Somebody), (vec![list], 4, Left::Somebody)]);
        let many = ["a", "b"].into_iter().flat_map(|tenant| {
            Permission::ALL[..9].iter().map(move |permission| loses(*permission, Some(tenant), 1, Left::Somebody))
        });
        assert_eq!(told(many.collect()), [(Permission::ALL[..9].to_vec(), 2, Left::Somebody)]);
    }

    #[test]
    fn moments_are_in_utc() {
        let at = |seconds| Some(NOW.plus_seconds(seconds));
        let during = |from, until, varies| during(When { span: Span { from, until }, varies }, NOW);
        assert_eq!(during(None, None, false), "");
        assert_eq!(during(None, at(50_400), false), " until 14:00 UTC");
        assert_eq!(during(at(291_600), at(378_000), false), " from 25 Nov 09:00 until 26 Nov 09:00 UTC");
        assert_eq!(during(at(291_600), None, true), " from 25 Nov 09:00 UTC at the earliest");
    }
}
