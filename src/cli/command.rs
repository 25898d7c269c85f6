//! What can be said on the command line.

use std::ops::RangeInclusive;

use clap::{Args, CommandFactory, Parser, Subcommand, builder::RangedU64ValueParser};

use super::nouns::{ClientCommand, KeyCommand, OutboxCommand, TokenCommand};
use crate::{
    config::Settings,
    domain::{
        passwords::minimum::KINDS,
        tenants::settings::{HISTORY_MAX, SESSION_MIN},
    },
    model::forms::{NewUserForm, ProfileForm, RoleForm, TenantForm},
};

/// A self-hosted user-management console in one binary.
#[derive(Debug, Parser)]
#[command(name = "castellan", version, max_term_width = 100)]
pub struct Cli {
    /// Print one JSON object instead of lines for people; {"error": "…"} if it fails
    #[arg(long, global = true, display_order = 500)]
    pub(super) json: bool,
    #[command(flatten, next_help_heading = "Settings")]
    pub(super) settings: Settings,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// What to do; serving is the default.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the console
    Serve,
    /// Make the first administrator; without a password, print a one-time set-password link
    Setup {
        /// E-mail address, which is the login
        #[arg(long)]
        email: String,
        /// Full name
        #[arg(long)]
        name: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Make users, and get them back in
    #[command(subcommand)]
    User(UserCommand),
    /// Make tenants
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Say what is asked of everybody
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// Make roles
    #[command(subcommand)]
    Role(RoleCommand),
    /// Make and look after client credentials, by which programs get access tokens
    #[command(subcommand)]
    Client(ClientCommand),
    /// Make and look after tokens of people: personal ones and account tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Make and look after service keys and HMAC key pairs of tenants
    #[command(subcommand)]
    Key(KeyCommand),
    /// Look after mail that waits, was sent or failed
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Look after the key file
    #[command(subcommand)]
    SecretKey(SecretKeyCommand),
    /// Say why somebody may do something, or why not and what would help
    Explain {
        /// E-mail address
        #[arg(long)]
        user: String,
        /// Like users.read
        #[arg(long)]
        permission: String,
        /// Slug of the tenant where; everywhere without it
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Say who may do something, and through what
    WhoCan {
        /// Like users.read
        #[arg(long)]
        permission: String,
        /// Slug of the tenant where; everywhere without it
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Look after the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Bring the database up to date
    Migrate,
    /// Fill the database with realistic data
    Demo {
        /// How many users to add
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
        users: u32,
    },
    /// Print what programs can do, as an OpenAPI 3.1 document
    Openapi,
    /// Print the settings as a table in Markdown
    #[command(hide = true)]
    SettingsTable,
}

/// What to do with users.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Make a user
    Create(NewUserArgs),
    /// Print a one-time set-password link
    ResetPassword {
        /// E-mail address
        email: String,
    },
    /// Forget failed sign-ins
    Unlock {
        /// E-mail address
        email: String,
    },
    /// Remove the second factor
    ResetSecondFactor {
        /// E-mail address
        email: String,
    },
    /// Lock a user out and end their sessions
    Disable {
        /// E-mail address
        email: String,
    },
}

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub(super) enum TenantCommand {
    /// Make a tenant
    Create(NewTenantArgs),
    /// Say what a tenant asks of its people; what isn't named stays
    Set(TenantSetArgs),
}

/// What a tenant asks of its people.
#[derive(Debug, Args)]
pub(super) struct TenantSetArgs {
    /// Its short name
    #[arg(long)]
    pub slug: String,
    #[command(flatten)]
    pub asked: AskedArgs,
    /// Id of an attribute that programs may keep of the people of a portal; may be repeated, and those named are all, so
    /// that an empty one leaves none
    #[arg(long = "attribute", value_name = "ID")]
    pub attributes: Option<Vec<String>>,
}

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub(super) enum SettingsCommand {
    /// Say what is asked of everybody; what isn't named stays
    Set(AskedArgs),
}

/// What is asked of people.
#[derive(Debug, Args)]
pub(super) struct AskedArgs {
    /// The least number of characters of a password; 15 without a second factor and 8 with one unless it is set
    #[arg(long, value_parser = RangedU64ValueParser::<usize>::new().range(8..=128))]
    pub password_min: Option<usize>,
    /// Of how many of small letters, capitals, digits and others a password has some, 2 to 4; 0 for any
    #[arg(long, value_parser = parse_kinds)]
    pub password_kinds: Option<usize>,
    /// How many of the last passwords can't be chosen again, 2 to 10; 0 for none
    #[arg(long, value_parser = parse_history)]
    pub password_history: Option<usize>,
    /// Days after which another password is chosen; 0 for never
    #[arg(long, value_name = "DAYS", value_parser = RangedU64ValueParser::<u32>::new().range(0..=3650))]
    pub password_days: Option<u32>,
    /// Whether everybody needs a second factor
    #[arg(long)]
    pub second_factor: Option<FactorRule>,
    /// Minutes after which a sign-in ends, 12 hours at most; 0 for as long as everywhere
    #[arg(long, value_name = "MINUTES", value_parser = parse_session_minutes)]
    pub session: Option<u32>,
    /// Minutes after which a session ends that nobody uses, 2 hours at most; 0 for as long as everywhere
    #[arg(long, value_name = "MINUTES", value_parser = parse_session_minutes)]
    pub idle: Option<u32>,
}

fn parse_kinds(text: &str) -> Result<usize, String> {
    none_or(text, 2..=KINDS)
}

fn parse_history(text: &str) -> Result<usize, String> {
    none_or(text, 2..=HISTORY_MAX)
}

fn none_or(text: &str, range: RangeInclusive<usize>) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number == 0 || range.contains(number));
    number.ok_or_else(|| format!("0, or {} to {}", range.start(), range.end()))
}

fn parse_session_minutes(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(0) => Ok(0),
        Ok(minutes) if minutes >= SESSION_MIN => Ok(minutes),
        _ => Err(format!("0, or {SESSION_MIN} minutes or more")),
    }
}

/// Whether a second factor is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum FactorRule {
    /// By everybody.
    Required,
    /// By whoever wants one, or of whom it is required elsewhere.
    Optional,
}

/// What to do with roles.
#[derive(Debug, Subcommand)]
pub(super) enum RoleCommand {
    /// Make a role
    Create(NewRoleArgs),
}

/// What to do with the key file.
#[derive(Debug, Subcommand)]
pub(super) enum SecretKeyCommand {
    /// Make another key file and seal everything under it; refused while a server runs
    Rotate {
        /// The new key file, which must not be there yet
        #[arg(long)]
        to: std::path::PathBuf,
    },
}

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Check that every row is as it was written; name the first that isn't
    Verify,
}

/// A tenant to be made.
#[derive(Args, Debug)]
pub(super) struct NewTenantArgs {
    /// Short name for URLs
    #[arg(long)]
    slug: String,
    /// Full name
    #[arg(long)]
    name: String,
    /// standard, portal, domain or reseller
    #[arg(long, default_value = "standard")]
    kind: String,
    /// production or test
    #[arg(long = "type", default_value = "production")]
    use_: String,
    /// Slug of the tenant above it
    #[arg(long)]
    pub(super) parent: Option<String>,
}

impl NewTenantArgs {
    /// As a form would send it, without the parent.
    pub(super) fn form(&self) -> TenantForm {
        TenantForm {
            slug: self.slug.clone(),
            name: self.name.clone(),
            kind: self.kind.clone(),
            type_: self.use_.clone(),
            ..TenantForm::default()
        }
    }
}

/// A role to be made.
#[derive(Args, Debug)]
pub(super) struct NewRoleArgs {
    /// Short name
    #[arg(long)]
    name: String,
    /// Description
    #[arg(long, default_value = "")]
    description: String,
    /// Like users.read, users.* or *.*; may be repeated
    #[arg(long = "permission", required = true)]
    permissions: Vec<String>,
    /// Slug of the tenant that it belongs to; the whole installation without it
    #[arg(long)]
    pub(super) tenant: Option<String>,
}

impl NewRoleArgs {
    /// As a form would send it.
    pub(super) fn form(&self) -> RoleForm {
        RoleForm {
            name: self.name.clone(),
            description: self.description.clone(),
            patterns: self.permissions.clone(),
            ..RoleForm::default()
        }
    }
}

/// A user to be made.
#[derive(Args, Debug)]
pub(super) struct NewUserArgs {
    /// E-mail address, which is the login
    #[arg(long)]
    email: String,
    /// First name
    #[arg(long)]
    first_name: String,
    /// Last name
    #[arg(long, default_value = "")]
    last_name: String,
    /// Language and region, in which mail is written, like de or pt_BR [default: en_US]
    #[arg(long, default_value = "", hide_default_value = true)]
    locale: String,
    /// Slug of the tenant they join; the root without it
    #[arg(long)]
    pub(super) tenant: Option<String>,
    /// Name of a role to give, in the tenant named, everywhere without one; may be repeated
    #[arg(long)]
    pub(super) role: Vec<String>,
    /// Read the password from standard input
    #[arg(long)]
    pub(super) password_stdin: bool,
}

impl NewUserArgs {
    /// As a form would send it.
    pub(super) fn form(&self) -> NewUserForm {
        let profile = ProfileForm {
            email: self.email.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            locale: self.locale.clone(),
            ..ProfileForm::default()
        };
        NewUserForm { profile, ..NewUserForm::default() }
    }
}

/// The settings as a Markdown table, made from the flags themselves, so that it can't be out of date.
#[must_use]
pub fn settings_table() -> String {
    let command = Cli::command();
    let mut table = String::from("| Variable | Flag | Default | Meaning |\n|---|---|---|---|\n");
    for flag in command.get_arguments() {
        let (Some(variable), Some(long)) = (flag.get_env().and_then(|env| env.to_str()), flag.get_long()) else {
            continue;
        };
        let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
        let (meaning, default) = help.rsplit_once(" [default: ").unwrap_or((&help, "none]"));
        let default = default.trim_end_matches(']');
        table.push_str(&format!("| `{variable}` | `--{long}` | {default} | {meaning} |\n"));
    }
    table
}
