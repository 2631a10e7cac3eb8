//! The functions by their names, each made and called as its bin does it.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, sync::Arc, time::Duration};

use futures::future::LocalBoxFuture;
use rialto_dynamo::Table;
use rialto_http::{Anyone, Request, Response, Shopper, testing::answered};
use rialto_lambda::{Context, Diagnostic, Message, SdkConfig, answer_step, now};
use serde_json::{Value, json};

/// What every function of a deployment is made from.
pub(crate) struct Deployment {
    sdk: SdkConfig,
    tables: Arc<BTreeMap<String, Table>>,
    contexts: RefCell<BTreeMap<&'static str, Context>>,
}

/// The settings of all functions.
pub(crate) fn settings() -> BTreeMap<String, String> {
    let all = [
        ("CHECKOUT_MACHINE_ARN", "arn:aws:states:us-east-1:000000000000:stateMachine:sim-checkout"),
        ("CHECKOUT_WAIT_MS", "3000"),
        ("FALLBACK_GATEWAY", "none"),
        ("PAYMENT_GATEWAY", "sandbox"),
        ("PRODUCTION", "true"),
        ("QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/000000000000/sim-payments-apply-webhook"),
        ("RESERVATION_SECONDS", "900"),
        ("REVIEW_RESERVATION_SECONDS", "86400"),
        ("TRANSFER_RESERVATION_SECONDS", "259200"),
        ("TARIFF", "standard"),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

impl Deployment {
    pub(crate) fn new(sdk: SdkConfig, tables: Arc<BTreeMap<String, Table>>) -> Rc<Self> {
        Rc::new(Self { sdk, tables, contexts: RefCell::default() })
    }

    fn context(&self, service: &'static str) -> Context {
        let mut contexts = self.contexts.borrow_mut();
        let new = || Context::simulated(service, self.sdk.clone(), Arc::clone(&self.tables));
        contexts.entry(service).or_insert_with(new).clone()
    }
}

type Run = fn(Rc<Deployment>, Value) -> LocalBoxFuture<'static, Result<Value, Diagnostic>>;

/// A step of a workflow.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    /// Runs it.
    pub(crate) run: Run,
    /// Its time-out, as in `infra/services`.
    pub(crate) limit: Duration,
}

const USUAL: Duration = Duration::from_secs(10);
/// Of functions that ask a gateway.
const ASKING: Duration = Duration::from_secs(30);

/// A state of a function that cannot be made ends the simulation: nothing of it is left to chance.
fn made<T, E: std::fmt::Display>(state: Result<T, E>) -> T {
    state.unwrap_or_else(|error| panic!("a function cannot start: {error}"))
}

macro_rules! steps {
    ($($name:literal $limit:ident |$context:ident: $service:literal| $state:expr => $handler:expr;)*) => {
        /// The names of all steps that can be run.
        pub const STEPS: &[&str] = &[$($name),*];

        /// The step of this name.
        pub(crate) fn step(name: &str) -> Option<Step> {
            match name {
                $($name => Some(Step {
                    limit: $limit,
                    run: |deployment, payload| Box::pin(async move {
                        let $context = deployment.context($service);
                        let state = $state;
                        let output = answer_step(&state, &$handler, payload).await?;
                        Ok(serde_json::to_value(output).unwrap_or_default())
                    }),
                }),)*
                _ => None,
            }
        }
    };
}

steps! {
    "carts-freeze-cart" USUAL |context: "carts"| made(context.table("CARTS_TABLE").map(carts::store::Store::new)) => carts::handlers::freeze_cart::freeze_cart;
    "carts-thaw-cart" USUAL |context: "carts"| made(context.table("CARTS_TABLE").map(carts::store::Store::new)) => carts::handlers::thaw_cart::thaw_cart;
    "carts-clear-purchased" USUAL |context: "carts"| made(context.table("CARTS_TABLE").map(carts::store::Store::new)) => carts::handlers::clear_purchased::clear_purchased;
    "catalog-quote-offers" USUAL |context: "catalog"| made(catalog::handlers::store(&context)) => catalog::handlers::quote_offers::quote_offers;
    "checkout-await-decision" USUAL |context: "checkout"| made(checkout::handlers::sessions::Bedside::of(&context)) => checkout::handlers::sessions::await_decision;
    "checkout-open-session" USUAL |context: "checkout"| made(context.table("CHECKOUT_TABLE").map(checkout::store::Checkouts::new)) => checkout::handlers::sessions::open_session;
    "checkout-price-order" USUAL |context: "checkout"| made(checkout::handlers::Pricing::of(&context)) => checkout::handlers::price_order;
    "checkout-record-action" USUAL |context: "checkout"| made(context.table("CHECKOUT_TABLE").map(checkout::store::Checkouts::new)) => checkout::handlers::record_action;
    "checkout-record-outcome" USUAL |context: "checkout"| made(context.table("CHECKOUT_TABLE").map(checkout::store::Checkouts::new)) => checkout::handlers::record_outcome;
    "checkout-reprice-order" USUAL |context: "checkout"| made(checkout::handlers::Pricing::of(&context)) => checkout::handlers::sessions::reprice_order;
    "checkout-settle-session" USUAL |context: "checkout"| made(context.table("CHECKOUT_TABLE").map(checkout::store::Checkouts::new)) => checkout::handlers::sessions::settle_session;
    "identity-resolve-address" USUAL |context: "identity"| made(identity::store::Addresses::of(&context)) => identity::handlers::resolve_address;
    "inventory-confirm-reservation" USUAL |context: "inventory"| made(inventory::store::Inventory::of(&context)) => inventory::handlers::confirm_reservation;
    "inventory-extend-reservation" USUAL |context: "inventory"| made(inventory::handlers::Reservations::of(&context)) => inventory::handlers::extend_reservation;
    "inventory-release-reservation" USUAL |context: "inventory"| made(inventory::store::Inventory::of(&context)) => inventory::handlers::release_reservation;
    "inventory-reserve-stock" USUAL |context: "inventory"| made(inventory::handlers::Reservations::of(&context)) => inventory::handlers::reserve_stock;
    "orders-advance-order" USUAL |context: "orders"| made(context.table("ORDERS_TABLE").map(orders::store::Store::new)) => orders::handlers::advance_order::advance_order;
    "orders-create-order" USUAL |context: "orders"| made(context.table("ORDERS_TABLE").map(orders::store::Store::new)) => orders::handlers::create_order::create_order;
    "payments-authorise-payment" ASKING |context: "payments"| made(payments::handlers::Context::connect(&context).await) => |state, input| payments::handlers::authorise_payment(state, input, now());
    "payments-capture-payment" ASKING |context: "payments"| made(payments::handlers::Context::connect(&context).await) => |state, input| payments::handlers::capture_payment(state, input, now());
    "payments-resolve-method" USUAL |context: "payments"| made(payments::handlers::methods::Wallet::of(&context)) => payments::handlers::methods::resolve_method;
    "payments-void-payment" ASKING |context: "payments"| made(payments::handlers::Context::connect(&context).await) => |state, input| payments::handlers::void_payment(state, input, now());
}

/// Functions that are not steps: each answers what it fails with.
pub(crate) mod others {
    use rialto_http::Customer;

    use super::{Anyone, Deployment, Message, Rc, Request, Response, Shopper, Value, answered, json, made, now};

    macro_rules! routes {
        ($($name:ident, $caller:ident, $service:literal, |$context:ident| $state:expr, $handler:expr;)*) => {$(
            pub(crate) async fn $name(deployment: Rc<Deployment>, caller: $caller, request: Request) -> Response {
                let $context = deployment.context($service);
                answered($handler(&$state, caller, request).await)
            }
        )*};
    }

    routes! {
        add_item, Customer, "carts", |context| made(context.table("CARTS_TABLE").map(carts::store::Store::new)), carts::handlers::add_item::add_item;
        place_order, Shopper, "checkout", |context| made(checkout::handlers::place_order::Context::of(&context)), checkout::handlers::place_order::place_order;
        initiate_session, Shopper, "checkout", |context| made(checkout::handlers::place_order::Context::of(&context)), checkout::handlers::sessions::initiate_session::initiate_session;
        show_session, Shopper, "checkout", |context| made(context.table("CHECKOUT_TABLE").map(checkout::store::Checkouts::new)), checkout::handlers::sessions::show_session::show_session;
        change_session, Shopper, "checkout", |context| made(checkout::handlers::place_order::Context::of(&context)), checkout::handlers::sessions::change_session::change_session;
        cancel_session, Shopper, "checkout", |context| made(checkout::handlers::place_order::Context::of(&context)), checkout::handlers::sessions::cancel_session::cancel_session;
        pay_session, Shopper, "checkout", |context| made(checkout::handlers::place_order::Context::of(&context)), checkout::handlers::sessions::pay_session::pay_session;
        receive_webhook, Anyone, "payments", |context| payments::handlers::Mailbox {
            secrets: payments::gateway::Secrets::of(&context),
            queue: made(payments::queue::Queue::of(&context)),
            gateways: made(payments::gateway::in_use()),
        }, payments::handlers::receive_webhook;
    }

    pub(crate) async fn apply_webhook(deployment: Rc<Deployment>, message: Message) -> Result<(), String> {
        let lambda = deployment.context("payments");
        let context = made(payments::handlers::Context::connect(&lambda).await);
        let refunds = payments::handlers::Refunds { context, queue: made(payments::queue::Queue::of(&lambda)) };
        payments::handlers::apply_webhook(&refunds, message, now()).await.map_err(|error| error.to_string())
    }

    pub(crate) async fn project_offer(deployment: Rc<Deployment>, message: Message) -> Result<(), String> {
        let store = made(deployment.context("carts").table("CARTS_TABLE").map(carts::store::Store::new));
        carts::handlers::project_offer::project_offer(&store, message).await.map_err(|error| error.to_string())
    }

    pub(crate) async fn track_availability(deployment: Rc<Deployment>, message: Message) -> Result<(), String> {
        let inventory = made(inventory::store::Inventory::of(&deployment.context("inventory")));
        let offer = inventory::handlers::offer_of(&message).map_err(|error| error.to_string())?;
        inventory::handlers::track_availability(&inventory, offer).await.map_err(|error| error.to_string())
    }

    pub(crate) async fn expire_reservations(deployment: Rc<Deployment>) -> Result<Value, String> {
        let inventory = made(inventory::store::Inventory::of(&deployment.context("inventory")));
        let swept = inventory::handlers::expire_reservations(&inventory, json!({})).await;
        Ok(swept
            .map_or_else(|never| match never {}, |swept| json!({ "expired": swept.expired, "failed": swept.failed })))
    }

    pub(crate) async fn sweep_sessions(deployment: Rc<Deployment>) -> Result<Value, String> {
        let bedside = made(checkout::handlers::sessions::Bedside::of(&deployment.context("checkout")));
        let swept = checkout::handlers::sessions::sweep_sessions(&bedside, json!({})).await;
        Ok(swept
            .map_or_else(|never| match never {}, |swept| json!({ "woken": swept.woken, "recovered": swept.recovered })))
    }

    pub(crate) async fn reconcile_stock(deployment: Rc<Deployment>) -> Result<Value, String> {
        let inventory = made(inventory::store::Inventory::of(&deployment.context("inventory")));
        let pass = inventory::handlers::reconcile_stock(&inventory, json!({})).await;
        pass.map(|pass| json!({ "finished": pass.finished })).map_err(|error| error.to_string())
    }

    pub(crate) async fn reconcile_day(
        deployment: Rc<Deployment>,
        at: Option<rialto_kernel::Timestamp>,
    ) -> Result<Value, String> {
        let context = made(payments::handlers::Context::connect(&deployment.context("payments")).await);
        let input = payments::handlers::ReconcileDay { at };
        let done = payments::handlers::reconcile_day(&context, input, now()).await;
        done.map(|done| json!(done)).map_err(|error| error.to_string())
    }
}
