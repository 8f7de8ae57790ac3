//! Elements of XML, one call each.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// A document being written. Nothing here can fail: memory takes all.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// A document whose root is of this type.
    pub fn new(doctype: &str) -> Self {
        let mut xml = Self(Writer::new_with_indent(Vec::new(), b' ', 1));
        xml.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml.put(Event::DocType(BytesText::from_escaped(doctype)));
        xml
    }

    fn put(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("memory takes all");
    }

    /// Begins an element.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.put(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())));
    }

    /// Ends it.
    pub fn close(&mut self, name: &str) {
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.put(Event::Empty(BytesStart::new(name).with_attributes(attributes.iter().copied())));
    }

    /// An element with a text.
    pub fn leaf(&mut self, name: &str, text: impl std::fmt::Display) {
        self.leaf_with(name, &[], text);
    }

    /// An element with attributes and a text. Characters that XML cannot hold are left out.
    pub fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: impl std::fmt::Display) {
        let mut text = text.to_string();
        text.retain(|letter| !letter.is_control() && !matches!(letter, '\u{FFFE}' | '\u{FFFF}'));
        self.open(name, attributes);
        self.put(Event::Text(BytesText::new(&text)));
        self.close(name);
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        let mut bytes = self.0.into_inner();
        bytes.push(b'\n');
        bytes
    }
}
