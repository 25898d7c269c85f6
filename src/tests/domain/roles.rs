//! Roles: versions, what may be changed by whom, and what a change would do.

use crate::support::{World, changes::*, on_both_engines};
use castellan::{
    domain::{
        access::preview::effect::Left,
        error::Refused,
        grants::input::NewGrant,
        keyset, permissions,
        roles::{
            self,
            input::{RoleUpdate, Rollback},
        },
    },
    model::{page::Limited, permission::Permission, principal::Principal, scope::Scope},
};

use super::{
    stage::{
        MORE_THAN_ONESELF, allowing, back_to, content, give, group, holding, is_invalid, is_not_found, is_refused,
        is_stale, lasting, may, member, put, role, tenant,
    },
    state,
};

on_both_engines! {
    async fn every_save_is_a_version_that_says_who_when_and_why(world: World) {
        let ada = world.set_up().await;
        let ctx = world.as_user(&ada).await;
        let made = role(&ctx, "support", &["users.read"]).await;
        world.services.clock.advance(60);
        let mut update = allowing(&made, &["users.*"]);
        update.content.reason = "They need more.".into();
        let saved = run(&ctx, UpdateRole { role: made.id.clone(), update }).await.unwrap();
        let (now, versions, more) = roles::queries::versions(&ctx, &made.id, None).await.unwrap();
        assert_eq!((now.version, saved.version, versions.len(), more), (2, 2, 2, false));
        let said: Vec<_> = versions.iter().map(|v| (v.version, v.patterns(), v.reason.as_str(), v.at, v.author_id)).collect();
        let at = world.services.clock.now();
        assert_eq!(said[0], (2, vec!["users.*".into()], "They need more.", at, Some(ada.id)));
        assert_eq!(said[1], (1, vec!["users.read".into()], "", at.plus_seconds(-60), Some(ada.id)));
        assert_eq!(versions[0].author_name, ada.display_name);
        assert!(is_not_found(&roles::queries::version(&ctx, &made.id, 3).await));
    }

    async fn rolling_back_is_a_new_version_with_the_old_name_and_patterns(world: World) {
        let ctx = world.operator();
        let made = role(&ctx, "support", &["users.read", "users.list"]).await;
        run(&ctx, UpdateRole { role: made.id.clone(), update: RoleUpdate { content: content("help", &["audit.read"]), version: 1 } }).await.unwrap();
        let back = roll_back(&ctx, &made.id, &back_to(1, 2)).await.unwrap();
        assert_eq!((back.version, back.name.as_str(), back.patterns()), (3, "support", made.patterns()));
        let version = roles::queries::version(&ctx, &made.id, 3).await.unwrap();
        assert_eq!(version.reason, "Version 1 restored");
        let again = Rollback { reason: "sorry".into(), ..back_to(2, 3) };
        roll_back(&ctx, &made.id, &again).await.unwrap();
        assert_eq!(roles::queries::version(&ctx, &made.id, 4).await.unwrap().reason, "sorry");
        assert_eq!(roles::queries::version(&ctx, &made.id, 2).await.unwrap().patterns(), ["audit.read"], "history stays");
        assert!(is_stale(&roll_back(&ctx, &made.id, &back_to(1, 2)).await));
        assert!(is_not_found(&roll_back(&ctx, &made.id, &back_to(9, 4)).await));
    }

    async fn built_in_roles_never_change(world: World) {
        let ctx = world.as_user(&world.set_up().await).await;
        let before = state::all(&world).await;
        for name in ["admin", "read-only"] {
            let id = world.role(name).await;
            let update = RoleUpdate { content: content(name, &["users.read"]), version: 1 };
            let seen = preview(&ctx, &UpdateRole { role: id.clone(), update: update.clone() }).await.unwrap();
            assert_eq!(seen.refused, Some(Refused::BuiltIn));
            assert!(is_refused(&run(&ctx, UpdateRole { role: id.clone(), update }).await, Refused::BuiltIn));
            assert!(is_refused(&run(&ctx, DeleteRole { role: id.clone(), version: 1, unused: false }).await, Refused::BuiltIn));
            assert!(is_refused(&roll_back(&ctx, &id, &back_to(1, 1)).await, Refused::BuiltIn));
        }
        assert_eq!(state::all(&world).await, before);
    }

    async fn whoever_saw_an_older_version_changes_nothing(world: World) {
        let ctx = world.operator();
        let old = role(&ctx, "support", &["users.read"]).await;
        run(&ctx, UpdateRole { role: old.id.clone(), update: allowing(&old, &["users.list"]) }).await.unwrap();
        let before = state::all(&world).await;
        assert!(is_stale(&run(&ctx, UpdateRole { role: old.id.clone(), update: allowing(&old, &["users.add"]) }).await));
        assert!(is_stale(&preview(&ctx, &UpdateRole { role: old.id.clone(), update: allowing(&old, &["users.add"]) }).await));
        assert!(is_stale(&run(&ctx, DeleteRole { role: old.id.clone(), version: old.version, unused: false }).await));
        assert!(is_stale(&preview(&ctx, &DeleteRole { role: old.id.clone(), version: old.version, unused: false }).await));
        assert_eq!(state::all(&world).await, before);
    }

    async fn nobody_adds_or_removes_what_they_lack(world: World) {
        let of_others = role(&world.operator(), "auditor", &["audit.read", "users.read"]).await;
        let own = role(&world.operator(), "reader", &["users.read"]).await;
        let held = [Permission::RolesAdd, Permission::RolesUpdate, Permission::RolesDelete, Permission::UsersRead];
        let ctx = holding(&world, "grace", &held).await;
        let before = state::all(&world).await;
        for patterns in [&["audit.read"][..], &["users.*"], &["users.read", "users.list"], &["*.*"]] {
            assert!(is_refused(&add_role(&ctx, content("new", patterns)).await, MORE_THAN_ONESELF), "{patterns:?}");
            assert!(is_refused(&run(&ctx, UpdateRole { role: own.id.clone(), update: allowing(&own, patterns) }).await, MORE_THAN_ONESELF));
        }
        let without = allowing(&of_others, &["users.read"]);
        assert!(is_refused(&run(&ctx, UpdateRole { role: of_others.id.clone(), update: without }).await, MORE_THAN_ONESELF));
        assert!(is_refused(&run(&ctx, DeleteRole { role: of_others.id.clone(), version: 1, unused: false }).await, MORE_THAN_ONESELF));
        assert_eq!(state::all(&world).await, before);
    }

    async fn what_one_lacks_may_stay_as_it_is(world: World) {
        let auditor = role(&world.operator(), "auditor", &["audit.read", "users.read"]).await;
        let ctx = holding(&world, "grace", &[Permission::RolesUpdate, Permission::UsersRead]).await;
        let renamed = RoleUpdate { content: content("watcher", &["audit.read"]), version: 1 };
        let saved = run(&ctx, UpdateRole { role: auditor.id.clone(), update: renamed }).await.unwrap();
        assert_eq!((saved.name.as_str(), saved.patterns()), ("watcher", vec!["audit.read".to_owned()]));
        let back = roll_back(&ctx, &auditor.id, &back_to(1, 2)).await.unwrap();
        assert_eq!(back.permissions(), auditor.permissions());
        run(&world.operator(), UpdateRole { role: auditor.id.clone(), update: allowing(&back, &["users.read"]) }).await.unwrap();
        let refused = roll_back(&ctx, &auditor.id, &back_to(1, 4)).await;
        assert!(is_refused(&refused, MORE_THAN_ONESELF), "an old version may hold more");
    }

    async fn names_are_taken_within_one_place_only(world: World) {
        let a = Scope::Tenant(tenant(&world, "a").await.id);
        let ctx = world.operator();
        let (first, second) = (role(&ctx, "support", &["users.read"]).await, role(&ctx, "help", &["users.read"]).await);
        role(&ctx.clone().working_in(a), "support", &["users.read"]).await;
        assert!(is_invalid(&add_role(&ctx, content("support", &["users.read"])).await, "name"));
        let update = RoleUpdate { content: content("support", &["users.read"]), version: second.version };
        assert!(is_invalid(&run(&ctx, UpdateRole { role: second.id.clone(), update }).await, "name"));
        let same = run(&ctx, UpdateRole { role: first.id.clone(), update: allowing(&first, &["users.list"]) }).await.unwrap();
        assert_eq!((same.name.as_str(), same.version), ("support", 2));
    }

    async fn a_wider_pattern_needs_that_pattern(world: World) {
        let each: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| p.noun() == "users").collect();
        let more = [Permission::RolesAdd, Permission::RolesUpdate, Permission::RolesDelete, Permission::UsersUpdateRoles];
        let singles: Vec<&str> = each.iter().map(|permission| permission.name()).collect();
        let ctx = holding(&world, "grace", &[each.as_slice(), &more].concat()).await;
        let own = add_role(&ctx, content("own", &singles)).await.unwrap();
        for wider in ["users.*", "*.*"] {
            assert!(is_refused(&add_role(&ctx, content("new", &[wider])).await, MORE_THAN_ONESELF), "{wider}");
            let widened = run(&ctx, UpdateRole { role: own.id.clone(), update: allowing(&own, &[wider]) }).await;
            assert!(is_refused(&widened, MORE_THAN_ONESELF), "{wider}");
        }
        let wide = role(&world.operator(), "wide", &["users.*"]).await;
        let to = NewGrant::lasting(Principal::User(world.add("linus", "").await.id), wide.id, Scope::Everywhere);
        assert!(is_refused(&give_access(&ctx, &to).await, MORE_THAN_ONESELF), "nor does anybody give it");
        let said = give_access(&ctx, &to).await.unwrap_err().to_string();
        assert!(said.contains("you lack users.*;"), "{said}");
        let whole = world.add_with_role("mary", "wide").await;
        world.give(&whole, "own").await;
        for permission in more {
            give(&world, &lasting(Principal::User(whole.id), permission, Scope::Everywhere)).await;
        }
        assert!(run(&world.as_user(&whole).await, UpdateRole { role: own.id.clone(), update: allowing(&own, &["users.*"]) }).await.is_ok());
    }

    async fn deleting_says_first_who_holds_it_and_what_they_lose(world: World) {
        let (root, ada) = (tenant(&world, "a").await, world.set_up().await);
        let support = role(&world.operator(), "support", &["users.read", "outbox.read"]).await;
        let (grace, linus) = (member(&world, "grace", &root).await, member(&world, "linus", &root).await);
        let (outer, inner) = (group(&world, "outer", &root).await, group(&world, "inner", &root).await);
        put(&world, Principal::Group(inner.id), &outer).await;
        put(&world, Principal::User(linus.id), &inner).await;
        for holder in [Principal::User(grace.id), Principal::Group(outer.id)] {
            give(&world, &NewGrant::lasting(holder, support.id.clone(), Scope::Everywhere)).await;
        }
        let ada = world.as_user(&ada).await;
        let before = state::all(&world).await;
        let effect = preview(&ada, &DeleteRole { role: support.id.clone(), version: 1, unused: false }).await.unwrap();
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
        give(&world, &NewGrant::lasting(Principal::User(grace.id), support.id.clone(), Scope::Everywhere)).await;
        assert!(may(&world, &grace, Permission::UsersRead, Scope::Everywhere).await);
        let effect = preview(&world.operator(), &DeleteRole { role: support.id.clone(), version: 1, unused: false }).await.unwrap();
        assert_eq!(effect.changes[0].left, Left::Nobody, "nobody else may");
        run(&world.operator(), DeleteRole { role: support.id.clone(), version: 1, unused: false }).await.unwrap();
        assert!(!may(&world, &grace, Permission::UsersRead, Scope::Everywhere).await);
        assert!(is_not_found(&roles::queries::read(&world.operator(), &support.id).await));
    }

    async fn an_edit_says_first_who_gains_and_who_loses(world: World) {
        let ctx = world.as_user(&world.set_up().await).await;
        let support = role(&ctx, "support", &["users.read"]).await;
        for name in ["grace", "linus"] {
            let user = world.add(name, "").await;
            give(&world, &NewGrant::lasting(Principal::User(user.id), support.id.clone(), Scope::Everywhere)).await;
        }
        let before = state::all(&world).await;
        let effect = preview(&ctx, &UpdateRole { role: support.id.clone(), update: allowing(&support, &["roles.update"]) }).await.unwrap();
        assert_eq!(state::all(&world).await, before, "asking changes nothing");
        let said: Vec<_> = effect.changes.iter().map(|d| (d.permission, d.gain, d.people)).collect();
        assert_eq!(said, [(Permission::UsersRead, false, 2), (Permission::RolesUpdate, true, 2)]);
        let same = preview(&ctx, &UpdateRole { role: support.id.clone(), update: allowing(&support, &["users.read"]) }).await.unwrap();
        assert!(same.is_nothing());
    }

    async fn the_last_administrators_role_can_not_lose_its_power(world: World) {
        let ada = world.set_up().await;
        let ctx = world.operator();
        let all = role(&ctx, "everything", &["*.*"]).await;
        give(&world, &NewGrant::lasting(Principal::User(world.add("grace", "").await.id), all.id.clone(), Scope::Everywhere)).await;
        run(&ctx, DisableUser { user: ada.id }).await.unwrap();
        let less = allowing(&all, &["users.*"]);
        assert!(is_refused(&run(&ctx, UpdateRole { role: all.id.clone(), update: less.clone() }).await, Refused::LastAdministrator));
        assert!(is_refused(&run(&ctx, DeleteRole { role: all.id.clone(), version: 1, unused: false }).await, Refused::LastAdministrator));
        let effect = preview(&ctx, &UpdateRole { role: all.id.clone(), update: less.clone() }).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::LastAdministrator));
        run(&ctx, EnableUser { user: ada.id }).await.unwrap();
        assert!(run(&ctx, UpdateRole { role: all.id.clone(), update: less }).await.is_ok());
    }

    async fn the_list_counts_holders_and_is_read_in_pages(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let support = role(&ctx, "support", &["users.*", "roles.read"]).await;
        let team = group(&world, "team", &a).await;
        put(&world, Principal::User(member(&world, "linus", &a).await.id), &team).await;
        for holder in [Principal::User(world.add("grace", "").await.id), Principal::Group(team.id)] {
            give(&world, &NewGrant::lasting(holder, support.id.clone(), Scope::Everywhere)).await;
        }
        let found = roles::queries::list(&ctx, "SUPP", "").await.unwrap();
        assert_eq!((found.total, found.rows[0].holders, found.rows[0].permissions()), (1, 2, 13));
        for n in 0..120 {
            role(&ctx, &format!("role {n}"), &["users.read"]).await;
        }
        let (mut seen, mut page) = (Vec::new(), roles::queries::list(&ctx, "", "").await.unwrap());
        while let Some(after) = page.after.take() {
            seen.append(&mut page.rows);
            page = roles::queries::list(&ctx, "", &after).await.unwrap();
        }
        seen.append(&mut page.rows);
        let names: std::collections::BTreeSet<_> = seen.iter().map(|role| role.name.as_str()).collect();
        assert_eq!((seen.len(), names.len(), page.total), (125, 125, 125));
    }

    async fn a_form_offers_the_roles_of_the_place_and_no_more_than_a_select_can_show(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        for place in [&a, &b] {
            role(&world.operator().working_in(Scope::Tenant(place.id)), &place.slug, &["users.read"]).await;
        }
        let names = async |scope| {
            let Limited { rows, more } = roles::queries::choices(&world.operator().working_in(scope)).await.unwrap();
            assert!(!more);
            rows.into_iter().map(|role| role.name).collect::<Vec<_>>()
        };
        assert_eq!(names(Scope::Everywhere).await, ["a", "admin", "appowner", "b", "no-privileges", "read-only"]);
        assert_eq!(names(Scope::Tenant(a.id)).await, ["a", "admin", "appowner", "no-privileges", "read-only"]);
        world
            .execute(
                "insert into roles (id, number, name, description, created_at)
                with recursive n (n) as (select 1 union all select n + 1 from n where n < 500)
                select 'R' || n, 1000 + n, 'role ' || n, '', 0 from n",
            )
            .await;
        let Limited { rows, more } = roles::queries::choices(&world.operator()).await.unwrap();
        assert_eq!((rows.len() as i64, more), (keyset::LIMIT, true));
    }

    async fn disabled_people_are_not_counted_as_holders(world: World) {
        let grace = world.add("grace", "").await;
        let support = role(&world.operator(), "support", &["users.read"]).await;
        give(&world, &NewGrant::lasting(Principal::User(grace.id), support.id.clone(), Scope::Everywhere)).await;
        run(&world.operator(), DisableUser { user: grace.id }).await.unwrap();
        let listed = roles::queries::list(&world.operator(), "support", "").await.unwrap().rows[0].holders;
        let who = permissions::who_can(&world.operator(), Permission::UsersRead, Scope::Everywhere, "").await.unwrap().page.total;
        assert_eq!((listed, who), (0, 0));
    }
}
