"""Groups, permissions, workflows and tasks from the policy."""

from django.core.management.base import BaseCommand

from ...conf import current_policy
from ...setup import set_up


class Command(BaseCommand):
    """Bring the database in line with the policy; safe to run again."""

    help = "Derives units, groups, permissions, workflows and tasks from the policy file."

    def handle(self, *args, **options):
        report = set_up()
        for line in report.made:
            self.stdout.write(f"+ {line}")
        self.stdout.write(f"{current_policy().label}: {len(report.made)} made, the rest in place")
