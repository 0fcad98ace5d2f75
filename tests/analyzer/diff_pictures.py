"""Two sides with planted differences, for the tests of what pictures make of them."""

from profile_writer import COUNTS, Profile
from support import Case

MS = 1_000_000

# Of each context: calls and own time in ms, before and after; None: it is not there. All of the time
# before is a second.
CONTEXTS = {
    ("main",): ((1, 10), (1, 10)),
    ("main", "parse"): ((100, 40), (120, 40)),
    ("main", "parse", "lex"): ((1000, 300), (1000, 420)),
    ("main", "parse", "old"): ((3, 50), None),
    ("main", "render"): ((10, 100), (10, 100)),
    ("main", "render", "blend"): ((500, 400), (500, 388)),
    ("main", "render", "fresh"): (None, (3, 20)),
    ("main", "render", "clip"): ((40, 20), (40, 16)),
    ("main", "wait"): ((7, 80), (7, 80.5)),
}


class DiffCase(Case):
    def profile(self, side, number, contexts=CONTEXTS, names={}, counts=False, programs=("app", "app")):
        """`number` is of all runs there are. Times of wait are as they happen to be, those of the others
        differ from run to run by next to nothing."""
        profile = Profile(f"/opt/app/bin/{programs[side]}", key=number, run=number)
        profile.start_unix_ns += number * 3_600_000 * MS
        profile.timing = COUNTS if counts else profile.timing
        thread, ids, places = profile.thread(), {}, {}
        for path, sides in contexts.items():
            if sides[side] is None:
                continue
            calls, ms = sides[side]
            name = path[-1]
            if name not in ids:
                ids[name] = profile.function(names.get(name, name), f"src/{name}.c", 1 + len(ids))
            ticks = round(ms * MS) + number * 100
            if name == "wait":
                ticks += (20 if number % 2 else -20) * MS
            places[path] = thread.context(places.get(path[:-1], thread.root), ids[name], calls,
                                          ticks if ms and not counts else 0)
        return profile

    def sides(self, runs=4, **more):
        """Folders of so many runs each."""
        for side, folder in enumerate(("before", "after")):
            (self.folder / folder).mkdir(exist_ok=True)
            for run in range(runs):
                number = 1 + side * runs + run
                self.profile(side, number, **more).write(self.folder / folder / f"{run}.profinst")
        return "before", "after"
