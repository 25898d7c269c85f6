//! Making and changing a role.

use serde::{Deserialize, Serialize};

use super::{
    diff::RoleDiff,
    input::{RoleContent, RoleUpdate},
    queries::require,
    removal::DeleteRole,
    rules::{insert, require_changeable, taken},
    store::{self, Role},
    versions,
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
        error::{Error, Result},
    },
    model::id::RoleId,
};

/// Makes a role where the caller works.
#[derive(Clone, Debug)]
pub struct AddRole {
    /// Its own from now on.
    pub id: RoleId,
    /// What it is.
    pub content: RoleContent,
}

impl Command for AddRole {
    const ACTION: Action = Action::AddRole;
    type Done = Role;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Role>> {
        let content = &self.content;
        ctx.require_covers(&EffectivePermissions::of(ctx.scope, content.permissions()))?;
        let number = store::next_number(tx).await?;
        let role = Role::new((self.id.clone(), number), ctx.tenant(), content);
        insert(ctx, tx, &role, content).await?;
        let role = require(ctx, tx, &role.id).await?;
        let change = Change::new(Self::ACTION, role.target())
            .of(role.tenant_id)
            .after(role.state())
            .undo(&DeleteRole { role: role.id.clone(), version: role.version, unused: true });
        Ok(Applied::changed(role, change))
    }
}

/// Changes a role; refuses if somebody else changed it since `update.version`. What changes nothing makes no version.
#[derive(Clone, Debug)]
pub struct UpdateRole {
    /// Which.
    pub role: RoleId,
    /// To what.
    pub update: RoleUpdate,
}

impl Command for UpdateRole {
    const ACTION: Action = Action::UpdateRole;
    type Done = Role;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        let before = require(ctx, conn, &self.role).await?;
        let changed = before.permissions().differing(self.update.content.permissions());
        Ok(Some(Affected::role(&self.role, changed)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Role>> {
        update(ctx, tx, &self.role, &self.update).await
    }
}

async fn update(ctx: &Ctx, tx: &mut Tx, id: &RoleId, update: &RoleUpdate) -> Result<Applied<Role>> {
    let before = require(ctx, tx, id).await?;
    require_changeable(ctx, &before)?;
    if before.version != update.version {
        return Err(Error::Stale);
    }
    let content = &update.content;
    let kept = RoleContent { patterns: before.given(), ..RoleContent::from(&before) };
    if RoleDiff::between(&kept, content).is_empty() {
        return Ok(Applied::unchanged(before));
    }
    let changed = before.permissions().differing(content.permissions());
    ctx.require_covers(&EffectivePermissions::of(before.scope(), changed))?;
    let namesake = store::find_by_name(tx, &content.name, before.scope()).await?;
    if namesake.is_some_and(|role| role.id != before.id) {
        return Err(taken());
    }
    let watch = administrators::watch(ctx, tx).await?;
    if !store::update(tx, id, content, update.version).await? {
        return Err(Error::Stale);
    }
    store::set_patterns(tx, id, &content.patterns).await?;
    versions::keep_version(ctx, tx, id, content).await?;
    watch.check(ctx, tx).await?;
    let after = require(ctx, tx, id).await?;
    let change = updated(&before, &after, &content.reason);
    Ok(Applied::changed(after, change))
}

fn updated(before: &Role, after: &Role, reason: &str) -> Change {
    let mut state = after.state();
    if let Some(map) = state.as_object_mut().filter(|_| !reason.is_empty()) {
        map.insert("reason".into(), reason.into());
    }
    let back =
        RollBackRole { role: after.id.clone(), version: after.version, to: before.version, reason: String::new() };
    Change::new(Action::UpdateRole, after.target()).of(after.tenant_id).before(before.state()).after(state).undo(&back)
}

/// Makes a role what it was at an earlier version, as a new version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RollBackRole {
    /// Which.
    pub role: RoleId,
    /// The version that somebody looked at.
    pub version: i64,
    /// The version that it shall be again.
    pub to: i64,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: String,
}

impl Command for RollBackRole {
    const ACTION: Action = Action::UpdateRole;
    type Done = Role;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        let now = require(ctx, conn, &self.role).await?;
        let then = versions::version(conn, &self.role, self.to).await?.ok_or(Error::NotFound("version"))?;
        let changed = now.permissions().differing(RoleContent::from(&then).permissions());
        Ok(Some(Affected::role(&self.role, changed)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Role>> {
        require(ctx, tx, &self.role).await?;
        let then = versions::version(tx, &self.role, self.to).await?.ok_or(Error::NotFound("version"))?;
        let reason = match self.reason.as_str() {
            "" => format!("Version {} restored", self.to),
            reason => reason.to_owned(),
        };
        let content = RoleContent { reason, ..RoleContent::from(&then) };
        update(ctx, tx, &self.role, &RoleUpdate { content, version: self.version }).await
    }
}

impl UndoCommand for RollBackRole {
    const KIND: &'static str = "set-role";

    fn subject(&self) -> String {
        self.role.to_string()
    }
}
