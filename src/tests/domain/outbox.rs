//! The outbox: at least once, never lost, and no way into an account.

use castellan::{
    config::SmtpUrl,
    domain::{
        error::{Error, Refused},
        outbox::{
            commands::{ResendMessage, RevealMessage},
            delivery::{self, WAITS},
            enqueue::enqueue,
            letter::Letter,
            queries::{self, NEWEST},
            store::{self, Message},
        },
        users,
    },
    mail::{sender::Sender, worker::send_next},
    model::{id::MessageId, mail::MessageState, permission::Permission, scope::Scope},
};

use super::stage::{holding, is_not_found, is_refused, last, message};
use crate::support::{Does, MailServer, World, changes::*, on_both_engines};

const BASE: &str = "https://id.example.com";

fn sender(server: &MailServer) -> Sender {
    Sender::new(&SmtpUrl::from(server.url()), "castellan@example.com").unwrap()
}

async fn changed(world: &World, user: &castellan::domain::users::store::User) -> MessageId {
    let mut tx = world.services.db.begin().await.unwrap();
    let to = users::store::recipient(&mut tx, user.id).await.unwrap().unwrap();
    let id = enqueue(&world.operator(), &mut tx, &to, (Letter::PasswordChanged, None)).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn find(world: &World, id: MessageId) -> Message {
    queries::read(&world.operator(), id).await.unwrap()
}

/// Sends all that is due; says how many tries that took.
async fn send_all(world: &World, sender: &Sender) -> usize {
    let mut tries = 0;
    while send_next(&world.operator(), sender, BASE).await.unwrap() {
        tries += 1;
    }
    tries
}

/// The lines of a message that begin like this.
fn header(mail: &str, name: &str) -> String {
    mail.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
}

on_both_engines! {
    async fn a_message_arrives_once_and_then_holds_no_link(world: World) {
        let (ada, server) = (world.set_up().await, MailServer::start().await);
        let id = message(&world, &ada).await;
        let waiting = find(&world, id).await;
        assert!(waiting.content(&world.services.key).unwrap().letter.has_code());
        assert_eq!(send_all(&world, &sender(&server)).await, 1);
        let sent = find(&world, id).await;
        assert_eq!(sent.state(), MessageState::Sent);
        assert!(!sent.content(&world.services.key).unwrap().letter.has_code());
        let mail = server.taken().remove(0);
        assert_eq!(header(&mail, "Message-ID:"), format!("<{id}@example.com>"));
        assert_eq!((header(&mail, "To:"), header(&mail, "Auto-Submitted:")), ("ada@example.com".into(), "auto-generated".into()));
        assert!(mail.contains("multipart/alternative") && mail.contains("reset-password?user="), "{mail}");
        assert_eq!(send_all(&world, &sender(&server)).await, 0);
    }

    async fn what_is_not_taken_is_tried_again_and_later_each_time(world: World) {
        let (ada, server) = (world.set_up().await, MailServer::start().await);
        let (id, sender) = (changed(&world, &ada).await, sender(&server));
        server.will(&[Does::Later, Does::HangUp, Does::TakeAndHangUp]);
        for wait in &WAITS[..3] {
            assert_eq!(send_all(&world, &sender).await, 1);
            let tried = find(&world, id).await;
            assert_eq!((tried.state(), tried.next_attempt_at), (MessageState::Waiting, world.services.clock.now().plus_seconds(*wait)));
            assert!(tried.last_error.is_some());
            world.services.clock.advance(*wait);
        }
        assert_eq!(send_all(&world, &sender).await, 1);
        assert_eq!(find(&world, id).await.state(), MessageState::Sent);
        let ids: Vec<String> = server.taken().iter().map(|mail| header(mail, "Message-ID:")).collect();
        assert_eq!(ids, [ids[0].clone(), ids[0].clone()], "taken twice where the yes was lost, and known for the same");
    }

    async fn what_is_refused_fails_with_the_servers_words_and_what_is_too_late_does(world: World) {
        let (ada, server) = (world.set_up().await, MailServer::start().await);
        let (refused, sender) = (changed(&world, &ada).await, sender(&server));
        server.will(&[Does::Refuse]);
        assert_eq!(send_all(&world, &sender).await, 1);
        let failed = find(&world, refused).await;
        assert_eq!(failed.state(), MessageState::Failed);
        assert!(failed.last_error.as_ref().unwrap().contains("nobody of that name lives here"), "{:?}", failed.last_error);
        let link = message(&world, &ada).await;
        server.will(&[Does::Later; 6]);
        for wait in WAITS {
            send_all(&world, &sender).await;
            world.services.clock.advance(wait);
        }
        let late = find(&world, link).await;
        assert_eq!((late.state(), late.content(&world.services.key).unwrap().letter.has_code()), (MessageState::Failed, false));
        assert!(late.attempts < 6, "its link is dead by then");
        let never = changed(&world, &ada).await;
        server.will(&[Does::Later; WAITS.len() + 1]);
        for wait in WAITS.iter().chain([&0]) {
            assert_eq!(send_all(&world, &sender).await, 1);
            world.services.clock.advance(*wait);
        }
        assert_eq!(find(&world, never).await.state(), MessageState::Failed);
    }

    async fn a_sender_that_dies_with_a_message_in_hand_loses_nothing(world: World) {
        let (ada, server) = (world.set_up().await, MailServer::start().await);
        let id = changed(&world, &ada).await;
        assert_eq!(delivery::claim(&world.operator()).await.unwrap().unwrap().id, id);
        assert_eq!(send_all(&world, &sender(&server)).await, 0, "nobody else takes it meanwhile");
        world.services.clock.advance(10 * 60);
        assert_eq!(send_all(&world, &sender(&server)).await, 1);
        assert_eq!(server.taken().len(), 1);
    }

    async fn two_senders_never_take_the_same_message(world: World) {
        let (ada, server) = (world.set_up().await, MailServer::start().await);
        for _ in 0..20 {
            changed(&world, &ada).await;
        }
        let (one, other) = (sender(&server), sender(&server));
        let sent = tokio::join!(send_all(&world, &one), send_all(&world, &other));
        assert_eq!((sent.0 + sent.1, server.taken().len()), (20, 20));
    }

    async fn sending_again_tries_at_once_or_makes_another_link(world: World) {
        let (ada, server, ctx) = (world.set_up().await, MailServer::start().await, world.operator());
        let (link, sender) = (message(&world, &ada).await, sender(&server));
        server.will(&[Does::Later]);
        send_all(&world, &sender).await;
        assert_eq!(run(&ctx, ResendMessage { message: link }).await.unwrap(), link);
        assert_eq!(send_all(&world, &sender).await, 1, "at once");
        let another = run(&ctx, ResendMessage { message: link }).await.unwrap();
        assert_ne!(another, link);
        let alive = "select count(*) from codes where used_at is null";
        assert_eq!(world.count(alive).await, 1, "the link before is void");
        let plain = changed(&world, &ada).await;
        send_all(&world, &sender).await;
        let copy = run(&ctx, ResendMessage { message: plain }).await.unwrap();
        assert_eq!(find(&world, copy).await.content(&world.services.key).unwrap().letter, Letter::PasswordChanged);
        run(&ctx, DeleteUser { user: ada.id, unchanged: None }).await.unwrap_err();
    }

    async fn a_link_is_shown_only_to_whoever_may_all_that_its_recipient_may(world: World) {
        let grace = world.add_with_role("grace", "admin").await;
        let id = message(&world, &grace).await;
        let all = [Permission::OutboxRead, Permission::OutboxResend, Permission::UsersPasswordReset];
        let (clerk, reader) = (holding(&world, "clerk", &all).await, holding(&world, "reader", &all[..2]).await);
        let outcome = run(&reader, RevealMessage { message: id }).await;
        assert!(matches!(outcome, Err(Error::Forbidden(Permission::UsersPasswordReset))), "{outcome:?}");
        let outcome = run(&clerk, RevealMessage { message: id }).await;
        assert!(is_refused(&outcome, Refused::MoreThanYourself(Default::default())), "{outcome:?}");
        let (_, content) = run(&world.operator(), RevealMessage { message: id }).await.unwrap();
        assert!(content.letter.has_code());
        assert_eq!(last(&world).await.action, "outbox.reveal");
        let inside = clerk.working_in(Scope::Tenant(castellan::model::id::ROOT_TENANT));
        assert!(queries::list(&inside, NEWEST, None).await.is_err());
        assert!(is_not_found(&queries::list(&world.operator().working_in(inside.scope), NEWEST, None).await));
    }

    async fn old_mail_is_forgotten_and_what_waits_is_not(world: World) {
        let (ada, server) = (world.set_up().await, MailServer::start().await);
        changed(&world, &ada).await;
        send_all(&world, &sender(&server)).await;
        let waiting = changed(&world, &ada).await;
        let now = world.services.clock.now().plus_seconds(1);
        let mut tx = world.services.db.begin().await.unwrap();
        assert_eq!(store::sweep(&mut tx, now, 100).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(find(&world, waiting).await.state(), MessageState::Waiting);
    }
}
