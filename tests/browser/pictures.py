"""Makes the pictures of README.md and docs/owners.md anew, from a demo in which nobody has signed up yet.

Usage: python -m tests.browser.pictures INSTANCE
"""

import json
import re
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from PIL import Image

from tests.browser.chromium import Chromium

FOLDER = Path(__file__).parents[2] / "docs/pictures"
COLOURS = 128
"""Of one picture: text stays sharp, and the whole folder small."""
HOUSE, YOGA = "Corner Barber", "harbour-yoga"


class Pictures:
    def __init__(self, instance: Path) -> None:
        self.demo = json.loads((instance / "demo.json").read_text("utf-8"))
        self.service = self.demo["service"]
        self.yoga = next(one for one in self.demo["tenants"] if one["slug"] == YOGA)
        self.browser = Chromium()

    def take(self, name: str, width: int, height: int, address: str = "") -> None:
        self.browser.viewport(width, height)
        if address:
            self.browser.open(address)
        time.sleep(1)  # frames inside the page, and their pictures
        with TemporaryDirectory() as folder:
            taken = Path(folder) / "taken.png"
            self.browser.screenshot(taken)
            picture = Image.open(taken).convert("RGB").crop((0, 0, width, height))
            picture.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)

    def sign_up(self) -> None:
        browser, email = self.browser, "lena@corner-barber.example"
        browser.viewport(1000, 700)
        browser.open(f"{self.service}/signup/")
        browser.fill("input[name=email]", email)
        browser.fill("input[name=business]", HOUSE)
        self.take("owner-sign-up", 1000, 640)
        browser.click("main form button")
        browser.open(self.link_sent_to(email))
        browser.fill("input[name=password]", "open-window-19")
        browser.click("main form button")
        self.take("owner-trade", 1000, 700)
        browser.click("button[name=trade][value=beauty]")
        browser.click(".bw-btn--swatch:last-of-type")
        browser.there(".bw-btn--swatch[aria-pressed=true]")
        self.take("owner-look", 1000, 900)
        browser.click("main .bw-foot .bw-btn--main")
        browser.click("main form .bw-foot .bw-btn--main")
        self.take("owner-service", 1000, 900)
        browser.click("main form .bw-foot .bw-btn--main")
        browser.fill("input[name=origin]", "https://corner-barber.example/booking")
        self.take("owner-website", 1000, 640)
        browser.click("main form .bw-foot .bw-btn--main")
        self.take("owner-snippet", 1000, 900)

    def link_sent_to(self, email: str) -> str:
        """From the demo's mailbox, as soon as it is there."""
        for _try in range(60):
            found = re.findall(r'href="(/dev/mailbox/[^"]+)"', read(self.demo["mailbox"]))
            for address in found:
                text = read(self.service + address)
                link = re.search(r"https?://[^\s\"<]+/signup/confirm/[\w.~-]+", text)
                if link and email in text:
                    return link[0]
            time.sleep(0.5)
        raise SystemExit("no mail came: is the demo's worker running?")

    def console(self) -> None:
        browser, owner = self.browser, self.yoga["owner"]
        browser.driver.delete_all_cookies()  # of the business that has just signed up
        browser.open(f"{self.service}/console/login")
        browser.fill("input[name=email]", owner["email"])
        browser.fill("input[name=password]", owner["password"])
        browser.click("main form button")
        browser.there(".bw-who")
        self.take("owner-embed", 1280, 1000, f"{self.service}/console/embed/")
        self.take("owner-portal", 1280, 1000, f"{self.service}/console/portal/")

    def customers(self) -> None:
        browser, customer = self.browser, self.yoga["customers"][0]
        base = f"{self.service}/w/{YOGA}/0/"
        browser.open(f"{base}login/")
        browser.fill("input[name=email]", customer["email"])
        browser.fill("input[name=password]", customer["password"])
        browser.click("main form button")
        browser.there(".bw-who")
        self.take("bookings-320", 320, 900, f"{base}bookings/")
        browser.scheme("dark")
        self.take("bookings-dark-320", 320, 900, f"{base}bookings/")
        browser.scheme("light")
        browser.viewport(768, 900)
        browser.open(f"{base}bookings/")
        browser.click("main a[href$='/move']")
        self.take("move-768", 768, 900)

    def result(self) -> None:
        browser, customer = self.browser, self.yoga["customers"][0]
        browser.viewport(1280, 900)
        browser.open(self.yoga["site"].rstrip("/") + "/bookings")
        browser.frame("iframe")
        browser.fill("input[name=email]", customer["email"])
        browser.fill("input[name=password]", customer["password"])
        browser.click("main form button")
        browser.there(".bw-who")
        self.take("harbour-site", 1280, 900)


def read(address: str) -> str:
    with urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


def main() -> None:
    pictures = Pictures(Path(sys.argv[1]))
    try:
        for part in (pictures.sign_up, pictures.console, pictures.customers, pictures.result):
            part()
    finally:
        pictures.browser.quit()
    total = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    sys.stdout.write(f"{len(list(FOLDER.glob('*.png')))} pictures, {total / 1e6:.2f} MB\n")


if __name__ == "__main__":
    main()
