//! Service keys and key pairs on the command line.

use super::{castellan, json};

#[test]
fn keys_of_both_kinds_are_made_listed_rotated_locked_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    json(folder, &super::SETUP);
    json(folder, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    json(folder, &["role", "create", "--name", "reader", "--permission", "users.read", "--tenant", "acme"]);
    let create = ["key", "create", "--tenant", "acme", "--name", "backup", "--kind"];
    let service = json(folder, &[create.as_slice(), &["service", "--role", "reader", "--role", "read-only"]].concat());
    assert!(service["key"].as_str().unwrap().starts_with("sk:"));
    let pair = json(folder, &[create.as_slice(), &["hmac"]].concat());
    let (key, secret) = (pair["key"].as_str().unwrap(), pair["secret"].as_str().unwrap());
    assert!(key.len() == 32 && secret.len() == 43, "{pair}");
    let (service, pair) = (service["id"].as_str().unwrap(), pair["id"].as_str().unwrap());
    assert!(json(folder, &["key", "rotate", service])["key"].as_str().unwrap().starts_with("sk:"));
    let rotated = json(folder, &["key", "rotate", pair]);
    assert!(rotated["key"] == key && rotated["secret"] != secret);
    for id in [service, pair] {
        assert_eq!(json(folder, &["key", "rename", id, "--name", "nightly"])["name"], "nightly");
        json(folder, &["key", "disable", id]);
    }
    let listed = json(folder, &["key", "list", "--tenant", "acme"]);
    let told =
        |key: &serde_json::Value| ["kind", "name", "state"].map(|member| key[member].as_str().unwrap().to_owned());
    let told: Vec<_> = listed["keys"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(told, [["service", "nightly", "disabled"], ["hmac", "nightly", "disabled"]]);
    assert_eq!(json(folder, &["token", "list"])["tokens"], serde_json::json!([]), "they are no tokens of people");
    let (code, _, err) = castellan(folder, &["token", "delete", service], "");
    assert!(code == 1 && err.contains("use castellan key"), "{err}");
    for id in [service, pair] {
        json(folder, &["key", "enable", id]);
        json(folder, &["key", "delete", id]);
    }
    assert_eq!(json(folder, &["key", "list"])["keys"], serde_json::json!([]));
    for (wrong, said) in [
        (vec!["key", "delete", service], "is no id of a key"),
        (vec!["key", "create", "--tenant", "acme", "--name", "x", "--kind", "service"], "roles: name"),
        (
            vec!["key", "create", "--tenant", "acme", "--name", "x", "--kind", "service", "--role", "none"],
            "there is no role",
        ),
        (vec!["key", "create", "--tenant", "acme", "--name", "x", "--kind", "hmac", "--role", "reader"], "roles: only"),
        (vec!["key", "create", "--tenant", "nowhere", "--name", "x", "--kind", "hmac"], "there is no tenant"),
        (vec!["key", "create", "--tenant", "acme", "--name", "", "--kind", "hmac"], "name: enter"),
    ] {
        let (code, _, err) = castellan(folder, &wrong, "");
        assert!(code == 1 && err.contains(said), "{wrong:?}: {err}");
    }
    let (code, _, err) = castellan(folder, &["key", "create", "--tenant", "acme", "--name", "x", "--kind", "rsa"], "");
    assert!(code == 2 && err.contains("hmac"), "{err}");
}
