//! Sessions of people, which administrators end.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

use super::{Answer, form::Form};
use crate::model::id::{SessionId, UserId};
#[cfg(feature = "ssr")]
use crate::{
    domain::{commands::run, sessions::commands},
    http::{
        access::{Access::*, guarded},
        flash::Done,
        visit::{ctx, done, to},
    },
    model::permission::Permission,
};

/// Ends one session of somebody.
#[server(prefix = "/fn", endpoint = "users/end-session", input = Post<Form>)]
pub async fn end_session(id: UserId, session: SessionId) -> Answer {
    run(&ctx(), commands::EndSession { user: id, session }).await?;
    done(&to(format_args!("/users/{id}")), Done::SessionsEnded, 1);
    Ok(())
}

/// Ends every session of somebody.
#[server(prefix = "/fn", endpoint = "users/end-sessions", input = Post<Form>)]
pub async fn end_sessions(id: UserId) -> Answer {
    let ended = run(&ctx(), commands::EndSessions { user: id }).await?;
    done(&to(format_args!("/users/{id}")), Done::SessionsEnded, ended);
    Ok(())
}

#[cfg(feature = "ssr")]
guarded! {
    EndSession: Needs(&[Permission::UsersRevoke]);
    EndSessions: Needs(&[Permission::UsersRevoke]);
}
