//! What some parameters of a pull can be, as the description has it: `query` reads them.
#![allow(dead_code, reason = "described, and read by other means")]

use utoipa::ToSchema;

/// Bytes as they are.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Bytes(Vec<u8>);

/// On or off.
#[derive(ToSchema)]
pub enum Switch {
    #[schema(rename = "1")]
    On,
    #[schema(rename = "0")]
    Off,
}

#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum OfStatus {
    Complete,
    Partial,
    All,
}

#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum OfChoices {
    Code,
    Label,
    Both,
}

#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum OfRows {
    Wide,
    Long,
}

#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum OfCsv {
    Excel,
}
