//! What only someone with AWS credentials, or the machine itself, can do to a stack.

use serde_json::json;

use crate::Shop;

/// What goes wrong with an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvocationFault {
    /// The process is killed as soon as it has taken the invocation.
    Kill,
    /// The function runs to its end, then its process is killed and its answer is lost.
    LoseAnswer,
}

impl Shop {
    /// The private key that signs access tokens, as PKCS#8 in PEM: to make tokens that are good but for one thing.
    ///
    /// # Panics
    /// When the secret cannot be read.
    pub async fn signing_key(&self) -> String {
        let id = format!("{}/identity/signing-key", self.stack.stage);
        let secrets = aws_sdk_secretsmanager::Client::new(&self.config);
        let secret = secrets.get_secret_value().secret_id(id).send().await.expect("the signing key's secret");
        secret.secret_string.expect("the secret is text")
    }

    /// Orders a fault for a function's next invocations.
    ///
    /// # Panics
    /// When the stack refuses the order.
    pub async fn order_fault(&self, bin: &str, fault: InvocationFault, times: u32) {
        let kind = match fault {
            InvocationFault::Kill => "kill",
            InvocationFault::LoseAnswer => "lose_answer",
        };
        let order = self.http.post(self.faults_of(bin)).json(&json!({"kind": kind, "times": times}));
        let answer = order.send().await.expect("the stack answers");
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// Takes back what was ordered and has not happened.
    ///
    /// # Panics
    /// When the stack does not answer.
    pub async fn cancel_faults(&self, bin: &str) {
        self.http.delete(self.faults_of(bin)).send().await.expect("the stack answers");
    }

    fn faults_of(&self, bin: &str) -> String {
        format!("{}/_rialto/functions/{}/faults", self.stack.gateway, self.stack.name(bin))
    }
}
