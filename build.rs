//! Makes the programs find libtorch at run time, where they were linked against it, and keeps it out of `cantus`.

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
    // The studio must start without libtorch, but both programs share one library, and any small function that the
    // networks' code happens to be compiled beside drags libtorch's C++ wrapper in, whose static initialisers keep it. So
    // `cantus` is linked without the wrapper: what of the networks' code comes along is dead and is dropped. Should live
    // code ever call a tensor, linking fails and says so. The option is lld's, rustc's own linker for this target.
    if std::env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu") {
        println!("cargo:rustc-link-arg-bin=cantus=-Wl,--remap-inputs=*libtorch_sys-*.rlib=/dev/null");
    }
}
