"""Whether TensorBoard itself reads the curves of a training, and reads what is in metrics.csv and parts.csv.

By hand, for it needs the tensorboard package of PyPI (tried with 2.21):
    python3 -m venv venv && venv/bin/pip install tensorboard
    venv/bin/python tests/peers/tensorboard_curves.py FOLDER_OF_A_TRAINING
"""

import csv
import math
import pathlib
import re
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

ROOT = pathlib.Path(__file__).parents[2]
# the names in TensorBoard stand in the one table of curves, behind the columns
ROW = re.compile(r'row\(Curve::\w+, "(\w+)".*?"(\w+/\w+)",?\s*\)', re.S)
TAGS = dict(ROW.findall((ROOT / "src/engine_client/curves.rs").read_text()))


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    events.Reload()
    tags = set(events.Tags()["scalars"])
    compared = 0
    for table in ("metrics.csv", "parts.csv"):
        with open(folder / table, newline="") as file:
            rows = list(csv.DictReader(file))
        for column in rows[0]:
            if column in ("iteration", "seconds"):
                continue
            tag = TAGS.get(column, f"metrics/{column}")
            # a resumed run tells again what came after its checkpoint: the last word counts
            read = {event.step: event.value for event in events.Scalars(tag)} if tag in tags else {}
            written = {int(row["iteration"]): float(row[column]) for row in rows if row[column]}
            assert read.keys() == written.keys(), f"{tag}: other steps"
            for step, value in written.items():
                assert math.isclose(read[step], value, rel_tol=1e-4, abs_tol=1e-5), f"{tag} at {step}: {read[step]} is not {value}"
                compared += 1
    assert compared > 0
    print(f"TensorBoard reads {len(tags)} curves, {compared} points, all as in the tables")


main()
