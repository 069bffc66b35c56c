"""What fills the slots of lists and notes: items, list names, people, reminders.

As `slots.py`: every function takes the random generator and `typed`. It knows nothing of tools or answers.
"""

# ruff: noqa: E501, SIM905, ARG001 (word tables; every slot takes the same arguments)

from __future__ import annotations

import functools
import random
import re
from pathlib import Path

from slots import DATA, ONES, WEEKDAYS, number, number_words, word

PROSE = Path(__file__).parents[1] / "talker" / "data" / "sentences.txt"
LOOSE = set(
    "and or of to on onto in into off from for the a an at by with my our is as that it up down out".split()
)
QUANTITIES = {*ONES, "a", "an", "the", "some", "any", "my", "our", "half", "more", "another"}
ARTICLES = {"a", "an", "the", "some", "any", "my", "our", "more", "another"}
MEASURES = (
    "a length of {}|a roll of {}|a tub of {}|a ream of {}|a pair of {}|a tube of {}|a wedge of {}|a case of {}|a crate of {}|"
    "a tin of {}|a sack of {}|a set of {}|a stick of {}|a sheet of {}|a piece of {}|a slab of {}|a punnet of {}|a head of {}|"
    "a spool of {}|a packet of {}|three tins of {}|two loaves of {}|one {}|one {}|"
    "seven {}|a dozen {}|half a dozen {}|twelve {}|two packs of {}|a small box of {}|four {}|a hundred {}"
).split("|")
WHENS = (
    "by noon|by sunday|by the end of the week|before friday|at ten|at half past six|on saturday at ten|on tuesday|today|tonight|"
    "tomorrow morning|for christmas|for the party|last night|since monday|until may|in june|around noon|after nine|every thursday|"
    "next summer|this afternoon|at the station|in the garage|for the bank|on the fridge|under the stairs|with the kids"
).split("|")

GROCERIES = (
    "milk,eggs,bread,butter,cheese,apples,bananas,oranges,coffee,tea,sugar,salt,pepper,rice,pasta,flour,olive oil,tomatoes,"
    "onions,garlic,potatoes,carrots,lettuce,spinach,chicken,beef,pork,fish,salmon,tuna,yogurt,cream,ice cream,chocolate,"
    "cookies,crackers,cereal,oatmeal,honey,jam,peanut butter,toilet paper,paper towels,soap,shampoo,toothpaste,toothbrush,"
    "detergent,dish soap,trash bags,batteries,light bulbs,candles,napkins,tin foil,cat food,dog food,orange juice,apple juice,"
    "water,sparkling water,wine,beer,cheddar,mozzarella,parmesan,cucumbers,peppers,mushrooms,avocados,lemons,limes,grapes,"
    "strawberries,blueberries,raspberries,peaches,pears,plums,mangoes,pineapple,watermelon,broccoli,cauliflower,celery,corn,"
    "peas,beans,lentils,chickpeas,soy sauce,vinegar,ketchup,mustard,mayonnaise,noodles,tortillas,bagels,muffins,bacon,ham,"
    "sausages,turkey,shrimp,tofu,almonds,walnuts,raisins,cinnamon,vanilla,baking powder,yeast,maple syrup,diapers,wipes,"
    "sponges,bleach,stamps,envelopes,printer paper,pens,notebooks,tape,glue,screws,nails,paint,a hammer,sunscreen,aspirin,"
    "band aids,vitamins,deodorant,razors,tissues,hand cream,lip balm,birthday card,wrapping paper,flowers,fertilizer,"
    "bird seed,kitty litter,charcoal,lighter,matches,coconut milk,almond milk,oat milk,brown sugar,basil,parsley,oregano,"
    "whole wheat bread,chicken breast,ground beef,sour cream,cream cheese,cottage cheese,green beans,sweet potatoes,red onions"
).replace("a hammer", "hammer").split(",")  # fmt: skip
CONTAINERS = (
    "a dozen {}|two {}|three {}|six {}|a bottle of {}|two bottles of {}|a pack of {}|a bag of {}|a box of {}|a pound of {}|"
    "two pounds of {}|a can of {}|four cans of {}|a jar of {}|a loaf of {}|a gallon of {}|a carton of {}|a couple of {}|"
    "a few {}|ten {}|a bunch of {}|a kilo of {}|half a pound of {}|five {}|a lot of {}|two dozen {}"
).split("|")
TODO = (
    "call the bank|pay the rent|pay the bills|clean the kitchen|fix the sink|mow the lawn|book the flights|wash the car|"
    "do the laundry|renew my passport|return the books|send the invoice|finish the report|write the essay|call grandma|"
    "change the filter|order a cake|buy a gift|email the teacher|vacuum the stairs|water the plants|clean the windows|"
    "walk the dog|schedule a haircut|pick up the package|charge the camera|back up the laptop|cancel the subscription"
).split("|")
LISTS = (
    "shopping,grocery,to do,todo,packing,wish,christmas,birthday,reading,movie,hardware store,work,travel,camping,party,gift,"
    "weekend,chores,books,films,costco,pharmacy,target,school,house,garden,errands,guest,music,recipe,vacation,project,games"
).split(",")


# Training only (`train.py` sets it): a test keeps to its own things.
NATURAL_RATE = 0.0


def section(heading: str) -> list[str]:
    """What its author thinks people put there: a part of `data/things.txt`."""
    text = (DATA / "things.txt").read_text(encoding="utf-8")
    return [row for row in text.split(f"[{heading}]\n")[1].split("\n[")[0].split("\n") if row]


@functools.cache
def prose() -> tuple[str, ...]:
    """Sentences of books and manuals as a recogniser writes them, in pieces of at most ten words."""
    pieces = []
    for line in PROSE.read_text(encoding="utf-8").splitlines():
        for clause in re.split(r"[^\w' ]+", line.lower()):
            words = clause.split()
            if 2 <= len(words) <= 10 and not re.search(r"\d|_", clause):
                pieces.append(" ".join(words))
    return tuple(pieces)


def without_article(thing: str) -> str:
    """A frame may bring its own article, so an item has one only where it belongs to a measure."""
    first, _, rest = thing.partition(" ")
    is_measure = " of " in thing or re.match(r"a (few|couple|dozen|half|hundred)\b", thing)
    return rest if rest and first in ARTICLES and not is_measure else thing


@functools.cache
def written(heading: str) -> tuple[str, ...]:
    rows = section(heading)
    return tuple(map(without_article, rows)) if heading == "items" else tuple(rows)


def is_natural(rng: random.Random) -> bool:
    return bool(NATURAL_RATE) and rng.random() < NATURAL_RATE


def words_of_prose(rng: random.Random, most: int) -> str:
    """Some words that stood side by side in a sentence, none of them a frame's "and" or "on" at an end."""
    while True:
        words = rng.choice(prose()).split()
        length = rng.randint(1, min(most, len(words)))
        start = rng.randint(0, len(words) - length)
        found = words[start : start + length]
        if not {found[0], found[-1]} & LOOSE:
            return " ".join(found)


def natural_item(rng: random.Random) -> str:
    if rng.random() < 0.7:
        return rng.choice(written("items"))
    thing = words_of_prose(rng, 3)
    return rng.choice(MEASURES).format(thing) if rng.random() < 0.45 else thing


def natural_note(rng: random.Random) -> str:
    shape = rng.random()
    if shape < 0.5:
        return rng.choice(written("notes"))
    if shape < 0.85:
        return rng.choice(prose())
    return f"{words_of_prose(rng, 6)} {rng.choice(WHENS)}"


def list_name(rng: random.Random, typed: bool) -> str:
    if is_natural(rng):
        return rng.choice(written("lists"))
    if rng.random() < 0.5:
        return rng.choice(LISTS[:4])
    return rng.choice(LISTS) if rng.random() < 0.75 else word(rng)


def bare_item(rng: random.Random, typed: bool) -> str:
    """One thing, without a leading article or quantity."""
    if is_natural(rng):
        return rng.choice(
            [
                row
                for row in (rng.choice(written("items")) for _ in range(9))
                if row.split()[0] not in QUANTITIES
            ]
            or GROCERIES
        )
    shape = rng.random()
    if shape < 0.45:
        return rng.choice(GROCERIES)
    if shape < 0.75:
        return word(rng)
    if shape < 0.95:
        return f"{word(rng)} {word(rng)}"
    return f"{word(rng)} {word(rng)} {word(rng)}"


def item(rng: random.Random, typed: bool) -> str:
    if is_natural(rng):
        return natural_item(rng)
    shape = rng.random()
    if shape < 0.66:
        return bare_item(rng, typed)
    if shape < 0.80:
        text = rng.choice(CONTAINERS).format(bare_item(rng, typed))
        if typed and rng.random() < 0.6:
            for n in (2, 3, 4, 5, 6, 10):
                if text.startswith(ONES[n] + " "):
                    text = str(n) + text[len(ONES[n]) :]
        return text
    if shape < 0.92:
        return f"{bare_item(rng, typed)} and {bare_item(rng, typed)}"
    joint = ", " if typed else " "
    return f"{rng.choice(GROCERIES)}{joint}{rng.choice(GROCERIES)} and {bare_item(rng, typed)}"


def todo_item(rng: random.Random, typed: bool) -> str:
    return (
        rng.choice(TODO)
        if rng.random() < 0.6
        else f"{rng.choice(VERBS)} {rng.choice(('the', 'my', 'a'))} {word(rng)}"
    )


FIRST_NAMES = (
    "anna,peter,maria,john,david,sarah,tom,emma,lucas,sofia,james,olivia,mike,laura,paul,julia,carlos,nina,omar,fatima,ben,"
    "kate,alex,sam,grace,henry,alice,george,lily,max,hannah,oliver,clara,daniel,eva,felix,ingrid,hugo,mary,steve,linda,karen"
).split(",")
VERBS = (
    "call,buy,fix,clean,ask,check,find,bring,return,wash,paint,move,order,visit,send,sell,borrow,cancel,book,print,email,pay,"
    "write,read,finish,start,organize,sort,repair,replace,pick up,look at,talk about,drop off,think about,throw away"
).split(",")
PEOPLE = ("mom,dad,the plumber,the dentist,my boss,the landlord,grandma,the school,my sister,my brother,the bank,the electrician,"
          "the neighbors,the doctor,the vet,our teacher,aunt mary,uncle bob,the insurance company,the mechanic").split(",")  # fmt: skip


def person(rng: random.Random) -> str:
    return rng.choice(PEOPLE) if rng.random() < 0.5 else rng.choice(FIRST_NAMES)


def note(rng: random.Random, typed: bool) -> str:
    if is_natural(rng):
        return natural_note(rng)
    when = ["", "", "", " tomorrow", " on " + rng.choice(WEEKDAYS).lower(), " next week", " at " + number_words(rng.randint(1, 12)),
            " before " + rng.choice(WEEKDAYS).lower(), " tonight", " in the morning", " this weekend"]  # fmt: skip
    things = (rng.choice(("the", "my", "a", "some", "the new", "the old", "our")), word(rng))
    thing = " ".join(things)
    text = rng.choice(
        (
            f"{rng.choice(VERBS)} {thing}", f"{rng.choice(VERBS)} {thing}", f"call {person(rng)}", f"buy {bare_item(rng, typed)}",
            f"{rng.choice(TODO)}", f"{person(rng)} {rng.choice(('likes', 'wants', 'needs', 'owes me', 'lent me', 'called about'))} {thing}",
            f"{thing} is {rng.choice(('in', 'under', 'behind', 'next to', 'on'))} the {word(rng)}", f"{thing} {rng.choice(('is', 'was', 'costs', 'needs'))} {word(rng)}",
            f"{rng.choice(('the', 'my'))} {rng.choice(('code', 'number', 'pin', 'password', 'room', 'gate'))} is {number(rng, typed)}",
            f"meeting with {person(rng)}", f"i {rng.choice(('parked on', 'left my keys in', 'have to', 'need to', 'want to'))} {thing}",
            f"{word(rng)} {word(rng)} {word(rng)}", f"ask {person(rng)} about {thing}", f"don't forget {thing}",
            f"{rng.choice(VERBS)} {thing} and {rng.choice(VERBS)} {rng.choice(('the', 'my', 'a'))} {word(rng)}",
        )
    ) + rng.choice(when)  # fmt: skip
    if typed and rng.random() < 0.6:
        text = text.replace(" i ", " I ")
        text = ("I" + text[1:]) if text.startswith("i ") else text
        for name in FIRST_NAMES:
            text = " ".join(w.capitalize() if w == name else w for w in text.split(" "))
    return text


# --- timers --------------------------------------------------------------------------------------
TIMER_NAMES = (
    "pasta,egg,eggs,tea,coffee,pizza,rice,laundry,bread,cake,cookies,oven,chicken,potatoes,soup,workout,nap,"
    "meditation,homework,reading,break,dishwasher,washing machine,dryer,dough,steak,roast,turkey,fish,noodles,"
    "lasagna,quinoa,beans,lentils,muffins,brownies,pie,casserole,stretching,plank,yoga,shower,bath,parking meter,"
    "kids,bedtime,screen time,game,meeting,call,presentation,study,piano,guitar practice,tooth brushing,face mask,"
    "hair dye,sprinkler,grill,barbecue,ribs,broccoli,vegetables,asparagus,salmon,popcorn,porridge,oatmeal,"
    "green tea,black tea,soft boiled eggs,hard boiled eggs,french press,focus,pomodoro,interval,rest,sauna,walk,"
    "dog walk,medicine,time out,puzzle,chess,exam,kitchen,garage,bedroom,office,first,second,blue,red"
).split(",")
TASKS = (
    "check the oven,call mom,call dad,take out the trash,turn off the stove,feed the cat,feed the dog,move the car,"
    "take the cake out,stretch,drink some water,take my pills,walk the dog,hang up the laundry,water the plants,"
    "call the doctor,join the meeting,leave the house,pick up the kids,flip the steak,stir the soup,go to bed,"
    "stand up,take a break,check the mail,start dinner,empty the dishwasher,lock the door,close the window"
).split(",")


def timer_name(rng: random.Random, typed: bool) -> str:
    if is_natural(rng):
        return rng.choice(written("timers"))
    if rng.random() < 0.6:
        return rng.choice(TIMER_NAMES)
    return word(rng) if rng.random() < 0.7 else f"{word(rng)} {word(rng)}"


def task(rng: random.Random, typed: bool) -> str:
    return rng.choice(TASKS) if rng.random() < 0.5 else note(rng, False)
