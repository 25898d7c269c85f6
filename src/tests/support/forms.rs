//! Which page each form is on, and which function it names: what a browser reads out of the page. Tests name forms by where
//! they lead, with what the page's address names left out of their fields.

/// Where a form is sent, and what it carries besides what is typed.
pub struct Sent {
    /// The page that it is on.
    pub page: String,
    /// Its function's path.
    pub function: String,
    /// What the page puts into it.
    pub fields: Vec<(&'static str, String)>,
}

/// Forms by the address of what they do: the page that they are on where that is another, the function, and the names of the
/// ids in the address.
const FORMS: &[(&str, &str, &str)] = &[
    ("/setup", "", "sign-in/set-up"),
    ("/signin", "", "sign-in/password"),
    ("/signin/second-factor", "", "sign-in/second-factor"),
    ("/signin/again", "", "sign-in/again"),
    ("/account", "", "account/update"),
    ("/account/address", "", "account/change-address"),
    ("/account/sessions/end", "/account/security", "account/end-session"),
    ("/account/sessions/end-all", "/account/security", "account/end-sessions"),
    ("/account/confirm", "/account", "account/confirm-address"),
    ("/account/second-factor", "", "account/bind-app"),
    ("/account/second-factor/remove", "", "account/remove-second-factor"),
    ("/account/recovery-codes", "", "account/make-recovery-codes"),
    ("/account/tokens", "", "account/add-token"),
    ("/account/tokens/{id}/rotate", "/account/tokens", "account/rotate-token"),
    ("/account/tokens/{id}/switch", "/account/tokens", "account/let-token-work"),
    ("/account/tokens/{id}/delete", "/account/tokens", "account/delete-token"),
    ("/signin/passkey", "", "sign-in/passkey"),
    ("/account/passkeys", "", "passkeys/add"),
    ("/account/passkeys/{id}", "", "passkeys/rename"),
    ("/account/passkeys/{id}/remove", "/account/passkeys/{id}", "passkeys/delete"),
    ("/change-password", "", "sign-in/change-password"),
    ("/forgot-password", "", "sign-in/forgot-password"),
    ("/reset-password", "", "sign-in/reset-password"),
    ("/activate", "", "sign-in/activate"),
    ("/verify-email", "", "sign-in/verify-email"),
    ("/confirm-address", "", "sign-in/confirm-address"),
    ("/stop-address-change", "", "sign-in/stop-address-change"),
    ("/language", "/signin", "sign-in/language"),
    ("/theme", "/admin", "account/theme"),
    ("/signout", "/admin", "account/sign-out"),
    ("/admin/users/new", "", "users/create"),
    ("/admin/users/bulk", "", "users/bulk"),
    ("/admin/users/{id}/edit", "", "users/update"),
    ("/admin/users/{id}/disable", "", "users/disable"),
    ("/admin/users/{id}/enable", "/admin/users/{id}", "users/enable"),
    ("/admin/users/{id}/second-factor", "", "users/reset-second-factor"),
    ("/admin/users/{id}/allowlist", "/admin/users/{id}", "users/set-allowlist"),
    ("/admin/users/{id}/unlock", "/admin/users/{id}", "users/unlock"),
    ("/admin/users/{id}/delete", "", "users/delete"),
    ("/admin/users/invite", "", "users/invite"),
    ("/admin/users/{id}/invitations/{tenant}", "/admin/invitations", "users/resend-invitation"),
    ("/admin/users/{id}/temporary-password", "", "users/temporary-password"),
    ("/admin/users/{id}/reset-link", "/admin/users/{id}", "users/send-reset-link"),
    ("/admin/users/{id}/activation", "/admin/users/{id}", "users/send-activation"),
    ("/admin/users/{id}/confirmation", "/admin/users/{id}", "users/send-confirmation"),
    ("/admin/users/{id}/sessions", "/admin/users/{id}", "users/end-sessions"),
    ("/admin/users/{id}/sessions/{session}", "/admin/users/{id}", "users/end-session"),
    ("/admin/users/{id}/password-link", "/admin/users/{id}", "users/password-link"),
    ("/admin/grants/new", "", "grants/give"),
    ("/admin/grants/{id}/renew", "", "grants/change"),
    ("/admin/grants/{id}/replace", "", "grants/replace"),
    ("/admin/grants/{id}/take", "", "grants/take"),
    ("/admin/roles/new", "", "roles/create"),
    ("/admin/roles/{id}", "", "roles/update"),
    ("/admin/roles/{id}/rollback", "", "roles/roll-back"),
    ("/admin/roles/{id}/factor", "/admin/roles/{id}", "roles/require-factor"),
    ("/admin/roles/{id}/delete", "", "roles/delete"),
    ("/admin/groups/new", "", "groups/create"),
    ("/admin/groups/{id}/edit", "", "groups/update"),
    ("/admin/groups/{id}/delete", "", "groups/delete"),
    ("/admin/groups/{id}/members", "/admin/groups/{id}", "groups/add-person"),
    ("/admin/groups/{id}/members/{user}/remove", "", "groups/remove"),
    ("/admin/groups/{id}/groups/{member_group}/remove", "", "groups/remove"),
    ("/admin/tenants/new", "", "tenants/create"),
    ("/admin/tenants/{id}/edit", "", "tenants/update"),
    ("/admin/tenants/{id}/members", "/admin/tenants/{id}", "tenants/add-member"),
    ("/admin/tenants/{id}/members/{user}", "", "tenants/set-membership"),
    ("/admin/tenants/{id}/members/{user}/owner", "/admin/tenants/{id}/members/{user}", "tenants/make-owner"),
    ("/admin/tenants/{id}/members/{user}/remove", "", "tenants/remove-member"),
    ("/admin/settings", "", "settings/set"),
    ("/admin/settings/test-mail", "/admin/settings", "settings/test-mail"),
    ("/admin/tenants/{id}/settings", "", "tenants/set-settings"),
    ("/admin/outbox/{id}/resend", "/admin/outbox/{id}", "outbox/resend"),
    ("/admin/outbox/{id}/reveal", "/admin/outbox/{id}", "outbox/reveal"),
    ("/admin/clients/new", "", "clients/create"),
    ("/admin/clients/{id}/rename", "/admin/clients/{id}", "clients/rename"),
    ("/admin/clients/{id}/disable", "/admin/clients/{id}", "clients/disable"),
    ("/admin/clients/{id}/enable", "/admin/clients/{id}", "clients/enable"),
    ("/admin/clients/{id}/rotate", "/admin/clients/{id}", "clients/rotate"),
    ("/admin/clients/{id}/secrets/{secret}/end", "/admin/clients/{id}", "clients/end-secret"),
    ("/admin/clients/{id}/delete", "", "clients/delete"),
    ("/admin/tokens/new", "", "tokens/create"),
    ("/admin/tokens/{id}/rename", "/admin/tokens/{id}", "tokens/rename"),
    ("/admin/tokens/{id}/disable", "/admin/tokens/{id}", "tokens/disable"),
    ("/admin/tokens/{id}/enable", "/admin/tokens/{id}", "tokens/enable"),
    ("/admin/tokens/{id}/rotate", "/admin/tokens/{id}", "tokens/rotate"),
    ("/admin/tokens/{id}/reveal", "/admin/tokens/{id}", "tokens/reveal"),
    ("/admin/tokens/{id}/delete", "", "tokens/delete"),
    ("/admin/keys/new", "", "keys/create"),
    ("/admin/keys/{id}/rename", "/admin/keys/{id}", "tokens/rename"),
    ("/admin/keys/{id}/disable", "/admin/keys/{id}", "tokens/disable"),
    ("/admin/keys/{id}/enable", "/admin/keys/{id}", "tokens/enable"),
    ("/admin/keys/{id}/rotate", "/admin/keys/{id}", "tokens/rotate"),
    ("/admin/keys/{id}/delete", "", "keys/delete"),
    ("/admin/key-pairs/new", "", "key-pairs/create"),
    ("/admin/key-pairs/{id}/rename", "/admin/key-pairs/{id}", "key-pairs/rename"),
    ("/admin/key-pairs/{id}/disable", "/admin/key-pairs/{id}", "key-pairs/disable"),
    ("/admin/key-pairs/{id}/enable", "/admin/key-pairs/{id}", "key-pairs/enable"),
    ("/admin/key-pairs/{id}/rotate", "/admin/key-pairs/{id}", "key-pairs/rotate"),
    ("/admin/key-pairs/{id}/delete", "", "key-pairs/delete"),
    ("/admin/audit/check", "/admin/audit", "audit/check"),
    ("/admin/audit/undo", "/admin/audit", "audit/undo-request"),
    ("/admin/audit/{id}/undo", "", "audit/undo"),
];

/// The ids of a path, if it has this pattern.
fn ids(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let (wanted, parts): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    if wanted.len() != parts.len() {
        return None;
    }
    let mut ids = Vec::new();
    for (wanted, part) in wanted.into_iter().zip(parts) {
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => ids.push((name, part.to_owned())),
            None if wanted == part => {}
            None => return None,
        }
    }
    Some(ids)
}

/// The form that does what `address` names, with the step that `typed` asks for.
pub fn form(address: &str, typed: &[(&str, &str)]) -> Option<Sent> {
    let (path, query) = address.split_once('?').map_or((address, ""), |(path, query)| (path, query));
    let found = FORMS.iter().find_map(|(pattern, page, function)| Some((ids(pattern, path)?, *page, *function)));
    let (fields, page, function) = found?;
    let function = match (function, typed.iter().any(|(name, _)| *name == "member_group")) {
        ("groups/add-person", true) => "groups/add-group",
        _ => function,
    };
    let step = typed.iter().find(|(name, _)| *name == "step").map_or("", |(_, step)| step);
    let function = match step {
        "preview" | "peek" => format!("/fn/{function}/preview"),
        "find" | "enter" => format!("/fn/{function}/{step}"),
        "another" => "/fn/sign-in/another-code".to_owned(),
        _ => format!("/fn/{function}"),
    };
    let page = if page.is_empty() { path } else { page };
    let page = fields.iter().fold(page.to_owned(), |page, (name, id)| page.replace(&format!("{{{name}}}"), id));
    // What the page is about stands in its address, too.
    let about = match function.as_str() {
        "/fn/grants/give" | "/fn/grants/give/preview" => &["user", "group"][..],
        "/fn/roles/roll-back" => &["to"],
        "/fn/sign-in/reset-password"
        | "/fn/sign-in/activate"
        | "/fn/sign-in/verify-email"
        | "/fn/sign-in/confirm-address"
        | "/fn/sign-in/stop-address-change" => &["lang"],
        _ => &[],
    };
    let about = typed
        .iter()
        .filter(|(name, text)| about.contains(name) && !text.is_empty())
        .map(|(name, text)| format!("{name}={text}"));
    let query: Vec<_> = about.chain((!query.is_empty()).then(|| query.to_owned())).collect();
    let page = if query.is_empty() { page } else { format!("{page}?{}", query.join("&")) };
    Some(Sent { page, function, fields })
}

/// The same for a body: where it is sent, and what is sent there.
pub fn encoded(address: &str, body: &str) -> (String, String) {
    let typed: Vec<(String, String)> = serde_urlencoded::from_str(body).unwrap_or_default();
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let Some(sent) = form(address, &typed) else { return (address.to_owned(), body.to_owned()) };
    let ids = sent.fields.iter().map(|(name, id)| (*name, id.as_str()));
    let typed = typed.into_iter().filter(|(name, _)| *name != "step");
    let fields: Vec<_> = ids.chain(typed).chain([("fn", sent.function.as_str())]).collect();
    (sent.page, serde_urlencoded::to_string(fields).unwrap())
}
