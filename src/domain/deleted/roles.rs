//! Deleted roles.

use serde::{Deserialize, Serialize};

use super::store::{keep, take};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        error::Result,
        grants::{self, Grant},
        roles::Role,
        ulid,
    },
    model::id::{RoleId, TenantId},
};

/// A role as it was.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptRole {
    /// Its number; absent from what was kept before numbers were.
    pub number: Option<i64>,
    /// The tenant it belonged to.
    pub tenant_id: Option<TenantId>,
    /// Its name.
    pub name: String,
    /// What it was for.
    pub description: String,
    /// What it allowed.
    pub patterns: Vec<String>,
    /// Its last version.
    pub version: i64,
    /// Who held it.
    pub grants: Vec<Grant>,
}

/// Keeps a role that is about to be removed.
pub async fn keep_role(ctx: &Ctx, tx: &mut Tx, role: &Role) -> Result<()> {
    let kept = KeptRole {
        number: Some(role.number),
        tenant_id: role.tenant_id,
        name: role.name.clone(),
        description: role.description.clone(),
        patterns: role.patterns(),
        version: role.version,
        grants: grants::of_role(tx, &role.id).await?,
    };
    // Built-in roles, whose ids are no ULIDs, are never deleted.
    keep(ctx, tx, (ulid::bits(&role.id), "role", &role.id.0), &kept).await
}

/// Takes back what was kept of a role.
pub async fn take_role(tx: &mut Tx, id: &RoleId) -> Result<KeptRole> {
    take(tx, ulid::bits(id), "role").await
}
