//! Two people edited one role: what each changed, and both together.

use super::{Version, draft::Draft, tidied};

/// Patterns that one state has and another hasn't.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatternDiff {
    /// In the second only.
    pub added: Vec<String>,
    /// In the first only.
    pub removed: Vec<String>,
}

impl PatternDiff {
    /// From `before` to `after`.
    #[must_use]
    pub fn between(before: &[String], after: &[String]) -> Self {
        let missing = |from: &[String], of: &[String]| of.iter().filter(|p| !from.contains(p)).cloned().collect();
        Self { added: missing(before, after), removed: missing(after, before) }
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// Two edits of one version, put together.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Both edits; where both changed a text, the one that was typed last.
    pub draft: Draft,
    /// What was saved meanwhile.
    pub theirs: PatternDiff,
    /// What was typed.
    pub yours: PatternDiff,
    /// Fields that both changed differently: `name`, `description`.
    pub clashes: Vec<&'static str>,
}

/// Puts what was typed over `base` together with what was saved meanwhile. Patterns never clash: each was either
/// added or removed, and by whom doesn't matter.
#[must_use]
pub fn merge(base: &Version, saved: &Version, typed: &Draft) -> Merged {
    let theirs = PatternDiff::between(&base.patterns(), &saved.patterns());
    let yours = PatternDiff::between(&base.patterns(), &typed.patterns);
    let kept = saved.patterns().into_iter().filter(|pattern| !yours.removed.contains(pattern));
    let patterns = tidied(kept.chain(yours.added.iter().cloned()).collect());
    let mut clashes = Vec::new();
    let mut text = |field, base: &str, saved: &str, typed: &str| {
        if saved != base && typed != base && saved != typed {
            clashes.push(field);
        }
        if typed == base { saved.to_owned() } else { typed.to_owned() }
    };
    let draft = Draft {
        name: text("name", &base.name, &saved.name, &typed.name),
        description: text("description", &base.description, &saved.description, &typed.description),
        patterns,
        reason: typed.reason.clone(),
    };
    Merged { draft, theirs, yours, clashes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::timestamp::Timestamp;

    fn version(name: &str, patterns: &str) -> Version {
        Version {
            version: 1,
            name: name.into(),
            description: String::new(),
            patterns: patterns.into(),
            author_id: None,
            author_name: String::new(),
            reason: String::new(),
            at: Timestamp(0),
        }
    }

    fn typed(name: &str, patterns: &[&str]) -> Draft {
        let patterns = patterns.iter().map(|&p| p.to_owned()).collect();
        Draft { name: name.into(), description: String::new(), patterns, reason: String::new() }
    }

    #[test]
    fn what_does_not_clash_is_merged() {
        let base = version("support", "users.read users.list");
        let saved = version("support", "users.read users.list audit.read");
        let merged = merge(&base, &saved, &typed("helpers", &["users.read", "roles.read"]));
        assert_eq!(merged.draft.patterns, ["users.read", "roles.read", "audit.read"]);
        assert_eq!((merged.draft.name.as_str(), merged.clashes.len()), ("helpers", 0));
        assert_eq!(merged.theirs.added, ["audit.read"]);
        assert_eq!(merged.yours.removed, ["users.list"]);
    }

    #[test]
    fn a_text_that_both_changed_clashes() {
        let merged = merge(&version("a", "users.read"), &version("b", "users.read"), &typed("c", &["users.read"]));
        assert_eq!((merged.clashes, merged.draft.name.as_str()), (vec!["name"], "c"));
    }
}
