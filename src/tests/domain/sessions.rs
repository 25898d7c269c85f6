//! Signing in and out.

use crate::support::{PASSWORD, World, changes::*, on_both_engines};
use castellan::domain::{
    ctx::Ctx,
    error::Error,
    sessions::{
        self,
        commands::SignIn,
        store::{IDLE, LIFETIME},
    },
    usage,
};

async fn sign_in(ctx: &Ctx, login: &str, password: &str) -> Result<String, Error> {
    sessions::commands::sign_in(ctx, SignIn { login, password, user_agent: "test", known: "" })
        .await
        .map(|signed_in| signed_in.token)
}

async fn is_alive(world: &World, token: &str) -> bool {
    let mut conn = world.services.db.read().await.unwrap();
    sessions::caller::resolve(&mut conn, token, world.services.clock.now(), (None, None)).await.unwrap().is_some()
}

on_both_engines! {
    async fn a_session_lives_until_it_ends_or_expires(world: World) {
        world.set_up().await;
        let token = sign_in(&world.stranger(), " Ada@Example.com ", PASSWORD).await.unwrap();
        assert!(is_alive(&world, &token).await);
        world.services.clock.advance(IDLE - 1);
        assert!(is_alive(&world, &token).await);
        world.services.clock.advance(1);
        assert!(!is_alive(&world, &token).await, "nobody used it");
    }

    async fn a_session_that_is_used_lasts_a_working_day_and_no_page_writes_that_it_was(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let seen = "select cast(last_seen_at as bigint) from sessions";
        let (mut passed, began) = (0, world.count(seen).await);
        while passed + 3600 < LIFETIME {
            world.services.clock.advance(3600);
            passed += 3600;
            let before = world.count(seen).await;
            assert_eq!(browser.get("/admin/users").await.status, 200);
            assert_eq!(world.count(seen).await, before, "a page only reads");
            usage::write(&world.operator()).await.unwrap();
            assert_eq!(world.count(seen).await, began + passed * 1000);
        }
        browser.get("/admin/users").await;
        assert_eq!(world.services.uses.take(), [], "what is known to five minutes is not noted again");
        world.services.clock.advance(3600);
        assert_eq!(browser.get("/admin/users").await.status, 303);
    }

    async fn strangers_learn_nothing_about_accounts(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        run(&world.as_user(&ada).await, DisableUser { user: grace.id }).await.unwrap();
        for (login, password) in [("nobody@example.com", PASSWORD), ("ada@example.com", "wrong"), ("grace@example.com", PASSWORD), ("", ""), ("ada@example.com", "")] {
            let refused = sign_in(&world.stranger(), login, password).await;
            assert!(matches!(refused, Err(Error::WrongCredentials)), "{login}");
        }
        assert_eq!(world.count("select count(*) from events where actor_kind = 'anonymous'").await, 0, "strangers are counted");
        assert_eq!(world.count("select count(*) from events where target_name like '%@%' or target_id like '%@%'").await, 0);
    }

    async fn signing_in_again_ends_the_browsers_old_session(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let old = browser.cookies.clone();
        assert_eq!(browser.post("/signin", &[("email", &ada.email), ("password", PASSWORD)]).await.status, 303);
        assert_eq!(browser.get("/admin/users").await.status, 200);
        browser.cookies = old;
        assert_eq!(browser.get("/admin/users").await.status, 303, "ids are never kept over a sign-in");
    }

    async fn disabling_ends_sessions_at_once(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let token = sign_in(&world.stranger(), "grace@example.com", PASSWORD).await.unwrap();
        let (_, ended) = run(&world.as_user(&ada).await, DisableUser { user: grace.id }).await.unwrap();
        assert_eq!(ended, 1);
        assert!(!is_alive(&world, &token).await);
        run(&world.as_user(&ada).await, EnableUser { user: grace.id }).await.unwrap();
        assert!(!is_alive(&world, &token).await, "an old cookie must not come back to life");
        assert!(sign_in(&world.stranger(), "grace@example.com", PASSWORD).await.is_ok());
    }

    async fn a_parallel_flood_gains_no_extra_guesses(world: World) {
        world.set_up().await;
        let guesses: Vec<_> = (0..40).map(|_| {
            let ctx = world.stranger();
            tokio::spawn(async move { matches!(sign_in(&ctx, "ada@example.com", "wrong").await, Err(Error::WrongCredentials)) })
        }).collect();
        let mut passed = 0;
        for guess in guesses {
            passed += i32::from(guess.await.unwrap());
        }
        assert!(passed <= 10, "{passed} guesses were compared");
    }
}
