// A folder nobody has given a place.
