//! Changing a password: one's own, and somebody else's.

use castellan::{
    domain::{
        codes,
        ctx::Ctx,
        error::{Error, Refused, Result},
        tenants::{asked::SetSettings, settings::TenantSettings},
        tokens::commands::AddToken,
        users::{policy::TEMPORARY_LIFETIME, store::User},
    },
    model::permission::Permission,
};

use super::stage::{MORE_THAN_ONESELF, holding, is_invalid, is_refused, last, personal, tenant};
use crate::support::{PASSWORD, World, changes::*, on_both_engines};

const NEW: &str = "another horse, another battery";

async fn change(ctx: &Ctx, old: &str, new: &str) -> Result<User> {
    run(ctx, ChangePassword::prepare(ctx, old, new).await?).await
}

async fn reset(ctx: &Ctx, user: &User, password: &str) -> Result<User> {
    run(ctx, ResetPassword::prepare(ctx, user.id, password).await?).await
}

async fn ask(world: &World, from: TenantSettings, to: TenantSettings) {
    run(&world.operator(), SetSettings { from, to }).await.unwrap();
}

/// Somebody with two more sessions, an access token and a personal one.
async fn busy(world: &World) -> (User, Ctx) {
    let ada = world.set_up().await;
    drop((world.signed_in(&ada).await, world.signed_in(&ada).await));
    let ctx = world.as_user(&ada).await;
    for _ in 0..2 {
        run(&ctx, AddToken::prepare(&ctx, personal(ada.id, None)).0).await.unwrap();
    }
    world
        .execute("update tokens set kind = 'access', number = null where number = (select min(number) from tokens)")
        .await;
    (ada, ctx)
}

on_both_engines! {
    async fn ones_own_change_ends_everything_but_what_is_calling_and_personal_tokens(world: World) {
        let (ada, ctx) = busy(&world).await;
        let link = password_link(&world.operator(), ada.id).await;
        change(&ctx, PASSWORD, NEW).await.unwrap();
        assert_eq!(world.count("select count(*) from sessions").await, 1);
        assert_eq!(world.text("select min(kind) || max(kind) from tokens").await, "personalpersonal");
        assert_eq!(world.count("select count(*) from messages where template = 'password-changed'").await, 1);
        let event = last(&world).await;
        assert_eq!((event.action.as_str(), event.after.as_deref()), ("users.change-password", Some(r#"{"sessions ended":2}"#)));
        assert!(!codes::redeeming::is_alive(&world.stranger(), &link).await.unwrap());
        assert_eq!(world.browser().post("/signin", &[("email", &ada.email), ("password", NEW)]).await.status, 303);
        assert!(change(&ctx, NEW, PASSWORD).await.is_ok(), "the session goes on");
    }

    async fn none_of_the_last_passwords_is_chosen_again_where_that_is_asked(world: World) {
        let three = TenantSettings { password_history: Some(3), ..TenantSettings::default() };
        let ada = world.set_up().await;
        let ctx = world.as_user(&ada).await;
        let [b, c, d] = ["second horse at the gate", "third horse at the gate", "fourth horse at the gate"];
        change(&ctx, PASSWORD, NEW).await.unwrap();
        ask(&world, TenantSettings::default(), three.clone()).await;
        change(&ctx, NEW, PASSWORD).await.expect("what was replaced before isn't known");
        for (old, new) in [(PASSWORD, b), (b, c)] {
            change(&ctx, old, new).await.unwrap();
        }
        for (known, free) in [(b, false), (PASSWORD, false), (NEW, true)] {
            let chosen = ChangePassword::prepare(&ctx, c, known).await;
            assert_eq!(is_invalid(&chosen, "password"), !free, "{known}");
        }
        let link = password_link(&world.operator(), ada.id).await;
        let stranger = world.stranger();
        for known in [PASSWORD, b, c] {
            assert!(is_invalid(&codes::redeeming::redeem_reset(&stranger, &link, known).await, "password"), "{known}");
        }
        codes::redeeming::redeem_reset(&stranger, &link, d).await.unwrap();
        assert_eq!(world.count("select count(*) from former_passwords").await, 2, "no more than is asked about");
        ask(&world, three, TenantSettings::default()).await;
        change(&world.as_user(&ada).await, d, b).await.expect("nothing is asked any more");
        assert_eq!(world.count("select count(*) from former_passwords").await, 0, "and nothing is kept");
    }

    async fn what_an_administrator_gives_for_a_while_was_never_somebodys(world: World) {
        let two = TenantSettings { password_history: Some(2), ..TenantSettings::default() };
        ask(&world, TenantSettings::default(), two).await;
        drop(world.set_up().await);
        let grace = world.add("grace", "").await;
        let operator = world.operator();
        for password in ["a password for a while", "another for a while here"] {
            reset(&operator, &grace, password).await.unwrap();
        }
        assert_eq!(world.count("select count(*) from former_passwords").await, 1, "their own alone");
        let link = password_link(&operator, grace.id).await;
        let own = codes::redeeming::redeem_reset(&world.stranger(), &link, PASSWORD).await;
        assert!(is_invalid(&own, "password"), "what was replaced by force is known, too");
    }

    async fn a_temporary_password_has_what_its_tenant_asks(world: World) {
        let hard = TenantSettings { password_min: Some(40), password_kinds: Some(4), ..TenantSettings::default() };
        let grace = world.add("grace", "").await;
        ask(&world, TenantSettings::default(), hard).await;
        let (reset, password) = ResetPassword::with_any(&world.operator(), grace.id).await.unwrap();
        run(&world.operator(), reset).await.unwrap();
        assert!(password.len() >= 40, "{password}");
        let answer = world.browser().post("/signin", &[("email", &grace.email), ("password", &password)]).await;
        assert_eq!(answer.location(), "/change-password");
    }

    async fn the_old_one_is_asked_for_and_the_new_one_must_be_another_and_good(world: World) {
        let ctx = world.as_user(&world.set_up().await).await;
        assert!(matches!(change(&ctx, "wrong", NEW).await, Err(Error::WrongCredentials)));
        assert!(is_refused(&change(&ctx, PASSWORD, PASSWORD).await, Refused::SamePassword));
        for bad in ["short", "", "passwordpassword"] {
            assert!(is_invalid(&change(&ctx, PASSWORD, bad).await, "password"), "{bad}");
        }
        assert!(matches!(change(&world.operator(), PASSWORD, NEW).await, Err(Error::Unauthenticated)), "it is one's own");
        assert_eq!(world.count("select count(*) from events where action = 'users.change-password'").await, 0);
    }

    async fn wrong_old_passwords_are_limited_apart_from_sign_in(world: World) {
        let ada = world.set_up().await;
        let ctx = world.as_user(&ada).await;
        for _ in 0..10 {
            assert!(matches!(change(&ctx, "wrong", NEW).await, Err(Error::WrongCredentials)));
        }
        assert!(matches!(change(&ctx, PASSWORD, NEW).await, Err(Error::Throttled(60))));
        assert_eq!(last(&world).await.action, "sessions.lock");
        drop(world.signed_in(&ada).await);
        run(&world.operator(), UnlockUser { user: ada.id }).await.unwrap();
        assert!(change(&ctx, PASSWORD, NEW).await.is_ok());
    }

    async fn a_change_whose_old_password_was_replaced_meanwhile_is_none(world: World) {
        let ada = world.set_up().await;
        let ctx = world.as_user(&ada).await;
        let prepared = ChangePassword::prepare(&ctx, PASSWORD, NEW).await.unwrap();
        world.execute("update users set password_hash = 'x'").await;
        assert!(matches!(run(&ctx, prepared).await, Err(Error::WrongCredentials)));
    }

    async fn a_reset_sets_a_password_for_three_days_and_ends_everything(world: World) {
        let (ada, _) = busy(&world).await;
        let link = password_link(&world.operator(), ada.id).await;
        reset(&world.operator(), &ada, NEW).await.unwrap();
        assert_eq!(world.count("select count(*) from sessions").await + world.count("select count(*) from tokens").await, 0);
        assert_eq!(world.count("select count(*) from messages where template = 'password-changed'").await, 1);
        assert_eq!(world.count("select count(*) from users where password_temporary").await, 1);
        let until = world.services.clock.now().plus_seconds(TEMPORARY_LIFETIME);
        assert_eq!(world.count("select password_expires_at from users").await, until.0);
        let (event, word) = (last(&world).await, "temporary password until");
        assert!(event.action == "users.reset-password" && event.after.unwrap().contains(word));
        assert!(!codes::redeeming::is_alive(&world.stranger(), &link).await.unwrap());
        assert_eq!(world.count("select count(*) from events where undo_data is not null and action = 'users.reset-password'").await, 0);
    }

    async fn nobody_resets_their_own_a_programs_or_that_of_somebody_above(world: World) {
        let ada = world.set_up().await;
        let (own, grace) = (world.as_user(&ada).await, world.add("grace", "Hopper").await);
        assert!(is_refused(&reset(&own, &ada, NEW).await, Refused::Yourself));
        let desk = holding(&world, "desk", &[Permission::UsersPasswordReset]).await;
        assert!(is_refused(&reset(&desk, &ada, NEW).await, MORE_THAN_ONESELF));
        assert!(is_invalid(&reset(&desk, &grace, "grace hopper grace").await, "password"));
        let home = tenant(&world, "lighthouse keepers").await;
        add_member(&world.operator(), home.id, &grace.login).await.unwrap();
        assert!(is_invalid(&reset(&desk, &grace, "lighthouse keepers").await, "password"), "a name of where they belong");
        let (any, password) = ResetPassword::with_any(&desk, grace.id).await.unwrap();
        run(&desk, any).await.unwrap();
        assert_eq!(password.len(), 19);
        world.execute("update users set kind = 'service_account' where login like 'grace%'").await;
        assert!(is_refused(&reset(&desk, &grace, NEW).await, Refused::ServiceAccount));
    }
}
