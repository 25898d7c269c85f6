//! Who is calling, and what an action works with.

use std::{net::IpAddr, sync::Arc};

use uuid::Uuid;

use super::{
    access::effective::{EffectivePermissions, Reach},
    action::Action,
    calling::{Caller, CallingClient, CallingUser, Lack, Proof},
    clock::Clock,
    error::{Error, Refused, Result},
    passwords::hasher::Hasher,
    refusals::kind::Refusals,
    secrets::SecretKey,
    usage::memory::{UsedBy, Uses},
};
use crate::{
    db::{Db, Joint, Reader, Reading, Tx},
    model::{
        id::{EventId, SessionId, TenantId, UserId},
        permission::{Permission, PermissionSet},
        scope::Scope,
        stamp::Stamp,
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
    /// What was refused, counted.
    pub refusals: Arc<Refusals>,
    /// Which tokens, clients and key pairs were used, until it is written down.
    pub uses: Arc<Uses>,
}

/// Where a request came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address, if there is one.
    pub address: Option<IpAddr>,
    /// The request's id, the same in the log and on error pages.
    pub request_id: Option<Uuid>,
}

/// The first argument of every action.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who is asking.
    pub caller: Caller,
    /// Where they work: what belongs to another tenant is not there.
    pub scope: Scope,
    /// Where the request came from.
    pub origin: Origin,
    /// What the process shares.
    pub services: Services,
    /// What time it is for this request or change; the clock's, if nobody has looked yet.
    moment: Option<Timestamp>,
    /// What its request reads.
    reader: Option<Reader>,
    /// What its request writes, where that is committed at once at its end.
    joint: Option<Joint>,
    undoing: Option<EventId>,
    /// What the caller holds in the first tenant counts in the second, too: a child of it.
    reaching: Option<(TenantId, TenantId)>,
}

impl Ctx {
    /// A context for `caller`, who works everywhere.
    #[must_use]
    pub fn new(services: Services, caller: Caller, origin: Origin) -> Self {
        Self {
            caller,
            scope: Scope::Everywhere,
            origin,
            services,
            moment: None,
            reader: None,
            joint: None,
            undoing: None,
            reaching: None,
        }
    }

    /// The same context for whoever proved to be `caller`.
    #[must_use]
    pub fn called_by(self, caller: Caller) -> Self {
        Self { caller, ..self }
    }

    /// The same caller working in `scope`.
    #[must_use]
    pub fn working_in(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// The same caller working in `child`, where what they hold in its `parent` counts, too. Whoever calls this has looked
    /// whether it is one, and whether the caller is an administrator of the parent ([`tenants::acting`]).
    ///
    /// [`tenants::acting`]: super::tenants::acting
    #[must_use]
    pub fn reaching_down(self, parent: TenantId, child: TenantId) -> Self {
        Self { reaching: Some((parent, child)), ..self }.working_in(Scope::Tenant(child))
    }

    /// The same context at one moment: time stands still for whoever works with it.
    #[must_use]
    pub fn at(&self, moment: Timestamp) -> Self {
        Self { moment: Some(moment), ..self.clone() }
    }

    /// The same context for taking back an event: what is recorded names it.
    #[must_use]
    pub fn undoing(&self, event: EventId) -> Self {
        Self { undoing: Some(event), ..self.clone() }
    }

    /// The event that is being taken back, if one is.
    #[must_use]
    pub const fn undone_event(&self) -> Option<EventId> {
        self.undoing
    }

    /// The tenant that the caller works in; `None` for everywhere.
    #[must_use]
    pub const fn tenant(&self) -> Option<TenantId> {
        self.scope.tenant()
    }

    /// The same context, reading what `reader` reads: all of it of one moment.
    #[must_use]
    pub fn reading(self, reader: Reader) -> Self {
        Self { reader: Some(reader), ..self }
    }

    /// The same context, of which all that is written waits to be committed at once.
    #[must_use]
    pub fn writing_into(self, joint: Joint) -> Self {
        Self { joint: Some(joint), ..self }
    }

    /// A connection for reading: the request's own, or any where no request is answered.
    pub async fn read(&self) -> Result<Reading> {
        if let Some(joint) = &self.joint
            && let Some(written) = Reading::of_written(joint).await
        {
            return Ok(written);
        }
        Ok(match &self.reader {
            Some(reader) => reader.read().await?,
            None => Reading::alone(self.services.db.read().await?),
        })
    }

    /// A transaction for a command. Whoever waits for it holds no connection.
    pub async fn begin(&self) -> Result<Tx> {
        let Some(joint) = &self.joint else {
            self.pause_reading().await;
            return Ok(self.services.db.begin().await?);
        };
        match joint.resume().await {
            Some(tx) => Ok(tx),
            None => {
                self.pause_reading().await;
                Ok(joint.hold(self.services.db.begin().await?))
            }
        }
    }

    /// A transaction for what no rule looks at: see [`Db::begin_unlocked`].
    pub async fn begin_unlocked(&self) -> Result<Tx> {
        // What was written waits with the only turn to write, so it is gone on with.
        if let Some(joint) = &self.joint
            && let Some(tx) = joint.resume().await
        {
            return Ok(tx);
        }
        self.pause_reading().await;
        Ok(self.services.db.begin_unlocked().await?)
    }

    /// What hashes passwords, which takes long. Whoever waits for it holds no connection.
    pub async fn hasher(&self) -> &Hasher {
        self.pause_reading().await;
        &self.services.hasher
    }

    async fn pause_reading(&self) {
        if let Some(reader) = &self.reader {
            reader.pause().await;
        }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.moment.unwrap_or_else(|| self.services.clock.now())
    }

    /// A new id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.services.clock.id()
    }

    /// What a row is marked with that is made now.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp { id: self.id(), at: self.now(), by: self.user_id() }
    }

    /// What the caller may do, by where.
    #[must_use]
    pub fn effective(&self) -> EffectivePermissions {
        let mut effective = match &self.caller {
            Caller::Anonymous => EffectivePermissions::default(),
            Caller::User(user) => user.effective.clone(),
            Caller::Client(client) => client.effective.clone(),
            Caller::KeyPair(pair) => pair.effective.clone(),
            Caller::CommandLine | Caller::System => EffectivePermissions::all(),
        };
        if let Some((parent, child)) = self.reaching {
            effective.add(Scope::Tenant(child), effective.at(Scope::Tenant(parent)));
        }
        effective
    }

    /// What the caller may do where they work.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        let held = |scope| match &self.caller {
            Caller::Anonymous => PermissionSet::default(),
            Caller::User(user) => user.effective.at(scope),
            Caller::Client(client) => client.effective.at(scope),
            Caller::KeyPair(pair) => pair.effective.at(scope),
            Caller::CommandLine | Caller::System => PermissionSet::all(),
        };
        match self.reaching {
            Some((parent, child)) if self.scope == Scope::Tenant(child) => {
                held(self.scope).union(held(Scope::Tenant(parent)))
            }
            _ => held(self.scope),
        }
    }

    /// Whether the caller may do this where they work.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions().contains(permission)
    }

    /// The first line of every action.
    pub fn require(&self, action: Action) -> Result<()> {
        match (&self.caller, action.permission()) {
            (Caller::Anonymous, _) => Err(Error::Unauthenticated),
            (Caller::User(user), _) if user.lacks.is_some_and(|lack| !lack.allows(action)) => {
                Err(user.lacks.map_or(Error::Unauthenticated, Lack::error))
            }
            (_, Some(permission)) if !self.may(permission) => Err(Error::Forbidden(permission)),
            _ if action.needs_fresh_proof() && self.require_fresh().is_err() => Err(Error::ProofTooOld),
            (_, permission) => {
                self.note_use(permission);
                Ok(())
            }
        }
    }

    /// What belongs to the installation is not there in a tenant; `noun` is what it is.
    pub fn require_everywhere(&self, noun: &'static str) -> Result<()> {
        match self.tenant() {
            None => Ok(()),
            Some(_) => Err(Error::NotFound(noun)),
        }
    }

    /// Refuses whoever proved in their session too long ago who they are.
    pub fn require_fresh(&self) -> Result<()> {
        match &self.caller {
            Caller::User(user) if !user.is_fresh(self.now()) => Err(Error::ProofTooOld),
            _ => Ok(()),
        }
    }

    /// The first line of what one of several permissions is enough for, wherever it is held: where that is.
    pub fn require_any(&self, permissions: &[Permission]) -> Result<Reach> {
        if matches!(self.caller, Caller::Anonymous) {
            return Err(Error::Unauthenticated);
        }
        if let Some(lack) = self.user().ok().and_then(|user| user.lacks) {
            return Err(lack.error());
        }
        let held = permissions.iter().find(|permission| self.effective().anywhere().contains(**permission));
        match self.effective().reach(permissions).zip(held) {
            Some((reach, held)) => {
                self.note_use(Some(*held));
                Ok(reach)
            }
            None => Err(permissions.first().map_or(Error::Unauthenticated, |first| Error::Forbidden(*first))),
        }
    }

    /// Notes that the token, the client or the key pair that is calling was used, and for what.
    pub fn note_use(&self, permission: Option<Permission>) {
        if let Some(by) = self.used_by() {
            self.services.uses.note(by, self.now(), self.origin.address, permission);
        }
    }

    fn used_by(&self) -> Option<UsedBy> {
        match &self.caller {
            Caller::User(user) => match user.by {
                Proof::Token(token, _) => Some(UsedBy::Token(token)),
                _ => None,
            },
            Caller::Client(client) => Some(UsedBy::Client(client.id)),
            Caller::KeyPair(pair) => Some(UsedBy::KeyPair(pair.id)),
            Caller::Anonymous | Caller::CommandLine | Caller::System => None,
        }
    }

    /// Nobody gives, takes or reaches what they lack themselves.
    pub fn require_covers(&self, other: &EffectivePermissions) -> Result<()> {
        let held = self.effective();
        match held.covers(other) {
            true => Ok(()),
            false => Err(Refused::MoreThanYourself(held.lacks(other, self.scope)).into()),
        }
    }

    /// The calling user.
    pub fn user(&self) -> Result<&CallingUser> {
        match &self.caller {
            Caller::User(user) => Ok(user),
            _ => Err(Error::Unauthenticated),
        }
    }

    /// The browser session that this request came with.
    pub fn session(&self) -> Result<SessionId> {
        match self.user()?.by {
            Proof::Session(session) => Ok(session),
            _ => Err(Error::Unauthenticated),
        }
    }

    /// The calling program.
    pub fn client(&self) -> Result<&CallingClient> {
        match &self.caller {
            Caller::Client(client) => Ok(client),
            _ => Err(Error::Unauthenticated),
        }
    }

    /// The caller's user id, where they have one.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.user().ok().map(|user| user.id)
    }
}
