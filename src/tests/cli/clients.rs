//! Client credentials on the command line.

use super::{castellan, json};

#[test]
fn client_credentials_are_made_listed_rotated_locked_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    json(folder, &super::SETUP);
    json(folder, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    const SERVICE: &str = "01a2016a-fa5c-71e0-b490-b29a1e32cc60";
    let made = json(
        folder,
        &["client", "create", "--tenant", "acme", "--name", "ci", "--role", "api_service", "--service-id", SERVICE],
    );
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    assert!(secret.len() == 43 && secret.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)), "{secret}");
    let rotated = json(folder, &["client", "rotate", id]);
    assert_ne!(rotated["secret"], secret);
    assert_eq!(json(folder, &["client", "rename", id, "--name", "deploy"])["name"], "deploy");
    json(folder, &["client", "disable", id]);
    let listed = json(folder, &["client", "list", "--tenant", "acme"]);
    let first = &listed["clients"][0];
    assert_eq!(
        (&first["name"], &first["state"], &first["role"]),
        (&"deploy".into(), &"disabled".into(), &"api_service".into())
    );
    json(folder, &["client", "enable", id]);
    json(folder, &["client", "delete", id]);
    assert_eq!(json(folder, &["client", "list"])["clients"], serde_json::json!([]));
    let kept = json(folder, &["client", "create", "--tenant", "acme", "--name", "kept", "--role", "api_spadmin"]);
    let kept = kept["id"].as_str().unwrap();
    for (wrong, said) in [
        (vec!["client", "delete", id], "there is no such client"),
        (vec!["client", "rename", kept, "--name", " "], "name: enter a name"),
        (vec!["client", "rotate", "x"], "x is no id"),
        (vec!["client", "create", "--tenant", "acme", "--name", "ci", "--role", "root"], "role: choose"),
        (
            vec!["client", "create", "--tenant", "acme", "--name", "ci", "--role", "api_appowner", "--group", "none"],
            "there is no group none",
        ),
        (
            vec!["client", "create", "--tenant", "nowhere", "--name", "ci", "--role", "api_service"],
            "there is no tenant nowhere",
        ),
    ] {
        let (code, _, err) = castellan(folder, &wrong, "");
        assert!(code == 1 && err.contains(said), "{wrong:?}: {err}");
    }
}
