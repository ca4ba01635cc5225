"""Words that change nothing in a question: with or without them it asks the same."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of `text`, as a set."""
    return frozenset(text.split())


FILLERS = words(
    """
    i we you me my mine our ours us your yours myself it its this that these those there here one ones thing
    things stuff is are am was were be been being do does did done doing has have had having can could may must
    shall what which how a an the of in on at to for from by with as and so then some any all show showing list
    give gimme tell see get look looking check know want wanna need like find display pull say let lets now
    right currently current present presently moment just really actually exactly precisely roughly
    approximately about around still yet already also too even please quick quickly kindly rn lol bro bruh man
    dude buddy mate pal sir boss hey hi hello yo ok okay thx thanks thank cheers btw fyi tbh um uh hmm well oh
    yes yeah yep nope purser bot trader portfolio account book money funds stats info information details detail
    figure figures number numbers amount overview bit much many far got quickly curious wondering wonder
    question
    """
)
