//! The keys of questions that are answered with a place, a picture, a voice message or a file.

use super::fields::Reader;
use super::model::{AnswerType, MediaKind, Wanted};
use super::place::{Around, Point, metres};
use super::problem::{Problem, both};
use super::tree::Node;

/// Files in one answer: more are not looked through.
const MAX_FILES: usize = 10;
/// core.telegram.org/bots/api#getfile: larger ones cannot be fetched.
const MAX_MEGABYTES: u64 = 20;
const MEGABYTE: u64 = 1_000_000;

pub fn location(reader: &mut Reader, step: &Node) -> AnswerType {
    let or_text = step.get("or_text").and_then(|n| reader.boolean(n)).unwrap_or(false);
    let near = step.get("near").and_then(|n| point(reader, n));
    let within = step.get("within").and_then(|n| distance(reader, n));
    if let (None, Some(node)) = (step.get("near"), step.get("within")) {
        reader.report(
            Problem::error(
                "A458",
                node.at,
                both("`within` mangler et sted at måle fra", "`within` lacks a place to measure from"),
            )
            .why(both("afstanden kan ikke regnes ud", "the distance cannot be told"))
            .mend(both("near: 55.7012, 12.4013", "near: 55.7012, 12.4013")),
        );
    }
    AnswerType::Location { or_text, within: near.zip(within).map(|(of, metres)| Around { of, metres }) }
}

pub fn point(reader: &mut Reader, node: &Node) -> Option<Point> {
    let expected = both("et punkt som 55.7012, 12.4013", "a point such as 55.7012, 12.4013");
    reader.value(node, expected, Point::parse)
}

pub fn distance(reader: &mut Reader, node: &Node) -> Option<u32> {
    reader.value(node, both("en afstand som 500 m eller 2 km", "a distance such as 500 m or 2 km"), metres)
}

pub fn wanted(reader: &mut Reader, step: &Node, kind: MediaKind) -> Wanted {
    let files = |text: &str| text.parse().ok().filter(|n| (1..=MAX_FILES).contains(n));
    let expected = both(format!("et tal fra 1 til {MAX_FILES}"), format!("a number from 1 to {MAX_FILES}"));
    let max_files = step.get("max_files").and_then(|n| reader.value(n, expected, files));
    let size = |text: &str| {
        let number = text.strip_suffix("MB").unwrap_or(text).trim();
        number.parse().ok().filter(|n| (1..=MAX_MEGABYTES).contains(n))
    };
    let expected = both(
        format!("en størrelse fra 1 MB til {MAX_MEGABYTES} MB"),
        format!("a size from 1 MB to {MAX_MEGABYTES} MB"),
    );
    let megabytes = step.get("max_size").and_then(|n| reader.value(n, expected, size));
    Wanted {
        kind,
        max_files: max_files.unwrap_or(1),
        max_bytes: megabytes.unwrap_or(MAX_MEGABYTES) * MEGABYTE,
    }
}
