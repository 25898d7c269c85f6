//! Set-up, signing in and out, through pages.

use crate::support::{PASSWORD, World, on_both_engines};

on_both_engines! {
    async fn the_front_door_leads_to_set_up_then_sign_in_then_the_console(world: World) {
        let mut browser = world.browser();
        assert_eq!(browser.get("/").await.location(), "/setup");
        assert_eq!(browser.get("/signin").await.location(), "/setup");
        let code = world.services.key.setup_code();
        let form = [("code", code.as_str()), ("first_name", "Ada"), ("email", "ada@example.com"), ("password", PASSWORD)];
        assert_eq!(browser.post("/setup", &form).await.location(), "/signin");
        assert!(browser.get("/signin").await.body.contains("Castellan is set up"));
        assert!(!browser.get("/signin").await.body.contains("Castellan is set up"), "said once");
        assert_eq!(browser.get("/setup").await.status, 409);
        assert_eq!(browser.post("/setup", &form).await.status, 409);
        assert_eq!(browser.post("/signin", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.location(), "/admin");
        assert_eq!(browser.get("/").await.location(), "/admin");
        assert_eq!(browser.post("/signout", &[]).await.location(), "/signin");
        assert_eq!(browser.get("/admin/users").await.status, 303);
    }

    async fn sign_in_goes_on_to_where_one_wanted_to_be_and_nowhere_else(world: World) {
        world.set_up().await;
        let asked = world.browser().get("/admin/users?q=a%26b").await;
        assert_eq!(asked.location(), "/signin?next=%2Fadmin%2Fusers%3Fq%3Da%2526b");
        for (next, goes) in [("/admin/audit", "/admin/audit"), ("https://evil.example", "/admin"), ("//evil.example", "/admin"), ("/\\evil.example", "/admin"), ("/a\r\nb", "/admin")] {
            let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", next)];
            assert_eq!(world.browser().post("/signin", &form).await.location(), goes);
        }
    }

    async fn a_reset_link_opens_a_form_and_says_when_it_is_dead(world: World) {
        let ada = world.set_up().await;
        let mut admin = world.signed_in(&ada).await;
        let page = admin.post(&format!("/admin/users/{}/password-link", ada.id), &[]).await.body;
        let link = page.split("http://localhost").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let (mut browser, link) = (world.browser(), link.replace("&amp;", "&"));
        assert_eq!(browser.open(&link).await.status, 200);
        let (user, code) = link.split_once("user=").unwrap().1.split_once("&code=").unwrap();
        let differ = browser.post("/reset-password", &[("user", user), ("code", code), ("password", "one phrase of words"), ("again", "other")]).await;
        assert!(differ.status == 400 && differ.body.contains("type the same password twice"));
        let form = [("user", user), ("code", code), ("password", "one phrase of words"), ("again", "one phrase of words")];
        assert_eq!(browser.post("/reset-password", &form).await.location(), "/signin");
        assert_eq!(browser.open(&link).await.status, 409);
        assert_eq!(admin.get("/admin/users").await.status, 303, "the reset ended every session");
    }
}
