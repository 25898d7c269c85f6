//! Running a command: a context for whoever is at the machine, one action, one line.

use std::io::Read;

use serde_json::json;

use super::{
    access, answers, asked, clients,
    command::{
        AuditCommand, Cli, Command, NewUserArgs, RoleCommand, SecretKeyCommand, SettingsCommand, TenantCommand,
        UserCommand, settings_table,
    },
    keys,
    lookup::{named, reason, role_named},
    out::{Failure, Out, Said},
    outbox, secret_key, tokens,
};
use crate::{
    api::document::document,
    config::Config,
    db::Opening,
    demo,
    domain::{
        calling::Caller,
        codes::MakePasswordLink,
        commands::{self, people::add_user},
        ctx::{Ctx, Origin},
        setup,
        users::{
            access::DisableUser,
            commands::{ResetSecondFactor, UnlockUser},
            input::{Counting, FirstRoles, NewUser},
            store::User,
        },
    },
    http::{self, state::Surfaces, telemetry},
    mail::links::reset_password,
    model::{
        forms::{NewUserForm, ProfileForm},
        id::{ROOT_TENANT, UserId},
    },
};

/// Runs the command.
pub async fn run(cli: Cli, pages: &'static Surfaces, out: &mut Out) -> Result<(), Failure> {
    let config = cli.settings.resolve()?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            telemetry::init(&config)?;
            Ok(http::run::run(config, pages).await?)
        }
        Command::SettingsTable => {
            let table = settings_table();
            let object = json!({"table": table});
            Ok(out.say(&Said(table, object))?)
        }
        Command::Openapi => {
            let object = json!(document());
            Ok(out.say(&Said(serde_json::to_string_pretty(&object)?, object))?)
        }
        Command::SecretKey(SecretKeyCommand::Rotate { to }) => Ok(out.say(&secret_key::rotate(&config, to).await?)?),
        other => {
            // Only what begins an installation, or brings it up to date, makes or changes anything in opening it.
            let opening = match other {
                Command::Setup { .. } | Command::Migrate => Opening::Make,
                _ => Opening::Existing,
            };
            let (services, _at_work) = http::start::open(&config, opening).await?;
            let ctx = Ctx::new(services, Caller::CommandLine, Origin::default());
            let done = command(&ctx, &config, other, out).await;
            ctx.services.db.close().await;
            done
        }
    }
}

async fn command(ctx: &Ctx, config: &Config, command: Command, out: &mut Out) -> Result<(), Failure> {
    let said = match command {
        Command::Setup { email, name, password_stdin } => set_up(ctx, config, &email, &name, password_stdin).await?,
        Command::User(command) => user(ctx, config, command).await?,
        Command::Tenant(TenantCommand::Create(args)) => access::create_tenant(ctx, args).await?,
        Command::Tenant(TenantCommand::Set(args)) => asked::set_tenant(ctx, args).await?,
        Command::Settings(SettingsCommand::Set(args)) => asked::set(ctx, args).await?,
        Command::Role(RoleCommand::Create(args)) => access::create_role(ctx, args).await?,
        Command::Client(command) => return clients::client(ctx, command, out).await,
        Command::Token(command) => return tokens::token(ctx, command, out).await,
        Command::Outbox(command) => return outbox::outbox(ctx, config, command, out).await,
        Command::Key(command) => return keys::key(ctx, command, out).await,
        Command::Explain { user, permission, tenant } => answers::explain(ctx, &user, &permission, tenant).await?,
        Command::WhoCan { permission, tenant } => return answers::who_can(ctx, &permission, tenant, out).await,
        Command::Audit(AuditCommand::Verify) => access::verify(ctx).await?,
        Command::Demo { users } => fill(ctx, users).await?,
        // The context has migrated already.
        Command::Migrate | Command::Openapi | Command::Serve | Command::SettingsTable | Command::SecretKey(_) => {
            Said("the database is up to date".into(), json!({"migrated": true}))
        }
    };
    Ok(out.say(&said)?)
}

async fn set_up(ctx: &Ctx, config: &Config, email: &str, name: &str, password_stdin: bool) -> Result<Said, String> {
    let (first, last) = name.trim().rsplit_once(' ').unwrap_or((name, ""));
    let [email, first_name, last_name] = [email, first, last].map(str::to_owned);
    let profile = ProfileForm { email, first_name, last_name, ..ProfileForm::default() };
    let new = parse(NewUserForm { profile, ..NewUserForm::default() }, password_stdin)?;
    let (user, code) = setup::on_command_line(ctx, new).await.map_err(reason)?;
    let link = code.map(|code| link(config, user.id, &code));
    let line = match &link {
        Some(link) => format!(
            "{} is the first administrator; set the password within an hour at {link}{}",
            user.login,
            beside_link(config)
        ),
        None => format!("{} is the first administrator", user.login),
    };
    Ok(Said(line, json!({"id": user.id, "number": user.number, "login": user.login, "link": link})))
}

async fn user(ctx: &Ctx, config: &Config, command: UserCommand) -> Result<Said, String> {
    match command {
        UserCommand::Create(args) => create(ctx, args).await,
        UserCommand::ResetPassword { email } => {
            let (user, code) =
                commands::run(ctx, MakePasswordLink { user: named(ctx, &email).await?.id }).await.map_err(reason)?;
            let link = link(config, user.id, &code);
            Ok(Said(
                format!("{} can set a new password within an hour at {link}{}", user.login, beside_link(config)),
                json!({"id": user.id, "link": link}),
            ))
        }
        UserCommand::Unlock { email } => {
            let user = commands::run(ctx, UnlockUser { user: named(ctx, &email).await?.id }).await.map_err(reason)?;
            Ok(about(&user, "can try to sign in again"))
        }
        UserCommand::ResetSecondFactor { email } => {
            let user =
                commands::run(ctx, ResetSecondFactor { user: named(ctx, &email).await?.id }).await.map_err(reason)?;
            Ok(about(&user, "has no second factor any more"))
        }
        UserCommand::Disable { email } => {
            let (user, ended) =
                commands::run(ctx, DisableUser { user: named(ctx, &email).await?.id }).await.map_err(reason)?;
            let line = format!("{} is disabled; sessions ended: {ended}", user.login);
            Ok(Said(line, json!({"id": user.id, "login": user.login, "sessions_ended": ended})))
        }
    }
}

async fn create(ctx: &Ctx, args: NewUserArgs) -> Result<Said, String> {
    // Where they belong is where they get their roles: everywhere is for those without a tenant.
    let ctx = &ctx.clone().working_in(access::scope(ctx, args.tenant.as_deref()).await?);
    let mut roles = Vec::new();
    for name in &args.role {
        roles.push(role_named(ctx, name).await?);
    }
    let (tenant, count) = match ctx.tenant() {
        Some(tenant) => (tenant, Counting::There),
        None => (ROOT_TENANT, Counting::Everywhere),
    };
    let roles = (!roles.is_empty()).then_some(FirstRoles { roles, count });
    let new = NewUser { roles, tenant: Some(tenant), ..parse(args.form(), args.password_stdin)? };
    let user = add_user(ctx, new).await.map_err(reason)?;
    Ok(Said(
        format!("made {} (number {})", user.login, user.number),
        json!({"id": user.id, "number": user.number, "login": user.login}),
    ))
}

async fn fill(ctx: &Ctx, users: u32) -> Result<Said, String> {
    let filled = demo::fill(ctx, users).await.map_err(reason)?;
    let line =
        format!("added {} users; there are {} demo tenants and {} groups", filled.users, filled.tenants, filled.groups);
    Ok(Said(line, json!({"users": filled.users, "tenants": filled.tenants, "groups": filled.groups})))
}

fn about(user: &User, what: &str) -> Said {
    Said(format!("{} {what}", user.login), json!({"id": user.id, "login": user.login}))
}

fn parse(mut form: NewUserForm, password_stdin: bool) -> Result<NewUser, String> {
    if password_stdin {
        form.password = read_password()?;
    }
    NewUser::parse(&form).map_err(reason)
}

fn read_password() -> Result<String, String> {
    const MAX: u64 = 4096;
    let mut text = String::new();
    std::io::stdin().take(MAX).read_to_string(&mut text).map_err(|e| format!("the password can't be read: {e}"))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err("standard input held no password".into()),
        password => Ok(password.to_owned()),
    }
}

/// A one-time link; without its beginning where nobody knows by which address others reach this server.
fn link(config: &Config, user: UserId, code: &str) -> String {
    reset_password(&config.base_of_links().unwrap_or_default(), user, code)
}

/// What is said beside a link that has no beginning.
fn beside_link(config: &Config) -> &'static str {
    match config.base_of_links() {
        Some(_) => "",
        None => " of this server (set CASTELLAN_PUBLIC_URL, and the whole link is printed)",
    }
}
