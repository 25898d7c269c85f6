//! Who may, why, and why not.

use std::{collections::BTreeSet, path::Path};

use crate::{
    domain::stage::typed,
    support::{changes::*, group_form, role_form},
};
use castellan::{
    domain::{
        ctx::Ctx,
        grants::input::{NewGrant, What},
        groups::input::NewGroup,
        permissions,
        roles::{self, input::RoleContent},
        tenants,
        users::{self, store::User},
    },
    model::{
        id::ROOT_TENANT, permission::Permission, principal::Principal, scope::Scope, tenant::MembershipStatus,
        timestamp::Timestamp,
    },
};
use serde_json::{Value, json};

use super::{SETUP, castellan, execute, json, operator};

const DELETE: [&str; 4] = ["--user", "grace@example.com", "--permission", "users.delete"];
/// After the tests' hour of 2020.
const HOUR: i64 = 3600;
/// 2999-01-01T00:00:00Z
const FAR: Timestamp = Timestamp(32_472_144_000_000);

/// Ada administers; Grace belongs to the tenant Acme, and there is a role Editor.
fn people(folder: &Path) {
    json(folder, &SETUP);
    json(folder, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    let names = ["--first-name", "Grace", "--last-name", "Hopper", "--tenant", "acme"];
    json(folder, &[&["user", "create", "--email", "grace@example.com"], &names[..]].concat());
    json(folder, &["role", "create", "--name", "Editor", "--permission", "users.delete"]);
}

async fn grace(ctx: &Ctx) -> User {
    users::store::find_by_login(ctx.tenant(), &mut ctx.read().await.unwrap(), "grace@example.com")
        .await
        .unwrap()
        .unwrap()
}

async fn editor(ctx: &Ctx) -> What {
    let role = roles::store::find_by_name(&mut ctx.read().await.unwrap(), "Editor", Scope::Everywhere).await.unwrap();
    What::Role(role.unwrap().id)
}

fn terms(to: Principal, what: What, scope: Scope) -> NewGrant {
    NewGrant { to, what, scope, from: None, until: None, reason: String::new() }
}

async fn acme(ctx: &Ctx) -> Scope {
    permissions::scope(ctx, Some("acme")).await.unwrap()
}

/// What `explain` says for people, and for programs.
fn explained(folder: &Path, arguments: &[&str]) -> (String, Value) {
    let arguments = [&["explain"], arguments].concat();
    let (code, text, err) = castellan(folder, &arguments, "");
    assert_eq!(code, 0, "{err}");
    (text, json(folder, &arguments))
}

#[tokio::test]
async fn who_can_says_through_what() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    let ctx = operator(folder.path()).await;
    let staff = add_group(&ctx, NewGroup::parse(&group_form("Staff")).unwrap()).await.unwrap();
    let grace = grace(&ctx).await;
    add_member(&ctx, ROOT_TENANT, &grace.login).await.unwrap();
    add_to_group(&ctx, staff.id, &typed(Principal::User(grace.id))).await.unwrap();
    let until_far =
        NewGrant { until: Some(FAR), ..terms(Principal::Group(staff.id), editor(&ctx).await, Scope::Everywhere) };
    give_access(&ctx, &until_far).await.unwrap();
    let through = "role Editor <- group Staff, until 2999-01-01T00:00:00Z";
    let ask = ["who-can", "--permission", "users.delete"];
    let (code, text, _) = castellan(folder.path(), &ask, "");
    let lines = "ada@example.com    Ada Lovelace  through role admin (by *.*), given directly\n\
        grace@example.com  Grace Hopper  through ";
    assert_eq!((code, text), (0, format!("{lines}{through}\n")));
    let said = json(folder.path(), &ask);
    let expected = json!({"id": grace.id, "login": grace.login, "name": "Grace Hopper", "through": [through]});
    assert_eq!((&said["permission"], &said["users"][1]), (&json!("users.delete"), &expected));
}

#[tokio::test]
async fn one_line_tells_the_first_ways_and_how_many_more() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    let ctx = operator(folder.path()).await;
    let grace = Principal::User(grace(&ctx).await.id);
    for pattern in ["users.*", "*.*", "users.token"] {
        let name = format!("role {}", pattern.len());
        let role = add_role(&ctx, RoleContent::parse(&role_form(&name, pattern)).unwrap()).await.unwrap();
        give_access(&ctx, &NewGrant::lasting(grace, role.id, Scope::Everywhere)).await.unwrap();
    }
    for scope in [Scope::Everywhere, acme(&ctx).await] {
        give_access(&ctx, &terms(grace, What::Permission(Permission::UsersToken), scope)).await.unwrap();
    }
    let ask = ["who-can", "--permission", "users.token", "--tenant", "acme"];
    let (_, text, _) = castellan(folder.path(), &ask, "");
    let line = text.lines().find(|line| line.starts_with("grace")).unwrap();
    assert!(line.ends_with("; and 2 more") && line.matches("; ").count() == 3, "{line}");
    let said = json(folder.path(), &ask);
    let grace = said["users"].as_array().unwrap().iter().find(|user| user["name"] == "Grace Hopper").unwrap();
    assert_eq!(grace["through"].as_array().unwrap().len(), 5, "a program is told all");
}

#[test]
fn nobody_may_is_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    json(folder.path(), &["migrate"]);
    let ask = ["who-can", "--permission", "users.read"];
    assert_eq!(castellan(folder.path(), &ask, "").1, "nobody may users.read everywhere\n");
    assert_eq!(json(folder.path(), &ask), json!({"permission": "users.read", "in_tenants": [], "users": []}));
}

#[tokio::test]
async fn who_may_in_single_tenants_is_said_besides() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    let ctx = operator(folder.path()).await;
    let (acme, to) = (acme(&ctx).await, Principal::User(grace(&ctx).await.id));
    give_access(&ctx, &terms(to, What::Permission(Permission::UsersToken), acme)).await.unwrap();
    let ask = ["who-can", "--permission", "users.token"];
    let text = castellan(folder.path(), &ask, "").1;
    assert!(text.starts_with("ada@example.com"), "{text}");
    assert!(text.ends_with("also given in single tenants (--tenant says to whom):\n  acme: 1\n"), "{text}");
    assert_eq!(json(folder.path(), &ask)["in_tenants"], json!([{"tenant": "acme", "people": 1}]));
    let there = json(folder.path(), &[&ask[..], &["--tenant", "acme"]].concat());
    assert_eq!((&there["in_tenants"], there["users"].as_array().unwrap().len()), (&json!([]), 2));
}

#[tokio::test]
async fn who_can_tells_all_in_one_document_also_where_it_fails_half_way() {
    let folder = tempfile::tempdir().unwrap();
    json(folder.path(), &SETUP);
    json(folder.path(), &["demo", "--users", "5001"]);
    let ctx = operator(folder.path()).await;
    execute(
        &ctx,
        "insert into grants (id, user_id, permission, created_at) select id, id, 'users.revoke', 0 from users",
    )
    .await;
    execute(&ctx, "update users set disabled_at = null, tenant_scope = 'any'").await;
    let ask = ["who-can", "--permission", "users.revoke"];
    let said = json(folder.path(), &ask);
    let ids: BTreeSet<&str> =
        said["users"].as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), said["users"].as_array().unwrap().len()), (5002, 5002));
    assert!(ids.len() as i64 > permissions::BATCH, "more than one batch");
    // The last by name has an id that can't be read.
    execute(&ctx, "update users set name_key = '\u{10ffff}' where number = 7").await;
    execute(
        &ctx,
        "pragma defer_foreign_keys = on; update users set id = x'07' where number = 7;
        update grants set user_id = x'07' where user_id not in (select id from users);
        update memberships set user_id = x'07' where user_id not in (select id from users);
        update group_members set user_id = x'07' where user_id not in (select id from users)",
    )
    .await;
    let (code, out, err) = castellan(folder.path(), &[&ask[..], &["--json"]].concat(), "");
    let said: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, said["users"].as_array().unwrap().len()), (1, 5000), "{err}");
    assert!(err.contains(said["error"].as_str().unwrap()), "{err}");
}

#[tokio::test]
async fn a_refusal_says_what_is_held_in_vain_and_which_roles_would_do() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    let ctx = operator(folder.path()).await;
    let (acme, grace) = (acme(&ctx).await, grace(&ctx).await);
    let (to, delete) = (Principal::User(grace.id), What::Permission(Permission::UsersDelete));
    let ended =
        NewGrant { until: Some(ctx.now().plus_seconds(HOUR)), ..terms(to, editor(&ctx).await, Scope::Everywhere) };
    let later = NewGrant { from: Some(FAR), ..terms(to, delete.clone(), Scope::Everywhere) };
    for terms in [ended, later, terms(to, delete, acme)] {
        give_access(&ctx, &terms).await.unwrap();
    }
    let (text, said) = explained(folder.path(), &DELETE);
    let lines = [
        "grace@example.com may not users.delete",
        "held, but not counting there now:",
        "  role Editor, given directly, until 2020-01-01T01:00:00Z: has ended",
        "  this permission alone, given directly: begins 2999-01-01T00:00:00Z",
        "  this permission alone, given directly, in Acme: counts in that tenant only",
        "roles that would give it: Editor, admin",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), lines);
    assert_eq!((&said["may"], &said["roles"]), (&json!(false), &json!(["Editor", "admin"])));
    assert_eq!(said["idle"].as_array().unwrap().len(), 3);
    let (text, said) = explained(folder.path(), &[&DELETE[..], &["--tenant", "acme"]].concat());
    assert_eq!(text, "grace@example.com may users.delete in acme:\n  this permission alone, given directly, in Acme\n");
    assert_eq!((&said["may"], &said["idle"]), (&json!(true), &json!([])), "who may needs no help");
    let member = (grace.id, acme.tenant().unwrap());
    let seen = tenants::memberships::queries::membership(&ctx, member.0, member.1).await.unwrap().version;
    run(&ctx, set_membership(member, (MembershipStatus::Inactive, seen))).await.unwrap();
    let (text, said) = explained(folder.path(), &[&DELETE[..], &["--tenant", "acme"]].concat());
    assert!(text.contains("in Acme: counts for active members of that tenant only"), "{text}");
    assert!(text.contains("not an active member of that tenant") && said["outsider"] == true, "{text}");
}

#[tokio::test]
async fn what_an_account_is_limited_to_is_said() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    let ctx = operator(folder.path()).await;
    let terms =
        terms(Principal::User(grace(&ctx).await.id), What::Permission(Permission::UsersDelete), Scope::Everywhere);
    give_access(&ctx, &terms).await.unwrap();
    execute(&ctx, "update users set tenant_scope = 'list'").await;
    let way = "  this permission alone, given directly, only in the tenants that their account is limited to";
    let (text, said) = explained(folder.path(), &DELETE);
    assert!(text.contains(&format!("{way}: not in one of those\n")) && said["may"] == false, "{text}");
    let (text, _) = explained(folder.path(), &[&DELETE[..], &["--tenant", "acme"]].concat());
    assert_eq!(text, format!("grace@example.com may users.delete in acme:\n{way}\n"));
}

#[test]
fn somebody_outside_a_tenant_is_explained_there() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    json(folder.path(), &["tenant", "create", "--slug", "north", "--name", "Northwind"]);
    json(folder.path(), &["role", "create", "--name", "Northern", "--permission", "users.delete", "--tenant", "north"]);
    let ask = |user, tenant| ["--user", user, "--permission", "users.delete", "--tenant", tenant];
    let (text, said) = explained(folder.path(), &ask("ada@example.com", "north"));
    assert!(text.contains("ada@example.com may users.delete in north:\n  role admin (by *.*)"), "{text}");
    assert_eq!((&said["may"], &said["outsider"]), (&json!(true), &json!(false)));
    let (text, said) = explained(folder.path(), &ask("grace@example.com", "north"));
    assert!(text.contains("may not users.delete in north\nnot an active member"), "{text}");
    assert_eq!(said["roles"], json!(["Editor", "Northern", "admin"]));
    let (_, said) = explained(folder.path(), &ask("grace@example.com", "acme"));
    assert_eq!((&said["roles"], &said["outsider"]), (&json!(["Editor", "admin"]), &json!(false)));
    let (_, said) = explained(folder.path(), &DELETE);
    assert_eq!(said["roles"], json!(["Editor", "admin"]), "a tenant's role is not given everywhere");
}

#[test]
fn somebody_disabled_may_nothing() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    json(folder.path(), &["user", "disable", "grace@example.com"]);
    let (text, said) = explained(folder.path(), &DELETE);
    assert!(text.starts_with("grace@example.com is disabled, and may not users.delete\n"), "{text}");
    assert_eq!((&said["may"], &said["disabled"]), (&json!(false), &json!(true)));
}
