//! Passkeys: signing in with one, and one's own.

#![expect(missing_docs, reason = "an argument is what the label of its field says")]

use leptos::{prelude::*, server_fn::codec::Post};

#[cfg(feature = "ssr")]
use super::sign_in::arrive;
use super::{Answer, form::Form};
use crate::model::id::PasskeyId;
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        commands::run,
        passkeys::{
            commands,
            sign_in::{Answering, prove_again, sign_in},
        },
    },
    http::{
        access::{Access::*, guarded},
        flash::Done,
        passkey,
        request::safe_next,
        visit::{ctx, done, to, visit},
    },
};

/// Signs in with a passkey, in place of a password or after one.
#[server(prefix = "/fn", endpoint = "sign-in/passkey", input = Post<Form>)]
pub async fn sign_in_with_passkey(answer: String, next: String) -> Answer {
    let visit = visit();
    let browser = Answering { user_agent: &visit.user_agent, known: &visit.known, tokens: &visit.tokens };
    let signed_in = sign_in(&visit.ctx, passkey::attempt(&visit, &answer), browser).await?;
    passkey::forget();
    Ok(arrive(&next, &signed_in).await?)
}

/// Proves by a passkey who is signed in, in place of the password.
#[server(prefix = "/fn", endpoint = "sign-in/again/passkey", input = Post<Form>)]
pub async fn prove_with_passkey(answer: String, next: String) -> Answer {
    let visit = visit();
    prove_again(&visit.ctx, passkey::attempt(&visit, &answer), &visit.known).await?;
    passkey::forget();
    done(safe_next(&next).unwrap_or("/account"), Done::Proved, 1);
    Ok(())
}

/// Adds a passkey of one's own.
#[server(prefix = "/fn", endpoint = "passkeys/add", input = Post<Form>)]
pub async fn add_passkey(name: String, answer: String) -> Answer {
    let visit = visit();
    let add = commands::AddPasskey::prepare(&visit.ctx, &passkey::attempt(&visit, &answer), &name)?;
    run(&visit.ctx, add).await?;
    passkey::forget();
    done(LIST, Done::PasskeyAdded, 1);
    Ok(())
}

/// Gives a passkey of one's own another name.
#[server(prefix = "/fn", endpoint = "passkeys/rename", input = Post<Form>)]
pub async fn rename_passkey(id: PasskeyId, name: String) -> Answer {
    run(&ctx(), commands::RenamePasskey::parse(id, &name)?).await?;
    done(LIST, Done::Saved, 1);
    Ok(())
}

/// Removes a passkey, one's own or somebody else's.
#[server(prefix = "/fn", endpoint = "passkeys/delete", input = Post<Form>)]
pub async fn delete_passkey(id: PasskeyId) -> Answer {
    let ctx = ctx();
    let owner = run(&ctx, commands::DeletePasskey { id }).await?;
    let is_own = ctx.user_id() == Some(owner);
    done(&if is_own { LIST.to_owned() } else { to(format_args!("/users/{owner}")) }, Done::PasskeyRemoved, 1);
    Ok(())
}

/// The page of one's own passkeys.
#[cfg(feature = "ssr")]
const LIST: &str = "/account/passkeys";

#[cfg(feature = "ssr")]
guarded! {
    SignInWithPasskey: Public;
    ProveWithPasskey: SignedIn;
    AddPasskey: SignedIn;
    RenamePasskey: SignedIn;
    DeletePasskey: SignedIn;
}
