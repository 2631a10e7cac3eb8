//! Categories: the paths that products name, each level of a path being one.

use rialto_kernel::CategoryId;
use serde::{Deserialize, Serialize};

use super::{attributes::Attribute, row::CATEGORY_DEPTH};

/// Between the levels of a path that is written as one text.
const LEVEL: char = '>';

/// A category, or the place where one was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// Follows from the path, whatever its case.
    pub category_id: CategoryId,
    /// From the department down, as first written or as an operator named it.
    pub path: Vec<String>,
    /// Counts the changes of what stands at this path.
    #[serde(default)]
    pub version: u64,
    /// What operators declared for its products and those under it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Where the category went that was here: whoever names this path means that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
}

/// Where a category went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// Its path then; it may have gone on since.
    pub to: Vec<String>,
    /// The version of the tree that the move made: moves are followed in the order in which they were made.
    pub tree: u64,
}

impl Category {
    /// The category at the end of a path.
    #[must_use]
    pub fn at(path: &[String]) -> Self {
        let folded: Vec<String> = path.iter().map(|level| level.to_lowercase()).collect();
        let names: Vec<&str> = folded.iter().map(String::as_str).collect();
        let category_id = CategoryId::named(&names);
        Self { category_id, path: path.to_vec(), version: 1, attributes: Vec::new(), moved: None }
    }

    /// Every category on the way: the department first, the path's own last.
    #[must_use]
    pub fn along(path: &[String]) -> Vec<Self> {
        (1..=path.len()).filter_map(|depth| path.get(..depth)).map(Self::at).collect()
    }

    /// Its own name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}

/// A category as a client names it: by its id, or by its path as in `Home > Lighting`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Named(pub CategoryId);

impl TryFrom<String> for Named {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if let Ok(id) = text.trim().parse() {
            return Ok(Self(id));
        }
        let path: Vec<String> = text.split(LEVEL).map(|level| level.trim().to_owned()).collect();
        if path.len() > CATEGORY_DEPTH || path.iter().any(String::is_empty) {
            return Err("is no category: write its id, or its path such as Home > Lighting, of at most 5 levels");
        }
        Ok(Self(Category::at(&path).category_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<String> {
        text.split('>').map(str::to_owned).collect()
    }

    #[test]
    fn given_a_path_when_walked_then_each_level_is_a_category_and_case_makes_no_other() {
        let along = Category::along(&path("Home>Lighting>Lamps"));
        assert_eq!(along.iter().map(Category::name).collect::<Vec<_>>(), ["Home", "Lighting", "Lamps"]);
        assert_eq!(along[1], Category::at(&path("Home>Lighting")));
        assert_eq!(along[1].category_id, Category::at(&path("HOME>lighting")).category_id);
        assert_ne!(Category::at(&path("Home>Lighting")).category_id, Category::at(&path("HomeLighting")).category_id);
    }

    #[test]
    fn given_an_id_or_a_path_when_read_then_both_name_the_category_and_else_it_says_what_to_write() {
        let lighting = Category::at(&path("Home>Lighting")).category_id;
        for text in [lighting.to_string().as_str(), "Home > Lighting", "home>LIGHTING ", "Home>Lighting"] {
            assert_eq!(Named::try_from(text.to_owned()), Ok(Named(lighting)), "{text}");
        }
        for text in ["", " ", "Home >", "> Home", "a>b>c>d>e>f"] {
            assert!(Named::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
