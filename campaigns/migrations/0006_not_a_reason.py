"""A row may name a reason for which no order is invalid."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0005_shop_words'),
    ]

    operations = [
        migrations.AlterField(
            model_name='orderimporterror',
            name='code',
            field=models.CharField(choices=[('cell_count', 'The row has more or fewer cells than the header'), ('missing', 'The cell is empty'), ('too_long', 'The text is too long'), ('not_a_number', 'This is not a number'), ('too_precise', 'The number has more than six decimals or twelve digits before them'), ('too_large', 'The amount is too large'), ('not_a_time', 'The time does not have the format of the mapping'), ('partner_differs', 'The lines of one order name different partners'), ('refund_is_positive', 'A refund must not come to more than zero'), ('sale_is_negative', 'A sale must not come to less than zero'), ('not_a_country', 'A country is written as two letters, such as CN or DE'), ('not_a_reason', 'This is none of the reasons for which an order is invalid'), ('refund_too_large', 'The refund is larger than what is left of its order'), ('changed', 'The order is already there with other content; what is recorded stays'), ('order_incomplete', 'Another line of the same order has an error')], max_length=20, verbose_name='reason'),
        ),
    ]
