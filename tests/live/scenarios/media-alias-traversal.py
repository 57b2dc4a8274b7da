"""The location of media lacks its last slash: /media../ climbs out of the directory."""
RED = ['media.no-escape']


def break_it(bed):
    bed.nginx.reconfigure(media_location='/media')
