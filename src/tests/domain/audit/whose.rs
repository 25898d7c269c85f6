//! A tenant's log: what was done to its people is found there, wherever it was done.

use crate::{
    domain::stage::{give, is_not_found, is_refused, last, last_id, lasting, member, renamed, role, tenant},
    support::{PASSWORD, World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        audit::{self, event::Event, query::EventQuery},
        codes,
        ctx::Ctx,
        deleted,
        error::Refused,
        users,
    },
    model::{permission::Permission, principal::Principal, scope::Scope},
};

fn inside(world: &World, tenant: &castellan::domain::tenants::store::Tenant) -> Ctx {
    world.operator().working_in(Scope::Tenant(tenant.id))
}

async fn log(ctx: &Ctx) -> Vec<Event> {
    let page = audit::list::list(ctx, &EventQuery::default()).await.unwrap();
    assert_eq!(page.total, page.rows.len() as i64);
    let exported = audit::export::batch(ctx, &EventQuery::default()).await.unwrap();
    assert_eq!(
        exported.iter().map(|event| event.id).collect::<Vec<_>>(),
        page.rows.iter().map(|event| event.id).collect::<Vec<_>>()
    );
    page.rows
}

async fn actions(ctx: &Ctx) -> Vec<String> {
    log(ctx).await.into_iter().map(|event| event.action).collect()
}

on_both_engines! {
    async fn what_is_done_to_a_person_is_found_wherever_they_belong(world: World) {
        let (a, b, c) = (tenant(&world, "a").await, tenant(&world, "b").await, tenant(&world, "c").await);
        let (linus, ctx) = (member(&world, "linus", &a).await, world.operator());
        add_member(&ctx, b.id, &linus.login).await.unwrap();
        let before = [actions(&inside(&world, &a)).await.len(), actions(&inside(&world, &b)).await.len(), actions(&inside(&world, &c)).await.len()];
        run(&ctx, UpdateUser { user: linus.id, update: renamed(&linus, "Linus") }).await.unwrap();
        let code = password_link(&ctx, linus.id).await;
        codes::redeeming::redeem_reset(&world.stranger(), &code, "another horse, another battery").await.unwrap();
        run(&ctx, ResetSecondFactor { user: linus.id }).await.unwrap();
        run(&ctx, UnlockUser { user: linus.id }).await.unwrap();
        run(&ctx, ResetPassword::prepare(&ctx, linus.id, "a password for a while").await.unwrap()).await.unwrap();
        let own = world.as_user(&linus).await;
        let change = ChangePassword::prepare(&own, "a password for a while", PASSWORD).await.unwrap();
        run(&own, change).await.unwrap();
        run(&ctx, DisableUser { user: linus.id }).await.unwrap();
        run(&ctx, EnableUser { user: linus.id }).await.unwrap();
        let done = ["users.enable", "users.disable", "users.change-password", "users.reset-password", "users.unlock", "users.reset-second-factor", "users.set-password", "users.password-link", "users.update"];
        for (of, known) in [&a, &b].into_iter().zip(before) {
            let found = actions(&inside(&world, of)).await;
            assert_eq!((&found[..9], found.len()), (&done.map(str::to_owned)[..], known + 9));
            let activity = users::overview::overview(&inside(&world, of), linus.id).await.unwrap().events;
            assert_eq!(activity[..9].iter().map(|event| event.action.as_str()).collect::<Vec<_>>(), done);
            let named = EventQuery { target_name: Some("LINUS".into()), ..EventQuery::default() };
            assert!(audit::list::list(&inside(&world, of), &named).await.unwrap().rows.len() >= 9);
            let asked = EventQuery { tenant: Some(of.id), ..EventQuery::default() };
            assert_eq!(audit::list::list(&ctx, &asked).await.unwrap().rows.len(), found.len(), "from outside, too");
        }
        assert_eq!(actions(&inside(&world, &c)).await.len(), before[2]);
    }

    async fn what_concerns_their_place_or_access_is_found_in_that_tenant_alone(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (linus, ctx) = (member(&world, "linus", &a).await, world.operator());
        let known = log(&inside(&world, &a)).await.len();
        add_member(&ctx, b.id, &linus.login).await.unwrap();
        give(&world, &lasting(Principal::User(linus.id), Permission::UsersRead, Scope::Tenant(b.id))).await;
        let seen = last(&world).await;
        assert_eq!(log(&inside(&world, &a)).await.len(), known);
        assert!(is_not_found(&audit::list::find(&inside(&world, &a), &mut ctx.read().await.unwrap(), seen.id).await));
        assert_eq!(actions(&inside(&world, &b)).await[..2], ["grants.give", "memberships.add"]);
        run(&ctx, RemoveMembership::of(linus.id, b.id)).await.unwrap();
        let (left, known) = (log(&inside(&world, &b)).await.len(), log(&inside(&world, &a)).await.len());
        run(&ctx, DisableUser { user: linus.id }).await.unwrap();
        assert_eq!(log(&inside(&world, &b)).await.len(), left, "they don't belong to it any more");
        assert_eq!(log(&inside(&world, &a)).await.len(), known + 1);
    }

    async fn a_deletion_is_found_where_they_belonged_and_taken_back_by_who_may(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (linus, mary, ctx) = (member(&world, "linus", &a).await, member(&world, "mary", &a).await, world.operator());
        add_member(&ctx, b.id, &linus.login).await.unwrap();
        let mut gone = Vec::new();
        for user in [&linus, &mary] {
            run(&ctx, DeleteUser { user: user.id, unchanged: None }).await.unwrap();
            gone.push(last_id(&world).await);
        }
        let here = async |of| deleted::list::list(&inside(&world, of), None).await.unwrap().0.into_iter().map(|row| row.name).collect::<Vec<_>>();
        assert_eq!((here(&a).await, here(&b).await), (vec!["mary".to_owned(), "linus".to_owned()], vec!["linus".to_owned()]));
        for of in [&a, &b] {
            assert!(is_refused(&undo(&inside(&world, of), gone[0]).await, Refused::Shared), "they belong to both");
        }
        undo(&inside(&world, &a), gone[1]).await.unwrap();
        undo(&ctx, gone[0]).await.unwrap();
        assert_eq!(actions(&inside(&world, &b)).await[..2], ["users.restore", "users.delete"]);
        run(&ctx, UpdateUser { user: linus.id, update: renamed(&castellan::domain::users::queries::find(&ctx, linus.id).await.unwrap(), "L") }).await.unwrap();
        let renaming = last_id(&world).await;
        assert!(is_refused(&undo(&inside(&world, &b), renaming).await, Refused::Shared));
        undo(&ctx, renaming).await.unwrap();
    }

    async fn who_did_it_in_another_tenant_is_not_told(world: World) {
        let (ada, a, b) = (world.set_up().await, tenant(&world, "a").await, tenant(&world, "b").await);
        let linus = member(&world, "linus", &a).await;
        add_member(&world.operator(), b.id, &linus.login).await.unwrap();
        let there = world.as_user(&ada).await.working_in(Scope::Tenant(a.id));
        run(&there, UnlockUser { user: linus.id }).await.unwrap();
        let seen = log(&inside(&world, &b)).await.remove(0);
        assert_eq!((seen.action.as_str(), seen.actor_name.as_str(), seen.actor_id), ("users.unlock", "somebody in another tenant", None));
        assert_eq!((seen.tenant_id, seen.address, seen.request_id), (Some(b.id), None, None));
        for query in [EventQuery { actors: vec![ada.id], ..EventQuery::default() }, EventQuery { actor_name: Some("ada lovelace".into()), ..EventQuery::default() }] {
            let found = async |ctx: Ctx| audit::list::list(&ctx, &query).await.unwrap().rows.iter().any(|event| event.id == seen.id);
            assert_eq!((found(inside(&world, &b)).await, found(inside(&world, &a)).await), (false, true), "{query:?}");
        }
        run(&world.as_user(&ada).await, DisableUser { user: linus.id }).await.unwrap();
        assert_eq!(log(&inside(&world, &b)).await[0].actor_name, "ada Lovelace", "an administrator of all");
    }

    async fn numbers_are_masked_there_as_everywhere(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let linus = member(&world, "linus", &a).await;
        let reader = member(&world, "grace", &b).await;
        add_member(&world.operator(), b.id, &linus.login).await.unwrap();
        let reads = role(&world.operator(), "reads", &["audit.read"]).await;
        world.give(&reader, &reads.name).await;
        let mut update = renamed(&linus, "linus");
        update.profile.phone = Some("+1 202 555 0143".into());
        run(&world.operator(), UpdateUser { user: linus.id, update }).await.unwrap();
        let seen = log(&world.as_user(&reader).await.working_in(Scope::Tenant(b.id))).await.remove(0);
        assert!(seen.action == "users.update" && !seen.after.unwrap().contains("555 0143"));
    }
}
