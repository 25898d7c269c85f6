//! One row for each verb: what it needs, and how it is tried.

use castellan::{
    domain::{
        codes,
        ctx::Ctx,
        demo,
        error::Result,
        events::{self, EventQuery},
        grants::{self, Holder, Renewal},
        groups::{self, Group, GroupUpdate, Member},
        permissions, roles,
        roles::Role,
        sessions::{self, SignIn},
        tenants::{self, Tenant, TenantUpdate},
        undo::undo,
        users::{self, User},
        verb::Verb,
    },
    model::{
        id::{EventId, GrantId},
        permission::Permission,
        scope::Scope,
        tenant::MembershipStatus,
        user::UserQuery,
    },
};

use crate::{
    domain::stage::{self, allowing, draft, give, group, last_id, lasting, member, put, renamed, role, typed},
    support::{PASSWORD, World, person},
};

/// The permissions that a verb needs, in the order in which a refusal names them.
pub fn needs(verb: Verb) -> Vec<Permission> {
    let own = verb.permission();
    match verb {
        // Who can do something is a list of people.
        Verb::WhoCan => own.into_iter().chain([Permission::UsersList]).collect(),
        // What is undone here is a change of a group.
        Verb::Undo => own.into_iter().chain([Permission::GroupsUpdate]).collect(),
        // These are reached by undoing only.
        Verb::RestoreUser
        | Verb::RestoreRole
        | Verb::RestoreGroup
        | Verb::DeleteTenant
        | Verb::RestoreTenant
        | Verb::EndOwnership => [Permission::AuditUndo].into_iter().chain(own).collect(),
        // No permission of its own, but those of all that it makes.
        Verb::FillDemo => [
            Verb::AddUser,
            Verb::AddMembership,
            Verb::Give,
            Verb::AddRole,
            Verb::AddTenant,
            Verb::AddGroup,
            Verb::AddToGroup,
        ]
        .into_iter()
        .filter_map(Verb::permission)
        .collect(),
        _ => own.into_iter().collect(),
    }
}

/// Things of one tenant to try verbs on. Each can be used up once.
pub struct Targets {
    tenant: Tenant,
    user: User,
    other: User,
    doomed: User,
    leaver: User,
    owner: User,
    newcomer: User,
    role: Role,
    doomed_role: Role,
    group: Group,
    doomed_group: Group,
    grant: GrantId,
    doomed_grant: GrantId,
    gone: [EventId; 3],
    tenants: [EventId; 2],
    owned: EventId,
    renamed: EventId,
    code: String,
}

impl Targets {
    pub async fn in_tenant(world: &World, tenant: &Tenant) -> Self {
        let inside = world.operator().working_in(Scope::Tenant(tenant.id));
        // Names that are used once.
        let name = |what: &str| format!("{what}{}", world.services.clock.id().simple());
        let user = member(world, &name("ada"), tenant).await;
        let (group, doomed_group) =
            (group(world, &name("group"), tenant).await, group(world, &name("doomed"), tenant).await);
        put(world, Member::User(user.id), &group).await;
        let held = |permission| lasting(Holder::User(user.id), permission, Scope::Tenant(tenant.id));
        Self {
            grant: give(world, &held(Permission::UsersUpdateRoles)).await,
            other: member(world, &name("grace"), tenant).await,
            doomed: member(world, &name("linus"), tenant).await,
            leaver: member(world, &name("linus"), tenant).await,
            owner: member(world, &name("grace"), tenant).await,
            newcomer: world.add(&name("linus"), "").await,
            role: role(&inside, &name("role"), &["users.read"]).await,
            doomed_role: role(&inside, &name("role"), &["roles.delete"]).await,
            doomed_grant: doomed_grant(world, tenant, &name("linus")).await,
            gone: gone(world, tenant, &name("gone")).await,
            tenants: made_and_gone(world, &name("tenant")).await,
            owned: owned(world, tenant, &name("linus")).await,
            renamed: changed(&inside, world, &group).await,
            code: codes::issue_reset(&world.operator(), user.id).await.unwrap().1,
            tenant: tenants::read(&inside, tenant.id).await.unwrap(),
            group: groups::read(&inside, group.id).await.unwrap(),
            doomed_group,
            user,
        }
    }
}

async fn doomed_grant(world: &World, tenant: &Tenant, first: &str) -> GrantId {
    let holder = Holder::User(member(world, first, tenant).await.id);
    give(world, &lasting(holder, Permission::UsersUpdateRoles, Scope::Tenant(tenant.id))).await
}

/// Deletions of a user, a role and a group.
async fn gone(world: &World, tenant: &Tenant, name: &str) -> [EventId; 3] {
    let inside = world.operator().working_in(Scope::Tenant(tenant.id));
    users::delete(&inside, member(world, name, tenant).await.id).await.unwrap();
    let user = last_id(world).await;
    let role = role(&inside, name, &["roles.add"]).await;
    roles::delete(&inside, &role.id, 1).await.unwrap();
    let role = last_id(world).await;
    groups::delete(&inside, group(world, name, tenant).await.id, 1).await.unwrap();
    [user, role, last_id(world).await]
}

/// The making of a tenant, and the deletion of another.
async fn made_and_gone(world: &World, name: &str) -> [EventId; 2] {
    stage::tenant(world, name).await;
    let made = last_id(world).await;
    stage::tenant(world, &format!("{name}-gone")).await;
    undo(&world.operator(), last_id(world).await).await.unwrap();
    [made, last_id(world).await]
}

/// That a tenant without an owner got one.
async fn owned(world: &World, tenant: &Tenant, first: &str) -> EventId {
    world.execute("update memberships set is_owner = false where is_owner").await;
    let owner = member(world, first, tenant).await;
    tenants::make_owner(&world.operator(), owner.id, tenant.id).await.unwrap();
    last_id(world).await
}

async fn changed(ctx: &Ctx, world: &World, group: &Group) -> EventId {
    groups::update(ctx, group.id, &described(group)).await.unwrap();
    last_id(world).await
}

fn described(group: &Group) -> GroupUpdate {
    GroupUpdate { name: group.name.clone(), description: "Described.".into(), version: group.version }
}

fn retyped(tenant: &Tenant) -> TenantUpdate {
    let Tenant { name, use_, parent_id, version, .. } = tenant.clone();
    TenantUpdate { name, use_, parent: parent_id, version }
}

async fn sign_in(ctx: &Ctx, login: &str, password: &str) -> Result<()> {
    let form = SignIn { login, password, user_agent: "", known: "" };
    sessions::sign_in(ctx, form).await.map(drop)
}

/// Tries a verb. Longer than functions are, because it is a table.
pub async fn attempt(verb: Verb, on: &Targets, ctx: &Ctx) -> Result<()> {
    let (user, role, group, tenant) = (on.user.id, &on.role.id, on.group.id, on.tenant.id);
    let fresh = format!("fresh{}", ctx.id().simple());
    let to = Holder::User(on.other.id);
    let held = lasting(to, Permission::UsersUpdateRoles, Scope::Tenant(tenant));
    let renewal = Renewal { until: Some(ctx.now().plus_seconds(60)), reason: String::new(), version: 1 };
    let group_draft = groups::Draft { name: fresh.clone(), description: String::new(), tenant: Some(tenant) };
    let Tenant { kind, use_, .. } = on.tenant.clone();
    let tenant_draft = tenants::Draft { slug: fresh.clone(), name: fresh.clone(), kind, use_, parent: None };
    match verb {
        Verb::ListUsers => users::list(ctx, &UserQuery::default()).await.map(drop),
        Verb::ReadUser => users::find(ctx, user).await.map(drop),
        Verb::AddUser => users::create(ctx, person(&fresh, "")).await.map(drop),
        Verb::UpdateUser => users::update(ctx, user, renamed(&on.user, "Ada")).await.map(drop),
        Verb::DisableUser => users::disable(ctx, on.other.id).await.map(drop),
        Verb::EnableUser => users::enable(ctx, on.other.id).await.map(drop),
        Verb::DeleteUser => users::delete(ctx, on.doomed.id).await.map(drop),
        Verb::RestoreUser => undo(ctx, on.gone[0]).await,
        Verb::UnlockUser => users::unlock(ctx, user).await.map(drop),
        Verb::ResetSecondFactor => users::reset_second_factor(ctx, on.leaver.id).await.map(drop),
        Verb::MakePasswordLink => codes::issue_reset(ctx, on.leaver.id).await.map(drop),
        Verb::SetPassword => codes::redeem_reset(ctx, &on.code, PASSWORD).await,
        Verb::SignIn => sign_in(ctx, &on.user.login, PASSWORD).await,
        Verb::SignOut => sessions::sign_out(ctx).await,
        Verb::RefuseSignIn | Verb::LockSignIn => sign_in(ctx, &on.user.login, "wrong").await,
        Verb::Give => grants::give(ctx, &held).await.map(drop),
        Verb::Take => grants::take(ctx, on.doomed_grant, 1).await.map(drop),
        Verb::Renew => grants::renew(ctx, on.grant, &renewal).await.map(drop),
        Verb::ListRoles => roles::list(ctx, "", "").await.map(drop),
        Verb::ReadRole => roles::read(ctx, role).await.map(drop),
        Verb::AddRole => roles::create(ctx, draft(&fresh, &["roles.add"])).await.map(drop),
        Verb::UpdateRole => roles::update(ctx, role, allowing(&on.role, &["users.read"])).await.map(drop),
        Verb::DeleteRole => roles::delete(ctx, &on.doomed_role.id, 1).await.map(drop),
        Verb::RestoreRole => undo(ctx, on.gone[1]).await,
        Verb::ListGroups => groups::list(ctx, "", "").await.map(drop),
        Verb::ReadGroup => groups::read(ctx, group).await.map(drop),
        Verb::AddGroup => groups::create(ctx, group_draft).await.map(drop),
        Verb::UpdateGroup => groups::update(ctx, on.doomed_group.id, &described(&on.doomed_group)).await.map(drop),
        // The change of it above made it the second version.
        Verb::DeleteGroup => groups::delete(ctx, on.doomed_group.id, 2).await.map(drop),
        Verb::RestoreGroup => undo(ctx, on.gone[2]).await,
        Verb::AddToGroup => groups::add(ctx, group, &typed(Member::User(on.other.id))).await.map(drop),
        Verb::RemoveFromGroup => groups::remove(ctx, group, Member::User(user)).await.map(drop),
        Verb::ListTenants => tenants::list(ctx, "", "").await.map(drop),
        Verb::ReadTenant => tenants::read(ctx, tenant).await.map(drop),
        Verb::AddTenant => tenants::create(ctx, tenant_draft).await.map(drop),
        Verb::UpdateTenant => tenants::update(ctx, tenant, &retyped(&on.tenant)).await.map(drop),
        Verb::DeleteTenant => undo(ctx, on.tenants[0]).await,
        Verb::RestoreTenant => undo(ctx, on.tenants[1]).await,
        Verb::AddMembership => tenants::add(ctx, tenant, &on.newcomer.login).await.map(drop),
        Verb::UpdateMembership => tenants::set_status(ctx, (on.leaver.id, tenant), MembershipStatus::Inactive, 1).await,
        Verb::RemoveMembership => tenants::remove(ctx, on.leaver.id, tenant).await.map(drop),
        Verb::EndOwnership => undo(ctx, on.owned).await,
        Verb::MakeOwner => tenants::make_owner(ctx, on.owner.id, tenant).await,
        Verb::Explain => permissions::of_user(ctx, user).await.map(drop),
        Verb::WhoCan => permissions::who_can(ctx, Permission::UsersRead, ctx.scope, "").await.map(drop),
        Verb::ReadAudit => events::list(ctx, &EventQuery::default()).await.map(drop),
        Verb::Undo => undo(ctx, on.renamed).await,
        Verb::FillDemo => demo::fill(ctx, 1).await.map(drop),
    }
}
