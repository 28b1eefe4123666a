//! Markup, read so that no file can cost more than its size: no entities but the
//! five of XML and characters by number, no document types, bounded nesting.
//!
//! OFX 1.x is SGML whose leaf tags stay open; [`Markup::lenient`] reads it too.

use encoding_rs::{Encoding, UTF_8};
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event};

use super::{StatementError, StatementFault, decode};

/// Deepest nesting: ISO 20022 messages stay below 20.
const DEPTH_MAX: usize = 64;

/// Most elements of one [`Node`]: a batch of ten thousand payments has fewer.
const ELEMENTS_MAX: usize = 500_000;

/// The text of an XML file, in the encoding that its declaration names.
pub(super) fn text(bytes: &[u8]) -> Result<String, StatementError> {
    decode::decode_marked_up(bytes, declared_encoding(bytes).unwrap_or(UTF_8))
}

/// The encoding that an XML declaration names, if it names one that is known.
pub(super) fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = decode::peek(bytes, UTF_8);
    let declaration = head.trim_start().strip_prefix("<?xml")?;
    let declaration = &declaration[..declaration.find("?>")?];
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value[1..].split(quote).next()?;
    // UTF-16 without a byte order mark cannot have been read this far.
    Encoding::for_label_no_replacement(label.as_bytes()).filter(|found| found.is_ascii_compatible())
}

/// Attributes that statements need: the currency of an amount, and of a cell of
/// a sheet its place and type.
const ATTRIBUTES: [&str; 3] = ["Ccy", "r", "t"];

/// One piece of markup.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A start tag: the local name, and those of [`ATTRIBUTES`] that it has.
    Open {
        name: String,
        attributes: Vec<(&'static str, String)>,
    },
    /// An end tag.
    Close { name: String },
    /// Text between tags; an entity may split it.
    Text(String),
    /// The end of the file.
    End,
}

/// A file's markup, piece by piece.
pub(super) struct Markup<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    lenient: bool,
    depth: usize,
    counted: usize,
    line: u64,
}

impl<'a> Markup<'a> {
    /// Well-formed XML.
    pub(super) fn strict(text: &'a str) -> Self {
        Self::new(text, false)
    }

    /// SGML with open tags, stray ampersands and unknown entities.
    pub(super) fn lenient(text: &'a str) -> Self {
        Self::new(text, true)
    }

    fn new(text: &'a str, lenient: bool) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = !lenient;
        config.allow_unmatched_ends = lenient;
        config.allow_dangling_amp = lenient;
        Self {
            reader,
            text,
            lenient,
            depth: 0,
            counted: 0,
            line: 1,
        }
    }

    /// The line on which the last piece ends.
    pub(super) fn line(&mut self) -> u64 {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let at = at.clamp(self.counted, self.text.len());
        let passed = &self.text.as_bytes()[self.counted..at];
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.counted = at;
        self.line
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Result<Piece, StatementError> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.broken(&error)),
            };
            let piece = match event {
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = tag.local_name().as_ref().to_owned();
                    let known = |key: &str| ATTRIBUTES.into_iter().find(|name| *name == key);
                    let mut attributes = tag.html_attributes();
                    let attributes = attributes
                        .with_checks(false)
                        .filter_map(Result::ok)
                        .filter_map(|attribute| {
                            let name = known(attribute.key.as_ref())?;
                            Some((name, attribute.value.into_owned()))
                        })
                        .collect();
                    self.deeper()?;
                    Piece::Open { name, attributes }
                }
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    Piece::Close {
                        name: tag.local_name().as_ref().to_owned(),
                    }
                }
                Event::Text(text) => Piece::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Piece::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(reference) => Piece::Text(self.resolved(&reference)?),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
                Event::DocType(_) => return Err(self.fault(NO_DOCTYPE)),
                Event::Eof if self.depth > 0 && !self.lenient => {
                    return Err(self.fault("the XML breaks off"));
                }
                Event::Eof => Piece::End,
            };
            return Ok(piece);
        }
    }

    /// The element that has just been opened, with all within it.
    pub(super) fn node(
        &mut self,
        name: String,
        attributes: Vec<(&'static str, String)>,
    ) -> Result<Node, StatementError> {
        let mut elements = 1;
        let mut open = vec![Node::new(name, attributes, self.line())];
        loop {
            match self.next()? {
                Piece::Open { name, attributes } => {
                    elements += 1;
                    if elements > ELEMENTS_MAX {
                        let what = "larger in one piece";
                        let error = StatementError::from(StatementFault::Markup { what });
                        return Err(error.on_line(self.line()));
                    }
                    open.push(Node::new(name, attributes, self.line()));
                }
                Piece::Text(text) => {
                    if let Some(node) = open.last_mut() {
                        node.text.push_str(&text);
                    }
                }
                Piece::Close { .. } => {
                    let Some(mut done) = open.pop() else {
                        return Err(self.fault("a tag closes what is not open"));
                    };
                    if !done.children.is_empty() {
                        done.text = String::new();
                    }
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
                Piece::End => return Err(self.fault("the XML breaks off")),
            }
        }
    }

    /// Passes over the element that has just been opened.
    pub(super) fn skip(&mut self) -> Result<(), StatementError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if self.next()? == Piece::End {
                return Err(self.fault("the XML breaks off"));
            }
        }
        Ok(())
    }

    /// A fault on the line of the last piece.
    pub(super) fn fault(&mut self, what: &'static str) -> StatementError {
        StatementError::from(StatementFault::Xml { what }).on_line(self.line())
    }

    fn deeper(&mut self) -> Result<(), StatementError> {
        self.depth += 1;
        // Tags that stay open nest for ever in SGML; its reader keeps no stack.
        if self.depth > DEPTH_MAX && !self.lenient {
            let error = StatementError::from(StatementFault::Markup {
                what: "nested deeper",
            });
            return Err(error.on_line(self.line()));
        }
        Ok(())
    }

    fn resolved(&mut self, reference: &BytesRef<'_>) -> Result<String, StatementError> {
        if let Ok(Some(char)) = reference.resolve_char_ref()
            && char != '\0'
        {
            return Ok(char.to_string());
        }
        match resolve_xml_entity(reference) {
            Some(text) => Ok(text.to_owned()),
            None if self.lenient => Ok(format!("&{};", &**reference)),
            None => Err(self.fault("an entity that XML does not have; entities are not expanded")),
        }
    }

    /// The parser's own messages quote names and values, so they stay out.
    fn broken(&mut self, error: &quick_xml::Error) -> StatementError {
        let what = match error {
            quick_xml::Error::Syntax(_) => "the XML breaks off within a tag",
            quick_xml::Error::IllFormed(_) => "not well-formed XML: tags do not match",
            _ => "not well-formed XML",
        };
        self.fault(what)
    }
}

const NO_DOCTYPE: &str = "a document type, which no statement needs and which is not read";

/// An element with all within it.
pub(super) struct Node {
    pub(super) name: String,
    /// The line that its start tag ends on.
    pub(super) line: u64,
    /// The attribute `Ccy`.
    pub(super) currency: Option<String>,
    text: String,
    children: Vec<Self>,
}

impl Node {
    fn new(name: String, attributes: Vec<(&'static str, String)>, line: u64) -> Self {
        let currency = attributes.into_iter().find(|(key, _)| *key == "Ccy");
        Self {
            name,
            line,
            currency: currency.map(|(_, value)| value),
            text: String::new(),
            children: Vec::new(),
        }
    }

    /// Its own text, trimmed; empty if it has elements within.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    /// The elements of that name within it.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element on a path such as `Tp/CdOrPrtry/Cd`.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |node, name| {
            node.children.iter().find(|child| child.name == name)
        })
    }

    /// The text of the first element on a path; empty if there is none.
    pub(super) fn text_at(&self, path: &str) -> &str {
        self.at(path).map_or("", Self::text)
    }

    /// The first text on one of several paths that is not empty.
    pub(super) fn first_text<'a>(&'a self, paths: &[&str]) -> &'a str {
        let mut texts = paths.iter().map(|path| self.text_at(path));
        texts.find(|text| !text.is_empty()).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(mut markup: Markup<'_>) -> Result<Vec<Piece>, StatementError> {
        let mut pieces = Vec::new();
        loop {
            match markup.next()? {
                Piece::End => return Ok(pieces),
                piece => pieces.push(piece),
            }
        }
    }

    fn refused(text: &str) -> (Option<u64>, String) {
        let error = pieces(Markup::strict(text)).unwrap_err();
        (error.line(), error.to_string())
    }

    #[test]
    fn a_node_holds_all_within_it() {
        let text =
            "<a>\n<x:b Ccy='EUR'> 1 &amp; &#50; </x:b><c><d/>\n<d><![CDATA[<3>]]></d></c></a>";
        let mut markup = Markup::strict(text);
        let Piece::Open { name, attributes } = markup.next().unwrap() else {
            panic!("no tag")
        };
        let node = markup.node(name, attributes).unwrap();
        assert_eq!(node.text_at("b"), "1 & 2");
        assert_eq!(node.at("b").unwrap().currency.as_deref(), Some("EUR"));
        assert_eq!(node.at("b").unwrap().line, 2);
        assert_eq!(node.at("c").unwrap().all("d").count(), 2);
        assert_eq!(node.first_text(&["x", "c/d", "b"]), "1 & 2");
        assert_eq!(markup.next().unwrap(), Piece::End);
    }

    #[test]
    fn entity_bombs_are_not_expanded() {
        let bomb = "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY b 'bb'>\n<!ENTITY c '&b;&b;'>]>\n<a>&c;</a>";
        assert!(refused(bomb).1.contains("document type"), "{bomb}");
        let (line, words) = refused("<a>\n&b;</a>");
        assert_eq!(line, Some(2));
        assert!(words.contains("not expanded"), "{words}");
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = "<a>".repeat(1_000_000);
        assert!(refused(&deep).1.contains("nested deeper"));
    }

    #[test]
    fn broken_xml_names_the_line() {
        for (text, line) in [
            ("<a>\n<b>\n</a>", 3),
            ("<a>\n", 2),
            ("<a>\n<b", 2),
            ("<a>&b</a>", 1),
        ] {
            let (got, words) = refused(text);
            assert_eq!(got, Some(line), "{text}: {words}");
        }
    }

    #[test]
    fn sgml_keeps_what_it_does_not_know() {
        let text = "<A><B>x & y &nbsp; &lt;\n<C>z</A>";
        let texts: String = pieces(Markup::lenient(text))
            .unwrap()
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(text),
                _ => None,
            })
            .collect();
        assert_eq!(texts, "x & y &nbsp; <\nz");
    }

    #[test]
    fn declared_encodings() {
        let found = |text: &str| declared_encoding(text.as_bytes()).map(Encoding::name);
        assert_eq!(
            found("<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?>"),
            Some("ISO-8859-15")
        );
        assert_eq!(
            found("<?xml version='1.0' encoding = 'utf-8'?>"),
            Some("UTF-8")
        );
        assert_eq!(found("<?xml version='1.0' encoding='utf-16'?>"), None);
        assert_eq!(found("<?xml version='1.0'?><a encoding='latin1'/>"), None);
    }
}
