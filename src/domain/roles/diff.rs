//! What differs between two states of a role.

use super::input::RoleContent;

/// What one state says and another doesn't.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleDiff {
    /// The name in the first and in the second, if they differ.
    pub name: Option<(String, String)>,
    /// Likewise what it is for.
    pub description: Option<(String, String)>,
    /// Patterns in the second only.
    pub added: Vec<String>,
    /// Patterns in the first only.
    pub removed: Vec<String>,
}

impl RoleDiff {
    /// From `before` to `after`. Why they were saved is no part of what they are.
    #[must_use]
    pub fn between(before: &RoleContent, after: &RoleContent) -> Self {
        let missing = |from: &[String], of: &[String]| of.iter().filter(|p| !from.contains(p)).cloned().collect();
        let text = |before: &String, after: &String| (before != after).then(|| (before.clone(), after.clone()));
        Self {
            name: text(&before.name, &after.name),
            description: text(&before.description, &after.description),
            added: missing(&before.patterns, &after.patterns),
            removed: missing(&after.patterns, &before.patterns),
        }
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_patterns_differ_each_for_itself_and_reasons_never() {
        let content = |name: &str, description: &str, pattern: &str| RoleContent {
            name: name.into(),
            description: description.into(),
            patterns: vec![pattern.into()],
            reason: name.into(),
        };
        let a = content("a", "helps", "users.read");
        let renamed = RoleDiff::between(&a, &content("b", "helps", "users.read"));
        assert_eq!(renamed, RoleDiff { name: Some(("a".into(), "b".into())), ..RoleDiff::default() });
        let other = RoleDiff::between(&a, &content("a", "", "roles.read"));
        assert_eq!(other.description, Some(("helps".into(), String::new())));
        assert_eq!(
            (other.added, other.removed, other.name),
            (vec!["roles.read".into()], vec!["users.read".into()], None)
        );
        assert!(RoleDiff::between(&a, &RoleContent { reason: "because".into(), ..a.clone() }).is_empty());
    }
}
