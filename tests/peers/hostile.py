"""A result in which everything that people can write is hostile, made from an honest one.
    tests/peers/hostile.py RESULT.json HOSTILE.json"""

import json
import sys

HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.com/"&A1)',
    ']]></failure><testcase name="x"/>',
    "\u202eturned\u202c \u2066around\u2069",
    "zero\u200bwidth\ufeff",
    "\u0000nul\u001b[31m\u0007",
    "| # [link](javascript:alert(1)) `code` {{ 7*7 }} {% raw %}",
    "\" onmouseover=\"alert(1)\" '}</style></title>&amp;&&P",
    "👩‍⚕️ 𠮷野 𝒳 emoji",
    "長" * 100_000,
]

with open(sys.argv[1], encoding="utf-8") as file:
    result = json.load(file)
for key in ("name", "product", "applicant", "evaluator"):
    result["subject"][key] = " ".join(HOSTILE[:-1])
for index, item in enumerate(result["items"]):
    text = HOSTILE[index % len(HOSTILE)]
    if item["declared"]:
        item["declared"].update(measure=text, by=text)
    item["improvement"] = text
    for evidence in item["evidence"]:
        evidence.update(document=text, page=text)
for fact in result["facts"]:
    fact["method"] = HOSTILE[0]
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(result, file, ensure_ascii=False)
