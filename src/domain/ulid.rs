//! ULID text: the same 128 bits as a UUIDv7, as 26 letters of Crockford's base 32.

use uuid::Uuid;

use super::ctx::Ctx;
use crate::model::id::RoleId;

/// A new role's id.
#[must_use]
pub fn new_role(ctx: &Ctx) -> RoleId {
    RoleId(text(ctx.id()))
}

fn text(id: Uuid) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = id.as_u128();
    (0..26).rev().map(|place| ALPHABET[(bits >> (5 * place)) as usize & 31] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ulid_has_the_bits_of_its_uuid() {
        assert_eq!(text(Uuid::nil()), "0".repeat(26));
        assert_eq!(text(Uuid::max()), format!("7{}", "Z".repeat(25)));
        assert_eq!(text(Uuid::from_u128(33)), format!("{}11", "0".repeat(24)));
    }
}
