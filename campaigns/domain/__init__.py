"""Pure rules of orders: how a row becomes a line, lines an order, an order a conversion."""
