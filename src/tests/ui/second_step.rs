//! The second step of sign-in and temporary passwords, through pages.

use castellan::{
    domain::{
        second_factor::totp,
        sessions::{pending, store::Awaits},
        tenants::{asked::SetSettings, settings::TenantSettings},
        users::store::User,
    },
    http::access::Access,
};
use qrcode::{Color, QrCode};

use crate::{
    domain::{
        second_factor::{bind_app, mailed, other, shown, wrong},
        state,
    },
    support::{Answer, Browser, PASSWORD, World, changes::*, on_both_engines},
    ui::places::routes,
};

const CODE: &str = "/signin/second-factor";
const CHANGE: &str = "/change-password";
const NEW: &str = "another horse, another battery";
const NEWER: &str = "a third horse, and its battery";

/// A browser in which somebody typed name and password, and where that led.
async fn typed(world: &World, (email, password): (&str, &str), next: &str) -> (Browser, Answer) {
    let mut browser = world.browser();
    let answer = browser.post("/signin", &[("email", email), ("password", password), ("next", next)]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    (browser, answer)
}

/// Ada, with an app.
async fn with_app(world: &World) -> User {
    let ada = world.set_up().await;
    bind_app(world, &ada).await;
    ada
}

/// A browser that waits for ada's code.
async fn waiting(world: &World) -> Browser {
    typed(world, ("ada@example.com", PASSWORD), "").await.0
}

/// Grace, who was given a password for three days, and a browser in which she typed it.
async fn with_temporary(world: &World, next: &str) -> (Browser, Answer) {
    world.set_up().await;
    let grace = world.add("grace", "Hopper").await;
    run(&world.operator(), ResetPassword::prepare(&world.operator(), grace.id, NEW).await.unwrap()).await.unwrap();
    typed(world, ("grace@example.com", NEW), next).await
}

/// What the session's cookie holds.
fn session(world: &World, browser: &Browser) -> String {
    browser.cookies[&format!("castellan-{}", world.services.key.installation())].clone()
}

/// Whether the browser is known from an earlier sign-in.
fn is_known(browser: &Browser) -> bool {
    browser.cookies.keys().any(|name| name.ends_with("-known"))
}

/// A path of a route, about something that isn't there.
fn path(route: &str) -> String {
    let part = |part: &str| if part.starts_with(':') { uuid::Uuid::nil().to_string() } else { part.to_owned() };
    route.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn opens_nothing(world: &World, browser: &mut Browser) {
    let before = state::all(world).await;
    for route in routes().iter().filter(|route| route.access != Access::Public) {
        let method = if route.is_function() { "POST" } else { "GET" };
        let answer = browser.send(method, &path(route.path), String::new()).await;
        assert!(answer.status == 303 && answer.location().starts_with("/signin?next="), "{route:?}");
    }
    for api in ["/auth/users/whoami", "/auth/users/list", "/v1/users/profile", "/v1/users"] {
        assert_eq!(browser.get(api).await.status, 401, "{api}");
    }
    assert_eq!(browser.get("/").await.location(), "/signin");
    assert_eq!(browser.get("/signin").await.status, 200, "one may begin anew");
    assert_eq!(state::all(world).await, before);
}

on_both_engines! {
    async fn a_sign_in_that_waits_opens_no_page(world: World) {
        with_app(&world).await;
        let mut browser = waiting(&world).await;
        opens_nothing(&world, &mut browser).await;
        assert!(!is_known(&browser));
        assert_eq!(browser.get(CHANGE).await.location(), "/signin", "it waits for a code alone");
        let change = [("old", PASSWORD), ("password", NEWER), ("again", NEWER)];
        assert_eq!(browser.post(CHANGE, &change).await.status, 409);
        let mut island = waiting(&world).await.island();
        assert_eq!(island.send("POST", "/fn/users/list", "{}".into()).await.status, 401);
    }

    async fn a_temporary_password_opens_no_page_but_the_one_that_changes_it(world: World) {
        let (mut browser, _) = with_temporary(&world, "").await;
        opens_nothing(&world, &mut browser).await;
        assert!(!is_known(&browser));
        assert_eq!(browser.get(CODE).await.location(), "/signin", "it waits for no code");
        assert_eq!(browser.post(CODE, &[("code", "123456")]).await.status, 409);
        assert_eq!(browser.get(CHANGE).await.status, 200);
    }

    async fn the_cookie_is_another_one_after_each_step(world: World) {
        let ada = with_app(&world).await;
        let mut browser = waiting(&world).await;
        let (first, before) = (session(&world, &browser), browser.cookies.clone());
        assert_eq!(browser.post(CODE, &[("code", &shown(&world, 0))]).await.location(), "/admin");
        assert!(session(&world, &browser) != first && is_known(&browser));
        assert_eq!(browser.get("/admin/users").await.status, 200);
        assert_eq!(browser.get(CODE).await.location(), "/signin", "nothing waits any more");
        browser.cookies = before;
        assert_eq!(browser.get("/admin/users").await.status, 303);
        assert_eq!(browser.get(CODE).await.location(), "/signin");
        assert_eq!(browser.post(CODE, &[("code", &shown(&world, 1))]).await.status, 409);
        let mut again = waiting(&world).await;
        assert_eq!(again.post(CODE, &[("code", &shown(&world, 1))]).await.status, 303);
        let whole = again.cookies.clone();
        let form = [("email", ada.email.as_str()), ("password", PASSWORD)];
        assert_eq!(again.post("/signin", &form).await.location(), CODE);
        again.cookies = whole;
        assert_eq!(again.get("/admin/users").await.status, 303, "the browser's session before ended with the first step");
    }

    async fn both_steps_go_on_to_where_one_wanted_to_be_and_nowhere_else(world: World) {
        let ada = with_app(&world).await;
        for (next, asked, goes) in [
            ("/admin/audit?q=a%26b", "/signin/second-factor?next=%2Fadmin%2Faudit%3Fq%3Da%2526b", "/admin/audit?q=a%26b"),
            ("https://evil.example", CODE, "/admin"),
            ("//evil.example", CODE, "/admin"),
            ("/\\evil.example", CODE, "/admin"),
        ] {
            let (mut browser, answer) = typed(&world, (&ada.email, PASSWORD), next).await;
            assert_eq!(answer.location(), asked);
            let page = browser.get(answer.location()).await;
            assert_eq!(browser.submit(&page, CODE, &[("code", &shown(&world, 0))]).await.location(), goes);
            world.services.clock.advance(30);
        }
        let mut browser = waiting(&world).await;
        let page = browser.get("/signin/second-factor?next=//evil.example&code=777777").await;
        assert!(!page.body.contains("777777") && !page.body.contains("href=\"//evil"), "{}", page.body);
        assert_eq!(browser.submit(&page, CODE, &[("code", &shown(&world, 0))]).await.location(), "/admin");
    }

    async fn a_wrong_code_is_told_in_place_and_next_is_kept(world: World) {
        let ada = with_app(&world).await;
        let (mut browser, answer) = typed(&world, (&ada.email, PASSWORD), "/admin/audit").await;
        let page = browser.get(answer.location()).await;
        assert!(page.body.contains("inputmode=\"numeric\"") && page.body.contains("autocomplete=\"one-time-code\""));
        assert!(page.body.contains("href=\"/signin?next=%2Fadmin%2Faudit\""), "the way back, too: {}", page.body);
        let typed_code = wrong(&world);
        let page = browser.submit(&page, CODE, &[("code", &typed_code)]).await;
        assert!(page.status == 401 && page.body.contains("type the newest one that you have"), "{}", page.body);
        assert!(!page.body.contains(&typed_code) && !page.body.contains("<script"));
        for _ in 0..4 {
            assert_eq!(browser.submit(&page, CODE, &[("code", &typed_code)]).await.status, 401);
        }
        let locked = browser.submit(&page, CODE, &[("code", &shown(&world, 0))]).await;
        assert_eq!((locked.status, locked.header("retry-after")), (429, "60"));
        assert!(locked.body.contains("Too many tries"));
        world.services.clock.advance(60);
        assert_eq!(browser.submit(&locked, CODE, &[("code", &shown(&world, 0))]).await.location(), "/admin/audit");
    }

    async fn a_sign_in_that_is_over_leads_back_to_its_beginning(world: World) {
        with_app(&world).await;
        let mut browser = waiting(&world).await;
        world.services.clock.advance(600);
        assert_eq!(browser.get(CODE).await.location(), "/signin");
        assert_eq!(browser.get("/signin/second-factor?next=%2Fadmin%2Faudit").await.location(), "/signin?next=%2Fadmin%2Faudit");
        assert_eq!(browser.get("/signin/second-factor?next=%2F%2Fevil.example").await.location(), "/signin");
        let late = browser.post(CODE, &[("code", &shown(&world, 0))]).await;
        assert!(late.status == 409 && late.body.contains("sign in again"), "{}", late.body);
        for (page, goes) in [(CHANGE, "/signin"), ("/change-password?next=%2Fadmin%2Faudit", "/signin?next=%2Fadmin%2Faudit")] {
            assert_eq!(world.browser().get(page).await.location(), goes);
        }
        let stranger = world.browser().post(CHANGE, &[("password", NEW), ("again", NEW)]).await;
        assert!(stranger.status == 409 && stranger.body.contains("sign in again"));
        assert_eq!(world.browser().post(CODE, &[("code", "123456")]).await.status, 409);
    }

    async fn a_code_by_mail_is_typed_and_another_is_sent_by_a_button(world: World) {
        let ada = world.set_up().await;
        world.execute("update users set second_factor = 'email'").await;
        let (mut browser, answer) = typed(&world, (&ada.email, PASSWORD), "/admin/audit").await;
        let (first, page) = (mailed(&world).await, browser.get(answer.location()).await);
        assert!(page.body.contains("eight digits") && page.body.contains("Send another code"));
        assert!(!page.body.contains(&first) && !answer.location().contains(&first));
        let mut others = waiting(&world).await;
        assert_eq!(others.post(CODE, &[("code", &first)]).await.status, 401, "another browser's sign-in");
        let sent = browser.submit(&page, CODE, &[("step", "another"), ("code", "")]).await;
        assert_eq!((sent.status, sent.location()), (303, "/signin/second-factor?next=%2Fadmin%2Faudit"));
        let (second, page) = (mailed(&world).await, browser.get(sent.location()).await);
        assert!(page.body.contains("Another code is on its way"));
        assert_eq!(browser.submit(&page, CODE, &[("code", &first)]).await.status, 401, "the one before works no more");
        assert_eq!(browser.submit(&page, CODE, &[("code", &other(&second))]).await.status, 401);
        assert_eq!(browser.submit(&page, CODE, &[("code", &second)]).await.location(), "/admin/audit");
        assert_eq!(browser.get("/admin/audit").await.status, 200);
    }

    async fn nobody_has_a_mail_sent_who_waits_for_an_app(world: World) {
        with_app(&world).await;
        let mut browser = waiting(&world).await;
        assert_eq!(browser.post(CODE, &[("step", "another")]).await.status, 303);
        assert_eq!(world.count("select count(*) from messages").await, 0);
    }

    async fn an_app_is_set_up_where_one_is_required_and_its_secret_is_shown_until_then(world: World) {
        let ada = world.set_up().await;
        world.execute("update users set second_factor_required = true").await;
        let (mut browser, answer) = typed(&world, (&ada.email, PASSWORD), "/admin/audit").await;
        let ctx = world.stranger();
        let secret = pending::require(&ctx, &[session(&world, &browser)], Awaits::SecondFactor).await.unwrap().secret(&ctx).unwrap();
        let base32 = totp::base32(&secret);
        let groups = base32.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four)).collect::<Vec<_>>().join(" ");
        let page = browser.get(answer.location()).await;
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        let link = totp::uri(&secret, ("localhost", &ada.email)).replace('&', "&amp;");
        for shown in ["class=\"qr\"", groups.as_str(), link.as_str()] {
            assert!(page.body.contains(shown), "{shown}: {}", page.body);
        }
        let code = QrCode::new(totp::uri(&secret, ("localhost", &ada.email))).unwrap();
        let dark = code.to_colors().iter().filter(|color| **color == Color::Dark).count();
        assert_eq!(page.body.matches("h1v1h-1z").count(), dark, "as a picture");
        assert!(!page.body.contains("<script") && !page.body.contains("<img"), "nothing is fetched for it");
        let step = totp::step_at(world.services.clock.now());
        let again = browser.submit(&page, CODE, &[("code", "12345")]).await;
        assert!(again.status == 401 && again.body.contains(&groups), "the same one, in place");
        let done = browser.submit(&again, CODE, &[("code", &totp::code(&secret, step))]).await;
        assert_eq!((done.status, done.body.matches("<li>").count()), (200, 10), "the recovery codes, once: {}", done.body);
        assert!(done.body.contains("href=\"/admin/audit\""), "and the way on: {}", done.body);
        let cookies = format!("{:?}", browser.cookies);
        assert!(!cookies.contains(&base32) && !answer.location().contains(&base32));
        assert_eq!(browser.get(CODE).await.location(), "/signin");
        let (mut browser, _) = typed(&world, (&ada.email, PASSWORD), "").await;
        let page = browser.get(CODE).await;
        assert!(page.status == 200 && !page.body.contains("class=\"qr\"") && !page.body.contains(&groups), "never again");
        assert_eq!(browser.submit(&page, CODE, &[("code", &totp::code(&secret, step))]).await.status, 401, "it was used");
        assert_eq!(browser.submit(&page, CODE, &[("code", &totp::code(&secret, step + 1))]).await.location(), "/admin");
    }

    async fn a_password_that_is_too_old_or_too_simple_is_changed_before_one_goes_on(world: World) {
        let ada = world.set_up().await;
        let asked = async |to, from| run(&world.operator(), SetSettings { from, to }).await;
        let days = TenantSettings { password_days: Some(90), ..TenantSettings::default() };
        asked(days.clone(), TenantSettings::default()).await.unwrap();
        world.services.clock.advance(90 * 86_400 - 1);
        assert_eq!(typed(&world, (&ada.email, PASSWORD), "").await.1.location(), "/admin");
        world.services.clock.advance(1);
        let (mut browser, answer) = typed(&world, (&ada.email, PASSWORD), "").await;
        assert_eq!(answer.location(), CHANGE);
        assert_eq!(browser.get("/admin").await.location(), "/signin?next=%2Fadmin", "good for nothing else");
        let page = browser.get(CHANGE).await;
        assert!(page.body.contains("is older than is allowed here") && !page.body.contains("temporary"), "{}", page.body);
        let same = browser.submit(&page, CHANGE, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        assert!(same.body.contains("This is the one you have; choose another."), "{}", same.body);
        assert_eq!(browser.submit(&page, CHANGE, &[("password", NEWER), ("again", NEWER)]).await.location(), "/admin");
        let kinds = TenantSettings { password_kinds: Some(4), ..TenantSettings::default() };
        asked(kinds, days).await.unwrap();
        let (mut browser, answer) = typed(&world, (&ada.email, NEWER), "").await;
        assert_eq!(answer.location(), CHANGE);
        let page = browser.get(CHANGE).await;
        assert!(page.body.contains("of these: small letters, capitals"), "{}", page.body);
        let simple = browser.submit(&page, CHANGE, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        assert!(simple.status == 400 && simple.body.contains("se at least 4 of these"), "{}", simple.body);
        let good = "Four Horses, 4 gates";
        assert_eq!(browser.submit(&page, CHANGE, &[("password", good), ("again", good)]).await.location(), "/admin");
    }

    async fn a_temporary_password_is_changed_in_place_and_then_one_goes_on(world: World) {
        let (mut browser, answer) = with_temporary(&world, "/admin/account").await;
        assert_eq!(answer.location(), "/change-password?next=%2Fadmin%2Faccount");
        let first = session(&world, &browser);
        let page = browser.get(answer.location()).await;
        assert!(page.body.contains("is temporary") && !page.body.contains("name=\"old\""));
        for (password, again, says) in [
            (NEWER, "something else", "type the same password twice"),
            ("short", "short", "15"),
            (NEW, NEW, "this is the temporary one; choose another"),
        ] {
            let refused = browser.submit(&page, CHANGE, &[("password", password), ("again", again)]).await;
            assert!(refused.status == 400 && refused.body.contains(says), "{says}: {}", refused.body);
            assert!(!refused.body.contains(NEWER) && !refused.body.contains(NEW), "what was typed is never shown");
            assert!(refused.form(CHANGE).contains(&("next".into(), "/admin/account".into())), "{:?}", refused.form(CHANGE));
        }
        let done = browser.submit(&page, CHANGE, &[("password", NEWER), ("again", NEWER)]).await;
        assert_eq!((done.status, done.location()), (303, "/admin/account"));
        assert!(session(&world, &browser) != first && is_known(&browser));
        assert_eq!(browser.get("/admin").await.status, 200);
        let (_, answer) = typed(&world, ("grace@example.com", NEWER), "").await;
        assert_eq!(answer.location(), "/admin");
        assert_eq!(world.browser().post("/signin", &[("email", "grace@example.com"), ("password", NEW)]).await.status, 401);
    }

    async fn a_new_password_goes_nowhere_but_to_this_server(world: World) {
        let (mut browser, _) = with_temporary(&world, "").await;
        let form = [("password", NEWER), ("again", NEWER), ("next", "//evil.example")];
        assert_eq!(browser.post(CHANGE, &form).await.location(), "/admin");
    }

    async fn whoever_is_in_changes_their_password_by_the_old_one(world: World) {
        let ada = world.set_up().await;
        let (mut browser, mut elsewhere) = (world.signed_in(&ada).await, world.signed_in(&ada).await);
        let page = browser.get(CHANGE).await;
        assert!(page.status == 200 && page.body.contains("name=\"old\""));
        let wrong = browser.submit(&page, CHANGE, &[("old", NEW), ("password", NEWER), ("again", NEWER)]).await;
        assert!(wrong.status == 400 && !wrong.body.contains(NEWER), "{}", wrong.body);
        assert!(wrong.body.contains("this isn't your password"), "{}", wrong.body);
        let without = browser.submit(&page, CHANGE, &[("password", NEWER), ("again", NEWER)]).await;
        assert_eq!(without.status, 400, "the old one is asked for");
        let same = browser.submit(&page, CHANGE, &[("old", PASSWORD), ("password", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!(same.status, 409);
        assert_eq!(elsewhere.get("/admin/users").await.status, 200);
        let done = browser.submit(&page, CHANGE, &[("old", PASSWORD), ("password", NEWER), ("again", NEWER)]).await;
        assert_eq!(done.location(), "/admin");
        assert_eq!((browser.get("/admin/users").await.status, elsewhere.get("/admin/users").await.status), (200, 303));
    }

    async fn a_form_of_another_site_answers_nothing(world: World) {
        with_app(&world).await;
        let mut browser = waiting(&world).await;
        browser.headers = vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
        assert_eq!(browser.post(CODE, &[("code", &shown(&world, 0))]).await.status, 403);
        browser.headers = vec![("sec-fetch-site", "same-origin")];
        assert_eq!(browser.post(CODE, &[("code", &shown(&world, 0))]).await.location(), "/admin", "and uses no code up");
    }
}
