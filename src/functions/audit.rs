//! The log: taking back what it holds, and checking it.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

#[cfg(feature = "ssr")]
use super::back::is_there;
use super::{Answer, form::Form};
use crate::model::id::EventId;
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        action::Action,
        audit::check::check,
        commands::undo::{self, Stuck},
        error::Error,
    },
    http::{
        access::{Access::*, guarded},
        flash::{Done, Way},
        request::safe_next,
        visit::{ctx, done, go, to, visit},
    },
    model::{fields::Fields, permission::Permission},
};

/// Begins to go through the whole log. The answer waits for the end, which that of a usual log reaches; a long one goes on,
/// and the page shows how far it is.
#[server(prefix = "/fn", endpoint = "audit/check", input = Post<Form>)]
pub async fn check_log() -> Answer {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
    let ended = tokio::time::timeout(PATIENCE, check(&ctx())).await.unwrap_or(Ok(false))?;
    done(&to("/audit"), if ended { Done::Checked } else { Done::Checking }, 1);
    Ok(())
}

/// Takes one event back.
#[server(prefix = "/fn", endpoint = "audit/undo", input = Post<Form>)]
pub async fn undo_event(id: EventId, back: String, way: String) -> Answer {
    undo::undo(&ctx(), id).await?;
    done(&landing(&back).await, what_was_done(&way, 1), 1);
    Ok(())
}

/// Takes back all that one request changed: the message after an action sends it. What stands in the way is said on the page
/// of the event that is stuck.
#[server(prefix = "/fn", endpoint = "audit/undo-request", input = Post<Form>)]
pub async fn undo_request(request: String, back: String, way: String) -> Answer {
    let ctx = ctx();
    ctx.require(Action::Undo)?;
    let request = request.parse().map_err(|_| Error::NotFound("change"))?;
    match undo::undo_request(&ctx, request).await {
        Ok(undone) => done(&landing(&back).await, what_was_done(&way, undone), undone as u64),
        Err(Stuck { event: Some(id), why: Error::Refused(_) | Error::InTheWay(_) }) => {
            go(&to(format_args!("/audit/{id}/undo?{}", Fields::default().with("back", back).encode())));
        }
        Err(Stuck { why, .. }) => return Err(why.into()),
    }
    Ok(())
}

/// What was done, in the word of the button that was pressed.
#[cfg(feature = "ssr")]
fn what_was_done(way: &str, changes: usize) -> Done {
    Way::parse(way).filter(|_| changes == 1).map_or(Done::Undone, Way::done)
}

/// Back to the page of ours where it was asked for, or to the log where that is gone now.
#[cfg(feature = "ssr")]
async fn landing(back: &str) -> String {
    let visit = visit();
    let page = safe_next(back).and_then(|back| back.strip_prefix(visit.base.as_str()));
    match page {
        Some(page) if is_there(&visit.ctx, page).await => back.to_owned(),
        _ => to("/audit"),
    }
}

#[cfg(feature = "ssr")]
guarded! {
    CheckLog: Needs(&[Permission::AuditRead]);
    UndoEvent: NeedsWithChange(&[Permission::AuditUndo]);
    UndoRequest: NeedsWithChange(&[Permission::AuditUndo]);
}
