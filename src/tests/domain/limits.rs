//! Limits on tries: failures count, right sign-ins don't, and a stranger can't shut the owner out.

use crate::support::{PASSWORD, World, changes::*, on_both_engines};
use castellan::{
    domain::{
        ctx::Ctx,
        error::Error,
        sessions::{
            self,
            commands::{SignIn, SignedIn},
        },
        throttle::{self, kind::LaneKind},
        users,
    },
    http::chores,
};

const ADA: &str = "ada@example.com";

/// A stranger at an address.
fn at(world: &World, address: &str) -> Ctx {
    let mut ctx = world.stranger();
    ctx.origin.address = Some(address.parse().unwrap());
    ctx
}

async fn sign_in(ctx: &Ctx, (login, password): (&str, &str), known: &str) -> Result<SignedIn, Error> {
    sessions::commands::sign_in(ctx, SignIn { login, password, user_agent: "test", known }).await
}

/// Fails `n` times; each must be told that the password is wrong.
async fn fail(ctx: &Ctx, login: &str, n: usize) {
    for _ in 0..n {
        let refused = sign_in(ctx, (login, "wrong"), "").await;
        assert!(matches!(refused, Err(Error::WrongCredentials)), "{refused:?}");
    }
}

fn wait<T: std::fmt::Debug>(refused: &Result<T, Error>) -> i64 {
    match refused {
        Err(Error::Throttled(seconds)) => *seconds,
        other => panic!("{other:?}"),
    }
}

on_both_engines! {
    async fn right_sign_ins_from_one_office_are_not_counted(world: World) {
        world.set_up().await;
        let office = at(&world, "192.0.2.1");
        for n in 0..150 {
            assert!(sign_in(&office, (ADA, PASSWORD), "").await.is_ok(), "the {n}th");
        }
        assert_eq!(world.count("select coalesce(cast(sum(tries) as bigint), 0) from throttles").await, 0);
    }

    async fn ten_wrong_passwords_lock_their_own_network_out_and_nobody_else(world: World) {
        world.set_up().await;
        for login in [ADA, "nobody@example.com"] {
            fail(&at(&world, "203.0.113.9"), login, 10).await;
            assert_eq!(wait(&sign_in(&at(&world, "203.0.113.9"), (login, PASSWORD), "").await), 60, "{login}");
        }
        assert!(sign_in(&at(&world, "192.0.2.1"), (ADA, PASSWORD), "").await.is_ok(), "another network");
        world.services.clock.advance(60);
        assert!(sign_in(&at(&world, "203.0.113.9"), (ADA, PASSWORD), "").await.is_ok(), "the wait is over");
    }

    async fn waits_grow_with_every_failure_after_the_first(world: World) {
        world.set_up().await;
        let thief = at(&world, "203.0.113.9");
        fail(&thief, ADA, 10).await;
        let mut waits = Vec::new();
        for _ in 0..4 {
            let seconds = wait(&sign_in(&thief, (ADA, "wrong"), "").await);
            waits.push(seconds);
            world.services.clock.advance(seconds);
            fail(&thief, ADA, 1).await;
        }
        assert_eq!(waits, [60, 240, 540, 960]);
    }

    async fn the_account_itself_has_a_wider_bound_over_all_networks(world: World) {
        world.set_up().await;
        for n in 0..10 {
            fail(&at(&world, &format!("203.0.113.{n}")), ADA, 10).await;
        }
        assert_eq!(wait(&sign_in(&at(&world, "203.0.113.99"), (ADA, PASSWORD), "").await), 60);
    }

    async fn one_network_may_not_try_many_accounts(world: World) {
        world.set_up().await;
        let thief = at(&world, "2001:db8::1");
        for n in 0..100 {
            fail(&thief, &format!("n{n}@example.com"), 1).await;
        }
        assert_eq!(wait(&sign_in(&thief, (ADA, PASSWORD), "").await), 60);
        assert_eq!(wait(&sign_in(&at(&world, "2001:db8::ffff:1"), (ADA, PASSWORD), "").await), 60, "a /64 is one network");
        assert!(sign_in(&at(&world, "2001:db8:0:1::1"), (ADA, PASSWORD), "").await.is_ok());
    }

    async fn a_browser_that_signed_in_before_keeps_its_own_lane(world: World) {
        world.set_up().await;
        let office = at(&world, "192.0.2.1");
        let known = sign_in(&office, (ADA, PASSWORD), "").await.unwrap().known;
        for n in 0..10 {
            fail(&at(&world, &format!("203.0.113.{n}")), ADA, 10).await;
        }
        for n in 0..100 {
            let _ = sign_in(&office, (&format!("n{n}@example.com"), "wrong"), "").await;
        }
        assert!(wait(&sign_in(&office, (ADA, PASSWORD), "").await) > 0, "a stranger from there is kept out");
        let again = sign_in(&office, (ADA, PASSWORD), &known).await.unwrap().known;
        for _ in 0..10 {
            assert!(matches!(sign_in(&office, (ADA, "wrong"), &again).await, Err(Error::WrongCredentials)));
        }
        assert_eq!(wait(&sign_in(&office, (ADA, PASSWORD), &again).await), 60, "its lane ends, too");
    }

    async fn a_mark_is_worth_nothing_for_another_login_forged_or_old(world: World) {
        world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let office = at(&world, "192.0.2.1");
        let known = sign_in(&office, (ADA, PASSWORD), "").await.unwrap().known;
        assert!(throttle::known::device(&office, &known, ADA).is_some());
        assert_eq!(throttle::known::device(&office, &known, &grace.login), None);
        let forged = format!("{}A", &known[..known.len() - 1]);
        assert_eq!(throttle::known::device(&office, if forged == known { "x" } else { &forged }, ADA), None);
        let both = sign_in(&office, (&grace.login, PASSWORD), &known).await.unwrap().known;
        assert!(throttle::known::device(&office, &both, ADA).is_some() && throttle::known::device(&office, &both, &grace.login).is_some());
        world.services.clock.advance(throttle::known::KNOWN_FOR);
        assert_eq!(throttle::known::device(&office, &both, ADA), None);
    }

    async fn a_lock_out_is_one_event_of_the_person_and_strangers_write_none(world: World) {
        let ada = world.set_up().await;
        let thief = at(&world, "203.0.113.9");
        fail(&thief, ADA, 9).await;
        fail(&thief, "nobody@example.com", 10).await;
        assert_eq!(world.count("select count(*) from events where action = 'sessions.lock'").await, 0);
        fail(&thief, ADA, 1).await;
        for _ in 0..5 {
            let _ = sign_in(&thief, (ADA, "wrong"), "").await;
        }
        let theirs = users::overview::overview(&world.operator(), ada.id).await.unwrap().events;
        let locks: Vec<_> = theirs.iter().filter(|event| event.action == "sessions.lock").collect();
        assert_eq!(locks.len(), 1);
        assert_eq!((locks[0].target_id.clone(), locks[0].address.as_deref()), (ada.id.to_string(), Some("203.0.113.9")));
        assert_eq!(world.count("select times from refusals where kind = 'locked'").await, 2, "strangers are counted");
    }

    async fn the_persons_page_says_that_they_are_locked_out_and_unlocks(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let mut admin = world.signed_in(&ada).await;
        let page = format!("/admin/users/{}", grace.id);
        assert!(!admin.get(&page).await.body.contains("Unlock"));
        let thief = at(&world, "203.0.113.9");
        fail(&thief, &grace.login, 10).await;
        let body = admin.get(&page).await.body;
        assert!(body.contains("Wrong passwords have locked sign-in") && body.contains("Unlock"), "{body}");
        assert!(body.contains("typed wrong passwords until sign-in was locked for"), "it is in their activity");
        assert_eq!(admin.post(&format!("{page}/unlock"), &[]).await.location(), page);
        assert!(admin.get(&page).await.body.contains("They can try to sign in again"));
        assert!(sign_in(&thief, (&grace.login, PASSWORD), "").await.is_ok());
        assert_eq!(world.count("select count(*) from events where action = 'users.unlock'").await, 1);
    }

    async fn an_operator_unlocks_every_lane_of_an_account(world: World) {
        let ada = world.set_up().await;
        let known = sign_in(&at(&world, "192.0.2.1"), (ADA, PASSWORD), "").await.unwrap().known;
        for n in 0..10 {
            fail(&at(&world, &format!("203.0.113.{n}")), ADA, 10).await;
        }
        for _ in 0..10 {
            let _ = sign_in(&at(&world, "192.0.2.1"), (ADA, "wrong"), &known).await;
        }
        assert_eq!(users::overview::overview(&world.operator(), ada.id).await.unwrap().locks.len(), 3);
        run(&world.operator(), UnlockUser { user: ada.id }).await.unwrap();
        assert_eq!(users::overview::overview(&world.operator(), ada.id).await.unwrap().locks, []);
        for (address, known) in [("203.0.113.1", ""), ("203.0.113.99", ""), ("192.0.2.1", &known)] {
            assert!(sign_in(&at(&world, address), (ADA, PASSWORD), known).await.is_ok(), "{address}");
        }
    }

    async fn a_clock_that_was_ahead_and_came_back_locks_nobody_out(world: World) {
        let ada = world.set_up().await;
        let years = 10 * 365 * 86_400;
        world.services.clock.advance(years);
        let known = sign_in(&at(&world, "192.0.2.1"), (ADA, PASSWORD), "").await.unwrap();
        fail(&at(&world, "203.0.113.9"), ADA, 10).await;
        let link = password_link(&world.operator(), ada.id).await;
        world.services.clock.advance(-years);
        let mut conn = world.services.db.read().await.unwrap();
        let caller = sessions::caller::resolve(&mut conn, &known.token, world.services.clock.now(), (None, None)).await.unwrap();
        assert!(caller.is_none(), "a session of the future");
        drop(conn);
        assert!(!castellan::domain::codes::redeeming::is_alive(&world.stranger(), &link).await.unwrap(), "a link of the future");
        assert_eq!(throttle::known::device(&at(&world, "192.0.2.1"), &known.known, ADA), None, "a mark of the future");
        assert_eq!(users::overview::overview(&world.operator(), ada.id).await.unwrap().locks, []);
        assert!(sign_in(&at(&world, "203.0.113.9"), (ADA, PASSWORD), "").await.is_ok());
        chores::sweep(&chores::context(&world.services)).await;
        assert_eq!(world.count("select count(*) from sessions").await, 1, "the one of today");
    }

    async fn a_full_queue_of_hashes_is_nobodys_failure(world: World) {
        world.set_up().await;
        let link = throttle::from_network(&at(&world, "192.0.2.1"), LaneKind::Link).await.unwrap();
        link.was_none(&world.stranger()).await.unwrap();
        assert_eq!(world.count("select cast(sum(tries) as bigint) from throttles").await, 0);
        let floods: Vec<_> = (0..200).map(|n| {
            let ctx = at(&world, &format!("192.0.2.{n}"));
            tokio::spawn(async move { sign_in(&ctx, (ADA, PASSWORD), "").await })
        }).collect();
        for flood in floods {
            let answer = flood.await.unwrap();
            assert!(matches!(answer, Ok(_) | Err(Error::Busy | Error::Throttled(_))), "{answer:?}");
        }
        assert_eq!(world.count("select coalesce(cast(sum(tries) as bigint), 0) from throttles").await, 0);
    }

    async fn a_right_password_that_comes_to_nothing_is_nobodys_failure(world: World) {
        world.set_up().await;
        world.execute("alter table sessions rename to lost").await;
        for _ in 0..15 {
            let vain = sign_in(&at(&world, "192.0.2.1"), (ADA, PASSWORD), "").await;
            assert!(matches!(vain, Err(Error::Internal(_))), "{vain:?}");
        }
        world.execute("alter table lost rename to sessions").await;
        assert_eq!(world.count("select coalesce(cast(sum(tries) as bigint), 0) from throttles").await, 0);
        assert!(sign_in(&at(&world, "192.0.2.1"), (ADA, PASSWORD), "").await.is_ok());
    }

    async fn tries_that_have_to_wait_write_nothing(world: World) {
        world.set_up().await;
        let thief = at(&world, "203.0.113.9");
        fail(&thief, ADA, 10).await;
        // With the writers' gate held, whoever would write has to wait for it.
        let held = world.services.db.begin().await.unwrap();
        let waiting = sign_in(&thief, (ADA, PASSWORD), "").await;
        drop(held);
        assert_eq!(wait(&waiting), 60);
    }

    async fn wrong_codes_of_links_and_of_set_up_are_counted_and_right_ones_are_not(world: World) {
        let mut stranger = world.browser();
        let form = |code| [("code", code), ("first_name", "Ada"), ("email", ADA), ("password", PASSWORD)];
        for _ in 0..20 {
            assert_eq!(stranger.post("/setup", &form("WRONG")).await.status, 400);
        }
        assert_eq!(stranger.post("/setup", &form("WRONG")).await.status, 429);
        world.services.clock.advance(60);
        let code = world.services.key.setup_code();
        assert_eq!(stranger.post("/setup", &form(&code)).await.status, 303);
        for _ in 0..30 {
            assert_eq!(stranger.open("/reset-password?code=nobodys").await.status, 409);
        }
        let answer = stranger.open("/reset-password?code=nobodys").await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "60"));
        assert!(answer.body.contains("try again in 60 seconds"), "{}", answer.body);
    }

    async fn refusals_are_counted_by_reason_and_shown_with_the_log(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        fail(&at(&world, "203.0.113.9"), ADA, 2).await;
        assert_eq!(world.signed_in(&grace).await.get("/admin/users").await.status, 403);
        assert_eq!(world.browser().open("/reset-password?code=nobodys").await.status, 409);
        let mut foreign = world.browser();
        foreign.headers = vec![("sec-fetch-site", "cross-site")];
        assert_eq!(foreign.post("/signin", &[]).await.status, 403);
        castellan::domain::refusals::write(&world.operator()).await.unwrap();
        let body = world.signed_in(&ada).await.get("/admin/audit").await.body;
        for told in ["2 wrong passwords", "1 request without the permission", "1 dead link", "1 form from elsewhere"] {
            assert!(body.contains(told), "{told}");
        }
        castellan::domain::refusals::write(&world.operator()).await.unwrap();
        assert_eq!(world.count("select times from refusals where kind = 'wrong-password'").await, 2, "counted once");
    }
}

#[test]
fn the_readme_shows_the_numbers() {
    let readme = include_str!("../../../README.md");
    for lane in LaneKind::ALL {
        let limit = lane.limit();
        let row = format!(
            "| {} | {} min | {} min | {} |",
            limit.free,
            limit.first_wait / 60,
            limit.longest_wait / 60,
            match limit.forgotten_in {
                60.. => format!("{} min", limit.forgotten_in / 60),
                seconds => format!("{seconds} s"),
            }
        );
        assert!(readme.contains(&row), "{lane:?}: {row}");
    }
}
