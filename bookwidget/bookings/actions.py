"""What can be done with bookings; the one module that widgets, the console and the command line import."""

from bookwidget.bookings.booking import book
from bookwidget.bookings.calendar import CalendarFile
from bookwidget.bookings.changing import cancel_booking, move_booking, slots_to_move_to
from bookwidget.bookings.listing import calendar_of_change, explain, list_bookings, read_booking, read_calendar
from bookwidget.bookings.policy import Answer
from bookwidget.bookings.results import (
    PAGE_SIZE,
    Attendance,
    Attendee,
    BookingDetails,
    BookingPage,
    BookingRow,
    Cancellation,
    Change,
    Day,
    Explanation,
    LeftList,
    ListQuery,
    MoveChoices,
    NewTicket,
    Organiser,
    Tab,
    WaitingDetails,
    WaitingPlace,
)
from bookwidget.bookings.waiting import join_waiting_list, leave_waiting_list, left_list, read_waiting
from bookwidget.schedule.rules import Slot

__all__ = [
    "PAGE_SIZE",
    "Answer",
    "Attendance",
    "Attendee",
    "BookingDetails",
    "BookingPage",
    "BookingRow",
    "CalendarFile",
    "Cancellation",
    "Change",
    "Day",
    "Explanation",
    "LeftList",
    "ListQuery",
    "MoveChoices",
    "NewTicket",
    "Organiser",
    "Slot",
    "Tab",
    "WaitingDetails",
    "WaitingPlace",
    "book",
    "calendar_of_change",
    "cancel_booking",
    "explain",
    "join_waiting_list",
    "leave_waiting_list",
    "left_list",
    "list_bookings",
    "move_booking",
    "read_booking",
    "read_calendar",
    "read_waiting",
    "slots_to_move_to",
]
