//! What contract 001 answers with.

use axum::{
    Json,
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    domain::{clock::exact, mask::MASK, roles::store::Role, users::of_back_office::Member},
    model::{id::ADMIN_ROLE, tenant::MembershipStatus, timestamp::Timestamp, user::SecondFactor},
};

/// What stands for a digit that the caller may not see.
pub const HIDDEN: &str = "*";

/// A list, with how many there are beside it.
pub fn list(rows: Vec<Value>, total: i64) -> Response {
    let mut response = Json(rows).into_response();
    response.headers_mut().insert(HeaderName::from_static("x-total-count"), HeaderValue::from(total));
    response
}

/// A moment.
pub fn time(at: Timestamp) -> String {
    exact(at).replace('Z', "+00:00")
}

/// User.
pub fn user(member: &Member) -> Value {
    let phone = member.phone.as_ref().map(|phone| phone.replace(MASK, HIDDEN));
    let has_factor = member.second_factor_required || member.second_factor != SecondFactor::None;
    let method = match member.second_factor {
        SecondFactor::None => "disabled",
        SecondFactor::Email => "email",
        SecondFactor::Totp => "totp",
    };
    json!({
        "id": member.number,
        "name": member.display_name,
        "email": member.login,
        "phone": phone,
        "active": member.status == MembershipStatus::Active,
        "tfa": has_factor,
        "tfaMethod": method,
        "groups": member.roles,
        "ipWhitelist": member.allowlist().texts(),
        "clientTags": member.tags(),
        "canViewMaskedData": member.unmasked,
        "creator": member.creator,
        "createTime": time(member.created_at),
        "updateTime": member.updated_at.map(time),
    })
}

/// What the contract calls the built-in role for everything.
pub const ADMINISTRATORS: &str = "Administrators";

/// Group.
pub fn group(role: &Role) -> Value {
    let name = if role.id.0 == ADMIN_ROLE { ADMINISTRATORS } else { role.name.as_str() };
    json!({ "id": role.number, "name": name, "permissions": role.given() })
}
