//! Set-password links.

use crate::support::{PASSWORD, World, changes::*, on_both_engines};
use castellan::{
    domain::{
        codes::{self, Link, Purpose},
        error::{Error, Refused},
        parse::Email,
        sessions::{self, commands::SignIn},
    },
    model::{permission::Permission, principal::Principal, scope::Scope},
};

use super::stage::{give, is_refused, lasting, renamed, role};

const NEW: &str = "another horse, another battery";

fn is_dead<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Refused(Refused::DeadLink)))
}

async fn alive(world: &World, codes: &[Link]) -> Vec<bool> {
    let mut alive = Vec::new();
    for code in codes {
        alive.push(codes::redeeming::is_alive(&world.stranger(), code).await.unwrap());
    }
    alive
}

on_both_engines! {
    async fn whoever_may_make_links_no_more_opens_nothing_by_an_old_one(world: World) {
        let (desk, bob) = (world.add("desk", "").await, world.add("bob", "").await);
        let may = lasting(Principal::User(desk.id), Permission::UsersPasswordReset, Scope::Everywhere);
        let grant = give(&world, &may).await;
        let code = password_link(&world.as_user(&desk).await, bob.id).await;
        run(&world.operator(), RemoveAccess { grant, version: 1 }).await.unwrap();
        assert_eq!(alive(&world, std::slice::from_ref(&code)).await, [false]);
        assert!(is_dead(&codes::redeeming::redeem_reset(&world.stranger(), &code, NEW).await));
    }

    async fn no_link_is_made_for_somebody_disabled(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await);
        let (mut browser, page) = (world.signed_in(&ada).await, format!("/admin/users/{}", grace.id));
        let offered = |body: &str| body.contains("/password-link\"");
        assert!(offered(&browser.get(&page).await.body));
        run(&world.operator(), DisableUser { user: grace.id }).await.unwrap();
        assert!(is_refused(&run(&world.operator(), MakePasswordLink { user: grace.id }).await, Refused::Disabled));
        let body = browser.get(&page).await.body;
        assert!(!offered(&body) && body.contains("They are disabled, so a set-password link would not work; enable them first."));
        assert_eq!(browser.post(&format!("{page}/password-link"), &[]).await.status, 409);
        assert_eq!(world.count("select count(*) from codes").await, 0);
    }

    async fn a_link_that_somebody_disabled_still_has_says_that_it_is_dead(world: World) {
        let grace = world.add("grace", "").await;
        let (_, code) = run(&world.operator(), MakePasswordLink { user: grace.id }).await.unwrap();
        world.execute("update users set disabled_at = 1").await;
        let opened = world.browser().open(&format!("/reset-password?user={}&code={code}", grace.id)).await;
        assert!(opened.status == 409 && opened.body.contains("This link no longer works"), "{}", opened.body);
    }

    async fn a_link_sets_a_password_once_and_ends_sessions(world: World) {
        let ada = world.set_up().await;
        let ctx = world.stranger();
        let form = SignIn { login: "ada@example.com", password: PASSWORD, user_agent: "", known: "" };
        sessions::commands::sign_in(&ctx, form).await.unwrap();
        let code = password_link(&world.operator(), ada.id).await;
        assert!(codes::redeeming::is_alive(&ctx, &code).await.unwrap(), "looking changes nothing");
        assert!(matches!(codes::redeeming::redeem_reset(&ctx, &code, "short").await, Err(Error::Invalid(_))), "nor does a bad password");
        codes::redeeming::redeem_reset(&ctx, &code, NEW).await.unwrap();
        assert_eq!(world.count("select count(*) from sessions").await, 0);
        assert!(is_dead(&codes::redeeming::redeem_reset(&ctx, &code, NEW).await));
        let form = SignIn { login: "ada@example.com", password: NEW, user_agent: "", known: "" };
        assert!(sessions::commands::sign_in(&ctx, form).await.is_ok());
    }

    async fn links_expire_and_a_newer_one_voids_the_older(world: World) {
        let ada = world.set_up().await;
        let ctx = world.stranger();
        let older = password_link(&world.operator(), ada.id).await;
        let newer = password_link(&world.operator(), ada.id).await;
        assert!(is_dead(&codes::redeeming::redeem_reset(&ctx, &older, NEW).await));
        world.services.clock.advance(codes::RESET_LIFETIME);
        assert!(is_dead(&codes::redeeming::redeem_reset(&ctx, &newer, NEW).await));
        assert!(is_dead(&codes::redeeming::redeem_reset(&ctx, &Link::to(ada.id, "made up"), NEW).await));
    }

    async fn five_wrong_tries_void_a_link_of_whose_it_is_and_nobody_elses(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await);
        let (link, others) = (password_link(&world.operator(), ada.id).await, password_link(&world.operator(), grace.id).await);
        let guess = async || assert!(!codes::redeeming::is_alive(&world.stranger(), &Link::to(ada.id, "guess")).await.unwrap());
        for _ in 1..codes::TRIES {
            guess().await;
        }
        assert_eq!(alive(&world, std::slice::from_ref(&link)).await, [true]);
        guess().await;
        assert_eq!(alive(&world, &[link, others]).await, [false, true]);
        assert!(!codes::redeeming::is_alive(&world.stranger(), &Link::read(Purpose::PasswordReset, "nobody", "guess")).await.unwrap());
    }

    async fn a_disabled_user_can_not_use_a_link(world: World) {
        world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let code = password_link(&world.operator(), grace.id).await;
        run(&world.operator(), DisableUser { user: grace.id }).await.unwrap();
        assert!(is_dead(&codes::redeeming::redeem_reset(&world.stranger(), &code, NEW).await));
    }

    async fn a_link_opens_no_account_that_may_do_more_than_its_maker_by_then(world: World) {
        world.set_up().await;
        let desk = world.add("desk", "").await;
        let gives = role(&world.operator(), "desk", &["users.password-reset", "users.read"]).await;
        let held = world.give(&desk, &gives.name).await;
        let (bob, carl, dora) = (world.add("bob", "").await, world.add("carl", "").await, world.add("dora", "").await);
        let mut links = Vec::new();
        for user in [&bob, &carl, &dora] {
            links.push(password_link(&world.as_user(&desk).await, user.id).await);
        }
        world.give(&bob, "admin").await;
        world.give(&carl, &gives.name).await;
        assert_eq!(alive(&world, &links).await, [false, true, true], "the page says so, too");
        assert!(is_dead(&codes::redeeming::redeem_reset(&world.stranger(), &links[0], NEW).await), "an administrator by now");
        codes::redeeming::redeem_reset(&world.stranger(), &links[1], NEW).await.unwrap();
        world.give(&dora, &gives.name).await;
        run(&world.operator(), RemoveAccess { grant: held, version: 1 }).await.unwrap();
        assert_eq!(alive(&world, &links).await, [false; 3]);
        assert!(is_dead(&codes::redeeming::redeem_reset(&world.stranger(), &links[2], NEW).await), "the maker lost it");
    }

    async fn a_link_of_somebody_disabled_since_opens_nothing_they_held(world: World) {
        world.set_up().await;
        let (desk, bob) = (world.add_with_role("desk", "admin").await, world.add_with_role("bob", "read-only").await);
        let code = password_link(&world.as_user(&desk).await, bob.id).await;
        run(&world.operator(), DisableUser { user: desk.id }).await.unwrap();
        assert!(is_dead(&codes::redeeming::redeem_reset(&world.stranger(), &code, NEW).await));
    }

    async fn a_link_dies_with_the_address_and_when_its_user_is_disabled(world: World) {
        world.set_up().await;
        let (ctx, grace, linus) = (world.operator(), world.add("grace", "").await, world.add("linus", "").await);
        let sent = password_link(&ctx, grace.id).await;
        let mut moved = renamed(&grace, "grace");
        moved.profile.email = Email::parse("hopper@example.com").unwrap();
        run(&ctx, UpdateUser { user: grace.id, update: moved }).await.unwrap();
        assert!(is_dead(&codes::redeeming::redeem_reset(&world.stranger(), &sent, NEW).await));
        let sent = password_link(&ctx, linus.id).await;
        run(&ctx, DisableUser { user: linus.id }).await.unwrap();
        run(&ctx, EnableUser { user: linus.id }).await.unwrap();
        assert!(is_dead(&codes::redeeming::redeem_reset(&world.stranger(), &sent, NEW).await));
    }

    async fn nobody_makes_a_way_into_an_account_that_may_do_more(world: World) {
        let ada = world.set_up().await;
        let reader = world.add_with_role("grace", "read-only").await;
        world.execute("insert into role_permissions (role_id, pattern) values ('0000000000000000000000RDNY', 'users.password-reset')").await;
        let refused = run(&world.as_user(&reader).await, MakePasswordLink { user: ada.id }).await;
        assert!(matches!(refused, Err(Error::Refused(Refused::MoreThanYourself(_)))));
    }
}
