"""OSCAL files, held against compliance-trestle's models; and what no validator looks at: that every
reference leads somewhere.    tests/peers/controls.py FOLDER"""

import json
import pathlib
import re
import sys

from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.catalog import Catalog
from trestle.oscal.poam import PlanOfActionAndMilestones

MODELS = {"catalog": Catalog, "results": AssessmentResults, "poam": PlanOfActionAndMilestones}


def values(node, key):
    """Every value below a key, anywhere."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from values(value, key)


def check(path):
    kind = re.search(r"oscal-(\w+)\.json$", path.name).group(1)
    MODELS[kind].oscal_read(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    ids = list(values(document, "uuid"))
    assert len(ids) == len(set(ids)), f"{path.name}: an identifier stands twice"
    for key in ("observation-uuid", "risk-uuid", "finding-uuid", "subject-uuid", "actor-uuid", "component-uuid"):
        for reference in values(document, key):
            assert reference in ids, f"{path.name}: {key} {reference} leads nowhere"
    for href in values(document, "href"):
        assert not href.startswith("#") or href[1:] in ids, f"{path.name}: {href} leads nowhere"
    return document


def main():
    folder = pathlib.Path(sys.argv[1])
    documents = {path.name: check(path) for path in sorted(folder.glob("*oscal-*.json"))}
    assert len(documents) == 3, f"three files were expected, found {list(documents)}"
    by_kind = {re.search(r"oscal-(\w+)\.json$", name).group(1): one for name, one in documents.items()}
    statements = {id for part in values(by_kind["catalog"], "parts") for id in values(part, "id")}
    controls = {one["id"] for group in values(by_kind["catalog"], "controls") for one in group}
    for target in values(by_kind["results"], "target-id"):
        assert target in statements, f"the finding of {target} speaks of no statement of the catalogue"
    for control in values(by_kind["results"], "control-id"):
        assert control in controls, f"{control} is no control of the catalogue"
    print(f"OSCAL: {len(controls)} controls; trestle accepts the files, and every reference leads somewhere")


main()
