#!/usr/bin/env python3
"""Checks every answer of data/sets/known.jsonl apart from the set itself.

Arithmetic and logic: the answer is worked out here again, by counting through all cases
where that can be done. Facts: each was looked at by a person; the list below repeats what
must be known, and a question that is not on it fails. A question is named by a part of its
text that no other question holds.
"""
import datetime
import fractions
import itertools
import json
import math
import re
import sys


def people_in_a_queue():
    """Sizes of queues in which one place is 7th from the front and 5th from the back."""
    return only(n for n in range(1, 100) for place in range(1, n + 1)
                if place == 7 and n - place + 1 == 5)


def most_looks_of_a_binary_search(n):
    def looks(low, high, wanted):
        count = 0
        while low <= high:
            middle = (low + high) // 2
            count += 1
            if middle == wanted:
                break
            low, high = (middle + 1, high) if middle < wanted else (low, middle - 1)
        return count
    return max(looks(0, n - 1, wanted) for wanted in range(n))


def minutes_after_ten():
    start = datetime.datetime(2000, 1, 1, 19, 45)
    end = start + datetime.timedelta(minutes=138)
    return (end - datetime.datetime(2000, 1, 1, 22, 0)).seconds // 60


def place_of_the_red_book():
    return only(shelf.index('red') + 1
                for shelf in itertools.permutations(['red', 'green', 'blue', 'white'])
                if shelf.index('green') + 1 == shelf.index('blue')
                and shelf[3] == 'white' and shelf[0] != 'red')


def fewest_things_in_the_chest():
    """A thing is (glorp, wumple, blue); how few are enough for 9 glorps and 4 blue ones?"""
    kinds = [k for k in itertools.product([False, True], repeat=3)
             if (not k[0] or k[1]) and not (k[1] and k[2])]
    glorps_that_are_blue = [k for k in kinds if k[0] and k[2]]
    return 9 + 4 if not glorps_that_are_blue else None


def socks_for_every_colour():
    """The longest draw that still misses a colour, and one more."""
    drawer = {'black': 6, 'grey': 4, 'white': 2}
    draws = itertools.product(*(range(n + 1) for n in drawer.values()))
    return 1 + max(sum(draw) for draw in draws if 0 in draw)


def minutes_to_fill():
    rate = fractions.Fraction(1, 20) + fractions.Fraction(1, 30) - fractions.Fraction(1, 60)
    return 1 / rate


def deposit():
    dollars = fractions.Fraction(2000)
    for _ in range(3):
        dollars += dollars * 5 / 100
    return dollars


def dice():
    throws = list(itertools.product(range(1, 7), repeat=2))
    share = fractions.Fraction(sum(a + b >= 9 for a, b in throws), len(throws))
    return share.numerator + share.denominator


def first_price():
    return only(price for price in range(1, 1000)
                if fractions.Fraction(price) * 125 / 100 * 80 / 100 * 90 / 100 == 81)


def trailing_zeros(text):
    return len(text) - len(text.rstrip('0'))


def race():
    places = []
    for order in itertools.permutations(['Ana', 'Bo', 'Cy', 'Dee', 'Eli']):
        at = {name: place for place, name in enumerate(order, 1)}
        if at['Eli'] == 3 and at['Cy'] == at['Dee'] + 1 and at['Ana'] < at['Bo'] < 5:
            places.append(at['Bo'])
    return only(places)


def liars():
    fits = []
    for true in itertools.product([False, True], repeat=3):
        lying = true.count(False)
        if true == (lying == 1, lying == 2, lying == 3):
            fits.append(lying)
    return only(fits)


def code():
    return only(int(''.join(map(str, d))) for d in itertools.permutations([1, 2, 3, 4])
                if d[0] > d[3] and d.index(3) + 1 == d.index(2)
                and int(''.join(map(str, d))) % 4 == 0)


def pupils_without_a_game():
    football_and_tennis, football_and_chess, tennis_and_chess = 12 - 4, 9 - 4, 8 - 4
    football = 35 - football_and_tennis - football_and_chess - 4
    tennis = 28 - football_and_tennis - tennis_and_chess - 4
    chess = 20 - football_and_chess - tennis_and_chess - 4
    assert min(football, tennis, chess) >= 0
    return 60 - (football + tennis + chess + football_and_tennis + football_and_chess
                 + tennis_and_chess + 4)


def two_lamps():
    return sum([t % 4, t % 6, t % 10].count(0) == 2 for t in range(1, 301))


def square():
    """Solved from its sums alone: the middle and the bottom left are tried in halves."""
    total, found = 10 + 3 + 8, []
    halves = [fractions.Fraction(n, 2) for n in range(-60, 100)]
    for corner, middle in itertools.product(halves, halves):
        left, right_bottom = total - 10 - corner, total - 10 - middle
        bottom, right = total - corner - right_bottom, total - left - middle
        if (8 + middle + corner == total and 3 + middle + bottom == total
                and 8 + right + right_bottom == total):
            found.append(corner)
    return only(found)


def handshakes():
    people = [(couple, side) for couple in range(4) for side in range(2)]
    return sum(a[0] != b[0] for a, b in itertools.combinations(people, 2))


def box_with_the_coin():
    return only(coin for coin in (1, 2, 3)
                if [coin == 3, coin != 1, coin != 3].count(True) == 1)


def decoded(word):
    return ''.join(chr((ord(c) - ord('A') - 3) % 26 + ord('A')) for c in word)


def weekday(start, later):
    days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
    return days[(days.index(start) + later) % 7]


def only(values):
    """The one value all solutions share; a question with several is no question."""
    found = set(values)
    if len(found) != 1:
        raise ValueError(f'{len(found)} solutions')
    return found.pop()


WORKED_OUT = {
    '17 + 26': lambda: 17 + 26,
    '9 times 7': lambda: sum([9] * 7),
    'minutes are there in 3 hours': lambda: datetime.timedelta(hours=3).seconds // 60,
    '100 minus 58': lambda: 100 - 58,
    'half of 94': lambda: only(n for n in range(95) if n + n == 94),
    '4 boxes of 6 eggs': lambda: len(list(itertools.product(range(4), range(6)))),
    'in the shed is red': lambda: 'red',
    'Mia is older': lambda: only(o[2] for o in itertools.permutations(['Mia', 'Tom', 'Jay'])
                                 if o.index('Mia') < o.index('Tom') < o.index('Jay')),
    '5, 10, 15, 20': lambda: [5 * n for n in range(1, 6)][4],
    'today is Tuesday': lambda: weekday('Tuesday', 3),
    '3 for $2': lambda: fractions.Fraction(2, 3) * 12,
    '2F in hexadecimal': lambda: int('2F', 16),
    '15% of 240': lambda: fractions.Fraction(15, 100) * 240,
    'recipe for 4 people': lambda: fractions.Fraction(300, 4) * 7,
    'rectangle is 12 cm': lambda: only(2 * (12 + b) for b in range(1, 100) if 12 * b == 84),
    'binary search': lambda: most_looks_of_a_binary_search(1000),
    'average of five numbers': lambda: only(n for n in range(-100, 100)
                                            if sum([10, 12, 15, 17, n]) == 5 * 14),
    'film starts at 19:45': minutes_after_ten,
    'Ola stands': people_in_a_queue,
    '2, 6, 12, 20, 30': lambda: [n * (n + 1) for n in range(1, 7)][5],
    'glorps': fewest_things_in_the_chest,
    'white book stand': place_of_the_red_book,
    'white socks': socks_for_every_colour,
    'KRXVH': lambda: decoded('KRXVH'),
    'leak empties': minutes_to_fill,
    'divisible by 4 or by 6': lambda: sum((n % 4 == 0) != (n % 6 == 0) for n in range(1, 501)),
    'deposit of $2,000': deposit,
    'six-sided dice': dice,
    'train 180 m long': lambda: fractions.Fraction(180 + 1020) / fractions.Fraction(72000, 3600),
    'LEVEL': lambda: len(set(itertools.permutations('LEVEL'))),
    '85!': lambda: trailing_zeros(str(math.factorial(85))),
    'shop raises a price': first_price,
    '7 to the power of 50': lambda: 7 ** 50 % 13,
    'Ana, Bo, Cy': race,
    'X says': liars,
    'digits 1, 2, 3 and 4': code,
    'Of 60 pupils': pupils_without_a_game,
    'Lamp A blinks': two_lamps,
    '3 by 3 square': square,
    'Four couples': handshakes,
    'coin lies in one of three boxes': box_with_the_coin,
}

# Part of the question, the answer, and why it is so and stays so.
REVIEWED = [
    ('symbol Sn', 'tin', 'Sn is from stannum, the Latin name of tin'),
    ('closest to the Sun', 'Mercury', 'first of the eight planets by distance'),
    ('legs does a spider', '8', 'arachnids have four pairs of legs'),
    ('between Africa and Australia', 'Indian', 'the Indian Ocean'),
    ('capital of Portugal', 'Lisbon', 'capital since the thirteenth century'),
    ('Don Quixote', 'Spanish', 'Cervantes, Madrid 1605'),
    ('pumps blood', 'heart', 'its function'),
    ('strings does a standard violin', '4', 'G, D, A and E'),
    ('play Hamlet', 'Shakespeare', 'about 1600'),
    ('pure water freeze', '0', 'at one atmosphere'),
    ('hydrogen peroxide', '1', 'H2O2 has two oxygen atoms, H2O one'),
    ('turn once on its axis', 'Venus', 'turns in 243 days, goes round the Sun in 225'),
    ('main one in bones', 'calcium', 'vitamin D raises the uptake of calcium'),
    ('borders Nicaragua', 'Costa Rica', 'the only country between the two'),
    ('veins called', 'pulmonary', 'the pulmonary veins'),
    ('octal mode', '755', 'rwx is 7, r-x is 5'),
    ('dodecagon', str(6 + 12 + 4), 'carbon 6, dodecagon 12, human heart 4'),
    ('standard guitar', str(11 * 6 - 52), 'team 11, guitar 6, deck 52'),
    ('molecules of glucose', str(3 * (6 + 12 + 6) + 5 * 3), 'C6H12O6 and H2O'),
]


def find(part, items):
    held = [item for item in items if part in item['query']]
    if len(held) != 1:
        raise ValueError(f"'{part}' is in {len(held)} questions")
    return held[0]


def words(text):
    return re.findall(r'\w+', text.lower())


def same(item, want):
    if item['check'] == 'number':
        return fractions.Fraction(item['answer']) == fractions.Fraction(want)
    return item['answer'].lower() == str(want).lower()


def main(path):
    with open(path, encoding='utf-8') as f:
        items = [json.loads(line) for line in f]
    seen, wrong = [], []
    for part, work in WORKED_OUT.items():
        item = find(part, items)
        seen.append((item['query'], item['kind'] in ('arithmetic', 'logic')))
        want = work()
        if not same(item, want):
            wrong.append(f"'{part}': the set says {item['answer']}, worked out is {want}")
    for part, answer, _ in REVIEWED:
        item = find(part, items)
        seen.append((item['query'], item['kind'] == 'fact'))
        if not same(item, answer):
            wrong.append(f"'{part}': the set says {item['answer']}, reviewed was {answer}")
    wrong += [f'of the wrong kind: {query}' for query, kind in seen if not kind]
    missing = {item['query'] for item in items} - {query for query, _ in seen}
    wrong += [f'never checked: {query}' for query in missing]
    # An answer that already stands in the question is found in any reply that repeats it.
    wrong += [f'the question holds its answer: {item["query"]}' for item in items
              if item['check'] == 'contains' and words(item['answer'])[0] in words(item['query'])]
    if len(seen) != len({query for query, _ in seen}) or len(items) != len(seen):
        wrong.append(f'{len(items)} questions, {len(seen)} checks')
    for line in wrong:
        print(line)
    print(f'{len(items)} questions, {len(wrong)} wrong')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else 'data/sets/known.jsonl'))
