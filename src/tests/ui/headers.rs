//! What every answer says to browsers, and the cookies.

use crate::support::{Browser, PASSWORD, World, on_both_engines};
use castellan::http::access::Access;

use super::places::routes;

on_both_engines! {
    async fn every_page_forbids_what_this_site_never_does(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        for path in ["/signin", "/admin/users", "/admin/nothing", "/pkg/nothing"] {
            let answer = browser.get(path).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
            assert_eq!(answer.header("strict-transport-security"), "", "{path}");
        }
    }

    async fn https_brings_host_cookies_and_hsts(world: World) {
        world.set_up().await;
        let mut browser = Browser::new(world.router("https://users.example.com"));
        let answer = browser.post("/signin", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
        let name = format!("__Host-castellan-{}=", world.services.key.installation());
        let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
        let cookie = cookies.filter(|cookie| cookie.starts_with(&name)).collect::<Vec<_>>();
        let [cookie] = cookie[..] else { panic!("{cookie:?}") };
        assert!(!cookie.contains("Domain"), "{cookie}");
        for flag in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(flag), "{flag}: {cookie}");
        }
        assert!(answer.header("strict-transport-security").contains("max-age=31536000"));
        assert_eq!(browser.get("/admin/users").await.status, 200);
    }

    async fn public_pages_carry_no_script_and_no_inline_style(world: World) {
        let setup = world.browser().get("/setup").await.body;
        let ada = world.set_up().await;
        let mut pages = vec![setup];
        for route in routes().iter().filter(|route| !route.is_function() && route.access == Access::Public) {
            let page = world.browser().get(route.path).await.body;
            // Browsers hand out passkeys to scripts alone.
            let (script, passkey) = ("<script src=\"/passkey.js\" defer></script>", route.path == "/signin/passkey");
            assert_eq!(page.matches(script).count(), usize::from(passkey), "{}", route.path);
            pages.push(page.replace(script, ""));
        }
        assert!(pages.iter().all(|page| !page.contains("<script") && !page.contains(".wasm")));
        pages.push(world.signed_in(&ada).await.get("/admin/users").await.body);
        assert!(pages.iter().all(|page| !page.contains(" style=") && !page.contains(" onclick=")));
    }

    async fn the_theme_is_in_the_first_byte(world: World) {
        world.set_up().await;
        let mut browser = world.browser();
        assert!(!browser.get("/signin").await.body.contains("data-theme"));
        let choose = |theme| format!("fn=/fn/account/theme&theme={theme}");
        assert_eq!(browser.send("POST", "/signin", choose("dark")).await.location(), "/signin");
        assert!(browser.get("/signin").await.body.contains("data-theme=\"dark\""));
        assert_eq!(browser.send("POST", "/fn/account/theme", choose("system")).await.location(), "/");
        assert!(!browser.get("/signin").await.body.contains("data-theme"));
    }
}
