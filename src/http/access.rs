//! Who may open a page or call a function: declared beside each, and walked by the test of authorisation. The domain asks
//! again for everything it does; this is what a stranger or somebody without the right meets first.

use leptos::server_fn::inventory;

use crate::{
    domain::{ctx::Ctx, error::Error},
    model::permission::Permission,
};

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody who is signed in.
    SignedIn,
    /// Whoever has all of these permissions.
    Needs(&'static [Permission]),
    /// Whoever has all of these, and the permission of the change itself, which the request names.
    NeedsWithChange(&'static [Permission]),
}

impl Access {
    /// Refuses a caller who may not.
    pub fn admit(self, ctx: &Ctx) -> Result<(), Error> {
        let needed: &[Permission] = match self {
            Self::Public => return Ok(()),
            Self::SignedIn => &[],
            Self::Needs(needed) | Self::NeedsWithChange(needed) => needed,
        };
        ctx.user()?;
        match needed.iter().find(|permission| !ctx.may(**permission)) {
            Some(missing) => Err(Error::Forbidden(*missing)),
            None => Ok(()),
        }
    }
}

/// Who may call a server function.
#[derive(Debug)]
pub struct Rule {
    /// The function's path.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
}

inventory::collect!(Rule);

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    inventory::iter::<Rule>.into_iter()
}

/// The rule of a function. One that has none can't be called.
#[must_use]
pub fn rule(path: &str) -> Option<Access> {
    rules().find(|rule| rule.path == path).map(|rule| rule.access)
}

/// Says beside server functions who may call them.
macro_rules! guarded {
    ($($function:ident: $access:expr;)+) => {$(
        leptos::server_fn::inventory::submit! {
            $crate::http::access::Rule { path: <$function as leptos::server_fn::ServerFn>::PATH, access: $access }
        }
    )+};
}
pub(crate) use guarded;
