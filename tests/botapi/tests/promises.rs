//! What a bot may rely on: each test speaks to the server as a bot does, over HTTP.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod bot;

use bot::{Bot, SOON};
use botapi::{Fault, On, Outcome, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn an_update_stays_until_a_later_offset_is_asked_for() {
    let (server, bot) = bot::start().await;
    let ida = server.citizen(7, "da");
    let ids: Vec<i64> = (1..=3).map(|n| ida.write(&format!("nr. {n}")).update_id).collect();

    let handed_out = |updates: Value| -> Vec<i64> {
        updates.as_array().unwrap().iter().map(|u| u["update_id"].as_i64().unwrap()).collect()
    };
    assert_eq!(handed_out(bot.does("getUpdates", json!({})).await), ids);
    assert_eq!(handed_out(bot.does("GETUPDATES", json!({"limit": 2})).await), ids[..2]);
    assert_eq!(handed_out(bot.does("GetUpdates", json!({"offset": ids[1]})).await), ids[1..]);
    // Confirmed is forgotten, even when an earlier offset is asked for.
    assert_eq!(handed_out(bot.does("getUpdates", json!({"offset": ids[0]})).await), ids[1..]);
    assert_eq!(handed_out(bot.does("getUpdates", json!({"offset": -1})).await), ids[2..]);
    assert_eq!(handed_out(bot.does("getUpdates", json!({"offset": ids[2] + 1})).await), [0_i64; 0]);
    server.wait_until_confirmed(SOON).await.unwrap();

    assert!(server.repeat(ids[0]));
    assert_eq!(handed_out(bot.does("getUpdates", json!({"offset": ids[2] + 1})).await), ids[..1]);
    assert_eq!(handed_out(bot.does("getUpdates", json!({"offset": ids[2] + 1})).await), [0_i64; 0]);
    server.hand_out_twice(true);
    let id = ida.write("to gange").update_id;
    assert_eq!(handed_out(bot.does("getUpdates", json!({})).await), [id]);
    assert_eq!(handed_out(bot.does("getUpdates", json!({"offset": id + 1})).await), [id]);
    assert_eq!(handed_out(bot.does("getUpdates", json!({"offset": id + 1})).await), [0_i64; 0]);
    assert_eq!(server.breaches(), [""; 0]);
}

#[tokio::test]
async fn a_long_poll_ends_when_something_comes_or_the_time_is_up() {
    let (server, bot) = bot::start().await;
    let ida = server.citizen(7, "da");
    let began = Instant::now();
    let poll = tokio::spawn(async move { bot.does("getUpdates", json!({"timeout": 20})).await });
    // Whichever of the two is first, the poll sees the message.
    ida.write("hej");
    assert_eq!(poll.await.unwrap()[0]["message"]["text"], "hej");
    assert!(began.elapsed() < Duration::from_secs(5));

    let bot = Bot::of(&server);
    let began = Instant::now();
    let empty = bot.does("getUpdates", json!({"timeout": 1, "offset": 2_000_000_000})).await;
    assert_eq!(empty, json!([]));
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn of_two_pollers_the_older_must_go_and_a_webhook_lets_none_in() {
    let (server, bot) = bot::start().await;
    let older = bot.clone();
    let older = tokio::spawn(async move { older.call("getUpdates", json!({"timeout": 20})).await });
    // Polls until the older one was thrown out: it may come a moment later than we do.
    while !older.is_finished() {
        bot.does("getUpdates", json!({})).await;
    }
    let (code, answer) = older.await.unwrap();
    assert_eq!(code, 409);
    let words =
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    assert_eq!(answer, json!({"ok": false, "error_code": 409, "description": words}));

    bot.does("setWebhook", json!({"url": "https://x.dk/hook", "secret_token": "abc"})).await;
    assert_eq!(bot.does("getWebhookInfo", json!({})).await["url"], "https://x.dk/hook");
    let refused = bot.refusal("getUpdates", json!({})).await;
    assert_eq!(refused, (409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first".to_owned()));
    bot.does("deleteWebhook", json!({"drop_pending_updates": true})).await;
    bot.does("getUpdates", json!({})).await;
    assert_eq!(server.breaches(), [""; 0]);
}

#[tokio::test]
async fn allowed_updates_are_remembered_and_hold_for_what_comes_later() {
    let (server, bot) = bot::start().await;
    let ida = server.citizen(7, "da");
    ida.write("hej");
    ida.block();
    bot.does("getUpdates", json!({"allowed_updates": ["callback_query"]})).await;
    assert_eq!(server.pending().len(), 2, "what came before stays");
    ida.write("hej igen");
    bot.does("getUpdates", json!({})).await;
    ida.write("stadig");
    assert_eq!(server.pending().len(), 2);
    bot.does("getUpdates", json!({"allowed_updates": []})).await;
    ida.write("nu");
    assert_eq!(server.pending().len(), 3);
    assert_eq!(server.breaches(), [""; 0]);
    let wrong = bot.refusal("getUpdates", json!({"allowed_updates": ["beskeder"]})).await;
    assert_eq!((wrong.0, server.breaches().len()), (400, 1));
}

#[tokio::test]
async fn misfortunes_come_as_they_were_ordered() {
    let (server, bot) = bot::start().await;
    let ida = server.citizen(7, "da");
    ida.start("");
    let hej = |n: i32| json!({"chat_id": 7, "text": format!("nr. {n}")});

    server.throttle(2, 3);
    for n in 1..=2 {
        let (code, answer) = bot.call("SendMessage", hej(n)).await;
        assert_eq!(code, 429);
        let words = "Too Many Requests: retry after 3";
        let expected =
            json!({"ok": false, "error_code": 429, "description": words, "parameters": {"retry_after": 3}});
        assert_eq!(answer, expected);
    }
    bot.does("SendMessage", hej(3)).await;

    server.fault(Fault::Cut, On::Method("sendMessage"), 1);
    server.fault(Fault::AnswerLost, On::Chat(7), 1);
    assert!(bot.try_call("sendMessage", hej(4)).await.is_err());
    assert!(bot.try_call("sendMessage", hej(5)).await.is_err());
    server.fault(Fault::Status(502), On::Everything, 1);
    let page = bot.try_call("sendMessage", hej(6)).await.unwrap();
    assert_eq!(page.0, 502);
    assert!(page.1.starts_with("<html>"));

    server.stop().await;
    ida.write("er du der?");
    assert!(bot.try_call("getMe", json!({})).await.is_err());
    server.resume().await.unwrap();
    bot.does("getMe", json!({})).await;
    assert_eq!(server.pending().len(), 2, "nothing was forgotten");

    let arrived: Vec<String> =
        ida.chat().messages.into_iter().filter(|m| m.from_bot).map(|m| m.text).collect();
    assert_eq!(arrived, ["nr. 3", "nr. 5"]);
    let sends = server.sends(7);
    assert_eq!(
        sends.iter().map(|c| c.outcome.clone()).collect::<Vec<_>>(),
        [Outcome::Ok, Outcome::Fault(Fault::AnswerLost)]
    );
    assert!(sends[0].at < sends[1].at);
    assert_eq!(server.count("sendMessage", &Outcome::Fault(Fault::RetryAfter(3))), 2);
    assert_eq!(server.breaches(), [""; 0]);
}

#[tokio::test]
async fn a_stopped_server_ends_the_poll_that_is_going_on() {
    let (server, bot) = bot::start().await;
    let id = server.citizen(7, "da").write("hej").update_id;
    let given = json!({"offset": id + 1, "timeout": 40});
    let poll = tokio::spawn(async move { bot.try_call("getUpdates", given).await });
    // Confirmed: so the poll has begun.
    server.wait_until_confirmed(SOON).await.unwrap();
    let began = Instant::now();
    server.stop().await;
    assert!(poll.await.unwrap().is_err());
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_citizens_at_once_are_no_burden() {
    let (server, bot) = bot::start().await;
    let began = Instant::now();
    let serving = tokio::spawn(bot::asks_six_questions(bot));
    let walks: Vec<_> = (1..=200).map(|id| tokio::spawn(walk(server.clone(), id))).collect();
    for walk in walks {
        walk.await.unwrap();
    }
    serving.abort();
    println!("200 citizens, 6 answers each: {:?}", began.elapsed());
    assert_eq!(server.breaches(), [""; 0]);
    assert!(began.elapsed() < Duration::from_secs(60));
}

async fn walk(server: Server, id: i64) {
    let citizen = server.citizen(id, "da");
    citizen.start("x");
    for n in 1..=6 {
        let asked = format!("Spørgsmål {n}?");
        citizen
            .wait_for(|chat| chat.last_from_bot().is_some_and(|m| m.text == asked), Duration::from_secs(60))
            .await
            .unwrap();
        citizen.press("Ja").unwrap();
    }
    citizen
        .wait_for(|chat| chat.shows("Tak") && chat.toasts.len() == 6, Duration::from_secs(60))
        .await
        .unwrap();
}
