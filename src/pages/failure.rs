//! Failures as pages: what happened, and what the reader can do about it.

use axum::http::{HeaderValue, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::{
    language::Language,
    layout::{Console, Gate},
};
use crate::{
    domain::{
        error::{Error, Refused},
        permissions,
        refusals::{self, kind::RefusalKind},
        roles::store::Role,
    },
    http::{
        error::{refusal, retry_after, sentence, status},
        request::{AGAIN, safe_next, with_next},
        visit::{Visit, go, to, visit},
    },
    model::{error::Refusal, permission::Permission},
};

/// A page that can't be shown: what stands in the way, with its status. A stranger is sent to sign in, and whoever did so too
/// long ago to prove once more who they are.
pub async fn answer(error: &Error) -> AnyView {
    let visit = visit();
    if matches!(error, Error::Unauthenticated) && visit.ctx.user().is_err() {
        go(&with_next("/signin", safe_next(&visit.here).or(Some("/admin"))));
        return ().into_any();
    }
    if matches!(error, Error::ProofTooOld) {
        go(&with_next(AGAIN, safe_next(&visit.here)));
        return ().into_any();
    }
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status(error));
        if let Some(wait) = retry_after(error) {
            options.insert_header(header::RETRY_AFTER, HeaderValue::from(wait));
        }
    }
    if matches!(error, Error::Forbidden(_)) {
        refusals::note(&visit.ctx, RefusalKind::NotAllowed, None);
    }
    shown(error).await
}

/// What stands in the way, for whoever sets the status.
pub async fn shown(error: &Error) -> AnyView {
    let visit = visit();
    let language = Language::of_page();
    let (heading, refusal) = (language.said(heading(error)), refusal(error));
    let request = visit.ctx.origin.request_id.map(|id| id.to_string()).unwrap_or_default();
    let help = Help::of(error, giving(&visit, error).await, request);
    let failed = view! { <Failed heading=heading.clone() refusal help language/> };
    match visit.is_gate {
        true => view! { <Gate title=heading>{failed}</Gate> }.into_any(),
        false => view! { <Console title=heading>{failed}</Console> }.into_any(),
    }
}

/// Roles that a refusal names: more would not help the reader to choose.
const SUGGESTED: usize = 5;

/// Roles that would have allowed it, for readers who may see roles. A failure to find them is no second failure.
async fn giving(visit: &Visit, error: &Error) -> Vec<Role> {
    match error {
        Error::Forbidden(permission) if visit.ctx.may(Permission::RolesList) => {
            let roles = permissions::giving(&visit.ctx, *permission).await;
            roles.map_or(Vec::new(), |roles| roles.rows.into_iter().take(SUGGESTED).collect())
        }
        _ => Vec::new(),
    }
}

/// What a reader can do about a failure.
enum Help {
    /// Get this permission, which these roles give.
    Get(Permission, Vec<Role>),
    /// Look at the address again.
    LookAgain,
    /// Report the request of this number.
    Report(String),
    /// Ask for another link.
    AskAgain,
    /// What the message says.
    AsSaid,
}

impl Help {
    fn of(error: &Error, roles: Vec<Role>, request_id: String) -> Self {
        match error {
            Error::Forbidden(missing) => Self::Get(*missing, roles),
            Error::NotFound(_) => Self::LookAgain,
            Error::Refused(Refused::DeadLink) => Self::AskAgain,
            Error::Internal(_) | Error::Busy | Error::Storage | Error::Unknown => Self::Report(request_id),
            _ => Self::AsSaid,
        }
    }
}

#[component]
fn Failed(heading: String, refusal: Refusal, help: Help, language: Language) -> impl IntoView {
    let said = move |english: &str| language.said(english);
    let again = matches!(help, Help::AskAgain)
        .then(|| view! { <a class="btn main" href="/forgot-password">{said("Ask for a new link")}</a> });
    let messages = match (&help, refusal.fields.is_empty()) {
        // Said with the help, and with what it allows.
        (Help::Get(..), _) => Vec::new(),
        (_, true) => vec![said(&refusal.message)],
        (_, false) => refusal.fields.iter().map(|(_, message)| sentence(&said(message))).collect(),
    };
    let help = match help {
        Help::Get(missing, roles) => view! { <Missing missing roles/> }.into_any(),
        Help::LookAgain => view! { <p>{said("It may have been deleted, or the address is mistyped.")}</p> }.into_any(),
        Help::Report(id) => view! {
            <p>{said("If it stays, give this number to whoever runs the server; it leads to the log.")}</p>
            <p class="hint">{said("Request")}" "<code dir="ltr">{id}</code></p>
        }
        .into_any(),
        Help::AskAgain | Help::AsSaid => ().into_any(),
    };
    view! {
        <div class="empty">
            <h1>{heading}</h1>
            {messages.into_iter().map(|message| view! { <p>{message}</p> }).collect_view()}
            {help}
            <div class="do">{again}<a class="btn" href=to("")>{said("Start page")}</a></div>
        </div>
    }
}

/// The permission that is needed, and the roles that give it, as far as the reader may know them.
#[component]
fn Missing(missing: Permission, roles: Vec<Role>) -> impl IntoView {
    let colon = (!roles.is_empty()).then_some(": ");
    let role = |(place, role): (usize, Role)| {
        let comma = (place > 0).then_some(", ");
        view! { {comma}<a class="link" href=to(format_args!("/roles/{}", role.id))><bdi>{role.name}</bdi></a> }
    };
    view! {
        <p>"You need "<code>{missing.name()}</code>": "{missing.sentence()}"."</p>
        <p>"An administrator can give you a role with it"{colon}{roles.into_iter().enumerate().map(role).collect_view()}"."</p>
    }
}

const fn heading(error: &Error) -> &'static str {
    match error {
        Error::Forbidden(_) => "You may not do this",
        Error::NotFound(_) => "There is nothing here",
        Error::Throttled(_) | Error::Busy => "Please wait",
        Error::Storage => "Nothing can be saved just now",
        Error::Unknown => "This may have been saved",
        Error::Internal(_) => "Something broke on our side",
        Error::Refused(_) | Error::InTheWay(_) => "This can't be done",
        Error::Unauthenticated | Error::ProofTooOld => "Sign in first",
        Error::NotFromHere => "Not from this address",
        Error::MustConfirmAddress => "Confirm your address first",
        Error::MustChangePassword => "Change your password first",
        Error::Invalid(_)
        | Error::WrongCredentials
        | Error::WrongCode
        | Error::WrongPasskey
        | Error::CodeNeeded
        | Error::Stale => "Nothing was saved",
    }
}
