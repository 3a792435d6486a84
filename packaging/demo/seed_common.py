"""What every part of the seed shares: chance, ids, stamps, CSV files and invented names."""

import csv
import datetime
import io
import pathlib

# The demo's clock. Every stamp in the seed is earlier.
NOW = datetime.datetime(2018, 1, 2, 9, 0, 0)
TODAY = NOW.date()


class Chance:
    """SplitMix64. Not the random module: its methods may change between Python versions."""

    MASK = (1 << 64) - 1

    def __init__(self, seed):
        self.state = seed & self.MASK

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return z ^ (z >> 31)

    def below(self, bound):
        return self.bits() % bound

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def happens(self, share):
        return self.below(1_000_000) < share * 1_000_000

    def pick(self, things):
        return things[self.below(len(things))]

    def weighted(self, pairs):
        """One of the first halves of `pairs`, with the second halves as weights."""
        total = sum(weight for _, weight in pairs)
        point = self.below(1_000_000) / 1_000_000 * total
        for thing, weight in pairs:
            point -= weight
            if point < 0:
                return thing
        return pairs[-1][0]

    def sample(self, things, count):
        pool = list(things)
        taken = []
        while pool and len(taken) < count:
            taken.append(pool.pop(self.below(len(pool))))
        return taken


BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def record_id(prefix, number):
    """A Salesforce id of 18 characters: prefix, `DM` for the demo, a counter, the checksum."""
    digits = ""
    rest = number
    for _ in range(10):
        digits = BASE62[rest % 62] + digits
        rest //= 62
    short = prefix + "DM" + digits
    checksum = ""
    for start in (0, 5, 10):
        group = short[start:start + 5]
        value = sum(1 << i for i, letter in enumerate(group) if letter.isupper())
        checksum += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[value]
    return short + checksum


def day(text):
    return datetime.date.fromisoformat(text)


def moment(chance, date):
    """A time of a working day, before the demo's clock."""
    stamp = datetime.datetime(date.year, date.month, date.day, chance.between(7, 18),
                              chance.below(60), chance.below(60))
    # Nothing is stamped in the last hours before the demo begins.
    return min(stamp, NOW - datetime.timedelta(hours=14, seconds=chance.below(3600)))


def days_between(chance, first, last):
    return first + datetime.timedelta(days=chance.below(max(1, (last - first).days + 1)))


def salesforce_time(stamp):
    return stamp.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def pardot_time(stamp):
    return stamp.strftime("%Y-%m-%dT%H:%M:%SZ") if stamp else ""


def stamps(created, modified):
    """The columns CreatedDate, LastModifiedDate and SystemModstamp."""
    modified = max(created, modified)
    return [salesforce_time(created), salesforce_time(modified), salesforce_time(modified)]


STAMPS = ["CreatedDate", "LastModifiedDate", "SystemModstamp"]


def truth(value):
    return "true" if value else "false"


def read_source(folder, name):
    with open(pathlib.Path(folder) / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(folder, name, header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path = pathlib.Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode("utf-8"))


def slug(name):
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())


FIRST_NAMES = """Ada Akira Alba Amara Anders Anouk Arjun Astrid Baran Beatriz Bjorn Carys Chidi
Clara Dag Dalia Dario Edda Eino Elif Emeka Enzo Farah Fintan Freya Gita Goran Greta Hana Hugo
Ilse Imani Ingrid Ivo Jalen Jana Jiro Joana Kaia Kamal Katya Kenji Lars Leila Liv Luca Mads Maeve
Mateo Mei Mila Nadia Nils Noor Odette Olu Orla Pavel Petra Quinn Rafa Rania Remy Rosa Sami Sanna
Selma Sven Tariq Tess Thandi Tomas Uma Vera Viktor Wanda Wim Xenia Yara Yusuf Zainab
Zoë José Åsa""".split()

LAST_NAMES = """Abara Adler Almeida Andersen Arslan Aydin Baptista Barros Becker Bianchi Borg
Bradwell Brannigan Calloway Carvalho Castell Cerny Chandra Corrigan Dahl Darwish Delacroix Demir
Dlamini Dorsey Duarte Eriksen Falk Farrow Ferreira Fischbach Fontaine Garrow Gellner Grahn Gupta
Haddad Halloran Hansen Hartwell Hoxha Ibarra Iwata Jansen Jokinen Kagawa Kapoor Karlsen Kessler
Kowal Laine Larkspur Lindqvist Lombardi Madsen Maldonado Marchetti Mbeki Mercer Mirza Moreau
Nakano Ndiaye Nordin Novak Okafor Okonkwo Oliveira Olsen Osei Pacheco Palmgren Petrov Pinto
Quist Radley Ramires Rehn Rinaldi Rosendal Sabri Salgado Sandoval Sato Schreiber Sequeira
Shirazi Sobol Stavros Sundberg Tanaka Tavares Thackeray Thorne Tran Ullman Valtonen Varga Vasquez
Vinter Wakefield Weiss Westergaard Yamada Yilmaz Zeller
O'Dell Müller Null Nguyễn""".split() + ["van der Berg", "True"]

TITLES = ["Purchasing Manager", "IT Director", "Head of Operations", "Finance Director", "Buyer",
          "VP Engineering", "Systems Administrator", "Chief Technology Officer",
          "Office Manager", "Procurement Lead", "Network Engineer", "Managing Director", ""]

DEPARTMENTS = ["IT", "Operations", "Finance", "Procurement", "Engineering", ""]

CITIES = {
    "United States": [("Boston", "02110"), ("Austin", "78701"), ("Chicago", "60601"),
                      ("Newark", "07102"), ("Seattle", "98101")],
    "Kenya": [("Nairobi", "00100")], "Philipines": [("Manila", "1000")],
    "Japan": [("Osaka", "530-0001")], "Italy": [("Milano", "20121")],
    "Norway": [("Oslo", "0150")], "Korea": [("Seoul", "04524")],
    "Jordan": [("Amman", "11118")], "Brazil": [("Curitiba", "80010-000")],
    "Germany": [("Köln", "50667")], "Panama": [("Panamá", "0801")],
    "Belgium": [("Gent", "9000")], "Romania": [("Cluj-Napoca", "400001")],
    "Poland": [("Łódź", "90-001")], "China": [("Suzhou", "215000")],
}
