//! People.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{
    Answer,
    form::Form,
    wire::{Fetch, Json},
};
use crate::model::{
    forms::{NewUserForm, UserForm},
    id::UserId,
    user::{UserPage, UserQuery},
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        codes,
        commands::{bulk, people::add_user, run},
        error::{Error, Result},
        users::{
            access,
            allowlist::{self, Allowlist},
            commands,
            input::{NewUser, UserUpdate},
            list::{Listed, Only, Users, list},
            removal,
        },
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        times::moment,
        visit::{ctx, done, to},
    },
    model::{
        error::FieldErrors,
        page::Page,
        permission::Permission,
        user::{BulkAction, UserRow, initials},
    },
};

/// One page of the list.
#[server(prefix = "/fn", endpoint = "users/list", client = Fetch, input = Post<Json>, output = Post<Json>)]
pub async fn list_users(query: UserQuery) -> Answer<UserPage> {
    Ok(listed(&query).await?.page)
}

/// Makes somebody.
#[server(prefix = "/fn", endpoint = "users/create", input = Post<Form>)]
pub async fn create_user(form: NewUserForm) -> Answer {
    let made = add_user(&ctx(), NewUser::parse(&form)?).await.map_err(|error| match error {
        Error::NotFound("tenant") => error.in_form("tenant", "choose a tenant of the list"),
        other => other,
    });
    done(&to(format_args!("/users/{}", made?.id)), Done::Created, 1);
    Ok(())
}

/// Changes who somebody is.
#[server(prefix = "/fn", endpoint = "users/update", input = Post<Form>)]
pub async fn update_user(id: UserId, form: UserForm) -> Answer {
    let update = UserUpdate::parse(&form)?;
    run(&ctx(), commands::UpdateUser { user: id, update }).await?;
    done(&to(format_args!("/users/{id}")), Done::Saved, 1);
    Ok(())
}

/// Locks somebody out.
#[server(prefix = "/fn", endpoint = "users/disable", input = Post<Form>)]
pub async fn disable_user(id: UserId) -> Answer {
    let (_, ended) = run(&ctx(), access::DisableUser { user: id }).await?;
    done(&to(format_args!("/users/{id}")), Done::Disabled, ended);
    Ok(())
}

/// Lets somebody in again. Nothing is lost by it, so it isn't asked before.
#[server(prefix = "/fn", endpoint = "users/enable", input = Post<Form>)]
pub async fn enable_user(id: UserId) -> Answer {
    run(&ctx(), access::EnableUser { user: id }).await?;
    done(&to(format_args!("/users/{id}")), Done::Enabled, 1);
    Ok(())
}

/// Lets somebody try to sign in again.
#[server(prefix = "/fn", endpoint = "users/unlock", input = Post<Form>)]
pub async fn unlock_user(id: UserId) -> Answer {
    run(&ctx(), commands::UnlockUser { user: id }).await?;
    done(&to(format_args!("/users/{id}")), Done::Unlocked, 1);
    Ok(())
}

/// Unbinds somebody's second factor, when they lost it. Where one is required, they set one up at their next sign-in.
#[server(prefix = "/fn", endpoint = "users/reset-second-factor", input = Post<Form>)]
pub async fn reset_second_factor(id: UserId) -> Answer {
    run(&ctx(), commands::ResetSecondFactor { user: id }).await?;
    done(&to(format_args!("/users/{id}")), Done::FactorReset, 1);
    Ok(())
}

/// Says from where somebody is let in.
#[server(prefix = "/fn", endpoint = "users/set-allowlist", input = Post<Form>)]
pub async fn set_allowlist(id: UserId, was_networks: String, networks: String) -> Answer {
    let (from, list) = (Allowlist::typed(&was_networks)?, Allowlist::typed(&networks)?);
    run(&ctx(), allowlist::SetAllowlist { user: id, from, to: list }).await?;
    done(&to(format_args!("/users/{id}")), Done::Saved, 1);
    Ok(())
}

/// Removes somebody.
#[server(prefix = "/fn", endpoint = "users/delete", input = Post<Form>)]
pub async fn delete_user(id: UserId) -> Answer {
    run(&ctx(), removal::DeleteUser { user: id, unchanged: None }).await?;
    done(&to("/users"), Done::Deleted, 1);
    Ok(())
}

/// Makes the code of a set-password link. It is shown once, on the person's page, and stands in no address and no log.
#[server(prefix = "/fn", endpoint = "users/password-link", input = Post<Form>)]
pub async fn make_password_link(id: UserId) -> Answer<String> {
    let (_, code) = run(&ctx(), codes::MakePasswordLink { user: id }).await?;
    Ok(code)
}

/// Does one thing to many people.
#[server(prefix = "/fn", endpoint = "users/bulk", input = Post<Form>)]
pub async fn change_many(action: String, user: Vec<UserId>) -> Answer {
    let action = BulkAction::parse(&action);
    let action = action.ok_or_else(|| FieldErrors::one("action", "choose enable, disable or delete"))?;
    let changed = bulk::run(&ctx(), action, &bulk::each_once(user)).await?;
    let changed = changed.iter().filter(|outcome| outcome.result == bulk::BulkResult::Done).count();
    done(&to("/users"), Done::Bulk, changed as u64);
    Ok(())
}

/// The page of the list as it is shown.
#[cfg(feature = "ssr")]
pub struct ShownUsers {
    /// Its rows.
    pub page: UserPage,
    /// How many users there are where the reader works.
    pub all: i64,
    /// The role and the group whose people alone are listed.
    pub only: Only,
}

/// The page of the list as it is shown.
#[cfg(feature = "ssr")]
pub async fn listed(query: &UserQuery) -> Result<ShownUsers> {
    let ctx = ctx();
    let Users { page, all, only } = list(&ctx, query).await?;
    let now = ctx.now();
    let row = |listed: Listed| UserRow {
        id: listed.id,
        initials: initials(&listed.display_name),
        name: listed.display_name,
        email: listed.login,
        status: listed.status,
        roles: few(&listed.roles),
        created: moment(listed.created_at, now),
        last_sign_in: listed.last_sign_in_at.map(|at| moment(at, now)),
    };
    let rows = page.rows.into_iter().map(row).collect();
    let page = Page { rows, total: page.total, before: page.before, after: page.after };
    Ok(ShownUsers { page, all, only })
}

/// The first names of a list, and how many there are besides: a row stays a row however many somebody has.
#[cfg(feature = "ssr")]
fn few(names: &[String]) -> String {
    match names {
        [first, second, others @ ..] if !others.is_empty() => format!("{first}, {second} and {} more", others.len()),
        all => all.join(", "),
    }
}

#[cfg(feature = "ssr")]
guarded! {
    ListUsers: Needs(&[Permission::UsersList]);
    CreateUser: Needs(&[Permission::UsersAdd]);
    UpdateUser: Needs(&[Permission::UsersUpdate]);
    DisableUser: Needs(&[Permission::UsersRevoke]);
    EnableUser: Needs(&[Permission::UsersEnable]);
    UnlockUser: Needs(&[Permission::UsersEnable]);
    ResetSecondFactor: Needs(&[Permission::UsersPasswordReset]);
    SetAllowlist: Needs(&[Permission::UsersUpdate]);
    DeleteUser: Needs(&[Permission::UsersDelete]);
    MakePasswordLink: Needs(&[Permission::UsersPasswordReset]);
    ChangeMany: NeedsWithChange(&[]);
}
