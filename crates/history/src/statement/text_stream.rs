//! Text out of a stream of bytes, in pieces of fixed size: any length of file
//! in bounded memory.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

use super::{Limits, StatementError, StatementFault};

/// A stream of bytes, decoded to UTF-8. A byte order mark decides over the
/// encoding; every line end becomes `\n`, and the last line has one.
///
/// What is no text stops the reading with a [`StatementError`] inside the I/O
/// error, which [`fault`] takes out.
pub(super) struct TextStream<R> {
    bytes: R,
    decoder: Option<Decoder>,
    encoding: &'static Encoding,
    text: String,
    given: usize,
    line: u64,
    line_bytes: usize,
    line_limit: usize,
    after_return: bool,
    ended: bool,
    /// Bytes of text handed out in all, and since the last grant.
    total: u64,
    granted: u64,
    spent: u64,
}

/// How many bytes are decoded at a time.
const PIECE: usize = 64 << 10;

impl<R: Read> TextStream<R> {
    pub(super) fn new(bytes: R, encoding: &'static Encoding, limits: &Limits) -> Self {
        Self {
            bytes,
            decoder: None,
            encoding,
            text: String::new(),
            given: 0,
            line: 1,
            line_bytes: 0,
            line_limit: limits.line_bytes,
            after_return: false,
            ended: false,
            total: 0,
            granted: u64::MAX,
            spent: 0,
        }
    }

    /// Lets at most `bytes` of text be read until the next grant: a quote that
    /// never closes must not take in the whole file.
    pub(super) fn grant(&mut self, bytes: u64) {
        self.granted = bytes;
        self.spent = 0;
    }

    /// How many bytes of text there are, once the end has been reached.
    pub(super) fn length(&self) -> Option<u64> {
        (self.ended && self.given == self.text.len()).then_some(self.total)
    }

    /// Decodes the next piece into `text`.
    fn fill(&mut self) -> io::Result<()> {
        let mut raw = vec![0; PIECE];
        let mut length = 0;
        // A byte order mark must not be cut, and a short read is no end.
        while length < raw.len() {
            match self.bytes.read(&mut raw[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let last = length < raw.len();
        let mut raw = &raw[..length];
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            none => {
                let encoding = match Encoding::for_bom(raw) {
                    Some((marked, mark)) => {
                        raw = &raw[mark..];
                        marked
                    }
                    None => self.encoding,
                };
                self.encoding = encoding;
                none.insert(encoding.new_decoder_without_bom_handling())
            }
        };
        let room = decoder.max_utf8_buffer_length_without_replacement(raw.len());
        let mut decoded = String::with_capacity(room.unwrap_or(0));
        let (result, _) = decoder.decode_to_string_without_replacement(raw, &mut decoded, last);
        self.text.clear();
        self.given = 0;
        self.take_in(&decoded)?;
        if result != DecoderResult::InputEmpty {
            let encoding = self.encoding.name();
            return Err(self.stop(StatementFault::Encoding { encoding }));
        }
        if last {
            self.ended = true;
            if self.line_bytes > 0 {
                self.text.push('\n');
                self.line_bytes = 0;
            }
        }
        Ok(())
    }

    /// Checks what was decoded, line by line, and makes its line ends one.
    fn take_in(&mut self, decoded: &str) -> io::Result<()> {
        let mut rest = decoded;
        if std::mem::take(&mut self.after_return) {
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        loop {
            let end = rest.find(['\n', '\r']);
            let line = &rest[..end.unwrap_or(rest.len())];
            if line.contains('\0') {
                return Err(self.stop(StatementFault::Nul));
            }
            self.line_bytes += line.len();
            if self.line_bytes > self.line_limit {
                let limit = self.line_limit;
                return Err(self.stop(StatementFault::LineTooLong { limit }));
            }
            self.text.push_str(line);
            let Some(end) = end else {
                return Ok(());
            };
            self.text.push('\n');
            self.line += 1;
            self.line_bytes = 0;
            let returned = rest.as_bytes()[end] == b'\r';
            rest = &rest[end + 1..];
            if returned {
                self.after_return = rest.is_empty();
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
        }
    }

    fn stop(&self, fault: StatementFault) -> io::Error {
        io::Error::other(StatementError::from(fault).on_line(self.line))
    }
}

impl<R: Read> Read for TextStream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if self.ended {
                return Ok(0);
            }
            self.fill()?;
        }
        if self.spent > self.granted {
            return Err(self.stop(StatementFault::OpenQuote));
        }
        let left = &self.text.as_bytes()[self.given..];
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.given += count;
        self.total += count as u64;
        self.spent = self.spent.saturating_add(count as u64);
        Ok(count)
    }
}

/// The fault that stopped a reading, on its line if it has one.
pub(super) fn fault(error: io::Error) -> StatementError {
    match error.downcast::<StatementError>() {
        Ok(fault) => fault,
        Err(error) => StatementFault::Unreadable(error.kind()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{GB18030, UTF_8, WINDOWS_1252};

    /// Gives its bytes a few at a time.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(self.1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn read(bytes: &[u8], encoding: &'static Encoding) -> Result<String, StatementError> {
        let mut texts = Vec::new();
        for drip in [1, 3, 1 << 20] {
            let mut stream = TextStream::new(Drip(bytes, drip), encoding, &Limits::default());
            let mut text = String::new();
            texts.push(match stream.read_to_string(&mut text) {
                Ok(_) => {
                    assert_eq!(stream.length(), Some(text.len() as u64));
                    Ok(text)
                }
                Err(error) => Err(fault(error)),
            });
        }
        assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?}");
        texts.remove(0)
    }

    #[test]
    fn line_ends_become_one_and_the_last_line_has_one() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"a", "a\n"),
            (b"a\n", "a\n"),
            (b"a\r\nb\rc\n\nd", "a\nb\nc\n\nd\n"),
            (b"\xef\xbb\xbfW\xc3\xa4hrung\r", "Währung\n"),
            (b"\xff\xfea\0\n\0", "a\n"),
        ] {
            assert_eq!(read(bytes, UTF_8).unwrap(), text);
        }
        assert_eq!(read(b"W\xe4hrung", WINDOWS_1252).unwrap(), "Währung\n");
        assert_eq!(read(b"\xca\xd5\xc8\xeb", GB18030).unwrap(), "收入\n");
    }

    #[test]
    fn pieces_meet_within_characters_and_line_ends() {
        let mut bytes = "é".repeat(20_000);
        bytes.push_str("\r\n");
        let long: String = bytes.repeat(9);
        for shift in 0..4 {
            let text = format!("{}{long}", "x".repeat(shift));
            let want = text.replace("\r\n", "\n");
            let mut got = String::new();
            TextStream::new(text.as_bytes(), UTF_8, &Limits::default())
                .read_to_string(&mut got)
                .unwrap();
            assert_eq!(got, want);
        }
    }

    #[test]
    fn what_is_no_text_names_its_line() {
        let line = |bytes: &[u8], encoding| read(bytes, encoding).unwrap_err().line();
        assert_eq!(line(b"a\nb\nc\xff", UTF_8), Some(3));
        assert_eq!(line(b"a\n\x80\xff", GB18030), Some(2));
        assert_eq!(line(b"a\r\nb\0\n", UTF_8), Some(2));
        let long = format!("a\n{}", "x".repeat(70_000));
        assert_eq!(line(long.as_bytes(), UTF_8), Some(2));
    }

    #[test]
    fn a_grant_is_not_overdrawn() {
        let text = "x\n".repeat(100_000);
        let mut stream = TextStream::new(text.as_bytes(), UTF_8, &Limits::default());
        stream.grant(1_000);
        let mut got = Vec::new();
        let mut buffer = [0; 512];
        let error = loop {
            match stream.read(&mut buffer) {
                Ok(count) => got.extend_from_slice(&buffer[..count]),
                Err(error) => break fault(error),
            }
        };
        assert!(matches!(error.fault(), StatementFault::OpenQuote));
        assert!(got.len() < 2_000, "{}", got.len());
    }
}
