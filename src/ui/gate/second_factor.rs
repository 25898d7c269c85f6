//! `/signin/second-factor`: the code of an app or of mail; or the setting up of an app, for whoever must have one.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::{
    arriving::{arrive, with_next},
    qr::Qr,
};
use crate::{
    domain::{
        error::{Error, Refused, Result},
        second_factor::{need::Need, totp},
        sessions::{
            pending::{self, Pending},
            store::Awaits,
        },
    },
    model::fields::Fields,
    server::request::{Query, SessionTokens, safe_next},
    ui::{
        done::Done,
        form::{Field, FormNote, FormState},
        layout::gate,
        visit::Visit,
    },
};

const PATH: &str = "/signin/second-factor";

/// `GET /signin/second-factor`
pub async fn page(visit: Visit, SessionTokens(tokens): SessionTokens, Query(query): Query) -> Result<Response> {
    match pending::find(&visit.ctx, &tokens, Awaits::SecondFactor).await? {
        Some(pending) => Ok(view(&visit, Asked::of(&visit, &pending)?, FormState::filled(query.without(&["code"])))),
        None => Ok(Redirect::to(&with_next("/signin", safe_next(query.text("next")))).into_response()),
    }
}

/// `POST /signin/second-factor`: a code, or that another is wanted.
pub async fn answer(visit: Visit, SessionTokens(tokens): SessionTokens, form: Fields) -> Result<Response> {
    let pending = pending::require(&visit.ctx, &tokens, Awaits::SecondFactor).await?;
    let done = match form.text("step") {
        "another" => {
            let sent = pending::send_another(&visit.ctx, &pending, &visit.known).await;
            sent.map(|()| visit.done(&with_next(PATH, safe_next(form.text("next"))), Done::CodeSent, 1))
        }
        _ => {
            let signed_in = pending::answer(&visit.ctx, &pending, (form.text("code"), &visit.known)).await;
            signed_in.map(|signed_in| arrive(&visit, form.text("next"), &signed_in))
        }
    };
    match done {
        // There is nothing left to go on with.
        Err(error @ Error::Refused(Refused::SignInOver)) => Err(error),
        Err(error) => {
            let asked = Asked::of(&visit, &pending)?;
            visit.refused(error, form.without(&["code", "step"]), |state| view(&visit, asked, state))
        }
        done => done,
    }
}

/// What the page asks for.
struct Asked {
    need: Need,
    offer: Option<Offer>,
}

/// The secret of an app that isn't bound yet.
struct Offer {
    /// In groups of four, to be typed.
    typed: String,
    /// As a link and as a QR code.
    uri: String,
}

impl Asked {
    fn of(visit: &Visit, pending: &Pending) -> Result<Self> {
        let offer = match pending.need {
            Need::Enrolment => Some(Offer::of(visit, pending)?),
            _ => None,
        };
        Ok(Self { need: pending.need, offer })
    }
}

impl Offer {
    fn of(visit: &Visit, pending: &Pending) -> Result<Self> {
        let secret = pending.secret(&visit.ctx)?;
        let url = visit.site.public_url.as_str();
        let site = url.split_once("://").map_or(url, |(_, site)| site);
        let letters: Vec<char> = totp::base32(&secret).chars().collect();
        let typed = letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ");
        Ok(Self { typed, uri: totp::uri(&secret, (site, pending.login())) })
    }
}

fn view(visit: &Visit, asked: Asked, form: FormState) -> Response {
    let (title, sentence) = match asked.need {
        Need::Enrolment => (
            "Set up a second factor",
            "You need a code beside your password. Scan this with an authenticator app, then type the code that it shows.",
        ),
        Need::Mail => {
            ("Type the code", "We sent a code of eight digits to your address. It works once, for ten minutes.")
        }
        Need::App | Need::Nothing => ("Type the code", "Open your authenticator app and type the code that it shows."),
    };
    let is_mailed = asked.need == Need::Mail;
    let back = with_next("/signin", safe_next(form.typed.text("next")));
    gate(visit, title, move || {
        view! {
            <form class="form" method="post" action=PATH>
                <h1>{title}</h1>
                <p class="hint">{sentence}</p>
                <FormNote form=form.clone()/>
                <input type="hidden" name="next" value=form.typed.text("next").to_owned()/>
                {asked.offer.map(|offer| view! { <Offered offer/> })}
                <Field form=form name="code" label="Code" autocomplete="one-time-code" required=true autofocus=true digits=true/>
                <div class="actions">
                    <button class="btn main">"Go on"</button>
                    {is_mailed.then(|| view! {
                        <button class="btn quiet" name="step" value="another" formnovalidate>"Send another code"</button>
                    })}
                    <a class="btn quiet" href=back>"Back to sign-in"</a>
                </div>
                <p class="hint">"Lost your phone, or no mail comes? Ask an administrator to reset your second factor."</p>
            </form>
        }
    })
}

/// What an app is given: as a picture, as a link for the phone that shows this page, and to be typed.
#[component]
fn Offered(offer: Offer) -> impl IntoView {
    view! {
        <Qr text=offer.uri.clone()/>
        <p>"Or type this into the app: "<code class="secret">{offer.typed}</code></p>
        <p><a class="link" href=offer.uri>"Open the app on this device"</a></p>
    }
}
