//! Another address to sign in with: confirmed by whoever reads mail there, stopped and taken back by whoever had the one before.

use castellan::{
    domain::{
        codes::{Link, redeeming},
        error::{Error, Refused},
        outbox::{commands::ResendMessage, letter::Letter, queries},
        parse::Email,
        users::{
            address::{confirm, is_alive, stop},
            input::UserUpdate,
            store::{self, User},
        },
    },
    http::chores,
    model::id::UserId,
};

use super::stage::{ask_for_address, is_invalid, is_refused, last, letters, link_of};
use crate::support::{World, changes::*, on_both_engines};

const DAY: i64 = 24 * 60 * 60;

/// What somebody signs in with now.
async fn login(world: &World, user: UserId) -> String {
    let mut conn = world.services.db.read().await.unwrap();
    store::find(None, &mut conn, user).await.unwrap().unwrap().login
}

/// Gives somebody this address, as an administrator does.
async fn give(world: &World, user: &User, new: &str) {
    let mut conn = world.services.db.read().await.unwrap();
    let now = store::find(None, &mut conn, user.id).await.unwrap().unwrap();
    drop(conn);
    let mut profile = now.profile();
    profile.email = Email::stored(new);
    let update = UserUpdate { profile, masked_phone: None, version: now.version };
    run(&world.operator(), UpdateUser { user: user.id, update }).await.unwrap();
}

/// What was written to whom, the newest first.
async fn written(world: &World) -> Vec<(String, &'static str)> {
    letters(world).await.into_iter().map(|(to, letter)| (to, letter.template())).collect()
}

/// A letter's link, by which of the newest it is.
async fn link(world: &World, place: usize) -> Link {
    link_of(&letters(world).await[place].1)
}

/// How much is written down of what is asked for.
async fn rows(world: &World) -> [i64; 4] {
    [
        world.count("select count(*) from messages").await,
        world.count("select count(*) from events").await,
        world.count("select count(*) from throttles").await,
        world.count("select count(*) from address_changes").await,
    ]
}

fn told(letters: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    letters.iter().map(|(to, letter)| ((*to).to_owned(), *letter)).collect()
}

on_both_engines! {
    async fn an_address_counts_once_it_was_confirmed_where_it_is_read(world: World) {
        let (ada, nobody) = (world.set_up().await, world.stranger());
        ask_for_address(&world, &ada, " New@Example.com ").await.unwrap();
        assert_eq!(written(&world).await, told(&[("ada@example.com", "address-asked"), ("new@example.com", "address-confirm")]));
        assert_eq!(login(&world, ada.id).await, "ada@example.com", "nothing changed yet");
        let asked = link(&world, 1).await;
        assert!(is_alive(&nobody, &asked).await.unwrap());
        confirm(&nobody, &asked).await.unwrap();
        assert_eq!(login(&world, ada.id).await, "new@example.com");
        assert_eq!(last(&world).await.action, "users.confirm-address-change");
        assert_eq!(written(&world).await[..2], told(&[("new@example.com", "address-new"), ("ada@example.com", "address-changed")]));
        assert!(is_refused(&confirm(&nobody, &asked).await, Refused::DeadLink), "once");
    }

    async fn it_is_stopped_before_and_taken_back_after_by_either_mail(world: World) {
        for (n, (confirms, place)) in [(false, 0), (true, 2), (true, 1)].into_iter().enumerate() {
            let (grace, nobody) = (world.add(&format!("grace{n}"), "").await, world.stranger());
            let (ctx, new) = (world.as_user(&grace).await, format!("new{n}@example.com"));
            ask_for_address(&world, &grace, &new).await.unwrap();
            let asked = link(&world, 1).await;
            if confirms {
                confirm(&nobody, &asked).await.unwrap();
            }
            let stops = link(&world, place).await;
            assert!(is_alive(&nobody, &stops).await.unwrap());
            stop(&nobody, &stops).await.unwrap();
            assert_eq!((login(&world, grace.id).await, last(&world).await.action), (grace.login.clone(), "users.stop-address-change".into()));
            assert!(is_refused(&confirm(&nobody, &asked).await, Refused::DeadLink));
            assert!(is_refused(&stop(&nobody, &stops).await, Refused::DeadLink), "once");
            assert!(run(&ctx, SignOut).await.is_err(), "every session ended");
            let after = [(grace.login.as_str(), "address-restored"), (new.as_str(), "address-changed")];
            assert_eq!(written(&world).await[..2] == told(&after), confirms, "both are told where something changed back");
        }
    }

    async fn links_live_for_a_day_and_for_a_week(world: World) {
        let (ada, nobody) = (world.set_up().await, world.stranger());
        ask_for_address(&world, &ada, "new@example.com").await.unwrap();
        let (stops, confirms) = (link(&world, 0).await, link(&world, 1).await);
        world.services.clock.advance(DAY - 1);
        assert!(is_alive(&nobody, &confirms).await.unwrap());
        world.services.clock.advance(1);
        assert!(is_refused(&confirm(&nobody, &confirms).await, Refused::DeadLink));
        world.services.clock.advance(6 * DAY - 1);
        assert!(is_alive(&nobody, &stops).await.unwrap());
        world.services.clock.advance(1);
        assert!(is_refused(&stop(&nobody, &stops).await, Refused::DeadLink));
        chores::sweep(&chores::context(&world.services)).await;
        assert_eq!(world.count("select count(*) from address_changes").await, 0, "and then it is forgotten");
    }

    async fn of_several_wishes_the_last_can_be_confirmed_and_all_can_be_stopped(world: World) {
        let (ada, nobody) = (world.set_up().await, world.stranger());
        ask_for_address(&world, &ada, "one@example.com").await.unwrap();
        let (stops, first) = (link(&world, 0).await, link(&world, 1).await);
        ask_for_address(&world, &ada, "two@example.com").await.unwrap();
        let second = link(&world, 1).await;
        assert!(is_refused(&confirm(&nobody, &first).await, Refused::DeadLink));
        confirm(&nobody, &second).await.unwrap();
        stop(&nobody, &stops).await.unwrap();
        assert_eq!(login(&world, ada.id).await, "ada@example.com", "whatever it was changed to meanwhile");
    }

    async fn whoever_had_the_address_first_has_the_last_word(world: World) {
        let (ada, nobody) = (world.set_up().await, world.stranger());
        for new in ["thief@example.com", "thief2@example.com"] {
            ask_for_address(&world, &ada, new).await.unwrap();
            confirm(&nobody, &link(&world, 1).await).await.unwrap();
        }
        let all = letters(&world).await;
        let (thiefs, adas) = (link_of(&all[1].1), link_of(&all[5].1));
        assert_eq!((all[1].0.as_str(), all[5].0.as_str()), ("thief@example.com", "ada@example.com"));
        stop(&nobody, &adas).await.unwrap();
        assert_eq!(login(&world, ada.id).await, "ada@example.com");
        assert!(is_refused(&stop(&nobody, &thiefs).await, Refused::DeadLink));
    }

    async fn taken_and_free_addresses_are_answered_alike_and_cost_the_same(world: World) {
        let ada = world.set_up().await;
        let (grace, gone) = (world.add("grace", "").await, world.add("gone", "").await);
        run(&world.operator(), DisableUser { user: gone.id }).await.unwrap();
        let mut written = Vec::new();
        for new in ["free@example.com", &grace.login, &gone.login] {
            let before = rows(&world).await;
            assert!(ask_for_address(&world, &ada, new).await.is_ok(), "{new}");
            written.push(rows(&world).await.iter().zip(before).map(|(after, before)| after - before).collect::<Vec<_>>());
            assert_eq!(letters(&world).await[0].0, "ada@example.com", "who asks reads the same");
        }
        assert_eq!(written, [[2, 1, 1, 1]; 3]);
        let to_grace = &letters(&world).await[3];
        assert_eq!(*to_grace, (grace.login.clone(), Letter::AddressTaken), "whose it is hears of it");
    }

    async fn nobody_asks_for_no_address_their_own_or_without_an_end(world: World) {
        let ada = world.set_up().await;
        for bad in ["", "nonsense", " ADA@example.com "] {
            assert!(is_invalid(&ask_for_address(&world, &ada, bad).await, "email"), "{bad}");
        }
        for _ in 0..5 {
            ask_for_address(&world, &ada, "new@example.com").await.unwrap();
        }
        let limited = ask_for_address(&world, &ada, "new@example.com").await;
        assert!(matches!(limited, Err(Error::Throttled(_))), "{limited:?}");
        let message = queries::list(&world.operator(), queries::NEWEST, None).await.unwrap().0.remove(0);
        let again = run(&world.operator(), ResendMessage { message: message.id }).await.map(drop);
        assert!(matches!(again, Ok(()) | Err(Error::Refused(Refused::OneAddress))), "{again:?}");
    }

    async fn an_address_that_is_taken_by_then_is_not_taken_away(world: World) {
        let (ada, nobody) = (world.set_up().await, world.stranger());
        ask_for_address(&world, &ada, "grace@example.com").await.unwrap();
        let asked = link(&world, 1).await;
        let grace = world.add("grace", "").await;
        assert!(is_refused(&confirm(&nobody, &asked).await, Refused::DeadLink));
        give(&world, &grace, "new@example.com").await;
        let back = link(&world, 1).await;
        world.add("grace", "").await;
        assert!(is_refused(&stop(&nobody, &back).await, Refused::AddressTaken));
        assert_eq!(login(&world, grace.id).await, "new@example.com");
        assert!(is_alive(&nobody, &back).await.unwrap(), "it may be free again");
    }

    async fn another_password_voids_what_was_asked_for_and_not_the_way_back(world: World) {
        let (ada, nobody) = (world.set_up().await, world.stranger());
        ask_for_address(&world, &ada, "thief@example.com").await.unwrap();
        let (stops, confirms) = (link(&world, 0).await, link(&world, 1).await);
        let (_, code) = run(&world.operator(), MakePasswordLink { user: ada.id }).await.unwrap();
        redeeming::redeem_reset(&nobody, &Link::to(ada.id, &code), "another horse, another battery").await.unwrap();
        assert!(is_refused(&confirm(&nobody, &confirms).await, Refused::DeadLink));
        assert!(is_alive(&nobody, &stops).await.unwrap());
    }

    async fn what_an_administrator_changed_is_told_and_taken_back_too(world: World) {
        let (grace, nobody) = (world.add("grace", "").await, world.stranger());
        give(&world, &grace, "wrong@example.com").await;
        assert_eq!(written(&world).await[..2], told(&[("wrong@example.com", "address-new"), ("grace@example.com", "address-changed")]));
        let back = link(&world, 1).await;
        stop(&nobody, &back).await.unwrap();
        assert_eq!(login(&world, grace.id).await, "grace@example.com");
        give(&world, &grace, "wrong@example.com").await;
        undo(&world.operator(), last(&world).await.id).await.unwrap();
        let (to, letter) = letters(&world).await.remove(1);
        assert_eq!(to, "wrong@example.com");
        assert!(!letter.has_code(), "whoever was given the account by mistake doesn't get it back: {letter:?}");
    }
}
