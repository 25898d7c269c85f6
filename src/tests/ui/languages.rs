//! Pages that mailed links lead to speak the language of the mail.

use castellan::domain::codes::MakePasswordLink;

use crate::support::{World, changes::*, on_both_engines};

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
}
