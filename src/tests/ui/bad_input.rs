//! Whatever is sent: a clear 4xx, and nothing written.

use crate::support::{World, on_both_engines};
use castellan::{app::PAGES, http::access::Access};

use super::places::{Places, routes};

const FIELDS: &[&str] = &[
    "answer",
    "offer",
    "expires",
    "allowed_from",
    "contact",
    "locale",
    "password_min",
    "password_kinds",
    "password_history",
    "password_days",
    "second_factor",
    "session_minutes",
    "idle_minutes",
    "networks",
    "was_networks",
    "counts",
    "email",
    "first_name",
    "last_name",
    "display_name",
    "phone",
    "password",
    "again",
    "code",
    "role",
    "action",
    "user",
    "version",
    "next",
    "theme",
    "back",
    "tenant",
    "name",
    "description",
    "reason",
    "pattern",
    "permission",
    "group",
    "member_group",
    "lasts",
    "until",
    "from",
    "slug",
    "kind",
    "type",
    "parent",
    "status",
    "step",
    "to",
    "request",
    "a",
    "b",
    "find",
    "services",
    "groups",
    "permissions",
    "allowed_from",
    "expires",
    "audience",
    "scopes",
    "roles",
    "secret",
];

fn bad_values() -> Vec<String> {
    let long = "x".repeat(5000);
    [
        "",
        " ",
        "\u{0}",
        "a\u{0}b",
        "\u{202e}abc",
        "\u{fffd}",
        "-1",
        "99999999999999999999",
        "null",
        "' or 1=1 --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%00",
        "01a2016a-fa5c-71e0-b490-b29a1e32cc60",
        "\r\nset-cookie: a=b",
        &long,
    ]
    .map(str::to_owned)
    .into()
}

/// A button alone, whose page names what it is about; a cookie that is only ever one of ours; or nothing but a page again.
const TAKES_NO_INPUT: &[&str] = &[
    "/fn/account/end-session",
    "/fn/account/end-sessions",
    "/fn/roles/require-factor",
    "/fn/account/confirm-address",
    "/fn/account/delete-token",
    "/fn/account/let-token-work",
    "/fn/account/make-recovery-codes",
    "/fn/account/remove-second-factor",
    "/fn/account/rotate-token",
    "/fn/account/sign-out",
    "/fn/account/theme",
    "/fn/audit/check",
    "/fn/audit/undo",
    "/fn/outbox/resend",
    "/fn/outbox/reveal",
    "/fn/settings/test-mail",
    "/fn/clients/disable",
    "/fn/clients/enable",
    "/fn/clients/rotate",
    "/fn/key-pairs/disable",
    "/fn/key-pairs/enable",
    "/fn/key-pairs/rotate",
    "/fn/passkeys/delete",
    "/fn/roles/create/enter",
    "/fn/roles/create/find",
    "/fn/roles/update/enter",
    "/fn/roles/update/find",
    "/fn/sign-in/another-code",
    "/fn/sign-in/language",
    "/fn/tenants/make-owner",
    "/fn/tenants/remove-member",
    "/fn/tokens/disable",
    "/fn/tokens/enable",
    "/fn/tokens/reveal",
    "/fn/tokens/rotate",
    "/fn/users/delete",
    "/fn/users/disable",
    "/fn/users/enable",
    "/fn/users/password-link",
    "/fn/users/reset-second-factor",
    "/fn/users/end-sessions",
    "/fn/users/send-activation",
    "/fn/users/send-confirmation",
    "/fn/users/send-reset-link",
    "/fn/users/temporary-password",
    "/fn/users/unlock",
    // Their arguments are JSON, or a link that was mailed.
    "/fn/users/list",
    "/fn/sign-in/verify-email",
    "/fn/sign-in/confirm-address",
    "/fn/sign-in/stop-address-change",
    "/fn/groups/remove",
];

/// Nothing is right here: nobody is let in from named addresses alone, and nothing is asked but what is usual.
const TAKES_NOTHING: [&str; 5] = [
    "/fn/users/set-allowlist",
    "/fn/settings/set",
    "/fn/settings/set/preview",
    "/fn/tenants/set-settings",
    "/fn/tenants/set-settings/preview",
];

async fn rows(world: &World) -> (i64, i64, i64, i64, i64, i64) {
    (
        world.count("select cast(sum(version) as bigint) from roles").await,
        world.count("select cast(sum(version) as bigint) from groups").await,
        world.count("select count(*) from users").await,
        world.count("select cast(sum(version) as bigint) from users").await,
        world.count("select count(*) from grants").await,
        world.count("select count(*) from memberships").await,
    )
}

on_both_engines! {
    async fn every_form_answers_bad_input_with_4xx_and_writes_nothing(world: World) {
        let ada = world.set_up().await;
        let places = Places::make(&world, &world.add("grace", "Hopper").await).await;
        let before = rows(&world).await;
        for route in routes().iter().filter(|r| r.is_function() && !TAKES_NO_INPUT.contains(&r.path)) {
            let (path, named) = (route.path, places.named(route.path));
            for value in bad_values().into_iter().filter(|value| !TAKES_NOTHING.contains(&path) || !value.trim().is_empty()) {
                let form = FIELDS.iter().filter(|field| **field != "user" || path.contains("bulk"));
                let form = form.map(|field| (*field, value.clone()));
                let form: Vec<_> = named.iter().filter(|_| !path.contains("bulk")).cloned().chain(form).collect();
                let body = serde_urlencoded::to_string(form).unwrap();
                for island in [false, true] {
                    let mut browser = if route.access == Access::Public { world.browser() } else { world.signed_in(&ada).await };
                    if island {
                        browser = browser.island();
                    }
                    let answer = browser.send("POST", path, body.clone()).await;
                    assert!((400..500).contains(&answer.status), "{path} {value:?}: {}", answer.status);
                }
                world.execute("delete from throttles").await;
            }
        }
        assert_eq!(rows(&world).await, before);
    }

    async fn bodies_that_are_no_form_are_refused(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        for body in ["\u{0}\u{1}".to_owned(), "{\"first_name\":1}".into(), "=&=&&==".into(), "first_name=%ff%fe".into(), "%".repeat(60_000)] {
            for path in ["/admin/users/new", "/fn/users/create", "/fn/users/list", "/fn/users/disable", "/fn/nothing"] {
                let status = browser.send("POST", path, body.clone()).await.status;
                assert!((400..500).contains(&status), "{path} {status}");
            }
        }
        assert_eq!(browser.send("POST", "/admin/users/new", "x".repeat(70_000)).await.status, 413);
        assert_eq!(world.count("select count(*) from users").await, 1);
    }

    async fn queries_never_break_a_page(world: World) {
        let ada = world.set_up().await;
        let places = Places::make(&world, &ada).await;
        let mut browser = world.signed_in(&ada).await;
        for value in bad_values() {
            // A request line has a limit of its own.
            let value: String = value.chars().take(2000).collect();
            let query = serde_urlencoded::to_string(["q", "status", "sort", "order", "after", "before", "action", "user", "next", "code", "actor", "target", "action", "tenant", "from", "until", "a", "b", "to", "group", "groups", "inherited", "find", "keys", "pairs"].map(|name| (name, &value))).unwrap();
            for (path, _) in PAGES {
                let status = browser.get(&format!("{}?{query}", places.path(path))).await.status;
                assert!(status < 500, "{path} {value:?}: {status}");
            }
            world.execute("delete from throttles").await;
        }
        let long = "_".repeat(25_000);
        for (path, _) in PAGES {
            let status = browser.get(&format!("{}?q={long}&find={long}", places.path(path))).await.status;
            assert!(status < 500, "{path}: {status}");
        }
    }

    async fn an_id_that_can_not_be_one_is_not_found(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        for path in ["roles/a%00b", "roles/a%00b/versions", "roles/a%00b/delete", "roles/x", "users/x", "groups/a%00b", "tenants/x", "grants/x/renew", "clients/x", "tokens/x", "keys/x", "key-pairs/x", "audit/x/undo"] {
            assert_eq!(browser.get(&format!("/admin/{path}")).await.status, 404, "{path}");
        }
        // A place in the list after a role whose id is a zero byte.
        assert_eq!(browser.get("/admin/roles?after=WyJhIiwiXHUwMDAwIl0").await.status, 200);
    }

    async fn a_refused_form_keeps_what_was_typed_apart_from_secrets(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        let answer = browser.post("/admin/users/new", &[("first_name", "Grace <b>"), ("email", "nonsense"), ("password", "secret")]).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("value=\"Grace &lt;b&gt;\"") && answer.body.contains("enter an e-mail address like"));
        assert!(!answer.body.contains("value=\"secret\""));
        let answer = browser.island().post("/admin/users/new", &[("email", "nonsense")]).await;
        assert!(answer.status == 400 && answer.body.contains("[\"first_name\",\"enter a first name\"]"), "{}", answer.body);
    }

    async fn other_sites_can_not_send_forms(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        browser.headers = vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
        for route in routes().iter().filter(|route| route.is_function()) {
            let answer = browser.send("POST", route.path, String::new()).await;
            assert_eq!(answer.status, 403, "{}", route.path);
        }
        assert_eq!(browser.post("/admin/users/new", &[]).await.status, 403);
        browser.headers = vec![("origin", "https://evil.example"), ("host", "localhost")];
        assert_eq!(browser.post("/signout", &[]).await.status, 403);
    }
}
