//! XML as a tree, without anything that could cost more than the file's size:
//! no document type, no entities but the five of XML and characters by number,
//! bounded nesting.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::super::error::{ImportFault, short};

/// Deepest nesting; compound predicates nest, but not so far.
const DEPTH_MAX: usize = 64;

/// One element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its local name.
    pub(crate) name: String,
    pub(crate) line: u64,
    attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
}

impl Element {
    /// Reads a document's root element.
    pub(crate) fn read(text: &str) -> Result<Self, ImportFault> {
        Document::new(text).root()
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of an attribute that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, ImportFault> {
        self.attribute(name)
            .ok_or_else(|| self.fault(format!("attribute {name} is missing")))
    }

    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// A fault of this element.
    pub(crate) fn fault(&self, message: impl Into<String>) -> ImportFault {
        let name = ["name", "field", "modelName"]
            .iter()
            .find_map(|key| self.attribute(key));
        let element = match name {
            Some(name) => format!("{} {:?}", self.name, short(name)),
            None => self.name.clone(),
        };
        ImportFault::Element {
            element,
            line: self.line,
            message: message.into(),
        }
    }
}

struct Document<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    counted: usize,
    line: u64,
}

impl<'a> Document<'a> {
    fn new(text: &'a str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        Self {
            reader: Reader::from_str(text),
            text,
            counted: 0,
            line: 1,
        }
    }

    fn root(mut self) -> Result<Element, ImportFault> {
        let mut open: Vec<Element> = Vec::new();
        let mut root = None;
        loop {
            let event = self.reader.read_event();
            let line = self.line();
            let fault = |message: String| ImportFault::Line { line, message };
            match event.map_err(|error| fault(format!("not well-formed XML: {error}")))? {
                Event::Start(tag) => {
                    if open.len() == DEPTH_MAX {
                        return Err(fault(format!("elements nest deeper than {DEPTH_MAX}")));
                    }
                    open.push(element(&tag, line)?);
                }
                Event::Empty(tag) => close(element(&tag, line)?, &mut open, &mut root, line)?,
                Event::End(_) => {
                    let done = open.pop();
                    let done =
                        done.ok_or_else(|| fault("a tag closes what is not open".to_owned()))?;
                    close(done, &mut open, &mut root, line)?;
                }
                Event::Text(text) => add(&mut open, &text.xml10_content()),
                Event::CData(text) => add(&mut open, &text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let text = resolved(&reference).ok_or_else(|| {
                        fault("an entity; want only those that XML itself has".to_owned())
                    })?;
                    add(&mut open, &text);
                }
                Event::DocType(_) => {
                    let message = "a document type, which could define entities without bound; \
                                   remove the <!DOCTYPE …>";
                    return Err(fault(message.to_owned()));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => {
                    return match (root, open.last()) {
                        (Some(root), None) => Ok(root),
                        (_, Some(inner)) => {
                            let message =
                                format!("the file ends inside {}; is it cut short?", inner.name);
                            Err(fault(message))
                        }
                        (None, None) => Err(fault("no element".to_owned())),
                    };
                }
            }
        }
    }

    fn line(&mut self) -> u64 {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let at = at.clamp(self.counted, self.text.len());
        let passed = &self.text.as_bytes()[self.counted..at];
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.counted = at;
        self.line
    }
}

fn element(tag: &BytesStart<'_>, line: u64) -> Result<Element, ImportFault> {
    let name = tag.local_name().as_ref().to_owned();
    let fault = |message: String| ImportFault::Line { line, message };
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| fault(format!("{name}: {error}")))?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| fault(format!("{name}: {error}")))?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element {
        name,
        line,
        attributes,
        children: Vec::new(),
        text: String::new(),
    })
}

fn close(
    done: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
    line: u64,
) -> Result<(), ImportFault> {
    match open.last_mut() {
        Some(parent) => parent.children.push(done),
        None if root.is_none() => *root = Some(done),
        None => {
            let message = "two root elements; want one".to_owned();
            return Err(ImportFault::Line { line, message });
        }
    }
    Ok(())
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn resolved(reference: &BytesRef<'_>) -> Option<String> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character.to_string());
    }
    resolve_xml_entity(reference).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_with_lines() {
        let root = Element::read(
            "<?xml version=\"1.0\"?>\n<a x=\"1 &lt; 2\">\n <p:b>t&amp;&#65;</p:b><c/>\n</a>",
        );
        let root = root.expect("read");
        assert_eq!((root.name.as_str(), root.line), ("a", 2));
        assert_eq!(root.attribute("x"), Some("1 < 2"));
        let b = root.child("b").expect("a child");
        assert_eq!((b.text.as_str(), b.line), ("t&A", 3));
        assert!(
            root.required("y")
                .expect_err("none")
                .to_string()
                .contains("line 2")
        );
    }

    #[test]
    fn what_could_grow_or_is_cut_short_is_refused() {
        let deep = "<a>".repeat(70);
        for (text, want) in [
            (
                "<!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>",
                "document type",
            ),
            ("<a>&b;</a>", "an entity"),
            ("<a x=\"&b;\"/>", "line 1"),
            ("<a><b></a>", "not well-formed"),
            ("<a>\n<b>", "ends inside b"),
            ("<a/><b/>", "two root elements"),
            ("", "no element"),
            (deep.as_str(), "nest deeper than 64"),
        ] {
            let error = Element::read(text).expect_err(text).to_string();
            assert!(error.contains(want), "{text}: {error}");
        }
    }
}
