//! Who belongs to a tenant: what counts, who owns it, and what leaving takes away.

use crate::{
    domain::{
        stage::{
            MORE_THAN_ONESELF, give, group, holding, is_invalid, is_not_found, is_refused, is_stale, lasting, may,
            member, put, tenant,
        },
        state,
    },
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        access::preview::effect::Left,
        ctx::Ctx,
        error::Refused,
        grants::input::NewGrant,
        tenants::{
            self,
            memberships::{leaving::Removed, store::Membership},
        },
        users,
    },
    model::{
        id::{TenantId, UserId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus::{Active, Inactive, Pending},
    },
};

const READ: Permission = Permission::UsersRead;

async fn membership(ctx: &Ctx, user: UserId, tenant: TenantId) -> Membership {
    let all = memberships_of(ctx, user).await.unwrap().rows;
    all.into_iter().find(|membership| membership.tenant_id == tenant).unwrap()
}

on_both_engines! {
    async fn what_is_given_in_a_tenant_counts_for_its_active_members(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let grace = member(&world, "grace", &a).await;
        give(&world, &lasting(Principal::User(grace.id), READ, Scope::Tenant(a.id))).await;
        for (seen, status) in [(1, Inactive), (2, Pending), (3, Active)] {
            run(&ctx, set_membership((grace.id, a.id), (status, seen))).await.unwrap();
            assert_eq!(may(&world, &grace, READ, Scope::Tenant(a.id)).await, status == Active, "{status:?}");
        }
        assert!(is_stale(&run(&ctx, set_membership((grace.id, a.id), (Inactive, 1))).await));
        let before = state::all(&world).await;
        run(&ctx, set_membership((grace.id, a.id), (Active, 4))).await.unwrap();
        let lost = preview(&ctx, &set_membership((grace.id, a.id), (Inactive, 4))).await.unwrap().changes;
        assert_eq!((lost.len(), lost[0].gain, lost[0].left == Left::Nobody, lost[0].tenant.as_deref()), (1, false, true, Some("a")));
        assert_eq!(state::all(&world).await, before, "neither is a change");
    }

    async fn a_tenant_has_one_owner_who_is_an_active_member(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        run(&ctx, MakeOwner { user: grace.id, tenant: a.id }).await.unwrap();
        run(&ctx, MakeOwner { user: linus.id, tenant: a.id }).await.unwrap();
        assert_eq!(world.count("select count(*) from memberships where is_owner = true").await, 1);
        assert!(membership(&ctx, linus.id, a.id).await.is_owner);
        let seen = membership(&ctx, grace.id, a.id).await.version;
        run(&ctx, set_membership((grace.id, a.id), (Inactive, seen))).await.unwrap();
        assert!(is_invalid(&run(&ctx, MakeOwner { user: grace.id, tenant: a.id }).await, "user"));
        assert!(is_not_found(&run(&ctx, MakeOwner { user: world.add("mary", "").await.id, tenant: a.id }).await));
        let page = tenants::memberships::queries::members(&ctx, a.id, "").await.unwrap();
        assert_eq!(page.rows.iter().map(|row| (row.id, row.is_owner)).collect::<Vec<_>>(), [(grace.id, false), (linus.id, true)]);
    }

    async fn the_owner_stays_until_somebody_else_is_it(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        run(&ctx, MakeOwner { user: grace.id, tenant: a.id }).await.unwrap();
        let before = state::all(&world).await;
        for outcome in [
            run(&ctx, DisableUser { user: grace.id }).await.map(drop),
            run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.map(drop),
            run(&ctx, RemoveMembership::of(grace.id, a.id)).await.map(drop),
            run(&ctx, set_membership((grace.id, a.id), (Inactive, 2))).await,
        ] {
            assert!(is_refused(&outcome, Refused::Owner), "{outcome:?}");
        }
        assert_eq!(preview_leaving(&ctx, grace.id, a.id).await.unwrap().0.refused, Some(Refused::Owner));
        assert_eq!(state::all(&world).await, before);
        run(&ctx, MakeOwner { user: linus.id, tenant: a.id }).await.unwrap();
        assert!(run(&ctx, RemoveMembership::of(grace.id, a.id)).await.is_ok());
    }

    async fn ownership_is_not_taken_from_whoever_stands_above(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        add_member(&world.operator(), a.id, &ada.login).await.unwrap();
        run(&world.operator(), MakeOwner { user: ada.id, tenant: a.id }).await.unwrap();
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        let may_move = lasting(Principal::User(grace.id), Permission::UsersUpdateTenants, Scope::Tenant(a.id));
        give(&world, &may_move).await;
        let as_grace = world.as_user(&grace).await.working_in(Scope::Tenant(a.id));
        assert!(is_refused(&run(&as_grace, MakeOwner { user: grace.id, tenant: a.id }).await, MORE_THAN_ONESELF));
        run(&world.operator(), MakeOwner { user: grace.id, tenant: a.id }).await.unwrap();
        give(&world, &NewGrant { from: Some(world.services.clock.now().plus_seconds(9)), ..lasting(Principal::User(grace.id), READ, Scope::Tenant(a.id)) }).await;
        assert!(run(&as_grace, MakeOwner { user: linus.id, tenant: a.id }).await.is_ok(), "one's own can be handed over");
    }

    async fn leaving_one_of_two_tenants_takes_what_was_held_there(world: World) {
        let (a, b, ctx) = (tenant(&world, "a").await, tenant(&world, "b").await, world.operator());
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        assert_eq!(add_member(&ctx, b.id, "grace@example.com").await.unwrap(), grace.id);
        put(&world, Principal::User(grace.id), &team).await;
        give(&world, &lasting(Principal::Group(team.id), READ, Scope::Everywhere)).await;
        for tenant in [&a, &b] {
            give(&world, &lasting(Principal::User(grace.id), Permission::AuditRead, Scope::Tenant(tenant.id))).await;
        }
        let before = state::all(&world).await;
        let (effect, removed) = preview_leaving(&ctx, grace.id, a.id).await.unwrap();
        assert_eq!((effect.changes.len(), removed), (2, Removed::Left));
        assert_eq!(state::all(&world).await, before, "asking changes nothing");
        assert_eq!(run(&ctx, RemoveMembership::of(grace.id, a.id)).await.unwrap(), Removed::Left);
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await && groups_of(&ctx, grace.id).await.unwrap().rows.is_empty());
        assert!(may(&world, &grace, Permission::AuditRead, Scope::Tenant(b.id)).await);
        assert!(!may(&world, &grace, Permission::AuditRead, Scope::Tenant(a.id)).await);
        assert!(is_not_found(&run(&ctx, RemoveMembership::of(grace.id, a.id)).await));
    }

    async fn whoever_belongs_nowhere_is_deleted(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let grace = member(&world, "grace", &a).await;
        let before = state::all(&world).await;
        assert_eq!(preview_leaving(&ctx, grace.id, a.id).await.unwrap().1, Removed::Deleted);
        assert_eq!(state::all(&world).await, before, "asking changes nothing");
        assert_eq!(run(&ctx, RemoveMembership::of(grace.id, a.id)).await.unwrap(), Removed::Deleted);
        assert!(is_not_found(&users::queries::find(&ctx, grace.id).await));
        let linus = member(&world, "linus", &a).await;
        give(&world, &NewGrant::lasting(Principal::User(linus.id), world.role("admin").await, Scope::Everywhere)).await;
        assert!(is_refused(&run(&ctx, RemoveMembership::of(linus.id, a.id)).await, Refused::LastAdministrator));
    }

    async fn nobody_sends_away_themselves_or_whoever_may_more(world: World) {
        let a = tenant(&world, "a").await;
        let grace = member(&world, "grace", &a).await;
        give(&world, &lasting(Principal::User(grace.id), READ, Scope::Tenant(a.id))).await;
        let ctx = holding(&world, "linus", &[Permission::UsersUpdateTenants]).await;
        let more = MORE_THAN_ONESELF;
        assert!(is_refused(&run(&ctx, RemoveMembership::of(grace.id, a.id)).await, more));
        assert!(is_refused(&run(&ctx, set_membership((grace.id, a.id), (Inactive, 1))).await, more));
        add_member(&ctx, a.id, "linus@example.com").await.unwrap();
        assert!(is_refused(&run(&ctx, RemoveMembership::of(ctx.user_id().unwrap(), a.id)).await, Refused::Yourself));
        assert!(is_refused(&run(&ctx, set_membership((ctx.user_id().unwrap(), a.id), (Inactive, 1))).await, Refused::Yourself));
        run(&world.operator(), MakeOwner { user: grace.id, tenant: a.id }).await.unwrap();
        assert!(is_refused(&run(&ctx, MakeOwner { user: ctx.user_id().unwrap(), tenant: a.id }).await, more));
    }

    async fn adding_twice_writes_once_and_nobody_is_made_up(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let grace = world.add("grace", "").await;
        assert_eq!(add_member(&ctx, a.id, "grace@example.com").await.unwrap(), grace.id);
        let before = state::all(&world).await;
        assert!(is_invalid(&add_member(&ctx, a.id, "grace@example.com").await, "email"), "they belong to it already");
        assert!(is_invalid(&add_member(&ctx, a.id, "nobody@example.com").await, "email"));
        assert!(is_not_found(&add_member(&ctx, TenantId(uuid::Uuid::nil()), "grace@example.com").await));
        assert_eq!(state::all(&world).await, before);
    }

    async fn long_tenants_are_read_in_pages(world: World) {
        castellan::demo::fill(&world.operator(), 120).await.unwrap();
        let a = tenant(&world, "a").await;
        world.execute("insert into memberships (id, user_id, tenant_id, status, created_at)
            select u.id, u.id, t.id, 'active', 0 from users u, tenants t where t.slug = 'a'").await;
        let (mut seen, mut after) = (Vec::new(), Some(String::new()));
        while let Some(place) = after {
            let page = tenants::memberships::queries::members(&world.operator(), a.id, &place).await.unwrap();
            assert_eq!(page.total, 120);
            seen.extend(page.rows.iter().map(|row| row.id));
            after = page.after;
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 120);
    }
}
