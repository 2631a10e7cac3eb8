//! A seller's product and the routes over it, for tests of handlers.

use rialto_dynamo::{Counts, Table};
use rialto_events::types::{AvailabilityChanged, AvailabilityStatus};
use rialto_http::{
    Anyone, Problem, Request, Response, Seller, SellerOrOperator, StatusCode,
    testing::{RequestBuilder, answered, request},
};
use rialto_kernel::{ImportId, ProductId, SellerId, Timestamp, UserId};
use serde_json::{Value, json};

use super::{
    archive_product::{archive_product, restore_product},
    change_product::change_product,
    list_changes::list_changes,
    preview_product::preview_product,
    show_product::show_product,
    show_product_by_slug::show_product_by_slug,
};
use crate::{
    domain::row::Row,
    store::{GoodRow, Sale, Store},
};

/// The row of the product, with other values for some of its columns.
pub(super) fn row(changes: &[(&str, &str)]) -> Row {
    let good = [
        ("sku", "A"),
        ("title", "Desk lamp"),
        ("category", "C"),
        ("price", "1.00"),
        ("currency", "USD"),
        ("quantity", "1"),
    ];
    Row::check(&good.iter().chain(changes).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()).unwrap()
}

fn seller() -> Seller {
    Seller { user_id: UserId::named(&["s"]), seller_id: SellerId::named(&["s"]) }
}

fn caller() -> SellerOrOperator {
    SellerOrOperator::Seller(seller())
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    pub(super) status: StatusCode,
    pub(super) tag: String,
    pub(super) cache: String,
    pub(super) location: String,
    pub(super) body: Value,
}

fn seen(outcome: Result<Response, Problem>) -> Seen {
    let response = answered(outcome);
    let header = |name: &str| response.headers().get(name).map_or("", |text| text.to_str().unwrap()).to_owned();
    Seen {
        status: response.status(),
        tag: header("etag"),
        cache: header("cache-control"),
        location: header("location"),
        body: serde_json::from_slice(response.body()).unwrap_or_default(),
    }
}

pub(super) struct Shop {
    pub(super) table: Table,
    pub(super) store: Store,
    pub(super) product: ProductId,
    /// What was asked of the table.
    pub(super) counts: Counts,
}

impl Shop {
    /// With the product of [`row`], listed by `POST /v1/items`.
    pub(super) async fn open() -> Self {
        Self::over(Table::in_memory("t")).await
    }

    pub(super) async fn over(table: Table) -> Self {
        let counts = Counts::default();
        let store = Store::new(table.clone().counted(&counts));
        let (row, listing) = (row(&[]), ImportId::named(&["l"]));
        let listed =
            store.list_item(seller().seller_id, listing, &row, Sale::Now, Timestamp::UNIX_EPOCH).await.unwrap();
        Self { product: listed.product.id, table, store, counts }
    }

    fn asked(&self, method: &str) -> RequestBuilder {
        request(method, "/").path("id", self.product)
    }

    /// News of its stock.
    pub(super) async fn stock(&self, units: u32, version: u64) {
        let news = AvailabilityChanged {
            offer_id: row(&[]).offer_id(seller().seller_id),
            product_id: self.product,
            seller_id: seller().seller_id,
            sku: "A".to_owned(),
            status: AvailabilityStatus::Low,
            available: Some(units),
        };
        self.store.project_availability(&news, version).await.unwrap();
    }

    /// A row of a file that its seller uploads.
    pub(super) async fn upload(&self, import: &str, row: &Row) {
        let good = GoodRow { line: 2, row, refusal: None };
        let now = Timestamp::UNIX_EPOCH;
        self.store.settle(seller().seller_id, ImportId::named(&[import]), vec![good], now).await.unwrap();
    }

    pub(super) async fn preview(&self) -> Seen {
        seen(preview_product(&self.store, caller(), self.asked("GET").build()).await)
    }

    pub(super) async fn page(&self, at_hand: &str) -> Seen {
        let asked = self.asked("GET").header("if-none-match", at_hand).build();
        seen(show_product(&self.store, Anyone, asked).await)
    }

    pub(super) async fn at(&self, slug: &str, at_hand: &str) -> Seen {
        let asked: Request = request("GET", "/").path("slug", slug).header("if-none-match", at_hand).build();
        seen(show_product_by_slug(&self.store, Anyone, asked).await)
    }

    pub(super) async fn change(&self, tag: &str, edit: &Value) -> Seen {
        let asked = self.asked("PATCH").header("if-match", tag).json(edit).build();
        seen(change_product(&self.store, caller(), asked).await)
    }

    /// A change whoever changed it before.
    pub(super) async fn set(&self, edit: &Value) -> Seen {
        let changed = self.change("*", edit).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
        changed
    }

    pub(super) async fn rename(&self, title: &str) {
        self.set(&json!({ "title": title })).await;
    }

    pub(super) async fn archive(&self, gone: bool) -> Seen {
        let asked = self.asked("POST").build();
        match gone {
            true => seen(archive_product(&self.store, caller(), asked).await),
            false => seen(restore_product(&self.store, caller(), asked).await),
        }
    }

    /// What the last change changed.
    pub(super) async fn last_change(&self) -> Value {
        let history = seen(list_changes(&self.store, caller(), self.asked("GET").build()).await);
        history.body["items"][0]["fields"].clone()
    }
}
