//! The outbox through pages: what became of mail, and links for those alone who may see them.

use crate::{
    domain::stage::{last, message, role},
    support::{Answer, World, on_both_engines},
};

/// The link of the message as its page shows it, if it does.
fn shown(page: &Answer) -> Option<String> {
    let secret = page.body.split("class=\"secret").nth(1)?.split('>').nth(1)?;
    Some(secret.split('<').next()?.to_owned())
}

on_both_engines! {
    async fn mail_is_listed_by_what_became_of_it_with_the_servers_words(world: World) {
        let ada = world.set_up().await;
        let (mut browser, failed) = (world.signed_in(&ada).await, message(&world, &ada).await);
        world.execute("update messages set failed_at = 1, last_error = 'nobody <b>lives</b> here'").await;
        let waiting = message(&world, &ada).await;
        let all = browser.get("/admin/outbox").await.body;
        assert!(all.contains(&failed.to_string()) && all.contains(&waiting.to_string()) && all.contains("Link to set a new password"));
        let only = browser.get("/admin/outbox?state=failed").await.body;
        assert!(only.contains(&failed.to_string()) && !only.contains(&waiting.to_string()), "{only}");
        assert!(only.contains("nobody &lt;b&gt;lives&lt;/b&gt; here"), "{only}");
        let only = browser.get("/admin/outbox?state=waiting").await.body;
        assert!(!only.contains(&failed.to_string()) && only.contains(&waiting.to_string()), "{only}");
        assert!(browser.get("/admin/outbox?state=sent").await.body.contains("Nothing was sent yet"));
    }

    async fn the_list_goes_on_for_as_long_as_there_is_mail(world: World) {
        let ada = world.set_up().await;
        let (mut browser, first) = (world.signed_in(&ada).await, message(&world, &ada).await);
        for _ in 0..50 {
            message(&world, &ada).await;
        }
        let page = browser.get("/admin/outbox?state=waiting").await.body;
        assert!(page.matches("<tr").count() == 51 && !page.contains(&first.to_string()), "the oldest is on the next page");
        let older = page.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
        assert!(older.starts_with("/admin/outbox?state=waiting&before="), "{older}");
        let page = browser.get(&older).await.body;
        assert!(page.matches("<tr").count() == 2 && page.contains(&first.to_string()), "{page}");
        assert!(browser.get(&format!("/admin/outbox?before={first}")).await.body.contains("This page is empty by now"));
    }

    async fn a_message_is_shown_with_its_code_blanked_and_can_do_nothing(world: World) {
        let ada = world.set_up().await;
        let (mut browser, id) = (world.signed_in(&ada).await, message(&world, &ada).await);
        let page = browser.get(&format!("/admin/outbox/{id}")).await.body;
        assert!(page.contains("code=********") && page.contains("sandbox=\"\"") && page.contains("ada@example.com"), "{page}");
        let letter = browser.get(&format!("/admin/outbox/{id}/letter")).await;
        assert!(letter.status == 200 && letter.body.contains("code=********"), "{}", letter.body);
        let policy = letter.header("content-security-policy");
        assert!(policy.contains("default-src 'none'; style-src 'unsafe-inline'") && policy.ends_with("sandbox"), "{policy}");
        assert_eq!((letter.header("x-frame-options"), letter.header("cache-control")), ("SAMEORIGIN", "no-store"));
        assert_eq!(browser.get("/admin/users").await.header("x-frame-options"), "DENY");
        for path in ["/admin/outbox/x", "/admin/outbox/x/letter", &format!("/admin/outbox/{}/letter", ada.id)] {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
    }

    async fn a_link_is_shown_once_and_that_it_was_is_in_the_log(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let (mut browser, id) = (world.signed_in(&ada).await, message(&world, &grace).await);
        let page = browser.post(&format!("/admin/outbox/{id}/reveal"), &[]).await;
        let link = shown(&page).unwrap_or_else(|| panic!("{}", page.body)).replace("&amp;", "&");
        assert!(page.status == 200 && link.starts_with("http://localhost/reset-password?user="), "{link}");
        let event = last(&world).await;
        assert_eq!((event.action.as_str(), event.target_name.as_str()), ("outbox.reveal", "grace@example.com"));
        assert_eq!(shown(&browser.get(&format!("/admin/outbox/{id}")).await), None);
        assert!(world.browser().open(link.strip_prefix("http://localhost").unwrap()).await.body.contains("New password"));
        world.execute("update messages set sent_at = 1, sealed = null, template = 'password-changed', variables = '{}'").await;
        assert!(!browser.get(&format!("/admin/outbox/{id}")).await.body.contains("Show the link"));
        assert_eq!(browser.post(&format!("/admin/outbox/{id}/reveal"), &[]).await.status, 409, "nothing is left of it");
    }

    async fn nobody_is_shown_the_link_of_somebody_who_may_do_more(world: World) {
        let ada = world.set_up().await;
        let clerk = world.add("linus", "").await;
        role(&world.operator(), "clerk", &["outbox.*", "users.password-reset"]).await;
        world.give(&clerk, "clerk").await;
        let (mut browser, id) = (world.signed_in(&clerk).await, message(&world, &ada).await);
        let page = browser.get(&format!("/admin/outbox/{id}")).await;
        let page = browser.submit(&page, &format!("/admin/outbox/{id}/reveal"), &[]).await;
        assert!(page.status == 409 && shown(&page).is_none() && page.body.contains("more than you may do yourself"), "{}", page.body);
        assert_ne!(last(&world).await.action, "outbox.reveal");
    }

    async fn a_message_is_sent_again_from_its_page(world: World) {
        let ada = world.set_up().await;
        let (mut browser, id) = (world.signed_in(&ada).await, message(&world, &ada).await);
        world.execute("update messages set failed_at = 1, attempts = 9").await;
        let page = browser.get(&format!("/admin/outbox/{id}")).await;
        let sent = browser.submit(&page, &format!("/admin/outbox/{id}/resend"), &[]).await;
        assert!(sent.status == 303 && sent.location().starts_with("/admin/outbox/") && !sent.location().ends_with(&id.to_string()));
        let new = browser.get(sent.location()).await.body;
        assert!(new.contains("It is in the outbox.") && new.contains("Waiting"), "{new}");
        assert_eq!(world.count("select count(*) from codes where used_at is null").await, 1, "the link before is void");
    }

    async fn there_is_no_outbox_in_a_tenant(world: World) {
        let ada = world.set_up().await;
        let (mut browser, id) = (world.signed_in(&ada).await, message(&world, &ada).await);
        assert!(browser.get("/admin/users").await.body.contains("href=\"/admin/outbox\""));
        browser.work_in("root");
        assert!(!browser.get("/admin/users").await.body.contains("/outbox"));
        for path in ["/admin/outbox".to_owned(), format!("/admin/outbox/{id}"), format!("/admin/outbox/{id}/letter")] {
            assert_eq!(browser.get(&path).await.status, 404, "{path}");
        }
        let reveal = format!("id={id}&fn=/fn/outbox/reveal");
        assert_eq!(browser.send("POST", "/admin/users", reveal).await.status, 404);
    }
}
