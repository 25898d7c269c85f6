//! Who belongs to a tenant: what counts, who owns it, and what leaving takes away.

use castellan::{
    domain::{
        ctx::Ctx,
        engine::what_if::Left,
        error::Refused,
        grants::{Holder, Terms},
        groups::{self, Member},
        tenants::{self, Membership, Removed},
        users,
    },
    model::{
        id::{TenantId, UserId},
        permission::Permission,
        scope::Scope,
        tenant::MembershipStatus::{Active, Inactive, Pending},
    },
};

use crate::{
    domain::{
        stage::{
            MORE_THAN_ONESELF, give, group, holding, is_invalid, is_not_found, is_refused, is_stale, lasting, may,
            member, put, tenant,
        },
        state,
    },
    support::{World, on_both_engines},
};

const READ: Permission = Permission::UsersRead;

async fn membership(ctx: &Ctx, user: UserId, tenant: TenantId) -> Membership {
    let all = tenants::of_user(ctx, user).await.unwrap().rows;
    all.into_iter().find(|membership| membership.tenant_id == tenant).unwrap()
}

on_both_engines! {
    async fn what_is_given_in_a_tenant_counts_for_its_active_members(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let grace = member(&world, "grace", &a).await;
        give(&world, &lasting(Holder::User(grace.id), READ, Scope::Tenant(a.id))).await;
        for (seen, status) in [(1, Inactive), (2, Pending), (3, Active)] {
            tenants::set_status(&ctx, (grace.id, a.id), status, seen).await.unwrap();
            assert_eq!(may(&world, &grace, READ, Scope::Tenant(a.id)).await, status == Active, "{status:?}");
        }
        assert!(is_stale(&tenants::set_status(&ctx, (grace.id, a.id), Inactive, 1).await));
        let before = state::all(&world).await;
        tenants::set_status(&ctx, (grace.id, a.id), Active, 4).await.unwrap();
        let lost = tenants::what_if_set(&ctx, (grace.id, a.id), (Inactive, 4)).await.unwrap().changes;
        assert_eq!((lost.len(), lost[0].gain, lost[0].left == Left::Nobody, lost[0].tenant.as_deref()), (1, false, true, Some("a")));
        assert_eq!(state::all(&world).await, before, "neither is a change");
    }

    async fn a_tenant_has_one_owner_who_is_an_active_member(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        tenants::make_owner(&ctx, grace.id, a.id).await.unwrap();
        tenants::make_owner(&ctx, linus.id, a.id).await.unwrap();
        assert_eq!(world.count("select count(*) from memberships where is_owner = true").await, 1);
        assert!(membership(&ctx, linus.id, a.id).await.is_owner);
        let seen = membership(&ctx, grace.id, a.id).await.version;
        tenants::set_status(&ctx, (grace.id, a.id), Inactive, seen).await.unwrap();
        assert!(is_invalid(&tenants::make_owner(&ctx, grace.id, a.id).await, "user"));
        assert!(is_not_found(&tenants::make_owner(&ctx, world.add("mary", "").await.id, a.id).await));
        let page = tenants::members(&ctx, a.id, "").await.unwrap();
        assert_eq!(page.rows.iter().map(|row| (row.id, row.is_owner)).collect::<Vec<_>>(), [(grace.id, false), (linus.id, true)]);
    }

    async fn the_owner_stays_until_somebody_else_is_it(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        tenants::make_owner(&ctx, grace.id, a.id).await.unwrap();
        let before = state::all(&world).await;
        for outcome in [
            users::disable(&ctx, grace.id).await.map(drop),
            users::delete(&ctx, grace.id).await.map(drop),
            tenants::remove(&ctx, grace.id, a.id).await.map(drop),
            tenants::set_status(&ctx, (grace.id, a.id), Inactive, 2).await,
        ] {
            assert!(is_refused(&outcome, Refused::Owner), "{outcome:?}");
        }
        assert_eq!(tenants::what_if_removed(&ctx, grace.id, a.id).await.unwrap().0.refused, Some(Refused::Owner));
        assert_eq!(state::all(&world).await, before);
        tenants::make_owner(&ctx, linus.id, a.id).await.unwrap();
        assert!(tenants::remove(&ctx, grace.id, a.id).await.is_ok());
    }

    async fn ownership_is_not_taken_from_whoever_stands_above(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        tenants::add(&world.operator(), a.id, &ada.login).await.unwrap();
        tenants::make_owner(&world.operator(), ada.id, a.id).await.unwrap();
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        let may_move = lasting(Holder::User(grace.id), Permission::UsersUpdateTenants, Scope::Tenant(a.id));
        give(&world, &may_move).await;
        let as_grace = world.as_user(&grace).await.working_in(Scope::Tenant(a.id));
        assert!(is_refused(&tenants::make_owner(&as_grace, grace.id, a.id).await, MORE_THAN_ONESELF));
        tenants::make_owner(&world.operator(), grace.id, a.id).await.unwrap();
        give(&world, &Terms { from: Some(world.services.clock.now().plus_seconds(9)), ..lasting(Holder::User(grace.id), READ, Scope::Tenant(a.id)) }).await;
        assert!(tenants::make_owner(&as_grace, linus.id, a.id).await.is_ok(), "one's own can be handed over");
    }

    async fn leaving_one_of_two_tenants_takes_what_was_held_there(world: World) {
        let (a, b, ctx) = (tenant(&world, "a").await, tenant(&world, "b").await, world.operator());
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        assert_eq!(tenants::add(&ctx, b.id, "grace@example.com").await.unwrap(), grace.id);
        put(&world, Member::User(grace.id), &team).await;
        give(&world, &lasting(Holder::Group(team.id), READ, Scope::Everywhere)).await;
        for tenant in [&a, &b] {
            give(&world, &lasting(Holder::User(grace.id), Permission::AuditRead, Scope::Tenant(tenant.id))).await;
        }
        let before = state::all(&world).await;
        let (effect, removed) = tenants::what_if_removed(&ctx, grace.id, a.id).await.unwrap();
        assert_eq!((effect.changes.len(), removed), (2, Removed::Left));
        assert_eq!(state::all(&world).await, before, "asking changes nothing");
        assert_eq!(tenants::remove(&ctx, grace.id, a.id).await.unwrap(), Removed::Left);
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await && groups::of_user(&ctx, grace.id).await.unwrap().rows.is_empty());
        assert!(may(&world, &grace, Permission::AuditRead, Scope::Tenant(b.id)).await);
        assert!(!may(&world, &grace, Permission::AuditRead, Scope::Tenant(a.id)).await);
        assert!(is_not_found(&tenants::remove(&ctx, grace.id, a.id).await));
    }

    async fn whoever_belongs_nowhere_is_deleted(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let grace = member(&world, "grace", &a).await;
        let before = state::all(&world).await;
        assert_eq!(tenants::what_if_removed(&ctx, grace.id, a.id).await.unwrap().1, Removed::Deleted);
        assert_eq!(state::all(&world).await, before, "asking changes nothing");
        assert_eq!(tenants::remove(&ctx, grace.id, a.id).await.unwrap(), Removed::Deleted);
        assert!(is_not_found(&users::find(&ctx, grace.id).await));
        let linus = member(&world, "linus", &a).await;
        give(&world, &Terms::lasting(Holder::User(linus.id), world.role("admin").await, Scope::Everywhere)).await;
        assert!(is_refused(&tenants::remove(&ctx, linus.id, a.id).await, Refused::LastAdministrator));
    }

    async fn nobody_sends_away_themselves_or_whoever_may_more(world: World) {
        let a = tenant(&world, "a").await;
        let grace = member(&world, "grace", &a).await;
        give(&world, &lasting(Holder::User(grace.id), READ, Scope::Tenant(a.id))).await;
        let ctx = holding(&world, "linus", &[Permission::UsersUpdateTenants]).await;
        let more = MORE_THAN_ONESELF;
        assert!(is_refused(&tenants::remove(&ctx, grace.id, a.id).await, more));
        assert!(is_refused(&tenants::set_status(&ctx, (grace.id, a.id), Inactive, 1).await, more));
        tenants::add(&ctx, a.id, "linus@example.com").await.unwrap();
        assert!(is_refused(&tenants::remove(&ctx, ctx.user_id().unwrap(), a.id).await, Refused::Yourself));
        assert!(is_refused(&tenants::set_status(&ctx, (ctx.user_id().unwrap(), a.id), Inactive, 1).await, Refused::Yourself));
        tenants::make_owner(&world.operator(), grace.id, a.id).await.unwrap();
        assert!(is_refused(&tenants::make_owner(&ctx, ctx.user_id().unwrap(), a.id).await, more));
    }

    async fn adding_twice_writes_once_and_nobody_is_made_up(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let grace = world.add("grace", "").await;
        assert_eq!(tenants::add(&ctx, a.id, "grace@example.com").await.unwrap(), grace.id);
        let before = state::all(&world).await;
        assert!(is_invalid(&tenants::add(&ctx, a.id, "grace@example.com").await, "email"), "they belong to it already");
        assert!(is_invalid(&tenants::add(&ctx, a.id, "nobody@example.com").await, "email"));
        assert!(is_not_found(&tenants::add(&ctx, TenantId(uuid::Uuid::nil()), "grace@example.com").await));
        assert_eq!(state::all(&world).await, before);
    }

    async fn long_tenants_are_read_in_pages(world: World) {
        castellan::domain::demo::fill(&world.operator(), 120).await.unwrap();
        let a = tenant(&world, "a").await;
        world.execute("insert into memberships (id, user_id, tenant_id, status, created_at)
            select u.id, u.id, t.id, 'active', 0 from users u, tenants t where t.slug = 'a'").await;
        let (mut seen, mut after) = (Vec::new(), Some(String::new()));
        while let Some(place) = after {
            let page = tenants::members(&world.operator(), a.id, &place).await.unwrap();
            assert_eq!(page.total, 120);
            seen.extend(page.rows.iter().map(|row| row.id));
            after = page.after;
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 120);
    }
}
