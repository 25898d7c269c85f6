//! Making and changing groups, and who comes into them and who goes.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    closure,
    input::{GroupUpdate, NewGroup},
    member_store,
    queries::{require, require_not_above_caller, taken},
    removal::DeleteGroup,
    store::{self, Group},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        access::{self, administrators},
        action::Action,
        affected::Affected,
        change::Change,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::{Error, Refused, Result},
        tenants, users,
    },
    model::{error::FieldErrors, id::GroupId, permission::PermissionSet, principal::Principal},
};

/// Makes a group.
#[derive(Clone, Debug)]
pub struct AddGroup {
    /// Its own from now on.
    pub id: GroupId,
    /// What it is.
    pub group: NewGroup,
}

impl Command for AddGroup {
    const ACTION: Action = Action::AddGroup;
    type Done = Group;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Group>> {
        let found = match self.group.tenant.or(ctx.tenant()) {
            Some(wanted) => tenants::queries::require(ctx, tx, wanted).await,
            None => Err(Error::NotFound("tenant")),
        };
        let tenant = found.map_err(|error| error.in_form("tenant", "choose a tenant of the list"))?;
        let group = Group {
            id: self.id,
            tenant_id: tenant.id,
            tenant_name: tenant.name,
            name: self.group.name.clone(),
            description: self.group.description.clone(),
            version: 1,
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        if !store::insert(tx, &group).await? {
            return Err(taken());
        }
        let change = Change::new(Self::ACTION, group.target())
            .of(Some(group.tenant_id))
            .after(group.state())
            .undo(&DeleteGroup { group: group.id, version: 1, unused: true });
        Ok(Applied::changed(group, change))
    }
}

/// Changes a group's name and description; refuses if somebody else changed it since.
#[derive(Debug, Serialize, Deserialize)]
pub struct UpdateGroup {
    /// Which.
    pub group: GroupId,
    /// To what.
    #[serde(flatten)]
    pub update: GroupUpdate,
}

impl Command for UpdateGroup {
    const ACTION: Action = Action::UpdateGroup;
    type Done = Group;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Group>> {
        let (id, update) = (self.group, &self.update);
        let before = require(ctx, tx, id).await?;
        let same = (&before.name, &before.description) == (&update.name, &update.description);
        if same && before.version == update.version {
            return Ok(Applied::unchanged(before));
        }
        let namesake = store::find_by_name(tx, before.tenant_id, &update.name).await?;
        if namesake.is_some_and(|group| group.id != id) {
            return Err(taken());
        }
        if !store::update(tx, id, update, ctx.now()).await? {
            return Err(Error::Stale);
        }
        let after = require(ctx, tx, id).await?;
        let (name, description, version) = (before.name.clone(), before.description.clone(), after.version);
        let change = Change::new(Self::ACTION, after.target())
            .of(Some(after.tenant_id))
            .before(before.state())
            .after(after.state())
            .undo(&Self { group: id, update: GroupUpdate { name, description, version } });
        Ok(Applied::changed(after, change))
    }
}

impl UndoCommand for UpdateGroup {
    const KIND: &'static str = "update-group";

    fn subject(&self) -> String {
        self.group.to_string()
    }
}

/// Puts a person or a group into a group. Doing it twice is not an error.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct AddToGroup {
    /// Into which.
    pub group: GroupId,
    /// Whom or what.
    pub member: Principal,
}

impl Command for AddToGroup {
    const ACTION: Action = Action::AddToGroup;
    type Done = Group;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::principal(self.member, gives(ctx, conn, self.group).await?)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Group>> {
        let group = require(ctx, tx, self.group).await?;
        let name = allowed(ctx, tx, &group, self.member).await?;
        require_not_above_caller(ctx, tx, group.id).await?;
        if !member_store::add(ctx.stamp(), tx, group.id, self.member).await? {
            return Ok(Applied::unchanged(group));
        }
        let change = Change::new(Self::ACTION, group.target())
            .of(Some(group.tenant_id))
            .about(self.member)
            .after(json!({ "member": name }))
            .undo(&RemoveFromGroup { group: group.id, member: self.member });
        Ok(Applied::changed(group, change))
    }
}

impl UndoCommand for AddToGroup {
    const KIND: &'static str = "add-to-group";

    fn subject(&self) -> String {
        format!("{} {}", self.group, self.member)
    }
}

/// What being in a group gives or will give, wherever it counts.
async fn gives(ctx: &Ctx, conn: &mut Conn, group: GroupId) -> Result<PermissionSet> {
    Ok(access::load::effective_of_group(conn, group, ctx.now()).await?.anywhere())
}

/// The name of a member who may be in the group.
async fn allowed(ctx: &Ctx, tx: &mut Tx, group: &Group, member: Principal) -> Result<String> {
    match member {
        Principal::User(user) => {
            let user = users::queries::require(ctx, tx, user).await?;
            if !tenants::memberships::store::is_member(tx, user.id, group.tenant_id).await? {
                let message = format!("they don't belong to {}; add them to the tenant first", group.tenant_name);
                return Err(FieldErrors::one("email", message).into());
            }
            Ok(user.display_name)
        }
        Principal::Group(inner) => {
            let inner = require(ctx, tx, inner).await?;
            if inner.tenant_id != group.tenant_id {
                return Err(FieldErrors::one("member_group", "choose a group of the same tenant").into());
            }
            if closure::contains(tx, inner.id, group.id).await? {
                return Err(Refused::Cycle.into());
            }
            Ok(inner.name)
        }
    }
}

/// Takes a person or a group out of a group.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RemoveFromGroup {
    /// Out of which.
    pub group: GroupId,
    /// Whom or what.
    pub member: Principal,
}

impl Command for RemoveFromGroup {
    const ACTION: Action = Action::RemoveFromGroup;
    type Done = Group;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::principal(self.member, gives(ctx, conn, self.group).await?)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Group>> {
        let group = require(ctx, tx, self.group).await?;
        require_not_above_caller(ctx, tx, group.id).await?;
        let name = match self.member {
            Principal::User(user) => users::queries::require(ctx, tx, user).await?.display_name,
            Principal::Group(inner) => require(ctx, tx, inner).await?.name,
        };
        let watch = administrators::watch(ctx, tx).await?;
        if !member_store::remove(tx, group.id, self.member).await? {
            return Err(Error::NotFound("member"));
        }
        watch.check(ctx, tx).await?;
        let change = Change::new(Self::ACTION, group.target())
            .of(Some(group.tenant_id))
            .about(self.member)
            .before(json!({ "member": name }))
            .undo(&AddToGroup { group: group.id, member: self.member });
        Ok(Applied::changed(group, change))
    }
}

impl UndoCommand for RemoveFromGroup {
    const KIND: &'static str = "remove-from-group";

    fn subject(&self) -> String {
        format!("{} {}", self.group, self.member)
    }
}
