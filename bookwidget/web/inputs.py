"""Input elements of forms. WTForms writes each attribute through a formatter of its own, a quarter of a page's time."""

from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from wtforms import Field
from wtforms.widgets import (
    DateInput,
    EmailInput,
    HiddenInput,
    Input,
    NumberInput,
    PasswordInput,
    SearchInput,
    TelInput,
    TextInput,
    URLInput,
)

PLAIN = frozenset({DateInput, EmailInput, HiddenInput, NumberInput, SearchInput, TelInput, TextInput, URLInput})
"""Those that are nothing but their attributes."""
KEPT = 2048
"""Of inputs; those of a business's own questions have names of their own, so this has an end."""


def input_of(field: Field, hint: object = None, locked: bool = False, **given: Any) -> str:
    """The field's element in our look, tied to its error or hint."""
    errors = field.errors
    of = "error" if errors else "hint"
    return written(
        field,
        {
            "class": "bw-input",
            "required": False,
            "readonly": True if locked else None,
            "aria_invalid": "true" if errors else None,
            "aria_describedby": f"{field.id}-{of}" if errors or hint else None,
            **given,
        },
    )


def written(field: Field, given: dict[str, Any]) -> str:
    """The field's element, as WTForms writes it, with these attributes. `None` stands for: not at all."""
    named = {name: value for name, value in given.items() if value is not None}
    widget = field.widget
    if type(widget) in PLAIN:
        return written_input(field, widget, {"value": field._value(), **named})
    if type(widget) is PasswordInput:
        return written_input(field, widget, {**named, "value": ""})
    return widget(field, **named)  # type: ignore[no-any-return]


def written_input(field: Field, widget: Input, named: dict[str, Any]) -> Markup:
    known = {name: value for name, value in vars(field.flags).items() if name in widget.validation_attrs}
    every = {"id": field.id, "type": widget.input_type, **known, **named, "name": field.name}
    value = every.pop("value")
    before, after = around_value(**every)
    return Markup(f'{before}value="{escape(value)}"{after}')  # noqa: S704 - escaped, here and in `attribute`


@lru_cache(maxsize=KEPT, typed=True)
def around_value(**named: Any) -> tuple[str, str]:
    """The element up to its value, and from there: a form's inputs are the same on every page but for what is in them.

    The attributes stand in the order of their names, as WTForms has them.
    """
    given = [one for one in sorted(named.items()) if one[1] is not False]
    before = "".join(f"{attribute(*one)} " for one in given if one[0] < "value")
    after = "".join(f" {attribute(*one)}" for one in given if one[0] > "value")
    return f"<input {before}", f"{after}>"


def attribute(name: str, value: object) -> str:
    """`data_prefill` is written `data-prefill`, `class_` is written `class`."""
    name = name.rstrip("_")
    if name.startswith(("data_", "aria_")):
        name = name.replace("_", "-")
    return name if value is True else f'{name}="{escape(value)}"'
