//! What the services wrote down, read straight from their tables: for invariants that no shopper can see.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;

use crate::{Shop, Stack};

/// The tables of a stack.
#[derive(Debug, Clone)]
pub struct Books {
    stack: Stack,
    client: aws_sdk_dynamodb::Client,
}

impl Books {
    pub(crate) fn of(shop: &Shop) -> Self {
        Self { stack: shop.stack.clone(), client: shop.dynamodb.clone() }
    }

    /// Every item of a service's table (`carts`, `sandbox-gateway`), as JSON.
    ///
    /// # Panics
    /// When the table can't be read.
    pub async fn all(&self, table: &str) -> Vec<Value> {
        let mut pages =
            self.client.scan().table_name(self.stack.name(table)).consistent_read(true).into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(serde_dynamo::from_item(item.expect("the table can be read")).expect("an item is JSON"));
        }
        items
    }

    /// The items under one partition key.
    ///
    /// # Panics
    /// When the table can't be read.
    pub async fn under(&self, table: &str, pk: &str) -> Vec<Value> {
        let query = self.client.query().table_name(self.stack.name(table)).consistent_read(true);
        let query =
            query.key_condition_expression("pk = :pk").expression_attribute_values(":pk", AttributeValue::S(pk.into()));
        let mut pages = query.into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(serde_dynamo::from_item(item.expect("the table can be read")).expect("an item is JSON"));
        }
        items
    }

    /// Checks an offer's stock: nothing negative, `available` = `onHand` - `reserved`, and the ledger sums to the stock.
    /// Returns (on hand, reserved, available) over all warehouses.
    ///
    /// # Panics
    /// When an invariant does not hold.
    pub async fn stock_of(&self, offer_id: &str) -> (i64, i64, i64) {
        let number = |row: &Value, name: &str| row[name].as_i64().unwrap_or_default();
        let rows = self.under("inventory", &format!("OFFER#{offer_id}")).await;
        let stock: Vec<_> =
            rows.iter().filter(|row| row["sk"].as_str().is_some_and(|sk| sk.starts_with("STOCK#"))).collect();
        let sum = |name: &str| stock.iter().map(|row| number(row, name)).sum::<i64>();
        for row in &stock {
            assert!(
                ["onHand", "reserved", "available"].iter().all(|name| number(row, name) >= 0),
                "negative stock: {row}"
            );
            assert_eq!(number(row, "available"), number(row, "onHand") - number(row, "reserved"), "{row}");
        }
        let ledger = self.all("inventory").await;
        let moved = |name: &str| {
            let rows = ledger.iter().filter(|row| row["pk"].as_str().is_some_and(|pk| pk.starts_with("MOVEMENT#")));
            rows.filter(|row| row["offerId"] == offer_id).map(|row| number(row, name)).sum::<i64>()
        };
        assert_eq!(
            (moved("deltaOnHand"), moved("deltaReserved")),
            (sum("onHand"), sum("reserved")),
            "the ledger's sum"
        );
        (sum("onHand"), sum("reserved"), sum("available"))
    }

    /// How often the gateway really took money for an order, and how much in minor units.
    pub async fn captured_for(&self, order_id: &str) -> (i64, i64) {
        let payments = self.all("payments").await;
        let mut captures = (0, 0);
        for payment in payments.iter().filter(|row| row["sk"] == "PAYMENT" && row["orderId"] == order_id) {
            let id = payment["paymentId"].as_str().unwrap_or_default();
            for intent in self.under("sandbox-gateway", &format!("INTENT#{id}:1")).await {
                let times = intent["captures"].as_i64().unwrap_or_default();
                captures = (captures.0 + times, captures.1 + times * intent["amount"].as_i64().unwrap_or_default());
            }
        }
        captures
    }
}
