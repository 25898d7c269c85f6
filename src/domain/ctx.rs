//! Who is calling, and what a verb works with.

use std::{net::IpAddr, sync::Arc};

use uuid::Uuid;

use super::{
    clock::Clock,
    error::{Error, Result},
    passwords::Hasher,
    secrets::SecretKey,
};
use crate::{
    db::{Conn, Db, Tx},
    model::{
        id::{SessionId, UserId},
        permission::{Permission, PermissionSet},
        timestamp::Timestamp,
    },
};

/// What the whole process shares.
#[derive(Clone, Debug)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// Time and ids.
    pub clock: Clock,
    /// The bounded pool that hashes passwords.
    pub hasher: Hasher,
    /// The installation's key.
    pub key: Arc<SecretKey>,
}

/// Who is asking.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A stranger in a browser.
    Anonymous,
    /// Somebody signed in.
    User(Box<SignedInUser>),
    /// Whoever may run commands on the machine: may do everything.
    CommandLine,
}

/// A signed-in user, as this request found them.
#[derive(Clone, Debug)]
pub struct SignedInUser {
    /// Their id.
    pub id: UserId,
    /// Their display name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// The browser session this request came with.
    pub session: SessionId,
    /// What they may do everywhere, at this moment.
    pub permissions: PermissionSet,
}

/// Where a request came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address, if there is one.
    pub address: Option<IpAddr>,
    /// The request's id, the same in the log and on error pages.
    pub request_id: Option<Uuid>,
}

/// The first argument of every verb.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who is asking.
    pub caller: Caller,
    /// Where the request came from.
    pub origin: Origin,
    /// What the process shares.
    pub services: Services,
}

impl Ctx {
    /// A context for `caller`.
    #[must_use]
    pub fn new(services: Services, caller: Caller, origin: Origin) -> Self {
        Self { caller, origin, services }
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn> {
        Ok(self.services.db.read().await?)
    }

    /// A transaction for writing.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(self.services.db.begin().await?)
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.services.clock.now()
    }

    /// A new id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.services.clock.id()
    }

    /// What the caller may do everywhere.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        match &self.caller {
            Caller::Anonymous => PermissionSet::default(),
            Caller::User(user) => user.permissions,
            Caller::CommandLine => PermissionSet::all(),
        }
    }

    /// Whether the caller may do this.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions().contains(permission)
    }

    /// The first line of every verb.
    pub fn require(&self, permission: Permission) -> Result<()> {
        match self.caller {
            Caller::Anonymous => Err(Error::Unauthenticated),
            _ if self.may(permission) => Ok(()),
            _ => Err(Error::Forbidden(permission)),
        }
    }

    /// The signed-in user.
    pub fn user(&self) -> Result<&SignedInUser> {
        match &self.caller {
            Caller::User(user) => Ok(user),
            _ => Err(Error::Unauthenticated),
        }
    }

    /// The caller's user id, where they have one.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.user().ok().map(|user| user.id)
    }
}
