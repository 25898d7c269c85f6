//! `/admin/audit/check`

use std::time::Duration;

use axum::response::Response;

use crate::{
    domain::{audit, error::Result},
    ui::{done::Done, visit::Visit},
};

/// How long the answer waits for the check to end: that of a usual log does. A long one goes on, and the page shows how
/// far it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// `POST /admin/audit/check`: begins to go through the whole log.
pub async fn check(visit: Visit) -> Result<Response> {
    let done = match tokio::time::timeout(PATIENCE, audit::check::check(&visit.ctx)).await {
        Ok(ended) => ended.map(|ended| if ended { Done::Checked } else { Done::Checking }),
        Err(_) => Ok(Done::Checking),
    };
    done.map(|done| visit.done("/admin/audit", done, 1))
}
