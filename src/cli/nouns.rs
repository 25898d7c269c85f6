//! What can be said on the command line about client credentials, tokens, keys and mail.

use clap::{Args, Subcommand, ValueEnum};

use crate::model::forms::{ClientForm, KeyForm, TokenForm};

/// What can be done with one of any kind.
#[derive(Debug, Subcommand)]
pub(super) enum Manage {
    /// Let it in again
    Enable {
        /// Id
        id: String,
    },
    /// Lock it out: it is refused at once, and so is what was given for it
    Disable {
        /// Id
        id: String,
    },
    /// Give it another name
    Rename {
        /// Id
        id: String,
        /// The new name
        #[arg(long)]
        name: String,
    },
    /// Delete it, for good
    Delete {
        /// Id
        id: String,
    },
}

impl Manage {
    /// Which one is meant.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Enable { id } | Self::Disable { id } | Self::Rename { id, .. } | Self::Delete { id } => id,
        }
    }
}

/// What bounds what is made.
#[derive(Args, Debug, Default)]
pub(super) struct BoundsArgs {
    /// When it ends, like 2027-01-31T18:00Z; never without it
    #[arg(long, default_value = "")]
    expires: String,
    /// Address or network that it is taken from; may be repeated; everywhere without it
    #[arg(long = "allow-from")]
    allowed_from: Vec<String>,
}

/// Which permissions bound what is made.
#[derive(Args, Debug, Default)]
pub(super) struct PermissionArgs {
    /// The most that it may do, like users.read or users.*; may be repeated; all that it could without it
    #[arg(long = "permission")]
    permissions: Vec<String>,
}

/// Which are listed.
#[derive(Args, Debug)]
pub(super) struct ListArgs {
    /// Slug of the tenant; all without it
    #[arg(long)]
    pub(super) tenant: Option<String>,
}

/// What to do with client credentials.
#[derive(Debug, Subcommand)]
pub(super) enum ClientCommand {
    /// Make client credentials; prints the secret, once
    Create(NewClientArgs),
    /// List them
    List(ListArgs),
    /// Make another secret, printed once; the newest one before works on, older ones end
    Rotate {
        /// Id
        id: String,
    },
    #[command(flatten)]
    Manage(Manage),
}

/// Client credentials to be made.
#[derive(Args, Debug)]
pub(super) struct NewClientArgs {
    /// Slug of the tenant that they belong to
    #[arg(long)]
    pub(super) tenant: String,
    /// What people call them
    #[arg(long)]
    name: String,
    /// api_spadmin, api_appowner or api_service
    #[arg(long)]
    role: String,
    /// Name of a group that they work for; may be repeated
    #[arg(long = "group")]
    pub(super) groups: Vec<String>,
    /// Id of a service that they stand for; may be repeated
    #[arg(long = "service-id")]
    services: Vec<String>,
    #[command(flatten)]
    bounds: BoundsArgs,
}

impl NewClientArgs {
    /// As a form would send it, without the tenant and the groups.
    pub(super) fn form(&self) -> ClientForm {
        ClientForm {
            name: self.name.clone(),
            role: self.role.clone(),
            services: self.services.clone(),
            allowed_from: self.bounds.allowed_from.clone(),
            expires: self.bounds.expires.clone(),
            ..ClientForm::default()
        }
    }
}

/// What to do with tokens of people.
#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token; prints its value
    Create(NewTokenArgs),
    /// List them, without their values
    List(ListArgs),
    /// Print the value of an account token again; the log keeps that it was read
    Reveal {
        /// Id
        id: String,
    },
    /// Make another value, printed once; the one before is refused at once
    Rotate {
        /// Id
        id: String,
    },
    #[command(flatten)]
    Manage(Manage),
}

/// A token to be made.
#[derive(Args, Debug)]
pub(super) struct NewTokenArgs {
    /// E-mail address of whom it acts for
    #[arg(long)]
    pub(super) user: String,
    /// What people call it
    #[arg(long)]
    name: String,
    /// Slug of the tenant that it is bound to; an account token needs one
    #[arg(long)]
    pub(super) tenant: Option<String>,
    /// personal or account
    #[arg(long, default_value = "personal")]
    kind: String,
    /// What an account token is for, like "alerts apiv2"
    #[arg(long, default_value = "")]
    audience: String,
    /// What an account token says that it may, in the words of whoever takes it
    #[arg(long, default_value = "")]
    scopes: String,
    #[command(flatten)]
    permissions: PermissionArgs,
    #[command(flatten)]
    bounds: BoundsArgs,
}

impl NewTokenArgs {
    /// As a form would send it, without the user and the tenant.
    pub(super) fn form(&self) -> TokenForm {
        TokenForm {
            kind: self.kind.clone(),
            name: self.name.clone(),
            audience: self.audience.clone(),
            scopes: self.scopes.clone(),
            permissions: self.permissions.permissions.clone(),
            allowed_from: self.bounds.allowed_from.clone(),
            expires: self.bounds.expires.clone(),
            ..TokenForm::default()
        }
    }
}

/// What to do with mail.
#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// List mail, the newest first
    List {
        /// waiting, sent or failed; all without it
        #[arg(long)]
        state: Option<String>,
    },
    /// Show a message as its recipient reads it, without its link
    Show {
        /// Id
        id: String,
        /// With its link, which opens an account; the log keeps that it was looked at
        #[arg(long)]
        link: bool,
    },
    /// Send a message again: at once if it waits or failed, with a new link if it was sent
    Resend {
        /// Id
        id: String,
    },
}

/// What to do with service keys and key pairs.
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a service key with its account, or a key pair; prints the secret, once
    Create(NewKeyArgs),
    /// List them
    List(ListArgs),
    /// Make another secret, printed once; the one before is refused at once
    Rotate {
        /// Id
        id: String,
    },
    #[command(flatten)]
    Manage(Manage),
}

/// Which kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum KeyKind {
    /// A bearer key of a service account
    Service,
    /// A pair whose secret signs requests
    Hmac,
}

/// A key to be made.
#[derive(Args, Debug)]
pub(super) struct NewKeyArgs {
    /// Slug of the tenant that it belongs to; a reseller's pair reaches its domains
    #[arg(long)]
    pub(super) tenant: String,
    /// A service key or a key pair
    #[arg(long, value_enum)]
    pub(super) kind: KeyKind,
    /// What people call it
    #[arg(long)]
    name: String,
    /// Name of a role that a service key gets in the tenant; may be repeated
    #[arg(long = "role")]
    pub(super) roles: Vec<String>,
    #[command(flatten)]
    permissions: PermissionArgs,
    #[command(flatten)]
    bounds: BoundsArgs,
}

impl NewKeyArgs {
    /// As a form would send it, without the tenant and the roles.
    pub(super) fn form(&self) -> KeyForm {
        KeyForm {
            name: self.name.clone(),
            permissions: self.permissions.permissions.clone(),
            allowed_from: self.bounds.allowed_from.clone(),
            expires: self.bounds.expires.clone(),
            ..KeyForm::default()
        }
    }
}
