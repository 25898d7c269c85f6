//! What making, changing and restoring a role have in common.

use super::{
    input::RoleContent,
    store::{self, Role},
    versions,
};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
    model::error::FieldErrors,
};

/// Inserts a role with what it allows and its first version.
pub async fn insert(ctx: &Ctx, tx: &mut Tx, role: &Role, content: &RoleContent) -> Result<()> {
    if !store::insert(ctx.stamp(), tx, role).await? {
        return Err(taken());
    }
    store::set_patterns(tx, &role.id, &content.patterns).await?;
    versions::keep_version(ctx, tx, &role.id, content).await
}

/// Why a role can't have a name.
pub fn taken() -> Error {
    FieldErrors::taken("name", "there is already a role of this name").into()
}

/// Built-in roles never change, and those of the installation only from outside of tenants.
pub fn require_changeable(ctx: &Ctx, role: &Role) -> Result<()> {
    if role.builtin {
        return Err(Refused::BuiltIn.into());
    }
    match ctx.tenant().is_some() && role.tenant_id.is_none() {
        true => Err(Refused::OfInstallation.into()),
        false => Ok(()),
    }
}
