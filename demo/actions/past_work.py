"""The last weeks of the invented company, done as its people and programs do it."""

from demo.actions.connections import connect_platforms
from demo.actions.corrections import correct_cards
from demo.actions.duplicates import settle_duplicates
from demo.actions.imports import bring_file
from demo.actions.people_acting import forget_filling
from demo.actions.reading import take_list_out
from demo.actions.story import Story
from demo.actions.subscriptions import open_subscription, settle_deliveries
from demo.actions.telephony import connect_telephony
from demo.actions.website import open_website
from segmentation.actions import count_losses, refresh_stale


def write_past_work(story: Story) -> None:
    """Do, with the product's own actions, what leaves traces on its pages; then bring the figures up to date."""
    forget_filling()
    warehouse = open_subscription(story)
    open_website(story)
    connect_platforms(story)
    connect_telephony(story)
    bring_file(story)
    settle_duplicates(story)
    correct_cards(story)
    take_list_out(story)
    settle_deliveries(warehouse)
    refresh_stale(now=story.moment_of_end)
    # Whoever left is now another's customer, and had changed hands before.
    count_losses(as_of=story.as_of)
