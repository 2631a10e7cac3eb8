#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod paypal;
mod reconciliation;
mod refunds;
mod routing;
mod steps;
mod transfers;
mod webhooks;

use std::sync::Arc;

use rialto_dynamo::{Key, Read, Table};
use rialto_kernel::{Currency, Money, OrderId, PaymentId, Timestamp};
use serde_json::Value;

use super::*;
use crate::{
    domain::{GatewayName, GatewayToken, State, TokensByGateway},
    error::Error,
    gateway::sandbox::Sandbox,
};

fn token(text: &str) -> GatewayToken {
    GatewayToken::try_from(text.to_owned()).unwrap()
}

/// The offers of the order.
const LINES: [&str; 2] = ["off_0190163d8694739b9f3a1c5d7e9b2f40", "off_0190163d8694739b9f3a1c5d7e9b2f41"];

fn billed(offer: &str, total: i64) -> BilledLine {
    // As the saga has it, which knows more of a line.
    let total = serde_json::json!({ "amount": total, "currency": "USD" });
    let line = serde_json::json!({ "offerId": offer, "title": "A thing", "charges": { "total": total } });
    serde_json::from_value(line).unwrap()
}

struct Shop {
    context: Context,
    payments_table: Table,
    gateway_table: Table,
    payment_id: PaymentId,
    order_id: OrderId,
}

fn shop() -> Shop {
    Shop::over(Table::in_memory("payments"), Table::in_memory("gateway"))
}

impl Shop {
    fn over(payments_table: Table, gateway_table: Table) -> Self {
        let gateways = Gateways::new(Arc::new(Sandbox::new(gateway_table.clone())), None);
        let context = Context { payments: Payments::new(payments_table.clone()), gateways };
        Self { context, payments_table, gateway_table, payment_id: PaymentId::draw(), order_id: OrderId::draw() }
    }

    /// On tables in memory and, where a stack runs, on DynamoDB Local.
    async fn on_each_table() -> Vec<Self> {
        let payments = rialto_dynamo::testing::tables("payments").await.unwrap();
        let gateways = rialto_dynamo::testing::tables("sandbox").await.unwrap();
        payments.into_iter().zip(gateways).map(|(ours, theirs)| Self::over(ours, theirs)).collect()
    }

    fn input(&self, method: &str) -> AuthorisePayment {
        AuthorisePayment {
            payment_id: self.payment_id,
            order_id: self.order_id,
            amount: Money::new(12_999, Currency::USD),
            tokens: TokensByGateway::from([(GatewayName::Sandbox, token(method))]),
            lines: vec![billed(LINES[0], 10_000), billed(LINES[1], 2_999)],
            tell_waiting: false,
        }
    }

    async fn authorise(&self, method: &str) -> Result<(), Error> {
        authorise_payment(&self.context, self.input(method), Timestamp::UNIX_EPOCH).await.map(|_| ())
    }

    async fn capture(&self) -> Result<(), Error> {
        let input = CapturePayment { payment_id: self.payment_id };
        capture_payment(&self.context, input, Timestamp::UNIX_EPOCH).await.map(|_| ())
    }

    async fn void(&self) -> Result<(), Error> {
        let input = VoidPayment { payment_id: self.payment_id, order_id: self.order_id };
        void_payment(&self.context, input, Timestamp::UNIX_EPOCH).await.map(|_| ())
    }

    async fn payment(&self) -> crate::domain::Payment {
        self.context.payments.load(self.payment_id).await.unwrap().unwrap()
    }

    async fn state(&self) -> State {
        self.payment().await.state
    }

    /// A number in the gateway's books about the payment.
    async fn book(&self, name: &str) -> i64 {
        let key = Key::new(format!("INTENT#{}:1", self.payment_id), "INTENT");
        let intent = self.gateway_table.get::<Value>(&key, Read::Strong).await.unwrap();
        intent.and_then(|intent| intent.get(name).and_then(Value::as_i64)).unwrap_or(0)
    }

    /// How often the gateway really took the money.
    async fn captures(&self) -> i64 {
        self.book("captures").await
    }

    async fn outcomes(&self) -> Vec<String> {
        let attempts = self.context.payments.attempts(self.payment_id).await.unwrap();
        let attempts = attempts.into_iter().map(|it| it.attempt);
        attempts.map(|it| format!("{} {} {}", it.gateway, it.operation, it.outcome)).collect()
    }
}
