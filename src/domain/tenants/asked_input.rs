//! What is asked of people, as a form says it, parsed.

use std::ops::RangeInclusive;

use super::settings::{HISTORY_MAX, PASSWORD_DAYS_MAX, Required, SESSION_MIN, TenantSettings};
use crate::{
    domain::{
        input::Problems,
        passwords::{
            minimum::{KINDS, MAX},
            rules::BESIDE,
        },
        sessions::store::{IDLE, LIFETIME},
    },
    model::{
        error::FieldErrors,
        forms::{REQUIRED, SettingsForm},
    },
};

/// What is asked of people, as it was when the form was opened and as it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedUpdate {
    /// As it was.
    pub from: TenantSettings,
    /// As it shall be.
    pub to: TenantSettings,
}

impl AskedUpdate {
    /// Reads what was typed.
    pub fn parse(form: &SettingsForm) -> Result<Self, FieldErrors> {
        let (mut problems, mut unread) = (Problems::default(), Problems::default());
        let to = read(
            [&form.password_min, &form.password_kinds, &form.password_history, &form.password_days],
            [&form.second_factor, &form.session_minutes, &form.idle_minutes],
            &mut problems,
        );
        let from = read(
            [&form.was_password_min, &form.was_password_kinds, &form.was_password_history, &form.was_password_days],
            [&form.was_second_factor, &form.was_session_minutes, &form.was_idle_minutes],
            &mut unread,
        );
        if from.is_none() {
            problems.refuse("version", "open the form again");
        }
        problems.finish(from.zip(to).map(|(from, to)| Self { from, to }))
    }
}

fn read(
    [min, kinds, history, days]: [&String; 4],
    [factor, session, idle]: [&String; 3],
    problems: &mut Problems,
) -> Option<TenantSettings> {
    let password_min = problems.check("password_min", number(min, BESIDE..=MAX));
    let password_kinds = problems.check("password_kinds", number(kinds, 2..=KINDS));
    let password_history = problems.check("password_history", number(history, 2..=HISTORY_MAX));
    let password_days = problems.check("password_days", number(days, 1..=PASSWORD_DAYS_MAX));
    let second_factor = problems.check("second_factor", required(factor));
    let session_minutes = problems.check("session_minutes", minutes(session, LIFETIME));
    let idle_minutes = problems.check("idle_minutes", minutes(idle, IDLE));
    Some(TenantSettings {
        password_min: password_min?,
        password_kinds: password_kinds?,
        password_history: password_history?,
        password_days: small(password_days?),
        second_factor: second_factor?,
        session_minutes: small(session_minutes?),
        idle_minutes: small(idle_minutes?),
        attributes: Vec::new(),
    })
}

fn small(number: Option<usize>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}

fn required(typed: &str) -> Result<Option<Required>, String> {
    match typed {
        "" => Ok(None),
        REQUIRED => Ok(Some(Required::Required)),
        _ => Err("choose one of the list".to_owned()),
    }
}

/// Minutes that are not more than so many seconds.
fn minutes(typed: &str, most: i64) -> Result<Option<usize>, String> {
    let most = usize::try_from(most / 60).unwrap_or_default();
    number(typed, usize::try_from(SESSION_MIN).unwrap_or_default()..=most)
}

fn number(typed: &str, range: RangeInclusive<usize>) -> Result<Option<usize>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let read = typed.parse().ok().filter(|number| range.contains(number));
    read.map(Some).ok_or_else(|| format!("enter a number from {} to {}, or leave it empty", range.start(), range.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_bounds_and_everything_wrong_is_said_at_once() {
        let form =
            SettingsForm { password_min: " 12 ".into(), second_factor: REQUIRED.into(), ..SettingsForm::default() };
        let to = AskedUpdate::parse(&form).unwrap().to;
        assert_eq!((to.password_min, to.second_factor, to.idle_minutes), (Some(12), Some(Required::Required), None));
        let [min, factor, session, idle] = ["7", "maybe", "721", "14"].map(str::to_owned);
        let [kinds, history, days] = ["5", "11", "0"].map(str::to_owned);
        let form = SettingsForm {
            password_min: min,
            password_kinds: kinds,
            password_history: history,
            password_days: days,
            second_factor: factor,
            session_minutes: session,
            idle_minutes: idle,
            was_idle_minutes: "x".into(),
            ..SettingsForm::default()
        };
        let wrong = AskedUpdate::parse(&form).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|(field, _)| field).collect();
        let passwords = ["password_min", "password_kinds", "password_history", "password_days"];
        let others = ["second_factor", "session_minutes", "idle_minutes", "version"];
        assert_eq!(fields, [&passwords[..], &others].concat());
    }
}
