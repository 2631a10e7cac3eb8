//! `POST /v1/catalog-imports`

use rialto_http::{Caller, Problem, Request, Response, Seller, idempotency, respond};
use rialto_kernel::ImportId;
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Error,
    domain::{job::Job, upload},
    store::{PostForm, PostForms, Store},
};

/// The table, and forms for the bucket.
#[derive(Debug, Clone)]
pub struct NewImports {
    store: Store,
    forms: PostForms,
}

impl NewImports {
    /// From `CATALOG_TABLE` and `UPLOADS_BUCKET`.
    ///
    /// # Errors
    /// When a variable is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self { store: super::store(context)?, forms: PostForms::new(context)? })
    }
}

/// A catalogue file that is to be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateImport {
    /// What the file is called. `.jsonl`, `.ndjson` and `.json` are JSON Lines, all else is CSV.
    #[schema(min_length = 1, max_length = 100, example = "spring.csv")]
    file_name: String,
}

/// An import that waits for its file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedImport {
    import_id: ImportId,
    upload: PostForm,
}

/// Creates an import and answers the form to upload its file with.
#[utoipa::path(
    post, path = "/v1/catalog-imports", operation_id = "catalog-create-import", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Seller::NAME))),
    params(idempotency::Required),
    request_body = CreateImport,
    responses((status = 201, description = "The import and the form for its file.", body = CreatedImport)),
)]
pub async fn create_import(imports: &NewImports, caller: Seller, request: Request) -> Result<Response, Problem> {
    let input: CreateImport = request.json()?;
    let (table, now) = (imports.store.table(), request.now());
    idempotency::perform(table, &request, &caller, ImportId::draw(), async |import_id| {
        let key = upload::key(caller.seller_id, import_id, &input.file_name).map_err(Error::from)?;
        let upload = imports.forms.form(&key, &input.file_name, now).await?;
        imports.store.add_job(&Job::awaiting(import_id, caller.seller_id, input.file_name.trim(), key, now)).await?;
        respond::created(&format!("/v1/catalog-imports/{import_id}"), &CreatedImport { import_id, upload })
    })
    .await
}
