//! Lists of credentials: what they are for, when they were used, and what to look at.

use leptos::prelude::*;

use super::life::{Ends, LastUsed, State, reasons};
use crate::{
    domain::attention::Life,
    model::timestamp::Timestamp,
    pages::times::{Time, moment},
};

/// A row.
pub struct Line {
    /// Its page.
    pub href: String,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Whom or what it is for: words, each before a name that may lead to a page.
    pub whom: Vec<(&'static str, Option<String>, String)>,
    /// What is looked at.
    pub life: Life,
    /// From where it was last used, for those who may see that.
    pub from: Option<String>,
}

/// The rows with their headings.
#[component]
pub fn Table(lines: Vec<Line>, now: Timestamp) -> impl IntoView {
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th class="lead">"Name"</th>
                    <th class="wide">"For"</th>
                    <th class="when">"Last used"</th>
                    <th class="when wide">"Made"</th>
                    <th class="wide">"Ends"</th>
                    <th>"State"</th>
                </tr>
            </thead>
            <tbody>{lines.into_iter().map(|line| view! { <Row line now/> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(line: Line, now: Timestamp) -> impl IntoView {
    let Line { href, name, kind, whom, life, from } = line;
    let why = reasons(&life, now);
    let attention = (!why.is_empty()).then(|| {
        view! { <div class="sub"><span class="tag warn plain">"needs attention"</span>" "{why}</div> }
    });
    view! {
        <tr>
            <td class="lead">
                <a href=href><bdi>{name}</bdi></a>
                <div class="sub">{kind}</div>
                <div class="sub narrow"><Whom whom=whom.clone()/></div>
                {attention}
            </td>
            <td class="wide"><Whom whom/></td>
            <td class="when" data-label="Last used"><LastUsed life from now/></td>
            <td class="when wide"><Time at=moment(life.created_at, now)/></td>
            <td class="wide"><Ends life now/></td>
            <td><State life now/></td>
        </tr>
    }
}

#[component]
fn Whom(whom: Vec<(&'static str, Option<String>, String)>) -> impl IntoView {
    let one = |(word, href, name): (&'static str, Option<String>, String)| match href {
        Some(href) => view! { {word}<a class="link" href=href><bdi>{name}</bdi></a> }.into_any(),
        None => view! { {word}<bdi>{name}</bdi> }.into_any(),
    };
    whom.into_iter().map(one).collect_view()
}
