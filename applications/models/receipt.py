from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models import AppendOnly, Owed, OwedQuerySet, OwedState, ends_once
from applications.models.application import Application

#: SHA-256 of the content, in hexadecimal, as the database counts it.
OF_THE_CONTENT = Func(
    Func(Func(F("content"), Value("UTF8"), function="convert_to"), function="sha256"),
    Value("hex"),
    function="encode",
    output_field=models.CharField(),
)


SIZE = models.PositiveIntegerField()


class Receipt(AppendOnly):
    """That a submission was received: when, what was in it and the fingerprint of that.

    ``content`` is the JSON text that the fingerprint is over (``applications.receipts``); empty in
    receipts older than it.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="receipts")
    received_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)
    content = models.TextField(default="", editable=False)

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["application", "received_at"], name="submission_has_one_receipt"),
            models.CheckConstraint(
                condition=Q(content="") | Q(fingerprint=OF_THE_CONTENT), name="receipt_is_of_its_content"
            ),
        ]

    def __str__(self):
        return f"receipt {self.pk}"


class ReceiptCopyQuerySet(OwedQuerySet):
    def with_size(self):
        """Annotate ``size``, in bytes, and leave the document itself in the database."""
        return self.defer("pdf").annotate(size=Func(F("pdf"), function="octet_length", output_field=SIZE))


class ReceiptCopy(Owed):
    """The PDF of what a receipt keeps, owed from the submission on and made by a job."""

    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="copy")
    pdf = models.BinaryField(null=True, editable=False)

    objects = ReceiptCopyQuerySet.as_manager()

    class Meta:
        verbose_name = "copy of a receipt"
        verbose_name_plural = "copies of receipts"
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=[OwedState.WAITING, OwedState.LEASED]),
                name="receipt_copy_that_is_owed",
            ),
        ]
        triggers = [ends_once("receipt_copy_ends_once")]

    def __str__(self):
        return f"copy of receipt {self.receipt_id}"

    @property
    def what(self) -> str:
        return f"copy of the receipt of {self.receipt.application.reference}"
