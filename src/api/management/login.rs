//! Contract 002, sign-in: an access token for name and password, and for a code where there is a second step.

use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::{
    api::{body::Body, problem::Result},
    domain::{
        ctx::Ctx,
        sessions::programs::{LogIn, log_in},
    },
};

/// `POST /auth/login`. Without a code where one is needed, it says so, and a mailed one is sent.
pub async fn login(Extension(ctx): Extension<Ctx>, mut body: Body) -> Result<Json<Value>> {
    let (name, password, otp) = (body.text("userName"), body.text("password"), body.text_if("otp"));
    body.finish()?;
    let otp = otp.as_deref().filter(|otp| !otp.is_empty());
    let issued = log_in(&ctx, LogIn { login: &name, password: &password, otp, wants_refresh: false }).await?.access;
    Ok(Json(json!({ "accessToken": issued.token, "expiresIn": issued.expires_at.seconds_since(ctx.now()) })))
}
