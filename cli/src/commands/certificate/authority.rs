//! `sealane certificate authority`: a new authority, which replaces another one.

use std::path::Path;

use sealane_wire::tls::Authority;
use serde_json::json;

use crate::files;
use crate::outcome::{Failure, Report};

/// Makes an authority in `folder`, and writes what everybody installs to `out`.
pub(super) fn create(folder: &Path, network: &str, out: &Path) -> Result<Report, Failure> {
    files::must_have_folder(out)?;
    let authority = Authority::create(folder, network).map_err(Failure::of_files)?;
    files::write(out, &authority.published().map_err(Failure::cannot)?)?;
    let data = json!({"ok": true, "authority": folder.display().to_string(), "out": out.display().to_string()});
    let (folder, out) = (files::word(folder), files::word(out));
    let text = format!(
        "A new authority is in {folder}: keep that folder away from the nodes. Nobody trusts it yet. Next, at every node and home:\n  \
         sealane certificate install {out} --add-authority --home DIR\n\
         Then issue new certificates (sealane certificate issue --authority {folder}); and when everybody has one, at every node and home:\n  \
         sealane certificate install {out} --only-authority --home DIR"
    );
    Ok(Report { text, data })
}
