//! An effect in one sentence, what can't be taken lightly first.

use std::collections::BTreeSet;

use crate::{
    domain::access::preview::{
        effect::{Effect, Left, Touched},
        gather::Concerned,
    },
    model::user::grouped,
};

/// So many permissions are named in a sentence; more are counted.
const NAMED: usize = 12;

/// `1 permission is left with nobody; 12 people gain access, 3 people lose access; 2 tokens stop working.`
pub fn summary(effect: &Effect) -> String {
    let left = [left_with(effect, Left::Nobody), left_with(effect, Left::Outsiders)];
    let access = [of(effect.gaining, ("gains", "gain")), of(effect.losing, ("loses", "lose"))].concat();
    let ended = |n: i64, one, many| counted(usize::try_from(n).unwrap_or_default(), one, many);
    let ends = ended(effect.tokens, "token stops working", "tokens stop working").into_iter().chain(ended(
        effect.sessions,
        "open session ends",
        "open sessions end",
    ));
    let parts = [left.into_iter().flatten().collect::<Vec<_>>(), access, ends.collect()];
    let parts: Vec<String> = parts.iter().filter(|part| !part.is_empty()).map(|part| part.join(", ")).collect();
    format!("{}.", parts.join("; "))
}

/// What begins later, in one sentence: `3 people gain access later, 1 person loses access later`.
pub fn later_too(effect: &Effect) -> String {
    let later = |touched: Touched| Touched { now: 0, ..touched };
    [of(later(effect.gaining), ("gains", "gain")), of(later(effect.losing), ("loses", "lose"))].concat().join(", ")
}

/// What is known of a change that is too large to be worked out.
pub fn concerns(Concerned { people, permissions }: Concerned) -> String {
    let whom = format!(
        "This concerns {}",
        if people == 1 { "1 person".into() } else { format!("{} people", grouped(people)) }
    );
    let names = permissions.names();
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let what = match names.len().saturating_sub(NAMED) {
        _ if names.is_empty() => String::new(),
        0 => format!(" They may gain or lose: {shown}."),
        more => format!(" They may gain or lose: {shown}, and {} more.", grouped(more as i64)),
    };
    format!("{whom}: too many to work out one by one.{what}")
}

/// Whether it happens to one person at most, everywhere, and leaves what they lose with others: the lines of such an
/// effect say all that its summary would.
pub fn is_plain(effect: &Effect) -> bool {
    let groups: BTreeSet<_> = effect.changes.iter().map(|change| change.group).collect();
    let mut changes = effect.changes.iter();
    groups.len() < 2
        && changes.all(|change| change.people == 1 && change.tenant.is_none() && change.left == Left::Somebody)
}

/// How many permissions only these have after the change.
fn left_with(effect: &Effect, left: Left) -> Option<String> {
    let such = effect.changes.iter().filter(|change| change.left == left);
    let (permissions, tenants): (BTreeSet<_>, BTreeSet<_>) =
        such.map(|change| (change.permission, &change.tenant)).unzip();
    let whom = match left {
        Left::Outsiders => counted(tenants.len(), "tenant", "tenants").map(|tenants| format!("nobody in {tenants}")),
        _ => Some("nobody".to_owned()),
    }?;
    let (one, many) = (format!("permission is left with {whom}"), format!("permissions are left with {whom}"));
    counted(permissions.len(), &one, &many)
}

fn of(touched: Touched, (one, many): (&str, &str)) -> Vec<String> {
    let said =
        |n, rest: &str| counted(n, &format!("person {one} access{rest}"), &format!("people {many} access{rest}"));
    said(touched.now, "").into_iter().chain(said(touched.later, " later")).collect()
}

fn counted(n: usize, one: &str, many: &str) -> Option<String> {
    (n > 0).then(|| format!("{} {}", grouped(n as i64), if n == 1 { one } else { many }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::access::preview::{
            effect::Named,
            effect::{Difference, When},
            timeline::Span,
        },
        model::{
            permission::{Permission, PermissionSet},
            timestamp::Timestamp,
        },
    };

    fn lost(tenant: Option<&str>, group: usize, left: Left) -> Difference {
        let when = When { span: Span { from: None, until: None }, varies: false };
        let (permission, tenant, named) = (Permission::UsersRead, tenant.map(str::to_owned), Named::default());
        Difference { permission, tenant, gain: false, when, people: 1, group, parts: Vec::new(), named, left }
    }

    fn effect(changes: Vec<Difference>) -> Effect {
        Effect { losing: Touched { now: 1, later: 0 }, changes, tokens: 2, ..Effect::at(Timestamp(0)) }
    }

    #[test]
    fn what_is_left_with_nobody_is_said_first_and_where() {
        let changes = ["a", "b"].map(|tenant| lost(Some(tenant), 1, Left::Outsiders));
        let said = "1 permission is left with nobody in 2 tenants; 1 person loses access; 2 tokens stop working.";
        assert_eq!(summary(&effect(changes.to_vec())), said);
        let said = "1 permission is left with nobody; 1 person loses access; 2 tokens stop working.";
        assert_eq!(summary(&effect(vec![lost(None, 1, Left::Nobody)])), said);
    }

    #[test]
    fn what_is_too_large_is_said_in_plain_words() {
        let few = [Permission::UsersRead, Permission::UsersList].into_iter().map(PermissionSet::of);
        let concerned =
            Concerned { people: 21_321, permissions: few.fold(PermissionSet::default(), PermissionSet::union) };
        let beginning = "This concerns 21,321 people: too many to work out one by one.";
        let said = concerns(concerned);
        assert!(said.starts_with(beginning) && said.contains(" They may gain or lose: users."), "{said}");
        assert_eq!(concerns(Concerned { permissions: PermissionSet::default(), ..concerned }), beginning);
        let all = concerns(Concerned { permissions: PermissionSet::all(), ..concerned });
        assert!(all.ends_with(&format!(", and {} more.", Permission::ALL.len() - NAMED)), "{all}");
    }

    #[test]
    fn only_what_happens_to_one_person_everywhere_needs_no_summary() {
        let everywhere = |group| lost(None, group, Left::Somebody);
        assert!(is_plain(&effect(vec![])) && is_plain(&effect(vec![everywhere(1), everywhere(1)])));
        assert!(!is_plain(&effect(vec![everywhere(1), everywhere(2)])), "two people");
        assert!(!is_plain(&effect(vec![Difference { people: 2, ..everywhere(1) }])), "two people");
        assert!(!is_plain(&effect(vec![lost(Some("a"), 1, Left::Somebody)])), "not everywhere");
        assert!(!is_plain(&effect(vec![lost(None, 1, Left::Nobody)])), "nobody is left");
    }
}
