//! Import jobs and the errors of their rows.

use futures::{StreamExt, TryStreamExt, stream};
use rialto_dynamo::{Page, Position as Place, Put, Query, Read, Update, cond, to_value};
use rialto_kernel::{ImportId, SellerId, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AT_ONCE, Settled, Store, keys};
use crate::{
    Error,
    domain::{
        job::{Counts, Job, State},
        reading::Chunk,
        row::RowError,
        upload::Upload,
    },
};

const ERRORS_LIVE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A page of a seller's jobs, newest first.
pub type JobPage = Page<Job>;

/// A file that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The bucket it is in.
    pub bucket: String,
    /// Its key, decoded.
    pub key: String,
    /// Which object of that key.
    pub version_id: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it came.
    pub time: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
struct ErrorRow {
    line: u64,
    errors: Vec<RowError>,
}

impl Store {
    /// Adds a job whose file is still to come. Adding it again changes nothing.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn add_job(&self, job: &Job) -> Result<(), Error> {
        match self.table.put(put(job)?).await {
            Err(error) if error.condition_failed() => Ok(()),
            other => Ok(other?),
        }
    }

    /// A job.
    ///
    /// # Errors
    /// [`Error::ImportNotFound`]; those of the table.
    pub async fn job(&self, id: ImportId) -> Result<Job, Error> {
        self.table.get(&keys::job(id), Read::Strong).await?.ok_or(Error::ImportNotFound)
    }

    /// A page of a seller's jobs, newest first; a moment old.
    ///
    /// # Errors
    /// Those of the table; a position of another list.
    pub async fn jobs_of(&self, seller: SellerId, limit: usize, after: Option<Place>) -> Result<JobPage, Error> {
        let query = Query::pk(keys::jobs_of(seller)).index("gsi1").descending().limit(limit).after(after);
        Ok(self.table.query(query).await?)
    }

    /// The job of a file that has come, running. The same file always has the same job, however often it is told of. A
    /// second file under the key of an import is an import of its own.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn open_job(&self, upload: &Upload, file: &Arrival) -> Result<Job, Error> {
        if let Some(import) = upload.import_id
            && let Some(job) = self.claim_job(import, upload.seller_id, file).await?
        {
            return Ok(job);
        }
        let import = ImportId::named(&[&file.bucket, &file.key, &file.version_id]);
        let mut job = Job::awaiting(import, upload.seller_id, &upload.file_name, file.key.clone(), file.time);
        job.state = State::Running;
        job.version_id = Some(file.version_id.clone());
        job.bytes = Some(file.bytes);
        match self.table.put(put(&job)?).await {
            Ok(()) => Ok(job),
            Err(error) if error.condition_failed() => self.job(import).await,
            Err(error) => Err(error.into()),
        }
    }

    /// The job that waits for this file, or has it already.
    async fn claim_job(&self, import: ImportId, seller: SellerId, file: &Arrival) -> Result<Option<Job>, Error> {
        let mine = cond::all([
            cond::eq("sellerId", seller.to_string()),
            cond::eq("key", file.key.as_str()),
            cond::absent("versionId"),
        ]);
        let update = Update::of(keys::job(import))
            .set("versionId", file.version_id.as_str())
            .set("bytes", file.bytes)
            .set("state", to_value(&State::Running)?)
            .when(mine);
        match self.table.update_returning(update).await {
            Ok(job) => Ok(Some(job)),
            Err(error) if error.condition_failed() => {
                let job: Option<Job> = error.failed_item(0)?;
                let same = |job: &Job| job.seller_id == seller && job.version_id.as_ref() == Some(&file.version_id);
                Ok(job.filter(same))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps the errors of a chunk's rows. Keeping them again changes nothing.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn keep_errors(&self, job: &Job, rows: &[Settled]) -> Result<(), Error> {
        let expires = job.created_at.as_second().saturating_add(ERRORS_LIVE.as_secs());
        let bad = rows.iter().filter(|row| !row.errors.is_empty());
        stream::iter(bad)
            .map(|row| async move {
                let item = ErrorRow { line: row.line, errors: row.errors.clone() };
                let put = Put::new(&keys::error(job.import_id, row.line), &item)?.with("ttl", expires);
                Ok::<_, Error>(self.table.put(put).await?)
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    /// Moves a job on from a chunk and adds its counts, once: if the job is no longer there, nothing changes.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn advance_job(&self, import: ImportId, counts: Counts, chunk: &Chunk) -> Result<(), Error> {
        let update = Update::of(keys::job(import))
            .set("offset", chunk.next.offset)
            .set("line", chunk.next.line)
            .set("read", chunk.done)
            .set("layout", to_value(&chunk.layout)?)
            .add("rows", counts.rows)
            .add("accepted", counts.accepted)
            .add("rejected", counts.rejected)
            .add("unchanged", counts.unchanged)
            .when(cond::all([
                cond::eq("offset", chunk.from.offset),
                cond::eq("read", false),
                cond::eq("state", to_value(&State::Running)?),
            ]));
        match self.table.update(update).await {
            Err(error) if error.condition_failed() => Ok(()),
            other => Ok(other?),
        }
    }

    /// A page of a job's errors as line and errors, in the file's order.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn errors_of(
        &self,
        import: ImportId,
        after: Option<Place>,
    ) -> Result<(Vec<(u64, Vec<RowError>)>, Option<Place>), Error> {
        let query = Query::pk(keys::errors(import)).sk_begins(keys::ERRORS).after(after).strong();
        let page = self.table.query::<ErrorRow>(query).await?;
        Ok((page.items.into_iter().map(|row| (row.line, row.errors)).collect(), page.next))
    }

    /// Ends a job that has not ended.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn end_job(
        &self,
        import: ImportId,
        state: State,
        reason: Option<&str>,
        report: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let open = cond::is_in("state", [to_value(&State::Pending)?, to_value(&State::Running)?]);
        let update = Update::of(keys::job(import))
            .set("state", to_value(&state)?)
            .set("finishedAt", now.to_string())
            .set_or_remove("reason", reason)
            .set_or_remove("report", report)
            .when(open);
        match self.table.update(update).await {
            Err(error) if error.condition_failed() => Ok(()),
            other => Ok(other?),
        }
    }
}

fn put(job: &Job) -> Result<Put, Error> {
    let by_time = keys::job_by_time(job.created_at, job.import_id);
    let put = Put::new(&keys::job(job.import_id), job)?.gsi1(keys::jobs_of(job.seller_id), by_time);
    Ok(put.when(cond::absent("pk")))
}
