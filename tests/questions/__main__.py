"""Prints how many questions of each group are taken for what they are: `python -m tests.questions`."""

from __future__ import annotations

from tests.questions.corpus import collected, paraphrases, strangers
from tests.questions.grading import Grade, graded, table


def main() -> None:
    for name, questions in (
        ("Collected questions", collected()),
        ("Our paraphrases", paraphrases()),
        ("Strangers", strangers()),
    ):
        print(name, *table(questions), sep="\n", end="\n\n")
        for found in map(graded, questions):
            if found.grade in (Grade.WRONG, Grade.MISSED):
                print(f"{found.grade}: {found.question.text!r} became {found.got}, not {found.question.query}")


if __name__ == "__main__":
    main()
