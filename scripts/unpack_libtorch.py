"""Unpacks from torch's wheels what a C++ program links against: headers and libraries, nothing of Python."""

import pathlib
import shutil
import sys
import zipfile

CPU_LIBRARIES = {"libtorch_cpu.so", "libtorch.so", "libc10.so", "libgomp.so.1", "libcudart.so.13", "libcupti.so.13"}


def main() -> None:
    kind, folder, version = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    libraries = folder / "lib"
    libraries.mkdir(parents=True, exist_ok=True)
    for wheel in sorted((folder / "wheels").glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                path = pathlib.PurePosixPath(member.filename)
                if member.is_dir() or ".." in path.parts:
                    continue
                if path.name == "LICENSE" and path.parts[0].startswith("torch-"):
                    target = folder / "LICENSE"
                elif path.parts[:2] == ("torch", "include"):
                    target = folder.joinpath(*path.parts[1:])
                elif ".so" in path.name and (path.name in CPU_LIBRARIES if kind == "cpu" else "python" not in path.name):
                    if path.parts[0] not in ("torch", "nvidia") or path.suffix == ".py":
                        continue
                    target = libraries / path.name
                else:
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
    missing = [name for name in CPU_LIBRARIES if not (libraries / name).exists()]
    if missing:
        sys.exit(f"The wheels lack {', '.join(missing)}.")
    # Last, because its presence says that the folder is whole; torch-sys reads it too.
    (folder / "build-version").write_text(version)


main()
