//! People who buy: in one step or two, with several tabs, twice, too late, with cards of every kind, or not at all. They do
//! what browsers and people do: send again what was not answered, under the same key, and sometimes not come back.

use std::{rc::Rc, time::Duration};

use rialto_http::{
    Request, Response, Shopper,
    testing::{RequestBuilder, request},
};
use rialto_kernel::{AddressId, OrderId, Timestamp};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    functions::{Deployment, others},
    world::{Buyer, Heard, World},
};

/// What a function behind the gateway may take.
const LIMIT: Duration = Duration::from_secs(29);

const METHODS: [&str; 13] = [
    "pm_sandbox_approved",
    "pm_sandbox_approved",
    "pm_sandbox_approved",
    "pm_sandbox_approved",
    "pm_sandbox_declined",
    "pm_sandbox_insufficient_funds",
    "pm_sandbox_timeout_then_approved",
    "pm_sandbox_timeout_then_approved",
    "pm_sandbox_timeout",
    "pm_sandbox_needs_action",
    "pm_sandbox_wallet",
    "pm_sandbox_capture_fails",
    "pm_unknown",
];

/// One in so many pays by bank transfer, which takes days.
const TRANSFER_IN: u64 = 25;

struct Answer {
    status: u16,
    etag: String,
    body: Value,
}

impl Answer {
    fn text(&self, name: &str) -> &str {
        self.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether a client would send the request again.
    fn is_again(&self) -> bool {
        self.status >= 500 || self.text("code") == "IDEMPOTENCY_IN_FLIGHT"
    }
}

struct Client<'w> {
    world: &'w Rc<World>,
    buyer: &'w Buyer,
}

/// Buys, or tries to.
pub(crate) async fn buy(world: Rc<World>, buyer: Buyer) {
    let client = Client { world: &world, buyer: &buyer };
    let machine = &world.machine;
    sleep(machine.within(Duration::from_secs(machine.one_of(&[2, 2, 60, 900])))).await;
    match machine.up_to(9) {
        0..=3 => client.one_call(&format!("{}-a", buyer.name)).await,
        4 => {
            // Two tabs, each with its own key.
            let (first, second) = (format!("{}-a", buyer.name), format!("{}-b", buyer.name));
            futures::join!(client.one_call(&first), client.one_call(&second));
        }
        5 => {
            // A double click, and one step in one tab, two in the other.
            let key = format!("{}-a", buyer.name);
            let method = client.method();
            futures::join!(client.place(&key, method), client.place(&key, method));
            client.two_step(&format!("{}-s", buyer.name)).await;
        }
        6 => {
            let (first, second) = (format!("{}-s", buyer.name), format!("{}-a", buyer.name));
            futures::join!(client.two_step(&first), client.one_call(&second));
        }
        _ => client.two_step(&format!("{}-s", buyer.name)).await,
    }
    // Who was refused sometimes tries again with another card.
    if machine.percent(30) {
        sleep(machine.within(Duration::from_secs(60))).await;
        client.one_call(&format!("{}-z", buyer.name)).await;
    }
    machine.note(&format!("{} is done", buyer.name));
}

impl Client<'_> {
    fn method(&self) -> &'static str {
        let machine = &self.world.machine;
        if machine.up_to(TRANSFER_IN - 1) == 0 { "pm_sandbox_bank_transfer" } else { machine.one_of(&METHODS) }
    }

    async fn one_call(&self, key: &str) {
        sleep(self.world.machine.within(Duration::from_millis(500))).await;
        self.place(key, self.method()).await;
    }

    async fn place(&self, key: &str, method: &str) {
        let address = self.world.machine.one_of(&self.buyer.addresses);
        let form = json!({"cartId": self.buyer.cart, "shippingAddressId": address, "paymentMethodId": method});
        let send = request("POST", "/v1/orders/checkout").json(&form).header("idempotency-key", key);
        let times = 2 + self.world.machine.up_to(3);
        for _ in 0..times {
            let answer = self.until_answered("checkout-place-order", key, &send, others::place_order).await;
            match answer {
                Some(answer) if answer.status == 202 => sleep(self.pause(20)).await,
                _ => return,
            }
        }
    }

    async fn two_step(&self, key: &str) {
        let machine = &self.world.machine;
        let mut form = json!({"cartId": self.buyer.cart});
        if machine.percent(80) {
            form["shippingAddressId"] = json!(machine.one_of(&self.buyer.addresses));
        }
        let send = request("POST", "/v1/checkout/initiate").json(&form).header("idempotency-key", key);
        let Some(opened) = self.until_answered("checkout-initiate-session", key, &send, others::initiate_session).await
        else {
            return;
        };
        let Ok(id) = opened.text("id").parse::<OrderId>() else { return };
        if machine.percent(30) {
            self.change(id, key).await;
        }
        match machine.up_to(9) {
            0..=4 => self.pay(id, &format!("{key}-pay")).await,
            5 => {
                let (first, second) = (format!("{key}-pay"), format!("{key}-pay2"));
                futures::join!(self.pay(id, &first), self.pay(id, &second));
            }
            6 => {
                let key = format!("{key}-pay");
                futures::join!(self.pay(id, &key), self.give_up(id));
            }
            7 => self.give_up(id).await,
            8 => {
                // Just when its time is over.
                let end =
                    opened.body.get("expiresAt").and_then(|it| serde_json::from_value::<Timestamp>(it.clone()).ok());
                let left = end.map_or(0, |end| end.duration_since(machine.time()).as_millis());
                let left = u64::try_from(left).unwrap_or_default().saturating_sub(2_000) + machine.up_to(4_000);
                sleep(Duration::from_millis(left)).await;
                self.pay(id, &format!("{key}-pay")).await;
            }
            _ => {}
        }
    }

    async fn change(&self, id: OrderId, key: &str) {
        let show = request("GET", "/v1/checkout/session").path("id", id);
        let Some(shown) = self.send("checkout-show-session", key, &show, others::show_session).await else { return };
        let machine = &self.world.machine;
        let form = match machine.up_to(4) {
            0 => json!({"shippingOption": "express"}),
            // Not among their addresses.
            1 => json!({"shippingAddressId": AddressId::named(&["nobody"])}),
            2 => json!({"shippingAddressId": machine.one_of(&self.buyer.addresses)}),
            _ => json!({"shippingAddressId": machine.one_of(&self.buyer.addresses), "shippingOption": "standard"}),
        };
        let send = request("PATCH", "/v1/checkout/session").path("id", id).json(&form).header("if-match", &shown.etag);
        let _ = self.until_answered("checkout-change-session", key, &send, others::change_session).await;
    }

    async fn pay(&self, id: OrderId, key: &str) {
        let machine = &self.world.machine;
        sleep(machine.within(Duration::from_secs(machine.one_of(&[1, 10, 300])))).await;
        let mut form = json!({"checkoutSessionId": id, "paymentMethodId": self.method()});
        if machine.percent(50) {
            form["shippingAddressId"] = json!(machine.one_of(&self.buyer.addresses));
        }
        let send = request("POST", "/v1/checkout/payment").json(&form).header("idempotency-key", key);
        for _ in 0..=1 + machine.up_to(2) {
            match self.until_answered("checkout-pay-session", key, &send, others::pay_session).await {
                Some(answer) if answer.status == 202 => sleep(self.pause(20)).await,
                Some(answer) if answer.text("code") == "PRICE_CHANGED" => break,
                _ => return,
            }
        }
        if machine.percent(70) {
            // What is shown is taken, under a new key.
            let form = json!({"checkoutSessionId": id, "paymentMethodId": self.method()});
            let key = format!("{key}-again");
            let send = request("POST", "/v1/checkout/payment").json(&form).header("idempotency-key", &key);
            let _ = self.until_answered("checkout-pay-session", &key, &send, others::pay_session).await;
        }
    }

    async fn give_up(&self, id: OrderId) {
        sleep(self.pause(20)).await;
        let send = request("DELETE", "/v1/checkout/session").path("id", id);
        let _ = self.until_answered("checkout-cancel-session", "", &send, others::cancel_session).await;
    }

    fn pause(&self, longest: u64) -> Duration {
        self.world.machine.within(Duration::from_secs(longest))
    }

    /// Sends again what was not answered, or not for good; now and then gives up.
    async fn until_answered<F, W>(
        &self,
        route: &'static str,
        key: &str,
        send: &RequestBuilder,
        handler: F,
    ) -> Option<Answer>
    where
        F: Fn(Rc<Deployment>, Shopper, Request) -> W + Copy + 'static,
        W: Future<Output = Response> + 'static,
    {
        for _ in 0..8 {
            match self.send(route, key, send, handler).await {
                Some(answer) if !answer.is_again() => return Some(answer),
                _ if self.world.machine.percent(15) => break,
                _ => sleep(self.pause(40)).await,
            }
        }
        self.world.machine.count("a browser did not come back");
        None
    }

    async fn send<F, W>(&self, route: &'static str, key: &str, send: &RequestBuilder, handler: F) -> Option<Answer>
    where
        F: Fn(Rc<Deployment>, Shopper, Request) -> W + Copy + 'static,
        W: Future<Output = Response> + 'static,
    {
        let (deployment, shopper, send) = (Rc::clone(&self.world.deployment), self.buyer.shopper, send.clone());
        let work = move || {
            let (deployment, send) = (Rc::clone(&deployment), send.clone());
            async move { handler(deployment, shopper, send.function(route).at(rialto_lambda::now()).build()).await }
        };
        let response = self.world.machine.invoke(route, LIMIT, work).await.ok()?;
        let etag = response.headers().get("etag").and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let answer = Answer { status: response.status().as_u16(), etag, body };
        let code = answer.text("code").to_owned();
        self.world.machine.note(&format!("{} {key} heard {} {code} of {route}", self.buyer.name, answer.status));
        self.world.machine.count(format!("{route} {} {code}", answer.status).trim_end().to_owned());
        let heard = Heard {
            buyer: self.buyer.name.clone(),
            key: key.to_owned(),
            route,
            status: answer.status,
            body: answer.body.clone(),
        };
        self.world.heard.borrow_mut().push(heard);
        Some(answer)
    }
}
