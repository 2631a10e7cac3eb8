//! Step `catalog-finish-import`: the report, and the job's end.

use rialto_kernel::ImportId;
use rialto_lambda::now;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Imports;
use crate::{
    Error,
    domain::{
        job::{Job, State},
        report,
    },
};

const OUR_FAULT: &str =
    "Something failed on our side. Upload the file again: rows that were already imported are skipped.";

/// Which import, and what stopped it, if anything did.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FinishImport {
    import_id: ImportId,
    failure: Option<Failure>,
}

/// An error as the workflow caught it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Failure {
    error: String,
    /// The JSON of a function's error; `errorMessage` is JSON text again.
    cause: Option<String>,
}

/// How it ended.
#[derive(Debug, Serialize)]
pub struct FinishedImport {
    state: State,
}

/// # Errors
/// When the table or the bucket fails.
pub async fn finish_import(imports: &Imports, input: FinishImport) -> Result<FinishedImport, Error> {
    let Imports { store, .. } = imports;
    let job = store.job(input.import_id).await?;
    if job.state.is_final() {
        return Ok(FinishedImport { state: job.state });
    }
    let reason = input.failure.as_ref().map(reason_of);
    let state = job.ending(reason.as_ref());
    let report = write_report(imports, &job).await?;
    store.end_job(job.import_id, state, reason.as_deref(), report.as_deref(), now()).await?;
    tracing::info!(import.id = %job.import_id, import.state = ?state, import.rows = job.rows, "import finished");
    Ok(FinishedImport { state })
}

/// Writes the report and answers its key; nothing when there are no errors to report.
async fn write_report(imports: &Imports, job: &Job) -> Result<Option<String>, Error> {
    if job.rejected == 0 {
        return Ok(None);
    }
    let key = report::key(job.seller_id, job.import_id);
    let mut report = imports.uploads.report(key.clone());
    let mut after = None;
    loop {
        let (rows, next) = imports.store.errors_of(job.import_id, after).await?;
        for (line, errors) in rows {
            report.add(&report::lines(line, &errors)).await?;
        }
        match next {
            Some(position) => after = Some(position),
            None => break,
        }
    }
    report.finish().await?;
    Ok(Some(key))
}

fn reason_of(failure: &Failure) -> String {
    let detail = || {
        let cause: Value = serde_json::from_str(failure.cause.as_deref()?).ok()?;
        let detail: Value = serde_json::from_str(cause.get("errorMessage")?.as_str()?).ok()?;
        detail.get("reason")?.as_str().map(str::to_owned)
    };
    match failure.error.as_str() {
        "FileUnreadable" => detail().unwrap_or_else(|| OUR_FAULT.to_owned()),
        _ => OUR_FAULT.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading::FileError;
    use rialto_lambda::StepError;
    use serde_json::json;

    #[test]
    fn given_what_stopped_an_import_when_told_then_only_faults_of_the_file_are_told_in_full() {
        let error = Error::from(FileError::NoRows);
        let cause = json!({"errorType": error.name(), "errorMessage": error.detail().to_string()}).to_string();
        let failure = |error: &str, cause: Option<String>| Failure { error: error.to_owned(), cause };
        assert_eq!(reason_of(&failure(error.name(), Some(cause))), FileError::NoRows.to_string());
        assert_eq!(reason_of(&failure("Unavailable", Some("{\"secret\": 1}".to_owned()))), OUR_FAULT);
        assert_eq!(reason_of(&failure("States.Timeout", None)), OUR_FAULT);
        assert_eq!(reason_of(&failure("FileUnreadable", Some("rubbish".to_owned()))), OUR_FAULT);
    }
}
