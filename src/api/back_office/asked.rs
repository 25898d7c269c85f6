//! How a path and a query name what they are about.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use crate::{
    api::{
        parameters::{NUMBER_MAX, Parameters},
        problem::{Problem, Result},
    },
    domain::{
        error::Error,
        users::of_back_office::{Sort, Wanted},
    },
    http::state::AppState,
    model::error::FieldErrors,
};

/// Rows of one page, and at most.
pub const LIMITS: (i64, i64) = (20, 100);
/// A number that nothing has.
const NOTHINGS: i64 = 0;
const FILTERS: [&str; 3] = ["filter[name]", "filter[email]", "filter[active]"];

/// The number in a path. Whatever else stands there is the number of nothing, so it isn't found.
pub struct Numbered(pub i64);

impl FromRequestParts<AppState> for Numbered {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(text.map_or(NOTHINGS, |Path(text)| number(&text))))
    }
}

fn number(text: &str) -> i64 {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number <= NUMBER_MAX).unwrap_or(NOTHINGS)
}

/// Which part of a list is asked for: how many, and from which place on.
pub fn page(query: &Parameters) -> Result<(i64, i64)> {
    let mut problems = FieldErrors::default();
    let page = page_of(query, &mut problems)?;
    finish(problems, page)
}

/// Which users are asked for.
pub fn wanted(query: &Parameters) -> Result<Wanted> {
    let mut problems = FieldErrors::default();
    for name in query.names().filter(|name| name.starts_with("filter[") && !FILTERS.contains(name)) {
        problems.add(name, "there is no such filter");
    }
    let flag = |text: &str| ["0", "1"].contains(&text).then(|| text == "1");
    let order = |text: &str| ["asc", "desc"].contains(&text).then(|| text == "desc");
    let active = noted(&mut problems, query.word("filter[active]", flag))?;
    let sort = noted(&mut problems, query.word("sort_by", Sort::parse))?;
    let backwards = noted(&mut problems, query.word("sort_order", order))?;
    let (limit, offset) = page_of(query, &mut problems)?;
    let wanted = Wanted {
        name: query.text("filter[name]").map(str::to_owned),
        email: query.text("filter[email]").map(str::to_owned),
        active: active.unwrap_or_default(),
        sort: sort.unwrap_or(Sort::Id),
        backwards: backwards.unwrap_or_default(),
        limit,
        offset,
    };
    finish(problems, wanted)
}

fn page_of(query: &Parameters, problems: &mut FieldErrors) -> Result<(i64, i64)> {
    let limit = noted(problems, query.within("limit", LIMITS.0, (1, LIMITS.1)))?;
    Ok((limit, noted(problems, query.number("offset", 0, 0))?))
}

/// What was read, or nothing where it can't be used: then the message is kept, and reading goes on.
fn noted<T: Default>(problems: &mut FieldErrors, read: Result<T>) -> Result<T> {
    match read {
        Err(Problem::Domain(error)) if matches!(*error, Error::Invalid(_)) => {
            if let Error::Invalid(fields) = &*error {
                fields.iter().for_each(|(name, message)| problems.add(name, message));
            }
            Ok(T::default())
        }
        other => other,
    }
}

fn finish<T>(problems: FieldErrors, read: T) -> Result<T> {
    if problems.is_empty() { Ok(read) } else { Err(problems.into()) }
}
