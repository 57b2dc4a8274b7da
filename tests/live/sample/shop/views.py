"""The shop's pages."""
from django.contrib.auth.decorators import login_required
from django.forms import ModelForm
from django.shortcuts import redirect, render
from django.urls import reverse

from . import visits
from .models import Photo, Product


class PhotoForm(ModelForm):
    class Meta:
        model = Photo
        fields = ['title', 'file']


def home(request):
    """Names itself by its full address, as pages with a canonical link do."""
    return render(request, 'home.html', {'address': request.build_absolute_uri()})


def products(request):
    visits.count('products')
    return render(request, 'products.html', {'products': Product.objects.order_by('name')})


def share(request):
    address = request.build_absolute_uri(reverse('home'))
    return render(request, 'share.html', {'address': address})


@login_required
def upload(request):
    form = PhotoForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        form.save()
        return redirect('home')
    return render(request, 'upload.html', {'form': form})
