//! What is asked of a role, parsed.

use crate::{
    domain::{
        input::Problems,
        parse::{filled, line},
    },
    model::{
        error::FieldErrors,
        forms::{RoleForm, RollbackForm},
        permission::{Permission, PermissionSet, is_pattern},
    },
};

const NAME_MAX: usize = 64;
const DESCRIPTION_MAX: usize = 500;
const REASON_MAX: usize = 200;
/// More patterns than there are can't be sent by our own form.
const PATTERNS_MAX: usize = 100;

/// What a role is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleContent {
    /// Short name.
    pub name: String,
    /// What it is for, as a sentence.
    pub description: String,
    /// What it allows, tidied.
    pub patterns: Vec<String>,
    /// Why it was made or changed; may be empty.
    pub reason: String,
}

/// A change to a role, made while looking at `version`.
#[derive(Clone, Debug)]
pub struct RoleUpdate {
    /// What it shall be.
    pub content: RoleContent,
    /// The version that the form was opened with.
    pub version: i64,
}

/// A way back to the version `to`, taken while looking at `version`.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// What it shall be again.
    pub to: i64,
    /// The version that the form was opened with.
    pub version: i64,
    /// Why; may be empty.
    pub reason: String,
}

impl RoleContent {
    /// What its patterns cover.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        PermissionSet::from_patterns(self.patterns.iter().map(String::as_str))
    }

    /// Reads what was typed.
    pub fn parse(form: &RoleForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let content = Self::read_allowing(form, &mut problems);
        problems.finish(content)
    }

    /// Reads what a program sent whose roles may allow nothing (contract 001).
    pub fn parse_even_empty(form: &RoleForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let content = Self::read(form, &mut problems);
        let mut content = problems.finish(content)?;
        content.patterns.clone_from(&form.patterns);
        content.patterns.sort_unstable();
        Ok(content)
    }

    /// Reads what a program sent: its patterns stay as they were given, each once (contract 002, rule 6).
    pub fn parse_as_given(form: &RoleForm) -> Result<Self, FieldErrors> {
        let mut content = Self::parse(form)?;
        content.patterns.clone_from(&form.patterns);
        content.patterns.sort_unstable();
        content.patterns.dedup();
        Ok(content)
    }

    /// Of a role that must allow something.
    fn read_allowing(form: &RoleForm, problems: &mut Problems) -> Option<Self> {
        let content = Self::read(form, problems);
        if form.patterns.is_empty() {
            problems.refuse("pattern", "choose at least one permission");
        }
        content
    }

    fn read(form: &RoleForm, problems: &mut Problems) -> Option<Self> {
        let name = problems.check("name", filled(&form.name, NAME_MAX, "enter a name"));
        let description = problems.check("description", line(&form.description, DESCRIPTION_MAX));
        let reason = problems.check("reason", line(&form.reason, REASON_MAX));
        let patterns = &form.patterns;
        if patterns.len() > PATTERNS_MAX || !patterns.iter().all(|pattern| is_pattern(pattern)) {
            problems.refuse("pattern", "choose permissions of the list");
        }
        Some(Self { name: name?, description: description?, reason: reason?, patterns: tidied(patterns.clone()) })
    }
}

impl RoleUpdate {
    /// Reads what was typed over a version of a role.
    pub fn parse(form: &RoleForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let content = RoleContent::read_allowing(form, &mut problems);
        let version = problems.version("version", &form.version);
        problems.finish(content.zip(version).map(|(content, version)| Self { content, version }))
    }
}

impl Rollback {
    /// Reads what was typed.
    pub fn parse(form: &RollbackForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let to = problems.version("to", &form.to);
        let version = problems.version("version", &form.version);
        let reason = problems.check("reason", line(&form.reason, REASON_MAX));
        let back = to.zip(version).zip(reason);
        problems.finish(back.map(|((to, version), reason)| Self { to, version, reason }))
    }
}

/// Patterns in the order of the catalogue, each once, without those that a wider one covers.
#[must_use]
pub fn tidied(patterns: Vec<String>) -> Vec<String> {
    let covers = |wide: &str, narrow: &str| {
        wide != narrow
            && (wide == "*.*" || wide.ends_with(".*") && Permission::parse(narrow).is_some_and(|p| p.matches(wide)))
    };
    let wide = |narrow: &String| patterns.iter().any(|wide| covers(wide, narrow));
    let mut tidied: Vec<String> = patterns.iter().filter(|pattern| !wide(pattern)).cloned().collect();
    let place = |pattern: &String| PermissionSet::from_patterns([pattern.as_str()]).iter().next();
    tidied.sort_by_key(place);
    tidied.dedup();
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_ordered_and_what_a_wider_one_covers_is_left_out() {
        let tidy = |patterns: &[&str]| tidied(patterns.iter().map(|&p| p.to_owned()).collect());
        assert_eq!(tidy(&["audit.read", "users.read", "users.read"]), ["users.read", "audit.read"]);
        assert_eq!(tidy(&["users.read", "users.*", "roles.read"]), ["users.*", "roles.read"]);
        assert_eq!(tidy(&["users.*", "*.*"]), ["*.*"]);
    }

    #[test]
    fn a_role_needs_a_name_and_known_permissions() {
        let named = |name: &str, reason: &str, patterns: &[&str]| {
            let patterns = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
            let form = RoleForm { name: name.into(), reason: reason.into(), patterns, ..RoleForm::default() };
            RoleContent::parse(&form).map_err(|e| e.iter().map(|(f, _)| f.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(named("", "a\u{fffd}", &[]), Err(vec!["name".into(), "reason".into(), "pattern".into()]));
        assert_eq!(named("x", "", &["users.fly"]), Err(vec!["pattern".into()]));
        assert!(named("x", "", &["users.read"]).is_ok());
    }
}
