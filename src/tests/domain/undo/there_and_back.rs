//! Each change, taken back, leaves things as they were before it; and taken back again, as they were after it.

use std::collections::BTreeSet;

use crate::{
    domain::{
        stage::{
            account_token, back_to, client, content, give, group, holding, key_pair, last_id, lasting, member, put,
            renamed, role, tenant, typed,
        },
        state::{all, state},
    },
    support::{World, changes::*, on_both_engines, person},
};
use castellan::{
    domain::{
        clients::{self, editing::UpdateClient},
        credentials::{Credential, Disable, Enable, Rename},
        error::{Error, Result},
        grants::{
            self,
            give::ReplaceAccess,
            input::{GrantUpdate, NewGrant, What},
        },
        groups::{self, input::GroupUpdate, store::Group},
        roles::{self, requiring::RequireFactorOfRole},
        tenants::{
            self,
            asked::SetSettings,
            input::TenantUpdate,
            memberships::tagging::SetTags,
            settings::{Required, SetTenantSettings, TenantSettings},
            store::Tenant,
        },
        users::{
            allowlist::{Allowlist, SetAllowlist},
            scope::SetTenantScope,
            store::User,
        },
    },
    model::{
        id::TenantId,
        permission::Permission,
        principal::Principal,
        scope::{Scope, TenantScope},
        tenant::{MembershipStatus, TenantType},
    },
};

use super::{kinds, known, needed};

const READ: Permission = Permission::UsersRead;

/// Does it, undoes it, undoes the undoing, and undoes that again.
async fn there_and_back<T>(world: &World, change: impl AsyncFnOnce() -> Result<T>) {
    let before = state(world).await;
    change().await.map(drop).unwrap();
    let after = state(world).await;
    assert_ne!(before, after, "it changes something");
    for (round, expected) in [&before, &after, &before, &after].into_iter().enumerate() {
        let event = last_id(world).await;
        undo(&world.operator(), event).await.unwrap_or_else(|e| panic!("undo {round}: {e}"));
        assert_eq!(&state(world).await, expected, "after undo {round}");
    }
}

/// People and places to change.
struct Cast {
    a: Tenant,
    b: Tenant,
    grace: User,
    linus: User,
    outer: Group,
    inner: Group,
}

/// Grace is in the inner group, and both hold something. Each story has people of its own.
async fn cast(world: &World, story: &str) -> Cast {
    let named = |name: &str| format!("{name}-{story}");
    let (a, b) = (tenant(world, &named("a")).await, tenant(world, &named("b")).await);
    let (grace, linus) = (member(world, &named("grace"), &a).await, member(world, &named("linus"), &a).await);
    let (outer, inner) = (group(world, "outer", &a).await, group(world, "inner", &a).await);
    put(world, Principal::User(grace.id), &inner).await;
    put(world, Principal::Group(inner.id), &outer).await;
    settle(world).await;
    for holder in [Principal::User(grace.id), Principal::Group(inner.id)] {
        give(world, &lasting(holder, READ, Scope::Tenant(a.id))).await;
    }
    Cast { a, b, grace, linus, outer, inner }
}

/// Everybody has what no page sets yet: it must come back with them all the same.
async fn settle(world: &World) {
    world
        .execute(
            "update users set kind = 'service_account', locale = 'de_DE', tenant_scope = 'any', ip_allowlist = '[\"::1\"]',
                second_factor_required = true, email_verified_at = 7",
        )
        .await;
    world
        .execute(
            "update memberships set tags = '[\"vip\"]', attributes = '{\"desk\":7}', external_id = 'e-7',
                last_sign_in_at = 7",
        )
        .await;
}

async fn every_change_of_users(world: &World) {
    let (ctx, cast) = (&world.operator(), cast(world, "users").await);
    there_and_back(world, async || add_user(ctx, person("mary", "")).await).await;
    there_and_back(world, async || {
        run(ctx, UpdateUser { user: cast.grace.id, update: renamed(&cast.grace, "G") }).await
    })
    .await;
    let scope = SetTenantScope { user: cast.linus.id, from: TenantScope::Any, to: TenantScope::Test };
    there_and_back(world, async || run(ctx, scope).await).await;
    let (user, from) = (cast.linus.id, Allowlist::parse(&["::1".into()]).unwrap());
    let list = SetAllowlist { user, from, to: Allowlist::default() };
    there_and_back(world, async || run(ctx, list).await).await;
    there_and_back(world, async || run(ctx, DisableUser { user: cast.linus.id }).await).await;
    there_and_back(world, async || run(ctx, EnableUser { user: cast.linus.id }).await).await;
    there_and_back(world, async || run(ctx, DeleteUser { user: cast.grace.id, unchanged: None }).await).await;
}

async fn every_change_of_grants(world: &World) {
    let (ctx, cast) = (&world.operator(), cast(world, "grants").await);
    let to = Principal::Group(cast.outer.id);
    let until = Some(ctx.now().plus_seconds(60));
    let terms =
        NewGrant { from: Some(ctx.now()), until, reason: "Once.".into(), ..lasting(to, READ, Scope::Everywhere) };
    there_and_back(world, async || give_access(ctx, &terms).await).await;
    let id = grants::queries::of_group(ctx, cast.outer.id).await.unwrap().rows;
    assert_eq!(id.len(), 1);
    let renewal = |version| GrantUpdate { until: None, reason: "Longer.".into(), version };
    there_and_back(world, async || run(ctx, ChangeAccess { grant: id[0].id, update: renewal(id[0].version) }).await)
        .await;
    let version = grants::queries::find(ctx, id[0].id).await.unwrap().0.version;
    let other = What::Permission(Permission::UsersList);
    there_and_back(world, async || run(ctx, ReplaceAccess::by(id[0].id, version, other.clone())).await).await;
    let version = grants::queries::find(ctx, id[0].id).await.unwrap().0.version;
    there_and_back(world, async || run(ctx, RemoveAccess { grant: id[0].id, version }).await).await;
}

async fn every_change_of_roles(world: &World) {
    let (ctx, cast) = (&world.operator(), cast(world, "roles").await);
    there_and_back(world, async || add_role(ctx, content("support", &["users.*", "roles.read"])).await).await;
    let made = role(ctx, "auditor", &["audit.read"]).await;
    for holder in [Principal::User(cast.linus.id), Principal::Group(cast.inner.id)] {
        give(world, &NewGrant::lasting(holder, made.id.clone(), Scope::Everywhere)).await;
    }
    let other = roles::input::RoleUpdate { content: content("reader", &["users.read"]), version: 1 };
    there_and_back(world, async || run(ctx, UpdateRole { role: made.id.clone(), update: other }).await).await;
    let now = roles::queries::read(ctx, &made.id).await.unwrap();
    there_and_back(world, async || roll_back(ctx, &made.id, &back_to(1, now.version)).await).await;
    let factor = RequireFactorOfRole { role: made.id.clone(), required: true };
    there_and_back(world, async || run(ctx, factor).await).await;
    let now = roles::queries::read(ctx, &made.id).await.unwrap();
    there_and_back(world, async || {
        run(ctx, DeleteRole { role: made.id.clone(), version: now.version, unused: false }).await
    })
    .await;
}

async fn every_change_of_groups(world: &World) {
    let (ctx, cast) = (&world.operator(), cast(world, "groups").await);
    let new = groups::input::NewGroup { name: "new".into(), description: "New.".into(), tenant: Some(cast.b.id) };
    there_and_back(world, async || add_group(ctx, new).await).await;
    let update = GroupUpdate { name: "crew".into(), description: "Another.".into(), version: 1 };
    there_and_back(world, async || run(ctx, UpdateGroup { group: cast.inner.id, update: update.clone() }).await).await;
    let linus = typed(Principal::User(cast.linus.id));
    there_and_back(world, async || add_to_group(ctx, cast.outer.id, &linus).await).await;
    let grace = Principal::User(cast.grace.id);
    there_and_back(world, async || run(ctx, RemoveFromGroup { group: cast.inner.id, member: grace }).await).await;
    add_to_group(ctx, cast.inner.id, &typed(grace)).await.unwrap();
    let inner = Principal::Group(cast.inner.id);
    there_and_back(world, async || run(ctx, RemoveFromGroup { group: cast.outer.id, member: inner }).await).await;
    there_and_back(world, async || add_to_group(ctx, cast.outer.id, &typed(inner)).await).await;
    let version = groups::queries::read(ctx, cast.inner.id).await.unwrap().version;
    there_and_back(world, async || run(ctx, DeleteGroup { group: cast.inner.id, version, unused: false }).await).await;
}

/// What is done in one way with whatever programs prove themselves by.
async fn every_change_of<C: Credential>(world: &World, made: &C) {
    let (ctx, id) = (&world.operator(), made.id());
    let rename = Rename::<C> { id, name: "deploy".into(), version: made.version() };
    there_and_back(world, async || run(ctx, rename).await).await;
    there_and_back(world, async || run(ctx, Disable::<C> { id }).await).await;
    run(ctx, Disable::<C> { id }).await.unwrap();
    there_and_back(world, async || run(ctx, Enable::<C> { id }).await).await;
}

async fn every_change_of_credentials(world: &World) {
    let (ctx, a) = (&world.operator(), tenant(world, "a-clients").await);
    let ada = member(world, "ada-clients", &a).await;
    let ci = client(ctx, a.id, "ci").await;
    let (services, groups) = (Some(vec![ci.id.0]), None);
    let update = UpdateClient { id: ci.id, name: Some("co".into()), services, groups, version: ci.version };
    there_and_back(world, async || run(ctx, update).await).await;
    every_change_of(world, &clients::queries::read(ctx, ci.id).await.unwrap().0).await;
    every_change_of(world, &account_token(ctx, (ada.id, a.id), "ci").await).await;
    every_change_of(world, &key_pair(ctx, a.id, "ci").await).await;
}

fn draft_of(tenant: &Tenant) -> tenants::input::NewTenant {
    let Tenant { slug, name, kind, use_, parent_id, .. } = tenant.clone();
    tenants::input::NewTenant { slug, name, kind, use_, parent: parent_id }
}

async fn every_change_of_tenants(world: &World) {
    let (ctx, cast) = (&world.operator(), cast(world, "tenants").await);
    let (a, b): (TenantId, TenantId) = (cast.a.id, cast.b.id);
    let update = TenantUpdate { name: "Harbour".into(), use_: TenantType::Test, parent: Some(a), version: 1 };
    let new =
        tenants::input::NewTenant { slug: "new".into(), name: "New".into(), parent: Some(a), ..draft_of(&cast.b) };
    there_and_back(world, async || add_tenant(ctx, new.clone()).await).await;
    add_tenant(ctx, tenants::input::NewTenant { slug: "never".into(), ..new }).await.unwrap();
    undo(ctx, last_id(world).await).await.unwrap();
    there_and_back(world, async || run(ctx, UpdateTenant { tenant: b, update: update.clone() }).await).await;
    let (second_factor, attributes) = (Some(Required::Required), vec!["team".into()]);
    let (session_minutes, idle_minutes) = (Some(60), Some(20));
    let to = TenantSettings {
        password_min: Some(20),
        password_kinds: Some(2),
        password_history: Some(5),
        password_days: Some(90),
        second_factor,
        session_minutes,
        idle_minutes,
        attributes,
    };
    let set = SetTenantSettings { tenant: b, from: TenantSettings::default(), to };
    there_and_back(world, async || run(ctx, set.clone()).await).await;
    let to = TenantSettings { password_min: Some(20), ..TenantSettings::default() };
    let set = SetSettings { from: TenantSettings::default(), to };
    there_and_back(world, async || run(ctx, set.clone()).await).await;
    there_and_back(world, async || add_member(ctx, b, &cast.linus.login).await).await;
    let inactive = MembershipStatus::Inactive;
    let version = tenants::memberships::queries::membership(ctx, cast.linus.id, b).await.unwrap().version;
    there_and_back(world, async || run(ctx, set_membership((cast.linus.id, b), (inactive, version))).await).await;
    settle(world).await;
    let tags = SetTags { user: cast.linus.id, tenant: b, from: vec!["vip".into()], to: vec!["a".into(), "b".into()] };
    there_and_back(world, async || run(ctx, tags).await).await;
    there_and_back(world, async || run(ctx, RemoveMembership::of(cast.linus.id, b)).await).await;
    there_and_back(world, async || run(ctx, MakeOwner { user: cast.linus.id, tenant: a }).await).await;
    run(ctx, MakeOwner { user: cast.linus.id, tenant: a }).await.unwrap();
    there_and_back(world, async || run(ctx, MakeOwner { user: cast.grace.id, tenant: a }).await).await;
    // The last membership takes the user with it.
    let mary = member(world, "mary-tenants", &cast.b).await;
    there_and_back(world, async || run(ctx, RemoveMembership::of(mary.id, b)).await).await;
}

on_both_engines! {
    async fn every_change_can_be_taken_back_and_brought_again(world: World) {
        every_change_of_users(&world).await;
        every_change_of_grants(&world).await;
        every_change_of_roles(&world).await;
        every_change_of_groups(&world).await;
        every_change_of_tenants(&world).await;
        every_change_of_credentials(&world).await;
        let words: BTreeSet<_> = known(&world).await.into_values().collect();
        assert_eq!(words, kinds(), "every undo command is among them");
    }

    async fn undoing_needs_the_permission_of_the_command(world: World) {
        every_change_of_users(&world).await;
        every_change_of_grants(&world).await;
        every_change_of_roles(&world).await;
        every_change_of_groups(&world).await;
        every_change_of_tenants(&world).await;
        every_change_of_credentials(&world).await;
        let ctx = holding(&world, "undoer", &[Permission::AuditUndo]).await;
        let (before, mut tried) = (all(&world).await, BTreeSet::new());
        for (event, word) in known(&world).await {
            let outcome = undo(&ctx, event).await;
            assert!(matches!(outcome, Err(Error::Forbidden(named)) if named == needed(&word)), "{word}: {outcome:?}");
            tried.insert(word);
        }
        assert_eq!(tried, kinds());
        assert_eq!(all(&world).await, before);
    }
}
