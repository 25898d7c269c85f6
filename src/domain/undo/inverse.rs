//! The commands that take changes back.

use serde::{Deserialize, Serialize};

use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        grants, groups, roles, tenants,
        users::{self, Profile},
        verb::Verb,
    },
    model::{
        id::{GrantId, GroupId, RoleId, TenantId, UserId},
        tenant::{MembershipStatus, TenantType},
        timestamp::Timestamp,
    },
};

/// A command that takes a change back. Versions say what it may take back: what was changed again later stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the verb of the same name, with its arguments")]
pub enum Inverse {
    EnableUser { user: UserId, disabled_at: Option<Timestamp> },
    DisableUser { user: UserId },
    UpdateUser { user: UserId, from: Profile, to: Profile },
    DeleteUser { user: UserId, version: i64, last_sign_in_at: Option<Timestamp>, unused: bool },
    RestoreUser { user: UserId },
    Give { grant: Box<grants::Grant> },
    Take { grant: GrantId, version: i64 },
    SetTerms { grant: GrantId, version: i64, from: Option<Timestamp>, until: Option<Timestamp>, reason: String },
    SetRole { role: RoleId, version: i64, to: i64 },
    DeleteRole { role: RoleId, version: i64, unused: bool },
    RestoreRole { role: RoleId },
    UpdateGroup { group: GroupId, version: i64, name: String, description: String },
    DeleteGroup { group: GroupId, version: i64, unused: bool },
    RestoreGroup { group: GroupId },
    AddToGroup { group: GroupId, member: groups::Member },
    RemoveFromGroup { group: GroupId, member: groups::Member },
    UpdateTenant { tenant: TenantId, version: i64, name: String, use_: TenantType, parent: Option<TenantId> },
    DeleteTenant { tenant: TenantId, version: i64 },
    RestoreTenant(Box<tenants::KeptTenant>),
    AddMembership(Box<tenants::Left>),
    SetMembership { user: UserId, tenant: TenantId, version: i64, status: MembershipStatus },
    RemoveMembership { user: UserId, tenant: TenantId, unused: bool },
    MakeOwner { user: UserId, tenant: TenantId, instead_of: Option<UserId> },
    EndOwnership { user: UserId, tenant: TenantId },
}

/// Runs a command that takes a change back. It asks for its own permission and follows its own rules. One table, though
/// a long one, so that an inverse without a command doesn't compile.
pub(super) async fn run(ctx: &Ctx, tx: &mut Tx, inverse: Inverse) -> Result<()> {
    match inverse {
        Inverse::EnableUser { user, disabled_at } => users::enable_again_in(ctx, tx, user, disabled_at).await,
        Inverse::DisableUser { user } => users::disable_again_in(ctx, tx, user).await,
        Inverse::UpdateUser { user, from, to } => users::set_profile_in(ctx, tx, user, (from, to)).await,
        Inverse::DeleteUser { user, version, last_sign_in_at, unused } => {
            let seen = users::Seen { version, last_sign_in_at, unused };
            users::delete_unchanged_in(ctx, tx, user, seen).await
        }
        Inverse::RestoreUser { user } => users::restore_in(ctx, tx, user).await,
        Inverse::Give { grant } => give(ctx, tx, *grant).await,
        Inverse::Take { grant, version } => grants::take_in(ctx, tx, grant, version).await.map(drop),
        Inverse::SetTerms { grant, version, from, until, reason } => {
            let to = grants::Window { from, until, reason };
            grants::set_terms_in(ctx, tx, (grant, version), to).await.map(drop)
        }
        Inverse::SetRole { role, version, to } => {
            roles::set_to_version_in(ctx, tx, (&role, to), version).await.map(drop)
        }
        Inverse::DeleteRole { role, version, unused: true } => roles::delete_unused_in(ctx, tx, &role, version).await,
        Inverse::DeleteRole { role, version, .. } => roles::delete_in(ctx, tx, &role, version).await.map(drop),
        Inverse::RestoreRole { role } => roles::restore_in(ctx, tx, &role).await.map(drop),
        Inverse::UpdateGroup { group, version, name, description } => {
            let update = groups::GroupUpdate { name, description, version };
            groups::update_in(ctx, tx, group, &update).await.map(drop)
        }
        Inverse::DeleteGroup { group, version, unused: true } => {
            groups::delete_unused_in(ctx, tx, group, version).await
        }
        Inverse::DeleteGroup { group, version, .. } => groups::delete_in(ctx, tx, group, version).await.map(drop),
        Inverse::RestoreGroup { group } => groups::restore_in(ctx, tx, group).await.map(drop),
        Inverse::AddToGroup { group, member } => match groups::add_in(ctx, tx, group, member).await? {
            (_, true) => Ok(()),
            (_, false) => Err(Error::Stale),
        },
        Inverse::RemoveFromGroup { group, member } => groups::remove_in(ctx, tx, group, member).await.map(drop),
        Inverse::UpdateTenant { tenant, version, name, use_, parent } => {
            let update = tenants::TenantUpdate { name, use_, parent, version };
            tenants::update_in(ctx, tx, tenant, &update).await.map(drop)
        }
        Inverse::DeleteTenant { tenant, version } => tenants::delete_unused_in(ctx, tx, tenant, version).await,
        Inverse::RestoreTenant(kept) => tenants::restore_in(ctx, tx, *kept).await,
        Inverse::AddMembership(left) => tenants::return_in(ctx, tx, *left).await,
        Inverse::SetMembership { user, tenant, version, status } => {
            tenants::set_status_in(ctx, tx, (user, tenant), (status, version)).await
        }
        Inverse::RemoveMembership { user, tenant, unused } => {
            tenants::remove_again_in(ctx, tx, (user, tenant), unused).await
        }
        Inverse::MakeOwner { user, tenant, instead_of } => {
            tenants::make_owner_again_in(ctx, tx, (user, tenant), instead_of).await
        }
        Inverse::EndOwnership { user, tenant } => tenants::end_ownership_in(ctx, tx, user, tenant).await,
    }
}

/// Gives back what was taken, on its old terms, unless the same was given again since.
async fn give(ctx: &Ctx, tx: &mut Tx, grant: grants::Grant) -> Result<()> {
    ctx.require(Verb::Give)?;
    grants::give_back_in(ctx, tx, grant).await
}
