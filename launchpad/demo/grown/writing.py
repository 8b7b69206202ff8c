"""Answers of believable length: what every applicant says, and as much more as this one has to say."""

from random import Random

from launchpad.demo import files, texts

#: Words of an answer: the shortest, the longest and the usual. The limit of every question is 400.
SHORTEST, LONGEST, USUAL = 90, 392, 240
SENTENCES_TO_A_PARAGRAPH = 4


def answers(project: dict[str, str], plan: texts.Plan, dice: Random) -> dict[str, str]:
    """Return an answer to each question, by the question's key."""
    facts = texts.facts(project, plan, dice)
    return {key: answer(key, facts, dice) for key in files.read("answers")}


def answer(key: str, facts: dict[str, object], dice: Random) -> str:
    """Add sentences to the two paragraphs of the story until it is as long as this applicant writes."""
    more = files.read("grown_sentences")
    paragraphs = [dice.choice(variants).format_map(facts) for variants in files.read("answers")[key]]
    room = int(dice.triangular(SHORTEST, LONGEST, USUAL)) - sum(_words(text) for text in paragraphs)
    own, anywhere = more[key], more["anywhere"]
    sentences = []
    for sentence in [*dice.sample(own, len(own)), *dice.sample(anywhere, len(anywhere))]:
        told = sentence.format_map(facts)
        words = _words(told)
        if words > room:
            break
        room -= words
        sentences.append(told)
    step = SENTENCES_TO_A_PARAGRAPH
    further = [" ".join(sentences[place : place + step]) for place in range(0, len(sentences), step)]
    return "\n\n".join([*paragraphs, *further])


def activity(facts: dict[str, object], dice: Random) -> str:
    return dice.choice(files.read("grown_sentences")["activity"]).format_map(facts)


def _words(text: str) -> int:
    return text.count(" ") + 1
