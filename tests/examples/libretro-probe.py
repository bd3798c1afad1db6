#!/usr/bin/env python3
"""Checks a front end for libretro cores with a core that draws what it is told.

libretro-probe.py PLAYER CORE FOLDER

CORE is probe-core.cpp; its games are made in FOLDER. Prints "ok NAME" or "FAILED NAME
REASON" for each check; exits 1 if any failed.
"""

import subprocess
import sys
from pathlib import Path

from viewer import DEADLINE, frequency, last_samples, loudness, run_checks

TONE = 500
WIDTH, WIDER = 64, 96
BITS, CELL, CELL_HEIGHT = 16, 4, 8
# The rows of cells.
KEY, CHARACTER, MODIFIERS, POINTER, MOUSE, BUTTONS, JOYPAD = range(1, 8)

F1, ESCAPE, SHIFT, CONTROL, UP, KP_5 = 0xFFBE, 0xFF1B, 0xFFE1, 0xFFE3, 0xFF52, 0xFFB5
EURO = 0x010020AC
RETROK = {ord("a"): 97, ord("A"): 97, ord("+"): 43, F1: 282, UP: 273, KP_5: 261, SHIFT: 304,
          CONTROL: 306, EURO: 0}
WRITES = {ord("a"): 97, ord("A"): 65, ord("+"): 43, EURO: 0x20AC, 0xE9: 0xE9}
RETROKMOD_SHIFT, RETROKMOD_CTRL = 1, 2


def number(viewer, row):
    """What a row of cells shows; None in the middle of a change."""
    value = 0
    for bit in range(BITS):
        pixel = viewer.pixel(bit * CELL + CELL // 2, row * CELL_HEIGHT + CELL_HEIGHT // 2)
        if pixel not in [(0, 0, 0), (255, 255, 255)]:
            return None
        value = value << 1 | pixel[0] & 1
    return value


def wait_for_number(viewer, what, row, wanted):
    try:
        viewer.wait_for(what, lambda: number(viewer, row) == wanted)
    except RuntimeError as error:
        raise RuntimeError(f"{error}: {number(viewer, row)}, not {wanted}") from error


def shows_each_colour(viewer):
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]
    viewer.wait_for("the stripes", lambda: all(
        viewer.pixel(x, y) == colours[x // 16] for x in range(WIDTH) for y in range(CELL_HEIGHT)))


def tells_the_core_of_keys(viewer):
    for keysym in {**RETROK, **WRITES}:
        if keysym == F1:
            continue
        viewer.press(keysym)
        if keysym in RETROK:
            wait_for_number(viewer, f"key {keysym:#x}", KEY, RETROK[keysym])
        wait_for_number(viewer, f"character of {keysym:#x}", CHARACTER, WRITES.get(keysym, 0))


def tells_the_core_of_modifiers(viewer):
    viewer.key(SHIFT, True)
    wait_for_number(viewer, "shift", MODIFIERS, RETROKMOD_SHIFT)
    viewer.key(CONTROL, True)
    wait_for_number(viewer, "both", MODIFIERS, RETROKMOD_SHIFT | RETROKMOD_CTRL)
    viewer.key(SHIFT, False)
    wait_for_number(viewer, "control", MODIFIERS, RETROKMOD_CTRL)
    viewer.key(CONTROL, False)
    wait_for_number(viewer, "none", MODIFIERS, 0)


def holds_the_buttons_of_the_joypad(viewer):
    held = 0
    buttons = {0: ord("z"), 1: ord("a"), 2: SHIFT, 3: 0xFF0D, 4: 0xFF52, 5: 0xFF54, 6: 0xFF51,
               7: 0xFF53, 8: ord("x"), 9: ord("s"), 10: ord("q"), 11: ord("w")}
    for button, keysym in buttons.items():
        viewer.key(keysym, True)
        held |= 1 << button
        wait_for_number(viewer, f"button {button}", JOYPAD, held)
    for keysym in buttons.values():
        viewer.key(keysym, False)
    wait_for_number(viewer, "nothing held", JOYPAD, 0)


def moves_the_pointer_and_the_mouse(viewer):
    for x, y in [(0, 0), (63, 63), (20, 41)]:
        viewer.pointer(x, y)
        wait_for_number(viewer, "the pointer", POINTER, x << 8 | y)
        wait_for_number(viewer, "the mouse", MOUSE, x << 8 | y)


def presses_buttons_of_the_mouse(viewer):
    touch, left, right, middle = 1 << 15, 1 << 2, 1 << 3, 1 << 6
    wheel_up, wheel_down = 1 << 4, 1 << 5
    for buttons, wanted in [(1, left | touch), (3, left | middle | touch), (4, right),
                            (8, wheel_up), (16, wheel_down), (0, 0)]:
        viewer.pointer(20, 41, buttons)
        wait_for_number(viewer, f"buttons {buttons}", BUTTONS, wanted)


def lets_go_of_what_a_viewer_held(viewer):
    viewer.key(ord("z"), True)
    viewer.pointer(20, 41, 1)
    wait_for_number(viewer, "z", JOYPAD, 1)
    viewer.reconnect()
    wait_for_number(viewer, "no z", JOYPAD, 0)
    wait_for_number(viewer, "no button", BUTTONS, 0)


def plays_a_tone_of_single_samples(viewer):
    viewer.ask_for_sound()
    viewer.key(ord(" "), True)
    viewer.wait_for("the tone", lambda: loudness(last_samples(viewer, 0.1)) > 1000)
    heard = frequency(last_samples(viewer, 0.5))
    if abs(heard - TONE) > 10:
        raise RuntimeError(f"{heard} Hz, not {TONE}")
    viewer.key(ord(" "), False)
    viewer.wait_for("silence", lambda: loudness(last_samples(viewer, 0.1)) < 100)


def follows_the_size(viewer):
    viewer.press(F1)
    viewer.wait_for("the size", lambda: viewer.width == WIDER)
    wait_for_number(viewer, "the key", KEY, RETROK[F1])


def ends_with_the_machine(viewer):
    viewer.press(ESCAPE)
    try:
        viewer.wait_for("the end", lambda: False)
    except (EOFError, ConnectionError):
        return


def told(player, *arguments):
    run = subprocess.run([player, *arguments], capture_output=True, text=True, timeout=DEADLINE,
                         check=False)
    return run.returncode, run.stdout + run.stderr


def check_errors(player, core, folder):
    game = str(folder / "RGB565.txt")
    bad = folder / "bad.txt"
    bad.write_text("a song", encoding="utf-8")
    failed = 0
    for name, arguments, status, words in [
            ("tells_how_to_use_it", ["--help"], 0, "CORE GAME"),
            ("wants_a_core_and_a_game", [core], 2, "CORE GAME"),
            ("refuses_unknown_options", ["--loud", core, game], 2, "--loud"),
            ("refuses_a_core_that_is_not_there", ["./nothing.so", game], 1, "nothing.so"),
            ("refuses_a_library_that_is_no_core", ["libz.so.1", game], 1, "libretro core"),
            ("refuses_a_game_that_is_not_there", [core, "nothing.txt"], 1, "nothing.txt"),
            ("refuses_a_folder_for_a_game", [core, "."], 1, "irectory"),
            ("refuses_a_game_that_is_none", [core, str(bad)], 1, "bad.txt"),
            ("refuses_a_wrong_address", [core, game, "--listen", "here"], 1, "here")]:
        result, text = told(player, *arguments)
        if result == status and words in text:
            print(f"ok libretro-probe {name}")
        else:
            print(f"FAILED libretro-probe {name} {result} {text!r}")
            failed += 1
    return failed == 0


def main():
    player, core, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    checks = [shows_each_colour, tells_the_core_of_keys, tells_the_core_of_modifiers,
              holds_the_buttons_of_the_joypad, moves_the_pointer_and_the_mouse,
              presses_buttons_of_the_mouse, lets_go_of_what_a_viewer_held,
              plays_a_tone_of_single_samples, follows_the_size, ends_with_the_machine]
    passed = True
    for pixel_format in ["0RGB1555", "XRGB8888", "RGB565"]:
        game = folder / f"{pixel_format}.txt"
        game.write_text(pixel_format, encoding="utf-8")
        some = checks if pixel_format == "XRGB8888" else [shows_each_colour, follows_the_size]
        passed &= run_checks([player, core, str(game)], f"libretro-probe {pixel_format}", some)
    passed &= check_errors(player, core, folder)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
