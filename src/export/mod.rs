//! Stored responses -> CSV, NDJSON, JSON, XLSX and the codebook that explains them. Pure: rows come in, bytes go out.
//!
//! A [`Codebook`] grows with each revision and never moves a column. A [`Sheet`] says what a pull shall be, its [`Writer`] takes
//! stored rows one by one and gives their bytes, so that whoever streams decides how much is in memory.

mod atlas;
mod codebook;
mod contacts;
mod csv;
mod cursor;
mod describe;
mod filter;
mod labels;
mod layout;
mod ndjson;
mod package;
mod papers;
pub mod report;
mod sheet;
mod table;
mod votes;
mod xlsx;

pub use atlas::{Atlas, Cell, Given, State};
pub use codebook::{Codebook, Coded, Column, Role, TypeOf};
pub use csv::{Csv, Dialect, harmless};
pub use cursor::{CursorError, Cursors};
pub use describe::Described;
pub use filter::Filter;
pub use labels::Values;
pub use layout::{CONTACTS, Fixed, Layout, Table, Unknown, Wish};
pub use papers::{Paper, papers};
pub use sheet::{Form, Sheet, SheetError, Stored, Writer};
pub use table::{Look, Shape};
