//! Calls of the Bot API's methods. teloxide's own sending sleeps ten seconds inside a call that Telegram failed to answer.

use super::Telegram;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use teloxide::requests::{HasPayload, Payload};
use teloxide::types::Seconds;
use teloxide::{ApiError, RequestError};

/// What every method answers (core.telegram.org/bots/api#making-requests), without its result.
#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u32>,
}

#[derive(Deserialize)]
struct Good<T> {
    result: T,
}

impl Telegram {
    /// Makes a request of teloxide's.
    pub(super) async fn call<R>(&self, request: R) -> Result<<R::Payload as Payload>::Output, RequestError>
    where
        R: HasPayload,
        R::Payload: Serialize,
        <R::Payload as Payload>::Output: DeserializeOwned,
    {
        let payload = serde_json::to_string(request.payload_ref());
        let payload = payload
            .map_err(|source| RequestError::InvalidJson { source: Arc::new(source), raw: "".into() })?;
        self.post(R::Payload::NAME, payload).await
    }

    /// Posts a method's parameters as JSON.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        method: &str,
        payload: String,
    ) -> Result<T, RequestError> {
        let mut url = self.bot.api_url();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(&format!("bot{}", self.bot.token())).push(method);
        }
        let network = |e: reqwest::Error| RequestError::Network(Arc::new(e));
        let request = self.bot.client().post(url).header("content-type", "application/json").body(payload);
        let answer = request.send().await.map_err(network)?.text().await.map_err(network)?;
        result(&answer)
    }
}

fn result<T: DeserializeOwned>(answer: &str) -> Result<T, RequestError> {
    let unread = |source| RequestError::InvalidJson { source: Arc::new(source), raw: answer.into() };
    let Answer { ok, description, parameters } = serde_json::from_str(answer).map_err(unread)?;
    if ok {
        // From text: some of teloxide's types take their keys as borrowed ones.
        return serde_json::from_str::<Good<T>>(answer).map(|good| good.result).map_err(unread);
    }
    if let Some(seconds) = parameters.retry_after {
        return Err(RequestError::RetryAfter(Seconds::from_seconds(seconds)));
    }
    let known = serde_json::from_value(Value::String(description.clone()));
    Err(RequestError::Api(known.unwrap_or(ApiError::Unknown(description))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_result_or_says_why_not() {
        assert!(result::<bool>(r#"{"ok":true,"result":true}"#).unwrap());
        let wait = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}"#;
        assert!(matches!(result::<bool>(wait), Err(RequestError::RetryAfter(s)) if s.seconds() == 3));
        let blocked =
            r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#;
        assert!(matches!(result::<bool>(blocked), Err(RequestError::Api(ApiError::BotBlocked))));
        let new = r#"{"ok":false,"error_code":400,"description":"Bad Request: never heard of"}"#;
        assert!(
            matches!(result::<bool>(new), Err(RequestError::Api(ApiError::Unknown(text))) if text.ends_with("of"))
        );
        assert!(matches!(result::<bool>("<html>502</html>"), Err(RequestError::InvalidJson { .. })));
    }
}
