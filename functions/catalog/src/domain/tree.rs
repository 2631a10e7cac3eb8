//! Where a path leads in a tree whose categories move.
//!
//! What moved leaves its new path at the old one, with the version of the tree that the move made. A path is followed in that
//! order: each move at or above it is applied once, and only moves later than the last one applied. The versions of the moves on
//! a way grow, so every way ends, whatever the tree looks like.

use std::collections::HashMap;

use rialto_kernel::CategoryId;

use super::{attributes::Types, category::Category, row::CATEGORY_DEPTH};

/// What stands at paths, by id.
pub type Places = HashMap<CategoryId, Category>;

/// A path on its way to where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// As far as it was followed.
    pub path: Vec<String>,
    /// The version of the tree that the last move on the way made; 0 before the first.
    pub tree: u64,
}

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Led {
    /// As the categories on it are written.
    pub path: Vec<String>,
    /// The version of the tree that the last move on the way made; 0 if there was none.
    pub tree: u64,
    /// The categories on the path that are not there: nothing is, or only what tells of an earlier move.
    pub missing: Vec<Missing>,
    /// What the categories on it declare.
    pub types: Types,
}

/// A category to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// As it will be.
    pub category: Category,
    /// The version of what it takes the place of.
    pub replaces: Option<u64>,
}

impl Way {
    /// A path of unknown age.
    #[must_use]
    pub fn from(path: &[String]) -> Self {
        Self { path: path.to_vec(), tree: 0 }
    }

    /// The ids at and above the path.
    pub fn ids(&self) -> impl Iterator<Item = CategoryId> {
        Category::along(&self.path).into_iter().map(|category| category.category_id)
    }

    /// The way after the next move on it; none when there is no more. What comes to lie too deep is cut to the deepest
    /// category that can be.
    #[must_use]
    pub fn next(&self, places: &Places) -> Option<Self> {
        let along = Category::along(&self.path);
        let moves = along.iter().filter_map(|category| {
            let moved = places.get(&category.category_id)?.moved.as_ref()?;
            (moved.tree > self.tree).then_some((moved, category.path.len()))
        });
        let (moved, depth) = moves.min_by_key(|(moved, _)| moved.tree)?;
        let path = moved.to.iter().chain(self.path.iter().skip(depth)).take(CATEGORY_DEPTH).cloned().collect();
        Some(Self { path, tree: moved.tree })
    }

    /// Where it leads, once there is no next move.
    #[must_use]
    pub fn end(&self, places: &Places) -> Led {
        let (mut path, mut missing) = (Vec::new(), Vec::new());
        for category in Category::along(&self.path) {
            let place = places.get(&category.category_id);
            let standing = place.filter(|place| place.moved.is_none());
            path.push(standing.unwrap_or(&category).name().to_owned());
            if standing.is_none() {
                let replaces = place.map(|place| place.version);
                let version = replaces.unwrap_or_default().saturating_add(1);
                missing.push(Missing { category: Category { version, path: path.clone(), ..category }, replaces });
            }
        }
        let along = Category::along(&self.path);
        let standing = along.iter().filter_map(|category| places.get(&category.category_id));
        let types = Types::along(standing.filter(|place| place.moved.is_none()));
        Led { path, tree: self.tree, missing, types }
    }
}

/// Whether `path` is `above`, or under it.
#[must_use]
pub fn is_within(path: &[String], above: &[String]) -> bool {
    path.get(..above.len()).is_some_and(|start| Category::at(start).category_id == Category::at(above).category_id)
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
