//! What is asked of a tenant, parsed.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{input::Problems, parse::filled},
    model::{
        error::FieldErrors,
        forms::{MembershipForm, TenantForm},
        id::TenantId,
        tenant::{MembershipStatus, TenantKind, TenantType},
    },
};

const NAME_MAX: usize = 100;
const SLUG_MAX: usize = 60;

/// A tenant to be made.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// Short name for URLs and the command line.
    pub slug: String,
    /// Full name.
    pub name: String,
    /// What it is.
    pub kind: TenantKind,
    /// Whether it is real.
    pub use_: TenantType,
    /// The tenant above it.
    pub parent: Option<TenantId>,
}

/// A change to a tenant, made while looking at `version`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TenantUpdate {
    /// Full name.
    pub name: String,
    /// Whether it is real.
    pub use_: TenantType,
    /// The tenant above it.
    pub parent: Option<TenantId>,
    /// The version that the form was opened with.
    pub version: i64,
}

impl NewTenant {
    /// Reads what was typed.
    pub fn parse(form: &TenantForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let name = problems.check("name", filled(&form.name, NAME_MAX, "enter a name"));
        let slug = problems.check("slug", slug(&form.slug));
        // There is one root, from set-up.
        let kind = TenantKind::parse(&form.kind).filter(|kind| *kind != TenantKind::Root);
        let kind = problems.check("kind", kind.ok_or_else(|| "choose a kind of the list".to_owned()));
        let (use_, parent) = (use_(form, &mut problems), parent(form, &mut problems));
        let tenant = slug.zip(name).zip(kind).zip(use_).zip(parent);
        problems.finish(tenant.map(|((((slug, name), kind), use_), parent)| Self { slug, name, kind, use_, parent }))
    }
}

impl TenantUpdate {
    /// Reads what was typed over a version of a tenant.
    pub fn parse(form: &TenantForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let name = problems.check("name", filled(&form.name, NAME_MAX, "enter a name"));
        let (use_, parent) = (use_(form, &mut problems), parent(form, &mut problems));
        let version = problems.version("version", &form.version);
        let update = name.zip(use_).zip(parent).zip(version);
        problems.finish(update.map(|(((name, use_), parent), version)| Self { name, use_, parent, version }))
    }
}

fn use_(form: &TenantForm, problems: &mut Problems) -> Option<TenantType> {
    problems.check("type", TenantType::parse(&form.type_).ok_or_else(|| "choose production or test".to_owned()))
}

fn parent(form: &TenantForm, problems: &mut Problems) -> Option<Option<TenantId>> {
    let parent = match form.parent.as_str() {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| "choose a tenant of the list".to_owned()),
    };
    problems.check("parent", parent)
}

/// Whether a membership shall count, decided while looking at `version`.
#[derive(Clone, Copy, Debug)]
pub struct MembershipUpdate {
    /// Whether it shall count.
    pub status: MembershipStatus,
    /// The version that the sender looked at.
    pub version: i64,
}

impl MembershipUpdate {
    /// Reads what was typed over a version of a membership.
    pub fn parse(form: &MembershipForm) -> Result<Self, FieldErrors> {
        let mut problems = Problems::default();
        let status = MembershipStatus::parse(&form.status);
        let status = problems.check("status", status.ok_or_else(|| "choose pending, active or inactive".to_owned()));
        let version = problems.version("version", &form.version);
        problems.finish(status.zip(version).map(|(status, version)| Self { status, version }))
    }
}

/// Lower-case letters, digits, and single hyphens or underscores between them.
fn slug(text: &str) -> Result<String, String> {
    let text = filled(text, SLUG_MAX, "enter a short name for URLs")?;
    let fine = text
        .split(['-', '_'])
        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    match fine {
        true => Ok(text),
        false => Err("use lower-case letters, digits, hyphens and underscores, like harbour-books".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug(" harbour-books2 ").as_deref(), Ok("harbour-books2"));
        assert_eq!(slug("harbour_books").as_deref(), Ok("harbour_books"));
        for bad in ["", "-a", "a--b", "a_", "a-_b", "Harbour", "a b", "ä", "a/b"] {
            assert!(slug(bad).is_err(), "{bad}");
        }
    }
}
