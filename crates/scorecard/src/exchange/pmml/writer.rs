//! XML as it is written: indented, escaped, in order.

use quick_xml::escape::escape;

use super::EXTENDER;

/// XML as it grows.
#[derive(Default)]
pub(super) struct Xml {
    pub(super) text: String,
    depth: usize,
}

impl Xml {
    pub(super) fn raw(&mut self, line: &str) {
        self.text.extend(std::iter::repeat_n(' ', 2 * self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(super) fn tag(name: &str, attributes: &[(&str, &str)], end: &str) -> String {
        let mut tag = format!("<{name}");
        for (key, value) in attributes {
            tag += &format!(" {key}=\"{}\"", escape(*value));
        }
        tag + end
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.raw(&Self::tag(name, attributes, ">"));
        self.depth += 1;
    }

    pub(super) fn close(&mut self, name: &str) {
        self.depth -= 1;
        self.raw(&format!("</{name}>"));
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.raw(&Self::tag(name, attributes, "/>"));
    }

    pub(super) fn extension(&mut self, name: &str, value: &str) {
        self.empty(
            "Extension",
            &[("extender", EXTENDER), ("name", name), ("value", value)],
        );
    }
}
