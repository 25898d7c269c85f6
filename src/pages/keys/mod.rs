//! Service keys: they work in one tenant, on whose page they are listed, by an account of their own.

pub mod detail;
pub mod new;

/// The list of what they are listed on.
const LIST: (&str, &str) = ("/tenants", "Tenants");
/// What a service key is sent as; there is nothing beside it.
const LABELS: (&str, &str) = ("Service key", "");
