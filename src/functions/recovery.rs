//! Ways back in for people who can't sign in, and to a first password or a confirmed address.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
use crate::model::id::UserId;
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        codes::sending,
        commands::{inviting, run, tenant_people},
        users::passwords::ResetPassword,
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::permission::Permission,
};

/// Sends somebody a link to set a new password.
#[server(prefix = "/fn", endpoint = "users/send-reset-link", input = Post<Form>)]
pub async fn send_reset_link(id: UserId) -> Answer {
    run(&ctx(), sending::SendResetLink { user: id }).await?;
    done(&to(format_args!("/users/{id}")), Done::LinkMailed, 1);
    Ok(())
}

/// Gives somebody a password for three days. It is shown once, on this page, and stands in no address and no log.
#[server(prefix = "/fn", endpoint = "users/temporary-password", input = Post<Form>)]
pub async fn temporary_password(id: UserId) -> Answer<String> {
    let ctx = ctx();
    let (reset, password) = ResetPassword::with_any(&ctx, id).await?;
    run(&ctx, reset).await?;
    Ok(password)
}

/// Sends somebody who never had a password a link to set one.
#[server(prefix = "/fn", endpoint = "users/send-activation", input = Post<Form>)]
pub async fn send_activation(id: UserId) -> Answer {
    inviting::send_activation(&ctx(), id).await?;
    done(&to(format_args!("/users/{id}")), Done::LinkMailed, 1);
    Ok(())
}

/// Sends somebody a link that confirms their address.
#[server(prefix = "/fn", endpoint = "users/send-confirmation", input = Post<Form>)]
pub async fn send_confirmation(id: UserId) -> Answer {
    tenant_people::send_verification(&ctx(), id).await?;
    done(&to(format_args!("/users/{id}")), Done::LinkMailed, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
guarded! {
    SendResetLink: Needs(&[Permission::UsersPasswordReset]);
    TemporaryPassword: Needs(&[Permission::UsersPasswordReset]);
    SendActivation: Needs(&[Permission::UsersPasswordReset]);
    SendConfirmation: Needs(&[Permission::UsersUpdate]);
}
