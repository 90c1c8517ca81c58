"""The demo as a process: addresses, logins, one folder one demo, and nothing left behind."""

import os
import signal
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from rich.console import Console

from bookwidget.config import Config
from bookwidget.ops.demo import only_one, run_demo
from bookwidget.ops.demo_content import BUSINESSES
from bookwidget.ops.errors import DemoError, PortTaken
from tests.ops.running import all_gone, running_demo
from tests.ports import free_port


@pytest.fixture
def instance(demo_instance: Path) -> Path:
    """A folder that holds today's demo already, so that it starts fast."""
    return demo_instance


def get(url: str, host: str = "") -> tuple[int, str]:
    """Names below localhost are known to browsers only, hence `host`."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, headers={"Host": host} if host else {})
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:  # the sign-in page says 401
        with error:
            return error.code, error.read().decode()


def test_everything_answers_and_leaves_nothing(instance: Path) -> None:
    with running_demo(instance) as demo:
        facts = demo.wait_until_ready()
        assert facts["service"] == f"http://localhost:{demo.port}"
        assert [tenant["slug"] for tenant in facts["tenants"]] == [business.slug for business in BUSINESSES]
        for tenant in facts["tenants"]:
            own = f"http://127.0.0.1:{demo.sites_port}"
            assert tenant["site"] == f"http://{tenant['slug']}.localhost:{demo.sites_port}/"
            assert tenant["name"].split()[0] in get(f"{own}/{tenant['slug']}/")[1]
            by_name = get(f"{own}/", f"{tenant['slug']}.localhost:{demo.sites_port}")[1]
            assert by_name == get(f"{own}/{tenant['slug']}/")[1]
            assert all(tenant["owner"][key] for key in ("email", "password"))
            assert all(person[key] for person in tenant["customers"] for key in ("email", "password", "has"))
            assert 'name="password"' in get(tenant["portal"].replace("localhost", "127.0.0.1"))[1]
        assert get(f"http://127.0.0.1:{demo.port}/dev/mailbox")[0] == 200
        assert get(f"http://127.0.0.1:{demo.port}/embed.js")[0] == 200
        children = demo.children()
        assert len(children) == 3
        said = demo.stop()
        assert demo.process.returncode == 0, said
        assert "ava.quinn@example.com" in said
        assert f"http://harbour-yoga.localhost:{demo.sites_port}/" in said
        assert not demo.facts_file.exists()
        assert all_gone(children)


@pytest.mark.slow
def test_a_killed_demo_takes_its_children_along(instance: Path) -> None:
    with running_demo(instance) as demo:
        demo.wait_until_ready()
        children = demo.children()
        demo.stop(signal.SIGKILL)
        assert all_gone(children)


def test_a_dead_child_stops_everything(instance: Path) -> None:
    with running_demo(instance) as demo:
        demo.wait_until_ready()
        first, *others = demo.children()
        os.kill(first, signal.SIGKILL)
        said = demo.process.communicate(timeout=30)[0]
        assert demo.process.returncode == 1
        assert "the service ended by itself" in said
        assert all_gone(others)
        assert not demo.facts_file.exists()


def test_a_port_in_use_is_named_before_anything_starts(instance: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]
        for ours, sites in ((port, free_port()), (free_port(), port)):
            config = Config.load({}, instance=instance, port=ours)
            with pytest.raises(PortTaken, match=f"port {port} on 127.0.0.1 cannot be used"):
                run_demo(config, sites, threading.Event(), Console(quiet=True))


def test_one_folder_one_demo(instance: Path) -> None:
    config = Config.load({}, instance=instance, port=free_port())
    with only_one(instance), pytest.raises(DemoError, match="another demo is running"):
        run_demo(config, free_port(), threading.Event(), Console(quiet=True))
