//! File + environment -> [`Settings`], once, at start. The environment wins over the file, the command line over both.

use ipnet::IpNet;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Settings {
    /// The store and media.
    pub data: PathBuf,
    pub dialogues: PathBuf,
    /// Port 0 picks a free one.
    pub listen: SocketAddr,
    /// Base of links; `http://<listen>` where none is given.
    pub public_url: Option<String>,
    pub key: KeySource,
    /// `sled:…` or `memory:`.
    pub store: String,
    pub publish: Publish,
    pub telegram_token: Option<String>,
    pub telegram_api_url: Option<String>,
    pub telegram: Telegram,
    pub bubble_pause: Duration,
    /// Proxies whose word is taken for where a request comes from.
    pub trusted_proxy: Vec<IpNet>,
}

/// How updates come from Telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Telegram {
    /// They are fetched.
    Polling,
    /// They are brought to this address.
    Webhook(String),
}

/// Where the master key comes from. It is never in the data folder.
#[derive(Clone)]
pub enum KeySource {
    Text(String),
    File(PathBuf),
    /// In the user's config folder, made on first start.
    Own(PathBuf),
}

impl std::fmt::Debug for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            KeySource::Text(_) => f.write_str("Text(…)"),
            KeySource::File(path) => write!(f, "File({})", path.display()),
            KeySource::Own(path) => write!(f, "Own({})", path.display()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    OnChange,
    ByHand,
}

/// What the command line says; `None` leaves it to the environment and the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub config: Option<PathBuf>,
    pub data: Option<PathBuf>,
    pub dialogues: Option<PathBuf>,
    pub listen: Option<String>,
}

/// The settings file. Every key has the meaning of the environment variable of the same name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InFile {
    data: Option<String>,
    dialogues: Option<String>,
    listen: Option<String>,
    public_url: Option<String>,
    key: Option<String>,
    key_file: Option<String>,
    store: Option<String>,
    publish: Option<String>,
    telegram_token: Option<String>,
    telegram_api_url: Option<String>,
    telegram: Option<String>,
    telegram_webhook_url: Option<String>,
    bubble_pause: Option<String>,
    trusted_proxy: Option<String>,
}

impl Settings {
    /// Reads everything once. `environment` is asked by name, so that tests need not change the process's own.
    ///
    /// # Errors
    /// One sentence that says which setting cannot be used, and why.
    pub fn read(
        overrides: &Overrides,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Settings, String> {
        let var = |name: &str| environment(name).filter(|v| !v.trim().is_empty());
        let file = file(overrides.config.clone().or_else(|| var("SNAK_CONFIG").map(PathBuf::from)))?;
        let path = |over: &Option<PathBuf>, name: &str, file: &Option<String>, default: &str| {
            over.clone().unwrap_or_else(|| {
                PathBuf::from(var(name).or_else(|| file.clone()).unwrap_or_else(|| default.to_owned()))
            })
        };
        let data = path(&overrides.data, "SNAK_DATA", &file.data, "data");
        let listen = overrides
            .listen
            .clone()
            .or_else(|| var("SNAK_LISTEN"))
            .or(file.listen)
            .unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let public_url =
            var("SNAK_PUBLIC_URL").or(file.public_url).map(|u| u.trim_end_matches('/').to_owned());
        if let Some(url) =
            public_url.as_ref().filter(|u| !u.starts_with("http://") && !u.starts_with("https://"))
        {
            return Err(format!("SNAK_PUBLIC_URL must begin with http:// or https://, but it is `{url}`"));
        }
        let telegram_api_url = var("TELOXIDE_API_URL").or(file.telegram_api_url);
        let telegram = match var("SNAK_TELEGRAM").or(file.telegram).as_deref() {
            None | Some("polling") => Telegram::Polling,
            Some("webhook") => {
                let url = var("SNAK_TELEGRAM_WEBHOOK_URL").or(file.telegram_webhook_url);
                Telegram::Webhook(webhook(url, public_url.as_deref(), telegram_api_url.is_some())?)
            }
            Some(other) => {
                return Err(format!("SNAK_TELEGRAM can be `polling` or `webhook`, but it is `{other}`"));
            }
        };
        Ok(Settings {
            key: key(&var, file.key, file.key_file)?,
            dialogues: path(&overrides.dialogues, "SNAK_DIALOGUES", &file.dialogues, "dialogues"),
            listen: listen.parse().map_err(|_| {
                format!("SNAK_LISTEN is ADDR:PORT, for example 127.0.0.1:8080, but it is `{listen}`")
            })?,
            public_url,
            store: var("SNAK_STORE")
                .or(file.store)
                .unwrap_or_else(|| format!("sled:{}", data.join("store").display())),
            publish: match var("SNAK_PUBLISH").or(file.publish).as_deref() {
                None | Some("on_change") => Publish::OnChange,
                Some("by_hand") => Publish::ByHand,
                Some(other) => {
                    return Err(format!("SNAK_PUBLISH can be `on_change` or `by_hand`, but it is `{other}`"));
                }
            },
            telegram_token: var("TELOXIDE_TOKEN").or(file.telegram_token),
            telegram_api_url,
            telegram,
            bubble_pause: pause(
                &var("SNAK_BUBBLE_PAUSE").or(file.bubble_pause).unwrap_or_else(|| "600ms".to_owned()),
            )?,
            trusted_proxy: proxies(&var("SNAK_TRUSTED_PROXY").or(file.trusted_proxy).unwrap_or_default())?,
            data,
        })
    }
}

// A file that was named must be there; `snak.toml` may be.
fn file(named: Option<PathBuf>) -> Result<InFile, String> {
    let path = named.clone().unwrap_or_else(|| PathBuf::from("snak.toml"));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if named.is_none() && e.kind() == std::io::ErrorKind::NotFound => return Ok(InFile::default()),
        Err(e) => return Err(format!("the settings file {} cannot be read: {e}", path.display())),
    };
    toml::from_str(&text)
        .map_err(|e| format!("the settings file {} cannot be used: {}", path.display(), e.message()))
}

fn key(
    var: &impl Fn(&str) -> Option<String>,
    in_file: Option<String>,
    key_file: Option<String>,
) -> Result<KeySource, String> {
    if let Some(text) = var("SNAK_KEY") {
        return Ok(KeySource::Text(text));
    }
    if let Some(path) = var("SNAK_KEY_FILE") {
        return Ok(KeySource::File(path.into()));
    }
    if let Some(text) = in_file {
        return Ok(KeySource::Text(text));
    }
    if let Some(path) = key_file {
        return Ok(KeySource::File(path.into()));
    }
    let config = var("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| var("HOME").map(|h| Path::new(&h).join(".config")));
    config.map(|c| KeySource::Own(c.join("snak").join("key"))).ok_or_else(|| {
        "there is no HOME for the master key: set SNAK_KEY_FILE to a file that only you can read".to_owned()
    })
}

// Telegram's own servers bring updates over https to four ports alone; a Bot API server of one's own brings them anywhere
// (core.telegram.org/bots/api#using-a-local-bot-api-server).
fn webhook(url: Option<String>, public_url: Option<&str>, own_server: bool) -> Result<String, String> {
    let (name, url) = match (url, public_url) {
        (Some(url), _) => ("SNAK_TELEGRAM_WEBHOOK_URL", url),
        (None, Some(url)) => ("SNAK_PUBLIC_URL", url.to_owned()),
        (None, None) => {
            return Err("SNAK_TELEGRAM=webhook needs SNAK_PUBLIC_URL with https, or SNAK_TELEGRAM_WEBHOOK_URL, the address that Telegram brings updates to".to_owned());
        }
    };
    let (scheme, rest) = url.split_once("://").unwrap_or(("", &url));
    if scheme != "https" && !(own_server && scheme == "http") {
        return Err(format!("SNAK_TELEGRAM=webhook needs an address with https, but {name} is `{url}`"));
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let port = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or("443", |(_, port)| port);
    if !own_server && !["443", "80", "88", "8443"].contains(&port) {
        return Err(format!(
            "Telegram brings updates to port 443, 80, 88 or 8443 alone, but {name} is `{url}`"
        ));
    }
    match path.is_empty() || name == "SNAK_PUBLIC_URL" {
        true => Ok(format!("{}/telegram/webhook", url.trim_end_matches('/'))),
        // A proxy may bring it to us from any path.
        false => Ok(url),
    }
}

fn pause(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let wrong = || format!("SNAK_BUBBLE_PAUSE is a time such as 600ms or 1s, but it is `{text}`");
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let number: u64 = number.parse().map_err(|_| wrong())?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" if number <= 60 => Ok(Duration::from_secs(number)),
        _ => Err(wrong()),
    }
}

// Addresses, or networks such as 10.0.0.0/8, apart by commas or spaces.
fn proxies(text: &str) -> Result<Vec<IpNet>, String> {
    let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
    let network = |part: &str| part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)).ok();
    let wrong = |part: &str| {
        format!(
            "SNAK_TRUSTED_PROXY is one or more addresses, for example 10.0.0.5 or 10.0.0.0/24, but it has `{part}`"
        )
    };
    parts.map(|part| network(part).ok_or_else(|| wrong(part))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let home = ("HOME", "/home/anna");
        let pairs: Vec<(&str, &str)> = pairs.iter().copied().chain([home]).collect();
        Settings::read(&Overrides::default(), |name| {
            pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn defaults_are_those_of_the_contract() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.store, "sled:data/store");
        assert_eq!(settings.bubble_pause, Duration::from_millis(600));
        assert!(settings.trusted_proxy.is_empty());
        assert!(matches!(settings.key, KeySource::Own(path) if path.ends_with(".config/snak/key")));
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_named() {
        for (name, value) in [
            ("SNAK_LISTEN", "8080"),
            ("SNAK_PUBLISH", "never"),
            ("SNAK_BUBBLE_PAUSE", "soon"),
            ("SNAK_PUBLIC_URL", "snak.dk"),
            ("SNAK_TRUSTED_PROXY", "nginx"),
            ("SNAK_TELEGRAM", "both"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }

    #[test]
    fn a_webhook_is_where_telegram_can_bring_updates() {
        let of = |pairs: &[(&str, &str)]| {
            let pairs = [&[("SNAK_TELEGRAM", "webhook")], pairs].concat();
            read(&pairs).map(|settings| settings.telegram)
        };
        let at = |url: &str| Ok(Telegram::Webhook(url.to_owned()));
        let own = "SNAK_TELEGRAM_WEBHOOK_URL";
        assert_eq!(of(&[("SNAK_PUBLIC_URL", "https://x.dk/")]), at("https://x.dk/telegram/webhook"));
        assert_eq!(of(&[(own, "https://t.x.dk:8443")]), at("https://t.x.dk:8443/telegram/webhook"));
        assert_eq!(
            of(&[(own, "https://x.dk/tg"), ("SNAK_PUBLIC_URL", "http://y.dk")]),
            at("https://x.dk/tg")
        );
        let local = ("TELOXIDE_API_URL", "http://127.0.0.1:8081");
        assert_eq!(of(&[(own, "http://127.0.0.1:9000/tg"), local]), at("http://127.0.0.1:9000/tg"));
        assert!(of(&[]).unwrap_err().contains("SNAK_PUBLIC_URL with https"));
        for (name, url) in [("SNAK_PUBLIC_URL", "http://x.dk"), (own, "x.dk"), (own, "https://x.dk:9000/tg")]
        {
            let error = of(&[(name, url)]).unwrap_err();
            assert!(error.contains(name) && error.contains(url), "{error}");
        }
    }
}
