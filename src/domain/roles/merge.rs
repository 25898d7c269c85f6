//! Two people edited one role: what each changed, and both together.

use super::{
    diff::RoleDiff,
    input::{RoleContent, tidied},
};
use crate::model::merge::{Stands, stands};

/// Two edits of one version, put together.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Both edits; where both changed a text, the one that was typed last.
    pub content: RoleContent,
    /// What was saved meanwhile.
    pub theirs: RoleDiff,
    /// What was typed.
    pub yours: RoleDiff,
    /// What only they changed: `name`, `description`, `permissions`.
    pub kept: Vec<&'static str>,
    /// Fields that both changed differently: `name`, `description`.
    pub clashes: Vec<&'static str>,
}

/// Puts what was typed over `base` together with what was saved meanwhile. Patterns never clash: each was either
/// added or removed, and by whom doesn't matter.
#[must_use]
pub fn merge(base: &RoleContent, saved: &RoleContent, typed: &RoleContent) -> Merged {
    let (theirs, yours) = (RoleDiff::between(base, saved), RoleDiff::between(base, typed));
    let kept = saved.patterns.iter().filter(|pattern| !yours.removed.contains(pattern));
    let patterns = tidied(kept.chain(&yours.added).cloned().collect());
    let (mut kept, mut clashes) = (Vec::new(), Vec::new());
    let mut text = |field, base: &str, saved: &str, typed: &str| match stands(Some(base), saved, typed) {
        Stands::Mine => typed.to_owned(),
        Stands::Theirs => {
            kept.push(field);
            saved.to_owned()
        }
        Stands::Both => {
            clashes.push(field);
            typed.to_owned()
        }
    };
    let content = RoleContent {
        name: text("name", &base.name, &saved.name, &typed.name),
        description: text("description", &base.description, &saved.description, &typed.description),
        patterns,
        reason: typed.reason.clone(),
    };
    let theirs_alone = |theirs: &[String], yours: &[String]| theirs.iter().any(|pattern| !yours.contains(pattern));
    if theirs_alone(&theirs.added, &yours.added) || theirs_alone(&theirs.removed, &yours.removed) {
        kept.push("permissions");
    }
    Merged { content, theirs, yours, kept, clashes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(name: &str, patterns: &[&str]) -> RoleContent {
        let patterns = patterns.iter().map(|&p| p.to_owned()).collect();
        RoleContent { name: name.into(), description: String::new(), patterns, reason: String::new() }
    }

    #[test]
    fn what_does_not_clash_is_merged() {
        let base = content("support", &["users.read", "users.list"]);
        let saved = content("support", &["users.read", "users.list", "audit.read"]);
        let merged = merge(&base, &saved, &content("helpers", &["users.read", "roles.read"]));
        assert_eq!(merged.content.patterns, ["users.read", "roles.read", "audit.read"]);
        assert_eq!((merged.content.name.as_str(), merged.clashes.len()), ("helpers", 0));
        assert_eq!((merged.theirs.added, merged.kept), (vec!["audit.read".into()], vec!["permissions"]));
        assert_eq!(merged.yours.removed, ["users.list"]);
        assert_eq!(merged.yours.name, Some(("support".into(), "helpers".into())));
    }

    #[test]
    fn a_text_that_both_changed_clashes() {
        let [a, b, c] = ["a", "b", "c"].map(|name| content(name, &["users.read"]));
        let merged = merge(&a, &b, &c);
        assert_eq!((merged.clashes, merged.content.name.as_str()), (vec!["name"], "c"));
        let merged = merge(&a, &b, &a);
        assert_eq!((merged.kept, merged.content.name.as_str()), (vec!["name"], "b"));
    }
}
