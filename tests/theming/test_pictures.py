"""What strangers may upload as a logo, and what is kept of it."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bookwidget.kernel.errors import Refused
from bookwidget.theming.pictures import LONGEST_SIDE, draw_logo, remove_picture, store_picture


def picture(kind: str = "PNG", size: tuple[int, int] = (80, 60), mode: str = "RGB", **options: object) -> bytes:
    data = BytesIO()
    Image.new(mode, size, "#a8492a" if mode != "L" else 90).save(data, kind, **options)
    return data.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_says(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG whose header claims a size that its content does not have."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def reopened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(("size", "kept"), [((80, 60), (80, 60)), ((2000, 1000), (512, 256)), ((300, 900), (171, 512))])
def test_each_format_becomes_a_small_picture_of_ours(kind: str, size: tuple[int, int], kept: tuple[int, int]) -> None:
    drawn = draw_logo(picture(kind, size))
    assert reopened(drawn.data).size == (drawn.logo.width, drawn.logo.height) == kept
    assert max(kept) <= LONGEST_SIDE
    assert drawn.logo.file.endswith(f".{reopened(drawn.data).format.lower()}")  # type: ignore[union-attr]
    assert drawn == draw_logo(picture(kind, size)), "named by its content"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_pixel(mode: str) -> None:
    data = BytesIO()
    Image.new(mode, (40, 40)).save(data, "PNG")
    assert reopened(draw_logo(data.getvalue()).data).mode in ("RGB", "RGBA")


def test_cmyk_of_a_print_shop() -> None:
    assert reopened(draw_logo(picture("JPEG", mode="CMYK")).data).mode == "RGB"


def test_see_through_stays_see_through() -> None:
    data = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(data, "PNG")
    assert reopened(draw_logo(data.getvalue()).data).getpixel((1, 1)) == (0, 0, 0, 0)


def test_the_cameras_data_goes_and_its_turn_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Camera of Ada"
    data = picture("JPEG", (400, 200), exif=exif, comment=b"at home", icc_profile=b"\x00" * 200)
    drawn = draw_logo(data)
    assert (drawn.logo.width, drawn.logo.height) == (200, 400)
    assert not reopened(drawn.data).getexif()
    for trace in (b"Ada", b"at home", b"Exif", b"iCCP"):
        assert trace not in drawn.data


def test_only_the_first_frame_is_kept() -> None:
    data = BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("#ff0000", "#00ff00")]
    frames[0].save(data, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    kept = reopened(draw_logo(data.getvalue()).data)
    assert getattr(kept, "n_frames", 1) == 1
    assert kept.getpixel((1, 1)) == (255, 0, 0)


def test_what_hides_behind_the_picture_is_gone() -> None:
    script = b"<script>alert(1)</script><?php evil(); ?>PK\x03\x04"
    for data in (picture("PNG") + script, picture("JPEG") + script, picture("JPEG", comment=script)):
        assert b"script" not in draw_logo(data).data


@pytest.mark.parametrize("size", [(20_000, 20_000), (4_001, 4_001), (60_000, 40_000), (2**31 - 1, 2**31 - 1)], ids=str)
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(Refused) as refused:
        draw_logo(png_that_says(*size, bytes(5_000_000)))
    assert "too many pixels" in str(refused.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Choose a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x -->\n<SVG/>', "SVG"),
        (picture("GIF"), "Only PNG"),
        (picture("BMP"), "Only PNG"),
        (picture("TIFF"), "Only PNG"),
        (b"%PDF-1.7 nothing", "Only PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "Only PNG"),
        (b"GIF89a/*\xff*/=alert(1)", "Only PNG"),
        (b"<!doctype html><script>alert(1)</script>", "Only PNG"),
        (picture("PNG", (300, 300))[:150], "damaged"),
        (picture("JPEG", (300, 300))[:200], "damaged"),
        (picture("WEBP", (300, 300))[:60], "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\xff\xd8\xff\xe0", "damaged"),
        (b"RIFF\x00\x00\x00\x00WEBP", "damaged"),
        (png_that_says(0, 10), "damaged"),
        (png_that_says(10, 10, b""), "damaged"),
        (picture("PNG", (900, 20)), "too wide"),
        (picture("PNG", (20, 900)), "too narrow"),
    ],
    ids=lambda value: str(value[:12]),
)
def test_everything_else_is_refused_and_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        draw_logo(data)
    assert refused.value.field == "logo"
    assert reason in str(refused.value.reason)


def test_every_cut_of_a_picture_is_refused_or_drawn_and_never_raises() -> None:
    whole = picture("JPEG", (60, 60))
    for length in range(0, len(whole), 7):
        try:
            draw_logo(whole[:length])
        except Refused:
            continue


def test_a_busy_picture_becomes_webp_because_png_would_be_heavy() -> None:
    noise = Image.effect_noise((512, 512), 90).convert("RGB")
    data = BytesIO()
    noise.save(data, "PNG")
    drawn = draw_logo(data.getvalue())
    assert drawn.logo.file.endswith(".webp")
    assert len(drawn.data) < len(data.getvalue())


def test_a_picture_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tenant"
    store_picture(folder, "a.png", b"one")
    store_picture(folder, "a.png", b"two")
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("a.png", b"two")]

    def full(*_paths: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="disk full"):
        store_picture(folder, "b.png", b"three")
    assert [path.name for path in folder.iterdir()] == ["a.png"]
    remove_picture(folder, "a.png")
    remove_picture(folder, "a.png")
    assert list(folder.iterdir()) == []
