//! Signing in and out.

use castellan::domain::{
    ctx::{Caller, Ctx},
    error::Error,
    sessions::{self, SignIn},
    users,
};

use crate::support::{PASSWORD, World, on_both_engines};

async fn sign_in(ctx: &Ctx, login: &str, password: &str) -> Result<String, Error> {
    sessions::sign_in(ctx, SignIn { login, password, user_agent: "test", previous: None }).await
}

async fn is_alive(world: &World, token: &str) -> bool {
    let mut conn = world.services.db.read().await.unwrap();
    let caller = sessions::resolve(&mut conn, token, world.services.clock.now()).await.unwrap();
    matches!(caller, Caller::User(_))
}

on_both_engines! {
    async fn a_session_lives_until_it_ends_or_expires(world: World) {
        world.set_up().await;
        let token = sign_in(&world.stranger(), " Ada@Example.com ", PASSWORD).await.unwrap();
        assert!(is_alive(&world, &token).await);
        world.services.clock.advance(sessions::LIFETIME - 1);
        assert!(is_alive(&world, &token).await);
        world.services.clock.advance(1);
        assert!(!is_alive(&world, &token).await);
    }

    async fn strangers_learn_nothing_about_accounts(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        users::disable(&world.as_user(&ada).await, grace.id).await.unwrap();
        for (login, password) in [("nobody@example.com", PASSWORD), ("ada@example.com", "wrong"), ("grace@example.com", PASSWORD), ("", ""), ("ada@example.com", "")] {
            let refused = sign_in(&world.stranger(), login, password).await;
            assert!(matches!(refused, Err(Error::WrongCredentials)), "{login}");
        }
        assert_eq!(world.count("select count(*) from events where verb = 'sessions.refuse'").await, 5);
        assert_eq!(world.count("select count(*) from events where target_name like '%@%' or target_id like '%@%'").await, 0);
    }

    async fn signing_in_again_ends_the_browsers_old_session(world: World) {
        world.set_up().await;
        let old = sign_in(&world.stranger(), "ada@example.com", PASSWORD).await.unwrap();
        let form = SignIn { login: "ada@example.com", password: PASSWORD, user_agent: "", previous: Some(&old) };
        let new = sessions::sign_in(&world.stranger(), form).await.unwrap();
        assert!(new != old && is_alive(&world, &new).await && !is_alive(&world, &old).await);
    }

    async fn disabling_ends_sessions_at_once(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let token = sign_in(&world.stranger(), "grace@example.com", PASSWORD).await.unwrap();
        let (_, ended) = users::disable(&world.as_user(&ada).await, grace.id).await.unwrap();
        assert_eq!(ended, 1);
        assert!(!is_alive(&world, &token).await);
        users::enable(&world.as_user(&ada).await, grace.id).await.unwrap();
        assert!(!is_alive(&world, &token).await, "an old cookie must not come back to life");
        assert!(sign_in(&world.stranger(), "grace@example.com", PASSWORD).await.is_ok());
    }

    async fn guessing_is_throttled_for_known_and_unknown_logins_alike(world: World) {
        world.set_up().await;
        for login in ["ada@example.com", "nobody@example.com"] {
            for _ in 0..10 {
                assert!(matches!(sign_in(&world.stranger(), login, "wrong").await, Err(Error::WrongCredentials)));
            }
            assert!(matches!(sign_in(&world.stranger(), login, PASSWORD).await, Err(Error::Throttled(900))), "{login}");
        }
        world.services.clock.advance(900);
        assert!(sign_in(&world.stranger(), "ada@example.com", PASSWORD).await.is_ok());
    }

    async fn an_operator_unlocks_a_throttled_login(world: World) {
        let ada = world.set_up().await;
        for _ in 0..11 {
            let _ = sign_in(&world.stranger(), "ada@example.com", "wrong").await;
        }
        users::unlock(&world.operator(), ada.id).await.unwrap();
        assert!(sign_in(&world.stranger(), "ada@example.com", PASSWORD).await.is_ok());
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
