"""``settings.md``: environment variables, ``fangan.toml`` and ``messages.toml``.

A variable is explained in ``_VARIABLES``; a test finds those that the code reads and that are not
explained here.
"""

from __future__ import annotations

from typing import get_args

from orchestration.choices import CHOICES, listed
from orchestration.handbook.markdown import code, table
from orchestration.messages.configuration import Channel
from orchestration.settings import PROJECT_ROOT

_HEAD = """# Settings 设置

Nothing needs to be set to try things. A relative path starts in the current folder. Two homes never
share anything. 不设置也能运行；相对路径从当前文件夹算起；两个主目录互不相干。

## Environment variables 环境变量

"""
#: What each variable says, in English and Chinese, and its default.
_VARIABLES: dict[str, tuple[str, str, str]] = {
    "FANGAN_RAW": ("where deliveries lie", "报送文件的位置", "the project's `raw`"),
    "FANGAN_HOME": (
        "where everything built goes",
        "一切产物的位置（主目录）",
        "the project's `var`",
    ),
    "FANGAN_DECISIONS": (
        "the folder of `corrections.csv` and `waivers.csv`",
        "`corrections.csv`、`waivers.csv` 所在文件夹",
        "the project's `dbt_project/seeds`",
    ),
    "FANGAN_CONFIG": (
        "the office's choices, a TOML file",
        "本机构的选择，TOML 文件",
        "`fangan.toml` beside the README, if it is there",
    ),
    "FANGAN_MESSAGES": (
        "who is told what, a TOML file",
        "谁收到什么通知，TOML 文件",
        "`messages.toml` in the home, if it is there",
    ),
    "FANGAN_LEDGER": (
        "the ledger's PostgreSQL database, `postgresql://…`, which several hosts can share",
        "记录库所用的 PostgreSQL 数据库（`postgresql://…`），可由多台主机共用",
        "`ledger.sqlite` in the home",
    ),
    "FANGAN_STORE": (
        "the store that several hosts share, `s3://BUCKET/PREFIX` or `file:///FOLDER`",
        "多台主机共用的存储，`s3://桶/前缀` 或 `file:///文件夹`",
        "none: all files are in the home",
    ),
    "FANGAN_SITE_URL": (
        "where `published/` is served; Dagster's assets then lead to its pages",
        "`published/` 的网址；Dagster 的资产据此链接到各页",
        "none: paths are shown",
    ),
    "FANGAN_LOOKUP_TOKEN": (
        "the token that `fangan serve` asks for, if no `--token-file` names it",
        "`fangan serve` 的访问令牌，未用 `--token-file` 时",
        "none",
    ),
    "FANGAN_WAREHOUSE": (
        "the DuckDB file on which `dbt`, typed by hand, works",
        "手工运行 `dbt` 时所用的 DuckDB 文件",
        "the home's `warehouse.duckdb`",
    ),
    "FANGAN_ENGINE": (
        "what builds the models: `duckdb` or `spark`",
        "由什么计算模型：`duckdb` 或 `spark`",
        "`duckdb`",
    ),
    "FANGAN_SPARK_DBT": (
        "the dbt of an environment with dbt-spark and pyspark",
        "装有 dbt-spark 与 pyspark 的环境中的 dbt",
        "`.venv-spark/bin/dbt`, which `make spark-setup` makes",
    ),
    "FANGAN_SPARK_MASTER": (
        "Spark's master, as `spark://host:7077`",
        "Spark 的 master，如 `spark://host:7077`",
        "`local[*]`: this machine",
    ),
    "FANGAN_SPARK_HOME": (
        "the folder of Spark's tables and catalog, seen by all workers under this path",
        "Spark 的表与目录所在文件夹，各工作节点须以同一路径可见",
        "`dbt/spark` in the home",
    ),
    "FANGAN_SPARK_STATEMENTS": (
        "set by a run for Spark's dbt: what it does before the first model",
        "运行时由程序为 Spark 的 dbt 设置：首个模型之前所做的事",
        "not set",
    ),
    "FANGAN_EXECUTOR": (
        "where the steps of a run are worked on; comes before `run.executor` of `fangan.toml`",
        "一次运行的各步骤在哪里执行；优先于 `fangan.toml` 的 `run.executor`",
        "`in-process`",
    ),
    "FANGAN_CELERY_BROKER": (
        "with `celery`: the Redis server with the queue of steps",
        "选用 `celery` 时：步骤队列所在的 Redis 服务器",
        "`redis://127.0.0.1:6379/0`",
    ),
    "FANGAN_TRACEBACK": (
        "set to 1: a fault of ours shows where it happened",
        "设为 1：程序出错时显示出处",
        "not set",
    ),
}
_CHOICES = """
## fangan.toml

The choices of the office. An unknown section, key or value ends every command with exit code 2 and
the nearest valid name. 本机构的选择；写错节名、键名或值时，任何命令都以退出码 2 结束，
并给出最接近的写法。

"""
#: What each choice of the file means, in English and Chinese.
_MEANINGS = {
    ("masthead", "name"): (
        "the newsletter's name, in red above the first page",
        "刊名，红字印在首页上方",
    ),
    ("masthead", "number"): (
        "the issue's number: `{年}` and `{月}` of the data, `{期}` counted from `first_month`",
        "期号：`{年}`、`{月}`为数据月份，`{期}`为自 `first_month` 起的总期数",
    ),
    ("masthead", "first_month"): (
        "the month of issue number 1, `2020-01`",
        "第 1 期的数据月份，写成 `2020-01`",
    ),
    ("masthead", "publisher"): ("who publishes it", "编印单位"),
    ("masthead", "contact"): (
        "whom a reader may ask, in the technical note",
        "联系方式，印在技术说明中",
    ),
    ("masthead", "licence"): (
        "under which terms the figures may be used, in the technical note",
        "数据许可，印在技术说明中",
    ),
    ("masthead", "reported_to"): ("报: to whom it is reported", "报"),
    ("masthead", "sent_to"): ("送: to whom it is sent", "送"),
    ("masthead", "issued_to"): ("发: to whom it is issued", "发"),
    ("masthead", "copies"): ("how many copies are printed; 0: not said", "印制份数；0 为不印出"),
    ("masthead", "sentences"): (
        "the drafted sentences stand below the table (`after`), or above it (`before`)",
        "拟写的文字放在统计表之后（`after`）或之前（`before`）",
    ),
    ("release", "approvals"): (
        "how many people a release needs; with 2, `fangan release` asks for `--approver`",
        "发布须几人同意；为 2 时 `fangan release` 须用 `--approver` 注明另一人",
    ),
    ("run", "executor"): (
        "where the steps of a run are worked on; see [many workers](../how-to/many-workers.md)",
        "一次运行的各步骤在哪里执行，见[多进程执行](../how-to/many-workers.md)",
    ),
    ("run", "wait_minutes"): (
        "how long a scheduled run waits for a month or the warehouse that another run holds; 30",
        "定时运行等待其他运行让出月份或统计库的分钟数，默认 30",
    ),
    ("sample", "approvals"): (
        "how many people a drawn sample needs; with 2, `fangan sample` asks for `--approver`",
        "抽样须几人同意；为 2 时 `fangan sample` 须用 `--approver` 注明另一人",
    ),
}


_MESSAGES = """
## messages.toml

Who is told what. Without it messages are only written to `outbox/`. Options that a channel takes,
and below them the example in `deploy/messages.example.toml` with every rule and its default.
没有此文件时，消息只写入 `outbox/`。下面是各种通道的选项，以及列出全部规则及默认值的示例。

"""
_EXAMPLE = PROJECT_ROOT / "deploy" / "messages.example.toml"


def variables() -> frozenset[str]:
    """Return the variables that the page explains."""
    return frozenset(_VARIABLES)


def page() -> str:
    """Return the page; raise KeyError for a choice that is not explained here."""
    explained = table(
        ("variable 变量", "says", "含义", "default 默认"),
        ((code(name), *says) for name, says in _VARIABLES.items()),
    )
    chosen = table(
        ("section 节", "key 键", "values 可选值", "means", "含义"),
        (
            (f"`[{section}]`", code(key), listed(values), *_MEANINGS[section, key])
            for section, keys in CHOICES.items()
            for key, values in keys.items()
        ),
    )
    example = f"\n```toml\n{_EXAMPLE.read_text(encoding='utf-8').strip()}\n```\n"
    return _HEAD + explained + _CHOICES + chosen + _MESSAGES + _channels() + example


def _channels() -> str:
    """Return what each kind of channel takes, from the models that read the file."""
    union, *_ = get_args(Channel)
    return table(
        ("type", "is", "options 选项; those in bold are needed 粗体必填"),
        (
            (
                code(get_args(model.model_fields["type"].annotation)[0]),
                (model.__doc__ or "").strip().replace("``", "`"),
                "、".join(
                    f"**{code(field.alias or name)}**" if field.is_required() else code(name)
                    for name, field in model.model_fields.items()
                    if name != "type"
                ),
            )
            for model in get_args(union)
        ),
    )
