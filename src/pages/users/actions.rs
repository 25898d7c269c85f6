//! What is done to one user, each after a page that says what will happen.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Crumb;
use crate::{
    domain::{
        access::preview::effect::Effect,
        action::Action,
        commands::preview::preview,
        sessions,
        users::{self, access, commands, removal, store::User},
    },
    functions::users::{DeleteUser, DisableUser, ResetSecondFactor},
    http::visit::{ctx, named, to},
    model::{fields::Fields, id::UserId},
    pages::{Page, form::FormState, layout::Console, parts::Confirm},
};

/// What a confirmation page says.
struct Question {
    function: &'static str,
    /// What is asked, before their name.
    asks: &'static str,
    sentence: String,
    button: &'static str,
    effect: Effect,
}

/// `/admin/users/{id}/disable`
pub async fn disable_page() -> Page {
    let (ctx, id) = (ctx(), named::<UserId>("id", "user")?);
    let user = users::queries::as_seen_for(&ctx, Action::DisableUser, id).await?;
    let sessions = sessions::store::count(&mut *ctx.read().await?, user.id, ctx.now()).await?;
    let ends = match sessions {
        0 => "They have no open session.".to_owned(),
        1 => "Their open session ends at once.".to_owned(),
        n => format!("Their {n} open sessions end at once."),
    };
    let sentence = format!("They can no longer sign in. {ends} Nothing is deleted, and you can enable them again.");
    let effect = preview(&ctx, &access::DisableUser { user: id }).await?;
    Ok(confirm(user, Question { function: DisableUser::PATH, asks: "Disable", sentence, button: "Disable", effect }))
}

/// `/admin/users/{id}/second-factor`
pub async fn reset_factor_page() -> Page {
    let (ctx, id) = (ctx(), named::<UserId>("id", "user")?);
    let user = users::queries::as_seen_for(&ctx, Action::ResetSecondFactor, id).await?;
    let sentence = "What they had set up works no more, their passkeys neither, and can't be brought back. Where a second factor is required, they \
        set one up at their next sign-in; else their password is enough. Make sure that it is them who ask for it.";
    let effect = preview(&ctx, &commands::ResetSecondFactor { user: id }).await?;
    Ok(confirm(
        user,
        Question {
            function: ResetSecondFactor::PATH,
            asks: "Reset the second factor of",
            sentence: sentence.into(),
            button: "Reset",
            effect,
        },
    ))
}

/// `/admin/users/{id}/delete`
pub async fn delete_page() -> Page {
    let (ctx, id) = (ctx(), named::<UserId>("id", "user")?);
    let user = users::queries::as_seen_for(&ctx, Action::DeleteUser, id).await?;
    let sentence = "Their account, access, memberships and sessions are removed at once. For 30 days you can restore \
        them; they then set a new password. What they did stays in the audit log.";
    let effect = preview(&ctx, &removal::DeleteUser { user: id, unchanged: None }).await?;
    Ok(confirm(
        user,
        Question { function: DeleteUser::PATH, asks: "Delete", sentence: sentence.into(), button: "Delete", effect },
    ))
}

fn confirm(user: User, Question { function, asks, sentence, button, effect }: Question) -> AnyView {
    let state = FormState::asking(function, Fields::default().with("id", user.id.to_string()));
    view! {
        <Console title=button>
            <Crumb user=(user.id, user.display_name.clone()) here=button/>
            <div class="head"><div><h1>{asks}" "<bdi>{user.display_name}</bdi>"?"</h1><p><bdi>{user.login}</bdi></p></div></div>
            <Confirm function state fields=&["id"] effect sentence button back=to(format_args!("/users/{}", user.id))/>
        </Console>
    }
    .into_any()
}
