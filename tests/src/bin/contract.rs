//! `make generate`: writes what is generated from the code. With `--check` it only says what has drifted.

use std::{fs, process::ExitCode};

use acceptance::{access_matrix, generated, repository};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let check = std::env::args().any(|argument| argument == "--check");
    let mut drifted = false;
    let matrix = access_matrix();
    if let Err(error) = &matrix {
        println!("{error}");
    }
    let failed = matrix.is_err();
    for (path, content) in generated()?.into_iter().chain(matrix) {
        let file = repository().join(&path);
        if fs::read_to_string(&file).is_ok_and(|there| there == content) {
            continue;
        }
        drifted = true;
        println!("{} {}", if check { "drifted:" } else { "written:" }, path.display());
        if !check {
            fs::create_dir_all(file.parent().unwrap_or(&file))?;
            fs::write(&file, content)?;
        }
    }
    Ok(if failed || (check && drifted) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
