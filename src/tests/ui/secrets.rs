//! A secret is on the page that tells it, once, and on no other: every page is read after one of every kind was made.

use castellan::{
    domain::{
        clients::commands::{AddClient, RotateClient},
        codes::MakePasswordLink,
        commands::service_keys::{NewServiceKey, add_service_key},
        ctx::Ctx,
        key_pairs::commands::AddKeyPair,
        outbox::letter::Letter,
        second_factor::{commands::MakeRecoveryCodes, totp},
        tokens::commands::{AddToken, RotateToken},
    },
    model::id::{ROOT_TENANT, UserId},
};
use serde_json::json;

use crate::{
    api::back_office::{bare, pair},
    domain::{
        second_factor::{SECRET, bind_app, mailed},
        stage::{ask_for_address, letters, of_account, of_key_pair, of_service, personal, unbounded},
    },
    support::{PASSWORD, Secrets, World, changes::*, on_both_engines},
    ui::places::{Places, routes},
};

/// Makes what programs carry, twice where it can be exchanged.
async fn of_programs(ctx: &Ctx, whose: UserId, secrets: &mut Secrets) {
    for new in [personal(whose, None), of_account((whose, ROOT_TENANT), "account")] {
        let (add, value) = AddToken::prepare(ctx, new);
        let token = run(ctx, add).await.unwrap();
        let (rotate, second) = RotateToken::prepare(ctx, &token);
        run(ctx, rotate).await.unwrap();
        [value, second].iter().for_each(|value| drop(secrets.add("token", value)));
    }
    let new = NewServiceKey { tenant: ROOT_TENANT, name: "service".into(), roles: Vec::new(), bounds: unbounded() };
    secrets.add("service key", &add_service_key(ctx, new).await.unwrap().1);
    let (add, first) = AddClient::prepare(ctx, of_service(ROOT_TENANT, "program"));
    let client = run(ctx, add).await.unwrap();
    let (rotate, second) = RotateClient::prepare(client.id);
    run(ctx, rotate).await.unwrap();
    [first, second].iter().for_each(|value| drop(secrets.add("client secret", value)));
    let (add, secret) = AddKeyPair::prepare(ctx, of_key_pair(ROOT_TENANT, "pair"));
    run(ctx, add).await.unwrap();
    secrets.add("secret of a key pair", &secret);
}

/// The code that a letter about an address carries.
fn code(letter: &Letter) -> &str {
    match letter {
        Letter::AddressConfirm { code, .. } | Letter::AddressAsked { code, .. } => code.as_deref().unwrap(),
        other => panic!("{other:?}"),
    }
}

on_both_engines! {
    async fn no_page_and_no_row_holds_a_secret(world: World) {
        let (ada, mut secrets) = (world.set_up().await, Secrets::default());
        let (ctx, operator) = (world.as_user(&ada).await, world.operator());
        secrets.add("password", PASSWORD);
        secrets.add("set-up code", &world.services.key.setup_code());
        of_programs(&ctx, ada.id, &mut secrets).await;
        let pair = pair(&bare(&world.router("http://localhost"), "/api/v2/signin", &json!({"email": ada.email, "password": PASSWORD})).await);
        pair.iter().for_each(|token| drop(secrets.add("access or refresh token", token)));
        secrets.add("code of a reset", &run(&operator, MakePasswordLink { user: ada.id }).await.unwrap().1);
        ask_for_address(&world, &ada, "new@example.com").await.unwrap();
        for (_, letter) in letters(&world).await.iter().take(2) {
            secrets.add("code about an address", code(letter));
        }
        let grace = world.add("grace", "").await;
        let (reset, password) = ResetPassword::with_any(&operator, grace.id).await.unwrap();
        run(&operator, reset).await.unwrap();
        secrets.add("temporary password", &password);
        let linus = world.add("linus", "").await;
        bind_app(&world, &linus).await;
        secrets.add("secret of an app", &totp::base32(SECRET));
        for code in run(&world.as_user(&linus).await, MakeRecoveryCodes).await.unwrap() {
            secrets.add("recovery code", &code);
        }
        let una = world.add("una", "").await;
        world.execute_text(format!("update users set second_factor = 'email' where login = '{}'", una.login)).await;
        let mut waiting = world.browser();
        assert_eq!(waiting.post("/signin", &[("email", &una.email), ("password", PASSWORD)]).await.location(), "/signin/second-factor");
        secrets.add("mailed code", &mailed(&world).await);
        let places = Places::make(&world, &ada).await;
        let mut browser = world.signed_in(&ada).await;
        let cookies = waiting.cookies.values().chain(browser.cookies.values()).filter(|value| value.len() > 20);
        cookies.cloned().collect::<Vec<_>>().iter().for_each(|cookie| drop(secrets.add("cookie", cookie)));
        let people = [&grace, &linus, &una].map(|user| format!("/admin/users/{}", user.id));
        let pages = routes().into_iter().filter(|route| !route.is_function()).map(|route| places.page(route.path));
        let mut read = 0;
        for path in pages.chain(people) {
            let answer = browser.get(&path).await;
            assert!(answer.status < 500, "{path}: {}", answer.body);
            read += usize::from(answer.status == 200);
            secrets.assert_absent(&path, answer.body.as_bytes());
        }
        assert!(read > 70 && secrets.count() > 25, "{read} pages, {} secrets", secrets.count());
        assert!(browser.get("/admin/audit").await.body.contains("recovery codes"), "what was made is on record");
        secrets.assert_absent("the database", &world.dump().await);
    }
}
