"""Common Russian given names with their short forms: Саша may be Александр or Александра."""

from customers.rules.duplicates.folding import fold

# Full forms : short forms.
_TABLE = """
Александр Alexander, Александра Alexandra : Саша Саня Шура Алекс Сашенька Alex Sasha
Алексей Alexis : Лёша Алёша Лёха
Анастасия Anastasia : Настя Настенька Стася
Анатолий : Толя Толик
Андрей Andrew : Андрюша Дрюша
Анна Anne : Аня Анечка Нюра Нюша Ann
Антон : Тоша Антоша
Антонина : Тоня
Аркадий : Аркаша
Борис : Боря
Вадим : Вадик
Валентин, Валентина : Валя
Валерий, Валерия : Валера Лера
Василий Basil : Вася
Вера : Верочка
Виктор, Виктория : Витя Вика
Виталий : Виталик
Владимир : Вова Володя Вовка
Владислав, Владислава : Влад Слава Владик
Вячеслав : Слава
Галина : Галя
Геннадий : Гена
Георгий George : Гоша Жора Гога
Григорий Gregory : Гриша
Дарья Daria Дария : Даша Дашенька
Денис Dennis : Дэн
Дмитрий : Дима Митя Димон
Евгений Eugene, Евгения Eugenia : Женя
Екатерина Catherine Katherine : Катя Катерина Катюша Kate
Елена Helen : Лена Алёна Леночка
Елизавета Elizabeth : Лиза
Зинаида : Зина
Иван : Ваня
Игорь : Игорёк
Илья Elijah : Илюша
Инна : Инночка
Ирина Irene : Ира Ириша
Кирилл Cyril : Кирюша
Константин : Костя
Ксения Оксана : Ксюша
Лариса : Лара
Леонид : Лёня
Лидия : Лида
Любовь : Люба
Людмила : Люда Мила Люся
Маргарита : Рита Марго
Марина : Мариша
Мария Mary Марья : Маша Маруся Маня
Максим Maxim : Макс
Михаил Michael : Миша Мишаня
Надежда : Надя
Наталья Наталия Natalie : Наташа Ната
Никита : Ник
Николай Nicholas : Коля
Нина : Нинель
Олег : Олежка
Ольга : Оля Олечка
Павел Paul : Паша
Пётр Peter : Петя
Полина Pauline : Поля
Раиса : Рая
Роман : Рома
Светлана : Света
Семён Simon : Сёма
Сергей Sergius : Серёжа Серж Серый
София Софья Sophia : Соня
Станислав : Стас Славик
Степан Stephen : Стёпа
Тамара : Тома
Татьяна : Таня Танюша
Тимофей Timothy : Тима
Ульяна : Уля
Фёдор Theodore : Федя
Эдуард Edward : Эдик
Юлия Julia : Юля Юленька
Юрий : Юра
Яков Jacob : Яша
Ярослав : Ярик
Яна : Янина
"""


def _read() -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    names: dict[str, set[str]] = {}
    groups: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        full, short = line.split(":")
        variants = [[fold(word) for word in each.split()] for each in full.split(",")]
        leaders = [each[0] for each in variants]
        for each in variants:
            for word in each:
                names.setdefault(word, set()).add(each[0])
        for word in map(fold, short.split()):
            names.setdefault(word, set()).update(leaders)
        for word in (*(word for each in variants for word in each), *map(fold, short.split())):
            groups.setdefault(word, leaders[0])
    return {word: frozenset(found) for word, found in names.items()}, groups


_NAMES, _GROUPS = _read()


def full_names(word: str) -> frozenset[str]:
    """The full names that a folded word may stand for; itself, if it is not known."""
    return _NAMES.get(word) or frozenset((word,))


def group_of(word: str) -> str:
    """One word for all the names that a folded word could be mixed up with, to look them up by."""
    return _GROUPS.get(word, word)


def is_given(word: str) -> bool:
    """Whether the folded word is a known given name."""
    return word in _NAMES
