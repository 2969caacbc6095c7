//! `snak serve`: builds the house from the settings, runs it, and takes it down in order.

use super::{Failure, Places, key, size, telegram};
use crate::channel::telegram::{Status, Telegram};
use crate::channel::webchat;
use crate::delivery::Delivery;
use crate::dispatch::{Clock, Dispatch, run_timer};
use crate::library::{Expired, Library, LibraryError, Reading};
use crate::metrics::{self, Metrics, Observed};
use crate::script::{StaffLanguage, picture};
use crate::settings::Settings;
use crate::web::{self, Web};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use notify::Watcher;
use std::collections::BTreeSet;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use storage::{MasterKey, Store, When};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing::{info, warn};

/// Turns in hand get this long to finish when the service is stopped.
const GRACE: Duration = Duration::from_secs(8);
/// A file that is being saved changes several times in a row.
const SETTLED: Duration = Duration::from_millis(300);
/// core.telegram.org/bots/api#getupdates: updates are kept for 24 hours, so an id older than two days cannot come again.
const UPDATES_KEPT: SignedDuration = SignedDuration::from_hours(48);
const CLEAN_EVERY: Duration = Duration::from_secs(60 * 60);

/// Run the service: the web chat, Telegram where there is a token, and the pull of answers.
///
/// Prints one line, `listening on http://ADDR:PORT`, when it is ready. Settings come from the command line, the environment
/// (`SNAK_DATA`, `SNAK_DIALOGUES`, `SNAK_LISTEN`, `SNAK_PUBLIC_URL`, `SNAK_KEY_FILE`, `TELOXIDE_TOKEN`, …) and `snak.toml`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  snak serve --listen 127.0.0.1:8080\n  TELOXIDE_TOKEN=123:abc SNAK_DATA=/var/lib/snak snak serve"
)]
pub struct Serve {
    #[command(flatten)]
    places: Places,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
}

pub async fn run(command: Serve) -> Result<(), Failure> {
    let settings = command.places.settings(command.listen.clone())?;
    folder_is_there(&settings.dialogues)?;
    // The port first: a taken one changes nothing on disk.
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|e| Failure::Misuse(format!("cannot listen on {}: {e}", settings.listen)))?;
    let address = listener.local_addr().map_err(|e| Failure::Misuse(format!("cannot listen: {e}")))?;
    let master = key::master(&settings)?;
    let store =
        storage::open(&settings.store, &master).await.map_err(|e| key::store_failure(&e, &settings))?;
    let metrics = Arc::new(Metrics::default());
    let library = open_library(&settings, store.clone(), &metrics).await?;
    let address = format!("http://{address}");
    let house = House::build(&settings, &master, store, library, metrics, &address).await?;
    let told = settings.data.join("serve.addr");
    write_address(&told, &address)?;
    let ended = house.live(listener).await;
    let _ = std::fs::remove_file(told);
    ended
}

fn folder_is_there(folder: &Path) -> Result<(), Failure> {
    match std::fs::read_dir(folder) {
        Ok(_) => Ok(()),
        Err(e) => {
            Err(Failure::Misuse(format!("the dialogues folder {} cannot be read: {e}", folder.display())))
        }
    }
}

/// The library with the folder read; mistakes are told, and do not keep the rest from being served.
async fn open_library(
    settings: &Settings,
    store: Arc<dyn Store>,
    metrics: &Metrics,
) -> Result<Arc<Library>, Failure> {
    let failed = |e: LibraryError| Failure::Misuse(format!("the dialogues cannot be loaded: {e}"));
    let library = Arc::new(Library::open(&settings.dialogues, store).await.map_err(failed)?);
    report(&library.read(Timestamp::now()).await.map_err(failed)?, metrics);
    Ok(library)
}

fn report(reading: &Reading, metrics: &Metrics) {
    let errors = reading.problems.iter().map(|(problem, _)| problem).filter(|problem| problem.is_error());
    metrics.broken(errors.map(|problem| &problem.file).collect::<BTreeSet<_>>().len());
    for (problem, source) in &reading.problems {
        let picture = picture(problem, source, StaffLanguage::Da);
        if problem.is_error() {
            warn!("a dialogue has a mistake and is not published as it stands\n{picture}");
        }
    }
    for id in &reading.published {
        info!(dialogue = %id, "published");
    }
}

// Commands on this machine find the service by it.
fn write_address(path: &Path, address: &str) -> Result<(), Failure> {
    let cannot = |e: std::io::Error| Failure::Misuse(format!("cannot write {}: {e}", path.display()));
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(cannot)?;
    }
    let _ = std::fs::remove_file(path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(cannot)?;
    file.write_all(address.as_bytes()).map_err(cannot)
}

/// Everything that runs, and the switch that stops it.
struct House {
    store: Arc<dyn Store>,
    app: web::App,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    address: String,
    hint: Option<String>,
    _watcher: Option<notify::RecommendedWatcher>,
}

impl House {
    async fn build(
        settings: &Settings,
        master: &MasterKey,
        store: Arc<dyn Store>,
        library: Arc<Library>,
        metrics: Arc<Metrics>,
        address: &str,
    ) -> Result<House, Failure> {
        let (stop, stopped) = watch::channel(false);
        let (outbox, rows) = mpsc::unbounded_channel();
        let dispatch = Dispatch::new(store.clone(), library.clone(), system_clock(), outbox);
        let mut dispatch = dispatch.counting(metrics.clone());
        let connected = telegram::connect(settings, master)?;
        if let Some(connected) = &connected {
            dispatch = dispatch.fetching("telegram", Arc::new(connected.telegram.clone()));
        }
        let dispatch = Arc::new(dispatch);
        let status = Status::default();
        let mut tasks = Vec::new();
        let channels = connected.iter().map(|c| Arc::new(c.telegram.clone())).collect();
        let delivery = Delivery::new(store.clone(), channels, dispatch.clone(), settings.bubble_pause);
        let delivery = Arc::new(delivery.telling(dispatch.clone()).counting(metrics.clone()));
        metrics.observing(observe(settings, delivery.clone(), library.clone()));
        let left = Delivery::<Telegram>::left_over(store.as_ref())
            .await
            .map_err(|e| key::store_failure(&e, settings))?;
        tasks.push(tokio::spawn(delivery.run(left, rows, stopped.clone())));
        tasks.push(tokio::spawn(run_timer(dispatch.clone(), stopped.clone())));
        tasks.push(tokio::spawn(clean(store.clone(), stopped.clone())));
        tasks.push(tokio::spawn(nightly(store.clone(), library.clone(), stopped.clone())));
        let mut brought = web::App::new();
        if let Some(connected) = connected {
            let (task, routes) = connected.receive(dispatch.clone(), status.clone(), stopped.clone());
            tasks.push(task);
            brought = routes;
        }
        let public_url = settings.public_url.clone().unwrap_or_else(|| address.to_owned());
        let links = webchat::Links { public_url, telegram: status.bot() };
        let limits = webchat::Limits { trusted: settings.trusted_proxy.clone(), ..Default::default() };
        let forgets = dispatch.clone();
        let chat =
            webchat::router(dispatch.clone(), dispatch.clone(), dispatch, links, limits, stopped.clone());
        let note = status.clone();
        let web = Web {
            forget: Arc::new(move |of| {
                let dispatch = forgets.clone();
                Box::pin(async move { dispatch.forget(&of).await })
            }),
            store: store.clone(),
            library: library.clone(),
            operator: master.operator(),
            guard: web::Guard::new(settings.trusted_proxy.clone()),
            metrics: metrics.clone(),
            telegram: Arc::new(move || note.trouble()),
        };
        let _watcher = watch_folder(settings, &library, metrics, stopped, &mut tasks);
        let hint = first_hint(settings, &store, &library, address).await;
        Ok(House {
            store,
            app: web::router(web, chat.merge(brought)),
            stop,
            tasks,
            address: address.to_owned(),
            hint,
            _watcher,
        })
    }

    async fn live(self, listener: TcpListener) -> Result<(), Failure> {
        if let Some(hint) = &self.hint {
            info!("{hint}");
        }
        let ready = format!("listening on {}\n", self.address);
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(ready.as_bytes()).and_then(|()| out.flush());
        drop(out);
        let mut server = tokio::spawn(web::serve(listener, self.app, self.stop.subscribe()));
        let early = tokio::select! {
            ended = &mut server => Some(ended),
            () = asked_to_stop() => None,
        };
        info!("stopping");
        let _ = self.stop.send(true);
        let finish = async {
            if early.is_none() {
                let _ = server.await;
            }
            for task in self.tasks {
                let _ = task.await;
            }
        };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            warn!("some work was still going on and was let go; what it had kept is on disk");
        }
        self.store
            .close()
            .await
            .map_err(|e| Failure::Failed(format!("the store could not be closed: {e}")))?;
        match early {
            Some(_) => Err(Failure::Failed("the web server ended by itself".to_owned())),
            None => Ok(()),
        }
    }
}

// What is there, for whoever asks for figures.
fn observe(
    settings: &Settings,
    delivery: Arc<Delivery<Telegram>>,
    library: Arc<Library>,
) -> metrics::Observe {
    let store = settings.store.strip_prefix("sled:").map(PathBuf::from);
    Box::new(move || {
        let (outbox, oldest) = delivery.waiting();
        Observed {
            outbox,
            oldest,
            dialogues: library.offered().len(),
            store: store.as_deref().map(size::folder),
            memory: size::memory(),
        }
    })
}

fn system_clock() -> Clock {
    Clock::new(Timestamp::now, || {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|e| e.to_string())?;
        Ok(u128::from_be_bytes(random))
    })
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

// Update ids that cannot come again are dropped, once an hour.
async fn clean(store: Arc<dyn Store>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(CLEAN_EVERY) => {}
        }
        let Ok(before) = Timestamp::now().checked_sub(UPDATES_KEPT) else { continue };
        if let Err(error) = store.forget_updates(before).await {
            warn!(%error, "old update ids could not be dropped");
        }
    }
}

// What is past its time is erased; what was erased or made anonymous by day is gone from the disk by night.
async fn nightly(store: Arc<dyn Store>, library: Arc<Library>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(until_night(Timestamp::now())) => {}
        }
        match library.erase_expired(Timestamp::now()).await {
            Ok(expired) => {
                for Expired { dialogue, responses, trimmed, .. } in expired {
                    let (count, parts) = (responses.len(), trimmed.len());
                    info!(%dialogue, count, parts, "responses past their time were erased, and words or files of others");
                }
            }
            Err(error) => warn!(%error, "responses past their time could not be erased"),
        }
        match store.compact(When::Needed).await {
            Ok(Some(done)) => {
                let (before, after) = (done.bytes_before >> 20, done.bytes_after >> 20);
                info!("the store was compacted: {before} MiB before, {after} MiB after");
            }
            Ok(None) => {}
            Err(error) => warn!(%error, "the store could not be compacted; it is tried again the next night"),
        }
        // A day: whoever put a file commits its name within minutes, or never.
        let Ok(before) = Timestamp::now().checked_sub(SignedDuration::from_hours(24)) else { continue };
        match store.collect_media(before).await {
            Ok(0) => {}
            Ok(count) => info!(count, "files that no answer names were removed"),
            Err(error) => warn!(%error, "files that no answer names could not be removed"),
        }
    }
}

// Until half past three, when few are awake.
fn until_night(now: Timestamp) -> Duration {
    let zone = TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC);
    let here = now.to_zoned(zone);
    let tonight = |zoned: &Zoned| zoned.with().hour(3).minute(30).second(0).subsec_nanosecond(0).build();
    let next = tonight(&here).ok().filter(|at| *at > here).or_else(|| tonight(&here.tomorrow().ok()?).ok());
    let wait = next.and_then(|at| Duration::try_from(at.timestamp().duration_since(now)).ok());
    wait.unwrap_or(Duration::from_secs(24 * 60 * 60))
}

// A script that is saved is read at once. Where the folder cannot be watched, a restart reads it.
fn watch_folder(
    settings: &Settings,
    library: &Arc<Library>,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<bool>,
    tasks: &mut Vec<JoinHandle<()>>,
) -> Option<notify::RecommendedWatcher> {
    let (changed, mut changes) = mpsc::unbounded_channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|e| !e.kind.is_access()) {
            let _ = changed.send(());
        }
    });
    let watching = watcher.and_then(|mut watcher| {
        watcher.watch(&settings.dialogues, notify::RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    let watcher = match watching {
        Ok(watcher) => watcher,
        Err(error) => {
            warn!(%error, "the dialogues folder cannot be watched: a changed script is read at the next start");
            return None;
        }
    };
    let library = library.clone();
    tasks.push(tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                change = changes.recv() => if change.is_none() { return },
            }
            tokio::time::sleep(SETTLED).await;
            while changes.try_recv().is_ok() {}
            match library.read(Timestamp::now()).await {
                Ok(reading) => report(&reading, &metrics),
                Err(error) => {
                    warn!(%error, "the dialogues folder could not be read again; what was published stays")
                }
            }
        }
    }));
    Some(watcher)
}

// What to try, said where nobody has answered anything yet.
async fn first_hint(
    settings: &Settings,
    store: &Arc<dyn Store>,
    library: &Library,
    address: &str,
) -> Option<String> {
    let offered = library.offered();
    let first = offered.iter().find(|p| p.script.id().dialogue() == "aabningstider").or(offered.first())?;
    for published in &offered {
        let extent = store.extent(&storage::DialogueId(published.script.id().0.clone())).await.ok()?;
        if extent.latest.0 > 0 {
            return None;
        }
    }
    let id = first.script.id();
    let code = &first.script.header().entry.code;
    let place =
        first.script.header().entry.places.first().map(|(place, _)| format!("_{place}")).unwrap_or_default();
    let base = settings.public_url.as_deref().unwrap_or(address);
    let data = match settings.data.as_os_str() == "data" {
        true => String::new(),
        false => format!(" --data {}", settings.data.display()),
    };
    let program = std::env::args().next().unwrap_or_else(|| "snak".to_owned());
    Some(format!(
        "nobody has answered yet. Try it:\n  chat:  {base}/c/{code}{place}\n  token: TOKEN=$({program} token create{data} --institution {} --name first)\n  pull:  curl -H \"Authorization: Bearer $TOKEN\" {base}/v1/dialogues/{id}/responses.csv",
        id.institution(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_is_half_past_three_in_copenhagen_in_summer_and_winter() {
        let wait = |now: &str| until_night(now.parse().unwrap()).as_secs();
        assert_eq!(wait("2026-11-24T02:29:00Z"), 60);
        assert_eq!(wait("2026-11-24T02:30:00Z"), 24 * 60 * 60);
        assert_eq!(wait("2026-07-01T01:00:00Z"), 30 * 60);
        // The night in which the clock goes from two to three.
        assert_eq!(wait("2026-03-28T22:30:00Z"), 3 * 60 * 60);
    }
}
