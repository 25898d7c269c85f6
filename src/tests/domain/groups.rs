//! Groups: who is in them and through what, what may be in what, and what that does.

use castellan::{
    domain::{
        ctx::Ctx,
        engine::what_if::Left,
        error::Refused,
        grants::{Holder, Terms},
        groups::{self, Draft, GroupUpdate, Member},
        users,
    },
    model::{fields::Fields, permission::Permission, scope::Scope},
};

use super::{
    stage::{
        MORE_THAN_ONESELF, give, group, holding, is_invalid, is_not_found, is_refused, is_stale, lasting, may, member,
        put, tenant, typed,
    },
    state,
};
use crate::support::{World, on_both_engines};

const READ: Permission = Permission::UsersRead;

fn named(name: &str, version: i64) -> GroupUpdate {
    GroupUpdate { name: name.into(), description: "Another.".into(), version }
}

on_both_engines! {
    async fn members_and_inherited_members_are_shown_apart(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (ada, grace, linus) =
            (member(&world, "ada", &a).await, member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        let (top, middle, low) =
            (group(&world, "top", &a).await, group(&world, "middle", &a).await, group(&world, "low", &a).await);
        for (of, who) in [(&top, Member::User(ada.id)), (&top, Member::Group(middle.id)), (&middle, Member::Group(low.id)),
            (&middle, Member::User(grace.id)), (&low, Member::User(linus.id)), (&low, Member::User(ada.id))] {
            put(&world, who, of).await;
        }
        let direct = groups::members(&ctx, top.id, "").await.unwrap();
        assert_eq!((direct.total, direct.rows[0].id), (1, ada.id));
        let inherited = groups::inherited(&ctx, top.id, "").await.unwrap();
        let via: Vec<_> = inherited.rows.iter().map(|row| (row.id, row.via.as_str())).collect();
        assert_eq!((inherited.total, via), (2, vec![(grace.id, "middle"), (linus.id, "low")]));
        assert_eq!(groups::inherited(&ctx, low.id, "").await.unwrap().total, 0);
        let next = groups::neighbours(&ctx, middle.id).await.unwrap();
        assert_eq!((next.inside.rows[0].id, next.outside.rows[0].id), (low.id, top.id));
        assert_eq!(groups::of_user(&ctx, ada.id).await.unwrap().rows.len(), 2, "directly in");
    }

    async fn long_groups_are_read_in_pages(world: World) {
        castellan::domain::demo::fill(&world.operator(), 120).await.unwrap();
        let a = tenant(&world, "a").await;
        let (outer, inner) = (group(&world, "everybody", &a).await, group(&world, "all", &a).await);
        world.execute("insert into group_members (id, group_id, user_id, added_at)
            select u.id, g.id, u.id, 0 from users u, groups g where g.name = 'all'").await;
        put(&world, Member::Group(inner.id), &outer).await;
        let (ctx, mut after, mut direct, mut through) = (world.operator(), Some(String::new()), Vec::new(), Vec::new());
        while let Some(place) = after {
            let page = groups::members(&ctx, inner.id, &place).await.unwrap();
            direct.extend(page.rows.iter().map(|row| row.id));
            let same = groups::inherited(&ctx, outer.id, &place).await.unwrap();
            assert_eq!((page.total, same.total), (120, 120));
            through.extend(same.rows.iter().map(|row| row.id));
            after = page.after;
        }
        assert_eq!(direct, through);
        direct.sort_unstable();
        direct.dedup();
        assert_eq!((direct.len(), through.len()), (120, 120));
    }

    async fn a_group_is_never_inside_itself(world: World) {
        let a = tenant(&world, "a").await;
        let (top, middle, low) =
            (group(&world, "top", &a).await, group(&world, "middle", &a).await, group(&world, "low", &a).await);
        put(&world, Member::Group(middle.id), &top).await;
        put(&world, Member::Group(low.id), &middle).await;
        let before = state::all(&world).await;
        for (inner, outer) in [(&top, &top), (&top, &middle), (&top, &low), (&middle, &low)] {
            let fields = typed(Member::Group(inner.id));
            let outcome = groups::add(&world.operator(), outer.id, &fields).await;
            assert!(is_refused(&outcome, Refused::Cycle), "{} in {}", inner.name, outer.name);
            let effect = groups::what_if_added(&world.operator(), outer.id, &fields).await.unwrap();
            assert_eq!(effect.refused, Some(Refused::Cycle));
        }
        assert_eq!(state::all(&world).await, before);
        put(&world, Member::Group(low.id), &top).await;
    }

    async fn what_is_of_another_tenant_stays_out(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (here, there) = (group(&world, "here", &a).await, group(&world, "there", &b).await);
        let linus = member(&world, "linus", &b).await;
        let ctx = world.operator();
        assert!(is_invalid(&groups::add(&ctx, here.id, &typed(Member::Group(there.id))).await, "member_group"));
        assert!(is_invalid(&groups::add(&ctx, here.id, &typed(Member::User(linus.id))).await, "email"));
        let by_address = Fields::default().with("email", "LINUS@example.com");
        assert!(is_invalid(&groups::add(&ctx, here.id, &by_address).await, "email"));
        let inside = ctx.clone().working_in(Scope::Tenant(a.id));
        assert!(is_not_found(&groups::add(&inside, here.id, &typed(Member::User(linus.id))).await));
        assert!(is_invalid(&groups::add(&inside, here.id, &by_address).await, "email"));
        assert!(is_not_found(&groups::add(&inside, here.id, &typed(Member::Group(there.id))).await));
        assert!(is_invalid(&groups::create(&inside, Draft { name: "x".into(), description: String::new(), tenant: Some(b.id) }).await, "tenant"));
        assert!(groups::add(&ctx, there.id, &by_address).await.is_ok());
    }

    async fn names_and_versions_are_kept(world: World) {
        let (a, b, ctx) = (tenant(&world, "a").await, tenant(&world, "b").await, world.operator());
        let (team, other) = (group(&world, "team", &a).await, group(&world, "other", &a).await);
        group(&world, "team", &b).await;
        let same = Draft { name: "team".into(), description: String::new(), tenant: Some(a.id) };
        assert!(is_invalid(&groups::create(&ctx, same).await, "name"));
        assert!(is_invalid(&groups::update(&ctx, other.id, &named("team", 1)).await, "name"));
        let nowhere = Draft { name: "x".into(), description: String::new(), tenant: None };
        assert!(is_invalid(&groups::create(&ctx, nowhere).await, "tenant"));
        assert_eq!(groups::update(&ctx, team.id, &named("crew", 1)).await.unwrap().version, 2);
        assert!(is_stale(&groups::update(&ctx, team.id, &named("gang", 1)).await));
        assert!(is_stale(&groups::delete(&ctx, team.id, 1).await));
        assert_eq!(groups::read(&ctx, team.id).await.unwrap().name, "crew");
    }

    async fn nobody_moves_others_into_or_out_of_more_than_they_have(world: World) {
        let a = tenant(&world, "a").await;
        let (linus, top, low) =
            (member(&world, "linus", &a).await, group(&world, "top", &a).await, group(&world, "low", &a).await);
        put(&world, Member::Group(low.id), &top).await;
        put(&world, Member::User(linus.id), &low).await;
        let later = world.services.clock.now().plus_seconds(60);
        let terms = lasting(Holder::Group(top.id), READ, Scope::Tenant(a.id));
        give(&world, &Terms { from: Some(later), ..terms }).await;
        let ctx = holding(&world, "grace", &[Permission::GroupsUpdate, Permission::GroupsDelete]).await;
        let ada = member(&world, "ada", &a).await;
        let more = MORE_THAN_ONESELF;
        assert!(is_refused(&groups::add(&ctx, low.id, &typed(Member::User(ada.id))).await, more), "soon it gives more");
        assert!(is_refused(&groups::remove(&ctx, low.id, Member::User(linus.id)).await, more));
        assert!(is_refused(&groups::remove(&ctx, top.id, Member::Group(low.id)).await, more));
        assert!(is_refused(&groups::delete(&ctx, low.id, 1).await, more));
        world.services.clock.advance(60);
        let enough = holding(&world, "mary", &[Permission::GroupsUpdate, READ]).await;
        assert!(groups::add(&enough, low.id, &typed(Member::User(ada.id))).await.is_ok());
    }

    async fn from_inside_a_tenant_a_refusal_names_nothing_of_another(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (linus, team) = (member(&world, "linus", &a).await, group(&world, "team", &a).await);
        give(&world, &lasting(Holder::Group(team.id), READ, Scope::Tenant(b.id))).await;
        let ctx = holding(&world, "grace", &[Permission::GroupsUpdate]).await;
        let lacking = |ctx: Ctx| async move {
            let outcome = groups::add(&ctx, team.id, &typed(Member::User(linus.id))).await;
            outcome.map(drop).unwrap_err().to_string()
        };
        assert!(lacking(ctx.clone()).await.contains("you lack users.read"));
        let inside = lacking(ctx.working_in(Scope::Tenant(a.id))).await;
        assert!(inside.contains("more than you may") && !inside.contains("users.read"), "{inside}");
    }

    async fn adding_twice_writes_once_and_removing_takes_access_at_once(world: World) {
        let a = tenant(&world, "a").await;
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        give(&world, &lasting(Holder::Group(team.id), READ, Scope::Everywhere)).await;
        put(&world, Member::User(grace.id), &team).await;
        let before = state::all(&world).await;
        put(&world, Member::User(grace.id), &team).await;
        assert_eq!(state::all(&world).await, before);
        assert!(may(&world, &grace, READ, Scope::Everywhere).await);
        groups::remove(&world.operator(), team.id, Member::User(grace.id)).await.unwrap();
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await);
        assert!(is_not_found(&groups::remove(&world.operator(), team.id, Member::User(grace.id)).await));
    }

    async fn changes_say_first_what_they_do_and_write_nothing(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        let (outer, inner) = (group(&world, "outer", &a).await, group(&world, "inner", &a).await);
        put(&world, Member::User(grace.id), &outer).await;
        put(&world, Member::User(linus.id), &inner).await;
        give(&world, &lasting(Holder::Group(outer.id), READ, Scope::Everywhere)).await;
        let before = state::all(&world).await;
        for (effect, gain, of) in [
            (groups::what_if_added(&ctx, outer.id, &typed(Member::User(linus.id))).await, true, linus.id),
            (groups::what_if_added(&ctx, outer.id, &typed(Member::Group(inner.id))).await, true, linus.id),
            (groups::what_if_removed(&ctx, outer.id, Member::User(grace.id)).await, false, grace.id),
            (groups::what_if_deleted(&ctx, outer.id, 1).await, false, grace.id),
        ] {
            let changes = effect.unwrap().changes;
            let said: Vec<_> = changes.iter().map(|d| (d.permission, d.gain, d.people, d.left == Left::Nobody, d.named[0].0)).collect();
            assert_eq!(said, [(READ, gain, 1, !gain, of)]);
        }
        assert_eq!(state::all(&world).await, before);
    }

    async fn the_group_of_the_last_administrator_keeps_them(world: World) {
        let (a, ada, ctx) = (tenant(&world, "a").await, world.set_up().await, world.operator());
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        put(&world, Member::User(grace.id), &team).await;
        give(&world, &Terms::lasting(Holder::Group(team.id), world.role("admin").await, Scope::Everywhere)).await;
        users::disable(&ctx, ada.id).await.unwrap();
        let before = state::all(&world).await;
        assert!(is_refused(&groups::remove(&ctx, team.id, Member::User(grace.id)).await, Refused::LastAdministrator));
        assert!(is_refused(&groups::delete(&ctx, team.id, 1).await, Refused::LastAdministrator));
        let effect = groups::what_if_deleted(&ctx, team.id, 1).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::LastAdministrator));
        assert_eq!(state::all(&world).await, before);
    }
}
