//! Where paths lead: every path that comes from outside is followed before a product is filed under it.

use std::collections::{BTreeSet, HashMap, HashSet};

use rialto_dynamo::{Put, Read, cond};
use rialto_kernel::CategoryId;

use super::{Store, keys};
use crate::{
    Error,
    domain::{
        category::Category,
        tree::{Led, Missing, Places, Way},
    },
};

impl Store {
    /// Where a path leads now.
    pub(super) async fn lead(&self, path: &[String], read: Read) -> Result<Led, Error> {
        let places = self.places(Way::from(path).ids(), read).await?;
        self.follow(path, places, read).await
    }

    /// As [`Store::lead`], with what is known of the places at and above the path.
    pub(super) async fn follow(&self, path: &[String], mut places: Places, read: Read) -> Result<Led, Error> {
        let mut way = Way::from(path);
        while let Some(next) = way.next(&places) {
            places = self.places(next.ids(), read).await?;
            way = next;
        }
        Ok(way.end(&places))
    }

    /// Where each path leads. Eventual: what is filed is followed again.
    pub(super) async fn leads<'a>(
        &self,
        paths: impl Iterator<Item = &'a [String]>,
    ) -> Result<HashMap<Vec<String>, Led>, Error> {
        let paths: BTreeSet<&[String]> = paths.collect();
        let ids: HashSet<CategoryId> =
            paths.iter().flat_map(|path| Way::from(path).ids().collect::<Vec<_>>()).collect();
        let places = self.places(ids.into_iter(), Read::Eventual).await?;
        let mut leads = HashMap::new();
        for path in paths {
            let led = match Way::from(path).next(&places) {
                None => Way::from(path).end(&places),
                Some(_) => self.lead(path, Read::Eventual).await?,
            };
            leads.insert(path.to_vec(), led);
        }
        Ok(leads)
    }

    /// Enters the categories of a path that are not there. Entering one again changes nothing.
    pub(super) async fn enter(&self, missing: &[Missing]) -> Result<(), Error> {
        for missing in missing {
            match self.table.put(entered(missing)?).await {
                Err(error) if error.condition_failed() => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// What stands at places; nothing is left out.
    pub(super) async fn places(&self, ids: impl Iterator<Item = CategoryId>, read: Read) -> Result<Places, Error> {
        let keys: Vec<_> = ids.map(keys::category).collect();
        let places: Vec<Category> = self.table.batch_get(&keys, read).await?;
        Ok(places.into_iter().map(|place| (place.category_id, place)).collect())
    }
}

/// The write that enters a category, on the condition that its place is as it was read.
pub(super) fn entered(missing: &Missing) -> Result<Put, Error> {
    let put = standing(&missing.category)?;
    Ok(match missing.replaces {
        None => put.when(cond::absent("pk")),
        Some(version) => put.when(cond::eq("version", version)),
    })
}

/// A category that is listed.
pub(super) fn standing(category: &Category) -> Result<Put, Error> {
    let put = Put::new(&keys::category(category.category_id), category)?;
    Ok(put.gsi1(keys::CATEGORIES, keys::category_by_path(&category.path)))
}
