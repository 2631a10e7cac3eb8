//! What operators read and set as a whole.

use rialto_dynamo::Read;
use rialto_http::{Fault, Operator, Problem, Request, Response, code, respond};
use rialto_lambda::{Context, InitError};

use crate::{
    SEARCH_TABLE,
    domain::Setting,
    store::{Changed, SearchStore, Set},
};

/// What managing a setting needs.
#[derive(Debug, Clone)]
pub struct SettingKeeper {
    store: SearchStore,
}

impl SettingKeeper {
    /// # Errors
    /// When the table is missing among the environment's settings.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self::over(SearchStore::new(context.table(SEARCH_TABLE)?)))
    }

    /// Over this store.
    #[must_use]
    pub fn over(store: SearchStore) -> Self {
        Self { store }
    }

    pub(super) async fn show<T: Setting>(&self) -> Result<Response, Problem> {
        let set: Set<T> = self.store.setting(Read::Strong).await?;
        Ok(respond::ok(&set.value)?.etag(set.version))
    }

    /// Writes what the request holds, if it can be used and the caller has seen what it replaces.
    pub(super) async fn set<T: Setting>(&self, operator: Operator, request: Request) -> Result<Response, Problem> {
        let value: T = request.json()?;
        value.check().map_err(|error| Problem::invalid(error.pointer, Fault::OutOfRange, error.problem))?;
        let wanted = request.required_if_match()?;
        let read: Set<T> = self.store.setting(Read::Strong).await?;
        wanted.admit(read.version)?;
        let changed = Some(Changed { by: operator.user_id, at: request.now() });
        let set = Set { version: read.version.saturating_add(1), value, changed };
        if !self.store.replace_setting(&set, read.version).await? {
            return Err(Problem::of(code::PRECONDITION_FAILED));
        }
        Ok(respond::ok(&set.value)?.etag(set.version))
    }
}

#[cfg(test)]
pub(super) mod testing {
    use rialto_dynamo::Table;
    use rialto_http::testing::request;
    use rialto_kernel::UserId;
    use serde_json::Value;

    use super::{Operator, Request, SearchStore, SettingKeeper};

    pub(in crate::handlers) fn operator() -> Operator {
        Operator { user_id: UserId::named(&["ada"]) }
    }

    pub(in crate::handlers) fn keeper() -> SettingKeeper {
        SettingKeeper::over(SearchStore::new(Table::in_memory("t")))
    }

    /// What sets a setting in place of the one of a version.
    pub(in crate::handlers) fn put(body: &Value, version: &str) -> Request {
        request("PUT", "/").json(body).header("if-match", version).build()
    }
}
