//! What an administrator types about a role, parsed.

use super::{RoleDiff, Version, store::Role};
use crate::{
    domain::parse::{Reader, filled, line},
    model::{
        error::FieldErrors,
        fields::Fields,
        permission::{Permission, PermissionSet, is_pattern},
    },
};

const NAME_MAX: usize = 60;
const DESCRIPTION_MAX: usize = 200;
const REASON_MAX: usize = 200;
/// More patterns than there are can't be sent by our own form.
const PATTERNS_MAX: usize = 100;

/// What a role is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
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
    pub draft: Draft,
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

impl From<&Role> for Draft {
    fn from(role: &Role) -> Self {
        let (name, description) = (role.name.clone(), role.description.clone());
        Self { name, description, patterns: role.patterns(), reason: String::new() }
    }
}

impl From<&Version> for Draft {
    fn from(version: &Version) -> Self {
        let (name, description) = (version.name.clone(), version.description.clone());
        Self { name, description, patterns: version.patterns(), reason: version.reason.clone() }
    }
}

impl Draft {
    /// What its patterns cover.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        PermissionSet::from_patterns(self.patterns.iter().map(String::as_str))
    }

    /// Whether saving it would change nothing.
    #[must_use]
    pub fn says_the_same_as(&self, role: &Role) -> bool {
        RoleDiff::between(&role.into(), self).is_empty()
    }

    /// Reads `name`, `description`, every `pattern`, and `reason`.
    pub fn parse(fields: &Fields) -> Result<Self, FieldErrors> {
        let mut reader = Reader::new(fields);
        let draft = Self::read(fields, &mut reader);
        reader.finish(draft)
    }

    fn read(fields: &Fields, reader: &mut Reader<'_>) -> Option<Self> {
        let name = reader.read("name", |t| filled(t, NAME_MAX, "enter a name"));
        let description = reader.read("description", |t| line(t, DESCRIPTION_MAX));
        let reason = read_reason(reader);
        let patterns: Vec<String> = fields.all("pattern").map(str::to_owned).collect();
        if patterns.is_empty() {
            reader.refuse("pattern", "choose at least one permission");
        } else if patterns.len() > PATTERNS_MAX || !patterns.iter().all(|pattern| is_pattern(pattern)) {
            reader.refuse("pattern", "choose permissions of the list");
        }
        Some(Self { name: name?, description: description?, reason: reason?, patterns: tidied(patterns) })
    }
}

impl RoleUpdate {
    /// Reads a form: the draft and the `version` it was opened with.
    pub fn parse(fields: &Fields) -> Result<Self, FieldErrors> {
        let mut reader = Reader::new(fields);
        let draft = Draft::read(fields, &mut reader);
        let version = reader.version("version");
        reader.finish(draft.zip(version).map(|(draft, version)| Self { draft, version }))
    }
}

impl Rollback {
    /// Reads a form: `to`, the `version` it was opened with, and `reason`.
    pub fn parse(fields: &Fields) -> Result<Self, FieldErrors> {
        let mut reader = Reader::new(fields);
        let versions = reader.version("to").zip(reader.version("version"));
        let back = versions.zip(read_reason(&mut reader));
        reader.finish(back.map(|((to, version), reason)| Self { to, version, reason }))
    }
}

fn read_reason(reader: &mut Reader<'_>) -> Option<String> {
    reader.read("reason", |t| line(t, REASON_MAX))
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
    fn a_draft_needs_a_name_and_known_permissions() {
        let named = |text: &str| {
            Draft::parse(&Fields::decode(text)).map_err(|e| e.iter().map(|(f, _)| f.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(named("name=&reason=a%00"), Err(vec!["name".into(), "reason".into(), "pattern".into()]));
        assert_eq!(named("name=x&pattern=users.fly"), Err(vec!["pattern".into()]));
        assert!(named("name=x&pattern=users.read").is_ok());
    }
}
