//! The second step of sign-in: codes of an app and of mail, who must set an app up, and passwords that are temporary.

use std::sync::Arc;

use castellan::{
    config::SmtpUrl,
    domain::{
        audit::{self, query::EventQuery},
        calling::Caller,
        ctx::{Ctx, Origin, Services},
        error::{Error, Refused, Result},
        outbox::{commands::ResendMessage, letter::Letter, queries},
        parse::Email,
        resealing::reseal,
        second_factor::{check, need::Need, store, totp},
        secrets::{SecretKey, token_hash},
        sessions::{
            self,
            commands::{SignIn, SignedIn},
            pending::{self, Pending},
            programs::{LogIn, log_in},
            store::Awaits,
        },
        setup,
        tokens::access::Issued,
        users::{
            input::{Profile, UserUpdate},
            policy::TEMPORARY_LIFETIME,
            store::User,
        },
    },
    mail::{sender::Sender, worker::send_next},
};

use super::stage::{is_invalid, is_refused, last, member, tenant};
use crate::support::{MailServer, PASSWORD, World, changes::*, on_both_engines};

const ADA: &str = "ada@example.com";
const GRACE: &str = "grace@example.com";
const NEW: &str = "another horse, another battery";
const NEWER: &str = "a third horse, and its battery";
/// What the app of everybody here was given.
pub const SECRET: &[u8] = b"12345678901234567890";
/// Whole sessions, and access tokens.
const LET_IN: &str = "select (select count(*) from sessions where awaits = '') + (select count(*) from tokens)";

/// Gives somebody an app, as if they had bound it long ago.
pub async fn bind_app(world: &World, user: &User) {
    let sealed = world.services.key.seal(&check::purpose(user.id), SECRET);
    let mut tx = world.services.db.begin().await.unwrap();
    assert!(store::bind(&mut tx, user.id, (&sealed, 0), false).await.unwrap());
    tx.commit().await.unwrap();
}

/// What the app shows so many steps from now.
pub fn shown(world: &World, steps: i64) -> String {
    totp::code(SECRET, totp::step_at(world.services.clock.now()) + steps)
}

/// A code that the app doesn't show around now.
pub fn wrong(world: &World) -> String {
    let near: Vec<String> = (-1..=1).map(|steps| shown(world, steps)).collect();
    (0..4).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
}

/// The code of the newest mail.
pub async fn mailed(world: &World) -> String {
    let newest = queries::list(&world.operator(), queries::NEWEST, None).await.unwrap().0.remove(0);
    match newest.content(&world.services.key).unwrap().letter {
        Letter::SignInCode { code: Some(code) } => code,
        other => panic!("{other:?}"),
    }
}

/// Another code of as many digits.
pub fn other(code: &str) -> String {
    let last = (code[7..].parse::<u8>().unwrap() + 1) % 10;
    format!("{}{last}", &code[..7])
}

async fn sign_in(ctx: &Ctx, (login, password): (&str, &str), known: &str) -> Result<SignedIn> {
    sessions::commands::sign_in(ctx, SignIn { login, password, user_agent: "test", known }).await
}

/// As far as ada's password leads: to a sign-in that waits for a code, found by this token.
async fn waiting(world: &World) -> String {
    let signed_in = sign_in(&world.stranger(), (ADA, PASSWORD), "").await.unwrap();
    assert_eq!(signed_in.awaits, Awaits::SecondFactor);
    signed_in.token
}

async fn find(ctx: &Ctx, token: &str, awaits: Awaits) -> Result<Pending> {
    pending::require(ctx, &[token.to_owned()], awaits).await
}

async fn answer(ctx: &Ctx, token: &str, code: &str) -> Result<SignedIn> {
    let pending = find(ctx, token, Awaits::SecondFactor).await?;
    pending::answer(ctx, &pending, (code, "")).await.map(|(signed_in, _)| signed_in)
}

async fn set(ctx: &Ctx, token: &str, password: &str) -> Result<SignedIn> {
    let pending = find(ctx, token, Awaits::Password).await?;
    pending::set_password(ctx, &pending, (password, "")).await
}

/// What a program of ada's is told.
async fn program(ctx: &Ctx, otp: Option<&str>) -> Result<Issued> {
    Ok(log_in(ctx, LogIn { login: ADA, password: PASSWORD, otp, wants_refresh: false }).await?.access)
}

async fn offered(ctx: &Ctx, token: &str) -> Vec<u8> {
    find(ctx, token, Awaits::SecondFactor).await.unwrap().secret(ctx).unwrap()
}

fn is_wrong<T>(outcome: &Result<T>) -> bool {
    matches!(outcome, Err(Error::WrongCode))
}

fn is_over<T>(outcome: &Result<T>) -> bool {
    is_refused(outcome, Refused::SignInOver)
}

async fn is_somebodys(world: &World, token: &str) -> bool {
    let mut conn = world.services.db.read().await.unwrap();
    sessions::caller::resolve(&mut conn, token, world.services.clock.now(), (None, None)).await.unwrap().is_some()
}

/// Ada with codes by mail.
async fn by_mail(world: &World) -> User {
    let ada = world.set_up().await;
    world.execute("update users set second_factor = 'email'").await;
    ada
}

/// Ada, who must have a second factor and has none.
async fn required(world: &World) -> User {
    let ada = world.set_up().await;
    world.execute("update users set second_factor_required = true").await;
    ada
}

async fn reset(world: &World, user: &User) {
    run(&world.operator(), ResetPassword::prepare(&world.operator(), user.id, NEW).await.unwrap()).await.unwrap();
}

/// The whole log, as text.
async fn log(world: &World) -> String {
    format!("{:?}", audit::list::list(&world.operator(), &EventQuery::default()).await.unwrap().rows)
}

on_both_engines! {
    async fn nobody_is_let_in_by_a_password_alone_who_needs_more(world: World) {
        let (ada, ctx) = (world.set_up().await, &world.stranger());
        let needs = async |expected: Need| {
            let token = waiting(&world).await;
            assert!(!is_somebodys(&world, &token).await, "{expected:?}");
            assert_eq!(find(ctx, &token, Awaits::SecondFactor).await.unwrap().need, expected);
            assert!(is_over(&find(ctx, &token, Awaits::Password).await), "it waits for nothing else: {expected:?}");
            assert!(answer(ctx, &token, "").await.is_err(), "{expected:?}");
            let refused = program(ctx, None).await;
            match expected {
                Need::Enrolment => assert!(is_refused(&refused, Refused::NoSecondFactor), "{refused:?}"),
                _ => assert!(matches!(refused, Err(Error::CodeNeeded)), "{refused:?}"),
            }
            for nothing in ["", "0", "000000 or 1=1"] {
                assert!(program(ctx, Some(nothing)).await.is_err(), "{expected:?}: {nothing}");
            }
        };
        bind_app(&world, &ada).await;
        needs(Need::App).await;
        world.execute("update users set second_factor = 'email'").await;
        needs(Need::Mail).await;
        world.execute("update users set second_factor = 'none', second_factor_required = true").await;
        needs(Need::Enrolment).await;
        world.execute("update users set second_factor_required = false").await;
        world.execute("update tenants set settings = '{\"second_factor\":\"required\"}'").await;
        needs(Need::Enrolment).await;
        assert_eq!(world.count(LET_IN).await, 0);
        assert_eq!(world.count("select count(*) from events where action in ('sessions.sign-in', 'tokens.issue')").await, 0);
        assert_eq!(world.count("select count(*) from users where last_sign_in_at is not null").await, 0);
    }

    async fn a_tenant_asks_for_a_factor_of_its_own_active_members(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (grace, _) = (member(&world, "grace", &a).await, member(&world, "linus", &b).await);
        world.execute("update tenants set settings = '{\"second_factor\":\"required\"}' where slug = 'a'").await;
        let awaits = async |login: &str| sign_in(&world.stranger(), (login, PASSWORD), "").await.unwrap().awaits;
        assert_eq!(awaits(GRACE).await, Awaits::SecondFactor);
        assert_eq!(awaits("linus@example.com").await, Awaits::Nothing);
        add_member(&world.operator(), b.id, &grace.login).await.unwrap();
        assert_eq!(awaits(GRACE).await, Awaits::SecondFactor, "one of several is enough");
        world.execute("update memberships set status = 'inactive' where tenant_id = (select id from tenants where slug = 'a')").await;
        assert_eq!(awaits(GRACE).await, Awaits::Nothing);
    }

    async fn a_code_of_an_app_works_once_wherever_it_is_typed(world: World) {
        let (ada, ctx) = (world.set_up().await, &world.stranger());
        bind_app(&world, &ada).await;
        let (one, two, code) = (waiting(&world).await, waiting(&world).await, shown(&world, 0));
        let signed_in = answer(ctx, &one, &code).await.unwrap();
        assert!(signed_in.awaits == Awaits::Nothing && is_somebodys(&world, &signed_in.token).await);
        assert!(signed_in.token != one && !is_somebodys(&world, &one).await, "an id is never kept over a step");
        assert!(is_over(&answer(ctx, &one, &shown(&world, 1)).await), "nor used for another");
        assert_eq!(last(&world).await.action, "sessions.sign-in");
        assert!(is_wrong(&answer(ctx, &two, &code).await), "in another browser");
        assert!(is_wrong(&program(ctx, Some(&code)).await), "by a program");
        assert!(is_wrong(&program(ctx, Some(&shown(&world, -1))).await), "one from before");
        world.services.clock.advance(30);
        let code = shown(&world, 0);
        assert!(program(ctx, Some(&code)).await.is_ok());
        assert!(is_wrong(&answer(ctx, &two, &code).await), "a program used it");
        assert!(is_wrong(&program(ctx, Some(&code)).await));
        assert_eq!(world.count(LET_IN).await, 2);
    }

    async fn a_phones_clock_may_be_wrong_by_one_step_and_no_more(world: World) {
        let (ada, ctx) = (world.set_up().await, &world.stranger());
        bind_app(&world, &ada).await;
        for steps in [-2, 2] {
            assert!(is_wrong(&program(ctx, Some(&shown(&world, steps))).await), "{steps}");
        }
        for steps in [-1, 0, 1] {
            assert!(answer(ctx, &waiting(&world).await, &shown(&world, steps)).await.is_ok(), "{steps}");
        }
        world.services.clock.advance(30);
        assert!(is_wrong(&program(ctx, Some(&shown(&world, 0))).await), "it was taken while the phone was ahead");
    }

    async fn a_step_that_a_clock_wrote_that_was_ahead_keeps_nobody_out(world: World) {
        let (ada, ctx) = (world.set_up().await, &world.stranger());
        bind_app(&world, &ada).await;
        let step = totp::step_at(world.services.clock.now());
        world.execute_text(format!("update users set totp_step = {}", step + 5)).await;
        assert!(is_wrong(&program(ctx, Some(&shown(&world, 0))).await), "another node's clock may be so much ahead");
        world.execute_text(format!("update users set totp_step = {}", step + 1_000_000)).await;
        assert!(program(ctx, Some(&shown(&world, 0))).await.is_ok(), "no clock that is right");
        assert!(is_wrong(&program(ctx, Some(&shown(&world, 0))).await), "and once, as ever");
    }

    async fn the_same_code_many_times_at_once_lets_in_once(world: World) {
        let ada = world.set_up().await;
        bind_app(&world, &ada).await;
        let (code, mut tries) = (shown(&world, 0), Vec::new());
        for _ in 0..4 {
            let (ctx, token, typed) = (world.stranger(), waiting(&world).await, code.clone());
            tries.push(tokio::spawn(async move { answer(&ctx, &token, &typed).await.is_ok() }));
            let (ctx, typed) = (world.stranger(), code.clone());
            tries.push(tokio::spawn(async move { program(&ctx, Some(&typed)).await.is_ok() }));
        }
        let mut let_in = 0;
        for one in tries {
            let_in += i32::from(one.await.unwrap());
        }
        assert_eq!((let_in, world.count(LET_IN).await), (1, 1));
    }

    async fn two_answers_at_once_make_one_session(world: World) {
        let (ada, ctx) = (world.set_up().await, &world.stranger());
        bind_app(&world, &ada).await;
        let (token, codes) = (waiting(&world).await, [shown(&world, 0), shown(&world, 1)]);
        let both = tokio::join!(answer(ctx, &token, &codes[0]), answer(ctx, &token, &codes[1]));
        assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
        assert_eq!(world.count("select count(*) from sessions").await, 1);
        assert_eq!(world.count("select count(*) from events where action = 'sessions.sign-in'").await, 1);
    }

    async fn wrong_codes_lock_the_second_step_and_no_password_clears_them(world: World) {
        let (ada, ctx) = (world.set_up().await, &world.stranger());
        bind_app(&world, &ada).await;
        let known = answer(ctx, &waiting(&world).await, &shown(&world, 0)).await.unwrap().known;
        world.services.clock.advance(60);
        for n in 0..5 {
            let refused = match n % 2 {
                0 => answer(ctx, &waiting(&world).await, &wrong(&world)).await.map(drop),
                _ => program(ctx, Some(&wrong(&world))).await.map(drop),
            };
            assert!(is_wrong(&refused), "the {n}th: {refused:?}");
        }
        let event = last(&world).await;
        assert!(event.action == "sessions.lock" && event.after.unwrap().contains("at the code of the second step"));
        let (token, right) = (waiting(&world).await, shown(&world, 0));
        for _ in 0..3 {
            assert!(matches!(answer(ctx, &token, &right).await, Err(Error::Throttled(60))));
            assert!(matches!(program(ctx, Some(&right)).await, Err(Error::Throttled(60))));
            waiting(&world).await;
        }
        let at_home = find(ctx, &token, Awaits::SecondFactor).await.unwrap();
        assert!(pending::answer(ctx, &at_home, (&right, &known)).await.is_ok(), "a known browser has a lane of its own");
        let token = waiting(&world).await;
        run(&world.operator(), UnlockUser { user: ada.id }).await.unwrap();
        assert!(answer(ctx, &token, &shown(&world, 1)).await.is_ok());
    }

    async fn a_right_code_forgets_no_wrong_one(world: World) {
        let (ada, ctx) = (world.set_up().await, &world.stranger());
        bind_app(&world, &ada).await;
        let guess = async || answer(ctx, &waiting(&world).await, &wrong(&world)).await;
        for _ in 0..4 {
            assert!(is_wrong(&guess().await));
        }
        for steps in [0, 1] {
            assert!(answer(ctx, &waiting(&world).await, &shown(&world, steps)).await.is_ok(), "ada, meanwhile");
        }
        assert!(is_wrong(&guess().await));
        assert!(matches!(guess().await, Err(Error::Throttled(60))), "or a guesser waits until ada signs in, and goes on");
        world.services.clock.advance(900);
        assert!(is_wrong(&guess().await));
        assert!(matches!(guess().await, Err(Error::Throttled(60))), "they are forgotten one by one");
    }

    async fn of_fifty_guesses_at_once_five_are_compared(world: World) {
        let ada = world.set_up().await;
        bind_app(&world, &ada).await;
        let mut guesses = Vec::new();
        for n in 0..50 {
            let (ctx, token, typed) = (world.stranger(), waiting(&world).await, wrong(&world));
            // From browsers and from programs alike.
            guesses.push(tokio::spawn(async move {
                let refused = match n % 2 {
                    0 => answer(&ctx, &token, &typed).await.map(drop),
                    _ => program(&ctx, Some(&typed)).await.map(drop),
                };
                assert!(is_wrong(&refused) || matches!(refused, Err(Error::Throttled(_) | Error::Busy)), "{refused:?}");
                is_wrong(&refused)
            }));
        }
        let mut compared = 0;
        for guess in guesses {
            compared += usize::from(guess.await.unwrap());
        }
        assert_eq!(compared, 5);
        assert!(matches!(program(&world.stranger(), Some(&shown(&world, 0))).await, Err(Error::Throttled(_))));
    }

    async fn a_sign_in_waits_for_ten_minutes(world: World) {
        let (ada, ctx) = (world.set_up().await, &world.stranger());
        bind_app(&world, &ada).await;
        let (one, two) = (waiting(&world).await, waiting(&world).await);
        world.services.clock.advance(599);
        assert!(answer(ctx, &one, &shown(&world, 0)).await.is_ok());
        let asked = find(ctx, &two, Awaits::SecondFactor).await.unwrap();
        world.services.clock.advance(1);
        assert!(is_over(&find(ctx, &two, Awaits::SecondFactor).await));
        assert!(is_over(&pending::answer(ctx, &asked, (&shown(&world, 1), "")).await), "it ended while it was answered");
        assert_eq!(world.count("select count(*) from throttles where lane = 'second-factor' and tries > 0").await, 0);
    }

    async fn what_happens_to_somebody_ends_their_sign_in(world: World) {
        let (ada, grace, ctx) = (world.set_up().await, world.add("grace", "Hopper").await, &world.stranger());
        bind_app(&world, &grace).await;
        let token = sign_in(ctx, (GRACE, PASSWORD), "").await.unwrap().token;
        let asked = find(ctx, &token, Awaits::SecondFactor).await.unwrap();
        run(&world.as_user(&ada).await, DisableUser { user: grace.id }).await.unwrap();
        assert!(is_over(&pending::answer(ctx, &asked, (&shown(&world, 0), "")).await));
        run(&world.as_user(&ada).await, EnableUser { user: grace.id }).await.unwrap();
        assert!(is_over(&answer(ctx, &token, &shown(&world, 0)).await), "it doesn't come back to life");
        let token = sign_in(ctx, (GRACE, PASSWORD), "").await.unwrap().token;
        let asked = find(ctx, &token, Awaits::SecondFactor).await.unwrap();
        reset(&world, &grace).await;
        assert!(is_over(&pending::answer(ctx, &asked, (&shown(&world, 0), "")).await), "its password is worth nothing now");
        assert!(is_over(&find(ctx, &token, Awaits::SecondFactor).await));
        run(&world.operator(), ResetSecondFactor { user: grace.id }).await.unwrap();
        let token = sign_in(ctx, (GRACE, NEW), "").await.unwrap().token;
        let asked = find(ctx, &token, Awaits::Password).await.unwrap();
        run(&world.as_user(&ada).await, DisableUser { user: grace.id }).await.unwrap();
        assert!(is_over(&pending::set_password(ctx, &asked, (NEWER, "")).await), "nor does anybody set a password who is disabled");
        assert_eq!(world.count("select count(*) from events where action in ('sessions.sign-in', 'users.change-password')").await, 0);
    }

    async fn a_code_that_went_to_an_address_that_is_no_more_theirs_is_void(world: World) {
        let (ada, ctx) = (by_mail(&world).await, &world.stranger());
        let (token, code) = (waiting(&world).await, mailed(&world).await);
        let profile = Profile { email: Email::stored("ada@elsewhere.example"), ..ada.profile() };
        let update = UserUpdate { profile, masked_phone: None, version: ada.version };
        run(&world.operator(), UpdateUser { user: ada.id, update }).await.unwrap();
        assert!(is_wrong(&answer(ctx, &token, &code).await));
        let asked = find(ctx, &token, Awaits::SecondFactor).await.unwrap();
        pending::send_another(ctx, &asked, "").await.unwrap();
        let newest = queries::list(&world.operator(), queries::NEWEST, None).await.unwrap().0.remove(0);
        assert_eq!(newest.recipient, "ada@elsewhere.example");
        assert!(answer(ctx, &token, &mailed(&world).await).await.is_ok());
    }

    async fn a_code_by_mail_is_for_the_sign_in_that_it_was_sent_for(world: World) {
        by_mail(&world).await;
        let ctx = &world.stranger();
        let (one, first) = (waiting(&world).await, mailed(&world).await);
        let (two, second) = (waiting(&world).await, mailed(&world).await);
        assert!(first.len() == 8 && first.bytes().all(|digit| digit.is_ascii_digit()), "{first}");
        assert!(is_wrong(&answer(ctx, &two, &first).await), "another browser's");
        assert!(is_wrong(&program(ctx, Some(&first)).await), "no program's");
        assert!(matches!(program(ctx, None).await, Err(Error::CodeNeeded)));
        let third = mailed(&world).await;
        assert!(is_wrong(&answer(ctx, &one, &third).await), "no browser's");
        assert!(is_wrong(&program(ctx, Some(&second)).await));
        let spaced = format!(" {} {}", &first[..4], &first[4..]);
        assert!(answer(ctx, &one, &spaced).await.is_ok(), "its own");
        assert!(answer(ctx, &two, &second).await.is_ok());
        assert_eq!(world.count("select count(*) from codes where session_id is not null").await, 0, "they go with what they opened");
        assert!(program(ctx, Some(&third)).await.is_ok());
        assert!(is_wrong(&program(ctx, Some(&third)).await), "once");
        assert_eq!(world.count(LET_IN).await, 3);
    }

    async fn a_code_by_mail_dies_in_time_and_when_another_is_sent(world: World) {
        by_mail(&world).await;
        let ctx = &world.stranger();
        assert!(program(ctx, None).await.is_err());
        let first = mailed(&world).await;
        world.services.clock.advance(600);
        assert!(is_wrong(&program(ctx, Some(&first)).await), "after ten minutes");
        assert!(program(ctx, None).await.is_err());
        let second = mailed(&world).await;
        assert!(program(ctx, None).await.is_err());
        let third = mailed(&world).await;
        assert!(is_wrong(&program(ctx, Some(&second)).await), "another was sent");
        world.services.clock.advance(599);
        assert!(program(ctx, Some(&third)).await.is_ok());
        let (token, first) = (waiting(&world).await, mailed(&world).await);
        let asked = find(ctx, &token, Awaits::SecondFactor).await.unwrap();
        pending::send_another(ctx, &asked, "").await.unwrap();
        let second = mailed(&world).await;
        assert!(is_wrong(&answer(ctx, &token, &first).await));
        assert!(answer(ctx, &token, &second).await.is_ok());
        assert!(is_over(&pending::send_another(ctx, &asked, "").await), "nobody waits for it any more");
    }

    async fn a_code_by_mail_is_tried_five_times_at_most(world: World) {
        by_mail(&world).await;
        let ctx = &world.stranger();
        let (token, code) = (waiting(&world).await, mailed(&world).await);
        for _ in 0..4 {
            assert!(is_wrong(&answer(ctx, &token, &other(&code)).await));
        }
        assert!(answer(ctx, &token, &code).await.is_ok(), "the fifth");
        world.services.clock.advance(3600);
        assert!(program(ctx, None).await.is_err());
        let code = mailed(&world).await;
        for _ in 0..5 {
            assert!(is_wrong(&program(ctx, Some(&other(&code))).await));
        }
        world.services.clock.advance(60);
        assert!(is_wrong(&program(ctx, Some(&code)).await), "the sixth, once it is let pass");
    }

    async fn tries_at_once_are_no_more_than_tries_one_after_the_other(world: World) {
        by_mail(&world).await;
        let (token, code) = (waiting(&world).await, mailed(&world).await);
        let guesses: Vec<_> = (0..8).map(|_| {
            let (ctx, token, guess) = (world.stranger(), token.clone(), other(&code));
            tokio::spawn(async move { is_wrong(&answer(&ctx, &token, &guess).await) })
        }).collect();
        let mut compared = 0;
        for guess in guesses {
            compared += usize::from(guess.await.unwrap());
        }
        assert_eq!((compared, world.count("select cast(max(attempts) as bigint) from codes").await), (5, 5));
        let ctx = &world.stranger();
        world.services.clock.advance(60);
        assert!(is_wrong(&answer(ctx, &token, &code).await), "the right one comes too late");
        world.services.clock.advance(240);
        let asked = find(ctx, &token, Awaits::SecondFactor).await.unwrap();
        pending::send_another(ctx, &asked, "").await.unwrap();
        assert!(answer(ctx, &token, &mailed(&world).await).await.is_ok(), "another one works");
    }

    async fn mail_that_one_asks_for_is_limited(world: World) {
        by_mail(&world).await;
        let ctx = &world.stranger();
        let token = waiting(&world).await;
        let asked = find(ctx, &token, Awaits::SecondFactor).await.unwrap();
        for _ in 0..4 {
            pending::send_another(ctx, &asked, "").await.unwrap();
            assert!(matches!(program(ctx, None).await, Err(Error::CodeNeeded)));
        }
        waiting(&world).await;
        assert!(matches!(pending::send_another(ctx, &asked, "").await, Err(Error::Throttled(60))));
        assert!(matches!(program(ctx, None).await, Err(Error::Throttled(60))));
        assert!(matches!(sign_in(ctx, (ADA, PASSWORD), "").await, Err(Error::Throttled(60))));
        assert_eq!(world.count("select count(*) from messages where template = 'sign-in-code'").await, 10);
        assert!(matches!(sign_in(ctx, (ADA, "wrong"), "").await, Err(Error::WrongCredentials)), "nobody else learns of it");
    }

    async fn a_code_stands_in_the_mail_and_nowhere_else(world: World) {
        let (ada, server, ctx) = (by_mail(&world).await, MailServer::start().await, &world.stranger());
        assert!(program(ctx, None).await.is_err());
        let code = mailed(&world).await;
        let mut tx = world.services.db.begin().await.unwrap();
        let (_, hash) = store::try_code(&mut tx, (ada.id, None), world.services.clock.now(), 5).await.unwrap().unwrap();
        drop(tx);
        assert_ne!(hash, token_hash(&code), "eight digits are found again by their hash, without a key");
        let sender = Sender::new(&SmtpUrl::from(server.url()), "castellan@example.com").unwrap();
        assert!(send_next(&world.operator(), &sender, "https://id.example.com").await.unwrap());
        let in_fours = format!("{} {}", &code[..4], &code[4..]);
        assert!(server.taken()[0].contains(&in_fours), "{}", server.taken()[0]);
        let sent = queries::list(&world.operator(), queries::NEWEST, None).await.unwrap().0.remove(0);
        assert_eq!(sent.content(&world.services.key).unwrap().letter, Letter::SignInCode { code: None });
        assert!(is_refused(&run(&world.operator(), ResendMessage { message: sent.id }).await, Refused::TypedCode));
        assert!(program(ctx, Some(&code)).await.is_ok());
        let log = log(&world).await;
        assert!(!log.contains(&code) && !log.contains(&in_fours), "{log}");
    }

    async fn whoever_must_have_a_factor_is_offered_one_and_let_in_by_its_code(world: World) {
        let (ada, ctx) = (required(&world).await, &world.stranger());
        let (one, two) = (waiting(&world).await, waiting(&world).await);
        let (secret, others) = (offered(ctx, &one).await, offered(ctx, &two).await);
        assert_eq!((secret.len(), offered(ctx, &one).await == secret, secret == others), (20, true, false));
        let step = totp::step_at(world.services.clock.now());
        assert!(is_wrong(&answer(ctx, &one, &totp::code(&others, step)).await), "the secret of another sign-in");
        let code = totp::code(&secret, step);
        let signed_in = answer(ctx, &one, &code).await.unwrap();
        assert!(signed_in.awaits == Awaits::Nothing && is_somebodys(&world, &signed_in.token).await);
        let events = audit::list::list(&world.operator(), &EventQuery::default()).await.unwrap().rows;
        let newest: Vec<_> = events.iter().take(2).map(|event| (event.action.as_str(), event.actor_name.as_str())).collect();
        assert_eq!(newest, [("sessions.sign-in", "ada Lovelace"), ("users.bind-second-factor", "ada Lovelace")]);
        assert_eq!(events[1].target_id, ada.id.to_string());
        assert_eq!(world.count("select count(*) from events where action = 'users.bind-second-factor' and undo_data is not null").await, 0);
        let log = log(&world).await;
        assert!(!log.contains(&totp::base32(&secret)) && !log.contains(&code), "{log}");
        assert_eq!(world.count("select count(*) from sessions where awaits = '' and enrolment is not null").await, 0);
        assert_eq!(find(ctx, &two, Awaits::SecondFactor).await.unwrap().need, Need::App, "what waits beside it asks for the app");
        assert!(is_wrong(&answer(ctx, &two, &code).await), "binding used the code");
        world.services.clock.advance(30);
        assert!(is_wrong(&answer(ctx, &two, &totp::code(&others, step + 1)).await));
        assert!(answer(ctx, &two, &totp::code(&secret, step + 1)).await.is_ok());
    }

    async fn of_two_who_set_up_an_app_at_once_one_does(world: World) {
        required(&world).await;
        let (ctx, step) = (&world.stranger(), totp::step_at(world.services.clock.now()));
        let (one, two) = (waiting(&world).await, waiting(&world).await);
        let (first, second) = (offered(ctx, &one).await, offered(ctx, &two).await);
        let codes = [totp::code(&first, step), totp::code(&second, step)];
        let both = tokio::join!(answer(ctx, &one, &codes[0]), answer(ctx, &two, &codes[1]));
        assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
        assert_eq!(world.count("select count(*) from sessions where awaits = ''").await, 1);
        let bound = if both.0.is_ok() { first } else { second };
        assert!(program(ctx, Some(&totp::code(&bound, step + 1))).await.is_ok(), "the app of whoever was let in");
    }

    async fn guesses_at_the_code_of_an_offered_app_are_limited_too(world: World) {
        required(&world).await;
        let ctx = &world.stranger();
        for _ in 0..5 {
            assert!(is_wrong(&answer(ctx, &waiting(&world).await, "12345").await));
        }
        assert!(matches!(answer(ctx, &waiting(&world).await, "12345").await, Err(Error::Throttled(60))));
    }

    async fn a_reset_removes_the_factor_and_what_waits_for_it(world: World) {
        let (ada, ctx) = (world.set_up().await, &world.stranger());
        let reset = async || run(&world.operator(), ResetSecondFactor { user: ada.id }).await.unwrap();
        bind_app(&world, &ada).await;
        let token = waiting(&world).await;
        let asked = find(ctx, &token, Awaits::SecondFactor).await.unwrap();
        reset().await;
        assert_eq!(last(&world).await.action, "users.reset-second-factor");
        assert!(is_over(&find(ctx, &token, Awaits::SecondFactor).await));
        assert!(is_over(&pending::answer(ctx, &asked, (&shown(&world, 0), "")).await));
        assert_eq!(world.count("select count(*) from users where totp_secret is not null or totp_step is not null").await, 0);
        assert_eq!(sign_in(ctx, (ADA, PASSWORD), "").await.unwrap().awaits, Awaits::Nothing);
        world.execute("update users set second_factor_required = true").await;
        let token = waiting(&world).await;
        let secret = offered(ctx, &token).await;
        reset().await;
        assert!(is_over(&answer(ctx, &token, &totp::code(&secret, totp::step_at(world.services.clock.now()))).await));
        world.execute("update users set second_factor = 'email'").await;
        waiting(&world).await;
        assert!(program(ctx, None).await.is_err());
        let code = mailed(&world).await;
        reset().await;
        assert_eq!(world.count("select count(*) from codes").await, 0);
        world.execute("update users set second_factor = 'email'").await;
        assert!(is_wrong(&program(ctx, Some(&code)).await));
    }

    async fn a_temporary_password_leads_to_another_and_nowhere_else(world: World) {
        let (grace, ctx) = (world.add("grace", "Hopper").await, &world.stranger());
        reset(&world, &grace).await;
        let first = sign_in(ctx, (GRACE, NEW), "").await.unwrap();
        let second = sign_in(ctx, (GRACE, NEW), "").await.unwrap();
        assert!(first.awaits == Awaits::Password && !is_somebodys(&world, &first.token).await);
        assert!(is_over(&answer(ctx, &first.token, "").await), "it waits for no code");
        for bad in [NEW, "short", "grace hopper grace", ""] {
            assert!(is_invalid(&set(ctx, &first.token, bad).await, "password"), "{bad}");
        }
        let signed_in = set(ctx, &first.token, NEWER).await.unwrap();
        assert!(signed_in.awaits == Awaits::Nothing && signed_in.token != first.token);
        assert!(is_somebodys(&world, &signed_in.token).await);
        for over in [&first.token, &second.token] {
            assert!(is_over(&set(ctx, over, PASSWORD).await));
        }
        assert_eq!(world.count("select count(*) from sessions").await, 1);
        assert_eq!(world.count("select count(*) from users where password_temporary or password_expires_at is not null").await, 0);
        assert!(matches!(sign_in(ctx, (GRACE, NEW), "").await, Err(Error::WrongCredentials)));
        assert_eq!(sign_in(ctx, (GRACE, NEWER), "").await.unwrap().awaits, Awaits::Nothing);
    }

    async fn another_password_ends_what_the_temporary_one_opened(world: World) {
        let (grace, ctx) = (world.add("grace", "Hopper").await, &world.stranger());
        reset(&world, &grace).await;
        let token = sign_in(ctx, (GRACE, NEW), "").await.unwrap().token;
        assert!(log_in(ctx, LogIn { login: GRACE, password: NEW, otp: None, wants_refresh: false }).await.is_ok());
        let link = password_link(&world.operator(), grace.id).await;
        set(ctx, &token, NEWER).await.unwrap();
        let events = audit::list::list(&world.operator(), &EventQuery::default()).await.unwrap().rows;
        let newest: Vec<_> = events.iter().take(2).map(|event| (event.action.as_str(), event.actor_name.as_str())).collect();
        assert_eq!(newest, [("sessions.sign-in", "grace Hopper"), ("users.change-password", "grace Hopper")]);
        assert_eq!(world.count("select count(*) from tokens").await, 0);
        assert!(!castellan::domain::codes::redeeming::is_alive(ctx, &link).await.unwrap());
        assert_eq!(world.count("select count(*) from messages where template = 'password-changed'").await, 2, "reset, and changed");
    }

    async fn a_temporary_password_is_changed_once_however_often_it_is_sent(world: World) {
        let (grace, ctx) = (world.add("grace", "Hopper").await, &world.stranger());
        reset(&world, &grace).await;
        let token = sign_in(ctx, (GRACE, NEW), "").await.unwrap().token;
        let both = tokio::join!(set(ctx, &token, NEWER), set(ctx, &token, PASSWORD));
        assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
        assert_eq!(world.count("select count(*) from sessions").await, 1);
    }

    async fn a_temporary_password_is_a_wrong_one_after_three_days(world: World) {
        let (grace, ctx) = (world.add("grace", "Hopper").await, &world.stranger());
        reset(&world, &grace).await;
        world.services.clock.advance(TEMPORARY_LIFETIME - 1);
        let token = sign_in(ctx, (GRACE, NEW), "").await.unwrap().token;
        world.services.clock.advance(1);
        assert!(is_over(&set(ctx, &token, NEWER).await), "not even for whoever typed it in time");
        assert!(matches!(sign_in(ctx, (GRACE, NEW), "").await, Err(Error::WrongCredentials)));
        let program = log_in(ctx, LogIn { login: GRACE, password: NEW, otp: None, wants_refresh: false }).await;
        assert!(matches!(program, Err(Error::WrongCredentials)));
        reset(&world, &grace).await;
        assert_eq!(sign_in(ctx, (GRACE, NEW), "").await.unwrap().awaits, Awaits::Password, "until there is a new one");
    }

    async fn a_temporary_password_is_changed_after_the_code(world: World) {
        let (grace, ctx) = (world.add("grace", "Hopper").await, &world.stranger());
        bind_app(&world, &grace).await;
        reset(&world, &grace).await;
        let first = sign_in(ctx, (GRACE, NEW), "").await.unwrap();
        assert_eq!(first.awaits, Awaits::SecondFactor);
        assert!(is_over(&set(ctx, &first.token, NEWER).await), "not before");
        let second = answer(ctx, &first.token, &shown(&world, 0)).await.unwrap();
        assert!(second.awaits == Awaits::Password && second.token != first.token);
        assert!(!is_somebodys(&world, &second.token).await && is_over(&find(ctx, &first.token, Awaits::Password).await));
        assert_eq!(world.count("select count(*) from events where action = 'sessions.sign-in'").await, 0);
        assert!(is_somebodys(&world, &set(ctx, &second.token, NEWER).await.unwrap().token).await);
        assert_eq!(sign_in(ctx, (GRACE, NEWER), "").await.unwrap().awaits, Awaits::SecondFactor, "the factor stays");
    }

    async fn what_is_sealed_for_the_second_step_opens_under_the_next_key_file(world: World) {
        let (ada, ctx) = (world.set_up().await, world.operator());
        bind_app(&world, &ada).await;
        let grace = world.add("grace", "Hopper").await;
        world.add("linus", "").await;
        world.execute("update users set second_factor_required = true where login = 'grace@example.com'").await;
        world.execute("update users set second_factor = 'email' where login = 'linus@example.com'").await;
        let hers = sign_in(&world.stranger(), (&grace.login, PASSWORD), "").await.unwrap().token;
        sign_in(&world.stranger(), ("linus@example.com", PASSWORD), "").await.unwrap();
        let (secret, code) = (offered(&world.stranger(), &hers).await, mailed(&world).await);
        assert_eq!(reseal(&ctx, &SecretKey::from_bytes([8; 32])).await.unwrap(), 3, "an app, an offer and a mail");
        let key = Arc::new(setup::fitting(&world.services.db, SecretKey::from_bytes([8; 32])).await.unwrap());
        let next = Ctx::new(Services { key, ..world.services.clone() }, Caller::Anonymous, Origin::default());
        assert!(program(&world.stranger(), Some(&shown(&world, 0))).await.is_err(), "the old file opens nothing");
        assert!(program(&next, Some(&shown(&world, 0))).await.is_ok());
        assert_eq!(offered(&next, &hers).await, secret);
        let step = totp::step_at(world.services.clock.now());
        assert!(answer(&next, &hers, &totp::code(&secret, step)).await.is_ok());
        let mail = queries::list(&ctx, queries::NEWEST, None).await.unwrap().0.remove(1);
        assert_eq!(mail.content(&next.services.key).unwrap().letter, Letter::SignInCode { code: Some(code) });
    }
}
