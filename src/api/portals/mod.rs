//! Contract 003.

use super::operations::{BEARER, Family};

/// What the family's document says.
pub const FAMILY: Family = Family {
    name: "portals",
    title: "Partner portals: the people of one portal (contract 003).",
    prefix: "/v1/partner-portals",
    security: &[BEARER],
    key_reused: 400,
    places: &[],
    operations: &[],
    schemas: "{}",
};
