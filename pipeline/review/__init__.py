"""Spot-checking: an index of all segments, a page to judge them on, and what the verdicts say of the whole.

store      review.sqlite beside the output: the index, which can be made again, and the verdicts, which cannot
index      records → index, a document at a time, only those that changed
queue      what to look at next, a page at a time
detail     one segment with everything around it
verdicts   accept, edit, reject, note, undo; corrections go on to the translation memory
estimate   how good the whole is, from the random sample alone
exchange   verdicts to CSV, JSON Lines, TMX, XLIFF; and from a file that a colleague sends back
page       the page's files, and the same page as one file
server     HTTP on the loopback address
"""

from typing import Final

# The largest name of a random sample: as many digits as the page's addresses take.
MAX_SEED: Final = 999_999_999
# Letters of a reviewer's name: what the field on the page takes, and whatever takes verdicts.
MAX_NAME: Final = 200
