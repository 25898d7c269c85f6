//! Identifiers. One type for each noun, so that a role's id can't be passed for a user's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares a UUID newtype that is stored as access's own UUID (a 16-byte blob on SQLite).
macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

uuid_ids! {
    /// A person or service account.
    UserId,
    /// An isolated organisation.
    TenantId,
    /// A browser sign-in.
    SessionId,
    /// A role or permission given to somebody.
    GrantId,
    /// A row of the audit log.
    EventId,
    /// A set of users of a tenant.
    GroupId,
    /// A user in a tenant.
    MembershipId,
    /// Somebody or some group in a group.
    GroupMemberId,
    /// Client credentials.
    ClientId,
    /// A secret of client credentials.
    ClientSecretId,
    /// A token.
    TokenId,
    /// A key pair.
    KeyPairId,
    /// A message of the outbox.
    MessageId,
    /// What somebody proves themselves by with a device.
    PasskeyId,
}

/// The tenant that exists from set-up.
pub const ROOT_TENANT: TenantId = TenantId(Uuid::from_u128(0x7000_8000_0000_0000_0001));

/// A role's id: ULID text, or 26 letters and digits for a built-in one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
#[serde(try_from = "String", into = "String")]
pub struct RoleId(pub String);

impl TryFrom<String> for RoleId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.len() == 26 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            true => Ok(Self(text)),
            false => Err("a role's id has 26 letters and digits"),
        }
    }
}

impl From<RoleId> for String {
    fn from(id: RoleId) -> Self {
        id.0
    }
}

impl FromStr for RoleId {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl fmt::Display for RoleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The built-in role of application owners, which holds no permission: what they may do goes by the groups that they are in.
pub const OWNER_ROLE: &str = "0000000000000000000000APPQ";
/// The built-in role of those who belong to a domain and may do nothing there.
pub const NO_PRIVILEGES_ROLE: &str = "0000000000000000000000NPRV";
/// The built-in role that may do everything.
pub const ADMIN_ROLE: &str = "0000000000000000000000ADM1";
