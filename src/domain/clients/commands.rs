//! Making, naming, locking and rotating client credentials.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    input::{ClientName, NewClient},
    queries::{require, require_not_above_caller, taken},
    removal::DeleteClient,
    store::{self, Client},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        action::Action,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Result},
        groups,
        secrets::{new_token, token_hash},
        tenants,
    },
    model::{
        error::FieldErrors,
        id::{ClientId, GroupId, TenantId},
    },
};

/// Secrets that work at once: the one in use and the one that takes its place.
const SECRETS: usize = 2;

/// Makes client credentials, with their first secret.
#[derive(Clone, Debug)]
pub struct AddClient {
    /// Their own from now on.
    pub id: ClientId,
    /// What they are.
    pub client: NewClient,
    secret_hash: Vec<u8>,
}

impl AddClient {
    /// The command, and the secret, which nobody can read again.
    #[must_use]
    pub fn prepare(ctx: &Ctx, client: NewClient) -> (Self, String) {
        let secret = new_token();
        (Self { id: ClientId(ctx.id()), client, secret_hash: token_hash(&secret) }, secret)
    }
}

impl Command for AddClient {
    const ACTION: Action = Action::AddClient;
    type Done = Client;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Client>> {
        let new = &self.client;
        let tenant = tenants::queries::require(ctx, tx, new.tenant).await;
        tenant.map_err(|error| error.in_form("tenant", "choose a tenant of the list"))?;
        require_not_above_caller(ctx, new.tenant, new.role)?;
        for group in &new.groups {
            require_group(ctx, tx, new.tenant, *group).await?;
        }
        if store::namesake(tx, new.tenant, &new.name).await?.is_some()
            || !store::insert(tx, self.id, new, ctx.now()).await?
        {
            return Err(taken());
        }
        for group in &new.groups {
            store::join(ctx.stamp(), tx, self.id, *group).await?;
        }
        store::add_secret(ctx.stamp(), tx, self.id, &self.secret_hash).await?;
        let client = require(ctx, tx, self.id).await?;
        let change = Change::new(Self::ACTION, client.target())
            .of(Some(client.tenant_id))
            .after(client.state())
            .undo(&DeleteClient { client: client.id, version: client.version });
        Ok(Applied::changed(client, change))
    }
}

/// A group that credentials of `tenant` may work for.
async fn require_group(ctx: &Ctx, conn: &mut Conn, tenant: TenantId, group: GroupId) -> Result<()> {
    match groups::store::find(ctx.tenant(), conn, group).await? {
        Some(found) if found.tenant_id == tenant => Ok(()),
        _ => Err(FieldErrors::one("groups", "choose groups of the tenant").into()),
    }
}

/// Gives client credentials another name; refuses if somebody else changed them since.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenameClient {
    /// Which.
    pub client: ClientId,
    /// What people shall call them.
    pub name: String,
    /// The version that somebody looked at.
    pub version: i64,
}

impl RenameClient {
    /// Of these credentials.
    #[must_use]
    pub fn to(client: ClientId, ClientName { name, version }: ClientName) -> Self {
        Self { client, name, version }
    }
}

impl Command for RenameClient {
    const ACTION: Action = Action::RenameClient;
    type Done = Client;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Client>> {
        let before = require(ctx, tx, self.client).await?;
        if before.version != self.version {
            return Err(Error::Stale);
        }
        if before.name == self.name {
            return Ok(Applied::unchanged(before));
        }
        if store::namesake(tx, before.tenant_id, &self.name).await?.is_some_and(|other| other != before.id) {
            return Err(taken());
        }
        if !store::rename(tx, before.id, &self.name, self.version, ctx.now()).await? {
            return Err(Error::Stale);
        }
        let after = require(ctx, tx, before.id).await?;
        let change = Change::new(Self::ACTION, after.target())
            .of(Some(after.tenant_id))
            .before(before.state())
            .after(after.state())
            .undo(&Self { client: after.id, name: before.name, version: after.version });
        Ok(Applied::changed(after, change))
    }
}

impl UndoCommand for RenameClient {
    const KIND: &'static str = "rename-client";

    fn subject(&self) -> String {
        self.client.to_string()
    }
}

/// Locks client credentials out: their secrets and tokens are refused at once. Doing it twice is not an error.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DisableClient {
    /// Which.
    pub client: ClientId,
}

impl Command for DisableClient {
    const ACTION: Action = Action::DisableClient;
    type Done = Client;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Client>> {
        let client = require(ctx, tx, self.client).await?;
        if client.disabled_at.is_some() {
            return Ok(Applied::unchanged(client));
        }
        store::set_disabled(tx, client.id, Some(ctx.now()), ctx.now()).await?;
        let change = Change::new(Self::ACTION, client.target())
            .of(Some(client.tenant_id))
            .before(json!({ "status": "active" }))
            .after(json!({ "status": "disabled" }))
            .undo(&EnableClient { client: client.id });
        Ok(Applied::changed(require(ctx, tx, client.id).await?, change))
    }
}

impl UndoCommand for DisableClient {
    const KIND: &'static str = "disable-client";

    fn subject(&self) -> String {
        self.client.to_string()
    }
}

/// Lets client credentials in again. Doing it twice is not an error.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct EnableClient {
    /// Which.
    pub client: ClientId,
}

impl Command for EnableClient {
    const ACTION: Action = Action::EnableClient;
    type Done = Client;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Client>> {
        let client = require(ctx, tx, self.client).await?;
        if client.disabled_at.is_none() {
            return Ok(Applied::unchanged(client));
        }
        require_not_above_caller(ctx, client.tenant_id, client.role)?;
        store::set_disabled(tx, client.id, None, ctx.now()).await?;
        let change = Change::new(Self::ACTION, client.target())
            .of(Some(client.tenant_id))
            .before(json!({ "status": "disabled" }))
            .after(json!({ "status": "active" }))
            .undo(&DisableClient { client: client.id });
        Ok(Applied::changed(require(ctx, tx, client.id).await?, change))
    }
}

impl UndoCommand for EnableClient {
    const KIND: &'static str = "enable-client";

    fn subject(&self) -> String {
        self.client.to_string()
    }
}

/// Adds a secret beside the newest one, so that a program can change over; older ones end. Whoever gets it can act as the
/// program, so nobody rotates what may do more than they may. It can't be taken back: an ended secret never comes back.
#[derive(Clone, Debug)]
pub struct RotateClient {
    /// Which.
    pub client: ClientId,
    secret_hash: Vec<u8>,
}

impl RotateClient {
    /// The command, and the secret, which nobody can read again.
    #[must_use]
    pub fn prepare(client: ClientId) -> (Self, String) {
        let secret = new_token();
        (Self { client, secret_hash: token_hash(&secret) }, secret)
    }
}

impl Command for RotateClient {
    const ACTION: Action = Action::RotateClient;
    type Done = Client;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Client>> {
        let client = require(ctx, tx, self.client).await?;
        require_not_above_caller(ctx, client.tenant_id, client.role)?;
        let old = store::secrets(tx, client.id).await?;
        for secret in old.iter().skip(SECRETS - 1) {
            store::end_secret(tx, secret.id).await?;
        }
        store::add_secret(ctx.stamp(), tx, client.id, &self.secret_hash).await?;
        let ended = old.len().saturating_sub(SECRETS - 1);
        let change = Change::new(Self::ACTION, client.target())
            .of(Some(client.tenant_id))
            .after(json!({ "secrets ended": ended }));
        Ok(Applied::changed(client, change))
    }
}
