//! stripe-mock checks each request against Stripe's description of the very version that we pin; its answers are canned.

use std::{
    io::{BufRead, BufReader, Lines},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

use super::*;

/// The running mock; ends with the test.
struct Mock {
    child: Child,
    base: String,
    /// It writes of every request, and ends when nobody listens.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `STRIPE_MOCK`, or what `make test` has installed.
fn binary() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("STRIPE_MOCK") {
        return Some(path.into());
    }
    let tools = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.local/tools"));
    let folders = std::fs::read_dir(tools).ok()?.flatten().map(|entry| entry.path());
    let mut found = folders
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("stripe-mock-")))
        .map(|path| path.join("stripe-mock"));
    found.find(|path| path.exists())
}

impl Mock {
    fn start() -> Option<Self> {
        let Some(binary) = binary() else {
            eprintln!(
                "stripe-mock is not installed (make test installs it where Go is): requests are not checked by it"
            );
            return None;
        };
        let mut command = Command::new(binary);
        // It listens for HTTPS whether asked to or not, by default on one fixed port, which two mocks cannot share.
        command.args(["-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0", "-strict-version-check"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let marker = "Listening for HTTP at address: ";
        let address = output.find_map(|line| Some(line.unwrap().strip_prefix(marker)?.to_owned())).unwrap();
        Some(Self { child, base: format!("http://{address}"), _output: output })
    }
}

/// Canned answers do not fit each other, so an outcome can be anything but a mistake of ours.
async fn taken<T: std::fmt::Debug>(asked: impl Future<Output = Result<T, GatewayError>>) {
    let outcome = asked.await;
    let refused =
        matches!(outcome, Err(GatewayError::Rejected { .. } | GatewayError::Transient(_) | GatewayError::NotReached));
    assert!(!refused, "{outcome:?}");
}

#[tokio::test]
async fn given_stripes_own_mock_when_each_operation_is_asked_then_it_takes_every_request() {
    let Some(mock) = Mock::start() else { return };
    let stripe = stripe(&mock.base);
    let id = stripe.make(intent(None)).await.unwrap();
    assert!(id.starts_with("pi_"), "{id}");
    taken(stripe.authorise(asks(None))).await;
    taken(stripe.capture(intent(Some(&id)))).await;
    taken(stripe.void(intent(Some(&id)))).await;
    taken(stripe.look_up(intent(Some(&id)))).await;
    stripe.look_up(intent(None)).await.unwrap();
    let amount = Money::new(500, Currency::USD);
    let refund = RefundRequest { intent: intent(Some(&id)), refund_id: RefundId::named(&["r"]), amount };
    taken(stripe.refund(refund)).await;
    taken(stripe.look_up_refund(refund)).await;
    let to = Timestamp::from_second(86_400).unwrap();
    taken(stripe.list(Timestamp::UNIX_EPOCH, to, None)).await;
}

#[tokio::test]
async fn given_a_request_that_is_wrong_when_asked_of_the_mock_then_it_is_rejected() {
    let Some(mock) = Mock::start() else { return };
    let stripe = stripe(&mock.base);
    let form = vec![("amount", "10".to_owned()), ("currency", "usd".to_owned()), ("no_such_field", "1".to_owned())];
    let outcome = stripe.post::<PaymentIntent>("/v1/payment_intents", "k", &form).await;
    assert!(matches!(outcome, Err(GatewayError::Rejected { .. })), "{outcome:?}");
}
