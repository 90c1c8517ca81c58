"""docs/settings.md and docs/messages.md name every setting and every message that there is, as the code has them."""

import pytest

from bookwidget.kernel.text import Text
from bookwidget.tenancy.settings import REGISTRY, Group, Setting
from tests.contract.reference import PARTS, ROOT, wanted


@pytest.mark.parametrize(("document", "part"), PARTS)
def test_the_document_names_each_as_the_code_has_it(document: str, part: str) -> None:
    text = (ROOT / "docs" / document).read_text("utf-8")
    assert f"<!-- end of {part} -->" in text
    assert text == wanted(document, part), "run `make reference`"


def test_a_setting_that_is_new_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    new = Setting("test.new", False, Text("Something new"), Text("What customers see of it"), Group.LIST)
    monkeypatch.setitem(REGISTRY, new.name, new)
    assert "`test.new` | off | Something new: What customers see of it" in wanted("settings.md", "businesses")
