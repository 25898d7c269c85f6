//! ULID text: the same 128 bits as a UUIDv7, as 26 letters of Crockford's base 32.

use uuid::Uuid;

use super::{base32, ctx::Ctx};
use crate::model::id::RoleId;

/// A new role's id.
#[must_use]
pub fn new_role(ctx: &Ctx) -> RoleId {
    RoleId(text(ctx.id()))
}

/// The bits of a role's id. Ids that are no ULID belong to built-in roles.
#[must_use]
pub fn bits(id: &RoleId) -> Uuid {
    let bits = id.0.chars().filter_map(base32::bits);
    Uuid::from_u128(bits.fold(0, |sum: u128, digit| sum << 5 | digit as u128))
}

fn text(id: Uuid) -> String {
    let bits = id.as_u128();
    (0..26).rev().map(|place| base32::letter((bits >> (5 * place)) as usize)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ulid_has_the_bits_of_its_uuid() {
        assert_eq!(text(Uuid::nil()), "0".repeat(26));
        assert_eq!(text(Uuid::max()), format!("7{}", "Z".repeat(25)));
        assert_eq!(bits(&RoleId(text(Uuid::max()))), Uuid::max());
        assert_eq!(text(Uuid::from_u128(33)), format!("{}11", "0".repeat(24)));
    }
}
