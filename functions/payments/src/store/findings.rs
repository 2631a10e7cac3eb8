//! What reconciliation found.

use rialto_dynamo::{Key, Page, Position, Put, Query, cond};
use rialto_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Payments;
use crate::{
    domain::{Finding, GatewayName},
    error::Error,
};

/// A finding on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentFinding)]
pub struct FindingRow {
    /// What was found.
    pub finding: Finding,
    /// When it was last found.
    #[schema(value_type = String, format = DateTime)]
    pub found_at: Timestamp,
}

fn pk(gateway: GatewayName, day: Timestamp) -> String {
    format!("FINDINGS#{gateway}#{}", day.strftime("%F"))
}

impl Payments {
    /// Writes a finding about a day, and says whether it is new; a repeat writes it over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn report(
        &self,
        gateway: GatewayName,
        day: Timestamp,
        finding: Finding,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let payment = finding.payment_id.map(|id| id.to_string()).unwrap_or_default();
        let reference = finding.reference.as_deref().unwrap_or_default();
        let kind = serde_json::to_value(finding.kind).ok().and_then(|kind| kind.as_str().map(ToOwned::to_owned));
        let sk = format!("{}#{payment}#{reference}", kind.unwrap_or_default());
        let row = FindingRow { finding, found_at: now };
        let put = Put::new(&Key::new(pk(gateway, day), sk), &row)?;
        match self.table.put(put.clone().when(cond::absent("pk"))).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(self.table.put(put).await.map(|()| false)?),
            Err(error) => Err(error.into()),
        }
    }

    /// A page of the findings about a day.
    ///
    /// # Errors
    /// When the database does not answer, or the position is not of this list.
    pub async fn findings_page(
        &self,
        gateway: GatewayName,
        day: Timestamp,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<FindingRow>, Error> {
        Ok(self.table.query(Query::pk(pk(gateway, day)).limit(limit).after(after)).await?)
    }

    /// All findings about a day.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn findings(&self, gateway: GatewayName, day: Timestamp) -> Result<Vec<FindingRow>, Error> {
        Ok(self.table.query_all(Query::pk(pk(gateway, day)).strong()).await?)
    }
}
