//! `trunkline run`

use crate::config::{self, Problems, Settings};
use crate::running::{Running, StartError};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The configuration file; without it the one in config/trunkline.yaml, which is built in.
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs until a signal; 1 if the gateway did not start, 2 if the configuration is wrong.
pub(crate) fn run(args: &Args) -> ExitCode {
    let settings = match load(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(2);
        }
    };
    serve(async move {
        let mut running = Running::start(settings, None).await?;
        if let Some(click_to_call) = running.click_to_call() {
            info!("click-to-call at http://{}/", click_to_call.http_address());
        }
        if let Some(admin) = running.admin_address() {
            info!("metrics at http://{admin}/metrics, links at http://{admin}/");
        }
        let network = running.take_network();
        let exchange = network.as_ref().map(|network| network.exchange.clone());
        let watching = network.map(|network| tokio::spawn(network.watch()));
        let mut again = signal(SignalKind::hangup())?;
        let mut end = core::pin::pin!(until_signal());
        loop {
            tokio::select! {
                ended = &mut end => break ended?,
                _ = again.recv() => running.reload(),
            }
        }
        running.stop().await;
        if let Some(exchange) = exchange {
            exchange.shutdown();
            exchange.stopped().await;
        }
        if let Some(watching) = watching {
            watching.abort();
        }
        info!("stopped");
        Ok(())
    })
}

/// The file, or the configuration that is built in.
pub(crate) fn load(file: Option<&Path>) -> Result<Settings, Problems> {
    match file {
        Some(file) => config::load(file),
        None => config::read(Path::new(config::BUILT_IN), config::DEFAULT),
    }
}

/// Runs a future to its end on a runtime of its own.
pub(crate) fn serve(future: impl Future<Output = Result<(), StartError>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("trunkline: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(future) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("trunkline: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Until SIGTERM or SIGINT.
pub(crate) async fn until_signal() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => info!("SIGTERM"),
        _ = interrupt.recv() => info!("SIGINT"),
    }
    Ok(())
}
