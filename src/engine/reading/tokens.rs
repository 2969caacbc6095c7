//! Typed words taken apart: runs of digits, words made comparable, signs.

use crate::script::fold;
use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Western digits, whatever digits were typed.
    Digits(String),
    /// A word, [`bare`]; an emoji is a word of its own.
    Word(String),
    /// `½` and its kin.
    Part(Decimal),
    Sign(char),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub kind: Kind,
    /// Whether a blank stands before it.
    pub gap: bool,
}

/// What was typed, in order; blanks are kept as [`Token::gap`] alone.
pub fn tokens(typed: &str) -> Vec<Token> {
    let mut list: Vec<Token> = Vec::new();
    let mut run = String::new();
    let mut gap = false;
    let flush = |run: &mut String, gap: &mut bool, list: &mut Vec<Token>| {
        if let Some(first) = run.chars().next() {
            let kind = if first.is_ascii_digit() { Kind::Digits(run.clone()) } else { Kind::Word(bare(run)) };
            list.push(Token { kind, gap: std::mem::take(gap) });
            run.clear();
        }
    };
    for c in typed.nfc() {
        if let Some(part) = part(c) {
            flush(&mut run, &mut gap, &mut list);
            list.push(Token { kind: Kind::Part(part), gap: std::mem::take(&mut gap) });
            continue;
        }
        let plain = c.is_ascii().then(|| c.to_ascii_lowercase());
        let other = (!c.is_ascii()).then(|| std::iter::once(c).nfkc().flat_map(char::to_lowercase));
        for c in plain.into_iter().chain(other.into_iter().flatten()) {
            let c = western(c);
            let digits = run.starts_with(|c: char| c.is_ascii_digit());
            match c {
                // How an emoji looks, joins inside Persian words, apostrophes inside any word.
                '\u{fe0e}'
                | '\u{fe0f}'
                | '\u{20e3}'
                | '\u{200c}'..='\u{200f}'
                | '\u{1f3fb}'..='\u{1f3ff}' => {}
                '\'' | '’' | '`' | 'ʼ' | '´' if !run.is_empty() && !digits => {}
                c if c.is_ascii_digit() && (digits || run.is_empty()) => run.push(c),
                c if c.is_ascii_digit() || (digits && is_letter(c)) => {
                    flush(&mut run, &mut gap, &mut list);
                    run.push(c);
                }
                c if is_letter(c) => run.push(c),
                c if c.is_whitespace() => {
                    flush(&mut run, &mut gap, &mut list);
                    gap = true;
                }
                c if c.is_control() => {}
                c => {
                    flush(&mut run, &mut gap, &mut list);
                    let emoji = matches!(c as u32, 0x2600..=0x27bf | 0x1f300..=0x1faff);
                    let kind = if emoji { Kind::Word(c.to_string()) } else { Kind::Sign(c) };
                    list.push(Token { kind, gap: std::mem::take(&mut gap) });
                }
            }
        }
    }
    flush(&mut run, &mut gap, &mut list);
    list
}

/// A word as it is compared: folded, without marks over or under the letters, without apostrophes.
pub fn bare(word: &str) -> String {
    let word: String =
        word.chars().filter(|c| !matches!(c, '\'' | '’' | '`' | 'ʼ' | '´' | '\u{200c}')).collect();
    fold(&word).nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).map(plain).collect()
}

fn plain(c: char) -> char {
    match c {
        'ł' => 'l',
        'ı' => 'i',
        c => c,
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c)
}

// Arabic-Indic and Persian digits, and the signs that go with them.
fn western(c: char) -> char {
    let digit = |first: u32| char::from_digit(c as u32 - first, 10).unwrap_or(c);
    match c {
        '\u{660}'..='\u{669}' => digit(0x660),
        '\u{6f0}'..='\u{6f9}' => digit(0x6f0),
        '٫' | '،' => ',',
        '٬' => '\'',
        '–' | '—' | '−' | '‐' | '‑' => '-',
        c => c,
    }
}

fn part(c: char) -> Option<Decimal> {
    Some(match c {
        '½' => Decimal::new(5, 1),
        '¼' => Decimal::new(25, 2),
        '¾' => Decimal::new(75, 2),
        _ => return None,
    })
}
