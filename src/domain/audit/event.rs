//! A row of the audit log.

use crate::model::{
    id::{EventId, TenantId, UserId},
    timestamp::Timestamp,
};

/// A row of the log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Event {
    /// UUIDv7.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// `user`, `anonymous`, `command_line` or `system`.
    pub actor_kind: String,
    /// Who, if a user.
    pub actor_id: Option<UserId>,
    /// Their name at the time.
    pub actor_name: String,
    /// `noun.action`.
    pub action: String,
    /// What kind of thing it was done to.
    pub target_kind: String,
    /// Its id.
    pub target_id: String,
    /// Its name at the time.
    pub target_name: String,
    /// The tenant that it concerns, if one.
    pub tenant_id: Option<TenantId>,
    /// Changed values before, a JSON object.
    pub before: Option<String>,
    /// Changed values after, a JSON object.
    pub after: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// The request it came with, as in the log and on error pages.
    pub request_id: Option<String>,
    /// What the command holds that would take it back, as JSON.
    pub undo_data: Option<String>,
    /// Which command that is.
    pub undo_kind: Option<String>,
    /// The version of what it holds.
    pub undo_version: Option<i64>,
    /// The ids of what it is about. Not covered by the chain: it follows from the command.
    pub undo_subject: Option<String>,
    /// The event that this one took back.
    pub undoes: Option<EventId>,
    /// The person or the group that a change of a group or a tenant is about.
    pub member_id: Option<String>,
    /// Its place in the chain, counted from 1.
    pub seq: i64,
    /// How the keyed hash is made: see the chain.
    pub format: i64,
    /// Keyed hash over the row and the `mac` before it.
    pub mac: Vec<u8>,
    /// The event that took this one back; only the log's pages ask for it.
    #[sqlx(default)]
    pub undone_by: Option<EventId>,
}
