//! What a new row is marked with.

use uuid::Uuid;

use super::{id::UserId, timestamp::Timestamp};

/// An id that nothing has yet, when something is made, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// For the row's id, where it has no other.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who makes it, if a user.
    pub by: Option<UserId>,
}
