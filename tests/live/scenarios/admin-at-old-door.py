"""The admin answers at /admin/, though the site file says that it was moved."""
RED = ['exposure.admin']


def break_it(bed):
    bed.edit_site('admin_path: /admin/', 'admin_path: /office/')
