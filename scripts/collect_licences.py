"""Copies the licence texts of all crates that cargo metadata (on standard input) names into a folder, each text once."""

import hashlib
import json
import pathlib
import re
import sys

NAMES = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    texts: dict[str, tuple[str, bytes]] = {}
    rows = []
    for package in sorted(json.load(sys.stdin)["packages"], key=lambda package: (package["name"], package["version"])):
        if package["source"] is None:
            continue
        found = []
        for path in sorted(pathlib.Path(package["manifest_path"]).parent.iterdir()):
            if path.is_file() and NAMES.match(path.name):
                text = path.read_bytes()
                key = hashlib.sha256(text).hexdigest()
                name = texts.setdefault(key, (f"{package['name']}-{path.name}", text))[0]
                found.append(name)
        rows.append(f"{package['name']} {package['version']}: {package['license'] or 'see text'} ({', '.join(found) or 'no text'})")
    for name, text in texts.values():
        (folder / name).write_bytes(text)
    (folder / "crates").write_text("\n".join(rows) + "\n")


main()
