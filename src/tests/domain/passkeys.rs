//! Passkeys: signing in with one, in place of a password or after it, and who may add and remove them.

use castellan::{
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
        passkeys::{
            ceremony::{Asked, Attempt, Question, RelyingParty},
            commands::{AddPasskey, DeletePasskey, RenamePasskey},
            queries,
            sign_in::{Answering, sign_in},
            store::{self, PasskeyRow},
        },
        second_factor::commands::RequireSecondFactor,
        sessions::{
            commands::{SignIn, SignedIn},
            pending,
            programs::{LogIn, log_in},
            store::Awaits,
        },
        users::store::User,
    },
    http::chores,
    model::permission::Permission,
};

use super::{
    second_factor::bind_app,
    stage::{MORE_THAN_ONESELF, holding, is_invalid, is_not_found, is_refused, last},
};
use crate::support::{Device, PASSWORD, World, changes::*, on_both_engines};

const SITE: &str = "http://localhost";

fn site() -> RelyingParty {
    RelyingParty::of(SITE).unwrap()
}

fn attempt<'a>(asked: &'a Asked, answer: &'a str) -> Attempt<'a> {
    Attempt { public_url: SITE, asked: Some(asked), answer }
}

async fn add(ctx: &Ctx, device: &mut Device) -> Result<()> {
    let question = queries::ask_for_new(ctx, &site()).await?;
    let answer = device.create(&question.options);
    run(ctx, AddPasskey::prepare(ctx, &attempt(&question.asked, &answer), "Phone")?).await
}

/// Somebody's new passkey, in a device of its own.
async fn passkey(world: &World, user: &User) -> Device {
    let mut device = Device::new(SITE);
    add(&world.as_user(user).await, &mut device).await.unwrap();
    device
}

/// What a stranger is asked.
fn asked(world: &World) -> Question {
    site().ask(world.services.clock.now()).unwrap()
}

async fn enter(ctx: &Ctx, asked: &Asked, answer: &str, tokens: &[String]) -> Result<SignedIn> {
    sign_in(ctx, attempt(asked, answer), Answering { user_agent: "test", known: "", tokens }).await
}

/// Signs in with a device and nothing else.
async fn with(world: &World, device: &mut Device) -> Result<SignedIn> {
    let Question { options, asked } = asked(world);
    enter(&world.stranger(), &asked, &device.get(&options), &[]).await
}

/// As far as somebody's password leads.
async fn typed(world: &World, user: &User) -> SignedIn {
    let form = SignIn { login: &user.login, password: PASSWORD, user_agent: "test", known: "" };
    castellan::domain::sessions::commands::sign_in(&world.stranger(), form).await.unwrap()
}

/// What whoever signed in so far is asked, and answers with a device.
async fn second(world: &World, token: &str, device: &mut Device) -> Result<SignedIn> {
    let (ctx, tokens) = (world.stranger(), [token.to_owned()]);
    let pending = pending::require(&ctx, &tokens, Awaits::SecondFactor).await?;
    let question = queries::ask_for_own(&ctx, &site(), &pending).await?.expect("they have a passkey");
    enter(&ctx, &question.asked, &device.get(&question.options), &tokens).await
}

async fn own(world: &World, user: &User) -> Vec<PasskeyRow> {
    queries::list(&world.as_user(user).await).await.unwrap()
}

fn is_wrong<T>(outcome: &Result<T>) -> bool {
    matches!(outcome, Err(Error::WrongPasskey))
}

on_both_engines! {
    async fn a_passkey_is_a_whole_sign_in_and_the_log_says_that_it_was_one(world: World) {
        let ada = world.set_up().await;
        let mut device = passkey(&world, &ada).await;
        assert_eq!(last(&world).await.action, "passkeys.add");
        assert_eq!(own(&world, &ada).await[0].last_used_at, None);
        let signed_in = with(&world, &mut device).await.unwrap();
        assert!(signed_in.awaits == Awaits::Nothing && !signed_in.known.is_empty());
        let event = last(&world).await;
        assert_eq!((event.action.as_str(), event.actor_id, event.after.as_deref()), ("sessions.sign-in", Some(ada.id), Some(r#"{"by":"passkey","device":"an unknown browser"}"#)));
        assert_eq!(own(&world, &ada).await[0].last_used_at, Some(world.services.clock.now()));
    }

    async fn an_answer_signs_in_once_and_for_five_minutes(world: World) {
        let ada = world.set_up().await;
        let mut device = passkey(&world, &ada).await;
        let Question { options, asked } = asked(&world);
        let answer = device.get(&options);
        assert!(enter(&world.stranger(), &asked, &answer, &[]).await.is_ok());
        assert!(is_refused(&enter(&world.stranger(), &asked, &answer, &[]).await, Refused::PasskeyLate));
        let (question, sessions) = (self::asked(&world), world.count("select count(*) from sessions").await);
        world.services.clock.advance(300);
        let answer = device.get(&question.options);
        assert!(is_refused(&enter(&world.stranger(), &question.asked, &answer, &[]).await, Refused::PasskeyLate));
        assert_eq!(world.count("select count(*) from sessions").await, sessions);
        assert_eq!(world.count("select count(*) from passkey_answers").await, 2);
        chores::sweep(&world.operator()).await;
        assert_eq!(world.count("select count(*) from passkey_answers").await, 0, "what is over is forgotten");
    }

    async fn of_two_answers_to_one_question_at_once_one_signs_in(world: World) {
        let ada = world.set_up().await;
        let mut device = passkey(&world, &ada).await;
        let Question { options, asked } = asked(&world);
        let (one, other) = (device.get(&options), device.get(&options));
        let ctx = world.stranger();
        let (one, other) = tokio::join!(enter(&ctx, &asked, &one, &[]), enter(&ctx, &asked, &other, &[]));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    }

    async fn a_counter_that_stands_still_or_goes_back_is_of_a_copy(world: World) {
        let ada = world.set_up().await;
        let mut device = passkey(&world, &ada).await;
        device.counter = 6;
        assert!(with(&world, &mut device).await.is_ok());
        for earlier in [6, 2] {
            device.counter = earlier;
            assert!(is_wrong(&with(&world, &mut device).await), "{earlier}");
        }
        device.counter = 7;
        assert!(with(&world, &mut device).await.is_ok());
    }

    async fn what_a_device_answered_for_another_site_or_without_asking_or_of_another_key_is_wrong(world: World) {
        let ada = world.set_up().await;
        let mut device = passkey(&world, &ada).await;
        device.origin = "http://localhost.evil.example";
        assert!(is_wrong(&with(&world, &mut device).await));
        (device.origin, device.verifies) = (SITE, false);
        assert!(is_wrong(&with(&world, &mut device).await), "whoever holds the device could be anybody");
        device.verifies = true;
        let owner = std::mem::take(&mut device.owner);
        assert!(is_wrong(&with(&world, &mut device).await), "it is nobody's");
        device.owner = owner;
        assert!(is_wrong(&with(&world, &mut Device::new(SITE)).await));
        let Question { options, asked: first } = asked(&world);
        let (answer, other) = (device.get(&options), asked(&world).asked);
        assert!(is_wrong(&enter(&world.stranger(), &other, &answer, &[]).await), "it answers another question");
        for nonsense in ["", "null", "{}", "[1]"] {
            assert!(is_wrong(&enter(&world.stranger(), &first, nonsense, &[]).await), "{nonsense}");
        }
        assert!(enter(&world.stranger(), &first, &answer, &[]).await.is_ok(), "wrong ones use nothing up");
    }

    async fn who_may_not_sign_in_does_not_by_a_passkey(world: World) {
        world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let mut device = passkey(&world, &grace).await;
        run(&world.operator(), DisableUser { user: grace.id }).await.unwrap();
        assert!(is_wrong(&with(&world, &mut device).await));
        run(&world.operator(), EnableUser { user: grace.id }).await.unwrap();
        world.execute("update users set ip_allowlist = '[\"192.0.2.0/24\"]' where login = 'grace@example.com'").await;
        assert!(matches!(with(&world, &mut device).await, Err(Error::NotFromHere)));
        world.execute("update users set ip_allowlist = '[]'").await;
        assert!(with(&world, &mut device).await.is_ok());
        run(&world.operator(), DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        assert!(is_wrong(&with(&world, &mut device).await));
    }

    async fn whoever_has_a_temporary_password_sets_another_first_until_it_is_over(world: World) {
        world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let mut device = passkey(&world, &grace).await;
        let reset = ResetPassword::prepare(&world.operator(), grace.id, "another horse, another battery").await;
        run(&world.operator(), reset.unwrap()).await.unwrap();
        assert_eq!(with(&world, &mut device).await.unwrap().awaits, Awaits::Password);
        world.services.clock.advance(4 * 24 * 60 * 60);
        assert!(is_wrong(&with(&world, &mut device).await));
    }

    async fn strangers_who_send_wrong_answers_wait_in_the_end(world: World) {
        let mut ctx = world.stranger();
        ctx.origin.address = Some("192.0.2.1".parse().unwrap());
        let question = asked(&world);
        for _ in 0..100 {
            assert!(is_wrong(&enter(&ctx, &question.asked, "{}", &[]).await));
        }
        assert!(matches!(enter(&ctx, &question.asked, "{}", &[]).await, Err(Error::Throttled(_))));
    }

    async fn whoever_has_a_passkey_proves_it_after_their_password(world: World) {
        let ada = world.set_up().await;
        let mut device = passkey(&world, &ada).await;
        let waiting = typed(&world, &ada).await;
        assert_eq!(waiting.awaits, Awaits::SecondFactor);
        let code = pending::require(&world.stranger(), std::slice::from_ref(&waiting.token), Awaits::SecondFactor).await.unwrap();
        assert!(matches!(pending::answer(&world.stranger(), &code, ("123456", "")).await, Err(Error::WrongCode)));
        assert_eq!(second(&world, &waiting.token, &mut device).await.unwrap().awaits, Awaits::Nothing);
        assert_eq!(last(&world).await.after.as_deref(), Some(r#"{"by":"password and passkey","device":"an unknown browser"}"#));
        assert!(is_refused(&second(&world, &waiting.token, &mut device).await, Refused::SignInOver));
        let program = log_in(&world.stranger(), LogIn { login: &ada.login, password: PASSWORD, otp: None, wants_refresh: false }).await;
        assert!(is_refused(&program, Refused::PasskeyNeeded));
    }

    async fn a_passkey_stands_in_for_an_app_and_for_mail(world: World) {
        let ada = world.set_up().await;
        let mut device = passkey(&world, &ada).await;
        world.execute("update users set second_factor = 'email'").await;
        let waiting = typed(&world, &ada).await;
        assert_eq!(world.count("select count(*) from messages where template = 'sign-in-code'").await, 0, "no code is sent");
        assert!(second(&world, &waiting.token, &mut device).await.is_ok());
        world.execute("update users set second_factor = 'none'").await;
        bind_app(&world, &ada).await;
        let waiting = typed(&world, &ada).await;
        assert!(second(&world, &waiting.token, &mut device).await.is_ok());
    }

    async fn the_second_step_takes_nobody_elses_passkey_and_no_answer_for_another_sign_in(world: World) {
        let ada = world.set_up().await;
        let (mut hers, mut other) = (passkey(&world, &ada).await, passkey(&world, &world.add("grace", "").await).await);
        let waiting = typed(&world, &ada).await;
        assert!(is_wrong(&second(&world, &waiting.token, &mut other).await));
        let (ctx, tokens) = (world.stranger(), [waiting.token.clone()]);
        let pending = pending::require(&ctx, &tokens, Awaits::SecondFactor).await.unwrap();
        let question = queries::ask_for_own(&ctx, &site(), &pending).await.unwrap().unwrap();
        let (answer, later) = (hers.get(&question.options), [typed(&world, &ada).await.token]);
        assert!(is_refused(&enter(&ctx, &question.asked, &answer, &later).await, Refused::PasskeyLate));
        assert!(is_refused(&enter(&ctx, &question.asked, &answer, &[]).await, Refused::SignInOver), "the password comes first");
        assert!(enter(&ctx, &question.asked, &answer, &tokens).await.is_ok());
    }

    async fn wrong_passkeys_after_the_password_are_limited_as_wrong_codes_are(world: World) {
        let ada = world.set_up().await;
        let (_hers, mut other) = (passkey(&world, &ada).await, Device::new(SITE));
        let waiting = typed(&world, &ada).await;
        for _ in 0..5 {
            assert!(is_wrong(&second(&world, &waiting.token, &mut other).await));
        }
        assert!(matches!(second(&world, &waiting.token, &mut other).await, Err(Error::Throttled(_))));
        assert_eq!(last(&world).await.action, "sessions.lock");
    }

    async fn resetting_a_second_factor_removes_passkeys_too(world: World) {
        let ada = world.set_up().await;
        let mut device = passkey(&world, &ada).await;
        run(&world.operator(), ResetSecondFactor { user: ada.id }).await.unwrap();
        assert_eq!(last(&world).await.after.as_deref(), Some(r#"{"passkeys removed":1}"#));
        assert!(is_wrong(&with(&world, &mut device).await));
        assert_eq!(typed(&world, &ada).await.awaits, Awaits::Nothing);
        passkey(&world, &ada).await;
        run(&world.operator(), RequireSecondFactor { user: ada.id, required: false }).await.unwrap();
        assert_eq!(last(&world).await.action, "users.require-second-factor");
        assert_eq!(own(&world, &ada).await, []);
    }

    async fn one_passkey_is_one_persons_and_nobody_has_more_than_twenty(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        let mut device = passkey(&world, &ada).await;
        for user in [&ada, &grace] {
            assert!(is_refused(&add(&world.as_user(user).await, &mut device).await, Refused::KnownPasskey));
        }
        for _ in 1..store::MAX {
            passkey(&world, &ada).await;
        }
        assert!(is_refused(&add(&world.as_user(&ada).await, &mut Device::new(SITE)).await, Refused::ManyPasskeys));
        assert_eq!(own(&world, &ada).await.len(), 20);
        let ctx = world.as_user(&ada).await;
        let question = queries::ask_for_new(&ctx, &site()).await.unwrap();
        let answer = Device::new(SITE).create(&question.options);
        let theirs = AddPasskey::prepare(&world.as_user(&grace).await, &attempt(&question.asked, &answer), "Phone");
        assert!(is_refused(&theirs.map(drop), Refused::PasskeyLate), "ada was asked");
        assert!(is_invalid(&AddPasskey::prepare(&ctx, &attempt(&question.asked, &answer), " ").map(drop), "name"));
    }

    async fn a_passkey_is_renamed_and_removed_by_its_owner_and_is_not_there_for_others(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        let mut device = passkey(&world, &grace).await;
        let id = own(&world, &grace).await[0].id;
        let rename = RenamePasskey::parse(id, "Work phone").unwrap();
        assert!(is_not_found(&run(&world.as_user(&ada).await, rename.clone()).await));
        run(&world.as_user(&grace).await, rename).await.unwrap();
        assert_eq!(own(&world, &grace).await[0].name, "Work phone");
        run(&world.as_user(&grace).await, DeletePasskey { id }).await.unwrap();
        assert_eq!(last(&world).await.before.as_deref(), Some(r#"{"passkey":"Work phone"}"#));
        assert!(is_wrong(&with(&world, &mut device).await));
        assert!(is_not_found(&run(&world.as_user(&grace).await, DeletePasskey { id }).await));
    }

    async fn whoever_may_reset_a_second_factor_removes_a_passkey_of_nobody_above_them(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        let helper = holding(&world, "linus", &[Permission::UsersPasswordReset]).await;
        let (_, _) = (passkey(&world, &ada).await, passkey(&world, &grace).await);
        let (adas, graces) = (own(&world, &ada).await[0].id, own(&world, &grace).await[0].id);
        let refused = run(&world.as_user(&grace).await, DeletePasskey { id: adas }).await;
        assert!(matches!(refused, Err(Error::Forbidden(Permission::UsersPasswordReset))));
        assert!(is_refused(&run(&helper, DeletePasskey { id: adas }).await, MORE_THAN_ONESELF));
        assert_eq!(run(&helper, DeletePasskey { id: graces }).await.unwrap(), grace.id);
        assert_eq!(last(&world).await.target_id, grace.id.to_string());
    }
}
