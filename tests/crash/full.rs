//! A disk that is full, and one that fails when it is synced: nothing that was acknowledged is lost, nothing more is
//! acknowledged, and it is said why.

use crate::chance::Chance;
use crate::disk::Disk;
use crate::figures::Figures;
use crate::town::Town;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Room for a few segments of the store.
const DISK_MEGABYTES: u64 = 40;
const PATIENCE: Duration = Duration::from_secs(60);
/// Answers that are under way have come by then.
const SETTLED: Duration = Duration::from_millis(700);

pub async fn full(chance: Chance, figures: &mut Figures) {
    let disk = Disk::new(DISK_MEGABYTES);
    let data = disk.path().join("data");
    let mut town = Town::with(chance, &[("SNAK_DATA", data.to_str().unwrap())]).await;
    town.turns(50).await;
    let ballast = disk.fill();
    let why = red(&mut town).await;
    assert!(why.contains("No space left"), "the reason is told: {why}");
    tokio::time::sleep(SETTLED).await;
    stays_red(&mut town, &ballast).await;
    disk.unmount();
    disk.mount();
    goes_on(town, figures).await;
}

/// One sync fails, and all later ones would work: an error of the system put between the binary and the disk.
///
/// A loop device whose own disk is full is no fair stand-in for it. Once it has refused a write, ext4 on it no longer has a block
/// that was synced before and shares a page with that write: a plain file, written and synced record by record, lost its last
/// synced record in 40 of 40 tries (Linux 6.18, blocks of 4 KiB).
pub async fn syncs(mut chance: Chance, figures: &mut Figures) {
    let folder = tempfile::tempdir().unwrap();
    let (library, fails) = (folder.path().join("failing_sync.so"), folder.path().join("fails"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash/failing_sync.c");
    let made = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).output();
    let made = made.unwrap_or_else(|e| panic!("`cc` is needed (apt-get install gcc): {e}"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let environment = [("LD_PRELOAD", library.to_str().unwrap()), ("FAILING_SYNC", fails.to_str().unwrap())];
    let mut town = Town::with(chance.split(), &environment).await;
    town.turns(chance.below(100)).await;
    std::fs::write(&fails, "").unwrap();
    let why = red(&mut town).await;
    assert!(why.contains("cannot sync") && why.contains("Input/output error"), "the reason is told: {why}");
    tokio::time::sleep(SETTLED).await;
    stays_red(&mut town, &fails).await;
    goes_on(town, figures).await;
}

async fn red(town: &mut Town) -> String {
    let begun = Instant::now();
    loop {
        town.all_is_well().await;
        match town.ready().await {
            (200, store) => assert!(store.is_null(), "{store}"),
            (503, why) => return why.as_str().expect("a reason").to_owned(),
            (status, store) => panic!("{status}: {store}"),
        }
        assert!(begun.elapsed() < PATIENCE, "nothing can be kept, and nothing is said");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

// What failed once stays closed: nobody can say what a disk has that failed to sync.
async fn stays_red(town: &mut Town, cause: &Path) {
    let kept = town.world.turns();
    std::fs::remove_file(cause).unwrap();
    tokio::time::sleep(SETTLED).await;
    assert_eq!(town.ready().await.0, 503);
    assert_eq!(town.world.turns(), kept, "something is acknowledged that cannot be kept");
    town.all_is_well().await;
    town.leave().await;
}

async fn goes_on(mut town: Town, figures: &mut Figures) {
    town.serve();
    assert_eq!(town.ready().await.0, 200);
    town.cursors_hold().await;
    town.close(figures).await;
}
