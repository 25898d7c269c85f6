//! Proving once more who one is; recovery codes; and roles that ask for a second factor.

use castellan::domain::{
    calling::FRESH,
    ctx::Ctx,
    error::{Error, Refused, Result},
    parse::Email,
    roles::requiring::{RequireFactorOfRole, would_enrol},
    second_factor::{
        commands::{BindSecondFactor, MakeRecoveryCodes, RemoveSecondFactor},
        recovery, totp,
    },
    sessions::{
        self,
        commands::{EndSessions, SignIn},
        pending,
        programs::{LogIn, log_in},
        proof::prove,
        store::Awaits,
    },
    users::store::User,
};

use super::{
    second_factor::{bind_app, shown, wrong},
    stage::{is_refused, last, renamed},
    state,
};
use crate::support::{PASSWORD, World, changes::*, on_both_engines};

const SECRET: [u8; 20] = [7; 20];

/// Binds an app to whoever this is, as their account page does.
async fn bind(world: &World, ctx: &Ctx) -> Vec<String> {
    let code = totp::code(&SECRET, totp::step_at(world.services.clock.now()));
    run(ctx, BindSecondFactor { secret: SECRET.to_vec(), code, replaces: true }).await.unwrap()
}

/// Signs in with a second step that is answered so.
async fn sign_in(world: &World, user: &User, code: &str) -> Result<Awaits> {
    let ctx = world.stranger();
    let form = SignIn { login: &user.login, password: PASSWORD, user_agent: "test", known: "" };
    let token = sessions::commands::sign_in(&ctx, form).await?.token;
    let pending = pending::require(&ctx, &[token], Awaits::SecondFactor).await?;
    Ok(pending::answer(&ctx, &pending, (code, "")).await?.0.awaits)
}

/// Whoever this is, as the next request finds them: their session was proved when the database says.
async fn next_request(world: &World, user: &User) -> Ctx {
    let (mut ctx, proved) = (world.as_user(user).await, world.count("select max(proved_at) from sessions").await);
    if let castellan::domain::calling::Caller::User(user) = &mut ctx.caller {
        user.proved_at = Some(castellan::model::timestamp::Timestamp(proved));
    }
    ctx
}

fn is_too_old<T>(outcome: &Result<T>) -> bool {
    matches!(outcome, Err(Error::ProofTooOld))
}

on_both_engines! {
    async fn what_opens_accounts_needs_a_proof_of_the_last_ten_minutes(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let ctx = world.as_user(&ada).await;
        world.services.clock.advance(FRESH - 1);
        assert!(run(&ctx, MakePasswordLink { user: grace.id }).await.is_ok());
        world.services.clock.advance(1);
        assert!(is_too_old(&run(&ctx, MakePasswordLink { user: grace.id }).await));
        assert!(is_too_old(&run(&ctx, MakeRecoveryCodes).await));
        assert!(run(&ctx, UnlockUser { user: grace.id }).await.is_ok(), "what opens nothing isn't asked for");
        assert!(matches!(prove(&ctx, ("wrong", ""), "").await, Err(Error::WrongCredentials)));
        prove(&ctx, (PASSWORD, ""), "").await.unwrap();
        assert!(run(&next_request(&world, &ada).await, MakePasswordLink { user: grace.id }).await.is_ok());
        assert_eq!(world.count("select count(*) from events where action = 'sessions.prove'").await, 1);
    }

    async fn whoever_has_an_app_proves_themself_by_both(world: World) {
        let ada = world.set_up().await;
        bind_app(&world, &ada).await;
        let ctx = world.as_user(&ada).await;
        assert!(matches!(prove(&ctx, (PASSWORD, ""), "").await, Err(Error::Invalid(_))), "asked for");
        assert!(matches!(prove(&ctx, (PASSWORD, &wrong(&world)), "").await, Err(Error::WrongCode)));
        let code = shown(&world, 0);
        prove(&ctx, (PASSWORD, &code), "").await.unwrap();
        assert!(matches!(prove(&ctx, (PASSWORD, &code), "").await, Err(Error::WrongCode)), "used");
    }

    async fn an_address_is_changed_by_whoever_proved_lately(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let ctx = world.as_user(&ada).await;
        world.services.clock.advance(FRESH);
        let mut update = renamed(&grace, "Amazing");
        update.profile.email = Email::parse("amazing@example.com").unwrap();
        assert!(is_too_old(&run(&ctx, UpdateUser { user: grace.id, update }).await));
        assert!(run(&ctx, UpdateUser { user: grace.id, update: renamed(&grace, "Amazing") }).await.is_ok());
    }

    async fn ending_every_session_ends_what_programs_carry_for_somebody(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        log_in(&world.stranger(), LogIn { login: &grace.login, password: PASSWORD, otp: None, wants_refresh: true }).await.unwrap();
        assert_eq!(world.count("select count(*) from tokens").await, 2);
        run(&world.as_user(&ada).await, EndSessions { user: grace.id }).await.unwrap();
        assert_eq!(world.count("select count(*) from tokens").await, 0);
        assert_eq!(last(&world).await.after.as_deref(), Some(r#"{"sessions ended":0,"tokens ended":2}"#));
    }

    async fn wrong_passwords_of_a_proof_are_limited(world: World) {
        let ada = world.set_up().await;
        let ctx = world.as_user(&ada).await;
        let mut limited = false;
        for _ in 0..50 {
            limited = limited || matches!(prove(&ctx, ("wrong", ""), "").await, Err(Error::Throttled(_)));
        }
        assert!(limited && matches!(prove(&ctx, (PASSWORD, ""), "").await, Err(Error::Throttled(_))));
    }

    async fn each_recovery_code_lets_its_owner_in_once(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        let codes = bind(&world, &world.as_user(&ada).await).await;
        assert_eq!(codes.len(), recovery::CODES);
        bind(&world, &world.as_user(&grace).await).await;
        assert_eq!(sign_in(&world, &ada, &codes[0].to_lowercase().replace('-', " ")).await.unwrap(), Awaits::Nothing);
        assert!(matches!(sign_in(&world, &ada, &codes[0]).await, Err(Error::WrongCode)), "once");
        assert!(matches!(sign_in(&world, &grace, &codes[1]).await, Err(Error::WrongCode)), "theirs alone");
        let left = recovery::left(&mut world.services.db.read().await.unwrap(), ada.id).await.unwrap();
        assert_eq!(left, 9);
        let kept = format!("{:?}", state::all(&world).await);
        assert!(codes.iter().all(|code| !kept.contains(code.as_str())), "none is kept as it is");
    }

    async fn new_recovery_codes_void_the_old_ones(world: World) {
        let ada = world.set_up().await;
        let ctx = world.as_user(&ada).await;
        assert!(is_refused(&run(&ctx, MakeRecoveryCodes).await, Refused::NoApp));
        let old = bind(&world, &ctx).await;
        let new = run(&ctx, MakeRecoveryCodes).await.unwrap();
        assert!(matches!(sign_in(&world, &ada, &old[0]).await, Err(Error::WrongCode)));
        assert!(sign_in(&world, &ada, &new[0]).await.is_ok());
        run(&ctx, RemoveSecondFactor).await.unwrap();
        assert_eq!(world.count("select count(*) from recovery_codes").await, 0, "they go with the app");
    }

    async fn the_same_recovery_code_fifty_times_at_once_lets_in_once(world: World) {
        let ada = world.set_up().await;
        let code = bind(&world, &world.as_user(&ada).await).await.remove(0);
        let world = std::sync::Arc::new(world);
        let mut tries = Vec::new();
        for _ in 0..50 {
            let (world, ada, code) = (world.clone(), ada.clone(), code.clone());
            tries.push(tokio::spawn(async move { sign_in(&world, &ada, &code).await.is_ok() }));
        }
        let mut let_in = 0;
        for each in tries {
            let_in += usize::from(each.await.unwrap());
        }
        assert_eq!(let_in, 1);
    }

    async fn a_role_asks_everybody_who_has_it_for_a_second_factor(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let ctx = world.as_user(&ada).await;
        world.give(&grace, "read-only").await;
        let role = world.role("read-only").await;
        assert_eq!(would_enrol(&ctx, &role).await.unwrap(), (1, false));
        run(&ctx, RequireFactorOfRole { role: role.clone(), required: true }).await.unwrap();
        let awaits = async |login: &str| {
            let form = SignIn { login, password: PASSWORD, user_agent: "test", known: "" };
            sessions::commands::sign_in(&world.stranger(), form).await.unwrap().awaits
        };
        assert_eq!((awaits(&grace.login).await, awaits(&ada.login).await), (Awaits::SecondFactor, Awaits::Nothing));
        let own = world.as_user(&grace).await;
        bind(&world, &own).await;
        assert!(is_refused(&run(&own, RemoveSecondFactor).await, Refused::FactorRequired));
        assert_eq!(would_enrol(&ctx, &role).await.unwrap(), (0, false), "she has one");
        run(&ctx, RequireFactorOfRole { role, required: false }).await.unwrap();
        assert!(run(&own, RemoveSecondFactor).await.is_ok());
    }
}
