//! What is asked of people: of everybody, and of those of one tenant. What isn't named stays.

use serde_json::{Value, json};

use super::{
    access::scope,
    command::{AskedArgs, FactorRule, TenantSetArgs},
    lookup::reason,
    out::Said,
};
use crate::domain::{
    commands::run,
    ctx::Ctx,
    tenants::{
        asked::{self, SetSettings},
        settings::{self, Required, SetTenantSettings, TenantSettings},
    },
};

/// `castellan settings set`
pub async fn set(ctx: &Ctx, args: AskedArgs) -> Result<Said, String> {
    let from = asked::read(ctx).await.map_err(reason)?;
    let to = wanted(&from, args);
    run(ctx, SetSettings { from, to: to.clone() }).await.map_err(reason)?;
    Ok(Said(format!("everybody: {}", line(&to)), state(&to)))
}

/// `castellan tenant set`
pub async fn set_tenant(ctx: &Ctx, args: TenantSetArgs) -> Result<Said, String> {
    let slug = args.slug;
    let tenant = scope(ctx, Some(&slug)).await?.tenant().ok_or("name a tenant")?;
    let from = {
        let mut conn = ctx.read().await.map_err(reason)?;
        settings::of(&mut conn, tenant).await.map_err(reason)?
    };
    let mut to = wanted(&from, args.asked);
    if let Some(typed) = args.attributes {
        to.attributes = settings::attributes(&typed)?;
    }
    let to = run(ctx, SetTenantSettings { tenant, from, to }).await.map_err(reason)?;
    let mut said = state(&to);
    said["slug"] = json!(slug);
    said["attributes"] = json!(to.attributes);
    let attributes = match to.attributes.is_empty() {
        true => String::new(),
        false => format!("; attributes: {}", to.attributes.join(", ")),
    };
    Ok(Said(format!("people of {slug}: {}{attributes}", line(&to)), said))
}

/// What is named in place of what was; 0 is nothing.
fn named<N: Default + PartialEq>(named: Option<N>, was: Option<N>) -> Option<N> {
    named.map_or(was, |number| Some(number).filter(|number| *number != N::default()))
}

fn wanted(from: &TenantSettings, args: AskedArgs) -> TenantSettings {
    TenantSettings {
        password_min: args.password_min.or(from.password_min),
        password_kinds: named(args.password_kinds, from.password_kinds),
        password_history: named(args.password_history, from.password_history),
        password_days: named(args.password_days, from.password_days),
        second_factor: match args.second_factor {
            Some(FactorRule::Required) => Some(Required::Required),
            Some(FactorRule::Optional) => None,
            None => from.second_factor,
        },
        session_minutes: named(args.session, from.session_minutes),
        idle_minutes: named(args.idle, from.idle_minutes),
        attributes: from.attributes.clone(),
    }
}

fn line(asked: &TenantSettings) -> String {
    let second = if asked.second_factor.is_some() { "is required" } else { "is up to them" };
    let passwords = [
        Some(
            asked.password_min.map_or("as long as everywhere".to_owned(), |min| format!("of {min} characters or more")),
        ),
        asked.password_kinds.map(|kinds| format!("with {kinds} kinds of characters")),
        asked.password_history.map(|last| format!("none of the last {last} again")),
        asked.password_days.map(|days| format!("changed after {days} days")),
    ];
    format!(
        "passwords {}; a second factor {second}; sessions {}, unused {}",
        passwords.into_iter().flatten().collect::<Vec<_>>().join(", "),
        minutes(asked.session_minutes),
        minutes(asked.idle_minutes),
    )
}

fn state(asked: &TenantSettings) -> Value {
    json!({
        "passwordMin": asked.password_min,
        "passwordKinds": asked.password_kinds,
        "passwordHistory": asked.password_history,
        "passwordDays": asked.password_days,
        "secondFactor": asked.second_factor,
        "sessionMinutes": asked.session_minutes,
        "idleMinutes": asked.idle_minutes,
    })
}

fn minutes(limit: Option<u32>) -> String {
    limit.map_or("as long as everywhere".to_owned(), |minutes| format!("{minutes} minutes at most"))
}
