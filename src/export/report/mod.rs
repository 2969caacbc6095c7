//! Responses -> what they say together: how many answered what, where they left, who they are. No small number among them.
//!
//! Only these fixed tables are made, over all responses: there is no filter, so no two reports can be laid beside each other for
//! their difference. Counts go up in steps: what has come since the last full [`STEP`] waits, so that not even two reports of two
//! days tell what one citizen answered.

mod small;
mod split;
mod tally;

pub use small::hidden;
pub use tally::Tally;

use super::codebook::Texts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The smallest count that is told, except none at all.
pub const SMALLEST: u64 = 5;
/// So many responses are added at once.
pub const STEP: usize = 5;

/// Counts; `None` where one is not told because it is small, or because it would give away one that is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Responses that are counted: a multiple of [`STEP`].
    pub counted: u64,
    pub smallest: u64,
    pub complete: Option<u64>,
    pub partial: Option<u64>,
    /// Of complete responses, from start to end.
    pub median_seconds: Option<u64>,
    /// Of all that are counted; as a target group is described in words, it stands in the header.
    pub not_yet_user_share: Option<f64>,
    pub audience: Vec<Count>,
    pub place: Vec<Group>,
    pub channel: Vec<Group>,
    pub language: Vec<Group>,
    pub questions: Vec<Question>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Count {
    pub code: String,
    pub count: Option<u64>,
}

/// Those of one place, channel or language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Group {
    /// Empty for responses without one.
    pub code: String,
    pub count: Option<u64>,
    pub not_yet_users: Option<u64>,
    pub not_yet_user_share: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Question {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[schema(value_type = HashMap<String, String>)]
    pub text: Texts,
    pub answered: Option<u64>,
    pub skipped: Option<u64>,
    pub not_asked: Option<u64>,
    pub failed: Option<u64>,
    pub withdrawn: Option<u64>,
    /// Responses to a revision without the question.
    pub not_in_revision: Option<u64>,
    /// Who answered it and nothing behind it before they left.
    pub left_after: Option<u64>,
    /// Between the answer before and this one.
    pub median_seconds: Option<u64>,
    /// How often each option was chosen; of a ranking, as the first. Empty for questions without options.
    pub bars: Vec<Bar>,
    /// The same by place; where there is one place alone by channel, else by language; empty where none of them is several. By
    /// audience it stands at each option.
    pub by: Vec<Split>,
}

/// A question's options over groups of citizens. A group may have less here than in the whole: what is new is added when a group
/// has five, and those of groups that have fewer are told in the whole alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Split {
    /// `place`, `channel` or `language`
    pub by: String,
    pub groups: Vec<Part>,
}

/// What those of one group chose: all of it is told, or nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Part {
    /// Empty for responses without one.
    pub code: String,
    pub answered: Option<u64>,
    /// In the order of the question's bars.
    pub bars: Vec<Count>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Bar {
    pub code: String,
    #[schema(value_type = HashMap<String, String>)]
    pub label: Texts,
    pub count: Option<u64>,
    /// Those of them who do not use the place yet.
    pub not_yet_users: Option<u64>,
}

/// A report with whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page {
    pub dialogue: String,
    /// What staff wrote at the top of the dialogue's latest revision, as the list of dialogues has it.
    #[schema(value_type = Object)]
    pub header: serde_json::Value,
    #[serde(flatten)]
    pub report: Report,
}
