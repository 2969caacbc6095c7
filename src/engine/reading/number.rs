//! A number, in digits or in words, with what people write around it.

use super::tokens::{Kind, Token, tokens};
use super::vocabulary::{Numeral, Vocabulary, vocabularies};
use crate::script::Language;
use rust_decimal::Decimal;

/// The one number that is meant: `ca. 12`, `2,5`, `1.000 kr.`, `½`, `halvanden`, `femogtyve`, `a dozen`. Nothing where two
/// are named (`10-20`) or one is ruled out (`ikke 5`). Where a sign may part thousands or decimals, `language` decides.
pub fn number(typed: &str, language: Language) -> Option<Decimal> {
    let tokens = tokens(typed);
    if tokens.len() > 24 {
        return None;
    }
    vocabularies(language).find_map(|v| read(&tokens, v, language))
}

/// A whole number in words alone, as one part of a longer phrase: `fem`, `femogtyve`.
pub fn in_words(words: &[&str], vocabulary: &Vocabulary) -> Option<u32> {
    let mut items = Vec::new();
    for word in words {
        let numerals = vocabulary.compound(word);
        if numerals.is_empty() {
            return None;
        }
        items.extend(numerals.into_iter().map(Item::Word));
    }
    let number = sum(&items)?;
    number.fract().is_zero().then(|| number.try_into().ok())?
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Item {
    /// In digits: it does not grow together with the word beside it, as `twenty` does with `five`.
    Digits(Decimal),
    Word(Numeral),
}

fn read(tokens: &[Token], v: &Vocabulary, language: Language) -> Option<Decimal> {
    let (negative, items) = items(tokens, v, language)?;
    let number = sum(&items)?;
    Some(if negative { -number } else { number }.normalize())
}

// The numerals, without what may stand around them; `None` where anything else is said.
fn items(tokens: &[Token], v: &Vocabulary, language: Language) -> Option<(bool, Vec<Item>)> {
    let mut items = Vec::new();
    let mut negative = false;
    let mut after = false;
    let mut at = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).map(|n| &tokens[n].kind);
        let next = tokens.get(at + 1);
        match &tokens[at].kind {
            Kind::Digits(_) | Kind::Sign('.' | ',') if starts_digits(tokens, at) => {
                let (text, length) = digits(&tokens[at..]);
                if after {
                    return None;
                }
                items.push(Item::Digits(western(&text, language)?));
                at += length;
                if let Some(part) = fraction(&tokens[at - 1..]) {
                    items.pop();
                    items.push(Item::Digits(part));
                    at += 2;
                }
                continue;
            }
            Kind::Digits(_) => return None,
            Kind::Part(part) if !after => items.push(Item::Word(Numeral::Value(*part))),
            Kind::Part(_) => return None,
            Kind::Word(word) => {
                let (numerals, length) = numerals(tokens, at, v);
                if !numerals.is_empty() && !after {
                    items.extend(numerals.into_iter().map(Item::Word));
                    at += length;
                    continue;
                }
                let allowed = match items.is_empty() {
                    true => {
                        v.has("about-words", word) || v.has("lead-words", word) || v.has("unit-words", word)
                    }
                    false => v.has("unit-words", word) || v.has("about-words", word),
                };
                let article = v.has("article-words", word);
                if !(allowed || article || is_emoji(word)) {
                    return None;
                }
                after |= !items.is_empty() && !article;
            }
            Kind::Sign('-') => match (before, next.map(|t| &t.kind)) {
                (Some(Kind::Word(_)), Some(Kind::Word(_))) => {}
                (Some(Kind::Digits(_)), Some(Kind::Word(_))) => {}
                // `50,-`
                (Some(Kind::Sign(',' | '.')), _) => {}
                (None | Some(Kind::Word(_)), Some(Kind::Digits(_) | Kind::Part(_))) if items.is_empty() => {
                    negative = true;
                }
                _ => return None,
            },
            Kind::Sign('+') if items.is_empty() => {}
            Kind::Sign('~' | '≈' | '.' | ',' | '!' | '?' | '(' | ')' | '"' | '*' | ';' | '…') => {}
            Kind::Sign('%' | '€' | '$' | '£' | '°') => after |= !items.is_empty(),
            Kind::Sign(':' | '=') if items.is_empty() => {}
            Kind::Sign(_) => return None,
        }
        at += 1;
    }
    if let Some(Item::Word(Numeral::Minus)) = items.first() {
        items.remove(0);
        negative = true;
    }
    Some((negative, items))
}

fn is_emoji(word: &str) -> bool {
    word.chars().all(|c| !c.is_alphanumeric())
}

// Up to three words that are one numeral, or one word that is made of several.
fn numerals(tokens: &[Token], at: usize, v: &Vocabulary) -> (Vec<Numeral>, usize) {
    let words: Vec<&str> = tokens[at..]
        .iter()
        .take(3)
        .map_while(|t| match &t.kind {
            Kind::Word(word) => Some(word.as_str()),
            Kind::Digits(_) | Kind::Part(_) | Kind::Sign(_) => None,
        })
        .collect();
    for length in (2..=words.len()).rev() {
        if let Some(numeral) = v.numeral(&words[..length].join(" ")) {
            return (vec![numeral], length);
        }
    }
    (words.first().map(|w| v.compound(w)).unwrap_or_default(), 1)
}

fn starts_digits(tokens: &[Token], at: usize) -> bool {
    match &tokens[at].kind {
        Kind::Digits(_) => true,
        // `.5`
        _ => {
            let first = at == 0 || tokens[at].gap;
            let next = tokens.get(at + 1).filter(|t| !t.gap);
            first && matches!(next.map(|t| &t.kind), Some(Kind::Digits(_)))
        }
    }
}

// A number in digits with the signs inside it, and how many tokens it takes.
fn digits(tokens: &[Token]) -> (String, usize) {
    let mut text = String::new();
    let mut length = 0;
    while let Some(token) = tokens.get(length) {
        match &token.kind {
            Kind::Digits(run) if length == 0 || !token.gap => text.push_str(run),
            // `1 000`: a blank parts thousands.
            Kind::Digits(run)
                if run.len() == 3
                    && !text.contains(['.', ','])
                    && text.rsplit(' ').next().is_some_and(|t| t.len() <= 3)
                    && !text.starts_with('0') =>
            {
                text.push(' ');
                text.push_str(run);
            }
            Kind::Sign(c @ ('.' | ',' | '\'')) if length == 0 || !token.gap => {
                let next = tokens.get(length + 1).filter(|t| !t.gap);
                if !matches!(next.map(|t| &t.kind), Some(Kind::Digits(_))) {
                    break;
                }
                text.push(*c);
            }
            Kind::Digits(_) | Kind::Sign(_) | Kind::Word(_) | Kind::Part(_) => break,
        }
        length += 1;
    }
    (text, length)
}

// `1/2`, `3/4`: from the last digits on.
fn fraction(tokens: &[Token]) -> Option<Decimal> {
    let [
        Token { kind: Kind::Digits(a), .. },
        Token { kind: Kind::Sign('/'), .. },
        Token { kind: Kind::Digits(b), .. },
        ..,
    ] = tokens
    else {
        return None;
    };
    let (a, b): (u32, u32) = (a.parse().ok()?, b.parse().ok()?);
    (a < b && matches!(b, 2 | 4 | 5 | 10)).then(|| Decimal::from(a) / Decimal::from(b))
}

// Danish thousands have points, decimals a comma; English the other way round. A point before exactly three digits, and no
// other sign, parts thousands in both; so does a comma in English.
fn western(text: &str, language: Language) -> Option<Decimal> {
    let groups = |sign: char| {
        let mut parts = text.split(sign);
        parts.next().is_some_and(|p| (1..=3).contains(&p.len()) && p != "0")
            && parts.clone().count() > 0
            && parts.all(|p| p.len() == 3)
    };
    let once = |sign: char| text.matches(sign).count() == 1;
    let text: String = text.chars().filter(|c| !matches!(c, ' ' | '\'')).collect();
    let plain = match (text.contains('.'), text.contains(',')) {
        (true, true) if text.rfind(',') > text.rfind('.') && once(',') => {
            text.replace('.', "").replace(',', ".")
        }
        (true, true) if once('.') => text.replace(',', ""),
        (true, true) => return None,
        (true, false) if groups('.') => text.replace('.', ""),
        (false, true) if language == Language::ENGLISH && groups(',') => text.replace(',', ""),
        (false, true) if once(',') => text.replace(',', "."),
        (false, true) => return None,
        (true, false) if !once('.') => return None,
        _ => text.clone(),
    };
    plain.parse().ok()
}

// One number from its parts, the greatest first.
fn sum(items: &[Item]) -> Option<Decimal> {
    let times = |item: &Item| match item {
        Item::Word(Numeral::Times(times)) => Some(*times),
        Item::Word(Numeral::Value(_) | Numeral::And | Numeral::Point | Numeral::Minus) | Item::Digits(_) => {
            None
        }
    };
    let Some(most) = items.iter().filter_map(times).max() else { return below_hundred(items) };
    let at = items.iter().position(|i| times(i) == Some(most))?;
    let (before, behind) = (&items[..at], &items[at + 1..]);
    let many = if before.is_empty() { Decimal::ONE } else { sum(before)? };
    let behind = match behind {
        [] => Decimal::ZERO,
        [Item::Word(Numeral::And), rest @ ..] => sum(rest)?,
        [Item::Word(_), ..] => sum(behind)?,
        [Item::Digits(_), ..] => return None,
    };
    // `hundrede og tusind` names two.
    (behind < most).then(|| many.checked_mul(most)?.checked_add(behind))?
}

fn below_hundred(items: &[Item]) -> Option<Decimal> {
    use Item::{Digits, Word};
    use Numeral::{And, Point, Value};
    let whole = |n: &Decimal| n.fract().is_zero();
    let part = |n: &Decimal| *n > Decimal::ZERO && *n < Decimal::ONE;
    let unit = |n: &Decimal| whole(n) && *n >= Decimal::ONE && *n <= Decimal::from(9);
    let tens =
        |n: &Decimal| (*n % Decimal::TEN).is_zero() && *n >= Decimal::from(20) && *n < Decimal::ONE_HUNDRED;
    let hundreds = |n: &Decimal| (*n % Decimal::ONE_HUNDRED).is_zero() && *n >= Decimal::ONE_HUNDRED;
    let quarter = Decimal::new(25, 2);
    match items {
        [Digits(n)] | [Word(Value(n))] => Some(*n),
        [Word(Value(a)), Word(Value(b))] if tens(a) && unit(b) => Some(a + b),
        [Word(Value(a)), Word(And), Word(Value(b))] if tens(a) && unit(b) => Some(a + b),
        [Word(Value(a)), Word(And), Word(Value(b))] if unit(a) && tens(b) => Some(a + b),
        // `en halv`, `two and a half`, `to en halv`, `2 ½`.
        [Word(Value(a)), Word(Value(p))] if *a == Decimal::ONE && part(p) => Some(*p),
        [Word(Value(a)), Word(Value(p))] if *p == quarter && *a == Decimal::from(3) => Some(a * p),
        [Word(Value(p)), Word(And), Word(Value(a))] if part(p) && whole(a) => None,
        [Word(Value(a)) | Digits(a), Word(And), Word(Value(one)), Word(Value(p))]
        | [Word(Value(a)) | Digits(a), Word(Value(one)), Word(Value(p))]
            if *one == Decimal::ONE && part(p) && whole(a) =>
        {
            Some(a + p)
        }
        [most @ .., Word(And), Word(Value(p))] | [most @ .., Word(Value(p))] if part(p) => {
            Some(below_hundred(most).filter(whole)? + p)
        }
        [Digits(a), Digits(p)] if whole(a) && part(p) => Some(a + p),
        [Word(Value(a)), rest @ ..] if hundreds(a) && !rest.is_empty() => {
            Some(below_hundred(rest).filter(|b| *b < Decimal::ONE_HUNDRED)? + a)
        }
        [Word(Value(a)) | Digits(a), Word(Point), rest @ ..] if whole(a) && !rest.is_empty() => {
            let mut number = *a;
            let mut place = Decimal::ONE;
            for item in rest {
                let (Word(Value(n)) | Digits(n)) = item else { return None };
                place /= Decimal::TEN;
                number += n * place;
                if *n > Decimal::from(9) || !whole(n) {
                    return None;
                }
            }
            Some(number)
        }
        _ => None,
    }
}
