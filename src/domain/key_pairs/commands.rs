//! Making and rotating key pairs.

use super::{
    credential::{DeleteKeyPair, purpose, require_not_above_caller},
    input::NewKeyPair,
    store::{self, KeyPair, allowed},
};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        command::{Applied, Command},
        credentials::Credential,
        ctx::Ctx,
        error::Result,
        secrets::{new_digits, new_token},
        tenants,
    },
    model::{error::FieldErrors, id::KeyPairId, tenant::TenantKind},
};

/// Makes a key pair.
#[derive(Clone, Debug)]
pub struct AddKeyPair {
    /// Its own from now on.
    pub id: KeyPairId,
    /// What it is.
    pub pair: NewKeyPair,
    key: String,
    sealed: Vec<u8>,
}

impl AddKeyPair {
    /// The command, and the secret, which nobody is shown again.
    #[must_use]
    pub fn prepare(ctx: &Ctx, pair: NewKeyPair) -> (Self, String) {
        let (id, key, secret) = (KeyPairId(ctx.id()), new_digits(), new_token());
        let sealed = ctx.services.key.seal(&purpose(id), secret.as_bytes());
        (Self { id, pair, key, sealed }, secret)
    }
}

impl Command for AddKeyPair {
    const ACTION: Action = Action::AddKeyPair;
    type Done = KeyPair;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<KeyPair>> {
        let new = &self.pair;
        let tenant = tenants::queries::require(ctx, tx, new.tenant).await;
        let tenant = tenant.map_err(|error| error.in_form("tenant", "choose a tenant of the list"))?;
        if new.expires_at.is_some_and(|end| end <= ctx.now()) {
            return Err(FieldErrors::one("expires", "choose an end that is still to come").into());
        }
        let (permissions, is_resellers) = (allowed(&new.permissions.join(" ")), tenant.kind == TenantKind::Reseller);
        require_not_above_caller(ctx, (tenant.id, is_resellers), permissions)?;
        store::insert(tx, self.id, new, (&self.key, &self.sealed), ctx.now()).await?;
        let pair = KeyPair::require(ctx, tx, self.id).await?;
        let undo = DeleteKeyPair { id: pair.id, version: pair.version };
        let change = pair.change(Self::ACTION).after(pair.state()).undo(&undo);
        Ok(Applied::changed(pair, change))
    }
}

/// Gives a key pair another secret; the one before is refused at once. It can't be taken back.
#[derive(Clone, Debug)]
pub struct RotateKeyPair {
    /// Which.
    pub pair: KeyPairId,
    sealed: Vec<u8>,
}

impl RotateKeyPair {
    /// The command, and the new secret, which nobody is shown again.
    #[must_use]
    pub fn prepare(ctx: &Ctx, pair: KeyPairId) -> (Self, String) {
        let secret = new_token();
        (Self { pair, sealed: ctx.services.key.seal(&purpose(pair), secret.as_bytes()) }, secret)
    }
}

impl Command for RotateKeyPair {
    const ACTION: Action = Action::RotateKeyPair;
    type Done = KeyPair;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<KeyPair>> {
        let pair = KeyPair::require(ctx, tx, self.pair).await?;
        pair.require_not_above_caller(ctx, tx).await?;
        store::rotate(tx, pair.id, &self.sealed, ctx.now()).await?;
        let change = pair.change(Self::ACTION);
        Ok(Applied::changed(pair, change))
    }
}
