//! What people type, read as a value: numbers, dates, times, yes or no, addresses. Tables of words and small grammars.
//!
//! A reader takes the words and what it must know of the world, and gives the one value that they mean; `None` where they
//! mean none or several.

pub mod contact;
pub mod date;
pub mod number;
pub mod place;
pub mod time;
mod tokens;
mod vocabulary;
pub mod yesno;

pub use vocabulary::{is_command, is_word, lists_of};
