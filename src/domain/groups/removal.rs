//! Deleting a group, and bringing it back.

use serde::{Deserialize, Serialize};

use super::{
    closure, member_store,
    queries::{require, require_not_above_caller, taken},
    store::{self, Group},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        access::{self, administrators},
        action::Action,
        affected::Affected,
        change::Change,
        clients,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        deleted::{self, snapshots::Snapshot},
        error::{Error, Refused, Result},
        grants::{self, store::Grant},
        tenants,
    },
    model::{
        id::{ClientId, GroupId, TenantId},
        permission::PermissionSet,
        principal::Principal,
        timestamp::Timestamp,
    },
};

/// A group as it was.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptGroup {
    tenant_id: TenantId,
    name: String,
    description: String,
    version: i64,
    created_at: Timestamp,
    members: Vec<Principal>,
    /// Client credentials that work for it; absent from what was kept before there were any.
    #[serde(default)]
    clients: Vec<ClientId>,
    inside_of: Vec<GroupId>,
    grants: Vec<Grant>,
}

impl Snapshot for KeptGroup {
    const KIND: &'static str = "group";
}

impl KeptGroup {
    fn group(&self, (id, now): (GroupId, Timestamp), tenant_name: String) -> Group {
        Group {
            id,
            tenant_id: self.tenant_id,
            tenant_name,
            name: self.name.clone(),
            description: self.description.clone(),
            version: self.version + 1,
            created_at: self.created_at,
            updated_at: now,
        }
    }

    const fn is_used(&self) -> bool {
        !(self.members.is_empty() && self.clients.is_empty() && self.inside_of.is_empty() && self.grants.is_empty())
    }
}

/// Removes a group. Its members lose what it gave them.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DeleteGroup {
    /// Which.
    pub group: GroupId,
    /// The version that somebody looked at.
    pub version: i64,
    /// Only if nobody used it yet: this takes back that it was made.
    #[serde(default)]
    pub unused: bool,
}

impl Command for DeleteGroup {
    const ACTION: Action = Action::DeleteGroup;
    type Done = Group;

    async fn affects(&self, ctx: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        let lost = access::load::effective_of_group(conn, self.group, ctx.now()).await?.anywhere();
        Ok(Some(Affected::principal(Principal::Group(self.group), lost)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Group>> {
        let group = require(ctx, tx, self.group).await?;
        if group.version != self.version {
            return Err(Error::Stale);
        }
        let kept = keep(tx, &group).await?;
        if self.unused && kept.is_used() {
            return Err(Error::Stale);
        }
        require_not_above_caller(ctx, tx, group.id).await?;
        let watch = administrators::watch(ctx, tx).await?;
        deleted::snapshots::keep(ctx, tx, (group.id.0, &group.name), &kept).await?;
        store::delete(tx, group.id).await?;
        watch.check(ctx, tx).await?;
        let change = Change::new(Self::ACTION, group.target())
            .of(Some(group.tenant_id))
            .before(group.state())
            .undo(&RestoreGroup { group: group.id });
        Ok(Applied::changed(group, change))
    }
}

impl UndoCommand for DeleteGroup {
    const KIND: &'static str = "delete-group";

    fn subject(&self) -> String {
        self.group.to_string()
    }
}

/// Removes a group that nobody and no program is in (contract 000, row 11).
#[derive(Clone, Copy, Debug)]
pub struct DeleteEmptyGroup {
    /// Which.
    pub group: GroupId,
}

impl Command for DeleteEmptyGroup {
    const ACTION: Action = Action::DeleteGroup;
    type Done = Group;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Group>> {
        let group = require(ctx, tx, self.group).await?;
        let kept = keep(tx, &group).await?;
        if !kept.members.is_empty() || !kept.clients.is_empty() {
            return Err(Refused::GroupNotEmpty.into());
        }
        DeleteGroup { group: group.id, version: group.version, unused: false }.apply(ctx, tx).await
    }
}

async fn keep(tx: &mut Tx, group: &Group) -> Result<KeptGroup> {
    let people = member_store::every_user(tx, group.id).await?.into_iter().map(Principal::User);
    let groups =
        member_store::children(tx, group.id, i64::MAX).await?.into_iter().map(|child| Principal::Group(child.id));
    Ok(KeptGroup {
        tenant_id: group.tenant_id,
        name: group.name.clone(),
        description: group.description.clone(),
        version: group.version,
        created_at: group.created_at,
        members: people.chain(groups).collect(),
        clients: clients::store::of_group(tx, group.id).await?,
        inside_of: member_store::parents(tx, group.id, i64::MAX).await?.into_iter().map(|parent| parent.id).collect(),
        grants: grants::store::all_of_group(tx, group.id).await?,
    })
}

/// Brings a deleted group back, with the members and the access that are still there.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RestoreGroup {
    group: GroupId,
}

impl Command for RestoreGroup {
    const ACTION: Action = Action::RestoreGroup;
    type Done = Group;

    async fn affects(&self, _: &Ctx, conn: &mut Conn) -> Result<Option<Affected>> {
        let inside = deleted::size::people_of_group(conn, self.group).await?;
        Ok(Some(Affected::principal(Principal::Group(self.group), PermissionSet::NONE).known_after(inside)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<Group>> {
        let id = self.group;
        let kept: KeptGroup = deleted::snapshots::take(tx, id.0).await?;
        let tenant = tenants::queries::require(ctx, tx, kept.tenant_id).await?;
        let group = kept.group((id, ctx.now()), tenant.name);
        if !store::insert(tx, &group).await? {
            return Err(taken());
        }
        put_back(ctx, tx, &group, &kept).await?;
        grants::store::restore(tx, &kept.grants).await?;
        require_not_above_caller(ctx, tx, id).await?;
        let change = Change::new(Self::ACTION, group.target())
            .of(Some(group.tenant_id))
            .after(group.state())
            .undo(&DeleteGroup { group: id, version: group.version, unused: false });
        Ok(Applied::changed(group, change))
    }
}

impl UndoCommand for RestoreGroup {
    const KIND: &'static str = "restore-group";

    fn subject(&self) -> String {
        self.group.to_string()
    }
}

/// Who was in it, and what it was in, as far as they are still there.
async fn put_back(ctx: &Ctx, tx: &mut Tx, group: &Group, kept: &KeptGroup) -> Result<()> {
    for member in &kept.members {
        if can_hold(ctx, tx, group, *member).await? {
            member_store::add(ctx.stamp(), tx, group.id, *member).await?;
        }
    }
    for client in &kept.clients {
        clients::store::join(ctx.stamp(), tx, *client, group.id).await?;
    }
    for outer in &kept.inside_of {
        let outer = *outer;
        if store::find(ctx.tenant(), tx, outer).await?.is_some() && !closure::contains(tx, group.id, outer).await? {
            member_store::add(ctx.stamp(), tx, outer, Principal::Group(group.id)).await?;
        }
    }
    Ok(())
}

/// Whether a member is still there, and may still be in the group.
async fn can_hold(ctx: &Ctx, tx: &mut Tx, group: &Group, member: Principal) -> Result<bool> {
    match member {
        Principal::User(user) => Ok(tenants::memberships::store::is_member(tx, user, group.tenant_id).await?),
        Principal::Group(inner) => {
            Ok(store::find(ctx.tenant(), tx, inner).await?.is_some() && !closure::contains(tx, inner, group.id).await?)
        }
    }
}
