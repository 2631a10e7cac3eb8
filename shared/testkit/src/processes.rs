//! Killing functions.

use std::{fs, process::Command};

use crate::Stack;

/// Kills every running process of a function of this stack, as the machine under it might. Returns how many there were.
#[must_use]
pub fn kill_function(stack: &Stack, bin: &str) -> usize {
    let name = format!("AWS_LAMBDA_FUNCTION_NAME={}", stack.name(bin));
    let code = format!("LAMBDA_TASK_ROOT={}", stack.state.display());
    let mut killed = 0;
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let pid = entry.file_name().to_string_lossy().into_owned();
        if !pid.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
        let variables: Vec<_> = environment.split(|byte| *byte == 0).collect();
        let ours = variables.contains(&name.as_bytes()) && variables.iter().any(|it| it.starts_with(code.as_bytes()));
        if ours && Command::new("kill").args(["-9", &pid]).status().is_ok_and(|status| status.success()) {
            killed += 1;
        }
    }
    killed
}
