//! How a program would do what a form does: the call of the API for exactly what the form holds, or the command where no family
//! has one.

use leptos::prelude::*;
use serde_json::{Value, json};

use crate::{
    domain::{clock::exact, parse},
    http::times::typed_moment,
    model::fields::Fields,
};

/// What a shell is told.
pub struct Call {
    /// Where it is described, or what it can't do.
    pub about: String,
    /// The words.
    pub text: String,
}

/// A call, folded.
#[component]
pub fn ByApi(call: Call, #[prop(default = "Do this by API")] label: &'static str) -> impl IntoView {
    view! {
        <details class="rest">
            <summary>{label}</summary>
            <p class="hint">{call.about}</p>
            <pre class="secret mono" role="group" tabindex="0" aria-label=label>{call.text}</pre>
        </details>
    }
}

/// A call that sends JSON. `TOKEN` is the caller's own.
fn posted(base: &str, path: &str, body: &Value) -> String {
    let words = [
        format!("curl -X POST {}", quoted(&format!("{base}{path}"))),
        "-H \"Authorization: Bearer $TOKEN\"".to_owned(),
        "-H 'Content-Type: application/json'".to_owned(),
        format!("-d {}", quoted(&body.to_string())),
    ];
    words.join(" \\\n  ")
}

/// A text as a shell reads it whole.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// What was typed, or what stands for it.
fn typed<'a>(form: &'a Fields, field: &str, placeholder: &'a str) -> &'a str {
    match form.text(field).trim() {
        "" => placeholder,
        text => text,
    }
}

/// Each of the texts of a field.
fn texts<'a>(form: &'a Fields, field: &'a str) -> Vec<&'a str> {
    form.all(field).flat_map(str::split_whitespace).collect()
}

/// Contract 000, row 1.
pub fn of_client(base: &str, form: &Fields) -> Call {
    let body = json!({
        "name": typed(form, "name", "NAME"),
        "role": typed(form, "role", "ROLE"),
        "serviceIds": texts(form, "services"),
        "subscriberGroups": texts(form, "groups"),
    });
    let about = "TOKEN is an access or personal token that acts in the tenant. The answer holds the secret, once. \
        Where they are taken from and when they end is set here or with castellan client create alone.";
    Call { about: about.into(), text: posted(base, "/v1/credentials/clients", &body) }
}

/// Contract 004, row A3, for a domain of this name.
pub fn of_token(base: &str, account: Option<&str>, form: &Fields) -> Call {
    let mut body = json!({
        "name": typed(form, "name", "NAME"),
        "user": typed(form, "email", "name@example.com"),
        "audience": typed(form, "audience", "AUDIENCE"),
        "scopes": typed(form, "scopes", "SCOPES"),
    });
    if let Some(end) = parse::moment(&typed_moment(form.text("expires"))).ok().flatten() {
        body["expiration"] = exact(end).into();
    }
    let about = "Programs make account tokens of domains, by this call. TOKEN is a token of the domain. The value is in the \
        answer of GET on the token. Personal tokens, and what bounds a token besides, are made here or with castellan token \
        create alone.";
    let path = format!("/v2/accounts/{}/tokens", account.unwrap_or("ACCOUNT"));
    Call { about: about.into(), text: posted(base, &path, &body) }
}

/// What `castellan key create` is told, for the tenant of this short name and roles of these names.
pub fn of_key(kind: &'static str, slug: Option<&str>, roles: &[String], form: &Fields) -> Call {
    let mut words = vec![format!("castellan key create --kind {kind} --tenant {}", quoted(slug.unwrap_or("TENANT")))];
    let mut add = |flag: &str, text: &str| words.push(format!("{flag} {}", quoted(text)));
    add("--name", typed(form, "name", "NAME"));
    roles.iter().for_each(|role| add("--role", role));
    texts(form, "permissions").into_iter().for_each(|pattern| add("--permission", pattern));
    texts(form, "allowed_from").into_iter().for_each(|network| add("--allow-from", network));
    if let Some(end) = parse::moment(&typed_moment(form.text("expires"))).ok().flatten() {
        add("--expires", &exact(end));
    }
    let about =
        "No family of the API makes keys, so that no key makes another. Whoever runs the server has this command.";
    Call { about: about.into(), text: words.join(" \\\n  ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_reaches_the_shell_whole() {
        let form = Fields::default().with("name", "Ada's $(ls)").with("permissions", "users.read roles.*");
        let key = of_key("hmac", Some("acme"), &[], &form).text.replace(" \\\n ", "");
        let ada = r"'Ada'\''s $(ls)'";
        let expected = format!(
            "castellan key create --kind hmac --tenant 'acme' --name {ada} --permission 'users.read' --permission 'roles.*'"
        );
        assert_eq!(key, expected);
        assert!(of_client("https://x", &form).text.contains(r#""name":"Ada'\''s $(ls)""#));
    }

    #[test]
    fn an_end_is_told_with_its_zone_and_what_is_none_is_left_out() {
        let ends = |text: &str| of_token("", Some("a"), &Fields::default().with("expires", text)).text;
        assert!(ends("2026-12-31T18:00").contains(r#""expiration":"2026-12-31T18:00:00Z""#));
        assert!(!ends("soon").contains("expiration") && ends("").contains("NAME"));
    }
}
