//! `/admin/users/bulk`: many users at once. The preview runs the change and rolls it back, so it can't be wrong.

use leptos::{prelude::*, server_fn::ServerFn};

use super::Crumb;
use crate::{
    domain::{
        access::preview::effect::Effect,
        commands::bulk::{self, BulkResult, Outcome, each_once},
        error::Result,
    },
    functions::users::ChangeMany,
    http::visit::{to, visit},
    model::{error::FieldErrors, fields::Fields, id::UserId, user::BulkAction},
    pages::{
        Page,
        effect::EffectCard,
        form::{Form, FormState},
        layout::Console,
    },
};

/// What the address asks for.
fn parse(fields: &Fields) -> Result<(BulkAction, Vec<UserId>)> {
    let action = BulkAction::parse(fields.text("action"));
    let action = action.ok_or_else(|| FieldErrors::one("action", "choose enable, disable or delete"))?;
    let ids: std::result::Result<Vec<UserId>, _> = fields.all("user").map(str::parse).collect();
    let ids = ids.map_err(|_| FieldErrors::one("user", "open the list again"))?;
    Ok((action, each_once(ids)))
}

/// `/admin/users/bulk?action=…&user=…`
pub async fn page() -> Page {
    let visit = visit();
    let (action, ids) = parse(&visit.query)?;
    let (outcomes, effect) = bulk::preview(&visit.ctx, action, &ids).await?;
    Ok(view(action, outcomes, effect))
}

fn view(action: BulkAction, outcomes: Vec<Outcome>, effect: Effect) -> AnyView {
    let (affected, others): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|o| o.result == BulkResult::Done);
    let n = affected.len();
    let people = if n == 1 { "1 person".to_owned() } else { format!("{n} people") };
    let (button, sentence) = said(action, (&people, effect.sessions));
    let sentence = match (n, others.len()) {
        (0, _) => "Nothing would change.".to_owned(),
        (_, 0) => sentence,
        (_, stay) => format!("{sentence} {stay} of the {} chosen stay as they are: see why below.", n + stay),
    };
    let chosen = affected.iter().map(|o| view! { <input type="hidden" name="user" value=o.user.id.to_string()/> });
    let chosen = chosen.collect_view();
    let class = if action == BulkAction::Enable { "btn main" } else { "btn main bad" };
    view! {
        <Console title=button>
            <Crumb here=button/>
            <div class="head"><div><h1>{format!("{button} {people}?")}</h1><p>{sentence}</p></div></div>
            <div class="stack">
                <Form function=ChangeMany::PATH state=FormState::asking(ChangeMany::PATH, Fields::default())>
                    <input type="hidden" name="action" value=action.word()/>
                    {chosen}
                    <div class="actions">
                        {(n > 0).then(|| view! { <button class=class>{button}</button> })}
                        <a class="btn quiet" href=to("/users")>"Cancel"</a>
                    </div>
                </Form>
                {(n > 0).then(|| view! { <EffectCard effect/> })}
                <Group heading="Will change" outcomes=affected/>
                <Group heading="Stay as they are" outcomes=others/>
            </div>
        </Console>
    }
    .into_any()
}

/// The button, and what pressing it does to these people, who have so many open sessions.
fn said(action: BulkAction, (people, open): (&str, i64)) -> (&'static str, String) {
    match action {
        BulkAction::Enable => ("Enable", format!("{people} will be able to sign in again.")),
        BulkAction::Disable => ("Disable", format!("{people} will no longer be able to sign in. {}", sessions(open))),
        BulkAction::Delete => {
            ("Delete", format!("{people} will be removed with their roles, memberships and sessions."))
        }
    }
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
                <div><a href=to(format_args!("/users/{}", outcome.user.id))><bdi>{outcome.user.display_name}</bdi></a>
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
