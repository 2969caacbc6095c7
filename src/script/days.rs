//! Dates, times and spans of time as authors write them.

use super::condition::Day;
use jiff::SignedDuration;
use jiff::civil::{Date, Time};

/// `31. marts 2027`, `31/3-2027`: the date, and whether day and month can be nothing else.
pub fn date_meant(text: &str) -> Option<(Date, bool)> {
    const MONTHS: [(&str, &str); 12] = [
        ("jan", "jan"),
        ("feb", "feb"),
        ("mar", "mar"),
        ("apr", "apr"),
        ("maj", "may"),
        ("jun", "jun"),
        ("jul", "jul"),
        ("aug", "aug"),
        ("sep", "sep"),
        ("okt", "oct"),
        ("nov", "nov"),
        ("dec", "dec"),
    ];
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && !matches!(*w, "d" | "den"))
        .collect();
    let [day, month, year] = words.as_slice() else { return None };
    let named = MONTHS.iter().position(|(da, en)| month.starts_with(da) || month.starts_with(en));
    let number = match named {
        Some(n) => n as i8 + 1,
        None => month.parse().ok()?,
    };
    let day: i8 = day.parse().ok()?;
    let year: i16 = match year.len() {
        2 => 2000 + year.parse::<i16>().ok()?,
        _ => year.parse().ok()?,
    };
    let date = Date::new(year, number, day).ok()?;
    Some((date, named.is_some() || day > 12 || day == number))
}

/// `14:00`, `9.30`.
pub fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once([':', '.'])?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// `2027-03-31`, `today`, `in 7 days`, `7 days ago`.
pub fn day(text: &str) -> Option<Day> {
    let days = |count: &str| {
        let (count, unit) = amount(count)?;
        match unit {
            "day" | "days" | "dag" | "dage" => Some(count),
            "week" | "weeks" | "uge" | "uger" => count.checked_mul(7),
            _ => None,
        }
    };
    match text {
        "today" | "i dag" => Some(Day::FromToday(0)),
        text if text.starts_with("in ") => days(&text[3..]).map(Day::FromToday),
        text if text.starts_with("om ") => days(&text[3..]).map(Day::FromToday),
        text if text.ends_with(" ago") => days(&text[..text.len() - 4]).map(|n| Day::FromToday(-n)),
        text => text.parse().ok().map(Day::On),
    }
}

/// A count and the first letters of its unit.
pub fn amount(text: &str) -> Option<(i32, &str)> {
    let (count, unit) = text.split_once(' ')?;
    Some((count.parse().ok().filter(|n| (0..10_000).contains(n))?, unit.trim()))
}

pub fn duration(text: &str) -> Option<SignedDuration> {
    let (count, unit) = amount(text)?;
    let count = i64::from(count);
    Some(match unit {
        "minute" | "minutes" | "minut" | "minutter" => SignedDuration::from_mins(count),
        "hour" | "hours" | "time" | "timer" => SignedDuration::from_hours(count),
        "day" | "days" | "dag" | "dage" => SignedDuration::from_hours(count * 24),
        "week" | "weeks" | "uge" | "uger" => SignedDuration::from_hours(count * 24 * 7),
        _ => return None,
    })
}
