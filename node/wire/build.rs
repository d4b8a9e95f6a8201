//! Generates the node API's code from `specs/proto` without a protoc.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("../../specs/proto");
    let file = folder.join("sealane/v1/node.proto");
    println!("cargo:rerun-if-changed={}", file.display());
    let descriptors = protox::compile([&file], [folder])?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
