//! `/admin/users/bulk`: many users at once. The preview runs the change and rolls it back, so it can't be wrong.

use axum::response::Response;
use leptos::prelude::*;

use super::Crumb;
use crate::{
    domain::{
        access::preview::effect::Effect,
        commands::bulk::{self, BulkResult, Outcome},
        error::Result,
    },
    model::{error::FieldErrors, fields::Fields, id::UserId, user::BulkAction},
    server::request::Query,
    ui::{done::Done, effect::EffectCard, layout::console, visit::Visit},
};

/// What the form asks for.
fn parse(fields: &Fields) -> Result<(BulkAction, Vec<UserId>)> {
    let action = BulkAction::parse(fields.text("action"));
    let action = action.ok_or_else(|| FieldErrors::one("action", "choose enable, disable or delete"))?;
    let ids: std::result::Result<Vec<UserId>, _> = fields.all("user").map(str::parse).collect();
    let mut ids = ids.map_err(|_| FieldErrors::one("user", "open the list again"))?;
    ids.sort_unstable();
    ids.dedup();
    Ok((action, ids))
}

/// `GET /admin/users/bulk?action=…&user=…`
pub async fn preview(visit: Visit, Query(query): Query) -> Result<Response> {
    let (action, ids) = parse(&query)?;
    let (outcomes, effect) = bulk::preview(&visit.ctx, action, &ids).await?;
    Ok(view(&visit, action, (outcomes, effect)))
}

/// `POST /admin/users/bulk`
pub async fn apply(visit: Visit, form: Fields) -> Result<Response> {
    let (action, ids) = parse(&form)?;
    let outcomes = bulk::run(&visit.ctx, action, &ids).await?;
    let done = outcomes.iter().filter(|outcome| outcome.result == BulkResult::Done).count();
    Ok(visit.done("/admin/users", Done::Bulk, done as u64))
}

fn view(visit: &Visit, action: BulkAction, (outcomes, effect): (Vec<Outcome>, Effect)) -> Response {
    let (affected, others): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|o| o.result == BulkResult::Done);
    let n = affected.len();
    let people = if n == 1 { "1 person".to_owned() } else { format!("{n} people") };
    let (button, sentence) = match action {
        BulkAction::Enable => ("Enable", format!("{people} will be able to sign in again.")),
        BulkAction::Disable => {
            ("Disable", format!("{people} will no longer be able to sign in. {}", sessions(effect.sessions)))
        }
        BulkAction::Delete => {
            ("Delete", format!("{people} will be removed with their roles, memberships and sessions."))
        }
    };
    let sentence = match (n, others.len()) {
        (0, _) => "Nothing would change.".to_owned(),
        (_, 0) => sentence,
        (_, stay) => format!("{sentence} {stay} of the {} chosen stay as they are: see why below.", n + stay),
    };
    console(visit, button, move || {
        view! {
            <Crumb here=button/>
            <div class="head"><div><h1>{format!("{button} {people}?")}</h1><p>{sentence}</p></div></div>
            <div class="stack">
                <form class="form" method="post" action="/admin/users/bulk">
                    <input type="hidden" name="action" value=action.word()/>
                    {affected.iter().map(|o| view! { <input type="hidden" name="user" value=o.user.id.to_string()/> }).collect_view()}
                    <div class="actions">
                        {(n > 0).then(|| view! { <button class=if action == BulkAction::Enable { "btn main" } else { "btn main bad" }>{button}</button> })}
                        <a class="btn quiet" href="/admin/users">"Cancel"</a>
                    </div>
                </form>
                {(n > 0).then(|| view! { <EffectCard effect=Some(effect) heading="What it would do"/> })}
                <Group heading="Will change" outcomes=affected/>
                <Group heading="Stay as they are" outcomes=others/>
            </div>
        }
    })
}

fn sessions(open: i64) -> String {
    match open {
        0 => "No session is open.".into(),
        1 => "1 open session ends at once.".into(),
        n => format!("{n} open sessions end at once."),
    }
}

#[component]
fn Group(heading: &'static str, outcomes: Vec<Outcome>) -> impl IntoView {
    let row = |outcome: Outcome| {
        let why = match outcome.result {
            BulkResult::Done => String::new(),
            BulkResult::Already => "already so".into(),
            BulkResult::Refused(refused) => refused.to_string(),
        };
        view! {
            <li>
                <div><a href=format!("/admin/users/{}", outcome.user.id)><bdi>{outcome.user.display_name}</bdi></a>
                    " " <span class="sub"><bdi>{outcome.user.login}</bdi></span></div>
                <div class="do"><span class="hint">{why}</span></div>
            </li>
        }
    };
    (!outcomes.is_empty()).then(|| {
        view! {
            <section class="card">
                <header><h2>{heading}</h2><span class="hint">{outcomes.len()}</span></header>
                <ul class="rows">{outcomes.into_iter().map(row).collect_view()}</ul>
            </section>
        }
    })
}
