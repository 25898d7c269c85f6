//! The switch of languages at the foot of pages for strangers.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{form::Act, language::Language};
use crate::{functions::languages::ChooseLanguage, mail::texts::Texts};

/// A button for each language, named as those who read it name it.
#[component]
pub fn LanguageSwitch(language: Language) -> impl IntoView {
    let choice = move |texts: &'static Texts| {
        let code = texts.code.as_str();
        let pressed = (language.code() == code).to_string();
        view! {
            <button class="seg" name="lang" value=code lang=code dir=texts.direction() aria-pressed=pressed>
                {texts.say("language", &[])}
            </button>
        }
    };
    view! {
        <Act function=ChooseLanguage::PATH class="actions languages" label=language.say("page-language")>
            {Texts::all().map(choice).collect_view()}
        </Act>
    }
}
