//! How each route is called when someone tries to get in: one row a route. `{name}` stands for one of the world's things
//! (`tests/journeys/access/world.rs`).

/// A request that is in order, but for who sends it.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// The route's `operationId`.
    pub operation: &'static str,
    /// The path's parameters, and what they stand for.
    pub path: &'static [(&'static str, &'static str)],
    /// The query, without `?`.
    pub query: &'static str,
    /// The JSON body.
    pub body: Option<&'static str>,
    /// Further headers.
    pub headers: &'static [(&'static str, &'static str)],
    /// Whose things the request names.
    pub whose: Whose,
    /// Status and code for those to whom the things do not belong: that they do not exist, in one form or the other.
    pub to_others: (u16, &'static str),
    /// The status for those who are let in.
    pub answers: u16,
    /// A thing that the owner's answer shows and no other caller's, as `{name}`; empty where there is none.
    pub shows: &'static str,
}

/// Whose things a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The caller's own, or nobody's: there is nothing to keep others from.
    TheirOwn,
    /// The shopper's. To others they do not exist.
    TheShoppers,
    /// The seller's. To others they do not exist.
    TheSellers,
}

impl Sample {
    const fn of(operation: &'static str, answers: u16) -> Self {
        Self {
            operation,
            path: &[],
            query: "",
            body: None,
            headers: &[],
            whose: Whose::TheirOwn,
            to_others: (404, "NOT_FOUND"),
            answers,
            shows: "",
        }
    }

    const fn at(self, path: &'static [(&'static str, &'static str)]) -> Self {
        Self { path, ..self }
    }

    const fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    const fn body(self, body: &'static str) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn shows(self, thing: &'static str) -> Self {
        Self { shows: thing, ..self }
    }

    const fn the_shoppers(self) -> Self {
        Self { whose: Whose::TheShoppers, ..self }
    }

    const fn to_others(self, status: u16, code: &'static str) -> Self {
        Self { to_others: (status, code), ..self }
    }

    const fn if_match(self) -> Self {
        Self { headers: &[("if-match", "*")], ..self }
    }

    const fn the_sellers(self) -> Self {
        Self { whose: Whose::TheSellers, ..self }
    }
}

/// A postal address.
pub const ADDRESS: &str = r#"{"name": "Ada Lovelace", "line1": "12 St James's Square", "city": "London",
    "postalCode": "SW1Y 4JH", "country": "GB"}"#;

/// The rows. Those that change what others look at come later.
pub const SAMPLES: &[Sample] = &[
    Sample::of("identity-show-jwks", 200),
    Sample::of("edge-show-openapi", 200),
    Sample::of("search-query-products", 200).query("q=lamp"),
    Sample::of("search-query-products-by-term", 200).query("term=lamp"),
    Sample::of("search-suggest-queries", 200).query("q=lam"),
    Sample::of("search-explain-results", 200).query("q=lamp"),
    Sample::of("search-show-ranking", 200),
    Sample::of("search-show-vocabulary", 200),
    Sample::of("search-show-reindex", 200),
    Sample::of("search-steer-reindex", 202).body(r#"{"action": "start"}"#),
    // There is no such report: what one shows is in the journey `behaviour`.
    Sample::of("search-show-report", 404).at(&[("day", "2026-01-01")]).query("kind=top"),
    Sample::of("search-record-events", 202).body(r#"{"events": [{"type": "view", "productId": "{product}"}]}"#),
    Sample::of("search-set-ranking", 200).if_match().body(r#"{"weights": {"available": 0.3}}"#),
    Sample::of("search-set-vocabulary", 200).if_match().body(r#"{"twoWay": [], "oneWay": [], "never": []}"#),
    Sample::of("catalog-show-product", 200).at(&[("id", "{product}")]),
    // The tests' client follows to the address with its words.
    Sample::of("catalog-show-product-by-slug", 200).at(&[("slug", "{product}")]),
    Sample::of("catalog-list-products", 200).query("category=Home"),
    Sample::of("catalog-list-cards", 200).query("ids={product}"),
    Sample::of("catalog-list-seller-products", 200).query("status=active&sellerId={seller}").the_sellers(),
    Sample::of("catalog-create-item", 201)
        .body(r#"{"name": "Lamp", "price": {"amount": 1299, "currency": "USD"}, "quantity": 3}"#),
    Sample::of("catalog-change-product", 200)
        .at(&[("id", "{product}")])
        .body(r#"{"description": "Changed"}"#)
        .if_match()
        .the_sellers(),
    // Of another's product the answer says that there is none: the journey `merchandise`.
    Sample::of("catalog-change-products", 200)
        .body(r#"{"items": [{"productId": "{product}", "edit": {"description": "Changed at once"}}]}"#),
    Sample::of("catalog-archive-product", 204).at(&[("id", "{product-to-go}")]).the_sellers(),
    Sample::of("catalog-restore-product", 204).at(&[("id", "{product}")]).the_sellers(),
    Sample::of("catalog-list-changes", 200).at(&[("id", "{product}")]).the_sellers(),
    Sample::of("catalog-preview-product", 200).at(&[("id", "{product}")]).the_sellers(),
    Sample::of("catalog-create-image", 201)
        .at(&[("id", "{product}")])
        .body(r#"{"contentType": "image/jpeg", "bytes": 100000}"#)
        .the_sellers(),
    Sample::of("catalog-list-images", 200).at(&[("id", "{product}")]).the_sellers(),
    Sample::of("catalog-arrange-images", 200)
        .at(&[("id", "{product}")])
        .if_match()
        .body(r#"{"items": []}"#)
        .the_sellers(),
    Sample::of("catalog-remove-image", 204).at(&[("id", "{product}"), ("imageId", "{image}")]).the_sellers(),
    Sample::of("catalog-list-categories", 200),
    Sample::of("catalog-create-category", 201).body(r#"{"path": ["{unique}"]}"#),
    // The path that it has: others look at it. What these do is in the journey `browse`.
    Sample::of("catalog-change-category", 200).at(&[("id", "{category}")]).if_match().body(r#"{"path": ["Home"]}"#),
    Sample::of("catalog-declare-attributes", 200).at(&[("id", "{category}")]).if_match().body(r#"{"attributes": []}"#),
    Sample::of("catalog-merge-category", 422).at(&[("id", "{category}")]).if_match().body(r#"{"into": "{category}"}"#),
    Sample::of("catalog-remove-category", 409).at(&[("id", "{category}")]).if_match(),
    Sample::of("catalog-show-category", 200).at(&[("id", "{category}")]),
    Sample::of("identity-register-user", 201)
        .body(r#"{"email": "{unique}@example.com", "password": "correct horse battery staple", "name": "Eve"}"#),
    Sample::of("identity-log-in", 201).body(r#"{"email": "{email}", "password": "{password}"}"#),
    Sample::of("edge-show-docs", 200),
    Sample::of("edge-show-docs-file", 200).at(&[("file", "start.js")]),
    Sample::of("identity-refresh-session", 201).body(r#"{"refreshToken": "{refresh-token}"}"#),
    Sample::of("identity-forgot-password", 202).body(r#"{"email": "{unique}@example.com"}"#),
    // Nobody has these tokens; those who do are let in by the journey `person`.
    Sample::of("identity-verify-email", 422).body(r#"{"token": "{unique}"}"#),
    Sample::of("identity-reset-password", 422).body(r#"{"token": "{unique}", "password": "{unique}"}"#),
    Sample::of("identity-show-erasure", 200).at(&[("id", "{erasure}")]),
    Sample::of("identity-show-me", 200).shows("{email}"),
    Sample::of("identity-change-me", 200).if_match().body(r#"{"name": "Ada"}"#),
    Sample::of("identity-show-preferences", 200),
    Sample::of("identity-set-preferences", 200).if_match().body(r#"{"language": "en"}"#),
    Sample::of("identity-request-verification", 202),
    Sample::of("identity-change-password", 422).body(r#"{"old": "{unique}", "new": "{unique}"}"#),
    Sample::of("identity-list-sessions", 200).shows("{session}"),
    // There is no such session of theirs, so it is as ended as they want it; the owner's goes on.
    Sample::of("identity-end-session", 204).at(&[("id", "{session}")]).the_shoppers().to_others(204, ""),
    Sample::of("identity-request-export", 202),
    Sample::of("identity-show-export", 200).at(&[("id", "{export}")]).the_shoppers(),
    Sample::of("identity-request-erasure", 422).body(r#"{"password": "{unique}"}"#),
    Sample::of("identity-request-erasure-of-me", 422).body(r#"{"password": "{unique}"}"#),
    Sample::of("identity-show-address", 200).at(&[("id", "{address}")]).the_shoppers(),
    Sample::of("identity-change-address", 200).at(&[("id", "{address}")]).if_match().body(ADDRESS).the_shoppers(),
    Sample::of("identity-set-default-addresses", 200)
        .if_match()
        .body(r#"{"shipping": "{address}", "billing": null}"#)
        .the_shoppers()
        .to_others(422, "INVALID_VALUE"),
    Sample::of("identity-remove-address", 204).at(&[("id", "{address}")]).the_shoppers(),
    Sample::of("identity-list-addresses", 200).shows("{address}"),
    Sample::of("identity-add-address", 201).body(ADDRESS),
    Sample::of("payments-add-method", 201).body(r#"{"gatewayToken": "pm_sandbox_approved"}"#),
    Sample::of("payments-list-methods", 200).shows("{method}"),
    Sample::of("payments-set-default-method", 200)
        .body(r#"{"id": "{method}"}"#)
        .the_shoppers()
        .to_others(422, "INVALID_VALUE"),
    Sample::of("payments-remove-method", 204).at(&[("id", "{method}")]).the_shoppers(),
    Sample::of("payments-refund-payment", 201)
        .at(&[("id", "{payment}")])
        .body(r#"{"amount": {"amount": 1, "currency": "USD"}, "reason": "goodwill"}"#),
    Sample::of("payments-show-payment", 404).at(&[("id", "pay_0190163d8694739b9f3a1c5d7e9b2f40")]),
    Sample::of("payments-list-findings", 200).query("gateway=sandbox&day=2026-11-20"),
    Sample::of("payments-receive-webhook", 401).at(&[("gateway", "sandbox")]).body("{}"),
    Sample::of("carts-show-cart", 200).shows("{cart}"),
    Sample::of("carts-add-item", 201).body(r#"{"offerId": "{offer}", "quantity": 1}"#),
    Sample::of("carts-put-item", 200).body(r#"{"itemId": "{offer}", "quantity": 1}"#),
    Sample::of("carts-set-item", 200).at(&[("itemId", "{item}")]).body(r#"{"quantity": 2}"#).the_shoppers(),
    Sample::of("carts-remove-item", 200).at(&[("itemId", "{item}")]).the_shoppers(),
    Sample::of("orders-list-orders", 200).shows("{order}"),
    Sample::of("orders-show-order", 200).at(&[("id", "{order}")]).the_shoppers(),
    // A session holds its shopper's cart, so each of these has a shopper to itself.
    Sample::of("checkout-initiate-session", 201).body(r#"{"cartId": "{full-cart}"}"#).the_shoppers(),
    Sample::of("checkout-show-session", 200).at(&[("id", "{checkout}")]).the_shoppers(),
    Sample::of("checkout-change-session", 200)
        .at(&[("id", "{checkout}")])
        .if_match()
        .body(r#"{"shippingOption": "express"}"#)
        .the_shoppers(),
    Sample::of("checkout-cancel-session", 204).at(&[("id", "{checkout}")]).the_shoppers(),
    Sample::of("checkout-pay-session", 201)
        .body(r#"{"checkoutSessionId": "{checkout}", "paymentMethodId": "pm_sandbox_approved"}"#)
        .the_shoppers(),
    Sample::of("checkout-place-order", 402)
        .body(r#"{"cartId": "{cart}", "shippingAddressId": "{address}", "paymentMethodId": "pm_sandbox_declined"}"#)
        .the_shoppers(),
    Sample::of("carts-clear-cart", 200),
    Sample::of("catalog-list-imports", 200).shows("{import}"),
    Sample::of("catalog-show-import", 200).at(&[("id", "{import}")]).the_sellers(),
    Sample::of("catalog-create-import", 201).body(r#"{"fileName": "spring.csv"}"#),
    Sample::of("inventory-list-warehouses", 200).query("sellerId={seller}").the_sellers(),
    Sample::of("inventory-add-warehouse", 201)
        .body(r#"{"name": "Reno", "country": "US", "region": "NV", "postalCode": "89501", "sellerId": "{seller}"}"#)
        .the_sellers(),
    Sample::of("inventory-show-stock", 200).at(&[("id", "{offer}")]).the_sellers(),
    Sample::of("inventory-list-movements", 200).at(&[("id", "{offer}")]).the_sellers(),
    Sample::of("inventory-list-low-stock", 200).query("sellerId={seller}").the_sellers(),
    Sample::of("inventory-list-transfers", 200).query("sellerId={seller}").the_sellers(),
    Sample::of("inventory-show-transfer", 200).at(&[("id", "{transfer}")]).the_sellers(),
    Sample::of("inventory-receive-transfer", 200).at(&[("id", "{transfer}")]).body(r#"{"quantity": 1}"#).the_sellers(),
    Sample::of("inventory-cancel-transfer", 200).at(&[("id", "{transfer}")]).the_sellers(),
    Sample::of("inventory-dispatch-transfer", 201)
        .body(
            r#"{"offerId": "{offer}", "fromWarehouseId": "{warehouse}", "toWarehouseId": "{other-warehouse}",
            "quantity": 1}"#,
        )
        .the_sellers(),
    Sample::of("inventory-set-threshold", 200).at(&[("id", "{offer}")]).body(r#"{"threshold": 3}"#).the_sellers(),
    Sample::of("inventory-take-stock", 201)
        .body(
            r#"{"warehouseId": "{other-warehouse}", "counts": [{"offerId": "{offer}", "version": 0, "quantity": 0}]}"#,
        )
        .the_sellers(),
    Sample::of("inventory-receive-stock", 201)
        .body(r#"{"offerId": "{offer}", "warehouseId": "{warehouse}", "quantity": 1, "reason": "delivery"}"#)
        .the_sellers(),
    Sample::of("inventory-adjust-stock", 201)
        .body(r#"{"offerId": "{offer}", "warehouseId": "{warehouse}", "delta": -1, "reason": "stocktake"}"#)
        .the_sellers(),
];
