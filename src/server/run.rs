//! Starting and stopping.

use std::{fs, io::Write, net::SocketAddr, os::unix::fs::DirBuilderExt, sync::Arc, time::Duration};

use tokio::net::TcpListener;

use super::{AppState, Site, router};
use crate::{
    config::Config,
    db::{DatabaseUrl, Db},
    domain::{
        clock::{Clock, MOVED_BY},
        ctx::{Caller, Ctx, Origin, Services},
        deleted,
        error::Result,
        events, grants,
        passwords::Hasher,
        secrets::SecretKey,
        sessions, setup, throttle,
    },
};

/// How long open requests may take to finish once the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);
const SWEEP_EVERY: Duration = Duration::from_secs(600);
/// The audit log is checked in every round of this many: once a day.
const CHECK_EVERY: u64 = 144;

/// Opens the database and the key file, migrates, and checks that they belong together.
pub async fn prepare(config: &Config) -> std::result::Result<Services, String> {
    if matches!(config.database_url, DatabaseUrl::Sqlite(_)) || !config.secret_key_file.exists() {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir);
        made.map_err(|e| format!("the data folder {}: {e}", config.data_dir.display()))?;
    }
    let key = SecretKey::load_or_create(&config.secret_key_file)
        .map_err(|e| format!("the key file {}: {e}", config.secret_key_file.display()))?;
    let db = Db::connect(&config.database_url).await.map_err(|e| format!("the database can't be opened: {e}"))?;
    db.migrate().await.map_err(|e| format!("the database can't be migrated: {e}"))?;
    setup::take_key(&db, &key).await.map_err(|e| e.to_string())?;
    let services = Services { db, clock: Clock::from_environment()?, hasher: Hasher::default(), key: Arc::new(key) };
    Ok(services)
}

/// Serves until the process is told to stop, then lets open requests finish.
pub async fn run(config: Config) -> std::result::Result<(), String> {
    let services = prepare(&config).await?;
    let listener = TcpListener::bind(config.listen).await.map_err(|e| format!("{}: {e}", config.listen))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    announce(&services, address, &public_url).await.map_err(|e| e.to_string())?;
    let site = Arc::new(Site { public_url, trusted_proxies: config.trusted_proxies });
    let app = router(AppState { services: services.clone(), site }).into_make_service_with_connect_info::<SocketAddr>();
    let sweeper = tokio::spawn(sweep(services.clone()));
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
        told_to_stop().await;
        let _ = stopping.send(());
    });
    let deadline = async {
        let _ = stopped.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serving => served.map_err(|e| e.to_string())?,
        () = deadline => tracing::warn!("some requests did not finish in time"),
    }
    sweeper.abort();
    services.db.close().await;
    Ok(())
}

/// The context of what the server does by itself.
fn machine(services: &Services) -> Ctx {
    Ctx::new(services.clone(), Caller::System, Origin::default())
}

async fn announce(services: &Services, address: SocketAddr, public_url: &str) -> Result<()> {
    let mut lines = format!("listening on http://{address}\n");
    if let Clock::Moved(file) = &services.clock {
        let file = file.display();
        lines += &format!("{MOVED_BY} is set: {file} moves the clock, so what has an end ends at the wrong time\n");
    }
    if setup::is_open(&mut services.db.read().await?).await? {
        let code = services.key.setup_code();
        lines += &format!("not set up yet: open {public_url}/setup and enter the code {code}\n");
    }
    // Nobody may be listening there, and the pages are served all the same.
    let _ = std::io::stdout().write_all(lines.as_bytes());
    Ok(())
}

/// Removes what time has made worthless.
async fn sweep(services: Services) {
    let ctx = machine(&services);
    let mut every = tokio::time::interval(SWEEP_EVERY);
    for round in 0_u64.. {
        every.tick().await;
        if let Err(error) = sweep_once(&ctx).await {
            tracing::warn!(%error, "sweeping failed; it is tried again in ten minutes");
        }
        if round % CHECK_EVERY == CHECK_EVERY - 1 {
            check_log(&ctx).await;
        }
    }
}

async fn sweep_once(ctx: &Ctx) -> Result<()> {
    let mut tx = ctx.begin().await?;
    throttle::sweep(ctx, &mut tx).await?;
    sessions::sweep(ctx, &mut tx).await?;
    deleted::sweep(ctx, &mut tx).await?;
    grants::remind(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Goes through the whole audit log, so that its page knows.
async fn check_log(ctx: &Ctx) {
    match events::verify(ctx).await {
        Ok(checked) if checked.broken.is_none() => {}
        Ok(checked) => tracing::error!(?checked.broken, "the audit log is not as it was written"),
        Err(error) => tracing::warn!(%error, "the audit log could not be checked; it is tried again tomorrow"),
    }
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
