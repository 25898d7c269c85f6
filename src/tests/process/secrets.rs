//! What must be nowhere in clear: every secret that an installation makes is looked for in its database and its log. And
//! what exchanging the key file does to a whole installation.

use std::{fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sqlx::{Connection, PgConnection};

use super::{
    ADA,
    client::Client,
    form,
    server::{BINARY, Installation, Server, on_both, wait_for},
    until,
};
use crate::support::{PASSWORD, Secrets, all_rows};

/// Runs a command that prints one secret as a member of its object.
fn made(
    secrets: &mut Secrets,
    installation: &Installation,
    (what, member): (&'static str, &str),
    arguments: &[&str],
) -> Value {
    let printed = json(installation, arguments);
    secrets.add(what, printed[member].as_str().unwrap());
    printed
}

fn json(installation: &Installation, arguments: &[&str]) -> Value {
    serde_json::from_str(&installation.run(&[arguments, &["--json"]].concat())).unwrap()
}

/// All that the database holds: SQLite's files as they are, Postgres' rows as texts.
fn dump(installation: &Installation) -> Vec<u8> {
    match &installation.postgres {
        None => {
            let files = fs::read_dir(installation.data()).unwrap().map(|file| file.unwrap().path());
            let of_database =
                |path: &std::path::PathBuf| !path.ends_with("secret.key") && !path.ends_with("second.key");
            files.filter(of_database).flat_map(|path| fs::read(path).unwrap()).collect()
        }
        Some(url) => wait_for(async { all_rows(&mut PgConnection::connect(url).await.unwrap()).await }),
    }
}

fn look_up(program: &mut Client, bearer: &str, token: &str) -> u16 {
    let header = format!("authorization: Bearer {bearer}\r\n");
    program.post_with("/oauth/introspect", &header, &form(&[("token", token)])).status
}

/// Makes and uses a secret of every kind.
fn make_all(installation: &Installation, server: &Server, secrets: &mut Secrets) {
    secrets.add("password", PASSWORD);
    let link = json(installation, &["user", "reset-password", ADA])["link"].as_str().unwrap().to_owned();
    secrets.add("code of a link", link.split_once("code=").unwrap().1);
    let browser = server.signed_in();
    browser.cookies().filter(|value| value.len() > 40).for_each(|cookie| drop(secrets.add("cookie", cookie)));
    json(installation, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    json(installation, &["user", "create", "--email", "bo@example.com", "--first-name", "Bo", "--tenant", "acme"]);
    let mut made = |what, member, arguments: &[&str]| made(secrets, installation, (what, member), arguments);
    let mine = made("personal token", "token", &["token", "create", "--user", ADA, "--name", "mine"]);
    let account = ["--tenant", "acme", "--kind", "account", "--audience", "apiv2", "--scopes", "table://*"];
    let account = made(
        "account token",
        "token",
        &[["token", "create", "--user", "bo@example.com", "--name", "a"].as_slice(), &account].concat(),
    );
    let key = made(
        "service key",
        "key",
        &["key", "create", "--tenant", "acme", "--kind", "service", "--name", "k", "--role", "read-only"],
    );
    let pair =
        made("secret of a pair", "secret", &["key", "create", "--tenant", "acme", "--kind", "hmac", "--name", "p"]);
    let service = "01a2016a-fa5c-71e0-b490-b29a1e32cc60";
    let client =
        ["client", "create", "--tenant", "acme", "--name", "c", "--role", "api_service", "--service-id", service];
    let client = made("client secret", "secret", &client);
    let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
    made("second client secret", "secret", &["client", "rotate", &id(&client)]);
    made("second account token", "token", &["token", "rotate", &id(&account)]);
    made("second service key", "key", &["key", "rotate", &id(&key)]);
    made("second secret of a pair", "secret", &["key", "rotate", &id(&pair)]);
    let revealed = json(installation, &["token", "reveal", &id(&account)]);
    assert_eq!(revealed["token"], secrets.of("second account token"));
    let mut program = server.stranger();
    let (mine, service_key) = (mine["token"].as_str().unwrap(), secrets.of("second service key").to_owned());
    let basic = STANDARD.encode(format!("{}:{}", id(&client), client["secret"].as_str().unwrap()));
    let header = format!("authorization: Basic {basic}\r\n");
    let issued = program.post_with("/oauth/v1/token", &header, &form(&[("grant_type", "client_credentials")])).body;
    let issued: Value = serde_json::from_str(&issued).unwrap();
    let access = secrets.add("access token", issued["access_token"].as_str().unwrap());
    assert_eq!(look_up(&mut program, mine, &access), 200);
    assert_eq!(look_up(&mut program, &service_key, &access), 200);
    let wrong = secrets.add("token that is none", "cst_nobody-ever-made-this-one");
    assert_eq!(look_up(&mut program, &wrong, &access), 401);
    program.post(
        "/signin",
        &form(&[("email", ADA), ("password", &secrets.add("wrong password", "wrong horse battery staple"))]),
    );
}

on_both! {
    fn no_secret_is_in_the_database_or_in_the_log(installation: Installation) {
        installation.set_up();
        let mut command = installation.command(BINARY, &["serve"]);
        command.env("CASTELLAN_LOG", "trace");
        let (server, mut secrets) = (installation.serve_by(command), Secrets::default());
        make_all(&installation, &server, &mut secrets);
        until("refusals are logged", || server.log().contains("wrong-password"));
        let log = server.log();
        server.stop();
        let database = dump(&installation);
        for known in [ADA, "Acme", "tokens.reveal"] {
            assert!(String::from_utf8_lossy(&database).contains(known), "{known} would be found");
        }
        assert!(log.contains("introspect") && secrets.count() >= 15, "{} secrets", secrets.count());
        secrets.assert_absent("the database", &database);
        secrets.assert_absent("the log", log.as_bytes());
    }

    fn the_key_file_is_exchanged_alone_and_then_the_old_one_opens_nothing(installation: Installation) {
        installation.set_up();
        json(&installation, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
        json(&installation, &["user", "create", "--email", "bo@example.com", "--first-name", "Bo", "--tenant", "acme"]);
        let account = ["--kind", "account", "--audience", "apiv2", "--scopes", "x"];
        let create = ["token", "create", "--user", "bo@example.com", "--name", "a", "--tenant", "acme"];
        let token = json(&installation, &[create.as_slice(), &account].concat());
        let (first, second) = (installation.data().join("secret.key"), installation.data().join("second.key"));
        let rotate = ["secret-key", "rotate", "--to", second.to_str().unwrap()];
        let server = installation.serve();
        let refused = installation.output(&rotate);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(refused.status.code() == Some(1) && said.contains("stop it first") && !second.exists(), "{said}");
        server.stop();
        let nowhere = ["secret-key", "rotate", "--to", "/nowhere/at/all.key"];
        assert_eq!(installation.output(&nowhere).status.code(), Some(1));
        assert_eq!(json(&installation, &rotate)["sealed"], 1);
        let said = String::from_utf8(installation.output(&["audit", "verify"]).stderr).unwrap();
        assert!(said.contains("doesn't fit"), "{said}");
        let there = String::from_utf8(with_key(&installation, &second, &rotate).stderr).unwrap();
        assert!(there.contains("is there already"), "a key is never replaced: {there}");
        fs::rename(&second, &first).unwrap();
        assert!(installation.run(&["audit", "verify"]).contains("as they were written"));
        let id = token["id"].as_str().unwrap();
        assert_eq!(json(&installation, &["token", "reveal", id])["token"], token["token"]);
        installation.serve().signed_in();
    }
}

fn with_key(installation: &Installation, key: &Path, arguments: &[&str]) -> std::process::Output {
    installation.command(BINARY, arguments).env("CASTELLAN_SECRET_KEY_FILE", key).output().unwrap()
}
