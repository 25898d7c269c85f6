//! What a tenant asks of its people, on the command line; and what programs can do.

use serde_json::json as value;

use super::{castellan, json};

#[test]
fn a_tenant_says_how_long_passwords_are_and_whether_a_second_factor_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    json(folder, &super::SETUP);
    json(folder, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    let make = |login: &str, password: &str| {
        let arguments =
            ["user", "create", "--email", login, "--first-name", "Grace", "--tenant", "acme", "--password-stdin"];
        let (code, _, err) = castellan(folder, &arguments, password);
        (code, err)
    };
    let (code, err) = make("grace@example.com", "kettle at");
    assert!(code == 1 && err.contains("at least 15 characters"), "{err}");
    let set = |more: &[&str]| json(folder, &[&["tenant", "set", "--slug", "acme"], more].concat());
    let long = set(&["--password-min", "40"]);
    assert_eq!(
        long,
        value!({"slug": "acme", "passwordMin": 40, "passwordKinds": null, "passwordHistory": null, "passwordDays": null, "secondFactor": null, "sessionMinutes": null, "idleMinutes": null, "attributes": []})
    );
    let (code, err) = make("grace@example.com", "copper kettle at noon here");
    assert!(code == 1 && err.contains("at least 40 characters"), "{err}");
    assert_eq!(set(&["--password-min", "8"])["passwordMin"], 8);
    assert_eq!(make("grace@example.com", "kettle at").0, 0);
    let required = set(&["--second-factor", "required"]);
    assert_eq!(
        required,
        value!({"slug": "acme", "passwordMin": 8, "passwordKinds": null, "passwordHistory": null, "passwordDays": null, "secondFactor": "required", "sessionMinutes": null, "idleMinutes": null, "attributes": []}),
        "what isn't named stays"
    );
    assert_eq!(set(&["--second-factor", "optional"])["secondFactor"], value!(null));
    let known = set(&["--attribute", "team", "--attribute", "badge", "--attribute", "team"]);
    assert_eq!((&known["attributes"], &known["passwordMin"]), (&value!(["team", "badge"]), &value!(8)));
    assert_eq!(set(&["--password-min", "8"])["attributes"], value!(["team", "badge"]), "what isn't named stays");
    assert_eq!(set(&["--attribute", "badge"])["attributes"], value!(["badge"]), "those named are all");
    let (_, out, _) = castellan(folder, &["tenant", "set", "--slug", "acme"], "");
    assert!(
        out.ends_with(
            "is up to them; sessions as long as everywhere, unused as long as everywhere; attributes: badge\n"
        ),
        "{out}"
    );
    let short = set(&["--session", "60", "--idle", "20"]);
    assert_eq!((&short["sessionMinutes"], &short["idleMinutes"]), (&value!(60), &value!(20)));
    assert_eq!(set(&["--idle", "0"])["idleMinutes"], value!(null), "as long as everywhere");
    assert_eq!(set(&["--attribute", ""])["attributes"], value!([]));
    for (wrong, said) in [
        (vec!["--slug", "none"], "there is no tenant none"),
        (vec!["--slug", "acme", "--password-min", "7"], "7 is not in 8..=128"),
        (vec!["--slug", "acme", "--idle", "5"], "0, or 15 minutes or more"),
        (vec!["--slug", "acme", "--password-kinds", "5"], "0, or 2 to 4"),
        (vec!["--slug", "acme", "--password-history", "1"], "0, or 2 to 10"),
        (vec!["--slug", "acme", "--second-factor", "perhaps"], "possible values: required, optional"),
    ] {
        let (code, _, err) = castellan(folder, &[vec!["tenant", "set"], wrong].concat(), "");
        assert!(code != 0 && err.contains(said), "{err}");
    }
    let (_, out, _) = castellan(folder, &["tenant", "set", "--slug", "acme", "--password-min", "12"], "");
    assert_eq!(
        out,
        "people of acme: passwords of 12 characters or more; a second factor is up to them; sessions 60 minutes at most, unused as long as everywhere\n"
    );
}

#[test]
fn what_is_asked_of_everybody_is_said_the_same_way() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    json(folder, &super::SETUP);
    let set = |more: &[&str]| json(folder, &[&["settings", "set"], more].concat());
    let asked = set(&["--password-kinds", "3", "--password-history", "5", "--password-days", "90", "--idle", "30"]);
    let expected = value!({"passwordMin": null, "passwordKinds": 3, "passwordHistory": 5, "passwordDays": 90,
        "secondFactor": null, "sessionMinutes": null, "idleMinutes": 30});
    assert_eq!(asked, expected);
    assert_eq!(set(&["--password-kinds", "0"])["passwordKinds"], value!(null));
    let (_, out, _) = castellan(folder, &["settings", "set", "--password-days", "30"], "");
    assert_eq!(
        out,
        "everybody: passwords as long as everywhere, none of the last 5 again, changed after 30 days; a second factor is up to \
        them; sessions as long as everywhere, unused 30 minutes at most\n"
    );
}

#[test]
fn what_programs_can_do_is_printed_without_any_data() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = castellan(folder.path(), &["openapi"], "");
    assert_eq!((code, err.as_str()), (0, ""));
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["paths"]["/v1/users"]["get"]["x-permissions"], value!(["users.list"]));
    assert!(!folder.path().join("data").exists());
}
