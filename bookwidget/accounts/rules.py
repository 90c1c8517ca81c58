"""What customers' details must look like. Pure: values in, the clean value or `Refused` out."""

from functools import lru_cache
from typing import TYPE_CHECKING

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.later import later
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.text import _

if TYPE_CHECKING:
    import email_validator
    import phonenumbers
else:
    email_validator, phonenumbers = later("email_validator"), later("phonenumbers")

NAME_LENGTH = 80
EMAIL_LENGTH = 254


def clean_name(text: str, field: str, *, required: bool = True) -> str:
    return clean_line(text, field, longest=NAME_LENGTH, required=required)


def clean_email(text: str, field: str = "email") -> str:
    """The address as it is stored and compared: lower case, international domain in its readable form."""
    line = clean_line(text, field, longest=EMAIL_LENGTH, required=True)
    try:
        return email_validator.validate_email(
            line, check_deliverability=False, test_environment=True
        ).normalized.lower()
    except email_validator.EmailNotValidError as error:
        raise Refused(field, _("This does not look like an email address.")) from error


def clean_phone(text: str, field: str, *, region: str) -> str:
    """The number in E.164, read as people of `region` (ISO 3166) write it; empty stays empty."""
    line = clean_line(text, field, longest=40)
    if not line:
        return ""
    try:
        number = phonenumbers.parse(line, region)
    except phonenumbers.NumberParseException as error:
        raise Refused(field, _("This does not look like a phone number.")) from error
    if not phonenumbers.is_possible_number(number):
        raise Refused(field, _("This does not look like a phone number."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def shown_phone(number: str, *, region: str) -> str:
    """A number as people of `region` write it; what is no E.164 number stays as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.country_code_for_region(region) == parsed.country_code
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def region_of(locale: str) -> str:
    """The country (ISO 3166) that a locale names; `ZZ`, the unknown one, if it names none."""
    territory = locale.replace("-", "_").rpartition("_")[2]
    return territory if len(territory) == 2 and territory.isupper() else "ZZ"
