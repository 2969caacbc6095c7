//! A ZIP archive as it is written: each file's bytes are packed as they come, nothing is kept but the list of files.
//!
//! Sizes and checksums stand behind each file (APPNOTE.TXT 4.3.9), so nothing has to be known before.

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::{self, Write};

/// Sizes and checksum follow the file; its name is UTF-8.
const FLAGS: u16 = 1 << 3 | 1 << 11;
const DEFLATED: u16 = 8;
const VERSION: u16 = 20;
/// 1 January 1980: when a file was pulled is nobody's business, and the same pull gives the same bytes.
const DATE: u16 = 1 << 5 | 1;

#[derive(Default)]
pub struct Package {
    files: Vec<Packed>,
    open: Option<Open>,
    /// Bytes given so far.
    at: u64,
}

struct Packed {
    name: String,
    at: u64,
    crc: u32,
    packed: u64,
    plain: u64,
}

struct Open {
    name: String,
    at: u64,
    crc: Crc,
    deflate: DeflateEncoder<Vec<u8>>,
    packed: u64,
    plain: u64,
}

impl Package {
    pub fn begin(&mut self, name: &str, out: &mut Vec<u8>) {
        let before = out.len();
        out.extend_from_slice(&0x0403_4b50_u32.to_le_bytes());
        [VERSION, FLAGS, DEFLATED, 0, DATE].iter().for_each(|n| short(*n, out));
        out.extend_from_slice(&[0; 12]);
        short(u16::try_from(name.len()).unwrap_or(u16::MAX), out);
        short(0, out);
        out.extend_from_slice(name.as_bytes());
        self.open = Some(Open {
            name: name.to_owned(),
            at: self.at,
            crc: Crc::new(),
            deflate: DeflateEncoder::new(Vec::new(), Compression::new(4)),
            packed: 0,
            plain: 0,
        });
        self.at += (out.len() - before) as u64;
    }

    pub fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.crc.update(bytes);
        open.plain += bytes.len() as u64;
        open.deflate.write_all(bytes)?;
        let packed = std::mem::take(open.deflate.get_mut());
        open.packed += packed.len() as u64;
        self.at += packed.len() as u64;
        out.extend(packed);
        Ok(())
    }

    pub fn close(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let rest = open.deflate.finish()?;
        let packed = open.packed + rest.len() as u64;
        out.extend_from_slice(&rest);
        let file = Packed { name: open.name, at: open.at, crc: open.crc.sum(), packed, plain: open.plain };
        let before = out.len();
        out.extend_from_slice(&0x0807_4b50_u32.to_le_bytes());
        [u64::from(file.crc), file.packed, file.plain].iter().for_each(|n| long(*n, out));
        self.at += (rest.len() + out.len() - before) as u64;
        self.files.push(file);
        Ok(())
    }

    /// The list of files, which a reader looks for at the end.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        let begin = out.len();
        for file in &self.files {
            out.extend_from_slice(&0x0201_4b50_u32.to_le_bytes());
            [VERSION, VERSION, FLAGS, DEFLATED, 0, DATE].iter().for_each(|n| short(*n, out));
            [u64::from(file.crc), file.packed, file.plain].iter().for_each(|n| long(*n, out));
            short(u16::try_from(file.name.len()).unwrap_or(u16::MAX), out);
            out.extend_from_slice(&[0; 12]);
            long(file.at, out);
            out.extend_from_slice(file.name.as_bytes());
        }
        let size = (out.len() - begin) as u64;
        let count = u16::try_from(self.files.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&0x0605_4b50_u32.to_le_bytes());
        [0, 0, count, count].iter().for_each(|n| short(*n, out));
        [size, self.at].iter().for_each(|n| long(*n, out));
        short(0, out);
    }
}

fn short(number: u16, out: &mut Vec<u8>) {
    out.extend_from_slice(&number.to_le_bytes());
}

// A sheet ends long before 4 GiB, and packed it is a tenth.
fn long(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}
