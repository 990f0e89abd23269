"""Patients and carers: relations of their own, and ``tell``, the right to say what was taken and how one feels.

Whoever tells writes in their own name what was taken and what is felt, and nothing else of the record.
"""

from django.conf import settings
from django.db import migrations, models

LOG, TELL = (f"patient_id IN (SELECT access.patients('{right}'))" for right in ("log", "tell"))
TOLD = {
    "doseevent": "said_by IN ('patient', 'carer')",
    "patientfact": "kind IN ('side_effects', 'sign') AND reported_by IN ('patient', 'carer')",
}


def statements():
    for name, what in TOLD.items():
        yield f"DROP POLICY web_add ON titration_{name}"
        yield f"CREATE POLICY web_add ON titration_{name} FOR INSERT TO app_web WITH CHECK ({LOG} OR ({TELL} AND {what}))"
    # When to look at a plan again is written with every dose.
    yield "DROP POLICY web_change ON titration_plan"
    yield f"CREATE POLICY web_change ON titration_plan FOR UPDATE TO app_web USING ({LOG} OR {TELL})"


def undo():
    for name in TOLD:
        yield f"DROP POLICY web_add ON titration_{name}"
        yield f"CREATE POLICY web_add ON titration_{name} FOR INSERT TO app_web WITH CHECK ({LOG})"
    yield "DROP POLICY web_change ON titration_plan"
    yield f"CREATE POLICY web_change ON titration_plan FOR UPDATE TO app_web USING ({LOG})"


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0011_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="carerelation",
            name="carerelation_rights_known",
        ),
        migrations.RemoveConstraint(
            model_name="carerelation",
            name="carerelation_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="teammembership",
            name="teammembership_rights_known",
        ),
        migrations.AlterField(
            model_name="carerelation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("treating", "Treating clinician"),
                    ("team", "Team"),
                    ("self", "The patient"),
                    ("proxy", "Carer or parent"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="carerelationevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("treating", "Treating clinician"),
                    ("team", "Team"),
                    ("self", "The patient"),
                    ("proxy", "Carer or parent"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="carerelation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rights__contained_by", ["read", "log", "tell", "prescribe", "cosign", "share", "audit"]),
                    ("rights__len__gt", 0),
                ),
                name="carerelation_rights_known",
                violation_error_message="Rights are a list of: read, log, tell, prescribe, cosign, share, audit.",
            ),
        ),
        migrations.AddConstraint(
            model_name="carerelation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ["treating", "self", "proxy"]), ("person__isnull", False), ("team__isnull", True)
                    ),
                    models.Q(("kind", "team"), ("person__isnull", True), ("team__isnull", False)),
                    _connector="OR",
                ),
                name="carerelation_kind_known",
                violation_error_message="A relation belongs to one person or to one team.",
            ),
        ),
        migrations.AddConstraint(
            model_name="carerelation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("self", "proxy")), _negated=True),
                    ("rights__contained_by", ["read", "tell", "audit"]),
                    _connector="OR",
                ),
                name="carerelation_own_rights",
                violation_error_message="Patients and carers have no rights of staff.",
            ),
        ),
        migrations.AddConstraint(
            model_name="teammembership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rights__contained_by", ["read", "log", "tell", "prescribe", "cosign", "share", "audit"]),
                    ("rights__len__gt", 0),
                ),
                name="teammembership_rights_known",
                violation_error_message="Rights are a list of: read, log, tell, prescribe, cosign, share, audit.",
            ),
        ),
        migrations.RunSQL(list(statements()), list(undo())),
    ]
