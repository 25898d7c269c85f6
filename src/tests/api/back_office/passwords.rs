//! What a password may be, what dies with it, and who has to change theirs first.

use castellan::{
    domain::{
        tenants::settings::Required,
        tokens::caller::by_token,
        users::input::{NewUser, Special},
    },
    model::token::TokenKind,
};

use super::*;
use crate::{
    domain::stage::{last, of_account, personal, tenant},
    support::{Browser, PASSWORD, on_both_engines, person},
};

const PROFILE: &str = "/v1/users/profile";
const CHANGE: &str = "/v1/users/changePassword";
const FIRST: &str = "Change your password first";

/// What somebody carries.
struct Carried {
    access: String,
    refreshing: String,
    personal: String,
    account: String,
    session: Browser,
}

async fn carried(world: &World, router: &Router, (user, of): (&User, &Tenant)) -> Carried {
    let [access, refreshing] = pair(&signin(router, &user.login, PASSWORD).await);
    let personal = management::token(world, user).await;
    let account = management::made(world, of_account((user.id, of.id), &user.login)).await;
    Carried { access, refreshing, personal, account, session: world.signed_in(user).await }
}

/// Which of them still work: an access token, a personal one, a session, an account token, and a refresh token, which is
/// used up by that.
async fn works(world: &World, router: &Router, carried: &mut Carried) -> [bool; 5] {
    let access = get(router, PROFILE, &carried.access).await.status == 200;
    let personal = get(router, PROFILE, &carried.personal).await.status == 200;
    let session = !carried.session.get("/admin").await.location().starts_with("/signin");
    let account = by_token(&world.stranger(), &carried.account, &[TokenKind::Account]).await.is_ok();
    let refreshed = refresh(router, &carried.refreshing).await;
    if refreshed.status == 200 {
        [_, carried.refreshing] = pair(&refreshed);
    } else {
        assert_eq!(refreshed.status, 401);
    }
    [access, personal, session, account, refreshed.status == 200]
}

on_both_engines! {
    // 001-4, 001-refresh, 001-R12, 001-R24, 001-R42, 001-R53
    async fn another_password_ends_what_the_one_before_opened(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, token), cyd) = (admin(&world, "bea", &a).await, member(&world, "cyd", &a).await);
        let mut hers = carried(&world, &router, (&cyd, &a)).await;
        assert_eq!(works(&world, &router, &mut hers).await, [true; 5]);
        let answer = put(&router, &of(cyd.number), &token, &json!({"password": KETTLE})).await;
        assert_eq!((answer.status, answer.body.to_string().contains(KETTLE)), (200, false));
        assert_eq!(works(&world, &router, &mut hers).await, [false, false, false, true, false], "account tokens stay");
        assert_eq!((signin(&router, &cyd.login, PASSWORD).await.status, signin(&router, &cyd.login, KETTLE).await.status), (401, 200));
        assert_eq!(world.count("select count(*) from users where login = 'cyd@example.com' and password_temporary").await, 0, "it may stay");
        assert_eq!(templates(&world, &cyd.login).await, ["password-changed", "new-device", "credential-changed"]);
        let done = events(&world).await;
        assert!(done.iter().any(|(who, action)| who.starts_with("bea") && action == "users.give-password"), "{done:?}");
        let logged = world.text("select coalesce(max(e.after), '') from events e where e.action = 'users.give-password'").await;
        assert!(!logged.contains("argon2") && !logged.contains(KETTLE), "{logged}");
    }

    // 001-5, 001-R12, 001-R43
    async fn ones_own_password_leaves_what_is_calling_and_personal_tokens(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, _) = admin(&world, "bea", &a).await;
        let mut hers = carried(&world, &router, (&bea, &a)).await;
        let calling = access(&router, &bea.login, PASSWORD).await;
        assert_eq!(patch(&router, &of(bea.number), &calling, &json!({"password": KETTLE})).await.status, 200);
        assert_eq!(works(&world, &router, &mut hers).await, [false, true, false, true, false]);
        assert_eq!(get(&router, USERS, &calling).await.status, 200);
        assert_eq!(patch(&router, &of(bea.number), &hers.personal, &json!({"password": TRAM})).await.status, 200);
        assert_eq!((get(&router, USERS, &calling).await.status, get(&router, USERS, &hers.personal).await.status), (401, 200));
        assert_eq!((signin(&router, &bea.login, KETTLE).await.status, signin(&router, &bea.login, TRAM).await.status), (401, 200));
    }

    // 001-4, 001-R12, 001-R3, 001-R43, 001-R53
    async fn whoever_is_inactive_everywhere_is_out_and_elsewhere_goes_on(world: World) {
        let (nodes, a, b) = ([world.router("http://localhost"), world.router("http://localhost")], tenant(&world, "a").await, tenant(&world, "b").await);
        let router = &nodes[0];
        let ((_, token), cyd, dot) = (admin(&world, "bea", &a).await, member(&world, "cyd", &a).await, member(&world, "dot", &a).await);
        add_member(&world.operator(), b.id, &dot.login).await.unwrap();
        let mut hers = carried(&world, router, (&cyd, &a)).await;
        let mut shared = carried(&world, router, (&dot, &b)).await;
        let bound = management::made(&world, personal(dot.id, Some(a.id))).await;
        let of_a = management::made(&world, of_account((dot.id, a.id), "in a")).await;
        for user in [&cyd, &dot] {
            let answer = patch(router, &of(user.number), &token, &json!({"active": false})).await;
            assert_eq!((answer.status, &answer.body["active"]), (200, &json!(false)));
        }
        assert_eq!(works(&world, &nodes[1], &mut hers).await, [false; 5]);
        assert_eq!(signin(router, &cyd.login, PASSWORD).await.status, 401);
        assert_eq!(works(&world, &nodes[1], &mut shared).await, [true; 5]);
        assert_eq!(signin(router, &dot.login, PASSWORD).await.status, 200);
        assert_eq!(get(&nodes[1], PROFILE, &bound).await.status, 401);
        assert!(by_token(&world.stranger(), &of_a, &[TokenKind::Account]).await.is_err());
        for user in [&cyd, &dot] {
            assert_eq!(patch(router, &of(user.number), &token, &json!({"active": true})).await.body["active"], true);
        }
        assert_eq!(works(&world, router, &mut hers).await, [false, false, false, true, false], "what ended doesn't come back");
        assert_eq!((signin(router, &cyd.login, PASSWORD).await.status, get(router, PROFILE, &bound).await.status), (200, 200));
    }

    // 001-3, 001-4, 001-R42
    async fn a_password_follows_the_policy_of_where_its_person_belongs(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let with_password = |password: &str, tfa: bool| with(tove(&[]), json!({"password": password, "tfa": tfa}));
        assert_eq!(wrong(&post(&router, USERS, &token, &with_password("nine-maps", false)).await), ["password"]);
        assert_eq!(wrong(&post(&router, USERS, &token, &with_password("8-maps!", true)).await), ["password"]);
        let user = made(&router, &token, &with_password("nine-maps", true)).await;
        for (body, fits) in [
            (json!({"password": "ten-houses"}), true), (json!({"password": "ten-houses", "tfa": false}), false), (json!({"password": "7-cats!"}), false), (json!({"password": KETTLE, "tfa": false}), true),
            (json!({"password": "ten-houses"}), false), (json!({"password": "ten-houses", "tfa": true}), true),
            (json!({"password": "my marianne phrase", "email": "marianne@kestrel.example"}), false), (json!({"password": "wilhelmina wilhelmina", "name": "Wilhelmina"}), false),
        ] {
            let answer = patch(&router, &of(user), &token, &body).await;
            match fits {
                true => assert_eq!(answer.status, 200, "{body}: {}", answer.body),
                false => assert_eq!(wrong(&answer), ["password"], "{body}"),
            }
        }
        ask_of_people(&world, &a, TenantSettings { password_min: Some(10), ..TenantSettings::default() }).await;
        assert_eq!(wrong(&post(&router, USERS, &token, &with(named("Ines"), json!({"password": "nine-maps", "tfa": true}))).await), ["password"], "its own minimum");
        let ines = made(&router, &token, &with(named("Ines"), json!({"password": "ten-houses"}))).await;
        ask_of_people(&world, &b, TenantSettings { second_factor: Some(Required::Required), ..TenantSettings::default() }).await;
        let (_, hers) = admin(&world, "cyd", &b).await;
        made(&router, &hers, &with(named("Otto"), json!({"password": "nine-maps"}))).await;
        assert!(ines > user);
    }

    // 001-4, 001-signin, 001-R42, 001-R46, 001-R7
    async fn a_password_that_got_too_short_is_changed_at_the_next_sign_in(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let user = made(&router, &token, &with(tove(&[1]), json!({"password": "nine-maps", "tfa": true}))).await;
        assert_eq!(patch(&router, &of(user), &token, &json!({"tfa": false})).await.body["tfaMethod"], "disabled");
        let mut browser = world.browser();
        assert_eq!(browser.post("/signin", &[("email", TOVE), ("password", "nine-maps")]).await.location(), "/change-password");
        let bound = access(&router, TOVE, "nine-maps").await;
        for path in [USERS, GROUPS, &of(user)] {
            let answer = get(&router, path, &bound).await;
            assert_eq!((refused(&answer).0, refused(&answer).1.starts_with(FIRST)), (403, true), "{path}: {}", answer.body);
        }
        let own = json!({"oldPassword": "nine-maps", "newPassword": "ten-houses"});
        assert_eq!(sent(&router, (Method::PATCH, CHANGE), &bound, &own).await.status, 400);
        let own = json!({"oldPassword": "nine-maps", "newPassword": KETTLE});
        assert_eq!(sent(&router, (Method::PATCH, CHANGE), &bound, &own).await.status, 200);
        assert_eq!(get(&router, USERS, &bound).await.status, 200);
        assert_eq!(get(&router, USERS, &access(&router, TOVE, KETTLE).await).await.status, 200);
        let mut browser = world.browser();
        assert_eq!(browser.post("/signin", &[("email", TOVE), ("password", KETTLE)]).await.location(), "/admin");
    }

    // 001-R46
    async fn whoever_has_to_do_something_first_is_told_in_every_row(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let cyd = admin(&world, "cyd", &a).await.0;
        run(&world.operator(), ResetPassword::prepare(&world.operator(), cyd.id, KETTLE).await.unwrap()).await.unwrap();
        let temporary = access(&router, &cyd.login, KETTLE).await;
        let special = Special { is_unverified: true, ..Special::default() };
        let una = add_user(&world.operator(), NewUser { tenant: Some(a.id), special, ..person("una", "") }).await.unwrap();
        holds(&world, &una, (ADMIN_ROLE, Scope::Tenant(a.id))).await;
        let unconfirmed = management::token(&world, &una).await;
        for (id, method, path, body) in super::rules::operations() {
            for (token, start) in [(&temporary, FIRST), (&unconfirmed, "Confirm your e-mail address first")] {
                let answer = super::rules::done(&router, (&method, &path), token, body.as_ref()).await;
                let (status, message) = refused(&answer);
                assert_eq!((status, message.starts_with(start)), (403, true), "{id}: {message}");
            }
        }
        for token in [&temporary, &unconfirmed] {
            assert_eq!(get(&router, PROFILE, token).await.status, 200);
        }
        let own = json!({"oldPassword": KETTLE, "newPassword": TRAM});
        assert_eq!(sent(&router, (Method::PATCH, CHANGE), &temporary, &own).await.status, 200);
        assert_eq!(get(&router, USERS, &temporary).await.status, 200);
        assert_eq!(last(&world).await.action, "users.change-password");
    }
}
