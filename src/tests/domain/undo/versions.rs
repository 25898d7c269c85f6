//! What the log ever held of a way back can be read: a text of each kind, as the first version wrote it.

use castellan::domain::{
    commands::undo::{KINDS, read},
    deleted::{roles::KeptRole, snapshots::Snapshot, users::KeptUser},
    groups::removal::KeptGroup,
};

const USER: &str = "01a2016a-fa5c-71e0-b490-b29a1e32cc60";
const OTHER: &str = "01a2016a-fa5c-71e0-b490-b29a1e32cc61";
const ROLE: &str = "01KX0PN7VZ3T3A4Z6P2R5D9B8C";

/// Before there were versions the kind stood in the text.
fn first_texts() -> Vec<String> {
    let profile = r#"{"first_name":"Ada","last_name":"","display_name":"Ada","email":"ada@example.com","phone":null}"#;
    let grant = format!(
        r#"{{"id":"{USER}","user_id":"{USER}","group_id":null,"role_id":"{ROLE}","permission":null,"tenant_id":null,"valid_from":null,"expires_at":7,"reason":"","granted_by":null,"created_at":7,"version":1}}"#
    );
    let member = format!(
        r#"{{"id":"{USER}","tenant_id":"{OTHER}","status":"active","tags":"[]","attributes":"{{}}","external_id":null,"version":1,"last_sign_in_at":null,"created_at":7}}"#
    );
    vec![
        format!(r#"{{"do":"enable-user","user":"{USER}","disabled_at":7}}"#),
        format!(r#"{{"do":"disable-user","user":"{USER}"}}"#),
        format!(r#"{{"do":"update-user","user":"{USER}","from":{profile},"to":{profile}}}"#),
        format!(r#"{{"do":"delete-user","user":"{USER}","version":1,"last_sign_in_at":null,"unused":true}}"#),
        format!(r#"{{"do":"restore-user","user":"{USER}"}}"#),
        format!(r#"{{"do":"give","grant":{grant}}}"#),
        format!(r#"{{"do":"take","grant":"{USER}","version":1}}"#),
        format!(r#"{{"do":"set-terms","grant":"{USER}","version":1,"from":null,"until":7,"reason":"Once."}}"#),
        format!(r#"{{"do":"set-role","role":"{ROLE}","version":2,"to":1}}"#),
        format!(r#"{{"do":"delete-role","role":"{ROLE}","version":1,"unused":true}}"#),
        format!(r#"{{"do":"restore-role","role":"{ROLE}"}}"#),
        format!(r#"{{"do":"update-group","group":"{USER}","version":2,"name":"team","description":""}}"#),
        format!(r#"{{"do":"delete-group","group":"{USER}","version":1,"unused":true}}"#),
        format!(r#"{{"do":"restore-group","group":"{USER}"}}"#),
        format!(r#"{{"do":"add-to-group","group":"{USER}","member":{{"user":"{OTHER}"}}}}"#),
        format!(r#"{{"do":"remove-from-group","group":"{USER}","member":{{"group":"{OTHER}"}}}}"#),
        format!(r#"{{"do":"update-tenant","tenant":"{USER}","version":2,"name":"A","use_":"test","parent":null}}"#),
        format!(r#"{{"do":"delete-tenant","tenant":"{USER}","version":1}}"#),
        format!(
            r#"{{"do":"restore-tenant","id":"{USER}","slug":"a","name":"A","kind":"standard","use_":"test","parent":null,"version":1,"created_at":7}}"#
        ),
        format!(
            r#"{{"do":"add-membership","user":"{USER}","membership":{member},"groups":["{OTHER}"],"grants":[{grant}]}}"#
        ),
        format!(r#"{{"do":"set-membership","user":"{USER}","tenant":"{OTHER}","version":1,"status":"active"}}"#),
        format!(r#"{{"do":"remove-membership","user":"{USER}","tenant":"{OTHER}","unused":true}}"#),
        format!(r#"{{"do":"make-owner","user":"{USER}","tenant":"{OTHER}","instead_of":null}}"#),
        format!(r#"{{"do":"end-ownership","user":"{USER}","tenant":"{OTHER}"}}"#),
    ]
}

/// What came since: the kind stands beside the text.
fn later_texts() -> Vec<(&'static str, String)> {
    vec![
        ("disable-client", format!(r#"{{"client":"{USER}"}}"#)),
        ("enable-client", format!(r#"{{"client":"{USER}"}}"#)),
        (
            "update-client",
            format!(r#"{{"id":"{USER}","name":"ci","services":["{OTHER}"],"groups":["{OTHER}"],"version":2}}"#),
        ),
        ("require-factor-of-role", format!(r#"{{"role":"{ROLE}","required":true}}"#)),
        ("set-settings", r#"{"from":{},"to":{"second_factor":"required"}}"#.into()),
        (
            "set-tenant-settings",
            format!(r#"{{"tenant":"{USER}","from":{{}},"to":{{"password_min":20,"second_factor":"required"}}}}"#),
        ),
        ("rename-client", format!(r#"{{"client":"{USER}","name":"ci","version":2}}"#)),
        ("delete-client", format!(r#"{{"client":"{USER}","version":1}}"#)),
        ("disable-token", format!(r#"{{"id":"{USER}"}}"#)),
        ("enable-token", format!(r#"{{"id":"{USER}"}}"#)),
        ("rename-token", format!(r#"{{"id":"{USER}","name":"ci","version":2}}"#)),
        ("delete-token", format!(r#"{{"id":"{USER}","version":1}}"#)),
        ("disable-key-pair", format!(r#"{{"id":"{USER}"}}"#)),
        ("enable-key-pair", format!(r#"{{"id":"{USER}"}}"#)),
        ("rename-key-pair", format!(r#"{{"id":"{USER}","name":"ci","version":2}}"#)),
        ("delete-key-pair", format!(r#"{{"id":"{USER}","version":1}}"#)),
        ("set-allowlist", format!(r#"{{"user":"{USER}","from":[],"to":["10.0.0.0/8"]}}"#)),
        ("set-tags", format!(r#"{{"user":"{USER}","tenant":"{OTHER}","from":["vip"],"to":[]}}"#)),
        ("set-tenant-scope", format!(r#"{{"user":"{USER}","from":"list","to":"any"}}"#)),
        ("replace", format!(r#"{{"grant":"{USER}","version":2,"role":"{ROLE}","permission":null}}"#)),
    ]
}

fn kind_of(text: &str) -> String {
    let text: serde_json::Value = serde_json::from_str(text).unwrap();
    text["do"].as_str().unwrap().to_owned()
}

#[test]
fn every_kind_can_be_read_as_it_was_first_written() {
    let texts = first_texts();
    let mut kinds: Vec<String> = texts.iter().map(|text| kind_of(text)).collect();
    for (kind, text) in kinds.iter().zip(&texts) {
        assert!(read(kind, text).is_some(), "{text}");
    }
    for (kind, text) in later_texts() {
        assert!(read(kind, &text).is_some(), "{text}");
        kinds.push(kind.to_owned());
    }
    kinds.sort_unstable();
    let mut known = KINDS.to_vec();
    known.sort_unstable();
    assert_eq!(kinds, known, "each has a text here");
}

/// Of what was deleted, as it was first kept, and as it is kept now.
#[test]
fn what_was_deleted_can_be_read_as_it_was_first_kept() {
    let profile = r#"{"first_name":"Ada","last_name":"","display_name":"Ada","email":"ada@example.com","phone":null}"#;
    let user = format!(
        r#"{{"profile":{profile},"more":{{"locale":"de_DE"}},"memberships":[],"groups":["{OTHER}"],"grants":[],"created_at":7,"version":1,"number":1}}"#
    );
    let role = r#"{"tenant_id":null,"name":"helper","description":"","patterns":["users.read"],"version":1}"#;
    let group = format!(
        r#"{{"tenant_id":"{USER}","name":"team","description":"","version":1,"created_at":7,"members":[{{"user":"{OTHER}"}}],"inside_of":[],"grants":[]}}"#
    );
    let user: KeptUser = read_again(&user);
    assert_eq!((user.profile.locale.as_str(), user.more.locale.as_str()), ("en_US", "de_DE"));
    assert_eq!(read_again::<KeptRole>(role).number, None);
    read_again::<KeptGroup>(&group);
}

/// Reads it, and reads what it is written as now.
fn read_again<S: Snapshot>(text: &str) -> S {
    let first: S = serde_json::from_str(text).unwrap();
    serde_json::from_str(&serde_json::to_string(&first).unwrap()).unwrap()
}

#[test]
fn what_is_no_way_back_is_none() {
    assert!(read("enable-user", "{}").is_none() && read("fly", r#"{"user":"x"}"#).is_none());
}
