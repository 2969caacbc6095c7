//! Simulated power cuts: the writer is stopped, what has reached the device is copied, and the town goes on with the copy.

use crate::chance::Chance;
use crate::disk::Disk;
use crate::figures::Figures;
use crate::town::Town;

/// After so many a new town begins with an empty store.
const A_TOWN: u64 = 25;
const DISK_MEGABYTES: u64 = 96;

pub async fn cuts(cuts: u64, mut chance: Chance, figures: &mut Figures) {
    let mut left = cuts;
    while left > 0 {
        let mut disk = Disk::new(DISK_MEGABYTES);
        let data = disk.path().join("data");
        let mut town = Town::with(chance.split(), &[("SNAK_DATA", data.to_str().unwrap())]).await;
        for _ in 0..left.min(A_TOWN) {
            town.a_while().await;
            town.service().signal("STOP");
            let copy = disk.copied();
            town.kill();
            disk.come_back(copy);
            town.serve();
            town.cursors_hold().await;
            figures.cuts += 1;
        }
        town.close(figures).await;
        left -= left.min(A_TOWN);
    }
}
