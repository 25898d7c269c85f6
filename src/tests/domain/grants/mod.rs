//! Grants: when they count, and who may give and take them.

mod holders;
mod limited;
mod reminders;

use crate::support::{World, changes::*, on_both_engines};
use castellan::{
    domain::{
        access::{
            explain::explain,
            preview::{
                effect::{Effect, Left},
                nothing::Nothing,
            },
        },
        error::Refused,
        grants::{
            self,
            input::{GrantUpdate, NewGrant},
        },
        permissions,
    },
    model::{
        id::{ADMIN_ROLE, RoleId},
        permission::{Permission, PermissionSet},
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus,
        timestamp::Timestamp,
    },
};

use super::{
    stage::{
        MORE_THAN_ONESELF, allowing, give, group, holding, is_invalid, is_not_found, is_refused, is_stale, last_id,
        lasting, may, member, put, role, tenant,
    },
    state,
};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
const READ: Permission = Permission::UsersRead;

fn until(until: Option<Timestamp>, version: i64) -> GrantUpdate {
    GrantUpdate { until, reason: "Longer.".into(), version }
}

on_both_engines! {
    async fn a_grant_counts_from_its_beginning_until_its_end(world: World) {
        let grace = world.add("grace", "").await;
        let now = world.services.clock.now();
        let terms = lasting(Principal::User(grace.id), READ, Scope::Everywhere);
        give(&world, &NewGrant { from: Some(now.plus_seconds(HOUR)), until: Some(now.plus_seconds(2 * HOUR)), ..terms }).await;
        for (seconds, expected) in [(0, false), (HOUR - 1, false), (1, true), (HOUR - 1, true), (1, false), (DAY, false)] {
            world.services.clock.advance(seconds);
            assert_eq!(may(&world, &grace, READ, Scope::Everywhere).await, expected, "{:?}", world.services.clock.now());
        }
    }

    async fn a_role_given_to_a_group_for_an_hour_reaches_its_members_for_an_hour(world: World) {
        let a = tenant(&world, "a").await;
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        put(&world, Principal::User(grace.id), &team).await;
        let support = role(&world.operator(), "support", &["users.*"]).await;
        let end = world.services.clock.now().plus_seconds(HOUR);
        let terms = NewGrant::lasting(Principal::Group(team.id), support.id, Scope::Tenant(a.id));
        let id = give(&world, &NewGrant { until: Some(end), ..terms }).await;
        let (_, person) = permissions::of_user(&world.operator(), grace.id).await.unwrap();
        let (here, now) = (Scope::Tenant(a.id), world.services.clock.now());
        let paths = explain(&person, READ, here, now);
        assert_eq!((paths.len(), paths[0].grant.id, paths[0].grant.until), (1, id, Some(end)));
        assert_eq!(paths[0].groups.iter().map(|link| link.name.as_deref()).collect::<Vec<_>>(), [Some("team")]);
        assert!(explain(&person, READ, Scope::Everywhere, now).is_empty(), "it is of the tenant");
        assert!(may(&world, &grace, READ, here).await);
        world.services.clock.advance(HOUR);
        assert!(explain(&person, READ, here, end).is_empty() && !may(&world, &grace, READ, here).await);
    }

    async fn renewing_moves_the_end_once_for_each_version(world: World) {
        let grace = world.add("grace", "").await;
        let end = world.services.clock.now().plus_seconds(HOUR);
        let terms = lasting(Principal::User(grace.id), READ, Scope::Everywhere);
        let id = give(&world, &NewGrant { until: Some(end), ..terms }).await;
        run(&world.operator(), ChangeAccess { grant: id, update: until(Some(end.plus_seconds(HOUR)), 1) }).await.unwrap();
        assert!(is_stale(&run(&world.operator(), ChangeAccess { grant: id, update: until(None, 1) }).await));
        world.services.clock.advance(HOUR);
        assert!(may(&world, &grace, READ, Scope::Everywhere).await);
        world.services.clock.advance(HOUR);
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await);
        run(&world.operator(), ChangeAccess { grant: id, update: until(None, 2) }).await.unwrap();
        assert!(may(&world, &grace, READ, Scope::Everywhere).await, "what is over can be renewed");
        let (grant, target) = grants::queries::find(&world.operator(), id).await.unwrap();
        assert_eq!((grant.version, grant.expires_at, grant.reason.as_str(), target.name), (3, None, "Longer.", grace.display_name));
    }

    async fn a_form_cuts_nothing_off_the_end_that_it_can_not_show(world: World) {
        let grace = world.add("grace", "").await;
        world.services.clock.advance(41);
        let end = world.services.clock.now().plus_seconds(HOUR);
        let terms = lasting(Principal::User(grace.id), READ, Scope::Everywhere);
        let id = give(&world, &NewGrant { until: Some(end), ..terms }).await;
        let before = world.count("select count(*) from events").await;
        let shown = GrantUpdate { until: Some(end.plus_seconds(-41)), reason: String::new(), version: 1 };
        run(&world.operator(), ChangeAccess { grant: id, update: shown.clone() }).await.unwrap();
        assert_eq!(world.count("select count(*) from events").await, before, "nothing was changed");
        let with_reason = GrantUpdate { reason: "On call.".into(), ..shown };
        run(&world.operator(), ChangeAccess { grant: id, update: with_reason.clone() }).await.unwrap();
        let (grant, _) = grants::queries::find(&world.operator(), id).await.unwrap();
        assert_eq!((grant.version, grant.expires_at, grant.reason.as_str()), (2, Some(end), "On call."));
        let sooner = GrantUpdate { until: Some(end.plus_seconds(-41 - 60)), version: 2, ..with_reason };
        run(&world.operator(), ChangeAccess { grant: id, update: sooner.clone() }).await.unwrap();
        assert_eq!(grants::queries::find(&world.operator(), id).await.unwrap().0.expires_at, Some(end.plus_seconds(-101)));
    }

    async fn giving_the_same_again_never_overwrites_what_is_held(world: World) {
        let grace = world.add("grace", "").await;
        let terms = lasting(Principal::User(grace.id), READ, Scope::Everywhere);
        let id = give(&world, &terms).await;
        let before = state::all(&world).await;
        assert_eq!(give(&world, &terms).await, id);
        assert_eq!(state::all(&world).await, before, "the same terms change nothing");
        let end = Some(world.services.clock.now().plus_seconds(HOUR));
        assert!(is_invalid(&give_access(&world.operator(), &NewGrant { until: end, ..terms }).await, "permission"));
        assert_eq!(state::all(&world).await, before, "how long it lasts is changed by whoever sees it");
    }

    async fn what_has_ended_is_given_anew(world: World) {
        let (grace, ctx, clock) = (world.add("grace", "").await, world.operator(), &world.services.clock);
        let shift = |from: i64, reason: &str| {
            let (from, until) = (clock.now().plus_seconds(from), clock.now().plus_seconds(from + 8 * HOUR));
            let terms = lasting(Principal::User(grace.id), READ, Scope::Everywhere);
            NewGrant { from: Some(from), until: Some(until), reason: reason.into(), ..terms }
        };
        let first = give_access(&ctx, &shift(0, "Monday")).await.unwrap();
        assert!(is_invalid(&give_access(&ctx, &shift(DAY, "Tuesday")).await, "permission"), "Monday's still runs");
        clock.advance(8 * HOUR);
        let again = give_access(&ctx, &shift(HOUR, "Tuesday")).await.unwrap();
        assert_eq!((again, world.text("select reason from grants").await), (first, "Tuesday".into()));
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await);
        clock.advance(HOUR);
        assert!(may(&world, &grace, READ, Scope::Everywhere).await);
        undo(&ctx, last_id(&world).await).await.unwrap();
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await, "Monday's end is back");
    }

    async fn nobody_gives_for_longer_than_they_hold_it_themselves(world: World) {
        let (ctx, linus) = (world.operator(), world.add("linus", "").await);
        let admin: RoleId = ADMIN_ROLE.parse().unwrap();
        let (grace, end) = (world.add("grace", "").await, ctx.now().plus_seconds(HOUR));
        let terms = NewGrant { until: Some(end), ..NewGrant::lasting(Principal::User(grace.id), admin, Scope::Everywhere) };
        let own = give_access(&ctx, &terms).await.unwrap();
        let as_grace = world.as_user(&grace).await;
        let longer = Some(end.plus_seconds(1));
        for until in [until(None, 1), until(longer, 1)] {
            assert!(is_refused(&run(&as_grace, ChangeAccess { grant: own, update: until.clone() }).await, Refused::LongerThanYourself));
        }
        let to_linus = |until| NewGrant { until, ..lasting(Principal::User(linus.id), READ, Scope::Everywhere) };
        for until in [None, longer] {
            assert!(is_refused(&give_access(&as_grace, &to_linus(until)).await, Refused::LongerThanYourself));
        }
        assert!(give_access(&as_grace, &to_linus(Some(end))).await.is_ok());
        let lasting = give(&world, &lasting(Principal::User(linus.id), Permission::UsersList, Scope::Everywhere)).await;
        assert!(run(&as_grace, ChangeAccess { grant: lasting, update: until(longer, 1) }).await.is_ok(), "that ends it sooner");
    }

    async fn taking_counts_at_once_and_once(world: World) {
        let grace = world.add("grace", "").await;
        let id = give(&world, &lasting(Principal::User(grace.id), READ, Scope::Everywhere)).await;
        run(&world.operator(), RemoveAccess { grant: id, version: 1 }).await.unwrap();
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await);
        assert!(is_not_found(&run(&world.operator(), RemoveAccess { grant: id, version: 1 }).await));
        assert!(is_not_found(&run(&world.operator(), ChangeAccess { grant: id, update: until(None, 1) }).await));
    }

    async fn nobody_gives_what_they_hold_elsewhere_only(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        add_member(&world.operator(), b.id, &linus.login).await.unwrap();
        let (of_a, of_b) = (Scope::Tenant(a.id), Scope::Tenant(b.id));
        give(&world, &lasting(Principal::User(grace.id), Permission::UsersUpdateRoles, Scope::Everywhere)).await;
        give(&world, &lasting(Principal::User(grace.id), READ, of_a)).await;
        let ctx = world.as_user(&grace).await;
        for scope in [Scope::Everywhere, of_b] {
            let terms = lasting(Principal::User(linus.id), READ, scope);
            assert!(is_refused(&give_access(&ctx, &terms).await, MORE_THAN_ONESELF), "{scope:?}");
        }
        assert!(give_access(&ctx, &lasting(Principal::User(linus.id), READ, of_a)).await.is_ok());
        let of_linus = give(&world, &lasting(Principal::User(linus.id), READ, of_b)).await;
        assert!(is_refused(&run(&ctx, RemoveAccess { grant: of_linus, version: 1 }).await, MORE_THAN_ONESELF));
        assert!(is_refused(&run(&ctx, ChangeAccess { grant: of_linus, update: until(None, 1) }).await, MORE_THAN_ONESELF));
    }

    async fn terms_that_could_never_count_are_refused(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (of_a, of_b) = (Scope::Tenant(a.id), Scope::Tenant(b.id));
        let (grace, ctx) = (Principal::User(member(&world, "grace", &a).await.id), world.operator());
        let role_of_a = role(&ctx.clone().working_in(of_a), "support", &["users.read"]).await.id;
        assert!(is_invalid(&give_access(&ctx, &lasting(grace, READ, of_b)).await, "tenant"), "not a member");
        for scope in [of_b, Scope::Everywhere] {
            let team = Principal::Group(group(&world, &format!("{scope:?}"), &a).await.id);
            assert!(is_invalid(&give_access(&ctx, &NewGrant::lasting(team, role_of_a.clone(), scope)).await, "role"));
        }
        let inside = ctx.clone().working_in(of_a);
        assert!(is_invalid(&give_access(&inside, &lasting(grace, READ, Scope::Everywhere)).await, "tenant"));
        assert!(give_access(&inside, &NewGrant::lasting(grace, role_of_a, of_a)).await.is_ok());
        let begins = ctx.now().plus_seconds(DAY);
        let later = NewGrant { from: Some(begins), ..lasting(grace, READ, of_a) };
        let (id, early) = (give(&world, &later).await, until(Some(begins), 1));
        assert!(is_invalid(&run(&ctx, ChangeAccess { grant: id, update: early.clone() }).await, "until"), "it would end before it begins");
    }

    async fn what_counts_everywhere_is_not_touched_from_a_tenant(world: World) {
        let a = tenant(&world, "a").await;
        let grace = member(&world, "grace", &a).await;
        let id = give(&world, &lasting(Principal::User(grace.id), READ, Scope::Everywhere)).await;
        let inside = world.operator().working_in(Scope::Tenant(a.id));
        assert_eq!(grants_of(&inside, grace.id).await.unwrap().rows[0].id, id, "it is seen");
        assert!(is_refused(&run(&inside, RemoveAccess { grant: id, version: 1 }).await, Refused::OfInstallation));
        assert!(is_refused(&run(&inside, ChangeAccess { grant: id, update: until(None, 1) }).await, Refused::OfInstallation));
        assert!(is_refused(&preview_removed(&inside, id).await, Refused::OfInstallation));
    }

    async fn an_end_for_the_last_administrator_is_refused(world: World) {
        let ada = world.set_up().await;
        let held = grants_of(&world.operator(), ada.id).await.unwrap().rows[0].id;
        let end = until(Some(world.services.clock.now().plus_seconds(DAY)), 1);
        assert!(is_refused(&run(&world.operator(), ChangeAccess { grant: held, update: end.clone() }).await, Refused::LastAdministrator));
        let effect = preview(&world.operator(), &ChangeAccess { grant: held, update: end.clone() }).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::LastAdministrator));
        world.add_with_role("grace", "admin").await;
        assert!(run(&world.operator(), ChangeAccess { grant: held, update: end.clone() }).await.is_ok());
    }

    async fn giving_and_taking_say_first_what_they_do_and_write_nothing(world: World) {
        let a = tenant(&world, "a").await;
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        put(&world, Principal::User(grace.id), &team).await;
        let terms = lasting(Principal::Group(team.id), READ, Scope::Tenant(a.id));
        let id = give(&world, &lasting(Principal::User(grace.id), Permission::AuditRead, Scope::Everywhere)).await;
        let (ctx, before, now) = (world.operator(), state::all(&world).await, world.services.clock.now());
        let given = preview_given(&ctx, &terms).await.unwrap().changes;
        assert_eq!((given.len(), given[0].gain, given[0].permission, given[0].tenant.as_deref()), (1, true, READ, Some("a")));
        let taken = preview_removed(&ctx, id).await.unwrap().changes;
        assert_eq!((taken.len(), taken[0].gain, taken[0].left, taken[0].named.len()), (1, false, Left::Nobody, 1));
        let ended = preview(&ctx, &ChangeAccess { grant: id, update: until(Some(now), 1) }).await.unwrap().changes;
        assert_eq!((ended.len(), ended[0].gain, ended[0].permission), (1, false, Permission::AuditRead));
        assert_eq!(state::all(&world).await, before);
    }

    async fn what_begins_or_ends_later_is_said_with_its_moment(world: World) {
        let (grace, now) = (world.add("grace", "").await, world.services.clock.now());
        let (from, until) = (Some(now.plus_seconds(HOUR)), Some(now.plus_seconds(DAY)));
        let terms = lasting(Principal::User(grace.id), READ, Scope::Everywhere);
        let (ctx, moments) = (world.operator(), |effect: &Effect| {
            effect.changes.iter().map(|d| (d.gain, d.when.span.from, d.when.span.until)).collect::<Vec<_>>()
        });
        let pending = preview_given(&ctx, &NewGrant { from, until, ..terms.clone() }).await.unwrap();
        assert_eq!(moments(&pending), [(true, from, until)]);
        assert_eq!((pending.gaining.now, pending.gaining.later), (0, 1));
        let brief = preview_given(&ctx, &NewGrant { until: from, ..terms.clone() }).await.unwrap();
        assert_eq!(moments(&brief), [(true, None, from)], "for an hour");
        let id = give(&world, &NewGrant { until, ..terms }).await;
        let longer = Some(now.plus_seconds(2 * DAY));
        let renewed = |end| { let (ctx, renewal) = (&ctx, self::until(end, 1)); async move { preview(ctx, &ChangeAccess { grant: id, update: renewal.clone() }).await.unwrap() } };
        assert_eq!(moments(&renewed(longer).await), [(true, until, longer)]);
        let shorter = renewed(from).await;
        assert_eq!(moments(&shorter), [(false, from, None)]);
        assert_eq!(shorter.changes[0].left, Left::Nobody, "nobody is left from then on");
        let edited = role(&ctx, "reader", &["audit.read"]).await;
        give(&world, &NewGrant { from, ..NewGrant::lasting(Principal::User(grace.id), edited.id.clone(), Scope::Everywhere) }).await;
        let edit = preview(&ctx, &UpdateRole { role: edited.id.clone(), update: allowing(&edited, &["audit.undo"]) }).await.unwrap();
        assert_eq!(moments(&edit), [(false, from, None), (true, from, None)], "it touches who holds it later");
    }

    async fn many_ends_are_told_by_the_first(world: World) {
        let (ctx, now) = (world.operator(), world.services.clock.now());
        let reader = role(&ctx, "reader", &["audit.read"]).await;
        for day in 1..=5 {
            let user = world.add(&format!("u{day}"), "").await;
            let until = Some(now.plus_seconds(day * DAY));
            give(&world, &NewGrant { until, ..NewGrant::lasting(Principal::User(user.id), reader.id.clone(), Scope::Everywhere) }).await;
        }
        let effect = preview(&ctx, &UpdateRole { role: reader.id.clone(), update: allowing(&reader, &["audit.*"]) }).await.unwrap();
        assert_eq!(effect.changes.len(), 1);
        let gained = &effect.changes[0];
        assert_eq!((gained.people, gained.when.span.until, gained.when.varies), (5, Some(now.plus_seconds(DAY)), true));
        let emptied = preview(&ctx, &UpdateRole { role: reader.id.clone(), update: allowing(&reader, &["users.read"]) }).await.unwrap();
        let lost = &emptied.changes[0];
        assert_eq!((lost.people, lost.when.span.until, lost.when.varies), (5, None, false), "they would have lost it then");
    }

    async fn what_does_nothing_says_why(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        let why = |effect: Effect| (effect.is_nothing(), effect.nothing);
        let to = |holder| lasting(holder, READ, Scope::Tenant(a.id));
        let (to_her, to_team) = (to(Principal::User(grace.id)), to(Principal::Group(team.id)));
        assert_eq!(why(preview_given(&ctx, &to_team).await.unwrap()), (true, Some(Nothing::EmptyGroup)));
        let unheld = role(&ctx, "reader", &["audit.read"]).await;
        assert_eq!(why(preview(&ctx, &DeleteRole { role: unheld.id.clone(), version: 1, unused: false }).await.unwrap()), (true, Some(Nothing::UnheldRole)));
        assert_eq!(why(preview_given(&ctx, &to_her).await.unwrap()), (false, None));
        run(&ctx, set_membership((grace.id, a.id), (MembershipStatus::Pending, 1))).await.unwrap();
        assert_eq!(why(preview_given(&ctx, &to_her).await.unwrap()), (true, Some(Nothing::Waiting)));
        let everywhere = lasting(Principal::User(grace.id), READ, Scope::Everywhere);
        give(&world, &everywhere).await;
        assert_eq!(why(preview_given(&ctx, &everywhere).await.unwrap()), (true, Some(Nothing::Same)));
        run(&ctx, DisableUser { user: grace.id }).await.unwrap();
        assert_eq!(why(preview_given(&ctx, &everywhere).await.unwrap()), (true, Some(Nothing::Disabled)));
    }

    async fn whoever_gives_needs_it_themselves_at_the_moment(world: World) {
        let ctx = holding(&world, "grace", &[Permission::UsersUpdateRoles]).await;
        let linus = world.add("linus", "").await;
        let terms = lasting(Principal::User(linus.id), READ, Scope::Everywhere);
        for from in [None, Some(ctx.now().plus_seconds(DAY))] {
            let outcome = give_access(&ctx, &NewGrant { from, ..terms.clone() }).await;
            assert!(is_refused(&outcome, MORE_THAN_ONESELF), "{from:?}");
        }
        let effect = preview_given(&ctx, &terms).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::MoreThanYourself(PermissionSet::of(READ))), "it says what");
        let own = lasting(Principal::User(linus.id), Permission::UsersUpdateRoles, Scope::Everywhere);
        assert!(give_access(&ctx, &own).await.is_ok());
    }

    async fn nobody_makes_a_way_into_an_account_that_will_soon_may_more(world: World) {
        let grace = world.add("grace", "").await;
        let from = Some(world.services.clock.now().plus_seconds(60));
        give(&world, &NewGrant { from, ..NewGrant::lasting(Principal::User(grace.id), world.role("admin").await, Scope::Everywhere) }).await;
        let ctx = holding(&world, "linus", &[Permission::UsersPasswordReset]).await;
        let outcome = run(&ctx, MakePasswordLink { user: grace.id }).await.map(drop);
        assert!(is_refused(&outcome, MORE_THAN_ONESELF), "{outcome:?}");
    }
}
