//! Who is told that access ends, and when.

use crate::{
    domain::stage::{give, group, lasting, member, put, tenant},
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    demo,
    domain::{
        grants::{
            self,
            input::{GrantUpdate, NewGrant, What},
        },
        outbox::{self, letter::Letter, queries::NEWEST},
    },
    model::{permission::Permission, principal::Principal, scope::Scope, tenant::MembershipStatus},
};

use super::DAY;

const READ: Permission = Permission::UsersRead;

/// Writes the messages that are due; says how many.
async fn remind(world: &World) -> usize {
    let mut tx = world.services.db.begin().await.unwrap();
    let written = grants::remind::remind(&world.operator(), &mut tx).await.unwrap();
    tx.commit().await.unwrap();
    written
}

on_both_engines! {
    async fn holders_are_told_once_before_each_end(world: World) {
        let (a, now) = (tenant(&world, "a").await, world.services.clock.now());
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        let team = group(&world, "team", &a).await;
        put(&world, Principal::User(linus.id), &team).await;
        let (week, terms) = (Some(now.plus_seconds(7 * DAY)), lasting(Principal::User(grace.id), READ, Scope::Everywhere));
        let id = give(&world, &NewGrant { until: week, ..terms.clone() }).await;
        give(&world, &NewGrant { to: Principal::Group(team.id), until: week, ..terms }).await;
        assert_eq!(remind(&world).await, 0, "not yet");
        world.services.clock.advance(4 * DAY);
        assert_eq!((remind(&world).await, remind(&world).await), (2, 0));
        assert_eq!(world.count("select count(*) from messages where template = 'access-ends'").await, 2);
        assert_eq!(world.count("select count(*) from messages where recipient = 'linus@example.com'").await, 1);
        let renewal = GrantUpdate { until: Some(now.plus_seconds(14 * DAY)), reason: String::new(), version: 1 };
        run(&world.operator(), ChangeAccess { grant: id, update: renewal.clone() }).await.unwrap();
        assert_eq!(remind(&world).await, 0, "the new end is far");
        world.services.clock.advance(7 * DAY);
        assert_eq!((remind(&world).await, remind(&world).await), (1, 0));
    }

    async fn short_access_is_told_of_in_its_middle(world: World) {
        let (grace, now) = (world.add("grace", "").await, world.services.clock.now());
        let lasting = lasting(Principal::User(grace.id), READ, Scope::Everywhere);
        give(&world, &NewGrant { until: Some(now.plus_seconds(3600)), ..lasting.clone() }).await;
        let later = (Some(now.plus_seconds(DAY)), Some(now.plus_seconds(3 * DAY)));
        give(&world, &NewGrant { what: What::Permission(Permission::AuditRead), from: later.0, until: later.1, ..lasting }).await;
        world.services.clock.advance(1799);
        assert_eq!(remind(&world).await, 0);
        world.services.clock.advance(1);
        assert_eq!((remind(&world).await, remind(&world).await), (1, 0));
        world.services.clock.advance(2 * DAY - 1801);
        assert_eq!(remind(&world).await, 0, "counted from when it begins");
        world.services.clock.advance(1);
        assert_eq!(remind(&world).await, 1);
    }

    async fn endless_and_finished_grants_and_disabled_holders_are_not_told_of(world: World) {
        let (grace, linus) = (world.add("grace", "").await, world.add("linus", "").await);
        let now = world.services.clock.now();
        let of = |to, permission, until| NewGrant { until, ..lasting(Principal::User(to), permission, Scope::Everywhere) };
        give(&world, &of(grace.id, Permission::AuditRead, None)).await;
        give(&world, &of(linus.id, READ, Some(now.plus_seconds(5 * DAY)))).await;
        give(&world, &of(grace.id, Permission::OutboxRead, Some(now.plus_seconds(40 * DAY)))).await;
        run(&world.operator(), DisableUser { user: linus.id }).await.unwrap();
        world.services.clock.advance(3 * DAY);
        assert_eq!(remind(&world).await, 0);
        world.services.clock.advance(37 * DAY);
        assert_eq!(remind(&world).await, 0, "it is over");
        assert_eq!(world.count("select count(*) from messages").await, 0);
    }

    async fn whoever_is_in_a_group_inside_is_told_which_group_has_it_and_where(world: World) {
        let (a, now) = (tenant(&world, "a").await, world.services.clock.now());
        let (linus, ken) = (member(&world, "linus", &a).await, member(&world, "ken", &a).await);
        let (outer, inner) = (group(&world, "outer", &a).await, group(&world, "inner", &a).await);
        put(&world, Principal::Group(inner.id), &outer).await;
        for (person, group) in [(&linus, &inner), (&linus, &outer), (&ken, &inner)] {
            put(&world, Principal::User(person.id), group).await;
        }
        let inactive = MembershipStatus::Inactive;
        run(&world.operator(), set_membership((ken.id, a.id), (inactive, 1))).await.unwrap();
        let terms = lasting(Principal::Group(outer.id), READ, Scope::Tenant(a.id));
        give(&world, &NewGrant { until: Some(now.plus_seconds(7 * DAY)), ..terms }).await;
        world.services.clock.advance(5 * DAY);
        assert_eq!(remind(&world).await, 1, "once, and nobody for whom it doesn't count");
        let message = outbox::queries::list(&world.operator(), NEWEST, None).await.unwrap().0.remove(0);
        let Letter::AccessEnds { access, group, tenant, .. } = message.content(&world.services.key).unwrap().letter else {
            panic!("a reminder");
        };
        assert_eq!((message.recipient.as_str(), access.as_str()), ("linus@example.com", READ.name()));
        assert_eq!((group.as_deref(), tenant), (Some("outer"), Some(a.name)));
    }

    async fn a_large_group_is_told_in_parts_and_everybody_once(world: World) {
        demo::fill(&world.operator(), 1300).await.unwrap();
        let (a, now) = (tenant(&world, "a").await, world.services.clock.now());
        let all = group(&world, "all", &a).await;
        world.execute("insert into group_members (id, group_id, user_id, added_at)
            select u.id, g.id, u.id, 0 from users u cross join groups g where g.name = 'all'").await;
        world.execute("delete from grants").await;
        let terms = lasting(Principal::Group(all.id), READ, Scope::Everywhere);
        give(&world, &NewGrant { until: Some(now.plus_seconds(7 * DAY)), ..terms }).await;
        world.services.clock.advance(5 * DAY);
        let people = world.count("select count(*) from users where disabled_at is null").await;
        let mut parts = Vec::new();
        loop {
            match remind(&world).await {
                0 => break,
                part => parts.push(part as i64),
            }
        }
        assert_eq!(parts, [500, 500, people - 1000]);
        assert_eq!(world.count("select count(distinct recipient) from messages").await, people);
    }

    async fn many_grants_with_one_end_are_each_told_of_once(world: World) {
        demo::fill(&world.operator(), 250).await.unwrap();
        world.execute("delete from grants").await;
        world.execute("insert into grants (id, user_id, permission, expires_at, created_at)
            select id, id, 'users.read', 1795392000000, 0 from users where disabled_at is null").await;
        let people = world.count("select count(*) from grants").await;
        let mut written = 0;
        loop {
            match remind(&world).await {
                0 => break,
                more => written += more as i64,
            }
        }
        assert_eq!(written, people);
        assert_eq!(world.count("select count(distinct recipient) from messages").await, people);
        assert!(people > 200, "{people}");
    }
}
