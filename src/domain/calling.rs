//! The kinds of callers, as a request found them.

use super::{access::effective::EffectivePermissions, action::Action, error::Error};
use crate::model::{
    client::ClientRole,
    id::{ClientId, ClientSecretId, KeyPairId, SessionId, TenantId, TokenId, UserId},
    permission::PermissionSet,
    timestamp::Timestamp,
};

/// Who is asking.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A stranger in a browser.
    Anonymous,
    /// Somebody signed in, or a program that carries a token of theirs.
    User(Box<CallingUser>),
    /// A program that proved itself by client credentials, or carries an access token that was given for them.
    Client(Box<CallingClient>),
    /// A program that signed its request with a key pair.
    KeyPair(Box<CallingKeyPair>),
    /// Whoever may run commands on the machine: may do everything.
    CommandLine,
    /// The server itself, at its regular work.
    System,
}

/// What a caller came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The cookie of a browser session.
    Session(SessionId),
    /// A token, and what people call it.
    Token(TokenId, String),
    /// A secret of client credentials.
    Secret(ClientSecretId),
}

/// What keeps somebody who carries a token from doing anything else (contract 000, rules 7 and 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A password of their own: they signed in with a temporary one.
    Password,
    /// An address that is confirmed.
    Address,
}

impl Lack {
    /// Whether they may do this all the same.
    #[must_use]
    pub const fn allows(self, action: Action) -> bool {
        match self {
            Self::Password => matches!(action, Action::ChangePassword),
            Self::Address => matches!(action, Action::ChangePassword | Action::SendOwnVerification),
        }
    }

    /// Why they may not do anything else.
    #[must_use]
    pub const fn error(self) -> Error {
        match self {
            Self::Password => Error::MustChangePassword,
            Self::Address => Error::MustConfirmAddress,
        }
    }
}

/// A user, as this request found them.
#[derive(Clone, Debug)]
pub struct CallingUser {
    /// Their id.
    pub id: UserId,
    /// Their display name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What this request came with.
    pub by: Proof,
    /// What they may do at this moment, by where: by a token, no more than that allows.
    pub effective: EffectivePermissions,
    /// What a token allows at most, wherever; everything without one.
    pub bounds: PermissionSet,
    /// What they must do before anything else.
    pub lacks: Option<Lack>,
    /// When they last proved in their session who they are; `None` by a token, which proves nothing about a person.
    pub proved_at: Option<Timestamp>,
}

/// How long a proof of who somebody is counts for what opens accounts, in seconds.
pub const FRESH: i64 = 10 * 60;

impl CallingUser {
    /// Whether they may do now what needs a fresh proof. A token was made by whoever had one, and is bounded by itself.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.proved_at.is_none_or(|at| now < at.plus_seconds(FRESH))
    }
}

/// Client credentials, as this request found them.
#[derive(Clone, Debug)]
pub struct CallingClient {
    /// Their id.
    pub id: ClientId,
    /// What people call them.
    pub name: String,
    /// The tenant that they belong to.
    pub tenant: TenantId,
    /// What they may be used for.
    pub role: ClientRole,
    /// What this request came with.
    pub by: Proof,
    /// What they may do at this moment, by where.
    pub effective: EffectivePermissions,
}

/// A key pair, as this request found it.
#[derive(Clone, Debug)]
pub struct CallingKeyPair {
    /// Its id.
    pub id: KeyPairId,
    /// What people call it.
    pub name: String,
    /// The tenant that it belongs to.
    pub tenant: TenantId,
    /// Whether it reaches the domains of that tenant, too.
    pub is_resellers: bool,
    /// What it may do there at this moment.
    pub permissions: PermissionSet,
    /// What it may do where it works.
    pub effective: EffectivePermissions,
}
