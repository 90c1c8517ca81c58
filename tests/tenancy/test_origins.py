import pytest

from bookwidget.kernel.errors import Refused
from bookwidget.tenancy.origins import clean_origin


@pytest.mark.parametrize(
    ("pasted", "origin"),
    [
        ("www.shop.example/page", "https://www.shop.example"),
        ("https://shop.example", "https://shop.example"),
        ("  HTTPS://Shop.Example/Contact?x=1#top ", "https://shop.example"),
        ("//shop.example/x", "https://shop.example"),
        ("shop.example:8443/x", "https://shop.example:8443"),
        ("https://shop.example:443/", "https://shop.example"),
        ("https://shop.example.", "https://shop.example"),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example"),
        ("straße.example", "https://xn--strae-oqa.example"),
        ("XN--MNCHEN-3YA.example", "https://xn--mnchen-3ya.example"),
        ("localhost:3000", "http://localhost:3000"),
        ("http://localhost:3000/a", "http://localhost:3000"),
        ("https://localhost:3000", "https://localhost:3000"),
        ("http://yoga.localhost:8100/", "http://yoga.localhost:8100"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8100/", "http://[::1]:8100"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("https://[2001:DB8:0::1]/", "https://[2001:db8::1]"),
    ],
)
def test_what_people_paste_becomes_the_origin_that_browsers_send(pasted: str, origin: str) -> None:
    assert clean_origin(pasted) == origin
    assert clean_origin(origin) == origin


@pytest.mark.parametrize(
    ("pasted", "reason"),
    [
        ("", "fill this in"),
        ("http://shop.example", "not secure"),
        ("http://localhost.evil.example", "not secure"),
        ("ftp://shop.example", "https://"),
        ("javascript:alert(1)", "https://"),
        ("data:text/html,x", "https://"),
        ("mailto:a@shop.example", "https://"),
        ("https://user:secret@shop.example", "@"),
        ("user@shop.example", "@"),
        ("https://*.shop.example", "asterisk"),
        ("shop", "ending"),
        ("https://", "web address"),
        ("https://shop.example:99999", "web address"),
        ("https://shop.example:0", "web address"),
        ("https://shop example", "web address"),
        ("https://-shop.example", "web address"),
        ("https://shop..example", "web address"),
        ("https://shop.example;script-src", "web address"),
        ("https://shop.example,evil.example", "web address"),
        ("https://300.1.2.3", "web address"),
        ("https://1.2.3", "web address"),
        ("https://[::zz]", "web address"),
        ("https://\u202eshop.example", "characters"),
        ("https://shop.example\r\nX: y", "characters"),
        ("null", "ending"),
        ("x" * 301, "at most"),
        ("https://" + "a" * 64 + ".example", "web address"),
    ],
)
def test_everything_else_is_refused_and_says_why(pasted: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        clean_origin(pasted)
    assert refused.value.field == "origin"
    assert reason in str(refused.value.reason)
