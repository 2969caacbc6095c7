//! Takes out of a picture what the eye does not see: where and with what it was taken, thumbnails, comments. Pixels, colours and
//! which side is up stay.
//!
//! What is kept is named, and everything else goes, so that nothing new slips through; libraries that are at hand take out EXIF
//! alone and leave XMP, IPTC and what phones append after the picture.

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Cleaned {
    Picture(Vec<u8>),
    /// A picture of a kind that cannot be cleaned here, or a broken one.
    Unfit,
    /// No picture.
    Other(Vec<u8>),
}

pub fn cleaned(bytes: Vec<u8>) -> Cleaned {
    let clean = match bytes.as_slice() {
        [0xff, 0xd8, ..] => jpeg(&bytes),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => png(&bytes),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp(&bytes),
        // TIFF, and the raw formats of cameras; HEIC and AVIF.
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => None,
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm' | b'a', b'e' | b'i' | b's' | b'v', _, _, ..] => None,
        _ => return Cleaned::Other(bytes),
    };
    clean.map_or(Cleaned::Unfit, Cleaned::Picture)
}

const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0xff, 0xd8];
    let mut at = 2;
    let mut scanned = false;
    // Cut short after the first scan it is a picture still.
    while let Some(marker) = marker(bytes, &mut at) {
        if marker == END {
            break;
        }
        let length = usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
        let segment = bytes.get(at..at + length).filter(|s| s.len() >= 2)?;
        at += length;
        let body = &segment[2..];
        let keeps = match marker {
            0xe0 => body.starts_with(b"JFIF\0"),
            0xe2 => body.starts_with(b"ICC_PROFILE\0"),
            0xee => body.starts_with(b"Adobe"),
            0xe1 => {
                out.extend(body.strip_prefix(b"Exif\0\0").and_then(turned).unwrap_or_default());
                false
            }
            0xe3..=0xed | 0xef | 0xfe => false,
            _ => true,
        };
        if keeps {
            out.extend([0xff, marker]);
            out.extend_from_slice(segment);
        }
        if marker == SCAN {
            let end = at + scan(&bytes[at..]);
            out.extend_from_slice(&bytes[at..end]);
            at = end;
            scanned = true;
        }
    }
    out.extend([0xff, END]);
    scanned.then_some(out)
}

fn marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    if *bytes.get(*at)? != 0xff {
        return None;
    }
    // Any number of fill bytes may stand before a marker.
    while *bytes.get(*at)? == 0xff {
        *at += 1;
    }
    *at += 1;
    Some(bytes[*at - 1])
}

// How far the compressed data goes: a marker in it is followed by 0, or restarts it.
fn scan(bytes: &[u8]) -> usize {
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    bytes.windows(2).position(ends).unwrap_or(bytes.len())
}

// A segment that says alone which side is up, where that is not the first row.
fn turned(tiff: &[u8]) -> Option<Vec<u8>> {
    let little = tiff.starts_with(b"II*\0");
    let two = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let four = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        usize::try_from(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }).ok()
    };
    let list = four(4)?;
    let entries = (0..usize::from(two(list)?)).map(|n| list + 2 + 12 * n);
    let way = entries.into_iter().find(|at| two(*at) == Some(0x0112)).and_then(|at| two(at + 8))?;
    let way = u8::try_from(way).ok().filter(|way| (2..=8).contains(way))?;
    let tiff = [b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[way], &[0; 6]];
    Some([b"\xff\xe1\0\x22Exif\0\0".as_slice(), &tiff.concat()].concat())
}

fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: [&[u8]; 11] =
        [b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT"];
    let mut out = bytes[..8].to_vec();
    let mut at = 8;
    loop {
        let length = u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?) as usize;
        // Length, name and checksum take twelve bytes.
        let chunk = bytes.get(at..at.checked_add(length)?.checked_add(12)?)?;
        let name = &chunk[4..8];
        if name[0].is_ascii_uppercase() || KEPT.contains(&name) {
            out.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            return Some(out);
        }
        at += chunk.len();
    }
}

fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: [&[u8]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
    let size = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?) as usize;
    let end = size.checked_add(8).filter(|end| *end <= bytes.len())?;
    let mut out = bytes[..12].to_vec();
    let mut at = 12;
    while at < end {
        let length = u32::from_le_bytes(*bytes.get(at + 4..)?.first_chunk()?) as usize;
        let padded = length.checked_add(length % 2)?.checked_add(8)?;
        let chunk = bytes.get(at..at.checked_add(padded)?)?;
        if KEPT.contains(&&chunk[..4]) {
            let start = out.len();
            out.extend_from_slice(chunk);
            if chunk.starts_with(b"VP8X") {
                // The flags that say EXIF and XMP are there.
                *out.get_mut(start + 8)? &= !0x0c;
            }
        }
        at += padded;
    }
    let size = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = (body.len() as u16 + 2).to_be_bytes();
        [&[0xff, marker], length.as_slice(), body].concat()
    }

    fn exif(way: u8) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
        tiff.extend(b"\x12\x01\x03\0\x01\0\0\0");
        tiff.extend([way, 0, 0, 0]);
        tiff.extend(b"\x25\x88\x04\0\x01\0\0\0\x00\x01\0\0GPS-MARKER");
        segment(0xe1, &[b"Exif\0\0".as_slice(), &tiff].concat())
    }

    fn picture(hidden: &[Vec<u8>]) -> Vec<u8> {
        let head = [vec![0xff, 0xd8], segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0")].concat();
        let table = segment(0xdb, &[7; 65]);
        let scans = [segment(0xda, b"\x01\x01\0\0\x3f\0"), b"data\xff\x00\xff\xd0more".to_vec()].concat();
        [head, hidden.concat(), table, scans.clone(), scans, vec![0xff, 0xd9]].concat()
    }

    #[test]
    fn a_jpeg_keeps_its_pixels_and_which_side_is_up_and_nothing_else() {
        let hidden = [
            exif(1),
            segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0MARKER"),
            segment(0xed, b"Photoshop 3.0\0MARKER"),
            segment(0xe2, b"MPF\0MARKER"),
            segment(0xfe, b"MARKER"),
        ];
        let mut bytes = picture(&hidden);
        bytes.extend(b"a film that the phone appends MARKER");
        assert_eq!(cleaned(bytes), Cleaned::Picture(picture(&[])));

        let Cleaned::Picture(clean) = cleaned(picture(&[exif(6)])) else { panic!() };
        assert_eq!(clean.len(), picture(&[]).len() + 36);
        let (segment, tiff) = (&clean[20..56], &clean[30..56]);
        assert_eq!(turned(tiff).unwrap(), segment, "read again it says the same");
        assert!(!clean.windows(6).any(|w| w == b"MARKER"));
        assert_eq!(cleaned(clean.clone()), Cleaned::Picture(clean), "clean is clean");
    }

    #[test]
    fn png_and_webp_lose_their_texts() {
        let chunk = |name: &[u8], body: &[u8]| {
            [(body.len() as u32).to_be_bytes().as_slice(), name, body, b"crc!"].concat()
        };
        let png = |middle: Vec<u8>| {
            let head = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", b"0123456789abc"), middle];
            [head.concat(), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")].concat()
        };
        let dirty = [chunk(b"eXIf", b"MARKER"), chunk(b"tEXt", b"MARKER"), chunk(b"gAMA", b"1234")].concat();
        assert_eq!(cleaned(png(dirty)), Cleaned::Picture(png(chunk(b"gAMA", b"1234"))));

        let part = |name: &[u8], body: &[u8]| {
            [name, (body.len() as u32).to_le_bytes().as_slice(), body, &vec![0; body.len() % 2]].concat()
        };
        let webp = |flags: u8, rest: Vec<u8>| {
            let body =
                [b"WEBP".to_vec(), part(b"VP8X", &[flags, 0, 0, 0]), part(b"VP8 ", b"odd"), rest].concat();
            [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
        };
        let dirty = webp(0x1c, [part(b"EXIF", b"MARKER"), part(b"XMP ", b"MARKER")].concat());
        assert_eq!(cleaned(dirty), Cleaned::Picture(webp(0x10, Vec::new())));
    }

    #[test]
    fn what_cannot_be_cleaned_is_not_taken_and_what_is_no_picture_stays() {
        for broken in [
            &b"\xff\xd8"[..],
            b"\xff\xd8\xff\xe0\x00\x10JF",
            b"\x89PNG\r\n\x1a\n\xff\xff\xff\xff",
            b"RIFF\xff\xff\xff\xffWEBP",
        ] {
            assert_eq!(cleaned(broken.to_vec()), Cleaned::Unfit, "{broken:?}");
        }
        for other in [
            &b"II*\0tiff"[..],
            b"MM\0*raw",
            b"\0\0\0\x18ftypheic",
            b"\0\0\0\x18ftypmif1",
            b"\0\0\0\x18ftypavif",
        ] {
            assert_eq!(cleaned(other.to_vec()), Cleaned::Unfit, "{other:?}");
        }
        let pdf = b"%PDF-1.7".to_vec();
        assert_eq!(cleaned(pdf.clone()), Cleaned::Other(pdf));
        // Whatever bytes come, nothing panics.
        for start in [&b"\xff\xd8"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBP"] {
            let whole = [start, &picture(&[exif(6)])[2..]].concat();
            for cut in start.len()..whole.len() {
                let _ = cleaned(whole[..cut].to_vec());
            }
        }
    }
}
