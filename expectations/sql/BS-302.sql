-- Community, town and district belong together in the official list.
from unofficial_places('building_survey')
