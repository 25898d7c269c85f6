//! Which credentials open what.

use super::*;
use castellan::{
    domain::{clients::commands::AddClient, credentials::Disable, key_pairs::store::KeyPair, secrets::SecretKey},
    model::{id::KeyPairId, timestamp::Timestamp},
};

use crate::domain::stage::{of_service, personal};

const TOKENS: &str = "/v2/accounts/north@quay/tokens";

/// Every row, about things that there aren't in the domain, with the permission that it needs.
fn rows() -> Vec<(&'static str, Method, String, Option<Value>, &'static str)> {
    let user = of_in("nobody@example.com", "north@quay");
    let row = |id, method, path: &str, body, needs| (id, method, path.to_owned(), body, needs);
    vec![
        row("004-A1", Method::GET, TOKENS, None, "tokens.list"),
        row("004-A2", Method::GET, &format!("{TOKENS}/99"), None, "tokens.reveal"),
        row("004-A3", Method::POST, TOKENS, Some(json!({})), "tokens.add"),
        row("004-A4", Method::PUT, &format!("{TOKENS}/99/enable"), None, "tokens.update"),
        row("004-A5", Method::PUT, &format!("{TOKENS}/99/disable"), None, "tokens.update"),
        row("004-A6", Method::PUT, &format!("{TOKENS}/99/rename"), Some(json!({"name": "x"})), "tokens.update"),
        row("004-A7", Method::DELETE, &format!("{TOKENS}/99"), None, "tokens.delete"),
        row("004-B1", Method::POST, "/user/internal", Some(json!({"domain": "north@quay"})), "users.add"),
        row("004-B2", Method::PUT, &format!("{user}/role"), Some(json!({"roles": ["ADMIN"]})), "users.update-roles"),
        row("004-B3", Method::DELETE, &format!("{user}/role"), Some(json!({"roles": ["ADMIN"]})), "users.update-roles"),
        row("004-C1", Method::GET, "/user/email/nobody@example.com", None, "users.read"),
        row("004-C2", Method::GET, "/user/domain/north@quay", None, "users.list"),
        row("004-C3", Method::GET, &user, None, "users.read"),
        row("004-C4", Method::DELETE, &user, None, "users.update-tenants"),
        row("004-C5", Method::POST, &format!("{user}/disable"), None, "users.revoke"),
        row("004-C6", Method::POST, &format!("{user}/enable"), None, "users.enable"),
        row("004-C7", Method::PUT, &format!("{user}/role/ADMIN"), None, "users.update-roles"),
        row("004-C8", Method::PUT, "/user/email/nobody@example.com", Some(json!({})), "users.update"),
    ]
}

async fn asked(world: &World, quay: &Quay, by: &By, row: &(&str, Method, String, Option<Value>, &str)) -> Answer {
    let body = row.3.as_ref().map(Value::to_string);
    sent((world, &quay.router), by, (row.1.clone(), &row.2), body.as_deref()).await
}

/// Sends headers as they are, with a body.
async fn raw(quay: &Quay, headers: &[(&str, &str)], body: &'static str) -> Answer {
    let mut request = Request::post("/user/internal").header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(&quay.router, request.body(Body::from(body)).unwrap()).await
}

/// A key pair as somebody else made it, whose key and secret are known.
async fn known_pair(world: &World, of: &Tenant, (key, secret): (&str, &str)) -> KeyPairId {
    pair(world, of, &["*.*"]).await;
    let id = castellan::domain::key_pairs::queries::list(&world.operator(), KeyPairId(uuid::Uuid::nil()))
        .await
        .unwrap()
        .0
        .pop()
        .unwrap()
        .id;
    let sealing: &SecretKey = &world.services.key;
    let sealed = sealing.seal(&castellan::domain::key_pairs::credential::purpose(id), secret.as_bytes());
    let (sealed, id_hex) = (hex(&sealed), id.0.simple());
    let (id_sql, bytes) = match world.services.db.read().await.unwrap().is_sqlite() {
        true => (format!("x'{id_hex}'"), format!("x'{sealed}'")),
        false => (format!("'{id_hex}'"), format!("'\\x{sealed}'")),
    };
    world
        .execute_text(format!("update key_pairs set api_key = '{key}', secret_sealed = {bytes} where id = {id_sql}"))
        .await;
    id
}

fn at(world: &World, then: i64) {
    world.services.clock.advance((then - world.services.clock.now().0) / 1000);
    assert_eq!(world.services.clock.now(), Timestamp(then));
}

const BODY: &str = r#"{"domain":"north@quay","email":"lin@north.example","role":"OWNER","userName":"Lin Mo"}"#;
const OF_BODY: &str = "159ef6f28c1308ed03622dfe5f8267fdfbb22cb80e046f96953858af8f709dea";
const OF_NOTHING: &str = "094eb5eb3c6e35bb9ca9fc07563c92bee468385b7f985ea25febcba767bcdd5d";
const AT: &str = "1776496500000";

on_both_engines! {
    // 004-B1, 004-R27, 004-R28, 004-R29
    async fn a_request_is_signed_byte_for_byte(world: World) {
        at(&world, 1_776_496_500_000);
        let quay = quay(&world).await;
        known_pair(&world, &quay.reseller, ("quay-pair", "quay-secret")).await;
        let key = ("x-logtrust-reseller-apikey", "quay-pair");
        let before = state::all(&world).await;
        let large = OF_BODY.to_uppercase();
        let flipped = OF_BODY.replacen('1', "2", 1);
        for (headers, body) in [
            ([key, ("x-logtrust-timestamp", AT), ("x-logtrust-sign", &flipped)], BODY),
            ([key, ("x-logtrust-timestamp", AT), ("x-logtrust-sign", OF_BODY)], r#"{"domain":"north@quay","email":"lin@north.example","role":"OWNER","userName":"Lin Mp"}"#),
            ([key, ("x-logtrust-timestamp", AT), ("x-logtrust-sign", OF_NOTHING)], BODY),
            ([key, ("x-logtrust-timestamp", "1776496500001"), ("x-logtrust-sign", OF_BODY)], BODY),
            ([key, ("x-logtrust-timestamp", "soon"), ("x-logtrust-sign", OF_BODY)], BODY),
            ([("x-logtrust-reseller-apikey", "other-pair"), ("x-logtrust-timestamp", AT), ("x-logtrust-sign", OF_BODY)], BODY),
            ([("x-logtrust-domain-apikey", "quay-pair"), ("x-logtrust-timestamp", AT), ("x-logtrust-sign", OF_BODY)], BODY),
        ] {
            let answer = raw(&quay, &headers, body).await;
            assert_eq!(refused(&answer), (401, 401, "Bad signature"), "{headers:?}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
        let whole = [key, ("x-logtrust-timestamp", AT), ("X-LOGTRUST-Sign", &large)];
        for place in 0..3 {
            let mut half = whole.to_vec();
            let one = half.remove(place);
            assert_eq!(told(&raw(&quay, &half, BODY).await), 401, "without {one:?}");
            half.extend([one, one]);
            assert_eq!(told(&raw(&quay, &half, BODY).await), 401, "twice {one:?}");
        }
        let two = [whole.as_slice(), &[("x-logtrust-domain-apikey", "quay-pair")]].concat();
        assert_eq!(told(&raw(&quay, &two, BODY).await), 401);
        assert_eq!(state::all(&world).await, before);
        assert_eq!(raw(&quay, &whole, BODY).await.status, 200);
        let empty = Request::get("/user/domain/north@quay").header(key.0, key.1).header("x-logtrust-timestamp", AT).header("x-logtrust-sign", OF_NOTHING);
        assert_eq!(send(&quay.router, empty.body(Body::empty()).unwrap()).await.status, 200);
    }

    // 004-B1, 004-R27
    async fn the_signatures_of_the_contract_fit(world: World) {
        at(&world, 1_763_762_400_000);
        let reseller = under(&world, "resell", (TenantKind::Reseller, None)).await;
        let acme = under(&world, "acme", (TenantKind::Domain, Some(&reseller))).await;
        let quay = Quay { pair: By::Nothing, router: world.router("http://localhost"), north: acme.clone(), coast: acme, reseller };
        known_pair(&world, &quay.reseller, ("mt-key-0001", "mt-secret-0001")).await;
        let body = r#"{"userName":"Ana Ruiz","email":"ana@acme.example","role":"OWNER","phone":"+34 600 123 456","domain":"acme@resell"}"#;
        let sign = "5952783411f7513e2020e6d426c897f3ba5a37e751712d9fd7cba2af34347949";
        let headers = |sign| [("x-logtrust-reseller-apikey", "mt-key-0001"), ("x-logtrust-timestamp", "1763762400000"), ("x-logtrust-sign", sign)];
        assert_eq!(refused(&raw(&quay, &headers("6952783411f7513e2020e6d426c897f3ba5a37e751712d9fd7cba2af34347949"), body).await), (401, 401, "Bad signature"));
        let added = raw(&quay, &headers(sign), body).await;
        assert_eq!(*done(&added), json!({"email": "ana@acme.example", "userName": "Ana Ruiz", "phone": "+34 600 123 456", "role": "ADMIN", "domain": "acme@resell", "owner": true, "status": "pending"}));
        let empty = headers("bc268a0a3661b94ceea3d2a52ac5f0b3ca6ed3c8e8dbd7061654131452d15014");
        let request = empty.into_iter().fold(Request::get("/user/domain/acme@resell"), |request, (name, value)| request.header(name, value));
        assert_eq!(send(&quay.router, request.body(Body::empty()).unwrap()).await.status, 200);
    }

    // 004-R28, 004-R30, 004-R60
    async fn a_signature_is_fresh_and_its_pair_works(world: World) {
        let quay = quay(&world).await;
        let By::Pair(pair) = &quay.pair else { unreachable!() };
        let now = world.services.clock.now().0;
        let ask = async |at: i64| {
            let request = pair.headers("", at).into_iter().fold(Request::get("/user/domain/north@quay"), |request, (name, value)| request.header(name, value));
            send(&quay.router, request.body(Body::empty()).unwrap()).await
        };
        for (off, status) in [(0, 200), (300_000, 200), (-300_000, 200), (300_001, 401), (-300_001, 401)] {
            assert_eq!(ask(now + off).await.status, status, "{off}");
        }
        let id = castellan::domain::key_pairs::queries::list(&world.operator(), KeyPairId(uuid::Uuid::nil())).await.unwrap().0[0].id;
        run(&world.operator(), Disable::<KeyPair> { id }).await.unwrap();
        assert_eq!(refused(&ask(now).await), (401, 401, "Bad signature"));
    }

    // 004-A4, 004-A5, 004-C5, 004-C6, 004-C7
    async fn a_signature_covers_a_body_that_nobody_looks_at(world: World) {
        let quay = quay(&world).await;
        let ewa = with_role(&world, "ewa", (NO_PRIVILEGES_ROLE, &quay.north)).await;
        quay.owned(&world, &quay.north, "lin").await;
        let path = format!("{}/disable", of_in(&ewa.login, "north@quay"));
        let By::Pair(pair) = &quay.pair else { unreachable!() };
        let ask = async |signed: &str, body: &str| {
            let request = pair.headers(signed, world.services.clock.now().0).into_iter().fold(Request::post(&path), |request, (name, value)| request.header(name, value));
            send(&quay.router, request.body(Body::from(body.to_owned())).unwrap()).await
        };
        assert_eq!(refused(&ask("", "{").await), (401, 401, "Bad signature"));
        assert_eq!(part(&ask("{", "{").await, &["status"]), [json!("inactive")]);
    }

    // 004-A1, 004-A2, 004-A3, 004-A4, 004-A5, 004-A6, 004-A7, 004-B1, 004-B2, 004-B3, 004-C1, 004-C2, 004-C3, 004-C4, 004-C5, 004-C6, 004-C7, 004-C8, 004-R26, 004-R29
    async fn each_row_takes_the_credentials_of_its_kind(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let account = account(&world, &lin, &quay.north).await;
        let own = made(&world, personal(lin.id, Some(quay.north.id))).await;
        let keys = castellan::domain::commands::service_keys::NewServiceKey { tenant: quay.north.id, name: "backup".into(), roles: Vec::new(), bounds: unbounded() };
        let (_, service) = castellan::domain::commands::service_keys::add_service_key(&world.operator(), keys).await.unwrap();
        let (add, secret) = AddClient::prepare(&world.operator(), of_service(quay.north.id, "ci"));
        let client = run(&world.operator(), add).await.unwrap();
        let form = format!("grant_type=client_credentials&client_id={}&client_secret={secret}", client.id);
        let request = Request::post("/oauth/v1/token").header("content-type", "application/x-www-form-urlencoded");
        let access = send(&quay.router, request.body(Body::from(form)).unwrap()).await.body["access_token"].as_str().unwrap().to_owned();
        let people = crate::api::credentials::access(&quay.router, &lin.login, PASSWORD).await;
        let (tokens, both) = ([By::Bearer(account.clone()), By::Bearer(own.clone())], [quay.pair.clone(), By::Token(account.clone())]);
        let never = [By::Nothing, By::Token(own), By::Token("none".into()), By::Bearer("none".into()), By::Bearer(service.clone()), By::Token(service), By::Bearer(access.clone()), By::Token(access), By::Bearer(people)];
        let before = state::all(&world).await;
        for row in rows() {
            for by in &both {
                assert!(![401, 403].contains(&asked(&world, &quay, by, &row).await.status), "{}", row.0);
            }
            for by in &tokens {
                assert_eq!(asked(&world, &quay, by, &row).await.status == 401, !row.0.starts_with("004-A"), "{}", row.0);
            }
            for by in &never {
                let answer = asked(&world, &quay, by, &row).await;
                assert_eq!(refused(&answer), (401, 401, "Send a credential that works"), "{}", row.0);
                assert_eq!(answer.header("www-authenticate"), "Bearer");
            }
            let two = Request::builder().method(row.1.clone()).uri(&row.2).header("standAloneToken", &account).header("authorization", format!("Bearer {account}"));
            assert_eq!(told(&send(&quay.router, two.body(Body::empty()).unwrap()).await), 401, "{} two at once", row.0);
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 004-A1, 004-A2, 004-A3, 004-A4, 004-A5, 004-A6, 004-A7, 004-B1, 004-B2, 004-B3, 004-C1, 004-C2, 004-C3, 004-C4, 004-C5, 004-C6, 004-C7, 004-C8, 004-R30
    async fn each_row_needs_its_permission_and_no_other(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let all: Vec<&str> = castellan::model::permission::Permission::ALL.iter().map(|permission| permission.name()).collect();
        for row in rows() {
            let others: Vec<&str> = all.iter().copied().filter(|name| *name != row.4).collect();
            let role = custom(&world, &quay.north, &format!("without {}", row.0), &others).await;
            let only = custom(&world, &quay.north, &format!("with {}", row.0), &[row.4]).await;
            for (role, status) in [(role, true), (only, false)] {
                let name = format!("{}{}", row.0.to_lowercase(), if status { "w" } else { "o" });
                let user = with_role(&world, &name, (&role, &quay.north)).await;
                let token = By::Token(account(&world, &user, &quay.north).await);
                let before = state::all(&world).await;
                assert_eq!(asked(&world, &quay, &token, &row).await.status == 403, status, "{}", row.0);
                assert_eq!(state::all(&world).await, before);
            }
            let narrow = By::Pair(pair(&world, &quay.north, &[row.4]).await);
            assert_ne!(asked(&world, &quay, &narrow, &row).await.status, 403, "{}", row.0);
        }
        let narrow = By::Pair(pair(&world, &quay.north, &["users.read"]).await);
        let refused: Vec<&str> = {
            let mut refused = Vec::new();
            for row in rows() {
                if asked(&world, &quay, &narrow, &row).await.status == 403 {
                    refused.push(row.0);
                }
            }
            refused
        };
        assert_eq!(refused.len(), 16, "all but those that read: {refused:?}");
    }

    // 004-R24, 004-R25, 004-R32
    async fn a_credential_reaches_its_domains_and_no_others(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let other = under(&world, "other", (TenantKind::Reseller, None)).await;
        let beta = under(&world, "beta", (TenantKind::Domain, Some(&other))).await;
        let free = under(&world, "free", (TenantKind::Domain, None)).await;
        under(&world, "shop", (TenantKind::Standard, Some(&quay.reseller))).await;
        for domain in [&beta, &free] {
            with_role(&world, &format!("of{}", domain.slug), (ADMIN_ROLE, domain)).await;
        }
        let norths = By::Pair(pair(&world, &quay.north, &["*.*"]).await);
        let frees = By::Pair(pair(&world, &free, &["*.*"]).await);
        let token = By::Token(account(&world, &lin, &quay.north).await);
        let bound = By::Bearer(made(&world, personal(lin.id, Some(quay.north.id))).await);
        let unbound = By::Bearer(made(&world, personal(lin.id, None)).await);
        let ada = By::Bearer(made(&world, personal(world.set_up().await.id, None)).await);
        let names = ["north@quay", "north%40quay", "coast@quay", "beta@other", "free", "north", "NORTH@quay", "north@Quay", "north@other", "free@quay", "shop@quay", "quay", "root", "nowhere@quay", "%00", "north@quay@quay", "@", "north@"];
        let reached = async |by: &By, path: &dyn Fn(&str) -> String| {
            let mut reached = Vec::new();
            for name in names {
                let answer = quay.get(&world, by, &path(name)).await;
                match answer.status {
                    200 => reached.push(name),
                    _ => assert!(matches!(refused(&answer), (404, 404, "Domain not found" | "Account not found")), "{name} {}", answer.body),
                }
            }
            reached
        };
        let tokens = |name: &str| format!("/v2/accounts/{name}/tokens");
        let users = |name: &str| format!("/user/domain/{name}");
        let norths_own = vec!["north@quay", "north%40quay"];
        assert_eq!(reached(&quay.pair, &tokens).await, ["north@quay", "north%40quay", "coast@quay"]);
        assert_eq!(reached(&quay.pair, &users).await, ["north@quay", "north%40quay", "coast@quay"]);
        for by in [&norths, &token] {
            assert_eq!((reached(by, &tokens).await, reached(by, &users).await), (norths_own.clone(), norths_own.clone()));
        }
        assert_eq!(reached(&frees, &users).await, ["free"]);
        for by in [&bound, &unbound] {
            assert_eq!(reached(by, &tokens).await, norths_own);
        }
        assert_eq!(reached(&ada, &tokens).await, Vec::<&str>::new(), "whoever may everything reaches where they belong");
        world.execute("update memberships set status = 'inactive' where user_id in (select id from users where login = 'lin@example.com')").await;
        assert_eq!(reached_status(&world, &quay, &unbound).await, 404);
        assert_eq!(reached_status(&world, &quay, &bound).await, 401);
    }
}

async fn reached_status(world: &World, quay: &Quay, by: &By) -> u16 {
    told(&quay.get(world, by, TOKENS).await)
}
