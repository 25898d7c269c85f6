//! What was deleted comes back within thirty days, as it was, without its secrets.

use crate::{
    domain::{
        stage::{
            allowing, back_to, give, group, is_not_found, is_refused, last_id, lasting, may, member, put, renamed,
            role, tenant,
        },
        state,
    },
    support::{PASSWORD, World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        audit, codes,
        ctx::{Ctx, Origin},
        deleted::{self, sweep::KEPT},
        error::{Error, Refused},
        grants::input::NewGrant,
        groups, roles,
        sessions::{self, commands::SignIn},
        users::{self, store::User},
    },
    model::{
        id::{EventId, UserId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
        user::{BulkAction, UserStatus},
    },
};
use uuid::Uuid;

const READ: Permission = Permission::UsersRead;

async fn sweep(world: &World) {
    let mut tx = world.services.db.begin().await.unwrap();
    deleted::sweep::sweep(&world.operator(), &mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn signs_in(world: &World, login: &str, password: &str) -> bool {
    let form = SignIn { login, password, user_agent: "", known: "" };
    sessions::commands::sign_in(&world.stranger(), form).await.is_ok()
}

/// A user, a role and a group, deleted; the events that say so.
async fn deletions(world: &World) -> [EventId; 3] {
    let (ctx, a) = (world.operator(), tenant(world, "a").await);
    run(&ctx, DeleteUser { user: member(world, "grace", &a).await.id, unchanged: None }).await.unwrap();
    let user = last_id(world).await;
    let role = role(&ctx, "support", &["users.read"]).await;
    let role = run(&ctx, UpdateRole { role: role.id.clone(), update: allowing(&role, &["users.list"]) }).await.unwrap();
    run(&ctx, DeleteRole { role: role.id.clone(), version: role.version, unused: false }).await.unwrap();
    let role = last_id(world).await;
    run(&ctx, DeleteGroup { group: group(world, "team", &a).await.id, version: 1, unused: false }).await.unwrap();
    [user, role, last_id(world).await]
}

/// The operator in one request.
fn requesting(world: &World) -> (Ctx, Uuid) {
    let (mut ctx, id) = (world.operator(), world.services.clock.id());
    ctx.origin = Origin { request_id: Some(id), ..Origin::default() };
    (ctx, id)
}

async fn three(world: &World) -> (Vec<User>, Vec<UserId>) {
    let mut users = Vec::new();
    for first in ["ada", "grace", "linus"] {
        users.push(world.add(first, "").await);
    }
    let ids = users.iter().map(|user| user.id).collect();
    (users, ids)
}

on_both_engines! {
    async fn a_user_comes_back_where_they_were_and_sets_a_new_password(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        put(&world, Principal::User(grace.id), &team).await;
        give(&world, &lasting(Principal::User(grace.id), READ, Scope::Tenant(a.id))).await;
        assert!(signs_in(&world, &grace.login, PASSWORD).await);
        let link = password_link(&ctx, grace.id).await;
        let before = state::state(&world).await;
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        assert_eq!(world.count("select count(*) from deleted where snapshot like '%argon2%'").await, 0);
        undo(&ctx, last_id(&world).await).await.unwrap();
        assert_eq!(state::state(&world).await, before);
        assert_eq!(world.count("select count(*) from sessions").await, 0);
        let back = users::queries::find(&ctx, grace.id).await.unwrap();
        assert_eq!((back.status, back.password_changed_at), (UserStatus::Pending, None));
        assert!(may(&world, &grace, READ, Scope::Tenant(a.id)).await && !signs_in(&world, &grace.login, PASSWORD).await);
        assert!(codes::redeeming::redeem_reset(&world.stranger(), &link, PASSWORD).await.is_err(), "old links are gone");
        let link = password_link(&ctx, grace.id).await;
        codes::redeeming::redeem_reset(&world.stranger(), &link, PASSWORD).await.unwrap();
        assert!(signs_in(&world, &grace.login, PASSWORD).await);
    }

    async fn whoever_was_disabled_comes_back_disabled(world: World) {
        let (ctx, grace) = (world.operator(), world.add("grace", "").await);
        run(&ctx, DisableUser { user: grace.id }).await.unwrap();
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        undo(&ctx, last_id(&world).await).await.unwrap();
        assert_eq!(users::queries::find(&ctx, grace.id).await.unwrap().status, UserStatus::Disabled);
    }

    async fn until_the_thirtieth_day_all_of_it_comes_back(world: World) {
        let events = deletions(&world).await;
        world.services.clock.advance(KEPT - 1);
        sweep(&world).await;
        for event in events {
            undo(&world.operator(), event).await.unwrap();
        }
        assert_eq!(world.count("select count(*) from deleted").await, 0);
    }

    async fn after_thirty_days_nothing_is_left_of_it(world: World) {
        let events = deletions(&world).await;
        world.services.clock.advance(31 * 24 * 60 * 60);
        sweep(&world).await;
        for event in events {
            assert!(is_refused(&undo(&world.operator(), event).await, Refused::Forgotten));
        }
        assert_eq!(world.count("select count(*) from deleted").await, 0);
        assert_eq!(world.count("select count(*) from role_versions").await, 4, "those of the built-in roles");
    }

    async fn a_restored_role_goes_on_with_its_versions(world: World) {
        let (ctx, [_, deleted, _]) = (world.operator(), deletions(&world).await);
        undo(&ctx, deleted).await.unwrap();
        let found = roles::queries::list(&ctx, "support", "").await.unwrap().rows.remove(0);
        let (role, versions, _) = roles::queries::versions(&ctx, &found.id, None).await.unwrap();
        assert_eq!((role.version, role.patterns()), (3, vec!["users.list".to_owned()]));
        let said: Vec<_> = versions.iter().map(|v| (v.version, v.patterns(), v.reason.as_str())).collect();
        let patterns = |pattern: &str| vec![pattern.to_owned()];
        assert_eq!(said[0], (3, patterns("users.list"), "Restored"));
        assert_eq!(said[2], (1, patterns("users.read"), ""));
        assert_eq!(roll_back(&ctx, &found.id, &back_to(1, 3)).await.unwrap().patterns(), ["users.read"]);
    }

    async fn a_role_keeps_its_number_and_no_other_role_ever_gets_it(world: World) {
        let ctx = world.operator();
        let first = role(&ctx, "first", &["users.read"]).await;
        run(&ctx, DeleteRole { role: first.id.clone(), version: 1, unused: false }).await.unwrap();
        let deleted = last_id(&world).await;
        let second = role(&ctx, "second", &["users.read"]).await;
        assert_eq!(second.number, first.number + 1);
        undo(&ctx, deleted).await.unwrap();
        assert_eq!(roles::queries::read(&ctx, &first.id).await.unwrap().number, first.number);
    }

    async fn a_role_that_was_kept_without_its_number_comes_back_under_a_new_one(world: World) {
        let ctx = world.operator();
        let first = role(&ctx, "first", &["users.read"]).await;
        run(&ctx, DeleteRole { role: first.id.clone(), version: 1, unused: false }).await.unwrap();
        let deleted = last_id(&world).await;
        world.execute("update deleted set snapshot = replace(snapshot, '\"number\":', '\"other\":')").await;
        undo(&ctx, deleted).await.unwrap();
        assert_eq!(roles::queries::read(&ctx, &first.id).await.unwrap().number, first.number + 1);
    }

    async fn what_is_gone_by_then_is_left_out(world: World) {
        let (a, b, ctx) = (tenant(&world, "a").await, tenant(&world, "b").await, world.operator());
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        add_member(&ctx, b.id, &grace.login).await.unwrap();
        put(&world, Principal::User(grace.id), &team).await;
        let support = role(&ctx, "support", &["users.read"]).await;
        give(&world, &NewGrant::lasting(Principal::User(grace.id), support.id.clone(), Scope::Everywhere)).await;
        give(&world, &lasting(Principal::User(grace.id), READ, Scope::Tenant(a.id))).await;
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        let deleted = last_id(&world).await;
        run(&ctx, DeleteGroup { group: team.id, version: 1, unused: false }).await.unwrap();
        run(&ctx, DeleteRole { role: support.id.clone(), version: 1, unused: false }).await.unwrap();
        undo(&ctx, deleted).await.unwrap();
        assert_eq!(memberships_of(&ctx, grace.id).await.unwrap().rows.len(), 2);
        assert_eq!(grants_of(&ctx, grace.id).await.unwrap().rows.len(), 1);
        assert!(groups_of(&ctx, grace.id).await.unwrap().rows.is_empty());
    }

    async fn a_group_comes_back_between_its_neighbours_without_those_who_left(world: World) {
        let (a, ctx) = (tenant(&world, "a").await, world.operator());
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        let (top, middle, low) = (group(&world, "top", &a).await, group(&world, "middle", &a).await, group(&world, "low", &a).await);
        put(&world, Principal::Group(middle.id), &top).await;
        for member in [Principal::Group(low.id), Principal::User(grace.id), Principal::User(linus.id)] {
            put(&world, member, &middle).await;
        }
        run(&ctx, DeleteGroup { group: middle.id, version: 1, unused: false }).await.unwrap();
        let deleted = last_id(&world).await;
        run(&ctx, DeleteUser { user: linus.id, unchanged: None }).await.unwrap();
        // The other way round than it was: both together would be a circle.
        put(&world, Principal::Group(top.id), &low).await;
        undo(&ctx, deleted).await.unwrap();
        let next = groups::queries::neighbours(&ctx, middle.id).await.unwrap();
        assert_eq!((next.inside.rows.len(), next.outside.rows.len()), (1, 0), "one of the two links fits");
        assert_eq!(groups::queries::members(&ctx, middle.id, "").await.unwrap().rows[0].id, grace.id);
        assert_eq!(groups::queries::read(&ctx, middle.id).await.unwrap().version, 2);
    }

    async fn one_request_is_undone_as_a_whole(world: World) {
        let (_, ids) = three(&world).await;
        let before = state::state(&world).await;
        for action in [BulkAction::Delete, BulkAction::Disable] {
            let (ctx, request) = requesting(&world);
            bulk::run(&ctx, action, &ids).await.unwrap();
            assert_ne!(state::state(&world).await, before);
            assert_eq!(undo_request(&world.operator(), request).await.unwrap(), 3);
            assert_eq!(state::state(&world).await, before, "{action:?}");
            let again = undo_request(&world.operator(), request).await.map_err(|stuck| stuck.why);
            assert!(is_refused(&again, Refused::Undone), "{again:?}");
        }
        let never = undo_request(&world.operator(), Uuid::nil()).await.map_err(|stuck| stuck.why);
        assert!(is_not_found(&never));
    }

    async fn one_change_that_can_not_be_undone_keeps_the_whole_request(world: World) {
        let (users, ids) = three(&world).await;
        let (ctx, request) = requesting(&world);
        for (user, name) in users.iter().zip(["A", "G", "L"]) {
            run(&ctx, UpdateUser { user: user.id, update: renamed(user, name) }).await.unwrap();
        }
        let now = users::queries::find(&ctx, ids[0]).await.unwrap();
        run(&world.operator(), UpdateUser { user: ids[0], update: renamed(&now, "Countess") }).await.unwrap();
        let before = state::all(&world).await;
        let stuck = undo_request(&world.operator(), request).await.unwrap_err();
        assert!(matches!(stuck.why, Error::Refused(Refused::ChangedSince)), "{stuck:?}");
        let conn = &mut world.services.db.read().await.unwrap();
        let stands = audit::list::find(&world.operator(), conn, stuck.event.unwrap()).await.unwrap();
        assert_eq!((stands.target_id, stands.request_id), (ids[0].to_string(), Some(request.to_string())));
        assert_eq!(state::all(&world).await, before);
    }

    async fn whoever_left_a_tenant_comes_back_into_its_groups_with_their_access(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let (grace, team) = (world.add("grace", "").await, group(&world, "team", &a).await);
        add_member(&ctx, a.id, &grace.login).await.unwrap();
        put(&world, Principal::User(grace.id), &team).await;
        give(&world, &lasting(Principal::User(grace.id), READ, Scope::Tenant(a.id))).await;
        let before = state::state(&world).await;
        run(&ctx, RemoveMembership::of(grace.id, a.id)).await.unwrap();
        undo(&ctx, last_id(&world).await).await.unwrap();
        assert_eq!(state::state(&world).await, before);
    }
}
