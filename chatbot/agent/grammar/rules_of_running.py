"""Words about the program: talk, what waits, whether it runs, its limits, its own health."""

from __future__ import annotations

from chatbot.agent.grammar import running_readings as read
from chatbot.agent.grammar.heard import Reading
from chatbot.agent.grammar.patterns import any_of

TALK: tuple[tuple[str, Reading], ...] = (
    (
        any_of(
            *("what can (?:you|i) (?:do|ask)", "how does this work", "what do you (?:do|know)", "what are you"),
            also=(
                r"^(?:help|help me|commands?|menu|hi|hello|hey|start|yo|gm|thanks|thank you|thx|cheers"
                r"|good (?:morning|afternoon|evening|night))(?: there| purser| all| a lot| man| bot)*$",
            ),
        ),
        read.help_,
    ),
    (r"\bmarkets? (?:is |are )?(?:still )?(?:open|closed?)\b|\bmarket hours\b|\btrading hours\b", read.market_hours),
)
RUNNING: tuple[tuple[str, Reading], ...] = (
    (
        any_of(
            "(?:trading|risk|loss|draw ?down|position|order|size|max(?:imum)?|daily|my|our|the) limits?",
            *(
                "limits?(?! orders?)",
                "max(?:imum)? (?:order|position|trade|draw ?down|loss) (?:size|limit)",
                "settings?",
            ),
            *("config(?:uration)?", "(?:approval )?threshold", "how much (?:can|may) (?:i|you|it|the bot) lose"),
            "max(?:imum)? (?:order|position|trade)",
            also=(
                r"\b(?:most|max(?:imum)?)\b.*\b(?:can|may|could)\b.*\blose\b",
                r"\b(?:largest|biggest) (?:order|trade|position) (?:allowed|that may)\b",
                r"\bwhen do you ask\b",
                r"\bmax(?:imum)? (?:weight|share|allocation|size)\b",
            ),
        ),
        read.limits,
    ),
    (
        any_of(
            *("orders? (?:stuck|hanging)", "stuck orders?"),
            *("pending", "approvals?", "to approve", "open orders?", "unfilled", "orders? (?:are )?(?:still )?open"),
            *("(?:anything|something|what is|what are|who is) waiting", "resting orders?", "working orders?"),
            also=(
                r"\bwait(?:s|ing)?\b.*\b(?:me|us|approval|decision|answer|press)\b",
                r"\b(?:need|have|has)s?\b.*\b(?:to )?(?:approve|confirm)\b",
                r"\bcards?\b.*\b(?:open|wait)",
                r"^(?:approve|reject|confirm|yes|no)\b(?: (?:it|that|this|the \w+))?$",
            ),
        ),
        read.pending,
    ),
    (
        any_of(
            *("logs?", "log entries", "app log", "error messages?", "journal", "recent (?:events|errors|activity log)"),
            *("last events", "event log", "events"),
        ),
        read.events,
    ),
    (
        any_of(
            *(
                "uptime",
                "how long (?:have|has|are|is) (?:you|it|the bot) (?:been )?(?:running|up|online)",
                "health",
                "healthy",
                "latency",
                "memory usage",
                "disk",
                "connected",
                "connection",
                "online",
            ),
            *("any (?:problems?|errors?|issues?|trouble|alarms?)", "is everything (?:ok|okay|fine|alright|working)"),
            *("feed", "prices? (?:fresh|stale|late|old)", "how (?:old|fresh) (?:is|are) .*prices?", "in doubt"),
            "(?:books|account) (?:agree|match|reconciled?)",
        ),
        read.health,
    ),
    (any_of("(?:price )?(?:alerts?|alarms?)"), read.alerts),
    (any_of("(?:which|what|your|software|program) version", "version"), read.version),
    (any_of("export", "csv", "spreadsheet", "download"), read.export),
    (any_of("(?:daily|weekly|monthly) report", "report"), read.report),
    (any_of("time ?zone"), read.zone),
    (r"\b(?:what is|show|see) (?:the|your|our)(?: current| latest)? plan\b|^(?:current|latest) plan$", read.plan),
    (r"\bmy (?:role|rights|permissions)\b|\bwho am i\b", read.me),
    (r"\bwho\b.*\b(?:use|access|allowed|users?)\b|^users$", read.users),
    (
        any_of(
            *("paper or (?:live|real)", "(?:live|real) or paper", "(?:real|play|fake|paper|simulated) money"),
            *("(?:which|what) exchange", "paper mode", "live mode", "(?:in|on) paper"),
        ),
        read.world,
    ),
    (
        any_of(
            *("next (?:rebalance|run|decision|trade|cycle)", "still trading"),
            *("last (?:plan|decision|rebalance|cycle)", "rebalanc(?:e|ing) schedule", "trading schedule", "schedule"),
            also=(
                r"\bwhen\b.*\b(?:rebalanc\w+|trade|run|decide|report)",
                r"\b(?:bot|trader|trading|it|you|everything) (?:still )?"
                r"(?:running|alive|active|online|working|paused|halted|stopped)\b",
                r"\b(?:bot|trader|it|you) (?:still )?(?:on|up)$|^(?:what is )?next$",
                r"\b(?:is|are) .*\b(?:still running|alive|paused|halted|running|stopped)\b",
                r"^(?:running|alive|halted|paused|status of the bot)$",
                r"\bwhat (?:did|has) the (?:bot|model|allocator|decider) decided?\b",
                r"\b(?:who|what|which)(?: model)? decides\b",
            ),
        ),
        read.schedule,
    ),
)
