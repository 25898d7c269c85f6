//! What is asked of people, as a form says it, parsed.

use std::ops::RangeInclusive;

use super::settings::{Required, SESSION_MIN, TenantSettings};
use crate::{
    domain::{
        input::Problems,
        passwords::rules::BESIDE,
        sessions::store::{IDLE, LIFETIME},
    },
    model::{
        error::FieldErrors,
        forms::{REQUIRED, SettingsForm},
    },
};

/// No password is longer.
const PASSWORD_MAX: usize = 128;

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
        let to =
            read([&form.password_min, &form.second_factor, &form.session_minutes, &form.idle_minutes], &mut problems);
        let was = [&form.was_password_min, &form.was_second_factor, &form.was_session_minutes, &form.was_idle_minutes];
        let from = read(was, &mut unread);
        if from.is_none() {
            problems.refuse("version", "open the form again");
        }
        problems.finish(from.zip(to).map(|(from, to)| Self { from, to }))
    }
}

fn read([min, factor, session, idle]: [&String; 4], problems: &mut Problems) -> Option<TenantSettings> {
    let password_min = problems.check("password_min", number(min, BESIDE..=PASSWORD_MAX));
    let second_factor = problems.check("second_factor", required(factor));
    let session_minutes = problems.check("session_minutes", minutes(session, LIFETIME));
    let idle_minutes = problems.check("idle_minutes", minutes(idle, IDLE));
    Some(TenantSettings {
        password_min: password_min?,
        second_factor: second_factor?,
        session_minutes: session_minutes?.and_then(|minutes| u32::try_from(minutes).ok()),
        idle_minutes: idle_minutes?.and_then(|minutes| u32::try_from(minutes).ok()),
        attributes: Vec::new(),
    })
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
        let form = SettingsForm {
            password_min: min,
            second_factor: factor,
            session_minutes: session,
            idle_minutes: idle,
            was_idle_minutes: "x".into(),
            ..SettingsForm::default()
        };
        let wrong = AskedUpdate::parse(&form).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["password_min", "second_factor", "session_minutes", "idle_minutes", "version"]);
    }
}
