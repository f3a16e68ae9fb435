"""MBG/NBD: Batislam, Denizel, Filiztekin (2007), Int. J. of Research in Marketing 24, 201-209,
with the corrections of Wagner, Hoppe (2008), same journal 25, 225-226.

Like BG/NBD, but a customer may drop out after the very first purchase too.
"""

from segmentation.rules.ltv.beta_geometric import BetaGeometric
from segmentation.rules.ltv.codes import Method

MBG_NBD = BetaGeometric(Method.MBG_NBD, initial_dropout=True)
