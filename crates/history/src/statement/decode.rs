//! From bytes to text, refusing what is not text.

use encoding_rs::{DecoderResult, Encoding};

use super::{Limits, StatementError, StatementFault};

/// Decodes a whole file of lines. A byte order mark decides over `encoding`. The
/// text ends with a line end.
pub(super) fn decode(
    bytes: &[u8],
    encoding: &'static Encoding,
    limits: &Limits,
) -> Result<String, StatementError> {
    let text = decode_marked_up(bytes, encoding)?;
    check_lines(&text, limits)?;
    Ok(text)
}

/// Decodes a whole file whose lines may have any length, as those of XML and
/// JSON have. A byte order mark decides over `encoding`. The text ends with a
/// line end.
pub(super) fn decode_marked_up(
    bytes: &[u8],
    encoding: &'static Encoding,
) -> Result<String, StatementError> {
    let (encoding, bytes) = strip_mark(bytes, encoding);
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.unwrap_or(0));
    let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    if result != DecoderResult::InputEmpty {
        let encoding = encoding.name();
        return Err(
            StatementError::from(StatementFault::Encoding { encoding }).on_line(last_line(&text))
        );
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    if let Some(at) = text.find('\0') {
        return Err(StatementError::from(StatementFault::Nul).on_line(last_line(&text[..at])));
    }
    Ok(text)
}

/// Decodes the start of a file for a look, putting marks where bytes are no
/// text.
pub(super) fn peek(bytes: &[u8], encoding: &'static Encoding) -> String {
    let (encoding, bytes) = strip_mark(bytes, encoding);
    let head = &bytes[..bytes.len().min(PEEK)];
    let (text, _) = encoding.decode_without_bom_handling(head);
    text.into_owned()
}

/// The encoding of a file that should be in `encoding`: UTF-8 if its start is
/// that, and not only ASCII. Text in an older encoding cannot look so, and
/// banks change over without a word.
pub(super) fn settled(head: &[u8], encoding: &'static Encoding) -> &'static Encoding {
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The start may end within a character.
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    if is_utf8 && !head.is_ascii() {
        encoding_rs::UTF_8
    } else {
        encoding
    }
}

const PEEK: usize = 64 << 10;

fn strip_mark<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> (&'static Encoding, &'a [u8]) {
    match Encoding::for_bom(bytes) {
        Some((marked, length)) => (marked, &bytes[length..]),
        None => (encoding, bytes),
    }
}

fn check_lines(text: &str, limits: &Limits) -> Result<(), StatementError> {
    let limit = limits.line_bytes;
    let mut lines = text.lines().zip(1..);
    match lines.find(|(line, _)| line.len() > limit) {
        None => Ok(()),
        Some((_, number)) => {
            let fault = StatementFault::LineTooLong { limit };
            Err(StatementError::from(fault).on_line(number))
        }
    }
}

fn last_line(text: &str) -> u64 {
    1 + text.bytes().filter(|&byte| byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{GB18030, UTF_8, WINDOWS_1252};

    fn fails(bytes: &[u8], encoding: &'static Encoding) -> (Option<u64>, String) {
        let error = decode(bytes, encoding, &Limits::default()).unwrap_err();
        (error.line(), error.to_string())
    }

    #[test]
    fn encodings_and_marks() {
        let read = |bytes: &[u8], encoding| decode(bytes, encoding, &Limits::default()).unwrap();
        assert_eq!(read(b"W\xe4hrung", WINDOWS_1252), "Währung\n");
        assert_eq!(
            read(b"\xef\xbb\xbfW\xc3\xa4hrung\n", WINDOWS_1252),
            "Währung\n"
        );
        assert_eq!(read(b"\xff\xfea\0\n\0", UTF_8), "a\n");
        assert_eq!(read("收入".as_bytes(), UTF_8), "收入\n");
    }

    #[test]
    fn a_start_in_utf8_settles_the_encoding() {
        assert_eq!(settled("Währung".as_bytes(), WINDOWS_1252), UTF_8);
        assert_eq!(settled(&"Währung".as_bytes()[..2], WINDOWS_1252), UTF_8);
        assert_eq!(settled(b"W\xe4hrung", WINDOWS_1252), WINDOWS_1252);
        assert_eq!(settled(b"Waehrung", WINDOWS_1252), WINDOWS_1252);
        assert_eq!(settled(b"\xe4", WINDOWS_1252), WINDOWS_1252);
    }

    #[test]
    fn what_is_no_text_names_its_line() {
        assert_eq!(fails(b"a\nb\nc\xff", UTF_8).0, Some(3));
        assert_eq!(fails(b"a\n\x80\xff", GB18030).0, Some(2));
        assert!(fails(b"a\xff", UTF_8).1.contains("UTF-8"));
        assert_eq!(fails(b"a\nb\0\n", UTF_8).0, Some(2));
        let limits = Limits {
            line_bytes: 3,
            ..Limits::default()
        };
        let error = decode(b"abc\nabcd\n", UTF_8, &limits).unwrap_err();
        assert_eq!(error.fault(), &StatementFault::LineTooLong { limit: 3 });
        assert_eq!(error.line(), Some(2));
    }
}
