//! Mail that warns: of sign-ins from elsewhere, of locks, and of whatever one signs in by.

use castellan::domain::{
    ctx::Ctx,
    outbox::letter::{CredentialChange, Letter},
    second_factor::{
        commands::{BindSecondFactor, RequireSecondFactor},
        totp,
    },
    sessions::{
        self,
        commands::{SignIn, SignedIn},
    },
    tokens::commands::{AddToken, RotateToken},
};

use super::stage::{account_token, letters, member, personal, tenant};
use crate::support::{PASSWORD, World, changes::*, on_both_engines};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";

fn at(world: &World, address: &str) -> Ctx {
    let mut ctx = world.stranger();
    ctx.origin.address = Some(address.parse().unwrap());
    ctx
}

async fn sign_in(ctx: &Ctx, (login, password): (&str, &str), known: &str) -> Option<SignedIn> {
    sessions::commands::sign_in(ctx, SignIn { login, password, user_agent: FIREFOX, known }).await.ok()
}

/// What was written to somebody, the newest first.
async fn to(world: &World, login: &str) -> Vec<Letter> {
    letters(world).await.into_iter().filter(|(to, _)| to == login).map(|(_, letter)| letter).collect()
}

fn changed(change: CredentialChange, called: &str) -> Letter {
    Letter::CredentialChanged { change, called: called.into() }
}

on_both_engines! {
    async fn a_sign_in_from_an_unknown_browser_is_told_but_for_the_first(world: World) {
        let (ada, office) = (world.set_up().await, at(&world, "192.0.2.7"));
        let known = sign_in(&office, (&ada.login, PASSWORD), "").await.unwrap().known;
        sign_in(&office, (&ada.login, PASSWORD), &known).await.unwrap();
        assert_eq!(to(&world, &ada.login).await, [], "neither the first nor one from there");
        sign_in(&at(&world, "2001:db8::1"), (&ada.login, PASSWORD), "forged").await.unwrap();
        let told = Letter::NewDevice { device: "Firefox, Linux".into(), address: Some("2001:db8::1".into()), at: "2026-11-22T00:00:00Z".into() };
        assert_eq!(to(&world, &ada.login).await, [told]);
        assert!(sign_in(&office, (&ada.login, "wrong"), "").await.is_none());
        assert_eq!(to(&world, &ada.login).await.len(), 1, "who doesn't get in is no news");
    }

    async fn a_lock_is_told_once_an_hour_and_to_nobody_where_there_is_nobody(world: World) {
        let ada = world.set_up().await;
        for (minutes, address, mails) in [(0, "203.0.113.1", 1), (30, "203.0.113.2", 1), (60, "203.0.113.3", 2)] {
            world.services.clock.advance(if minutes == 0 { 0 } else { 30 * 60 });
            for login in [ada.login.as_str(), "nobody@example.com"] {
                for _ in 0..10 {
                    assert!(sign_in(&at(&world, address), (login, "wrong"), "").await.is_none());
                }
            }
            assert_eq!(to(&world, &ada.login).await.len(), mails, "after {minutes} minutes");
            assert!(matches!(&to(&world, &ada.login).await[0], Letter::SignInLocked { .. }));
            assert_eq!(world.count("select count(*) from messages").await, mails as i64, "nobody is nobody");
        }
    }

    async fn a_second_factor_is_told_when_it_comes_and_when_it_goes(world: World) {
        let (ada, operator) = (world.set_up().await, world.operator());
        let secret = totp::new_secret();
        let code = totp::code(&secret, totp::step_at(world.services.clock.now()));
        run(&world.as_user(&ada).await, BindSecondFactor { secret, code, replaces: false }).await.unwrap();
        run(&operator, ResetSecondFactor { user: ada.id }).await.unwrap();
        for required in [true, true, false] {
            run(&operator, RequireSecondFactor { user: ada.id, required }).await.unwrap();
        }
        use CredentialChange::{AppBound, CodesMailed, FactorRemoved};
        let told = [FactorRemoved, CodesMailed, FactorRemoved, AppBound].map(|change| changed(change, ""));
        assert_eq!(to(&world, &ada.login).await, told, "and what was so already isn't told");
    }

    async fn a_personal_token_is_told_and_a_programs_is_not(world: World) {
        let north = tenant(&world, "north").await;
        let (grace, operator) = (member(&world, "grace", &north).await, world.operator());
        let token = run(&operator, AddToken::prepare(&operator, personal(grace.id, None)).0).await.unwrap();
        run(&operator, RotateToken::prepare(&operator, &token).0).await.unwrap();
        account_token(&operator, (grace.id, north.id), "ci").await;
        let told = changed(CredentialChange::TokenMade, &token.name);
        assert_eq!(to(&world, &grace.login).await, [told.clone(), told]);
    }

    async fn a_refused_change_tells_nothing(world: World) {
        let ada = world.set_up().await;
        let wrong = BindSecondFactor { secret: vec![7; 20], code: "wrong".into(), replaces: false };
        assert!(run(&world.as_user(&ada).await, wrong).await.is_err());
        assert!(run(&world.stranger(), ResetSecondFactor { user: ada.id }).await.is_err());
        assert_eq!(letters(&world).await, []);
    }
}
