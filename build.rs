//! Makes the programs find libtorch at run time, where they were linked against it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Ok(folder) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        // torch-sys's own rpath does not reach the programs of the package that depends on it.
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
