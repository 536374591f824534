from __future__ import annotations

import pytest
from decisions import Gusu

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger


@pytest.fixture
def gusu(settings: Settings, ledger: Ledger, readers: ReaderPool) -> Gusu:
    return Gusu(settings, ledger, readers)
