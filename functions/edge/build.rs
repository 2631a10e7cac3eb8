//! Takes the files of the docs page out of Swagger UI's archive, as its crate carries it.

use std::{
    env, error, fs,
    io::{Cursor, Read},
    path::Path,
};

use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

const FILES: [&str; 2] = ["swagger-ui-bundle.js", "swagger-ui.css"];

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR")?;
    let mut archive = zip::ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let path = entry.name()?.into_owned();
        let Some(name) = FILES.iter().find(|name| path.ends_with(&format!("/dist/{name}"))) else { continue };
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        fs::write(Path::new(&out).join(name), content)?;
    }
    Ok(())
}
