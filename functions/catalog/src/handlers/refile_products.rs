//! Queue of the catalogue's own `CategoryMoved.v1`: what is under a category goes with it, a page a message.

use rialto_events::{Envelope, types::CategoryMoved};
use rialto_lambda::{Context, InitError, Message, env, now};

use crate::{
    Error,
    store::{Refiling, Store},
};

/// The table, and the queue that the next page goes to.
#[derive(Debug, Clone)]
pub struct Refiler {
    store: Store,
    pages: aws_sdk_sqs::Client,
    url: String,
}

impl Refiler {
    /// From `CATALOG_TABLE` and `QUEUE_URL`.
    ///
    /// # Errors
    /// When a variable is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let pages = aws_sdk_sqs::Client::new(context.sdk());
        Ok(Self { store: super::store(context)?, pages, url: env("QUEUE_URL")? })
    }

    async fn send(&self, page: &Refiling) -> Result<(), Error> {
        let send = self.pages.send_message().queue_url(&self.url).message_body(serde_json::to_string(page)?);
        let sent = send.delay_seconds(page.delay_seconds()).send().await;
        sent.map(drop).map_err(Error::aws("sending a page"))
    }
}

/// Does the page of the message and sends the next. Delivered twice, it changes nothing twice.
///
/// # Errors
/// When the message is malformed, or the table or the queue fails: the page is done again.
pub async fn refile_products(refiler: &Refiler, message: Message) -> Result<(), Error> {
    let Some(page) = page(&message.body)? else { return Ok(()) };
    match refiler.store.refile(&page, now()).await? {
        Some(next) => refiler.send(&next).await,
        None => Ok(()),
    }
}

/// A page of our own, or the first after news.
fn page(body: &str) -> Result<Option<Refiling>, Error> {
    if let Ok(page) = serde_json::from_str(body) {
        return Ok(Some(page));
    }
    Ok(Envelope::from_delivery(body)?.read::<CategoryMoved>()?.map(Refiling::of))
}

#[cfg(test)]
mod tests {
    use rialto_kernel::CategoryId;
    use serde_json::json;

    use super::*;

    #[test]
    fn given_news_or_a_page_when_read_then_it_is_the_first_page_or_that_one_and_else_an_error() {
        let id = CategoryId::named(&["a"]);
        let news = CategoryMoved { category_id: id, path: vec!["A".to_owned()], moved_to: None };
        let envelope = Envelope::of(&news, id, 1, "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let first = page(&json!({ "detail": envelope }).to_string()).unwrap().unwrap();
        assert_eq!(first, Refiling::of(news));
        assert_eq!(page(&serde_json::to_string(&first).unwrap()).unwrap(), Some(first));
        for body in ["", "{}", "{\"path\": []}"] {
            assert!(page(body).is_err(), "{body}");
        }
    }
}
