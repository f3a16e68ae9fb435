"""BG/NBD: Fader, Hardie, Lee (2005), "Counting your customers the easy way", Marketing Science 24.

A customer may drop out after each repeat purchase. One who bought once is alive for certain.
"""

from segmentation.rules.ltv.beta_geometric import BetaGeometric
from segmentation.rules.ltv.codes import Method

BG_NBD = BetaGeometric(Method.BG_NBD, initial_dropout=False)
