//! The real binary, run as an operator runs it, killed as a power cut kills it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Where a service lives, across its restarts.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub dialogues: PathBuf,
    environment: Vec<(String, String)>,
}

impl Default for Place {
    fn default() -> Place {
        Place::within(&std::env::temp_dir())
    }
}

impl Place {
    /// In a folder of its own inside this one.
    pub fn within(folder: &Path) -> Place {
        let folder = tempfile::tempdir_in(folder).unwrap();
        std::fs::write(folder.path().join("key"), KEY).unwrap();
        Place { folder, dialogues: super::play::dialogues(), environment: Vec::new() }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Place {
        self.environment.retain(|(n, _)| n != name);
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// With the bot `1:test` on the Bot API server at `url`.
    pub fn on_telegram(self, url: String) -> Place {
        self.with("TELOXIDE_TOKEN", "1:test").with("TELOXIDE_API_URL", url)
    }

    /// Updates are brought instead of being fetched. Gives where to listen: Telegram is told before the start.
    pub fn brought(self) -> (Place, String) {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let listen = free.local_addr().unwrap().to_string();
        let url = format!("http://{listen}");
        (self.with("SNAK_TELEGRAM", "webhook").with("SNAK_TELEGRAM_WEBHOOK_URL", url), listen)
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// `snak` with this place's settings and nothing of the tester's own environment.
    pub fn snak(&self, arguments: &[&str]) -> Command {
        // A long run may have a copy of the binary, which is not built anew under it.
        let binary = std::env::var_os("SNAK_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_snak").into());
        let mut command = Command::new(binary);
        command.args(arguments).env_clear().current_dir(self.folder.path());
        command.env("HOME", self.folder.path()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("SNAK_DATA", self.data()).env("SNAK_DIALOGUES", &self.dialogues);
        command.env("SNAK_KEY_FILE", self.folder.path().join("key")).env("SNAK_LISTEN", "127.0.0.1:0");
        command.env("SNAK_BUBBLE_PAUSE", "0").envs(self.environment.iter().cloned());
        command
    }

    /// What a command prints, when it succeeds.
    pub fn output(&self, arguments: &[&str]) -> String {
        let out = self.snak(arguments).output().unwrap();
        assert!(out.status.success(), "snak {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap().trim_end().to_owned()
    }

    pub fn serve(&self) -> Service {
        self.serve_on("127.0.0.1:0")
    }

    pub fn serve_on(&self, listen: &str) -> Service {
        let log = self.folder.path().join("log");
        let file = File::options().create(true).append(true).open(&log).unwrap();
        let mut command = self.snak(&["serve", "--listen", listen]);
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(url) = line.trim_end().strip_prefix("listening on ") else {
            panic!("serve did not get ready, it said {line:?}\n{}", std::fs::read_to_string(&log).unwrap())
        };
        Service { url: url.to_owned(), child, log }
    }

    /// A new token that may read everything of an institution.
    pub fn token(&self, institution: &str) -> String {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("test-{}", MADE.fetch_add(1, Ordering::Relaxed));
        self.output(&["token", "create", "--institution", institution, "--name", &name])
    }
}

pub struct Service {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    child: Child,
    log: PathBuf,
}

impl Service {
    /// SIGKILL: no handler runs, nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// `TERM`, `STOP`, …
    pub fn signal(&self, name: &str) {
        let told = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(told.unwrap().success());
    }

    /// SIGTERM, and how it ended.
    pub fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(15), "serve does not stop\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status and body of a GET with a token.
pub async fn get(url: &str, token: &str) -> (u16, String) {
    let response = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Every file below a folder with its content.
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            found.push((path.clone(), std::fs::read(&path).unwrap()))
        }
    }
    found.sort();
    found
}
