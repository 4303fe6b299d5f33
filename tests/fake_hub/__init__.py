"""A Hugging Face Hub of ours for tests, with faults on demand; see README.md."""

from fake_hub.faults import Faults
from fake_hub.hub import FakeHub
from fake_hub.record import Request
from fake_hub.repository import Content, File, Repository

__all__ = ["Content", "FakeHub", "Faults", "File", "Repository", "Request"]
