//! Tokens on the command line.

use super::{castellan, json};

#[test]
fn tokens_are_made_listed_revealed_rotated_locked_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    json(folder, &super::SETUP);
    json(folder, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    json(folder, &["user", "create", "--email", "bo@example.com", "--first-name", "Bo", "--tenant", "acme"]);
    let mine = json(
        folder,
        &["token", "create", "--user", "bo@example.com", "--name", "mine", "--expires", "2999-01-01T00:00Z"],
    );
    assert!(mine["token"].as_str().unwrap().starts_with("cst_") && mine["number"] == 1, "{mine}");
    let account = ["--kind", "account", "--audience", "alerts apiv2", "--scopes", "table://my.app.*"];
    let create = ["token", "create", "--user", "bo@example.com", "--name", "reader", "--tenant", "acme"];
    let account = json(folder, &[create.as_slice(), &account].concat());
    let (id, value) = (account["id"].as_str().unwrap(), account["token"].as_str().unwrap());
    assert_eq!(value.len(), 32);
    assert_eq!(json(folder, &["token", "reveal", id])["token"], value);
    let rotated = json(folder, &["token", "rotate", id]);
    assert_ne!(rotated["token"], value);
    assert_eq!(json(folder, &["token", "reveal", id])["token"], rotated["token"]);
    assert_eq!(json(folder, &["token", "rename", id, "--name", "alerts reader"])["name"], "alerts reader");
    json(folder, &["token", "disable", id]);
    let listed = json(folder, &["token", "list", "--tenant", "acme"]);
    let tokens = listed["tokens"].as_array().unwrap();
    assert_eq!(tokens.len(), 1, "only the tenant's");
    for (member, value) in
        [("name", "alerts reader"), ("kind", "account"), ("user", "bo@example.com"), ("state", "disabled")]
    {
        assert_eq!(tokens[0][member], value);
    }
    json(folder, &["token", "enable", id]);
    assert_eq!(json(folder, &["token", "list"])["tokens"].as_array().unwrap().len(), 2);
    let (_, line, _) = castellan(folder, &["token", "list"], "");
    assert!(line.contains("until 2999-01-01T00:00:00Z  last used never"), "{line}");
    json(folder, &["token", "delete", id]);
    let mine = mine["id"].as_str().unwrap();
    for (wrong, said) in [
        (vec!["token", "delete", id], "there is no such token"),
        (vec!["token", "reveal", mine], "only account tokens"),
        (vec!["token", "rename", mine, "--name", " "], "name: enter a name"),
        (vec!["token", "rotate", "x"], "x is no id"),
        (vec!["token", "create", "--user", "nobody@example.com", "--name", "x"], "there is no user"),
        (
            vec!["token", "create", "--user", "bo@example.com", "--name", "x", "--expires", "2001-01-01"],
            "expires: choose",
        ),
        (
            vec!["token", "create", "--user", "bo@example.com", "--name", "x", "--allow-from", "here"],
            "here is no address",
        ),
        (
            vec!["token", "create", "--user", "bo@example.com", "--name", "x", "--permission", "x.y"],
            "x.y is no permission",
        ),
        (vec!["token", "create", "--user", "bo@example.com", "--name", "x", "--kind", "account"], "tenant: choose"),
        (
            vec!["token", "create", "--user", "bo@example.com", "--name", "x", "--tenant", "root"],
            "user: they are no active",
        ),
        (vec!["token", "create", "--user", "bo@example.com", "--name", "x", "--scopes", "x"], "scopes: only account"),
    ] {
        let (code, _, err) = castellan(folder, &wrong, "");
        assert!(code == 1 && err.contains(said), "{wrong:?}: {err}");
    }
    let (code, help, _) = castellan(folder, &["token", "--help"], "");
    assert!(
        code == 0
            && ["create", "list", "reveal", "rotate", "enable", "disable", "rename", "delete"]
                .iter()
                .all(|verb| help.contains(verb))
    );
}
