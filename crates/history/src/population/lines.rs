//! Records of a CSV file that may be of any size: line by line, with a bound on
//! each, so that a hostile quote cannot swallow the file into memory.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use csv::StringRecord;
use csv_core::ReadRecordResult;
use encoding_rs::{Encoding, UTF_8};
use flate2::bufread::MultiGzDecoder;

/// Longest line in bytes.
pub(crate) const LINE_MAX: usize = 1 << 20;
/// Most fields of a line.
pub(crate) const FIELDS_MAX: usize = 20_000;

/// What can be wrong with a line before any field is looked at.
#[derive(Debug, thiserror::Error)]
pub enum LineFault {
    /// The file could not be read on.
    #[error("cannot read on: {0}; the file may be cut short")]
    Io(std::io::ErrorKind),
    /// A line longer than the limit.
    #[error("longer than {LINE_MAX} bytes; is this a table? check the file")]
    TooLong,
    /// A line of more fields than the limit.
    #[error("more than {FIELDS_MAX} fields; is this a table? check the delimiter")]
    TooManyFields,
    /// A NUL character.
    #[error("a NUL character; the file is damaged or not text")]
    Nul,
    /// Bytes that are no text in the encoding.
    #[error("bytes that are no {0} text; check the encoding")]
    Encoding(&'static str),
    /// A quote that is not closed on its line.
    #[error(
        "a quote opens and does not close on the line; cells with line breaks are not read, and \
         a line may be broken or the file cut short"
    )]
    OpenQuote,
    /// A line of another shape than the header.
    #[error(
        "got {got} fields; want {want} as in the header; the line is broken or the file cut short"
    )]
    Fields {
        /// Fields of the line.
        got: usize,
        /// Fields of the header.
        want: usize,
    },
}

/// A table's file, decompressed on the way if its name ends in `.gz`.
///
/// # Errors
/// If it cannot be opened.
pub fn open_table(path: &Path) -> std::io::Result<Box<dyn BufRead + Send>> {
    let file = BufReader::with_capacity(1 << 18, File::open(path)?);
    if path.extension().is_some_and(|ending| ending == "gz") {
        let text = MultiGzDecoder::new(file);
        return Ok(Box::new(BufReader::with_capacity(1 << 18, text)));
    }
    Ok(Box::new(file))
}

/// Lines of a file, one record each.
pub(crate) struct Lines<R> {
    input: R,
    line: u64,
    bytes: u64,
    raw: Vec<u8>,
    split: Splitter,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R, delimiter: u8, encoding: &'static Encoding) -> Self {
        Self {
            input,
            line: 0,
            bytes: 0,
            raw: Vec::new(),
            split: Splitter::new(delimiter, encoding),
        }
    }

    /// The number of the line read last, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes of text were read.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The line read last, ending with one line end.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The next line's fields into `record`; `false` at the end. Blank lines
    /// are passed over.
    pub(crate) fn next_into(&mut self, record: &mut StringRecord) -> Result<bool, LineFault> {
        while self.next_raw()? {
            if self.raw.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            self.split.split(&self.raw, record)?;
            return Ok(true);
        }
        Ok(false)
    }

    fn next_raw(&mut self) -> Result<bool, LineFault> {
        self.raw.clear();
        let most = LINE_MAX as u64 + 2;
        let read = self
            .input
            .by_ref()
            .take(most)
            .read_until(b'\n', &mut self.raw);
        self.line += 1;
        let read = read.map_err(|error| LineFault::Io(error.kind()))?;
        if read == 0 {
            return Ok(false);
        }
        self.bytes += read as u64;
        if self.line == 1 && self.raw.starts_with(b"\xef\xbb\xbf") {
            self.raw.drain(..3);
        }
        while self
            .raw
            .last()
            .is_some_and(|end| matches!(end, b'\n' | b'\r'))
        {
            self.raw.pop();
        }
        if self.raw.len() > LINE_MAX {
            return Err(LineFault::TooLong);
        }
        if self.raw.contains(&0) {
            return Err(LineFault::Nul);
        }
        self.raw.push(b'\n');
        Ok(true)
    }
}

/// Takes a line apart.
pub(crate) struct Splitter {
    parser: csv_core::Reader,
    encoding: &'static Encoding,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    pub(crate) fn new(delimiter: u8, encoding: &'static Encoding) -> Self {
        Self {
            parser: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            encoding,
            text: vec![0; 1024],
            ends: vec![0; 64],
        }
    }

    /// The fields of `line`, which ends with a line end.
    pub(crate) fn split(
        &mut self,
        line: &[u8],
        record: &mut StringRecord,
    ) -> Result<(), LineFault> {
        self.parser.reset();
        // Fields are never longer than the line they stand on.
        self.text.resize(line.len().max(self.text.len()), 0);
        let (mut input, mut written, mut ended) = (line, 0, 0);
        loop {
            let (result, read, wrote, fields) =
                self.parser
                    .read_record(input, &mut self.text[written..], &mut self.ends[ended..]);
            (written, ended) = (written + wrote, ended + fields);
            input = &input[read..];
            match result {
                ReadRecordResult::Record if input.is_empty() => break,
                // A line end inside a line, or a quote that takes it in.
                ReadRecordResult::Record | ReadRecordResult::End | ReadRecordResult::InputEmpty => {
                    return Err(LineFault::OpenQuote);
                }
                ReadRecordResult::OutputFull => self.text.resize(2 * self.text.len(), 0),
                ReadRecordResult::OutputEndsFull => self.more_ends()?,
            }
        }
        self.fill(ended, record)
    }

    fn more_ends(&mut self) -> Result<(), LineFault> {
        if self.ends.len() > FIELDS_MAX {
            return Err(LineFault::TooManyFields);
        }
        self.ends.resize(2 * self.ends.len(), 0);
        Ok(())
    }

    fn fill(&self, fields: usize, record: &mut StringRecord) -> Result<(), LineFault> {
        let bad = || LineFault::Encoding(self.encoding.name());
        record.clear();
        let mut start = 0;
        for &end in &self.ends[..fields] {
            let field = self.text.get(start..end).ok_or(LineFault::OpenQuote)?;
            if self.encoding == UTF_8 {
                record.push_field(std::str::from_utf8(field).map_err(|_| bad())?);
            } else {
                let text = self
                    .encoding
                    .decode_without_bom_handling_and_without_replacement(field)
                    .ok_or_else(bad)?;
                record.push_field(&text);
            }
            start = end;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Vec<Vec<String>>, (u64, LineFault)> {
        let mut lines = Lines::new(text, b',', UTF_8);
        let mut record = StringRecord::new();
        let mut all = Vec::new();
        loop {
            match lines.next_into(&mut record) {
                Ok(true) => all.push(record.iter().map(str::to_owned).collect()),
                Ok(false) => return Ok(all),
                Err(fault) => return Err((lines.line(), fault)),
            }
        }
    }

    #[test]
    fn quotes_blank_lines_and_line_ends() {
        let got = read(b"\xef\xbb\xbfa,b\r\n\r\n\"x, \"\"y\"\"\",2\n\n3,").unwrap();
        assert_eq!(got, [["a", "b"], ["x, \"y\"", "2"], ["3", ""]]);
        assert!(read(b"").unwrap().is_empty());
    }

    #[test]
    fn broken_lines_are_named() {
        let wide = ",".repeat(FIELDS_MAX * 3);
        let long = "a".repeat(LINE_MAX + 1);
        for (text, line, word) in [
            (&b"a,b\n1,\"2\n3,4\n"[..], 2, "quote"),
            (b"a\n\xff\n", 2, "UTF-8"),
            (b"a\n\nb\0\n", 3, "NUL"),
            (b"a\n1\r2\n", 2, "broken"),
            (wide.as_bytes(), 1, "fields"),
            (long.as_bytes(), 1, "longer"),
        ] {
            let (at, fault) = read(text).unwrap_err();
            assert_eq!(at, line, "{fault}");
            assert!(fault.to_string().contains(word), "{fault}");
        }
    }
}
