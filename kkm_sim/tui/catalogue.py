"""Every word of the interface, in English and in Russian. What the till itself shows and prints is not among them."""

import errno
import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kkm_sim import russian
from kkm_sim.till.keyboard import Key
from kkm_sim.tui.keymap import Command

if TYPE_CHECKING:  # the words are needed where no control API is
    from kkm_sim.control.models import StateName


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Words in braces are put in where the sentence is made."""

    indicator: str
    tape: str
    line: str
    state: str

    help_title: str
    help_close: str
    save_title: str
    save_how: str
    save_ending: str
    save_no_folder: str
    no_such_home: str
    save_exists: str
    saved: str
    not_saved: str
    no_picture: str
    picture_here: str
    picture_too_big: str
    key_does: Mapping[Key, str]
    digits: str
    command_does: Mapping[Command, str]
    """For the map, in its order."""

    footer: Mapping[Command, str]
    """For the screen's lowest line; those that are not there are not shown in it."""

    connecting: str
    connected: str
    lost: str
    ended: str
    till_is_gone: str
    ended_with: str
    refused_connection: str
    no_such_host: str
    not_the_api: str
    too_slow: str

    states: "Mapping[StateName, str]"
    rdy: str
    rdy_hears: Mapping[str, str]
    port: str
    ping_flags: str
    flags: tuple[str, str, str, str]
    shift: str
    drawer: str
    no_paper: str
    options: str
    no_receipt: str
    receipt_kinds: Mapping[str, str]
    kinds: Mapping[str, str]
    annulled: str
    discounts: str
    markups: str
    total: str
    error: str

    to_till: str
    to_master: str
    controls: Mapping[str, str]
    silence: str
    part_of_message: str
    sale_request: str
    code_types: Mapping[int, str]
    sale_answer: str
    answer_kinds: Mapping[str, str]
    close_request: str
    close_allowed: str
    close_refused: str
    identifier_request: str
    identifier_text: str
    identifier_graphics: str
    identifier_end: str
    done: str
    ping: str
    ping_answer: str
    show_message: str
    annul_receipt: str
    short_answer: str
    result: str
    result_ok: str
    severities: Mapping[str, str]

    errors: Mapping[int, str] = field(default_factory=dict)
    """Meanings of result codes; empty: as the till's own are worded."""

    findings: Mapping[str, str] = field(default_factory=dict)
    """Rules by the codes of their findings; empty: as the findings themselves are worded."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why something is so, by its code; empty: as it was told in English."""

    problems: Mapping[str, str] = field(default_factory=dict)
    """Why the control API refuses, by the problem's type; empty: as it is worded itself."""

    system_errors: Mapping[int, str] = field(default_factory=dict)
    """Why the system did not do something, by `errno`; where it has none: as the system words it."""


ENGLISH = Words(
    indicator="Mercury-130K",
    tape="Tape",
    line="Line",
    state="Till",
    help_title="The keys of the till and of this screen",
    help_close="any key closes",
    save_title="Save the tape as",
    save_how="Enter saves · Esc does not",
    save_ending="The name has to end in one of {endings}.",
    save_no_folder="There is no folder {folder}.",
    no_such_home="there is no such user",
    save_exists="{path} is there already: choose another name.",
    saved="The tape is saved: {path}",
    not_saved="{path} could not be saved: {reason}",
    no_picture="The tape has no QR code yet.",
    picture_here="QR {width}×{height}: Q",
    picture_too_big="This QR code needs a terminal of {columns}×{rows}; this one is {width}×{height}.",
    key_does={
        Key.DOUBLE_ZERO: "two zeros",
        Key.POINT: "the point of an amount",
        Key.ITEM: "the item typed; after АН: annul the last operation",
        Key.TOTAL: "total: close the receipt; confirm in the menu",
        Key.RETURN: "return",
        Key.ANNUL: "annul",
        Key.CLEAR: "clear; cancel what was begun",
        Key.TIMES: "quantity × price; alone: repeat the item",
        Key.PLUS: "markup; between receipts cash in",
        Key.MINUS: "discount; between receipts cash out",
        Key.PERCENT: "the markup or discount is in per cent",
        Key.SECTION: "section of the item",
        Key.CREDIT: "close by credit, or pay a part so",
        Key.MODE: "the menu",
        Key.FEED: "paper feed",
    },
    digits="digits",
    command_does={
        Command.PARTS: "line in place of keys",
        Command.PICTURE: "QR code",
        Command.SAVE: "Save the tape as",
        Command.BYTES: "Bytes",
        Command.PAPER: "paper out, in",
        Command.POWER: "power off, on",
        Command.QUIT: "Quit",
        Command.TAPE_UP: "scrolls the tape",
        Command.TAPE_DOWN: "scrolls the tape",
        Command.LINE_UP: "scrolls the line",
        Command.LINE_DOWN: "scrolls the line",
    },
    footer={
        Command.HELP: "Keys",
        Command.PARTS: "Line",
        Command.START_AGAIN: "Start the till again",
        Command.PICTURE: "QR code",
        Command.SAVE: "Save",
        Command.BYTES: "Bytes",
        Command.QUIT: "Quit",
    },
    connecting="connecting to {url}",
    connected="connected to {url}",
    lost="no connection to {url}: {reason}; trying again",
    ended="the till has ended (F5 starts it again): {reason}",
    till_is_gone="the connection was closed",
    ended_with="exit code {code}",
    refused_connection="nobody listens there",
    no_such_host="there is no such host",
    not_the_api="there is no control API",
    too_slow="this screen was too slow for it",
    states={
        "off": "off",
        "menu": "menu",
        "idle": "between receipts",
        "request": "SmartBox asks: price, ПИ",
        "entry": "the operator is typing",
        "open": "receipt open",
        "return_armed": "return begun",
        "annul_armed": "annulment begun: ПИ the last, ИТ all",
        "annul_scan": "annulment: scan the bottle",
        "close_wait": "asking SmartBox to allow the close",
        "refused": "the close was refused",
        "qr_print": "printing the identifier",
    },
    rdy="RDY hears",
    rdy_hears={"silent": "nothing", "entry": "DISC", "busy": "the busy answer", "ready": "RDY"},
    port="line",
    ping_flags="PING flags",
    flags=("cash mode", "SmartBox on", "SmartBox served", "request open"),
    shift="shift {shift}, address {address}",
    drawer="cash {cash}",
    no_paper="NO PAPER",
    options="options {options}",
    no_receipt="no receipt",
    receipt_kinds={"sale": "Receipt {number}", "return": "Return receipt {number}"},
    kinds={"sale": "", "return": "return ", "annul": "annul "},
    annulled="annulled",
    discounts="discounts",
    markups="markups",
    total="total",
    error="Err {code}: {text}",
    to_till="→ till",
    to_master="← till",
    controls={
        "DISC": "the till is busy with its operator",
        "REJ": "the frame number is wrong",
        "RDY": "ready",
        "NAK": "bad packet, say it again",
        "WAIT": "wait",
        "BUSY": "busy",
        "ACK": "received",
        "SYN": "begin the numbers anew",
        "RST": "answer again",
    },
    silence="silence",
    part_of_message="{bytes} bytes, a part of a message",
    sale_request="sell: {code_type}{name}",
    code_types={0: "EAN", 1: "PDF", 2: "PDF, a duplicate", 3: "beer"},
    sale_answer="{kind}: receipt {receipt}, operation {operation}, {sum}",
    answer_kinds={"sale": "sold", "return": "returned", "annul": "annulled"},
    close_request="may receipt {receipt} be closed? total {total}, alcohol {alcohol} of {operations}",
    close_allowed="the receipt may be closed",
    close_refused="the receipt may not be closed: {result}",
    identifier_request="identifier of receipt {receipt}, block {block}?",
    identifier_text="block {block}: text, {bytes} bytes",
    identifier_graphics="block {block}: picture {bits}×{rows}",
    identifier_end="no more blocks",
    done="the receipt is complete: {result}",
    ping="PING",
    ping_answer="PING: flags {flags:08b}, shift {shift}, receipt {receipt}, total {total}",
    show_message="show «{text}»",
    annul_receipt="annul the receipt",
    short_answer="function {function}: {result}",
    result="result {code}, {text}",
    result_ok="done",
    severities={"error": "ERROR", "warning": "warning"},
)

RUSSIAN = Words(
    indicator="Меркурий-130К",
    tape="Лента",
    line="Линия",
    state="Касса",
    help_title="Клавиши кассы и этого экрана",
    help_close="любая клавиша закрывает",
    save_title="Сохранить ленту как",
    save_how="Enter сохраняет · Esc отменяет",
    save_ending="Имя должно кончаться на одно из {endings}.",
    save_no_folder="Папки {folder} нет.",
    no_such_home="такого пользователя нет",
    save_exists="{path} уже есть: выберите другое имя.",
    saved="Лента сохранена: {path}",
    not_saved="{path} не сохраняется: {reason}",
    no_picture="QR-кода на ленте ещё нет.",
    picture_here="QR {width}×{height}: Q",
    picture_too_big="Этому QR-коду нужен терминал {columns}×{rows}, а здесь {width}×{height}.",
    key_does={
        Key.DOUBLE_ZERO: "два нуля",
        Key.POINT: "точка в сумме",
        Key.ITEM: "приход; после АН: аннулировать последнюю операцию",
        Key.TOTAL: "итог: закрыть чек; в меню: подтвердить",
        Key.RETURN: "возврат",
        Key.ANNUL: "аннулирование",
        Key.CLEAR: "сброс; отмена начатого",
        Key.TIMES: "количество × цена; одна: повторить товар",
        Key.PLUS: "надбавка; между чеками внесение",
        Key.MINUS: "скидка; между чеками выплата",
        Key.PERCENT: "надбавка или скидка в процентах",
        Key.SECTION: "секция товара",
        Key.CREDIT: "закрыть кредитом или оплатить им часть",
        Key.MODE: "меню",
        Key.FEED: "прогон ленты",
    },
    digits="цифры",
    command_does={
        Command.PARTS: "линия вместо клавиш",
        Command.PICTURE: "QR-код",
        Command.SAVE: "Сохранить ленту как",
        Command.BYTES: "Байты",
        Command.PAPER: "бумага: вынуть, вставить",
        Command.POWER: "питание: выкл., вкл.",
        Command.QUIT: "Выход",
        Command.TAPE_UP: "листает ленту",
        Command.TAPE_DOWN: "листает ленту",
        Command.LINE_UP: "листает линию",
        Command.LINE_DOWN: "листает линию",
    },
    footer={
        Command.HELP: "Клавиши",
        Command.PARTS: "Линия",
        Command.START_AGAIN: "Запустить кассу снова",
        Command.PICTURE: "QR-код",
        Command.SAVE: "Сохранить",
        Command.BYTES: "Байты",
        Command.QUIT: "Выход",
    },
    connecting="соединение с {url}",
    connected="на связи: {url}",
    lost="нет связи с {url}: {reason}; пробую снова",
    ended="касса завершилась (F5 запускает снова): {reason}",
    till_is_gone="соединение закрыто",
    ended_with="код {code}",
    refused_connection="там никто не отвечает",
    no_such_host="такого узла нет",
    not_the_api="там нет управляющего API",
    too_slow="экран за ней не успевал",
    states={
        "off": "выключена",
        "menu": "меню",
        "idle": "между чеками",
        "request": "запрос SmartBox: цена, ПИ",
        "entry": "оператор набирает",
        "open": "чек открыт",
        "return_armed": "начат возврат",
        "annul_armed": "начато аннулирование: ПИ последнюю, ИТ весь чек",
        "annul_scan": "аннулирование: сканируйте бутылку",
        "close_wait": "ждёт от SmartBox разрешения закрыть чек",
        "refused": "в закрытии отказано",
        "qr_print": "печатает идентификатор",
    },
    rdy="на RDY ответ",
    rdy_hears={"silent": "нет", "entry": "DISC", "busy": "«занят»", "ready": "RDY"},
    port="линия",
    ping_flags="флаги PING",
    flags=("режим кассы", "SmartBox включён", "SmartBox был", "запрос открыт"),
    shift="смена {shift}, адрес {address}",
    drawer="в кассе {cash}",
    no_paper="НЕТ БУМАГИ",
    options="опции {options}",
    no_receipt="чека нет",
    receipt_kinds={"sale": "Чек {number}", "return": "Чек возврата {number}"},
    kinds={"sale": "", "return": "возврат ", "annul": "аннул. "},
    annulled="аннулирована",
    discounts="скидки",
    markups="надбавки",
    total="итог",
    error="Err {code}: {text}",
    to_till="→ касса",
    to_master="← касса",
    controls={
        "DISC": "касса занята оператором",
        "REJ": "не тот номер кадра",
        "RDY": "готовность",
        "NAK": "пакет испорчен, повторите",
        "WAIT": "ждите",
        "BUSY": "занята",
        "ACK": "принято",
        "SYN": "начать нумерацию снова",
        "RST": "повторить ответ",
    },
    silence="тишина",
    part_of_message="{bytes} байт, часть сообщения",
    sale_request="продать: {code_type}{name}",
    code_types={0: "EAN", 1: "PDF", 2: "PDF, дубликат", 3: "пиво"},
    sale_answer="{kind}: чек {receipt}, операция {operation}, {sum}",
    answer_kinds={"sale": "продано", "return": "возвращено", "annul": "аннулировано"},
    close_request="можно закрыть чек {receipt}? итог {total}, алкоголя {alcohol} из {operations}",
    close_allowed="чек можно закрыть",
    close_refused="чек закрыть нельзя: {result}",
    identifier_request="идентификатор чека {receipt}, блок {block}?",
    identifier_text="блок {block}: текст, {bytes} байт",
    identifier_graphics="блок {block}: картинка {bits}×{rows}",
    identifier_end="блоков больше нет",
    done="чек завершён: {result}",
    ping="PING",
    ping_answer="PING: флаги {flags:08b}, смена {shift}, чек {receipt}, итог {total}",
    show_message="показать «{text}»",
    annul_receipt="аннулировать чек",
    short_answer="функция {function}: {result}",
    result="код {code}, {text}",
    result_ok="выполнено",
    severities={"error": "ОШИБКА", "warning": "замечание"},
    errors={
        1: "команда неизвестна",
        2: "не в этом режиме",
        3: "неверный формат или значение",
        4: "в регистрации отказано: кассы нет в списке",
        5: "отказ: налоговая база не та",
        6: "отказ: не тот режим",
        7: "только при закрытой смене",
        8: "только при закрытом чеке",
        9: "товар не найден",
        10: "нет такого количества",
        11: "штучный товар: количество не задаётся",
        12: "скидки нет",
        13: "такая скидка запрещена",
        14: "карта отвергнута",
        15: "на карте мало денег",
        16: "неверный пароль",
        20: "ошибка печати или нет бумаги",
        21: "переполнение регистров или числа операций",
        22: "операция не разрешена",
        23: "налог не запрограммирован",
        24: "журнал полон",
        25: "в кассе мало денег",
        26: "неверная или закрытая секция",
        27: "невозможно в нынешнем состоянии",
    },
    findings={code.rule.code: sentence for code, sentence in russian.FINDINGS.items()},
    reasons={code.code: sentence for code, sentence in russian.REASONS.items()},
    problems={code.type: sentence for code, sentence in russian.PROBLEMS.items()},
    system_errors={
        errno.ECONNRESET: "соединение разорвано",
        errno.EPIPE: "соединение разорвано",
        errno.ETIMEDOUT: "нет ответа",
        errno.EHOSTUNREACH: "до узла нет пути",
        errno.ENETUNREACH: "до сети нет пути",
        errno.EADDRNOTAVAIL: "такого адреса здесь нет",
        errno.EACCES: "нет прав",
        errno.EPERM: "нет прав",
        errno.ENOENT: "нет такого файла или папки",
        errno.ENOTDIR: "это не папка",
        errno.EISDIR: "это папка",
        errno.ENAMETOOLONG: "слишком длинное имя",
        errno.EINVAL: "негодное имя",
        errno.ENOSPC: "нет места на диске",
        errno.EROFS: "сюда нельзя писать",
        errno.EIO: "ошибка устройства",
        errno.EMFILE: "открыто слишком много файлов",
    },
)

LANGUAGES = {"en": ENGLISH, "ru": RUSSIAN}


def language_here(environment: Mapping[str, str] = os.environ) -> str:
    """The language of the user's locale; English where there are no words in it."""
    chosen = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, chosen), None) or locale.getlocale()[0] or ""
    return "ru" if name.casefold().startswith("ru") else "en"
