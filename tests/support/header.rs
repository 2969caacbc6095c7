//! What the dialogues that tests write begin with.

/// The header of `nordby/<code>`; its `steps:` come behind.
pub fn header(code: &str, anonymous: bool) -> String {
    format!(
        "format: 1
title: Prøve
languages: [da]
owner: Mette Lund
contact: havn@nordby.example
purpose: Finde ud af noget.
method: Chat.
target_group: Alle.
expected_effect: Noget.
give_back: {{by: 2035-05-01, how: På døren.}}
period: {{from: 2026-01-01, to: open}}
privacy: {{basis: consent, anonymous: {anonymous}, keep: 12 months, notice: Vi gemmer dine svar.}}
entry: {{code: {code}}}
audience: everyone
progress: no
"
    )
}
