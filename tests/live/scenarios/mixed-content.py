"""The first page loads a picture over HTTP."""
RED = ['https.mixed-content']


def break_it(bed):
    home = bed.django.project / 'shop/templates/home.html'
    text = home.read_text().replace('src="{%', 'src="http://shop.test{%')
    bed.journal.create(home, text, 'bin', 0o644)
    # Templates are cached: any change of the settings starts the workers anew, there and back.
    bed.django.reconfigure(settings={'LANGUAGE_CODE': 'en-gb'})
