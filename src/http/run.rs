//! Starting and stopping.

use std::{io::Write, net::SocketAddr, time::Duration};

use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

use super::{
    chores,
    connections::{Limits, raise_file_limit, serve},
    layers::router,
    start,
    state::{AppState, Site, Surfaces},
};
use crate::{
    config::Config,
    db::Opening,
    domain::{
        clock::{Clock, MOVED_BY},
        ctx::Services,
        error::Result,
        refusals, setup, usage,
    },
    mail::{sender::Sender, worker::keep_sending},
};

/// How long open requests may take to finish once the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until the process is told to stop, then lets open requests finish.
pub async fn run(config: Config, pages: &'static Surfaces) -> std::result::Result<(), String> {
    let sender = config.smtp_url.as_ref().map(|url| Sender::new(url, &config.mail_from)).transpose()?;
    let (services, at_work) = start::open(&config, Opening::Make).await?;
    let limits = Limits::for_files(raise_file_limit());
    let listener = TcpListener::bind(config.listen).await.map_err(|e| format!("{}: {e}", config.listen))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let site = Site::new(&config, address, &services.key);
    let told = told_to_stop();
    announce(&services, address, &site).await.map_err(|e| e.to_string())?;
    for text in start::unprotected(&config) {
        tracing::warn!("{text}");
    }
    let (mailing, base) = (chores::context(&services), site.public_url.clone());
    let chores = [
        tokio::spawn(chores::keep_up(services.clone())),
        tokio::spawn(chores::fold_names(services.clone())),
        tokio::spawn(chores::stay_at_work(at_work)),
        tokio::spawn(chores::answer_requests(services.clone())),
        tokio::spawn(async move {
            if let Some(sender) = sender {
                keep_sending(mailing, sender, base).await;
            }
        }),
    ];
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let serving = serve(listener, router(AppState::new(services.clone(), site, pages)), limits, async move {
        told.await;
        let _ = stopping.send(());
    });
    let deadline = async {
        let _ = stopped.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = serving => {}
        () = deadline => tracing::warn!("some requests did not finish in time"),
    }
    chores.iter().for_each(tokio::task::JoinHandle::abort);
    let ctx = chores::context(&services);
    if let Err(error) = refusals::write(&ctx).await.and(usage::write(&ctx).await) {
        tracing::warn!(%error, "what was refused and used in the last minute could not be written down");
    }
    services.db.close().await;
    Ok(())
}

async fn announce(services: &Services, address: SocketAddr, site: &Site) -> Result<()> {
    let mut lines = format!("listening on http://{address}\n");
    if let Clock::Moved(file) = &services.clock {
        let file = file.display();
        lines += &format!("{MOVED_BY} is set: {file} moves the clock, so what has an end ends at the wrong time\n");
    }
    if setup::is_open(&mut services.db.read().await?).await? {
        let code = services.key.setup_code();
        let place = if site.has_links {
            format!("{}/setup", site.public_url)
        } else {
            "/setup on this machine's address".into()
        };
        lines += &format!("not set up yet: open {place} and enter the code {code}\n");
    }
    // Nobody may be listening there, and the pages are served all the same.
    let _ = std::io::stdout().write_all(lines.as_bytes());
    Ok(())
}

/// Ends when the process is told to stop. Listened for from the call on, so that whoever read the address may say it at once.
fn told_to_stop() -> impl Future<Output = ()> {
    let [interrupt, terminate] = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        let heard = async |listening: std::io::Result<Signal>| match listening {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        };
        tokio::select! {
            _ = heard(interrupt) => {}
            _ = heard(terminate) => {}
        }
    }
}
