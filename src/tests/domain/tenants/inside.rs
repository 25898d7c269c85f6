//! From inside a tenant, what belongs to another is not there.

use crate::{
    domain::{
        stage::{
            allowing, back_to, content, give, group, is_not_found, is_refused, last_id, lasting, member, put, renamed,
            role, tenant, typed,
        },
        state,
    },
    support::{PASSWORD, World, changes::*, on_both_engines, person},
};
use castellan::{
    domain::{
        audit::{self, query::EventQuery},
        ctx::Ctx,
        error::{Error, Refused},
        grants::{
            self,
            input::{GrantUpdate, NewGrant},
        },
        groups::{self, input::GroupUpdate, store::Group},
        permissions,
        roles::{self, store::Role},
        tenants::{self, store::Tenant},
        users::{self, input::NewUser, store::User},
    },
    model::{
        id::{EventId, GrantId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus,
        user::{BulkAction, UserQuery},
    },
};

/// One of everything, in another tenant than the one that is worked in.
struct There {
    tenant: Tenant,
    user: User,
    role: Role,
    group: Group,
    grant: GrantId,
    event: EventId,
}

async fn there(world: &World) -> There {
    let tenant = tenant(world, "there").await;
    let inside = world.operator().working_in(Scope::Tenant(tenant.id));
    let user = member(world, "linus", &tenant).await;
    let group = group(world, "there", &tenant).await;
    put(world, Principal::User(user.id), &group).await;
    let terms = lasting(Principal::User(user.id), Permission::UsersRead, Scope::Tenant(tenant.id));
    let (grant, role) = (give(world, &terms).await, role(&inside, "there", &["users.read"]).await);
    There { event: last_id(world).await, tenant, user, role, group, grant }
}

/// What every action that names a user says of somebody of another tenant.
async fn with_user(ctx: &Ctx, there: &There) -> Vec<Result<(), Error>> {
    let (id, tenant) = (there.user.id, there.tenant.id);
    vec![
        users::queries::find(ctx, id).await.map(drop),
        run(ctx, UpdateUser { user: id, update: renamed(&there.user, "x") }).await.map(drop),
        run(ctx, DisableUser { user: id }).await.map(drop),
        preview(ctx, &DisableUser { user: id }).await.map(drop),
        run(ctx, EnableUser { user: id }).await.map(drop),
        run(ctx, DeleteUser { user: id, unchanged: None }).await.map(drop),
        preview(ctx, &DeleteUser { user: id, unchanged: None }).await.map(drop),
        run(ctx, UnlockUser { user: id }).await.map(drop),
        run(ctx, ResetSecondFactor { user: id }).await.map(drop),
        run(ctx, MakePasswordLink { user: id }).await.map(drop),
        ResetPassword::prepare(ctx, id, PASSWORD).await.map(drop),
        permissions::of_user(ctx, id).await.map(drop),
        run(ctx, set_membership((id, tenant), (MembershipStatus::Inactive, 1))).await,
        preview(ctx, &set_membership((id, tenant), (MembershipStatus::Inactive, 1))).await.map(drop),
        run(ctx, RemoveMembership::of(id, tenant)).await.map(drop),
        preview(ctx, &RemoveMembership::of(id, tenant)).await.map(drop),
        run(ctx, MakeOwner { user: id, tenant }).await,
        run(ctx, RemoveAccess { grant: there.grant, version: 1 }).await.map(drop),
        preview_removed(ctx, there.grant).await.map(drop),
        run(
            ctx,
            ChangeAccess { grant: there.grant, update: GrantUpdate { until: None, reason: String::new(), version: 1 } },
        )
        .await
        .map(drop),
        grants::queries::find(ctx, there.grant).await.map(drop),
    ]
}

/// The same of a tenant, a role, a group and an event.
async fn with_things(ctx: &Ctx, there: &There) -> Vec<Result<(), Error>> {
    let (role, group) = (&there.role.id, there.group.id);
    let update = GroupUpdate { name: "x".into(), description: String::new(), version: 1 };
    vec![
        tenants::queries::read(ctx, there.tenant.id).await.map(drop),
        tenants::memberships::queries::members(ctx, there.tenant.id, "").await.map(drop),
        permissions::scope(ctx, Some("there")).await.map(drop),
        add_user(ctx, NewUser { tenant: Some(there.tenant.id), ..person("mary", "") }).await.map(drop),
        roles::queries::read(ctx, role).await.map(drop),
        roles::queries::versions(ctx, role, None).await.map(drop),
        roles::queries::version(ctx, role, 1).await.map(drop),
        run(ctx, UpdateRole { role: role.clone(), update: allowing(&there.role, &["users.list"]) }).await.map(drop),
        preview(ctx, &UpdateRole { role: role.clone(), update: allowing(&there.role, &["users.list"]) })
            .await
            .map(drop),
        roll_back(ctx, role, &back_to(1, 1)).await.map(drop),
        run(ctx, DeleteRole { role: role.clone(), version: 1, unused: false }).await.map(drop),
        preview(ctx, &DeleteRole { role: role.clone(), version: 1, unused: false }).await.map(drop),
        groups::queries::read(ctx, group).await.map(drop),
        groups::queries::members(ctx, group, "").await.map(drop),
        groups::queries::inherited(ctx, group, "").await.map(drop),
        groups::queries::neighbours(ctx, group).await.map(drop),
        run(ctx, UpdateGroup { group, update: update.clone() }).await.map(drop),
        run(ctx, DeleteGroup { group, version: 1, unused: false }).await.map(drop),
        preview(ctx, &DeleteGroup { group, version: 1, unused: false }).await.map(drop),
        add_to_group(ctx, group, &typed(Principal::User(there.user.id))).await.map(drop),
        run(ctx, RemoveFromGroup { group, member: Principal::User(there.user.id) }).await.map(drop),
        undo(ctx, there.event).await,
    ]
}

on_both_engines! {
    async fn nothing_of_another_tenant_is_found(world: World) {
        let (here, there) = (tenant(&world, "here").await, there(&world).await);
        let ctx = world.operator().working_in(Scope::Tenant(here.id));
        let before = state::all(&world).await;
        for (n, outcome) in with_user(&ctx, &there).await.iter().enumerate() {
            assert!(is_not_found(outcome), "users, {n}: {outcome:?}");
        }
        for (n, outcome) in with_things(&ctx, &there).await.iter().enumerate() {
            assert!(is_not_found(outcome), "things, {n}: {outcome:?}");
        }
        let bulk = bulk::run(&ctx, BulkAction::Delete, &[there.user.id]).await.unwrap();
        assert!(bulk.is_empty(), "passed over");
        assert_eq!(state::all(&world).await, before);
    }

    async fn nothing_of_another_tenant_is_given(world: World) {
        let (here, there) = (tenant(&world, "here").await, there(&world).await);
        let grace = member(&world, "grace", &here).await;
        let (of_here, of_there) = (Scope::Tenant(here.id), Scope::Tenant(there.tenant.id));
        let ctx = world.operator().working_in(of_here);
        let before = state::all(&world).await;
        for terms in [
            NewGrant::lasting(Principal::User(grace.id), there.role.id.clone(), of_here),
            lasting(Principal::User(grace.id), Permission::UsersRead, of_there),
            lasting(Principal::User(there.user.id), Permission::UsersRead, of_here),
            lasting(Principal::Group(there.group.id), Permission::UsersRead, of_here),
        ] {
            let outcome = give_access(&ctx, &terms).await;
            assert!(matches!(outcome, Err(Error::NotFound(_) | Error::Invalid(_))), "{outcome:?}");
        }
        let asked = add_member(&ctx, here.id, &there.user.login).await;
        assert!(matches!(asked, Err(Error::Invalid(_))), "people outside are not taken: {asked:?}");
        assert_eq!(state::all(&world).await, before);
    }

    async fn lists_show_the_tenants_own_and_roles_of_the_installation(world: World) {
        let (here, there) = (tenant(&world, "here").await, there(&world).await);
        let (ctx, grace) = (world.operator().working_in(Scope::Tenant(here.id)), member(&world, "grace", &here).await);
        role(&ctx, "own", &["users.read"]).await;
        group(&world, "own", &here).await;
        let people = users::list::list(&ctx, &UserQuery::default()).await.unwrap().page;
        assert_eq!((people.rows.iter().map(|row| row.id).collect::<Vec<_>>(), people.total), (vec![grace.id], 1));
        let searched = users::list::list(&ctx, &UserQuery { search: "linus".into(), ..UserQuery::default() }).await.unwrap().page;
        assert_eq!((searched.rows.len(), searched.total, users::list::list(&ctx, &UserQuery::default()).await.unwrap().all), (0, 0, 1));
        let roles = roles::queries::list(&ctx, "", "").await.unwrap();
        assert_eq!(roles.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["admin", "appowner", "no-privileges", "own", "read-only"]);
        let groups = groups::queries::list(&ctx, "", "").await.unwrap();
        assert_eq!((groups.rows.len(), groups.total, groups.rows[0].name.as_str()), (1, 1, "own"));
        let tenants = tenants::queries::list(&ctx, "", "").await.unwrap();
        assert_eq!((tenants.rows.len(), tenants.total, tenants.rows[0].id), (1, 1, here.id));
        let log = audit::list::list(&ctx, &EventQuery::default()).await.unwrap();
        assert!(!log.rows.is_empty() && log.rows.iter().all(|event| event.tenant_id == Some(here.id)));
        assert_ne!(there.tenant.id, here.id);
    }

    async fn who_can_and_why_leave_other_tenants_out(world: World) {
        let (here, there) = (tenant(&world, "here").await, there(&world).await);
        let ctx = world.operator().working_in(Scope::Tenant(here.id));
        let ada = world.set_up().await;
        add_member(&world.operator(), here.id, &there.user.login).await.unwrap();
        let who = async |ctx: &Ctx, at| {
            let found = permissions::who_can(ctx, Permission::UsersRead, at, "").await.unwrap();
            let named: Vec<_> = found.page.rows.iter().map(|(holder, _)| holder.id).collect();
            assert_eq!(found.page.total, named.len() as i64);
            (named, found.outside)
        };
        let elsewhere = Scope::Tenant(there.tenant.id);
        assert_eq!(who(&ctx, elsewhere).await, (vec![], 1), "linus may there, ada everywhere without being of here");
        assert_eq!(who(&world.operator(), Scope::Tenant(here.id)).await, (vec![ada.id], 0), "from everywhere she is named");
        assert_eq!(who(&world.operator(), elsewhere).await.0.len(), 2);
        add_member(&world.operator(), here.id, &ada.login).await.unwrap();
        for elsewhere in [Scope::Everywhere, elsewhere] {
            assert_eq!(who(&ctx, elsewhere).await, (vec![ada.id], 0), "it is of here");
        }
        let (_, person) = permissions::of_user(&ctx, there.user.id).await.unwrap();
        assert_eq!(person.grants.len(), 0, "what linus holds there is not said here");
    }

    async fn roles_of_the_installation_are_seen_and_not_changed(world: World) {
        let ctx = world.operator().working_in(Scope::Tenant(tenant(&world, "here").await.id));
        let shared = role(&world.operator(), "support", &["users.read"]).await;
        assert_eq!(roles::queries::read(&ctx, &shared.id).await.unwrap(), shared);
        let (update, before) = (allowing(&shared, &["users.list"]), state::all(&world).await);
        assert!(is_refused(&run(&ctx, UpdateRole { role: shared.id.clone(), update: update.clone() }).await, Refused::OfInstallation));
        assert!(is_refused(&roll_back(&ctx, &shared.id, &back_to(1, 1)).await, Refused::OfInstallation));
        assert!(is_refused(&run(&ctx, DeleteRole { role: shared.id.clone(), version: 1, unused: false }).await, Refused::OfInstallation));
        let effect = preview(&ctx, &UpdateRole { role: shared.id.clone(), update }).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::OfInstallation));
        assert_eq!(state::all(&world).await, before);
        assert_eq!(add_role(&ctx, content("support", &["users.read"])).await.unwrap().tenant_id, ctx.tenant());
    }

    async fn accounts_that_tenants_share_are_changed_from_outside_only(world: World) {
        let (here, there) = (tenant(&world, "here").await, there(&world).await);
        add_member(&world.operator(), here.id, &there.user.login).await.unwrap();
        let (ctx, id) = (world.operator().working_in(Scope::Tenant(here.id)), there.user.id);
        let before = state::all(&world).await;
        for outcome in [
            run(&ctx, UpdateUser { user: id, update: renamed(&there.user, "x") }).await.map(drop),
            run(&ctx, DisableUser { user: id }).await.map(drop),
            run(&ctx, DeleteUser { user: id, unchanged: None }).await.map(drop),
            run(&ctx, ResetSecondFactor { user: id }).await.map(drop),
            run(&ctx, MakePasswordLink { user: id }).await.map(drop),
            run(&ctx, ResetPassword::prepare(&ctx, id, PASSWORD).await.unwrap()).await.map(drop),
        ] {
            assert!(is_refused(&outcome, Refused::Shared), "{outcome:?}");
        }
        assert_eq!(state::all(&world).await, before);
        run(&world.operator(), DisableUser { user: id }).await.unwrap();
        assert!(is_refused(&run(&ctx, EnableUser { user: id }).await, Refused::Shared));
        assert_eq!(run(&ctx, RemoveMembership::of(id, here.id)).await.unwrap(), tenants::memberships::leaving::Removed::Left, "but they can be sent away");
    }
}
