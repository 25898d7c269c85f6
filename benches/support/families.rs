//! Lists and single people by each family of operations, beside a handler without layers that reads as much.

use castellan::api::document::FAMILIES;
use serde_json::Value;

use super::{
    bare,
    client::Client,
    installation::{Installation, Server},
    load::{self, Case, Connections, Target},
    report,
};

const CONNECTIONS: Connections = [1, 16];
/// Keys of so many service accounts ask in turn: the contract allows each 500 calls a minute.
const KEYS: usize = 100;
/// Tenants of the made-up people: a standard one, a portal, and a domain under its parent.
const OFFICE: &str = "kestrel";
const PORTAL: &str = "lumen-patients";
const DOMAIN: (&str, &str) = ("lumen-mail", "lumen");

/// Measures a list of 50 and one of them for each family.
pub fn families(installation: &Installation, server: &Server) {
    let bare = bare::Servers::start(&installation.database_file());
    let asked: Vec<(&str, Vec<String>, String, String)> = callers(installation, server);
    assert_eq!(asked.len(), FAMILIES.len());
    let anybody = id_of_anybody(server, &asked);
    let mut cases = Vec::new();
    for (family, headers, list, one) in asked {
        for (what, path, yardstick) in
            [("list of 50", list, "/admin/users/rows".to_owned()), ("one", one, format!("/one/{anybody}"))]
        {
            let real = Target { address: server.address, process: server.process(), headers: headers.clone(), path };
            let plain =
                Target { address: bare.list, process: std::process::id(), headers: Vec::new(), path: yardstick };
            cases.push(Case { name: format!("{family}: {what}"), targets: vec![real, plain] });
        }
    }
    let outcomes = load::measure(&cases, CONNECTIONS);
    println!("\n## Families\n\n{}", report::rates(&cases, &outcomes, CONNECTIONS));
}

/// Who asks each family, for which list and whom of it.
fn callers(installation: &Installation, server: &Server) -> Vec<(&'static str, Vec<String>, String, String)> {
    let bearer = |token: &str| vec![format!("authorization: Bearer {token}")];
    for (email, tenant) in [("office@example.com", OFFICE), ("domain@example.com", DOMAIN.0)] {
        let names = ["--first-name", "Bench", "--last-name", "Keeper"];
        let start = ["user", "create", "--email", email, "--tenant", tenant, "--role", "admin"];
        installation.run(&[start.as_slice(), &names].concat());
    }
    let everywhere = bearer(&token(installation, "ada@example.com", &[]));
    let of_office = bearer(&token(installation, "office@example.com", &["--tenant", OFFICE]));
    let keys: Vec<String> = (0..KEYS).map(|number| service_key(installation, number)).collect();
    let keys: Vec<String> = keys.iter().map(|key| format!("authorization: Bearer {key}")).collect();
    let domain = format!("{}@{}", DOMAIN.0, DOMAIN.1);
    let of_domain = ["--tenant", DOMAIN.0, "--kind", "account", "--audience", "apiv2", "--scopes", "level://admin"];
    let made: Vec<String> = (0..50).map(|_| token(installation, "domain@example.com", &of_domain)).collect();
    let account = vec![format!("standAloneToken: {}", made[0])];
    let first = |headers: &[String], path: &str, pointer: &str, member: &str| {
        let body: Value = serde_json::from_slice(
            Client::new(server.address, headers.first().map(String::as_str)).get(path).expect("a list"),
        )
        .expect("JSON");
        let found = &body.pointer(pointer).expect("somebody")[member];
        found.as_str().map_or_else(|| found.to_string(), str::to_owned)
    };
    let (users, office, management) = ("/v1/users?size=50", "/api/v2/users?limit=50", "/auth/users/list?count=50");
    let portal = format!("/v1/partner-portals/{PORTAL}/users");
    let in_portal = first(&keys, &format!("{portal}?limit=50"), "/data/0", "id");
    let tokens = format!("/v2/accounts/{domain}/tokens");
    let member = first(&account, &format!("/user/domain/{domain}"), "/0", "email");
    vec![
        ("000", of_office.clone(), users.into(), format!("/v1/users/{}", first(&of_office, users, "/content/0", "id"))),
        ("001", of_office.clone(), office.into(), format!("/api/v2/users/{}", first(&of_office, office, "/0", "id"))),
        (
            "002",
            everywhere.clone(),
            management.into(),
            format!("/auth/users/{}", first(&everywhere, management, "/items/0", "locator")),
        ),
        ("003", keys, format!("{portal}?limit=50"), format!("{portal}/{in_portal}")),
        ("004, tokens", account, tokens, format!("/user/email/{member}/domain/{domain}")),
    ]
}

fn token(installation: &Installation, user: &str, rest: &[&str]) -> String {
    let start = ["token", "create", "--user", user, "--name", "bench", "--json"];
    said(installation, &[start.as_slice(), rest].concat(), "token")
}

fn service_key(installation: &Installation, number: usize) -> String {
    let name = format!("bench {number}");
    said(
        installation,
        &["key", "create", "--tenant", PORTAL, "--kind", "service", "--name", &name, "--role", "admin", "--json"],
        "key",
    )
}

fn said(installation: &Installation, arguments: &[&str], member: &str) -> String {
    let value: Value = serde_json::from_str(&installation.output(arguments)).expect("JSON");
    value[member].as_str().expect("a text").to_owned()
}

fn id_of_anybody(server: &Server, asked: &[(&str, Vec<String>, String, String)]) -> String {
    let (_, headers, list, _) = &asked[0];
    let mut client = Client::new(server.address, headers.first().map(String::as_str));
    let body: Value = serde_json::from_slice(client.get(list).expect("a list")).expect("JSON");
    body["content"][0]["id"].as_str().expect("an id").to_owned()
}
