//! Passkeys through pages.

use crate::support::{Answer, Browser, Device, PASSWORD, World, on_both_engines};

const SIGN_IN: &str = "/signin/passkey";
const LIST: &str = "/account/passkeys";

/// What the page tells its script to ask the device.
fn options(page: &Answer) -> String {
    let rest = page.body.split_once("data-options=\"").unwrap_or_else(|| panic!("{}", page.body)).1;
    rest.split_once('"').unwrap().0.replace("&quot;", "\"").replace("&amp;", "&")
}

/// Adds a passkey to whoever is signed in with this browser.
async fn add(browser: &mut Browser) -> Device {
    let mut device = Device::new("http://localhost");
    let page = browser.get(LIST).await;
    let answer = device.create(&options(&page));
    let added = browser.submit(&page, LIST, &[("answer", &answer)]).await;
    assert_eq!((added.status, added.location()), (303, LIST), "{}", added.body);
    device
}

#[test]
fn the_script_of_passkeys_is_small_and_asks_nobody_else() {
    let script = include_str!("../../../public/passkey.js");
    assert!(script.len() <= 4096 && !script.contains("fetch(") && !script.contains("http"), "{}", script.len());
}

on_both_engines! {
    async fn a_passkey_is_added_signs_in_and_goes_on_to_where_one_wanted_to_be(world: World) {
        let ada = world.set_up().await;
        let mut device = add(&mut world.signed_in(&ada).await).await;
        let mut browser = world.browser();
        let page = browser.get("/signin/passkey?next=/admin/audit").await;
        assert!(page.status == 200 && page.body.contains("src=\"/passkey.js\""), "{}", page.body);
        let answer = device.get(&options(&page));
        let signed_in = browser.submit(&page, SIGN_IN, &[("answer", &answer)]).await;
        assert_eq!((signed_in.status, signed_in.location()), (303, "/admin/audit"), "{}", signed_in.body);
        assert!(browser.cookies.keys().any(|name| name.ends_with("-known")));
        assert!(!browser.cookies.keys().any(|name| name.ends_with("-passkey")), "what was answered is forgotten");
        let body = browser.get(LIST).await.body;
        assert!(body.contains("last used") && body.contains("<bdi>Passkey</bdi>"), "{body}");
    }

    async fn a_wrong_answer_is_said_in_the_readers_language_with_another_question(world: World) {
        world.set_up().await;
        let mut browser = world.browser();
        let page = browser.get("/signin/passkey?lang=de").await;
        let refused = browser.submit(&page, "/signin/passkey?lang=de", &[("answer", "{}"), ("fn", "/fn/sign-in/passkey")]).await;
        assert_eq!(refused.status, 401);
        assert!(refused.body.contains("Dieser Passkey funktioniert hier nicht"), "{}", refused.body);
        assert_ne!(options(&page), options(&refused));
        let late = world.browser().post(SIGN_IN, &[("answer", "{}")]).await;
        assert!(late.status == 409 && late.body.contains("This waited too long for your passkey"), "{}", late.body);
    }

    async fn the_second_step_is_a_passkey_for_whoever_has_one(world: World) {
        let ada = world.set_up().await;
        let mut device = add(&mut world.signed_in(&ada).await).await;
        let mut browser = world.browser();
        let typed = browser.post("/signin", &[("email", &ada.email), ("password", PASSWORD), ("next", "/admin/audit")]).await;
        let step = browser.get(typed.location()).await.body;
        assert!(step.contains("href=\"/signin/passkey?step=second&amp;next=%2Fadmin%2Faudit\"") && !step.contains("name=\"code\""), "{step}");
        let page = browser.get("/signin/passkey?step=second&next=/admin/audit").await;
        let answer = device.get(&options(&page));
        assert_eq!(browser.submit(&page, SIGN_IN, &[("answer", &answer)]).await.location(), "/admin/audit");
        assert_eq!(world.browser().get("/signin/passkey?step=second").await.location(), "/signin", "nobody waits there");
    }

    async fn passkeys_are_offered_where_the_site_has_a_name_and_nowhere_else(world: World) {
        let ada = world.set_up().await;
        assert!(world.browser().get("/signin").await.body.contains("href=\"/signin/passkey\""));
        let mut browser = Browser::new(world.router("http://127.0.0.1:3000"));
        assert!(!browser.get("/signin").await.body.contains("passkey"));
        let page = browser.get(SIGN_IN).await;
        assert!(page.status == 200 && page.body.contains("Passkeys don't work at this address") && !page.body.contains("<script"));
        assert_eq!(browser.post("/signin", &[("email", &ada.email), ("password", PASSWORD)]).await.status, 303);
        let list = browser.get(LIST).await.body;
        assert!(list.contains("Passkeys don't work at this address") && !list.contains("/passkey.js"));
    }

    async fn ones_own_passkey_is_renamed_and_removed_on_its_page(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        add(&mut browser).await;
        let list = browser.get(LIST).await.body;
        let href = list.split_once("href=\"/account/passkeys/").unwrap().1.split_once('"').unwrap().0;
        let one = format!("{LIST}/{href}");
        let refused = browser.post(&one, &[("name", " ")]).await;
        assert!(refused.status == 400 && refused.body.contains("enter a name"));
        assert_eq!(browser.post(&one, &[("name", "Work phone")]).await.location(), LIST);
        assert!(browser.get(LIST).await.body.contains("<bdi>Work phone</bdi>"));
        let grace = world.add_with_role("grace", "admin").await;
        assert_eq!(world.signed_in(&grace).await.get(&one).await.status, 404);
        assert_eq!(browser.post(&format!("{one}/remove"), &[]).await.location(), LIST);
        assert!(browser.get(LIST).await.body.contains("You have no passkey yet"));
    }
}
