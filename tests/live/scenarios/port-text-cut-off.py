"""nginx looks at no more than the name in a Host: shop.test:evil is served as shop.test. No fault."""
RED = []        # the port's text reaches nobody: a front that cuts it off is as good as one that refuses


def break_it(bed):
    bed.nginx.reconfigure(host_pattern=None)
