//! Inviting people.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
use crate::model::{
    forms::NewUserForm,
    id::{TenantId, UserId},
};
#[cfg(feature = "ssr")]
use crate::{
    domain::{commands::inviting, users::input::NewUser},
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::permission::Permission,
};

/// Invites somebody by their address, known or not.
#[server(prefix = "/fn", endpoint = "users/invite", input = Post<Form>)]
pub async fn invite_user(form: NewUserForm) -> Answer {
    let invited = inviting::invite(&ctx(), NewUser::parse(&form)?).await;
    invited.map_err(|error| error.in_form("tenant", "choose a tenant of the list"))?;
    done(&to("/invitations"), Done::Invited, 1);
    Ok(())
}

/// Sends the mail of an invitation again.
#[server(prefix = "/fn", endpoint = "users/resend-invitation", input = Post<Form>)]
pub async fn resend_invitation(id: UserId, tenant: TenantId) -> Answer {
    inviting::send_again(&ctx(), id, tenant).await?;
    done(&to("/invitations"), Done::LinkMailed, 1);
    Ok(())
}

#[cfg(feature = "ssr")]
guarded! {
    InviteUser: Needs(&[Permission::UsersAdd]);
    ResendInvitation: Needs(&[Permission::UsersPasswordReset]);
}
