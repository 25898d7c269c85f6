//! Contract 004.

use super::operations::{BEARER, Family, SIGNATURE, STAND_ALONE};

/// What the family's document says.
pub const FAMILY: Family = Family {
    name: "domains",
    title: "Domains: account tokens, and who belongs to a domain in which roles (contract 004).",
    prefix: "",
    security: &[BEARER, STAND_ALONE, SIGNATURE],
    key_reused: 400,
    places: &[],
    operations: &[],
    schemas: "{}",
};
