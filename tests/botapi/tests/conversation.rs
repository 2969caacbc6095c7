//! Citizens and bot in one chat: what each sees of the other, and what Telegram lets pass.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod bot;

use bot::SOON;
use botapi::{Outcome, check};
use serde_json::{Value, json};

#[tokio::test]
async fn a_press_travels_to_the_bot_and_its_answer_back_to_the_phone() {
    let (server, bot) = bot::start().await;
    let ida = server.citizen(7, "da");
    ida.start("aabn_station");
    let buttons = json!({"inline_keyboard": [[{"text": "☐ Morgen", "callback_data": "m"}, {"text": "Aften", "callback_data": "a"}]]});
    let asked = json!({"chat_id": 7, "text": "Hvornår?", "reply_markup": buttons});
    let sent = bot.does("sendMessage", asked).await["message_id"].as_i64().unwrap();
    ida.wait_for(|chat| chat.shows("Aften"), SOON).await.unwrap();
    assert_eq!(ida.chat().last_from_bot().unwrap().labels(), [["☐ Morgen", "Aften"]]);

    assert_eq!(ida.press("Morgen").unwrap().message_id, sent);
    assert!(ida.press("Middag").unwrap_err().contains("[☐ Morgen] [Aften]"), "the error shows the chat");
    let updates = bot.does("getUpdates", json!({})).await;
    assert_eq!(updates[0]["message"]["entities"], json!([{"type": "bot_command", "offset": 0, "length": 6}]));
    let query = &updates[1]["callback_query"];
    assert_eq!((&query["data"], &query["message"]["text"]), (&json!("m"), &json!("Hvornår?")));
    assert_eq!(ida.chat().spinners, 1);

    let answer = json!({"callback_query_id": query["id"], "text": "Gemt"});
    bot.does("answerCallbackQuery", answer.clone()).await;
    let late = "Bad Request: query is too old and response timeout expired or query ID is invalid";
    assert_eq!(bot.refusal("answerCallbackQuery", answer).await, (400, late.to_owned()));
    assert_eq!((ida.toasts(), ida.chat().spinners), (vec!["Gemt".to_owned()], 0));

    let edit = json!({"chat_id": 7, "message_id": sent, "text": "Hvornår?\n✓ Morgen",
        "entities": [{"type": "bold", "offset": 0, "length": 8}], "reply_markup": {"inline_keyboard": []}});
    let ticked = json!({"inline_keyboard": [[{"text": "☑ Morgen", "callback_data": "m"}]]});
    bot.does("editMessageReplyMarkup", json!({"chat_id": 7, "message_id": sent, "reply_markup": ticked}))
        .await;
    let shown = ida.chat();
    assert!(shown.shows("Morgen") && !shown.last_from_bot().unwrap().edited);
    bot.does("editMessageText", edit.clone()).await;
    let same = bot.refusal("editMessageText", edit).await.1;
    assert_eq!(
        same,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
    );
    let shown = ida.chat();
    assert_eq!(shown.last_from_bot().unwrap().text, "Hvornår?\n✓ Morgen");
    assert!(!shown.shows("Aften"), "buttons that were not given again are gone");

    // A press that was quicker than the edit still arrives; one on a message that is gone names it only.
    ida.press_data(sent, "a");
    bot.does("deleteMessage", json!({"chat_id": 7, "message_id": sent})).await;
    ida.press_data(sent, "a");
    let told = ida.transcript();
    let expected = [
        "you: /start aabn_station",
        "bot: Hvornår?",
        "    [☐ Morgen] [Aften]",
        "you: [☐ Morgen]",
        "toast: Gemt",
        "bot edits: Hvornår?",
        "    [☑ Morgen]",
        "bot edits: Hvornår?",
        "✓ Morgen",
        "you: [a]",
    ];
    assert_eq!(told[..expected.len()], expected);
    assert_eq!(server.breaches(), [""; 0]);
}

#[tokio::test]
async fn every_update_is_as_the_bot_api_says() {
    let (server, bot) = bot::start().await;
    let ida = server.citizen(7, None);
    ida.start("");
    let written = ida.write("hej 👍").message_id;
    ida.edit(written, "hej hej").unwrap();
    ida.sticker("👍");
    ida.photo("et hus");
    ida.voice();
    ida.location(55.67, 12.56);
    ida.contact("+4512345678");
    ida.document("kort.pdf", vec![1, 2, 3], "");
    ida.message(json!({"dice": {"emoji": "🎲", "value": 3}}));
    let kept =
        bot.does("sendMessage", json!({"chat_id": 7, "text": "?"})).await["message_id"].as_i64().unwrap();
    ida.press_data(kept, "x");
    ida.press_data(999_999, "x");
    ida.block();
    ida.unblock();
    ida.add_bot_to_group(-5, "Naboer");
    let updates = server.pending();
    assert_eq!(updates.len(), 16);
    for update in &updates {
        check("Update", update).unwrap_or_else(|e| panic!("{e}\n{update}"));
    }
    let odd = server.push_raw(json!({"noget_nyt": {"id": 1}}));
    assert!(check("Update", server.pending().last().unwrap()).is_err());
    assert!(server.pending().iter().any(|u| u["update_id"] == odd));
}

#[tokio::test]
async fn what_telegram_refuses_is_refused_in_its_words() {
    let (server, bot) = bot::start().await;
    let stranger = server.citizen(7, "da");
    let hej = json!({"chat_id": 7, "text": "hej"});
    assert_eq!(bot.refusal("sendMessage", hej.clone()).await.1, "Bad Request: chat not found");
    let own = stranger.write("hej").message_id;
    let keyboard = json!({"chat_id": 7, "text": "Hvor?", "reply_markup": {"keyboard": [[{"text": "Del sted", "request_location": true}]]}});
    let sealed = bot.does("sendMessage", keyboard).await["message_id"].clone();
    assert_eq!(stranger.chat().keyboard, [["Del sted"]]);
    let edit = |id: &Value| json!({"chat_id": 7, "message_id": id, "text": "nyt"});
    for (id, words) in [
        (json!(own), "message can't be edited"),
        (sealed, "message can't be edited"),
        (json!(999), "message to edit not found"),
    ] {
        assert_eq!(bot.refusal("editMessageText", edit(&id)).await.1, format!("Bad Request: {words}"));
    }
    bot.does("deleteMessage", json!({"chat_id": 7, "message_id": own})).await;
    let gone = bot.refusal("deleteMessage", json!({"chat_id": 7, "message_id": own})).await;
    assert_eq!(gone.1, "Bad Request: message to delete not found");
    stranger.block();
    assert_eq!(
        bot.refusal("sendMessage", hej.clone()).await,
        (403, "Forbidden: bot was blocked by the user".to_owned())
    );
    stranger.start("");
    bot.does("sendMessage", hej.clone()).await;
    stranger.deactivate();
    assert_eq!(bot.refusal("sendMessage", hej).await, (403, "Forbidden: user is deactivated".to_owned()));
    stranger.add_bot_to_group(-5, "Naboer");
    bot.does("sendMessage", json!({"chat_id": -5, "text": "Jeg taler kun privat"})).await;
    bot.does("leaveChat", json!({"chat_id": -5})).await;
    assert!(server.chat(-5).bot_left);
    assert_eq!(bot.refusal("sendChatAction", json!({"chat_id": -5, "action": "typing"})).await.0, 403);
    assert_eq!(server.breaches(), [""; 0], "all this may happen to a good bot");
}

#[tokio::test]
async fn a_call_that_is_wrong_in_itself_is_a_breach() {
    let (server, bot) = bot::start().await;
    server.citizen(7, "da").write("hej");
    let text = |text: String| json!({"chat_id": 7, "text": text});
    let wrong = [
        ("sendMessage", text(" \n ".to_owned()), "message text is empty"),
        ("sendMessage", text("å".repeat(4097)), "message is too long"),
        ("sendMessage", json!({"text": "hej"}), "chat_id is empty"),
        ("sendMessage", json!({"chat_id": 7}), "message text is empty"),
        (
            "sendMessage",
            json!({"chat_id": 7, "text": 1}),
            "can't parse parameter text: expected String, got 1",
        ),
        (
            "sendMessage",
            json!({"chat_id": 7, "text": "x", "parse_mode": "HTML"}),
            "parse_mode is not supported by this test server",
        ),
        ("editMessageText", json!({"chat_id": 7, "text": "x"}), "message identifier is not specified"),
        (
            "answerCallbackQuery",
            json!({"callback_query_id": "1", "text": "x".repeat(201)}),
            "MESSAGE_TOO_LONG",
        ),
        (
            "setMyCommands",
            json!({"commands": [{"command": "hjælp", "description": "Hjælp"}]}),
            "BOT_COMMAND_INVALID",
        ),
        ("setMyCommands", json!({"commands": [], "language_code": "dan"}), "invalid language code specified"),
        (
            "setMyDescription",
            json!({"description": "x".repeat(513)}),
            "description must have at most 512 characters",
        ),
        (
            "setWebhook",
            json!({"url": "http://x.dk"}),
            "bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            "setWebhook",
            json!({"url": "https://x.dk:9000/"}),
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (
            "setWebhook",
            json!({"url": "https://x.dk", "secret_token": "hemmelig nøgle"}),
            "secret token contains unallowed characters",
        ),
        ("sendChatAction", json!({"chat_id": 7, "action": "sleeping"}), "wrong parameter action in request"),
        ("sendDice", json!({"chat_id": 7}), "not supported by this test server"),
    ];
    for (n, (method, given, words)) in wrong.into_iter().enumerate() {
        assert_eq!(bot.refusal(method, given).await, (400, format!("Bad Request: {words}")));
        assert_eq!(server.breaches().len(), n + 1, "{method}: {words}");
    }
    // Telegram would say nothing.
    bot.does("sendMessage", json!({"chat_id": 7, "text": "hej", "tekst": "hej"})).await;
    assert_eq!(server.breaches().last().unwrap(), "sendMessage: unknown parameter tekst");
    assert_eq!(bot.refusal("sendPigeon", json!({})).await, (404, "Not Found".to_owned()));
    assert_eq!(server.breaches().last().unwrap(), "there is no method sendPigeon");

    bot.does("sendMessage", text("å".repeat(4096))).await;
    let stranger = reqwest::get(format!("{}bot1:wrong/getMe", server.url())).await.unwrap();
    assert_eq!(stranger.status(), 401);
    assert_eq!(
        stranger.text().await.unwrap(),
        r#"{"description":"Unauthorized","error_code":401,"ok":false}"#
    );
}

#[tokio::test]
async fn parameters_come_in_any_form_and_files_both_ways() {
    let (server, bot) = bot::start().await;
    let ida = server.citizen(7, "da");
    let photo = ida.photo_of(vec![9, 8, 7], "");
    let markup = json!({"inline_keyboard": [[{"text": "Ja", "callback_data": "j"}]]}).to_string();
    let pairs =
        [("chat_id", "7"), ("text", "12"), ("disable_notification", "true"), ("reply_markup", &markup)];
    assert_eq!(bot.get("sendMessage").query(&pairs).send().await.unwrap().status(), 200);
    assert_eq!(bot.post("sendMessage").form(&pairs).send().await.unwrap().status(), 200);
    let part = reqwest::multipart::Part::bytes(vec![0, 13, 10, 45, 45, 255]).file_name("plakat.pdf");
    let form = reqwest::multipart::Form::new()
        .text("chat_id", "7")
        .text("caption", "Plakat æ")
        .text("document", "attach://a1")
        .part("a1", part);
    assert_eq!(bot.post("SendDocument").multipart(form).send().await.unwrap().status(), 200);

    let chat = ida.chat();
    assert_eq!(
        chat.messages[1..3].iter().map(|m| (m.text.as_str(), m.labels())).collect::<Vec<_>>(),
        vec![("12", vec![vec!["Ja"]]); 2]
    );
    assert_eq!(
        (chat.messages[3].text.as_str(), chat.messages[3].media.as_deref()),
        ("Plakat æ", Some("document"))
    );
    let upload = &server.uploads()[0];
    assert_eq!(
        (upload.name.as_str(), upload.bytes.as_slice()),
        ("plakat.pdf", [0, 13, 10, 45, 45, 255].as_slice())
    );

    let updates = bot.does("getUpdates", json!({})).await;
    assert_eq!(updates[0]["update_id"], photo.update_id);
    let id = &updates[0]["message"]["photo"][1]["file_id"];
    let file = bot.does("getFile", json!({"file_id": id})).await;
    let path = format!("{}file/bot{}/{}", server.url(), bot::TOKEN, file["file_path"].as_str().unwrap());
    assert_eq!(reqwest::get(path).await.unwrap().bytes().await.unwrap().as_ref(), [9, 8, 7]);
    assert_eq!(server.breaches(), [""; 0]);
}

#[tokio::test]
async fn a_bot_tells_about_itself_and_reacts() {
    let (server, bot) = bot::start().await;
    let ida = server.citizen(7, "da");
    let written = ida.write("hej").message_id;
    assert_eq!(bot.does("getMe", json!({})).await["id"], 4242);
    let list = json!([{"command": "hjaelp", "description": "Hvad er det her?"}]);
    let scope = json!({"type": "all_private_chats"});
    bot.does("setMyCommands", json!({"commands": list, "scope": scope, "language_code": "da"})).await;
    assert_eq!(bot.does("getMyCommands", json!({"scope": scope, "language_code": "da"})).await, list);
    assert_eq!(bot.does("getMyCommands", json!({})).await, json!([]));
    assert_eq!(server.commands()[0].1, "da");
    bot.does("deleteMyCommands", json!({"scope": scope, "language_code": "da"})).await;
    assert!(server.commands().is_empty());
    bot.does("setMyDescription", json!({"description": "Snak med biblioteket"})).await;
    assert_eq!(bot.does("getMyDescription", json!({})).await["description"], "Snak med biblioteket");
    bot.does("setMyShortDescription", json!({"short_description": "Snak", "language_code": "da"})).await;
    assert_eq!(server.description("short_description", "da").as_deref(), Some("Snak"));
    bot.does("sendChatAction", json!({"chat_id": 7, "action": "typing"})).await;

    let react = |emoji: &str| json!({"chat_id": 7, "message_id": written, "reaction": [{"type": "emoji", "emoji": emoji}]});
    bot.does("setMessageReaction", react("✍")).await;
    assert_eq!(ida.chat().messages[0].reaction.as_deref(), Some("✍"));
    assert_eq!(server.breaches(), [""; 0]);
    assert_eq!(bot.refusal("setMessageReaction", react("🚀")).await.0, 400);
    assert!(matches!(server.calls().last().unwrap().outcome, Outcome::Refused { code: 400, .. }));
}
