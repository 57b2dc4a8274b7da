"""The admin answers at /admin/, though the site file says that it was moved."""
RED = ['exposure.admin']


def break_it(bed):
    text = bed.site_file.read_text().replace('admin_path: /admin/', 'admin_path: /office/')
    bed.journal.create(bed.site_file, text, 'root', 0o644)
