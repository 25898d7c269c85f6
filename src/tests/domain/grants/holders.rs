//! To whom a role was given.

use crate::{
    domain::stage::{give, group, holding, is_not_found, member, role, tenant},
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        grants::{self, holders::RoleHolders, input::NewGrant},
        roles::store::Role,
    },
    model::{permission::Permission, principal::Principal, scope::Scope},
};

async fn all(world: &World, role: &Role, scope: Scope) -> RoleHolders {
    grants::holders::holders(&world.operator().working_in(scope), &role.id, "", "").await.unwrap()
}

on_both_engines! {
    async fn people_and_groups_are_told_with_where_and_until_when_and_counted_once(world: World) {
        let a = tenant(&world, "a").await;
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        let support = role(&world.operator(), "support", &["users.read"]).await;
        let end = world.services.clock.now().plus_seconds(3600);
        for (to, scope, until) in [
            (Principal::User(grace.id), Scope::Everywhere, None),
            (Principal::User(grace.id), Scope::Tenant(a.id), None),
            (Principal::Group(team.id), Scope::Everywhere, Some(end)),
        ] {
            give(&world, &NewGrant { until, ..NewGrant::lasting(to, support.id.clone(), scope) }).await;
        }
        let RoleHolders { people, groups, .. } = all(&world, &support, Scope::Everywhere).await;
        let places: Vec<_> = people.rows.iter().map(|row| (row.user_id, row.tenant_name.as_deref(), row.disabled)).collect();
        assert_eq!((people.total, places), (1, vec![(Some(grace.id), None, false), (Some(grace.id), Some("a"), false)]));
        assert_eq!((groups.total, groups.rows[0].name.as_deref(), groups.rows[0].expires_at), (1, Some("team"), Some(end)));
        world.services.clock.advance(3600);
        assert_eq!(all(&world, &support, Scope::Everywhere).await.groups.total, 0, "it has ended");
    }

    async fn a_tenant_sees_its_members_its_places_and_the_names_of_its_groups(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &b).await);
        add_member(&world.operator(), b.id, &grace.login).await.unwrap();
        let support = role(&world.operator(), "support", &["users.read"]).await;
        for (to, scope) in [
            (Principal::User(grace.id), Scope::Everywhere),
            (Principal::User(grace.id), Scope::Tenant(b.id)),
            (Principal::User(linus.id), Scope::Everywhere),
            (Principal::Group(group(&world, "merger-team", &b).await.id), Scope::Everywhere),
            (Principal::Group(group(&world, "team", &a).await.id), Scope::Everywhere),
        ] {
            give(&world, &NewGrant::lasting(to, support.id.clone(), scope)).await;
        }
        let seen = all(&world, &support, Scope::Tenant(a.id)).await;
        let people: Vec<_> = seen.people.rows.iter().map(|row| (row.user_id, row.tenant_name.clone())).collect();
        assert_eq!((seen.people.total, people, seen.outside), (1, vec![(Some(grace.id), None)], 1));
        let names: Vec<_> = seen.groups.rows.iter().map(|row| row.name.as_deref()).collect();
        assert_eq!((seen.groups.total, names), (2, vec![None, Some("team")]));
        let outside = all(&world, &support, Scope::Everywhere).await;
        assert_eq!((outside.people.total, outside.people.rows.len(), outside.groups.total), (2, 3, 2));
        let own = role(&world.operator().working_in(Scope::Tenant(b.id)), "own", &["users.read"]).await;
        let inside = world.operator().working_in(Scope::Tenant(a.id));
        assert!(is_not_found(&grants::holders::holders(&inside, &own.id, "", "").await));
    }

    async fn many_are_read_in_pages(world: World) {
        let support = role(&world.operator(), "support", &["users.read"]).await;
        for n in 0..53 {
            let user = world.add(&format!("u{n}"), "").await;
            give(&world, &NewGrant::lasting(Principal::User(user.id), support.id.clone(), Scope::Everywhere)).await;
        }
        let first = all(&world, &support, Scope::Everywhere).await.people;
        let next = grants::holders::holders(&world.operator(), &support.id, &first.after.unwrap(), "").await.unwrap().people;
        let mut seen: Vec<_> = first.rows.iter().chain(&next.rows).filter_map(|row| row.user_id).collect();
        assert_eq!((first.total, first.rows.len(), next.rows.len(), next.after), (53, 50, 3, None));
        seen.dedup();
        assert_eq!(seen.len(), 53);
    }

    async fn whoever_may_read_or_delete_roles_is_told_and_nobody_else(world: World) {
        let support = role(&world.operator(), "support", &["users.read"]).await;
        for (n, permission) in Permission::ALL.iter().enumerate() {
            let ctx = holding(&world, &format!("u{n}"), &[*permission]).await;
            let told = grants::holders::holders(&ctx, &support.id, "", "").await.is_ok();
            assert_eq!(told, matches!(permission, Permission::RolesRead | Permission::RolesDelete), "{permission:?}");
        }
    }
}
