//! What an undo refuses, and why.

use crate::{
    domain::{
        stage::{
            allowing, give, group, is_not_found, is_refused, last_id, lasting, member, put, renamed, role, tenant,
        },
        state,
    },
    support::{PASSWORD, World, changes::*, on_both_engines, person},
};
use castellan::{
    domain::{
        ctx::Ctx,
        error::{Error, Refused},
        grants::input::{GrantUpdate, NewGrant},
        groups::{input::GroupUpdate, store::Group},
        roles::store::Role,
        sessions::{self, commands::SignIn},
        tenants::{input::TenantUpdate, store::Tenant},
        users::store::User,
    },
    model::{
        id::{EventId, GrantId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus::{Inactive, Pending},
    },
};

const READ: Permission = Permission::UsersRead;
const CHANGED: &str = "it was changed again later";

/// What `event` changed stays as it is, and this is why.
async fn assert_stays(world: &World, event: EventId, why: &str) {
    let before = state::all(world).await;
    let outcome = undo(&world.operator(), event).await;
    let refused = matches!(outcome, Err(Error::Refused(_) | Error::InTheWay(_)));
    assert!(refused && outcome.as_ref().unwrap_err().to_string().contains(why), "{outcome:?} is not {why:?}");
    assert_eq!(state::all(world).await, before);
}

async fn sign_in(world: &World, login: &str) {
    let form = SignIn { login, password: PASSWORD, user_agent: "", known: "" };
    sessions::commands::sign_in(&world.stranger(), form).await.unwrap();
}

fn group_named(name: &str, version: i64) -> GroupUpdate {
    GroupUpdate { name: name.into(), description: String::new(), version }
}

fn tenant_named(tenant: &Tenant, name: &str, version: i64) -> TenantUpdate {
    TenantUpdate { name: name.into(), use_: tenant.use_, parent: tenant.parent_id, version }
}

const fn renewal(version: i64) -> GrantUpdate {
    GrantUpdate { until: None, reason: String::new(), version }
}

async fn grace_of(world: &World) -> (Tenant, User, Group) {
    let a = tenant(world, "a").await;
    (a.clone(), member(world, "grace", &a).await, group(world, "team", &a).await)
}

async fn given(world: &World, to: &User) -> (GrantId, EventId) {
    let terms = lasting(Principal::User(to.id), READ, Scope::Everywhere);
    let until = Some(world.services.clock.now().plus_seconds(60));
    (give(world, &NewGrant { until, ..terms }).await, last_id(world).await)
}

async fn saved(ctx: &Ctx, role: &Role, patterns: &[&str]) -> Role {
    run(ctx, UpdateRole { role: role.id.clone(), update: allowing(role, patterns) }).await.unwrap()
}

on_both_engines! {
    async fn a_user_who_was_changed_again_stays(world: World) {
        let (ctx, grace) = (world.operator(), world.add("grace", "").await);
        let made = last_id(&world).await;
        let once = run(&ctx, UpdateUser { user: grace.id, update: renamed(&grace, "Once") }).await.unwrap();
        let first = last_id(&world).await;
        run(&ctx, UpdateUser { user: grace.id, update: renamed(&once, "Twice") }).await.unwrap();
        assert_stays(&world, first, CHANGED).await;
        assert_stays(&world, made, CHANGED).await;
        let linus = world.add("linus", "").await;
        let made = last_id(&world).await;
        sign_in(&world, &linus.login).await;
        assert_stays(&world, made, CHANGED).await;
        run(&ctx, DisableUser { user: linus.id }).await.unwrap();
        let disabled = last_id(&world).await;
        run(&ctx, DeleteUser { user: linus.id, unchanged: None }).await.unwrap();
        let deleted = last_id(&world).await;
        assert_stays(&world, disabled, "the user is not there any more").await;
        add_user(&ctx, person("linus", "")).await.unwrap();
        assert_stays(&world, deleted, "somebody already signs in with this address").await;
    }

    async fn access_that_was_changed_again_stays(world: World) {
        let (ctx, grace) = (world.operator(), world.add("grace", "").await);
        let (grant, gave) = given(&world, &grace).await;
        run(&ctx, ChangeAccess { grant, update: renewal(1) }).await.unwrap();
        let renewed = last_id(&world).await;
        assert_stays(&world, gave, CHANGED).await;
        run(&ctx, ChangeAccess { grant, update: GrantUpdate { until: Some(ctx.now().plus_seconds(9)), ..renewal(2) } }).await.unwrap();
        assert_stays(&world, renewed, CHANGED).await;
        run(&ctx, RemoveAccess { grant, version: 3 }).await.unwrap();
        let taken = last_id(&world).await;
        assert_stays(&world, renewed, "the grant is not there any more").await;
        let (_, again) = given(&world, &grace).await;
        assert_stays(&world, taken, CHANGED).await;
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        assert_stays(&world, again, "the grant is not there any more").await;
        assert_stays(&world, taken, "the user is not there any more").await;
    }

    async fn what_was_taken_is_not_given_back_where_it_could_not_be_given(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, support) = (member(&world, "grace", &a).await, role(&ctx, "support", &["users.read"]).await);
        let grant = give(&world, &NewGrant::lasting(Principal::User(grace.id), support.id.clone(), Scope::Everywhere)).await;
        run(&ctx, RemoveAccess { grant, version: 1 }).await.unwrap();
        let taken = last_id(&world).await;
        run(&ctx, DeleteRole { role: support.id.clone(), version: 1, unused: false }).await.unwrap();
        assert_stays(&world, taken, "the role is not there any more").await;
        let grant = give(&world, &lasting(Principal::User(grace.id), READ, Scope::Tenant(a.id))).await;
        run(&ctx, RemoveAccess { grant, version: 1 }).await.unwrap();
        let taken = last_id(&world).await;
        add_member(&ctx, tenant(&world, "b").await.id, &grace.login).await.unwrap();
        run(&ctx, RemoveMembership::of(grace.id, a.id)).await.unwrap();
        assert_stays(&world, taken, "they don't belong to this tenant").await;
    }

    async fn a_role_that_was_changed_again_stays(world: World) {
        let ctx = world.operator();
        let made = role(&ctx, "support", &["users.read"]).await;
        let created = last_id(&world).await;
        let second = saved(&ctx, &made, &["users.list"]).await;
        let updated = last_id(&world).await;
        saved(&ctx, &second, &["users.add"]).await;
        assert_stays(&world, created, CHANGED).await;
        assert_stays(&world, updated, CHANGED).await;
        run(&ctx, DeleteRole { role: made.id.clone(), version: 3, unused: false }).await.unwrap();
        let deleted = last_id(&world).await;
        assert_stays(&world, updated, "the role is not there any more").await;
        role(&ctx, "support", &["users.read"]).await;
        assert_stays(&world, deleted, "there is already a role of this name").await;
    }

    async fn a_group_that_was_changed_again_stays(world: World) {
        let (ctx, (a, grace, team)) = (world.operator(), grace_of(&world).await);
        let created = last_id(&world).await;
        run(&ctx, UpdateGroup { group: team.id, update: group_named("crew", 1) }).await.unwrap();
        let updated = last_id(&world).await;
        run(&ctx, UpdateGroup { group: team.id, update: group_named("gang", 2) }).await.unwrap();
        assert_stays(&world, created, CHANGED).await;
        assert_stays(&world, updated, CHANGED).await;
        put(&world, Principal::User(grace.id), &team).await;
        let added = last_id(&world).await;
        run(&ctx, RemoveFromGroup { group: team.id, member: Principal::User(grace.id) }).await.unwrap();
        let removed = last_id(&world).await;
        assert_stays(&world, added, "the member is not there any more").await;
        run(&ctx, DeleteGroup { group: team.id, version: 3, unused: false }).await.unwrap();
        let deleted = last_id(&world).await;
        assert_stays(&world, removed, "the group is not there any more").await;
        group(&world, "gang", &a).await;
        assert_stays(&world, deleted, "there is already a group of this name in the tenant").await;
    }

    async fn a_tenant_or_membership_that_was_changed_again_stays(world: World) {
        let (ctx, (_, grace, _)) = (world.operator(), grace_of(&world).await);
        let b = tenant(&world, "b").await;
        run(&ctx, UpdateTenant { tenant: b.id, update: tenant_named(&b, "B", 1) }).await.unwrap();
        let updated = last_id(&world).await;
        run(&ctx, UpdateTenant { tenant: b.id, update: tenant_named(&b, "Bee", 2) }).await.unwrap();
        assert_stays(&world, updated, CHANGED).await;
        add_member(&ctx, b.id, &grace.login).await.unwrap();
        let added = last_id(&world).await;
        run(&ctx, set_membership((grace.id, b.id), (Inactive, 1))).await.unwrap();
        let set = last_id(&world).await;
        run(&ctx, set_membership((grace.id, b.id), (Pending, 2))).await.unwrap();
        assert_stays(&world, set, CHANGED).await;
        run(&ctx, RemoveMembership::of(grace.id, b.id)).await.unwrap();
        let removed = last_id(&world).await;
        assert_stays(&world, added, "the membership is not there any more").await;
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        assert_stays(&world, removed, "the user is not there any more").await;
    }

    async fn an_owner_who_is_gone_is_not_made_one_again(world: World) {
        let (ctx, (a, grace, _)) = (world.operator(), grace_of(&world).await);
        run(&ctx, MakeOwner { user: grace.id, tenant: a.id }).await.unwrap();
        run(&ctx, MakeOwner { user: member(&world, "linus", &a).await.id, tenant: a.id }).await.unwrap();
        let owned = last_id(&world).await;
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        assert_stays(&world, owned, "the membership is not there any more").await;
    }

    async fn once_undone_is_undone_until_the_undoing_is(world: World) {
        let (ctx, grace) = (world.operator(), world.add("grace", "").await);
        run(&ctx, DisableUser { user: grace.id }).await.unwrap();
        let disabled = last_id(&world).await;
        undo(&ctx, disabled).await.unwrap();
        let undone = last_id(&world).await;
        let before = state::all(&world).await;
        assert!(is_refused(&undo(&ctx, disabled).await, Refused::Undone));
        assert_eq!(state::all(&world).await, before);
        undo(&ctx, undone).await.unwrap();
        assert!(is_refused(&undo(&ctx, undone).await, Refused::Undone));
        assert!(is_refused(&undo(&ctx, disabled).await, Refused::Undone));
    }

    async fn some_things_can_not_be_taken_back(world: World) {
        let (ctx, (_, grace, _)) = (world.operator(), grace_of(&world).await);
        let mut events = Vec::new();
        run(&ctx, UnlockUser { user: grace.id }).await.unwrap();
        events.push(last_id(&world).await);
        run(&ctx, ResetSecondFactor { user: grace.id }).await.unwrap();
        events.push(last_id(&world).await);
        sign_in(&world, &grace.login).await;
        events.push(last_id(&world).await);
        run(&ctx, ResetPassword::prepare(&ctx, grace.id, "a password for a while").await.unwrap()).await.unwrap();
        events.push(last_id(&world).await);
        for event in events {
            assert!(is_refused(&undo(&ctx, event).await, Refused::NotUndoable));
        }
        assert!(is_not_found(&undo(&ctx, EventId(uuid::Uuid::nil())).await));
    }
}
