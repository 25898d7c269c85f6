//! What an administrator types about a tenant, parsed.

use crate::{
    domain::parse::{Reader, filled},
    model::{
        error::FieldErrors,
        fields::Fields,
        id::TenantId,
        tenant::{TenantKind, TenantType},
    },
};

const NAME_MAX: usize = 100;
const SLUG_MAX: usize = 60;

/// A tenant to be made.
#[derive(Clone, Debug)]
pub struct Draft {
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
#[derive(Clone, Debug)]
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

impl Draft {
    /// Reads `slug`, `name`, `kind`, `type` and `parent`.
    pub fn parse(fields: &Fields) -> Result<Self, FieldErrors> {
        let mut reader = Reader::new(fields);
        let name = reader.read("name", |t| filled(t, NAME_MAX, "enter a name"));
        let slug = reader.read("slug", slug);
        // There is one root, from set-up.
        let kind = reader.read("kind", |t| {
            TenantKind::parse(t).filter(|kind| *kind != TenantKind::Root).ok_or("choose a kind of the list".to_owned())
        });
        let (use_, parent) = (use_(&mut reader), parent(&mut reader));
        let draft = slug.zip(name).zip(kind).zip(use_).zip(parent);
        reader.finish(draft.map(|((((slug, name), kind), use_), parent)| Self { slug, name, kind, use_, parent }))
    }
}

impl TenantUpdate {
    /// Reads `name`, `type`, `parent` and the `version` that the form was opened with.
    pub fn parse(fields: &Fields) -> Result<Self, FieldErrors> {
        let mut reader = Reader::new(fields);
        let name = reader.read("name", |t| filled(t, NAME_MAX, "enter a name"));
        let (use_, parent) = (use_(&mut reader), parent(&mut reader));
        let version = reader.version("version");
        let update = name.zip(use_).zip(parent).zip(version);
        reader.finish(update.map(|(((name, use_), parent), version)| Self { name, use_, parent, version }))
    }
}

fn use_(reader: &mut Reader<'_>) -> Option<TenantType> {
    reader.read("type", |t| TenantType::parse(t).ok_or("choose production or test".to_owned()))
}

fn parent(reader: &mut Reader<'_>) -> Option<Option<TenantId>> {
    reader.read("parent", |t| match t {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| "choose a tenant of the list".to_owned()),
    })
}

/// Lower-case letters, digits, and single hyphens or underscores between them.
fn slug(text: &str) -> Result<String, String> {
    let text = filled(text, SLUG_MAX, "enter a short name for URLs")?;
    let fine = text
        .split(['-', '_'])
        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    if fine {
        Ok(text)
    } else {
        Err("use lower-case letters, digits, hyphens and underscores, like harbour-books".into())
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
