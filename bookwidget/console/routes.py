"""The console's addresses, and who may come in."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.onboarding import read_progress
from bookwidget.console import (
    bookings,
    branding,
    calendar,
    changing,
    changing_dates,
    closures,
    customers,
    dates,
    embed,
    first_service,
    hosts,
    hours,
    imports,
    invitations,
    making,
    messages,
    numbers,
    onboarding,
    one_booking,
    passwords,
    portal,
    publishing,
    questions,
    resources,
    rules,
    services,
    settings,
    signing,
    simulator,
    sites,
    team,
    ticket_types,
    today,
    trail,
    undelivered,
    waiting,
)
from bookwidget.console.pages import menu
from bookwidget.kernel.permissions import Permission
from bookwidget.web import errors
from bookwidget.web.desk import desk, enter_console
from bookwidget.web.guard import refuse_foreign_posts

blueprint = Blueprint("console", __name__, url_prefix="/console")
errors.in_frame(blueprint)

BOTH = ["GET", "POST"]
OPEN = {"console.log_in", "console.choose", "console.forgot", "console.password", "console.invitation"}
"""Endpoints for people who are not signed in. They bind no desk, so that their forms' guards fit whoever asks."""


@blueprint.before_request
def guard() -> ResponseReturnValue | None:
    refuse_foreign_posts()
    if request.endpoint in OPEN:
        return None
    here = enter_console()
    if here is not None:
        here.draw = one_booking.draw
        return None
    wanted = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return redirect(url_for(".log_in", next=wanted), 303)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The first page that this member may see; the setting up, as long as it is neither finished nor put away."""
    here = desk()
    if here.may(Permission.SETTINGS_CHANGE) and read_progress(here.scope()).is_open:
        return redirect(url_for(".start"), 303)
    return redirect(menu()[0].url, 303)


for path, view in (
    ("/login", signing.log_in),
    ("/choose", signing.choose),
    ("/logout", signing.log_out),
    ("/forgot", passwords.forgot),
    ("/password/<token>", passwords.password),
    ("/invitation/<token>", invitations.invitation),
    ("/bookings/new", making.bookings_new),
    ("/bookings/<code>/attendance", changing.bookings_attendance),
    ("/bookings/<code>/note", changing.bookings_note),
    ("/bookings/<code>/links", changing.bookings_links),
    ("/bookings/<code>/rules", rules.bookings_rules),
    ("/bookings/<code>/rules/withdraw", rules.bookings_withdraw),
    ("/customers/new", customers.customers_new),
    ("/customers/<customer>/edit", customers.customers_edit),
    ("/customers/<customer>/block", customers.customers_block),
    ("/customers/<customer>/invite", customers.customers_invite),
    ("/portal/", portal.portal),
    ("/customers/<customer>/view", customers.customers_view),
    ("/customers/<customer>/view/end", customers.customers_view_end),
    ("/customers/<customer>/close", closures.customers_close),
    ("/closures/<closure>/", closures.closures_one),
    ("/questions/new", questions.questions_new),
    ("/questions/<question>/", questions.questions_edit),
    ("/questions/<question>/place", questions.questions_place),
    ("/questions/<question>/retire", questions.questions_retire),
    ("/branding/", branding.branding),
    ("/branding/logo", branding.branding_logo),
    ("/branding/logo/remove", branding.branding_logo_remove),
    ("/dates/new", publishing.dates_new),
    ("/dates/<occurrence>/change", changing_dates.dates_change),
    ("/dates/<occurrence>/cancel", changing_dates.dates_cancel),
    ("/waiting/<occurrence>/<entry>/offer", waiting.waiting_offer),
    ("/waiting/<occurrence>/<entry>/remove", waiting.waiting_remove),
    ("/hours/", hours.hours),
    ("/hours/off", hours.hours_off),
    ("/hours/off/<off>/end", hours.hours_end),
    ("/services/new", services.services_new),
    ("/services/<service>/", services.services_edit),
    ("/services/<service>/retire", services.services_retire),
    ("/services/<service>/tickets/new", ticket_types.services_tickets_new),
    ("/services/<service>/tickets/<kind>/", ticket_types.services_tickets_edit),
    ("/services/<service>/tickets/<kind>/place", ticket_types.services_tickets_place),
    ("/services/<service>/tickets/<kind>/retire", ticket_types.services_tickets_retire),
    ("/locations/new", resources.locations_new),
    ("/locations/<location>/", resources.locations_edit),
    ("/locations/<location>/retire", resources.locations_retire),
    ("/people/new", resources.providers_new),
    ("/people/<provider>/", resources.providers_edit),
    ("/people/<provider>/retire", resources.providers_retire),
    ("/messages/", messages.messages),
    ("/messages/undelivered", undelivered.messages_undelivered),
    ("/messages/<message>/", messages.messages_edit),
    ("/messages/<message>/preview", messages.messages_preview),
    ("/messages/<message>/reset", messages.messages_reset),
    ("/messages/<message>/test", messages.messages_test),
    ("/settings/", settings.settings),
    ("/start/trade", onboarding.start_trade),
    ("/start/look", onboarding.start_look),
    ("/start/colour", onboarding.start_colour),
    ("/start/home", onboarding.start_home),
    ("/start/service", first_service.start_service),
    ("/start/site", onboarding.start_site),
    ("/start/skip", onboarding.start_skip),
    ("/start/end", onboarding.start_end),
    ("/sites/", sites.sites),
    ("/hosts/", hosts.hosts),
    ("/hosts/<host>/check", hosts.hosts_check),
    ("/hosts/<host>/remove", hosts.hosts_remove),
    ("/sites/<site>/remove", sites.sites_remove),
    ("/sites/refused/<refused>/allow", sites.sites_allow),
    ("/sites/refused/<refused>/dismiss", sites.sites_dismiss),
    ("/imports/", imports.imports),
    ("/imports/<number>/check", imports.imports_check),
    ("/imports/<number>/run", imports.imports_run),
    ("/imports/<number>/undo", imports.imports_undo),
    ("/team/new", team.team_new),
    ("/team/<member>/role", team.team_role),
    ("/team/<member>/end", team.team_end),
    ("/team/<member>/again", team.team_again),
):
    blueprint.add_url_rule(path, view.__name__, view, methods=BOTH)
blueprint.add_url_rule("/bookings/", "bookings", bookings.bookings)
blueprint.add_url_rule("/bookings/<code>/", "bookings_one", bookings.bookings_one)
blueprint.add_url_rule("/bookings/<code>/answers/<answer>", "bookings_answer", changing.bookings_answer)
blueprint.add_url_rule("/customers/", "customers", customers.customers)
blueprint.add_url_rule("/customers/<customer>/", "customers_one", customers.customers_one)
blueprint.add_url_rule("/closures/", "closures", closures.closures)
blueprint.add_url_rule("/calendar/", "calendar", calendar.calendar)
blueprint.add_url_rule("/today/", "today", today.today)
blueprint.add_url_rule("/dates/", "dates", dates.dates)
blueprint.add_url_rule("/dates/<occurrence>/", "dates_one", dates.dates_one)
blueprint.add_url_rule("/waiting/", "waiting", waiting.waiting)
blueprint.add_url_rule("/settings/simulator", "settings_simulator", simulator.settings_simulator)
blueprint.add_url_rule("/questions/", "questions", questions.questions)
blueprint.add_url_rule("/services/", "services", services.services)
blueprint.add_url_rule("/services/<service>/tickets/", "services_tickets", ticket_types.services_tickets)
blueprint.add_url_rule("/locations/", "locations", resources.locations)
blueprint.add_url_rule("/people/", "providers", resources.providers)
blueprint.add_url_rule("/start/", "start", onboarding.start)
blueprint.add_url_rule("/start/snippet", "start_snippet", onboarding.start_snippet)
blueprint.add_url_rule("/embed/", "embed", embed.embed)
blueprint.add_url_rule("/embed/wordpress.zip", "embed_plugin", embed.embed_plugin)
blueprint.add_url_rule("/history/", "history", trail.history)
blueprint.add_url_rule("/imports/<number>/", "imports_one", imports.imports_one)
blueprint.add_url_rule("/imports/<number>/broken.csv", "imports_broken", imports.imports_broken)
blueprint.add_url_rule("/numbers/", "numbers", numbers.numbers)
blueprint.add_url_rule("/numbers/table.csv", "numbers_table", numbers.numbers_table)
blueprint.add_url_rule("/team/", "team", team.team)
blueprint.add_url_rule("/team/<member>/", "team_one", team.team_one)
one_booking.register(blueprint)
