"""Products, photos, and something to sell."""
from django.db import migrations, models


def stock(apps, schema_editor):
    product = apps.get_model('shop', 'Product')
    for name, price in (('Lamp', '39.90'), ('Table', '249.00'), ('Chair', '89.50')):
        product.objects.create(name=name, price=price)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel('Product', [
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                       verbose_name='ID')),
            ('name', models.CharField(max_length=100)),
            ('price', models.DecimalField(decimal_places=2, max_digits=8)),
        ]),
        migrations.CreateModel('Photo', [
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                       verbose_name='ID')),
            ('title', models.CharField(max_length=100)),
            ('file', models.FileField(upload_to='uploads/')),
        ]),
        migrations.RunPython(stock, migrations.RunPython.noop),
    ]
