//! What a card holder or a bank does at the sandbox gateway: a command for tests and demonstrations.

use payments::handlers::{Player, play_sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let lambda = rialto_lambda::init("payments").await?;
    let player = Player::of(&lambda)?;
    rialto_lambda::run_event(player, |player, input| play_sandbox(player, input, rialto_lambda::now())).await
}
