//! Pages for strangers speak their reader's language: that of the link that they followed, the one that they chose, their own,
//! or that of their browser.

use std::collections::BTreeSet;

use castellan::{
    app::PAGES,
    domain::{
        codes::MakePasswordLink,
        error::{Error, Refused},
        second_factor::commands::RequireSecondFactor,
        users::store::User,
    },
    http::{
        access::Access,
        error::refusal,
        flash::{Done, Notice},
    },
    mail::texts::Texts,
    model::error::FieldErrors,
};

use crate::{
    domain::{
        second_factor::bind_app,
        stage::{ask_for_address, letters},
    },
    support::{Answer, Browser, PASSWORD, World, changes::*, on_both_engines},
};

const OTHERS: [&str; 4] = ["de", "fr", "es", "ar"];

/// What is the same in every language: names, and words that German and French have, too.
const NAMES: [&str; 8] = ["Castellan", "English", "Deutsch", "Français", "Español", "العربية", "Code", "E-mail"];

/// A browser that chose this language.
fn speaking(world: &World, lang: &str) -> Browser {
    let mut browser = world.browser();
    browser.cookies.insert(format!("castellan-{}-language", world.services.key.installation()), lang.to_owned());
    browser
}

/// All that a page says, and what it says to whoever doesn't see it.
fn said(body: &str) -> BTreeSet<String> {
    let texts = body.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text);
    let labels = body.split("aria-label=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let all = texts.chain(labels).map(str::trim).filter(|text| text.chars().any(char::is_lowercase));
    all.filter(|text| !NAMES.contains(text) && !text.contains('@')).map(str::to_owned).collect()
}

/// Somebody's sign-in as far as their password takes it.
async fn begun(world: &World, lang: &str, user: &User) -> (Browser, Answer) {
    let mut browser = speaking(world, lang);
    let answer = browser.post("/signin", &[("email", &user.login), ("password", PASSWORD)]).await;
    let page = browser.get(answer.location()).await;
    (browser, page)
}

/// People whose sign-in waits for something: an app, mail, the setting up of an app, and another password.
async fn waiting(world: &World) -> [User; 4] {
    let operator = world.operator();
    let mut people = Vec::new();
    for name in ["app", "mail", "enrol", "temporary"] {
        people.push(world.add(name, "Hopper").await);
    }
    bind_app(world, &people[0]).await;
    run(&operator, RequireSecondFactor { user: people[1].id, required: true }).await.unwrap();
    world.execute("update users set second_factor_required = true where login = 'enrol@example.com'").await;
    world.execute("update users set password_temporary = true where login = 'temporary@example.com'").await;
    people.try_into().unwrap_or_else(|_| unreachable!("four"))
}

/// Every page for strangers of an installation that is set up, in its states, each with what it is.
async fn pages(
    world: &World,
    lang: &str,
    (ada, people, links): (&User, &[User; 4], &[String]),
) -> Vec<(String, Answer)> {
    let public = PAGES.iter().filter(|(path, access)| *access == Access::Public && *path != "/");
    let paths: Vec<&str> = public.map(|(path, _)| *path).chain(links.iter().map(String::as_str)).collect();
    let mut found = Vec::new();
    for path in paths {
        found.push((path.to_owned(), speaking(world, lang).open(path).await));
    }
    for user in people {
        found.extend(steps(world, lang, user).await);
    }
    for path in ["/signin", "/forgot-password"] {
        let typed = [("email", "nobody"), ("password", "wrong")];
        found.push((format!("{path} refused"), speaking(world, lang).post(path, &typed).await));
    }
    let mut own = begun(world, lang, ada).await.0;
    found.push(("/change-password".into(), own.get("/change-password").await));
    let typed =
        [("old", "wrong"), ("password", "another horse, another battery"), ("again", "another horse, another battery")];
    found.push(("/change-password refused".into(), own.post("/change-password", &typed).await));
    found
}

/// The page that somebody's sign-in waits on, and the same after something wrong was typed.
async fn steps(world: &World, lang: &str, user: &User) -> [(String, Answer); 2] {
    let (mut browser, page) = begun(world, lang, user).await;
    let is_temporary = page.body.contains("sign-in/change-password");
    let form = if is_temporary { "/change-password" } else { "/signin/second-factor" };
    let typed = [("code", "1"), ("password", "short"), ("again", "short")];
    let refused = browser.submit(&page, form, &typed).await;
    [(form.to_owned(), page), (format!("{form} refused"), refused)]
}

/// Links that work: to set a password, to confirm an address, and to stop that.
async fn mailed(world: &World, user: &User) -> Vec<String> {
    let (_, code) = run(&world.operator(), MakePasswordLink { user: user.id }).await.unwrap();
    ask_for_address(world, user, "new@example.com").await.unwrap();
    let mut links = vec![format!("/reset-password?user={}&code={code}", user.id)];
    for ((_, letter), page) in letters(world).await.iter().zip(["/stop-address-change", "/confirm-address"]) {
        let json = serde_json::to_value(letter).unwrap();
        links.push(format!("{page}?user={}&code={}", user.id, json["code"].as_str().unwrap()));
    }
    links
}

/// That no page says anything in English.
fn none_is_english(english: &[(String, Answer)], other: &[(String, Answer)], lang: &str) {
    assert_eq!(english.len(), other.len());
    for ((name, one), (_, another)) in english.iter().zip(other) {
        assert_eq!(one.status, another.status, "{name} {lang}");
        assert!(another.body.contains(&format!("<html lang=\"{lang}\"")), "{name} {lang}: {}", another.body);
        let (one, another) = (said(&one.body), said(&another.body));
        assert!(one.len() > 2, "{name}: {one:?}");
        assert_eq!(one.intersection(&another).collect::<Vec<_>>(), Vec::<&String>::new(), "{name} {lang}");
    }
}

/// What is refused, each for a reason of its own: too short, none, common, keys, one character, a name, and with the login.
const BAD: [&str; 9] = [
    "short",
    "",
    "passwordpassword",
    "qwertyuiopasdfgh",
    "aaaaaaaaaaaaaaaa",
    "graceeeeeeeeeeee",
    "my grace@example.com is it",
    "horse horse horse",
    "123456789012345678",
];

/// What is said to be wrong with a field.
fn wrong(body: &str, field: &str) -> String {
    let rest = body.split_once(&format!("id=\"{field}-error\"")).unwrap().1;
    rest.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned()
}

on_both_engines! {
    async fn a_mailed_link_opens_a_page_in_the_language_of_the_mail(world: World) {
        let grace = world.add("grace", "").await;
        let (_, code) = run(&world.operator(), MakePasswordLink { user: grace.id }).await.unwrap();
        let user = grace.id.to_string();
        let page = format!("/reset-password?user={user}&code={code}");
        let mut browser = world.browser();
        assert!(browser.open(&page).await.body.contains("<html lang=\"en\" dir=\"ltr\""));
        let german = browser.open(&format!("{page}&lang=de")).await.body;
        assert!(german.contains("<html lang=\"de\" dir=\"ltr\"") && german.contains("Passwort festlegen"), "{german}");
        assert!(browser.open(&format!("{page}&lang=ar")).await.body.contains("<html lang=\"ar\" dir=\"rtl\""));
        assert!(browser.open(&format!("{page}&lang=xx")).await.body.contains("<html lang=\"en\""), "as nothing was said");
        for bad in BAD {
            let mut said = Vec::new();
            for lang in ["en", "de"] {
                let form = [("user", user.as_str()), ("code", code.as_str()), ("lang", lang), ("password", bad), ("again", bad)];
                let refused = browser.post("/reset-password", &form).await;
                assert_eq!(refused.status, 400, "{bad}");
                assert!(lang == "en" || refused.body.contains("Nichts wurde gespeichert"), "{}", refused.body);
                said.push(wrong(&refused.body, "password"));
            }
            assert!(!said[0].is_empty() && said[0] != said[1], "{bad}: {said:?}");
        }
        let form = [("user", user.as_str()), ("code", code.as_str()), ("lang", "fr"), ("password", "x"), ("again", "y")];
        assert_eq!(wrong(&browser.post("/reset-password", &form).await.body, "again"), "indiquez deux fois le même mot de passe");
        let asked = browser.post("/forgot-password?lang=es", &[("email", "nobody")]).await.body;
        assert_eq!(wrong(&asked, "email"), "escribe una dirección de correo como nombre@example.com");
    }

    async fn a_dead_link_says_so_in_its_language_and_offers_another(world: World) {
        for (page, lang, said) in [("/verify-email", "fr", "Ce lien ne fonctionne plus"), ("/activate", "de", "Dieser Link wirkt nicht mehr"), ("/reset-password", "", "This link no longer works")] {
            let dead = world.browser().open(&format!("{page}?user=none&code=none&lang={lang}")).await;
            assert!(dead.status == 409 && dead.body.contains(said), "{}", dead.body);
            let again = if lang.is_empty() { "/forgot-password\"".to_owned() } else { format!("/forgot-password?lang={lang}\"") };
            assert!(dead.body.contains(&again), "{}", dead.body);
        }
    }

    async fn no_page_for_strangers_says_anything_in_english_to_whoever_reads_another_language(world: World) {
        let set_up = async |lang: &str| {
            let mut browser = speaking(&world, lang);
            let typed = [("code", "wrong"), ("first_name", "Ada"), ("email", "ada@example.com"), ("password", PASSWORD)];
            vec![
                ("/setup".to_owned(), browser.get("/setup").await),
                ("/setup code".to_owned(), browser.post("/setup", &typed).await),
                ("/setup refused".to_owned(), browser.post("/setup", &[("email", "x"), ("password", "short")]).await),
            ]
        };
        let english = set_up("en").await;
        for lang in OTHERS {
            none_is_english(&english, &set_up(lang).await, lang);
        }
        let (ada, people) = (world.set_up().await, waiting(&world).await);
        let links = mailed(&world, &ada).await;
        let english = pages(&world, "en", (&ada, &people, &links)).await;
        for lang in OTHERS {
            world.execute("delete from throttles").await;
            none_is_english(&english, &pages(&world, lang, (&ada, &people, &links)).await, lang);
        }
    }

    async fn the_language_is_the_links_the_chosen_ones_own_or_the_browsers(world: World) {
        let ada = world.set_up().await;
        let lang = |answer: Answer| answer.body.split_once("<html lang=\"").unwrap().1[..2].to_owned();
        let mut browser = world.browser();
        assert_eq!(lang(browser.get("/signin").await), "en", "nothing is wanted");
        browser.headers.push(("accept-language", "xx, fr;q=0.5, es;q=0.9"));
        assert_eq!(lang(browser.get("/signin").await), "es", "the browser's");
        browser.post("/signin", &[("email", &ada.login), ("password", PASSWORD)]).await;
        world.execute("update users set locale = 'fr_CA'").await;
        assert_eq!(lang(browser.get("/change-password").await), "fr", "one's own");
        assert_eq!(lang(browser.get("/admin").await), "en", "the console's");
        let chosen = browser.post("/language", &[("lang", "ar")]).await;
        assert_eq!((chosen.status, lang(browser.get("/change-password").await).as_str()), (303, "ar"), "the chosen one");
        assert_eq!(lang(browser.get("/change-password?lang=de").await), "de", "the link's");
        let page = browser.get("/change-password?lang=xx").await;
        assert!(page.body.contains("<html lang=\"ar\" dir=\"rtl\""), "as nothing was said");
    }

    async fn the_switch_stays_on_the_page_and_takes_nothing_but_a_language(world: World) {
        world.set_up().await;
        let mut browser = world.browser();
        let page = browser.get("/signin?next=%2Fadmin%2Fusers&lang=de").await;
        assert!(page.body.contains("aria-pressed=\"true\"") && page.body.contains("lang=\"ar\" dir=\"rtl\""), "{}", page.body);
        let form = "fn=%2Ffn%2Fsign-in%2Flanguage&lang=fr".to_owned();
        let switched = browser.send("POST", "/signin?next=%2Fadmin%2Fusers&lang=de", form).await;
        assert_eq!(switched.location(), "/signin?next=%2Fadmin%2Fusers");
        assert!(browser.get("/signin").await.body.contains("Se connecter"));
        browser.post("/language", &[("lang", "../x\r\nset-cookie: a=b")]).await;
        assert!(browser.get("/signin").await.body.contains("<html lang=\"en\""), "no language is none");
    }

    async fn addresses_and_codes_begin_at_the_left_in_arabic_too(world: World) {
        let people = waiting(&world).await;
        world.set_up().await;
        let page = speaking(&world, "ar").get("/signin").await.body;
        assert!(page.contains("dir=\"rtl\"") && page.contains("id=\"email\" name=\"email\" type=\"text\" value=\"\" dir=\"ltr\""), "{page}");
        let page = begun(&world, "ar", &people[2]).await.1.body;
        assert!(page.contains("dir=\"ltr\" class=\"secret\""), "{page}");
        assert!(page.contains("id=\"code\" name=\"code\" type=\"text\" dir=\"ltr\""), "{page}");
    }

    async fn an_address_is_confirmed_and_kept_through_pages(world: World) {
        let ada = world.set_up().await;
        let links = mailed(&world, &ada).await;
        let mut browser = world.browser();
        for (link, page, goes, says) in [
            (&links[2], "/confirm-address", "/signin", "Ihre Adresse ist geändert"),
            (&links[1], "/stop-address-change", "/forgot-password", "Legen Sie jetzt ein neues Passwort fest"),
        ] {
            browser.headers = vec![("sec-fetch-site", "same-origin"), ("accept-language", "de")];
            assert_eq!(browser.open(link).await.status, 200);
            assert_eq!(browser.post(page, &[]).await.location(), goes);
            let told = browser.get(goes).await.body;
            assert!(told.contains(says), "{told}");
            assert_eq!(browser.open(link).await.status, 409, "once");
        }
        assert_eq!(world.count("select count(*) from users where login = 'ada@example.com'").await, 1);
    }
}

/// What pages for strangers may have to say, as the domain says it in English.
fn refusals() -> Vec<String> {
    let refused = [
        Refused::LostMeanwhile,
        Refused::SamePassword,
        Refused::SignInOver,
        Refused::AlreadySetUp,
        Refused::DeadLink,
        Refused::AddressTaken,
    ];
    let waits = [1, 40, 600].map(Error::Throttled);
    let others = [Error::WrongCredentials, Error::WrongCode, Error::NotFromHere, Error::Unauthenticated, Error::Stale];
    let broken = [Error::Busy, Error::Storage, Error::Unknown, Error::Internal(String::new())];
    let none = [Error::NotFound("page"), Error::NotFound("function"), FieldErrors::one("x", "y").into()];
    let all = refused.map(Error::from).into_iter().chain(waits).chain(others).chain(broken).chain(none);
    all.map(|error| refusal(&error).message).collect()
}

#[test]
fn whatever_is_refused_or_done_there_is_said_in_every_language() {
    let done = [
        Done::SetUp,
        Done::PasswordSet,
        Done::CameIn,
        Done::EmailVerified,
        Done::CodeSent,
        Done::ResetAsked,
        Done::AddressChanged,
        Done::AddressKept,
    ];
    let done = done.map(|done| Notice::decode(&done.encode(1, None)).unwrap().sentence.before);
    for english in refusals().into_iter().chain(done) {
        for lang in OTHERS {
            assert_ne!(Texts::of(lang).unwrap().translated(&english), english, "{lang}");
        }
        assert_eq!(Texts::of("en").unwrap().translated(&english).replace(['\u{2068}', '\u{2069}'], ""), english);
    }
}
