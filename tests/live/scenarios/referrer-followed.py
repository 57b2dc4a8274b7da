"""A view sends visitors back to where they say they came from, wherever that is."""
RED = ['allowed-hosts.no-reflection']


def break_it(bed):
    view = bed.django.project / 'shop/views.py'
    text = view.read_text() + '''

def home(request):
    """Back to where the visitor was, and the shop's first page for who comes from nowhere."""
    back = request.META.get('HTTP_REFERER')
    if back:
        return redirect(back)
    return render(request, 'home.html', {'address': request.build_absolute_uri()})
'''
    bed.journal.create(view, text, 'bin', 0o644)
    bed.django.reconfigure(settings={'APPEND_SLASH': True})    # started anew, with that view
