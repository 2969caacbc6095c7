//! Stored responses -> CSV, NDJSON and the codebook that explains them. Pure: rows come in, bytes go out.
//!
//! A [`Codebook`] grows with each revision and never moves a column. A [`Sheet`] is one pull: it takes stored rows one by
//! one and writes each into a buffer, so that whoever streams decides how much is in memory.

mod atlas;
mod codebook;
mod csv;
mod cursor;
mod describe;
mod filter;
mod layout;
mod ndjson;
mod sheet;
mod votes;

pub use atlas::{Atlas, Cell, Given, State};
pub use codebook::{Codebook, Coded, Column, Role, TypeOf};
pub use csv::{Csv, Dialect, Shape};
pub use cursor::{CursorError, Cursors};
pub use filter::Filter;
pub use layout::{Fixed, Layout, Table, Unknown, Wish};
pub use sheet::{Form, Sheet, SheetError, Stored};
