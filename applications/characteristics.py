"""What the equality questions ask: each characteristic with its question and the answers to choose from."""

from dataclasses import dataclass

#: Stands under every question, beside the choice to leave it out.
NOT_SAID = ("not_said", "Prefer not to say")


@dataclass(frozen=True, slots=True)
class Characteristic:
    """``title`` heads the figures, ``question`` the radio buttons; ``name`` is the column's."""

    name: str
    title: str
    question: str
    choices: tuple[tuple[str, str], ...]
    hint: str = ""

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        return (*self.choices, NOT_SAID)


AGE = Characteristic(
    name="age",
    title="Age",
    question="How old are you?",
    choices=(
        ("under_25", "Under 25"),
        ("25_to_34", "25 to 34"),
        ("35_to_44", "35 to 44"),
        ("45_to_54", "45 to 54"),
        ("55_to_64", "55 to 64"),
        ("65_or_over", "65 or over"),
    ),
)
DISABILITY = Characteristic(
    name="disability",
    title="Disability and long-term conditions",
    question="Do you have a physical or mental health condition that lasts 12 months or more?",
    hint="Say how far it limits what you do from day to day.",
    choices=(
        ("limited_a_lot", "Yes, and it limits me a lot"),
        ("limited_a_little", "Yes, and it limits me a little"),
        ("not_limited", "Yes, and it does not limit me"),
        ("none", "No"),
    ),
)
NEURODIVERSITY = Characteristic(
    name="neurodiversity",
    title="Neurodiversity",
    question="Are you neurodivergent?",
    hint="For example autistic, dyslexic, or with ADHD. A diagnosis is not needed.",
    choices=(("yes", "Yes"), ("no", "No")),
)
EDUCATION = Characteristic(
    name="education",
    title="Education",
    question="What is your highest qualification?",
    choices=(
        ("doctorate", "Doctorate"),
        ("postgraduate", "Another postgraduate qualification"),
        ("degree", "First degree"),
        ("below_degree", "A level, apprenticeship or similar"),
        ("school", "GCSE or similar"),
        ("none", "None of these"),
    ),
)
ETHNICITY = Characteristic(
    name="ethnicity",
    title="Ethnicity",
    question="What is your ethnic group?",
    choices=(
        ("asian", "Asian or Asian British"),
        ("black", "Black, Black British, Caribbean or African"),
        ("mixed", "Mixed or multiple ethnic groups"),
        ("white", "White"),
        ("other", "Another ethnic group"),
    ),
)
GENDER = Characteristic(
    name="gender",
    title="Gender",
    question="What is your gender?",
    choices=(("woman", "Woman"), ("man", "Man"), ("other", "In another way")),
)
BACKGROUND = Characteristic(
    name="background",
    title="Socio-economic background",
    question="What work did the main earner of your household do when you were about 14?",
    choices=(
        ("professional", "Professional or managerial work"),
        ("intermediate", "Office or clerical work, or their own small business"),
        ("working", "Technical, craft, service or manual work"),
        ("no_work", "No paid work"),
        ("other", "Something else, or I do not know"),
    ),
)

#: In the order in which they are asked and reported.
ALL = (AGE, DISABILITY, NEURODIVERSITY, EDUCATION, ETHNICITY, GENDER, BACKGROUND)
