//! What administrators do for a person on their page: ending sessions, and ways in.

use crate::{
    domain::stage::{last, role},
    support::{Answer, Browser, PASSWORD, World, on_both_engines},
};
use castellan::domain::users::store::User;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// What a page shows once, if it does.
fn shown(page: &Answer) -> Option<String> {
    let secret = page.body.split("class=\"secret").nth(1)?.split('>').nth(1)?;
    Some(secret.split('<').next()?.to_owned())
}

/// Somebody who signs in with Firefox.
async fn with_firefox(world: &World, user: &User) -> Browser {
    let mut browser = world.browser();
    browser.headers.push(("user-agent", FIREFOX));
    assert_eq!(browser.post("/signin", &[("email", &user.email), ("password", PASSWORD)]).await.status, 303);
    browser
}

/// The only session of somebody, as its button on their page names it.
fn session(page: &Answer) -> String {
    let value = page.body.split("name=\"session\" value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

on_both_engines! {
    async fn a_session_ends_from_its_owners_page_and_is_dead_on_its_next_request(world: World) {
        let (ada, grace) = (world.set_up().await, world.add_with_role("grace", "read-only").await);
        let (mut admin, mut elsewhere) = (world.signed_in(&ada).await, with_firefox(&world, &grace).await);
        assert_eq!(elsewhere.get("/admin/users").await.status, 200);
        let path = format!("/admin/users/{}", grace.id);
        let page = admin.get(&path).await;
        assert!(page.body.contains("Firefox on Linux") && page.body.contains("192.0.2.1"), "{}", page.body);
        assert!(page.body.contains("Signed in") && !page.body.contains("End all"), "with its history: {}", page.body);
        let ended = admin.post(&format!("{path}/sessions/{}", session(&page)), &[]).await;
        assert_eq!(ended.location(), path);
        let page = admin.get(&path).await;
        assert!(page.body.contains("1 session ended.") && page.body.contains("They are signed in nowhere."), "{}", page.body);
        assert_eq!(elsewhere.get("/admin/users").await.location(), "/signin?next=%2Fadmin%2Fusers");
    }

    async fn all_sessions_end_and_ones_own_is_marked(world: World) {
        let ada = world.set_up().await;
        let (mut browser, mut other) = (world.signed_in(&ada).await, with_firefox(&world, &ada).await);
        let path = format!("/admin/users/{}", ada.id);
        assert_eq!(browser.get(&path).await.body.matches("this one").count(), 1);
        let ended = browser.post(&format!("{path}/sessions"), &[]).await;
        assert_eq!((ended.status, ended.location()), (303, path.as_str()));
        for browser in [&mut browser, &mut other] {
            assert!(browser.get(&path).await.location().starts_with("/signin"), "one's own ends, too");
        }
    }

    async fn whoever_may_not_end_sessions_sees_how_many_there_are_and_no_address(world: World) {
        let (ada, reader) = (world.set_up().await, world.add("linus", "").await);
        role(&world.operator(), "reader", &["users.read"]).await;
        world.give(&reader, "reader").await;
        with_firefox(&world, &ada).await;
        let page = world.signed_in(&reader).await.get(&format!("/admin/users/{}", ada.id)).await;
        assert!(page.status == 200 && !page.body.contains("Firefox on Linux") && !page.body.contains("192.0.2.1"), "{}", page.body);
        assert!(page.body.contains("<dt>Sessions</dt><dd>1</dd>"), "{}", page.body);
    }

    async fn a_temporary_password_is_asked_about_shown_once_and_works(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        let (mut admin, mut elsewhere) = (world.signed_in(&ada).await, world.signed_in(&grace).await);
        let path = format!("/admin/users/{}/temporary-password", grace.id);
        let asked = admin.get(&path).await;
        assert!(asked.body.contains("works for three days") && shown(&asked).is_none(), "{}", asked.body);
        let given = admin.submit(&asked, &path, &[]).await;
        let password = shown(&given).unwrap_or_else(|| panic!("{}", given.body));
        assert_eq!(given.status, 200);
        assert_eq!(shown(&admin.get(&path).await), None);
        assert_eq!(elsewhere.get("/admin").await.status, 303, "what the former one opened is over");
        let form = [("email", grace.email.as_str()), ("password", &password)];
        assert_eq!(world.browser().post("/signin", &form).await.location(), "/change-password");
        let path = format!("/admin/users/{}/temporary-password", ada.id);
        let own = admin.get(&path).await;
        let own = admin.submit(&own, &path, &[]).await;
        assert!(own.status == 409 && own.body.contains("do this to yourself"), "{}", own.body);
    }

    async fn a_reset_link_goes_by_mail_and_nowhere_else(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "Hopper").await);
        let (mut admin, path) = (world.signed_in(&ada).await, format!("/admin/users/{}", grace.id));
        let sent = admin.post(&format!("{path}/reset-link"), &[]).await;
        assert_eq!(sent.location(), path);
        let page = admin.get(&path).await;
        assert!(page.body.contains("A link is on its way by mail.") && shown(&page).is_none(), "{}", page.body);
        assert_eq!(world.text("select template from messages").await, "password-reset");
        assert_eq!(last(&world).await.action, "users.send-reset-link");
        assert_eq!(world.signed_in(&grace).await.get("/admin").await.status, 200, "her password works until she sets another");
    }

    async fn each_person_is_offered_what_works_for_them(world: World) {
        let ada = world.set_up().await;
        let (mut admin, grace) = (world.signed_in(&ada).await, world.add("grace", "Hopper").await);
        let path = format!("/admin/users/{}", grace.id);
        let page = admin.get(&path).await.body;
        assert!(page.contains("Send reset link") && page.contains("Temporary password…") && !page.contains("Send activation link"));
        assert!(!page.contains("Send link to confirm"), "her address is confirmed");
        world.execute("update users set password_hash = null, email_verified_at = null where last_name = 'Hopper'").await;
        let page = admin.get(&path).await.body;
        assert!(!page.contains("Send reset link") && page.contains("Send activation link") && page.contains("Send link to confirm"));
        for (button, template) in [("activation", "activation"), ("confirmation", "verify-email")] {
            assert_eq!(admin.post(&format!("{path}/{button}"), &[]).await.location(), path, "{button}");
            assert_eq!(world.text("select template from messages order by id desc limit 1").await, template);
        }
        admin.post(&format!("{path}/disable"), &[]).await;
        let page = admin.get(&path).await.body;
        assert!(page.contains("enable them first") && !page.contains("Send activation link"), "{page}");
    }
}
