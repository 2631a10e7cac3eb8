//! Products by category: a read model of the catalogue's own news.

use std::collections::BTreeSet;

use rialto_dynamo::{Delete, Page, Position as Place, Put, Query, Read, Write, cond};
use rialto_events::types::{ProductChanged, ProductStatus};
use rialto_kernel::{CategoryId, Money, ProductId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Store, keys};
use crate::{
    Error,
    domain::{
        attributes::Types,
        category::Category,
        tree::{Places, Way},
    },
    store::Shown,
};

/// In which order a category's products come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The cheapest first; prices in other currencies follow, currency by currency.
    PriceAsc,
    /// The dearest first.
    PriceDesc,
}

impl Sort {
    /// As a query writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::PriceAsc => "price_asc",
            Self::PriceDesc => "price_desc",
        }
    }
}

/// Under which categories a product is filed, and by which news.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Filing {
    version: u64,
    created_at: Timestamp,
    categories: BTreeSet<CategoryId>,
}

/// What filing reads at once.
#[derive(Deserialize)]
#[serde(untagged)]
enum Found {
    Filing(Filing),
    Category(Category),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shelved {
    pub(super) product_id: ProductId,
}

impl Store {
    /// Files a product under the category to which its path leads and all above it, and takes it out of those it has left, unless
    /// newer news did so before. One transaction: a product is never under two paths. If the path leads elsewhere, the product
    /// is changed to say so.
    ///
    /// # Errors
    /// [`Error::Contended`]; those of the table.
    pub async fn file(&self, news: &ProductChanged, version: u64, now: Timestamp) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let (before, places) = self.filed(news).await?;
            if before.as_ref().is_some_and(|before| before.version >= version) {
                return Ok(());
            }
            let categories = match news.status {
                ProductStatus::Archived => Vec::new(),
                ProductStatus::Active => {
                    let led = self.follow(&news.category_path, places, Read::Strong).await?;
                    self.enter(&led.missing).await?;
                    if led.path != news.category_path {
                        self.follow_path(news.product_id, now).await?;
                    }
                    Category::along(&led.path)
                }
            };
            match self.table.transact(moves(news, version, &categories, before.as_ref())?).await {
                Err(error) if error.condition_failed() => {}
                other => return Ok(other?),
            }
        }
        Err(Error::Contended)
    }

    /// Where a product is filed, and what stands at its path: one strong read of both.
    async fn filed(&self, news: &ProductChanged) -> Result<(Option<Filing>, Places), Error> {
        let path = match news.status {
            ProductStatus::Active => news.category_path.as_slice(),
            ProductStatus::Archived => &[],
        };
        let keys: Vec<_> = Way::from(path).ids().map(keys::category).chain([keys::filing(news.product_id)]).collect();
        let (mut filing, mut places) = (None, Places::new());
        for found in self.table.batch_get(&keys, Read::Strong).await? {
            match found {
                Found::Filing(found) => filing = Some(found),
                Found::Category(place) => drop(places.insert(place.category_id, place)),
            }
        }
        Ok((filing, places))
    }

    /// A page of the products under a category, as they are now; one that is no longer shown is left out.
    ///
    /// # Errors
    /// Those of the table; a position of another list.
    pub async fn browse(
        &self,
        category: CategoryId,
        sort: Sort,
        limit: usize,
        after: Option<Place>,
    ) -> Result<Page<Shown>, Error> {
        let on_shelf = |category| {
            let shelf = Query::pk(keys::shelf(category)).limit(limit).after(after.clone());
            let query = match sort {
                Sort::Newest => shelf.descending(),
                Sort::PriceAsc => shelf.index("gsi1"),
                Sort::PriceDesc => shelf.index("gsi1").descending(),
            };
            self.table.query::<Shelved>(query)
        };
        // At once: a category that has moved is rare.
        let (place, page) = futures::join!(self.place(category), on_shelf(category));
        let page = match place?.filter(|place| place.moved.is_some()) {
            None => page?,
            Some(place) => on_shelf(self.standing_for(&place).await?).await?,
        };
        let ids: Vec<_> = page.items.iter().map(|place| place.product_id).collect();
        Ok(Page { items: self.cards(&ids).await?, next: page.next })
    }

    /// All categories, each before those under it.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn categories(&self) -> Result<Vec<Category>, Error> {
        Ok(self.table.query_all(Query::pk(keys::CATEGORIES).index("gsi1")).await?)
    }

    /// A category with those right under it. The id of one that has moved means it where it is now.
    ///
    /// # Errors
    /// [`Error::CategoryNotFound`]; those of the table.
    pub async fn category(&self, id: CategoryId) -> Result<(Category, Vec<Category>), Error> {
        let mut category = self.place(id).await?;
        if let Some(moved) = category.as_ref().filter(|category| category.moved.is_some()) {
            category = self.place(self.standing_for(moved).await?).await?;
        }
        let category = category.filter(|category| category.moved.is_none()).ok_or(Error::CategoryNotFound)?;
        let children = self.children(&category).await?;
        Ok((category, children))
    }

    /// What the categories above one declare.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn inherited(&self, category: &Category) -> Result<Types, Error> {
        let above = category.path.split_last().map(|(_, above)| above).unwrap_or_default();
        Ok(self.lead(above, Read::Eventual).await?.types)
    }

    /// The categories right under one.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn children(&self, category: &Category) -> Result<Vec<Category>, Error> {
        let prefix = keys::category_by_path(&category.path);
        let under: Vec<Category> =
            self.table.query_all(Query::pk(keys::CATEGORIES).index("gsi1").sk_begins(prefix)).await?;
        let depth = category.path.len().saturating_add(1);
        Ok(under.into_iter().filter(|other| other.path.len() == depth).collect())
    }

    async fn place(&self, id: CategoryId) -> Result<Option<Category>, Error> {
        Ok(self.table.get(&keys::category(id), Read::Eventual).await?)
    }

    /// Which category one that has moved is now.
    async fn standing_for(&self, moved: &Category) -> Result<CategoryId, Error> {
        Ok(Category::at(&self.lead(&moved.path, Read::Eventual).await?.path).category_id)
    }
}

/// The writes that move a product from where it was filed to where it belongs.
pub(super) fn moves(
    news: &ProductChanged,
    version: u64,
    categories: &[Category],
    before: Option<&Filing>,
) -> Result<Vec<Write>, Error> {
    let id = news.product_id;
    let now: BTreeSet<CategoryId> = categories.iter().map(|category| category.category_id).collect();
    let unchanged = match before {
        None => cond::absent("pk"),
        Some(before) => cond::eq("version", before.version),
    };
    let filing = Filing { version, created_at: news.created_at, categories: now.clone() };
    let mut writes: Vec<Write> = vec![Put::new(&keys::filing(id), &filing)?.when(unchanged).into()];
    for category in &now {
        let mut put = Put::new(&keys::shelved(*category, news.created_at, id), &Shelved { product_id: id })?;
        if let Some(price) = price(news) {
            put = put.gsi1(keys::shelf(*category), keys::shelved_by_price(price, id));
        }
        writes.push(put.into());
    }
    if let Some(before) = before {
        for left in before.categories.iter().filter(|left| before.created_at != news.created_at || !now.contains(left))
        {
            writes.push(Delete::of(keys::shelved(*left, before.created_at, id)).into());
        }
    }
    Ok(writes)
}

/// The lowest price in the currency of the first variant, as the product's page shows it.
fn price(news: &ProductChanged) -> Option<Money> {
    let currency = news.variants.first()?.price.currency();
    let prices = news.variants.iter().map(|variant| variant.price).filter(|price| price.currency() == currency);
    prices.min_by_key(|price| price.amount())
}
