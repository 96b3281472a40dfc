"""Whether facts are as they should be.

    holds.py FACTS 'python expression over value(key), unknown(key) and nothing(key)'...

FACTS is what `tenken probe --json` wrote. An unknown fact has no value that equals any other. Shows the facts
that an expression is about where it does not hold, and ends with 1.
"""
import json
import sys

facts = json.load(open(sys.argv[1]))["targets"][0]["facts"]


def value(key):
    return facts[key].get("value", facts[key].get("unknown"))


def unknown(key):
    """Why, in English; empty where it is known."""
    return (facts[key].get("unknown") or {}).get("en", "")


def nothing(key):
    return value(key) in (None, [])


wrong = [test for test in sys.argv[2:] if not eval(test)]
for test in wrong:
    print("    not so:", test)
    for key in facts:
        if f"'{key}'" in test or f'"{key}"' in test:
            print("        is:", key, facts[key])
sys.exit(bool(wrong))
