//! Cells as the rows of a worksheet, and the few fixed files around it.
//!
//! Written here rather than by a library: those at hand hold the whole sheet in memory or in a temporary file in clear. This one
//! keeps a row at a time.

use super::filter::second;
use super::package::Package;
use super::table::Cells;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use std::fmt::Write;
use std::io;

/// support.microsoft.com, "Excel specifications and limits": rows in a sheet, some left for the lines of one long response.
const MAX_ROWS: u32 = 1_048_576 - 4_096;
/// As above: UTF-16 units in a cell.
const MAX_UNITS: usize = 32_767;
/// A file in a package is no longer than 4 GiB.
const MAX_BYTES: u64 = 3 << 30;
/// From Excel's day 0 to 1970.
const EPOCH_DAYS: i64 = 25_569;
const EPOCH: Date = jiff::civil::date(1970, 1, 1);
/// Before 1 March 1900 Excel counts a day that there never was.
const FIRST_DAY: Date = jiff::civil::date(1900, 3, 1);
/// Digits that a spreadsheet's numbers keep.
const DIGITS: usize = 15;

/// Places in the styles below.
#[derive(Debug, Clone, Copy)]
enum Style {
    /// What stands in it is text, also after somebody has edited the cell.
    Words = 1,
    Moment = 2,
    Date = 3,
    Clock = 4,
    Header = 5,
}

const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="20" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;

const SHEET_HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><sheetData>"#;
const SHEET_TAIL: &str = "</sheetData></worksheet>";

const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

/// A workbook while it is written. Rows that do not fit into one sheet go on in the next.
#[derive(Default)]
pub struct Workbook {
    package: Package,
    sheets: Vec<String>,
    /// Of the open sheet.
    bytes: u64,
}

impl std::fmt::Debug for Workbook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Workbook({:?})", self.sheets)
    }
}

impl Workbook {
    /// A sheet begins; the one before ends.
    pub fn sheet(&mut self, name: &str, pen: &mut Pen, out: &mut Vec<u8>) -> io::Result<()> {
        self.close(out)?;
        self.sheets.push(self.free(name));
        self.bytes = 0;
        pen.rows = 0;
        self.package.begin(&format!("xl/worksheets/sheet{}.xml", self.sheets.len()), out);
        self.package.write(SHEET_HEAD.as_bytes(), out)
    }

    // Excel refuses these signs in the name of a sheet, more than 31 letters (some are left for a number), and a name twice.
    fn free(&self, name: &str) -> String {
        let name: String = name.chars().filter(|c| !r"[]:*?/\'".contains(*c)).take(24).collect();
        let taken = |name: &String| self.sheets.iter().any(|s| s.to_lowercase() == name.to_lowercase());
        let numbered = (2..).map(|n| format!("{name} {n}"));
        std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(name)
    }

    /// Takes the rows that the pen has written.
    pub fn take(&mut self, pen: &mut Pen, out: &mut Vec<u8>) -> io::Result<()> {
        self.bytes += pen.xml.len() as u64;
        self.package.write(pen.xml.as_bytes(), out)?;
        pen.xml.clear();
        Ok(())
    }

    pub fn is_full(&self, pen: &Pen) -> bool {
        pen.rows >= MAX_ROWS || self.bytes >= MAX_BYTES
    }

    pub fn end(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.close(out)?;
        let [types, book, relations] = self.contents();
        for (name, text) in [
            ("xl/styles.xml", STYLES),
            ("xl/workbook.xml", &book),
            ("xl/_rels/workbook.xml.rels", &relations),
            ("_rels/.rels", RELATIONS),
            ("[Content_Types].xml", &types),
        ] {
            self.package.begin(name, out);
            self.package.write(text.as_bytes(), out)?;
            self.package.close(out)?;
        }
        self.package.end(out);
        Ok(())
    }

    fn close(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        if self.sheets.is_empty() {
            return Ok(());
        }
        self.package.write(SHEET_TAIL.as_bytes(), out)?;
        self.package.close(out)
    }

    // Content types, the workbook, and where its sheets are.
    fn contents(&self) -> [String; 3] {
        const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
        const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const MAIN: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
        let mut types = format!(
            "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{MAIN}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"{MAIN}.styles+xml\"/>"
        );
        let mut book = format!(
            "{HEAD}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{OFFICE}\"><sheets>"
        );
        let mut relations = format!(
            "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
        );
        for (n, sheet) in (1..).zip(&self.sheets) {
            let mut name = String::new();
            escaped(sheet, &mut name);
            let _ = write!(
                types,
                "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{MAIN}.worksheet+xml\"/>"
            );
            let _ = write!(book, "<sheet name=\"{name}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>");
            let _ = write!(
                relations,
                "<Relationship Id=\"rId{n}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
            );
        }
        let styles = self.sheets.len() + 1;
        let _ = write!(
            relations,
            "<Relationship Id=\"rId{styles}\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
        );
        types.push_str("</Types>");
        book.push_str("</sheets></workbook>");
        [types, book, relations]
    }
}

/// Writes rows.
#[derive(Debug, Default)]
pub struct Pen {
    xml: String,
    /// In the sheet so far.
    rows: u32,
    /// In the row so far.
    cells: u32,
}

impl Pen {
    // Where the next cell stands: `AB12`.
    fn place(&mut self) -> String {
        if self.cells == 0 {
            self.rows += 1;
            let _ = write!(self.xml, "<row r=\"{}\">", self.rows);
        }
        let mut letters = Vec::new();
        let mut rest = self.cells;
        loop {
            letters.push(b'A' + u8::try_from(rest % 26).unwrap_or(0));
            rest /= 26;
            if rest == 0 {
                break;
            }
            rest -= 1;
        }
        self.cells += 1;
        let letters: String = letters.iter().rev().map(|b| char::from(*b)).collect();
        format!("{letters}{}", self.rows)
    }

    fn string(&mut self, text: &str, style: Option<Style>) {
        let place = self.place();
        if text.is_empty() {
            return;
        }
        // Whatever is in it, a text of this type is never worked out.
        let _ = write!(self.xml, "<c r=\"{place}\"");
        if let Some(style) = style {
            let _ = write!(self.xml, " s=\"{}\"", style as u8);
        }
        self.xml.push_str(" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        escaped(fitting(text), &mut self.xml);
        self.xml.push_str("</t></is></c>");
    }

    fn value(&mut self, value: &str, style: Option<Style>) {
        let place = self.place();
        let _ = match style {
            None => write!(self.xml, "<c r=\"{place}\"><v>{value}</v></c>"),
            Some(style) => write!(self.xml, "<c r=\"{place}\" s=\"{}\"><v>{value}</v></c>", style as u8),
        };
    }
}

impl Cells for Pen {
    fn text(&mut self, text: &str) {
        let header = self.rows == 0 || (self.rows == 1 && self.cells > 0);
        self.string(text, header.then_some(Style::Header));
    }

    fn words(&mut self, text: &str) {
        self.string(text, Some(Style::Words));
    }

    fn number(&mut self, number: Decimal) {
        let text = number.normalize().to_string();
        match text.bytes().filter(u8::is_ascii_digit).count() {
            0..=DIGITS => self.value(&text, None),
            _ => self.string(&text, None),
        }
    }

    fn flag(&mut self, on: bool) {
        self.value(if on { "1" } else { "0" }, None);
    }

    /// In UTC, to the second, as everywhere else.
    fn moment(&mut self, at: Timestamp) {
        let second = second(at).as_second();
        let (day, part) = (second.div_euclid(86_400) + EPOCH_DAYS, second.rem_euclid(86_400));
        let part = Decimal::from(part) / Decimal::from(86_400);
        self.value(&(Decimal::from(day) + part).round_dp(10).normalize().to_string(), Some(Style::Moment));
    }

    fn date(&mut self, date: Date) {
        if date < FIRST_DAY {
            return self.string(&date.to_string(), None);
        }
        let days = EPOCH.until(date).map_or(0, |span| i64::from(span.get_days()));
        self.value(&(days + EPOCH_DAYS).to_string(), Some(Style::Date));
    }

    fn clock(&mut self, time: Time) {
        let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
        let part = Decimal::from(minutes) / Decimal::from(1_440);
        self.value(&part.round_dp(10).normalize().to_string(), Some(Style::Clock));
    }

    fn empty(&mut self) {
        let _ = self.place();
    }

    fn end(&mut self) {
        self.cells = 0;
        self.xml.push_str("</row>");
    }
}

fn fitting(text: &str) -> &str {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > MAX_UNITS {
            return &text[..at];
        }
    }
    text
}

// What XML cannot hold is written as the standard (ECMA-376 part 1, 22.9.2.19) has it: `_x0007_`; so what looks like that is
// written with its own line made harmless.
fn escaped(text: &str, out: &mut String) {
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '_' if is_escape(&text[at..]) => out.push_str("_x005F_"),
            '\n' | '\t' => out.push(c),
            c if c.is_ascii_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(out, "_x{:04X}_", c as u32);
            }
            c => out.push(c),
        }
    }
}

fn is_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7 && bytes[1] == b'x' && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}
