"""Moves what is older than two years; the customers are told nothing."""

MOVE = """
    WITH gone AS (
        DELETE FROM shop.orders WHERE placed_at < now() - interval '2 years' RETURNING *
    )
    INSERT INTO shop.orders_archive SELECT gone.*, now() FROM gone
"""


def run(cursor) -> None:
    """Run the move; `shop.reviews` stay where they are."""
    cursor.execute(MOVE)
