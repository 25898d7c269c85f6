//! What is done to one user, each after a page that says what will happen.

use axum::response::Response;
use leptos::prelude::*;

use super::Crumb;
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        codes::MakePasswordLink,
        commands::{preview::preview, run},
        error::{Error, Result},
        sessions,
        users::{
            self,
            access::{DisableUser, EnableUser},
            commands::UnlockUser,
            removal::DeleteUser,
            store::User,
        },
    },
    mail::links::reset_password,
    model::fields::Fields,
    ui::{done::Done, form::FormState, layout::console, parts::Confirm, path::UserPath, visit::Visit},
};

/// What a confirmation page says.
struct Question {
    action: &'static str,
    sentence: String,
    button: &'static str,
    effect: Effect,
}

/// `GET /admin/users/{id}/disable`
pub async fn confirm_disable(visit: Visit, UserPath(id): UserPath) -> Result<Response> {
    let user = users::queries::as_seen_for(&visit.ctx, Action::DisableUser, id).await?;
    let question = disable_question(&visit, &user).await?;
    Ok(confirm(&visit, user, question, FormState::default()))
}

async fn disable_question(visit: &Visit, user: &User) -> Result<Question> {
    let sessions = sessions::store::count(&mut *visit.ctx.read().await?, user.id, visit.ctx.now()).await?;
    let ends = match sessions {
        0 => "They have no open session.".to_owned(),
        1 => "Their open session ends at once.".to_owned(),
        n => format!("Their {n} open sessions end at once."),
    };
    let sentence = format!("They can no longer sign in. {ends} Nothing is deleted, and you can enable them again.");
    let effect = preview(&visit.ctx, &DisableUser { user: user.id }).await?;
    Ok(Question { action: "disable", sentence, button: "Disable", effect })
}

/// `POST /admin/users/{id}/disable`
pub async fn disable(visit: Visit, UserPath(id): UserPath, form: Fields) -> Result<Response> {
    match run(&visit.ctx, DisableUser { user: id }).await {
        Ok((user, ended)) => Ok(visit.done(&format!("/admin/users/{}", user.id), Done::Disabled, ended)),
        Err(error @ Error::Refused(_)) => {
            let user = users::queries::as_seen_for(&visit.ctx, Action::DisableUser, id).await?;
            let question = disable_question(&visit, &user).await?;
            visit.refused(error, form, |state| confirm(&visit, user, question, state))
        }
        Err(other) => Err(other),
    }
}

/// `POST /admin/users/{id}/enable`: nothing is lost by it, so it doesn't ask.
pub async fn enable(visit: Visit, UserPath(id): UserPath) -> Result<Response> {
    let user = run(&visit.ctx, EnableUser { user: id }).await?;
    Ok(visit.done(&format!("/admin/users/{}", user.id), Done::Enabled, 1))
}

/// `POST /admin/users/{id}/unlock`: nothing is lost by it, so it doesn't ask.
pub async fn unlock(visit: Visit, UserPath(id): UserPath) -> Result<Response> {
    let user = run(&visit.ctx, UnlockUser { user: id }).await?;
    Ok(visit.done(&format!("/admin/users/{}", user.id), Done::Unlocked, 1))
}

/// `GET /admin/users/{id}/delete`
pub async fn confirm_delete(visit: Visit, UserPath(id): UserPath) -> Result<Response> {
    let user = users::queries::as_seen_for(&visit.ctx, Action::DeleteUser, id).await?;
    let question = delete_question(&visit, &user).await?;
    Ok(confirm(&visit, user, question, FormState::default()))
}

async fn delete_question(visit: &Visit, user: &User) -> Result<Question> {
    let sentence = "Their account, access, memberships and sessions are removed at once. For 30 days you can restore \
        them; they then set a new password. What they did stays in the audit log.";
    let effect = preview(&visit.ctx, &DeleteUser { user: user.id, unchanged: None }).await?;
    Ok(Question { action: "delete", sentence: sentence.into(), button: "Delete", effect })
}

/// `POST /admin/users/{id}/delete`
pub async fn delete(visit: Visit, UserPath(id): UserPath, form: Fields) -> Result<Response> {
    match run(&visit.ctx, DeleteUser { user: id, unchanged: None }).await {
        Ok(_) => Ok(visit.done("/admin/users", Done::Deleted, 1)),
        Err(error @ Error::Refused(_)) => {
            let user = users::queries::as_seen_for(&visit.ctx, Action::DeleteUser, id).await?;
            let question = delete_question(&visit, &user).await?;
            visit.refused(error, form, |state| confirm(&visit, user, question, state))
        }
        Err(other) => Err(other),
    }
}

fn confirm(visit: &Visit, user: User, question: Question, form: FormState) -> Response {
    let href = format!("/admin/users/{}", user.id);
    let Question { action, sentence, button, effect } = question;
    console(visit, button, move || {
        view! {
            <Crumb user=(user.id, user.display_name.clone()) here=button/>
            <div class="head"><div><h1>{button}" "<bdi>{user.display_name}</bdi>"?"</h1><p><bdi>{user.login}</bdi></p></div></div>
            <Confirm action=format!("{href}/{action}") form effect sentence button back=href/>
        }
    })
}

/// `POST /admin/users/{id}/password-link`: shows the link once. It is in no URL of ours and in no log.
pub async fn password_link(visit: Visit, UserPath(id): UserPath) -> Result<Response> {
    let (user, code) = run(&visit.ctx, MakePasswordLink { user: id }).await?;
    let visit = visit.at(&format!("/admin/users/{id}"));
    let base = if visit.site.has_links { visit.site.public_url.as_str() } else { "" };
    let link = reset_password(base, id, &code);
    let incomplete = (!visit.site.has_links).then_some(
        " It lacks its beginning, the address by which people reach this server: whoever runs it sets CASTELLAN_PUBLIC_URL.",
    );
    Ok(console(&visit, "Set-password link", move || {
        view! {
            <Crumb user=(user.id, user.display_name.clone()) here="Set-password link"/>
            <div class="head"><div><h1>"Set-password link"</h1><p>"for "<bdi>{user.display_name}</bdi></p></div></div>
            <div class="form">
                <div class="control">
                    <p class="label" id="link-label">"Give them this link by a way you trust"</p>
                    <div class="secret mono" id="link" role="group" tabindex="0" aria-labelledby="link-label" aria-describedby="link-hint">{link}</div>
                    <p class="hint" id="link-hint">"It works once, for one hour, and is shown only now. Older links no longer work."{incomplete}</p>
                </div>
                <div class="actions"><a class="btn" href=format!("/admin/users/{}", user.id)>"Done"</a></div>
            </div>
        }
    }))
}
