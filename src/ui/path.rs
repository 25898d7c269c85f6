//! The things that a path names. An id that can't be one is nobody's.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};

use crate::{
    domain::error::Error,
    model::id::{EventId, GrantId, GroupId, RoleId, TenantId, UserId},
    server::state::AppState,
};

/// Declares an extractor for each noun: `{parameter}` of the path, or *not found*.
macro_rules! paths {
    ($($(#[$doc:meta])* $name:ident($id:ty) $parameter:literal $noun:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub $id);

        impl FromRequestParts<AppState> for $name {
            type Rejection = Error;

            async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
                let id = parameter(parts, state, $parameter).await.and_then(|text| text.parse().ok());
                id.map(Self).ok_or(Error::NotFound($noun))
            }
        }
    )+};
}

paths! {
    /// A user.
    UserPath(UserId) "id" "user";
    /// A role.
    RolePath(RoleId) "id" "role";
    /// A group.
    GroupPath(GroupId) "id" "group";
    /// A tenant.
    TenantPath(TenantId) "id" "tenant";
    /// A grant.
    GrantPath(GrantId) "id" "grant";
    /// An event of the audit log.
    EventPath(EventId) "id" "event";
    /// Somebody in what the path names first.
    MemberPath(UserId) "user" "member";
    /// A group in the group that the path names first.
    InnerGroupPath(GroupId) "group" "group";
    /// A permission or anything else that is named, as it is typed.
    NamePath(String) "name" "page";
}

async fn parameter(parts: &mut Parts, state: &AppState, name: &str) -> Option<String> {
    let parameters = RawPathParams::from_request_parts(parts, state).await.ok()?;
    parameters.iter().find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}
