//! SIGKILL at random moments, also while it starts; and SIGTERM.

use crate::chance::Chance;
use crate::figures::Figures;
use crate::town::Town;

/// After so many a new town begins with an empty store.
const A_TOWN: u64 = 50;

pub async fn kills(rounds: u64, mut chance: Chance, figures: &mut Figures) {
    let mut left = rounds;
    while left > 0 {
        let mut town = Town::new(chance.split()).await;
        for _ in 0..left.min(A_TOWN) {
            town.a_while().await;
            town.kill();
            if town.chance.below(6) == 0 {
                town.kill_at_the_start().await;
                figures.kills += 1;
            }
            town.serve();
            town.cursors_hold().await;
            figures.kills += 1;
        }
        town.close(figures).await;
        left -= left.min(A_TOWN);
    }
}

/// Asked to stop in the middle of it all, it finishes what is in hand and ends well.
pub async fn stops(mut chance: Chance, figures: &mut Figures) {
    let mut town = Town::new(chance.split()).await;
    for _ in 0..4 {
        town.a_while().await;
        town.stop().await;
        town.serve();
        town.cursors_hold().await;
    }
    town.close(figures).await;
}
