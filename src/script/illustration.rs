//! What a `say` shows besides its words: a picture, a film, a link. The files lie in the institution's folder `media`.

use super::fields::Reader;
use super::problem::{Both, Problem, Span, both};
use super::suggest::{did_you_mean, suggest};
use super::tree::{Node, Value};
use super::words::{Language, Template, Words};
use serde::{Deserialize, Serialize};

pub const ILLUSTRATION_KEYS: [&str; 2] = ["file", "alt"];
pub const LINK_KEYS: [&str; 1] = ["url"];
const MAX_NAME: usize = 100;
const MAX_ADDRESS: usize = 1000;
const MEGABYTE: u64 = 1_000_000;

/// A picture or a film, and what is to be seen in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Illustration {
    pub kind: IllustrationKind,
    /// Below the institution's folder `media`.
    pub file: String,
    pub alt: Words,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IllustrationKind {
    Image,
    Video,
}

/// A button that opens a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub url: String,
    pub label: Words,
}

/// A file in an institution's folder `media`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// Below that folder.
    pub name: String,
    pub bytes: u64,
}

impl IllustrationKind {
    const ALL: [IllustrationKind; 2] = [IllustrationKind::Image, IllustrationKind::Video];

    /// Its key in a script.
    pub fn name(self) -> &'static str {
        match self {
            IllustrationKind::Image => "image",
            IllustrationKind::Video => "video",
        }
    }
    /// A larger file is not shown. core.telegram.org/bots/api#sendphoto for pictures; a film goes out whole in one request.
    pub fn max_bytes(self) -> u64 {
        match self {
            IllustrationKind::Image => 10 * MEGABYTE,
            IllustrationKind::Video => 20 * MEGABYTE,
        }
    }
    fn endings(self) -> &'static str {
        match self {
            IllustrationKind::Image => "jpg, jpeg, png, webp",
            IllustrationKind::Video => "mp4",
        }
    }
    fn noun(self) -> Both {
        match self {
            IllustrationKind::Image => both("billedet", "the picture"),
            IllustrationKind::Video => both("filmen", "the film"),
        }
    }
}

/// What a file is shown as, and its content type; `None` for a name that may lead elsewhere, or an ending of no known kind.
pub fn media_type(file: &str) -> Option<(IllustrationKind, &'static str)> {
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let plain = |name: &str| !name.is_empty() && !name.starts_with('.') && name.chars().all(sign);
    if file.len() > MAX_NAME || !file.split('/').all(plain) {
        return None;
    }
    match file.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => Some((IllustrationKind::Image, "image/jpeg")),
        "png" => Some((IllustrationKind::Image, "image/png")),
        "webp" => Some((IllustrationKind::Image, "image/webp")),
        "mp4" => Some((IllustrationKind::Video, "video/mp4")),
        _ => None,
    }
}

/// The picture and the film of a step, in this order.
pub fn illustrations(reader: &mut Reader, step: &Node) -> Vec<Illustration> {
    let mut list = Vec::new();
    for entry in step.map().unwrap_or_default() {
        let Some(kind) = IllustrationKind::ALL.into_iter().find(|kind| kind.name() == entry.key) else {
            continue;
        };
        list.extend(illustration(reader, &entry.value, kind, entry.key_at));
    }
    list.sort_by_key(|shown| shown.kind.name());
    list
}

fn illustration(reader: &mut Reader, node: &Node, kind: IllustrationKind, at: Span) -> Option<Illustration> {
    if let Some(file) = node.text() {
        reader.report(no_alt(at, kind, Some(file)));
        return None;
    }
    reader.entries(node, &ILLUSTRATION_KEYS, false);
    let entries = node.map()?;
    let there = |key: &str| node.get(key).filter(|n| !n.is_empty());
    // With another word in its place, that is told there.
    let meant = |key: &str| Reader::meant(entries, key, &ILLUSTRATION_KEYS).is_some();
    if there("file").is_none() && !meant("file") {
        reader.report(no_file(at, kind));
    }
    if there("alt").is_none() && !meant("alt") {
        reader.report(no_alt(at, kind, None));
    }
    let (file, alt) = (there("file")?, there("alt")?);
    let noun = kind.noun();
    let subject = both(format!("beskrivelsen af {}", noun.da), format!("the description of {}", noun.en));
    let alt = reader.words(alt, &subject);
    // The folder may be written out, and is the same.
    let name = reader.text(file)?.trim();
    let name = name.strip_prefix("media/").unwrap_or(name).to_owned();
    if media_type(&name).is_none_or(|(shown, _)| shown != kind) {
        reader.report(bad_file(file.at, kind, &name));
        return None;
    }
    let why = both(
        format!("borgeren ville få beskrivelsen i stedet for {}", noun.da),
        format!("the citizen would get the description instead of {}", noun.en),
    );
    is_there(reader, file.at, kind, &name, why);
    Some(Illustration { kind, file: name, alt })
}

/// The institution's logo: a picture in its folder. It says nothing that its name beside it does not.
pub fn logo(reader: &mut Reader, node: &Node) -> Option<String> {
    let name = reader.text(node)?.trim();
    let name = name.strip_prefix("media/").unwrap_or(name).to_owned();
    let kind = IllustrationKind::Image;
    if media_type(&name).is_none_or(|(shown, _)| shown != kind) {
        reader.report(bad_file(node.at, kind, &name));
        return None;
    }
    let why = both(
        "borgeren ville se tjenestens eget mærke i stedet for jeres logo",
        "citizens would see the service's own mark instead of your logo",
    );
    is_there(reader, node.at, kind, &name, why);
    Some(name)
}

// T308. Nothing is told where nobody has looked into the folder.
fn is_there(reader: &mut Reader, at: Span, kind: IllustrationKind, name: &str, why: Both) {
    let Some(files) = reader.media.clone() else { return };
    let folder = format!("{}/media", reader.folder);
    match files.iter().find(|f| f.name == name) {
        Some(file) if file.bytes > kind.max_bytes() => {
            let most = kind.max_bytes() / MEGABYTE;
            let size = file.bytes.div_ceil(MEGABYTE);
            reader.report(
                Problem::warning(
                    "T308",
                    at,
                    both(format!("`{name}` er for stor"), format!("`{name}` is too large")),
                )
                .label(both(format!("{size} MB, højst {most} MB"), format!("{size} MB, at most {most} MB")))
                .why(why)
                .mend(both(
                    "gem den mindre, og læg den i mappen igen",
                    "save it smaller and put it there again",
                )),
            );
        }
        Some(_) => {}
        None => {
            let near = suggest(name, files.iter().map(|f| f.name.as_str()));
            let problem = Problem::warning(
                "T308",
                at,
                both(
                    format!("`{name}` ligger ikke i mappen {folder}"),
                    format!("`{name}` is not in the folder {folder}"),
                ),
            )
            .label(did_you_mean(near))
            .why(why);
            reader.report(match near {
                Some(near) => problem.fix(at, near),
                None => problem.mend(both(
                    format!("læg filen i {folder}, med store og små bogstaver som her"),
                    format!("put the file into {folder}, with the same capital and small letters"),
                )),
            });
        }
    }
}

/// The link of a step: an address, or an address and the words on the button.
pub fn link(reader: &mut Reader, node: &Node) -> Option<Link> {
    if let Value::Text { .. } = &node.value {
        let url = address(reader, node)?;
        let host = url.trim_start_matches("https://").split(['/', '?', '#']).next().unwrap_or_default();
        let label = Words(vec![(Language::DANISH, Template::parse(host))]);
        return Some(Link { url, label });
    }
    reader.entries(node, &LINK_KEYS, true);
    let entries = node.map()?;
    let at = entries.first().map_or(node.at, |e| e.key_at);
    let url = match node.get("url") {
        Some(url) => address(reader, url),
        None => {
            if Reader::meant(entries, "url", &LINK_KEYS).is_none() {
                reader.report(no_address(at, ""));
            }
            None
        }
    };
    let label = reader.worded(entries, at, &both("teksten på linket", "the text on the link"));
    Some(Link { url: url?, label })
}

/// An address that a citizen can open.
pub fn address(reader: &mut Reader, node: &Node) -> Option<String> {
    let url = reader.text(node)?.trim();
    let host = url.strip_prefix("https://").unwrap_or_default();
    let is_host = |c: char| c.is_alphanumeric();
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\\' | '`');
    if !host.starts_with(is_host) || url.contains(odd) || url.len() > MAX_ADDRESS {
        reader.report(no_address(node.at, url));
        return None;
    }
    Some(url.to_owned())
}

fn no_address(at: Span, url: &str) -> Problem {
    let what = match url {
        "" => both("linket mangler en adresse (`url`)", "the link has no address (`url`)"),
        _ => both("adressen kan ikke åbnes", "the address cannot be opened"),
    };
    let meant = match url.strip_prefix("http://").unwrap_or(url) {
        rest if rest.contains('.') && !rest.contains([' ', ':', '<', '>']) => format!("https://{rest}"),
        _ => "https://…".to_owned(),
    };
    Problem::error("T310", at, what)
        .label(both("en adresse begynder med https://", "an address begins with https://"))
        .why(both("borgeren ville ikke komme nogen steder hen", "the citizen would get nowhere"))
        .mend(both(format!("url: {meant}"), format!("url: {meant}")))
}

fn no_file(at: Span, kind: IllustrationKind) -> Problem {
    let noun = kind.noun();
    let file = if kind == IllustrationKind::Image { "hallen.jpg" } else { "hallen.mp4" };
    Problem::error(
        "T309",
        at,
        both(
            format!("{} mangler et filnavn (`file`)", noun.da),
            format!("{} has no file name (`file`)", noun.en),
        ),
    )
    .why(both("der er intet at vise borgeren", "there is nothing to show to the citizen"))
    .mend(both(format!("file: {file}"), format!("file: {file}")))
}

fn bad_file(at: Span, kind: IllustrationKind, name: &str) -> Problem {
    let endings = kind.endings();
    let of_another_kind = media_type(name).map(|(shown, _)| shown.name());
    let name: String = name.chars().take(40).collect();
    let problem = Problem::error(
        "T309",
        at,
        both(format!("`{name}` kan ikke vises"), format!("`{name}` cannot be shown")),
    )
    .label(both(format!("kan ende på {endings}"), format!("may end in {endings}")));
    if let Some(key) = of_another_kind {
        let here = kind.name();
        return problem.why(both("borgeren ville ikke se noget", "the citizen would see nothing")).mend(
            both(
                format!("skriv `{key}` i stedet for `{here}`"),
                format!("write `{key}` instead of `{here}`"),
            ),
        );
    }
    problem
        .why(both(
            "kun filer i institutionens mappe `media` vises, og navnet skal kunne stå i en adresse",
            "only files in the institution's folder `media` are shown, and the name must fit into an address",
        ))
        .mend(both(
            "brug kun bogstaverne a-z, tal, - og _ i navnet, fx hallen-indefra.jpg",
            "use only the letters a-z, digits, - and _ in the name, such as hall-inside.jpg",
        ))
}

// T306: whoever cannot see it is told what it shows.
fn no_alt(at: Span, kind: IllustrationKind, file: Option<&str>) -> Problem {
    let noun = kind.noun();
    let line = |words: &str| match file {
        Some(file) => format!("{}:\n  file: {}\n  alt: {words}", kind.name(), file.trim()),
        None => format!("alt: {words}"),
    };
    Problem::error(
        "T306",
        at,
        both(
            format!("{} mangler en beskrivelse (`alt`)", noun.da),
            format!("{} has no description (`alt`)", noun.en),
        ),
    )
    .why(both(
        "den, der ikke kan se, ville ikke få at vide, hvad der vises",
        "whoever cannot see would not be told what is shown",
    ))
    .mend(both(line("<hvad der er at se>"), line("<what is to be seen>")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_may_lead_elsewhere_is_no_media_file() {
        for name in [
            "../hal.jpg",
            "a/../../hal.jpg",
            "/etc/hal.jpg",
            ".skjult.jpg",
            "a//b.jpg",
            "c:\\hal.jpg",
            "a%2f.jpg",
        ] {
            assert_eq!(media_type(name), None, "{name}");
        }
        for name in ["hal.svg", "hal.html", "hal", "hal.jpg.exe", ""] {
            assert_eq!(media_type(name), None, "{name}");
        }
        assert_eq!(media_type("2026/IMG_1234.JPG"), Some((IllustrationKind::Image, "image/jpeg")));
        assert_eq!(media_type("hal.mp4"), Some((IllustrationKind::Video, "video/mp4")));
    }
}
