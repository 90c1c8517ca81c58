"""The ceiling: 8 kB of fixed bytes from Flask, and nothing else."""

from flask import Flask, Response

app = Flask(__name__)
BODY = (b"<!doctype html><title>x</title><table>" + b"<tr><td>2026-01-02</td><td>Yoga</td></tr>\n" * 300)[:8192]


@app.get("/")
def hello() -> Response:
    return Response(BODY, mimetype="text/html")
