"""One of each thing that is said about a till, as JSON."""

STATUS = {
    **{"model": 1, "serial_number": "0000123", "flags": 0x83, "shift": 2, "moment": "2016-07-01T12:00:00"},
    **{"receipt_number": 7, "operations": 1, "alcohol": 1, "total": 15000},
}
SOLD = {
    **{"receipt_number": 7, "operation_number": 1, "operation": 0, "alcohol": True, "item_code": 0},
    **{"barcode": 4600000000008, "quantity": 1000, "price": 15000, "sum": 15000, "name": "", "section": 1, "tax": 0},
}
CLOSE = {
    **{"receipt_number": 7, "kind": 0, "operations": 1, "alcohol": 1, "other": 0, "total": 15000, "discounts": 0},
    **{"markups": 0, "tax_1": 0, "tax_2": 0, "tax_3": 0, "tax_4": 0, "tax_5": 0, "cash": 15000, "credit": 0},
    **{"shift": 2, "moment": "2016-07-01T12:05:00"},
}
COUNTED = {
    "linked": True,
    "packets_to_till": 1,
    "packets_to_master": 2,
    "delivered": 3,
    "failed": 4,
    "lost": 5,
    "gone": False,
}
