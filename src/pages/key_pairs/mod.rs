//! Key pairs of tenants, on whose page they are listed.

pub mod detail;
pub mod new;

use crate::{
    domain::{key_pairs::store::KeyPair, usage::UsedLately},
    http::visit::to,
    pages::credentials::table::Line,
};

/// The list of what they are listed on.
const LIST: (&str, &str) = ("/tenants", "Tenants");
/// What signs a request, and what is sent with it.
const LABELS: (&str, &str) = ("Secret", "Key");

/// A key pair as a list shows it.
pub fn line(pair: KeyPair, used: &UsedLately) -> Line {
    Line {
        href: to(format_args!("/key-pairs/{}", pair.id)),
        kind: format!("key {}", pair.api_key),
        whom: vec![("", None, reach(&pair).to_owned())],
        life: pair.life(used.of(pair.id.0)),
        from: pair.last_used_from,
        name: pair.name,
    }
}

/// Where it reaches.
fn reach(pair: &KeyPair) -> &'static str {
    if pair.is_resellers { "the tenant and its domains" } else { "the tenant" }
}
