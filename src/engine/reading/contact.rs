//! Ways to reach a person, and what they are called.

use super::tokens::{Kind, bare, tokens};

/// Longer local parts and domains there are not (RFC 5321).
const MAX_LOCAL: usize = 64;
const MAX_ADDRESS: usize = 254;
pub const MAX_NAME: usize = 100;

/// The one e-mail address in it, its domain in small letters: `jens@x.dk`, also with words around it.
pub fn email(typed: &str) -> Option<String> {
    let typed = typed.replace("(at)", "@").replace("[at]", "@");
    let trim = |w: &str| {
        w.trim_matches(|c: char| matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '.' | '!'))
            .to_owned()
    };
    // `jens @ x.dk`
    let close = typed.split('@').map(str::trim).collect::<Vec<_>>().join("@");
    let mut found = close.split_whitespace().filter(|w| w.contains('@')).map(trim);
    let (one, None) = (found.next()?, found.next()) else { return None };
    let one = one.strip_prefix("mailto:").unwrap_or(&one);
    let (local, domain) = one.split_once('@')?;
    let good_local = !local.is_empty()
        && local.len() <= MAX_LOCAL
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c))
        && !local.starts_with('.')
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
    let address = format!("{local}@{}", domain.to_lowercase());
    (good_local && good_domain && address.len() <= MAX_ADDRESS).then_some(address)
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

/// A telephone number with its country, `+4520304050`: eight Danish digits, or any with `+` or `00` and a country.
pub fn phone(typed: &str) -> Option<String> {
    let mut digits = String::new();
    let mut plus = false;
    for token in tokens(typed) {
        match token.kind {
            Kind::Digits(run) => digits.push_str(&run),
            Kind::Sign('+') if digits.is_empty() && !plus => plus = true,
            Kind::Sign('-' | '.' | '/' | '(' | ')' | ':' | ',') => {}
            Kind::Word(word)
                if digits.is_empty()
                    && matches!(
                        word.as_str(),
                        "tlf"
                            | "tel"
                            | "telefon"
                            | "mobil"
                            | "nummer"
                            | "mit"
                            | "er"
                            | "nr"
                            | "phone"
                            | "my"
                            | "number"
                            | "is"
                            | "mobile"
                            | "📞"
                            | "📱"
                    ) => {}
            Kind::Word(_) | Kind::Part(_) | Kind::Sign(_) => return None,
        }
    }
    let international = match (plus, digits.strip_prefix("00")) {
        (true, _) => Some(digits.as_str()),
        (false, international) => international,
    };
    // `+45 (0) 20…` is no Danish number, but `+46 (0)70…` is how Swedes write theirs.
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

// `+45 •• •• •• 50`: the country and the last two digits.
fn masked_phone(number: &str) -> String {
    let last: String = number.chars().skip(number.chars().count().saturating_sub(2)).collect();
    match number.strip_prefix("+45") {
        Some(_) => format!("+45 •• •• •• {last}"),
        None => format!("{} •• •• {last}", number.chars().take(3).collect::<String>()),
    }
}

/// A name, without what leads up to it: `Jeg hedder Bo` is Bo. Nothing where no letter is, or where it is an address.
pub fn name(typed: &str) -> Option<String> {
    const LEADS: [&[&str]; 9] = [
        &["jeg", "hedder"],
        &["mit", "navn", "er"],
        &["jeg", "er"],
        &["navn"],
        &["det", "er"],
        &["my", "name", "is"],
        &["i", "am"],
        &["im"],
        &["name"],
    ];
    let words: Vec<&str> = typed.split_whitespace().collect();
    let leads =
        |lead: &&[&str]| words.len() > lead.len() && lead.iter().zip(&words).all(|(l, w)| bare(w) == *l);
    let length = LEADS.iter().find(|l| leads(l)).map_or(0, |l| l.len());
    let name = words[length..].join(" ");
    let name = name.trim_matches(|c: char| matches!(c, '.' | ',' | ':' | '!' | '"')).trim().to_owned();
    let good = name.chars().any(char::is_alphabetic)
        && name.chars().count() <= MAX_NAME
        && !name.contains(['@', '/', '\\', '<', '>', '{', '}'])
        && !name.chars().any(|c| c.is_ascii_digit());
    good.then_some(name)
}
