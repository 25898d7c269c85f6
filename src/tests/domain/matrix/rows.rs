//! One row for each verb: what it needs, and how it is tried.

use castellan::{
    domain::{
        codes,
        ctx::Ctx,
        demo,
        error::Result,
        events::{self, EventQuery},
        grants::input::GrantUpdate,
        groups::{self, input::GroupUpdate, store::Group},
        permissions, roles,
        roles::store::Role,
        sessions::{self, SignIn},
        tenants::{self, input::TenantUpdate, store::Tenant},
        users::{self, store::User},
        verb::Verb,
    },
    model::{
        id::{EventId, GrantId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus,
        user::UserQuery,
    },
};

use crate::{
    domain::stage::{self, allowing, content, give, group, last_id, lasting, member, put, renamed, role, typed},
    support::{PASSWORD, World, changes::*, person},
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
        put(world, Principal::User(user.id), &group).await;
        let held = |permission| lasting(Principal::User(user.id), permission, Scope::Tenant(tenant.id));
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
            code: run(&world.operator(), MakePasswordLink { user: user.id }).await.unwrap().1,
            tenant: tenants::queries::read(&inside, tenant.id).await.unwrap(),
            group: groups::queries::read(&inside, group.id).await.unwrap(),
            doomed_group,
            user,
        }
    }
}

async fn doomed_grant(world: &World, tenant: &Tenant, first: &str) -> GrantId {
    let holder = Principal::User(member(world, first, tenant).await.id);
    give(world, &lasting(holder, Permission::UsersUpdateRoles, Scope::Tenant(tenant.id))).await
}

/// Deletions of a user, a role and a group.
async fn gone(world: &World, tenant: &Tenant, name: &str) -> [EventId; 3] {
    let inside = world.operator().working_in(Scope::Tenant(tenant.id));
    run(&inside, DeleteUser { user: member(world, name, tenant).await.id, unchanged: None }).await.unwrap();
    let user = last_id(world).await;
    let role = role(&inside, name, &["roles.add"]).await;
    run(&inside, DeleteRole { role: role.id.clone(), version: 1, unused: false }).await.unwrap();
    let role = last_id(world).await;
    run(&inside, DeleteGroup { group: group(world, name, tenant).await.id, version: 1, unused: false }).await.unwrap();
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
    run(&world.operator(), MakeOwner { user: owner.id, tenant: tenant.id }).await.unwrap();
    last_id(world).await
}

async fn changed(ctx: &Ctx, world: &World, group: &Group) -> EventId {
    run(ctx, UpdateGroup { group: group.id, update: described(group) }).await.unwrap();
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
    let to = Principal::User(on.other.id);
    let held = lasting(to, Permission::UsersUpdateRoles, Scope::Tenant(tenant));
    let renewal = GrantUpdate { until: Some(ctx.now().plus_seconds(60)), reason: String::new(), version: 1 };
    let group_draft = groups::input::NewGroup { name: fresh.clone(), description: String::new(), tenant: Some(tenant) };
    let Tenant { kind, use_, .. } = on.tenant.clone();
    let tenant_draft = tenants::input::NewTenant { slug: fresh.clone(), name: fresh.clone(), kind, use_, parent: None };
    match verb {
        Verb::ListUsers => users::list::list(ctx, &UserQuery::default()).await.map(drop),
        Verb::ReadUser => users::queries::find(ctx, user).await.map(drop),
        Verb::AddUser => add_user(ctx, person(&fresh, "")).await.map(drop),
        Verb::UpdateUser => run(ctx, UpdateUser { user, update: renamed(&on.user, "Ada") }).await.map(drop),
        Verb::DisableUser => run(ctx, DisableUser { user: on.other.id }).await.map(drop),
        Verb::EnableUser => run(ctx, EnableUser { user: on.other.id }).await.map(drop),
        Verb::DeleteUser => run(ctx, DeleteUser { user: on.doomed.id, unchanged: None }).await.map(drop),
        Verb::RestoreUser => undo(ctx, on.gone[0]).await,
        Verb::UnlockUser => run(ctx, UnlockUser { user }).await.map(drop),
        Verb::ResetSecondFactor => run(ctx, ResetSecondFactor { user: on.leaver.id }).await.map(drop),
        Verb::MakePasswordLink => run(ctx, MakePasswordLink { user: on.leaver.id }).await.map(drop),
        Verb::SetPassword => codes::redeem_reset(ctx, &on.code, PASSWORD).await,
        Verb::SignIn => sign_in(ctx, &on.user.login, PASSWORD).await,
        Verb::SignOut => run(ctx, SignOut).await,
        Verb::RefuseSignIn | Verb::LockSignIn => sign_in(ctx, &on.user.login, "wrong").await,
        Verb::Give => give_access(ctx, &held).await.map(drop),
        Verb::Take => run(ctx, RemoveAccess { grant: on.doomed_grant, version: 1 }).await.map(drop),
        Verb::Renew => run(ctx, ChangeAccess { grant: on.grant, update: renewal.clone() }).await.map(drop),
        Verb::ListRoles => roles::queries::list(ctx, "", "").await.map(drop),
        Verb::ReadRole => roles::queries::read(ctx, role).await.map(drop),
        Verb::AddRole => add_role(ctx, content(&fresh, &["roles.add"])).await.map(drop),
        Verb::UpdateRole => {
            run(ctx, UpdateRole { role: role.clone(), update: allowing(&on.role, &["users.read"]) }).await.map(drop)
        }
        Verb::DeleteRole => {
            run(ctx, DeleteRole { role: on.doomed_role.id.clone(), version: 1, unused: false }).await.map(drop)
        }
        Verb::RestoreRole => undo(ctx, on.gone[1]).await,
        Verb::ListGroups => groups::queries::list(ctx, "", "").await.map(drop),
        Verb::ReadGroup => groups::queries::read(ctx, group).await.map(drop),
        Verb::AddGroup => add_group(ctx, group_draft).await.map(drop),
        Verb::UpdateGroup => {
            run(ctx, UpdateGroup { group: on.doomed_group.id, update: described(&on.doomed_group) }).await.map(drop)
        }
        // The change of it above made it the second version.
        Verb::DeleteGroup => {
            run(ctx, DeleteGroup { group: on.doomed_group.id, version: 2, unused: false }).await.map(drop)
        }
        Verb::RestoreGroup => undo(ctx, on.gone[2]).await,
        Verb::AddToGroup => add_to_group(ctx, group, &typed(Principal::User(on.other.id))).await.map(drop),
        Verb::RemoveFromGroup => run(ctx, RemoveFromGroup { group, member: Principal::User(user) }).await.map(drop),
        Verb::ListTenants => tenants::queries::list(ctx, "", "").await.map(drop),
        Verb::ReadTenant => tenants::queries::read(ctx, tenant).await.map(drop),
        Verb::AddTenant => add_tenant(ctx, tenant_draft).await.map(drop),
        Verb::UpdateTenant => run(ctx, UpdateTenant { tenant, update: retyped(&on.tenant) }).await.map(drop),
        Verb::DeleteTenant => undo(ctx, on.tenants[0]).await,
        Verb::RestoreTenant => undo(ctx, on.tenants[1]).await,
        Verb::AddMembership => add_member(ctx, tenant, &on.newcomer.login).await.map(drop),
        Verb::UpdateMembership => {
            run(ctx, set_membership((on.leaver.id, tenant), (MembershipStatus::Inactive, 1))).await
        }
        Verb::RemoveMembership => run(ctx, RemoveMembership { user: on.leaver.id, tenant }).await.map(drop),
        Verb::EndOwnership => undo(ctx, on.owned).await,
        Verb::MakeOwner => run(ctx, MakeOwner { user: on.owner.id, tenant }).await,
        Verb::Explain => permissions::of_user(ctx, user).await.map(drop),
        Verb::WhoCan => permissions::who_can(ctx, Permission::UsersRead, ctx.scope, "").await.map(drop),
        Verb::ReadAudit => events::list(ctx, &EventQuery::default()).await.map(drop),
        Verb::Undo => undo(ctx, on.renamed).await,
        Verb::FillDemo => demo::fill(ctx, 1).await.map(drop),
    }
}
