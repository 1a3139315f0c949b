"""Reads a USM Appliance plugin and log lines as the sensor's agent does, with Python's own re.

Arguments: the plugin. Standard input: a JSON list of lines. Standard output: for each line null, or the
rule that took it with its settings, variables and translations put in; functions stay as they are
called, with what they are called with. Texts are bytes, read as Latin-1.

The agent is Python 2 and matches bytes, under re.IGNORECASE and re.UNICODE: a byte of a letter beyond
ASCII is to it a letter of Latin-1, or a blank. Python 2 does that here too, and Python 3 is made to.
"""
import json
import re
import sys

try:
    from ConfigParser import ConfigParser
except ImportError:
    import configparser

    def ConfigParser():
        return configparser.ConfigParser(inline_comment_prefixes=(';',), strict=True)


NOT_RULES = ('config', 'info', 'translation')


def text(plugin, section, option):
    """A value without the quotes around it, as the agent has it."""
    return plugin.get(section, option).strip('"').strip("'")


def fill(plugin, value, groups):
    translated = re.search(r'\{translate\(\$([^)]+)\)\}', value)
    if translated is not None:
        return text(plugin, 'translation', groups[translated.group(1)])
    return re.sub(
        r'\{\$([^}{]+)\}|\(\$([^)]+)\)',
        lambda found: groups[found.group(1)] if found.group(1) else '(%s)' % groups[found.group(2)],
        value,
    )


def read(plugin, rules, line):
    for name, pattern in rules:
        found = pattern.search(line)
        if found is None:
            continue
        # What was not matched would be the word None in an event.
        groups = dict((key, str(value)) for key, value in found.groupdict().items())
        event = {'rule': name}
        for option in plugin.options(name):
            if option not in ('regexp', 'event_type'):
                event[option] = fill(plugin, text(plugin, name, option), groups)
        return event
    return None


def as_bytes(line):
    line = line.encode('utf-8')
    return line if str is bytes else line.decode('latin-1')


def as_text(event):
    if event is None or str is not bytes:
        return event
    return dict((key, value.decode('latin-1')) for key, value in event.items())


plugin = ConfigParser()
plugin.read(sys.argv[1])
names = sorted(name for name in plugin.sections() if name.lower() not in NOT_RULES)
rules = [(name, re.compile(text(plugin, name, 'regexp'), re.IGNORECASE | re.UNICODE)) for name in names]
lines = json.load(sys.stdin)
json.dump([as_text(read(plugin, rules, as_bytes(line))) for line in lines], sys.stdout)
