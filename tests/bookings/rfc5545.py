"""What RFC 5545 asks of a calendar as it is sent, read from its bytes and with no library's help."""

import re
from collections import Counter

LONGEST_LINE = 75
"""Octets, the line's end not counted."""
VALUE = r"(?:\"[^\"]*\"|[^\";:,]*)"
LINE = re.compile(rf"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+={VALUE}(?:,{VALUE})*)*):(.*)", re.S)
UTC_TIME = re.compile(r"\d{8}T\d{6}Z")
ONCE = {
    "VCALENDAR": {"PRODID", "VERSION", "METHOD", "CALSCALE"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "SEQUENCE", "LOCATION", "ORGANIZER"},
}
NEEDED = {"VCALENDAR": {"PRODID", "VERSION"}, "VEVENT": {"UID", "DTSTAMP", "DTSTART"}}


def problems(data: bytes) -> list[str]:
    """Everything that is wrong, in words; empty for a calendar as it should be."""
    found = line_problems(data)
    stack: list[tuple[str, Counter[str]]] = []
    for line in re.sub(b"\r\n[ \t]", b"", data).decode("utf-8", "replace").split("\r\n")[:-1]:
        match = LINE.fullmatch(line)
        if match is None:
            found.append(f"not a content line: {line}")
            continue
        name, value = match[1].upper(), match[3]
        if name == "BEGIN":
            stack.append((value, Counter()))
        elif name == "END":
            kind, seen = stack.pop() if stack else ("", Counter())
            found += component_problems(kind, seen) if kind == value else [f"END:{value} closes {kind or 'nothing'}"]
        elif not stack:
            found.append(f"outside of every component: {line}")
        else:
            stack[-1][1][name] += 1
            found += value_problems(name, value)
    return found + [f"{kind} is not closed" for kind, _seen in stack]


def line_problems(data: bytes) -> list[str]:
    found = [] if data.endswith(b"\r\n") else ["the last line does not end with CRLF"]
    if re.search(rb"(?<!\r)\n|\r(?!\n)", data):
        found.append("a line ends with something else than CRLF")
    lines = data.split(b"\r\n")
    found += [f"{len(line)} octets: {line!r}" for line in lines if len(line) > LONGEST_LINE]
    for line in lines:  # a fold never cuts a character
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            found.append(f"cut inside a character: {line!r}")
    return found


def component_problems(kind: str, seen: Counter[str]) -> list[str]:
    missing = [f"{kind} has no {name}" for name in sorted(NEEDED.get(kind, set()) - set(seen))]
    return missing + [f"{kind} has {name} twice" for name in sorted(ONCE.get(kind, set())) if seen[name] > 1]


def value_problems(name: str, value: str) -> list[str]:
    if name in {"DTSTAMP", "DTSTART", "DTEND"} and not UTC_TIME.fullmatch(value):
        return [f"{name} is no UTC time: {value}"]
    if name == "SEQUENCE" and not value.isdecimal():
        return [f"SEQUENCE is no number: {value}"]
    if name == "STATUS" and value not in {"TENTATIVE", "CONFIRMED", "CANCELLED"}:
        return [f"STATUS is unknown: {value}"]
    if name in {"SUMMARY", "LOCATION", "DESCRIPTION"} and re.search(r"(?<!\\)(?:\\\\)*[;,]", value):
        return [f"{name} holds a bare sign: {value}"]
    return []
