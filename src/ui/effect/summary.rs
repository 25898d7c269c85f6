//! An effect in one sentence, what can't be taken lightly first.

use std::collections::BTreeSet;

use crate::{
    domain::engine::what_if::{Effect, Left, Touched},
    model::user::grouped,
};

/// `1 permission is left with nobody; 3 people lose access, 12 people gain access; 2 tokens stop working.`
pub fn summary(effect: &Effect) -> String {
    let left = |left, whom: &str| {
        let such = effect.changes.iter().filter(|change| change.left == left);
        let permissions: BTreeSet<_> = such.map(|change| change.permission).collect();
        let (one, many) = (format!("permission is left with {whom}"), format!("permissions are left with {whom}"));
        counted(permissions.len(), &one, &many)
    };
    let left = [left(Left::Nobody, "nobody"), left(Left::Outsiders, "nobody of the tenant")];
    let access = [of(effect.losing, ("loses", "lose")), of(effect.gaining, ("gains", "gain"))].concat();
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

fn of(touched: Touched, (one, many): (&str, &str)) -> Vec<String> {
    let said =
        |n, rest: &str| counted(n, &format!("person {one} access{rest}"), &format!("people {many} access{rest}"));
    said(touched.now, "").into_iter().chain(said(touched.later, " later")).collect()
}

fn counted(n: usize, one: &str, many: &str) -> Option<String> {
    (n > 0).then(|| format!("{} {}", grouped(n as i64), if n == 1 { one } else { many }))
}
