//! Asking for a new password by mail.

use castellan::{
    domain::{
        calling::Caller,
        codes::{self, Link, sending::SendResetLink},
        ctx::{Ctx, Origin},
        error::{Error, Refused},
        outbox::{
            letter::Letter,
            queries::{NEWEST, list},
        },
        reset_requests::{answer_next, ask},
    },
    model::{id::UserId, permission::Permission},
};

use super::stage::{holding, is_refused, last};
use crate::support::{PASSWORD, World, changes::*, on_both_engines};

const NEW: &str = "another horse, another battery";

fn from(world: &World, address: &str) -> Ctx {
    let origin = Origin { address: Some(address.parse().unwrap()), request_id: None };
    Ctx::new(world.services.clone(), Caller::Anonymous, origin)
}

fn server(world: &World) -> Ctx {
    Ctx::new(world.services.clone(), Caller::System, Origin::default())
}

async fn answered(world: &World) -> usize {
    let mut answered = 0;
    while answer_next(&server(world)).await.unwrap() {
        answered += 1;
    }
    answered
}

/// Whose link the newest message holds.
async fn mailed(world: &World) -> Option<(UserId, String)> {
    let newest = list(&world.operator(), NEWEST, None).await.unwrap().0.into_iter().next()?;
    match newest.content(&world.services.key).unwrap().letter {
        Letter::PasswordReset { user, code } => Some((user, code?)),
        _ => None,
    }
}

on_both_engines! {
    async fn whoever_asks_gets_a_link_that_works_once(world: World) {
        let ada = world.set_up().await;
        ask(&from(&world, "192.0.2.7"), " ADA@example.com ").await.unwrap();
        assert_eq!(world.count("select count(*) from codes").await, 0, "the request only notes the address");
        assert_eq!(answered(&world).await, 1);
        let (user, code) = mailed(&world).await.unwrap();
        assert_eq!(user, ada.id);
        let event = last(&world).await;
        assert_eq!((event.action.as_str(), event.address.as_deref()), ("users.send-password-link", Some("192.0.2.7")));
        codes::redeeming::redeem_reset(&world.stranger(), &Link::to(user, &code), NEW).await.unwrap();
        assert!(codes::redeeming::redeem_reset(&world.stranger(), &Link::to(user, &code), PASSWORD).await.is_err());
        assert_eq!(world.text("select template from messages order by id desc limit 1").await, "password-changed", "they are told");
    }

    async fn known_and_unknown_addresses_cost_and_say_the_same(world: World) {
        world.set_up().await;
        let disabled = world.add("grace", "").await;
        run(&world.operator(), DisableUser { user: disabled.id }).await.unwrap();
        let rows = async || world.count("select count(*) from reset_requests").await;
        let events = world.count("select count(*) from events").await;
        for (address, n) in [("ada@example.com", 1), ("nobody@example.com", 2), ("grace@example.com", 3)] {
            assert!(ask(&from(&world, "192.0.2.7"), address).await.is_ok(), "{address}");
            assert_eq!(rows().await, n, "{address}");
        }
        assert_eq!(world.count("select count(*) from events").await, events);
        assert_eq!(answered(&world).await, 3);
        assert_eq!((rows().await, world.count("select count(*) from messages").await), (0, 1));
        assert_eq!(world.count("select count(*) from events").await, events + 1, "nothing is written of strangers");
    }

    async fn what_is_no_address_is_told_and_floods_are_limited(world: World) {
        world.set_up().await;
        assert!(matches!(ask(&from(&world, "192.0.2.7"), "nobody at all").await, Err(Error::Invalid(_))));
        for to in ["ada@example.com", "nobody@example.com"] {
            for n in 0..5 {
                assert!(ask(&from(&world, &format!("198.51.100.{n}")), to).await.is_ok(), "{to} {n}");
            }
            assert!(matches!(ask(&from(&world, "198.51.100.9"), to).await, Err(Error::Throttled(_))), "{to}");
        }
        for n in 0..20 {
            assert!(ask(&from(&world, "203.0.113.1"), &format!("nobody{n}@example.com")).await.is_ok(), "{n}");
        }
        assert!(matches!(ask(&from(&world, "203.0.113.1"), "nobody20@example.com").await, Err(Error::Throttled(_))));
    }

    async fn requests_that_waited_too_long_are_dropped(world: World) {
        world.set_up().await;
        ask(&from(&world, "192.0.2.7"), "ada@example.com").await.unwrap();
        world.services.clock.advance(codes::RESET_LIFETIME);
        assert_eq!(answered(&world).await, 1);
        assert_eq!(mailed(&world).await, None);
    }

    async fn an_administrator_sends_a_link_to_nobody_above_them_and_to_nobody_who_is_locked_out(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        let clerk = holding(&world, "clerk", &[Permission::UsersPasswordReset]).await;
        let outcome = run(&clerk, SendResetLink { user: ada.id }).await;
        assert!(is_refused(&outcome, Refused::MoreThanYourself(Default::default())), "{outcome:?}");
        run(&clerk, SendResetLink { user: grace.id }).await.unwrap();
        let (user, first) = mailed(&world).await.unwrap();
        assert_eq!((user, last(&world).await.action.as_str()), (grace.id, "users.send-reset-link"));
        run(&clerk, SendResetLink { user: grace.id }).await.unwrap();
        assert!(!codes::redeeming::is_alive(&world.operator(), &Link::to(user, &first)).await.unwrap(), "the link before is void");
        run(&world.operator(), DisableUser { user: grace.id }).await.unwrap();
        assert!(is_refused(&run(&clerk, SendResetLink { user: grace.id }).await, Refused::Disabled));
    }
}
