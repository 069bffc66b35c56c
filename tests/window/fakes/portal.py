"""A small org.freedesktop.portal.GlobalShortcuts on a private session bus, in a process of its own.

It grants every shortcut (or says no, when started with ``deny``), writes what it was asked to standard
output, and presses and releases what it is told on standard input: ``press talk``, ``release talk``.
"""

from __future__ import annotations

import json
import sys
import threading

from jeepney import DBusAddress, HeaderFields, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"


def say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    denies = "deny" in sys.argv
    connection = open_dbus_connection("SESSION")
    connection.send_and_get_reply(message_bus.RequestName(NAME))
    session = ""

    def press() -> None:
        for line in sys.stdin:
            verb, shortcut = line.split()
            member = "Activated" if verb == "press" else "Deactivated"
            emitter = DBusAddress(PATH, interface=SHORTCUTS)
            connection.send(new_signal(emitter, member, "osta{sv}", (session, shortcut, 1234, {})))

    threading.Thread(target=press, daemon=True).start()
    say(ready=True)
    while True:
        call = connection.receive()
        if call.header.message_type is not MessageType.method_call:
            continue
        member = call.header.fields[HeaderFields.member]
        sender = call.header.fields[HeaderFields.sender].lstrip(":").replace(".", "_")
        if member == "CreateSession":
            (options,) = call.body
            session = f"{PATH}/session/{sender}/{options['session_handle_token'][1]}"
            results = {"session_handle": ("s", session)}
        elif member == "BindShortcuts":
            _session, shortcuts, _parent, options = call.body
            say(bound={name: {k: v[1] for k, v in how.items()} for name, how in shortcuts})
            results = {}
        else:
            error = "org.freedesktop.DBus.Error.UnknownMethod"
            connection.send(new_error(call, error, "s", (f"no {member} here",)))
            continue
        handle = f"{PATH}/request/{sender}/{options['handle_token'][1]}"
        connection.send(new_method_return(call, "o", (handle,)))
        request = DBusAddress(handle, interface="org.freedesktop.portal.Request")
        answer = (1, {}) if denies and member == "BindShortcuts" else (0, results)
        connection.send(new_signal(request, "Response", "ua{sv}", answer))


if __name__ == "__main__":
    main()
