"""Keys everywhere under Wayland: the desktop itself hears them and tells us, after asking the person once.

Owns one connection to the session bus and the thread that reads it. It speaks version 1 of the interface
org.freedesktop.portal.GlobalShortcuts (flatpak.github.io/xdg-desktop-portal): create a session, bind the
shortcuts, then signals Activated and Deactivated. Which keys they are in the end is up to the person: ours
are only a proposal. KDE Plasma 5.27+, GNOME 48+ and Hyprland have it.

jeepney instead of Qt's D-Bus: BindShortcuts takes ``a(sa{sv})``, and PySide6 can put together no array of
structures.
"""

from __future__ import annotations

import importlib
import logging
from collections import deque
from typing import Any

from assistant.errors import AssistantError
from ui.desktop import APP_ID
from ui.desktop.global_keys import Bindings, KeyBackend, KeyName, OnKey, OnProblem, unavailable
from ui.desktop.hotkey import KeyCombination, Modifier, keysym
from ui.desktop.listening_thread import ListeningThread

logger = logging.getLogger(__name__)

SERVICE = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REQUEST = "org.freedesktop.portal.Request"
REGISTRY = "org.freedesktop.host.portal.Registry"

_TRIGGER: dict[Modifier, str] = {"Ctrl": "CTRL", "Alt": "ALT", "Shift": "SHIFT", "Meta": "LOGO"}
"""Names of the XDG shortcuts specification."""


def preferred_trigger(keys: KeyCombination) -> str:
    """Return the combination as the XDG shortcuts specification writes it, such as ``CTRL+ALT+space``."""
    held = [name for modifier, name in _TRIGGER.items() if modifier in keys.modifiers]
    return "+".join([*held, keysym(keys.key)])


class PortalKeys(KeyBackend):
    """A session of the desktop portal's global shortcuts."""

    def __init__(self, on_key: OnKey, on_problem: OnProblem) -> None:
        super().__init__(on_key, on_problem)
        self._thread: ListeningThread | None = None
        self._bindings: Bindings = {}

    def start(self, bindings: Bindings) -> None:
        """Ask the desktop for the keys on the thread; the desktop may ask the person first."""
        self._bindings = bindings
        self._thread = ListeningThread("hotkey-portal", self._listen)
        self._thread.start()

    def stop(self) -> None:
        """Close the session; the desktop takes the keys back by itself. Idempotent."""
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def _listen(self) -> None:
        blocking, wrappers = _jeepney("io.blocking"), _jeepney("wrappers")

        thread = self._thread
        assert thread is not None
        try:
            connection = blocking.open_dbus_connection("SESSION")
        except (OSError, KeyError, ValueError, RuntimeError) as exc:
            self.on_problem(unavailable(f"no session bus: {exc}"))
            return
        try:
            _Conversation(connection, thread, self.on_key).run(self._bindings)
        except _StoppedError:
            pass
        except _RefusedError:
            self.on_problem(
                AssistantError(
                    "keys_refused",
                    "The desktop was asked for the talk key and did not allow it.",
                    "Allow it in your desktop's keyboard settings, or bind `assistant toggle` there.",
                )
            )
        except wrappers.DBusErrorResponse as exc:
            logger.info("the portal refused: %s", exc)
            self.on_problem(unavailable())
        except OSError as exc:
            logger.info("the session bus has gone: %s", exc)
        finally:
            connection.close()


class _StoppedError(Exception):
    """It is time to end."""


class _RefusedError(Exception):
    """The person or the desktop said no."""


class _Conversation:
    """What is said with the portal, in order; on the thread."""

    def __init__(self, connection: Any, thread: ListeningThread, on_key: OnKey) -> None:
        self._connection = connection
        self._thread = thread
        self._on_key = on_key
        self._unread: deque[Any] = deque()
        self._session = ""
        self._requests = 0
        self._names: Bindings = {}

    def run(self, bindings: Bindings) -> None:
        self._names = bindings
        self._match(f"type='signal',interface='{REQUEST}',member='Response'")
        self._match(f"type='signal',interface='{SHORTCUTS}'")
        self._register()
        created = self._request("CreateSession", "a{sv}", (), {"session_handle_token": "sarai"})
        self._session = created["session_handle"][1]
        shortcuts = [
            (
                name,
                {
                    "description": ("s", binding.label),
                    "preferred_trigger": ("s", preferred_trigger(binding.keys)),
                },
            )
            for name, binding in bindings.items()
        ]
        self._request("BindShortcuts", "oa(sa{sv})sa{sv}", (self._session, shortcuts, ""), {})
        while True:
            self._take(self._next())

    def _register(self) -> None:
        """Tell the portal who we are, where it asks (xdg-desktop-portal 1.19+); older ones do not know it."""
        wrappers = _jeepney("wrappers")

        try:
            self._call(REGISTRY, "Register", "sa{sv}", (APP_ID, {}))
        except wrappers.DBusErrorResponse as exc:
            logger.debug("not registered with the portal: %s", exc)

    def _request(
        self, method: str, signature: str, arguments: tuple[object, ...], options: dict[str, str]
    ) -> dict[str, tuple[str, Any]]:
        """Call a method that answers by a Response signal; returns its results."""
        self._requests += 1
        token = f"sarai{self._requests}"
        all_options = {name: ("s", text) for name, text in options.items()}
        all_options["handle_token"] = ("s", token)
        (handle,) = self._call(SHORTCUTS, method, signature, (*arguments, all_options))
        while True:
            message = self._next()
            fields = _fields(message)
            if fields["member"] == "Response" and fields["path"] == handle:
                code, results = message.body
                if code:
                    raise _RefusedError
                return dict(results)
            self._take(message)

    def _call(
        self, interface: str, method: str, signature: str, arguments: tuple[object, ...]
    ) -> tuple[Any, ...]:
        wrappers = _jeepney("wrappers")

        address = wrappers.DBusAddress(PATH, SERVICE, interface)
        return self._reply(wrappers.new_method_call(address, method, signature, arguments))

    def _match(self, rule: str) -> None:
        self._reply(_jeepney("bus_messages").message_bus.AddMatch(rule))

    def _reply(self, call: Any) -> tuple[Any, ...]:
        """Send a call and return its answer's body; what comes in between is kept for later."""
        serial = next(self._connection.outgoing_serial)
        self._connection.send(call, serial=serial)
        kept: list[Any] = []
        while True:
            message = self._next()
            if _fields(message)["reply_serial"] == serial:
                self._unread.extendleft(reversed(kept))
                body: tuple[Any, ...] = _jeepney("wrappers").unwrap_msg(message)
                return body
            kept.append(message)

    def _next(self) -> Any:
        """Return the next message; raises when it is time to end."""
        while not self._unread:
            if not self._thread.wait(self._connection.sock):
                raise _StoppedError
            try:
                while True:
                    self._unread.append(self._connection.receive(timeout=0))
            except TimeoutError:
                continue
        return self._unread.popleft()

    def _take(self, message: Any) -> None:
        member = _fields(message)["member"]
        if member not in ("Activated", "Deactivated") or message.body[0] != self._session:
            return
        name: KeyName | None = next((one for one in self._names if one == message.body[1]), None)
        if name is not None:
            self._on_key(name, member == "Activated")


def _fields(message: Any) -> dict[str, Any]:
    """Return the header fields that matter here, None where absent."""
    fields = message.header.fields
    return {
        name: fields.get(_jeepney("low_level").HeaderFields[name])
        for name in ("member", "path", "reply_serial")
    }


def _jeepney(name: str) -> Any:
    """Return a module of jeepney, which has no types; imported when first needed."""
    return importlib.import_module(f"jeepney.{name}")
