#!/usr/bin/env python3
"""Plays the game of docs/examples/libretro over a VNC connection.

libretro.py PLAYER CORE GAME

Starts the program PLAYER with the core and the game, and is a viewer of it: the picture has
to be the game's and to move, keys have to do what the game does with them, and its tone has
to be heard. Prints "ok NAME" or "FAILED NAME REASON" for each check; exits 1 if any failed.
"""

import sys

from viewer import frequency, last_samples, loudness, run_checks

TONE = 440

RIGHT, LEFT, ENTER, SHIFT = 0xFF53, 0xFF51, 0xFF0D, 0xFFE1

# What the game has on its screen, in pixels of 256 x 240; a core may leave out rows at the
# top and at the bottom.
HEIGHT = 240
BANNER_AT, BANNER = (13 * 8, 7 * 8), [3, 4, 5, 6, 4, 7]
BACKDROP_AT = (4, 20)
FIRST_PLAYED_ROW = 96
TILE = 8


def pixel(viewer, x, y):
    """Red, green and blue at a place of the whole screen."""
    return viewer.pixel(x, y - (HEIGHT - viewer.height) // 2)


def places(viewer, is_wanted):
    """Where the pixels are for which that holds, as (left, top), if they fill one tile."""
    rows = range(FIRST_PLAYED_ROW, HEIGHT - (HEIGHT - viewer.height) // 2)
    found = [(x, y) for y in rows for x in range(256) if is_wanted(*pixel(viewer, x, y))]
    if not found:
        return None
    left, top = min(x for x, _ in found), min(y for _, y in found)
    right, bottom = max(x for x, _ in found), max(y for _, y in found)
    return (left, top) if (right - left, bottom - top) == (TILE - 1, TILE - 1) else None


def ball(viewer):
    return places(viewer, lambda red, green, blue: red > 128 > blue)


def square(viewer):
    return places(viewer, lambda red, green, blue: blue > 128 > red)


def backdrop_is(viewer, colour):
    # "blue" may have a bit of red, and so on: the strongest has to be the right one.
    values = pixel(viewer, *BACKDROP_AT)
    if colour == "black":
        return max(values) < 32
    if colour == "yellow":
        return min(values[:2]) > values[2] + 32
    strongest = "red green blue".split().index(colour)
    return all(values[strongest] > value + 32 for i, value in enumerate(values)
               if i != strongest)


def shows_the_banner(viewer, game):
    with open(game, "rb") as file:
        tiles = file.read()[16 + 16384:]

    def is_shown():
        for index, tile in enumerate(BANNER):
            for row in range(TILE):
                for column in range(TILE):
                    is_ink = tiles[tile * 16 + row] >> (7 - column) & 1
                    colour = pixel(viewer, BANNER_AT[0] + index * TILE + column,
                                   BANNER_AT[1] + row)
                    if not (min(colour) > 200 if is_ink else max(colour) < 32):
                        return False
        return True

    viewer.wait_for("the banner", is_shown)


def moves_the_ball(viewer, _):
    seen = set()

    def has_moved():
        seen.add(ball(viewer))
        return len(seen - {None}) >= 10

    viewer.wait_for("ten places of the ball", has_moved)
    corners = seen - {None}
    if any(not 8 <= x <= 232 or not 96 <= y - 1 <= 208 for x, y in corners):
        raise RuntimeError(f"the ball was outside: {corners}")


def turns_buttons_into_colours(viewer, _):
    for keysym, colour in [(ord("x"), "red"), (ord("z"), "green"), (ENTER, "blue"),
                           (SHIFT, "yellow"), (ord("X"), "red")]:
        viewer.key(keysym, True)
        viewer.wait_for(f"{colour} for {keysym:#x}", lambda: backdrop_is(viewer, colour))
        viewer.key(keysym, False)
        viewer.wait_for("black again", lambda: backdrop_is(viewer, "black"))


def moves_the_square_with_the_arrows(viewer, _):
    start = viewer.wait_for("the square", lambda: square(viewer))
    for keysym, direction in [(RIGHT, 1), (LEFT, -1)]:
        viewer.key(keysym, True)
        viewer.wait_for(
            f"the square at the {'right' if direction > 0 else 'left'}",
            lambda: (at := square(viewer)) and (at[0] - start[0]) * direction > 40)
        viewer.key(keysym, False)
        start = viewer.wait_for("the square", lambda: square(viewer))


def sees_a_key_that_is_down_for_an_instant(viewer, _):
    # The ball moves each frame, so there is an update for each; by now nothing is held.
    enough = viewer.updates + 10
    viewer.wait_for("ten frames", lambda: viewer.updates >= enough)
    before = viewer.wait_for("the square", lambda: square(viewer))
    viewer.press(RIGHT)
    viewer.wait_for("a step", lambda: (at := square(viewer)) and at[0] > before[0])


def plays_a_tone_while_a_is_held(viewer, _):
    viewer.ask_for_sound()
    viewer.wait_for("silence", lambda: loudness(last_samples(viewer, 0.1)) < 100)
    viewer.key(ord("x"), True)
    viewer.wait_for("the tone", lambda: loudness(last_samples(viewer, 0.1)) > 1000)
    heard = frequency(last_samples(viewer, 0.5))
    if abs(heard - TONE) > 10:
        raise RuntimeError(f"{heard} Hz, not {TONE}")
    viewer.key(ord("x"), False)
    viewer.wait_for("silence again", lambda: loudness(last_samples(viewer, 0.1)) < 100)


def main():
    checks = [shows_the_banner, moves_the_ball, turns_buttons_into_colours,
              moves_the_square_with_the_arrows, sees_a_key_that_is_down_for_an_instant,
              plays_a_tone_while_a_is_held]
    return 0 if run_checks(sys.argv[1:], "libretro", checks, sys.argv[3]) else 1


if __name__ == "__main__":
    sys.exit(main())
