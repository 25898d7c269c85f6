//! Ending sessions: one's own, and those of people who are not above oneself.

use castellan::{
    domain::{
        ctx::Ctx,
        error::{Error, Refused},
        sessions::{
            self,
            commands::{EndSession, EndSessions, SignIn},
            queries,
        },
        users::store::User,
    },
    model::{id::SessionId, permission::Permission, scope::Scope},
};

use super::stage::{holding, is_not_found, is_refused, last, member, tenant};
use crate::support::{PASSWORD, World, changes::*, on_both_engines};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

async fn sign_in(world: &World, user: &User) {
    let form = SignIn { login: &user.login, password: PASSWORD, user_agent: FIREFOX, known: "" };
    sessions::commands::sign_in(&world.stranger(), form).await.unwrap();
}

/// The sessions of somebody, as the caller sees them.
async fn of(ctx: &Ctx, user: &User) -> Vec<SessionId> {
    queries::list(ctx, user.id).await.unwrap().into_iter().map(|session| session.id).collect()
}

on_both_engines! {
    async fn one_session_ends_and_the_others_go_on(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        sign_in(&world, &grace).await;
        world.services.clock.advance(60);
        sign_in(&world, &grace).await;
        let ctx = world.as_user(&ada).await;
        let open = queries::list(&ctx, grace.id).await.unwrap();
        assert!(open[0].created_at > open[1].created_at && open[0].user_agent == FIREFOX, "the one used last first");
        run(&ctx, EndSession { user: grace.id, session: open[0].id }).await.unwrap();
        assert_eq!(of(&ctx, &grace).await, [open[1].id]);
        let event = last(&world).await;
        assert_eq!((event.action.as_str(), event.target_name.as_str()), ("sessions.end", "grace Hopper"));
        assert!(event.after.unwrap().contains("Firefox on Linux"));
        assert!(is_not_found(&run(&ctx, EndSession { user: grace.id, session: open[0].id }).await), "it ended already");
        assert!(is_not_found(&run(&ctx, EndSession { user: ada.id, session: open[1].id }).await), "it is another's");
    }

    async fn all_sessions_end_at_once_and_none_is_no_event(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        sign_in(&world, &grace).await;
        sign_in(&world, &grace).await;
        let ctx = world.as_user(&ada).await;
        assert_eq!(run(&ctx, EndSessions { user: grace.id }).await.unwrap(), 2);
        assert_eq!(last(&world).await.action, "sessions.end-all");
        let events = world.count("select count(*) from events").await;
        assert_eq!(run(&ctx, EndSessions { user: grace.id }).await.unwrap(), 0);
        assert_eq!(world.count("select count(*) from events").await, events);
    }

    async fn everybody_ends_their_own_and_nobody_those_of_whoever_may_do_more(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        let own = world.as_user(&grace).await;
        assert_eq!(of(&own, &grace).await, [SessionId(grace.id.0)], "she needs no permission to see where she is signed in");
        let refused = queries::list(&own, ada.id).await;
        assert!(matches!(refused, Err(Error::Forbidden(Permission::UsersRevoke))), "{refused:?}");
        assert!(matches!(run(&own, EndSessions { user: ada.id }).await, Err(Error::Forbidden(Permission::UsersRevoke))));
        sign_in(&world, &ada).await;
        let clerk = holding(&world, "clerk", &[Permission::UsersRevoke]).await;
        let outcome = run(&clerk, EndSessions { user: ada.id }).await;
        assert!(is_refused(&outcome, Refused::MoreThanYourself(Default::default())), "{outcome:?}");
        assert_eq!(run(&own, EndSessions { user: grace.id }).await.unwrap(), 1);
        let outcome = run(&own, EndSessions { user: grace.id }).await;
        assert!(matches!(outcome, Err(Error::Unauthenticated)), "she is at sign-in: {outcome:?}");
    }

    async fn in_a_tenant_others_are_not_there_and_shared_accounts_are_not_its_own(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (linus, grace) = (member(&world, "linus", &b).await, member(&world, "grace", &a).await);
        run(&world.operator(), AddMembership { user: grace.id, tenant: b.id }).await.unwrap();
        sign_in(&world, &grace).await;
        let inside = world.operator().working_in(Scope::Tenant(a.id));
        assert!(is_not_found(&run(&inside, EndSessions { user: linus.id }).await));
        assert!(is_not_found(&queries::list(&inside, linus.id).await));
        let outcome = run(&inside, EndSessions { user: grace.id }).await;
        assert!(is_refused(&outcome, Refused::Shared), "{outcome:?}");
    }
}
