//! Each change, taken back, leaves things as they were before it; and taken back again, as they were after it.

use std::collections::BTreeSet;

use castellan::{
    domain::{
        error::{Error, Result},
        grants::{self, Holder, Renewal, Terms},
        groups::{self, Group, GroupUpdate, Member},
        roles,
        tenants::{self, Tenant, TenantUpdate},
        undo::undo,
        users::{self, User},
    },
    model::{
        id::TenantId,
        permission::Permission,
        scope::Scope,
        tenant::{MembershipStatus, TenantType},
    },
};

use super::{ALL, known, needed};
use crate::{
    domain::{
        stage::{back_to, draft, give, group, holding, last_id, lasting, member, put, renamed, role, tenant, typed},
        state::{all, state},
    },
    support::{World, on_both_engines, person},
};

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
    put(world, Member::User(grace.id), &inner).await;
    put(world, Member::Group(inner.id), &outer).await;
    settle(world).await;
    for holder in [Holder::User(grace.id), Holder::Group(inner.id)] {
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
    there_and_back(world, async || users::create(ctx, person("mary", "")).await).await;
    there_and_back(world, async || users::update(ctx, cast.grace.id, renamed(&cast.grace, "G")).await).await;
    there_and_back(world, async || users::disable(ctx, cast.linus.id).await).await;
    there_and_back(world, async || users::enable(ctx, cast.linus.id).await).await;
    there_and_back(world, async || users::delete(ctx, cast.grace.id).await).await;
}

async fn every_change_of_grants(world: &World) {
    let (ctx, cast) = (&world.operator(), cast(world, "grants").await);
    let to = Holder::Group(cast.outer.id);
    let until = Some(ctx.now().plus_seconds(60));
    let terms = Terms { from: Some(ctx.now()), until, reason: "Once.".into(), ..lasting(to, READ, Scope::Everywhere) };
    there_and_back(world, async || grants::give(ctx, &terms).await).await;
    let id = grants::of_group(ctx, cast.outer.id).await.unwrap().rows;
    assert_eq!(id.len(), 1);
    let renewal = |version| Renewal { until: None, reason: "Longer.".into(), version };
    there_and_back(world, async || grants::renew(ctx, id[0].id, &renewal(id[0].version)).await).await;
    let version = grants::find(ctx, id[0].id).await.unwrap().0.version;
    there_and_back(world, async || grants::take(ctx, id[0].id, version).await).await;
}

async fn every_change_of_roles(world: &World) {
    let (ctx, cast) = (&world.operator(), cast(world, "roles").await);
    there_and_back(world, async || roles::create(ctx, draft("support", &["users.*", "roles.read"])).await).await;
    let made = role(ctx, "auditor", &["audit.read"]).await;
    for holder in [Holder::User(cast.linus.id), Holder::Group(cast.inner.id)] {
        give(world, &Terms::lasting(holder, made.id.clone(), Scope::Everywhere)).await;
    }
    let other = roles::RoleUpdate { draft: draft("reader", &["users.read"]), version: 1 };
    there_and_back(world, async || roles::update(ctx, &made.id, other).await).await;
    let now = roles::read(ctx, &made.id).await.unwrap();
    there_and_back(world, async || roles::roll_back(ctx, &made.id, &back_to(1, now.version)).await).await;
    let now = roles::read(ctx, &made.id).await.unwrap();
    there_and_back(world, async || roles::delete(ctx, &made.id, now.version).await).await;
}

async fn every_change_of_groups(world: &World) {
    let (ctx, cast) = (&world.operator(), cast(world, "groups").await);
    let new = groups::Draft { name: "new".into(), description: "New.".into(), tenant: Some(cast.b.id) };
    there_and_back(world, async || groups::create(ctx, new).await).await;
    let update = GroupUpdate { name: "crew".into(), description: "Another.".into(), version: 1 };
    there_and_back(world, async || groups::update(ctx, cast.inner.id, &update).await).await;
    let linus = typed(Member::User(cast.linus.id));
    there_and_back(world, async || groups::add(ctx, cast.outer.id, &linus).await).await;
    let grace = Member::User(cast.grace.id);
    there_and_back(world, async || groups::remove(ctx, cast.inner.id, grace).await).await;
    groups::add(ctx, cast.inner.id, &typed(grace)).await.unwrap();
    let inner = Member::Group(cast.inner.id);
    there_and_back(world, async || groups::remove(ctx, cast.outer.id, inner).await).await;
    there_and_back(world, async || groups::add(ctx, cast.outer.id, &typed(inner)).await).await;
    let version = groups::read(ctx, cast.inner.id).await.unwrap().version;
    there_and_back(world, async || groups::delete(ctx, cast.inner.id, version).await).await;
}

fn draft_of(tenant: &Tenant) -> tenants::Draft {
    let Tenant { slug, name, kind, use_, parent_id, .. } = tenant.clone();
    tenants::Draft { slug, name, kind, use_, parent: parent_id }
}

async fn every_change_of_tenants(world: &World) {
    let (ctx, cast) = (&world.operator(), cast(world, "tenants").await);
    let (a, b): (TenantId, TenantId) = (cast.a.id, cast.b.id);
    let update = TenantUpdate { name: "Harbour".into(), use_: TenantType::Test, parent: Some(a), version: 1 };
    let new = tenants::Draft { slug: "new".into(), name: "New".into(), parent: Some(a), ..draft_of(&cast.b) };
    there_and_back(world, async || tenants::create(ctx, new.clone()).await).await;
    tenants::create(ctx, tenants::Draft { slug: "never".into(), ..new }).await.unwrap();
    undo(ctx, last_id(world).await).await.unwrap();
    there_and_back(world, async || tenants::update(ctx, b, &update).await).await;
    there_and_back(world, async || tenants::add(ctx, b, &cast.linus.login).await).await;
    let inactive = MembershipStatus::Inactive;
    let version = tenants::membership(ctx, cast.linus.id, b).await.unwrap().version;
    there_and_back(world, async || tenants::set_status(ctx, (cast.linus.id, b), inactive, version).await).await;
    settle(world).await;
    there_and_back(world, async || tenants::remove(ctx, cast.linus.id, b).await).await;
    there_and_back(world, async || tenants::make_owner(ctx, cast.linus.id, a).await).await;
    tenants::make_owner(ctx, cast.linus.id, a).await.unwrap();
    there_and_back(world, async || tenants::make_owner(ctx, cast.grace.id, a).await).await;
    // The last membership takes the user with it.
    let mary = member(world, "mary-tenants", &cast.b).await;
    there_and_back(world, async || tenants::remove(ctx, mary.id, b).await).await;
}

on_both_engines! {
    async fn every_change_can_be_taken_back_and_brought_again(world: World) {
        every_change_of_users(&world).await;
        every_change_of_grants(&world).await;
        every_change_of_roles(&world).await;
        every_change_of_groups(&world).await;
        every_change_of_tenants(&world).await;
        let words: Vec<_> = known(&world).await.into_values().collect::<BTreeSet<_>>().into_iter().collect();
        assert_eq!(words, ALL, "every inverse is among them");
    }

    async fn undoing_needs_the_permission_of_the_command(world: World) {
        every_change_of_users(&world).await;
        every_change_of_grants(&world).await;
        every_change_of_roles(&world).await;
        every_change_of_groups(&world).await;
        every_change_of_tenants(&world).await;
        let ctx = holding(&world, "undoer", &[Permission::AuditUndo]).await;
        let (before, mut tried) = (all(&world).await, BTreeSet::new());
        for (event, word) in known(&world).await {
            let outcome = undo(&ctx, event).await;
            assert!(matches!(outcome, Err(Error::Forbidden(named)) if named == needed(word)), "{word}: {outcome:?}");
            tried.insert(word);
        }
        assert_eq!(tried.into_iter().collect::<Vec<_>>(), ALL);
        assert_eq!(all(&world).await, before);
    }
}
