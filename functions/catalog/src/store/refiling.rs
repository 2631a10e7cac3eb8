//! What follows from a change of the tree: the categories and products under the old path go where it leads now.
//!
//! It is done a page a message, and each page says which is next, so it is resumed where it was. Doing a page again changes
//! nothing.
//!
//! Who files a product follows its path first. One that did so just before the tree changed may still write the old path just
//! after: so all pages are gone through again, [`AGAIN_AFTER_SECONDS`] after the first time, when whoever had not heard of the change is over.

use futures::{StreamExt, TryStreamExt, stream};
use rialto_dynamo::{Page, Position as Place, Query, Read, Write, cond};
use rialto_events::types::CategoryMoved;
use rialto_kernel::{ProductId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AT_ONCE, ATTEMPTS, Store, keys, places, products, products::ProductRow, shelves::Shelved, tree};
use crate::{
    Error,
    domain::{category::Category, tree::is_within},
};

/// Longer than any function runs that files products or enters categories: 30 seconds.
pub const AGAIN_AFTER_SECONDS: i32 = 60;

/// How many categories a page has.
const CATEGORIES: usize = 50;
/// How many products a page has.
const PRODUCTS: usize = 25;

/// A page of what is under a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refiling {
    path: Vec<String>,
    part: Part,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Place>,
    again: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Categories,
    Products,
}

impl Refiling {
    /// The first page after a change of the tree.
    #[must_use]
    pub fn of(news: CategoryMoved) -> Self {
        Self { path: news.path, part: Part::Categories, after: None, again: false }
    }

    /// How long to wait before it.
    #[must_use]
    pub fn delay_seconds(&self) -> i32 {
        let begins_again = self.again && self.part == Part::Categories && self.after.is_none();
        if begins_again { AGAIN_AFTER_SECONDS } else { 0 }
    }

    fn then(&self, next: Option<Place>) -> Option<Self> {
        let of = |part, after, again| Some(Self { path: self.path.clone(), part, after, again });
        match (next, self.part, self.again) {
            (Some(next), part, again) => of(part, Some(next), again),
            (None, Part::Categories, again) => of(Part::Products, None, again),
            (None, Part::Products, false) => of(Part::Categories, None, true),
            (None, Part::Products, true) => None,
        }
    }
}

impl Store {
    /// Does a page and answers the next.
    ///
    /// # Errors
    /// [`Error::Contended`]; those of the table.
    pub async fn refile(&self, page: &Refiling, now: Timestamp) -> Result<Option<Refiling>, Error> {
        let next = match page.part {
            Part::Categories => self.categories_follow(page).await?,
            Part::Products => self.products_follow(page, now).await?,
        };
        Ok(page.then(next))
    }

    async fn categories_follow(&self, page: &Refiling) -> Result<Option<Place>, Error> {
        let query = Query::pk(keys::CATEGORIES).index("gsi1").sk_begins(keys::category_by_path(&page.path));
        let under: Page<Category> = self.table.query(query.limit(CATEGORIES).after(page.after.clone())).await?;
        for category in &under.items {
            self.follow_tree(category).await?;
        }
        Ok(under.next)
    }

    /// Moves a category to where its path leads, with what it declares unless the one there declares something. Whoever
    /// changes it at the same time looks after it.
    async fn follow_tree(&self, here: &Category) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let led = self.lead(&here.path, Read::Strong).await?;
            self.enter(&led.missing).await?;
            if led.path == here.path {
                return Ok(());
            }
            let writes = if is_within(&led.path, &here.path) {
                let renamed = Category { path: led.path, version: here.version.saturating_add(1), ..here.clone() };
                let stays = cond::all([cond::eq("version", here.version), cond::absent("moved")]);
                vec![places::standing(&renamed)?.when(stays).into()]
            } else {
                let heir = self.heir(here, &led.path).await?;
                [tree::gone(here, &led.path, led.tree)?.into()].into_iter().chain(heir).collect()
            };
            match self.table.transact(writes).await {
                Err(error) if error.failed_conditions().contains(&0) => return Ok(()),
                Err(error) if error.condition_failed() => {}
                other => return Ok(other?),
            }
        }
        Err(Error::Contended)
    }

    /// The write by which the category at `path` comes to declare what `here` does.
    async fn heir(&self, here: &Category, path: &[String]) -> Result<Option<Write>, Error> {
        if here.attributes.is_empty() {
            return Ok(None);
        }
        let id = Category::at(path).category_id;
        let there = self.places([id].into_iter(), Read::Strong).await?.remove(&id);
        let Some(there) = there.filter(|there| there.moved.is_none() && there.attributes.is_empty()) else {
            return Ok(None);
        };
        let unchanged = cond::all([cond::eq("version", there.version), cond::absent("moved")]);
        let version = there.version.saturating_add(1);
        let heir = Category { version, attributes: here.attributes.clone(), ..there };
        Ok(Some(places::standing(&heir)?.when(unchanged).into()))
    }

    async fn products_follow(&self, page: &Refiling, now: Timestamp) -> Result<Option<Place>, Error> {
        let shelf = Query::pk(keys::shelf(Category::at(&page.path).category_id)).strong();
        let filed: Page<Shelved> = self.table.query(shelf.limit(PRODUCTS).after(page.after.clone())).await?;
        let moved = stream::iter(filed.items).map(|place| self.follow_path(place.product_id, now));
        moved.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        Ok(filed.next)
    }

    /// Writes into a product the path to which its own leads. Its news files it there.
    ///
    /// # Errors
    /// [`Error::Contended`]; those of the table.
    pub(super) async fn follow_path(&self, id: ProductId, now: Timestamp) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let row: Option<ProductRow> = self.table.get(&keys::product(id), Read::Strong).await?;
            let Some(before) = row.and_then(ProductRow::shown).map(|shown| shown.product) else { return Ok(()) };
            let Some(main) = &before.main else { return Ok(()) };
            let led = self.lead(&main.category_path, Read::Strong).await?;
            self.enter(&led.missing).await?;
            if led.path == main.category_path {
                return Ok(());
            }
            match self.table.update(products::change(&before, &before.filed_under(led.path), now)?).await {
                Err(error) if error.condition_failed() => {}
                other => return Ok(other?),
            }
        }
        Err(Error::Contended)
    }
}
