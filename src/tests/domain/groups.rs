//! Groups: who is in them and through what, what may be in what, and what that does.

use crate::support::{World, changes::*, on_both_engines};
use castellan::{
    domain::{
        access::preview::effect::Left,
        ctx::Ctx,
        error::Refused,
        grants::input::NewGrant,
        groups::{
            self,
            input::{GroupUpdate, NewGroup},
        },
    },
    model::{forms::GroupMemberForm, permission::Permission, principal::Principal, scope::Scope},
};

use super::{
    stage::{
        MORE_THAN_ONESELF, give, group, holding, is_invalid, is_not_found, is_refused, is_stale, lasting, may, member,
        put, tenant, typed,
    },
    state,
};

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
        for (of, who) in [(&top, Principal::User(ada.id)), (&top, Principal::Group(middle.id)), (&middle, Principal::Group(low.id)),
            (&middle, Principal::User(grace.id)), (&low, Principal::User(linus.id)), (&low, Principal::User(ada.id))] {
            put(&world, who, of).await;
        }
        let direct = groups::queries::members(&ctx, top.id, "").await.unwrap();
        assert_eq!((direct.total, direct.rows[0].id), (1, ada.id));
        let inherited = groups::queries::inherited(&ctx, top.id, "").await.unwrap();
        let via: Vec<_> = inherited.rows.iter().map(|row| (row.id, row.via.as_str())).collect();
        assert_eq!((inherited.total, via), (2, vec![(grace.id, "middle"), (linus.id, "low")]));
        assert_eq!(groups::queries::inherited(&ctx, low.id, "").await.unwrap().total, 0);
        let next = groups::queries::neighbours(&ctx, middle.id).await.unwrap();
        assert_eq!((next.inside.rows[0].id, next.outside.rows[0].id), (low.id, top.id));
        assert_eq!(groups_of(&ctx, ada.id).await.unwrap().rows.len(), 2, "directly in");
    }

    async fn long_groups_are_read_in_pages(world: World) {
        castellan::demo::fill(&world.operator(), 120).await.unwrap();
        let a = tenant(&world, "a").await;
        let (outer, inner) = (group(&world, "everybody", &a).await, group(&world, "all", &a).await);
        world.execute("insert into group_members (id, group_id, user_id, added_at)
            select u.id, g.id, u.id, 0 from users u, groups g where g.name = 'all'").await;
        put(&world, Principal::Group(inner.id), &outer).await;
        let (ctx, mut after, mut direct, mut through) = (world.operator(), Some(String::new()), Vec::new(), Vec::new());
        while let Some(place) = after {
            let page = groups::queries::members(&ctx, inner.id, &place).await.unwrap();
            direct.extend(page.rows.iter().map(|row| row.id));
            let same = groups::queries::inherited(&ctx, outer.id, &place).await.unwrap();
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
        put(&world, Principal::Group(middle.id), &top).await;
        put(&world, Principal::Group(low.id), &middle).await;
        let before = state::all(&world).await;
        for (inner, outer) in [(&top, &top), (&top, &middle), (&top, &low), (&middle, &low)] {
            let fields = typed(Principal::Group(inner.id));
            let outcome = add_to_group(&world.operator(), outer.id, &fields).await;
            assert!(is_refused(&outcome, Refused::Cycle), "{} in {}", inner.name, outer.name);
            let effect = preview_added(&world.operator(), outer.id, &fields).await.unwrap();
            assert_eq!(effect.refused, Some(Refused::Cycle));
        }
        assert_eq!(state::all(&world).await, before);
        put(&world, Principal::Group(low.id), &top).await;
    }

    async fn what_is_of_another_tenant_stays_out(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (here, there) = (group(&world, "here", &a).await, group(&world, "there", &b).await);
        let linus = member(&world, "linus", &b).await;
        let ctx = world.operator();
        assert!(is_invalid(&add_to_group(&ctx, here.id, &typed(Principal::Group(there.id))).await, "member_group"));
        assert!(is_invalid(&add_to_group(&ctx, here.id, &typed(Principal::User(linus.id))).await, "email"));
        let by_address = GroupMemberForm { email: "LINUS@example.com".into(), ..GroupMemberForm::default() };
        assert!(is_invalid(&add_to_group(&ctx, here.id, &by_address).await, "email"));
        let inside = ctx.clone().working_in(Scope::Tenant(a.id));
        assert!(is_not_found(&add_to_group(&inside, here.id, &typed(Principal::User(linus.id))).await));
        assert!(is_invalid(&add_to_group(&inside, here.id, &by_address).await, "email"));
        assert!(is_not_found(&add_to_group(&inside, here.id, &typed(Principal::Group(there.id))).await));
        assert!(is_invalid(&add_group(&inside, NewGroup { name: "x".into(), description: String::new(), tenant: Some(b.id) }).await, "tenant"));
        assert!(add_to_group(&ctx, there.id, &by_address).await.is_ok());
    }

    async fn names_and_versions_are_kept(world: World) {
        let (a, b, ctx) = (tenant(&world, "a").await, tenant(&world, "b").await, world.operator());
        let (team, other) = (group(&world, "team", &a).await, group(&world, "other", &a).await);
        group(&world, "team", &b).await;
        let same = NewGroup { name: "team".into(), description: String::new(), tenant: Some(a.id) };
        assert!(is_invalid(&add_group(&ctx, same).await, "name"));
        assert!(is_invalid(&run(&ctx, UpdateGroup { group: other.id, update: named("team", 1) }).await, "name"));
        let nowhere = NewGroup { name: "x".into(), description: String::new(), tenant: None };
        assert!(is_invalid(&add_group(&ctx, nowhere).await, "tenant"));
        assert_eq!(run(&ctx, UpdateGroup { group: team.id, update: named("crew", 1) }).await.unwrap().version, 2);
        assert!(is_stale(&run(&ctx, UpdateGroup { group: team.id, update: named("gang", 1) }).await));
        assert!(is_stale(&run(&ctx, DeleteGroup { group: team.id, version: 1, unused: false }).await));
        assert_eq!(groups::queries::read(&ctx, team.id).await.unwrap().name, "crew");
    }

    async fn nobody_moves_others_into_or_out_of_more_than_they_have(world: World) {
        let a = tenant(&world, "a").await;
        let (linus, top, low) =
            (member(&world, "linus", &a).await, group(&world, "top", &a).await, group(&world, "low", &a).await);
        put(&world, Principal::Group(low.id), &top).await;
        put(&world, Principal::User(linus.id), &low).await;
        let later = world.services.clock.now().plus_seconds(60);
        let terms = lasting(Principal::Group(top.id), READ, Scope::Tenant(a.id));
        give(&world, &NewGrant { from: Some(later), ..terms }).await;
        let ctx = holding(&world, "grace", &[Permission::GroupsUpdate, Permission::GroupsDelete]).await;
        let ada = member(&world, "ada", &a).await;
        let more = MORE_THAN_ONESELF;
        assert!(is_refused(&add_to_group(&ctx, low.id, &typed(Principal::User(ada.id))).await, more), "soon it gives more");
        assert!(is_refused(&run(&ctx, RemoveFromGroup { group: low.id, member: Principal::User(linus.id) }).await, more));
        assert!(is_refused(&run(&ctx, RemoveFromGroup { group: top.id, member: Principal::Group(low.id) }).await, more));
        assert!(is_refused(&run(&ctx, DeleteGroup { group: low.id, version: 1, unused: false }).await, more));
        world.services.clock.advance(60);
        let enough = holding(&world, "mary", &[Permission::GroupsUpdate, READ]).await;
        assert!(add_to_group(&enough, low.id, &typed(Principal::User(ada.id))).await.is_ok());
    }

    async fn from_inside_a_tenant_a_refusal_names_nothing_of_another(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (linus, team) = (member(&world, "linus", &a).await, group(&world, "team", &a).await);
        give(&world, &lasting(Principal::Group(team.id), READ, Scope::Tenant(b.id))).await;
        let ctx = holding(&world, "grace", &[Permission::GroupsUpdate]).await;
        let lacking = |ctx: Ctx| async move {
            let outcome = add_to_group(&ctx, team.id, &typed(Principal::User(linus.id))).await;
            outcome.map(drop).unwrap_err().to_string()
        };
        assert!(lacking(ctx.clone()).await.contains("you lack users.read"));
        let inside = lacking(ctx.working_in(Scope::Tenant(a.id))).await;
        assert!(inside.contains("more than you may") && !inside.contains("users.read"), "{inside}");
    }

    async fn adding_twice_writes_once_and_removing_takes_access_at_once(world: World) {
        let a = tenant(&world, "a").await;
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        give(&world, &lasting(Principal::Group(team.id), READ, Scope::Everywhere)).await;
        put(&world, Principal::User(grace.id), &team).await;
        let before = state::all(&world).await;
        put(&world, Principal::User(grace.id), &team).await;
        assert_eq!(state::all(&world).await, before);
        assert!(may(&world, &grace, READ, Scope::Everywhere).await);
        run(&world.operator(), RemoveFromGroup { group: team.id, member: Principal::User(grace.id) }).await.unwrap();
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await);
        assert!(is_not_found(&run(&world.operator(), RemoveFromGroup { group: team.id, member: Principal::User(grace.id) }).await));
    }

    async fn changes_say_first_what_they_do_and_write_nothing(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        let (outer, inner) = (group(&world, "outer", &a).await, group(&world, "inner", &a).await);
        put(&world, Principal::User(grace.id), &outer).await;
        put(&world, Principal::User(linus.id), &inner).await;
        give(&world, &lasting(Principal::Group(outer.id), READ, Scope::Everywhere)).await;
        let before = state::all(&world).await;
        for (effect, gain, of) in [
            (preview_added(&ctx, outer.id, &typed(Principal::User(linus.id))).await, true, linus.id),
            (preview_added(&ctx, outer.id, &typed(Principal::Group(inner.id))).await, true, linus.id),
            (preview(&ctx, &RemoveFromGroup { group: outer.id, member: Principal::User(grace.id) }).await, false, grace.id),
            (preview(&ctx, &DeleteGroup { group: outer.id, version: 1, unused: false }).await, false, grace.id),
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
        put(&world, Principal::User(grace.id), &team).await;
        give(&world, &NewGrant::lasting(Principal::Group(team.id), world.role("admin").await, Scope::Everywhere)).await;
        run(&ctx, DisableUser { user: ada.id }).await.unwrap();
        let before = state::all(&world).await;
        assert!(is_refused(&run(&ctx, RemoveFromGroup { group: team.id, member: Principal::User(grace.id) }).await, Refused::LastAdministrator));
        assert!(is_refused(&run(&ctx, DeleteGroup { group: team.id, version: 1, unused: false }).await, Refused::LastAdministrator));
        let effect = preview(&ctx, &DeleteGroup { group: team.id, version: 1, unused: false }).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::LastAdministrator));
        assert_eq!(state::all(&world).await, before);
    }
}
