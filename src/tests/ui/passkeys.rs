//! Passkeys through pages.

use crate::{
    support::{Answer, Browser, Device, PASSWORD, World, on_both_engines},
    ui::places,
};

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

    async fn a_passkey_proves_once_more_who_is_signed_in(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let mut device = add(&mut browser).await;
        world.services.clock.advance(11 * 60);
        let asked = browser.post("/account/tokens", &[("name", "ci")]).await;
        assert_eq!(asked.location(), "/signin/again?next=%2Faccount%2Ftokens");
        let again = browser.get("/signin/again?next=/account/tokens").await.body;
        let href = "/signin/passkey?step=again&next=%2Faccount%2Ftokens";
        assert!(again.contains(&format!("href=\"{}\"", href.replace('&', "&amp;"))), "{again}");
        let page = browser.get(href).await;
        let answer = device.get(&options(&page));
        let mut other = world.signed_in(&world.add("grace", "").await).await;
        other.cookies.extend(browser.cookies.iter().filter(|(name, _)| name.ends_with("-passkey")).map(|(name, value)| (name.clone(), value.clone())));
        let refused = other.post("/fn/sign-in/again/passkey", &[("answer", &answer)]).await;
        assert!(refused.status == 409 && refused.body.contains("waited too long"), "another session's question: {}", refused.body);
        let function = "/fn/sign-in/again/passkey";
        assert_eq!(browser.post(function, &[("answer", "{}")]).await.status, 401);
        let page = browser.get(href).await;
        let typed = [("answer", device.get(&options(&page))), ("next", "/account/tokens".into())];
        let typed = typed.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(browser.post(function, &typed).await.location(), "/account/tokens");
        assert_eq!(world.count("select count(*) from events where action = 'sessions.prove'").await, 1);
        let made = browser.post("/account/tokens", &[("name", "ci")]).await;
        assert!(made.status == 200 && made.body.contains("cst_"), "it counts for ten minutes: {}", made.body);
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
        let mut desk = world.signed_in(&grace).await;
        assert_eq!(desk.get(&one).await.status, 404, "its own page is its owner's");
        assert_eq!(browser.post(&format!("{one}/remove"), &[]).await.location(), LIST);
        assert!(browser.get(LIST).await.body.contains("You have no passkey yet"));
    }

    async fn one_lost_device_of_somebody_is_removed_alone(world: World) {
        let ada = world.set_up().await;
        let id = places::passkey(&world).await;
        let (grace, mut desk) = (world.add("grace", "").await, world.signed_in(&ada).await);
        let list = desk.get("/admin/users?q=keeper").await;
        let id_of_keeper = list.body.split_once("href=\"/admin/users/01").unwrap().1.split_once('"').unwrap().0;
        let page = format!("/admin/users/01{id_of_keeper}");
        let shown = desk.get(&page).await;
        assert!(shown.body.contains("Remove the passkey Phone…"), "{}", shown.body);
        assert_eq!(world.signed_in(&grace).await.post("/fn/passkeys/delete", &[("id", &id)]).await.status, 403);
        assert_eq!(desk.post("/fn/passkeys/delete", &[("id", &id)]).await.location(), page);
        assert!(!desk.get(&page).await.body.contains("Remove the passkey"));
        assert_eq!(world.count("select count(*) from messages where template = 'credential-changed'").await, 1, "they are told");
    }
}
