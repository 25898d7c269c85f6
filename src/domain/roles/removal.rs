//! Deleting a role, and bringing it back.

use serde::{Deserialize, Serialize};

use super::{
    input::RoleContent,
    queries::require,
    rules::{insert, require_changeable},
    store::{self, Role},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        access::{administrators, effective::EffectivePermissions},
        action::Action,
        affected::Affected,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        deleted,
        error::{Error, Result},
        grants,
    },
    model::{id::RoleId, permission::PermissionSet},
};

/// Removes a role and takes it from everybody who holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeleteRole {
    /// Which.
    pub role: RoleId,
    /// The version that somebody looked at.
    pub version: i64,
    /// Only if it was given to nobody yet: this takes back that it was made.
    #[serde(default)]
    pub unused: bool,
}

impl Command for DeleteRole {
    const ACTION: Action = Action::DeleteRole;
    type Done = Role;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        let lost = require(ctx, conn, &self.role).await?.permissions();
        Ok(Some(Affected::role(&self.role, lost)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Role>> {
        let id = &self.role;
        if self.unused && grants::store::is_given(tx, id).await? {
            return Err(Error::Stale);
        }
        let role = require(ctx, tx, id).await?;
        require_changeable(ctx, &role)?;
        if role.version != self.version {
            return Err(Error::Stale);
        }
        ctx.require_covers(&EffectivePermissions::of(role.scope(), role.permissions()))?;
        let watch = administrators::watch(ctx, tx).await?;
        deleted::roles::keep_role(ctx, tx, &role).await?;
        store::delete(tx, id).await?;
        watch.check(ctx, tx).await?;
        let change = Change::new(Self::ACTION, role.target())
            .of(role.tenant_id)
            .before(role.state())
            .undo(&RestoreRole { role: id.clone() });
        Ok(Applied::changed(role, change))
    }
}

impl UndoCommand for DeleteRole {
    const KIND: &'static str = "delete-role";

    fn subject(&self) -> String {
        self.role.to_string()
    }
}

/// Brings a deleted role back, with the grants whose holders are still there.
#[derive(Debug, Serialize, Deserialize)]
pub struct RestoreRole {
    role: RoleId,
}

impl Command for RestoreRole {
    const ACTION: Action = Action::RestoreRole;
    type Done = Role;

    async fn affects(&self, _: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        let held = deleted::size::people_of_role(conn, &self.role).await?;
        Ok(Some(Affected::role(&self.role, PermissionSet::NONE).known_after(held)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Role>> {
        let id = &self.role;
        let kept = deleted::roles::take_role(tx, id).await?;
        if ctx.tenant().is_some() && ctx.tenant() != kept.tenant_id {
            return Err(Error::NotFound("role"));
        }
        let (name, description, patterns) = (kept.name, kept.description, kept.patterns);
        let content = RoleContent { name, description, patterns, reason: "Restored".into() };
        ctx.require_covers(&EffectivePermissions::of(kept.tenant_id.into(), content.permissions()))?;
        let number = match kept.number {
            Some(number) => number,
            None => store::next_number(tx).await?,
        };
        let mut role = Role::new((id.clone(), number), kept.tenant_id, &content);
        role.version = kept.version + 1;
        insert(ctx, tx, &role, &content).await?;
        store::require_factor(tx, id, kept.second_factor_required).await?;
        deleted::roles::give_back(tx, id).await?;
        let role = require(ctx, tx, id).await?;
        let change = Change::new(Self::ACTION, role.target())
            .of(role.tenant_id)
            .after(role.state())
            .undo(&DeleteRole { role: id.clone(), version: role.version, unused: false });
        Ok(Applied::changed(role, change))
    }
}

impl UndoCommand for RestoreRole {
    const KIND: &'static str = "restore-role";

    fn subject(&self) -> String {
        self.role.to_string()
    }
}
