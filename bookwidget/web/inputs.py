"""Input elements of forms. WTForms writes each attribute through a formatter of its own, a quarter of a page's time."""

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
    return Markup(f"<input {' '.join(attribute(*one) for one in sorted(every.items()) if one[1] is not False)}>")  # noqa: S704


def attribute(name: str, value: object) -> str:
    """`data_prefill` is written `data-prefill`, `class_` is written `class`."""
    name = name.rstrip("_")
    if name.startswith(("data_", "aria_")):
        name = name.replace("_", "-")
    return name if value is True else f'{name}="{escape(value)}"'
