//! What is said about people from inside a tenant leaves out what they are and hold in others.

use crate::{
    domain::stage::{give, group, is_not_found, is_refused, lasting, member, put, role, tenant},
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        access::explain::explain,
        audit::{self, query::EventQuery},
        error::Refused,
        grants::{self, input::NewGrant},
        groups, permissions, roles, tenants, users,
    },
    model::{permission::Permission, principal::Principal, scope::Scope, user::UserQuery},
};

const READ: Permission = Permission::UsersRead;

on_both_engines! {
    async fn access_groups_and_places_of_another_tenants_people_are_not_found(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (linus, team) = (member(&world, "linus", &b).await, group(&world, "team", &b).await);
        for to in [Principal::User(linus.id), Principal::Group(team.id)] {
            give(&world, &lasting(to, READ, Scope::Everywhere)).await;
        }
        let inside = world.operator().working_in(Scope::Tenant(a.id));
        let of_user = grants_of(&inside, linus.id).await.map(|first| first.rows.len());
        let of_group = grants::queries::of_group(&inside, team.id).await.map(|first| first.rows.len());
        let groups = groups_of(&inside, linus.id).await.map(|first| first.rows.len());
        let places = memberships_of(&inside, linus.id).await.map(|first| first.rows.len());
        let all = [of_user, of_group, groups, places];
        assert!(all.iter().all(is_not_found), "{all:?}");
    }

    async fn of_access_given_to_a_group_of_another_tenant_neither_the_reason_nor_the_giver_is_shown(world: World) {
        let (ada, a, b) = (world.set_up().await, tenant(&world, "a").await, tenant(&world, "b").await);
        let linus = member(&world, "linus", &b).await;
        add_member(&world.operator(), a.id, &linus.login).await.unwrap();
        for (of, name) in [(&a, "ours"), (&b, "theirs")] {
            let team = group(&world, name, of).await;
            put(&world, Principal::User(linus.id), &team).await;
            let terms = NewGrant { reason: format!("why {name}"), ..lasting(Principal::Group(team.id), READ, Scope::Everywhere) };
            give_access(&world.as_user(&ada).await, &terms).await.unwrap();
        }
        let inside = world.operator().working_in(Scope::Tenant(a.id));
        let seen = around_of(&inside, linus.id).await.unwrap().rows;
        let told: Vec<_> = seen.iter().map(|row| (row.around_name.as_deref(), row.grant.reason.as_str(), row.grant.granted_by.as_deref())).collect();
        assert_eq!(told, [(Some("ours"), "why ours", Some("ada Lovelace")), (None, "", None)]);
        let outside = around_of(&world.operator(), linus.id).await.unwrap().rows;
        assert!(outside.iter().all(|row| row.grant.reason.starts_with("why") && row.grant.granted_by.is_some()));
    }

    async fn the_list_of_people_names_no_roles_of_other_tenants(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let linus = member(&world, "linus", &b).await;
        add_member(&world.operator(), a.id, &linus.login).await.unwrap();
        let secret = role(&world.operator().working_in(Scope::Tenant(b.id)), "merger-team", &["users.read"]).await;
        give(&world, &NewGrant::lasting(Principal::User(linus.id), secret.id, Scope::Tenant(b.id))).await;
        let inside = world.operator().working_in(Scope::Tenant(a.id));
        let rows = users::list::list(&inside, &UserQuery::default()).await.unwrap().page.rows;
        assert!(rows[0].roles.is_empty(), "{:?}", rows[0].roles);
    }

    async fn who_can_says_nothing_of_other_tenants(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let linus = member(&world, "linus", &b).await;
        add_member(&world.operator(), a.id, &linus.login).await.unwrap();
        give(&world, &lasting(Principal::User(linus.id), READ, Scope::Tenant(a.id))).await;
        give(&world, &lasting(Principal::User(linus.id), Permission::AuditRead, Scope::Tenant(b.id))).await;
        let inside = world.operator().working_in(Scope::Tenant(a.id));
        let who = permissions::who_can(&inside, READ, inside.scope, "").await.unwrap().page.rows;
        assert_eq!(who[0].1.grants.len(), 1);
    }

    async fn a_way_through_a_group_of_another_tenant_names_no_group(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (linus, team) = (member(&world, "linus", &b).await, group(&world, "merger-team", &b).await);
        add_member(&world.operator(), a.id, &linus.login).await.unwrap();
        put(&world, Principal::User(linus.id), &team).await;
        give(&world, &lasting(Principal::Group(team.id), READ, Scope::Everywhere)).await;
        let named = async |scope| {
            let (_, person) = permissions::of_user(&world.operator().working_in(scope), linus.id).await.unwrap();
            explain(&person, READ, scope, world.services.clock.now())[0].groups[0].name.clone()
        };
        assert_eq!(named(Scope::Everywhere).await.as_deref(), Some("merger-team"));
        assert_eq!(named(Scope::Tenant(b.id)).await.as_deref(), Some("merger-team"));
        assert_eq!(named(Scope::Tenant(a.id)).await, None);
    }

    async fn lists_count_no_access_of_other_tenants(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (linus, team) = (member(&world, "linus", &a).await, group(&world, "team", &a).await);
        add_member(&world.operator(), b.id, &linus.login).await.unwrap();
        let support = role(&world.operator(), "support", &["users.read"]).await;
        for to in [Principal::User(linus.id), Principal::Group(team.id)] {
            give(&world, &NewGrant::lasting(to, support.id.clone(), Scope::Tenant(b.id))).await;
        }
        let counted = async |scope| {
            let ctx = world.operator().working_in(scope);
            let roles = roles::queries::list(&ctx, "support", "").await.unwrap().rows;
            let groups = groups::queries::list(&ctx, "team", "").await.unwrap().rows;
            (roles[0].holders, groups[0].grants)
        };
        assert_eq!(counted(Scope::Everywhere).await, (1, 1));
        assert_eq!(counted(Scope::Tenant(a.id)).await, (0, 0));
    }

    async fn what_is_given_to_a_group_of_another_tenant_is_not_in_the_log_of_this_one(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (own, secret) = (group(&world, "own", &a).await, group(&world, "merger-team", &b).await);
        for team in [&own, &secret] {
            let id = give(&world, &lasting(Principal::Group(team.id), READ, Scope::Tenant(a.id))).await;
            run(&world.operator(), RemoveAccess { grant: id, version: 1 }).await.unwrap();
        }
        let named = async |scope| {
            let ctx = world.operator().working_in(scope);
            let rows = audit::list::list(&ctx, &EventQuery::default()).await.unwrap().rows;
            let given = rows.into_iter().filter(|event| event.action.starts_with("grants."));
            given.map(|event| event.target_name).collect::<Vec<_>>()
        };
        assert_eq!(named(Scope::Tenant(a.id)).await, ["own", "own"]);
        assert_eq!(named(Scope::Everywhere).await, ["merger-team", "merger-team", "own", "own"]);
    }

    async fn what_somebody_is_elsewhere_changes_no_refusal(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let linus = member(&world, "linus", &a).await;
        add_member(&world.operator(), b.id, &linus.login).await.unwrap();
        let inside = world.operator().working_in(Scope::Tenant(a.id));
        assert!(is_refused(&run(&inside, DisableUser { user: linus.id }).await, Refused::Shared));
        run(&world.operator(), MakeOwner { user: linus.id, tenant: b.id }).await.unwrap();
        assert!(is_refused(&run(&inside, DisableUser { user: linus.id }).await, Refused::Shared));
    }

    async fn everybody_can_search_where_they_work(world: World) {
        let a = tenant(&world, "a").await;
        let grace = member(&world, "grace", &a).await;
        let page = tenants::queries::workplaces(&world.as_user(&grace).await, "zzz", "").await.unwrap();
        assert_eq!(page.rows.len(), 0);
    }

    async fn the_whole_log_is_checked_from_outside_only(world: World) {
        let inside = world.operator().working_in(Scope::Tenant(tenant(&world, "a").await.id));
        audit::check::verify(&world.operator()).await.unwrap();
        assert!(is_refused(&audit::check::verify(&inside).await, Refused::OfInstallation));
        assert_eq!(audit::check::checks(&inside).await.unwrap().last, None);
    }
}
