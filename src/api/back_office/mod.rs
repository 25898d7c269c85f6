//! Contract 001.

use super::operations::{BEARER, Family};

/// What the family's document says.
pub const FAMILY: Family = Family {
    name: "back_office",
    title: "Back office: the people of one tenant, and the groups that say what they may do (contract 001).",
    prefix: "/api/v2",
    security: &[BEARER],
    places: &[],
    operations: &[],
    schemas: "{}",
};
