//! Operators' changes of the category tree.
//!
//! Each is judged on the tree at a version and written on the condition that this is still its version, so changes follow one
//! another: two moves at once, each good by itself, cannot put a category under itself. Categories that products bring need no
//! version: a new leaf changes no path.

use rialto_dynamo::{Check, Delete, Put, Query, Read, Update, Write, cond};
use rialto_events::{Envelope, OUTBOX, outbox, types::CategoryMoved};
use rialto_kernel::{CategoryId, Timestamp};
use serde::Deserialize;

use super::{ATTEMPTS, Store, keys, places};
use crate::{
    Error,
    domain::{
        attributes::Attribute,
        category::{Category, Moved},
        row::CATEGORY_DEPTH,
        tree::{Missing, Way, is_within},
    },
};

#[derive(Deserialize)]
struct Tree {
    version: u64,
}

/// A change of the tree: its writes, what is told, and what it answers.
struct Change<T> {
    writes: Vec<Write>,
    news: Option<CategoryMoved>,
    answer: T,
}

impl<T> Change<T> {
    fn none(answer: T) -> Self {
        Self { writes: Vec::new(), news: None, answer }
    }
}

impl Store {
    /// Makes a category.
    ///
    /// # Errors
    /// [`Error::CategoryExists`]; [`Error::CategoryMisplaced`] where there is none above it; [`Error::Contended`]; those of the
    /// table.
    pub async fn create_category(&self, path: &[String], now: Timestamp) -> Result<Category, Error> {
        self.change_tree(now, async |_| {
            let new = self.vacant(path, "/path").await?;
            Ok(Change { writes: vec![places::entered(&new)?.into()], news: None, answer: new.category })
        })
        .await
    }

    /// Gives a category another path: another name, another place, or both. All that is under it goes with it, and who names
    /// the old path means the new one. What `judge` refuses of the category's version is not done.
    ///
    /// # Errors
    /// [`Error::CategoryNotFound`]; [`Error::CategoryExists`]; [`Error::CategoryMisplaced`] where there is none above the new
    /// path, or it lies within the category, or would come to lie too deep; [`Error::Contended`]; those of the table.
    pub async fn move_category<E: From<Error>>(
        &self,
        id: CategoryId,
        to: &[String],
        now: Timestamp,
        judge: impl Fn(u64) -> Result<(), E>,
    ) -> Result<Category, E> {
        self.change_category(id, now, judge, async |here, tree| self.moving(here, to, tree).await).await
    }

    async fn moving(&self, here: Category, to: &[String], tree: u64) -> Result<Change<Category>, Error> {
        let within = is_within(to, &here.path);
        if within && to.len() > here.path.len() {
            return Err(misplaced("/path", "is under the category itself"));
        }
        let above = self.above(to, "/path").await?;
        let version = here.version.saturating_add(1);
        let path: Vec<String> = above.into_iter().chain(to.last().cloned()).collect();
        if within {
            // The same name, written in another way: it stays where it is.
            if path == here.path {
                return Ok(Change::none(here));
            }
            let there = Category { path: path.clone(), version, ..here.clone() };
            let put = places::standing(&there)?.when(cond::eq("version", here.version));
            let news = CategoryMoved { category_id: here.category_id, path: here.path, moved_to: Some(path) };
            return Ok(Change { writes: vec![put.into()], news: Some(news), answer: there });
        }
        self.fits(&here, path.len(), "/path").await?;
        let new = self.vacant(&path, "/path").await?;
        let attributes = here.attributes.clone();
        let there = Category { version: new.category.version.max(version), attributes, ..new.category };
        let put = places::entered(&Missing { category: there.clone(), replaces: new.replaces })?;
        Ok(Change {
            writes: vec![put.into(), gone(&here, &path, tree)?.into()],
            news: Some(CategoryMoved { category_id: here.category_id, path: here.path, moved_to: Some(path) }),
            answer: there,
        })
    }

    /// Makes a category one with another: all that is under it comes to lie under that one, and who names it means that one.
    ///
    /// # Errors
    /// As for [`Store::move_category`].
    pub async fn merge_category<E: From<Error>>(
        &self,
        id: CategoryId,
        into: CategoryId,
        now: Timestamp,
        judge: impl Fn(u64) -> Result<(), E>,
    ) -> Result<Category, E> {
        self.change_category(id, now, judge, async |here, tree| self.merging(here, into, tree).await).await
    }

    async fn merging(&self, here: Category, into: CategoryId, tree: u64) -> Result<Change<Category>, Error> {
        let there = match self.current(into).await {
            Err(Error::CategoryNotFound) => return Err(misplaced("/into", "is no category")),
            other => other?,
        };
        if is_within(&there.path, &here.path) {
            return Err(misplaced("/into", "is the category itself, or under it"));
        }
        self.fits(&here, there.path.len(), "/into").await?;
        let stays = cond::all([cond::eq("version", there.version), cond::absent("moved")]);
        Ok(Change {
            writes: vec![
                gone(&here, &there.path, tree)?.into(),
                Check::of(keys::category(there.category_id), stays).into(),
            ],
            news: Some(CategoryMoved {
                category_id: here.category_id,
                path: here.path,
                moved_to: Some(there.path.clone()),
            }),
            answer: there,
        })
    }

    /// Sets what a category declares for its products and those under it. They are judged by it when they are written.
    ///
    /// # Errors
    /// [`Error::CategoryNotFound`]; what `judge` refuses of the category's version; [`Error::Contended`]; those of the table.
    pub async fn declare_attributes<E: From<Error>>(
        &self,
        id: CategoryId,
        attributes: &[Attribute],
        now: Timestamp,
        judge: impl Fn(u64) -> Result<(), E>,
    ) -> Result<Category, E> {
        self.change_category(id, now, judge, async |here, _| {
            if here.attributes == attributes {
                return Ok(Change::none(here));
            }
            let stays = cond::all([cond::eq("version", here.version), cond::absent("moved")]);
            let version = here.version.saturating_add(1);
            let there = Category { version, attributes: attributes.to_vec(), ..here };
            Ok(Change { writes: vec![places::standing(&there)?.when(stays).into()], news: None, answer: there })
        })
        .await
    }

    /// Removes a category that has neither products nor categories under it. A product that names it brings it back.
    ///
    /// # Errors
    /// [`Error::CategoryNotFound`]; [`Error::CategoryNotEmpty`]; [`Error::Contended`]; those of the table.
    pub async fn remove_category<E: From<Error>>(
        &self,
        id: CategoryId,
        now: Timestamp,
        judge: impl Fn(u64) -> Result<(), E>,
    ) -> Result<(), E> {
        self.change_category(id, now, judge, async |here, _| self.removing(here).await).await
    }

    async fn removing(&self, here: Category) -> Result<Change<()>, Error> {
        let shelf = Query::pk(keys::shelf(here.category_id)).strong().limit(1);
        let products = self.table.query::<serde_json::Value>(shelf).await?;
        if !products.items.is_empty() || self.under(&here.path).await?.iter().any(|other| *other != here) {
            return Err(Error::CategoryNotEmpty);
        }
        let delete = Delete::of(keys::category(here.category_id)).when(cond::eq("version", here.version));
        Ok(Change {
            writes: vec![delete.into()],
            news: Some(CategoryMoved { category_id: here.category_id, path: here.path, moved_to: None }),
            answer: (),
        })
    }

    /// A change of the category that `id` means, unless `judge` refuses its version.
    async fn change_category<T, E: From<Error>>(
        &self,
        id: CategoryId,
        now: Timestamp,
        judge: impl Fn(u64) -> Result<(), E>,
        changed: impl AsyncFn(Category, u64) -> Result<Change<T>, Error>,
    ) -> Result<T, E> {
        self.change_tree(now, async |tree| {
            let here = self.current(id).await?;
            judge(here.version)?;
            Ok(changed(here, tree).await?)
        })
        .await
    }

    async fn change_tree<T, E: From<Error>>(
        &self,
        now: Timestamp,
        judged: impl AsyncFn(u64) -> Result<Change<T>, E>,
    ) -> Result<T, E> {
        for _ in 0..ATTEMPTS {
            let tree: Option<Tree> = self.table.get(&keys::tree(), Read::Strong).await.map_err(Error::from)?;
            let version = tree.as_ref().map_or(0, |tree| tree.version);
            let next = version.saturating_add(1);
            let Change { mut writes, news, answer } = judged(next).await?;
            if writes.is_empty() {
                return Ok(answer);
            }
            writes.push(turned(version, next, news, now)?.into());
            match self.table.transact(writes).await {
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(Error::from(error).into()),
                Ok(()) => return Ok(answer),
            }
        }
        Err(Error::Contended.into())
    }

    /// The category that an id means: where it went, if it moved. Strong.
    async fn current(&self, id: CategoryId) -> Result<Category, Error> {
        let place: Option<Category> = self.table.get(&keys::category(id), Read::Strong).await?;
        let place = place.ok_or(Error::CategoryNotFound)?;
        let led = self.lead(&place.path, Read::Strong).await?;
        let id = Category::at(&led.path).category_id;
        let here = self.places([id].into_iter(), Read::Strong).await?.remove(&id).filter(|here| here.moved.is_none());
        // Where a tree that moved has not come to it yet.
        here.map(|here| Category { path: led.path, ..here }).ok_or(Error::Contended)
    }

    /// The path above `path`, as its categories are written. They are all there, or it is refused.
    async fn above(&self, path: &[String], pointer: &'static str) -> Result<Vec<String>, Error> {
        let above = path.get(..path.len().saturating_sub(1)).unwrap_or_default();
        let way = Way::from(above);
        let led = way.end(&self.places(way.ids(), Read::Strong).await?);
        match led.missing.first() {
            None => Ok(led.path),
            Some(missing) => {
                Err(misplaced(pointer, &format!("there is no category {} above it", missing.category.path.join(" > "))))
            }
        }
    }

    /// The category to be entered at a path where none is.
    async fn vacant(&self, path: &[String], pointer: &'static str) -> Result<Missing, Error> {
        let above = self.above(path, pointer).await?;
        let path: Vec<String> = above.into_iter().chain(path.last().cloned()).collect();
        let way = Way::from(&path);
        let led = way.end(&self.places(way.ids(), Read::Strong).await?);
        led.missing.into_iter().next().ok_or(Error::CategoryExists)
    }

    /// Refuses to put what is at and under a category so deep that its deepest would lie too deep.
    async fn fits(&self, here: &Category, depth: usize, pointer: &'static str) -> Result<(), Error> {
        let deepest =
            self.under(&here.path).await?.iter().map(|category| category.path.len()).max().unwrap_or_default();
        let below = deepest.saturating_sub(here.path.len());
        if depth.saturating_add(below) <= CATEGORY_DEPTH {
            return Ok(());
        }
        Err(misplaced(pointer, &format!("would put what is under it deeper than {CATEGORY_DEPTH} levels")))
    }

    /// The categories at and under a path, as the index has them.
    async fn under(&self, path: &[String]) -> Result<Vec<Category>, Error> {
        let query = Query::pk(keys::CATEGORIES).index("gsi1").sk_begins(keys::category_by_path(path));
        Ok(self.table.query_all(query).await?)
    }
}

/// What a category leaves at the path that it leaves.
pub(super) fn gone(here: &Category, to: &[String], tree: u64) -> Result<Put, Error> {
    let left = Category {
        version: here.version.saturating_add(1),
        moved: Some(Moved { to: to.to_vec(), tree }),
        attributes: Vec::new(),
        ..here.clone()
    };
    let put = Put::new(&keys::category(here.category_id), &left)?;
    Ok(put.when(cond::all([cond::eq("version", here.version), cond::absent("moved")])))
}

fn turned(version: u64, next: u64, news: Option<CategoryMoved>, now: Timestamp) -> Result<Update, Error> {
    let unchanged = match version {
        0 => cond::absent("version"),
        version => cond::eq("version", version),
    };
    let news = news.map(|news| Envelope::of(&news, news.category_id, next, now)).transpose()?;
    let news = news.map(|news| outbox(&[news])).transpose()?;
    Ok(Update::of(keys::tree()).set("version", next).set_or_remove(OUTBOX, news).when(unchanged))
}

fn misplaced(pointer: &'static str, message: &str) -> Error {
    Error::CategoryMisplaced { pointer, message: message.to_owned() }
}
