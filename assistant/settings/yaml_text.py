"""Changes single keys in the text of a settings file and leaves every other character as it stands.

Owns the editing of YAML text: comments, order, quotes and line ends survive. Knows nothing of files, and
nothing of what the keys mean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import yaml

from assistant.settings.source import Key, Place, read_text

STEP = 2
"""Columns of one more level of a block mapping, as in the packaged file."""

ENDLESS = 1_000_000_000
"""Line width at which YAML never folds a line."""

_NEVER = object()


def edited(text: str, *, put: Mapping[Key, object], drop: Collection[Key] = ()) -> tuple[str, bool]:
    """Return the text with keys put and dropped, and whether its comments were kept.

    A text that cannot be edited in place (several documents, anchors, a section written as a list) comes
    back written anew from its values, without comments. The text must be one that `read_text` reads without
    a flaw; keys it does not hold are dropped without a word.
    """
    place = Place("")
    wanted = read_text(text, place).tree
    for key in drop:
        _drop_value(wanted, key)
    for key, value in put.items():
        _put_value(wanted, key, value)
    result = text
    try:
        for key in drop:
            result = _without(result, key)
        for key, value in put.items():
            result = _with(result, key, value)
    except yaml.YAMLError:
        return written(wanted), False
    read = read_text(result, place)
    if read.flaws or read.tree != wanted:
        return written(wanted), False
    return result, True


def written(tree: Mapping[str, Any]) -> str:
    """Return a mapping as block-style YAML."""
    if not tree:
        return ""
    text: str = yaml.safe_dump(dict(tree), sort_keys=False, allow_unicode=True, width=ENDLESS)
    return text


# --- values -----------------------------------------------------------------------------------------


def _put_value(tree: dict[str, Any], key: Key, value: object) -> None:
    for part in key[:-1]:
        below = tree.get(part)
        if not isinstance(below, dict):
            below = tree[part] = {}
        tree = below
    tree[key[-1]] = value


def _drop_value(tree: dict[str, Any], key: Key) -> None:
    """Drop a key, and with it every section that it leaves empty."""
    below = tree.get(key[0], _NEVER)
    if len(key) > 1:
        if isinstance(below, dict):
            _drop_value(below, key[1:])
            if not below:
                del tree[key[0]]
    elif below is not _NEVER:
        del tree[key[0]]


def _flow(value: object) -> str:
    """Return a value on one line, safe also inside braces."""
    style = '"' if isinstance(value, str) and not value.isprintable() else None
    text: str = yaml.safe_dump(
        [value],
        default_flow_style=True,
        default_style=style,
        allow_unicode=True,
        sort_keys=False,
        width=ENDLESS,
    )
    return text.strip().removeprefix("[").removesuffix("]")


# --- text -------------------------------------------------------------------------------------------


def _root(text: str) -> yaml.MappingNode | None:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return node if isinstance(node, yaml.MappingNode) else None


def _find(node: yaml.Node, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((pair for pair in pairs if pair[0].value == name), None)


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    """The index after the line break of this line."""
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1


def _with(text: str, key: Key, value: object) -> str:
    root = _root(text)
    if root is None:
        return _append(text, _block(key, value, 0, text))
    node: yaml.Node = root
    key_node: yaml.Node | None = None
    for depth, part in enumerate(key):
        pair = _find(node, part)
        if pair is None:
            return _inserted(text, node, key_node, key[depth:], value)
        key_node, node = pair
    return _replaced(text, node, _flow(value))


def _replaced(text: str, node: yaml.Node, new: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        # Its end lies beyond the line break, and beyond blank lines and comments that follow.
        end = start + len(text[start:end].rstrip())
    gap = " " if start and text[start - 1] == ":" else ""
    return text[:start] + gap + new + text[end:]


def _inserted(
    text: str, node: yaml.Node, key_node: yaml.Node | None, key: Key, value: object
) -> str:
    """Return the text with a key that ``node`` lacks; ``key_node`` names the node, None at the top."""
    if not isinstance(node, yaml.MappingNode) or not node.value or node.flow_style:
        braced: object = value
        for part in reversed(key[1:]):
            braced = {part: braced}
        pair = f"{_flow(key[0])}: {_flow(braced)}"
        if not isinstance(node, yaml.MappingNode):
            return _replaced(text, node, f"{{{pair}}}")
        inside = node.start_mark.index + 1
        return text[:inside] + pair + (", " if node.value else "") + text[inside:]
    column = node.value[0][0].start_mark.column
    lines = _block(key, value, column, text)
    if key_node is None:
        return _append(text, lines)
    # Right below the section's name: what stands further down may be commented as a group.
    below = _line_end(text, key_node.end_mark.index)
    return text[:below] + lines + text[below:]


def _block(key: Key, value: object, column: int, text: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    parts = [f"{' ' * (column + STEP * depth)}{_flow(part)}:" for depth, part in enumerate(key)]
    return newline.join(parts) + f" {_flow(value)}{newline}"


def _append(text: str, lines: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    if text and not text.endswith("\n"):
        text += newline
    return text + lines


def _without(text: str, key: Key) -> str:
    """Return the text without a key; sections that it leaves empty go too."""
    root = _root(text)
    trail: list[tuple[yaml.MappingNode, yaml.Node, yaml.Node]] = []
    node: yaml.Node | None = root
    for part in key:
        if not isinstance(node, yaml.MappingNode):
            return text
        pair = _find(node, part)
        if pair is None:
            return text
        trail.append((node, *pair))
        node = pair[1]
    mapping, key_node, value_node = trail.pop()
    cuts: list[tuple[int, int]] = []
    while len(mapping.value) == 1 and trail:
        # An emptied section goes too; comments inside it stay, so its lines are cut one by one.
        if not mapping.flow_style:
            cuts.append(_lines(text, key_node, value_node if not cuts else key_node))
        mapping, key_node, value_node = trail.pop()
        if mapping.flow_style:
            cuts.clear()
    if mapping.flow_style:
        return _without_in_braces(text, key_node, value_node)
    cuts.append(_lines(text, key_node, value_node if not cuts else key_node))
    for start, end in sorted(cuts, reverse=True):
        text = text[:start] + text[end:]
    return text


def _lines(text: str, first: yaml.Node, last: yaml.Node) -> tuple[int, int]:
    """Where the lines from one node to another begin and end."""
    start, end = first.start_mark.index, last.end_mark.index
    # The mark may lie beyond blank lines and comments.
    return _line_start(text, start), _line_end(text, start + len(text[start:end].rstrip()))


def _without_in_braces(text: str, key_node: yaml.Node, value_node: yaml.Node) -> str:
    start, end = key_node.start_mark.index, value_node.end_mark.index
    rest = text[end:].lstrip()
    if rest.startswith(","):
        return text[:start] + rest[1:].lstrip()
    return text[:start].rstrip().removesuffix(",") + text[end:]
