"""The words of the demo's panel and tour, in English and in Russian."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kkm_sim.messages.codes import CodeType, Function
from kkm_sim.tui.demo.smartbox_view import BoxCommand, UtmMode


@dataclass(frozen=True, slots=True)
class DemoWords:
    """One language. Words in braces are put in where the sentence is made."""

    panel: str
    commands: Mapping[BoxCommand, str]
    utm: Mapping[UtmMode, str]
    cable: Mapping[bool, str]
    box_ended: str
    show_tour: str
    chapters: Mapping[str, str]
    hints: Mapping[str, str]

    events: Mapping[str, str] = field(default_factory=dict)
    """What the SmartBox tells, by the kind of event; empty: as it words it itself."""

    articles: Mapping[CodeType, str] = field(default_factory=dict)
    functions: Mapping[Function, str] = field(default_factory=dict)

    duplicate: str = ""
    not_in_basket: str = ""
    other_scanned: str = ""
    over: str = ""
    annulled_at_till: str = ""
    a_receipt: str = ""
    without_identifier: str = ""


ENGLISH = DemoWords(
    panel="SmartBox",
    commands={
        BoxCommand.EAN: "scan EAN",
        BoxCommand.PDF: "scan PDF417",
        BoxCommand.AGAIN: "same bottle again",
        BoxCommand.BEER: "scan beer",
        BoxCommand.ANNUL: "annul the receipt",
        BoxCommand.UTM: "UTM {mode}",
        BoxCommand.CABLE: "cable {state}",
    },
    utm={
        UtmMode.ALLOWS: "allows",
        UtmMode.REFUSES: "refuses",
        UtmMode.DOWN: "is down",
        UtmMode.SLOW: "is slow",
    },
    cable={True: "is in", False: "IS OUT"},
    box_ended="the SmartBox has ended with code {code}; it is started again",
    show_tour="Tour",
    chapters={
        "sale": "A bottle",
        "picture": "Its code",
        "refusal": "A refusal",
        "slow": "A slow UTM",
        "annulment": "An annulment",
        "void": "The whole receipt",
        "beer": "Beer",
        "unplugged": "No cable",
        "plugged": "The cable again",
        "end": "The end",
    },
    hints={
        "paper": "F8: the paper is out, put it in",
        "power": "F9: the till is off, switch it on",
        "menu": "Enter (ИТ), then 1 0 0 0 0 0, its password: cash mode",
        "clear": "Esc (С): clear the error",
        "cancel": "Esc (С): cancel what was begun",
        "finish": "Enter (ИТ) ends what is typed, Esc (С) drops it",
        "ean": "E: the scanner reads the EAN of a bottle",
        "pdf": "D: it reads the PDF417 code on its neck",
        "price": "the price, 3 5 0 . 9 0, then P (ПИ)",
        "register": "P (ПИ): register it at the price typed",
        "total": "5 0 0, the money, then Enter (ИТ)",
        "exact": "Enter (ИТ): the total, paid exactly",
        "wait_sold": "wait: the SmartBox is about to hear of it",
        "wait_utm": "wait: the SmartBox asks the UTM",
        "wait_printer": "wait: the till is printing",
        "wait_lost": "wait: the SmartBox is about to notice",
        "wait_found": "wait: the two are about to find each other",
        "again": "Enter (ИТ): ask again",
        "picture": "Q: the QR code alone, for a phone",
        "annul": "A (АН): begin to annul",
        "last": "P (ПИ): the last operation",
        "same": "R: scan the bottle that is taken back",
        "whole": "Enter (ИТ): all of the receipt",
        "beer": "L: a beer has no PDF417 code",
        "pull": "W: pull the cable out",
        "plug": "W: put the cable in again",
        "utm_allows": "U, until the UTM allows",
        "utm_refuses": "U, until the UTM refuses",
        "utm_slow": "U, until the UTM is slow",
        "end": "? leaves the tour. Try V (ВЗ) before a scan: a return",
    },
)

RUSSIAN = DemoWords(
    panel="SmartBox",
    commands={
        BoxCommand.EAN: "сканировать EAN",
        BoxCommand.PDF: "сканировать PDF417",
        BoxCommand.AGAIN: "ту же бутылку снова",
        BoxCommand.BEER: "сканировать пиво",
        BoxCommand.ANNUL: "аннулировать чек",
        BoxCommand.UTM: "УТМ {mode}",
        BoxCommand.CABLE: "кабель {state}",
    },
    utm={
        UtmMode.ALLOWS: "разрешает",
        UtmMode.REFUSES: "отказывает",
        UtmMode.DOWN: "не работает",
        UtmMode.SLOW: "медлит",
    },
    cable={True: "вставлен", False: "ВЫНУТ"},
    box_ended="SmartBox завершился с кодом {code}; запускается снова",
    show_tour="Экскурсия",
    chapters={
        "sale": "Бутылка",
        "picture": "Её код",
        "refusal": "Отказ",
        "slow": "Медленный УТМ",
        "annulment": "Аннулирование",
        "void": "Весь чек",
        "beer": "Пиво",
        "unplugged": "Без кабеля",
        "plugged": "Снова с кабелем",
        "end": "Конец",
    },
    hints={
        "paper": "F8: бумаги нет, вставьте её",
        "power": "F9: касса выключена, включите её",
        "menu": "Enter (ИТ), затем пароль 1 0 0 0 0 0: режим кассы",
        "clear": "Esc (С): сбросьте ошибку",
        "cancel": "Esc (С): отмените начатое",
        "finish": "Enter (ИТ) завершает набор, Esc (С) сбрасывает",
        "ean": "E (У): сканер читает EAN бутылки",
        "pdf": "D (В): он читает её код PDF417",
        "price": "цена, 3 5 0 . 9 0, и P (ПИ)",
        "register": "P (ПИ): приход по набранной цене",
        "total": "5 0 0, деньги, и Enter (ИТ)",
        "exact": "Enter (ИТ): итог, без сдачи",
        "wait_sold": "ждите: SmartBox сейчас узнает об этом",
        "wait_utm": "ждите: SmartBox спрашивает УТМ",
        "wait_printer": "ждите: касса печатает",
        "wait_lost": "ждите: SmartBox сейчас заметит",
        "wait_found": "ждите: сейчас они найдут друг друга",
        "again": "Enter (ИТ): спросите ещё раз",
        "picture": "Q (Й): один QR-код, для телефона",
        "annul": "A (АН): начните аннулирование",
        "last": "P (ПИ): последней операции",
        "same": "R (К): сканируйте бутылку, которую забирают",
        "whole": "Enter (ИТ): всего чека",
        "beer": "L (Д): у пива нет кода PDF417",
        "pull": "W (Ц): выньте кабель",
        "plug": "W (Ц): вставьте кабель",
        "utm_allows": "U (Г), пока УТМ не разрешает",
        "utm_refuses": "U (Г), пока УТМ не отказывает",
        "utm_slow": "U (Г), пока УТМ не медлит",
        "end": "? завершает. Ещё: V (ВЗ) перед сканером, возврат",
    },
    events={
        "till-found": "касса отвечает",
        "till-lost": "нет связи с кассой",
        "till-busy": "касса занята оператором или печатью: ждём",
        "exchange-failed": "не вышло: {function}: {why}",
        "not-understood": "касса прислала {data}: {why}",
        "code-scanned": "сканирован {kind} {code}",
        "code-refused": "{code} не принят: {why}",
        "message-shown": "на индикаторе «{message}»",
        "pinged": "касса {serial_number}: смена {shift}, чек {receipt_number}, операций {operations}",
        "not-requested": "не спрошено: {function}: {why}",
        "sale-requested": "просим продать: {article}{duplicate}",
        "request-refused": "касса отказывает: {function}: {result}",
        "duplicate-refused": "{article} уже в чеке: касса отказывает, {result}",
        "request-forgotten": "у кассы нет запроса: {article} больше не ждём",
        "item-registered": "{operation}: {article}, чек {receipt_number}, операция {operation_number}, {sum}",
        "item-annulled": "аннулировано: {article}, чек {receipt_number}{note}",
        "receipt-annulled": "касса аннулировала свой чек",
        "basket-dropped": "чек {receipt_number} {fate}: корзина ({items}) брошена",
        "utm-asked": "чек {receipt_number} у УТМ, {delay_s} с",
        "close-allowed": "чек {receipt_number} на {total} можно закрыть: {url}",
        "close-refused": "чек {receipt_number} закрыть нельзя: {why}",
        "block-sent": "идентификатор чека {receipt_number}, блок {block}: {size} байт",
        "identifier-ended": "идентификатор чека {receipt_number}: блоков больше нет",
        "receipt-done": "{receipt} завершён{note}",
    },
    articles={
        CodeType.EAN: "товар {ean}",
        CodeType.PDF: "бутылка {ean} ({pdf:.8}…)",
        CodeType.DUPLICATE_PDF: "бутылка {ean} ({pdf:.8}…)",
        CodeType.BEER: "пиво {ean}",
    },
    functions={
        Function.SALE: "продажа",
        Function.PING: "PING",
        Function.SHOW_MESSAGE: "сообщение",
        Function.ANNUL_RECEIPT: "аннулирование чека",
    },
    duplicate=", она уже в корзине",
    not_in_basket=", но в корзине этого не было",
    other_scanned=", хотя сканировано {scanned}",
    over="завершён, хотя касса не сообщила",
    annulled_at_till="аннулирован на кассе",
    a_receipt="чек",
    without_identifier=" без идентификатора: {result}",
)

LANGUAGES = {"en": ENGLISH, "ru": RUSSIAN}
