"""What an actor may be allowed to do."""

from enum import StrEnum


class Permission(StrEnum):
    """Named `thing:verb`, in alphabetical order; a policy answers each with yes or with a reason."""

    BOOKING_CANCEL = "booking:cancel"
    BOOKING_MARK = "booking:mark"
    BOOKING_MOVE = "booking:move"
    BOOKING_NOTE = "booking:note"
    BOOKING_OVERRIDE = "booking:override"
    BOOKING_POSTPONE = "booking:postpone"
    BOOKING_RATE = "booking:rate"
    BOOKING_READ = "booking:read"
    BOOKING_RESUME = "booking:resume"
    BOOKING_TRANSFER = "booking:transfer"
    BOOKING_UNDO = "booking:undo"
    BRANDING_CHANGE = "branding:change"
    CATALOG_CHANGE = "catalog:change"
    CUSTOMERS_ERASE = "customers:erase"
    CUSTOMERS_IMPORT = "customers:import"
    CUSTOMER_VIEW_AS = "customer:view_as"
    HISTORY_READ = "history:read"
    NUMBERS_READ = "numbers:read"
    OWNERS_CHANGE = "owners:change"
    PASSWORD_CHANGE = "password:change"  # noqa: S105 - the name of a permission
    PROFILE_CHANGE = "profile:change"
    SETTINGS_CHANGE = "settings:change"
    SITES_CHANGE = "sites:change"
    TEAM_CHANGE = "team:change"
