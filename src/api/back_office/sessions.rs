//! Contract 001, sign-in: a pair of tokens for e-mail and password, and another pair for a refresh token.

use axum::{Extension, Json};
use serde_json::{Value, json};

use super::answers::time;
use crate::{
    api::{body::Body, problem::Result},
    domain::{
        ctx::Ctx,
        error::Error,
        sessions::programs::{self, LogIn, Pair, log_in},
        tokens::access::Issued,
    },
};

/// `POST /api/v2/signin`. Without a code where one is needed it says so, and a mailed one is sent.
pub async fn sign_in(Extension(ctx): Extension<Ctx>, mut body: Body) -> Result<Json<Value>> {
    let (email, password, code) = (body.text("email"), body.text("password"), body.text_if("code"));
    body.finish()?;
    let otp = code.as_deref().filter(|code| !code.is_empty());
    match log_in(&ctx, LogIn { login: &email, password: &password, otp, wants_refresh: true }).await {
        Ok(pair) => Ok(session(Some(&pair))),
        Err(Error::CodeNeeded) => Ok(session(None)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /api/v2/refresh`.
pub async fn refresh(Extension(ctx): Extension<Ctx>, mut body: Body) -> Result<Json<Value>> {
    let token = body.text("refreshToken");
    body.finish()?;
    Ok(session(Some(&programs::refresh(&ctx, &token).await?)))
}

/// Session; without a pair the second factor is still missing.
fn session(pair: Option<&Pair>) -> Json<Value> {
    Json(json!({
        "2faRequired": pair.is_none(),
        "accessToken": pair.map(|pair| token(&pair.access)),
        "refreshToken": pair.and_then(|pair| pair.refresh.as_ref()).map(token),
    }))
}

fn token(issued: &Issued) -> Value {
    json!({ "token": issued.token, "createdAt": time(issued.created_at), "expiresAt": time(issued.expires_at) })
}
