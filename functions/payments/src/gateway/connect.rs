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
    let (first, second) = named()?;
    let first = of(lambda, first).await?;
    let second = match second {
        None => None,
        Some(name) => Some(of(lambda, name).await?),
    };
    Ok(Gateways::new(first, second))
}

/// The names of the gateways that [`connect`] connects to.
///
/// # Errors
/// When a variable is not set or names no gateway.
pub fn in_use() -> Result<Vec<GatewayName>, Error> {
    let (first, second) = named()?;
    Ok(std::iter::once(first).chain(second).collect())
}

fn named() -> Result<(GatewayName, Option<GatewayName>), Error> {
    let parse = |name: String| name.parse().map_err(|reason| Error::Setting(format!("{name}: {reason}")));
    let second = Some(env("FALLBACK_GATEWAY")?).filter(|name| name != "none");
    Ok((parse(env("PAYMENT_GATEWAY")?)?, second.map(parse).transpose()?))
}

async fn of(lambda: &Context, name: GatewayName) -> Result<Arc<dyn PaymentGateway>, Error> {
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
            let back = env("PAYMENT_RETURN_URL")?;
            let paypal = Paypal::new("https://api-m.paypal.com", secret.client_id, secret.client_secret, back);
            Arc::new(paypal.map_err(|error| Error::Setting(error.to_string()))?)
        }
    })
}
