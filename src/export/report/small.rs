//! Which counts of a table are not told: the small ones, and those that would give them away by a subtraction. Pure.

use super::SMALLEST;

/// So many people may be moved between hidden counts, and what is told stays the same.
const SLACK: u64 = 3;

/// Whether a count by itself says too much. Nobody is nobody.
pub fn is_small(count: u64) -> bool {
    (1..SMALLEST).contains(&count)
}

/// For counts whose sum is known: which are hidden. Small ones never alone, but with another, so large that the sum settles
/// nothing: also not for who knows this rule. Which other does not depend on the counts: to hide the smallest would tell that it
/// is the smallest.
pub fn hidden(counts: &[u64]) -> Vec<bool> {
    let mut hidden: Vec<bool> = counts.iter().map(|c| is_small(*c)).collect();
    let Some(first) = hidden.iter().position(|h| *h) else { return hidden };
    let mut sum: u64 = counts.iter().filter(|c| is_small(**c)).sum();
    // What the sum would be at the least.
    let mut least = hidden.iter().filter(|h| **h).count() as u64;
    for at in (first..counts.len()).chain(0..first).filter(|at| counts[*at] >= SMALLEST) {
        hidden[at] = true;
        (sum, least) = (sum + counts[at], least + SMALLEST);
        if sum >= least + SLACK {
            return hidden;
        }
    }
    // Nobody is left to hide among: not even what nobody chose is told.
    vec![true; counts.len()]
}

/// For options of which several may be chosen by each of `answered`: neither who chose one nor who did not is few.
pub fn hidden_of_several(counts: &[u64], answered: u64) -> Vec<bool> {
    counts.iter().map(|c| is_small(*c) || is_small(answered.saturating_sub(*c))).collect()
}

/// For rows of two counts, where each row's sum is known unless `sums` hides it, and both columns' sums are known: which rows are
/// hidden, both counts together.
pub fn hidden_rows(rows: &[(u64, u64)], sums: &[bool]) -> Vec<bool> {
    let begin = rows.iter().zip(sums).map(|((a, b), sum)| *sum || is_small(*a) || is_small(*b));
    let mut hidden: Vec<bool> = begin.collect();
    let Some(first) = hidden.iter().position(|h| *h) else { return hidden };
    // As above: the next in their order, whatever its counts.
    for at in (first..rows.len()).chain(0..first) {
        let gone = || rows.iter().zip(&hidden).filter(|(_, h)| **h).map(|(row, _)| *row);
        let (a, b): (u64, u64) = (gone().map(|r| r.0).sum(), gone().map(|r| r.1).sum());
        if gone().count() >= 2 && a >= SMALLEST && b >= SMALLEST {
            return hidden;
        }
        hidden[at] = hidden[at] || rows[at] != (0, 0);
    }
    let (a, b): (u64, u64) = (rows.iter().map(|r| r.0).sum(), rows.iter().map(|r| r.1).sum());
    // Nobody is left to hide among.
    if a < SMALLEST || b < SMALLEST { vec![true; rows.len()] } else { hidden }
}

/// For rows of counts over groups, where each row's sum and each group's are known: which groups are hidden, all of their counts
/// together. `begin`: those that are in any case; `rest`: what each row's sum has besides, in no group.
///
/// They go in pairs, the last three together where their number is odd: which of a pair has the small count is told by nothing.
pub fn hidden_groups(rows: &[Vec<u64>], begin: &[bool], rest: &[u64]) -> Vec<bool> {
    let pairs = (begin.len() / 2).max(1);
    let pair = |at: usize| (at / 2).min(pairs - 1);
    let is_gone = |at: &usize| begin[*at] || rows.iter().any(|row| is_small(row[*at]));
    let gone: Vec<usize> = (0..begin.len()).filter(is_gone).map(pair).collect();
    let hidden: Vec<bool> = (0..begin.len()).map(|at| gone.contains(&pair(at))).collect();
    // What is left of a row when the told ones are taken away must settle nothing.
    let left = |row: &Vec<u64>| row.iter().zip(&hidden).filter(|(_, h)| **h).map(|(c, _)| *c).sum::<u64>();
    let settles_nothing = |left: u64| left == 0 || left >= SMALLEST + SLACK;
    if rows.iter().zip(rest).map(|(row, rest)| left(row) + rest).all(settles_nothing) {
        hidden
    } else {
        vec![true; begin.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Every way to fill in what is hidden that the attacker cannot rule out: sums fit, and what is hidden is somebody.
    fn fillings(places: usize, sum: u64, least: u64) -> Vec<Vec<u64>> {
        if places == 0 {
            return if sum == 0 { vec![Vec::new()] } else { Vec::new() };
        }
        let mut all = Vec::new();
        for first in least..=sum {
            for mut rest in fillings(places - 1, sum - first, least) {
                rest.insert(0, first);
                all.push(rest);
            }
        }
        all
    }

    // Those that would have been shown just so.
    fn possible(counts: &[u64]) -> Vec<Vec<u64>> {
        let seen = |counts: &[u64]| -> Vec<Option<u64>> {
            counts.iter().zip(hidden(counts)).map(|(c, h)| (!h).then_some(*c)).collect()
        };
        let told = seen(counts);
        let places: Vec<usize> = (0..counts.len()).filter(|at| told[*at].is_none()).collect();
        let sum = places.iter().map(|at| counts[*at]).sum();
        let fill = |filling: Vec<u64>| {
            let mut whole = counts.to_vec();
            places.iter().zip(filling).for_each(|(at, c)| whole[*at] = c);
            whole
        };
        fillings(places.len(), sum, 0).into_iter().map(fill).filter(|c| seen(c) == told).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn no_subtraction_gives_a_small_count_even_to_who_knows_the_rule(
            counts in proptest::collection::vec(0_u64..9, 1..5)
        ) {
            // Fewer than a step of citizens are never reported.
            prop_assume!(counts.iter().sum::<u64>() >= 10);
            let possible = possible(&counts);
            for (at, count) in counts.iter().enumerate().filter(|(_, c)| is_small(**c)) {
                let values: std::collections::BTreeSet<u64> = possible.iter().map(|c| c[at]).collect();
                prop_assert!(values.len() > 1, "{counts:?} gives away the {count} at {at}");
            }
        }

        #[test]
        fn no_row_of_two_is_given_away_by_the_sums_around_it(
            rows in proptest::collection::vec((0_u64..9, 0_u64..9), 2..5)
        ) {
            let totals: Vec<u64> = rows.iter().map(|(a, b)| a + b).collect();
            let sums = hidden(&totals);
            let gone = hidden_rows(&rows, &sums);
            let open: Vec<usize> = (0..rows.len()).filter(|at| gone[*at]).collect();
            let a: u64 = open.iter().map(|at| rows[*at].0).sum();
            let ways: Vec<Vec<u64>> = fillings(open.len(), a, 0)
                .into_iter()
                .filter(|f| f.iter().zip(&open).all(|(a, at)| sums[*at] || *a <= totals[*at]))
                .collect();
            for (n, at) in open.iter().enumerate().filter(|(_, at)| is_small(rows[**at].0)) {
                // Where all rows are hidden, their sums alone are told, as everywhere.
                let known = gone.iter().all(|g| *g) || ways.iter().any(|f| f[n] != rows[*at].0);
                prop_assert!(known, "{rows:?} gives away row {at}");
            }
        }
    }

    #[test]
    fn a_group_with_a_small_count_goes_with_its_pair_and_all_go_where_that_settles_something() {
        let rows = |rows: &[[u64; 4]]| rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>();
        let gone = |of: &[[u64; 4]]| hidden_groups(&rows(of), &[false; 4], &vec![0; of.len()]);
        assert_eq!(gone(&[[9, 8, 20, 7], [6, 5, 30, 0]]), [false; 4]);
        assert_eq!(gone(&[[9, 3, 20, 7], [6, 5, 30, 0]]), [true, true, false, false]);
        assert_eq!(gone(&[[3, 9, 20, 7], [6, 5, 30, 0]]), [true, true, false, false], "nobody sees which");
        assert_eq!(gone(&[[9, 3, 20, 7], [6, 0, 30, 0]]), [true; 4], "six would be left");
        assert_eq!(
            hidden_groups(&rows(&[[9, 8, 20, 7]]), &[false, false, true, false], &[0]),
            [false, false, true, true]
        );
        let three = [vec![9, 8, 2], vec![9, 8, 20]];
        assert_eq!(
            hidden_groups(&rows(&[[9, 8, 20, 7]]), &[false; 4], &[2]),
            [true; 4],
            "two are in no group: the difference would tell of them"
        );
        assert_eq!(hidden_groups(&three, &[false; 3], &[0; 2]), [true; 3]);
        assert_eq!(hidden_groups(&[vec![3]], &[false], &[0]), [true]);
    }

    #[test]
    fn large_counts_and_nobody_are_told_and_two_of_ten_are_not() {
        assert_eq!(hidden(&[40, 0, 7]), [false, false, false]);
        assert_eq!(hidden(&[40, 2, 0, 7]), [false, true, false, true]);
        assert_eq!(hidden(&[9, 8, 2]), [true, false, true]);
        assert_eq!(hidden(&[3, 7]), [true, true]);
        assert_eq!(hidden(&[2, 5, 0, 30]), [true, true, false, true]);
        assert_eq!(hidden_of_several(&[4, 5, 38, 40, 0], 40), [true, false, true, false, false]);
        assert_eq!(hidden_rows(&[(20, 30), (3, 30), (9, 9)], &[false; 3]), [false, true, true]);
    }
}
