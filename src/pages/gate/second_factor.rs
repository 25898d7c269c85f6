//! `/signin/second-factor`: the code of an app or of mail; or the setting up of an app, for whoever must have one.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{change_password::nobody, qr::Qr};
use crate::{
    domain::{
        error::Result,
        second_factor::{need::Need, totp},
        sessions::{
            pending::{self, Pending},
            store::Awaits,
        },
    },
    functions::sign_in::{AnswerSecondFactor, SendAnotherCode},
    http::{
        fields::FUNCTION,
        request::{safe_next, with_next},
        visit::{Visit, visit},
    },
    model::fields::Fields,
    pages::{
        Page,
        form::{Field, Form, FormState, Hidden},
        layout::Gate,
    },
};

/// `/signin/second-factor`
pub async fn page() -> Page {
    let visit = visit();
    let next = visit.query.text("next");
    let Some(pending) = pending::find(&visit.ctx, &visit.tokens, Awaits::SecondFactor).await? else {
        return nobody(AnswerSecondFactor::PATH, next);
    };
    let asked = Asked::of(&visit, &pending)?;
    let saved = Fields::default().with("next", next);
    let state = match FormState::answer_to(SendAnotherCode::PATH) {
        Some(_) => FormState::of(SendAnotherCode::PATH, saved),
        None => FormState::of(AnswerSecondFactor::PATH, saved),
    };
    Ok(view(asked, state))
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

fn view(asked: Asked, state: FormState) -> AnyView {
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
    let back = with_next("/signin", safe_next(state.typed.text("next")));
    view! {
        <Gate title>
            <Form function=AnswerSecondFactor::PATH state still=true>
                <h1>{title}</h1>
                <p class="hint">{sentence}</p>
                <Hidden name="next"/>
                {asked.offer.map(|offer| view! { <Offered offer/> })}
                <Field name="code" label="Code" autocomplete="one-time-code" required=true autofocus=true digits=true/>
                <div class="actions">
                    <button class="btn main">"Go on"</button>
                    {is_mailed.then(|| view! {
                        <button class="btn quiet" name=FUNCTION value=SendAnotherCode::PATH formnovalidate>"Send another code"</button>
                    })}
                    <a class="btn quiet" href=back>"Back to sign-in"</a>
                </div>
                <p class="hint">"Lost your phone, or no mail comes? Ask an administrator to reset your second factor."</p>
            </Form>
        </Gate>
    }
    .into_any()
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
