"""The channel "timeline": a pretend public timeline on this machine, for the demo, which fails when it is told to."""

from adapters.publish.timeline.behaviour import BEHAVIOURS, WORKS
from adapters.publish.timeline.channel import Timeline
from adapters.publish.timeline.publisher import TimelinePublisher
from adapters.publish.timeline.web import timeline_application

__all__ = ["BEHAVIOURS", "WORKS", "Timeline", "TimelinePublisher", "timeline_application"]
