//! What contract 003 answers with.

use serde_json::{Value, json};

use crate::{
    domain::{
        clock::exact,
        users::of_portals::{Place, PortalUser},
    },
    model::id::UserId,
};

/// PortalUser.
pub fn user(user: &PortalUser) -> Value {
    json!({
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.login,
        "last_logged_at": user.last_sign_in_at.map(exact),
    })
}

/// Page; `next` names a place exactly if something follows.
pub fn page(users: &[PortalUser], last: Option<Place>) -> Value {
    let next = last.map_or_else(|| json!({}), |last| json!({ "after": last.encode() }));
    json!({ "data": users.iter().map(user).collect::<Vec<_>>(), "paging": { "next": next } })
}

/// Deleted.
pub fn deleted(id: UserId) -> Value {
    json!({ "id": id, "isDeleted": true })
}
