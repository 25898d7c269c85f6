//! Client credentials as credentials: named, locked out and deleted as tokens and key pairs are.

use serde_json::Value;

use super::{
    input::NAME_MAX,
    owners::require_not_above_caller,
    queries::taken,
    store::{self, Client, Listed},
};
use crate::{
    db::{self, Conn, Tx},
    domain::{
        action::Action,
        attention::Life,
        change::Target,
        clock::exact,
        credentials::{Credential, Delete, Disable, Enable, Named, Rename},
        ctx::Ctx,
        error::{Error, Result},
    },
    model::{
        id::{ClientId, GroupId, TenantId},
        timestamp::Timestamp,
    },
};

/// See [`Rename`].
pub type RenameClient = Rename<Client>;
/// See [`Disable`]; their access tokens are refused, too.
pub type DisableClient = Disable<Client>;
/// See [`Enable`].
pub type EnableClient = Enable<Client>;
/// See [`Delete`]; their secrets and access tokens go with them.
pub type DeleteClient = Delete<Client>;

impl Client {
    /// What there is to look at for whoever answers for them. What a role allows is fixed, so none of it is too much.
    #[must_use]
    pub fn life(&self) -> Life {
        Life::of((self.created_at, self.last_used_at, self.expires_at), self.disabled_at)
    }
}

impl Listed {
    /// See [`Client::life`].
    #[must_use]
    pub fn life(&self) -> Life {
        Life::of((self.created_at, self.last_used_at, self.expires_at), self.disabled_at)
    }
}

impl Credential for Client {
    type Id = ClientId;
    const NAME_MAX: usize = NAME_MAX;
    const RENAME: Named = Named { action: Action::RenameClient, kind: "rename-client" };
    const DISABLE: Named = Named { action: Action::DisableClient, kind: "disable-client" };
    const ENABLE: Named = Named { action: Action::EnableClient, kind: "enable-client" };
    const DELETE: Named = Named { action: Action::DeleteClient, kind: "delete-client" };

    async fn require(ctx: &Ctx, conn: &mut Conn, id: ClientId) -> Result<Self> {
        store::find(ctx.tenant(), conn, id).await?.ok_or(Error::NotFound("client"))
    }

    async fn require_not_above_caller(&self, ctx: &Ctx, conn: &mut Conn) -> Result<()> {
        let groups: Vec<GroupId> = store::groups(conn, self.id).await?.into_iter().map(|(id, _)| id).collect();
        require_not_above_caller(ctx, conn, (self.tenant_id, self.role), &groups).await
    }

    async fn namesake(&self, conn: &mut Conn, name: &str) -> Result<Option<Error>> {
        let other = store::namesake(conn, self.tenant_id, name).await?;
        Ok(other.filter(|other| *other != self.id).map(|_| taken()))
    }

    async fn rename(tx: &mut Tx, id: ClientId, name: &str, seen: i64, now: Timestamp) -> db::Result<bool> {
        store::rename(tx, id, name, seen, now).await
    }

    async fn set_disabled(tx: &mut Tx, id: ClientId, at: Option<Timestamp>, now: Timestamp) -> db::Result<()> {
        store::set_disabled(tx, id, at, now).await
    }

    async fn delete(tx: &mut Tx, id: ClientId) -> db::Result<()> {
        store::delete(tx, id).await
    }

    fn id(&self) -> ClientId {
        self.id
    }

    fn tenant(&self) -> Option<TenantId> {
        Some(self.tenant_id)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn is_disabled(&self) -> bool {
        self.disabled_at.is_some()
    }

    fn target(&self) -> Target {
        Target::client(self.id, &self.name)
    }

    fn state(&self) -> Value {
        serde_json::json!({
            "name": self.name,
            "role": self.role,
            "tenant": self.tenant_name,
            "allowed from": self.allowed_from,
            "until": self.expires_at.map(exact),
        })
    }
}
