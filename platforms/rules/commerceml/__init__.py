"""1C: the CommerceML 2 exchange of catalogue and orders, which 1C itself starts."""

# By the order's status in 1C, else by what its marks say; see `orders.status_of`.
STATUSES = {
    "Новый": "new",
    "Принят": "new",
    "Проведен": "confirmed",
    "Оплачен": "confirmed",
    "Отгружен": "fulfilled",
    "Доставлен": "fulfilled",
    "Выполнен": "fulfilled",
    "Отменен": "cancelled",
    "Возврат": "returned",
    "*": "confirmed",
}
