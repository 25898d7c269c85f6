//! Who a client is, and which forms are our own: cookies of two installations, proxies, names, plain http.

use crate::support::{Browser, PASSWORD, World, on_both_engines};
use castellan::{config::Forwarded, http::state::Site};

const SIGN_IN: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", PASSWORD)];

/// A browser that sends these headers and no others.
fn sending(world: &World, site: Site, headers: &[(&'static str, &'static str)]) -> Browser {
    let mut browser = Browser::new(world.router_of(site));
    browser.headers = headers.to_vec();
    browser
}

on_both_engines! {
    async fn among_several_cookies_the_valid_one_counts(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let name = format!("castellan-{}", world.services.key.installation());
        let ours = browser.cookies[&name].clone();
        for line in [format!("{name}=foreign; {name}={ours}"), format!("{name}=; {name}={ours}"), format!("session=foreign; {name}={ours}")] {
            browser.cookies.clear();
            let (first, rest) = line.split_once('=').unwrap();
            browser.cookies.insert(first.into(), rest.into());
            assert_eq!(browser.get("/admin/users").await.status, 200, "{line}");
        }
        browser.cookies.clear();
        browser.cookies.insert(name, "foreign".into());
        assert_eq!(browser.get("/admin/users").await.status, 303);
    }

    async fn every_cookie_is_named_after_its_installation(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        browser.post("/theme", &[("theme", "dark"), ("back", "/")]).await;
        browser.post("/admin/audit/check", &[]).await;
        let prefix = format!("castellan-{}", world.services.key.installation());
        let mut names: Vec<_> = browser.cookies.keys().map(|name| name.strip_prefix(&prefix).unwrap_or(name).to_owned()).collect();
        names.sort();
        assert_eq!(names, ["", "-done", "-known", "-theme"]);
    }

    async fn a_proxy_that_rewrites_host_may_be_named_by_the_public_url(world: World) {
        world.set_up().await;
        let headers = [("origin", "http://users.example.com"), ("host", "10.0.0.5:3000")];
        let mut named = sending(&world, world.site("http://users.example.com"), &headers);
        assert_eq!(named.post("/signin", &SIGN_IN).await.status, 303);
        let answer = sending(&world, world.site("http://localhost"), &headers).post("/signin", &SIGN_IN).await;
        assert_eq!(answer.status, 403);
        assert!(answer.body.contains("CASTELLAN_PUBLIC_URL") && answer.body.contains("<h1>"), "{}", answer.body);
    }

    async fn a_form_that_says_nothing_of_where_it_comes_from_is_refused_by_a_page(world: World) {
        world.set_up().await;
        let site = || world.site("http://localhost");
        let answer = sending(&world, site(), &[]).post("/signin", &SIGN_IN).await;
        assert!(answer.status == 403 && answer.body.contains("Origin or Sec-Fetch-Site"), "{}", answer.body);
        let answer = sending(&world, site(), &[("origin", ""), ("sec-fetch-site", "")]).post("/signin", &SIGN_IN).await;
        assert_eq!(answer.status, 403, "empty ones say nothing");
        for foreign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
            let answer = sending(&world, site(), &[foreign, ("host", "localhost")]).post("/signin", &SIGN_IN).await;
            assert!(answer.status == 403 && answer.body.contains("not sent by a page of this server"), "{foreign:?}: {}", answer.body);
        }
        for own in [("sec-fetch-site", "same-origin"), ("origin", "http://localhost")] {
            let answer = sending(&world, site(), &[own, ("host", "localhost")]).post("/signin", &SIGN_IN).await;
            assert_eq!(answer.status, 303, "{own:?}: {}", answer.body);
        }
    }

    async fn where_only_this_machine_is_served_other_names_are_refused(world: World) {
        world.set_up().await;
        let local = || Site { is_local_only: true, ..world.site("http://127.0.0.1:3000") };
        for (host, status) in [("localhost:3000", 200), ("127.0.0.1:3000", 200), ("[::1]:3000", 200), ("evil.example", 403), ("evil.example:3000", 403)] {
            let answer = sending(&world, local(), &[("host", host)]).get("/signin").await;
            assert_eq!(answer.status, status, "{host}");
            assert!(status == 200 || answer.body.contains("CASTELLAN_PUBLIC_URL"), "{}", answer.body);
        }
        let mut named = sending(&world, world.site("http://users.example.com"), &[("host", "users.example.com")]);
        assert_eq!(named.get("/signin").await.status, 200);
    }

    async fn signing_in_by_http_where_https_is_meant_says_why_it_can_not_work(world: World) {
        world.set_up().await;
        let headers = [("origin", "http://users.example.com"), ("host", "users.example.com")];
        let answer = sending(&world, world.site("https://users.example.com"), &headers).post("/signin", &SIGN_IN).await;
        assert_eq!(answer.status, 403);
        assert!(answer.body.contains("must be opened at https://users.example.com"), "{}", answer.body);
        let headers = [("origin", "https://users.example.com"), ("host", "10.0.0.5:3000")];
        assert_eq!(sending(&world, world.site("https://users.example.com"), &headers).post("/signin", &SIGN_IN).await.status, 303);
    }

    async fn a_link_without_an_address_says_what_to_set(world: World) {
        let ada = world.set_up().await;
        let everywhere = Site { has_links: false, ..world.site("http://0.0.0.0:3000") };
        let mut browser = sending(&world, everywhere, &[("sec-fetch-site", "same-origin")]);
        assert_eq!(browser.post("/signin", &SIGN_IN).await.status, 303);
        let body = browser.post(&format!("/admin/users/{}/password-link", ada.id), &[]).await.body;
        assert!(body.contains("CASTELLAN_PUBLIC_URL") && !body.contains("0.0.0.0"), "{body}");
    }

    async fn the_address_that_is_kept_is_what_the_trusted_proxy_says(world: World) {
        world.set_up().await;
        for (forwarded, header, address) in [
            (Forwarded::XForwardedFor, ("x-forwarded-for", "garbage, 198.51.100.7:49152"), "198.51.100.7"),
            (Forwarded::Forwarded, ("forwarded", "for=\"[2001:db8::7]:443\""), "2001:db8::7"),
            (Forwarded::Forwarded, ("x-forwarded-for", "6.6.6.6"), "192.0.2.1"),
        ] {
            let site = Site { forwarded, trusted_proxies: vec!["192.0.2.0/24".parse().unwrap()], ..world.site("http://localhost") };
            let mut browser = sending(&world, site, &[header, ("sec-fetch-site", "same-origin")]);
            assert_eq!(browser.post("/signin", &SIGN_IN).await.status, 303);
            let kept = world.text("select address from events where action = 'sessions.sign-in' order by seq desc limit 1").await;
            assert_eq!(kept, address);
        }
    }
}
