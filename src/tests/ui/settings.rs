//! Settings through pages, of all and of a tenant, with what a change would do.

use crate::{
    domain::stage::{member, role, tenant},
    support::{World, on_both_engines},
};

const ALL: &str = "/admin/settings";

on_both_engines! {
    async fn what_a_change_would_do_is_said_before_it_is_made(world: World) {
        let ada = world.set_up().await;
        world.add("grace", "Hopper").await;
        let mut browser = world.signed_in(&ada).await;
        let page = browser.get(ALL).await;
        assert!(page.body.contains("No tenant asks for more than this"), "{}", page.body);
        let typed = [("second_factor", "required"), ("password_min", "20")];
        let asked = browser.submit(&page, ALL, &[&typed[..], &[("step", "preview")]].concat()).await;
        assert!(asked.status == 200 && asked.body.contains("<b>2</b> people must set up a second factor"), "{}", asked.body);
        assert!(asked.body.contains("less than <b>20</b> characters") && asked.body.contains("value=\"20\""));
        assert_eq!(world.count("select count(*) from settings where name = 'asked'").await, 0);
        assert_eq!(browser.submit(&page, ALL, &typed).await.location(), ALL);
        assert!(browser.get(ALL).await.body.contains("Saved."));
        assert_eq!(world.browser().post("/signin", &[("email", "grace@example.com"), ("password", crate::support::PASSWORD)]).await.location(), "/signin/second-factor");
    }

    async fn two_who_change_settings_see_both_edits(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let opened = browser.get(ALL).await;
        assert_eq!(browser.submit(&opened, ALL, &[("password_min", "20")]).await.status, 303);
        let late = browser.submit(&opened, ALL, &[("password_min", "18"), ("idle_minutes", "30")]).await;
        assert!(late.status == 409 && late.body.contains("You both changed the length of passwords"), "{}", late.body);
        assert_eq!(browser.submit(&late, ALL, &[]).await.status, 303, "after they saw both");
        assert_eq!(world.text("select value from settings where name = 'asked'").await, r#"{"idle_minutes":30,"password_min":18}"#);
        let opened = browser.get(ALL).await;
        let wrong = browser.submit(&opened, ALL, &[("password_min", "7"), ("session_minutes", "x")]).await;
        assert!(wrong.status == 400 && wrong.body.contains("nter a number from 8 to 128") && wrong.body.contains("value=\"x\""), "{}", wrong.body);
    }

    async fn a_tenant_has_settings_of_its_own_which_the_page_of_all_lists(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        member(&world, "grace", &a).await;
        let (mut browser, path) = (world.signed_in(&ada).await, format!("/admin/tenants/{}/settings", a.id));
        let page = browser.get(&path).await;
        let typed = [("second_factor", "required"), ("session_minutes", "60")];
        let asked = browser.submit(&page, &path, &[&typed[..], &[("step", "preview")]].concat()).await;
        assert!(asked.body.contains("<b>1</b> person must set up a second factor"), "{}", asked.body);
        assert_eq!(browser.submit(&page, &path, &typed).await.location(), path);
        let all = browser.get(ALL).await.body;
        assert!(all.contains(&format!("href=\"{path}\"")) && all.contains("a second factor, sessions of 60 minutes"), "{all}");
        browser.work_in("root");
        assert_eq!(browser.get(&path).await.status, 404, "another tenant's");
        browser.work_in(&a.slug);
        assert_eq!((browser.get(&path).await.status, browser.get(ALL).await.status), (200, 404), "its own, and not those of all");
    }

    async fn whoever_may_only_read_settings_has_no_form(world: World) {
        let (ada, reader) = (world.set_up().await, world.add("linus", "").await);
        role(&world.operator(), "reader", &["settings.read"]).await;
        world.give(&reader, "reader").await;
        let page = world.signed_in(&reader).await.get(ALL).await;
        assert!(page.status == 200 && page.body.contains("Everybody: as everywhere.") && !page.body.contains("name=\"password_min\""), "{}", page.body);
        assert!(!page.body.contains("Send a test mail"));
        assert!(world.signed_in(&ada).await.get(ALL).await.body.contains("Send a test mail"));
    }

    async fn a_test_mail_goes_to_whoever_asks_for_it(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        assert_eq!(browser.post("/admin/settings/test-mail", &[]).await.location(), ALL);
        assert!(browser.get(ALL).await.body.contains("A test mail to you is in the outbox."));
        assert_eq!(world.text("select recipient || ' ' || template from messages").await, "ada@example.com test");
        let outbox = browser.get("/admin/outbox").await.body;
        assert!(outbox.contains("Test of the mail server"), "{outbox}");
    }
}
