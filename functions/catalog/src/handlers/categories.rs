//! What routes show of categories.

use rialto_http::{Fault, Problem, Response, respond};
use rialto_kernel::CategoryId;
use serde::Serialize;
use utoipa::ToSchema;

use super::show_category::CategoryView;
use crate::{
    domain::{category::Category, edit::Level, row::CATEGORY_DEPTH},
    store::Store,
};

/// A path that a category can have.
pub(super) fn at(path: Vec<Level>) -> Result<Vec<String>, Problem> {
    if path.is_empty() || path.len() > CATEGORY_DEPTH {
        let message = format!("must have 1 to {CATEGORY_DEPTH} levels");
        return Err(Problem::invalid("/path", Fault::OutOfRange, message));
    }
    Ok(path.into_iter().map(String::from).collect())
}

/// A category after a change. What is under it may not have followed yet.
pub(super) async fn answer(store: &Store, category: Category) -> Result<Response, Problem> {
    let (children, inherited) = futures::try_join!(store.children(&category), store.inherited(&category))?;
    Ok(respond::ok(&CategoryView::of(&category, &children, &inherited))?.etag(category.version))
}

/// A category by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct CategoryLink {
    id: CategoryId,
    #[schema(example = "Lighting")]
    name: String,
}

impl From<&Category> for CategoryLink {
    fn from(category: &Category) -> Self {
        Self { id: category.category_id, name: category.name().to_owned() }
    }
}

/// A category and all that is under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct CategoryNode {
    id: CategoryId,
    #[schema(example = "Lighting")]
    name: String,
    /// By name.
    #[schema(no_recursion, example = json!([]))]
    children: Vec<CategoryNode>,
}

/// The tree of categories that come each before those under it. One whose parent is missing stands at the top.
#[must_use]
pub(super) fn tree(categories: &[Category]) -> Vec<CategoryNode> {
    let mut open: Vec<(&[String], CategoryNode)> = Vec::new();
    let mut roots = Vec::new();
    for category in categories {
        while let Some((path, _)) = open.last() {
            if is_under(&category.path, path) {
                break;
            }
            close(&mut open, &mut roots);
        }
        let node = CategoryNode { id: category.category_id, name: category.name().to_owned(), children: Vec::new() };
        open.push((&category.path, node));
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}

fn close(open: &mut Vec<(&[String], CategoryNode)>, roots: &mut Vec<CategoryNode>) {
    let Some((_, done)) = open.pop() else { return };
    match open.last_mut() {
        Some((_, parent)) => parent.children.push(done),
        None => roots.push(done),
    }
}

fn is_under(path: &[String], above: &[String]) -> bool {
    let folded = |level: &String| level.to_lowercase();
    path.len() > above.len() && path.iter().map(folded).zip(above.iter().map(folded)).all(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(path: &str) -> Category {
        Category::at(&path.split('>').map(str::to_owned).collect::<Vec<_>>())
    }

    fn drawn(nodes: &[CategoryNode]) -> String {
        let one = |node: &CategoryNode| match drawn(&node.children).as_str() {
            "" => node.name.clone(),
            under => format!("{}({under})", node.name),
        };
        nodes.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn given_categories_by_path_when_drawn_as_a_tree_then_each_is_under_its_parent_whatever_the_case() {
        let paths = ["Books", "Home", "Home>Kitchen", "home>kitchen>Pans", "Home>Lighting", "Toys>Old>Lost"];
        let tree = tree(&paths.map(category));
        assert_eq!(drawn(&tree), "Books Home(Kitchen(Pans) Lighting) Lost");
    }
}
