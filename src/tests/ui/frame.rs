//! What every page and form has from the frame: sessions, what was typed, links without their codes, times, and the document
//! itself.

use crate::{
    domain::stage::last,
    support::{Browser, PASSWORD, World, changes::*, on_both_engines},
};
use castellan::{
    domain::{codes::MakePasswordLink, secrets::token_hash},
    http::sessions::Store,
};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

const FORM: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", PASSWORD)];

/// Makes the event of a sign-in, which is written last, impossible.
async fn break_sign_in(world: &World) {
    let sqlite = "create trigger broken before insert on events when new.action = 'sessions.sign-in'
        begin select raise(abort, 'injected'); end";
    let postgres = [
        "create function broken() returns trigger as $$ begin
            if new.action = 'sessions.sign-in' then raise exception 'injected'; end if; return new; end $$ language plpgsql",
        "create trigger broken before insert on events for each row execute function broken()",
    ];
    let mut tx = world.services.db.begin().await.unwrap();
    match tx.driver() {
        castellan::db::Driver::Sqlite(c) => drop(sqlx::query(sqlite).execute(c).await.unwrap()),
        castellan::db::Driver::Postgres(c) => {
            for sql in postgres {
                sqlx::query(sql).execute(&mut *c).await.unwrap();
            }
        }
    }
    tx.commit().await.unwrap();
}

fn session(world: &World, browser: &Browser) -> Option<String> {
    browser.cookies.get(&format!("castellan-{}", world.services.key.installation())).cloned()
}

/// What a page's form was opened with, and who opened it.
async fn opened(browser: &mut Browser, path: &str) -> Vec<(String, String)> {
    browser.get(path).await.form(path)
}

on_both_engines! {
    async fn a_sign_in_that_fails_at_its_end_leaves_no_session_and_no_cookie(world: World) {
        world.set_up().await;
        break_sign_in(&world).await;
        let mut browser = world.browser();
        let failed = browser.post("/signin", &FORM).await;
        assert_eq!((failed.status, session(&world, &browser)), (500, None), "{}", failed.body);
        assert_eq!(world.count("select count(*) from sessions").await, 0);
        assert_eq!(world.count("select count(*) from users where last_sign_in_at is not null").await, 0);
        assert!(failed.body.contains("Something broke on our side"), "{}", failed.body);
    }

    async fn a_session_that_was_ended_is_never_brought_back_and_none_is_made_up(world: World) {
        let ada = world.set_up().await;
        let browser = world.signed_in(&ada).await;
        let token = session(&world, &browser).unwrap();
        let (store, id) = (Store::new(world.services.clone()), token.parse::<Id>().unwrap());
        let mut held: Record = store.load(&id).await.unwrap().unwrap();
        held.data.insert("a".into(), 1.into());
        store.save(&held).await.unwrap();
        assert_eq!(store.load(&id).await.unwrap().unwrap().data["a"], 1);
        assert_eq!(world.text("select data from sessions").await, "{\"a\":1}");
        world.execute("delete from sessions").await;
        store.save(&held).await.unwrap();
        assert!(store.create(&mut held).await.is_err(), "only a sign-in begins one");
        assert_eq!(world.count("select count(*) from sessions").await, 0);
        assert!(store.load(&id).await.unwrap().is_none());
    }

    async fn whoever_reads_the_database_can_not_sign_in_with_it(world: World) {
        let ada = world.set_up().await;
        let token = session(&world, &world.signed_in(&ada).await).unwrap();
        let mut conn = world.services.db.read().await.unwrap();
        let kept: Vec<u8> = match conn.driver() {
            castellan::db::Driver::Sqlite(c) => sqlx::query_scalar("select token_hash from sessions").fetch_one(c).await.unwrap(),
            castellan::db::Driver::Postgres(c) => sqlx::query_scalar("select token_hash from sessions").fetch_one(c).await.unwrap(),
        };
        assert_eq!(kept, token_hash(&token));
        assert_eq!(token.len(), 22, "128 bits");
    }

    async fn what_was_typed_survives_the_end_of_a_session_for_the_same_person(world: World) {
        let (ada, grace) = (world.set_up().await, world.add_with_role("grace", "admin").await);
        let mut browser = world.signed_in(&ada).await;
        let path = format!("/admin/users/{}/edit", grace.id);
        let mut fields = opened(&mut browser, &path).await;
        fields.iter_mut().find(|(name, _)| name == "last_name").unwrap().1 = "Murray <b>".into();
        world.execute("delete from sessions").await;
        let body = serde_urlencoded::to_string(&fields).unwrap();
        let refused = browser.send("POST", &path, body).await;
        assert_eq!((refused.status, refused.location()), (303, format!("/signin?next={}", path.replace('/', "%2F")).as_str()));
        let kept: Vec<_> = browser.cookies.iter().filter(|(name, _)| name.ends_with("-typed")).collect();
        assert!(kept.len() == 1 && !kept[0].1.contains("Murray"), "sealed");
        let cookies = browser.cookies.clone();
        let next = [FORM[0], FORM[1], ("next", path.as_str())];
        assert_eq!(browser.post("/signin", &next).await.location(), path);
        let shown = browser.get(&path).await;
        assert!(shown.body.contains("value=\"Murray &lt;b&gt;\"") && shown.body.contains("This is what you had typed"), "{}", shown.body);
        assert_eq!(world.count("select count(*) from users where last_name like 'Murray%'").await, 0, "nothing is sent by itself");
        assert!(!browser.get(&path).await.body.contains("Murray"), "it is shown once");
        let mut other = world.browser();
        other.cookies = cookies.clone();
        other.post("/signin", &[("email", &grace.login), ("password", PASSWORD)]).await;
        assert!(!other.get(&path).await.body.contains("Murray"), "it is ada's");
        world.services.clock.advance(601);
        let mut late = world.browser();
        late.cookies = cookies;
        late.post("/signin", &FORM).await;
        assert!(!late.get(&path).await.body.contains("Murray"), "ten minutes are over");
    }

    async fn a_mailed_code_leaves_the_address_at_once(world: World) {
        let grace = world.add("grace", "").await;
        let (_, code) = run(&world.operator(), MakePasswordLink { user: grace.id }).await.unwrap();
        let mut browser = world.browser();
        let link = format!("/reset-password?user={}&code={code}&lang=de", grace.id);
        let answer = browser.get(&link).await;
        assert_eq!((answer.status, answer.location()), (303, "/reset-password?lang=de"));
        assert!(browser.cookies.values().all(|value| !value.contains(&code)), "sealed");
        let page = browser.get("/reset-password?lang=de").await;
        assert!(page.status == 200 && !page.body.contains(&code) && page.body.contains("Passwort festlegen"), "{}", page.body);
        assert_eq!(browser.get("/activate").await.status, 409, "it is about another page");
        let done = browser.submit(&page, "/reset-password", &[("password", "one phrase of words"), ("again", "one phrase of words")]).await;
        assert_eq!(done.location(), "/signin", "{}", done.body);
        assert!(browser.cookies.keys().all(|name| !name.ends_with("-link")), "it is forgotten");
    }

    async fn times_are_the_reader_s_and_what_they_type_is_read_so(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await.id.to_string());
        let mut browser = world.signed_in(&ada).await;
        assert!(browser.get("/admin/audit").await.body.contains("Times are UTC."));
        browser.cookies.insert(format!("castellan-{}-zone", world.services.key.installation()), "Asia/Kolkata".into());
        let audit = browser.get("/admin/audit").await.body;
        assert!(audit.contains("Times are IST.") && audit.contains(">05:30:00<") && audit.contains("datetime=\"2026-11-22T00:00:00Z\""), "{audit}");
        let page = browser.get(&format!("/admin/grants/new?user={grace}")).await;
        assert!(page.body.contains("Begins (IST)") && page.body.contains("Until (IST)"), "{}", page.body);
        let form = [("user", grace.as_str()), ("permission", "users.read"), ("tenant", "everywhere"), ("lasts", "until"), ("until", "2026-12-01T10:00")];
        assert_eq!(browser.post("/admin/grants/new", &form).await.status, 303);
        assert_eq!(world.count("select expires_at from grants where permission = 'users.read'").await, 1_796_099_400_000, "04:30 UTC");
        let event = last(&world).await;
        assert!(event.after.unwrap().contains("2026-12-01T04:30:00Z"));
        let grant = world.text("select cast(max(created_at) as text) from grants").await;
        assert!(!grant.is_empty());
        browser.cookies.insert(format!("castellan-{}-zone", world.services.key.installation()), "No/Where".into());
        assert!(browser.get("/admin/audit").await.body.contains("Times are UTC."));
    }

    async fn a_page_is_whole_valid_and_small_on_the_wire(world: World) {
        let ada = world.set_up().await;
        let mut new = crate::support::person("mallory", "");
        new.profile.display_name = "</title><script>alert(1)</script> & co".into();
        let mallory = add_user(&world.operator(), new).await.unwrap();
        let mut browser = world.signed_in(&ada).await;
        for path in ["/admin/users".to_owned(), format!("/admin/users/{}", mallory.id), "/admin/roles/new".into()] {
            let page = browser.get(&path).await;
            assert!(page.body.starts_with("<!DOCTYPE html>") && page.body.ends_with("</html>"), "{path}");
            assert!(!page.body.contains("<!>") && !page.body.contains("<script>"), "{path}: {}", page.body);
            assert_eq!(page.header("content-length"), page.body.len().to_string(), "{path}");
        }
        let shown = browser.get(&format!("/admin/users/{}", mallory.id)).await.body;
        assert!(shown.contains("<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; co · Castellan</title>"), "{shown}");
        let whole = browser.get("/admin/permissions").await.body.len();
        browser.headers.push(("accept-encoding", "gzip"));
        let packed = browser.get("/admin/permissions").await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert!(packed.body.len() < whole / 2, "{} of {whole}", packed.body.len());
    }
}
