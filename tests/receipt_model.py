"""A model of a receipt's money, written from the rules and not from the code."""

from dataclasses import dataclass, field


@dataclass
class Item:
    """One operation as the model knows it."""

    price: int
    quantity: int = 1000
    tax: int = 1
    alcohol: bool = False
    discount: int = 0
    markup: int = 0
    stands: bool = True

    @property
    def due(self) -> int:
        return (self.price * self.quantity * 2 + 1000) // 2000 - self.discount + self.markup


@dataclass
class Money:
    """The receipt's money: kopecks and thousandths, half up, tax contained in the price and counted by item."""

    rates: tuple[int, ...]
    items: list[Item] = field(default_factory=list)

    @property
    def standing(self) -> list[Item]:
        return [item for item in self.items if item.stands]

    def sums(self) -> tuple[int, ...]:
        """Operations, alcohol, total, discounts, markups, taxes 1–5."""
        standing = self.standing
        taxes = [0] * 5
        for item in standing:
            if item.tax:
                rate = self.rates[item.tax - 1]
                taxes[item.tax - 1] += (item.due * rate * 2 + 100 + rate) // (2 * (100 + rate))
        return (
            len(self.items),
            sum(item.alcohol for item in standing),
            sum(item.due for item in standing),
            sum(item.discount for item in standing),
            sum(item.markup for item in standing),
            *taxes,
        )
