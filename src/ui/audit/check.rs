//! `/admin/audit/check`

use axum::response::Response;

use crate::{
    domain::{error::Result, events},
    ui::{done::Done, visit::Visit},
};

/// `POST /admin/audit/check`: goes through the whole log.
pub async fn check(visit: Visit) -> Result<Response> {
    events::verify(&visit.ctx).await?;
    Ok(visit.done("/admin/audit", Done::Checked, 1))
}
