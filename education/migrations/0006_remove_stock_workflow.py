"""The library brings a workflow in which one person approves, and groups that may publish. Neither is for these pages."""

from django.db import migrations


def remove_stock(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=["Moderators", "Editors"]).delete()
    workflow = apps.get_model("wagtailcore", "Workflow")
    task = apps.get_model("wagtailcore", "Task")
    for stock in workflow.objects.filter(name="Moderators approval"):
        for model, field in (("WorkflowTask", "workflow"), ("WorkflowPage", "workflow")):
            apps.get_model("wagtailcore", model).objects.filter(**{field: stock}).delete()
        stock.delete()
    tasks = task.objects.filter(name="Moderators approval")
    apps.get_model("wagtailcore", "GroupApprovalTask").objects.filter(pk__in=tasks.values("pk")).delete()
    tasks.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("education", "0005_warning_changes"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(remove_stock, migrations.RunPython.noop)]
