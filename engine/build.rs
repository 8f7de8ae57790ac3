//! Makes the engine and its tests find libtorch at run time where they were linked against it, and tells its version.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Ok(folder) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        // torch-sys's own rpath does not reach the programs of the package that depends on it.
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
        // libtorch tells its version to C++ only; its distributions carry it in a file.
        let version = std::path::Path::new(&folder).join("../build-version");
        if let Ok(version) = std::fs::read_to_string(version) {
            println!("cargo:rustc-env=CANTUS_LIBTORCH_VERSION={}", version.trim());
        }
    }
}
