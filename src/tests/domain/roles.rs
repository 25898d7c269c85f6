//! Roles: versions, what may be changed by whom, and what a change would do.

use castellan::{
    domain::{
        engine::what_if::Left,
        error::Refused,
        grants::{self, Holder, Terms},
        groups::Member,
        keyset, permissions,
        roles::{self, RoleUpdate, Rollback},
        users,
    },
    model::{page::First, permission::Permission, scope::Scope},
};

use super::{
    stage::{
        MORE_THAN_ONESELF, allowing, back_to, draft, give, group, holding, is_invalid, is_not_found, is_refused,
        is_stale, lasting, may, member, put, role, tenant,
    },
    state,
};
use crate::support::{World, on_both_engines};

on_both_engines! {
    async fn every_save_is_a_version_that_says_who_when_and_why(world: World) {
        let ada = world.set_up().await;
        let ctx = world.as_user(&ada).await;
        let made = role(&ctx, "support", &["users.read"]).await;
        world.services.clock.advance(60);
        let mut update = allowing(&made, &["users.*"]);
        update.draft.reason = "They need more.".into();
        let saved = roles::update(&ctx, &made.id, update).await.unwrap();
        let (now, versions, more) = roles::versions(&ctx, &made.id, None).await.unwrap();
        assert_eq!((now.version, saved.version, versions.len(), more), (2, 2, 2, false));
        let said: Vec<_> = versions.iter().map(|v| (v.version, v.patterns(), v.reason.as_str(), v.at, v.author_id)).collect();
        let at = world.services.clock.now();
        assert_eq!(said[0], (2, vec!["users.*".into()], "They need more.", at, Some(ada.id)));
        assert_eq!(said[1], (1, vec!["users.read".into()], "", at.plus_seconds(-60), Some(ada.id)));
        assert_eq!(versions[0].author_name, ada.display_name);
        assert!(is_not_found(&roles::version(&ctx, &made.id, 3).await));
    }

    async fn rolling_back_is_a_new_version_with_the_old_name_and_patterns(world: World) {
        let ctx = world.operator();
        let made = role(&ctx, "support", &["users.read", "users.list"]).await;
        roles::update(&ctx, &made.id, RoleUpdate { draft: draft("help", &["audit.read"]), version: 1 }).await.unwrap();
        let back = roles::roll_back(&ctx, &made.id, &back_to(1, 2)).await.unwrap();
        assert_eq!((back.version, back.name.as_str(), back.patterns()), (3, "support", made.patterns()));
        let version = roles::version(&ctx, &made.id, 3).await.unwrap();
        assert_eq!(version.reason, "Back to version 1");
        let again = Rollback { reason: "sorry".into(), ..back_to(2, 3) };
        roles::roll_back(&ctx, &made.id, &again).await.unwrap();
        assert_eq!(roles::version(&ctx, &made.id, 4).await.unwrap().reason, "sorry");
        assert_eq!(roles::version(&ctx, &made.id, 2).await.unwrap().patterns(), ["audit.read"], "history stays");
        assert!(is_stale(&roles::roll_back(&ctx, &made.id, &back_to(1, 2)).await));
        assert!(is_not_found(&roles::roll_back(&ctx, &made.id, &back_to(9, 4)).await));
    }

    async fn built_in_roles_never_change(world: World) {
        let ctx = world.as_user(&world.set_up().await).await;
        let before = state::all(&world).await;
        for name in ["admin", "read-only"] {
            let id = world.role(name).await;
            let update = RoleUpdate { draft: draft(name, &["users.read"]), version: 1 };
            let seen = roles::what_if_updated(&ctx, &id, update.clone()).await.unwrap();
            assert_eq!(seen.refused, Some(Refused::BuiltIn));
            assert!(is_refused(&roles::update(&ctx, &id, update).await, Refused::BuiltIn));
            assert!(is_refused(&roles::delete(&ctx, &id, 1).await, Refused::BuiltIn));
            assert!(is_refused(&roles::roll_back(&ctx, &id, &back_to(1, 1)).await, Refused::BuiltIn));
        }
        assert_eq!(state::all(&world).await, before);
    }

    async fn whoever_saw_an_older_version_changes_nothing(world: World) {
        let ctx = world.operator();
        let old = role(&ctx, "support", &["users.read"]).await;
        roles::update(&ctx, &old.id, allowing(&old, &["users.list"])).await.unwrap();
        let before = state::all(&world).await;
        assert!(is_stale(&roles::update(&ctx, &old.id, allowing(&old, &["users.add"])).await));
        assert!(is_stale(&roles::what_if_updated(&ctx, &old.id, allowing(&old, &["users.add"])).await));
        assert!(is_stale(&roles::delete(&ctx, &old.id, old.version).await));
        assert!(is_stale(&roles::what_if_deleted(&ctx, &old.id, old.version).await));
        assert_eq!(state::all(&world).await, before);
    }

    async fn nobody_adds_or_removes_what_they_lack(world: World) {
        let of_others = role(&world.operator(), "auditor", &["audit.read", "users.read"]).await;
        let own = role(&world.operator(), "reader", &["users.read"]).await;
        let held = [Permission::RolesAdd, Permission::RolesUpdate, Permission::RolesDelete, Permission::UsersRead];
        let ctx = holding(&world, "grace", &held).await;
        let before = state::all(&world).await;
        for patterns in [&["audit.read"][..], &["users.*"], &["users.read", "users.list"], &["*.*"]] {
            assert!(is_refused(&roles::create(&ctx, draft("new", patterns)).await, MORE_THAN_ONESELF), "{patterns:?}");
            assert!(is_refused(&roles::update(&ctx, &own.id, allowing(&own, patterns)).await, MORE_THAN_ONESELF));
        }
        let without = allowing(&of_others, &["users.read"]);
        assert!(is_refused(&roles::update(&ctx, &of_others.id, without).await, MORE_THAN_ONESELF));
        assert!(is_refused(&roles::delete(&ctx, &of_others.id, 1).await, MORE_THAN_ONESELF));
        assert_eq!(state::all(&world).await, before);
    }

    async fn what_one_lacks_may_stay_as_it_is(world: World) {
        let auditor = role(&world.operator(), "auditor", &["audit.read", "users.read"]).await;
        let ctx = holding(&world, "grace", &[Permission::RolesUpdate, Permission::UsersRead]).await;
        let renamed = RoleUpdate { draft: draft("watcher", &["audit.read"]), version: 1 };
        let saved = roles::update(&ctx, &auditor.id, renamed).await.unwrap();
        assert_eq!((saved.name.as_str(), saved.patterns()), ("watcher", vec!["audit.read".to_owned()]));
        let back = roles::roll_back(&ctx, &auditor.id, &back_to(1, 2)).await.unwrap();
        assert_eq!(back.permissions(), auditor.permissions());
        roles::update(&world.operator(), &auditor.id, allowing(&back, &["users.read"])).await.unwrap();
        let refused = roles::roll_back(&ctx, &auditor.id, &back_to(1, 4)).await;
        assert!(is_refused(&refused, MORE_THAN_ONESELF), "an old version may hold more");
    }

    async fn names_are_taken_within_one_place_only(world: World) {
        let a = Scope::Tenant(tenant(&world, "a").await.id);
        let ctx = world.operator();
        let (first, second) = (role(&ctx, "support", &["users.read"]).await, role(&ctx, "help", &["users.read"]).await);
        role(&ctx.clone().working_in(a), "support", &["users.read"]).await;
        assert!(is_invalid(&roles::create(&ctx, draft("support", &["users.read"])).await, "name"));
        let update = RoleUpdate { draft: draft("support", &["users.read"]), version: second.version };
        assert!(is_invalid(&roles::update(&ctx, &second.id, update).await, "name"));
        let same = roles::update(&ctx, &first.id, allowing(&first, &["users.list"])).await.unwrap();
        assert_eq!((same.name.as_str(), same.version), ("support", 2));
    }

    async fn a_wider_pattern_needs_that_pattern(world: World) {
        let each: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| p.noun() == "users").collect();
        let more = [Permission::RolesAdd, Permission::RolesUpdate, Permission::RolesDelete, Permission::UsersUpdateRoles];
        let singles: Vec<&str> = each.iter().map(|permission| permission.name()).collect();
        let ctx = holding(&world, "grace", &[each.as_slice(), &more].concat()).await;
        let own = roles::create(&ctx, draft("own", &singles)).await.unwrap();
        for wider in ["users.*", "*.*"] {
            assert!(is_refused(&roles::create(&ctx, draft("new", &[wider])).await, MORE_THAN_ONESELF), "{wider}");
            let widened = roles::update(&ctx, &own.id, allowing(&own, &[wider])).await;
            assert!(is_refused(&widened, MORE_THAN_ONESELF), "{wider}");
        }
        let wide = role(&world.operator(), "wide", &["users.*"]).await;
        let to = Terms::lasting(Holder::User(world.add("linus", "").await.id), wide.id, Scope::Everywhere);
        assert!(is_refused(&grants::give(&ctx, &to).await, MORE_THAN_ONESELF), "nor does anybody give it");
        let said = grants::give(&ctx, &to).await.unwrap_err().to_string();
        assert!(said.contains("you lack users.*;"), "{said}");
        let whole = world.add_with_role("mary", "wide").await;
        world.give(&whole, "own").await;
        for permission in more {
            give(&world, &lasting(Holder::User(whole.id), permission, Scope::Everywhere)).await;
        }
        assert!(roles::update(&world.as_user(&whole).await, &own.id, allowing(&own, &["users.*"])).await.is_ok());
    }

    async fn deleting_says_first_who_holds_it_and_what_they_lose(world: World) {
        let (root, ada) = (tenant(&world, "a").await, world.set_up().await);
        let support = role(&world.operator(), "support", &["users.read", "outbox.read"]).await;
        let (grace, linus) = (member(&world, "grace", &root).await, member(&world, "linus", &root).await);
        let (outer, inner) = (group(&world, "outer", &root).await, group(&world, "inner", &root).await);
        put(&world, Member::Group(inner.id), &outer).await;
        put(&world, Member::User(linus.id), &inner).await;
        for holder in [Holder::User(grace.id), Holder::Group(outer.id)] {
            give(&world, &Terms::lasting(holder, support.id.clone(), Scope::Everywhere)).await;
        }
        let ada = world.as_user(&ada).await;
        let before = state::all(&world).await;
        let effect = roles::what_if_deleted(&ada, &support.id, 1).await.unwrap();
        assert_eq!(state::all(&world).await, before, "asking changes nothing");
        let said: Vec<_> = effect.changes.iter().map(|d| (d.permission, d.gain, d.people, d.left == Left::Nobody, d.tenant.clone())).collect();
        let lost = |permission| (permission, false, 2, false, None);
        assert_eq!(said, [lost(Permission::UsersRead), lost(Permission::OutboxRead)], "ada still holds both");
        let named: Vec<_> = effect.changes[0].named.iter().map(|(id, _)| *id).collect();
        assert_eq!(named, [grace.id, linus.id]);
    }

    async fn deleting_takes_it_from_everybody_at_once(world: World) {
        let grace = world.add("grace", "").await;
        let support = role(&world.operator(), "support", &["users.read"]).await;
        give(&world, &Terms::lasting(Holder::User(grace.id), support.id.clone(), Scope::Everywhere)).await;
        assert!(may(&world, &grace, Permission::UsersRead, Scope::Everywhere).await);
        let effect = roles::what_if_deleted(&world.operator(), &support.id, 1).await.unwrap();
        assert_eq!(effect.changes[0].left, Left::Nobody, "nobody else may");
        roles::delete(&world.operator(), &support.id, 1).await.unwrap();
        assert!(!may(&world, &grace, Permission::UsersRead, Scope::Everywhere).await);
        assert!(is_not_found(&roles::read(&world.operator(), &support.id).await));
    }

    async fn an_edit_says_first_who_gains_and_who_loses(world: World) {
        let ctx = world.as_user(&world.set_up().await).await;
        let support = role(&ctx, "support", &["users.read"]).await;
        for name in ["grace", "linus"] {
            let user = world.add(name, "").await;
            give(&world, &Terms::lasting(Holder::User(user.id), support.id.clone(), Scope::Everywhere)).await;
        }
        let before = state::all(&world).await;
        let effect = roles::what_if_updated(&ctx, &support.id, allowing(&support, &["roles.update"])).await.unwrap();
        assert_eq!(state::all(&world).await, before, "asking changes nothing");
        let said: Vec<_> = effect.changes.iter().map(|d| (d.permission, d.gain, d.people)).collect();
        assert_eq!(said, [(Permission::UsersRead, false, 2), (Permission::RolesUpdate, true, 2)]);
        let same = roles::what_if_updated(&ctx, &support.id, allowing(&support, &["users.read"])).await.unwrap();
        assert!(same.is_nothing());
    }

    async fn the_last_administrators_role_can_not_lose_its_power(world: World) {
        let ada = world.set_up().await;
        let ctx = world.operator();
        let all = role(&ctx, "everything", &["*.*"]).await;
        give(&world, &Terms::lasting(Holder::User(world.add("grace", "").await.id), all.id.clone(), Scope::Everywhere)).await;
        users::disable(&ctx, ada.id).await.unwrap();
        let less = allowing(&all, &["users.*"]);
        assert!(is_refused(&roles::update(&ctx, &all.id, less.clone()).await, Refused::LastAdministrator));
        assert!(is_refused(&roles::delete(&ctx, &all.id, 1).await, Refused::LastAdministrator));
        let effect = roles::what_if_updated(&ctx, &all.id, less.clone()).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::LastAdministrator));
        users::enable(&ctx, ada.id).await.unwrap();
        assert!(roles::update(&ctx, &all.id, less).await.is_ok());
    }

    async fn the_list_counts_holders_and_is_read_in_pages(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let support = role(&ctx, "support", &["users.*", "roles.read"]).await;
        let team = group(&world, "team", &a).await;
        put(&world, Member::User(member(&world, "linus", &a).await.id), &team).await;
        for holder in [Holder::User(world.add("grace", "").await.id), Holder::Group(team.id)] {
            give(&world, &Terms::lasting(holder, support.id.clone(), Scope::Everywhere)).await;
        }
        let found = roles::list(&ctx, "SUPP", "").await.unwrap();
        assert_eq!((found.total, found.rows[0].holders, found.rows[0].permissions()), (1, 2, 13));
        for n in 0..120 {
            role(&ctx, &format!("role {n}"), &["users.read"]).await;
        }
        let (mut seen, mut page) = (Vec::new(), roles::list(&ctx, "", "").await.unwrap());
        while let Some(after) = page.after.take() {
            seen.append(&mut page.rows);
            page = roles::list(&ctx, "", &after).await.unwrap();
        }
        seen.append(&mut page.rows);
        let names: std::collections::BTreeSet<_> = seen.iter().map(|role| role.name.as_str()).collect();
        assert_eq!((seen.len(), names.len(), page.total), (123, 123, 123));
    }

    async fn a_form_offers_the_roles_of_the_place_and_no_more_than_a_select_can_show(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        for place in [&a, &b] {
            role(&world.operator().working_in(Scope::Tenant(place.id)), &place.slug, &["users.read"]).await;
        }
        let names = async |scope| {
            let First { rows, more } = roles::choices(&world.operator().working_in(scope)).await.unwrap();
            assert!(!more);
            rows.into_iter().map(|role| role.name).collect::<Vec<_>>()
        };
        assert_eq!(names(Scope::Everywhere).await, ["a", "admin", "b", "read-only"]);
        assert_eq!(names(Scope::Tenant(a.id)).await, ["a", "admin", "read-only"]);
        world
            .execute(
                "insert into roles (id, number, name, description, created_at)
                with recursive n (n) as (select 1 union all select n + 1 from n where n < 500)
                select 'R' || n, 1000 + n, 'role ' || n, '', 0 from n",
            )
            .await;
        let First { rows, more } = roles::choices(&world.operator()).await.unwrap();
        assert_eq!((rows.len() as i64, more), (keyset::FIRST, true));
    }

    async fn disabled_people_are_not_counted_as_holders(world: World) {
        let grace = world.add("grace", "").await;
        let support = role(&world.operator(), "support", &["users.read"]).await;
        give(&world, &Terms::lasting(Holder::User(grace.id), support.id.clone(), Scope::Everywhere)).await;
        users::disable(&world.operator(), grace.id).await.unwrap();
        let listed = roles::list(&world.operator(), "support", "").await.unwrap().rows[0].holders;
        let who = permissions::who_can(&world.operator(), Permission::UsersRead, Scope::Everywhere, "").await.unwrap().page.total;
        assert_eq!((listed, who), (0, 0));
    }
}
