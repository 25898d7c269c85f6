//! What people see and change of themselves.

use castellan::domain::{calling::FRESH, second_factor::totp};

use crate::support::{Answer, Browser, PASSWORD, World, on_both_engines};

const AGAIN: &str = "/signin/again";

/// Grace, who may nothing, in a browser.
async fn grace(world: &World) -> Browser {
    world.set_up().await;
    world.signed_in(&world.add("grace", "Hopper").await).await
}

/// What a page offers an authenticator app, read from its link.
fn offered(page: &Answer) -> Vec<u8> {
    let text = page.body.split("secret=").nth(1).unwrap().split("&amp;").next().unwrap();
    let bits: String =
        text.bytes().map(|b| format!("{:05b}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(b as char).unwrap())).collect();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}

/// The id that the page's first button names.
fn first_id(page: &Answer) -> String {
    page.body.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Between the tags that hold secrets.
fn secret(page: &Answer) -> String {
    let after = page.body.split("class=\"secret mono\"").nth(1).unwrap_or_else(|| panic!("{}", page.body));
    after.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
}

/// Sets an app up; answers its secret and the page with the recovery codes.
async fn with_app(world: &World, browser: &mut Browser) -> (Vec<u8>, Answer) {
    let page = browser.get("/account/second-factor").await;
    let app = offered(&page);
    let code = totp::code(&app, totp::step_at(world.services.clock.now()));
    (app.clone(), browser.submit(&page, "/account/second-factor", &[("code", &code)]).await)
}

on_both_engines! {
    async fn everybody_changes_their_own_names_and_nobody_elses(world: World) {
        let mut browser = grace(&world).await;
        let page = browser.get("/account").await;
        assert!(page.status == 200 && !page.body.contains("<script"), "{}", page.body);
        let saved = browser.submit(&page, "/account", &[("first_name", "Amazing"), ("display_name", "Amazing Grace"), ("locale", "de"), ("time_zone", "Asia/Kolkata")]).await;
        assert_eq!(saved.location(), "/account", "{}", saved.body);
        let page = browser.get("/account").await;
        assert!(page.body.contains("Amazing Grace") && page.body.contains("lang=\"de\"") && page.body.contains("Vorname"), "{}", page.body);
        assert!(page.body.contains("value=\"Asia/Kolkata\" selected"), "{}", page.body);
        browser.post("/account/tokens", &[("name", "backup"), ("expires", "2027-01-01T00:00")]).await;
        assert_eq!(world.count("select expires_at from tokens").await, 1_798_741_800_000, "by her clock");
        let refused = browser.submit(&page, "/account", &[("first_name", "")]).await;
        assert!(refused.status == 400 && refused.body.contains("aria-invalid"), "{}", refused.body);
        assert_eq!(world.count("select count(*) from users where login = 'grace@example.com'").await, 1, "the address stays");
    }

    async fn an_app_is_set_up_and_its_codes_are_shown_once(world: World) {
        let mut browser = grace(&world).await;
        let page = browser.get("/account/second-factor").await;
        let wrong = browser.submit(&page, "/account/second-factor", &[("code", "000000")]).await;
        assert!(wrong.status == 401 && offered(&wrong) == offered(&page), "the same one until it is right");
        let (_, codes) = with_app(&world, &mut browser).await;
        assert_eq!((codes.status, codes.body.matches("<li>").count()), (200, 10), "{}", codes.body);
        assert!(!browser.get("/account/recovery-codes").await.body.contains("<li>0"), "once");
        let security = browser.get("/account/security").await;
        assert!(security.body.contains("10\u{2069} left"), "{}", security.body);
        let removed = browser.post("/account/second-factor/remove", &[]).await;
        assert_eq!(removed.location(), "/account/security");
        assert_eq!(world.count("select count(*) from recovery_codes").await, 0);
    }

    async fn after_ten_minutes_the_password_is_asked_for_and_what_was_typed_is_kept(world: World) {
        let mut browser = grace(&world).await;
        let page = browser.get("/account/tokens").await;
        world.services.clock.advance(FRESH);
        let asked = browser.submit(&page, "/account/tokens", &[("name", "backup")]).await;
        assert_eq!(asked.location(), "/signin/again?next=%2Faccount%2Ftokens");
        assert_eq!(world.count("select count(*) from tokens").await, 0);
        let gate = browser.get(asked.location()).await;
        assert!(gate.status == 200 && gate.body.contains("grace@example.com"), "{}", gate.body);
        let wrong = browser.submit(&gate, AGAIN, &[("password", "not this one")]).await;
        assert!(wrong.status == 400 && wrong.body.contains("t your password"), "{}", wrong.body);
        assert_eq!(browser.submit(&wrong, AGAIN, &[("password", PASSWORD)]).await.location(), "/account/tokens");
        let kept = browser.get("/account/tokens").await;
        assert!(kept.body.contains("value=\"backup\""), "{}", kept.body);
        let made = browser.submit(&kept, "/account/tokens", &[]).await;
        assert!(made.status == 200 && secret(&made).starts_with("cst_"), "{}", made.body);
    }

    async fn a_token_of_ones_own_works_until_it_is_turned_off_and_its_value_is_shown_once(world: World) {
        let mut browser = grace(&world).await;
        let made = browser.post("/account/tokens", &[("name", "backup"), ("may", "reading")]).await;
        let value = secret(&made);
        let page = browser.get("/account/tokens").await;
        assert!(page.body.contains("backup") && !page.body.contains(&value), "{}", page.body);
        let whoami = async |world: &World| {
            let mut program = world.browser();
            let bearer: &'static str = Box::leak(format!("Bearer {value}").into_boxed_str());
            program.headers.push(("authorization", bearer));
            program.get("/auth/users/whoami").await.status
        };
        assert_eq!(whoami(&world).await, 200);
        let id = first_id(&page);
        let switch = format!("/account/tokens/{id}/switch");
        assert_eq!(browser.post(&switch, &[("works", "off")]).await.location(), "/account/tokens");
        assert_eq!(whoami(&world).await, 401);
        assert_eq!(browser.post(&switch, &[("works", "on")]).await.status, 303);
        assert_eq!(whoami(&world).await, 200);
        let other = browser.post(&format!("/account/tokens/{id}/rotate"), &[]).await;
        assert!(secret(&other) != value && whoami(&world).await == 401);
        assert_eq!(browser.post(&format!("/account/tokens/{id}/delete"), &[]).await.location(), "/account/tokens");
        assert_eq!(browser.post(&format!("/account/tokens/{id}/delete"), &[]).await.status, 404);
    }

    async fn nobody_touches_a_token_of_somebody_else(world: World) {
        let mut browser = grace(&world).await;
        browser.post("/account/tokens", &[("name", "hers")]).await;
        let id = first_id(&browser.get("/account/tokens").await);
        let mut other = world.signed_in(&world.add("linus", "").await).await;
        for action in ["switch", "rotate", "delete"] {
            assert_eq!(other.post(&format!("/account/tokens/{id}/{action}"), &[]).await.status, 404, "{action}");
        }
        assert_eq!(world.count("select count(*) from tokens where disabled_at is null").await, 1);
    }

    async fn a_session_is_ended_from_another_and_dies_on_its_next_request(world: World) {
        world.set_up().await;
        let user = world.add("grace", "Hopper").await;
        let (mut here, mut there) = (world.signed_in(&user).await, world.signed_in(&user).await);
        let page = here.get("/account/security").await;
        let other = page.body.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(here.post("/account/sessions/end", &[("session", &other)]).await.location(), "/account/security");
        assert_eq!(there.get("/account").await.location(), "/signin?next=%2Faccount");
        assert_eq!(here.get("/account").await.status, 200);
        assert_eq!(here.post("/account/sessions/end-all", &[]).await.location(), "/signin");
        assert_eq!(here.get("/account").await.status, 303);
    }

    async fn looking_needs_no_fresh_proof(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let mut browser = world.signed_in(&ada).await;
        world.services.clock.advance(FRESH);
        let hers = format!("/admin/users/{}", grace.id);
        for page in [&hers, "/admin/tokens", "/admin/clients", "/admin/outbox", "/admin/settings", "/account", "/account/security", "/account/tokens"] {
            assert_eq!(browser.get(page).await.status, 200, "{page}");
        }
        assert_eq!(browser.get("/admin/tokens/new").await.location(), "/signin/again?next=%2Fadmin%2Ftokens%2Fnew", "making does");
    }

    async fn ones_access_says_why(world: World) {
        let mut browser = grace(&world).await;
        assert!(browser.get("/account/access").await.body.contains("You have no role yet"));
        let linus = world.add_with_role("linus", "read-only").await;
        let page = world.signed_in(&linus).await.get("/account/access").await;
        assert!(page.body.contains("users.read") && page.body.contains("role \u{2068}read-only"), "{}", page.body);
    }
}
