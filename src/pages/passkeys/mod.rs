//! Passkeys: the page that signs in with one, and the pages of one's own. The only pages for strangers, and for whoever is
//! signed in, with a script of their own: browsers hand out passkeys in no other way.

pub mod edit;
pub mod list;
pub mod sign_in;

use leptos::prelude::*;

use super::language::Language;

/// What the device of a form's reader is to do.
#[derive(Clone, Copy)]
enum Asks {
    /// Sign with a passkey that it has.
    Get,
    /// Make one.
    Create,
}

/// The button that asks the device, what its script says where that fails, and the way without a script, which is another page.
#[component]
fn Device(asks: Asks, options: String, language: Language, button: String, children: Children) -> impl IntoView {
    let (kind, without) = match asks {
        Asks::Get => ("get", "passkey-no-script"),
        Asks::Create => ("create", "passkey-no-script-to-add"),
    };
    view! {
        <input type="hidden" name="answer" data-passkey=kind data-options=options/>
        <p class="err" role="alert" hidden data-cannot=language.say("passkey-cannot")
            data-cancelled=language.say("passkey-cancelled") data-known=language.say("passkey-known")></p>
        <noscript><p class="err">{language.say(without)}</p></noscript>
        <div class="actions">
            // The script makes it a button that can be pressed.
            <button class="btn main" disabled>{button}</button>
            {children()}
        </div>
        <script src="/passkey.js" defer></script>
    }
}
