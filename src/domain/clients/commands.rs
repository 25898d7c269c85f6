//! Making and rotating client credentials.

use serde_json::json;

use super::{
    credential::DeleteClient,
    input::NewClient,
    owners::require_not_above_caller,
    queries::taken,
    store::{self, Client},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        action::Action,
        command::{Applied, Command},
        credentials::Credential,
        ctx::Ctx,
        error::{Error, Refused, Result},
        groups,
        secrets::{new_token, token_hash},
        tenants,
    },
    model::{
        error::FieldErrors,
        id::{ClientId, ClientSecretId, GroupId, TenantId},
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
        require_not_above_caller(ctx, tx, (new.tenant, new.role), &new.groups).await?;
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
        let client = Client::require(ctx, tx, self.id).await?;
        let undo = DeleteClient { id: client.id, version: client.version };
        let change = client.change(Self::ACTION).after(client.state()).undo(&undo);
        Ok(Applied::changed(client, change))
    }
}

/// A group that credentials of `tenant` may work for.
pub async fn require_group(ctx: &Ctx, conn: &mut Conn, tenant: TenantId, group: GroupId) -> Result<()> {
    match groups::store::find(ctx.tenant(), conn, group).await? {
        Some(found) if found.tenant_id == tenant => Ok(()),
        _ => Err(FieldErrors::one("groups", "choose groups of the tenant").into()),
    }
}

/// Adds a secret beside the newest one, so that a program can change over; older ones end. Whoever gets it can act as the
/// program, so nobody rotates what may do more than they may. It can't be taken back: an ended secret never comes back.
#[derive(Clone, Debug)]
pub struct RotateClient {
    /// Which.
    pub client: ClientId,
    secret_hash: Vec<u8>,
    ends_all: bool,
}

impl RotateClient {
    /// The command, and the secret, which nobody can read again.
    #[must_use]
    pub fn prepare(client: ClientId) -> (Self, String) {
        let secret = new_token();
        (Self { client, secret_hash: token_hash(&secret), ends_all: false }, secret)
    }

    /// The same in place of all older ones, which end at once, and so do access tokens (contract 000, rule 2).
    #[must_use]
    pub fn prepare_reset(client: ClientId) -> (Self, String) {
        let (rotate, secret) = Self::prepare(client);
        (Self { ends_all: true, ..rotate }, secret)
    }
}

impl Command for RotateClient {
    const ACTION: Action = Action::RotateClient;
    type Done = Client;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Client>> {
        let client = Client::require(ctx, tx, self.client).await?;
        client.require_not_above_caller(ctx, tx).await?;
        let kept = if self.ends_all { 0 } else { SECRETS - 1 };
        let old = store::secrets(tx, client.id).await?;
        for secret in old.iter().skip(kept) {
            store::end_secret(tx, secret.id).await?;
        }
        if self.ends_all {
            store::end_tokens(tx, client.id, ctx.now()).await?;
        }
        store::add_secret(ctx.stamp(), tx, client.id, &self.secret_hash).await?;
        let ended = old.len().saturating_sub(kept);
        let client = Client::require(ctx, tx, client.id).await?;
        let change = client.change(Self::ACTION).after(json!({ "secrets ended": ended }));
        Ok(Applied::changed(client, change))
    }
}

/// Ends one of two secrets once the program changed over to the other, and refuses it at once. Access tokens that were got
/// with it work until they are over, an hour at most. It can't be taken back: an ended secret never comes back.
#[derive(Clone, Copy, Debug)]
pub struct EndClientSecret {
    /// Whose.
    pub client: ClientId,
    /// Which.
    pub secret: ClientSecretId,
}

impl Command for EndClientSecret {
    const ACTION: Action = Action::EndClientSecret;
    type Done = Client;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Client>> {
        let client = Client::require(ctx, tx, self.client).await?;
        let secrets = store::secrets(tx, client.id).await?;
        if !secrets.iter().any(|secret| secret.id == self.secret) {
            return Err(Error::NotFound("secret"));
        }
        if secrets.len() < SECRETS {
            return Err(Refused::OnlySecret.into());
        }
        store::end_secret(tx, self.secret).await?;
        let change = client.change(Self::ACTION).after(json!({ "secrets ended": 1 }));
        Ok(Applied::changed(client, change))
    }
}
