//! Document paths.

/// A path to an attribute, or to an entry of a map within one.
///
/// A `&str` becomes the path of the top-level attribute of that name; dots in it have no meaning. Entries of maps are
/// reached with [`Path::of`]. Names are always sent as placeholders, so reserved words and any characters are fine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    root: String,
    rest: Vec<String>,
}

impl Path {
    /// The attribute `root`.
    pub fn attribute(root: impl Into<String>) -> Self {
        Self { root: root.into(), rest: Vec::new() }
    }

    /// The path `segments[0].segments[1]...`, one name a segment. No segments give the attribute with the empty name,
    /// which every table operation refuses as [`crate::Error::Invalid`].
    pub fn of<S: AsRef<str>>(segments: &[S]) -> Self {
        let mut names = segments.iter().map(|segment| segment.as_ref().to_owned());
        Self { root: names.next().unwrap_or_default(), rest: names.collect() }
    }

    /// The entry `name` of the map at this path.
    #[must_use]
    pub fn entry(mut self, name: impl Into<String>) -> Self {
        self.rest.push(name.into());
        self
    }

    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    pub(crate) fn is_nested(&self) -> bool {
        !self.rest.is_empty()
    }

    /// The names after the root, outermost first.
    pub(crate) fn rest(&self) -> &[String] {
        &self.rest
    }

    pub(crate) fn segments(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.root.as_str()).chain(self.rest.iter().map(String::as_str))
    }

    /// Whether one of the two is, or contains, the other.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.segments().zip(other.segments()).all(|(a, b)| a == b)
    }
}

impl From<&str> for Path {
    fn from(name: &str) -> Self {
        Self::attribute(name)
    }
}

impl From<String> for Path {
    fn from(name: String) -> Self {
        Self::attribute(name)
    }
}

impl From<&Path> for Path {
    fn from(path: &Path) -> Self {
        path.clone()
    }
}
