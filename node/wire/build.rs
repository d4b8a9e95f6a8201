//! Generates the node API's code from `specs/proto` without a protoc, and keeps what it was generated from for
//! clients that ask a node for it.

use std::error::Error;
use std::path::{Path, PathBuf};

use prost::Message as _;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("../../specs/proto");
    let file = folder.join("sealane/v1/node.proto");
    println!("cargo:rerun-if-changed={}", file.display());
    let descriptors = protox::compile([&file], [folder])?;
    let kept = PathBuf::from(std::env::var("OUT_DIR")?).join("descriptors.bin");
    std::fs::write(kept, descriptors.encode_to_vec())?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
