//! Changes as tests ask for them: the commands, and short ways to those that need an id or a look-up first.

pub use castellan::domain::{
    codes::MakePasswordLink,
    commands::{
        bulk, people,
        preview::preview,
        run,
        undo::{preview_undo, undo, undo_request},
    },
    grants::{give::RemoveAccess, terms::ChangeAccess},
    groups::{
        commands::{AddToGroup, RemoveFromGroup, UpdateGroup},
        removal::DeleteGroup,
    },
    roles::{
        commands::{RollBackRole, UpdateRole},
        removal::DeleteRole,
    },
    sessions::commands::SignOut,
    tenants::{
        commands::UpdateTenant,
        memberships::{
            commands::{AddMembership, SetMembership},
            leaving::{RemoveMembership, Removed},
            ownership::MakeOwner,
        },
    },
    users::{
        access::{DisableUser, EnableUser},
        commands::{ResetSecondFactor, UnlockUser, UpdateUser},
        passwords::{ChangePassword, GivePassword, ResetPassword},
        removal::DeleteUser,
    },
};
use castellan::{
    domain::{
        access::preview::effect::Effect,
        codes::Link,
        ctx::Ctx,
        error::Result,
        grants::{self, around::Around, give::GiveAccess, input::NewGrant, store::GrantView},
        groups::{
            self,
            commands::AddGroup,
            input::{NewGroup, NewMember},
            member_store::GroupRef,
            store::Group,
        },
        roles::{
            commands::AddRole,
            input::{RoleContent, Rollback},
            store::Role,
        },
        tenants::{
            commands::AddTenant,
            input::NewTenant,
            memberships::{queries, store::Membership},
            store::Tenant,
        },
        ulid,
        users::{input::NewUser, overview::overview, store::User},
    },
    model::{
        forms::GroupMemberForm,
        id::{GrantId, GroupId, ROOT_TENANT, RoleId, TenantId, UserId},
        page::Limited,
        tenant::MembershipStatus,
    },
};

/// A user of the root tenant, unless they are made inside another or for another.
pub async fn add_user(ctx: &Ctx, new: NewUser) -> Result<User> {
    let tenant = new.tenant.or(ctx.tenant()).or(Some(ROOT_TENANT));
    people::add_user(ctx, NewUser { tenant, ..new }).await
}

pub async fn add_role(ctx: &Ctx, content: RoleContent) -> Result<Role> {
    run(ctx, AddRole { id: ulid::new_role(ctx), content }).await
}

pub async fn roll_back(ctx: &Ctx, role: &RoleId, back: &Rollback) -> Result<Role> {
    let Rollback { to, version, reason } = back.clone();
    run(ctx, RollBackRole { role: role.clone(), to, version, reason }).await
}

pub async fn add_group(ctx: &Ctx, group: NewGroup) -> Result<Group> {
    run(ctx, AddGroup { id: GroupId(ctx.id()), group }).await
}

async fn adding(ctx: &Ctx, group: GroupId, form: &GroupMemberForm) -> Result<AddToGroup> {
    Ok(AddToGroup { group, member: groups::queries::resolve(ctx, NewMember::parse(form)?).await? })
}

pub async fn add_to_group(ctx: &Ctx, group: GroupId, form: &GroupMemberForm) -> Result<Group> {
    run(ctx, adding(ctx, group, form).await?).await
}

pub async fn preview_added(ctx: &Ctx, group: GroupId, form: &GroupMemberForm) -> Result<Effect> {
    preview(ctx, &adding(ctx, group, form).await?).await
}

pub async fn add_tenant(ctx: &Ctx, tenant: NewTenant) -> Result<Tenant> {
    run(ctx, AddTenant { id: TenantId(ctx.id()), tenant }).await
}

pub async fn add_member(ctx: &Ctx, tenant: TenantId, login: &str) -> Result<UserId> {
    let user = queries::newcomer(ctx, login).await?.id;
    run(ctx, AddMembership { user, tenant }).await?;
    Ok(user)
}

/// What removing a member would do to what they may, and to them.
pub async fn preview_leaving(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<(Effect, Removed)> {
    let effect = preview(ctx, &RemoveMembership::of(user, tenant)).await?;
    Ok((effect, if queries::is_last(ctx, user).await? { Removed::Deleted } else { Removed::Left }))
}

pub const fn set_membership(
    (user, tenant): (UserId, TenantId),
    (status, version): (MembershipStatus, i64),
) -> SetMembership {
    SetMembership { user, tenant, version, status }
}

pub async fn give_access(ctx: &Ctx, grant: &NewGrant) -> Result<GrantId> {
    run(ctx, GiveAccess::new(GrantId(ctx.id()), grant.clone())).await
}

pub async fn preview_given(ctx: &Ctx, grant: &NewGrant) -> Result<Effect> {
    preview(ctx, &GiveAccess::new(GrantId(ctx.id()), grant.clone())).await
}

pub async fn preview_removed(ctx: &Ctx, grant: GrantId) -> Result<Effect> {
    let version = grants::queries::find(ctx, grant).await?.0.version;
    preview(ctx, &RemoveAccess { grant, version }).await
}

/// What was given to somebody directly.
pub async fn grants_of(ctx: &Ctx, user: UserId) -> Result<Limited<GrantView>> {
    Ok(overview(ctx, user).await?.grants)
}

/// What reaches somebody through groups.
pub async fn around_of(ctx: &Ctx, user: UserId) -> Result<Limited<Around>> {
    Ok(overview(ctx, user).await?.around)
}

/// The groups that somebody is in directly.
pub async fn groups_of(ctx: &Ctx, user: UserId) -> Result<Limited<GroupRef>> {
    Ok(overview(ctx, user).await?.groups)
}

/// Where somebody belongs.
pub async fn memberships_of(ctx: &Ctx, user: UserId) -> Result<Limited<Membership>> {
    Ok(overview(ctx, user).await?.memberships)
}

/// A link with which somebody sets a password.
pub async fn password_link(ctx: &Ctx, user: UserId) -> Link {
    let (user, code) = run(ctx, MakePasswordLink { user }).await.unwrap();
    Link::to(user.id, &code)
}
