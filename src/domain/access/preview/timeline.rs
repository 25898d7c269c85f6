//! What somebody holds from now on, and where two such futures differ.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    permission::{Permission, PermissionSet},
    timestamp::Timestamp,
};

/// Where (the slug of a tenant; empty for everywhere), what, and whether it is gained.
pub type Key = (String, Permission, bool);

/// A grant, from the moment on at which the question is asked.
#[derive(Debug, PartialEq, Eq)]
pub struct Given {
    /// The slug of the tenant that it is bound to, empty for everywhere.
    pub tenant: String,
    /// What it gives.
    pub gives: PermissionSet,
    /// When it begins, if it hasn't yet.
    pub from: Option<Timestamp>,
    /// When it ends.
    pub until: Option<Timestamp>,
}

impl Given {
    fn runs(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// All that somebody holds, now and later.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Profile(pub Vec<Given>);

impl Profile {
    fn moments(&self) -> impl Iterator<Item = Timestamp> {
        self.0.iter().flat_map(|given| [given.from, given.until]).flatten()
    }

    fn tenants(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|given| given.tenant.as_str())
    }

    fn at(&self, moment: Timestamp) -> Allowed<'_> {
        let mut allowed = BTreeMap::new();
        for given in self.0.iter().filter(|given| given.runs(moment)) {
            let held: &mut PermissionSet = allowed.entry(given.tenant.as_str()).or_default();
            *held = held.union(given.gives);
        }
        Allowed(allowed)
    }
}

/// What a profile allows at one moment, by slug.
struct Allowed<'a>(BTreeMap<&'a str, PermissionSet>);

impl Allowed<'_> {
    fn at(&self, slug: &str) -> PermissionSet {
        let held = |slug: &str| self.0.get(slug).copied().unwrap_or_default();
        held("").union(held(slug))
    }
}

/// How long a difference lasts. It ends when its holder is back to what the change took from them, or has lost what it
/// gave them; not when the same would have happened without the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// When it begins, if not now.
    pub from: Option<Timestamp>,
    /// When it ends, if it does.
    pub until: Option<Timestamp>,
}

impl Span {
    fn covers(self, other: Self) -> bool {
        let ends_later = |end: Timestamp| other.until.is_some_and(|until| until <= end);
        self.from <= other.from && self.until.is_none_or(ends_later)
    }
}

/// What two profiles allow at one moment, in one place.
#[derive(Clone, Copy)]
struct Step {
    at: Timestamp,
    before: PermissionSet,
    after: PermissionSet,
}

/// What changes from one profile to the other, and when. What changes everywhere is not said again for each tenant.
pub fn differences(before: &Profile, after: &Profile, now: Timestamp) -> Vec<(Key, Span)> {
    if before == after {
        return Vec::new();
    }
    let moments: BTreeSet<_> = [now].into_iter().chain(before.moments()).chain(after.moments()).collect();
    let worlds: Vec<_> = moments.into_iter().map(|at| (at, before.at(at), after.at(at))).collect();
    let steps = |slug: &str| -> Vec<Step> {
        worlds
            .iter()
            .map(|(at, before, after)| Step { at: *at, before: before.at(slug), after: after.at(slug) })
            .collect()
    };
    let everywhere = spans(&steps(""));
    let said =
        |found: &Found| everywhere.iter().any(|all| (all.0, all.1) == (found.0, found.1) && all.2.covers(found.2));
    let tenants: BTreeSet<_> = before.tenants().chain(after.tenants()).filter(|slug| !slug.is_empty()).collect();
    let mut differences = Vec::new();
    for slug in tenants {
        let here = spans(&steps(slug)).into_iter().filter(|found| !said(found));
        differences.extend(here.map(|(permission, gain, span)| ((slug.to_owned(), permission, gain), span)));
    }
    differences
        .extend(everywhere.into_iter().map(|(permission, gain, span)| ((String::new(), permission, gain), span)));
    differences
}

type Found = (Permission, bool, Span);

fn spans(steps: &[Step]) -> Vec<Found> {
    let differs = |step: &Step| step.before.minus(step.after).union(step.after.minus(step.before));
    let differing = steps.iter().fold(PermissionSet::default(), |all, step| all.union(differs(step)));
    differing.iter().flat_map(|permission| spans_of(permission, steps)).collect()
}

fn spans_of(permission: Permission, steps: &[Step]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut place = 0;
    while let Some(step) = steps.get(place) {
        let gain = step.after.contains(permission);
        if step.before.contains(permission) == gain {
            place += 1;
            continue;
        }
        let over = |later: &Step| later.after.contains(permission) != gain;
        let end = (place..steps.len()).find(|later| over(&steps[*later]));
        let span = Span { from: (place > 0).then_some(step.at), until: end.map(|end| steps[end].at) };
        found.push((permission, gain, span));
        place = end.unwrap_or(steps.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Permission = Permission::UsersRead;
    const NOW: Timestamp = Timestamp(100);

    fn given(tenant: &str, from: Option<i64>, until: Option<i64>) -> Given {
        let gives = PermissionSet::of(READ);
        Given { tenant: tenant.to_owned(), gives, from: from.map(Timestamp), until: until.map(Timestamp) }
    }

    fn told(before: Vec<Given>, after: Vec<Given>) -> Vec<(String, bool, Option<i64>, Option<i64>)> {
        let found = differences(&Profile(before), &Profile(after), NOW).into_iter();
        found.map(|((slug, _, gain), span)| (slug, gain, span.from.map(|at| at.0), span.until.map(|at| at.0))).collect()
    }

    #[test]
    fn what_comes_later_is_said_with_its_moment() {
        let everywhere = |gain, from, until| vec![(String::new(), gain, from, until)];
        assert_eq!(told(vec![], vec![given("", None, Some(200))]), everywhere(true, None, Some(200)));
        assert_eq!(told(vec![], vec![given("", Some(150), Some(200))]), everywhere(true, Some(150), Some(200)));
        let (short, long) = (|| vec![given("", None, Some(200))], || vec![given("", None, None)]);
        assert_eq!(told(short(), long()), everywhere(true, Some(200), None), "they keep it");
        assert_eq!(told(long(), short()), everywhere(false, Some(200), None));
        assert_eq!(told(short(), vec![]), everywhere(false, None, None), "it would have ended anyway");
        assert_eq!(told(long(), vec![given("", Some(150), None)]), everywhere(false, None, Some(150)));
        assert_eq!(told(short(), short()), vec![]);
    }

    #[test]
    fn what_changes_everywhere_is_not_said_again_for_a_tenant_that_it_covers() {
        let both = |until| vec![given("", None, Some(200)), given("a", None, until)];
        assert_eq!(told(vec![], both(Some(150))), [(String::new(), true, None, Some(200))]);
        let longer = [("a".to_owned(), true, None, Some(300)), (String::new(), true, None, Some(200))];
        assert_eq!(told(vec![], both(Some(300))), longer);
    }
}
