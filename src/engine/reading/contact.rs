//! Ways to reach a person, and what they are called.

use super::tokens::{Kind, bare, tokens};

/// Longer local parts and domains there are not (RFC 5321).
const MAX_LOCAL: usize = 64;
const MAX_ADDRESS: usize = 254;
pub const MAX_NAME: usize = 100;

/// The one e-mail address in it, its domain in small letters: `jens@x.dk`, also with words around it.
pub fn email(typed: &str) -> Option<String> {
    let seen: String = typed.chars().filter(|c| !is_mark(*c)).collect();
    let mut found: Option<String> = None;
    for word in with_signs(&seen).split_whitespace().filter(|w| w.contains('@')) {
        let one = address(word)?;
        // Written twice to be sure, it is still one.
        match &found {
            Some(before) if !before.eq_ignore_ascii_case(&one) => return None,
            Some(_) => {}
            None => found = Some(one),
        }
    }
    found
}

// `jens (at) x.dk`, `jens @ x.dk` -> `jens@x.dk`
fn with_signs(typed: &str) -> String {
    const AT: [&str; 5] = ["at", "@", "snabel-a", "snabela", "snabel a"];
    let mut text = typed.to_owned();
    for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
        let is_at = |inside: &str| AT.contains(&inside.trim().to_lowercase().as_str());
        let mut from = 0;
        while let Some(start) = text[from..].find(open).map(|n| n + from) {
            let Some(end) = text[start..].find(close).map(|n| n + start) else { break };
            if is_at(&text[start + 1..end]) {
                text.replace_range(start..=end, "@");
            }
            from = start + 1;
        }
    }
    text.split('@').map(str::trim).collect::<Vec<_>>().join("@")
}

fn address(word: &str) -> Option<String> {
    let quote = |c: char| {
        matches!(
            c,
            '<' | '>'
                | '('
                | ')'
                | '['
                | ']'
                | ','
                | ';'
                | ':'
                | '"'
                | '\''
                | '.'
                | '!'
                | '«'
                | '»'
                | '“'
                | '”'
                | '„'
                | '‘'
                | '’'
        )
    };
    let word = word.trim_start_matches(quote).trim_end_matches(|c: char| !c.is_alphanumeric());
    // `mail:jens@x.dk`, `mailto:jens@x.dk?subject=hej`
    let (local, domain) = word.split_once('@')?;
    let local = match local.rsplit_once(':') {
        Some((lead, local)) if lead.chars().all(|c| c.is_alphabetic() || c == '-') => local,
        Some(_) => return None,
        None => local,
    };
    let domain = domain.split('?').next().unwrap_or_default().to_lowercase();
    let good_local = !local.is_empty()
        && local.len() <= MAX_LOCAL
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c))
        && !local.starts_with(['.', '/'])
        && !local.ends_with('.')
        && !local.contains("..");
    let labels: Vec<&str> = domain.split('.').collect();
    let good_label = |l: &&str| {
        !l.is_empty()
            && l.len() <= 63
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    let good_domain = labels.len() > 1
        && labels.iter().all(good_label)
        && labels.last().is_some_and(|l| l.chars().count() >= 2 && l.chars().all(char::is_alphabetic));
    let address = format!("{local}@{domain}");
    (good_local && good_domain && address.len() <= MAX_ADDRESS).then_some(address)
}

// Signs that only say in which direction is written.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// An address as it is shown back: enough to see a slip, too little to copy.
pub fn masked(address: &str) -> String {
    if address.contains('@') { masked_email(address) } else { masked_phone(address) }
}

// `j…@x.dk`
fn masked_email(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    format!("{}…@{domain}", local.chars().take(1).collect::<String>())
}

/// A telephone number with its country, `+4520304050`: eight Danish digits, or any with `+` or `00` and a country. Words may
/// stand before and after it.
pub fn phone(typed: &str) -> Option<String> {
    let list: Vec<Kind> = tokens(typed).into_iter().map(|t| t.kind).collect();
    let is_digits = |kind: &Kind| matches!(kind, Kind::Digits(_));
    let (first, last) = (list.iter().position(is_digits)?, list.iter().rposition(is_digits)?);
    let is_plus = |kind: &Kind| *kind == Kind::Sign('+');
    let (before, after) = (&list[..first], &list[last + 1..]);
    let plus = before.last().is_some_and(is_plus) || before.iter().rev().nth(1).is_some_and(is_plus);
    let besides = |kind: &Kind| match kind {
        Kind::Word(word) => !matches!(word.as_str(), "ikke" | "ingen" | "not" | "no"),
        Kind::Sign(sign) => !matches!(sign, '+' | '@'),
        Kind::Digits(_) | Kind::Part(_) => false,
    };
    let before = if plus { &before[..before.iter().rposition(is_plus)?] } else { before };
    if !before.iter().chain(after).all(besides) {
        return None;
    }
    let mut digits = String::new();
    for (n, kind) in list[first..=last].iter().enumerate() {
        match kind {
            // `+46 (0)70…`: the zero is for calls inside the country.
            Kind::Digits(run) if run == "0" && !digits.is_empty() && in_brackets(&list, first + n) => {}
            Kind::Digits(run) => digits.push_str(run),
            Kind::Sign('-' | '.' | '/' | '(' | ')' | ':' | ',') => {}
            Kind::Word(_) | Kind::Part(_) | Kind::Sign(_) => return None,
        }
    }
    let international = match (plus, digits.strip_prefix("00")) {
        (true, _) => Some(digits.as_str()),
        (false, international) => international,
    };
    let number = match international {
        Some(all) => all.to_owned(),
        None if digits.len() == 8 => format!("45{digits}"),
        None if digits.len() == 10 && digits.starts_with("45") => digits.clone(),
        None => return None,
    };
    match number.strip_prefix("45") {
        Some(danish) => (danish.len() == 8 && !danish.starts_with(['0', '1'])).then(|| format!("+{number}")),
        None => ((8..=15).contains(&number.len()) && !number.starts_with('0')).then(|| format!("+{number}")),
    }
}

fn in_brackets(list: &[Kind], at: usize) -> bool {
    let sign = |n: Option<usize>, sign: char| n.and_then(|n| list.get(n)) == Some(&Kind::Sign(sign));
    sign(at.checked_sub(1), '(') && sign(Some(at + 1), ')')
}

// `+45 •• •• •• 50`: the country and the last two digits.
fn masked_phone(number: &str) -> String {
    let last: String = number.chars().skip(number.chars().count().saturating_sub(2)).collect();
    match number.strip_prefix("+45") {
        Some(_) => format!("+45 •• •• •• {last}"),
        None => format!("{} •• •• {last}", number.chars().take(3).collect::<String>()),
    }
}

/// A name, without what leads up to it: `Jeg hedder Bo` is Bo. Nothing where no letter is, where it is an address, or where
/// no name is given.
pub fn name(typed: &str) -> Option<String> {
    const GREETINGS: [&str; 6] = ["hej", "hejsa", "goddag", "hi", "hello", "dav"];
    const LEADS: [&[&str]; 20] = [
        &["jeg", "hedder"],
        &["mit", "navn", "er"],
        &["mit", "navn"],
        &["navnet", "er"],
        &["jeg", "er"],
        &["navn"],
        &["hedder"],
        &["det", "er"],
        &["du", "kan", "kalde", "mig"],
        &["i", "kan", "kalde", "mig"],
        &["kald", "mig"],
        &["hilsen"],
        &["mvh"],
        &["my", "name", "is"],
        &["this", "is"],
        &["i", "am"],
        &["im"],
        &["call", "me"],
        &["you", "can", "call", "me"],
        &["name"],
    ];
    const NO_NAME: [&str; 13] = [
        "ja",
        "ja tak",
        "nej",
        "nej tak",
        "ok",
        "okay",
        "yes",
        "no",
        "no thanks",
        "no thank you",
        "ved ikke",
        "vil ikke sige",
        "det siger jeg ikke",
    ];
    let spaced = typed.replace(':', ": ");
    let has_letter = |word: &&str| word.chars().any(char::is_alphanumeric);
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    // `Bo :)`, `👋 Bo`
    while words.last().is_some_and(|w| !has_letter(w)) {
        words.pop();
    }
    let first = words.iter().position(has_letter).unwrap_or(words.len());
    let mut words = &words[first..];
    let greeting = |words: &[&str]| {
        words.len() > 1 && GREETINGS.contains(&bare(words[0].trim_matches([',', '!', '.'])).as_str())
    };
    if greeting(words) {
        words = &words[1..];
    }
    let plain = |word: &str| bare(word.trim_matches([',', ':', '.', '!']));
    let all = words.iter().map(|w| plain(w)).collect::<Vec<_>>().join(" ");
    let leads =
        |lead: &&[&str]| words.len() >= lead.len() && lead.iter().zip(words).all(|(l, w)| plain(w) == *l);
    let length = LEADS.iter().filter(|l| leads(l)).map(|l| l.len()).max().unwrap_or_default();
    // `Bo hedder jeg`
    let words = match words {
        [name @ .., hedder, jeg] if !name.is_empty() && plain(hedder) == "hedder" && plain(jeg) == "jeg" => {
            name
        }
        words => &words[length..],
    };
    let name = words.join(" ");
    let edge = |c: char| {
        matches!(c, '.' | ',' | ':' | ';' | '!' | '?' | '"' | '\'' | '/' | '»' | '«' | '“' | '”' | '„')
    };
    let name = name.trim_matches(edge).trim();
    let name = if name.contains('(') { name } else { name.trim_end_matches([')', ':', ' ']) };
    let good = name.chars().any(char::is_alphabetic)
        && !NO_NAME.contains(&all.as_str())
        && name.chars().count() <= MAX_NAME
        && !name.contains(['@', '/', '\\', '<', '>', '{', '}'])
        && !name.chars().any(|c| c.is_ascii_digit());
    good.then(|| name.to_owned())
}
