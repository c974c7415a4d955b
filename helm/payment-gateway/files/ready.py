"""Run by `helm test`: waits until every URL answers 200. usage: ready.py SECONDS URL…"""

import sys
import time
import urllib.request

TRY_EVERY_S = 2.0
ANSWER_WITHIN_S = 5.0


def problem(url: str) -> str:
    """Why the URL cannot be used; empty when it answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_WITHIN_S) as answer:
            return "" if answer.status == 200 else f"answered {answer.status}"
    except OSError as error:
        return str(error)


def main(seconds: str, *urls: str) -> int:
    end = time.monotonic() + float(seconds)
    waiting = dict.fromkeys(urls, "not asked yet")
    while waiting and time.monotonic() < end:
        waiting = {url: why for url in waiting if (why := problem(url))}
        time.sleep(TRY_EVERY_S if waiting else 0)
    for url in urls:
        print(url, waiting.get(url, "ok"))
    return 1 if waiting else 0


sys.exit(main(*sys.argv[1:]))
