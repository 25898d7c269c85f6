//! Grants: when they count, and who may give and take them.

mod holders;
mod limited;
mod reminders;

use castellan::{
    domain::{
        codes,
        engine::{
            explain,
            what_if::{Effect, Left, Nothing},
        },
        error::Refused,
        grants::{self, Holder, Renewal, Terms},
        groups::Member,
        permissions, roles, tenants,
        undo::undo,
        users,
    },
    model::{
        id::{ADMIN_ROLE, RoleId},
        permission::{Permission, PermissionSet},
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
use crate::support::{World, on_both_engines};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
const READ: Permission = Permission::UsersRead;

fn until(until: Option<Timestamp>, version: i64) -> Renewal {
    Renewal { until, reason: "Longer.".into(), version }
}

on_both_engines! {
    async fn a_grant_counts_from_its_beginning_until_its_end(world: World) {
        let grace = world.add("grace", "").await;
        let now = world.services.clock.now();
        let terms = lasting(Holder::User(grace.id), READ, Scope::Everywhere);
        give(&world, &Terms { from: Some(now.plus_seconds(HOUR)), until: Some(now.plus_seconds(2 * HOUR)), ..terms }).await;
        for (seconds, expected) in [(0, false), (HOUR - 1, false), (1, true), (HOUR - 1, true), (1, false), (DAY, false)] {
            world.services.clock.advance(seconds);
            assert_eq!(may(&world, &grace, READ, Scope::Everywhere).await, expected, "{:?}", world.services.clock.now());
        }
    }

    async fn a_role_given_to_a_group_for_an_hour_reaches_its_members_for_an_hour(world: World) {
        let a = tenant(&world, "a").await;
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        put(&world, Member::User(grace.id), &team).await;
        let support = role(&world.operator(), "support", &["users.*"]).await;
        let end = world.services.clock.now().plus_seconds(HOUR);
        let terms = Terms::lasting(Holder::Group(team.id), support.id, Scope::Tenant(a.id));
        let id = give(&world, &Terms { until: Some(end), ..terms }).await;
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
        let terms = lasting(Holder::User(grace.id), READ, Scope::Everywhere);
        let id = give(&world, &Terms { until: Some(end), ..terms }).await;
        grants::renew(&world.operator(), id, &until(Some(end.plus_seconds(HOUR)), 1)).await.unwrap();
        assert!(is_stale(&grants::renew(&world.operator(), id, &until(None, 1)).await));
        world.services.clock.advance(HOUR);
        assert!(may(&world, &grace, READ, Scope::Everywhere).await);
        world.services.clock.advance(HOUR);
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await);
        grants::renew(&world.operator(), id, &until(None, 2)).await.unwrap();
        assert!(may(&world, &grace, READ, Scope::Everywhere).await, "what is over can be renewed");
        let (grant, target) = grants::find(&world.operator(), id).await.unwrap();
        assert_eq!((grant.version, grant.expires_at, grant.reason.as_str(), target.name), (3, None, "Longer.", grace.display_name));
    }

    async fn a_form_cuts_nothing_off_the_end_that_it_can_not_show(world: World) {
        let grace = world.add("grace", "").await;
        world.services.clock.advance(41);
        let end = world.services.clock.now().plus_seconds(HOUR);
        let terms = lasting(Holder::User(grace.id), READ, Scope::Everywhere);
        let id = give(&world, &Terms { until: Some(end), ..terms }).await;
        let before = world.count("select count(*) from events").await;
        let shown = Renewal { until: Some(end.plus_seconds(-41)), reason: String::new(), version: 1 };
        grants::renew(&world.operator(), id, &shown).await.unwrap();
        assert_eq!(world.count("select count(*) from events").await, before, "nothing was changed");
        let with_reason = Renewal { reason: "On call.".into(), ..shown };
        grants::renew(&world.operator(), id, &with_reason).await.unwrap();
        let (grant, _) = grants::find(&world.operator(), id).await.unwrap();
        assert_eq!((grant.version, grant.expires_at, grant.reason.as_str()), (2, Some(end), "On call."));
        let sooner = Renewal { until: Some(end.plus_seconds(-41 - 60)), version: 2, ..with_reason };
        grants::renew(&world.operator(), id, &sooner).await.unwrap();
        assert_eq!(grants::find(&world.operator(), id).await.unwrap().0.expires_at, Some(end.plus_seconds(-101)));
    }

    async fn giving_the_same_again_never_overwrites_what_is_held(world: World) {
        let grace = world.add("grace", "").await;
        let terms = lasting(Holder::User(grace.id), READ, Scope::Everywhere);
        let id = give(&world, &terms).await;
        let before = state::all(&world).await;
        assert_eq!(give(&world, &terms).await, id);
        assert_eq!(state::all(&world).await, before, "the same terms change nothing");
        let end = Some(world.services.clock.now().plus_seconds(HOUR));
        assert!(is_invalid(&grants::give(&world.operator(), &Terms { until: end, ..terms }).await, "permission"));
        assert_eq!(state::all(&world).await, before, "how long it lasts is changed by whoever sees it");
    }

    async fn what_has_ended_is_given_anew(world: World) {
        let (grace, ctx, clock) = (world.add("grace", "").await, world.operator(), &world.services.clock);
        let shift = |from: i64, reason: &str| {
            let (from, until) = (clock.now().plus_seconds(from), clock.now().plus_seconds(from + 8 * HOUR));
            let terms = lasting(Holder::User(grace.id), READ, Scope::Everywhere);
            Terms { from: Some(from), until: Some(until), reason: reason.into(), ..terms }
        };
        let first = grants::give(&ctx, &shift(0, "Monday")).await.unwrap();
        assert!(is_invalid(&grants::give(&ctx, &shift(DAY, "Tuesday")).await, "permission"), "Monday's still runs");
        clock.advance(8 * HOUR);
        let again = grants::give(&ctx, &shift(HOUR, "Tuesday")).await.unwrap();
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
        let terms = Terms { until: Some(end), ..Terms::lasting(Holder::User(grace.id), admin, Scope::Everywhere) };
        let own = grants::give(&ctx, &terms).await.unwrap();
        let as_grace = world.as_user(&grace).await;
        let longer = Some(end.plus_seconds(1));
        for until in [until(None, 1), until(longer, 1)] {
            assert!(is_refused(&grants::renew(&as_grace, own, &until).await, Refused::LongerThanYourself));
        }
        let to_linus = |until| Terms { until, ..lasting(Holder::User(linus.id), READ, Scope::Everywhere) };
        for until in [None, longer] {
            assert!(is_refused(&grants::give(&as_grace, &to_linus(until)).await, Refused::LongerThanYourself));
        }
        assert!(grants::give(&as_grace, &to_linus(Some(end))).await.is_ok());
        let lasting = give(&world, &lasting(Holder::User(linus.id), Permission::UsersList, Scope::Everywhere)).await;
        assert!(grants::renew(&as_grace, lasting, &until(longer, 1)).await.is_ok(), "that ends it sooner");
    }

    async fn taking_counts_at_once_and_once(world: World) {
        let grace = world.add("grace", "").await;
        let id = give(&world, &lasting(Holder::User(grace.id), READ, Scope::Everywhere)).await;
        grants::take(&world.operator(), id, 1).await.unwrap();
        assert!(!may(&world, &grace, READ, Scope::Everywhere).await);
        assert!(is_not_found(&grants::take(&world.operator(), id, 1).await));
        assert!(is_not_found(&grants::renew(&world.operator(), id, &until(None, 1)).await));
    }

    async fn nobody_gives_what_they_hold_elsewhere_only(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        tenants::add(&world.operator(), b.id, &linus.login).await.unwrap();
        let (of_a, of_b) = (Scope::Tenant(a.id), Scope::Tenant(b.id));
        give(&world, &lasting(Holder::User(grace.id), Permission::UsersUpdateRoles, Scope::Everywhere)).await;
        give(&world, &lasting(Holder::User(grace.id), READ, of_a)).await;
        let ctx = world.as_user(&grace).await;
        for scope in [Scope::Everywhere, of_b] {
            let terms = lasting(Holder::User(linus.id), READ, scope);
            assert!(is_refused(&grants::give(&ctx, &terms).await, MORE_THAN_ONESELF), "{scope:?}");
        }
        assert!(grants::give(&ctx, &lasting(Holder::User(linus.id), READ, of_a)).await.is_ok());
        let of_linus = give(&world, &lasting(Holder::User(linus.id), READ, of_b)).await;
        assert!(is_refused(&grants::take(&ctx, of_linus, 1).await, MORE_THAN_ONESELF));
        assert!(is_refused(&grants::renew(&ctx, of_linus, &until(None, 1)).await, MORE_THAN_ONESELF));
    }

    async fn terms_that_could_never_count_are_refused(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (of_a, of_b) = (Scope::Tenant(a.id), Scope::Tenant(b.id));
        let (grace, ctx) = (Holder::User(member(&world, "grace", &a).await.id), world.operator());
        let role_of_a = role(&ctx.clone().working_in(of_a), "support", &["users.read"]).await.id;
        assert!(is_invalid(&grants::give(&ctx, &lasting(grace, READ, of_b)).await, "tenant"), "not a member");
        for scope in [of_b, Scope::Everywhere] {
            let team = Holder::Group(group(&world, &format!("{scope:?}"), &a).await.id);
            assert!(is_invalid(&grants::give(&ctx, &Terms::lasting(team, role_of_a.clone(), scope)).await, "role"));
        }
        let inside = ctx.clone().working_in(of_a);
        assert!(is_invalid(&grants::give(&inside, &lasting(grace, READ, Scope::Everywhere)).await, "tenant"));
        assert!(grants::give(&inside, &Terms::lasting(grace, role_of_a, of_a)).await.is_ok());
        let begins = ctx.now().plus_seconds(DAY);
        let later = Terms { from: Some(begins), ..lasting(grace, READ, of_a) };
        let (id, early) = (give(&world, &later).await, until(Some(begins), 1));
        assert!(is_invalid(&grants::renew(&ctx, id, &early).await, "until"), "it would end before it begins");
    }

    async fn what_counts_everywhere_is_not_touched_from_a_tenant(world: World) {
        let a = tenant(&world, "a").await;
        let grace = member(&world, "grace", &a).await;
        let id = give(&world, &lasting(Holder::User(grace.id), READ, Scope::Everywhere)).await;
        let inside = world.operator().working_in(Scope::Tenant(a.id));
        assert_eq!(grants::of_user(&inside, grace.id).await.unwrap().rows[0].id, id, "it is seen");
        assert!(is_refused(&grants::take(&inside, id, 1).await, Refused::OfInstallation));
        assert!(is_refused(&grants::renew(&inside, id, &until(None, 1)).await, Refused::OfInstallation));
        assert!(is_refused(&grants::what_if_taken(&inside, id).await, Refused::OfInstallation));
    }

    async fn an_end_for_the_last_administrator_is_refused(world: World) {
        let ada = world.set_up().await;
        let held = grants::of_user(&world.operator(), ada.id).await.unwrap().rows[0].id;
        let end = until(Some(world.services.clock.now().plus_seconds(DAY)), 1);
        assert!(is_refused(&grants::renew(&world.operator(), held, &end).await, Refused::LastAdministrator));
        let effect = grants::what_if_renewed(&world.operator(), held, &end).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::LastAdministrator));
        world.add_with_role("grace", "admin").await;
        assert!(grants::renew(&world.operator(), held, &end).await.is_ok());
    }

    async fn giving_and_taking_say_first_what_they_do_and_write_nothing(world: World) {
        let a = tenant(&world, "a").await;
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        put(&world, Member::User(grace.id), &team).await;
        let terms = lasting(Holder::Group(team.id), READ, Scope::Tenant(a.id));
        let id = give(&world, &lasting(Holder::User(grace.id), Permission::AuditRead, Scope::Everywhere)).await;
        let (ctx, before, now) = (world.operator(), state::all(&world).await, world.services.clock.now());
        let given = grants::what_if_given(&ctx, &terms).await.unwrap().changes;
        assert_eq!((given.len(), given[0].gain, given[0].permission, given[0].tenant.as_deref()), (1, true, READ, Some("a")));
        let taken = grants::what_if_taken(&ctx, id).await.unwrap().changes;
        assert_eq!((taken.len(), taken[0].gain, taken[0].left, taken[0].named.len()), (1, false, Left::Nobody, 1));
        let ended = grants::what_if_renewed(&ctx, id, &until(Some(now), 1)).await.unwrap().changes;
        assert_eq!((ended.len(), ended[0].gain, ended[0].permission), (1, false, Permission::AuditRead));
        assert_eq!(state::all(&world).await, before);
    }

    async fn what_begins_or_ends_later_is_said_with_its_moment(world: World) {
        let (grace, now) = (world.add("grace", "").await, world.services.clock.now());
        let (from, until) = (Some(now.plus_seconds(HOUR)), Some(now.plus_seconds(DAY)));
        let terms = lasting(Holder::User(grace.id), READ, Scope::Everywhere);
        let (ctx, moments) = (world.operator(), |effect: &Effect| {
            effect.changes.iter().map(|d| (d.gain, d.when.span.from, d.when.span.until)).collect::<Vec<_>>()
        });
        let pending = grants::what_if_given(&ctx, &Terms { from, until, ..terms.clone() }).await.unwrap();
        assert_eq!(moments(&pending), [(true, from, until)]);
        assert_eq!((pending.gaining.now, pending.gaining.later), (0, 1));
        let brief = grants::what_if_given(&ctx, &Terms { until: from, ..terms.clone() }).await.unwrap();
        assert_eq!(moments(&brief), [(true, None, from)], "for an hour");
        let id = give(&world, &Terms { until, ..terms }).await;
        let longer = Some(now.plus_seconds(2 * DAY));
        let renewed = |end| { let (ctx, renewal) = (&ctx, self::until(end, 1)); async move { grants::what_if_renewed(ctx, id, &renewal).await.unwrap() } };
        assert_eq!(moments(&renewed(longer).await), [(true, until, longer)]);
        let shorter = renewed(from).await;
        assert_eq!(moments(&shorter), [(false, from, None)]);
        assert_eq!(shorter.changes[0].left, Left::Nobody, "nobody is left from then on");
        let edited = role(&ctx, "reader", &["audit.read"]).await;
        give(&world, &Terms { from, ..Terms::lasting(Holder::User(grace.id), edited.id.clone(), Scope::Everywhere) }).await;
        let edit = roles::what_if_updated(&ctx, &edited.id, allowing(&edited, &["audit.undo"])).await.unwrap();
        assert_eq!(moments(&edit), [(false, from, None), (true, from, None)], "it touches who holds it later");
    }

    async fn many_ends_are_told_by_the_first(world: World) {
        let (ctx, now) = (world.operator(), world.services.clock.now());
        let reader = role(&ctx, "reader", &["audit.read"]).await;
        for day in 1..=5 {
            let user = world.add(&format!("u{day}"), "").await;
            let until = Some(now.plus_seconds(day * DAY));
            give(&world, &Terms { until, ..Terms::lasting(Holder::User(user.id), reader.id.clone(), Scope::Everywhere) }).await;
        }
        let effect = roles::what_if_updated(&ctx, &reader.id, allowing(&reader, &["audit.*"])).await.unwrap();
        assert_eq!(effect.changes.len(), 1);
        let gained = &effect.changes[0];
        assert_eq!((gained.people, gained.when.span.until, gained.when.varies), (5, Some(now.plus_seconds(DAY)), true));
        let emptied = roles::what_if_updated(&ctx, &reader.id, allowing(&reader, &["users.read"])).await.unwrap();
        let lost = &emptied.changes[0];
        assert_eq!((lost.people, lost.when.span.until, lost.when.varies), (5, None, false), "they would have lost it then");
    }

    async fn what_does_nothing_says_why(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        let why = |effect: Effect| (effect.is_nothing(), effect.nothing);
        let to = |holder| lasting(holder, READ, Scope::Tenant(a.id));
        let (to_her, to_team) = (to(Holder::User(grace.id)), to(Holder::Group(team.id)));
        assert_eq!(why(grants::what_if_given(&ctx, &to_team).await.unwrap()), (true, Some(Nothing::EmptyGroup)));
        let unheld = role(&ctx, "reader", &["audit.read"]).await;
        assert_eq!(why(roles::what_if_deleted(&ctx, &unheld.id, 1).await.unwrap()), (true, Some(Nothing::UnheldRole)));
        assert_eq!(why(grants::what_if_given(&ctx, &to_her).await.unwrap()), (false, None));
        tenants::set_status(&ctx, (grace.id, a.id), MembershipStatus::Pending, 1).await.unwrap();
        assert_eq!(why(grants::what_if_given(&ctx, &to_her).await.unwrap()), (true, Some(Nothing::Waiting)));
        let everywhere = lasting(Holder::User(grace.id), READ, Scope::Everywhere);
        give(&world, &everywhere).await;
        assert_eq!(why(grants::what_if_given(&ctx, &everywhere).await.unwrap()), (true, Some(Nothing::Same)));
        users::disable(&ctx, grace.id).await.unwrap();
        assert_eq!(why(grants::what_if_given(&ctx, &everywhere).await.unwrap()), (true, Some(Nothing::Disabled)));
    }

    async fn whoever_gives_needs_it_themselves_at_the_moment(world: World) {
        let ctx = holding(&world, "grace", &[Permission::UsersUpdateRoles]).await;
        let linus = world.add("linus", "").await;
        let terms = lasting(Holder::User(linus.id), READ, Scope::Everywhere);
        for from in [None, Some(ctx.now().plus_seconds(DAY))] {
            let outcome = grants::give(&ctx, &Terms { from, ..terms.clone() }).await;
            assert!(is_refused(&outcome, MORE_THAN_ONESELF), "{from:?}");
        }
        let effect = grants::what_if_given(&ctx, &terms).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::MoreThanYourself(PermissionSet::of(READ))), "it says what");
        let own = lasting(Holder::User(linus.id), Permission::UsersUpdateRoles, Scope::Everywhere);
        assert!(grants::give(&ctx, &own).await.is_ok());
    }

    async fn nobody_makes_a_way_into_an_account_that_will_soon_may_more(world: World) {
        let grace = world.add("grace", "").await;
        let from = Some(world.services.clock.now().plus_seconds(60));
        give(&world, &Terms { from, ..Terms::lasting(Holder::User(grace.id), world.role("admin").await, Scope::Everywhere) }).await;
        let ctx = holding(&world, "linus", &[Permission::UsersPasswordReset]).await;
        let outcome = codes::issue_reset(&ctx, grace.id).await.map(drop);
        assert!(is_refused(&outcome, MORE_THAN_ONESELF), "{outcome:?}");
    }
}
