//! Key pairs as credentials: named, locked out and deleted as client credentials and tokens are.

use serde_json::Value;

use super::{
    input::NAME_MAX,
    store::{self, KeyPair, allowed},
};
use crate::{
    db::{self, Conn, Tx},
    domain::{
        access::effective::EffectivePermissions,
        action::Action,
        change::Target,
        clock::exact,
        credentials::{Credential, Delete, Disable, Enable, Named, Rename},
        ctx::Ctx,
        error::{Error, Result},
    },
    model::{
        id::{KeyPairId, TenantId},
        permission::PermissionSet,
        scope::Scope,
        timestamp::Timestamp,
    },
};

/// See [`Rename`].
pub type RenameKeyPair = Rename<KeyPair>;
/// See [`Disable`].
pub type DisableKeyPair = Disable<KeyPair>;
/// See [`Enable`].
pub type EnableKeyPair = Enable<KeyPair>;
/// See [`Delete`].
pub type DeleteKeyPair = Delete<KeyPair>;

/// What the secret of a pair is sealed for.
#[must_use]
pub fn purpose(id: KeyPairId) -> String {
    format!("key pair {id}")
}

/// Nobody makes a way to more than they may do themselves. A reseller's pair reaches domains that aren't there yet, so
/// whoever has a hand in one may do everywhere what it may.
pub fn require_not_above_caller(
    ctx: &Ctx,
    (tenant, is_resellers): (TenantId, bool),
    permissions: PermissionSet,
) -> Result<()> {
    let scope = if is_resellers { Scope::Everywhere } else { Scope::Tenant(tenant) };
    ctx.require_covers(&EffectivePermissions::of(scope, permissions))
}

impl Credential for KeyPair {
    type Id = KeyPairId;
    const NAME_MAX: usize = NAME_MAX;
    const RENAME: Named = Named { action: Action::RenameKeyPair, kind: "rename-key-pair" };
    const DISABLE: Named = Named { action: Action::DisableKeyPair, kind: "disable-key-pair" };
    const ENABLE: Named = Named { action: Action::EnableKeyPair, kind: "enable-key-pair" };
    const DELETE: Named = Named { action: Action::DeleteKeyPair, kind: "delete-key-pair" };

    async fn require(ctx: &Ctx, conn: &mut Conn, id: KeyPairId) -> Result<Self> {
        store::find(ctx.tenant(), conn, id).await?.ok_or(Error::NotFound("key pair"))
    }

    async fn require_not_above_caller(&self, ctx: &Ctx, _: &mut Conn) -> Result<()> {
        require_not_above_caller(ctx, (self.tenant_id, self.is_resellers), allowed(&self.permissions))
    }

    async fn namesake(&self, _: &mut Conn, _: &str) -> Result<Option<Error>> {
        Ok(None)
    }

    async fn rename(tx: &mut Tx, id: KeyPairId, name: &str, seen: i64, now: Timestamp) -> db::Result<bool> {
        store::rename(tx, id, name, seen, now).await
    }

    async fn set_disabled(tx: &mut Tx, id: KeyPairId, at: Option<Timestamp>, now: Timestamp) -> db::Result<()> {
        store::set_disabled(tx, id, at, now).await
    }

    async fn delete(tx: &mut Tx, id: KeyPairId) -> db::Result<()> {
        store::delete(tx, id).await
    }

    fn id(&self) -> KeyPairId {
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
        Target::key_pair(self.id, &self.name)
    }

    fn state(&self) -> Value {
        serde_json::json!({
            "name": self.name,
            "tenant": self.tenant_name,
            "permissions": self.permissions,
            "allowed from": self.allowed_from,
            "until": self.expires_at.map(exact),
        })
    }
}
