//! A bot of few lines, over reqwest.
#![allow(dead_code, reason = "each test binary uses its own part")]

use botapi::{Server, check_result};
use serde_json::{Value, json};
use std::time::Duration;

pub const SOON: Duration = Duration::from_secs(10);
pub const TOKEN: &str = "4242:secret";

#[derive(Clone)]
pub struct Bot {
    client: reqwest::Client,
    root: String,
}

pub async fn start() -> (Server, Bot) {
    let server = Server::start(TOKEN).await.unwrap();
    let bot = Bot::of(&server);
    (server, bot)
}

impl Bot {
    pub fn of(server: &Server) -> Bot {
        Bot { client: reqwest::Client::new(), root: format!("{}bot{TOKEN}/", server.url()) }
    }

    pub fn post(&self, method: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("{}{method}", self.root))
    }

    pub fn get(&self, method: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{method}", self.root))
    }

    pub async fn try_call(&self, method: &str, given: Value) -> reqwest::Result<(u16, String)> {
        let response = self.post(method).json(&given).send().await?;
        Ok((response.status().as_u16(), response.text().await?))
    }

    pub async fn call(&self, method: &str, given: Value) -> (u16, Value) {
        let (code, text) = self.try_call(method, given).await.unwrap();
        (code, serde_json::from_str(&text).unwrap())
    }

    /// The result, which must be what the Bot API says that the method returns.
    pub async fn does(&self, method: &str, given: Value) -> Value {
        let (code, answer) = self.call(method, given).await;
        assert_eq!((code, &answer["ok"]), (200, &json!(true)), "{method}: {answer}");
        check_result(method, &answer["result"]).unwrap();
        answer["result"].clone()
    }

    pub async fn refusal(&self, method: &str, given: Value) -> (u16, String) {
        let (code, answer) = self.call(method, given).await;
        assert_eq!(answer["ok"], false, "{method} was not refused: {answer}");
        assert_eq!(answer["error_code"], code);
        (code, answer["description"].as_str().unwrap().to_owned())
    }
}

/// Serves until it is aborted: asks each citizen six questions, each with a Ja to press.
pub async fn asks_six_questions(bot: Bot) {
    let mut offset = 0;
    loop {
        let updates = bot.does("getUpdates", json!({"offset": offset, "timeout": 20})).await;
        let mut work = Vec::new();
        for update in updates.as_array().unwrap() {
            offset = update["update_id"].as_i64().unwrap() + 1;
            let bot = bot.clone();
            let update = update.clone();
            work.push(tokio::spawn(async move { bot.turn(update).await }));
        }
        for turn in work {
            turn.await.unwrap();
        }
    }
}

impl Bot {
    async fn turn(&self, update: Value) {
        let query = &update["callback_query"];
        let (chat, next) = match query["data"].as_str() {
            Some(data) => (&query["message"]["chat"]["id"], data.parse::<u32>().unwrap() + 1),
            None => (&update["message"]["chat"]["id"], 1),
        };
        if query.is_object() {
            self.does("answerCallbackQuery", json!({"callback_query_id": query["id"]})).await;
            let text = format!("{} ✓ Ja", query["message"]["text"].as_str().unwrap());
            let of = &query["message"]["message_id"];
            self.does("editMessageText", json!({"chat_id": chat, "message_id": of, "text": text})).await;
        }
        if next > 6 {
            self.does("sendMessage", json!({"chat_id": chat, "text": "Tak"})).await;
            return;
        }
        let buttons = json!({"inline_keyboard": [[{"text": "☐ Ja", "callback_data": next.to_string()}]]});
        let text = format!("Spørgsmål {next}?");
        self.does("sendMessage", json!({"chat_id": chat, "text": text, "reply_markup": buttons})).await;
    }
}
