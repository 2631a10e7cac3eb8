//! The gateways of a deployment.

use std::sync::Arc;

use rialto_lambda::{Context, env};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Gateways, PaymentGateway, Secrets, paypal::Paypal, sandbox::Sandbox, stripe::Stripe};
use crate::{domain::GatewayName, error::Error};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StripeSecret {
    secret_key: SecretString,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PaypalSecret {
    client_id: String,
    client_secret: SecretString,
}

/// The gateways that `PAYMENT_GATEWAY` and `FALLBACK_GATEWAY` (or `none`) name: `sandbox`, `stripe` or `paypal`. The
/// sandbox's books are in `SANDBOX_GATEWAY_TABLE`. `PAYMENT_RETURN_URL` is where shoppers come back to from a gateway.
///
/// # Errors
/// When a variable is not set or names no gateway, or a gateway's secret cannot be read.
pub async fn connect(lambda: &Context) -> Result<Gateways, Error> {
    let first = of(lambda, &env("PAYMENT_GATEWAY")?).await?;
    let second = match env("FALLBACK_GATEWAY")?.as_str() {
        "none" => None,
        name => Some(of(lambda, name).await?),
    };
    Ok(Gateways::new(first, second))
}

async fn of(lambda: &Context, name: &str) -> Result<Arc<dyn PaymentGateway>, Error> {
    let unusable = |reason: String| Error::Setting(format!("{name}: {reason}"));
    let name: GatewayName = name.parse().map_err(unusable)?;
    let now = rialto_lambda::now();
    Ok(match name {
        GatewayName::Sandbox => Arc::new(Sandbox::new(lambda.table("SANDBOX_GATEWAY_TABLE")?)),
        GatewayName::Stripe => {
            let secret: StripeSecret = Secrets::of(lambda).read(name, now).await?;
            let stripe = Stripe::new("https://api.stripe.com", secret.secret_key, env("PAYMENT_RETURN_URL")?);
            Arc::new(stripe.map_err(|error| Error::Setting(error.to_string()))?)
        }
        GatewayName::Paypal => {
            let secret: PaypalSecret = Secrets::of(lambda).read(name, now).await?;
            let paypal = Paypal::new("https://api-m.paypal.com", secret.client_id, secret.client_secret);
            Arc::new(paypal.map_err(|error| Error::Setting(error.to_string()))?)
        }
    })
}
