//! Step of a checkout: the gateways' tokens behind a payment method, and of which kind it is.

use rialto_kernel::{PaymentMethodId, UserId};
use serde::{Deserialize, Serialize};

use super::Wallet;
use crate::domain::{GatewayToken, MethodType, TokensByGateway};
use crate::gateway::tokens::Tokens;
use crate::methods::MethodError;

/// Which method of whom.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResolveMethod {
    /// Who buys.
    pub shopper_id: UserId,
    /// A stored method of theirs, or a token that may be paid with unstored.
    pub payment_method_id: String,
}

/// What to ask the gateways with. It stays in the run, so that removing the method does not stop a checkout half-way.
#[derive(Debug, Serialize)]
pub struct Resolved {
    /// By gateway, of those that know the method.
    tokens: TokensByGateway,
    /// By which the stock's time to wait for the payment is chosen.
    class: MethodType,
}

/// The tokens of a stored method, only its owner's; a token that need not be stored stands for itself. One that the gateway
/// tells nothing of counts as a card, whose stock waits the shortest.
///
/// # Errors
/// `PaymentMethodNotFound`, also for another person's.
pub async fn resolve_method<T: Tokens>(wallet: &Wallet<T>, input: ResolveMethod) -> Result<Resolved, MethodError> {
    let named = input.payment_method_id;
    if let Ok(id) = named.parse::<PaymentMethodId>() {
        let (tokens, class) = wallet.methods.tokens(input.shopper_id, id).await?;
        return Ok(Resolved { tokens, class });
    }
    let token = GatewayToken::try_from(named).ok().filter(|token| wallet.tokens.takes_unstored(token));
    let token = token.ok_or(MethodError::NotFound)?;
    let class = wallet.tokens.describe(&token).await.map_or(MethodType::Card, |details| details.r#type);
    Ok(Resolved { tokens: TokensByGateway::from([(wallet.tokens.gateway(), token)]), class })
}
