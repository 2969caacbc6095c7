//! What every store keeps to. Each store runs it in its own tests, on an empty store.

use crate::*;

/// Panics where the store breaks a promise; the message is the promise.
pub async fn check(store: &dyn Store) {
    a_turn_is_there_once_and_whole(store).await;
    a_turn_from_an_old_version_changes_nothing(store).await;
    a_log_is_read_on_from_a_cursor(store).await;
    a_log_of_another_dialogue_is_not_seen(store).await;
    the_outbox_is_in_order_and_settled_once(store).await;
    a_removed_conversation_is_still_sent_its_last_words(store).await;
    wake_ups_fall_due_in_order(store).await;
    documents_are_kept_by_kind_and_name(store).await;
    a_document_is_replaced_only_as_it_was_read(store).await;
    counters_count_with_their_turn(store).await;
    large_values_come_back_whole(store).await;
    an_erased_conversation_leaves_tombstones_alone(store).await;
    a_turn_can_erase_and_still_say_so(store).await;
    responses_are_erased_once_and_say_why(store).await;
    compaction_changes_nothing_that_can_be_read(store).await;
    media_stay_while_they_are_named(store).await;
    old_updates_are_forgotten(store).await;
    many_at_once_lose_nothing(store).await;
}

pub fn conversation(n: u8) -> ConversationKey {
    ConversationKey([n; 16])
}

pub fn dialogue(name: &str) -> DialogueId {
    DialogueId(format!("nordby-bibliotek/{name}"))
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A turn that changes the body alone.
pub fn turn(of: ConversationKey, update: &str, expected: u64) -> Changes {
    Changes {
        conversation: of,
        update: UpdateId(format!("test:{update}")),
        at: at(0),
        expected: Version(expected),
        body: Body::Put(update.as_bytes().to_vec()),
        address: Some(format!("test:{}", of.0[0])),
        responses: Vec::new(),
        outbox: Vec::new(),
        wake_at: None,
        documents: Vec::new(),
        counts: Vec::new(),
        media: None,
        erases: false,
    }
}

pub fn response(of: &DialogueId, id: u128, row: &str) -> ResponseChange {
    ResponseChange {
        dialogue: of.clone(),
        response: Uuid::from_u128(id),
        row: row.as_bytes().to_vec(),
        linked: true,
        media: Vec::new(),
    }
}

fn message(of: Option<u64>, forget: bool, body: &str) -> Outgoing {
    Outgoing { message: of.map(MessageRef), forget, body: body.as_bytes().to_vec() }
}

async fn a_turn_is_there_once_and_whole(store: &dyn Store) {
    let of = conversation(1);
    assert_eq!(store.conversation(&of).await.unwrap(), None, "nothing is there before the first turn");
    let changes = Changes { responses: vec![response(&dialogue("en"), 1, "svar")], ..turn(of, "1a", 0) };
    assert_eq!(store.commit(changes.clone()).await.unwrap(), Version(1));
    assert_eq!(
        store.conversation(&of).await.unwrap(),
        Some(Stored { version: Version(1), body: b"1a".to_vec() })
    );
    assert_eq!(store.address(&of).await.unwrap().as_deref(), Some("test:1"));
    assert!(matches!(store.commit(changes).await, Err(StoreError::Duplicate(_))), "an update counts once");
    assert_eq!(store.extent(&dialogue("en")).await.unwrap(), Extent { latest: Cursor(1), responses: 1 });
}

async fn a_turn_from_an_old_version_changes_nothing(store: &dyn Store) {
    let of = conversation(1);
    let late = Changes {
        responses: vec![response(&dialogue("en"), 2, "for sent")],
        outbox: vec![message(None, false, "for sent")],
        documents: vec![Document { kind: Kind::Counter, id: "late".to_owned(), body: Some(vec![1]) }],
        ..turn(of, "1b", 0)
    };
    assert!(matches!(store.commit(late.clone()).await, Err(StoreError::Conflict(k)) if k == of));
    assert_eq!(store.extent(&dialogue("en")).await.unwrap().latest, Cursor(1));
    assert_eq!(store.outbox(None, 10).await.unwrap(), Vec::new());
    assert_eq!(store.document(Kind::Counter, "late").await.unwrap(), None);
    let again = Changes {
        expected: Version(1),
        responses: Vec::new(),
        outbox: Vec::new(),
        documents: Vec::new(),
        ..late
    };
    assert_eq!(store.commit(again).await.unwrap(), Version(2), "computed anew, the same update is taken");
}

async fn a_log_is_read_on_from_a_cursor(store: &dyn Store) {
    let (of, log) = (conversation(2), dialogue("log"));
    for (n, (id, row)) in [(10, "a"), (11, "b"), (10, "a2"), (12, "c")].into_iter().enumerate() {
        let changes =
            Changes { responses: vec![response(&log, id, row)], ..turn(of, &format!("2-{n}"), n as u64) };
        store.commit(changes).await.unwrap();
    }
    let rows = |rows: Vec<ResponseRow>| -> Vec<(u64, u128, String)> {
        let text = |row| match row {
            Row::Live(body) => String::from_utf8(body).unwrap(),
            Row::Erased { .. } => "erased".to_owned(),
        };
        rows.into_iter().map(|r| (r.cursor.0, r.response.as_u128(), text(r.row))).collect()
    };
    let all = rows(store.responses(&log, Cursor(0), 10).await.unwrap());
    assert_eq!(
        all,
        [(2, 11, "b".to_owned()), (3, 10, "a2".to_owned()), (4, 12, "c".to_owned())],
        "a changed response comes again, later"
    );
    assert_eq!(rows(store.responses(&log, Cursor(2), 1).await.unwrap()), all[1..2]);
    assert_eq!(store.responses(&log, Cursor(4), 10).await.unwrap(), Vec::new());
    assert_eq!(store.responses(&log, Cursor(u64::MAX), 10).await.unwrap(), Vec::new());
    assert_eq!(store.extent(&log).await.unwrap(), Extent { latest: Cursor(4), responses: 3 });
}

async fn a_log_of_another_dialogue_is_not_seen(store: &dyn Store) {
    for name in ["lo", "log2", "logg"] {
        assert_eq!(store.responses(&dialogue(name), Cursor(0), 10).await.unwrap(), Vec::new());
        assert_eq!(store.extent(&dialogue(name)).await.unwrap(), Extent::default());
    }
}

async fn the_outbox_is_in_order_and_settled_once(store: &dyn Store) {
    let of = conversation(3);
    let first = Changes {
        outbox: vec![message(Some(7), false, "spørgsmål"), message(None, false, "mere")],
        ..turn(of, "3a", 0)
    };
    store.commit(first).await.unwrap();
    store
        .commit(Changes { outbox: vec![message(Some(7), true, "valgt")], ..turn(of, "3b", 1) })
        .await
        .unwrap();
    let rows = store.outbox(None, 10).await.unwrap();
    let bodies: Vec<&str> = rows.iter().map(|r| std::str::from_utf8(&r.outgoing.body).unwrap()).collect();
    assert_eq!(bodies, ["spørgsmål", "mere", "valgt"]);
    assert_eq!(rows[2].id, OutboxId { conversation: of, version: Version(2), n: 0 });
    assert_eq!(store.outbox(Some(rows[0].id), 1).await.unwrap(), rows[1..2], "paged by id");

    assert_eq!(store.sent(&of, MessageRef(7)).await.unwrap(), None);
    store.settle(rows[0].id, Some("901".to_owned())).await.unwrap();
    assert_eq!(store.sent(&of, MessageRef(7)).await.unwrap().as_deref(), Some("901"), "known at once");
    store.settle(rows[1].id, Some("902".to_owned())).await.unwrap();
    store.settle(rows[2].id, Some("901".to_owned())).await.unwrap();
    assert_eq!(
        store.sent(&of, MessageRef(7)).await.unwrap(),
        None,
        "after its last change the message is forgotten"
    );
    store.settle(rows[0].id, Some("999".to_owned())).await.unwrap();
    // A group of its own: what was settled before is on disk with it.
    store.commit(turn(of, "3c", 2)).await.unwrap();
    assert_eq!(store.outbox(None, 10).await.unwrap(), Vec::new());
    assert_eq!(
        store.sent(&of, MessageRef(7)).await.unwrap(),
        None,
        "settling a row that is gone is no error and does nothing"
    );
}

async fn a_removed_conversation_is_still_sent_its_last_words(store: &dyn Store) {
    let of = conversation(4);
    store.commit(Changes { wake_at: Some(at(5)), ..turn(of, "4a", 0) }).await.unwrap();
    let goodbye =
        Changes { body: Body::Remove, outbox: vec![message(None, false, "farvel")], ..turn(of, "4b", 1) };
    assert_eq!(store.commit(goodbye).await.unwrap(), Version(2));
    assert_eq!(store.conversation(&of).await.unwrap(), None);
    assert_eq!(store.due(at(100), 10).await.unwrap(), Vec::new(), "its wake-up is gone");
    assert!(store.address(&of).await.unwrap().is_some(), "the address stays until the last word is sent");
    assert_eq!(
        store.commit(turn(of, "4c", 0)).await.unwrap(),
        Version(3),
        "who comes back at once does not get old numbers"
    );
    let again = Changes { body: Body::Remove, ..turn(of, "4d", 3) };
    store.commit(again).await.unwrap();
    let rows = store.outbox(None, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    store.settle(rows[0].id, Some("1".to_owned())).await.unwrap();
    store.keep(Vec::new()).await.unwrap();
    store.commit(turn(conversation(5), "5a", 0)).await.unwrap();
    assert_eq!(store.address(&of).await.unwrap(), None, "then it goes too");
    assert_eq!(store.commit(turn(of, "4e", 0)).await.unwrap(), Version(1));
}

async fn wake_ups_fall_due_in_order(store: &dyn Store) {
    let (a, b, c) = (conversation(10), conversation(11), conversation(12));
    for (of, second) in [(a, 30), (b, 10), (c, 20)] {
        store
            .commit(Changes { wake_at: Some(at(second)), ..turn(of, &format!("wake{second}"), 0) })
            .await
            .unwrap();
    }
    assert_eq!(store.due(at(9), 10).await.unwrap(), Vec::new());
    assert_eq!(store.due(at(20), 10).await.unwrap(), [b, c]);
    assert_eq!(store.due(at(100), 2).await.unwrap(), [b, c]);
    store.commit(Changes { wake_at: Some(at(40)), ..turn(b, "moved", 1) }).await.unwrap();
    store.commit(Changes { wake_at: None, ..turn(c, "cleared", 1) }).await.unwrap();
    assert_eq!(store.due(at(100), 10).await.unwrap(), [a, b], "a commit moves or clears it");
    for of in [a, b] {
        store.erase(&of, at(0)).await.unwrap();
    }
    assert_eq!(store.due(at(100), 10).await.unwrap(), Vec::new());
}

async fn documents_are_kept_by_kind_and_name(store: &dyn Store) {
    let document = |kind, id: &str, body: Option<&str>| Document {
        kind,
        id: id.to_owned(),
        body: body.map(|b| b.as_bytes().to_vec()),
    };
    let three = vec![
        document(Kind::Token, "a/1", Some("x")),
        document(Kind::Token, "a/2", Some("y")),
        document(Kind::Token, "b/1", Some("z")),
    ];
    store.keep(three).await.unwrap();
    assert_eq!(store.document(Kind::Token, "a/2").await.unwrap().as_deref(), Some(b"y".as_slice()));
    assert_eq!(store.document(Kind::Access, "a/2").await.unwrap(), None);
    let names: Vec<String> =
        store.documents(Kind::Token, "a/").await.unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(names, ["a/1", "a/2"]);
    store
        .keep(vec![document(Kind::Token, "a/1", None), document(Kind::Token, "a/2", Some("y2"))])
        .await
        .unwrap();
    assert_eq!(store.documents(Kind::Token, "a/").await.unwrap(), [("a/2".to_owned(), b"y2".to_vec())]);
}

async fn a_document_is_replaced_only_as_it_was_read(store: &dyn Store) {
    let document = |body: Option<&str>| Document {
        kind: Kind::Idea,
        id: "a/idé".to_owned(),
        body: body.map(|b| b.as_bytes().to_vec()),
    };
    let now = async || store.document(Kind::Idea, "a/idé").await.unwrap();
    assert!(!store.replace(document(Some("ny")), b"").await.unwrap(), "what is not there is not made");
    store.keep(vec![document(Some("holdt"))]).await.unwrap();
    let verdicts = ["ja", "nej"].map(|verdict| store.replace(document(Some(verdict)), b"holdt"));
    let [first, second] = verdicts;
    assert_eq!((first.await.unwrap(), second.await.unwrap()), (true, false), "the first to say counts");
    assert_eq!(now().await.as_deref(), Some(b"ja".as_slice()));
    assert!(store.replace(document(None), b"ja").await.unwrap());
    assert!(!store.replace(document(Some("ja")), b"ja").await.unwrap(), "what has gone stays gone");
    assert_eq!(now().await, None);
}

async fn counters_count_with_their_turn(store: &dyn Store) {
    let count = |id: &str, add| Count { id: id.to_owned(), add };
    let sum = async |id: &str| {
        let body = store.document(Kind::Counter, id).await.unwrap();
        body.map(|body| Count::sum(&body).unwrap())
    };
    let turns = (20..40u8).map(|n| {
        let counts =
            vec![count("kvote/alle", 1), count("kvote/alle", 1), count("kvote/én", i64::from(n % 2))];
        let changes = Changes { counts, ..turn(conversation(n), &format!("kvote{n}"), 0) };
        async move {
            store.commit(changes).await.unwrap();
        }
    });
    futures_join(turns).await;
    assert_eq!(sum("kvote/alle").await, Some(40), "many at once count what they add");
    assert_eq!(sum("kvote/én").await, Some(10));
    assert_eq!(sum("kvote/ingen").await, None, "what nobody counted is not there");
    let names: Vec<String> =
        store.documents(Kind::Counter, "kvote/").await.unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(names, ["kvote/alle", "kvote/én"], "counters are read as documents");
    let late = Changes { counts: vec![count("kvote/alle", 1)], ..turn(conversation(20), "kvote-sent", 0) };
    assert!(matches!(store.commit(late).await, Err(StoreError::Conflict(_))));
    let twice = Changes { counts: vec![count("kvote/alle", 1)], ..turn(conversation(20), "kvote20", 1) };
    assert!(matches!(store.commit(twice).await, Err(StoreError::Duplicate(_))));
    let back = Changes { counts: vec![count("kvote/alle", -1)], ..turn(conversation(20), "kvote-ned", 1) };
    store.commit(back).await.unwrap();
    assert_eq!(sum("kvote/alle").await, Some(39), "a turn that is not kept counts nothing");
}

async fn large_values_come_back_whole(store: &dyn Store) {
    for size in [100_000usize, 700_000, 10] {
        let body: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        store
            .keep(vec![Document { kind: Kind::Revision, id: "stor".to_owned(), body: Some(body.clone()) }])
            .await
            .unwrap();
        assert!(store.document(Kind::Revision, "stor").await.unwrap() == Some(body), "{size} bytes");
    }
    assert_eq!(store.documents(Kind::Revision, "").await.unwrap().len(), 1);
}

async fn an_erased_conversation_leaves_tombstones_alone(store: &dyn Store) {
    let (of, log) = (conversation(6), dialogue("slet"));
    let kept = ResponseChange { linked: false, ..response(&log, 61, "anonym") };
    let changes = Changes {
        responses: vec![response(&log, 60, "mit"), kept],
        outbox: vec![message(Some(1), false, "hej")],
        ..turn(of, "6a", 0)
    };
    store.commit(changes).await.unwrap();
    assert_eq!(store.erase(&of, at(9)).await.unwrap(), Receipt { conversations: 1, responses: 1 });
    assert_eq!(store.conversation(&of).await.unwrap(), None);
    assert_eq!(store.address(&of).await.unwrap(), None);
    assert_eq!(store.outbox(None, 10).await.unwrap(), Vec::new());
    let rows = store.responses(&log, Cursor(0), 10).await.unwrap();
    assert_eq!(rows[0].row, Row::Live(b"anonym".to_vec()), "what is not linked cannot be found");
    assert_eq!(
        rows[1],
        ResponseRow {
            cursor: Cursor(3),
            response: Uuid::from_u128(60),
            row: Row::Erased { at: at(9), reason: Reason::Citizen }
        }
    );
    assert_eq!(rows.len(), 2);
    assert_eq!(store.extent(&log).await.unwrap(), Extent { latest: Cursor(3), responses: 1 });
    assert_eq!(store.erase(&of, at(9)).await.unwrap(), Receipt::default(), "a second time is harmless");
}

async fn a_turn_can_erase_and_still_say_so(store: &dyn Store) {
    let (of, log) = (conversation(61), dialogue("slet-her"));
    let kept = ResponseChange { linked: false, ..response(&log, 66, "lige svaret, anonymt") };
    let other = ResponseChange { linked: false, ..response(&log, 67, "anonymt for længst") };
    let changes = Changes {
        responses: vec![response(&log, 65, "mit"), kept, other],
        outbox: vec![message(Some(1), false, "hvad der ikke nåede frem")],
        wake_at: Some(at(5)),
        ..turn(of, "61a", 0)
    };
    store.commit(changes).await.unwrap();
    let ids = |rows: Vec<(DialogueId, ResponseRow)>| -> Vec<Uuid> {
        rows.into_iter().inspect(|(of, _)| assert_eq!(*of, log)).map(|(_, row)| row.response).collect()
    };
    assert_eq!(ids(store.linked(&of).await.unwrap()), [Uuid::from_u128(65)]);
    let also = vec![Uuid::from_u128(66), Uuid::from_u128(68)];
    let forget = Changes {
        body: Body::Erase(also),
        outbox: vec![message(None, false, "slettet")],
        at: at(9),
        ..turn(of, "61b", 1)
    };
    assert_eq!(store.commit(forget).await.unwrap(), Version(2));
    assert_eq!(store.conversation(&of).await.unwrap(), None);
    assert_eq!(store.due(at(100), 10).await.unwrap(), Vec::new(), "its wake-up is gone");
    assert_eq!(store.linked(&of).await.unwrap(), Vec::new());
    let live: Vec<Uuid> = store
        .responses(&log, Cursor(0), 10)
        .await
        .unwrap()
        .into_iter()
        .filter(|r| matches!(r.row, Row::Live(_)))
        .map(|r| r.response)
        .collect();
    assert_eq!(live, [Uuid::from_u128(67)], "the rest are tombstones");
    let rows = store.outbox(None, 10).await.unwrap();
    assert_eq!(rows.iter().map(|r| r.outgoing.body.as_slice()).collect::<Vec<_>>(), [b"slettet".as_slice()]);
    assert!(store.address(&of).await.unwrap().is_some(), "it is needed for the last word");
    store.settle(rows[0].id, Some("1".to_owned())).await.unwrap();
    store.commit(turn(conversation(62), "62a", 0)).await.unwrap();
    assert_eq!(store.address(&of).await.unwrap(), None);
    assert_eq!(store.erase(&of, at(10)).await.unwrap(), Receipt::default(), "nothing is left to erase");
}

async fn responses_are_erased_once_and_say_why(store: &dyn Store) {
    let log = dialogue("frist");
    let changes = Changes {
        responses: vec![response(&log, 80, "a"), response(&log, 81, "b")],
        ..turn(conversation(8), "8a", 0)
    };
    store.commit(changes).await.unwrap();
    let list = vec![Uuid::from_u128(80), Uuid::from_u128(99)];
    assert_eq!(store.erase_responses(list.clone(), at(9), Reason::Retention).await.unwrap(), 1);
    assert_eq!(store.erase_responses(list, at(10), Reason::Staff).await.unwrap(), 0);
    let rows = store.responses(&log, Cursor(0), 10).await.unwrap();
    assert_eq!(rows[1].row, Row::Erased { at: at(9), reason: Reason::Retention });
    assert_eq!(store.extent(&log).await.unwrap(), Extent { latest: Cursor(3), responses: 1 });
    let late = Changes { responses: vec![response(&log, 80, "mended")], ..turn(conversation(8), "8b", 1) };
    store.commit(late).await.unwrap();
    assert_eq!(store.responses(&log, Cursor(0), 10).await.unwrap(), rows, "what is gone does not come back");
    assert_eq!(store.linked(&conversation(8)).await.unwrap().len(), 1);
    let receipt = store.erase(&conversation(8), at(11)).await.unwrap();
    assert_eq!(
        receipt,
        Receipt { conversations: 1, responses: 1 },
        "what is erased already is not erased again"
    );
}

async fn compaction_changes_nothing_that_can_be_read(store: &dyn Store) {
    let before = store.responses(&dialogue("log"), Cursor(0), 10).await.unwrap();
    assert!(!before.is_empty());
    assert!(store.compact(When::Now).await.unwrap().is_some());
    assert_eq!(store.compact(When::Needed).await.unwrap(), None, "nothing was erased since");
    assert_eq!(store.responses(&dialogue("log"), Cursor(0), 10).await.unwrap(), before);
    let again = store.conversation(&conversation(2)).await.unwrap().unwrap();
    store.commit(turn(conversation(2), "after compaction", again.version.0)).await.unwrap();
}

async fn media_stay_while_they_are_named(store: &dyn Store) {
    let (of, log) = (conversation(9), dialogue("medier"));
    let mut ids = Vec::new();
    for n in 0..4u8 {
        ids.push(store.put_media(vec![n; 200_000], at(i64::from(n))).await.unwrap());
    }
    let there = async |n: usize| store.media(ids[n]).await.unwrap() == Some(vec![n as u8; 200_000]);
    assert_eq!(store.media(MediaId(Uuid::from_u128(1))).await.unwrap(), None, "what was never put");
    let begun = Changes { media: Some(ids[..3].to_vec()), ..turn(of, "9a", 0) };
    store.commit(begun).await.unwrap();
    assert_eq!(store.media_dialogue(ids[0]).await.unwrap(), None, "no response names it yet");
    assert_eq!(store.collect_media(at(3)).await.unwrap(), 0, "what is younger, or named, stays");
    assert_eq!(store.collect_media(at(4)).await.unwrap(), 1, "what nobody ever named goes");
    assert!(!there(3).await && there(0).await);
    let ended = Changes {
        media: Some(vec![ids[0]]),
        responses: vec![ResponseChange { media: vec![ids[0], ids[1]], ..response(&log, 90, "billeder") }],
        ..turn(of, "9b", 1)
    };
    store.commit(ended).await.unwrap();
    assert!(there(0).await && there(1).await, "what passes to the response stays");
    assert_eq!(store.media_dialogue(ids[0]).await.unwrap(), Some(log.clone()));
    assert_eq!(store.media_dialogue(ids[2]).await.unwrap(), None);
    assert!(!there(2).await, "what nobody names any more is gone at once");
    store.commit(turn(of, "9c", 2)).await.unwrap();
    store.compact(When::Now).await.unwrap();
    assert!(there(0).await && there(1).await, "a turn that says nothing of media changes nothing");
    store.erase_responses(vec![Uuid::from_u128(90)], at(9), Reason::Retention).await.unwrap();
    assert!(there(0).await, "the conversation names it still");
    assert!(!there(1).await, "media go with their response");
    store.erase(&of, at(9)).await.unwrap();
    assert!(!there(0).await, "and with their conversation");
}

async fn old_updates_are_forgotten(store: &dyn Store) {
    let of = conversation(7);
    store.commit(turn(of, "7a", 0)).await.unwrap();
    let days = 24 * 60 * 60;
    let tomorrow = Changes { at: at(days - 1), ..turn(of, "7a", 1) };
    assert!(
        matches!(store.commit(tomorrow).await, Err(StoreError::Duplicate(_))),
        "resent within a day it is known"
    );
    store.forget_updates(at(3 * days)).await.unwrap();
    let later = Changes { at: at(3 * days), ..turn(of, "7a", 1) };
    assert_eq!(store.commit(later).await.unwrap(), Version(2));
}

async fn many_at_once_lose_nothing(store: &dyn Store) {
    let log = dialogue("mange");
    let work = (100..164u8).map(|n| {
        let log = log.clone();
        async move {
            for k in 0..5u64 {
                let changes = Changes {
                    responses: vec![response(&log, u128::from(n) * 10 + u128::from(k), "svar")],
                    ..turn(conversation(n), &format!("{n}-{k}"), k)
                };
                store.commit(changes).await.unwrap();
                let seen = store.responses(&log, Cursor(0), 1000).await.unwrap();
                assert!(
                    seen.iter().any(|r| r.response.as_u128() == u128::from(n) * 10 + u128::from(k)),
                    "what was committed is seen"
                );
            }
        }
    });
    futures_join(work).await;
    let rows = store.responses(&log, Cursor(0), 1000).await.unwrap();
    let cursors: Vec<u64> = rows.iter().map(|r| r.cursor.0).collect();
    assert_eq!(cursors, (1..=320).collect::<Vec<u64>>(), "counted without gaps, in commit order");
}

// All at once on this task: enough to have many commits in flight.
async fn futures_join(work: impl Iterator<Item = impl Future<Output = ()>>) {
    let mut open: Vec<_> = work.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        open.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if open.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
