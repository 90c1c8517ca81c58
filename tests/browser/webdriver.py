"""What the two engines share that are driven through selenium."""

from pathlib import Path
from typing import Any

from selenium.webdriver.common.by import By

from tests.browser.drivers import Browser


class Driven(Browser):
    """`driver` is a selenium driver; the engine's own class makes it."""

    driver: Any
    new_place = "tab"

    def open(self, url: str) -> None:
        self.top()
        self.driver.get(url)

    def windows(self) -> list[str]:
        return list(self.driver.window_handles)

    def window(self, handle: str) -> None:
        self._inside = ""
        self.driver.switch_to.window(handle)

    def new_tab(self) -> None:
        self._inside = ""
        self.driver.switch_to.new_window(self.new_place)

    def close_window(self) -> None:
        self.driver.close()

    def screenshot(self, path: Path) -> None:
        path.write_bytes(self.driver.get_screenshot_as_png())

    def _find(self, css: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def _enter_frame(self, element: Any) -> None:
        self.driver.switch_to.frame(element)

    def _leave_frame(self) -> None:
        self.driver.switch_to.default_content()

    def _run(self, script: str, values: tuple[Any, ...]) -> Any:
        return self.driver.execute_script(script, *values)
