//! A place in words: a point in numbers, the link of a map that holds one, or words that somebody can find it by.

use super::contact;
use super::tokens::{Kind, tokens};
use super::yesno::yes_or_no;
use crate::script::{Language, Point};
use regex::Regex;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Point(Point),
    /// What was typed says where.
    Words,
}

/// Said around a place, and no part of it.
const BESIDES: [&str; 35] = [
    "her",
    "det",
    "er",
    "jeg",
    "vi",
    "staar",
    "ved",
    "paa",
    "min",
    "mine",
    "stedet",
    "sted",
    "link",
    "kort",
    "gps",
    "position",
    "positionen",
    "placering",
    "koordinater",
    "koordinaterne",
    "here",
    "i",
    "im",
    "am",
    "we",
    "are",
    "at",
    "my",
    "it",
    "is",
    "the",
    "place",
    "location",
    "map",
    "coordinates",
];
/// Of these alone, in any order, no place is made: `her`, `det kan jeg ikke huske`, `I have no idea`.
const SAYS_NOTHING: &[&str] = &[
    "her",
    "herovre",
    "der",
    "lige",
    "hvor",
    "hvad",
    "hvorfor",
    "jeg",
    "vi",
    "er",
    "staar",
    "nu",
    "min",
    "mit",
    "placering",
    "position",
    "lokation",
    "ved",
    "kan",
    "ikke",
    "ik",
    "det",
    "dette",
    "aner",
    "husker",
    "huske",
    "glemt",
    "har",
    "ingen",
    "intet",
    "noget",
    "et",
    "eller",
    "andet",
    "sted",
    "steder",
    "samme",
    "som",
    "foer",
    "ide",
    "hej",
    "tak",
    "here",
    "there",
    "where",
    "what",
    "why",
    "right",
    "now",
    "i",
    "am",
    "im",
    "we",
    "are",
    "do",
    "not",
    "dont",
    "know",
    "no",
    "idea",
    "have",
    "my",
    "location",
    "place",
    "this",
    "that",
    "same",
    "as",
    "before",
    "cant",
    "cannot",
    "remember",
    "forgot",
    "sure",
    "idk",
    "dunno",
    "somewhere",
    "nowhere",
    "none",
    "n",
    "a",
    "the",
    "it",
    "is",
    "hi",
    "hello",
    "thanks",
];

/// What was typed as a place; `None` where nobody could find one by it.
pub fn place(typed: &str, language: Language) -> Option<Place> {
    // Which keyboards have for degrees, and which is a letter.
    let typed = &typed.replace('º', "°");
    let list = tokens(typed);
    let words: Vec<&str> = list
        .iter()
        .filter_map(|token| match &token.kind {
            Kind::Word(word) => Some(word.as_str()),
            Kind::Digits(_) | Kind::Part(_) | Kind::Sign(_) => None,
        })
        .collect();
    if words.iter().all(|word| BESIDES.contains(word) || is_of_degrees(word)) {
        match in_numbers(typed) {
            Some(found) => return found.map(Place::Point),
            // Half a point.
            None if typed.contains('°') => return None,
            None => {}
        }
    }
    if let Some(point) = in_link(typed) {
        return Some(Place::Point(point));
    }
    if !words.iter().any(|word| word.chars().any(char::is_alphanumeric)) {
        // A postal code says where; other numbers alone do not.
        let code = typed.trim();
        return (code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with('0'))
            .then_some(Place::Words);
    }
    let empty = words.iter().all(|word| SAYS_NOTHING.contains(word));
    let digits = list.iter().any(|token| matches!(token.kind, Kind::Digits(_)));
    let says_nothing = !digits && (empty || yes_or_no(typed, language).is_some());
    (!says_nothing && contact::email(typed).is_none()).then_some(Place::Words)
}

// `n`, `øst`, `lat`
fn is_of_degrees(word: &str) -> bool {
    half(word).is_some()
        || matches!(
            word,
            "lat"
                | "latitude"
                | "lon"
                | "lng"
                | "long"
                | "longitude"
                | "breddegrad"
                | "laengdegrad"
                | "bredde"
                | "laengde"
                | "geo"
        )
}

// Which way, and whether it is up and down; north and east are positive.
fn half(word: &str) -> Option<(bool, f64)> {
    Some(match word {
        "n" | "nord" | "north" => (true, 1.0),
        "s" | "syd" | "south" => (true, -1.0),
        "e" | "oe" | "oest" | "east" => (false, 1.0),
        "w" | "v" | "vest" | "west" => (false, -1.0),
        _ => return None,
    })
}

/// One of the two numbers of a point.
struct Angle {
    degrees: f64,
    half: Option<(bool, f64)>,
}

// A number with decimals, or degrees with minutes and seconds; a letter before or after it.
static ANGLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let half = r"(?:nord|north|syd|south|øst|east|vest|west|[nsewvø])";
    let number = r"\d{1,3}(?:[.,]\d{1,15})?";
    let minutes =
        format!(r#"(?:\s*°\s*(?P<m>{number})\s*['′’](?:\s*(?P<s>{number})\s*(?:["″”]|''))?|\s*°)?"#);
    Regex::new(&format!(r"(?P<a>\b{half}\s*)?(?P<d>-?{number}){minutes}\s*(?P<b>{half}\b)?")).ok()
});

// Two angles and nothing else; `Some(None)`: it is meant as a point, but there is none such.
fn in_numbers(typed: &str) -> Option<Option<Point>> {
    let text = typed.to_lowercase().replace(['−', '–'], "-");
    let mut angles = Vec::new();
    // `N 55.7 E 12.4`: the letter behind a number that has one belongs to the next.
    let mut carried = None;
    for found in ANGLE.as_ref()?.captures_iter(&text).take(3) {
        let number = |name: &str| found.name(name).map(|m| m.as_str().replace(',', "."));
        let value = |name: &str| number(name).map_or(Some(0.0), |n| n.parse::<f64>().ok());
        let (degrees, minutes, seconds) = (value("d")?, value("m")?, value("s")?);
        let has_degrees = found[0].contains('°');
        // `1, 2` is no place.
        if !has_degrees && !number("d")?.contains('.') {
            return None;
        }
        let minus = found["d"].starts_with('-');
        if minus && found.name("d").is_some_and(|d| text[..d.start()].ends_with(|c: char| c.is_ascii_digit()))
        {
            return None;
        }
        if minutes >= 60.0 || seconds >= 60.0 {
            return Some(None);
        }
        let parts = minutes / 60.0 + seconds / 3600.0;
        let degrees = if minus { degrees - parts } else { degrees + parts };
        let way = |name: &str| found.name(name).and_then(|m| half(&super::tokens::bare(m.as_str().trim())));
        let (before, after) = (way("a").or(carried.take()), way("b"));
        carried = after.filter(|_| before.is_some());
        angles.push(Angle { degrees, half: before.or(after) });
    }
    let [first, second] = angles.as_slice() else { return None };
    let signed = |angle: &Angle| angle.degrees * angle.half.map_or(1.0, |(_, sign)| sign);
    let (lat, lon) = match (first.half, second.half) {
        (Some((false, _)), Some((true, _)) | None) | (None, Some((true, _))) => (second, first),
        (Some((true, _)), Some((true, _))) | (Some((false, _)), Some((false, _))) => return Some(None),
        _ => (first, second),
    };
    Some(Point::new(signed(lat), signed(lon)))
}

// The ways in which maps write a point into an address.
static LINKS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let number = r"(-?\d{1,3}\.\d+)";
    let comma = r"(?:,|%2c|%2c\+|%2c%20|~|/)";
    [
        format!(r"!3d{number}!4d{number}"),
        format!(r"[?&]mlat={number}&(?:amp;)?mlon={number}"),
        format!(r"[?&](?:q|query|ll|destination|daddr|center|cp|coordinate|to)=(?:loc:|ll\.)?{number}{comma}{number}"),
        format!(r"@{number},{number}"),
        format!(r"#map=\d{{1,2}}/{number}/{number}"),
        format!(r"/(?:place|search|dir/)/?{number},\+?{number}"),
        format!(r"^geo:{number},{number}"),
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

// Of a link among other words the words are kept: they may say more than the point.
fn in_link(typed: &str) -> Option<Point> {
    let is_link = |word: &&str| word.contains("://") || word.starts_with("geo:");
    let lower = typed.to_lowercase();
    let (links, others): (Vec<&str>, Vec<&str>) = lower.split_whitespace().partition(|word| is_link(word));
    let [link] = links.as_slice() else { return None };
    // The one map that writes east first: what it means is not worth a guess.
    if link.contains("yandex.") {
        return None;
    }
    if !others.iter().all(|word| BESIDES.contains(&super::tokens::bare(word).as_str())) {
        return None;
    }
    let found = LINKS.iter().find_map(|pattern| pattern.captures(link))?;
    Point::new(found[1].parse().ok()?, found[2].parse().ok()?)
}
