//! What a family offers: one table, of which its router and its document ([`document`](super::document)) are made.

use axum::{middleware::from_fn_with_state, routing::MethodRouter};

use super::repeating::repeat;
use crate::{http::state::AppState, model::permission::Permission};

/// `Authorization: Bearer …`.
pub const BEARER: &str = "bearer";
/// `standAloneToken: …`.
pub const STAND_ALONE: &str = "standAloneToken";
/// A signature by a key pair; OpenAPI names one header of a scheme, so the others stand in its description.
pub const SIGNATURE: &str = "signature";

/// Who may use an operation. Its domain functions enforce it; the authorisation test holds them to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a credential.
    Open,
    /// Whoever carries a credential that the family takes.
    Known,
    /// Whoever has this permission where they act.
    Needs(Permission),
    /// Whoever has one of these permissions somewhere, as far as they have it.
    NeedsAny(&'static [Permission]),
    /// Whoever has this permission, and everybody about themselves.
    NeedsOrOwn(Permission),
    /// The same, and application owners about their groups.
    NeedsOrOwner(Permission),
}

impl Access {
    /// The permissions of which one opens it.
    #[must_use]
    pub fn permissions(self) -> Vec<Permission> {
        match self {
            Self::Open | Self::Known => Vec::new(),
            Self::Needs(permission) | Self::NeedsOrOwn(permission) | Self::NeedsOrOwner(permission) => vec![permission],
            Self::NeedsAny(permissions) => permissions.to_vec(),
        }
    }
}

/// A parameter of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub does: &'static str,
    /// Which values it takes.
    pub takes: Value,
    /// Whether it must be there.
    pub required: bool,
}

impl Parameter {
    /// One that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, takes: Value, does: &'static str) -> Self {
        Self { name, does, takes, required: false }
    }
}

/// Values of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Any text but none.
    Text,
    /// Any text, also none.
    MaybeText,
    /// Visible characters of ASCII, so many at most.
    Visible(usize),
    /// A UUID.
    Id,
    /// Several UUIDs.
    Ids,
    /// A whole number between these.
    Number(i64, i64),
    /// True or false.
    Flag,
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// Operations that belong together, as the document shows them.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// A short name, before those of its schemas.
    pub name: &'static str,
    /// What it is for, as a sentence.
    pub title: &'static str,
    /// What stands before each path.
    pub prefix: &'static str,
    /// What its credentials are called in the document; one of them is enough.
    pub security: &'static [&'static str],
    /// The status for another request under a key that was named before.
    pub key_reused: u16,
    /// Parameters of paths that are no UUIDs: where they stand, and which values they take.
    pub places: &'static [(&'static str, Value)],
    /// Its operations.
    pub operations: &'static [Operation],
    /// Its schemas by name, a JSON object.
    pub schemas: &'static str,
}

/// An operation.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The row of the contract, as `docs/api/` names it.
    pub id: &'static str,
    /// `get`, `post`, `put`, `patch` or `delete`.
    pub method: &'static str,
    /// Its path below the family's, with parameters in braces.
    pub path: &'static str,
    /// What it does, as a sentence.
    pub does: &'static str,
    /// Who may use it.
    pub access: Access,
    /// Parameters of its query.
    pub query: &'static [Parameter],
    /// The schema of its body; none without one.
    pub asks: Option<&'static str>,
    /// Whether the body may be absent.
    pub asks_maybe: bool,
    /// Its status when it is done, and the schema of what it answers then.
    pub answers: (u16, Option<&'static str>),
    /// Whether it makes something, so that it can be repeated under a key of its caller's (`Idempotency-Key`).
    pub makes: bool,
    /// Other statuses that it has, beside those that every operation has.
    pub fails: &'static [u16],
}

impl Operation {
    /// What a row of a table leaves out.
    pub const USUAL: Self = Self {
        id: "",
        method: "",
        path: "",
        does: "",
        access: Access::Known,
        query: &[],
        asks: None,
        asks_maybe: false,
        answers: (200, None),
        makes: false,
        fails: &[],
    };
}

/// A handler as the router has it: what makes something can be repeated.
pub fn handler(makes: bool, handler: MethodRouter<AppState>, state: &AppState) -> MethodRouter<AppState> {
    if makes { handler.route_layer(from_fn_with_state(state.clone(), repeat)) } else { handler }
}

/// Declares a family's operations: their table, and a router of their handlers.
macro_rules! operations {
    ($($id:literal $method:ident $path:literal $does:literal { $($field:ident: $value:expr),* $(,)? } => $handler:path;)*) => {
        /// Every operation of the family.
        pub const OPERATIONS: &[$crate::api::operations::Operation] = &[$({
            let mut row = $crate::api::operations::Operation::USUAL;
            row.id = $id;
            row.method = stringify!($method);
            row.path = $path;
            row.does = $does;
            $(row.$field = $value;)*
            row
        }),*];

        fn table(state: &$crate::http::state::AppState) -> axum::Router<$crate::http::state::AppState> {
            let rows = OPERATIONS.iter();
            let mut makes = rows.map(|row| row.makes);
            axum::Router::new()$(.route($path, $crate::api::operations::handler(
                makes.next().unwrap_or_default(), axum::routing::$method($handler), state)))*
        }
    };
}

pub(crate) use operations;
