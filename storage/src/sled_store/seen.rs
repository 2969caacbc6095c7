//! Which updates were committed, so that one that is sent again counts once. Those that a platform counts lie 256 to a value, a bit
//! each: a key of its own for each would be a large part of a store's keys, and every leaf of a tree takes memory.

use super::keys::{self, Filed, Tree};
use super::trees::Batch;
use crate::Result;

const BYTES: usize = 256 / 8;

/// Resent within a day, so around midnight it lies under a neighbouring one.
pub fn has(batch: &mut Batch<'_>, today: u32, update: Filed) -> Result<bool> {
    for day in [today, today.saturating_sub(1), today.saturating_add(1)] {
        if batch.any(Tree::Seen, &day.to_be_bytes())? && is_under(batch, day, update)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_under(batch: &Batch<'_>, day: u32, update: Filed) -> Result<bool> {
    let Some(n) = update.number else { return batch.has(Tree::Seen, &update.on(day)) };
    let bits = batch.get(Tree::Seen, &update.on(day))?.unwrap_or_default();
    Ok(bits.get(usize::from(n / 8)).is_some_and(|byte| byte & 1 << (n % 8) != 0))
}

pub fn add(batch: &mut Batch<'_>, today: u32, update: Filed) -> Result<()> {
    let mut bits = Vec::new();
    if let Some(n) = update.number {
        bits = batch.get(Tree::Seen, &update.on(today))?.unwrap_or_default();
        bits.resize(BYTES, 0);
        bits[usize::from(n / 8)] |= 1 << (n % 8);
    }
    batch.put(Tree::Seen, update.on(today), bits);
    Ok(())
}

/// Drops at most `limit` values filed under days before `before`; gives how many.
pub fn forget(batch: &mut Batch<'_>, before: crate::Timestamp, limit: usize) -> Result<usize> {
    let old = batch.keys_before(Tree::Seen, &keys::day(before).to_be_bytes(), limit)?;
    let count = old.len();
    for key in old {
        batch.remove(Tree::Seen, key);
    }
    Ok(count)
}
