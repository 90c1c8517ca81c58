"""What members type in the console. Choices are checked by the actions; templates list them."""

from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    PasswordField,
    SearchField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.widgets import HiddenInput

from bookwidget.accounts.guests import Guest
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import _
from bookwidget.notices.words import Words
from bookwidget.web.fields import DayField, MomentField, MonthField
from bookwidget.web.guard import Form
from bookwidget.web.one_booking.forms import NoteForm


class SeenForm(Form):
    """Changes what somebody else may change while the page is open."""

    seen = HiddenField()
    """Names it as the page showed it."""

    def refuse_seen(self, refused: Refused, seen: str) -> None:
        """Only who has read that it is different now (a refusal of no field) changes it as it stands now."""
        self.refuse(refused.field, refused.reason)
        if not refused.field:
            self.seen.data = seen


class ConsoleLoginForm(Form):
    email = EmailField(_("Email"))
    password = PasswordField(_("Password"))
    next = HiddenField()


class ConsoleForgotForm(Form):
    email = EmailField(_("Email"))


class ConsolePasswordForm(Form):
    password = PasswordField(_("New password"))


class InvitationForm(Form):
    """Either of the two is sent."""

    known = PasswordField(_("Password"))
    password = PasswordField(_("New password"))


class MemberForm(Form):
    name = StringField(_("Name"))
    email = EmailField(_("Email"))
    role = StringField(_("Role"))


class RoleForm(Form):
    role = StringField(_("Role"))


class ChoiceForm(Form):
    next = HiddenField()


class LookForm(Form):
    name = StringField(_("Business name"))
    theme = StringField(_("Theme"))
    accent = StringField(_("Accent colour"))
    accent_picked = StringField(_("Pick the accent colour"))
    accent_shown = HiddenField()
    """What the picker showed, because a colour input is never empty."""
    surface = StringField(_("Page colour"))
    surface_picked = StringField(_("Pick the page colour"))
    surface_shown = HiddenField()
    radius = StringField(_("Corners"))
    font = StringField(_("Font"))
    scheme = StringField(_("Light or dark"))

    def colour(self, name: str) -> str:
        """The typed colour, unless only the picker was used; so both work without script."""
        typed, picked, shown = (
            str(self[field].data or "").strip() for field in (name, f"{name}_picked", f"{name}_shown")
        )
        return picked if picked and picked != shown and typed in ("", shown) else typed


class LogoForm(Form):
    logo = FileField(_("Picture"))


class HomeForm(Form):
    locale = StringField(_("Language"))
    timezone = StringField(_("Time zone"))
    currency = StringField(_("Currency"))


class FirstServiceForm(Form):
    """The first service of a new business: what is asked of it is as little as it takes to be booked."""

    name = StringField(_("What can be booked?"))
    minutes = StringField(_("Duration, in minutes"))
    price = StringField(_("Price"))
    who = StringField(_("Who performs it?"))
    starts = MomentField(_("First date"))
    service = HiddenField()
    """The new one's id, given with the page: sent twice, it is one service."""


class SiteForm(Form):
    origin = StringField(_("Address of the website"))


class HostForm(Form):
    name = StringField(_("Host name"))


class BookingSearchForm(Form):
    """Sent by GET, so that its address can be kept and reloaded."""

    class Meta(Form.Meta):
        csrf = False

    q = SearchField(_("Customer, email, phone, service or code"))
    first_day = DayField(_("From"), name="from")
    last_day = DayField(_("To"), name="to")
    status = StringField(_("Status"))
    service = StringField(_("Service"))


class HistoryForm(Form):
    """Sent by GET, so that its address can be kept and reloaded."""

    class Meta(Form.Meta):
        csrf = False

    q = SearchField(_("Booking code or customer"))
    first_day = DayField(_("From"), name="from")
    last_day = DayField(_("To"), name="to")
    group = StringField(_("What"))
    who = StringField(_("Who"))


class ImportForm(Form):
    kind = StringField(_("What is in it"))
    file = FileField(_("File"))


class MappingForm(Form):
    """The number of a column for each; empty: none."""

    given_name = StringField(_("First name, or the whole name"))
    family_name = StringField(_("Last name"))
    email = StringField(_("Email"))
    phone = StringField(_("Phone (optional)"))
    service = StringField(_("Service"))
    starts = StringField(_("Day, or day and time"))
    time = StringField(_("Time, if it is apart"))
    minutes = StringField(_("Duration (optional)"))
    provider = StringField(_("Provider (optional)"))
    location = StringField(_("Location (optional)"))
    ticket = StringField(_("Ticket type (optional)"))
    places = StringField(_("Number of places (optional)"))
    price = StringField(_("Price of all places (optional)"))
    status = StringField(_("Status (optional)"))
    code = StringField(_("Code in the old program (optional)"))
    note = StringField(_("Note (optional)"))
    order = StringField(_("Days are written like"))
    unknown = StringField(_("Customers who are not here yet"))
    remind = StringField(_("Customers with bookings to come"))


class NumbersForm(Form):
    """Sent by GET, so that its address can be kept and reloaded."""

    class Meta(Form.Meta):
        csrf = False

    first_month = MonthField(_("First month"), name="from")
    last_month = MonthField(_("Last month"), name="to")


class StaffNoteForm(NoteForm):
    is_shared = BooleanField(_("The customer may see it"))


class ServiceForm(SeenForm):
    name = StringField(_("Name"))
    description = TextAreaField(_("Description"))
    kind = StringField(_("Appointment or class"))
    minutes = StringField(_("Duration, in minutes"))
    minutes_before = StringField(_("Minutes to prepare"))
    minutes_after = StringField(_("Minutes to clear up"))
    step_minutes = StringField(_("A start every … minutes"))
    capacity = StringField(_("Places of a date"))
    price = StringField(_("Price"))
    is_at_customer = BooleanField(_("It can take place at the customer’s address"))
    new_provider = StringField(_("Somebody new"))
    service = HiddenField()
    """The new one's id, given with the page: sent twice, it is one service."""


class ResourceForm(SeenForm):
    """Somebody who performs services, or a location."""

    name = StringField(_("Name"))
    address = StringField(_("Address (optional)"))
    resource = HiddenField()
    """The new one's id, given with the page: sent twice, it is one."""


class TicketTypeForm(SeenForm):
    name = StringField(_("Name"))
    price = StringField(_("Price"))
    is_child = BooleanField(_("It is for children"))
    kind = HiddenField()
    """The new one's id, given with the page: sent twice, it is one type."""


class DatesForm(Form):
    """Dates of a class to publish. Sent by GET first, so that the preview is an address; publishing it is guarded."""

    class Meta(Form.Meta):
        csrf = False

    service = StringField(_("Class"))
    starts = MomentField(_("First date"))
    repeat = StringField(_("Repeats"))
    until = DayField(_("Last day"))
    times = StringField(_("How many dates"))
    provider = StringField(_("With"))
    location = StringField(_("Where"))
    capacity = StringField(_("Places"))


class DateForm(SeenForm):
    """One published date."""

    starts = MomentField(_("Day and time"))
    provider = StringField(_("With"))
    location = StringField(_("Where"))
    capacity = StringField(_("Places"))


class CallOffForm(SeenForm):
    reason = TextAreaField(_("Reason (optional)"))


class TimeOffForm(Form):
    first_day = DayField(_("First day"))
    last_day = DayField(_("Last day"))
    who = StringField(_("Who"))


class AskForm(Form):
    """Sent by GET: what may be done, when?"""

    class Meta(Form.Meta):
        csrf = False

    at = MomentField(_("When"))


class ImaginedForm(Form):
    """Sent by GET: a booking that there is not."""

    class Meta(Form.Meta):
        csrf = False

    service = StringField(_("Service"))
    direction = StringField(_("The booking"))
    days = StringField(_("Days"))
    hours = StringField(_("And hours"))
    state = StringField(_("It is"))
    moves = StringField(_("Moved so far"))
    actor = StringField(_("Who asks"))


class OverrideForm(Form):
    permission = StringField(_("Allow"))
    reason = StringField(_("Reason"))
    until = MomentField(_("Until"))


class QuestionForm(SeenForm):
    """A question of the booking form."""

    label = StringField(_("Question"))
    kind = StringField(_("Kind of answer"))
    options = TextAreaField(_("Options"))
    help = StringField(_("Explanation (optional)"))
    is_required = BooleanField(_("It must be answered"))
    service = StringField(_("Asked for"))
    question = HiddenField()
    """The new one's id, given with the page: sent twice, it is one question."""


class CustomerSearchForm(Form):
    """Sent by GET, so that its address can be kept and reloaded."""

    class Meta(Form.Meta):
        csrf = False

    q = SearchField(_("Name, email or phone"))


class CustomerForm(Form):
    given_name = StringField(_("First name"))
    family_name = StringField(_("Last name"))
    email = EmailField(_("Email"))
    phone = TelField(_("Phone (optional)"))

    @property
    def typed(self) -> Guest:
        return Guest(*(field.data or "" for field in (self.email, self.given_name, self.family_name, self.phone)))


class AnswerForm(Form):
    """To a request to close an account."""

    answer = TextAreaField(_("Reason, if you refuse"))


class CloseForm(Form):
    """Closing a customer's account for good."""

    how = StringField(_("What is left"))
    typed = StringField(_("Type the customer’s name to confirm"))


class CustomerPageForm(CustomerForm):
    customer = HiddenField()
    """A new one's id, given with the page: sent twice, it is one customer."""
    version = IntegerField(widget=HiddenInput())


class DeskBookingForm(CustomerForm):
    """The last step of booking for a customer. Each person has fields of their own: `name-0`, `kind-0`, `child-0`."""

    where = StringField()
    """A location's id, or `AT_CUSTOMER`; the template draws it as radio buttons."""
    visit_address = StringField(_("The customer’s address"))
    note = TextAreaField(_("Note (optional)"))
    tickets = HiddenField()
    """Only for what is wrong with the places."""
    slot = HiddenField()
    booking = HiddenField()
    """The new booking's id, given with the page: sent twice, it is one booking."""


class WordsForm(Form):
    """One message in the business's own words."""

    subject = StringField(_("Subject"))
    text = TextAreaField(_("Text"))
    version = IntegerField(widget=HiddenInput())
    """Of the words that the page was made with."""

    @property
    def typed(self) -> Words:
        return Words(self.subject.data or "", self.text.data or "")
