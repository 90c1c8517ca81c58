"""The look and the language of a page: colours, themes, templates, words, dates. No Flask, no database."""
