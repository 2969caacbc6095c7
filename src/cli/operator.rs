//! Reaches the stored data: through the service where one runs, else by opening the store. What is asked and answered is the
//! same either way.

use super::{Failure, key};
use crate::dispatch;
use crate::library::Library;
use crate::script::ScriptId;
use crate::settings::Settings;
use crate::web::{Answer, Guard, Inside, Web};
use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use storage::Store;

/// A running service on this machine answers sooner.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the stored data is reached.
pub enum Reach {
    Running { client: reqwest::Client, url: String, bearer: String },
    Stopped { store: Arc<dyn Store>, inside: Inside },
}

/// Finds the service that `<data>/serve.addr` names. Where none answers, the folder's lock is taken and the store opened.
pub async fn reach(settings: &Settings) -> Result<Reach, Failure> {
    let master = key::master(settings)?;
    let bearer = master.operator();
    if let Some((client, url)) = running(settings, &bearer).await {
        return Ok(Reach::Running { client, url, bearer });
    }
    if settings.store == "memory:" {
        let why = "the store is in memory: there is nothing to reach while no service runs";
        return Err(Failure::Misuse(why.to_owned()));
    }
    let store =
        storage::open(&settings.store, &master).await.map_err(|e| key::store_failure(&e, settings))?;
    let library = Library::open(&settings.dialogues, store.clone()).await;
    let library =
        library.map_err(|e| Failure::Misuse(format!("the published dialogues cannot be loaded: {e}")))?;
    let library = Arc::new(library);
    let forgets = (store.clone(), library.clone());
    let web = Web {
        forget: Arc::new(move |of| {
            let (store, library) = forgets.clone();
            Box::pin(async move {
                let anonymous = |of: &ScriptId, revision| library.is_anonymous(of, revision);
                dispatch::erase(&*store, anonymous, &of, Timestamp::now()).await
            })
        }),
        store: store.clone(),
        library,
        operator: bearer,
        telegram: Arc::new(|| None),
        guard: Guard::default(),
        metrics: Arc::default(),
    };
    Ok(Reach::Stopped { store, inside: Inside::new(web) })
}

// A service that was killed leaves its address behind, and another may have its port: it must know the operator.
async fn running(settings: &Settings, bearer: &str) -> Option<(reqwest::Client, String)> {
    let url = std::fs::read_to_string(settings.data.join("serve.addr")).ok()?.trim().to_owned();
    // The service is on this machine: no proxy stands between.
    let client = reqwest::Client::builder().no_proxy().connect_timeout(PATIENCE).build().ok()?;
    let probe = client.get(format!("{url}/v1/operator/tokens")).bearer_auth(bearer).timeout(PATIENCE);
    let answer = probe.send().await.ok()?;
    answer.status().is_success().then_some((client, url))
}

impl Reach {
    /// Asks as the operator: `path` begins with `/` and may have a query.
    ///
    /// # Errors
    /// [`Failure`] if there is no answer, or one that refuses.
    pub async fn ask(&self, method: &str, path: &str, json: Option<Value>) -> Result<Answer, Failure> {
        let answer = self.answer(method, path, json).await?;
        if (200..300).contains(&answer.status) { Ok(answer) } else { Err(refused(answer).await) }
    }

    /// As [`Reach::ask`]; an answer that refuses is one too.
    ///
    /// # Errors
    /// [`Failure`] if there is no answer.
    pub async fn answer(&self, method: &str, path: &str, json: Option<Value>) -> Result<Answer, Failure> {
        let json = json.map(|j| j.to_string());
        Ok(match self {
            Reach::Stopped { inside, .. } => inside.ask(method, path, json).await.map_err(Failure::Failed)?,
            Reach::Running { client, url, bearer } => {
                let lost =
                    |e: reqwest::Error| Failure::Failed(format!("the service at {url} does not answer: {e}"));
                let method =
                    method.parse().map_err(|_| Failure::Failed(format!("`{method}` is no method")))?;
                let mut request = client.request(method, format!("{url}{path}")).bearer_auth(bearer);
                if let Some(json) = json {
                    request = request.header("content-type", "application/json").body(json);
                }
                let response = request.send().await.map_err(lost)?;
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                let body = response.bytes_stream().map(|chunk| chunk.map_err(|e| e.to_string()));
                Answer { status, headers, body: body.boxed() }
            }
        })
    }

    /// Lets the store go.
    pub async fn close(self) -> Result<(), Failure> {
        match self {
            Reach::Running { .. } => Ok(()),
            Reach::Stopped { store, .. } => store
                .close()
                .await
                .map_err(|e| Failure::Failed(format!("the store could not be closed: {e}"))),
        }
    }
}

/// The answer as JSON.
pub async fn json(answer: Answer) -> Result<Value, Failure> {
    let bytes = all(answer).await.map_err(Failure::Failed)?;
    serde_json::from_slice(&bytes).map_err(|e| Failure::Failed(format!("the answer cannot be read: {e}")))
}

async fn all(mut answer: Answer) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.body.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes)
}

/// Why it was refused.
pub async fn refused(answer: Answer) -> Failure {
    let status = answer.status;
    let problem: Value =
        all(answer).await.ok().and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default();
    let detail =
        problem["detail"].as_str().map_or_else(|| format!("the service answered {status}"), str::to_owned);
    if (400..500).contains(&status) { Failure::Misuse(detail) } else { Failure::Failed(detail) }
}
